/* SPDX-License-Identifier: Apache-2.0
 * store_heap.h - what is due first. The timers are part of what they are for.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store_timer {
    uint64_t when;
    size_t place; /* in the heap, from 1; 0: not in it */
};

struct store_heap {
    struct store_timer **at; /* from 1 */
    size_t count, room;
};

void store_heap_done(struct store_heap *h);
/* Room for so many in all: store_heap_add does not fail then. */
MUST_CHECK enum err store_heap_reserve(struct store_heap *h, size_t total);
void store_heap_add(struct store_heap *h, struct store_timer *t, uint64_t when);
void store_heap_remove(struct store_heap *h, struct store_timer *t); /* or is not in it */
struct store_timer *store_heap_first(const struct store_heap *h);    /* NULL: empty */
