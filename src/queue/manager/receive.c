/* SPDX-License-Identifier: Apache-2.0
 * receive.c - messages leave a queue: to who asks, or has waited longest, and back when he is lost.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "queue/manager/queue.h"

/* ---- who waits ---- */

/* With the queue's lock. */
static void enlist(struct queue *q, struct receive *r)
{
    r->next = NULL;
    *q->last = r;
    q->last = &r->next;
    q->receivers++;
    atomic_fetch_add(&q->manager->receivers, 1);
}

static void take_out(struct queue *q, struct receive **at)
{
    struct receive *r = *at;

    *at = r->next;
    if (!*at)
        q->last = at;
    q->receivers--;
    atomic_fetch_sub(&q->manager->receivers, 1);
}

static void tell(struct receive *r, uint32_t status)
{
    const mqd_taken none = { 0 };

    r->done(r, status, &none, (struct buf){ 0 });
}

/* Takes the first out that is of h, if that is not NULL, and whose time is over by then. */
static struct receive *take_one(struct queue *q, const struct handle *h, uint64_t by)
{
    struct receive **at, *r;

    pthread_mutex_lock(&q->lock);
    for (at = &q->first; *at && ((h && (*at)->handle != h) || (*at)->deadline > by);
         at = &(*at)->next)
        continue;
    r = *at;
    if (r)
        take_out(q, at);
    pthread_mutex_unlock(&q->lock);
    return r;
}

void receive_end_all(struct queue *q, const struct handle *h, uint32_t status)
{
    struct receive *r;

    while ((r = take_one(q, h, UINT64_MAX)) != NULL)
        tell(r, status);
}

bool handle_receive_cancel(struct handle *h, struct receive *r)
{
    struct queue *q = h->queue;
    struct receive **at;
    bool found;

    pthread_mutex_lock(&q->lock);
    for (at = &q->first; *at && *at != r; at = &(*at)->next)
        continue;
    found = *at != NULL;
    if (found)
        take_out(q, at);
    pthread_mutex_unlock(&q->lock);
    if (found)
        tell(r, MQD_CANCELLED);
    return found;
}

static uint64_t earliest(struct queue *q)
{
    uint64_t first = UINT64_MAX;
    const struct receive *r;

    pthread_mutex_lock(&q->lock);
    for (r = q->first; r; r = r->next)
        if (r->deadline < first)
            first = r->deadline;
    pthread_mutex_unlock(&q->lock);
    return first;
}

uint64_t receive_expire(struct manager *m, uint64_t now_ms)
{
    struct queue *q = atomic_load(&m->receivers) ? queue_after(m, 0) : NULL, *next;
    uint64_t first = UINT64_MAX, of_queue;
    struct receive *r;

    for (; q; q = next) {
        while ((r = take_one(q, NULL, now_ms)) != NULL)
            tell(r, MQD_TIMEOUT);
        of_queue = earliest(q);
        if (of_queue < first)
            first = of_queue;
        next = queue_after(m, q->number);
        queue_unref(q);
    }
    return first;
}

/* ---- what they get ---- */

struct gift {
    uint32_t status;
    mqd_taken taken;
    struct buf message;
};

/* The store's form: the UUID, and both numbers. A server of version 1.2 serves callers of 1.1. */
static bool wants(void *arg, const uint8_t interface[STORE_INTERFACE])
{
    struct reader in = reader_over(bytes_of(interface, STORE_INTERFACE));
    const struct receive *r = arg;
    struct bytes uuid = reader_take(&in, sizeof r->interfaces->uuid);
    uint16_t major = reader_le16(&in), minor = reader_le16(&in);
    uint32_t i;

    for (i = 0; i < r->interface_count; i++)
        if (bytes_equal(uuid, bytes_of(r->interfaces[i].uuid, uuid.len)) &&
            r->interfaces[i].major == major && r->interfaces[i].minor >= minor)
            return true;
    return false;
}

static void lend(struct handle *h, struct lease *l, struct store_entry *e, struct gift *ret)
{
    l->id = atomic_fetch_add(&h->queue->manager->next_lease, 1) + 1;
    l->next = h->leases;
    h->leases = l;
    h->lease_count++;
    ret->taken = (mqd_taken){ .lease = l->id, .arrived = e->put, .deliveries = e->attempts };
    (void)snprintf((char *)ret->taken.submitter, sizeof ret->taken.submitter, "%.*s", MQD_TEXT - 1,
                   e->sender);
    ret->message = e->body;
    e->body = (struct buf){ 0 };
    store_entry_done(e);
}

/* With the queue's lock. False: there is nothing for it. */
static bool take(struct queue *q, struct receive *r, struct gift *ret)
{
    struct lease *l = mem_zero(sizeof *l);
    struct store_entry entry;
    enum err e = ERR_NO_MEMORY;

    *ret = (struct gift){ .status = MQD_OK };
    if (l)
        e = store_take(q->manager->store, q->number, r->interface_count ? wants : NULL, r,
                       &l->store, &entry);
    if (!e && l->store.grant) {
        lend(r->handle, l, &entry, ret);
        return true;
    }
    mem_free(l);
    ret->status = manager_status(q->manager, e);
    return e != ERR_OK;
}

static uint32_t check(const struct handle *h)
{
    const struct queue *q = h->queue;

    if (atomic_load(&q->manager->stopped))
        return MQD_STOPPING;
    if ((h->access & ACCESS_RECEIVE) != ACCESS_RECEIVE)
        return MQD_DENIED;
    if (q->gone)
        return MQD_NO_QUEUE;
    if (h->lease_count >= LEASES_MOST)
        return MQD_TOO_MANY;
    return h->closed ? MQD_CANCELLED : MQD_OK;
}

void handle_receive(struct handle *h, struct receive *r)
{
    struct queue *q = h->queue;
    struct gift gift = { .status = MQD_OK };
    bool now = true;

    r->handle = h;
    r->deadline = work_now_ms() + r->wait_ms;
    pthread_mutex_lock(&q->lock);
    gift.status = check(h);
    if (!gift.status && !take(q, r, &gift)) {
        now = r->wait_ms == 0;
        gift.status = MQD_TIMEOUT;
        if (!now)
            enlist(q, r);
    }
    pthread_mutex_unlock(&q->lock);
    if (now)
        r->done(r, gift.status, &gift.taken, gift.message);
    else
        work_deadline(q->manager);
}

/* The first for whom there is something. */
static struct receive *next_served(struct queue *q, struct gift *ret)
{
    struct receive **at, *r = NULL;
    bool empty = false;

    pthread_mutex_lock(&q->lock);
    for (at = &q->first; *at && !r;) {
        bool any = !(*at)->interface_count;

        if (!(any && empty) && take(q, *at, ret)) {
            r = *at;
            take_out(q, at);
        } else {
            empty |= any; /* for who wants anything there is nothing */
            at = &(*at)->next;
        }
    }
    pthread_mutex_unlock(&q->lock);
    return r;
}

void receive_pump(struct queue *q)
{
    struct receive *r;
    struct gift gift;

    while ((r = next_served(q, &gift)) != NULL)
        r->done(r, gift.status, &gift.taken, gift.message);
}

/* ---- what became of them ---- */

/* With the queue's lock. */
static struct lease **find(struct handle *h, uint64_t id)
{
    struct lease **at = &h->leases;

    while (*at && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

struct lease *lease_of(const struct handle *h, uint64_t id)
{
    struct lease *l = h->leases;

    while (l && l->id != id)
        l = l->next;
    return l;
}

uint32_t handle_begin(struct handle *h, uint64_t lease)
{
    struct queue *q = h->queue;
    const struct lease *l;
    enum err e = ERR_OK;
    bool found;

    pthread_mutex_lock(&q->lock);
    l = lease_of(h, lease);
    found = l != NULL;
    if (found)
        e = store_begin(q->manager->store, l->store);
    pthread_mutex_unlock(&q->lock);
    if (!found || e == ERR_NOT_FOUND || e == ERR_INVALID_HANDLE)
        return MQD_NO_LEASE;
    return manager_status(q->manager, e);
}

struct outcome {
    struct work_item item; /* first: it is what is listed */
    struct manager *manager;
    manager_done_fn *done;
    void *arg;
    enum err err;
};

static void tell_outcome(struct work_item *item)
{
    struct outcome *o = (struct outcome *)(void *)item;

    o->done(o->arg, manager_status(o->manager, o->err));
    mem_free(o);
}

static void on_decided(void *arg, enum err e)
{
    struct outcome *o = arg;

    o->err = e;
    work_add(o->manager, &o->item);
}

static enum err decide(struct manager *m, struct store_lease l, uint32_t outcome, uint32_t reason,
                       struct outcome *o)
{
    uint32_t why = reason ? STORE_REASON_FIRST + reason : STORE_REASON_NONE;

    switch (outcome) {
    case MQD_EXECUTED:
        return store_finish(m->store, l, on_decided, o);
    case MQD_FAILED:
        return store_fail(m->store, l, why, on_decided, o);
    case MQD_REFUSED:
        return store_refuse(m->store, l, why ? why : STORE_REASON_FIRST, on_decided, o);
    default:
        store_release(m->store, l);
        on_decided(o, ERR_OK);
        work_wake(m);
        return ERR_OK;
    }
}

void handle_outcome(struct handle *h, uint64_t lease, uint32_t outcome, uint32_t reason,
                    manager_done_fn *done, void *arg)
{
    struct queue *q = h->queue;
    struct outcome *o = mem_alloc(sizeof *o);
    struct lease **at, *l = NULL;
    enum err e = ERR_OK;

    if (o) {
        *o = (struct outcome){
            .item = { .run = tell_outcome }, .manager = q->manager, .done = done, .arg = arg
        };
        pthread_mutex_lock(&q->lock);
        at = find(h, lease);
        l = *at;
        if (l) {
            *at = l->next;
            h->lease_count--;
            lease_part(q->manager, l);
        }
        pthread_mutex_unlock(&q->lock);
    }
    if (l)
        e = decide(q->manager, l->store, outcome, reason, o);
    if (e)
        store_release(q->manager->store, l->store);
    if (!l || e) {
        done(arg, !o || e == ERR_NO_MEMORY ? MQD_NO_MEMORY : MQD_NO_LEASE);
        mem_free(o);
    }
    mem_free(l);
}

void lease_end_all(struct handle *h)
{
    struct queue *q = h->queue;
    struct lease *all, *next;

    pthread_mutex_lock(&q->lock);
    all = h->leases;
    for (next = all; next; next = next->next)
        lease_part(q->manager, next);
    h->leases = NULL;
    h->lease_count = 0;
    pthread_mutex_unlock(&q->lock);
    for (; all; all = next) {
        next = all->next;
        store_release(q->manager->store, all->store);
        mem_free(all);
    }
}
