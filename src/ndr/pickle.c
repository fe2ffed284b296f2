/* SPDX-License-Identifier: Apache-2.0
 * pickle.c - type serialization version 1.  [MS-RPCE] 2.2.6
 *   common:  0 version 1 (1) | 1 endianness 1 (10 little, 00 big) | 2 length 2 (8) | 4 filler 4
 *   private: 0 object's length 4, a multiple of 8 | 4 filler 4 | 8 the object
 */
#include "ndr/pickle.h"

#include "base/detail.h"

enum { VERSION = 1, VERSION_NDR64 = 2, LITTLE = 0x10, FILLER = 4 };

enum err ndr_pickle_begin(struct reader *r, struct ndr_drep *ret)
{
    uint8_t version = reader_u8(r), order = reader_u8(r);
    uint16_t length = order == LITTLE ? reader_le16(r) : reader_be16(r);

    reader_take(r, FILLER);
    if (!r->err && version == VERSION_NDR64)
        reader_fail(r, ERR_UNSUPPORTED);
    if (!r->err &&
        (version != VERSION || (order != LITTLE && order != 0) || length != NDR_PICKLE_HEADER))
        reader_fail(r, ERR_MALFORMED);
    if (r->err)
        return detail_fail(r->err, "ndr: serialization version %u order %u length %u", version,
                           order, length);
    *ret = (struct ndr_drep){ order == LITTLE, true, true };
    return ERR_OK;
}

enum err ndr_pickle_length(struct reader *r, struct ndr_drep drep, size_t *ret)
{
    uint32_t length = drep.little ? reader_le32(r) : reader_be32(r);

    reader_take(r, FILLER);
    if (length % NDR_PICKLE_ALIGN)
        reader_fail(r, ERR_MALFORMED);
    if (r->err)
        return detail_fail(r->err, "ndr: a serialized object of %u bytes", length);
    *ret = length;
    return ERR_OK;
}

enum err ndr_pickle_next(struct reader *r, struct ndr_drep drep, struct bytes *ret)
{
    size_t length = 0;
    struct bytes object;
    enum err e = ndr_pickle_length(r, drep, &length);

    if (e)
        return e;
    object = reader_take(r, length);
    if (r->err)
        return detail_fail(r->err, "ndr: a serialized object of %zu bytes", length);
    *ret = object;
    return ERR_OK;
}

enum err ndr_pickle_end(struct ndr_in *in)
{
    if (reader_left(&in->r) >= NDR_PICKLE_ALIGN)
        ndr_in_fail(in, ERR_MALFORMED, "nothing reads the rest of the object");
    return in->r.err;
}

void ndr_pickle_write_header(struct writer *w)
{
    writer_u8(w, VERSION);
    writer_u8(w, LITTLE);
    writer_le16(w, NDR_PICKLE_HEADER);
    writer_le32(w, 0xcccccccc); /* as [MS-RPCE] fills it */
}

void ndr_pickle_write_length(struct writer *w, size_t length)
{
    writer_len32(w, length + ndr_pickle_padding(length));
    writer_le32(w, 0);
}

void ndr_pickle_write(struct writer *w, struct bytes object)
{
    ndr_pickle_write_length(w, object.len);
    writer_bytes(w, object);
    writer_zero(w, ndr_pickle_padding(object.len));
}
