/* SPDX-License-Identifier: Apache-2.0
 * ndr.c - what reading and writing NDR share.
 */
#include "ndr/ndr.h"

#include "base/detail.h"
#include "base/reader.h"

OFTEN enum err ndr_drep_read(struct bytes label, struct ndr_drep *ret)
{
    struct reader r = reader_over(label);
    uint8_t first = reader_u8(&r), floats = reader_u8(&r);

    reader_take(&r, 2);
    reader_end(&r);
    if (!r.err && (first >> 4 > 1 || (first & 15) > 1 || floats > 3))
        reader_fail(&r, ERR_MALFORMED);
    if (r.err)
        return detail_fail(r.err, "ndr: data representation %02x %02x in %zu bytes", first, floats,
                           label.len);
    *ret = (struct ndr_drep){ first >> 4 == 1, (first & 15) == 0, floats == 0 };
    return ERR_OK;
}

size_t ndr_spans_room(const struct ndr_span *spans, size_t dims)
{
    size_t n = 1, i;

    for (i = 0; i < dims; i++)
        if (__builtin_mul_overflow(n, spans[i].max, &n))
            return SIZE_MAX;
    return n;
}

static void turn(uint8_t *to, const uint8_t *from, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++)
        to[i] = from[size - 1 - i];
}

void ndr_copy(void *to, const void *from, size_t n, size_t size, bool swap)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    size_t i;

    if (!n)
        return;
    if (!swap || size == 1)
        bytes_copy(t, f, n * size);
    else
        for (i = 0; i < n; i++)
            turn(t + i * size, f + i * size, size);
}
