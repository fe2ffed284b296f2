/* SPDX-License-Identifier: Apache-2.0
 * fuzz_ndr_pipe.c - any bytes as a stub with a pipe between two numbers: whatever parts it comes
 * in, and whether they are waited for or not, the same elements are read, and memory stays small.
 *
 *    0 alignment, 2 bits, bit 2: NDR64 | 1 an element's size | 2 size of a part | 3 [range]: most
 * of a chunk | the stub
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "ndr/pipe.h"

struct parted {
    struct ndr_source source;
    struct bytes rest;
    size_t step;
    bool stalls, stalled; /* each part is there only when it is asked for again */
    uint8_t *part, *old;
};

struct seen {
    uint64_t elements, sum;
    enum err err;
};

static enum err next(struct ndr_source *s, struct ndr_part *ret)
{
    struct parted *p = (struct parted *)(void *)s;
    size_t n = p->rest.len < p->step ? p->rest.len : p->step;

    p->stalled = p->stalls && !p->stalled;
    if (p->stalled)
        return ERR_INCOMPLETE;
    free(p->old);
    p->old = p->part;
    p->part = malloc(NDR_PART_BEFORE + n);
    if (!p->part)
        abort();
    memcpy(p->part + NDR_PART_BEFORE, p->rest.ptr, n);
    p->rest = bytes_of(p->rest.ptr + n, p->rest.len - n);
    *ret = (struct ndr_part){ p->part + NDR_PART_BEFORE, n, !p->rest.len };
    return ERR_OK;
}

static void read_elements(struct ndr_in *in, const struct ndr_element *e, size_t n,
                          struct seen *seen)
{
    uint8_t element[256];
    size_t i;

    seen->elements += n;
    while (n--) {
        ndr_in_align(in, e->align);
        ndr_in_array(in, element, e->size, 1);
        for (i = 0; i < e->size && !in->r.err; i++)
            seen->sum = seen->sum * 31 + element[i];
        if (in->r.err) /* they were to be there */
            abort();
    }
}

static struct seen run(enum ndr_syntax syntax, struct bytes stub, size_t step, bool stalls,
                       const struct ndr_element *e)
{
    struct parted from = { .source = { .next = next, .limit = 100000 }, .step = step };
    struct ndr_arena arena = ndr_arena_with(ndr_budget(0));
    size_t n = stub.len < step ? stub.len : step;
    struct ndr_chunk chunk = { 0 };
    struct seen seen = { 0 };
    struct ndr_in in;

    if (ndr_in_begin(bytes_of(stub.ptr, n), syntax, NDR_DREP_NATIVE, &arena, NULL, &in))
        abort();
    from.rest = bytes_of(stub.ptr + n, stub.len - n);
    from.source.ended = !from.rest.len;
    in.source = &from.source;
    seen.sum = ndr_in_u32(&in);
    from.stalls = stalls;
    do {
        n = ndr_in_pipe(&in, &chunk, e);
        read_elements(&in, e, n, &seen);
        ndr_in_piped(&in, &chunk, n);
    } while (n || (from.source.stalled && !chunk.ended && !in.r.err));
    from.stalls = from.stalled = false;
    seen.sum = seen.sum * 31 + ndr_in_u16(&in);
    seen.err = ndr_in_end(&in);
    if (arena.used > 16 * (stub.len + 1024))
        abort();
    ndr_arena_done(&arena);
    free(from.part);
    free(from.old);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole, parts;
    int stalls;
    struct ndr_element e;
    struct bytes stub;
    enum ndr_syntax syntax;

    if (size < 4)
        return 0;
    syntax = data[0] & 4 ? NDR_64 : NDR_20;
    e = (struct ndr_element){ .align = (size_t)1 << (data[0] & 3),
                              .size = data[1] ? data[1] : 1,
                              .low = data[3] ? 1 : 0,
                              .high = data[3] };
    stub = bytes_of(data + 4, size - 4);
    whole = run(syntax, stub, SIZE_MAX, false, &e);
    for (stalls = 0; stalls < 2; stalls++) {
        parts = run(syntax, stub, data[2] ? data[2] : 1, stalls, &e);
        if (whole.err != parts.err ||
            (!whole.err && (whole.sum != parts.sum || whole.elements != parts.elements)))
            abort();
    }
    return 0;
}
