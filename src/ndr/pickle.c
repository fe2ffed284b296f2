/* SPDX-License-Identifier: Apache-2.0
 * pickle.c - type serialization version 1.  [MS-RPCE] 2.2.6
 *   common:  0 version 1 (1) | 1 endianness 1 (10 little, 00 big) | 2 length 2 (8) | 4 filler 4
 *   private: 0 object's length 4, a multiple of 8 | 4 filler 4 | 8 the object
 */
#include "ndr/pickle.h"

#include "base/detail.h"

enum { VERSION = 1, VERSION_NDR64 = 2, LITTLE = 0x10, HEADER = 8, FILLER = 4, PADDING = 7 };

enum err ndr_pickle_begin(struct reader *r, struct ndr_drep *ret)
{
    uint8_t version = reader_u8(r), order = reader_u8(r);
    uint16_t length = order == LITTLE ? reader_le16(r) : reader_be16(r);

    reader_take(r, FILLER);
    if (!r->err && version == VERSION_NDR64)
        reader_fail(r, ERR_UNSUPPORTED);
    if (!r->err && (version != VERSION || (order != LITTLE && order != 0) || length != HEADER))
        reader_fail(r, ERR_MALFORMED);
    if (r->err)
        return detail_fail(r->err, "ndr: serialization version %u order %u length %u", version,
                           order, length);
    *ret = (struct ndr_drep){ order == LITTLE, true, true };
    return ERR_OK;
}

enum err ndr_pickle_next(struct reader *r, struct ndr_drep drep, struct bytes *ret)
{
    uint32_t length = drep.little ? reader_le32(r) : reader_be32(r);
    struct bytes object;

    reader_take(r, FILLER);
    if (length % 8)
        reader_fail(r, ERR_MALFORMED);
    object = reader_take(r, length);
    if (r->err)
        return detail_fail(r->err, "ndr: a serialized object of %u bytes", length);
    *ret = object;
    return ERR_OK;
}

enum err ndr_pickle_end(struct ndr_in *in)
{
    if (reader_left(&in->r) > PADDING)
        ndr_in_fail(in, ERR_MALFORMED, "nothing reads the rest of the object");
    return in->r.err;
}

void ndr_pickle_write_header(struct writer *w)
{
    writer_u8(w, VERSION);
    writer_u8(w, LITTLE);
    writer_le16(w, HEADER);
    writer_le32(w, 0xcccccccc); /* as [MS-RPCE] fills it */
}

void ndr_pickle_write(struct writer *w, struct bytes object)
{
    size_t padding = (0 - object.len) & PADDING;

    writer_len32(w, object.len + padding);
    writer_le32(w, 0);
    writer_bytes(w, object);
    writer_zero(w, padding);
}
