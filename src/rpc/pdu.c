/* SPDX-License-Identifier: Apache-2.0
 * pdu.c - the common header and the sec_trailer.  C706 12.6.3.1, [MS-RPCE] 2.2.2.3 and 2.2.2.11
 */
#include "rpc/pdu.h"

#include "base/detail.h"

enum { VERSION = 5, LENGTHS_AT = 8, LIST_HEAD = 4, REQUEST_BODY = 8 };

/* The fixed part of each type's body; 0xff: no such type. */
static const uint8_t fixed[RPC_TYPES] = {
    [RPC_REQUEST] = 8,    [1] = 0xff,         [RPC_RESPONSE] = 8,
    [RPC_FAULT] = 16,     [4] = 0xff,         [5] = 0xff,
    [6] = 0xff,           [7] = 0xff,         [8] = 0xff,
    [9] = 0xff,           [10] = 0xff,        [RPC_BIND] = 8 + LIST_HEAD,
    [RPC_BIND_ACK] = 10,  [RPC_BIND_NAK] = 2, [RPC_ALTER_CONTEXT] = 8 + LIST_HEAD,
    [RPC_ALTER_ACK] = 10, [RPC_AUTH3] = 0,
};

/* Room for the type's fixed part, and for sec_trailer and auth value where there are any. */
static enum err lengths_fit(const struct rpc_header *h, size_t max_frag)
{
    size_t least = RPC_HEADER_SIZE + (size_t)fixed[h->type];

    if (h->type == RPC_REQUEST && h->flags & RPC_OBJECT)
        least += RPC_OBJECT_SIZE;
    if (h->auth_length)
        least += RPC_SEC_TRAILER_SIZE + (size_t)h->auth_length;
    if (h->frag_length > max_frag)
        return detail_fail(ERR_TOO_LONG, "rpc: a fragment of %u bytes; %zu were agreed",
                           h->frag_length, max_frag);
    if (h->frag_length < least)
        return detail_fail(ERR_MALFORMED,
                           "rpc: a PDU of type %u has frag_length %u and auth_length %u, needs %zu",
                           h->type, h->frag_length, h->auth_length, least);
    return ERR_OK;
}

enum err rpc_header_read(struct bytes first, size_t max_frag, struct rpc_header *ret)
{
    struct reader r = reader_over(first);
    struct rpc_header h = { 0 };
    uint8_t major = reader_u8(&r);
    enum err e;

    h.minor = reader_u8(&r);
    h.type = reader_u8(&r);
    h.flags = reader_u8(&r);
    reader_copy(&r, h.label, sizeof h.label);
    if (first.len < RPC_HEADER_SIZE)
        return detail_fail(ERR_TRUNCATED, "rpc: a header of %zu bytes", first.len);
    if (major != VERSION || h.minor > 1)
        return detail_fail(ERR_UNSUPPORTED, "rpc: version %u.%u; 5.0 and 5.1 are spoken", major,
                           h.minor);
    if (h.type >= RPC_TYPES || fixed[h.type] == 0xff)
        return detail_fail(ERR_MALFORMED, "rpc: PDU type %u", h.type);
    e = ndr_drep_read(bytes_of(h.label, sizeof h.label), &h.drep);
    if (e)
        return e;
    h.frag_length = rpc_read16(&r, h.drep.little);
    h.auth_length = rpc_read16(&r, h.drep.little);
    h.call_id = rpc_read32(&r, h.drep.little);
    e = lengths_fit(&h, max_frag);
    if (e)
        return e;
    *ret = h;
    return ERR_OK;
}

/* There padding is no part of what is signed: Windows holds its length to the room that a request
 * would leave it, and otherwise does not look at it.
 */
static bool legs_travel_in(uint8_t type)
{
    return type == RPC_BIND || type == RPC_BIND_ACK || type == RPC_ALTER_CONTEXT ||
           type == RPC_ALTER_ACK;
}

OFTEN static enum err auth_read(struct rpc_pdu *p)
{
    size_t end = p->header.frag_length - (size_t)p->header.auth_length - RPC_SEC_TRAILER_SIZE;
    struct reader r = reader_over(bytes_of(p->whole.ptr + end, p->whole.len - end));
    size_t body = end - RPC_HEADER_SIZE, least = fixed[p->header.type];

    p->auth.type = reader_u8(&r);
    p->auth.level = reader_u8(&r);
    p->auth.pad = reader_u8(&r);
    p->auth.reserved = reader_u8(&r);
    p->auth.context_id = rpc_read32(&r, p->header.drep.little);
    p->auth.value = reader_rest(&r);
    if (p->header.type == RPC_REQUEST && p->header.flags & RPC_OBJECT)
        least += RPC_OBJECT_SIZE;
    if (p->header.type == RPC_AUTH3) /* its four octets of no meaning are counted as pad by some */
        least = 0;
    if (legs_travel_in(p->header.type))
        least = REQUEST_BODY;
    if (p->auth.pad > body - least)
        return detail_fail(ERR_MALFORMED, "rpc: padding of %u bytes in a body of %zu", p->auth.pad,
                           body);
    p->has_auth = true;
    p->body.len = legs_travel_in(p->header.type) ? body : body - p->auth.pad;
    return r.err;
}

enum err rpc_pdu_read(struct bytes whole, const struct rpc_header *header, struct rpc_pdu *ret)
{
    if (whole.len != header->frag_length)
        return detail_fail(ERR_TRUNCATED, "rpc: %zu bytes of a fragment of %u", whole.len,
                           header->frag_length);
    ret->header = *header;
    ret->whole = whole;
    ret->body = bytes_of(whole.ptr + RPC_HEADER_SIZE, whole.len - RPC_HEADER_SIZE);
    ret->has_auth = false;
    return header->auth_length ? auth_read(ret) : ERR_OK;
}

void rpc_pdu_begin(struct writer *w, enum rpc_type type, uint8_t flags, uint32_t call_id)
{
    writer_u8(w, VERSION);
    writer_u8(w, 0);
    writer_u8(w, (uint8_t)type);
    writer_u8(w, flags);
    writer_le32(w, 0x10); /* little-endian, ASCII, IEEE */
    writer_le32(w, 0);    /* the lengths */
    writer_le32(w, call_id);
}

void rpc_pdu_end(struct writer *w, const struct rpc_auth *auth)
{
    size_t pad = auth ? (0 - w->len) & 3 : 0;
    size_t auth_length = auth ? auth->value.len : 0;

    if (auth) {
        writer_zero(w, pad);
        writer_u8(w, auth->type);
        writer_u8(w, auth->level);
        writer_u8(w, (uint8_t)pad);
        writer_u8(w, 0);
        writer_le32(w, auth->context_id);
        writer_bytes(w, auth->value);
    }
    if (w->len > UINT16_MAX)
        writer_fail(w, ERR_TOO_LONG);
    writer_fill_le32(w, LENGTHS_AT, w->len | (auth_length & UINT16_MAX) << 16);
}
