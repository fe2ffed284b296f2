/* SPDX-License-Identifier: Apache-2.0
 * timer.c - the timers that are set, the next due first, and the thread that waits for it.
 */
#include "rpc/timer.h"

#include <pthread.h>
#include <time.h>

#include "base/detail.h"
#include "base/thread.h"
#include "transport/transport.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed; /* by the monotonic clock; for the thread */
static pthread_cond_t fired;
static struct rpc_timer *first;
static struct rpc_timer *firing;
static pthread_t firing_thread;
static bool running, ready;

static void prepare(void)
{
    pthread_condattr_t monotonic;

    if (ready)
        return;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&changed, &monotonic);
    pthread_cond_init(&fired, NULL);
    pthread_condattr_destroy(&monotonic);
    ready = true;
}

static void take_out(struct rpc_timer *t)
{
    struct rpc_timer **at = &first;

    while (*at && *at != t)
        at = &(*at)->next;
    if (*at)
        *at = t->next;
    t->set = false;
}

static void put_in(struct rpc_timer *t)
{
    struct rpc_timer **at = &first;

    while (*at && (*at)->due <= t->due)
        at = &(*at)->next;
    t->next = *at;
    t->set = true;
    *at = t;
}

static void fire_first(void)
{
    struct rpc_timer *t = first;

    take_out(t);
    firing = t;
    firing_thread = pthread_self();
    pthread_mutex_unlock(&lock);
    t->fire(t);
    pthread_mutex_lock(&lock);
    firing = NULL;
    pthread_cond_broadcast(&fired);
}

static void *wait_and_fire(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (first) {
        int64_t due = first->due;
        struct timespec at = { (time_t)(due / 1000), (long)(due % 1000) * 1000000 };

        if (transport_now() >= due)
            fire_first();
        else
            pthread_cond_timedwait(&changed, &lock, &at);
    }
    running = false;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static enum err start_thread(void)
{
    int failed = thread_start(wait_and_fire, NULL, 0, NULL);

    if (failed)
        return detail_fail(ERR_RPC_RESOURCES, "no thread for time-outs: error %d", failed);
    running = true;
    return ERR_OK;
}

enum err rpc_timer_set(struct rpc_timer *t, int64_t due)
{
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    prepare();
    if (t->set)
        take_out(t);
    t->due = due;
    put_in(t);
    if (!running)
        e = start_thread();
    if (e)
        take_out(t);
    else
        pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    return e;
}

void rpc_timer_clear(struct rpc_timer *t)
{
    pthread_mutex_lock(&lock);
    if (t->set) {
        take_out(t);
        pthread_cond_signal(&changed);
    }
    while (firing == t && !pthread_equal(firing_thread, pthread_self()))
        pthread_cond_wait(&fired, &lock);
    pthread_mutex_unlock(&lock);
}

void rpc_timer_forked(void)
{
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    first = NULL;
    firing = NULL;
    running = false;
    ready = false;
}
