/* SPDX-License-Identifier: Apache-2.0
 * secret.c - blocks of a few sizes, cut from mappings that are never dumped nor inherited.
 *
 * What is free is noted outside the mappings: inside, a fork would wipe it. Mappings are kept for
 * the next key; a block of more than the largest size has a mapping of its own.
 */
#include "base/secret.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include "base/alloc.h"

enum { CLASSES = 14, CHUNK = 64 * 1024 };

/* Multiples of a cache line; but for the smallest, no block wastes more than a third of itself. */
static const uint16_t block_size[CLASSES] = { 64,   128,  192,  256,  384,  512,  768,
                                              1024, 1536, 2048, 3072, 4096, 6144, 8192 };

static struct {
    void **free; /* a stack with room for every block of the class */
    size_t count, cap;
} classes[CLASSES];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Of LeakSanitizer, where a program is built with it: a mapping is not searched for pointers unless
 * it is told, and what a key's state points to would count as leaked. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier) */
void __lsan_register_root_region(const void *p, size_t size) __attribute__((weak));

static void *map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        return NULL;
    if (madvise(p, size, MADV_DONTDUMP) || madvise(p, size, MADV_WIPEONFORK)) {
        munmap(p, size);
        return NULL;
    }
    return p;
}

static int class_of(size_t size)
{
    int n;

    for (n = 0; n < CLASSES; n++) {
        if (size <= block_size[n])
            return n;
    }
    return -1;
}

/* Adds one chunk's blocks to a class. The caller holds the lock. */
static bool refill(int n)
{
    size_t block = block_size[n];
    size_t blocks = CHUNK / block;
    void **grown = mem_array(classes[n].cap + blocks, sizeof *grown);
    uint8_t *chunk = NULL;
    size_t i;

    if (!grown)
        return false;
    chunk = map(CHUNK);
    if (!chunk) {
        mem_free(grown);
        return false;
    }
    if (__lsan_register_root_region)
        __lsan_register_root_region(chunk, CHUNK); /* for good: chunks are kept */

    mem_free(classes[n].free); /* empty, or there were no need */
    classes[n].free = grown;
    classes[n].cap += blocks;
    for (i = blocks; i-- > 0;)
        grown[classes[n].count++] = chunk + i * block;
    return true;
}

void *secret_alloc(size_t size)
{
    int n = class_of(size);
    void *p = NULL;

    if (n < 0)
        return map(size);
    pthread_mutex_lock(&lock);
    if (classes[n].count || refill(n))
        p = classes[n].free[--classes[n].count];
    pthread_mutex_unlock(&lock);
    return p;
}

void secret_free(void *p, size_t size)
{
    int n = class_of(size);

    if (!p)
        return;
    mem_wipe(p, size);
    if (n < 0) {
        munmap(p, size);
        return;
    }
    pthread_mutex_lock(&lock);
    classes[n].free[classes[n].count++] = p;
    pthread_mutex_unlock(&lock);
}
