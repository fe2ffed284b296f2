/* SPDX-License-Identifier: Apache-2.0
 * handle.c - queues opened by programs, and closed, by whatever end the program takes.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "queue/manager/queue.h"

static const mqd_settings nothing_given;

void handle_ref(struct handle *h)
{
    atomic_fetch_add(&h->refs, 1);
}

void handle_unref(struct handle *h)
{
    if (atomic_fetch_sub(&h->refs, 1) != 1)
        return;
    receiver_unref(&h->queue->manager->receivers_known, h->receiver);
    queue_unref(h->queue);
    access_who_done(&h->who);
    mem_free(h);
}

/* ---- opening ---- */

/* Makes it, where there is none; *ret_made. */
static uint32_t make(struct manager *m, const struct access_who *who,
                     const struct manager_open *how, struct queue **ret, bool *ret_made)
{
    struct settings settings = { .journal = 0 };
    uint32_t status;

    if (!manager_grants(m, who, ACCESS_CREATE) ||
        !manager_grants_limits(m, who, how->given, how->settings ? how->settings : &nothing_given))
        return MQD_DENIED;
    status = queue_settings_new(m->how.config, who->text, how->given,
                                how->settings ? how->settings : &nothing_given, &settings);
    if (status)
        return status;
    settings.store.temporary = how->flags & MQD_TEMPORARY;
    status = queue_create(m, how->name, &settings, ret);
    queue_settings_done(&settings);
    *ret_made = status == MQD_OK;
    return status == MQD_EXISTS ? MQD_OK : status;
}

/* What an opener wants of a queue that was there. */
static uint32_t adapt(struct manager *m, const struct access_who *who,
                      const struct manager_open *how, struct queue *q)
{
    if (!(how->given & MQD_SET_ACCESS) || how->flags & MQD_KEEP_ACCESS ||
        !(how->flags & MQD_CREATE))
        return MQD_OK;
    return manager_set(m, who, q->name, MQD_SET_ACCESS, how->settings);
}

static uint32_t attach(struct manager *m, struct queue *q, uint32_t uid, uint32_t access,
                       struct handle **ret)
{
    struct handle *h = mem_zero(sizeof *h);
    bool gone;

    if (h)
        h->receiver = receiver_of(&m->receivers_known, uid);
    if (!h || !h->receiver) {
        mem_free(h);
        return MQD_NO_MEMORY;
    }
    atomic_init(&h->refs, 1);
    h->queue = q;
    h->access = access;
    pthread_mutex_lock(&q->lock);
    gone = q->gone;
    q->handles += !gone;
    pthread_mutex_unlock(&q->lock);
    if (gone) {
        receiver_unref(&m->receivers_known, h->receiver);
        mem_free(h);
        return MQD_NO_QUEUE;
    }
    atomic_fetch_add(&m->handles, 1);
    *ret = h;
    return MQD_OK;
}

/* It is another's for as long as he likes; what is to stay is not put there. */
static bool goes_away(struct queue *q, uint32_t flags)
{
    bool temporary;

    pthread_mutex_lock(&q->lock);
    temporary = q->settings.store.temporary;
    pthread_mutex_unlock(&q->lock);
    return temporary && flags & MQD_CREATE && !(flags & MQD_TEMPORARY);
}

uint32_t manager_open(struct manager *m, struct access_who *who, const struct manager_open *how,
                      struct handle **ret)
{
    struct queue *q = queue_find(m, how->name);
    struct handle *h = NULL;
    bool made = false;
    uint32_t status = atomic_load(&m->stopped) ? MQD_STOPPING : MQD_OK;

    if (!status && !q)
        status = how->flags & MQD_CREATE ? make(m, who, how, &q, &made) : MQD_NO_QUEUE;
    if (!status && !made && goes_away(q, how->flags))
        status = MQD_EXISTS;
    if (!status && !made)
        status = adapt(m, who, how, q);
    if (!status && how->flags & MQD_CLEAR && !(how->access & ACCESS_DELETE))
        status = MQD_INVALID;
    if (!status && (q->own || !queue_allows(q, who, how->access)))
        status = MQD_DENIED;
    if (!status && how->flags & MQD_CLEAR && !made)
        status = manager_purge(m, who, how->name);
    if (!status)
        status = attach(m, q, who->uid, how->access, &h);
    if (status) {
        if (made && how->flags & MQD_TEMPORARY)
            (void)queue_delete(q); /* nobody would */
        if (q)
            queue_unref(q);
        return status;
    }
    h->removes = made && how->flags & MQD_TEMPORARY;
    h->who = *who;
    *who = (struct access_who){ 0 };
    *ret = h;
    return MQD_OK;
}

void handle_tell(struct handle *h, mqd_opened *ret)
{
    struct queue *q = h->queue;

    *ret = (mqd_opened){ { 0 }, { 0 } };
    pthread_mutex_lock(&q->lock);
    (void)snprintf((char *)ret->owner, sizeof ret->owner, "%s", q->settings.owner);
    pthread_mutex_unlock(&q->lock);
    (void)snprintf((char *)ret->manager, sizeof ret->manager, "%s", q->manager->how.account);
}

const struct access_who *handle_who(const struct handle *h)
{
    return &h->who;
}

/* ---- closing ---- */

void handle_close(struct handle *h)
{
    struct queue *q = h->queue;

    pthread_mutex_lock(&q->lock);
    h->closed = true;
    q->handles--;
    pthread_mutex_unlock(&q->lock);
    atomic_fetch_sub(&q->manager->handles, 1);
    receive_end_all(q, h, MQD_CANCELLED);
    lease_end_all(h);
    if (h->removes)
        (void)queue_delete(q);
    handle_unref(h);
}
