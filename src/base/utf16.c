/* SPDX-License-Identifier: Apache-2.0
 * utf16.c - UTF-16 and UTF-8, strictly.  RFC 3629, RFC 2781
 */
#include "base/utf16.h"

#include "base/alloc.h"

/* One code point from UTF-8 at *pos, which it passes; -1 where the text is not well-formed. */
static int32_t decode8(struct bytes b, size_t *pos)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint8_t c = b.ptr[(*pos)++];
    size_t more = c < 0x80 ? 0 : c < 0xc2 ? 9 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : 9;
    uint32_t v = more == 0 ? c : c & (0x3fU >> more);
    size_t i;

    if (more > 3 || more > b.len - *pos)
        return -1;
    for (i = 0; i < more; i++) {
        c = b.ptr[(*pos)++];
        if ((c & 0xc0) != 0x80)
            return -1;
        v = v << 6 | (c & 0x3f);
    }
    if (v > 0x10ffff || (v >= 0xd800 && v < 0xe000) || (more && v < least[more + 1]))
        return -1;
    return (int32_t)v;
}

static size_t encode8(uint32_t v, char *to)
{
    if (v < 0x80) {
        to[0] = (char)v;
        return 1;
    }
    if (v < 0x800) {
        to[0] = (char)(0xc0 | v >> 6);
        to[1] = (char)(0x80 | (v & 0x3f));
        return 2;
    }
    if (v < 0x10000) {
        to[0] = (char)(0xe0 | v >> 12);
        to[1] = (char)(0x80 | (v >> 6 & 0x3f));
        to[2] = (char)(0x80 | (v & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | v >> 18);
    to[1] = (char)(0x80 | (v >> 12 & 0x3f));
    to[2] = (char)(0x80 | (v >> 6 & 0x3f));
    to[3] = (char)(0x80 | (v & 0x3f));
    return 4;
}

/* The unit numbered i, of native or of little-endian wire form. */
static uint32_t unit_native(const void *s, size_t i)
{
    return ((const char16_t *)s)[i];
}

static uint32_t unit_le(const void *s, size_t i)
{
    const uint8_t *p = s;

    return (uint32_t)(p[2 * i] | p[2 * i + 1] << 8);
}

static enum err to_utf8(const void *s, size_t n, uint32_t (*unit)(const void *, size_t), char **ret)
{
    char *out = NULL;
    size_t len = 0;
    size_t i;

    if (n > SIZE_MAX / 3 - 1)
        return ERR_TOO_LONG;
    out = mem_alloc(3 * n + 1); /* a unit is at most three bytes, a pair four */
    if (!out)
        return ERR_NO_MEMORY;
    for (i = 0; i < n; i++) {
        uint32_t v = unit(s, i);

        if (v >= 0xd800 && v < 0xdc00 && i + 1 < n && (unit(s, i + 1) & 0xfc00) == 0xdc00)
            v = 0x10000 + ((v & 0x3ff) << 10) + (unit(s, ++i) & 0x3ff);
        if (v == 0 || (v >= 0xd800 && v < 0xe000)) {
            mem_free(out);
            return ERR_MALFORMED;
        }
        len += encode8(v, out + len);
    }
    out[len] = '\0';
    *ret = out;
    return ERR_OK;
}

size_t wide_length(const char16_t *s)
{
    size_t n = 0;

    while (s && s[n])
        n++;
    return n;
}

enum err utf8_from_wide_n(const char16_t *s, size_t n, char **ret)
{
    return to_utf8(s, n, unit_native, ret);
}

enum err utf8_from_wide(const char16_t *s, char **ret)
{
    if (!s) {
        *ret = NULL;
        return ERR_OK;
    }
    return to_utf8(s, wide_length(s), unit_native, ret);
}

enum err utf8_from_le16(struct bytes b, char **ret)
{
    return b.len % 2 ? ERR_MALFORMED : to_utf8(b.ptr, b.len / 2, unit_le, ret);
}

enum err wide_from_utf8(const char *s, char16_t **ret)
{
    struct bytes b = bytes_of_text(s);
    char16_t *out = NULL;
    size_t pos = 0;
    size_t n = 0;

    if (!s) {
        *ret = NULL;
        return ERR_OK;
    }
    out = mem_array(b.len + 1, sizeof *out);
    if (!out)
        return ERR_NO_MEMORY;
    while (pos < b.len) {
        int32_t v = decode8(b, &pos);

        if (v < 0) {
            mem_free(out);
            return ERR_MALFORMED;
        }
        if (v >= 0x10000) {
            out[n++] = (char16_t)(0xd7c0 + (v >> 10));
            out[n++] = (char16_t)(0xdc00 + (v & 0x3ff));
        } else {
            out[n++] = (char16_t)v;
        }
    }
    *ret = out;
    return ERR_OK;
}

enum err le16_from_utf8(const char *s, struct buf *ret)
{
    char16_t *wide = NULL;
    struct buf b = { 0 };
    size_t n;
    size_t i;
    enum err e;

    e = wide_from_utf8(s ? s : "", &wide);
    if (e)
        goto out;
    n = wide_length(wide);
    e = buf_new(2 * n, &b);
    if (e)
        goto out;
    for (i = 0; i < n; i++) {
        b.ptr[2 * i] = (uint8_t)wide[i];
        b.ptr[2 * i + 1] = (uint8_t)(wide[i] >> 8);
    }
    *ret = b;
out:
    mem_free(wide);
    return e;
}

bool utf8_valid(struct bytes b)
{
    size_t pos = 0;

    while (pos < b.len) {
        if (decode8(b, &pos) < 0)
            return false;
    }
    return true;
}

size_t utf8_steering(const char *text)
{
    const uint8_t *s = (const uint8_t *)text;

    if (s[0] < ' ' || s[0] == 0x7f)
        return 1;
    if ((s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f) || (s[0] == 0xd8 && s[1] == 0x9c))
        return 2;
    if (s[0] == 0xe2 && ((s[1] == 0x80 && (s[2] == 0x8e || s[2] == 0x8f)) ||
                         (s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xae) ||
                         (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)))
        return 3;
    return 0;
}
