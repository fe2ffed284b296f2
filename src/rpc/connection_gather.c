/* SPDX-License-Identifier: Apache-2.0
 * connection_gather.c - small requests that leave a client's connection together.
 *
 *   gather -> gathered -> leaving -> the server
 *
 * Who gathers holds a lock for a moment only; who sends takes what is gathered away and has the
 * sending side meanwhile, so that what was gathered first leaves first. What the server does not
 * take at once stays in leaving, for whoever sends next.
 */
#include "rpc/connection.h"

enum {
    REQUEST_MAX = RPC_AROUND + RPC_COPIED_MAX,
    NEAR_US = 100,  /* an answer that comes no later than this is quick */
    NEAR_TIMES = 4, /* in a row, then the next one is expected to be */
};

/* Of one piece, and there is room: what is taken away meanwhile makes more. */
static bool fits(struct rpc_connection *c, const struct rpc_message *m)
{
    return m->stub.len <= RPC_COPIED_MAX && m->max_fragment >= REQUEST_MAX && !m->begun &&
           !m->more && !m->handles &&
           atomic_load_explicit(&c->bytes, memory_order_relaxed) <= RPC_BLOCK_MIN - REQUEST_MAX;
}

static enum err put(struct rpc_connection *c, uint32_t call_id, const struct iovec *piece,
                    unsigned *ret_together)
{
    struct rpc_leaving *g = &c->gathered;
    enum err e = ERR_NO_MEMORY;

    pthread_mutex_lock(&c->gathering);
    if (!g->block)
        g->block = rpc_block_get(RPC_BLOCK_MIN);
    if (g->block) {
        memcpy(g->block->data + g->len, piece->iov_base, piece->iov_len);
        g->len += piece->iov_len;
        g->newest = call_id;
        atomic_store_explicit(&c->bytes, g->len, memory_order_relaxed);
        atomic_store_explicit(&c->gathers, true, memory_order_relaxed);
        *ret_together = atomic_load_explicit(&c->together, memory_order_relaxed) + 1;
        atomic_store(&c->together, *ret_together);
        e = ERR_OK;
    }
    pthread_mutex_unlock(&c->gathering);
    return e;
}

enum err rpc_connection_gather(struct rpc_connection *c, const struct rpc_message *m,
                               unsigned *ret_together)
{
    struct rpc_outbound o;
    struct iovec *piece = NULL;
    size_t n = 0;
    enum err e;

    if (!fits(c, m))
        return ERR_INCOMPLETE;
    e = rpc_outbound_begin(&o, m);
    if (!e)
        e = rpc_outbound_next(&o, &piece, &n);
    return e ? e : put(c, m->call_id, piece, ret_together);
}

bool rpc_connection_want_flush(struct rpc_connection *c)
{
    bool first;

    pthread_mutex_lock(&c->gathering);
    first = !c->flushing;
    c->flushing = true;
    pthread_mutex_unlock(&c->gathering);
    return first;
}

/* ---- whether an answer is near ---- */

void rpc_connection_left(struct rpc_connection *c, uint32_t call_id, int64_t now)
{
    atomic_store_explicit(&c->near.left_at, now, memory_order_relaxed);
    atomic_store_explicit(&c->near.left, call_id, memory_order_relaxed);
}

void rpc_connection_came(struct rpc_connection *c, int64_t now)
{
    unsigned n = atomic_load_explicit(&c->near.quick, memory_order_relaxed);
    bool quick = now - atomic_load_explicit(&c->near.left_at, memory_order_relaxed) <= NEAR_US;

    if (!quick || n < NEAR_TIMES)
        atomic_store_explicit(&c->near.quick, quick ? n + 1 : 0, memory_order_relaxed);
}

void rpc_connection_answered(struct rpc_connection *c, uint32_t call_id)
{
    uint32_t newest = atomic_load_explicit(&c->near.answered, memory_order_relaxed);

    if ((int32_t)(call_id - newest) > 0)
        atomic_store(&c->near.answered, call_id);
}

bool rpc_connection_is_near(const struct rpc_connection *c, int64_t now)
{
    uint32_t answered = atomic_load(&c->near.answered);
    uint32_t left = atomic_load_explicit(&c->near.left, memory_order_relaxed);

    return atomic_load_explicit(&c->near.quick, memory_order_relaxed) >= NEAR_TIMES &&
           (int32_t)(left - answered) > 0 &&
           now - atomic_load_explicit(&c->near.left_at, memory_order_relaxed) <= NEAR_US;
}

/* ---- leaving ---- */

/* With the lock: something has yet to leave. Else who was to see to it need not. */
static bool remains(struct rpc_connection *c, bool flush)
{
    if (c->leaving.block || c->gathered.block)
        return true;
    c->flushing &= !flush;
    return false;
}

/* With the sending side: what leaves next. */
static bool take(struct rpc_connection *c, bool flush, struct iovec *ret)
{
    bool any;

    pthread_mutex_lock(&c->gathering);
    any = remains(c, flush);
    if (any && !c->leaving.block) {
        c->leaving = c->gathered;
        c->gathered = (struct rpc_leaving){ .block = NULL };
        atomic_store_explicit(&c->together, 0, memory_order_relaxed);
        atomic_store_explicit(&c->bytes, 0, memory_order_relaxed);
    }
    pthread_mutex_unlock(&c->gathering);
    if (any)
        *ret = (struct iovec){ c->leaving.block->data + c->leaving.sent,
                               c->leaving.len - c->leaving.sent };
    return any;
}

/* So much of it has left. */
static void advance(struct rpc_connection *c, size_t n)
{
    c->leaving.sent += n;
    if (c->leaving.sent < c->leaving.len)
        return;
    rpc_connection_left(c, c->leaving.newest, transport_now_us());
    pthread_mutex_lock(&c->gathering);
    rpc_block_put(c->leaving.block);
    c->leaving = (struct rpc_leaving){ .block = NULL };
    pthread_mutex_unlock(&c->gathering);
}

OFTEN enum err rpc_connection_send_gathered(struct rpc_connection *c, int64_t deadline)
{
    struct iovec piece;
    enum err e = ERR_OK;

    if (!atomic_load(&c->gathers))
        return ERR_OK;
    while (!e && take(c, false, &piece)) {
        size_t n = piece.iov_len;

        e = transport_send(c->fd, &piece, 1, deadline);
        advance(c, e ? n - piece.iov_len : n);
    }
    return e;
}

/* With the sending side: what is gathered, as far as the server takes it. */
static enum err send_taken(struct rpc_connection *c, bool flush)
{
    struct iovec piece;
    enum err e = ERR_OK;

    while (!e && take(c, flush, &piece)) {
        size_t n = 0;

        e = transport_send_now(c->fd, &piece, 1, &n);
        advance(c, n);
    }
    return e;
}

enum err rpc_connection_flush(struct rpc_connection *c, bool *ret_busy)
{
    enum err e = ERR_OK;

    *ret_busy = !lock_try(&c->sending);
    if (*ret_busy) { /* whoever has it sends what is gathered, or tried */
        pthread_mutex_lock(&c->gathering);
        *ret_busy = remains(c, true);
        c->flushing = false;
        pthread_mutex_unlock(&c->gathering);
        return ERR_OK;
    }
    e = send_taken(c, true);
    lock_give(&c->sending);
    if (!e)
        rpc_connection_see_to_due(c);
    return e;
}

enum err rpc_connection_send_together(struct rpc_connection *c)
{
    enum err e = ERR_OK;

    while (!e && atomic_load(&c->together) && lock_try(&c->sending)) {
        e = send_taken(c, false);
        lock_give(&c->sending);
    }
    if (!e)
        rpc_connection_see_to_due(c);
    return e;
}
