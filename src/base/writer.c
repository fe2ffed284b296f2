/* SPDX-License-Identifier: Apache-2.0
 * writer.c - growing output with a hard limit.
 */
#include "base/writer.h"

#include "base/alloc.h"

enum { FIRST = 128 };

/* Grows by copy, not realloc, so that no unwiped copy of a secret stays behind. Never beyond max:
 * what there is room for needs no other look. */
static bool grow(struct writer *w, size_t need)
{
    size_t cap = w->cap ? w->cap : w->max < FIRST ? w->max : FIRST;
    uint8_t *p = NULL;

    while (cap < need)
        cap = cap > w->max / 2 ? w->max : cap * 2;
    p = mem_alloc(cap);
    if (!p) {
        writer_fail(w, ERR_NO_MEMORY);
        return false;
    }
    if (w->len)
        bytes_copy(p, w->ptr, w->len);
    if (w->ptr) {
        mem_wipe(w->ptr, w->len);
        mem_free(w->ptr);
    }
    w->ptr = p;
    w->cap = cap;
    return true;
}

uint8_t *writer_more_room(struct writer *w, size_t n)
{
    uint8_t *p = NULL;

    if (n > w->max - w->len)
        writer_fail(w, w->owned ? ERR_TOO_LONG : ERR_BUFFER_TOO_SMALL);
    if (w->err)
        return NULL;
    if (n > w->cap - w->len && !grow(w, w->len + n))
        return NULL;
    p = w->ptr ? w->ptr + w->len : NULL; /* NULL when nothing was ever written, n being 0 */
    w->len += n;
    return p;
}

void writer_len16(struct writer *w, size_t n)
{
    if (n > UINT16_MAX)
        writer_fail(w, ERR_TOO_LONG);
    writer_le16(w, (uint16_t)n);
}

void writer_len32(struct writer *w, size_t n)
{
    if (n > UINT32_MAX)
        writer_fail(w, ERR_TOO_LONG);
    writer_le32(w, (uint32_t)n);
}

void writer_align(struct writer *w, size_t n)
{
    writer_zero(w, (0 - w->len) & (n - 1));
}

size_t writer_hole32(struct writer *w)
{
    size_t at = w->len;

    writer_le32(w, 0);
    return at;
}

void writer_fill_le32(struct writer *w, size_t hole, size_t v)
{
    size_t i;

    if (v > UINT32_MAX)
        writer_fail(w, ERR_TOO_LONG);
    if (w->len < 4 || hole > w->len - 4)
        writer_fail(w, ERR_INTERNAL);
    for (i = 0; !w->err && i < 4; i++)
        w->ptr[hole + i] = (uint8_t)(v >> 8 * i);
}

enum err writer_take(struct writer *w, struct buf *ret)
{
    enum err e = w->err;

    if (!e && !w->owned)
        e = ERR_INTERNAL;
    if (e) {
        writer_done(w);
        return e;
    }
    *ret = (struct buf){ w->ptr, w->len };
    *w = writer_new(w->max);
    return ERR_OK;
}

enum err writer_take_text(struct writer *w, char **ret)
{
    struct buf b = { 0 };
    enum err e;

    writer_u8(w, 0);
    e = writer_take(w, &b);
    if (!e)
        *ret = (char *)b.ptr;
    return e;
}

OFTEN void writer_done(struct writer *w)
{
    if (w->owned && w->ptr) {
        mem_wipe(w->ptr, w->len);
        mem_free(w->ptr);
    }
    *w = (struct writer){ .owned = w->owned, .max = w->max };
}
