/* SPDX-License-Identifier: Apache-2.0
 * bytes.c - owned blocks and the constant-time comparison.
 */
#include "base/bytes.h"

#include "base/alloc.h"

enum { SHORT_COPY = 1024 }; /* for which libc uses no string instruction */

void bytes_copy_apart(uint8_t *to, const uint8_t *from, size_t len)
{
    while (len) {
        size_t n = len < SHORT_COPY ? len : SHORT_COPY;

        memcpy(to, from, n);
        to += n;
        from += n;
        len -= n;
    }
}

OFTEN bool bytes_equal_secret(const void *a, const void *b, size_t len)
{
    const volatile uint8_t *x = a;
    const volatile uint8_t *y = b;
    uint8_t diff = 0;
    size_t i;

    for (i = 0; i < len; i++)
        diff |= (uint8_t)(x[i] ^ y[i]);
    return diff == 0;
}

enum err buf_new(size_t len, struct buf *ret)
{
    uint8_t *p = mem_zero(len);

    if (!p)
        return ERR_NO_MEMORY;
    *ret = (struct buf){ p, len };
    return ERR_OK;
}

enum err buf_copy(struct bytes from, struct buf *ret)
{
    uint8_t *p = mem_alloc(from.len);

    if (!p)
        return ERR_NO_MEMORY;
    if (from.len)
        memcpy(p, from.ptr, from.len);
    *ret = (struct buf){ p, from.len };
    return ERR_OK;
}

OFTEN void buf_free(struct buf *b)
{
    if (b->ptr) {
        mem_wipe(b->ptr, b->len);
        mem_free(b->ptr);
    }
    *b = (struct buf){ 0 };
}
