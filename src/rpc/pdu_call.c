/* SPDX-License-Identifier: Apache-2.0
 * pdu_call.c - request, response, fault, and the PDUs without a body.
 * C706 12.6.4.6 to 12.6.4.11, [MS-RPCE] 2.2.2.6
 *
 *    request   0 alloc_hint 4 | 4 p_cont_id 2 | 6 opnum 2 | 8 object 16, if the flags say so | stub
 *    response  0 alloc_hint 4 | 4 p_cont_id 2 | 6 cancel_count 1 | 7 0 | 8 stub
 *    fault     0 alloc_hint 4 | 4 p_cont_id 2 | 6 cancel_count 1 | 7 flags 1: bit 0 extended error
 *              8 status 4 | 12 0 4 | 16 extended error information
 */
#include "base/detail.h"
#include "rpc/pdu.h"

enum err rpc_request_read(const struct rpc_pdu *p, struct rpc_request *ret)
{
    struct reader r = reader_over(p->body);
    bool little = p->header.drep.little;
    struct rpc_request q = { 0 };

    q.alloc_hint = rpc_read32(&r, little);
    q.context_id = rpc_read16(&r, little);
    q.opnum = rpc_read16(&r, little);
    q.has_object = (p->header.flags & RPC_OBJECT) != 0;
    if (q.has_object) {
        q.object.data1 = rpc_read32(&r, little);
        q.object.data2 = rpc_read16(&r, little);
        q.object.data3 = rpc_read16(&r, little);
        reader_copy(&r, q.object.data4, sizeof q.object.data4);
    }
    q.stub = reader_rest(&r);
    if (r.err)
        return detail_fail(r.err, "rpc: a request's body of %zu bytes", p->body.len);
    *ret = q;
    return ERR_OK;
}

void rpc_request_write(struct writer *w, const struct rpc_request *q)
{
    uint8_t raw[16];

    writer_le32(w, q->alloc_hint);
    writer_le16(w, q->context_id);
    writer_le16(w, q->opnum);
    if (q->has_object) {
        uuid_write(&q->object, raw);
        writer_bytes(w, bytes_of(raw, sizeof raw));
    }
    writer_bytes(w, q->stub);
}

enum err rpc_response_read(const struct rpc_pdu *p, struct rpc_response *ret)
{
    struct reader r = reader_over(p->body);
    bool little = p->header.drep.little;
    struct rpc_response s = { 0 };

    s.alloc_hint = rpc_read32(&r, little);
    s.context_id = rpc_read16(&r, little);
    s.cancel_count = reader_u8(&r);
    reader_u8(&r);
    s.stub = reader_rest(&r);
    if (r.err)
        return detail_fail(r.err, "rpc: a response's body of %zu bytes", p->body.len);
    *ret = s;
    return ERR_OK;
}

void rpc_response_write(struct writer *w, const struct rpc_response *p)
{
    writer_le32(w, p->alloc_hint);
    writer_le16(w, p->context_id);
    writer_u8(w, p->cancel_count);
    writer_u8(w, 0);
    writer_bytes(w, p->stub);
}

enum err rpc_fault_read(const struct rpc_pdu *p, struct rpc_fault *ret)
{
    struct reader r = reader_over(p->body);
    bool little = p->header.drep.little;
    struct rpc_fault f = { 0 };

    f.alloc_hint = rpc_read32(&r, little);
    f.context_id = rpc_read16(&r, little);
    f.cancel_count = reader_u8(&r);
    f.extended = (reader_u8(&r) & 1) != 0;
    f.status = rpc_read32(&r, little);
    reader_take(&r, 4);
    f.extra = reader_rest(&r);
    if (r.err)
        return detail_fail(r.err, "rpc: a fault's body of %zu bytes", p->body.len);
    *ret = f;
    return ERR_OK;
}

void rpc_fault_write(struct writer *w, const struct rpc_fault *f)
{
    writer_le32(w, f->alloc_hint);
    writer_le16(w, f->context_id);
    writer_u8(w, f->cancel_count);
    writer_u8(w, f->extended ? 1 : 0);
    writer_le32(w, f->status);
    writer_le32(w, 0);
    writer_bytes(w, f->extra);
}
