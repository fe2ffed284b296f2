/* SPDX-License-Identifier: Apache-2.0
 * transaction.c - messages executed in a transaction, and which a process sends in which.
 *
 * A process names the transaction by its lease, which is no secret: it must be of an account of its
 * own, which could send the same message outside of it as well.
 */
#include "queue/manager/queue.h"

void lease_join(struct manager *m, struct lease *l, uint32_t uid)
{
    pthread_mutex_lock(&m->transactions);
    if (!l->joint) {
        l->joint = true;
        l->uid = uid;
        l->beside = m->joint;
        m->joint = l;
    }
    pthread_mutex_unlock(&m->transactions);
}

void lease_part(struct manager *m, struct lease *l)
{
    struct lease **at = &m->joint;

    pthread_mutex_lock(&m->transactions);
    while (l->joint && *at != l)
        at = &(*at)->beside;
    if (l->joint)
        *at = l->beside;
    l->joint = false;
    pthread_mutex_unlock(&m->transactions);
}

bool lease_find(struct manager *m, uint64_t id, uint32_t uid, struct store_lease *ret)
{
    const struct lease *l;

    pthread_mutex_lock(&m->transactions);
    for (l = m->joint; l && (l->id != id || l->uid != uid); l = l->beside)
        continue;
    if (l)
        *ret = l->store;
    pthread_mutex_unlock(&m->transactions);
    return l;
}

/* ---- the begin ---- */

struct begin {
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool done;
    enum err err;
};

static void on_begun(void *arg, enum err e)
{
    struct begin *b = arg;

    pthread_mutex_lock(&b->lock);
    b->done = true;
    b->err = e;
    pthread_cond_signal(&b->over);
    pthread_mutex_unlock(&b->lock);
}

/* e: of the start. */
static enum err wait_end(struct begin *b, enum err e)
{
    pthread_mutex_lock(&b->lock);
    while (!e && !b->done)
        pthread_cond_wait(&b->over, &b->lock);
    pthread_mutex_unlock(&b->lock);
    pthread_cond_destroy(&b->over);
    pthread_mutex_destroy(&b->lock);
    return e ? e : b->err;
}

uint32_t handle_begin_transaction(struct handle *h, uint64_t lease)
{
    struct queue *q = h->queue;
    struct begin b = { .done = false };
    enum err e = ERR_NOT_FOUND;
    struct lease_room room = { .size = 0 };
    struct lease *l;

    pthread_mutex_init(&b.lock, NULL);
    pthread_cond_init(&b.over, NULL);
    pthread_mutex_lock(&q->lock);
    l = lease_of(h, lease);
    if (l)
        e = store_begin_transaction(q->manager->store, l->store, on_begun, &b);
    if (!e) {
        lease_join(q->manager, l, h->who.uid);
        room = lease_read(l);
    }
    pthread_mutex_unlock(&q->lock);
    lease_took(h, room);
    e = wait_end(&b, e);
    return e == ERR_NOT_FOUND ? MQD_NO_LEASE : manager_status(q->manager, e);
}
