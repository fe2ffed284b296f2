/* SPDX-License-Identifier: Apache-2.0
 * block.c - blocks of memory in sizes of powers of two, kept by the thread that gave them back.
 */
#include "rpc/block.h"

#include <pthread.h>

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

struct rpc_block *rpc_block_get(size_t size)
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
    atomic_init(&b->refs, 1);
    b->size = whole - sizeof *b;
    b->next = NULL;
    return b;
}

struct rpc_block *rpc_block_ref(struct rpc_block *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
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

void rpc_block_put(struct rpc_block *b)
{
    if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
        return;
    keep(b);
}
