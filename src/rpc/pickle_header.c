/* SPDX-License-Identifier: Apache-2.0
 * pickle_header.c - what stands before serialized types: version 1, which ndr/pickle.c reads and
 * writes, and version 2, whose objects may be in NDR64.  [MS-RPCE] 2.2.6, 2.2.7
 *   common:  0 version 2 (1) | 1 little-endian 1 (10) | 2 length 2 (40) | 4 reserved 20, cc each |
 *            24 transfer syntax 20 | 44 interface 20
 *   private: 0 object's length 4, a multiple of 16 | 4 zero 12 | 16 the object
 */
#include "rpc/pickle.h"

#include "base/detail.h"
#include "ndr/pickle.h"
#include "rpc/negotiate.h"

enum { VERSION_2 = 2, LITTLE = 0x10, RESERVED = 20, ALIGN_2 = 16 };

static const struct rpc_pickle_form version_1 = { NDR_20, false, NDR_PICKLE_ALIGN, { 0 } };

struct rpc_pickle_form rpc_pickle_form_of(enum ndr_syntax syntax)
{
    struct rpc_pickle_form f = version_1;

    if (syntax == NDR_64)
        f = (struct rpc_pickle_form){ NDR_64, true, ALIGN_2, { 0 } };
    f.drep = NDR_DREP_NATIVE;
    return f;
}

static enum err read_version_2(struct reader *r, struct rpc_pickle_form *ret)
{
    uint8_t version = reader_u8(r), order = reader_u8(r);
    uint16_t length = reader_le16(r);
    struct rpc_syntax transfer = { 0 }, interface = { 0 };

    reader_take(r, RESERVED);
    rpc_syntax_read(r, true, &transfer);
    rpc_syntax_read(r, true, &interface); /* of no meaning, as the specification allows */
    if (!r->err && (version != VERSION_2 || order != LITTLE || length != RPC_PICKLE_HEADER_2))
        reader_fail(r, ERR_MALFORMED);
    if (r->err)
        return detail_fail(r->err, "serialization version %u order %u length %u", version, order,
                           length);
    *ret = rpc_pickle_form_of(NDR_64);
    if (rpc_syntax_equal(&transfer, &rpc_ndr64))
        return ERR_OK;
    ret->syntax = NDR_20;
    return rpc_syntax_equal(&transfer, &rpc_ndr20)
               ? ERR_OK
               : detail_fail(ERR_RPC_TRANSFER_SYNTAX,
                             "the types were serialized in a transfer syntax nobody knows");
}

size_t rpc_pickle_header_more(struct bytes first)
{
    return first.len && first.ptr[0] == VERSION_2 ? RPC_PICKLE_HEADER_2 - NDR_PICKLE_HEADER : 0;
}

enum err rpc_pickle_header_read(struct bytes octets, struct rpc_pickle_form *ret)
{
    struct rpc_pickle_form f = version_1;
    struct reader r = reader_over(octets);
    enum err e;

    if (octets.len > NDR_PICKLE_HEADER) {
        e = read_version_2(&r, ret);
        return e == ERR_RPC_TRANSFER_SYNTAX ? e : e ? ERR_RPC_ES_VERSION : ERR_OK;
    }
    e = ndr_pickle_begin(&r, &f.drep);
    if (e)
        return ERR_RPC_ES_VERSION;
    *ret = f;
    return ERR_OK;
}

void rpc_pickle_header_write(struct writer *w, const struct rpc_pickle_form *f,
                             const struct rpc_syntax *interface)
{
    size_t i;

    if (!f->version_2) {
        ndr_pickle_write_header(w);
        return;
    }
    writer_u8(w, VERSION_2);
    writer_u8(w, LITTLE);
    writer_le16(w, RPC_PICKLE_HEADER_2);
    for (i = 0; i < RESERVED; i++)
        writer_u8(w, 0xcc);
    rpc_syntax_write(w, &rpc_ndr64);
    rpc_syntax_write(w, interface);
}

size_t rpc_pickle_private_size(const struct rpc_pickle_form *f, bool base)
{
    if (f->version_2)
        return ALIGN_2;
    return base ? 0 : NDR_PICKLE_PRIVATE;
}

enum err rpc_pickle_private_read(struct bytes octets, const struct rpc_pickle_form *f, size_t *ret)
{
    struct reader r = reader_over(octets);
    enum err e = ndr_pickle_length(&r, f->drep, ret);

    if (!e && *ret % f->align)
        e = detail_fail(ERR_MALFORMED, "a serialized object of %zu bytes, no multiple of %zu", *ret,
                        f->align);
    return e ? ERR_RPC_BUFFER : ERR_OK;
}

void rpc_pickle_private_write(struct writer *w, const struct rpc_pickle_form *f, size_t length)
{
    writer_len32(w, length + rpc_pickle_padding(f, length));
    writer_zero(w, rpc_pickle_private_size(f, false) - 4);
}
