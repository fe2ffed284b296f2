/* SPDX-License-Identifier: Apache-2.0
 * dn.c - distinguished names.  RFC 4514 2 and 3, and the quoted form of RFC 2253 4
 *
 *   key=value[,key=value...]   value: characters, \special, \HH, "quoted", #HEX
 */
#include "spn/dn.h"

#include <ctype.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/utf16.h"
#include "base/writer.h"

#define SPECIAL ",=+<>#;\"\\"
#define ESCAPABLE " " SPECIAL

static bool is_in(uint8_t c, const char *set)
{
    return c && strchr(set, c) != NULL;
}

static struct bytes skip(struct bytes b, size_t n)
{
    return bytes_of(b.ptr + n, b.len - n);
}

static struct bytes trim_left(struct bytes b)
{
    while (b.len && b.ptr[0] == ' ')
        b = skip(b, 1);
    return b;
}

/* How many bytes of b the character at its start takes, escape included; 0: malformed. */
static size_t unit_length(struct bytes b)
{
    if (b.ptr[0] != '\\')
        return 1;
    if (b.len >= 3 && hex_digit(b.ptr[1]) >= 0 && hex_digit(b.ptr[2]) >= 0)
        return 3;
    return b.len >= 2 && is_in(b.ptr[1], ESCAPABLE) ? 2 : 0;
}

/* The key: a word or a dotted number. */
static size_t key_length(struct bytes b)
{
    size_t n = 0;

    while (n < b.len && ((b.ptr[n] | 0x20) >= 'a' ? (b.ptr[n] | 0x20) <= 'z'
                                                  : (b.ptr[n] >= '0' && b.ptr[n] <= '9') ||
                                                        b.ptr[n] == '-' || b.ptr[n] == '.'))
        n++;
    return n;
}

/* A quoted value goes to its closing quote and the spaces after it. */
static size_t quoted_length(struct bytes b)
{
    size_t n = 1, unit;

    while (n < b.len && b.ptr[n] != '"') {
        unit = b.ptr[n] ? unit_length(skip(b, n)) : 0;
        if (!unit)
            return SIZE_MAX;
        n += unit;
    }
    if (n == b.len)
        return SIZE_MAX;
    for (n++; n < b.len && b.ptr[n] == ' ';)
        n++;
    return n;
}

/* How far the value goes; SIZE_MAX: malformed. Spaces before the comma are not part of the value
 * unless escaped: *ret_used is without them. */
static size_t value_length(struct bytes b, size_t *ret_used)
{
    size_t n = 0, unit;

    *ret_used = 0;
    if (b.len && b.ptr[0] == '"')
        return *ret_used = quoted_length(b);
    while (n < b.len && b.ptr[n] != ',' && b.ptr[n] != ';') {
        if (b.ptr[n] == 0 || is_in(b.ptr[n], "\"<>+"))
            return SIZE_MAX;
        unit = unit_length(skip(b, n));
        if (!unit)
            return SIZE_MAX;
        n += unit;
        if (b.ptr[n - 1] != ' ' || unit > 1)
            *ret_used = n;
    }
    return n;
}

enum err dn_next(struct bytes *rest, struct rdn *ret)
{
    struct bytes b = trim_left(*rest), key;
    size_t n = key_length(b), used;

    key = bytes_of(b.ptr, n);
    b = trim_left(skip(b, n));
    if (n == 0 || b.len == 0 || b.ptr[0] != '=')
        return detail_fail(ERR_MALFORMED, "\"%.*s\" is no distinguished name", (int)rest->len,
                           (const char *)rest->ptr);
    b = trim_left(skip(b, 1));
    n = value_length(b, &used);
    if (n == SIZE_MAX || used == 0)
        return detail_fail(ERR_MALFORMED, "\"%.*s\" holds a character that needs an escape",
                           (int)rest->len, (const char *)rest->ptr);
    *ret = (struct rdn){ key, bytes_of(b.ptr, used) };
    b = skip(b, n);
    if (b.len) {
        if (b.ptr[0] != ',' && b.ptr[0] != ';')
            return detail_fail(ERR_MALFORMED, "something follows a quoted value");
        b = trim_left(skip(b, 1));
        if (!b.len)
            return detail_fail(ERR_MALFORMED, "the distinguished name ends in a comma");
    }
    *rest = b;
    return ERR_OK;
}

enum err dn_check(const char *dn)
{
    struct bytes rest = bytes_of_text(dn);
    struct rdn rdn;
    struct buf value;
    size_t count = 0;
    enum err e = ERR_OK;

    if (!rest.len || rest.len > DN_MAX || !utf8_valid(rest))
        return detail_fail(ERR_MALFORMED, "a distinguished name of %zu bytes", rest.len);
    while (!e && rest.len) {
        if (count++ == DN_RDNS_MAX)
            return detail_fail(ERR_TOO_LONG, "a distinguished name of over %d parts", DN_RDNS_MAX);
        e = dn_next(&rest, &rdn);
        if (!e)
            e = dn_unquote(rdn.value, &value);
        if (!e)
            buf_free(&value);
    }
    return e;
}

/* #04024869: the value is BER, given in hexadecimal. */
static enum err unquote_hex(struct bytes v, struct writer *w)
{
    size_t i;

    if (v.len % 2)
        return detail_fail(ERR_MALFORMED, "an odd number of hexadecimal digits");
    for (i = 0; i < v.len; i += 2) {
        if (hex_digit(v.ptr[i]) < 0 || hex_digit(v.ptr[i + 1]) < 0)
            return detail_fail(ERR_MALFORMED, "a value after # is not hexadecimal");
        writer_u8(w, (uint8_t)(hex_digit(v.ptr[i]) << 4 | hex_digit(v.ptr[i + 1])));
    }
    return ERR_OK;
}

static enum err unquote(struct bytes v, struct writer *w)
{
    bool quoted;
    size_t n;

    v = trim_left(v);
    if (v.len && v.ptr[0] == '#')
        return unquote_hex(skip(v, 1), w);
    quoted = v.len && v.ptr[0] == '"';
    if (quoted)
        v = skip(v, 1);
    while (v.len && !(quoted && v.ptr[0] == '"')) {
        if (v.ptr[0] == 0 || (!quoted && is_in(v.ptr[0], ",+<>;\"")))
            return detail_fail(ERR_MALFORMED, "a special character stands without an escape");
        n = unit_length(v);
        if (n == 0)
            return detail_fail(ERR_MALFORMED, "a backslash before a character that needs none");
        writer_u8(w, n == 1   ? v.ptr[0]
                     : n == 2 ? v.ptr[1]
                              : (uint8_t)(hex_digit(v.ptr[1]) * 16 + hex_digit(v.ptr[2])));
        v = skip(v, n);
    }
    if (!quoted)
        return ERR_OK;
    if (!v.len || trim_left(skip(v, 1)).len)
        return detail_fail(ERR_MALFORMED, "a quoted value does not end where it should");
    return ERR_OK;
}

enum err dn_unquote(struct bytes value, struct buf *ret)
{
    struct writer w = writer_new(DN_MAX + 1);
    enum err e = unquote(value, &w);

    if (e) {
        writer_done(&w);
        return e;
    }
    writer_u8(&w, 0);
    e = writer_take(&w, ret);
    if (!e)
        ret->len--;
    return e;
}

/* Whether byte i of the value may not stand there as it is. */
static bool needs_escape(struct bytes v, size_t i)
{
    if (v.ptr[i] == '#' || v.ptr[i] == ' ')
        return i == 0 || (v.ptr[i] == ' ' && i == v.len - 1);
    return v.ptr[i] < 0x20 || v.ptr[i] == 0x7f || is_in(v.ptr[i], SPECIAL);
}

static void put_escaped(struct writer *w, uint8_t c)
{
    static const char digits[] = "0123456789ABCDEF";

    writer_u8(w, '\\');
    if (c >= 0x20 && c != 0x7f) {
        writer_u8(w, c);
        return;
    }
    writer_u8(w, (uint8_t)digits[c >> 4]);
    writer_u8(w, (uint8_t)digits[c & 15]);
}

enum err dn_quote(struct bytes value, char **ret)
{
    struct writer w = writer_new(3 * (size_t)DN_MAX);
    size_t i;

    for (i = 0; i < value.len; i++) {
        if (needs_escape(value, i))
            put_escaped(&w, value.ptr[i]);
        else
            writer_u8(&w, value.ptr[i]);
    }
    return writer_take_text(&w, ret);
}

enum err dn_quote_whole(struct bytes value, char **ret)
{
    struct writer w = writer_new(3 * (size_t)DN_MAX);
    bool quote = false;
    size_t i;

    for (i = 0; i < value.len; i++)
        quote = quote || needs_escape(value, i);
    if (quote)
        writer_u8(&w, '"');
    for (i = 0; i < value.len; i++) {
        if (is_in(value.ptr[i], "\"\\") || value.ptr[i] < 0x20 || value.ptr[i] == 0x7f)
            put_escaped(&w, value.ptr[i]);
        else
            writer_u8(&w, value.ptr[i]);
    }
    if (quote)
        writer_u8(&w, '"');
    return writer_take_text(&w, ret);
}

enum err dn_child(const char *key, const char *value, const char *parent, char **ret)
{
    char *quoted = NULL, *dn;
    enum err e = dn_quote(bytes_of_text(value), &quoted);

    if (e)
        return e;
    dn = mem_printf("%s=%s,%s", key, quoted, parent);
    mem_free(quoted);
    if (!dn)
        return ERR_NO_MEMORY;
    *ret = dn;
    return ERR_OK;
}

const char *dn_parent(const char *dn)
{
    struct bytes rest = bytes_of_text(dn);
    struct rdn rdn;

    if (!rest.len || dn_next(&rest, &rdn) || !rest.len)
        return NULL;
    return (const char *)rest.ptr;
}

static bool same_letters(struct bytes a, struct bytes b)
{
    size_t i;

    if (a.len != b.len)
        return false;
    for (i = 0; i < a.len; i++)
        if (tolower(a.ptr[i]) != tolower(b.ptr[i]))
            return false;
    return true;
}

static bool rdn_same(const struct rdn *a, const struct rdn *b)
{
    struct buf va = { 0 }, vb = { 0 };
    bool same = same_letters(a->key, b->key);

    if (same && !dn_unquote(a->value, &va) && !dn_unquote(b->value, &vb))
        same = same_letters(buf_view(va), buf_view(vb));
    else
        same = false;
    buf_free(&va);
    buf_free(&vb);
    return same;
}

bool dn_same(const char *a, const char *b)
{
    struct bytes ra = bytes_of_text(a), rb = bytes_of_text(b);
    struct rdn a1, b1;

    if (!ra.len || !rb.len)
        return false;
    while (ra.len && rb.len)
        if (dn_next(&ra, &a1) || dn_next(&rb, &b1) || !rdn_same(&a1, &b1))
            return false;
    return ra.len == rb.len;
}

bool dn_within(const char *dn, const char *ancestor)
{
    size_t n;

    for (n = 0; dn && n < DN_RDNS_MAX; n++, dn = dn_parent(dn))
        if (dn_same(dn, ancestor))
            return true;
    return false;
}

static enum err add_label(struct writer *w, const struct rdn *rdn)
{
    struct buf v;
    enum err e = dn_unquote(rdn->value, &v);

    if (e)
        return e;
    if (w->len)
        writer_u8(w, '.');
    writer_bytes(w, buf_view(v));
    buf_free(&v);
    return ERR_OK;
}

enum err dn_domain(const char *dn, char **ret)
{
    struct bytes rest = bytes_of_text(dn);
    struct writer w = writer_new(DN_MAX);
    struct rdn rdn;
    enum err e = ERR_OK;

    while (!e && rest.len) {
        e = dn_next(&rest, &rdn);
        if (!e && same_letters(rdn.key, bytes_of_text("dc")))
            e = add_label(&w, &rdn);
    }
    if (!e && !w.len && !w.err)
        e = detail_fail(ERR_MALFORMED, "\"%s\" names no domain", dn ? dn : "");
    if (e) {
        writer_done(&w);
        return e;
    }
    return writer_take_text(&w, ret);
}

enum err dn_of_domain(const char *domain, char **ret)
{
    struct writer w = writer_new(DN_MAX);
    size_t n;

    if (!domain || !*domain || domain[strcspn(domain, SPECIAL " ")])
        return detail_fail(ERR_MALFORMED, "\"%s\" is no domain", domain ? domain : "");
    while (*domain) {
        n = strcspn(domain, ".");
        if (w.len)
            writer_u8(&w, ',');
        writer_bytes(&w, bytes_of_text("DC="));
        writer_bytes(&w, bytes_of(domain, n));
        domain += n + (domain[n] == '.');
    }
    return writer_take_text(&w, ret);
}
