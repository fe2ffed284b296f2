/* SPDX-License-Identifier: Apache-2.0
 * outbound.c - headers and trailers around slices of a stub, protected in batches.
 * C706 12.6.2, [MS-RPCE] 2.2.2.11, 3.3.1.5.2.2
 *
 *    the arena:  header | (stub) padding sec_trailer token header | (stub) ... sec_trailer token
 */
#include "rpc/outbound.h"

#include "base/detail.h"

struct batch { /* being made */
    struct writer w;
    size_t pieces;
    struct rpc_fragment f[RPC_BATCH];
};

static size_t around_of(const struct rpc_message *m)
{
    size_t token = m->security ? m->security->token_size : 0;

    return token ? RPC_SEC_TRAILER_SIZE + token : 0;
}

/* Fragments of nearly one size, none of a few bytes: each costs the same, whatever it holds. Few
 * enough for that, enough for the lanes to have work, and small enough for the first not to wait.
 */
static size_t spread(size_t stub, size_t most)
{
    size_t n = stub / RPC_SPREAD_MIN, each;

    if (n > RPC_BATCH)
        n = stub / RPC_SPREAD_MAX > RPC_BATCH ? stub / RPC_SPREAD_MAX : RPC_BATCH;
    if (!n)
        n = 1;
    each = ((stub + n - 1) / n + RPC_PAD_ALIGN - 1) & ~(size_t)(RPC_PAD_ALIGN - 1);
    return each < most ? each : most;
}

OFTEN enum err rpc_outbound_begin(struct rpc_outbound *o, const struct rpc_message *m)
{
    size_t most = m->max_fragment < RPC_FRAGMENT_MAX ? m->max_fragment : RPC_FRAGMENT_MAX;
    size_t around = around_of(m), align = around ? RPC_PAD_ALIGN : 8;

    o->head = RPC_CALL_HEADER_SIZE + (m->object ? RPC_OBJECT_SIZE : 0);
    if (most < o->head + around + align)
        return detail_fail(ERR_INVALID_PARAMETER, "rpc: no stub fits in fragments of %zu bytes",
                           m->max_fragment);
    o->m = *m;
    o->sent = 0;
    o->started = m->begun;
    if (!m->begun)
        o->fragments = 0;
    o->ended = false;
    o->chunk = (most - o->head - around) & ~(align - 1);
    o->batch = RPC_BATCH;
    if (around && m->security->level == RPC_LEVEL_PRIVACY)
        o->chunk = spread(m->stub.len, o->chunk);
    else if (around && o->chunk > RPC_BATCH_BYTES / RPC_BATCH)
        o->batch = RPC_BATCH_BYTES / o->chunk;
    return ERR_OK;
}

OFTEN static void write_head(struct rpc_outbound *o, struct writer *w, size_t stub, size_t length)
{
    const struct rpc_message *m = &o->m;
    size_t around = around_of(m), left = m->stub.len - o->sent;
    unsigned flags = m->flags | (o->started ? 0 : RPC_FIRST) |
                     (o->sent + stub == m->stub.len && !m->more ? RPC_LAST : 0) |
                     (m->object ? RPC_OBJECT : 0);
    const uint32_t head[] = {
        5 | (uint32_t)m->type << 16 | (uint32_t)flags << 24,
        0x10, /* little-endian, ASCII, IEEE */
        (uint32_t)length | (uint32_t)(around ? around - RPC_SEC_TRAILER_SIZE : 0) << 16,
        m->call_id,
        left < UINT32_MAX ? (uint32_t)left : UINT32_MAX, /* still to come, this one's included */
        m->context_id | (uint32_t)(m->type == RPC_REQUEST ? m->opnum : m->cancel_count) << 16,
    };
    uint8_t raw[RPC_OBJECT_SIZE];

    static_assert(sizeof head == RPC_CALL_HEADER_SIZE, "no more, and no less");
    writer_le32s(w, head, sizeof head / sizeof head[0]);
    if (m->object) {
        uuid_write(m->object, raw);
        writer_bytes(w, bytes_of(raw, sizeof raw));
    }
}

static void write_trailer(const struct rpc_security *s, struct writer *w, size_t pad)
{
    writer_le32(w, s->type | (uint32_t)s->level << 8 | (uint32_t)pad << 16);
    writer_le32(w, s->context_id);
}

/* What of the arena is not in a piece yet becomes one, or part of the last. */
static void close_piece(struct rpc_outbound *o, struct batch *b, size_t from)
{
    if (b->w.len > from)
        o->iov[b->pieces++] =
            (struct iovec){ .iov_base = o->arena + from, .iov_len = b->w.len - from };
}

/* The stub's slice, where it lies or copied; ends the piece before it. Returns where the next one
 * begins in the arena. */
static size_t put_stub(struct rpc_outbound *o, struct batch *b, size_t from, size_t n,
                       struct rpc_fragment *f)
{
    uint8_t *slice = n ? o->m.stub.ptr + o->sent : NULL; /* nothing, as nothing */

    if (o->m.stub.len <= RPC_COPIED_MAX) {
        f->data = (struct buf){ o->arena + b->w.len, n };
        writer_bytes(&b->w, bytes_of(slice, n));
        return from;
    }
    f->data = (struct buf){ slice, n };
    close_piece(o, b, from);
    o->iov[b->pieces++] = (struct iovec){ .iov_base = slice, .iov_len = n };
    return b->w.len;
}

/* One fragment; what it returns is as in put_stub. */
static size_t put_fragment(struct rpc_outbound *o, struct batch *b, size_t from,
                           struct rpc_fragment *f)
{
    size_t left = o->m.stub.len - o->sent, n = left < o->chunk ? left : o->chunk;
    size_t around = around_of(&o->m), pad = around ? (0 - n) & (RPC_PAD_ALIGN - 1) : 0;

    f->head = (struct buf){ o->arena + b->w.len, o->head };
    write_head(o, &b->w, n, o->head + n + pad + around);
    from = put_stub(o, b, from, n, f);
    f->pad = (struct buf){ o->arena + b->w.len, pad };
    writer_zero(&b->w, pad);
    if (around) {
        f->trailer = (struct buf){ o->arena + b->w.len, RPC_SEC_TRAILER_SIZE };
        write_trailer(o->m.security, &b->w, pad);
        f->token = (struct buf){ o->arena + b->w.len, o->m.security->token_size };
        writer_zero(&b->w, o->m.security->token_size);
    }
    o->sent += n;
    o->fragments++;
    o->started = true;
    o->ended = o->sent == o->m.stub.len;
    return from;
}

/* In one piece, as it is in most calls. */
static bool is_small(const struct rpc_outbound *o)
{
    return !o->ended && !o->sent && o->m.stub.len <= RPC_COPIED_MAX && o->m.stub.len <= o->chunk &&
           !around_of(&o->m);
}

static enum err put_small(struct rpc_outbound *o)
{
    struct writer w = writer_over(o->arena, sizeof o->arena);
    size_t n = o->m.stub.len;

    write_head(o, &w, n, o->head + n);
    writer_bytes(&w, buf_view(o->m.stub));
    o->sent = n;
    o->fragments++;
    o->started = o->ended = true;
    o->iov[0] = (struct iovec){ .iov_base = o->arena, .iov_len = w.len };
    return w.err;
}

OFTEN enum err rpc_outbound_next(struct rpc_outbound *o, struct iovec **ret, size_t *ret_n)
{
    struct batch b;
    size_t n = 0, from = 0;
    enum err e;

    *ret = o->iov;
    *ret_n = 1;
    if (is_small(o))
        return put_small(o);
    b.w = writer_over(o->arena, sizeof o->arena);
    b.pieces = 0;
    while (!o->ended && n < o->batch)
        from = put_fragment(o, &b, from, &b.f[n++]);
    close_piece(o, &b, from);
    e = b.w.err;
    if (!e && n && around_of(&o->m))
        e = rpc_security_protect(o->m.security, b.f, n);
    if (e)
        return e;
    *ret_n = b.pieces;
    return ERR_OK;
}
