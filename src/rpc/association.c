/* SPDX-License-Identifier: Apache-2.0
 * association.c - the table of associations, and what an association keeps.
 */
#include "rpc/association.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "rpc/connection.h"
#include "rpc/shared.h"

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rpc_association *table;
static unsigned generation; /* atomic */
static bool clean_idle;     /* atomic */
static pthread_once_t watch_forks_once = PTHREAD_ONCE_INIT;

/* What the parent's threads were in the middle of is left behind as it was. */
static void forked(void)
{
    __atomic_add_fetch(&generation, 1, __ATOMIC_RELAXED);
    table_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    table = NULL;
    rpc_timer_forked();
    rpc_shared_forked();
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, forked);
}

unsigned rpc_association_generation(void)
{
    return __atomic_load_n(&generation, __ATOMIC_RELAXED);
}

int64_t rpc_idle_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void close_all(struct rpc_connection *list)
{
    while (list) {
        struct rpc_connection *c = list;

        list = c->next;
        rpc_connection_free(c);
    }
}

static void association_free(struct rpc_association *a)
{
    if (!a)
        return;
    close_all(a->idle);
    pthread_mutex_destroy(&a->group_lock);
    pthread_cond_destroy(&a->formed);
    mem_free(a->host);
    mem_free(a->endpoint);
    mem_free(a);
}

/* Takes the idle connections not used since then, but for the last used one if keep. */
static struct rpc_connection *take_stale(struct rpc_association *a, int64_t since, bool keep)
{
    struct rpc_connection **at = &a->idle;
    struct rpc_connection *stale;

    if (keep && *at)
        at = &(*at)->next;
    while (*at && (*at)->used > since)
        at = &(*at)->next;
    stale = *at;
    *at = NULL;
    return stale;
}

static void take_out(struct rpc_association *a)
{
    struct rpc_association **at = &table;

    while (*at && *at != a)
        at = &(*at)->next;
    if (*at)
        *at = a->next;
}

/* If no timer can be had, the next call's end tries again. */
static bool reap_later(struct rpc_association *a)
{
    return rpc_timer_set(&a->reaper, transport_now() + RPC_IDLE_TIME) == ERR_OK;
}

/* Whether the last idle connection stays, whatever its age. With a's lock. */
static bool keeps_one(const struct rpc_association *a)
{
    return a->contexts || !__atomic_load_n(&clean_idle, __ATOMIC_RELAXED);
}

/* With a's lock, of one that is referenced: sees to it that what is idle will be closed. */
OFTEN static void see_to_idle(struct rpc_association *a)
{
    if (a->idle && (a->idle->next || !keeps_one(a)) && !a->reaping)
        a->reaping = reap_later(a);
}

void rpc_association_context(struct rpc_association *a, bool more)
{
    lock_take(&a->lock);
    a->contexts += more ? 1U : -1U;
    see_to_idle(a);
    lock_give(&a->lock);
}

void rpc_association_clean_idle(void)
{
    struct rpc_association *a = NULL;

    pthread_mutex_lock(&table_lock);
    __atomic_store_n(&clean_idle, true, __ATOMIC_RELAXED);
    for (a = table; a; a = a->next) {
        lock_take(&a->lock);
        if (!a->lingering)
            see_to_idle(a);
        lock_give(&a->lock);
    }
    pthread_mutex_unlock(&table_lock);
}

/* On the timer's thread: the linger of one without references is over, or some are idle. */
static void reap(struct rpc_timer *t)
{
    struct rpc_association *a =
        (struct rpc_association *)((char *)t - offsetof(struct rpc_association, reaper));
    struct rpc_connection *stale = NULL;
    bool unused;

    pthread_mutex_lock(&table_lock);
    unused = a->lingering && !a->dying && t->due <= transport_now();
    if (unused)
        take_out(a);
    lock_take(&a->lock);
    if (!unused && !a->dying && !a->lingering) {
        stale = take_stale(a, transport_now() - RPC_IDLE_TIME, keeps_one(a));
        a->reaping = false;
        see_to_idle(a);
    }
    lock_give(&a->lock);
    pthread_mutex_unlock(&table_lock);
    close_all(stale);
    if (unused)
        association_free(a);
}

static enum err association_new(const struct rpc_association_name *name, bool shared,
                                struct rpc_association **ret)
{
    struct rpc_association *a = mem_zero(sizeof *a);
    pthread_condattr_t monotonic;

    if (!a)
        return ERR_NO_MEMORY;
    pthread_once(&watch_forks_once, watch_forks);
    pthread_mutex_init(&a->group_lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&a->formed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    a->refs = 1;
    a->transport = name->transport;
    a->shared = shared;
    a->linger = shared;
    a->reaper.fire = reap;
    a->host = mem_strdup(name->host);
    a->endpoint = mem_strdup(name->endpoint);
    if (!a->host || !a->endpoint) {
        association_free(a);
        return ERR_NO_MEMORY;
    }
    *ret = a;
    return ERR_OK;
}

static struct rpc_association *find(const struct rpc_association_name *name)
{
    struct rpc_association *a = table;

    while (a && (a->transport != name->transport || strcmp(a->host, name->host) != 0 ||
                 strcmp(a->endpoint, name->endpoint) != 0))
        a = a->next;
    return a;
}

enum err rpc_association_get(const struct rpc_association_name *name, bool shared,
                             struct rpc_association **ret)
{
    struct rpc_association *a = NULL;
    enum err e = ERR_OK;

    if (!shared)
        return association_new(name, false, ret);
    pthread_mutex_lock(&table_lock);
    a = rpc_association_ref(find(name));
    if (a) {
        a->lingering = false;
    } else {
        e = association_new(name, true, &a);
        if (!e) {
            a->next = table;
            table = a;
        }
    }
    pthread_mutex_unlock(&table_lock);
    if (!e)
        *ret = a;
    return e;
}

struct rpc_association *rpc_association_ref(struct rpc_association *a)
{
    if (a)
        __atomic_add_fetch(&a->refs, 1, __ATOMIC_RELAXED);
    return a;
}

OFTEN void rpc_association_unref(struct rpc_association *a)
{
    unsigned refs = a ? __atomic_load_n(&a->refs, __ATOMIC_RELAXED) : 0;
    bool last, dying;

    while (refs > 1)
        if (__atomic_compare_exchange_n(&a->refs, &refs, refs - 1, true, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return;
    if (!a)
        return;
    pthread_mutex_lock(&table_lock);
    last = __atomic_sub_fetch(&a->refs, 1, __ATOMIC_ACQ_REL) == 0;
    a->lingering = last && __atomic_load_n(&a->linger, __ATOMIC_RELAXED) && a->idle &&
                   rpc_timer_set(&a->reaper, transport_now() + RPC_LINGER_TIME) == ERR_OK;
    dying = last && !a->lingering;
    a->dying = dying;
    if (dying)
        take_out(a);
    pthread_mutex_unlock(&table_lock);
    if (!dying)
        return;
    rpc_timer_clear(&a->reaper);
    association_free(a);
}

struct rpc_connection *rpc_association_take(struct rpc_association *a,
                                            const struct rpc_identity *identity, uid_t uid)
{
    struct rpc_connection **at = &a->idle;
    struct rpc_connection *c;

    lock_take(&a->lock);
    while (*at && !rpc_connection_suits(*at, identity, uid))
        at = &(*at)->next;
    c = *at;
    if (c)
        *at = c->next;
    lock_give(&a->lock);
    return c;
}

OFTEN void rpc_association_give(struct rpc_association *a, struct rpc_connection *c)
{
    if (!rpc_connection_is_open(c)) {
        rpc_connection_free(c);
        return;
    }
    c->used = rpc_idle_now();
    lock_take(&a->lock);
    c->next = a->idle;
    a->idle = c;
    see_to_idle(a);
    lock_give(&a->lock);
}

void rpc_association_tell(const struct rpc_association *a)
{
    struct detail *d = detail_get();

    if (!*d->server)
        (void)snprintf(d->server, sizeof d->server, "%s:%s[%s]", a->transport->protseq, a->host,
                       a->endpoint);
}

enum err rpc_association_join(struct rpc_association *a, int64_t deadline, uint32_t *ret_group)
{
    struct timespec at = { (time_t)(deadline / 1000), (long)(deadline % 1000) * 1000000 };
    int late = 0;

    pthread_mutex_lock(&a->group_lock);
    while (a->forming && !late)
        late = deadline == TRANSPORT_NO_DEADLINE
                   ? pthread_cond_wait(&a->formed, &a->group_lock)
                   : pthread_cond_timedwait(&a->formed, &a->group_lock, &at);
    if (!late) {
        a->forming = !a->group;
        a->living++;
        *ret_group = a->group;
    }
    pthread_mutex_unlock(&a->group_lock);
    return late ? ERR_TIMEOUT : ERR_OK;
}

void rpc_association_joined(struct rpc_association *a, uint32_t group)
{
    pthread_mutex_lock(&a->group_lock);
    if (a->forming || !a->group) {
        a->forming = false;
        a->group = group;
        pthread_cond_broadcast(&a->formed);
    }
    pthread_mutex_unlock(&a->group_lock);
}

void rpc_association_left(struct rpc_association *a)
{
    pthread_mutex_lock(&a->group_lock);
    if (--a->living == 0)
        a->group = 0;
    pthread_mutex_unlock(&a->group_lock);
}
