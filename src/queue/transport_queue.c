/* SPDX-License-Identifier: Apache-2.0
 * transport_queue.c - queues that this process receives from: opened, lost with the manager, opened
 * again, closed.
 */
#include "queue/transport_queue.h"

#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "queue/process.h"

enum { REST_FIRST_MS = 250, REST_MOST_MS = 4000 };

int64_t queue_transport_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- ways ---- */

void queue_way_unref(struct queue_way *w)
{
    if (!w || atomic_fetch_sub(&w->refs, 1) != 1)
        return;
    queue_client_close(w->client);
    mem_free(w);
}

static enum err way_new(const struct queued_queue *q, struct queue_way **ret)
{
    const struct queue_client_how how = { .queue = q->name,
                                          .flags = q->flags,
                                          .access = q->access };
    struct queue_way *w = mem_zero(sizeof *w);
    enum err e = w ? queue_client_open(&how, &w->client) : ERR_NO_MEMORY;

    if (e) {
        mem_free(w);
        return e;
    }
    atomic_init(&w->refs, 1);
    *ret = w;
    return ERR_OK;
}

enum err queue_way_get(struct queued_queue *q, struct queue_way **ret)
{
    struct queue_way *made = NULL;
    enum err e = ERR_OK;

    pthread_mutex_lock(&q->lock);
    if (!q->way) {
        e = way_new(q, &made);
        q->way = made;
        /* From now on what is there stays, and is as it is. */
        if (!e)
            q->flags = (q->flags & ~(unsigned)QUEUE_OPEN_CLEAR) | QUEUE_OPEN_KEEP_ACCESS;
    }
    if (!e) {
        atomic_fetch_add(&q->way->refs, 1);
        *ret = q->way;
    }
    pthread_mutex_unlock(&q->lock);
    return e;
}

void queue_way_lost(struct queued_queue *q, struct queue_way *w)
{
    bool current;

    pthread_mutex_lock(&q->lock);
    current = q->way == w;
    if (current)
        q->way = NULL;
    pthread_mutex_unlock(&q->lock);
    if (current)
        queue_way_unref(w);
}

/* ---- rests ---- */

void queue_rest_begin(struct queued_queue *q)
{
    q->rest_ms = q->rest_ms ? 2 * q->rest_ms : REST_FIRST_MS;
    if (q->rest_ms > REST_MOST_MS)
        q->rest_ms = REST_MOST_MS;
    q->rests_until = queue_transport_now() + q->rest_ms;
}

void queue_rest_end(struct queued_queue *q)
{
    q->rest_ms = 0;
}

bool queue_rest_over(struct queued_queue *q, int64_t until)
{
    int64_t end = q->rests_until < until ? q->rests_until : until, now = queue_transport_now();
    struct timespec t = { .tv_sec = (time_t)(end / 1000), .tv_nsec = (long)(end % 1000) * 1000000 };

    if (q->rest_ms && now < end)
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL))
            continue;
    return !q->rest_ms || queue_transport_now() >= q->rests_until;
}

/* ---- opened and closed ---- */

static unsigned flags_of(const struct queued_ask *ask)
{
    return QUEUE_OPEN_RECEIVE | QUEUE_OPEN_CREATE | (ask->permanent ? 0U : QUEUE_OPEN_TEMPORARY) |
           (ask->clear ? QUEUE_OPEN_CLEAR : 0U) |
           (ask->keep_security ? QUEUE_OPEN_KEEP_ACCESS : 0U);
}

/* What receiving needs, said to who opens the queue and not to who waits for messages. */
static enum err check_able(enum queue_level least)
{
    struct queue_executed *executed = NULL;
    struct queue_inward in;

    return least == QUEUE_LEVEL_NONE ? queue_process_executed(&executed)
                                     : queue_process_inward(least, &in);
}

enum err queue_transport_open(const struct queued_ask *ask, struct queued_queue **ret)
{
    struct queued_queue *q = mem_zero(sizeof *q);
    struct queue_way *way = NULL;
    enum err e = ERR_NO_MEMORY;

    if (!q)
        return e;
    pthread_mutex_init(&q->lock, NULL);
    atomic_init(&q->telling, 0);
    q->least = (enum queue_level)ask->least;
    q->kind = QUEUE_KIND_CALL;
    q->flags = flags_of(ask);
    q->existing = ask->keep_security;
    q->expired = queue_clock();
    q->name = mem_strdup(ask->name);
    if (q->name)
        e = queue_access_of_callers(ask->access, &q->access);
    if (!e && ask->access.len)
        e = buf_copy(ask->access, &q->callers);
    if (!e)
        e = check_able(q->least);
    if (!e)
        e = queue_way_get(q, &way);
    queue_way_unref(way);
    if (e)
        queue_transport_close(q);
    else
        *ret = q;
    return e;
}

void queue_transport_close(struct queued_queue *q)
{
    struct detail before = *detail_get();

    queue_way_unref(q->way);
    pthread_mutex_destroy(&q->lock);
    buf_free(&q->callers);
    mem_free(q->access);
    mem_free(q->name);
    mem_free(q);
    *detail_get() = before;
}
