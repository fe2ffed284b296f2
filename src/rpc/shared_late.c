/* SPDX-License-Identifier: Apache-2.0
 * shared_late.c - see shared_late.h.
 */
#include "rpc/shared_late.h"

#include <errno.h>
#include <pthread.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/log.h"

enum {
    LATE_MS = 1,      /* what is gathered waits no longer */
    QUIET_TURNS = 10, /* without anything: the timer rests */
};

static void on_timer(struct loop_source *source, unsigned events);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct rpc_late *first;
static struct loop_source timer = { .fd = -1, .ready = on_timer };
static struct loop *loop; /* that tells of it */
static bool set;
static unsigned quiet;

static void unlink_late(struct rpc_late *late)
{
    *late->place = late->next;
    if (late->next)
        late->next->place = late->place;
    late->place = NULL;
}

static bool timer_made(struct loop *l)
{
    if (timer.fd >= 0)
        return true;
    timer.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer.fd < 0)
        return false;
    loop = l;
    if (!loop_add(l, &timer, LOOP_READ))
        return true;
    close(timer.fd);
    timer.fd = -1;
    return false;
}

static bool timer_every(long ms)
{
    const struct timespec t = { 0, ms * 1000000 };
    const struct itimerspec every = { t, t };

    return !timerfd_settime(timer.fd, 0, &every, NULL);
}

static bool timer_set(struct loop *l)
{
    if (!set)
        set = timer_made(l) && timer_every(LATE_MS);
    return set;
}

bool rpc_late_add(struct loop *l, struct rpc_late *late)
{
    bool added;

    pthread_mutex_lock(&lock);
    added = timer_set(l);
    if (added && !late->place) {
        late->next = first;
        late->place = &first;
        if (first)
            first->place = &late->next;
        first = late;
    }
    pthread_mutex_unlock(&lock);
    return added;
}

void rpc_late_remove(struct rpc_late *late)
{
    pthread_mutex_lock(&lock);
    if (late->place)
        unlink_late(late);
    pthread_mutex_unlock(&lock);
}

/* All of them, each with a reference. */
static struct rpc_late *take_all(void)
{
    struct rpc_late *late, *taken = NULL;

    pthread_mutex_lock(&lock);
    quiet = first ? 0 : quiet + 1;
    if (quiet >= QUIET_TURNS)
        set = !timer_every(0);
    while ((late = first)) {
        unlink_late(late);
        if (!rpc_shared_late_ref(late))
            continue;
        late->taken = taken;
        taken = late;
    }
    pthread_mutex_unlock(&lock);
    return taken;
}

static void on_timer(struct loop_source *source, unsigned events)
{
    struct rpc_late *late, *taken;
    uint64_t times;

    (void)events;
    if (read(source->fd, &times, sizeof times) < 0 && errno != EAGAIN)
        log_warning("rpc: the timer of gathered requests cannot be read: error %d", errno);
    taken = take_all();
    while ((late = taken)) {
        taken = late->taken;
        rpc_shared_late(late);
    }
    loop_resume(loop, source, LOOP_READ); /* not before: one that is added again is taken again */
}

void rpc_late_forked(void)
{
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    for (; first; first = first->next)
        first->place = NULL;
    if (timer.fd >= 0)
        close(timer.fd);
    timer.fd = -1;
    set = false;
}
