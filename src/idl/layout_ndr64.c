/* SPDX-License-Identifier: Apache-2.0
 * layout_ndr64.c - what a type is in NDR64: its alignment, its size, and where it has to be filled
 * up.  [MS-RPCE] 2.2.5.3
 *
 * A structure begins at a multiple of its alignment and has a multiple of it as its size. Whether
 * anything is to be filled up at its end is often known here: then the stub does not ask.
 */
#include "idl/layout.h"

enum { WIDEST = 8 }; /* of all alignments */

/* The largest power of two up to WIDEST that n is a multiple of. */
static unsigned divisor(uint64_t n)
{
    unsigned d = WIDEST;

    while (n % d)
        d /= 2;
    return d;
}

struct idl_wide idl_wide_fixed(unsigned size)
{
    return (struct idl_wide){ .align = size, .size = size };
}

/* Counts in front of elements are part of the array; a conformance stands before the structure that
 * the array ends, and aligns nothing in it. */
struct idl_wide idl_wide_array(const struct idl_shape *array)
{
    const struct idl_wide *of = &array->of->wide;
    bool counts = array->varying || array->is_string;
    struct idl_wide w = { .align = counts ? WIDEST : of->align, .end = 1 };

    if (counts)
        w.end = of->size ? divisor(of->size) : of->end;
    else if (!array->conformant && array->count && of->size &&
             __builtin_mul_overflow(array->count, of->size, &w.size))
        w.size = 0;
    else if (!array->conformant && array->count && !of->size)
        w.end = of->end;
    return w;
}

/* Where the next member stands: at a multiple of sure, and so many bytes. */
struct place {
    uint64_t at;
    unsigned sure;
    bool known; /* at is counted from the structure's beginning */
};

static void pass(struct place *p, const struct idl_wide *member)
{
    uint64_t gap = (0 - p->at) & (member->align - 1);

    if (p->sure < member->align)
        *p = (struct place){ 0, member->align, false };
    else
        p->at += gap;
    if (member->size && !__builtin_add_overflow(p->at, member->size, &p->at))
        return;
    *p = (struct place){ 0, member->size ? 1 : member->end, false };
}

struct idl_wide idl_wide_struct(const struct idl_shape *s)
{
    const struct idl_member *m = NULL;
    struct idl_wide w = { .align = 1 };
    struct place p = { .known = true };
    uint64_t gap;

    for (m = s->members; m; m = m->next)
        w.align = m->shape->wide.align > w.align ? m->shape->wide.align : w.align;
    p.sure = w.align;
    for (m = s->members; m; m = m->next)
        pass(&p, &m->shape->wide);
    gap = (0 - p.at) & (w.align - 1);
    w.end = w.align;
    w.pad = p.sure < w.align || gap != 0;
    w.size = p.known && !__builtin_add_overflow(p.at, gap, &p.at) ? p.at : 0;
    return w;
}

/* The tag, then the selected member, aligned as the widest of all; nothing is filled up. */
struct idl_wide idl_wide_union(const struct idl_shape *s)
{
    const struct idl_member *m = NULL;
    struct idl_wide w = { .align = s->switched->wide.align, .end = 1, .arms = 1 };

    for (m = s->members; m; m = m->next)
        if (m->shape && m->shape->wide.align > w.arms)
            w.arms = m->shape->wide.align;
    w.align = w.arms > w.align ? w.arms : w.align;
    return w;
}
