/* SPDX-License-Identifier: Apache-2.0
 * loop.c - the threads of a server, over one epoll descriptor.
 *
 * Every source is EPOLLONESHOT, so an event is one thread's. The kernel wakes the thread that came
 * last, whose caches are warm. The stop descriptor alone stays armed: it wakes all.
 *
 * A call of one client after the other costs two system calls, as it would with a thread of its
 * own: the thread keeps the connection while it works (loop_hold) and waits for the next call where
 * it received the last one (loop_linger_begin). While something is held a timer looks every few
 * milliseconds for what is held too long.
 */
#include "transport/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "base/log.h"
#include "base/thread.h"
#include "transport/transport.h"

enum {
    STACK = 1024 * 1024, /* as Windows gives a server's threads */
    IDLE_MS = 10000,     /* a thread that had nothing to do for so long ends */
    SPARE = 2,           /* but that many stay: creating one takes longer than a call */
    LINGER_MAX = 64,     /* threads that stay with a connection: beyond, nobody is quicker for it */
    LINGER_SHARE = 2,    /* of all that there may be, one in so many at most */
    QUIET_TURNS = 250,   /* of the watch, without work: it sleeps */
};

static atomic_size_t stack_size = STACK;

void loop_set_stack(size_t size)
{
    if (size > STACK)
        atomic_store(&stack_size, size);
}

/* What one thread holds. It gives its source away, or the watch takes it: whoever swaps it out. */
struct held {
    struct held *next, **place;
    _Atomic(struct loop_source *) source;
    atomic_uint turn;    /* counts what was held */
    unsigned seen;       /* by the watch */
    atomic_bool lingers; /* the thread is counted among those, until it or the watch takes it out */
};

struct loop {
    struct loop_config config;
    int epoll, stop_fd;
    struct loop_source timer;
    atomic_uint threads, threads_max;
    atomic_int waiting; /* threads in epoll_wait, or about to be */
    atomic_bool stopping;
    atomic_bool ticking, tick_again;
    atomic_uint lingering;
    struct loop_source watch;
    atomic_bool watching;
    unsigned quiet;
    pthread_mutex_t mutex; /* for ended and held alone */
    pthread_cond_t ended;
    struct held *held;
};

static _Thread_local struct held *mine;

static struct epoll_event event_for(struct loop_source *s, unsigned events)
{
    uint32_t e = EPOLLONESHOT;

    if (events & LOOP_READ)
        e |= EPOLLIN | EPOLLRDHUP;
    if (events & LOOP_WRITE)
        e |= EPOLLOUT;
    return (struct epoll_event){ .events = e, .data.ptr = s };
}

static unsigned events_of(uint32_t e)
{
    unsigned events = 0;

    if (e & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        events |= LOOP_READ;
    if (e & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        events |= LOOP_WRITE;
    if (e & (EPOLLHUP | EPOLLERR))
        events |= LOOP_BROKEN;
    return events;
}

/* ---- the threads ---- */

static void no_more_lingers(struct loop *l, struct held *h)
{
    if (h && atomic_load(&h->lingers) && atomic_exchange(&h->lingers, false))
        atomic_fetch_sub(&l->lingering, 1);
}

/* True when this thread, which waits, is one too many. */
static bool may_end(struct loop *l)
{
    int n = atomic_load(&l->waiting);

    while (n > SPARE)
        if (atomic_compare_exchange_weak(&l->waiting, &n, n - 1))
            return true;
    return false;
}

static void serve(struct loop *l)
{
    struct epoll_event ev;
    struct loop_source *s;
    int n;

    while (!atomic_load(&l->stopping)) {
        n = epoll_wait(l->epoll, &ev, 1, IDLE_MS);
        s = ev.data.ptr;
        if (n == 0 && may_end(l))
            return;
        if (n <= 0 || !s) /* interrupted, or told to stop */
            continue;
        atomic_fetch_sub(&l->waiting, 1);
        (void)atomic_load_explicit(&s->turns, memory_order_acquire);
        s->ready(s, events_of(ev.events));
        no_more_lingers(l, mine);
        impersonation_end(); /* what comes next is of somebody else */
        atomic_fetch_add(&l->waiting, 1);
    }
    atomic_fetch_sub(&l->waiting, 1);
}

static void *thread_main(void *arg)
{
    struct loop *l = arg;
    struct held held = { .place = &l->held };

    pthread_mutex_lock(&l->mutex);
    held.next = l->held;
    if (held.next)
        held.next->place = &held.next;
    l->held = &held;
    pthread_mutex_unlock(&l->mutex);
    mine = &held;
    serve(l);
    pthread_mutex_lock(&l->mutex);
    *held.place = held.next;
    if (held.next)
        held.next->place = held.place;
    if (atomic_fetch_sub(&l->threads, 1) == 1)
        pthread_cond_broadcast(&l->ended);
    pthread_mutex_unlock(&l->mutex);
    mine = NULL;
    return NULL;
}

static enum err start_thread(struct loop *l)
{
    int error;

    if (atomic_fetch_add(&l->threads, 1) >= atomic_load(&l->threads_max)) {
        atomic_fetch_sub(&l->threads, 1);
        return ERR_TOO_LONG;
    }
    atomic_fetch_add(&l->waiting, 1);
    error = thread_start(thread_main, l, atomic_load(&stack_size), NULL);
    if (!error)
        return ERR_OK;
    atomic_fetch_sub(&l->waiting, 1);
    atomic_fetch_sub(&l->threads, 1);
    return detail_fail(ERR_NO_MEMORY, "transport: starting a server thread: %s", strerror(error));
}

OFTEN void loop_work_begin(struct loop *l)
{
    if (atomic_load(&l->waiting) > 0 || atomic_load(&l->stopping))
        return;
    if (start_thread(l))
        log_debug("transport: %u server threads are at work and no more are allowed",
                  atomic_load(&l->threads));
}

/* ---- the tick ---- */

static void on_timer(struct loop_source *s, unsigned events)
{
    struct loop *l = (struct loop *)((char *)s - offsetof(struct loop, timer));
    uint64_t times;

    (void)events;
    if (read(s->fd, &times, sizeof times) < 0)
        times = 0;
    atomic_store(&l->tick_again, false);
    l->config.tick(l->config.arg, transport_now());
    if (atomic_load(&l->tick_again)) {
        loop_resume(l, s, LOOP_READ);
        return;
    }
    atomic_store(&l->ticking, false);
    if (atomic_load(&l->tick_again)) /* asked for between the two lines above */
        loop_keep_ticking(l);
}

void loop_keep_ticking(struct loop *l)
{
    atomic_store(&l->tick_again, true);
    if (!atomic_load(&l->ticking) && !atomic_exchange(&l->ticking, true))
        loop_resume(l, &l->timer, LOOP_READ);
}

static enum err timer_new(struct loop *l, struct loop_source *timer, int64_t ms,
                          void (*ready)(struct loop_source *, unsigned))
{
    const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
    const struct itimerspec every = { t, t };

    timer->ready = ready;
    timer->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer->fd < 0 || timerfd_settime(timer->fd, 0, &every, NULL))
        return detail_fail(ERR_NO_MEMORY, "transport: a timer: %s", strerror(errno));
    return loop_add(l, timer, 0);
}

/* ---- held sources ---- */

/* Those that were held a turn ago already are passed on; whether there was anything. */
static bool pass_on(struct loop *l)
{
    bool any = false;
    struct held *h;

    pthread_mutex_lock(&l->mutex);
    for (h = l->held; h; h = h->next) {
        struct loop_source *s = atomic_load(&h->source);
        unsigned turn = atomic_load(&h->turn);

        any |= s || turn != h->seen;
        if (s && turn == h->seen && atomic_compare_exchange_strong(&h->source, &s, NULL)) {
            no_more_lingers(l, h);
            loop_resume(l, s, LOOP_READ | LOOP_WRITE);
        }
        h->seen = turn;
    }
    pthread_mutex_unlock(&l->mutex);
    return any;
}

static void set_watch(struct loop *l, long ms)
{
    const struct timespec t = { 0, ms * 1000000 };
    const struct itimerspec every = { t, t };

    (void)timerfd_settime(l->watch.fd, 0, &every, NULL);
}

OFTEN static void start_watch(struct loop *l)
{
    if (atomic_load(&l->watching) || atomic_exchange(&l->watching, true))
        return;
    set_watch(l, LOOP_HOLD_MS);
    loop_resume(l, &l->watch, LOOP_READ);
}

static void on_watch(struct loop_source *s, unsigned events)
{
    struct loop *l = (struct loop *)((char *)s - offsetof(struct loop, watch));
    uint64_t times;

    (void)events;
    if (read(s->fd, &times, sizeof times) < 0)
        times = 0;
    l->quiet = pass_on(l) ? 0 : l->quiet + 1;
    if (l->quiet < QUIET_TURNS) {
        loop_resume(l, s, LOOP_READ);
        return;
    }
    l->quiet = 0;
    set_watch(l, 0);
    atomic_store(&l->watching, false);
    if (pass_on(l)) /* held before it could know that nobody watches */
        start_watch(l);
}

OFTEN void loop_hold(struct loop *l, struct loop_source *s)
{
    if (!mine) {
        loop_resume(l, s, LOOP_READ);
        return;
    }
    atomic_store_explicit(&mine->turn, atomic_load_explicit(&mine->turn, memory_order_relaxed) + 1,
                          memory_order_release);
    atomic_store(&mine->source, s);
    start_watch(l);
}

bool loop_unhold(struct loop *l)
{
    (void)l;
    return mine && atomic_exchange(&mine->source, NULL);
}

OFTEN bool loop_linger_begin(struct loop *l)
{
    unsigned others = atomic_load(&l->threads_max) / LINGER_SHARE;

    if (atomic_load(&l->stopping))
        return false;
    if (atomic_load(&l->waiting) <= 0 && start_thread(l))
        return false;
    if (atomic_load(&mine->lingers)) /* since an earlier call */
        return true;
    if (atomic_fetch_add(&l->lingering, 1) < (others < LINGER_MAX ? others : LINGER_MAX)) {
        atomic_store(&mine->lingers, true);
        return true;
    }
    atomic_fetch_sub(&l->lingering, 1);
    return false;
}

void loop_linger_end(struct loop *l)
{
    no_more_lingers(l, mine);
}

/* ---- sources ---- */

enum err loop_add(struct loop *l, struct loop_source *s, unsigned events)
{
    struct epoll_event ev = event_for(s, events);

    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, s->fd, &ev))
        return detail_fail(ERR_NO_MEMORY, "transport: watching descriptor %d: %s", s->fd,
                           strerror(errno));
    return ERR_OK;
}

void loop_resume(struct loop *l, struct loop_source *s, unsigned events)
{
    struct epoll_event ev = event_for(s, events);
    int fd = s->fd; /* s may go as soon as it is given back */

    atomic_fetch_add_explicit(&s->turns, 1, memory_order_release);
    (void)epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &ev);
}

/* ThreadSanitizer does not know the copies that fcntl makes, and dies of telling about one. */
static int copy_of(int fd)
{
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    int copy = dup(fd);

    (void)fcntl(copy, F_SETFD, FD_CLOEXEC);
    return copy;
#endif
#endif
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

enum err loop_wait_writable(struct loop *l, struct loop_source *s, int fd)
{
    enum err e;

    if (s->fd >= 0) {
        loop_resume(l, s, LOOP_WRITE);
        return ERR_OK;
    }
    s->fd = copy_of(fd);
    if (s->fd < 0)
        return detail_fail(ERR_NO_MEMORY, "transport: no descriptor is left to wait with: %s",
                           strerror(errno));
    e = loop_add(l, s, LOOP_WRITE);
    if (e) {
        close(s->fd);
        s->fd = -1;
    }
    return e;
}

void loop_remove(struct loop *l, struct loop_source *s)
{
    (void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, s->fd, NULL);
}

/* ---- the whole ---- */

static enum err descriptors_new(struct loop *l)
{
    struct epoll_event stop = { .events = EPOLLIN, .data.ptr = NULL };
    enum err e;

    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->epoll < 0 || l->stop_fd < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->stop_fd, &stop))
        return detail_fail(ERR_NO_MEMORY, "transport: epoll: %s", strerror(errno));
    e = timer_new(l, &l->timer, 1000, on_timer);
    if (!e)
        e = timer_new(l, &l->watch, 0, on_watch);
    return e;
}

enum err loop_new(const struct loop_config *config, struct loop **ret)
{
    struct loop *l = mem_zero(sizeof *l);
    enum err e;
    int i;

    if (!l)
        return ERR_NO_MEMORY;
    l->config = *config;
    l->epoll = l->stop_fd = l->timer.fd = l->watch.fd = -1;
    atomic_init(&l->threads_max, config->threads_max);
    pthread_mutex_init(&l->mutex, NULL);
    pthread_cond_init(&l->ended, NULL);
    e = descriptors_new(l);
    for (i = 0; !e && i < SPARE; i++)
        e = start_thread(l);
    if (e) {
        loop_stop(l);
        loop_free(l);
        return e;
    }
    *ret = l;
    return ERR_OK;
}

void loop_stop(struct loop *l)
{
    const uint64_t one = 1;

    atomic_store(&l->stopping, true);
    if (l->stop_fd >= 0 && write(l->stop_fd, &one, sizeof one) < 0)
        log_warning("transport: waking the server threads: %s", strerror(errno));
    pthread_mutex_lock(&l->mutex);
    while (atomic_load(&l->threads))
        pthread_cond_wait(&l->ended, &l->mutex);
    pthread_mutex_unlock(&l->mutex);
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    if (l->timer.fd >= 0)
        close(l->timer.fd);
    if (l->watch.fd >= 0)
        close(l->watch.fd);
    if (l->stop_fd >= 0)
        close(l->stop_fd);
    if (l->epoll >= 0)
        close(l->epoll);
    pthread_mutex_destroy(&l->mutex);
    pthread_cond_destroy(&l->ended);
    mem_free(l);
}

void loop_set_threads(struct loop *l, unsigned threads_max)
{
    if (threads_max > atomic_load(&l->threads_max))
        atomic_store(&l->threads_max, threads_max);
}

unsigned loop_threads(const struct loop *l)
{
    return atomic_load(&((struct loop *)l)->threads);
}
