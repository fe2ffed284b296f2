/* SPDX-License-Identifier: Apache-2.0
 * transport_route.c - ways to queues of this host that messages go by, kept open for the next.
 */
#include <pthread.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/client.h"
#include "queue/transport.h"

enum { IDLE_MOST = 16 }; /* ways that nobody uses now; beyond, the one used longest ago goes */

struct route {
    struct route *next;
    struct queue_client *client;
    unsigned users;
    uint64_t used;                  /* which use of all was its last */
    bool lost;                      /* whoever has it is its last user */
    char owner[QUEUE_ACCOUNT_TEXT]; /* of the queue; "": nobody has asked */
    char queue[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct route *first;
static uint64_t uses;

/* Ways are the parent's, and so is the thread that has the lock. */
static void forked(void)
{
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    first = NULL;
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, forked);
}

/* Nobody has said no, and nobody yes; nor does who cancels it, but the manager is there then, and
 * sent again the message would be there twice. */
static bool may_be_there(enum err e)
{
    return e == ERR_RPC_FAILED || e == ERR_RPC_COMM || e == ERR_RPC_PROTOCOL;
}

bool queue_route_is_lost(enum err e)
{
    return e == ERR_RPC_UNAVAILABLE || e == ERR_RPC_NOT_EXECUTED || may_be_there(e);
}

static void route_free(struct route *r)
{
    if (!r)
        return;
    queue_client_close(r->client);
    mem_free(r);
}

/* With the lock. */
static struct route *find(const char *queue)
{
    struct route *r = first;

    while (r && (r->lost || strcmp(r->queue, queue) != 0))
        r = r->next;
    return r;
}

static enum err route_new(const char *queue, struct route **ret)
{
    const struct queue_client_how how = { .queue = queue, .flags = QUEUE_OPEN_SEND };
    size_t n = strlen(queue) + 1;
    struct route *r = mem_zero(sizeof *r + n);
    enum err e = r ? queue_client_open(&how, &r->client) : ERR_NO_MEMORY;

    if (e) {
        mem_free(r);
        return e;
    }
    memcpy(r->queue, queue, n);
    *ret = r;
    return ERR_OK;
}

static enum err take(const char *queue, struct route **ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct route *r, *made = NULL;
    enum err e = ERR_OK;

    (void)pthread_once(&once, watch_forks);
    pthread_mutex_lock(&lock);
    r = find(queue);
    if (!r) {
        pthread_mutex_unlock(&lock);
        e = route_new(queue, &made);
        pthread_mutex_lock(&lock);
        r = e ? NULL : find(queue); /* another thread's, meanwhile */
    }
    if (!e && !r) {
        r = made;
        made = NULL;
        r->next = first;
        first = r;
    }
    if (r)
        r->users++;
    pthread_mutex_unlock(&lock);
    route_free(made);
    if (r)
        *ret = r;
    return e;
}

/* With the lock: takes out one that is to be closed; NULL: none. */
static struct route *one_too_many(void)
{
    struct route **at, **oldest = NULL, *r;
    size_t idle = 0;

    for (at = &first; *at; at = &(*at)->next) {
        if ((*at)->users)
            continue;
        idle++;
        if (!oldest || (*at)->lost > (*oldest)->lost ||
            ((*at)->lost == (*oldest)->lost && (*at)->used < (*oldest)->used))
            oldest = at;
    }
    if (!oldest || !((*oldest)->lost || idle > IDLE_MOST))
        return NULL;
    r = *oldest;
    *oldest = r->next;
    return r;
}

static void give(struct route *r, bool lost)
{
    struct detail before = *detail_get();
    struct route *closed;

    pthread_mutex_lock(&lock);
    r->users--;
    r->used = ++uses;
    r->lost |= lost;
    closed = one_too_many();
    pthread_mutex_unlock(&lock);
    route_free(closed);
    *detail_get() = before;
}

/* That the queue this way leads to, and none that has its name later, is that account's. */
static enum err check_owner(struct route *r, const char *account)
{
    char its[QUEUE_ACCOUNT_TEXT];
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    memcpy(its, r->owner, sizeof its);
    pthread_mutex_unlock(&lock);
    if (!*its)
        e = queue_client_owner(r->client, its);
    if (e)
        return e;
    pthread_mutex_lock(&lock);
    memcpy(r->owner, its, sizeof its);
    pthread_mutex_unlock(&lock);
    return !strcmp(its, account)
               ? ERR_OK
               : detail_fail(ERR_ACCESS_DENIED, "queue %s is not %s's, it is %s's", r->queue,
                             account, its);
}

/* ERR_NOT_FOUND: the queue this way leads to is gone; there may be a new one of its name. */
static enum err send_once(const char *queue, const char *account, const uint64_t *lease,
                          struct bytes message, bool *ret_lost)
{
    struct route *r = NULL;
    enum err e = take(queue, &r);

    *ret_lost = false;
    if (e)
        return e;
    e = account ? check_owner(r, account) : ERR_OK;
    if (!e)
        e = lease ? queue_client_send_joined(r->client, *lease, message)
                  : queue_client_send(r->client, message);
    *ret_lost = queue_route_is_lost(e) || e == ERR_NOT_FOUND;
    give(r, *ret_lost);
    return e;
}

/* A no that comes second is no answer to what was sent first. */
static enum err fail_unsure(const char *queue)
{
    const struct detail why = *detail_get();

    return detail_fail(ERR_RPC_FAILED,
                       "%s: the queue manager was lost before it said whether it "
                       "has the message, which may be executed; then: %.300s",
                       queue, why.text);
}

static enum err route_send(const char *queue, const char *account, const uint64_t *lease,
                           struct bytes message)
{
    struct detail before = *detail_get();
    bool lost = false, unsure;
    enum err e = send_once(queue, account, lease, message, &lost);

    if (!lost)
        return e;
    unsure = may_be_there(e); /* what is joined, too, as long as its transaction is not over */
    *detail_get() = before;
    e = send_once(queue, account, lease, message, &lost);
    if (e == ERR_EXISTS) /* it had it */
        return ERR_OK;
    return e && unsure ? fail_unsure(queue) : e;
}

enum err queue_route_send_to(const char *queue, const char *account, struct bytes message)
{
    return route_send(queue, account, NULL, message);
}

enum err queue_route_send(const char *queue, struct bytes message)
{
    return route_send(queue, NULL, NULL, message);
}

enum err queue_route_send_joined(const char *queue, uint64_t lease, struct bytes message)
{
    return route_send(queue, NULL, &lease, message);
}
