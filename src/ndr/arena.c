/* SPDX-License-Identifier: Apache-2.0
 * arena.c - the memory of one call's unmarshalled data.
 */
#include "ndr/arena.h"

#include "base/alloc.h"
#include "base/detail.h"

/* Blocks double, so that there are few to look through for an address. */
enum { ALIGN = 16, BLOCK = 2048 - 2 * ALIGN, BLOCK_MAX = 256 * 1024 };

struct ndr_arena_block {
    _Alignas(ALIGN) struct ndr_arena_block *next;
    size_t size, used;
    _Alignas(ALIGN) uint8_t data[];
};

OFTEN size_t ndr_budget(size_t wire)
{
    if (wire > (SIZE_MAX - NDR_BUDGET_FLOOR) / NDR_BUDGET_PER_BYTE)
        return SIZE_MAX;
    return wire * NDR_BUDGET_PER_BYTE + NDR_BUDGET_FLOOR;
}

/* A block with room for n, before the others; a large one is asked for exactly. */
static enum err add_block(struct ndr_arena *a, size_t n)
{
    size_t usual = a->used < BLOCK ? BLOCK : a->used < BLOCK_MAX ? a->used : BLOCK_MAX;
    size_t size = n > usual / 2 && n > BLOCK ? n : usual;
    struct ndr_arena_block *b = mem_zero(sizeof *b + size);

    if (!b)
        return detail_fail(ERR_NO_MEMORY, "ndr: no memory for %zu bytes", size);
    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    return ERR_OK;
}

static enum err pay(struct ndr_arena *a, size_t used)
{
    size_t steps = used / NDR_PAID_STEP + 1;

    if (!a->pay(a->payer, steps * NDR_PAID_STEP))
        return detail_fail(ERR_RPC_BUSY, "ndr: %zu bytes, %zu of them free of charge, are refused",
                           used, a->paid);
    a->paid = steps * NDR_PAID_STEP;
    return ERR_OK;
}

enum err ndr_arena_new(struct ndr_arena *a, size_t count, size_t size, void **ret)
{
    size_t left = a->budget - a->used, n;
    enum err e;

    if (size && count > left / size)
        return detail_fail(ERR_TOO_LONG,
                           "ndr: %zu elements of %zu bytes beyond the %zu left of %zu", count, size,
                           left, a->budget);
    n = count * size;
    if (n > SIZE_MAX - sizeof(struct ndr_arena_block) - ALIGN)
        return detail_fail(ERR_TOO_LONG, "ndr: %zu bytes at once", n);
    n = n ? (n + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
    if (n > left)
        return detail_fail(ERR_TOO_LONG, "ndr: %zu bytes beyond the %zu left of %zu", n, left,
                           a->budget);
    if (a->pay && a->used + n > a->paid) {
        e = pay(a, a->used + n);
        if (e)
            return e;
    }
    if (!a->blocks || n > a->blocks->size - a->blocks->used) {
        e = add_block(a, n);
        if (e)
            return e;
    }
    *ret = a->blocks->data + a->blocks->used;
    a->blocks->used += n;
    a->used += n;
    return ERR_OK;
}

bool ndr_arena_holds(const struct ndr_arena *a, const void *p)
{
    const struct ndr_arena_block *b = NULL;

    for (b = a->blocks; b; b = b->next)
        if ((uintptr_t)p >= (uintptr_t)b->data && (uintptr_t)p - (uintptr_t)b->data < b->used)
            return true;
    return false;
}

OFTEN void ndr_arena_rewind(struct ndr_arena *a, size_t keep, size_t budget)
{
    struct ndr_arena_block *b = a->blocks, *next, *kept = NULL;

    for (; b; b = next) {
        next = b->next;
        mem_wipe(b->data, b->used);
        b->used = 0;
        b->next = NULL;
        if (!kept && b->size <= keep)
            kept = b;
        else
            mem_free(b);
    }
    *a = (struct ndr_arena){ .blocks = kept, .budget = budget };
}

OFTEN void ndr_arena_done(struct ndr_arena *a)
{
    ndr_arena_rewind(a, 0, a->budget);
}
