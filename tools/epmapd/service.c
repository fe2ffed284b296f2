/* SPDX-License-Identifier: Apache-2.0
 * service.c - the endpoint map behind its interface: the map, its lock, and what begins and ends
 * it.
 */
#include "service.h"

#include <pthread.h>
#include <stdio.h>

#include <countersign/rpclocal.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "daemon/say.h"
#include "epm.h"
#include "watch.h"

enum { REQUEST_MOST = 16 * 1024 }; /* of callers over the network: they only ask */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct map *map;
static struct service_how service;

void *__RPC_USER midl_user_allocate(size_t size)
{
    return mem_alloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    mem_free(p);
}

void service_lock(void)
{
    pthread_mutex_lock(&lock);
}

void service_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

struct map *service_map(void)
{
    return map;
}

/* ---- from its begin to its end ---- */

enum err service_begin(const struct service_how *how, int epoll_fd)
{
    service = *how;
    watch_begin(epoll_fd);
    return map_new(&map);
}

enum err service_add_own(const char *protseq, const char *address, const char *endpoint)
{
    static const struct map_caller self = { .uid = 0, .process = 0 };
    struct map_item item = {
        .annotation = "endpoint mapper",
        .tower = { .interface = { 0xe1af8308,
                                  0x5d1f,
                                  0x11c9,
                                  { 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa } },
                   .interface_major = 3,
                   .syntax = { 0x8a885d04,
                               0x1ceb,
                               0x11c9,
                               { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } },
                   .syntax_major = 2,
                   .protseq = rpc_tower_protseq(protseq) }
    };
    enum err e;

    (void)snprintf(item.tower.address, sizeof item.tower.address, "%s", address);
    (void)snprintf(item.tower.endpoint, sizeof item.tower.endpoint, "%s", endpoint);
    pthread_mutex_lock(&lock);
    e = map_insert(map, &self, &item, 1, false);
    pthread_mutex_unlock(&lock);
    return e;
}

void service_ended(uint64_t process)
{
    size_t n;

    pthread_mutex_lock(&lock);
    n = map_forget(map, process);
    watch_ended(process);
    pthread_mutex_unlock(&lock);
    if (n)
        say(SAY_INFO, "a process is over, and %zu entries with it", n);
}

static RPC_STATUS RPC_ENTRY demand_proof(RPC_IF_HANDLE interface, void *call)
{
    CS_LOCAL_CALLER who = { .size = sizeof who };

    (void)interface;
    if (!service.authenticated || CsServerInqLocalCaller(call, &who) == RPC_S_OK ||
        RpcBindingInqAuthClientA(call, NULL, NULL, NULL, NULL, NULL) == RPC_S_OK)
        return RPC_S_OK;
    return RPC_S_ACCESS_DENIED;
}

bool service_offer(void)
{
    RPC_STATUS status =
        RpcServerRegisterIf2(epm_v3_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             RPC_C_LISTEN_MAX_CALLS_DEFAULT, REQUEST_MOST, demand_proof);

    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1);
    if (status != RPC_S_OK)
        say(SAY_ERROR, "serving the interface: status %d: %s", (int)status, detail_get()->text);
    return status == RPC_S_OK;
}
