/* SPDX-License-Identifier: Apache-2.0
 * inbound_room.c - where the next bytes go.  See inbound.h.
 *
 * A block grows by doubling as it fills, whatever lengths a peer announces; what the last call of
 * the connection needed is got at once. Where the clients of a server have made it hold much, no
 * call grows further: a few bytes each of many strangers are not to end the process. Nor does one
 * of a caller whose calls hold their share; the last call's security says who that is, until the
 * next has a first fragment.
 */
#include "base/detail.h"
#include "rpc/inbound.h"

enum { STUB_AT = RPC_CALL_HEADER_SIZE }; /* so that a moved stub is aligned as one at the start */

static struct rpc_usage *usage_of(const struct rpc_inbound *in)
{
    return in->usage ? in->usage(in->owner, in->security) : NULL;
}

OFTEN static enum err get(const struct rpc_inbound *in, size_t size, struct rpc_block **ret)
{
    struct rpc_usage *u = size > RPC_BLOCK_SMALL ? usage_of(in) : NULL;
    struct rpc_block *b = NULL;

    if (in->server && size > RPC_BLOCK_SMALL && rpc_blocks_are_many())
        return detail_fail(
            ERR_RPC_RESOURCES,
            "rpc: no block of %zu bytes to receive into while all calls hold so much", size);
    b = rpc_block_get(size);
    if (!b)
        return detail_fail(ERR_NO_MEMORY, "rpc: no block of %zu bytes to receive into", size);
    if (u && !rpc_block_count(b, u)) {
        rpc_block_put(b);
        detail_remedy("Raise client-memory in countersign.conf, if that much is expected.");
        return detail_fail(ERR_RPC_BUSY, "rpc: no block of %zu bytes for %s, whose calls hold %zu",
                           size, u->who, atomic_load(&u->has[RPC_SHARE_MEMORY]));
    }
    *ret = b;
    return ERR_OK;
}

/* What the last call needed, if there is enough of it. */
OFTEN static size_t habit(const struct rpc_inbound *in)
{
    const struct rpc_usage *u = in->habit > RPC_BLOCK_SMALL ? usage_of(in) : NULL;

    if (u && !rpc_usage_has_room(u, RPC_SHARE_MEMORY, 2 * in->habit))
        return 0;
    return in->server && rpc_blocks_are_many() ? 0 : in->habit;
}

/* The stub so far, and what has come after it. */
static size_t kept(const struct rpc_inbound *in)
{
    return (in->partial && in->placed ? in->stub_len : 0) + in->end - in->start;
}

/* Moves what is kept to the beginning of to, which may be the block itself. */
static void move(struct rpc_inbound *in, struct rpc_block *to)
{
    const uint8_t *from = in->block->data;
    size_t stub = in->partial && in->placed ? in->stub_len : 0;
    size_t come = in->end - in->start;

    if (stub)
        memmove(to->data + STUB_AT, from + in->stub, stub);
    memmove(to->data + STUB_AT + stub, from + in->start, come);
    in->stub = STUB_AT;
    in->start = STUB_AT + stub;
    in->end = in->start + come;
}

/* Where half of the block comes free by moving together, that will do. */
static enum err make_room(struct rpc_inbound *in)
{
    struct rpc_block *old = in->block, *to = NULL;
    size_t least = old->size, need = STUB_AT + kept(in);
    enum err e;

    if (need <= old->size / 2 && rpc_block_mine(old)) {
        move(in, old);
        return ERR_OK;
    }
    if (need > old->size / 2)
        least = 2 * old->size;
    if (least < habit(in))
        least = habit(in);
    e = get(in, least, &to);
    if (e)
        return e;
    move(in, to);
    in->block = to;
    rpc_block_put(old);
    return ERR_OK;
}

/* Little is left of the block, less than is to come. */
static bool cramped(const struct rpc_inbound *in)
{
    size_t left = in->block->size - in->end;

    return left == 0 || (left < in->missing && left < in->block->size / 4);
}

OFTEN enum err rpc_inbound_room(struct rpc_inbound *in, struct iovec iov[RPC_INBOUND_IOV],
                                size_t *ret_n)
{
    enum err e = in->failed;

    if (!e && !in->block) {
        in->start = in->end = 0;
        e = get(in, habit(in), &in->block);
    }
    if (!e && !in->partial && in->start == in->end && rpc_block_mine(in->block))
        in->start = in->end = 0;
    if (!e && cramped(in)) {
        e = rpc_inbound_flush(in); /* what is queued stands between */
        if (!e)
            e = make_room(in);
    }
    if (e)
        return in->failed = e;
    iov[0].iov_base = in->block->data + in->end;
    iov[0].iov_len = in->block->size - in->end;
    *ret_n = 1;
    return ERR_OK;
}

void rpc_inbound_filled(struct rpc_inbound *in, size_t n)
{
    in->end += n;
}

void rpc_inbound_idle(struct rpc_inbound *in)
{
    struct rpc_block *small = NULL;

    if (!in->block || in->partial)
        return;
    if (in->start == in->end) {
        rpc_block_put(in->block);
        in->block = NULL;
        return;
    }
    if (in->block->size < 2 * RPC_BLOCK_MIN || STUB_AT + kept(in) > RPC_BLOCK_MIN / 2)
        return;
    small = rpc_block_get(RPC_BLOCK_MIN); /* a few bytes of a PDU do not hold on to a great one */
    if (!small)
        return;
    move(in, small);
    rpc_block_put(in->block);
    in->block = small;
}
