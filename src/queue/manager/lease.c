/* SPDX-License-Identifier: Apache-2.0
 * lease.c - what was given to a receiver, by the handle that asked for it: until it tells what
 * became of it, or closes the handle.
 *
 * Whose time is over without that it was begun is the next one's, which the store sees to. Here it
 * takes the place of nothing else any more, within a limit: nobody has said that it was read.
 */
#include "base/alloc.h"
#include "crypto/random.h"
#include "queue/manager/queue.h"

enum { TICKS_PER_MS = 10000 };

enum err lease_new(struct lease **ret)
{
    struct lease *l = mem_zero(sizeof *l);
    enum err e = l ? crypto_random(&l->id, sizeof l->id) : ERR_NO_MEMORY;

    if (e)
        mem_free(l);
    else
        *ret = l;
    return e;
}

/* The last, of those whose time ends. */
static void line_up(struct queue *q, struct lease *l)
{
    l->before = q->lent_last;
    *(l->before ? &l->before->behind : &q->lent) = l;
    q->lent_last = l;
}

static void leave_line(struct queue *q, struct lease *l)
{
    if (q->lent != l && !l->before)
        return; /* it is not there */
    *(l->before ? &l->before->behind : &q->lent) = l->behind;
    *(l->behind ? &l->behind->before : &q->lent_last) = l->before;
    l->before = l->behind = NULL;
}

void lease_add(struct handle *h, struct lease *l, uint64_t size)
{
    const uint64_t lease_ms = h->queue->manager->how.config->lease_time;

    l->handle = h;
    l->size = size;
    l->next = h->leases;
    if (l->next)
        l->next->at = &l->next;
    l->at = &h->leases;
    h->leases = l;
    h->lease_count++;
    receiver_lent(h->receiver, size);
    if (!lease_ms)
        return;
    l->until = manager_now(h->queue->manager) + lease_ms * TICKS_PER_MS;
    line_up(h->queue, l);
}

struct lease *lease_of(const struct handle *h, uint64_t id)
{
    struct lease *l = h->leases;

    while (l && l->id != id)
        l = l->next;
    return l;
}

struct lease_room lease_read(struct lease *l)
{
    struct lease_room room = { l->size, l->over };

    leave_line(l->handle->queue, l);
    l->size = 0;
    return room;
}

/* With the queue's lock: it is in no list any more. */
static struct lease_room take_out(struct handle *h, struct lease *l)
{
    *l->at = l->next;
    if (l->next)
        l->next->at = l->at;
    h->lease_count -= !l->over;
    h->over_count -= l->over;
    lease_part(h->queue->manager, l);
    return lease_read(l);
}

struct lease *lease_end(struct handle *h, uint64_t id, struct lease_room *ret)
{
    struct lease *l = lease_of(h, id);

    if (l)
        *ret = take_out(h, l);
    return l;
}

void lease_took(struct handle *h, struct lease_room room)
{
    if (room.size && receiver_took(h->receiver, room.size, room.over))
        receive_pump_all(h->queue->manager);
}

void lease_end_all(struct handle *h)
{
    struct lease_room room[2] = { { 0, false }, { 0, true } }, one;
    struct queue *q = h->queue;
    struct lease *all = NULL, *l;

    pthread_mutex_lock(&q->lock);
    while ((l = h->leases) != NULL) {
        one = take_out(h, l);
        room[one.over].size += one.size;
        l->next = all;
        all = l;
    }
    pthread_mutex_unlock(&q->lock);
    while ((l = all) != NULL) {
        all = l->next;
        store_release(q->manager->store, l->store);
        mem_free(l);
    }
    lease_took(h, room[false]);
    lease_took(h, room[true]);
}

/* ---- those whose time is over ---- */

/* With the queue's lock; whether somebody waits for the room. It stays known: who tells of it, or
 * begins with it, hears that it is another's. */
static bool let_go(struct queue *q, struct lease *l)
{
    leave_line(q, l);
    l->over = true;
    l->handle->lease_count--;
    l->handle->over_count++;
    return receiver_over(l->handle->receiver, l->size);
}

static bool expire(struct queue *q, uint64_t now)
{
    struct lease *l, *next;
    bool waits = false;

    pthread_mutex_lock(&q->lock);
    for (l = q->lent; l && l->until <= now; l = next) {
        next = l->behind;
        if (l->handle->over_count < LEASES_MOST)
            waits |= let_go(q, l);
    }
    pthread_mutex_unlock(&q->lock);
    return waits;
}

void lease_expire(struct manager *m)
{
    const uint64_t now = manager_now(m);
    struct queue *q = queue_after(m, 0), *next;
    bool waits = false;

    for (; q; q = next) {
        waits |= expire(q, now);
        next = queue_after(m, q->number);
        queue_unref(q);
    }
    if (waits)
        receive_pump_all(m);
}
