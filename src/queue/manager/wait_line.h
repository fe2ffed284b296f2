/* SPDX-License-Identifier: Apache-2.0
 * wait_line.h - who waits for a queue's messages: in one line those of one account who want the
 * same, so that one try tells for all of them. With the queue's lock.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "queue/manager/store_heap.h"

struct handle;
struct receive;

struct wait_line {
    struct wait_line *prev, *next;
    struct receive *first, *last;
    uint64_t tried; /* the round in which there was nothing for it */
};

struct waiting {
    struct wait_line *lines;
    struct store_heap deadlines;
    uint64_t turns, rounds;
};

void waiting_done(struct waiting *w); /* nobody waits */
static inline size_t waiting_count(const struct waiting *w)
{
    return w->deadlines.count;
}
/* Until that time. */
MUST_CHECK enum err waiting_add(struct waiting *w, struct receive *r, uint64_t deadline_ms);
void waiting_remove(struct waiting *w, struct receive *r);
/* Who waits no longer than until then; NULL: nobody. */
struct receive *waiting_over(const struct waiting *w, uint64_t now_ms);
uint64_t waiting_earliest(const struct waiting *w); /* UINT64_MAX: nobody waits */
/* Of that handle, or whoever; NULL: nobody. */
struct receive *waiting_of(const struct waiting *w, const struct handle *h);

/* Of those that may, who has waited longest; NULL: nobody. Who wants the same may the same. */
typedef bool waiting_may_fn(const struct receive *r, const void *arg);
struct receive *waiting_longest(const struct waiting *w, waiting_may_fn *may, const void *arg);

/* A round: each line is tried until there is nothing for it, who has waited longest first. */
void waiting_round(struct waiting *w);
struct receive *waiting_next(const struct waiting *w); /* NULL: the round is over */
void waiting_nothing(struct waiting *w, const struct receive *r);
/* It gets nothing in this round, whatever there is. */
void waiting_pass(struct waiting *w, const struct receive *r);
