/* SPDX-License-Identifier: Apache-2.0
 * free.c - what a server's routine made, given back after it was written.
 */
#include "ndr/free.h"

#include "ndr/ndr.h"

bool ndr_free_enter(struct ndr_free *f, const void *p)
{
    if (!p || f->off || f->depth == NDR_DEPTH_MAX)
        return false;
    f->depth++;
    return true;
}

/* An object met for the first time; NULL for one that was. */
static struct ndr_full *note(struct ndr_free *f, const void *p, const void *type)
{
    struct ndr_full *full = NULL;

    if (ndr_fulls_by_object(f->fulls, p, type) ||
        ndr_fulls_add(f->fulls, 0, (void *)p, type, &full)) /* without memory it stays */
        return NULL;
    full->seen_out = true;
    return full;
}

bool ndr_free_enter_full(struct ndr_free *f, const void *p, const void *type)
{
    struct ndr_full *full = NULL;

    if (p && !f->off)
        full = f->alone ? note(f, p, type) : ndr_fulls_by_object(f->fulls, p, type);
    if (!full || !full->seen_out || !ndr_free_enter(f, p))
        return false;
    full->seen_out = false;
    return true;
}

static bool is_within(struct bytes b, const void *p)
{
    return (uintptr_t)p >= (uintptr_t)b.ptr && (uintptr_t)p - (uintptr_t)b.ptr < b.len;
}

void ndr_free_leave(struct ndr_free *f, void *p)
{
    f->depth--;
    if (!is_within(f->stub, p) && !ndr_arena_holds(f->arena, p))
        f->release(p);
}
