/* SPDX-License-Identifier: Apache-2.0
 * lock.h - a lock of one word, for what every call takes and hardly anybody waits for.
 *
 * What a pthread_mutex_t can besides (be of a kind, a priority, another process) is looked at each
 * time it is taken and given. It is also the one that a pthread_cond_t goes with.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/single_threaded.h>

#include "base/link.h"

struct lock {
    uint32_t word; /* atomic; 0: nobody has it, 1: somebody, 2: and perhaps others wait */
};

void lock_wait(struct lock *l) SHARED(lock_wait) SELDOM;
void lock_wake(struct lock *l) SHARED(lock_wake) SELDOM;

/* False where another has it. */
static inline bool lock_try(struct lock *l)
{
    uint32_t nobody = 0;

    if (!__libc_single_threaded)
        return __atomic_compare_exchange_n(&l->word, &nobody, 1, false, __ATOMIC_ACQUIRE,
                                           __ATOMIC_RELAXED);
    if (__atomic_load_n(&l->word, __ATOMIC_RELAXED))
        return false;
    __atomic_store_n(&l->word, 1, __ATOMIC_RELAXED);
    return true;
}

static inline void lock_take(struct lock *l)
{
    if (!lock_try(l))
        lock_wait(l);
}

static inline void lock_give(struct lock *l)
{
    if (__libc_single_threaded)
        __atomic_store_n(&l->word, 0, __ATOMIC_RELAXED);
    else if (__atomic_exchange_n(&l->word, 0, __ATOMIC_RELEASE) == 2)
        lock_wake(l);
}
