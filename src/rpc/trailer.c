/* SPDX-License-Identifier: Apache-2.0
 * trailer.c - the verification trailer, written and checked.  [MS-RPCE] 2.2.2.13
 *
 *    bitmask 1     bits 4: 1 the client supports header signing
 *    context 2     interface 20 | transfer syntax 20
 *    header 3      0 type | 1 0 3 | 4 data representation 4 | 8 call_id 4 | 12 p_cont_id 2 | 14
 * opnum 2 number: 0x4000 the last, 0x8000 to be refused by who does not know it
 */
#include "rpc/trailer.h"

#include "base/detail.h"

enum {
    BITMASK = 1,
    CONTEXT = 2,
    HEADER = 3,
    NUMBER = 0x3fff,
    LAST = 0x4000,
    MUST_KNOW = 0x8000,
    HEADER_SIGNING = 1,
    SEARCHED = 1024, /* of a stub's end: longer than every trailer with all there is in it */
};

static const uint8_t signature[8] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71 };

void rpc_trailer_write(struct writer *w, const struct rpc_verify *v)
{
    uint16_t last = v->has_context ? CONTEXT : v->has_header ? HEADER : BITMASK;

    writer_align(w, 4);
    writer_bytes(w, bytes_of(signature, sizeof signature));
    writer_le16(w, last == BITMASK ? BITMASK | LAST : BITMASK);
    writer_le16(w, 4);
    writer_le32(w, v->header_signing_supported ? HEADER_SIGNING : 0);
    if (v->has_header) {
        writer_le16(w, last == HEADER ? HEADER | LAST : HEADER);
        writer_le16(w, 16);
        writer_u8(w, v->type);
        writer_zero(w, 3);
        writer_bytes(w, bytes_of(v->label, sizeof v->label));
        writer_le32(w, v->call_id);
        writer_le16(w, v->context_id);
        writer_le16(w, v->opnum);
    }
    if (v->has_context) {
        writer_le16(w, CONTEXT | LAST);
        writer_le16(w, 40);
        rpc_syntax_write(w, &v->interface);
        rpc_syntax_write(w, &v->transfer);
    }
}

/* Little-endian whatever the order of the stub: so do Samba's clients. */
static bool little_of(const struct rpc_verify *v)
{
    (void)v;
    return true;
}

static bool header_is(struct reader *r, const struct rpc_verify *v)
{
    bool same = reader_u8(r) == v->type, little = little_of(v);
    struct bytes label;

    reader_take(r, 3);
    label = reader_take(r, sizeof v->label);
    same &= bytes_equal(label, bytes_of(v->label, sizeof v->label));
    same &= rpc_read32(r, little) == v->call_id;
    same &= rpc_read16(r, little) == v->context_id;
    same &= rpc_read16(r, little) == v->opnum;
    return same;
}

static bool context_is(struct reader *r, const struct rpc_verify *v)
{
    struct rpc_syntax interface = { 0 }, transfer = { 0 }; /* a short one leaves them */

    rpc_syntax_read(r, little_of(v), &interface);
    rpc_syntax_read(r, little_of(v), &transfer);
    return rpc_syntax_equal(&interface, &v->interface) && rpc_syntax_equal(&transfer, &v->transfer);
}

static enum err command(struct reader *r, const struct rpc_verify *v, bool *ret_last)
{
    bool little = little_of(v);
    uint16_t number = rpc_read16(r, little);
    struct reader body = reader_sub(r, rpc_read16(r, little));
    bool same = true;

    *ret_last = (number & LAST) != 0;
    switch (number & NUMBER) {
    case BITMASK: /* whoever took the bit from the bind cannot take it from here */
        same = !(rpc_read32(&body, little) & HEADER_SIGNING) || v->header_signing_supported;
        reader_end(&body);
        break;
    case CONTEXT:
        same = context_is(&body, v);
        reader_end(&body);
        break;
    case HEADER:
        same = header_is(&body, v);
        reader_end(&body);
        break;
    default:
        if (number & MUST_KNOW)
            reader_fail(&body, ERR_UNSUPPORTED);
        break;
    }
    if (r->err || body.err)
        return detail_fail(r->err ? r->err : body.err,
                           "rpc: command 0x%04x of a verification trailer", number);
    if (!same)
        return detail_fail(ERR_ALTERED,
                           "rpc: the request's header is not what its client sent (command %u)",
                           number & NUMBER);
    return ERR_OK;
}

/* Where the last signature begins, at a multiple of 4; the stub's length where there is none. */
static size_t find(struct bytes stub)
{
    size_t at = stub.len & ~(size_t)3;
    size_t least = stub.len > SEARCHED ? stub.len - SEARCHED : 0;

    while (at >= least + 4) {
        at -= 4;
        if (stub.len - at >= sizeof signature && stub.ptr[at] == signature[0] &&
            memcmp(stub.ptr + at, signature, sizeof signature) == 0)
            return at;
    }
    return stub.len;
}

enum err rpc_trailer_check(struct bytes stub, const struct rpc_verify *v, struct bytes *ret_stub)
{
    size_t at = find(stub);
    struct reader r = reader_over(bytes_of(stub.ptr + at, stub.len - at));
    bool last = at == stub.len;
    enum err e = ERR_OK;

    reader_take(&r, last ? 0 : sizeof signature);
    while (!e && !last)
        e = command(&r, v, &last);
    if (!e)
        *ret_stub = bytes_of(stub.ptr, at);
    return e;
}
