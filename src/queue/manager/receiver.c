/* SPDX-License-Identifier: Apache-2.0
 * receiver.c - what an account of this host was given and may not have taken yet.
 */
#include "queue/manager/receiver.h"

#include "base/alloc.h"

void receivers_init(struct receivers *all, uint64_t most)
{
    all->most = most;
    pthread_mutex_init(&all->lock, NULL);
}

void receivers_done(struct receivers *all)
{
    pthread_mutex_destroy(&all->lock);
}

/* With the lock. */
static struct receiver *add(struct receivers *all, uint32_t uid)
{
    struct receiver *r = mem_zero(sizeof *r);

    if (!r)
        return NULL;
    r->all = all;
    r->uid = uid;
    atomic_init(&r->lent, 0);
    atomic_init(&r->over, 0);
    atomic_init(&r->turned_away, false);
    r->next = all->first;
    all->first = r;
    return r;
}

struct receiver *receiver_of(struct receivers *all, uint32_t uid)
{
    struct receiver *r;

    pthread_mutex_lock(&all->lock);
    for (r = all->first; r && r->uid != uid; r = r->next)
        continue;
    if (!r)
        r = add(all, uid);
    if (r)
        r->refs++;
    pthread_mutex_unlock(&all->lock);
    return r;
}

void receiver_unref(struct receivers *all, struct receiver *r)
{
    struct receiver **at = &all->first;
    bool last;

    pthread_mutex_lock(&all->lock);
    last = --r->refs == 0;
    while (last && *at != r)
        at = &(*at)->next;
    if (last)
        *at = r->next;
    pthread_mutex_unlock(&all->lock);
    if (last)
        mem_free(r);
}

static bool has_room(const struct receiver *r)
{
    uint64_t lent = atomic_load(&r->lent), over = atomic_load(&r->over);

    return lent < r->all->most && (lent + over) / RECEIVER_OVER_PARTS < r->all->most;
}

/* Whoever takes room away between the two looks makes some again: one of them sees the other. */
bool receiver_has_room(struct receiver *r)
{
    if (has_room(r))
        return true;
    atomic_store(&r->turned_away, true);
    return has_room(r);
}

void receiver_lent(struct receiver *r, uint64_t size)
{
    atomic_fetch_add(&r->lent, size);
}

static bool somebody_waits(struct receiver *r)
{
    return has_room(r) && atomic_load(&r->turned_away) && atomic_exchange(&r->turned_away, false);
}

bool receiver_took(struct receiver *r, uint64_t size, bool over)
{
    atomic_fetch_sub(over ? &r->over : &r->lent, size);
    return somebody_waits(r);
}

bool receiver_over(struct receiver *r, uint64_t size)
{
    atomic_fetch_add(&r->over, size);
    atomic_fetch_sub(&r->lent, size);
    return somebody_waits(r);
}
