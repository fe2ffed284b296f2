/* SPDX-License-Identifier: Apache-2.0
 * reader.h - the one way bytes from outside are read.
 *
 * The first failure sticks: reads after it return zero or an empty view and move nothing, so a
 * parser is a straight line that looks at r.err once at its end. pos <= size always.
 */
#pragma once

#include <endian.h>

#include "base/bytes.h"

struct reader {
    const uint8_t *base;
    size_t size, pos;
    enum err err;
};

static inline struct reader reader_over(struct bytes b)
{
    return (struct reader){ b.ptr, b.len, 0, ERR_OK };
}

static inline void reader_fail(struct reader *r, enum err e)
{
    if (!r->err)
        r->err = e;
}

static inline size_t reader_left(const struct reader *r)
{
    return r->err ? 0 : r->size - r->pos;
}

static inline struct bytes reader_take(struct reader *r, size_t n)
{
    if (n > r->size - r->pos)
        reader_fail(r, ERR_TRUNCATED);
    if (r->err)
        return (struct bytes){ 0 };
    r->pos += n;
    return (struct bytes){ r->base + r->pos - n, n };
}

/* All that is left. */
static inline struct bytes reader_rest(struct reader *r)
{
    return reader_take(r, reader_left(r));
}

static inline uint8_t reader_u8(struct reader *r)
{
    struct bytes b = reader_take(r, 1);

    return b.len ? *b.ptr : 0;
}

/* For the odd widths: n is at most 8. All of it or nothing is taken. */
static inline uint64_t reader_le(struct reader *r, size_t n)
{
    struct bytes b = reader_take(r, n);
    uint64_t v = 0;
    size_t i;

    for (i = 0; i < b.len; i++)
        v |= (uint64_t)b.ptr[i] << 8 * i;
    return v;
}

static inline uint64_t reader_be(struct reader *r, size_t n)
{
    struct bytes b = reader_take(r, n);
    uint64_t v = 0;
    size_t i;

    for (i = 0; i < b.len; i++)
        v = v << 8 | b.ptr[i];
    return v;
}

#define READER_INTEGER(name, type, to_host)                                                        \
    static inline type name(struct reader *r)                                                      \
    {                                                                                              \
        struct bytes b = reader_take(r, sizeof(type));                                             \
        type v = 0;                                                                                \
                                                                                                   \
        if (b.len)                                                                                 \
            memcpy(&v, b.ptr, sizeof v);                                                           \
        return to_host(v);                                                                         \
    }

READER_INTEGER(reader_le16, uint16_t, le16toh)
READER_INTEGER(reader_be16, uint16_t, be16toh)
READER_INTEGER(reader_le32, uint32_t, le32toh)
READER_INTEGER(reader_be32, uint32_t, be32toh)
READER_INTEGER(reader_le64, uint64_t, le64toh)
READER_INTEGER(reader_be64, uint64_t, be64toh)

/* Copies n bytes out; to is left alone after a failure. */
static inline void reader_copy(struct reader *r, void *to, size_t n)
{
    struct bytes b = reader_take(r, n);

    if (b.len)
        bytes_copy(to, b.ptr, b.len);
}

/* The next n bytes must be these. */
static inline void reader_expect(struct reader *r, const void *what, size_t n)
{
    struct bytes b = reader_take(r, n);

    if (!r->err && n && memcmp(b.ptr, what, n) != 0)
        reader_fail(r, ERR_MALFORMED);
}

/* Skips to the next multiple of n (a power of two), counted from the base. */
static inline void reader_align(struct reader *r, size_t n)
{
    reader_take(r, (0 - r->pos) & (n - 1));
}

/* A view of [off, off + n) of the whole, wherever the reader stands. */
static inline struct bytes reader_window(struct reader *r, size_t off, size_t n)
{
    if (off > r->size || n > r->size - off)
        reader_fail(r, ERR_TRUNCATED);
    if (r->err)
        return (struct bytes){ 0 };
    return (struct bytes){ r->base + off, n };
}

/* A reader over the next n bytes, which this one passes. It inherits a failure. */
static inline struct reader reader_sub(struct reader *r, size_t n)
{
    struct reader sub = reader_over(reader_take(r, n));

    sub.err = r->err;
    return sub;
}

/* Nothing may be left. */
static inline void reader_end(struct reader *r)
{
    if (!r->err && r->pos != r->size)
        reader_fail(r, ERR_MALFORMED);
}
