/* SPDX-License-Identifier: Apache-2.0
 * rotate.c - see rotate.h. Three reversals: no memory beyond the message's own.
 */
#include "kerberos/rotate.h"

enum { SMALL = 256 };

struct place {
    const struct crypto_piece *piece;
    size_t off;
};

static bool empty(const struct crypto_piece *p)
{
    return p->plain || p->len == 0;
}

static struct place place_of(const struct crypto_piece *p, size_t index)
{
    while (empty(p) || index >= p->len) {
        index -= p->plain ? 0 : p->len;
        p++;
    }
    return (struct place){ p, index };
}

static void forward(struct place *a)
{
    if (++a->off < a->piece->len)
        return;
    do
        a->piece++;
    while (empty(a->piece));
    a->off = 0;
}

static void backward(struct place *a)
{
    if (a->off-- > 0)
        return;
    do
        a->piece--;
    while (empty(a->piece));
    a->off = a->piece->len - 1;
}

/* Turns the bytes numbered from up to (not with) to around. */
static void reverse(const struct crypto_piece *p, size_t from, size_t to)
{
    size_t swaps = (to - from) / 2;
    struct place a, b;

    if (!swaps)
        return;
    a = place_of(p, from);
    b = place_of(p, to - 1);
    for (;;) {
        uint8_t *x = a.piece->ptr + a.off, *y = b.piece->ptr + b.off, keep = *x;

        *x = *y;
        *y = keep;
        if (--swaps == 0)
            return;
        forward(&a);
        backward(&b);
    }
}

void rotate_left(const struct crypto_piece *p, size_t n, size_t total, size_t by)
{
    uint8_t keep[SMALL];

    if (total == 0 || (by %= total) == 0)
        return;
    if (n == 1 && by <= SMALL) {
        memcpy(keep, p->ptr, by);
        memmove(p->ptr, p->ptr + by, total - by);
        memcpy(p->ptr + total - by, keep, by);
        return;
    }
    reverse(p, 0, by);
    reverse(p, by, total);
    reverse(p, 0, total);
}
