/* SPDX-License-Identifier: Apache-2.0
 * store_heap.c - what is due first: a binary heap whose elements know their places.
 */
#include "queue/manager/store_heap.h"

#include "base/alloc.h"

void store_heap_done(struct store_heap *h)
{
    mem_free(h->at);
    *h = (struct store_heap){ 0 };
}

MUST_CHECK enum err store_heap_reserve(struct store_heap *h, size_t total)
{
    size_t room = h->room ? h->room : 64;
    struct store_timer **at;

    while (room < total + 1)
        room *= 2;
    if (room == h->room)
        return ERR_OK;
    at = mem_resize(h->at, room * sizeof(struct store_timer *));
    if (!at)
        return ERR_NO_MEMORY;
    h->at = at;
    h->room = room;
    return ERR_OK;
}

static void put_at(struct store_heap *h, size_t place, struct store_timer *t)
{
    h->at[place] = t;
    t->place = place;
}

static void settle(struct store_heap *h, size_t place, struct store_timer *t)
{
    size_t child;

    for (; place > 1 && h->at[place / 2]->when > t->when; place /= 2)
        put_at(h, place, h->at[place / 2]);
    for (; (child = place * 2) <= h->count; place = child) {
        if (child < h->count && h->at[child + 1]->when < h->at[child]->when)
            child++;
        if (h->at[child]->when >= t->when)
            break;
        put_at(h, place, h->at[child]);
    }
    put_at(h, place, t);
}

void store_heap_add(struct store_heap *h, struct store_timer *t, uint64_t when)
{
    t->when = when;
    h->count++;
    settle(h, h->count, t);
}

void store_heap_remove(struct store_heap *h, struct store_timer *t)
{
    size_t place = t->place;
    struct store_timer *last;

    if (!place)
        return;
    t->place = 0;
    last = h->at[h->count--];
    if (last != t)
        settle(h, place, last);
}

struct store_timer *store_heap_first(const struct store_heap *h)
{
    return h->count ? h->at[1] : NULL;
}
