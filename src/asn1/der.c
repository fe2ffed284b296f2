/* SPDX-License-Identifier: Apache-2.0
 * der.c - tags, lengths and the few primitive types, read and written.  X.690 8.1
 *   tag 1 | length: n < 128 in one byte, else 0x80 + count, then count bytes big-endian | contents
 */
#include "asn1/der.h"

#include <stdio.h>

enum {
    LONG_FORM = 0x80,
    LENGTH_BYTES_MAX = 4, /* no message of ours comes near 4 GiB */
    HIGH_TAG = 0x1f,      /* tag numbers over 30: none of our grammars has one */
};

uint8_t asn1_peek(const struct reader *r)
{
    struct reader look = *r;

    return reader_left(r) ? reader_u8(&look) : 0;
}

static size_t read_length(struct reader *r)
{
    uint8_t first = reader_u8(r);
    size_t count = first & ~LONG_FORM;
    size_t len;

    if (!(first & LONG_FORM))
        return first;
    if (count == 0 || count > LENGTH_BYTES_MAX)
        reader_fail(r, ERR_MALFORMED); /* indefinite, or beyond reason */
    len = r->err ? 0 : (size_t)reader_be(r, count);
    if (len < LONG_FORM || len >> 8 * (count - 1) == 0)
        reader_fail(r, ERR_MALFORMED); /* a shorter form exists */
    return r->err ? 0 : len;
}

struct bytes asn1_read(struct reader *r, uint8_t tag)
{
    uint8_t seen = reader_u8(r);
    size_t len;

    if (seen != tag || tag == 0 || (tag & HIGH_TAG) == HIGH_TAG)
        reader_fail(r, ERR_MALFORMED);
    len = r->err ? 0 : read_length(r);
    return reader_take(r, len);
}

struct reader asn1_enter(struct reader *r, uint8_t tag)
{
    struct reader inner = reader_over(asn1_read(r, tag));

    inner.err = r->err;
    return inner;
}

void asn1_leave(struct reader *outer, struct reader *inner)
{
    reader_end(inner);
    /* The outer length was right: an early end inside it is a broken format, not a short message.
     */
    if (inner->err)
        reader_fail(outer, inner->err == ERR_TRUNCATED ? ERR_MALFORMED : inner->err);
}

struct bytes asn1_read_context(struct reader *r, unsigned n, uint8_t tag)
{
    struct reader inner = asn1_enter(r, ASN1_CONTEXT(n));
    struct bytes content = asn1_read(&inner, tag);

    asn1_leave(r, &inner);
    return r->err ? (struct bytes){ 0 } : content;
}

static void check_any(struct reader *r, unsigned depth)
{
    uint8_t tag = asn1_peek(r);
    struct reader inner = asn1_enter(r, tag);

    if (depth == 0)
        reader_fail(r, ERR_TOO_LONG);
    while (!r->err && (tag & ASN1_CONSTRUCTED) && reader_left(&inner)) {
        check_any(&inner, depth - 1);
        if (inner.err)
            reader_fail(r, inner.err == ERR_TRUNCATED ? ERR_MALFORMED : inner.err);
    }
}

struct bytes asn1_read_any(struct reader *r)
{
    struct reader whole = *r;
    size_t start = r->pos;

    check_any(r, ASN1_DEPTH_MAX);
    return r->err ? (struct bytes){ 0 } : reader_window(&whole, start, r->pos - start);
}

int32_t asn1_read_int(struct reader *r, uint8_t tag)
{
    struct reader c = asn1_enter(r, tag);
    size_t len = reader_left(&c);
    uint32_t v = 0;
    uint32_t top;

    if (!r->err && (len == 0 || len > 4))
        reader_fail(r, ERR_MALFORMED);
    if (r->err)
        return 0;
    v = (uint32_t)reader_be(&c, len);
    top = v >> (8 * len - 1) & 1;
    if (len > 1 && v >> (8 * len - 9) == (top ? 0x1ff : 0))
        reader_fail(r, ERR_MALFORMED); /* a shorter form exists */
    if (top && len < 4)
        v |= UINT32_MAX << 8 * len;
    return r->err ? 0 : (int32_t)v;
}

struct bytes asn1_read_bits(struct reader *r, uint8_t *ret_unused)
{
    struct reader c = asn1_enter(r, ASN1_BIT_STRING);
    uint8_t unused = reader_u8(&c);
    struct bytes bits = reader_rest(&c);
    uint8_t last = bits.len ? bits.ptr[bits.len - 1] : 0;

    asn1_leave(r, &c);
    if (unused > 7 || (unused && bits.len == 0) || (last & ((1U << unused) - 1)))
        reader_fail(r, ERR_MALFORMED);
    if (r->err)
        return (struct bytes){ 0 };
    *ret_unused = unused;
    return bits;
}

struct bytes asn1_read_oid(struct reader *r)
{
    struct bytes oid = asn1_read(r, ASN1_OID);
    bool starts = true; /* an arc starts here */
    size_t i;

    for (i = 0; i < oid.len; i++) {
        if (starts && oid.ptr[i] == 0x80)
            reader_fail(r, ERR_MALFORMED);
        starts = !(oid.ptr[i] & 0x80);
    }
    if (oid.len == 0 || !starts)
        reader_fail(r, ERR_MALFORMED);
    return r->err ? (struct bytes){ 0 } : oid;
}

static size_t length_bytes(size_t len)
{
    size_t n = 1;

    while (len >> 8 * n)
        n++;
    return n;
}

static void write_length(struct writer *w, size_t len)
{
    size_t n = length_bytes(len);

    if (len < LONG_FORM) {
        writer_u8(w, (uint8_t)len);
        return;
    }
    if (n > LENGTH_BYTES_MAX)
        writer_fail(w, ERR_TOO_LONG);
    writer_u8(w, (uint8_t)(LONG_FORM | n));
    while (!w->err && n-- > 0)
        writer_u8(w, (uint8_t)(len >> 8 * n));
}

void asn1_write(struct writer *w, uint8_t tag, struct bytes content)
{
    writer_u8(w, tag);
    write_length(w, content.len);
    writer_bytes(w, content);
}

void asn1_write_context(struct writer *w, unsigned n, uint8_t tag, struct bytes content)
{
    size_t outer = asn1_begin(w, ASN1_CONTEXT(n));

    asn1_write(w, tag, content);
    asn1_end(w, outer);
}

void asn1_write_int(struct writer *w, uint8_t tag, int32_t v)
{
    uint8_t raw[4];
    struct writer n = writer_over(raw, sizeof raw);
    size_t skip = 0;

    writer_be32(&n, (uint32_t)v);
    while (skip < 3 && ((raw[skip] == 0 && !(raw[skip + 1] & 0x80)) ||
                        (raw[skip] == 0xff && (raw[skip + 1] & 0x80))))
        skip++;
    asn1_write(w, tag, bytes_of(raw + skip, sizeof raw - skip));
}

void asn1_write_bits(struct writer *w, struct bytes bits, uint8_t unused)
{
    writer_u8(w, ASN1_BIT_STRING);
    write_length(w, bits.len + 1);
    writer_u8(w, unused);
    writer_bytes(w, bits);
}

size_t asn1_begin(struct writer *w, uint8_t tag)
{
    writer_u8(w, tag);
    writer_u8(w, 0);
    return w->len;
}

/* One byte was kept for the length; where more are needed the contents move up. */
void asn1_end(struct writer *w, size_t begun)
{
    size_t len, more;

    if (!w->err && (begun < 1 || begun > w->len))
        writer_fail(w, ERR_INTERNAL);
    if (w->err)
        return;
    len = w->len - begun;
    more = len < LONG_FORM ? 0 : length_bytes(len);
    if (writer_room(w, more)) {
        struct writer at = writer_over(w->ptr + begun - 1, 1 + more);

        memmove(w->ptr + begun + more, w->ptr + begun, len);
        write_length(&at, len);
        writer_fail(w, at.err);
    }
}

void asn1_oid_format(struct bytes oid, char to[ASN1_OID_TEXT])
{
    struct reader r = reader_over(oid);
    size_t used = 0;
    uint64_t arc = 0;

    while (reader_left(&r) && used < ASN1_OID_TEXT) {
        uint8_t b = reader_u8(&r);

        if (arc >> 57)
            break; /* no arc anybody registered */
        arc = arc << 7 | (b & 0x7f);
        if (b & 0x80)
            continue;
        if (used == 0) {
            unsigned root = arc < 40 ? 0 : arc < 80 ? 1 : 2;

            used += (size_t)snprintf(to, ASN1_OID_TEXT, "%u", root);
            arc -= 40 * root;
        }
        used += (size_t)snprintf(to + used, ASN1_OID_TEXT - used, ".%llu", (unsigned long long)arc);
        arc = 0;
    }
    if (used == 0 || used >= ASN1_OID_TEXT || reader_left(&r) || arc)
        snprintf(to, ASN1_OID_TEXT, "?");
}
