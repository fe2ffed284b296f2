/* SPDX-License-Identifier: Apache-2.0
 * self_report.c - where a server tells of itself, and to whom.
 */
#include "rpc/self_report.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/log.h"
#include "base/policy.h"
#include "countersign/rpclocal.h"
#include "rpc/interface_group.h"
#include "rpc/server.h"
#include "transport/local.h"

enum {
    CALLS = 4, /* at a time: whoever audits makes one */
    SIZE = 64, /* of a request: a cursor */
};

static const char prefix[] = "CS-INSIDE-";

/* Asked for each call, and whatever the socket's mode: the kernel says who connected. */
static RPC_STATUS ours_alone(RPC_IF_HANDLE interface, void *call)
{
    CS_LOCAL_CALLER who = { .size = sizeof who };

    (void)interface;
    if (CsServerInqLocalCaller(call, &who) != RPC_S_OK || (who.uid && who.uid != geteuid()) ||
        policy_forbids(POLICY_SELF_REPORT, "uid %u, process %u, to look at this server from inside",
                       who.uid, who.pid))
        return RPC_S_ACCESS_DENIED;
    return RPC_S_OK;
}

static enum err open_endpoint(struct rpc_interface_group *g)
{
    struct rpc_endpoint_ask ask = { .transport = &transport_local, .group = g, .own = true };
    char name[LOCAL_NAME_MAX + 1];
    struct loop *loop = NULL;
    enum err e = rpc_server_prepare(&loop);

    (void)snprintf(name, sizeof name, "%s%d", prefix, (int)getpid());
    ask.endpoint = name;
    return e ? e : rpc_endpoint_use(loop, &ask, NULL);
}

/* An interface group is what keeps the program's own interfaces off its endpoint; it stays. */
static enum err put_up(void)
{
    struct rpc_register how = { .face = &rpc_inside,
                                .flags = RPC_IF_AUTOLISTEN | RPC_IF_ALLOW_LOCAL_ONLY |
                                         RPC_IF_ALLOW_SECURE_ONLY | RPC_IF_SEC_NO_CACHE,
                                .max_calls = CALLS,
                                .max_size = SIZE,
                                .callback = ours_alone };
    struct rpc_interface_group *g = NULL;
    enum err e = rpc_interface_group_new(0, 0, &g);

    if (e)
        return e;
    how.group = g;
    e = rpc_registry_add(&how);
    if (!e)
        e = open_endpoint(g);
    if (e) {
        rpc_registry_remove_group(g);
        rpc_interface_group_unref(g);
    }
    return e;
}

static bool is_wanted(void)
{
    struct rpc_registration *any = rpc_registry_after(0);

    rpc_registration_unref(any);
    return any && policy_get(POLICY_SELF_REPORT) != POLICY_ENFORCE;
}

void rpc_self_report_begin(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool up, swept;
    struct detail before = *detail_get();

    pthread_mutex_lock(&lock);
    if (!up && is_wanted()) {
        if (!swept)
            local_clear_dead(prefix);
        swept = true;
        up = !put_up();
        if (!up)
            log_debug("rpc: `countersign audit` cannot look inside: %s", detail_get()->text);
    }
    pthread_mutex_unlock(&lock);
    *detail_get() = before; /* what became of this is no part of the program's call */
}
