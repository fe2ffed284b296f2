/* SPDX-License-Identifier: Apache-2.0
 * turns.h - one time for several attempts, so that those who are silent do not use up what those
 * who would answer need, and many of them do not add up.
 */
#pragma once

#include "base/bytes.h"

enum { TURN_LEAST = 1000 }; /* milliseconds: in less nobody far away can answer */

struct turns {
    int64_t until;
    size_t tried, untried;
};

/* Milliseconds of a clock that is never set. */
int64_t turns_now(void) SHARED(turns_now);
/* What remains until then; 0 when it is over. */
unsigned turns_left(int64_t until) SHARED(turns_left);

struct turns turns_begin(unsigned ms, size_t places) SHARED(turns_begin);
/* The next attempt, and how long it may take: an equal part of what the ones before it left, but
 * TURN_LEAST where there is that much. False: all are tried, or the time is over. */
bool turns_next(struct turns *t, int64_t now, unsigned *ret_ms) SHARED(turns_next);
/* ERR_TIMEOUT, and in the record how many were tried. */
enum err turns_over(const struct turns *t) SHARED(turns_over);
