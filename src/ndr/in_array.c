/* SPDX-License-Identifier: Apache-2.0
 * in_array.c - NDR read: arrays and strings.  C706 14.3.3, 14.3.4, [MS-RPCE] 2.2.5.3
 *
 * A count is checked once, in ndr_in_count, against what is left, before memory is asked for; what
 * allocates and what loops both use its result.
 */
#include "ndr/pipe.h"

void ndr_in_conformance(struct ndr_in *in, struct ndr_span *spans, size_t dims)
{
    size_t i, max;

    for (i = 0; i < dims; i++) {
        max = ndr_in_size(in);
        spans[i] = (struct ndr_span){ max, 0, max };
    }
}

void ndr_in_variance(struct ndr_in *in, struct ndr_span *spans, size_t dims)
{
    size_t i;

    for (i = 0; i < dims; i++) {
        spans[i].offset = ndr_in_size(in);
        spans[i].actual = ndr_in_size(in);
        if (spans[i].offset > spans[i].max || spans[i].actual > spans[i].max - spans[i].offset)
            ndr_in_fail(in, ERR_MALFORMED, "%zu elements from %zu in an array of %zu",
                        spans[i].actual, spans[i].offset, spans[i].max);
    }
}

size_t ndr_in_count(struct ndr_in *in, const struct ndr_span *spans, size_t dims, size_t smallest)
{
    size_t n = 1, most, wire, i;
    bool overflow = false;

    for (i = 0; i < dims; i++)
        overflow |= __builtin_mul_overflow(n, spans[i].actual, &n);
    if (in->source && !overflow && !__builtin_mul_overflow(n, smallest, &wire))
        (void)ndr_in_want(in, wire);
    most = reader_left(&in->r) / smallest;
    if (overflow || n > most)
        ndr_in_fail(in, ERR_TRUNCATED, "%zu elements where %zu have room", overflow ? SIZE_MAX : n,
                    most);
    return in->r.err ? 0 : n;
}

/* The wire's bytes of n aligned elements, n checked by itself. */
static struct bytes elements(struct ndr_in *in, size_t n, size_t size)
{
    struct ndr_span span = { n, 0, n };

    if (n)
        ndr_in_align(in, size);
    n = ndr_in_count(in, &span, 1, size);
    return n ? reader_take(&in->r, n * size) : (struct bytes){ 0 };
}

void ndr_in_array(struct ndr_in *in, void *to, size_t n, size_t size)
{
    struct bytes b = elements(in, n, size);

    ndr_copy(to, b.ptr, b.len / size, size, in->swap);
}

bool ndr_in_blocks(struct ndr_in *in, void *to, size_t n, size_t size, size_t align)
{
    struct ndr_span span = { n, 0, n };

    if (in->swap || !in->drep.ascii || !in->drep.ieee)
        return false;
    if (n)
        ndr_in_align(in, align);
    n = ndr_in_count(in, &span, 1, size);
    if (n)
        reader_copy(&in->r, to, n * size);
    return true;
}

const void *ndr_in_array_view(struct ndr_in *in, size_t n, size_t size)
{
    struct bytes b = elements(in, n, size);
    void *to = NULL;

    if (b.len && (size == 1 || !in->swap) && ((uintptr_t)b.ptr & (size - 1)) == 0)
        return b.ptr;
    to = ndr_in_new(in, b.len / size, size);
    if (to)
        ndr_copy(to, b.ptr, b.len / size, size, in->swap);
    return to;
}

void ndr_in_terminated(struct ndr_in *in, const void *s, size_t n, size_t size)
{
    const uint8_t *narrow = s;
    const char16_t *wide = s;
    size_t i = 0;

    if (in->r.err)
        return;
    if (size == 1)
        while (i < n && narrow[i])
            i++;
    else
        while (i < n && wide[i])
            i++;
    if (i + 1 != n)
        ndr_in_fail(in, ERR_MALFORMED, "a string of %zu whose first zero is number %zu", n, i + 1);
}

static void check_begin(struct ndr_in *in, const struct ndr_span *span)
{
    if (span->offset)
        ndr_in_fail(in, ERR_MALFORMED, "a string that begins at %zu", span->offset);
}

static const void *string(struct ndr_in *in, size_t size, struct ndr_span *ret)
{
    struct ndr_span span = { 0 };
    const void *s = NULL;

    ndr_in_conformance(in, &span, 1);
    ndr_in_variance(in, &span, 1);
    check_begin(in, &span);
    s = ndr_in_array_view(in, span.actual, size);
    ndr_in_terminated(in, s, span.actual, size);
    *ret = in->r.err ? (struct ndr_span){ 0 } : span;
    return in->r.err ? NULL : s;
}

const char *ndr_in_string(struct ndr_in *in, struct ndr_span *ret)
{
    ndr_in_ascii(in);
    return string(in, 1, ret);
}

const char16_t *ndr_in_wide_string(struct ndr_in *in, struct ndr_span *ret)
{
    return string(in, 2, ret);
}

void ndr_in_string_into(struct ndr_in *in, void *to, size_t room, size_t size)
{
    struct ndr_span span = { room, 0, 0 };

    if (size == 1)
        ndr_in_ascii(in);
    ndr_in_variance(in, &span, 1);
    check_begin(in, &span);
    if (!in->r.err)
        ndr_in_array(in, to, span.actual, size);
    ndr_in_terminated(in, to, span.actual, size);
}
