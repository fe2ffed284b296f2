/* SPDX-License-Identifier: Apache-2.0
 * writer.h - the one way bytes for outside are written.
 *
 * Grows up to a hard max; the first failure sticks. Two forms: growing (writer_new), and over a
 * caller's block (writer_over), which never allocates.
 */
#pragma once

#include <endian.h>

#include "base/bytes.h"

struct writer {
    uint8_t *ptr;
    size_t len, cap, max; /* in this order of size */
    bool owned;
    enum err err;
};

static inline struct writer writer_new(size_t max)
{
    return (struct writer){ NULL, 0, 0, max, true, ERR_OK };
}

static inline struct writer writer_over(void *ptr, size_t cap)
{
    return (struct writer){ (uint8_t *)ptr, 0, cap, cap, false, ERR_OK };
}

static inline void writer_fail(struct writer *w, enum err e)
{
    if (!w->err)
        w->err = e;
}

/* Where the block does not do: grows it, or fails. */
uint8_t *writer_more_room(struct writer *w, size_t n) SHARED(writer_more_room) SELDOM;

/* Room for n bytes, or NULL after a failure. Valid until the next call. */
static inline uint8_t *writer_room(struct writer *w, size_t n)
{
    uint8_t *p;

    if (w->err || !w->ptr || n > w->cap - w->len)
        return writer_more_room(w, n);
    p = w->ptr + w->len;
    w->len += n;
    return p;
}

static inline void writer_u8(struct writer *w, uint8_t v)
{
    uint8_t *p = writer_room(w, 1);

    if (p)
        *p = v;
}

#define WRITER_INTEGER(name, type, from_host)                                                      \
    static inline void name(struct writer *w, type v)                                              \
    {                                                                                              \
        type there = from_host(v);                                                                 \
        uint8_t *p = writer_room(w, sizeof there);                                                 \
                                                                                                   \
        if (p)                                                                                     \
            memcpy(p, &there, sizeof there);                                                       \
    }

WRITER_INTEGER(writer_le16, uint16_t, htole16)
WRITER_INTEGER(writer_be16, uint16_t, htobe16)
WRITER_INTEGER(writer_le32, uint32_t, htole32)
WRITER_INTEGER(writer_be32, uint32_t, htobe32)
WRITER_INTEGER(writer_le64, uint64_t, htole64)
WRITER_INTEGER(writer_be64, uint64_t, htobe64)

static inline void writer_le32s(struct writer *w, const uint32_t *v, size_t n)
{
    uint8_t *p = writer_room(w, n * sizeof *v);
    uint32_t there;
    size_t i;

    for (i = 0; p && i < n; i++, p += sizeof there) {
        there = htole32(v[i]);
        memcpy(p, &there, sizeof there);
    }
}

static inline void writer_bytes(struct writer *w, struct bytes b)
{
    uint8_t *p = writer_room(w, b.len);

    if (p && b.len)
        bytes_copy(p, b.ptr, b.len);
}

static inline void writer_zero(struct writer *w, size_t n)
{
    uint8_t *p = writer_room(w, n);

    if (p && n)
        memset(p, 0, n);
}

/* Lengths: refuse what does not fit (ERR_TOO_LONG) rather than cut it. */
void writer_len16(struct writer *w, size_t n) SHARED(writer_len16);
void writer_len32(struct writer *w, size_t n) SHARED(writer_len32);

void writer_align(struct writer *w, size_t n) SHARED(writer_align);

/* A length known later: the hole's offset, to be filled once. */
size_t writer_hole32(struct writer *w) SHARED(writer_hole32);
void writer_fill_le32(struct writer *w, size_t hole, size_t v) SHARED(writer_fill_le32);

/* Hands over what was written, or reports the failure; the writer is done either way. */
MUST_CHECK enum err writer_take(struct writer *w, struct buf *ret) SHARED(writer_take);
/* The same as text: a zero is put behind what was written. mem_free. */
MUST_CHECK enum err writer_take_text(struct writer *w, char **ret) SHARED(writer_take_text);
void writer_done(struct writer *w) SHARED(writer_done); /* drops and wipes what was written */
