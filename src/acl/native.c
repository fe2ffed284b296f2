/* SPDX-License-Identifier: Apache-2.0
 * native.c - descriptors and SIDs in a program's own memory.  [MS-DTYP] 2.4.6, 2.4.2.2
 */
#include "acl/descriptor.h"
#include "base/detail.h"

enum { REVISION = 1, HEAD = 20, OFFSETS = 4, SID_HEAD = 8 };

enum err sid_at(const void *where, struct sid *ret)
{
    const uint8_t *p = where;

    if (!p || p[1] > SID_SUBS_MAX)
        return ERR_INVALID_PARAMETER;
    return sid_read(bytes_of(p, SID_HEAD + 4 * (size_t)p[1]), ret) ? ERR_INVALID_PARAMETER : ERR_OK;
}

/* Where the part at offset ends: two SIDs, then two lists. */
static size_t end_of(const uint8_t *p, size_t offset, bool list)
{
    struct reader r = reader_over(bytes_of(p + offset, 4));

    if (!list)
        return offset + SID_HEAD + 4 * (size_t)p[offset + 1];
    reader_le16(&r);
    return offset + reader_le16(&r);
}

enum err descriptor_at(const void *where, struct bytes *ret_whole, struct descriptor *ret)
{
    struct reader r = reader_over(bytes_of(where, HEAD));
    size_t end = HEAD, at, offset;
    unsigned i;
    enum err e;

    if (!where)
        return ERR_INVALID_PARAMETER;
    if (reader_u8(&r) != REVISION)
        return detail_fail(ERR_MALFORMED, "a security descriptor of an unknown revision");
    reader_u8(&r);
    if (!(reader_le16(&r) & DESCRIPTOR_SELF_RELATIVE))
        return detail_fail(ERR_UNSUPPORTED, "a security descriptor that is not self-relative");
    for (i = 0; i < OFFSETS; i++) {
        offset = reader_le32(&r);
        if (offset > DESCRIPTOR_MAX)
            return detail_fail(ERR_MALFORMED, "a part of a security descriptor at %zu", offset);
        at = offset ? end_of(where, offset, i >= 2) : 0;
        end = at > end ? at : end;
    }
    e = descriptor_read(bytes_of(where, end), ret);
    if (!e)
        *ret_whole = bytes_of(where, end);
    return e;
}
