/* SPDX-License-Identifier: Apache-2.0
 * random.c - see random.h.
 */
#include <limits.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "crypto/random.h"

enum { POOL_PAGE = 4096, POOL_LARGEST = 64 };

struct pool {
    size_t left; /* zero in a new page, and in a child's */
    uint8_t bytes[POOL_PAGE - sizeof(size_t)];
};

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool key_there;
static _Thread_local struct pool *mine;

static void pool_free(void *p)
{
    mem_wipe(p, sizeof(struct pool));
    munmap(p, sizeof(struct pool));
    mine = NULL;
}

static void key_make(void)
{
    key_there = pthread_key_create(&key, pool_free) == 0;
}

/* NULL where the kernel cannot promise the wiping at fork; then there is no pool. */
static struct pool *pool_new(void)
{
    struct pool *p;

    pthread_once(&key_once, key_make);
    if (!key_there)
        return NULL;
    p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    if (madvise(p, sizeof *p, MADV_WIPEONFORK) != 0 || pthread_setspecific(key, p) != 0) {
        munmap(p, sizeof *p);
        return NULL;
    }
    madvise(p, sizeof *p, MADV_DONTDUMP);
    mine = p;
    return p;
}

static enum err from_openssl(uint8_t *to, size_t n)
{
    if (n > INT_MAX || RAND_bytes(to, (int)n) != 1)
        return detail_fail(ERR_INTERNAL, "OpenSSL's random generator gave no %zu bytes", n);
    return ERR_OK;
}

OFTEN enum err crypto_random(void *to, size_t n)
{
    struct pool *p = mine;
    uint8_t *from;

    if (n > POOL_LARGEST)
        return from_openssl(to, n);
    if (!p && !(p = pool_new()))
        return from_openssl(to, n);
    if (p->left < n) {
        enum err e = from_openssl(p->bytes, sizeof p->bytes);

        if (e)
            return e;
        p->left = sizeof p->bytes;
    }
    p->left -= n;
    from = p->bytes + p->left;
    memcpy(to, from, n);
    memset(from, 0, n); /* what was handed out is not found here again */
    return ERR_OK;
}
