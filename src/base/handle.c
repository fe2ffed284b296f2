/* SPDX-License-Identifier: Apache-2.0
 * handle.c - one table of slots, in chunks that are never freed, so that a get needs no lock; nor
 * does who gives a slot back, or takes it again.
 *
 * A slot's state is one word: generation (32 bits) | open flag (1) | users (31). A get raises the
 * users if generation and flag fit; a close clears the flag; whoever brings the users of a closed
 * slot to zero frees the object and lets the slot be used again under the next generation.
 */
#include "base/handle.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/alloc.h"

enum { CHUNK_SLOTS = 1024, CHUNKS_MAX = 4096 }; /* four million handles */

#define OPEN_FLAG ((uint64_t)1 << 31)
#define USERS(state) ((state) & (OPEN_FLAG - 1))
#define GENERATION(state) ((uint32_t)((state) >> 32))

struct slot {
    uint64_t state; /* atomic */
    void *object;
    void (*release)(void *object);
    uint32_t kind;      /* atomic; read before the state is known to fit */
    uint32_t next_free; /* atomic */
};

static struct slot *chunks[CHUNKS_MAX]; /* atomic pointers */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t slots_used = 1; /* slot 0 is never given out */
static uint64_t first_free;     /* atomic: how often one was taken (32 bits) | the slot */

static struct slot *slot_at(uint32_t n)
{
    struct slot *chunk = NULL;

    if (n / CHUNK_SLOTS >= CHUNKS_MAX)
        return NULL;
    chunk = __atomic_load_n(&chunks[n / CHUNK_SLOTS], __ATOMIC_ACQUIRE);
    return chunk ? &chunk[n % CHUNK_SLOTS] : NULL;
}

/* The number of a slot that was used before, or 0. The count tells who was slow that the first one
 * was taken meanwhile, though it may be the first again. */
static uint32_t slot_again(void)
{
    uint64_t first = __atomic_load_n(&first_free, __ATOMIC_ACQUIRE), next;
    uint32_t n;

    do {
        n = (uint32_t)first;
        if (!n)
            return 0;
        next = (first >> 32) + 1;
        next = next << 32 | __atomic_load_n(&slot_at(n)->next_free, __ATOMIC_RELAXED);
    } while (!__atomic_compare_exchange_n(&first_free, &first, next, true, __ATOMIC_ACQUIRE,
                                          __ATOMIC_ACQUIRE));
    return n;
}

/* One that was not, or 0. The caller holds the lock. */
static uint32_t slot_new(void)
{
    uint32_t n = slots_used;

    if (n / CHUNK_SLOTS >= CHUNKS_MAX)
        return 0;
    if (!slot_at(n)) {
        struct slot *chunk = mem_array(CHUNK_SLOTS, sizeof *chunk);

        if (!chunk)
            return 0;
        __atomic_store_n(&chunks[n / CHUNK_SLOTS], chunk, __ATOMIC_RELEASE);
    }
    slots_used++;
    return n;
}

/* Under the next generation. */
static handle_id open_next(struct slot *s, uint32_t n)
{
    uint32_t generation = GENERATION(__atomic_load_n(&s->state, __ATOMIC_RELAXED)) + 1;

    if (!generation)
        generation = 1;
    __atomic_store_n(&s->state, (uint64_t)generation << 32 | OPEN_FLAG, __ATOMIC_RELEASE);
    return (uint64_t)generation << 32 | n;
}

enum err handle_new(enum handle_kind kind, void *object, void (*release)(void *object),
                    handle_id *ret)
{
    struct slot *s = NULL;
    uint32_t n;

    n = slot_again();
    if (!n) {
        pthread_mutex_lock(&lock);
        n = slot_new();
        pthread_mutex_unlock(&lock);
    }
    if (!n)
        return ERR_NO_MEMORY;
    s = slot_at(n);
    s->object = object;
    s->release = release;
    __atomic_store_n(&s->kind, (uint32_t)kind, __ATOMIC_RELAXED);
    *ret = open_next(s, n);
    return ERR_OK;
}

/* Adds to the users of an open slot that id names exactly. */
OFTEN static struct slot *hold(handle_id id, enum handle_kind kind)
{
    struct slot *s = slot_at((uint32_t)id);
    uint64_t state;

    if (!s || !(uint32_t)id)
        return NULL;
    state = __atomic_load_n(&s->state, __ATOMIC_ACQUIRE);
    do {
        if (GENERATION(state) != (uint32_t)(id >> 32) || !(state & OPEN_FLAG) ||
            __atomic_load_n(&s->kind, __ATOMIC_RELAXED) != (uint32_t)kind)
            return NULL;
    } while (!__atomic_compare_exchange_n(&s->state, &state, state + 1, true, __ATOMIC_ACQUIRE,
                                          __ATOMIC_ACQUIRE));
    return s;
}

OFTEN enum err handle_get(handle_id id, enum handle_kind kind, void **ret)
{
    struct slot *s = hold(id, kind);

    if (!s)
        return ERR_INVALID_HANDLE;
    *ret = s->object;
    return ERR_OK;
}

static void give_back(struct slot *s, uint32_t n)
{
    uint64_t first = __atomic_load_n(&first_free, __ATOMIC_RELAXED);

    s->object = NULL;
    do
        __atomic_store_n(&s->next_free, (uint32_t)first, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&first_free, &first, first >> 32 << 32 | n, true,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static void slot_free(uint32_t n)
{
    struct slot *s = slot_at(n);

    s->release(s->object);
    give_back(s, n);
}

OFTEN void handle_put(handle_id id)
{
    struct slot *s = slot_at((uint32_t)id);
    uint64_t state = __atomic_sub_fetch(&s->state, 1, __ATOMIC_ACQ_REL);

    if (!(state & OPEN_FLAG) && USERS(state) == 0)
        slot_free((uint32_t)id);
}

OFTEN bool handle_shut(handle_id id, enum handle_kind kind)
{
    struct slot *s = slot_at((uint32_t)id);
    uint64_t state = (id >> 32) << 32 | OPEN_FLAG;

    return s && (uint32_t)id && __atomic_load_n(&s->kind, __ATOMIC_RELAXED) == (uint32_t)kind &&
           __atomic_compare_exchange_n(&s->state, &state, state & ~OPEN_FLAG, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

OFTEN handle_id handle_reopen(handle_id shut)
{
    return open_next(slot_at((uint32_t)shut), (uint32_t)shut);
}

void handle_drop(handle_id shut)
{
    give_back(slot_at((uint32_t)shut), (uint32_t)shut);
}

enum err handle_close(handle_id id, enum handle_kind kind)
{
    struct slot *s = NULL;
    uint64_t before;

    if (handle_shut(id, kind)) { /* as mostly */
        slot_free((uint32_t)id);
        return ERR_OK;
    }
    s = hold(id, kind);
    if (!s)
        return ERR_INVALID_HANDLE;
    before = __atomic_fetch_and(&s->state, ~OPEN_FLAG, __ATOMIC_ACQ_REL);
    handle_put(id);
    return before & OPEN_FLAG ? ERR_OK : ERR_INVALID_HANDLE; /* two closed at once: one wins */
}
