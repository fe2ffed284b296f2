/* SPDX-License-Identifier: Apache-2.0
 * server_call.c - a call being served: its memory, its handle, who made it.
 */
#include "rpc/server_call.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/os_identity.h"
#include "rpc/descriptors.h"
#include "rpc/server_async_pipe.h"
#include "rpc/server_auth.h"
#include "rpc/server_link.h"

enum {
    POOL_MAX = 8,                 /* calls a thread keeps */
    OUT_KEEP = 2 * 1024 * 1024,   /* the room for a response kept with each: 1 MiB and its kin */
    ARENA_KEEP = 2 * 1024 * 1024, /* and for its data: asking the system anew costs page faults */
    FULLS_KEEP = 16 * 1024,
};

static _Thread_local struct { /* in one place, which is looked up once */
    struct rpc_server_call *current, *pool;
    unsigned pooled;
    bool emptied; /* when the thread ends */
} mine;
static pthread_key_t pool_key;
static bool has_pool_key; /* without it a thread's last calls leak */
static pthread_once_t pool_once = PTHREAD_ONCE_INIT;

static void call_free(struct rpc_server_call *c)
{
    if (c->shut_handle)
        handle_drop(c->shut_handle);
    ndr_arena_done(&c->arena);
    ndr_out_done(&c->out);
    mem_free(c);
}

static void pool_empty(void *arg)
{
    struct rpc_server_call *c;

    (void)arg;
    while ((c = mine.pool)) {
        mine.pool = c->next;
        call_free(c);
    }
    mine.pooled = 0;
    mine.emptied = false; /* what another destructor still serves is emptied again */
}

static void pool_make(void)
{
    has_pool_key = pthread_key_create(&pool_key, pool_empty) == 0;
}

OFTEN struct rpc_server_call *rpc_server_call_new(void)
{
    struct rpc_server_call *c = mine.pool;

    if (c) {
        mine.pool = c->next;
        mine.pooled--;
    } else {
        c = mem_zero(sizeof *c);
    }
    if (c)
        atomic_store_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

struct rpc_server_call *rpc_server_call_ref(struct rpc_server_call *c)
{
    atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

bool rpc_server_call_ref_found(struct rpc_server_call *c)
{
    unsigned refs = atomic_load(&c->refs);

    while (refs)
        if (atomic_compare_exchange_weak(&c->refs, &refs, refs + 1))
            return true;
    return false;
}

/* Only what a call may leave: the rest is written anew by the next. */
static void empty(struct rpc_server_call *c)
{
    struct writer w = c->out.w;

    c->link = NULL;
    c->registration = NULL;
    c->newer = NULL;
    c->of = NULL;
    c->manager = NULL;
    c->security = NULL;
    c->usage = NULL;
    c->memory = 0;
    c->block = NULL;
    c->more = false;
    c->stream = NULL;
    rpc_server_pipes_free(c->pipes);
    c->pipes = NULL;
    c->contexts_count = 0;
    c->called = false;
    atomic_store_explicit(&c->cancelled, false, memory_order_relaxed);
    atomic_store_explicit(&c->disconnected, false, memory_order_relaxed);
    atomic_store_explicit(&c->hung_up, false, memory_order_relaxed);
    c->async.how = NULL;
    c->outer = NULL;
    c->depth = 0;
    c->sending = (struct rpc_sending){ .next = NULL };
    if (w.cap > OUT_KEEP || !w.ptr) {
        ndr_out_done(&c->out);
        w = writer_new(NDR_OUT_MAX);
    }
    w.len = 0;
    w.err = ERR_OK;
    c->out = (struct ndr_out){ .w = w };
}

OFTEN void rpc_server_call_unref(struct rpc_server_call *c)
{
    if (atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
        return;
    ndr_arena_rewind(&c->arena, ARENA_KEEP, 0);
    ndr_fulls_done(&c->fulls);
    rpc_server_watch_forget(c);
    ndr_handles_done(&c->given);
    rpc_descriptors_done(&c->got);
    rpc_block_put(c->block);
    rpc_registration_unref(c->newer);
    if (c->memory)
        rpc_usage_give(c->usage, RPC_SHARE_MEMORY, c->memory);
    if (c->link)
        rpc_server_link_call_ended(c->link, c);
    empty(c);
    if (mine.pooled >= POOL_MAX) {
        call_free(c);
        return;
    }
    if (!mine.emptied) {
        (void)pthread_once(&pool_once, pool_make);
        if (has_pool_key) /* any value: the destructor is to run */
            mine.emptied = pthread_setspecific(pool_key, c) == 0;
    }
    c->next = mine.pool;
    mine.pool = c;
    mine.pooled++;
}

struct rpc_server_call *rpc_server_call_current(void)
{
    return mine.current;
}

void rpc_server_call_set_current(struct rpc_server_call *c)
{
    mine.current = c;
}

/* ---- handles ---- */

static void release(void *object)
{
    rpc_server_call_unref(object);
}

/* By somebody who holds it at this moment, and then by its last holder. */
static void close_held(struct rpc_server_call *c, handle_id id)
{
    rpc_server_call_ref(c); /* for release */
    if (handle_close(id, HANDLE_RPC_CALL)) {
        log_warning("rpc: a call's handle was gone before the call");
        rpc_server_call_unref(c);
    }
}

bool rpc_server_call_open_handle(struct rpc_server_call *c)
{
    handle_id id = 0;

    if (c->shut_handle)
        id = handle_reopen(c->shut_handle);
    else if (handle_new(HANDLE_RPC_CALL, c, release, &id))
        return false;
    c->shut_handle = 0;
    atomic_store_explicit(&c->handle, id, memory_order_release);
    return true;
}

void rpc_server_call_close_handle(struct rpc_server_call *c)
{
    handle_id id = atomic_load_explicit(&c->handle, memory_order_relaxed);

    atomic_store_explicit(&c->handle, 0, memory_order_relaxed);
    if (id && handle_shut(id, HANDLE_RPC_CALL))
        c->shut_handle = id;
    else if (id)
        close_held(c, id);
}

void *rpc_server_call_handle(const struct rpc_server_call *c)
{
    return (void *)(uintptr_t)atomic_load_explicit(&c->handle, memory_order_acquire);
}

enum err rpc_server_call_get(void *handle, struct rpc_server_call **ret)
{
    handle_id id = (handle_id)(uintptr_t)handle;
    void *object;

    if (!handle && !mine.current)
        return detail_fail(ERR_RPC_NO_CALL, "rpc: this thread serves no call");
    if (!handle) {
        *ret = rpc_server_call_ref(mine.current);
        return ERR_OK;
    }
    if (!handle_get(id, HANDLE_RPC_CALL, &object)) {
        *ret = rpc_server_call_ref(object);
        handle_put(id);
        return ERR_OK;
    }
    if (!handle_get(id, HANDLE_RPC_BINDING, &object)) {
        handle_put(id);
        return detail_fail(ERR_RPC_BINDING_KIND, "the binding handle is a client's");
    }
    return detail_fail(ERR_RPC_BINDING, "no such binding handle: has its call ended?");
}

/* ---- who calls ---- */

uint8_t rpc_server_call_level(const struct rpc_server_call *c)
{
    return c->security ? c->security->level : RPC_LEVEL_NONE;
}

uint8_t rpc_server_call_service(const struct rpc_server_call *c)
{
    if (!c->security)
        return RPC_AUTH_NONE;
    return c->security->type == RPC_AUTH_LOCAL ? RPC_AUTH_NTLM : c->security->type;
}

enum err rpc_server_call_principal(const struct rpc_server_call *c, char **ret)
{
    const char *name;

    if (c->security && c->security->type == RPC_AUTH_LOCAL)
        return rpc_local_name(os_identity_own_uid(), ret);
    if (c->security && c->security->type == RPC_AUTH_MQ) {
        *ret = mem_strdup(c->security->target);
        return *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    name = rpc_server_auth_principal(rpc_server_call_service(c));
    *ret = mem_strdup(name ? name : "");
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

struct rpc_caller rpc_server_call_caller(struct rpc_server_call *c)
{
    return (struct rpc_caller){ rpc_server_link_client_name(c->link, c->security),
                                rpc_server_call_level(c), c->usage };
}
