/* SPDX-License-Identifier: Apache-2.0
 * receive.c - messages leave a queue: to who asks, or has waited longest, and back when he is lost.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "queue/manager/queue.h"

/* ---- who waits ---- */

/* With the queue's lock. */
static enum err enlist(struct queue *q, struct receive *r)
{
    enum err e = waiting_add(&q->waiting, r, r->until);

    if (!e)
        atomic_fetch_add(&q->manager->receivers, 1);
    return e;
}

static void take_out(struct queue *q, struct receive *r)
{
    waiting_remove(&q->waiting, r);
    atomic_fetch_sub(&q->manager->receivers, 1);
}

static void tell(struct receive *r, uint32_t status)
{
    const mqd_taken none = { 0 };

    r->done(r, status, &none, (struct buf){ 0 });
}

void receive_end_all(struct queue *q, const struct handle *h, uint32_t status)
{
    struct receive *r;

    do {
        pthread_mutex_lock(&q->lock);
        r = waiting_of(&q->waiting, h);
        if (r)
            take_out(q, r);
        pthread_mutex_unlock(&q->lock);
        if (r)
            tell(r, status);
    } while (r);
}

bool handle_receive_cancel(struct handle *h, struct receive *r)
{
    struct queue *q = h->queue;
    bool found;

    pthread_mutex_lock(&q->lock);
    found = r->line != NULL;
    r->cancelled = true; /* who is being served may have to ask again */
    if (found)
        take_out(q, r);
    pthread_mutex_unlock(&q->lock);
    if (found)
        tell(r, MQD_CANCELLED);
    return found;
}

/* The earliest of those that wait on. */
static uint64_t expire(struct queue *q, uint64_t now_ms)
{
    uint64_t earliest;
    struct receive *r;

    do {
        pthread_mutex_lock(&q->lock);
        r = waiting_over(&q->waiting, now_ms);
        if (r)
            take_out(q, r);
        earliest = waiting_earliest(&q->waiting);
        pthread_mutex_unlock(&q->lock);
        if (r)
            tell(r, MQD_TIMEOUT);
    } while (r);
    return earliest;
}

uint64_t receive_expire(struct manager *m, uint64_t now_ms)
{
    struct queue *q = atomic_load(&m->receivers) ? queue_after(m, 0) : NULL, *next;
    uint64_t first = UINT64_MAX, of_queue;

    for (; q; q = next) {
        of_queue = expire(q, now_ms);
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
    struct store_lease lease;
    struct store_entry entry;
};

/* The store's form: the UUID, and both numbers. A server of version 1.2 serves callers of 1.1. */
static bool is_wanted(const struct receive *r, const uint8_t interface[STORE_INTERFACE])
{
    struct reader in = reader_over(bytes_of(interface, STORE_INTERFACE));
    struct bytes uuid = reader_take(&in, sizeof r->interfaces->uuid);
    uint16_t major = reader_le16(&in), minor = reader_le16(&in);
    uint32_t i;

    for (i = 0; i < r->interface_count; i++)
        if (bytes_equal(uuid, bytes_of(r->interfaces[i].uuid, uuid.len)) &&
            r->interfaces[i].major == major && r->interfaces[i].minor >= minor)
            return true;
    return false;
}

static bool wants(void *arg, const uint8_t interface[STORE_INTERFACE])
{
    return is_wanted(arg, interface);
}

/* With the queue's lock. Adopts the entry; ret->entry has it. */
static void lend(struct handle *h, struct lease *l, struct gift *ret)
{
    const struct store_entry *e = &ret->entry;

    lease_add(h, l, e->file ? e->file_size : e->body.len);
    ret->lease = l->store;
    ret->taken = (mqd_taken){
        .lease = l->id, .until = l->until, .arrived = e->put, .deliveries = e->attempts
    };
    (void)snprintf((char *)ret->taken.submitter, sizeof ret->taken.submitter, "%.*s", MQD_TEXT - 1,
                   e->sender);
}

/* With the queue's lock. False: there is nothing for it. */
static bool take(struct queue *q, struct receive *r, struct gift *ret)
{
    struct lease *l = NULL;
    enum err e = lease_new(&l);

    *ret = (struct gift){ .status = MQD_OK };
    if (!e)
        e = store_take(q->manager->store, q->number, r->interface_count ? wants : NULL, r,
                       &l->store, &ret->entry);
    if (!e && l->store.grant) {
        lend(r->handle, l, ret);
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

/* With the queue's lock: what there is for it, or it waits and ret is MQD_BUSY. */
static void ask(struct queue *q, struct receive *r, struct gift *ret)
{
    bool room;

    *ret = (struct gift){ .status = check(r->handle) };
    if (!ret->status && r->cancelled)
        ret->status = MQD_CANCELLED;
    if (ret->status)
        return;
    room = receiver_has_room(r->handle->receiver);
    if (room && take(q, r, ret))
        return;
    if (r->wait_ms)
        ret->status = enlist(q, r) ? MQD_NO_MEMORY : MQD_BUSY;
    else
        ret->status = room ? MQD_TIMEOUT : MQD_TOO_MANY;
}

/* The rest of the message, while nobody is kept waiting. False: that one cannot be read. */
static bool complete(struct handle *h, struct gift *g)
{
    struct queue *q = h->queue;
    enum err e = store_take_body(q->manager->store, g->lease, &g->entry);
    struct lease_room room = { .size = 0 };
    struct lease *l = NULL;

    if (!e)
        return true;
    store_entry_done(&g->entry);
    pthread_mutex_lock(&q->lock);
    l = lease_end(h, g->taken.lease, &room);
    pthread_mutex_unlock(&q->lock);
    lease_took(h, room);
    mem_free(l);
    return false;
}

/* Told what there was for it, outside of all locks. False: it is to ask again. */
static bool give(struct receive *r, struct gift *g)
{
    const mqd_taken none = { 0 };

    if (!g->status && !complete(r->handle, g))
        return false;
    r->done(r, g->status, g->status ? &none : &g->taken, g->entry.body);
    return true;
}

/* Until it was told, or waits. */
static void serve(struct handle *h, struct receive *r)
{
    const uint64_t until = r->until; /* who waits may be told, and gone, at once */
    struct queue *q = h->queue;
    struct gift g;
    bool waits;

    do {
        pthread_mutex_lock(&q->lock);
        ask(q, r, &g);
        waits = g.status == MQD_BUSY;
        pthread_mutex_unlock(&q->lock);
    } while (!waits && !give(r, &g));
    if (waits)
        work_deadline(q->manager, until);
}

void handle_receive(struct handle *h, struct receive *r)
{
    r->handle = h;
    pthread_mutex_lock(&h->queue->lock);
    r->line = NULL;
    r->cancelled = false;
    pthread_mutex_unlock(&h->queue->lock);
    r->until = work_now_ms() + r->wait_ms;
    serve(h, r);
}

/* The next for whom there is something. */
static struct receive *next_served(struct queue *q, struct gift *ret)
{
    struct receive *r;
    bool served = false;

    pthread_mutex_lock(&q->lock);
    while (!served && (r = waiting_next(&q->waiting))) {
        if (!receiver_has_room(r->handle->receiver)) {
            waiting_pass(&q->waiting, r);
            continue;
        }
        served = take(q, r, ret);
        if (served)
            take_out(q, r);
        else
            waiting_nothing(&q->waiting, r);
    }
    pthread_mutex_unlock(&q->lock);
    return served ? r : NULL;
}

void receive_pump(struct queue *q)
{
    struct receive *r;
    struct gift gift;

    pthread_mutex_lock(&q->lock);
    waiting_round(&q->waiting);
    pthread_mutex_unlock(&q->lock);
    while ((r = next_served(q, &gift)) != NULL)
        if (!give(r, &gift))
            serve(r->handle, r);
}

/* A round of those who are given what there is may be under way: it is not this one's. */
static bool may_have(const struct receive *r, const void *interface)
{
    return (!r->interface_count || is_wanted(r, interface)) &&
           receiver_has_room(r->handle->receiver);
}

/* With the queue's lock. */
static enum err put_to(struct queue *q, const struct store_message *m, struct receive *r,
                       store_done_fn *done, void *arg, struct gift *ret)
{
    struct store_waiting to = { .wants = r->interface_count ? wants : NULL, .arg = r };
    struct lease *l = NULL;
    enum err e = lease_new(&l);

    *ret = (struct gift){ .status = MQD_BUSY };
    if (!e)
        e = store_put_to(q->manager->store, q->number, m, &to, done, arg);
    if (e || !to.lease.grant) {
        mem_free(l);
        return e;
    }
    *ret = (struct gift){ .status = MQD_OK, .entry = to.entry };
    ret->entry.m.sender = ret->entry.sender;
    l->store = to.lease;
    lend(r->handle, l, ret);
    take_out(q, r);
    return ERR_OK;
}

enum err receive_put(struct queue *q, const struct store_message *m, store_done_fn *done, void *arg)
{
    struct store *store = q->manager->store; /* the queue may be gone when m is on disk */
    struct gift gift = { .status = MQD_BUSY };
    struct receive *r = NULL;
    enum err e = ERR_OK;
    bool given;

    pthread_mutex_lock(&q->lock);
    if (m->body.len <= STORE_EARLY_MAX && !q->gone)
        r = waiting_longest(&q->waiting, may_have, m->interface);
    if (r)
        e = put_to(q, m, r, done, arg, &gift);
    pthread_mutex_unlock(&q->lock);
    if (!r)
        return store_put(store, q->number, m, done, arg);
    if (gift.status)
        return e;
    given = give(r, &gift);
    store_go_on(store);
    if (!given)
        serve(r->handle, r);
    return e;
}

void receive_pump_all(struct manager *m)
{
    struct queue *q = queue_after(m, 0), *next;

    for (; q; q = next) {
        next = queue_after(m, q->number);
        work_pump(m, q);
    }
    work_wake(m);
}

/* ---- what became of them ---- */

uint32_t handle_begin(struct handle *h, uint64_t lease)
{
    struct queue *q = h->queue;
    struct lease_room room = { .size = 0 };
    struct lease *l;
    enum err e;

    pthread_mutex_lock(&q->lock);
    l = lease_of(h, lease);
    e = l ? store_begin(q->manager->store, l->store) : ERR_NOT_FOUND;
    if (e == ERR_NOT_FOUND) /* what there may be of it is another's */
        mem_free(lease_end(h, lease, &room));
    else
        room = lease_read(l);
    pthread_mutex_unlock(&q->lock);
    lease_took(h, room);
    if (e == ERR_NOT_FOUND || e == ERR_INVALID_HANDLE)
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
        store_return(m->store, l);
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
    struct lease_room room = { .size = 0 };
    struct lease *l = NULL;
    enum err e = ERR_OK;

    if (o) {
        *o = (struct outcome){
            .item = { .run = tell_outcome }, .manager = q->manager, .done = done, .arg = arg
        };
        pthread_mutex_lock(&q->lock);
        l = lease_end(h, lease, &room);
        pthread_mutex_unlock(&q->lock);
    }
    lease_took(h, room);
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
