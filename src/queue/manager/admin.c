/* SPDX-License-Identifier: Apache-2.0
 * admin.c - what an operator asks for: queues listed, made, changed, emptied; dead letters looked
 * at and tried again.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "queue/manager/queue.h"

enum { LOOKED_AT_MOST = 256 }; /* messages of one call that are not to be told */

/* ---- waiting for the store ---- */

void wait_done(void *arg, enum err e)
{
    struct wait *w = arg;

    pthread_mutex_lock(&w->lock);
    w->done = true;
    w->err = e;
    pthread_cond_signal(&w->over);
    pthread_mutex_unlock(&w->lock);
}

void wait_begin(struct wait *w)
{
    *w = (struct wait){ .done = false };
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->over, NULL);
}

enum err wait_over(struct wait *w, enum err e)
{
    pthread_mutex_lock(&w->lock);
    while (!e && !w->done)
        pthread_cond_wait(&w->over, &w->lock);
    pthread_mutex_unlock(&w->lock);
    pthread_cond_destroy(&w->over);
    pthread_mutex_destroy(&w->lock);
    return e ? e : w->err;
}

/* ---- telling ---- */

static uint32_t figures_of(struct queue *q, mqd_figures *ret)
{
    struct store_stats s = { .messages = 0 };
    uint32_t status = manager_status(q->manager, store_stats(q->manager->store, q->number, &s));

    *ret = (mqd_figures){ .messages = s.messages,
                          .bytes = s.octets,
                          .taken = s.taken,
                          .delayed = s.delayed,
                          .express = s.express,
                          .held = s.held,
                          .accepted = s.put,
                          .executed = s.delivered,
                          .failed = s.failed,
                          .dead = s.dead,
                          .expired = s.expired,
                          .purged = s.purged,
                          .dropped = s.dropped };
    return status;
}

static uint32_t tell_queue(struct queue *q, mqd_info *ret)
{
    mqd_info info = { .owner = { 0 } };
    uint32_t status = figures_of(q, &info.figures);

    pthread_mutex_lock(&q->lock);
    (void)snprintf((char *)info.name, sizeof info.name, "%s", q->name);
    (void)snprintf((char *)info.owner, sizeof info.owner, "%s", q->settings.owner);
    queue_settings_tell(&q->settings, &info.settings);
    info.figures.receivers = (uint32_t)waiting_count(&q->waiting);
    info.figures.handles = q->handles;
    if (q->gone)
        status = MQD_NO_QUEUE;
    pthread_mutex_unlock(&q->lock);
    if (!status)
        *ret = info;
    return status;
}

/* The next by name, with a reference. */
static struct queue *behind(struct manager *m, const char *name)
{
    struct queue *q;

    pthread_mutex_lock(&m->lock);
    for (q = m->queues; q && strcmp(q->name, name) <= 0; q = q->next)
        continue;
    if (q)
        q->refs++;
    pthread_mutex_unlock(&m->lock);
    return q;
}

uint32_t manager_list(struct manager *m, const struct access_who *who, const char *after,
                      uint32_t most, mqd_info *infos, uint32_t *ret_count)
{
    struct queue *q = behind(m, after), *next;
    uint32_t n = 0, status = MQD_OK;

    for (; q && n < most && !status; q = next) {
        if (queue_allows(q, who, ACCESS_SHOW)) {
            status = tell_queue(q, &infos[n]);
            n += status == MQD_OK;
            if (status == MQD_NO_QUEUE)
                status = MQD_OK;
        }
        next = behind(m, q->name);
        queue_unref(q);
    }
    if (q)
        queue_unref(q);
    *ret_count = n;
    return status ? status : n ? MQD_OK : MQD_NO_MORE;
}

/* With a reference, if who has that right to it. */
static uint32_t find(struct manager *m, const struct access_who *who, const char *name,
                     uint32_t right, struct queue **ret)
{
    struct queue *q = queue_find(m, name);

    if (!q)
        return MQD_NO_QUEUE;
    if (!queue_allows(q, who, right)) {
        queue_unref(q);
        return MQD_DENIED;
    }
    *ret = q;
    return MQD_OK;
}

uint32_t manager_show(struct manager *m, const struct access_who *who, const char *name,
                      mqd_info *ret)
{
    struct queue *q = NULL;
    uint32_t status = find(m, who, name, ACCESS_SHOW, &q);

    if (status)
        return status;
    status = tell_queue(q, ret);
    queue_unref(q);
    return status;
}

uint32_t manager_stats(struct manager *m, const struct access_who *who, mqd_stats *ret)
{
    if (!manager_grants(m, who, ACCESS_SHOW))
        return MQD_DENIED;
    *ret = (mqd_stats){ .began = m->began,
                        .turned_away = atomic_load(&m->turned_away),
                        .bytes = atomic_load(&m->bytes),
                        .bytes_most = m->how.config->store_bytes,
                        .handles = atomic_load(&m->handles),
                        .receivers = atomic_load(&m->receivers) };
    pthread_mutex_lock(&m->lock);
    ret->queues = m->queue_count;
    pthread_mutex_unlock(&m->lock);
    return MQD_OK;
}

/* ---- changing ---- */

uint32_t manager_create(struct manager *m, const struct access_who *who, const char *name,
                        uint32_t given, const mqd_settings *from)
{
    struct settings settings = { .journal = 0 };
    struct queue *q = NULL;
    uint32_t status;

    if (!manager_grants(m, who, ACCESS_CREATE) || !manager_grants_limits(m, who, given, from))
        return MQD_DENIED;
    status = queue_settings_new(m->how.config, who->text, given, from, &settings);
    if (!status)
        status = queue_create(m, name, &settings, &q);
    queue_settings_done(&settings);
    if (q)
        queue_unref(q);
    return status;
}

static enum err keep(struct queue *q, const struct settings *settings)
{
    struct store_settings kept = settings->store;
    struct buf attributes = { 0 };
    enum err e = queue_settings_write(settings, &attributes);

    if (!e) {
        kept.attributes = buf_view(attributes);
        e = store_queue_set(q->manager->store, q->number, &kept);
    }
    buf_free(&attributes);
    return e;
}

/* With the lock of changes, so that two do not lose each other's. */
static uint32_t change(struct queue *q, uint32_t given, const mqd_settings *from)
{
    struct settings settings = { .journal = 0 };
    struct buf old;
    uint32_t status;

    pthread_mutex_lock(&q->lock);
    status = q->gone ? MQD_NO_QUEUE : queue_settings_change(&q->settings, given, from, &settings);
    pthread_mutex_unlock(&q->lock);
    if (!status)
        status = manager_status(q->manager, keep(q, &settings));
    if (status == MQD_NO_MESSAGE) /* as the store says of a queue that is going */
        status = MQD_NO_QUEUE;
    if (!status) {
        pthread_mutex_lock(&q->lock);
        old = q->settings.descriptor;
        q->settings = settings;
        settings.descriptor = old;
        pthread_mutex_unlock(&q->lock);
    }
    queue_settings_done(&settings);
    return status;
}

uint32_t manager_set(struct manager *m, const struct access_who *who, const char *name,
                     uint32_t given, const mqd_settings *settings)
{
    const uint32_t list = given & MQD_SET_ACCESS ? RIGHT_WRITE_DAC : 0;
    const uint32_t rest = given & ~(uint32_t)MQD_SET_ACCESS ? ACCESS_SET : 0;
    struct queue *q = NULL;
    uint32_t status = find(m, who, name, list | rest, &q);

    if (!status && !manager_grants_limits(m, who, given, settings)) {
        queue_unref(q);
        status = MQD_DENIED;
    }
    if (status)
        return status;
    pthread_mutex_lock(&m->change);
    status = q->own ? MQD_INVALID : change(q, given, settings);
    pthread_mutex_unlock(&m->change);
    queue_unref(q);
    return status;
}

uint32_t manager_delete(struct manager *m, const struct access_who *who, const char *name,
                        bool with_messages)
{
    struct queue *q = NULL;
    struct store_stats s = { .messages = 0 };
    uint32_t status = find(m, who, name, ACCESS_DELETE_QUEUE, &q);

    if (status)
        return status;
    if (q->own)
        status = MQD_INVALID;
    else
        status = manager_status(m, store_stats(m->store, q->number, &s));
    if (!status && s.messages && !with_messages)
        status = MQD_NOT_EMPTY;
    if (!status)
        status = queue_delete(q);
    queue_unref(q);
    return status;
}

uint32_t manager_purge(struct manager *m, const struct access_who *who, const char *name)
{
    struct queue *q = NULL;
    struct wait w;
    uint32_t status = find(m, who, name, ACCESS_DELETE, &q);

    if (status)
        return status;
    wait_begin(&w);
    status = manager_status(m, wait_over(&w, store_purge(m->store, q->number, wait_done, &w)));
    queue_unref(q);
    return status;
}

/* ---- single messages ---- */

/* What is in a queue of the store's is its own queue's owner's as well, if there is one. */
static bool may_see(struct manager *m, const struct access_who *who, struct queue *q,
                    const struct store_entry *e, uint32_t right)
{
    struct queue *of = NULL;
    bool may = queue_allows(q, who, right);

    if (!may && q->own && e->from[0])
        of = queue_find(m, e->from);
    if (of) {
        may = queue_allows(of, who, right);
        queue_unref(of);
    }
    return may;
}

static uint32_t describe(struct store_entry *e, mqd_seen *seen, struct buf *ret_head)
{
    struct message_facts f = { .body = 0 };

    *seen = (mqd_seen){ .arrived = e->put,
                        .expires = e->m.expires,
                        .size = e->body.len,
                        .deliveries = e->attempts,
                        .reason = e->reason,
                        .priority = e->m.priority,
                        .express = e->m.delivery == STORE_EXPRESS,
                        .held = e->held };
    memcpy(seen->id, e->m.id, sizeof seen->id);
    (void)snprintf((char *)seen->from, sizeof seen->from, "%s", e->from);
    (void)snprintf((char *)seen->submitter, sizeof seen->submitter, "%.*s", MQD_TEXT - 1,
                   e->sender);
    if (facts_read(buf_view(e->body), &f)) /* a damaged one is shown by what is around it */
        f.head = bytes_of("", 1);
    return buf_copy(f.head, ret_head) ? MQD_NO_MEMORY : MQD_OK;
}

/* The same message with its body, of one that may be told; it may have gone meanwhile. */
static uint32_t tell_whole(struct manager *m, struct queue *q, uint64_t number, mqd_seen *seen,
                           struct buf *ret_head)
{
    struct store_entry e;
    enum err err = store_peek(m->store, q->number, number - 1, true, &e);
    uint32_t status;

    if (err)
        return err == ERR_NOT_FOUND ? MQD_NO_MESSAGE : manager_status(m, err);
    status = e.number == number ? describe(&e, seen, ret_head) : MQD_NO_MESSAGE;
    store_entry_done(&e);
    return status;
}

/* Whether the walk has come to an end: by an error, or by a message to tell. Bodies of others are
 * not read. */
static bool look(struct manager *m, const struct access_who *who, struct queue *q, const char *from,
                 uint64_t *cursor, mqd_seen *seen, struct buf *ret_head, uint32_t *status)
{
    struct store_entry e;
    enum err err = store_peek(m->store, q->number, *cursor, false, &e);
    bool tell;

    if (err) {
        *status = err == ERR_NOT_FOUND ? MQD_NO_MORE : manager_status(m, err);
        return true;
    }
    *cursor = e.number;
    tell = (!*from || strcmp(from, e.from) == 0) &&
           may_see(m, who, q, &e, q->own ? ACCESS_PEEK | ACCESS_JOURNAL : ACCESS_PEEK);
    store_entry_done(&e);
    if (tell)
        *status = tell_whole(m, q, *cursor, seen, ret_head);
    if (*status != MQD_NO_MESSAGE)
        return tell;
    *status = MQD_OK;
    return false;
}

uint32_t manager_peek(struct manager *m, const struct access_who *who, const char *name,
                      const char *from, uint64_t *cursor, mqd_seen *ret_seen, struct buf *ret_head)
{
    struct queue *q = queue_find(m, name);
    uint32_t status = q ? MQD_OK : MQD_NO_QUEUE;
    int n = 0;

    *ret_seen = (mqd_seen){ .arrived = 0 };
    if (!status && !q->own && !queue_allows(q, who, ACCESS_PEEK))
        status = MQD_DENIED;
    while (!status && n++ < LOOKED_AT_MOST &&
           !look(m, who, q, from, cursor, ret_seen, ret_head, &status))
        continue;
    if (q)
        queue_unref(q);
    return status;
}

/* Of the queue that the message itself is for. */
static struct queue *queue_for(struct manager *m, struct bytes message)
{
    char name[STORE_NAME_MAX + 1];
    struct message_facts f;

    if (facts_read(message, &f) || f.queue.len > STORE_NAME_MAX)
        return NULL;
    (void)snprintf(name, sizeof name, "%.*s", (int)f.queue.len, (const char *)f.queue.ptr);
    return queue_find(m, name);
}

uint32_t entry_find(struct manager *m, const struct access_who *who, const char *name,
                    uint64_t number, uint32_t right, struct store_entry *ret, struct queue **ret_q)
{
    struct queue *q = queue_find(m, name);
    uint32_t status = !q ? MQD_NO_QUEUE : !q->own || !number ? MQD_INVALID : MQD_OK;
    struct store_entry e;
    enum err err;

    if (!status) {
        err = store_peek(m->store, q->number, number - 1, true, &e);
        status = err == ERR_NOT_FOUND ? MQD_NO_MESSAGE : manager_status(m, err);
        if (!err && e.number != number)
            status = MQD_NO_MESSAGE;
        if (!status && !may_see(m, who, q, &e, right))
            status = MQD_DENIED;
        if (!err && status)
            store_entry_done(&e);
    }
    if (status) {
        if (q)
            queue_unref(q);
        return status;
    }
    *ret = e;
    *ret_q = q;
    return MQD_OK;
}

static uint32_t move(struct manager *m, struct queue *q, const struct store_entry *e)
{
    struct queue *to = queue_for(m, buf_view(e->body));
    struct wait w;
    uint32_t status;

    if (!to)
        return MQD_NO_QUEUE;
    wait_begin(&w);
    status = manager_status(
        m, wait_over(&w, store_move(m->store, q->number, e->number, to->number, wait_done, &w)));
    queue_unref(to);
    return status;
}

uint32_t manager_move(struct manager *m, const struct access_who *who, const char *name,
                      uint64_t number)
{
    struct store_entry e;
    struct queue *q = NULL;
    uint32_t status;

    pthread_mutex_lock(&m->letters); /* as a replay: a letter is one of the two */
    status = entry_find(m, who, name, number, ACCESS_PEEK | ACCESS_JOURNAL, &e, &q);
    if (!status) {
        status = move(m, q, &e);
        store_entry_done(&e);
        queue_unref(q);
    }
    pthread_mutex_unlock(&m->letters);
    return status;
}
