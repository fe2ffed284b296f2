/* SPDX-License-Identifier: Apache-2.0
 * store_thread.c - the thread that writes: takes what waits, all of it one transaction, applies it
 * to memory, tells who waits. It also is the clock of expiry and back-off.
 *
 * There are two, one of which writes. When it has committed, the other one may: the first goes on
 * with what the commit has brought about, and nobody has to be woken for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "queue/manager/store_body.h"
#include "queue/manager/store_private.h"

enum {
    LONGEST_MS = 500,   /* a clock that was set is noticed within this */
    TOLD_CLOCK_MS = 20, /* the same where the clock is the caller's */
    TICKS_PER_MS = 10000,
    PAUSE_MS = 1000, /* what expires waits after a commit that failed */
    EXPIRY_MS = 10,  /* for what has expired, in one transaction: others wait as long */
};

struct op *op_new(enum op_kind kind, struct queue *q)
{
    struct op *op = mem_zero(sizeof *op);

    if (op) {
        op->kind = kind;
        op->queue = q;
    }
    return op;
}

void op_free(struct op *op)
{
    if (!op)
        return;
    mem_free(op->record);
    buf_free(&op->body);
    buf_free(&op->attributes);
    mem_free(op);
}

void op_append(struct op_list *list, struct op *op)
{
    op->next = NULL;
    *(list->last ? &list->last->next : &list->first) = op;
    list->last = op;
    list->count++;
}

void store_submit_quietly(struct store *s, struct op *op)
{
    if (op->lazy && s->todo.count == s->todo_prompt)
        s->lazy_since = store_now(s);
    if (!op->lazy)
        s->todo_prompt++;
    if (op->queue)
        op->queue->pending++;
    op_append(&s->todo, op);
}

void store_submit(struct store *s, struct op *op)
{
    store_submit_quietly(s, op);
    if (!s->writing && (!op->lazy || s->todo.count == 1)) /* else it is found anyway */
        pthread_cond_signal(&s->work);
}

void store_go_on(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    if (!s->writing && s->todo_prompt)
        pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
}

struct waiter {
    sem_t done;
    enum err err;
};

static void wake(void *arg, enum err e)
{
    struct waiter *w = arg;

    w->err = e;
    sem_post(&w->done);
}

MUST_CHECK enum err store_submit_wait(struct store *s, struct op *op)
{
    struct waiter w = { .err = ERR_OK };

    if (sem_init(&w.done, 0, 0) != 0)
        return detail_fail(ERR_INTERNAL, "no semaphore: errno %d", errno);
    op->done = wake;
    op->arg = &w;
    pthread_mutex_lock(&s->lock);
    store_submit(s, op);
    pthread_mutex_unlock(&s->lock);
    while (sem_wait(&w.done) != 0)
        continue;
    sem_destroy(&w.done);
    return w.err;
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t expiry_time(const struct store *s)
{
    const struct store_timer *express = store_heap_first(&s->expiring);
    uint64_t when = express ? earliest(s->next_due, express->when) : s->next_due;

    return when > s->expiry_after ? when : s->expiry_after;
}

/* When there is something to do; UINT64_MAX: when somebody says so. */
static uint64_t next_time(const struct store *s)
{
    const struct store_timer *delayed = store_heap_first(&s->delayed);
    uint64_t when = expiry_time(s);

    if (s->todo_prompt || s->announced)
        return 0;
    if (delayed)
        when = earliest(when, delayed->when);
    if (s->todo.count)
        when = earliest(when, s->lazy_since + (uint64_t)STORE_LAZY_MS * TICKS_PER_MS);
    if (s->crowded && !s->damaged)
        when = earliest(when, s->swept + STORE_SWEEP_TICKS);
    if (s->full)
        when = earliest(when, s->full_since + (uint64_t)1000 * TICKS_PER_MS);
    return when;
}

static void wait_for(struct store *s, uint64_t left, uint64_t most_ms)
{
    struct timespec at;

    left = earliest(left, most_ms * TICKS_PER_MS);
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(left / 10000000);
    at.tv_nsec += (long)(left % 10000000) * 100;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&s->work, &s->lock, &at);
}

/* Locked. Until there is something to do, or nothing any more. */
static void wait_for_work(struct store *s)
{
    uint64_t when = 0, now;

    while (s->writing || (!s->stopping && (when = next_time(s)) > (now = store_now(s)))) {
        if (s->writing) /* by the other one, who may be busy afterwards */
            wait_for(s, UINT64_MAX, LONGEST_MS);
        else if (when != UINT64_MAX)
            wait_for(s, when - now, s->config.now ? TOLD_CLOCK_MS : LONGEST_MS);
        else if (s->config.lease_ms) /* nobody says so when something is taken */
            wait_for(s, when, LONGEST_MS);
        else
            (void)pthread_cond_wait(&s->work, &s->lock);
    }
}

/* Locked. Those whose back-off is over can be taken, and those whose receiver has not begun with
 * them in time. */
static void end_delays(struct store *s)
{
    uint64_t now = store_now(s);
    struct store_timer *t;

    while ((t = store_heap_first(&s->delayed)) && t->when <= now) {
        struct item *i = (struct item *)((char *)t - offsetof(struct item, delay));

        item_back(s, i);
    }
}

/* Locked. */
static struct op_list take_batch(struct store *s)
{
    struct op_list batch = { 0 };
    uint64_t octets = 0;
    struct op *op;

    while ((op = s->todo.first) && batch.count < STORE_BATCH_OPS && octets < STORE_BATCH_OCTETS) {
        s->todo.first = op->next;
        if (!op->next)
            s->todo.last = NULL;
        s->todo.count--;
        s->todo_prompt -= !op->lazy;
        octets += op->borrowed.len;
        if (op->kind == OP_CHARGE && op->item) {
            op->item->charge = NULL; /* too late to be cancelled */
            op->item->noted = true;
        }
        op_append(&batch, op);
    }
    return batch;
}

static uint64_t passed_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* From there to the end, with what they add. */
static enum err run_parts(struct store *s, struct op *from, struct op_list *parts)
{
    struct op *part;
    enum err e = ERR_OK;

    for (part = from; part && !e; part = part->next)
        e = store_run(s, part, parts);
    return e;
}

/* Slice after slice: where many are due at once, a commit for each slice would be too many of them
 * on a disk that is slow. */
static enum err run_expired(struct store *s, struct op_list *parts)
{
    const uint64_t until = passed_ms() + EXPIRY_MS;
    enum err e = ERR_OK;
    bool more = true;

    if (store_now(s) < s->expiry_after)
        return ERR_OK;
    do {
        struct op *last = parts->last;

        e = store_run_expiry(s, parts, &more);
        if (!e)
            e = run_parts(s, last ? last->next : parts->first, parts);
    } while (!e && more && passed_ms() < until);
    return e;
}

static enum err run_each(struct store *s, struct op_list *batch, struct op_list *parts)
{
    struct op *op;
    enum err e = ERR_OK;

    for (op = batch->first; op && !e; op = op->next)
        if (!op->cancelled)
            e = store_run(s, op, parts);
    if (!e)
        e = run_parts(s, parts->first, parts);
    return e ? e : run_expired(s, parts);
}

/* How far the log goes now; its salt is new when it begins anew. */
static void mark_log(struct store *s)
{
    if (s->log_fd < 0)
        s->log_fd = store_log_open(s->dir_fd);
    if (s->mark_fd < 0)
        s->mark_fd = store_mark_open(s->dir_fd);
    (void)store_log_salt(s->log_fd, s->mark.salt);
    s->mark.frames = s->log_pages;
    s->mark.next = s->next_number;
    store_mark_write(s->mark_fd, &s->mark);
}

/* Of a commit that failed: whether the log may have all of it, which the next process would find,
 * until another commit is written in its place. What was not written has no end there. */
static bool may_be_kept(const struct store *s)
{
    int rc = sqlite3_extended_errcode(s->writer.db);

    return rc != SQLITE_FULL && rc != SQLITE_IOERR_WRITE;
}

/* The whole batch or nothing of it; *ret_doubt: nobody can tell which. */
static enum err transact(struct store *s, struct op_list *batch, struct op_list *parts,
                         bool *ret_doubt)
{
    enum err e = sql_simple(&s->writer, SQL_BEGIN);

    *ret_doubt = false;
    if (!e)
        e = run_each(s, batch, parts);
    if (!e) {
        e = sql_simple(&s->writer, SQL_COMMIT);
        *ret_doubt = e && may_be_kept(s);
    }
    if (!e)
        mark_log(s);
    if (e && !sqlite3_get_autocommit(s->writer.db) && sql_simple(&s->writer, SQL_ROLLBACK))
        return store_broken(s, e);
    return e;
}

static void drop_parts(struct store *s, struct op_list *parts)
{
    struct op *op;

    pthread_mutex_lock(&s->lock);
    while ((op = parts->first)) {
        parts->first = op->next;
        store_undo(s, op);
        op_free(op);
    }
    *parts = (struct op_list){ 0 };
    pthread_mutex_unlock(&s->lock);
}

static void set_full(struct store *s, bool full)
{
    pthread_mutex_lock(&s->lock);
    s->full = full;
    s->full_since = store_now(s);
    pthread_mutex_unlock(&s->lock);
}

/* A full disk must not keep messages from leaving. The log has room of its own, however others fill
 * the disk; and for what it may still have to bring into the database there is the reserve. Puts
 * are refused until there is room to keep one again. */
void store_reserve(struct store *s)
{
    bool room = store_log_reserve(s->dir_fd, STORE_LOG_ROOM) &&
                posix_fallocate(s->reserve_fd, 0, (off_t)s->config.reserve) == 0;

    if (!room)
        (void)ftruncate(s->reserve_fd, STORE_RESERVE_LAST);
    if (s->full)
        set_full(s, !room);
}

/* What expires would fail again with the others, and at once. It may have been passed over in what
 * is undone. */
static void put_off_expiry(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    s->expiry_after = store_now(s) + (uint64_t)PAUSE_MS * TICKS_PER_MS;
    s->next_due = earliest(s->next_due, s->expiry_after);
    pthread_mutex_unlock(&s->lock);
}

/* The reserve is given back, and what the log has goes into the database, so that it begins anew
 * in its own room. */
static void make_room(struct store *s)
{
    set_full(s, true);
    put_off_expiry(s);
    (void)ftruncate(s->reserve_fd, STORE_RESERVE_LAST);
    (void)sqlite3_wal_checkpoint_v2(s->writer.db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* Once more, where that may help: with room; or in the place of what the disk did not take, every
 * octet of which is written again. */
static enum err transact_again(struct store *s, struct op_list *batch, struct op_list *parts,
                               enum err e, bool *doubt)
{
    const bool doubted = *doubt;

    if (e == ERR_STORE_DAMAGED || (e != ERR_DISK_FULL && !*doubt))
        return e;
    drop_parts(s, parts);
    if (e == ERR_DISK_FULL)
        make_room(s);
    else
        log_warning("store %s: a commit failed, and is tried once more: %s", s->dir,
                    detail_get()->text);
    e = transact(s, batch, parts, doubt);
    *doubt |= e && doubted; /* it may have ended before anything was written over */
    return e;
}

static void commit(struct store *s, struct op_list *batch, struct op_list *parts)
{
    bool doubt = false;
    struct op *op;
    enum err e;

    e = s->damaged ? ERR_STORE_DAMAGED : transact(s, batch, parts, &doubt);
    if (e)
        e = transact_again(s, batch, parts, e, &doubt);
    if (!e)
        return;
    put_off_expiry(s);
    (void)store_broken(s, e);
    drop_parts(s, parts);
    if (doubt)
        e = detail_fail(ERR_RPC_FAILED, "the disk failed: nobody can tell whether it was kept");
    for (op = batch->first; op; op = op->next)
        op->err = op->err ? op->err : e;
}

/* Of an express message only what is left for a person to see. */
static bool in_memory_alone(const struct op *op)
{
    return op->item && op->item->express && op->kind != OP_DEAD && !op->item->joint &&
           !op->item->parent &&
           !(op->kind == OP_FINISH && op->item->journal == STORE_JOURNAL_ALWAYS);
}

static bool needs_disk(const struct store *s)
{
    const struct op *op;

    for (op = s->todo.first; op; op = op->next)
        if (!op->cancelled && !in_memory_alone(op))
            return true;
    return expiry_time(s) <= store_now(s);
}

/* Locked. */
static void apply(struct store *s, struct op_list *list)
{
    struct op *op;

    for (op = list->first; op; op = op->next) {
        if (op->queue && !op->part)
            op->queue->pending--;
        if (op->cancelled)
            continue;
        if (op->err)
            store_undo(s, op);
        else
            store_apply(s, op);
    }
}

static void tell(struct store *s, struct op_list *list)
{
    struct op *op;

    while ((op = list->first)) {
        list->first = op->next;
        if (op->again && !op->err) {
            pthread_mutex_lock(&s->lock);
            store_submit(s, op);
            pthread_mutex_unlock(&s->lock);
            continue;
        }
        store_tell_ended(s, op);
        if (op->done)
            op->done(op->arg, op->err);
        op_free(op);
    }
}

static void tell_ready(struct store *s)
{
    uint32_t ready[64];
    size_t n;

    do {
        pthread_mutex_lock(&s->lock);
        for (n = 0; n < 64 && s->announced; n++) {
            struct queue *q = s->announced;

            s->announced = q->next_announced;
            q->announce = false;
            ready[n] = q->number;
        }
        pthread_mutex_unlock(&s->lock);
        for (size_t i = 0; i < n && s->config.ready; i++)
            s->config.ready(s->config.arg, ready[i]);
    } while (n == 64);
}

static void do_batch(struct store *s, struct op_list *batch, bool disk)
{
    struct op_list parts = { 0 };
    struct op *op;

    if (s->full && !s->damaged)
        store_reserve(s);
    if (disk)
        commit(s, batch, &parts);
    else
        for (op = batch->first; op; op = op->next)
            op->err = op->cancelled ? ERR_OK : store_run(s, op, NULL);
    pthread_mutex_lock(&s->lock);
    apply(s, batch);
    apply(s, &parts);
    pthread_mutex_unlock(&s->lock);
    tell(s, batch);
    tell(s, &parts);
    tell_ready(s);
}

void *store_thread(void *arg)
{
    struct store *s = arg;

    pthread_mutex_lock(&s->lock);
    for (;;) {
        struct op_list batch;
        bool disk;

        wait_for_work(s);
        if (s->stopping && !s->todo.count)
            break;
        s->writing = true;
        end_delays(s);
        store_lanes_sweep(s);
        disk = needs_disk(s);
        batch = take_batch(s);
        pthread_mutex_unlock(&s->lock);
        do_batch(s, &batch, disk);
        pthread_mutex_lock(&s->lock);
        s->writing = false;
        if (!s->config.told)
            continue;
        if (s->stopping || next_time(s) <= store_now(s))
            pthread_cond_signal(&s->work);
        pthread_mutex_unlock(&s->lock);
        s->config.told(s->config.arg);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}
