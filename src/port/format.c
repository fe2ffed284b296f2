/* SPDX-License-Identifier: Apache-2.0
 * format.c - conversions respelled: %ld is %d here, %I64u is %llu.
 */
#include "port/format.h"

struct conversion {
    size_t length, letter; /* where its length begins and its letter stands */
};

static bool one_of(uint8_t c, const char *set)
{
    return c && strchr(set, c);
}

/* The conversion after a '%' at i; false where the text ends before its letter. */
static bool find_conversion(struct bytes b, size_t i, bool scan, struct conversion *ret)
{
    while (i < b.len && one_of(b.ptr[i], scan ? "*'" : "-+ #0'"))
        i++;
    while (i < b.len && one_of(b.ptr[i], "0123456789*.$"))
        i++;
    ret->length = i;
    if (b.len - i >= 3 && (memcmp(b.ptr + i, "I64", 3) == 0 || memcmp(b.ptr + i, "I32", 3) == 0))
        i += 3;
    else
        while (i < b.len && one_of(b.ptr[i], "hlLqjztwI"))
            i++;
    ret->letter = i;
    return i + 1 < b.len; /* the last is the closing quote */
}

static bool length_is(struct bytes b, const struct conversion *c, const char *text)
{
    return bytes_equal(bytes_of(b.ptr + c->length, c->letter - c->length), bytes_of_text(text));
}

/* What the length becomes; NULL leaves it. */
static const char *new_length(struct bytes b, const struct conversion *c, struct port_format *f)
{
    uint8_t letter = b.ptr[c->letter];

    if (one_of(letter, "diouxXn")) {
        if (length_is(b, c, "l") || length_is(b, c, "I32"))
            return "";
        if (length_is(b, c, "I64"))
            return "ll";
        return length_is(b, c, "I") ? "z" : NULL;
    }
    if (one_of(letter, "sc[") && length_is(b, c, "h"))
        return "";
    if ((one_of(letter, "SC") && !length_is(b, c, "h")) ||
        (one_of(letter, "sc[") && (length_is(b, c, "l") || length_is(b, c, "w"))))
        f->wide = true;
    return NULL;
}

struct port_format port_format_respell(struct bytes literal, bool scan, struct writer *w)
{
    struct port_format f = { 0 };
    struct conversion c = { 0 };
    size_t i = 0;

    while (i < literal.len) {
        const char *length = NULL;

        if (literal.ptr[i] != '%') {
            writer_u8(w, literal.ptr[i++]);
        } else if (i + 1 < literal.len && literal.ptr[i + 1] == '%') {
            writer_bytes(w, bytes_of_text("%%"));
            i += 2;
        } else if (!find_conversion(literal, i + 1, scan, &c)) {
            break;
        } else {
            length = new_length(literal, &c, &f);
            f.changed |= length != NULL;
            writer_bytes(w, bytes_of(literal.ptr + i, c.length - i));
            writer_bytes(w, length ? bytes_of_text(length)
                                   : bytes_of(literal.ptr + c.length, c.letter - c.length));
            i = c.letter;
        }
    }
    writer_bytes(w, bytes_of(literal.ptr + i, literal.len - i));
    return f;
}
