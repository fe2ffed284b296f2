/* SPDX-License-Identifier: Apache-2.0
 * clock.c - the C library's ways to ask the time, put before its own in the program that links us.
 */
#include "lib/clock.h"

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

static long shift; /* atomic */

void clock_shift(long seconds)
{
    __atomic_store_n(&shift, seconds, __ATOMIC_RELAXED);
}

EXPORTED int clock_gettime(clockid_t clock_id, struct timespec *tp)
{
    int r = (int)syscall(SYS_clock_gettime, clock_id, tp);

    if (clock_id == CLOCK_REALTIME || clock_id == CLOCK_REALTIME_COARSE)
        tp->tv_sec += __atomic_load_n(&shift, __ATOMIC_RELAXED);
    return r;
}

EXPORTED int gettimeofday(struct timeval *tv, void *tz)
{
    struct timespec ts;

    (void)tz;
    clock_gettime(CLOCK_REALTIME, &ts);
    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;
    return 0;
}

EXPORTED time_t time(time_t *timer)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    if (timer)
        *timer = ts.tv_sec;
    return ts.tv_sec;
}
