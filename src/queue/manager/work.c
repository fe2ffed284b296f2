/* SPDX-License-Identifier: Apache-2.0
 * work.c - see work.h.
 */
#include "queue/manager/work.h"

#include <time.h>

#include "base/detail.h"
#include "base/thread.h"
#include "queue/manager/queue.h"

enum { TOGETHER = 64, SECOND_MS = 1000, SECOND_NS = 1000000000, MS_NS = 1000000 };

uint64_t work_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND_MS + (uint64_t)now.tv_nsec / MS_NS;
}

/* With the lock: until there is something, or it is time. */
static void wait_for(struct work *w)
{
    while ((w->running || (!w->first && !w->queues)) && !w->end && work_now_ms() < w->next) {
        const struct timespec at = { .tv_sec = (time_t)(w->next / SECOND_MS),
                                     .tv_nsec = (long)(w->next % SECOND_MS * MS_NS) };

        (void)pthread_cond_timedwait(&w->wake, &w->lock, &at);
    }
}

static void together(const struct manager *m, bool begin)
{
    if (m->how.together)
        m->how.together(begin);
}

/* What one commit has ended is told together, but nobody waits for very many. */
static void run_items(const struct manager *m, struct work_item *item)
{
    struct work_item *next;
    size_t n = 0;

    for (; item; item = next) {
        next = item->next;
        if (n++ % TOGETHER == 0)
            together(m, true);
        item->run(item);
        if (n % TOGETHER == 0 || !next)
            together(m, false);
    }
}

static void pump_all(struct queue *q)
{
    struct queue *next;

    for (; q; q = next) {
        pthread_mutex_lock(&q->manager->work.lock);
        next = q->up;
        q->listed = false; /* from here on it is listed anew */
        pthread_mutex_unlock(&q->manager->work.lock);
        receive_pump(q);
        queue_unref(q);
    }
}

/* What there is of all queues together, for the limit of them all. */
static void count_bytes(struct manager *m)
{
    unsigned long long sum = 0;
    struct store_stats stats;
    struct queue *q = queue_after(m, 0), *next;

    for (; q; q = next) {
        if (!store_stats(m->store, q->number, &stats))
            sum += stats.octets;
        next = queue_after(m, q->number);
        queue_unref(q);
    }
    atomic_store(&m->bytes, sum);
}

/* With the lock; true: something was listed, and is done. Who waits for a message has it before its
 * sender hears that it is accepted. */
static bool run_listed(struct manager *m)
{
    struct work *w = &m->work;
    struct work_item *items = w->first;
    struct queue *queues = w->queues;

    if (!items && !queues)
        return false;
    w->first = NULL;
    w->last = &w->first;
    w->queues = NULL;
    pthread_mutex_unlock(&w->lock);
    pump_all(queues);
    run_items(m, items);
    pthread_mutex_lock(&w->lock);
    return true;
}

/* With the lock. */
static void run(struct manager *m)
{
    struct work *w = &m->work;

    if (w->running)
        return;
    w->running = true;
    while (run_listed(m))
        continue;
    w->running = false;
    if (w->end)
        pthread_cond_signal(&w->wake);
}

void work_run(struct manager *m)
{
    pthread_mutex_lock(&m->work.lock);
    if (!m->work.end)
        run(m);
    pthread_mutex_unlock(&m->work.lock);
}

/* By the clock: all bytes are counted, leases that are over make room, and who has waited long
 * enough is told. */
static void run_timed(struct manager *m, uint64_t now, uint64_t *counted)
{
    struct work *w = &m->work;
    uint64_t next;

    if (now >= *counted + SECOND_MS) {
        count_bytes(m);
        lease_expire(m);
        *counted = now;
    }
    pthread_mutex_lock(&w->lock);
    w->next = *counted + SECOND_MS; /* who begins to wait from here on makes it less */
    pthread_mutex_unlock(&w->lock);
    next = receive_expire(m, now);
    work_deadline(m, next);
}

static void *work(void *arg)
{
    struct manager *m = arg;
    struct work *w = &m->work;
    uint64_t counted = 0, now;
    bool end = false, timed;

    while (!end) {
        pthread_mutex_lock(&w->lock);
        wait_for(w);
        run(m);
        while (w->end && w->running)
            pthread_cond_wait(&w->wake, &w->lock);
        end = w->end && !w->first && !w->queues;
        now = work_now_ms();
        timed = now >= w->next;
        pthread_mutex_unlock(&w->lock);
        if (timed)
            run_timed(m, now, &counted);
    }
    return NULL;
}

void work_init(struct manager *m)
{
    struct work *w = &m->work;
    pthread_condattr_t how;

    w->last = &w->first;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &how);
    pthread_condattr_destroy(&how);
}

enum err work_begin(struct manager *m)
{
    int error = thread_start(work, m, 0, &m->work.thread);

    if (error)
        return detail_fail(ERR_RPC_RESOURCES, "the manager's thread: error %d", error);
    return ERR_OK;
}

void work_end(struct manager *m)
{
    struct work *w = &m->work;

    pthread_mutex_lock(&w->lock);
    w->end = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

void work_done(struct manager *m)
{
    struct work *w = &m->work;
    struct queue *q;

    while ((q = w->queues) != NULL) {
        w->queues = q->up;
        queue_unref(q);
    }
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
}

void work_add(struct manager *m, struct work_item *item)
{
    struct work *w = &m->work;

    item->next = NULL;
    pthread_mutex_lock(&w->lock);
    *w->last = item;
    w->last = &item->next;
    pthread_mutex_unlock(&w->lock);
}

void work_pump(struct manager *m, struct queue *q)
{
    struct work *w = &m->work;
    bool was;

    pthread_mutex_lock(&w->lock);
    was = q->listed;
    if (!was) {
        q->listed = true;
        q->up = w->queues;
        w->queues = q;
    }
    pthread_mutex_unlock(&w->lock);
    if (was)
        queue_unref(q);
}

void work_wake(struct manager *m)
{
    pthread_mutex_lock(&m->work.lock);
    pthread_cond_signal(&m->work.wake);
    pthread_mutex_unlock(&m->work.lock);
}

void work_deadline(struct manager *m, uint64_t ms)
{
    struct work *w = &m->work;

    pthread_mutex_lock(&w->lock);
    if (ms < w->next) {
        w->next = ms;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
}
