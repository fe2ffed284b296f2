/* SPDX-License-Identifier: Apache-2.0
 * sid.c - security identifiers.  [MS-DTYP] 2.4.2.1, 2.4.2.2
 *    0 revision 1 | 1 count 1 | 2 authority 6, big-endian | 8 subauthorities 4 each, little-endian
 */
#include "base/sid.h"

#include <stdio.h>

enum { SID_REVISION = 1 };

void sid_take(struct reader *r, struct sid *ret)
{
    struct sid s = { 0 };
    uint8_t i;

    if (reader_u8(r) != SID_REVISION)
        reader_fail(r, ERR_MALFORMED);
    s.count = reader_u8(r);
    if (s.count > SID_SUBS_MAX)
        reader_fail(r, ERR_MALFORMED);
    s.authority = reader_be(r, 6);
    for (i = 0; i < s.count && !r->err; i++)
        s.sub[i] = reader_le32(r);
    if (!r->err)
        *ret = s;
}

enum err sid_read(struct bytes b, struct sid *ret)
{
    struct reader r = reader_over(b);
    struct sid s = { 0 };

    sid_take(&r, &s);
    reader_end(&r);
    if (!r.err)
        *ret = s;
    return r.err;
}

void sid_put(struct writer *w, const struct sid *s)
{
    uint8_t i;

    writer_u8(w, SID_REVISION);
    writer_u8(w, s->count);
    writer_be16(w, (uint16_t)(s->authority >> 32));
    writer_be32(w, (uint32_t)s->authority);
    for (i = 0; i < s->count; i++)
        writer_le32(w, s->sub[i]);
}

size_t sid_size(const struct sid *s)
{
    return 8 + 4 * (size_t)s->count;
}

/* A number and what follows it; false without digits or beyond most. */
static bool number(const char **text, uint64_t most, uint64_t *ret)
{
    const char *s = *text;
    bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
    unsigned base = hex ? 16 : 10, digit;
    uint64_t v = 0;
    size_t n = 0;

    for (s += hex ? 2 : 0;; s++, n++) {
        if (*s >= '0' && *s <= '9')
            digit = (unsigned)(*s - '0');
        else if (hex && (*s | 0x20) >= 'a' && (*s | 0x20) <= 'f')
            digit = (unsigned)((*s | 0x20) - 'a' + 10);
        else
            break;
        if (n == 16 || v > (most - digit) / base)
            return false;
        v = v * base + digit;
    }
    *text = s;
    *ret = v;
    return n > 0;
}

enum err sid_parse(const char *text, struct sid *ret)
{
    struct sid s = { 0 };
    uint64_t v = 0;

    if (!text || (text[0] != 'S' && text[0] != 's') || strncmp(text + 1, "-1-", 3) != 0)
        return ERR_MALFORMED;
    text += 4;
    if (!number(&text, 0xffffffffffffU, &s.authority))
        return ERR_MALFORMED;
    while (*text == '-') {
        text++;
        if (s.count == SID_SUBS_MAX || !number(&text, UINT32_MAX, &v))
            return ERR_MALFORMED;
        s.sub[s.count++] = (uint32_t)v;
    }
    if (*text)
        return ERR_MALFORMED;
    *ret = s;
    return ERR_OK;
}

void sid_format(const struct sid *s, char to[SID_TEXT])
{
    int n = snprintf(to, SID_TEXT, s->authority > UINT32_MAX ? "S-1-0x%012llx" : "S-1-%llu",
                     (unsigned long long)s->authority);
    uint8_t i;

    for (i = 0; i < s->count; i++)
        n += snprintf(to + n, (size_t)(SID_TEXT - n), "-%u", s->sub[i]);
}

bool sid_equal(const struct sid *a, const struct sid *b)
{
    return a->authority == b->authority && a->count == b->count &&
           memcmp(a->sub, b->sub, 4 * (size_t)a->count) == 0;
}
