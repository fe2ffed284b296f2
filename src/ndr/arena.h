/* SPDX-License-Identifier: Apache-2.0
 * arena.h - the memory of one call's unmarshalled data: a budget, and one end for all of it.
 *
 * What a peer sends may never make us hold more than a multiple of what it sent and a constant;
 * a fault in the middle needs no walk through a half-read graph: ndr_arena_done frees all.
 */
#pragma once

#include "base/bytes.h"

enum {
    /* One void arm of a union is 4 bytes on the wire and its largest arm in memory. */
    NDR_BUDGET_PER_BYTE = 32,
    /* [size_is(n), length_is(0)]: the caller asks for room and sends nothing for it. */
    NDR_BUDGET_FLOOR = 256 * 1024,
    NDR_PAID_STEP = 64 * 1024, /* who pays, pays for so many at once */
};

struct ndr_arena_block;

struct ndr_arena {
    struct ndr_arena_block *blocks; /* the newest first */
    size_t used, budget;            /* bytes given out, and at most */
    /* Who answers for more than paid of them is asked for it, by how much there is to be; false
     * refuses. NULL: nobody is. */
    bool (*pay)(void *payer, size_t used);
    void *payer;
    size_t paid;
};

/* What wire bytes may cost by the two constants above. */
size_t ndr_budget(size_t wire) SHARED(ndr_budget);

/* Asks for no memory until the first ndr_arena_new. */
static inline struct ndr_arena ndr_arena_with(size_t budget)
{
    return (struct ndr_arena){ .budget = budget };
}

/* count elements of size bytes, zeroed, aligned for any type; never NULL on success, also for
 * none. Valid until ndr_arena_done. ERR_TOO_LONG beyond the budget, ERR_RPC_BUSY where nobody pays,
 * ERR_NO_MEMORY. */
MUST_CHECK enum err ndr_arena_new(struct ndr_arena *a, size_t count, size_t size, void **ret)
    SHARED(ndr_arena_new);
/* Whether p lies in what it gave out. */
bool ndr_arena_holds(const struct ndr_arena *a, const void *p) SHARED(ndr_arena_holds);
/* Wipes all, and frees all but one block of keep bytes at most: wiped is zeroed, so the next data
 * in it costs neither asking nor clearing. budget is what may be given out from here on. */
void ndr_arena_rewind(struct ndr_arena *a, size_t keep, size_t budget) SHARED(ndr_arena_rewind);
/* Wipes and frees all; the arena is empty then and may be used again. */
void ndr_arena_done(struct ndr_arena *a) SHARED(ndr_arena_done);
