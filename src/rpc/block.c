/* SPDX-License-Identifier: Apache-2.0
 * block.c - blocks of memory in sizes of powers of two, kept by the thread that gave them back.
 */
#include "rpc/block.h"

#include <pthread.h>
#include <unistd.h>

#include "base/alloc.h"

enum {
    CLASS_MIN = 13,
    CLASSES = 12
}; /* 8 KiB to 16 MiB, with the head; greater ones are not kept */

struct kept {
    struct rpc_block *first[CLASSES];
    size_t bytes;
};

static _Thread_local struct kept *mine;
static pthread_key_t key;
static bool has_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_size_t in_use, most; /* bytes of greater blocks */

static void forget(void *arg)
{
    struct kept *k = arg;
    size_t i;

    for (i = 0; i < CLASSES; i++) {
        while (k->first[i]) {
            struct rpc_block *b = k->first[i];

            k->first[i] = b->next;
            mem_free(b);
        }
    }
    mem_free(k);
    mine = NULL;
}

static void make_key(void)
{
    has_key = pthread_key_create(&key, forget) == 0;
}

/* NULL where this thread can keep nothing: then nothing is kept. */
static struct kept *keeper(void)
{
    if (mine)
        return mine;
    pthread_once(&once, make_key);
    if (!has_key)
        return NULL;
    mine = mem_zero(sizeof *mine);
    if (mine && pthread_setspecific(key, mine)) {
        mem_free(mine);
        mine = NULL;
    }
    return mine;
}

static size_t class_of(size_t whole)
{
    size_t c = 0;

    while ((size_t)1 << (CLASS_MIN + c) < whole)
        c++;
    return c;
}

static size_t quarter_of_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

    return pages > 0 && page > 0 ? (size_t)pages / 4 * (size_t)page : SIZE_MAX;
}

OFTEN bool rpc_blocks_are_many(void)
{
    size_t limit = atomic_load_explicit(&most, memory_order_relaxed);

    if (!limit) {
        limit = quarter_of_memory();
        atomic_store_explicit(&most, limit, memory_order_relaxed);
    }
    return atomic_load_explicit(&in_use, memory_order_relaxed) > limit;
}

void rpc_blocks_set_most(size_t bytes)
{
    atomic_store(&most, bytes);
}

OFTEN struct rpc_block *rpc_block_get(size_t size)
{
    struct rpc_block *b = NULL;
    size_t whole = size + sizeof *b;
    size_t class;

    if (whole < size || whole > SIZE_MAX / 2)
        return NULL;
    class = class_of(whole);
    whole = (size_t)1 << (CLASS_MIN + class);
    if (class < CLASSES && mine && mine->first[class]) {
        b = mine->first[class];
        mine->first[class] = b->next;
        mine->bytes -= whole;
    } else {
        b = mem_alloc(whole);
    }
    if (!b)
        return NULL;
    if (whole > RPC_BLOCK_SMALL)
        atomic_fetch_add_explicit(&in_use, whole, memory_order_relaxed);
    atomic_init(&b->refs, 1);
    b->size = whole - sizeof *b;
    b->next = NULL;
    b->usage = NULL;
    return b;
}

struct rpc_block *rpc_block_ref(struct rpc_block *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

bool rpc_block_count(struct rpc_block *b, struct rpc_usage *u)
{
    if (!rpc_usage_take(u, RPC_SHARE_MEMORY, b->size + sizeof *b))
        return false;
    b->usage = rpc_usage_ref(u);
    return true;
}

static void keep(struct rpc_block *b)
{
    size_t whole = b->size + sizeof *b, class = class_of(whole);
    struct kept *k = class < CLASSES ? keeper() : NULL;

    if (!k || k->bytes + whole > RPC_BLOCK_KEEP) {
        mem_free(b);
        return;
    }
    b->next = k->first[class];
    k->first[class] = b;
    k->bytes += whole;
}

OFTEN void rpc_block_put(struct rpc_block *b)
{
    if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (b->usage) {
        rpc_usage_give(b->usage, RPC_SHARE_MEMORY, b->size + sizeof *b);
        rpc_usage_unref(b->usage);
    }
    if (b->size + sizeof *b > RPC_BLOCK_SMALL)
        atomic_fetch_sub_explicit(&in_use, b->size + sizeof *b, memory_order_relaxed);
    keep(b);
}
