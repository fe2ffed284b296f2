/* SPDX-License-Identifier: Apache-2.0
 * queue.c - the table of queues, by name and by number.
 */
#include "queue/manager/queue.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "transport/queued.h"

/* The store's own: their contents are their queues' owners' business, one by one. */
static const char own_access[] = "D:(A;;GA;;;OW)";

/* ---- one queue ---- */

static void queue_free(struct queue *q)
{
    waiting_done(&q->waiting);
    queue_settings_done(&q->settings);
    pthread_mutex_destroy(&q->lock);
    mem_free(q);
}

void queue_unref(struct queue *q)
{
    struct manager *m = q->manager;
    bool last;

    pthread_mutex_lock(&m->lock);
    last = --q->refs == 0;
    pthread_mutex_unlock(&m->lock);
    if (last)
        queue_free(q);
}

/* Takes settings over, if it succeeds. */
static struct queue *queue_new(struct manager *m, const char *name, uint32_t number,
                               struct settings *settings)
{
    struct queue *q = mem_zero(sizeof *q);

    if (!q)
        return NULL;
    q->manager = m;
    q->number = number;
    q->own = name[0] == '$';
    q->refs = 1;
    (void)snprintf(q->name, sizeof q->name, "%s", name);
    pthread_mutex_init(&q->lock, NULL);
    q->settings = *settings;
    *settings = (struct settings){ .journal = 0 };
    return q;
}

bool queue_grants(const struct queue *q, const struct access_who *who, uint32_t wanted)
{
    return access_granted(buf_view(q->settings.descriptor), who, wanted) ||
           manager_grants(q->manager, who, wanted);
}

bool queue_allows(struct queue *q, const struct access_who *who, uint32_t wanted)
{
    bool may;

    pthread_mutex_lock(&q->lock);
    may = queue_grants(q, who, wanted);
    pthread_mutex_unlock(&q->lock);
    return may;
}

/* ---- the table ---- */

/* For one more, so that its insertion cannot fail. By who has the lock of changes, or is alone. */
static enum err make_room(struct manager *m)
{
    uint32_t room = m->queue_room ? m->queue_room * 2 : 64;
    enum err e = ERR_OK;
    struct queue **more;

    pthread_mutex_lock(&m->lock);
    if (m->queue_count == m->queue_room) {
        more = mem_resize(m->by_number, room * sizeof(struct queue *));
        if (more) {
            m->by_number = more;
            m->queue_room = room;
        } else {
            e = ERR_NO_MEMORY;
        }
    }
    pthread_mutex_unlock(&m->lock);
    return e;
}

/* With the manager's lock: of the first one of that number or a greater one. */
static uint32_t place_of(const struct manager *m, uint64_t number)
{
    uint32_t low = 0, high = m->queue_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (m->by_number[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* With the manager's lock. */
static void insert(struct queue *q)
{
    struct manager *m = q->manager;
    struct queue **at = &m->queues, **place = m->by_number + place_of(m, q->number);

    while (*at && strcmp((*at)->name, q->name) < 0)
        at = &(*at)->next;
    q->next = *at;
    *at = q;
    memmove(place + 1, place, (size_t)(m->by_number + m->queue_count - place) * sizeof *place);
    *place = q;
    m->queue_count++;
}

static void take_out(struct queue *q)
{
    struct manager *m = q->manager;
    struct queue **at = &m->queues, **place = m->by_number + place_of(m, q->number);

    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    m->queue_count--;
    memmove(place, place + 1, (size_t)(m->by_number + m->queue_count - place) * sizeof *place);
}

/* With the manager's lock. */
static struct queue *with_ref(struct queue *q)
{
    if (q)
        q->refs++;
    return q;
}

struct queue *queue_find(struct manager *m, const char *name)
{
    struct queue *q;

    pthread_mutex_lock(&m->lock);
    for (q = m->queues; q && strcmp(q->name, name) != 0; q = q->next)
        continue;
    with_ref(q);
    pthread_mutex_unlock(&m->lock);
    return q;
}

/* With a reference; NULL: there is none of that number, or more. */
static struct queue *from_number(struct manager *m, uint64_t number)
{
    struct queue *q;
    uint32_t place;

    pthread_mutex_lock(&m->lock);
    place = place_of(m, number);
    q = with_ref(place < m->queue_count ? m->by_number[place] : NULL);
    pthread_mutex_unlock(&m->lock);
    return q;
}

struct queue *queue_of_number(struct manager *m, uint32_t number)
{
    struct queue *q = from_number(m, number);

    if (q && q->number != number) {
        queue_unref(q);
        q = NULL;
    }
    return q;
}

struct queue *queue_after(struct manager *m, uint32_t number)
{
    return from_number(m, (uint64_t)number + 1);
}

/* ---- made and removed ---- */

static uint32_t owned_by(struct manager *m, const char *owner)
{
    struct queue *q;
    uint32_t n = 0;

    pthread_mutex_lock(&m->lock);
    for (q = m->queues; q; q = q->next)
        n += strcmp(q->settings.owner, owner) == 0; /* which never changes */
    pthread_mutex_unlock(&m->lock);
    return n;
}

/* With the lock of changes. */
static uint32_t create(struct manager *m, const char *name, struct settings *settings,
                       struct queue **ret)
{
    struct buf attributes = { 0 };
    struct queue *q = queue_new(m, name, 0, settings);
    enum err e = q ? make_room(m) : ERR_NO_MEMORY;

    if (!e)
        e = queue_settings_write(&q->settings, &attributes);
    if (!e) {
        struct store_settings kept = q->settings.store;

        kept.attributes = buf_view(attributes);
        e = store_queue_create(m->store, name, &kept, &q->number);
    }
    buf_free(&attributes);
    if (e) {
        if (q)
            queue_free(q);
        return manager_status(m, e);
    }
    pthread_mutex_lock(&m->lock);
    insert(q);
    *ret = with_ref(q);
    pthread_mutex_unlock(&m->lock);
    return MQD_OK;
}

uint32_t queue_create(struct manager *m, const char *name, struct settings *settings,
                      struct queue **ret)
{
    uint32_t status;

    if (queued_name_check(name))
        return MQD_INVALID;
    pthread_mutex_lock(&m->change);
    *ret = queue_find(m, name);
    if (*ret)
        status = MQD_EXISTS;
    else if (m->how.config->queues_of_account &&
             owned_by(m, settings->owner) >= m->how.config->queues_of_account)
        status = MQD_TOO_MANY;
    else
        status = create(m, name, settings, ret);
    pthread_mutex_unlock(&m->change);
    return status;
}

uint32_t queue_delete(struct queue *q)
{
    struct manager *m = q->manager;
    enum err e = ERR_OK;
    bool gone;

    pthread_mutex_lock(&q->lock);
    gone = q->gone;
    q->gone = true; /* nothing is put into it any more */
    pthread_mutex_unlock(&q->lock);
    if (!gone)
        e = store_queue_delete(m->store, q->number);
    if (e) {
        pthread_mutex_lock(&q->lock);
        q->gone = false;
        pthread_mutex_unlock(&q->lock);
    } else if (!gone) {
        receive_end_all(q, NULL, MQD_NO_QUEUE);
        pthread_mutex_lock(&m->lock);
        take_out(q);
        pthread_mutex_unlock(&m->lock);
        queue_unref(q); /* the list's */
    }
    return gone ? MQD_NO_QUEUE : manager_status(m, e);
}

/* ---- those there are ---- */

static enum err own_settings(struct manager *m, const struct store_settings *stored,
                             struct settings *ret)
{
    struct settings s = { .store = *stored };
    enum err e;

    s.store.attributes = (struct bytes){ 0 };
    (void)snprintf(s.owner, sizeof s.owner, "%s", m->how.account);
    (void)snprintf(s.access, sizeof s.access, "%s", own_access);
    e = access_descriptor_new(s.access, s.owner, &s.descriptor);
    if (!e)
        *ret = s;
    return e;
}

static enum err load(struct manager *m, const char *name, uint32_t number,
                     const struct store_settings *stored, struct bytes attributes)
{
    struct settings settings = { .journal = 0 };
    struct queue *q;
    enum err e;

    if (name[0] == '$')
        e = own_settings(m, stored, &settings);
    else
        e = queue_settings_read(stored, attributes, &settings);
    if (e == ERR_MALFORMED || e == ERR_TRUNCATED || e == ERR_INVALID_PARAMETER) {
        /* Nobody but administrators may do anything with it: they give it a new list. */
        if (m->how.tell)
            m->how.tell("what a queue's owner and access are cannot be read: it is the manager's");
        e = own_settings(m, stored, &settings);
    }
    if (e)
        return e;
    q = make_room(m) ? NULL : queue_new(m, name, number, &settings);
    if (!q) {
        queue_settings_done(&settings);
        return ERR_NO_MEMORY;
    }
    pthread_mutex_lock(&m->lock); /* the store's thread is there already, and asks for queues */
    insert(q);
    pthread_mutex_unlock(&m->lock);
    return ERR_OK;
}

enum err queue_load_all(struct manager *m)
{
    char name[STORE_NAME_MAX + 1];
    uint32_t number = 0;
    enum err e = ERR_OK;

    while (!e) {
        struct store_settings stored = { .strict = false };
        struct buf attributes = { 0 };

        e = store_queue_next(m->store, number, &number, name, &stored, &attributes);
        if (!e)
            e = load(m, name, number, &stored, buf_view(attributes));
        buf_free(&attributes);
    }
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}
