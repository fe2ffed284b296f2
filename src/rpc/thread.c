/* SPDX-License-Identifier: Apache-2.0
 * thread.c - the threads that make calls, and cancels.  C706 9.3.2.3, [MS-RPCE] 3.3.2.5.2
 */
#include "rpc/thread.h"

#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rpc_thread *table;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool have_key;
static _Thread_local struct rpc_thread *mine;

static void take_out(struct rpc_thread *t)
{
    struct rpc_thread **at = &table;

    pthread_mutex_lock(&table_lock);
    while (*at && *at != t)
        at = &(*at)->next;
    if (*at)
        *at = t->next;
    pthread_mutex_unlock(&table_lock);
}

static void thread_free(void *arg)
{
    struct rpc_thread *t = arg;

    take_out(t);
    mine = NULL;
    rpc_timer_clear(&t->abandon);
    mem_free(t->scratch.ptr);
    rpc_error_free(t->errors);
    mem_free(t);
}

static void make_key(void)
{
    have_key = pthread_key_create(&key, thread_free) == 0;
}

/* On the timer's thread: the server did not answer the cancel in time. */
static void abandon(struct rpc_timer *timer)
{
    struct rpc_thread *t =
        (struct rpc_thread *)((char *)timer - offsetof(struct rpc_thread, abandon));

    lock_take(&t->lock);
    if (t->calling && t->cancelled) {
        t->abandoned = true;
        rpc_connection_tell(t->calling, t->calling->client.call_id, RPC_ORPHANED);
        rpc_connection_break(t->calling);
    }
    lock_give(&t->lock);
}

static enum err thread_new(struct rpc_thread **ret)
{
    struct rpc_thread *t;

    pthread_once(&once, make_key);
    t = have_key ? mem_zero(sizeof *t) : NULL;
    if (!t)
        return ERR_NO_MEMORY;
    t->self = pthread_self();
    t->id = (uint32_t)gettid();
    t->cancel_timeout = RPC_CANCEL_FOREVER;
    t->abandon.fire = abandon;
    if (pthread_setspecific(key, t)) {
        mem_free(t);
        return ERR_NO_MEMORY;
    }
    pthread_mutex_lock(&table_lock);
    t->next = table;
    table = t;
    pthread_mutex_unlock(&table_lock);
    mine = t;
    *ret = t;
    return ERR_OK;
}

OFTEN enum err rpc_thread_get(struct rpc_thread **ret)
{
    if (!mine)
        return thread_new(ret);
    *ret = mine;
    return ERR_OK;
}

struct rpc_thread *rpc_thread_here(void)
{
    return mine;
}

/* The caller holds t's lock, and t has a request out. */
static void cancel_out(struct rpc_thread *t, uint32_t timeout)
{
    t->until = timeout == RPC_CANCEL_FOREVER ? TRANSPORT_NO_DEADLINE
                                             : transport_deadline_in((int64_t)timeout * 1000);
    rpc_connection_tell(t->calling, t->calling->client.call_id, RPC_CO_CANCEL);
    if (timeout != RPC_CANCEL_FOREVER && rpc_timer_set(&t->abandon, t->until))
        rpc_connection_break(t->calling); /* rather too soon than never */
}

void rpc_thread_waits(struct rpc_thread *t, struct rpc_connection *c)
{
    lock_take(&t->lock);
    t->calling = c;
    if (t->cancelled)
        cancel_out(t, t->timeout);
    lock_give(&t->lock);
}

enum err rpc_thread_waited(struct rpc_thread *t, int64_t *ret_until)
{
    bool cancelled, abandoned;

    lock_take(&t->lock);
    if (ret_until)
        *ret_until = t->until;
    cancelled = t->cancelled;
    abandoned = t->abandoned;
    t->calling = NULL;
    t->cancelled = false;
    t->abandoned = false;
    t->until = 0;
    lock_give(&t->lock);
    if (cancelled)
        rpc_timer_clear(&t->abandon);
    return abandoned ? detail_fail(ERR_RPC_CANCELLED, "the call was cancelled, and the server did "
                                                      "not end it in time")
                     : ERR_OK;
}

void rpc_thread_waits_until(struct rpc_thread *t, int64_t until)
{
    lock_take(&t->lock);
    if (until && !t->cancelled) {
        t->cancelled = true;
        t->until = until;
        if (until != TRANSPORT_NO_DEADLINE && rpc_timer_set(&t->abandon, until))
            rpc_connection_break(t->calling);
    }
    lock_give(&t->lock);
}

void rpc_thread_waits_for(struct rpc_thread *t, void (*end)(void *arg), void *arg)
{
    lock_take(&t->lock);
    t->end_wait = end;
    t->end_wait_arg = arg;
    if (t->cancelled)
        end(arg);
    t->cancelled = false;
    lock_give(&t->lock);
}

void rpc_thread_waited_for(struct rpc_thread *t)
{
    lock_take(&t->lock);
    t->end_wait = NULL;
    lock_give(&t->lock);
}

/* The caller holds the table's lock. */
static enum err cancel_one(struct rpc_thread *t, const uint32_t *timeout)
{
    if (!t)
        return detail_fail(ERR_NOT_FOUND, "no such thread has made a remote call");
    lock_take(&t->lock);
    if (t->end_wait) { /* whatever else it calls on the way there */
        t->end_wait(t->end_wait_arg);
    } else {
        t->cancelled = true;
        t->timeout = timeout ? *timeout : t->cancel_timeout;
        if (t->calling)
            cancel_out(t, t->timeout);
    }
    lock_give(&t->lock);
    return ERR_OK;
}

enum err rpc_thread_cancel(pthread_t thread, const uint32_t *timeout)
{
    struct rpc_thread *t = NULL;
    enum err e;

    pthread_mutex_lock(&table_lock);
    for (t = table; t && !pthread_equal(t->self, thread); t = t->next)
        ;
    e = cancel_one(t, timeout);
    pthread_mutex_unlock(&table_lock);
    return e;
}

enum err rpc_thread_cancel_id(uint32_t id, const uint32_t *timeout)
{
    struct rpc_thread *t = NULL;
    enum err e;

    pthread_mutex_lock(&table_lock);
    for (t = table; t && t->id != id; t = t->next)
        ;
    e = cancel_one(t, timeout);
    pthread_mutex_unlock(&table_lock);
    return e;
}

bool rpc_thread_is_cancelled(void)
{
    bool cancelled = false;

    if (mine) {
        lock_take(&mine->lock);
        cancelled = mine->cancelled;
        lock_give(&mine->lock);
    }
    return cancelled;
}

struct buf rpc_thread_scratch(struct rpc_thread *t)
{
    struct buf b = t->scratch;

    t->scratch = (struct buf){ 0 };
    return b;
}

void rpc_thread_keep_adopt(struct rpc_thread *t, struct buf b)
{
    if (b.len <= RPC_SCRATCH_MAX && !t->scratch.ptr)
        t->scratch = b;
    else
        mem_free(b.ptr);
}
