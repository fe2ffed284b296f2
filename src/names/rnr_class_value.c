/* SPDX-License-Identifier: Apache-2.0
 * rnr_class_value.c - a value of serviceClassInfo. The format is ours: no specification gives one.
 *
 *    0 "CSWC" 4 | 4 version 2 | 6 name space 4 | 10 type 4 | 14 length 1, name in UTF-8 |
 *      length 2, data
 *
 * Little-endian.
 */
#include "names/rnr_class_value.h"

#include "base/reader.h"
#include "base/utf16.h"
#include "base/writer.h"

static const uint8_t magic[4] = { 'C', 'S', 'W', 'C' };

static bool name_fits(struct bytes name)
{
    return name.len > 0 && name.len <= RNR_CLASS_NAME_MAX && utf8_valid(name) &&
           !memchr(name.ptr, 0, name.len);
}

enum err rnr_class_value_read(struct bytes value, struct rnr_class_value *ret)
{
    struct reader r = reader_over(value);
    struct rnr_class_value v = { 0 };
    uint16_t version;

    reader_expect(&r, magic, sizeof magic);
    version = reader_le16(&r);
    if (!r.err && version != RNR_CLASS_VALUE_VERSION)
        return ERR_UNSUPPORTED;
    v.space = reader_le32(&r);
    v.type = reader_le32(&r);
    v.name = reader_take(&r, reader_u8(&r));
    v.data = reader_take(&r, reader_le16(&r));
    reader_end(&r);
    if (!r.err && (!name_fits(v.name) || v.data.len > RNR_CLASS_DATA_MAX))
        reader_fail(&r, ERR_MALFORMED);
    if (!r.err)
        *ret = v;
    return r.err;
}

enum err rnr_class_value_write(const struct rnr_class_value *v, struct buf *ret)
{
    struct writer w = writer_new(RNR_CLASS_NAME_MAX + RNR_CLASS_DATA_MAX + 32);

    if (!name_fits(v->name) || v->data.len > RNR_CLASS_DATA_MAX)
        return ERR_INVALID_PARAMETER;
    writer_bytes(&w, bytes_of(magic, sizeof magic));
    writer_le16(&w, RNR_CLASS_VALUE_VERSION);
    writer_le32(&w, v->space);
    writer_le32(&w, v->type);
    writer_u8(&w, (uint8_t)v->name.len);
    writer_bytes(&w, v->name);
    writer_len16(&w, v->data.len);
    writer_bytes(&w, v->data);
    return writer_take(&w, ret);
}
