/* SPDX-License-Identifier: Apache-2.0
 * inbound.c - fragments received, checked against their call, and moved together.
 * C706 12.6.2, [MS-RPCE] 3.3.1.5.2.2
 *
 *    a block:  ... | stub so far | gap: headers and trailers | queued fragments | what has come |
 * room stub          stub + stub_len                                start          end
 */
#include "rpc/inbound.h"

#include "base/detail.h"

void rpc_inbound_init(struct rpc_inbound *in, bool server, const struct rpc_limits *limits,
                      const struct rpc_securities *securities)
{
    *in = (struct rpc_inbound){
        .server = server, .limits = *limits, .securities = securities, .missing = RPC_HEADER_SIZE
    };
}

static uint8_t of_calls(const struct rpc_inbound *in)
{
    return in->server ? RPC_REQUEST : RPC_RESPONSE;
}

/* Of a call, or of a callback. */
static bool is_of_call(struct rpc_inbound *in, uint8_t type)
{
    uint8_t other = in->server ? RPC_RESPONSE : RPC_REQUEST;

    return type == of_calls(in) || (type == other && atomic_load(&in->callbacks));
}

void rpc_inbound_done(struct rpc_inbound *in)
{
    rpc_block_put(in->block);
    in->block = NULL;
    in->start = in->end = 0;
    in->partial = false;
    in->queued = 0;
}

bool rpc_inbound_pending(const struct rpc_inbound *in)
{
    return in->partial || in->start < in->end;
}

/* What one queued fragment is to its security. */
static struct rpc_fragment parts(const struct rpc_inbound *in, const struct rpc_queued *q)
{
    uint8_t *at = in->block->data + q->at;
    size_t token = q->length - (size_t)q->auth_length;
    size_t trailer = token - RPC_SEC_TRAILER_SIZE;
    size_t pad = trailer - q->pad;

    return (struct rpc_fragment){ .head = { at, q->head },
                                  .data = { at + q->head, pad - q->head },
                                  .pad = { at + pad, q->pad },
                                  .trailer = { at + trailer, RPC_SEC_TRAILER_SIZE },
                                  .token = { at + token, q->auth_length } };
}

static size_t stub_length(const struct rpc_queued *q)
{
    size_t around = q->head + (size_t)q->pad;

    return q->length - around - (q->auth_length ? RPC_SEC_TRAILER_SIZE + q->auth_length : 0);
}

static void place(struct rpc_inbound *in, const struct rpc_queued *q)
{
    uint8_t *data = in->block->data;
    size_t n = stub_length(q), from = q->at + q->head;

    if (!in->placed) {
        in->placed = true;
        in->stub = from;
        in->stub_len = n;
        return;
    }
    memmove(data + in->stub + in->stub_len, data + from, n);
    in->stub_len += n;
}

/* Verifies and opens what is queued, or has the caller be still who he was, and moves the stubs
 * together. */
OFTEN enum err rpc_inbound_flush(struct rpc_inbound *in)
{
    struct rpc_fragment f[RPC_BATCH];
    enum err e = ERR_OK;
    size_t i;

    if (!in->queued)
        return ERR_OK;
    if (in->security && in->security->token_size) {
        for (i = 0; i < in->queued; i++)
            f[i] = parts(in, &in->queue[i]);
        e = rpc_security_unprotect(in->security, f, in->queued);
    } else if (in->security && in->server) {
        e = rpc_security_in_time(in->security);
    }
    for (i = 0; i < in->queued && !e; i++)
        place(in, &in->queue[i]);
    in->queued = 0;
    return e;
}

/* The fixed fields of a request or response, in one form. */
static enum err head_read(const struct rpc_pdu *p, struct rpc_request *ret, uint8_t *ret_cancels)
{
    struct rpc_response s;
    enum err e;

    if (p->header.type == RPC_REQUEST)
        return rpc_request_read(p, ret);
    e = rpc_response_read(p, &s);
    if (e)
        return e;
    *ret = (struct rpc_request){ .alloc_hint = s.alloc_hint,
                                 .context_id = s.context_id,
                                 .stub = s.stub };
    *ret_cancels = s.cancel_count;
    return ERR_OK;
}

/* Every fragment of a call is of one call, one interface's one operation, and one security. */
static enum err belongs(const struct rpc_inbound *in, const struct rpc_header *h,
                        const struct rpc_request *q, const struct rpc_security *s)
{
    if (!in->partial)
        return detail_fail(ERR_UNEXPECTED, "rpc: call %u goes on that has not begun", h->call_id);
    if (h->call_id != in->first.call_id || h->type != in->first.type)
        return detail_fail(ERR_UNEXPECTED, "rpc: a fragment of call %u in the middle of call %u",
                           h->call_id, in->first.call_id);
    if (q->context_id != in->head.context_id || q->opnum != in->head.opnum ||
        memcmp(h->label, in->first.label, sizeof h->label) != 0)
        return detail_fail(ERR_UNEXPECTED,
                           "rpc: fragments of call %u differ: context %u and %u, operation %u and "
                           "%u, representation %02x and %02x",
                           h->call_id, in->head.context_id, q->context_id, in->head.opnum, q->opnum,
                           in->first.label[0], h->label[0]);
    if (s != in->security)
        return detail_fail(ERR_UNEXPECTED, "rpc: fragments of call %u differ in their security",
                           h->call_id);
    return ERR_OK;
}

/* What its first fragment says of all of it is believed where that refuses it, and not else. */
static enum err begins_in_bounds(struct rpc_inbound *in)
{
    if (in->taken && in->first.type == of_calls(in) && !(in->first.flags & RPC_LAST) && !in->parts)
        in->most = in->taken(in->owner, &in->head);
    if (in->head.alloc_hint > in->most)
        return detail_fail(ERR_ACCESS_DENIED,
                           "rpc: call %u says it will have %u bytes, its interface takes %zu",
                           in->first.call_id, in->head.alloc_hint, in->most);
    return ERR_OK;
}

static enum err begins(struct rpc_inbound *in, const struct rpc_header *h,
                       const struct rpc_request *q, struct rpc_security *s)
{
    if (in->partial)
        return detail_fail(ERR_UNEXPECTED, "rpc: call %u begins in the middle of call %u",
                           h->call_id, in->first.call_id);
    if (in->server && h->type == RPC_REQUEST && h->flags & RPC_PENDING_CANCEL)
        return detail_fail(ERR_RPC_NO_CALL, "rpc: call %u begins with a cancel", h->call_id);
    in->partial = true;
    in->placed = false;
    in->parts = in->in_parts && h->type == of_calls(in) && !(h->flags & RPC_LAST) &&
                in->in_parts(in->owner, q);
    in->handed = in->dropped = false;
    if (in->parts)
        in->habit = RPC_PART_BLOCK - sizeof(struct rpc_block);
    in->first = *h;
    in->head = *q;
    in->security = s;
    in->stub = in->stub_len = in->total = 0;
    in->fragments = 0;
    in->most = SIZE_MAX;
    return begins_in_bounds(in);
}

static enum err counts(struct rpc_inbound *in, size_t stub)
{
    if (__builtin_add_overflow(in->total, stub, &in->total) || in->total > in->limits.stub)
        return detail_fail(ERR_TOO_LONG, "rpc: call %u has more than %zu bytes", in->first.call_id,
                           in->limits.stub);
    if (in->total > in->most)
        return detail_fail(ERR_ACCESS_DENIED,
                           "rpc: call %u has more than the %zu bytes its interface takes",
                           in->first.call_id, in->most);
    if (++in->fragments > RPC_CALL_FRAGMENTS_MAX)
        return detail_fail(ERR_TOO_LONG, "rpc: call %u has more than %d fragments",
                           in->first.call_id, RPC_CALL_FRAGMENTS_MAX);
    return ERR_OK;
}

/* One whole fragment of a call, from start: as it is to be queued. */
OFTEN static enum err take_fragment(struct rpc_inbound *in, const struct rpc_header *h,
                                    struct rpc_queued *ret)
{
    struct rpc_request q;
    struct rpc_security *s = NULL;
    struct rpc_pdu p;
    size_t head;
    enum err e = rpc_pdu_read(bytes_of(in->block->data + in->start, h->frag_length), h, &p);

    if (!e)
        e = rpc_securities_of(in->securities, &p, &s);
    if (!e)
        e = head_read(&p, &q, &in->cancel_count);
    if (!e)
        e = h->flags & RPC_FIRST ? begins(in, h, &q, s) : belongs(in, h, &q, s);
    if (!e)
        e = counts(in, q.stub.len);
    if (e)
        return e;
    head = RPC_CALL_HEADER_SIZE + (q.has_object ? RPC_OBJECT_SIZE : 0);
    *ret = (struct rpc_queued){ .at = in->start,
                                .length = h->frag_length,
                                .auth_length = h->auth_length,
                                .head = (uint8_t)head,
                                .pad = p.has_auth ? p.auth.pad : 0 };
    in->start += h->frag_length;
    return ERR_OK;
}

static enum err enqueue(struct rpc_inbound *in, const struct rpc_header *h)
{
    enum err e = take_fragment(in, h, &in->queue[in->queued]);

    in->queued += !e;
    return e;
}

/* The block goes with the call, or is shared where more has come. */
static struct rpc_block *hand_over(struct rpc_inbound *in)
{
    struct rpc_block *b = in->block;

    if (in->start < in->end)
        return rpc_block_ref(b);
    in->block = NULL;
    in->start = in->end = 0;
    return b;
}

OFTEN static void deliver(struct rpc_inbound *in, uint8_t last_flags, struct rpc_received *ret)
{
    size_t used = in->start - in->stub + RPC_HEADER_SIZE;

    if (!in->parts)
        in->habit = used < RPC_HABIT_MAX ? used + RPC_HEADER_SIZE : RPC_HABIT_MAX;
    in->partial = !(last_flags & RPC_LAST);
    ret->event = in->handed ? RPC_EVENT_PART : RPC_EVENT_CALL;
    ret->more = in->partial;
    in->handed = true;
    in->placed = false;
    in->total = 0;
    in->fragments = 0;
    ret->pdu.header = in->first;
    ret->pdu.whole = ret->pdu.body = (struct bytes){ 0 };
    ret->pdu.has_auth = false;
    ret->last_flags = last_flags;
    ret->security = in->security;
    in->head.stub = bytes_of(in->block->data + in->stub, in->stub_len);
    if (in->first.type == RPC_REQUEST)
        ret->request = in->head;
    else
        ret->response = (struct rpc_response){ .alloc_hint = in->head.alloc_hint,
                                               .context_id = in->head.context_id,
                                               .cancel_count = in->cancel_count,
                                               .stub = in->head.stub };
    ret->block = hand_over(in);
}

/* A PDU that is not of a call but has a signature takes its number in the sequence, too. */
static enum err verify_alone(struct rpc_inbound *in, const struct rpc_pdu *p, size_t head,
                             struct rpc_security **ret)
{
    struct rpc_queued q = { .at = in->start,
                            .length = p->header.frag_length,
                            .auth_length = p->header.auth_length,
                            .head = (uint8_t)head,
                            .pad = p->auth.pad };
    struct rpc_fragment f = parts(in, &q);
    enum err e = rpc_inbound_flush(in);

    if (!e)
        e = rpc_securities_of(in->securities, p, ret);
    return !e && (*ret)->token_size ? rpc_security_unprotect(*ret, &f, 1) : e;
}

/* It ends the call, whatever came of its response; what it tells is proven only if it is signed. */
static enum err take_fault(struct rpc_inbound *in, const struct rpc_pdu *p,
                           struct rpc_received *ret)
{
    enum err e = ERR_OK;

    ret->security = NULL;
    if (p->has_auth)
        e = verify_alone(in, p, RPC_FAULT_SIZE, &ret->security);
    if (!e)
        e = rpc_fault_read(p, &ret->fault);
    if (e)
        return e;
    if (in->partial && in->first.type == RPC_RESPONSE && in->first.call_id == p->header.call_id)
        rpc_inbound_forget(in, p->header.call_id);
    ret->event = RPC_EVENT_CALL;
    ret->pdu = *p;
    ret->last_flags = p->header.flags;
    in->start += p->header.frag_length;
    if (in->failed)
        return in->failed;
    ret->block = hand_over(in);
    return ERR_OK;
}

static enum err take_pdu(struct rpc_inbound *in, const struct rpc_header *h,
                         struct rpc_received *ret)
{
    struct rpc_security *s = NULL;
    struct rpc_pdu p;
    enum err e = rpc_pdu_read(bytes_of(in->block->data + in->start, h->frag_length), h, &p);

    if (e)
        return e;
    if (h->type == RPC_FAULT && (!in->server || atomic_load(&in->callbacks)))
        return take_fault(in, &p, ret);
    if (p.has_auth && (h->type == RPC_CO_CANCEL || h->type == RPC_ORPHANED))
        e = verify_alone(in, &p, RPC_HEADER_SIZE, &s);
    if (e)
        return e;
    ret->event = RPC_EVENT_PDU;
    ret->pdu = p;
    ret->security = s;
    in->start += h->frag_length;
    return ERR_OK;
}

/* A whole fragment stands at start. */
static bool whole(struct rpc_inbound *in, struct rpc_header *h, enum err *ret_e)
{
    size_t there = in->end - in->start;

    *ret_e = ERR_OK;
    in->missing = RPC_HEADER_SIZE - (there < RPC_HEADER_SIZE ? there : 0);
    if (there < RPC_HEADER_SIZE)
        return false;
    *ret_e = rpc_header_read(bytes_of(in->block->data + in->start, RPC_HEADER_SIZE),
                             in->limits.fragment, h);
    if (*ret_e)
        return false;
    in->last = *h;
    in->missing = there < h->frag_length ? h->frag_length - there : 0;
    in->pdus += !in->missing;
    return !in->missing;
}

/* Fragments that nothing protects are parts where they lie; others are opened side by side, as many
 * as are here. */
static bool is_time(const struct rpc_inbound *in, const struct rpc_header *h)
{
    bool apart = in->parts && !(in->security && in->security->token_size);

    return h->flags & RPC_LAST || in->queued == RPC_BATCH || apart;
}

/* What is opened and moved together; false where nobody wants it. */
static bool hand_on(struct rpc_inbound *in, uint8_t last_flags, struct rpc_received *ret)
{
    if (!in->dropped) {
        deliver(in, last_flags, ret);
        return true;
    }
    in->partial = !(last_flags & RPC_LAST);
    in->placed = false;
    in->total = 0;
    in->fragments = 0;
    return false;
}

/* A whole call that nothing protects. */
static bool is_alone(const struct rpc_inbound *in, const struct rpc_header *h)
{
    return (h->flags & (RPC_FIRST | RPC_LAST)) == (RPC_FIRST | RPC_LAST) && !h->auth_length &&
           !in->partial;
}

/* It need not wait for others in the queue. */
static enum err take_alone(struct rpc_inbound *in, const struct rpc_header *h,
                           struct rpc_received *ret)
{
    struct rpc_queued q;
    enum err e = take_fragment(in, h, &q);

    if (!e && in->security && in->server)
        e = rpc_security_in_time(in->security);
    if (e)
        return e;
    place(in, &q);
    deliver(in, h->flags, ret);
    return ERR_OK;
}

OFTEN static enum err next(struct rpc_inbound *in, struct rpc_received *ret)
{
    struct rpc_header h;
    enum err e;

    ret->event = RPC_EVENT_MORE;
    while (whole(in, &h, &e)) {
        if (!is_of_call(in, h.type))
            return take_pdu(in, &h, ret);
        if (is_alone(in, &h))
            return take_alone(in, &h, ret);
        e = enqueue(in, &h);
        if (!e && is_time(in, &h))
            e = rpc_inbound_flush(in);
        if (e)
            return e;
        if ((h.flags & RPC_LAST || (in->parts && !in->queued)) && hand_on(in, h.flags, ret))
            return ERR_OK;
    }
    if (!e && (in->parts || in->queued >= RPC_BATCH / 2)) /* fewer wait for others */
        e = rpc_inbound_flush(in);
    if (!e && in->partial && in->parts && in->placed)
        (void)hand_on(in, 0, ret);
    return e;
}

enum err rpc_inbound_next(struct rpc_inbound *in, struct rpc_received *ret)
{
    ret->block = NULL;
    ret->more = false;
    if (!in->failed)
        in->failed = next(in, ret);
    return in->failed;
}

void rpc_inbound_drop(struct rpc_inbound *in)
{
    in->dropped = in->partial && in->parts;
}

void rpc_inbound_forget(struct rpc_inbound *in, uint32_t call_id)
{
    enum err e;

    if (!in->partial || in->first.call_id != call_id)
        return;
    e = rpc_inbound_flush(in); /* what has come counts in the sequence */
    in->failed = in->failed ? in->failed : e;
    in->partial = in->parts = in->placed = false;
}
