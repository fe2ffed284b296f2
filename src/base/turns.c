/* SPDX-License-Identifier: Apache-2.0
 * turns.c - one time for several attempts.
 */
#include "base/turns.h"

#include <stdio.h>
#include <time.h>

#include "base/detail.h"

int64_t turns_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static unsigned left_at(int64_t until, int64_t now)
{
    int64_t left = until - now;

    return left <= 0 ? 0 : left > INT32_MAX ? INT32_MAX : (unsigned)left;
}

unsigned turns_left(int64_t until)
{
    return left_at(until, turns_now());
}

struct turns turns_begin(unsigned ms, size_t places)
{
    return (struct turns){ .until = turns_now() + ms, .untried = places };
}

bool turns_next(struct turns *t, int64_t now, unsigned *ret_ms)
{
    unsigned left = left_at(t->until, now), part;

    if (!t->untried || !left)
        return false;
    part = (unsigned)(left / t->untried);
    if (part < TURN_LEAST)
        part = left < TURN_LEAST ? left : TURN_LEAST;
    t->untried--;
    t->tried++;
    *ret_ms = part;
    return true;
}

enum err turns_over(const struct turns *t)
{
    struct detail *d = detail_get();

    snprintf(d->tried, sizeof d->tried, "%zu of %zu, before the time was over", t->tried,
             t->tried + t->untried);
    return detail_fail(ERR_TIMEOUT, "the time was over after %zu of %zu attempts", t->tried,
                       t->tried + t->untried);
}
