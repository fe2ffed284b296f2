/* SPDX-License-Identifier: Apache-2.0
 * interlockedapi.h - one step on a shared variable, with a full barrier.
 *
 * windows.h includes it. Returned is what Windows returns: of Increment, Decrement and Add the new
 * value, of the others the old one.
 *
 * Source: desktop-src/Sync/interlocked-variable-access.md
 */
#ifndef COUNTERSIGN_INTERLOCKEDAPI_H
#define COUNTERSIGN_INTERLOCKEDAPI_H

#include "wintypes.h"

/* clang-format off */
#define CS_INTERLOCKED(suffix, type)                                                               \
    static inline type InterlockedIncrement##suffix(type volatile *v)                              \
    { return __atomic_add_fetch(v, 1, __ATOMIC_SEQ_CST); }                                         \
    static inline type InterlockedDecrement##suffix(type volatile *v)                              \
    { return __atomic_sub_fetch(v, 1, __ATOMIC_SEQ_CST); }                                         \
    static inline type InterlockedAdd##suffix(type volatile *v, type n)                            \
    { return __atomic_add_fetch(v, n, __ATOMIC_SEQ_CST); }                                         \
    static inline type InterlockedExchangeAdd##suffix(type volatile *v, type n)                    \
    { return __atomic_fetch_add(v, n, __ATOMIC_SEQ_CST); }                                         \
    static inline type InterlockedExchange##suffix(type volatile *v, type n)                       \
    { return __atomic_exchange_n(v, n, __ATOMIC_SEQ_CST); }                                        \
    static inline type InterlockedAnd##suffix(type volatile *v, type n)                            \
    { return __atomic_fetch_and(v, n, __ATOMIC_SEQ_CST); }                                         \
    static inline type InterlockedOr##suffix(type volatile *v, type n)                             \
    { return __atomic_fetch_or(v, n, __ATOMIC_SEQ_CST); }                                          \
    static inline type InterlockedXor##suffix(type volatile *v, type n)                            \
    { return __atomic_fetch_xor(v, n, __ATOMIC_SEQ_CST); }                                         \
    static inline type InterlockedCompareExchange##suffix(type volatile *v, type n, type compared) \
    {                                                                                              \
        __atomic_compare_exchange_n(v, &compared, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);       \
        return compared;                                                                           \
    }
/* clang-format on */

CS_INTERLOCKED(, LONG)
CS_INTERLOCKED(64, LONGLONG)

#undef CS_INTERLOCKED

static inline PVOID InterlockedExchangePointer(PVOID volatile *v, PVOID n)
{
    return __atomic_exchange_n(v, n, __ATOMIC_SEQ_CST);
}

static inline PVOID InterlockedCompareExchangePointer(PVOID volatile *v, PVOID n, PVOID compared)
{
    __atomic_compare_exchange_n(v, &compared, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return compared;
}

#define MemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)

#endif
