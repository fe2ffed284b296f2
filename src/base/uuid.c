/* SPDX-License-Identifier: Apache-2.0
 * uuid.c - reading and writing UUIDs.
 */
#include "base/uuid.h"

#include <stdio.h>

#include "base/reader.h"
#include "base/writer.h"

enum err uuid_parse(const char *s, struct uuid *ret)
{
    bool braced = s[0] == '{';
    uint8_t raw[16] = { 0 };
    struct reader r = reader_over(bytes_of(raw, sizeof raw));
    size_t i;

    s += braced;
    for (i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        size_t before = i - (i > 8) - (i > 13) - (i > 18) - (i > 23); /* digits so far */

        if (dash ? s[i] != '-' : hex_digit((uint8_t)s[i]) < 0)
            return ERR_MALFORMED;
        if (!dash)
            raw[before / 2] = (uint8_t)(raw[before / 2] << 4 | hex_digit((uint8_t)s[i]));
    }
    if (braced ? s[36] != '}' || s[37] : s[36])
        return ERR_MALFORMED;
    ret->data1 = reader_be32(&r);
    ret->data2 = reader_be16(&r);
    ret->data3 = reader_be16(&r);
    reader_copy(&r, ret->data4, 8);
    return r.err;
}

void uuid_format(const struct uuid *u, char to[UUID_TEXT])
{
    const uint8_t *d = u->data4;

    snprintf(to, UUID_TEXT, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", u->data1, u->data2,
             u->data3, d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]);
}

void uuid_write(const struct uuid *u, uint8_t to[16])
{
    struct writer w = writer_over(to, 16);

    writer_le32(&w, u->data1);
    writer_le16(&w, u->data2);
    writer_le16(&w, u->data3);
    writer_bytes(&w, bytes_of(u->data4, 8));
}

enum err uuid_read(struct bytes b, struct uuid *ret)
{
    struct reader r = reader_over(b);
    struct uuid u = { 0 };

    u.data1 = reader_le32(&r);
    u.data2 = reader_le16(&r);
    u.data3 = reader_le16(&r);
    reader_copy(&r, u.data4, 8);
    reader_end(&r);
    if (!r.err)
        *ret = u;
    return r.err;
}
