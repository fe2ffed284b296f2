/* SPDX-License-Identifier: Apache-2.0
 * reader.h - the one way bytes from outside are read.
 *
 * The first failure sticks: reads after it return zero or an empty view and move nothing, so a
 * parser is a straight line that looks at r.err once at its end. pos <= size always.
 */
#pragma once

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

/* n is at most 8; all of it or nothing is taken. */
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

static inline uint8_t reader_u8(struct reader *r)
{
    return (uint8_t)reader_le(r, 1);
}

static inline uint16_t reader_le16(struct reader *r)
{
    return (uint16_t)reader_le(r, 2);
}

static inline uint16_t reader_be16(struct reader *r)
{
    return (uint16_t)reader_be(r, 2);
}

static inline uint32_t reader_le32(struct reader *r)
{
    return (uint32_t)reader_le(r, 4);
}

static inline uint32_t reader_be32(struct reader *r)
{
    return (uint32_t)reader_be(r, 4);
}

static inline uint64_t reader_le64(struct reader *r)
{
    return reader_le(r, 8);
}

static inline uint64_t reader_be64(struct reader *r)
{
    return reader_be(r, 8);
}

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
