/* SPDX-License-Identifier: Apache-2.0
 * flow.c - a stub that leaves while it is written.
 */
#include "rpc/flow.h"

void rpc_flow_init(struct rpc_flow *f, struct rpc_outbound *outbound)
{
    *f = (struct rpc_flow){ .outbound = outbound,
                            .ready = writer_new(NDR_OUT_MAX),
                            .leaving = writer_new(NDR_OUT_MAX) };
}

void rpc_flow_done(struct rpc_flow *f)
{
    writer_done(&f->ready);
    writer_done(&f->leaving);
    buf_free(&f->instead);
}

enum err rpc_flow_take(struct rpc_flow *f, struct ndr_out *out, bool last)
{
    size_t n = last ? out->w.len : ndr_out_due(out);

    if (out->w.err)
        return out->w.err;
    writer_bytes(&f->ready, bytes_of(out->w.ptr, n));
    if (f->ready.err)
        return f->ready.err;
    ndr_out_sent(out, n);
    f->last |= last;
    return ERR_OK;
}

void rpc_flow_refuse_adopt(struct rpc_flow *f, struct buf pdu)
{
    f->instead = pdu;
    f->ready.len = 0;
    f->last = true;
}

/* What is ready begins to leave. */
static enum err begin(struct rpc_flow *f, const struct rpc_message *head)
{
    struct writer w = f->leaving;
    struct rpc_message m = *head;

    f->leaving = f->ready;
    f->ready = w;
    f->ready.len = 0;
    m.begun = f->begun;
    m.more = !f->last;
    m.stub = (struct buf){ f->leaving.ptr, f->leaving.len };
    f->begun = f->open = true;
    f->ended = f->last;
    return rpc_outbound_begin(f->outbound, &m);
}

enum err rpc_flow_next(struct rpc_flow *f, const struct rpc_message *head, struct iovec **ret,
                       size_t *ret_n)
{
    enum err e = ERR_OK;

    *ret_n = 0;
    if (f->open) {
        e = rpc_outbound_next(f->outbound, ret, ret_n);
        f->open = !e && *ret_n;
    }
    if (e || *ret_n || f->ended)
        return e;
    if (f->instead.ptr) {
        f->one = (struct iovec){ f->instead.ptr, f->instead.len };
        *ret = &f->one;
        *ret_n = 1;
        f->begun = f->ended = true;
        return ERR_OK;
    }
    if (!f->ready.len && !f->last)
        return ERR_OK;
    e = begin(f, head);
    return e ? e : rpc_outbound_next(f->outbound, ret, ret_n);
}
