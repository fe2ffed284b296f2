/* SPDX-License-Identifier: Apache-2.0
 * server.c - the server of this process: its threads, listening, and how many calls run.
 */
#include "rpc/server.h"

#include <pthread.h>
#include <string.h>

#include "base/detail.h"
#include "base/log.h"
#include "rpc/fault.h"
#include "rpc/queue_server.h"
#include "rpc/server_link.h"
#include "rpc/server_verdict.h"

enum {
    CALLS_DEFAULT = 1234, /* RPC_C_LISTEN_MAX_CALLS_DEFAULT */
    THREADS_BEYOND = 16,  /* those that receive while every call the program allows is at work */
};

enum listening { NOT_LISTENING, LISTENING, STOPPING };

struct rpc_server_stats rpc_server_stats;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stopped = PTHREAD_COND_INITIALIZER;
static struct loop *loop;
static bool has_mgmt; /* the interface every server has is registered */
static _Atomic enum listening state;
static bool stopped_unseen; /* it stopped before somebody waited for that */
static atomic_uint calls, running, calls_max = CALLS_DEFAULT; /* as in struct rpc_registration */

/* ---- threads ---- */

static void on_tick(void *arg, int64_t now)
{
    bool again;

    (void)arg;
    rpc_endpoints_resume();
    again = rpc_server_links_tick(now);
    again |= rpc_server_verdicts_tick(now);
    if (again)
        loop_keep_ticking(loop);
}

/* With the lock. */
static enum err start(void)
{
    const struct loop_config config = { .threads_max = CALLS_DEFAULT + THREADS_BEYOND,
                                        .tick = on_tick };

    return loop ? ERR_OK : loop_new(&config, &loop);
}

enum err rpc_server_loop(struct loop **ret)
{
    enum err e;

    pthread_mutex_lock(&lock);
    e = start();
    if (!e)
        *ret = loop;
    pthread_mutex_unlock(&lock);
    return e;
}

/* ---- endpoints ---- */

enum err rpc_server_prepare(struct loop **ret)
{
    enum err e;

    pthread_mutex_lock(&lock);
    e = start();
    if (!e && !has_mgmt)
        e = rpc_mgmt_register();
    has_mgmt |= !e;
    pthread_mutex_unlock(&lock);
    if (!e)
        *ret = loop;
    return e;
}

enum err rpc_server_use(const struct rpc_endpoint_ask *ask)
{
    struct loop *l = NULL;
    enum err e = rpc_server_prepare(&l);

    return e ? e : rpc_endpoint_use(l, ask, NULL);
}

enum err rpc_server_adopt(int listener)
{
    struct loop *l = NULL;
    enum err e = rpc_server_prepare(&l);

    return e ? e : rpc_endpoint_adopt(l, listener);
}

bool rpc_server_endpoint_at(size_t i, const struct transport **ret_transport,
                            char ret_endpoint[TRANSPORT_ENDPOINT])
{
    struct rpc_endpoint_name name;

    if (!rpc_endpoint_at(NULL, i, &name))
        return false;
    *ret_transport = name.transport;
    memcpy(ret_endpoint, name.endpoint, sizeof name.endpoint);
    return true;
}

/* ---- listening ---- */

enum err rpc_server_listen(unsigned least, unsigned most)
{
    struct rpc_endpoint_name name;
    enum err e = ERR_OK;

    if (!most || least > most)
        return detail_fail(ERR_RPC_MAX_CALLS, "at most %u calls, at least %u threads for them",
                           most, least);
    pthread_mutex_lock(&lock);
    if (atomic_load(&state) != NOT_LISTENING)
        e = detail_fail(ERR_RPC_LISTENING, "this process listens already");
    else if (!rpc_endpoint_at(NULL, 0, &name) && !rpc_queues_exist())
        e = detail_fail(ERR_RPC_NO_PROTSEQS_REGISTERED,
                        "call RpcServerUseProtseq or one of its kin before RpcServerListen");
    if (!e) {
        atomic_store(&calls_max, most);
        loop_set_threads(loop, most > UINT32_MAX / 2 ? UINT32_MAX / 2 : most + THREADS_BEYOND);
        atomic_store(&state, LISTENING);
        stopped_unseen = false;
    }
    pthread_mutex_unlock(&lock);
    if (!e)
        rpc_queues_review();
    return e;
}

/* With the lock: the last call has ended, or there was none. */
static void all_ended(void)
{
    if (atomic_load(&state) != STOPPING || atomic_load(&calls))
        return;
    atomic_store(&state, NOT_LISTENING);
    stopped_unseen = true;
    pthread_cond_broadcast(&stopped);
}

enum err rpc_server_stop(void)
{
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    if (atomic_load(&state) != LISTENING)
        e = detail_fail(ERR_RPC_NOT_LISTENING, "this process does not listen");
    else
        atomic_store(&state, STOPPING);
    all_ended();
    pthread_mutex_unlock(&lock);
    rpc_server_verdicts_review();
    if (!e && !rpc_registry_listens())
        rpc_server_links_end(NULL);
    return e;
}

enum err rpc_server_wait(void)
{
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    if (atomic_load(&state) == NOT_LISTENING && !stopped_unseen)
        e = detail_fail(ERR_RPC_NOT_LISTENING, "this process does not listen");
    while (!e && atomic_load(&state) != NOT_LISTENING)
        pthread_cond_wait(&stopped, &lock);
    stopped_unseen = false;
    pthread_mutex_unlock(&lock);
    return e;
}

bool rpc_server_is_listening(void)
{
    return atomic_load(&state) == LISTENING;
}

unsigned rpc_server_calls_most(void)
{
    return atomic_load(&calls_max);
}

unsigned rpc_server_calls(void)
{
    return atomic_load(&calls);
}

/* ---- calls ---- */

/* It has a limit of its own, or none, and takes nobody else's place. */
static bool is_alone(const struct rpc_registration *r)
{
    return r->built_in || r->flags & RPC_IF_AUTOLISTEN;
}

static uint32_t admit(struct rpc_registration *r, unsigned now)
{
    if (r->built_in)
        return 0;
    if (is_alone(r))
        return atomic_fetch_add(&r->running, 1) < r->max_calls ? 0 : NCA_S_SERVER_TOO_BUSY;
    if (atomic_load(&state) != LISTENING)
        return NCA_S_SERVER_TOO_BUSY;
    if (now > atomic_load(&calls_max)) {
        log_debug("rpc: %u calls are under way, no more are allowed", now - 1);
        return NCA_S_SERVER_TOO_BUSY;
    }
    return 0;
}

OFTEN static void end_any(void)
{
    if (atomic_fetch_sub(&calls, 1) != 1 || atomic_load(&state) != STOPPING)
        return;
    pthread_mutex_lock(&lock);
    all_ended();
    pthread_mutex_unlock(&lock);
}

uint32_t rpc_server_call_begin(struct rpc_registration *r)
{
    uint32_t fault;

    atomic_fetch_add(&calls, 1);
    fault = admit(r, is_alone(r) ? 0 : atomic_fetch_add(&running, 1) + 1);
    if (!fault && !rpc_registration_begin(r))
        fault = NCA_S_UNK_IF;
    if (fault) {
        rpc_server_call_executed(r);
        end_any();
    }
    return fault;
}

OFTEN void rpc_server_call_executed(struct rpc_registration *r)
{
    if (!is_alone(r))
        atomic_fetch_sub(&running, 1);
    else if (!r->built_in)
        atomic_fetch_sub(&r->running, 1);
}

void rpc_server_call_end(struct rpc_registration *r)
{
    rpc_registration_end(r);
    end_any();
}
