/* SPDX-License-Identifier: Apache-2.0
 * executed.c - see executed.h: what is in memory, and who writes for whom.
 */
#include "queue/executed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "crypto/random.h"
#include "queue/executed_state.h"

#define HOUR (60 * 60 * QUEUE_SECOND)

static uint32_t hour_at(uint64_t expires)
{
    uint64_t hour = expires / HOUR;

    return hour < UINT32_MAX ? (uint32_t)hour : UINT32_MAX;
}

static bool over(const struct queue_executed *e, uint32_t hour, uint64_t now)
{
    uint64_t end = (uint64_t)hour * HOUR + HOUR;

    return end <= UINT64_MAX - e->skew && end + e->skew < now;
}

/* Where the hour is, or would be. */
static size_t place_of(const struct queue_executed *e, uint32_t hour)
{
    size_t from = 0, to = e->hour_count;

    while (from < to) {
        size_t mid = from + (to - from) / 2;

        if (e->hours[mid]->hour < hour)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static bool more_hours(struct queue_executed *e)
{
    size_t cap = e->hour_cap ? 2 * e->hour_cap : 32;
    struct executed_hour **grown;

    if (e->hour_count < e->hour_cap)
        return true;
    grown = mem_resize(e->hours, cap * sizeof(*grown));
    if (!grown)
        return false;
    e->hours = grown;
    e->hour_cap = cap;
    return true;
}

struct executed_hour *queue_executed_hour_of(struct queue_executed *e, uint32_t hour, bool make)
{
    size_t at = place_of(e, hour);
    struct executed_hour *h;

    if (at < e->hour_count && e->hours[at]->hour == hour)
        return e->hours[at];
    if (!make || !more_hours(e))
        return NULL;
    h = mem_zero(sizeof *h);
    if (!h)
        return NULL;
    h->hour = h->read.hour = hour;
    memmove(e->hours + at + 1, e->hours + at, (e->hour_count - at) * sizeof(*e->hours));
    e->hours[at] = h;
    e->hour_count++;
    return h;
}

enum err queue_executed_hour_add(struct queue_executed *e, struct executed_hour *h,
                                 const uint8_t mark[QUEUE_MARK])
{
    size_t before = h->set.cap;
    enum err err = queue_mark_set_add(&h->set, queue_mark_hash(e->key, mark), e->memory - e->taken);

    e->taken += (h->set.cap - before) * sizeof(uint64_t);
    return err;
}

static void drop_hour(struct queue_executed *e, size_t at)
{
    struct executed_hour *h = e->hours[at];

    e->taken -= h->set.cap * sizeof(uint64_t);
    queue_mark_set_free(&h->set);
    mem_free(h);
    e->hour_count--;
    memmove(e->hours + at, e->hours + at + 1, (e->hour_count - at) * sizeof(*e->hours));
}

/* While it is opened, by one thread. */
static enum err load(struct queue_executed *e, uint32_t hour)
{
    struct executed_hour *h;

    if (over(e, hour, e->opened)) {
        queue_executed_file_remove(e, hour);
        e->removed++;
        return ERR_OK;
    }
    h = queue_executed_hour_of(e, hour, true);
    return h ? queue_executed_file_catch_up(e, h) : ERR_NO_MEMORY;
}

static void report(struct queue_executed *e, struct queue_executed_report *ret)
{
    size_t i;

    ret->removed = e->removed;
    for (i = 0; i < e->hour_count; i++) {
        const struct queue_executed_read *r = &e->hours[i]->read;
        uint64_t size = queue_executed_file_size(e, r->hour);
        uint64_t torn = r->bad + (size % QUEUE_EXECUTED_RECORD != 0);

        ret->records += r->records;
        ret->damaged += r->damaged;
        ret->torn += torn;
        if (r->damaged)
            log_warning("queue: %llu of the executed messages that expire in hour %u are forgotten:"
                        " their records are damaged",
                        (unsigned long long)r->damaged, (unsigned)r->hour);
        if (torn)
            log_debug("queue: %llu unfinished records of executed messages of hour %u",
                      (unsigned long long)torn, (unsigned)r->hour);
    }
}

static enum err start(struct queue_executed *e, const char *folder)
{
    e->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (e->folder < 0)
        return detail_fail(ERR_ACCESS_DENIED,
                           "the folder of executed messages, %s, cannot be opened: error %d",
                           folder, errno);
    return crypto_random(e->key, sizeof e->key);
}

enum err queue_executed_open(const char *folder, size_t memory, uint64_t now, uint64_t skew,
                             struct queue_executed **ret, struct queue_executed_report *ret_report)
{
    struct queue_executed *e = mem_zero(sizeof *e);
    struct queue_executed_report found = { 0 };
    enum err err;

    if (!e)
        return ERR_NO_MEMORY;
    e->opened = now;
    e->skew = skew;
    e->memory = memory ? memory : QUEUE_EXECUTED_MEMORY;
    pthread_mutex_init(&e->io, NULL);
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->synced_more, NULL);
    queue_executed_claims_init(e);
    err = start(e, folder);
    if (!err)
        err = queue_executed_files_list(e, load);
    if (err) {
        queue_executed_close(e);
        return err;
    }
    report(e, &found);
    if (ret_report)
        *ret_report = found;
    *ret = e;
    return ERR_OK;
}

void queue_executed_close(struct queue_executed *e)
{
    if (!e)
        return;
    while (e->hour_count)
        drop_hour(e, e->hour_count - 1);
    queue_executed_claims_done(e);
    mem_free(e->hours);
    mem_free(e->pending.ptr);
    mem_free(e->writing.ptr);
    if (e->folder >= 0)
        close(e->folder);
    pthread_cond_destroy(&e->synced_more);
    pthread_mutex_destroy(&e->lock);
    pthread_mutex_destroy(&e->io);
    mem_free(e);
}

/* What other processes appended since. */
static enum err look_again(struct queue_executed *e, uint32_t hour)
{
    struct executed_hour *h;
    enum err err = ERR_OK;

    pthread_mutex_lock(&e->io);
    pthread_mutex_lock(&e->lock);
    h = queue_executed_hour_of(e, hour, true);
    pthread_mutex_unlock(&e->lock);
    if (!h)
        err = ERR_NO_MEMORY;
    else
        err = queue_executed_file_catch_up(e, h);
    pthread_mutex_unlock(&e->io);
    return err;
}

static bool knows(struct queue_executed *e, uint32_t hour, uint64_t mark, uint64_t *ret_size)
{
    const struct executed_hour *h;
    bool there;

    pthread_mutex_lock(&e->lock);
    h = queue_executed_hour_of(e, hour, false);
    there = h && queue_mark_set_has(&h->set, mark);
    *ret_size = h ? atomic_load(&h->size) : 0;
    pthread_mutex_unlock(&e->lock);
    return there;
}

enum err queue_executed_has(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                            uint64_t expires, bool *ret)
{
    uint32_t hour = hour_at(expires);
    uint64_t hash = queue_mark_hash(e->key, mark), size;
    bool there = knows(e, hour, hash, &size);
    enum err err = ERR_OK;

    if (!there && queue_executed_file_size(e, hour) != size) {
        err = look_again(e, hour);
        there = knows(e, hour, hash, &size);
    }
    if (!err)
        *ret = there;
    return err;
}

bool queue_executed_room(struct queue_executed *e, uint64_t expires)
{
    const struct queue_mark_set none = { 0 };
    const struct executed_hour *h;
    bool room;

    pthread_mutex_lock(&e->lock);
    h = queue_executed_hour_of(e, hour_at(expires), false);
    room = queue_mark_set_room(h ? &h->set : &none, e->memory - e->taken);
    pthread_mutex_unlock(&e->lock);
    return room;
}

static enum err pend(struct executed_marks *m, uint32_t hour, const uint8_t mark[QUEUE_MARK])
{
    if (m->count == m->cap) {
        size_t cap = m->cap ? 2 * m->cap : 64;
        struct executed_mark *grown = mem_resize(m->ptr, cap * sizeof(*grown));

        if (!grown)
            return ERR_NO_MEMORY;
        m->ptr = grown;
        m->cap = cap;
    }
    m->ptr[m->count].hour = hour;
    memcpy(m->ptr[m->count].mark, mark, QUEUE_MARK);
    m->count++;
    return ERR_OK;
}

enum err queue_executed_add(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                            uint64_t expires, uint64_t *ret_number)
{
    uint32_t hour = hour_at(expires);
    struct executed_hour *h;
    enum err err;

    pthread_mutex_lock(&e->lock);
    h = queue_executed_hour_of(e, hour, true);
    err = h ? queue_executed_hour_add(e, h, mark) : ERR_NO_MEMORY;
    if (!err)
        err = pend(&e->pending, hour, mark);
    if (!err)
        *ret_number = ++e->added;
    pthread_mutex_unlock(&e->lock);
    return err;
}

static int by_hour(const void *a, const void *b)
{
    uint32_t x = ((const struct executed_mark *)a)->hour;
    uint32_t y = ((const struct executed_mark *)b)->hour;

    return x < y ? -1 : x > y;
}

/* The marks of one hour. */
static enum err write_hour(struct queue_executed *e, const struct executed_mark *marks,
                           size_t count)
{
    struct executed_hour *h;
    enum err err;

    pthread_mutex_lock(&e->io);
    pthread_mutex_lock(&e->lock);
    h = queue_executed_hour_of(e, marks->hour, true);
    pthread_mutex_unlock(&e->lock);
    err = h ? queue_executed_file_append(e, h, marks, count) : ERR_NO_MEMORY;
    pthread_mutex_unlock(&e->io);
    return err;
}

static enum err write_out(struct queue_executed *e)
{
    struct executed_marks *m = &e->writing;
    enum err err = ERR_OK;
    size_t from, to;

    if (m->count)
        qsort(m->ptr, m->count, sizeof *m->ptr, by_hour);
    for (from = 0; from < m->count && !err; from = to) {
        for (to = from + 1; to < m->count && m->ptr[to].hour == m->ptr[from].hour;)
            to++;
        err = write_hour(e, m->ptr + from, to - from);
    }
    return err;
}

/* With lock held, which is released meanwhile: writes all that is there, for everybody. */
static enum err lead(struct queue_executed *e)
{
    enum err err;

    if (!e->writing.count) { /* else what failed before comes first */
        struct executed_marks empty = e->writing;

        e->writing = e->pending;
        e->pending = empty;
        e->taken_over = e->added;
    }
    e->syncing = true;
    pthread_mutex_unlock(&e->lock);
    err = write_out(e);
    pthread_mutex_lock(&e->lock);
    e->syncing = false;
    if (!err) {
        e->writing.count = 0;
        e->synced = e->taken_over;
    }
    pthread_cond_broadcast(&e->synced_more);
    return err;
}

enum err queue_executed_sync(struct queue_executed *e, uint64_t number)
{
    enum err err = ERR_OK;

    pthread_mutex_lock(&e->lock);
    while (!err && e->synced < number) {
        if (e->syncing)
            pthread_cond_wait(&e->synced_more, &e->lock);
        else
            err = lead(e);
    }
    pthread_mutex_unlock(&e->lock);
    return err;
}

void queue_executed_expire(struct queue_executed *e, uint64_t now)
{
    pthread_mutex_lock(&e->io);
    pthread_mutex_lock(&e->lock);
    while (e->hour_count && over(e, e->hours[0]->hour, now)) {
        queue_executed_file_remove(e, e->hours[0]->hour);
        drop_hour(e, 0);
    }
    pthread_mutex_unlock(&e->lock);
    pthread_mutex_unlock(&e->io);
}
