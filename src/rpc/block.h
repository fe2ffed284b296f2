/* SPDX-License-Identifier: Apache-2.0
 * block.h - blocks of memory that messages are received into: counted, and used again.
 *
 * A thread keeps a few of those it gave back for the next that is asked for, so that a call on the
 * way asks for no memory. A block may be put by another thread than the one that got it. What was
 * in it may still be: data is not cleared.
 */
#pragma once

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpc/usage.h"

struct rpc_block {
    atomic_uint refs;
    size_t size; /* of data */
    struct rpc_block *next;
    struct rpc_usage *usage; /* of whose memory it is; NULL: nobody's */
    alignas(16) uint8_t data[];
};

enum {
    RPC_BLOCK_MIN = 8 * 1024 - sizeof(struct rpc_block), /* what is got for less */
    RPC_BLOCK_KEEP = 4 * 1024 * 1024,                    /* what a thread keeps, in all */
};

enum { RPC_BLOCK_SMALL = RPC_USAGE_FREE }; /* what everybody may have */

/* Whether all the greater blocks in use, of the process, are more than they should: a quarter of
 * the machine's memory, or what was set. Who receives from strangers looks before it gets more. */
bool rpc_blocks_are_many(void);
void rpc_blocks_set_most(size_t bytes); /* 0: as before */

struct rpc_block *rpc_block_get(size_t size); /* at least that; NULL: no memory */
struct rpc_block *rpc_block_ref(struct rpc_block *b);
void rpc_block_put(struct rpc_block *b); /* accepts NULL */
/* Counts it as a caller's until it is put for the last time; false: he has his share. */
bool rpc_block_count(struct rpc_block *b, struct rpc_usage *u);

/* Nobody else holds it. */
static inline bool rpc_block_mine(const struct rpc_block *b)
{
    return atomic_load_explicit(&b->refs, memory_order_acquire) == 1;
}
