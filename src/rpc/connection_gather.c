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

enum { REQUEST_MAX = RPC_AROUND + RPC_COPIED_MAX };

/* Of one piece, and there is room. */
static bool fits(struct rpc_connection *c, const struct rpc_message *m)
{
    const struct rpc_leaving *g = &c->gathered;
    bool room;

    if (m->stub.len > RPC_COPIED_MAX || m->max_fragment < REQUEST_MAX || m->begun || m->more ||
        m->handles)
        return false;
    pthread_mutex_lock(&c->gathering);
    room = !g->block || g->block->size - g->len >= REQUEST_MAX;
    pthread_mutex_unlock(&c->gathering);
    return room;
}

/* *ret_flush: it is the first that whoever flushes will find. */
static enum err put(struct rpc_connection *c, const struct iovec *piece, bool *ret_flush)
{
    struct rpc_leaving *g = &c->gathered;
    enum err e = ERR_NO_MEMORY;

    pthread_mutex_lock(&c->gathering);
    if (!g->block)
        g->block = rpc_block_get(RPC_BLOCK_MIN);
    if (g->block) {
        memcpy(g->block->data + g->len, piece->iov_base, piece->iov_len);
        g->len += piece->iov_len;
        atomic_store(&c->gathers, true);
        *ret_flush = !c->flushing;
        c->flushing = true;
        e = ERR_OK;
    }
    pthread_mutex_unlock(&c->gathering);
    return e;
}

enum err rpc_connection_gather(struct rpc_connection *c, const struct rpc_message *m,
                               bool *ret_flush)
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
    return e ? e : put(c, piece, ret_flush);
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
    pthread_mutex_lock(&c->gathering);
    rpc_block_put(c->leaving.block);
    c->leaving = (struct rpc_leaving){ .block = NULL };
    pthread_mutex_unlock(&c->gathering);
}

enum err rpc_connection_send_gathered(struct rpc_connection *c, int64_t deadline)
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

enum err rpc_connection_flush(struct rpc_connection *c)
{
    struct iovec piece;
    enum err e = ERR_OK;
    bool left;

    if (pthread_mutex_trylock(&c->sending)) { /* whoever has it sends what is gathered, or tried */
        pthread_mutex_lock(&c->gathering);
        left = remains(c, true);
        pthread_mutex_unlock(&c->gathering);
        return left ? ERR_INCOMPLETE : ERR_OK;
    }
    while (!e && take(c, true, &piece)) {
        size_t n = 0;

        e = transport_send_now(c->fd, &piece, 1, &n);
        advance(c, n);
    }
    pthread_mutex_unlock(&c->sending);
    if (!e)
        rpc_connection_see_to_due(c);
    return e;
}
