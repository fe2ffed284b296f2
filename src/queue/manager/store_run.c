/* SPDX-License-Identifier: Apache-2.0
 * store_run.c - each kind of change, to the disk. On the store's thread, inside its transaction;
 * memory follows in store_apply.c, once that is committed.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "queue/manager/store_body.h"
#include "queue/manager/store_private.h"

typedef enum err run_fn(struct store *s, struct op *op);

static enum err bound_run(struct store *s, enum sql_statement which, uint64_t first,
                          uint64_t second, uint64_t third)
{
    sqlite3_stmt *st = sql_use(&s->writer, which);
    const uint64_t bound[] = { first, second, third };
    int i, n = st ? sqlite3_bind_parameter_count(st) : 0;

    for (i = 0; i < n && i < 3; i++)
        sql_bind(st, i + 1, bound[i]);
    return sql_run(&s->writer, st);
}

void store_put_number(struct store *s, struct op *op)
{
    struct record *r = op->record;

    r->number = s->next_number++;
    r->queue = op->queue->number;
    r->put = store_now(s);
    r->due = record_due(r, op->transit);
}

static enum err run_put(struct store *s, struct op *op)
{
    struct record *r = op->record;

    if (op->item->coming) /* it has a number, and may have been executed */
        return record_insert(&s->writer, r, op->borrowed);
    store_put_number(s, op);
    if (op->item->express)
        return ERR_OK;
    if (s->full) {
        op->err = detail_fail(ERR_DISK_FULL, "the disk of %s is full", s->dir);
        return ERR_OK;
    }
    return record_insert(&s->writer, r, op->borrowed);
}

static enum err run_nothing(struct store *s, struct op *op)
{
    (void)s;
    (void)op; /* what is joined follows */
    return ERR_OK;
}

static enum err run_charge(struct store *s, struct op *op)
{
    return record_charge(&s->writer, op->number, op->count, op->not_before);
}

static enum err run_delay(struct store *s, struct op *op)
{
    return op->item->express || op->item->gone ? ERR_OK : run_charge(s, op);
}

/* Of the disk; what never came there may be deleted too. */
static enum err delete (struct store *s, struct op *op, bool noted) {
    enum err e = bound_run(s, SQL_DELETE, op->number, 0, 0);

    if (!e && noted) e = bound_run(s, SQL_UNCHARGE, op->number, 0, 0);
    return e;
}

static enum err aside(struct store *s, struct op *op)
{
    enum err e = bound_run(s, SQL_ASIDE, op->number, STORE_DAMAGED_QUEUE, 0);

    op->fate = !e && sqlite3_changes(s->writer.db) ? FATE_ASIDE : FATE_UNKNOWN;
    return e;
}

/* The row as it stands, into op->record. Where it is bad, it is set aside at once; where there is
 * none (a purge came first), the fate says so. */
static enum err read_row(struct store *s, struct op *op, bool body)
{
    bool bad = false;
    enum err e;

    if (!op->record)
        op->record = mem_alloc(sizeof *op->record);
    if (!op->record)
        return ERR_NO_MEMORY;
    buf_free(&op->body);
    e = record_read(&s->writer, op->number, op->record, body ? &op->body : NULL, &bad);
    if (e == ERR_NOT_FOUND) {
        op->fate = FATE_UNKNOWN;
        return ERR_OK;
    }
    op->held |= !e && op->record->hold;
    return !e && bad ? aside(s, op) : e;
}

/* Into one of the store's own queues. */
static enum err bury(struct store *s, struct op *op, uint32_t queue, uint32_t attempts)
{
    struct record *r = op->record;
    bool express = op->item && op->item->express;

    op->fate = queue == STORE_DEAD_QUEUE ? FATE_DEAD : FATE_JOURNAL;
    r->number = s->next_number++;
    r->origin = op->queue->number;
    r->queue = queue;
    r->kind = 0;
    r->hold = 0;
    r->due = 0;
    r->reason = op->reason;
    r->attempts = attempts;
    if (express)
        return record_insert(&s->writer, r, buf_view(op->item->body));
    return record_renumber(&s->writer, op->number, r);
}

/* op->record of an express message: what is in memory, for its row and for who is told. */
static enum err express_record(struct op *op)
{
    if (!op->record)
        op->record = mem_alloc(sizeof *op->record);
    if (!op->record)
        return ERR_NO_MEMORY;
    *op->record = *op->item->record;
    op->record->m.sender = op->record->sender;
    return op->body.ptr ? ERR_OK : buf_copy(buf_view(op->item->body), &op->body);
}

static enum err run_finish(struct store *s, struct op *op)
{
    struct item *i = op->item;
    enum err e;

    if (i->journal != STORE_JOURNAL_ALWAYS)
        return i->express ? ERR_OK : delete (s, op, i->noted);
    e = i->express ? express_record(op) : read_row(s, op, false);
    if (!e && op->fate == FATE_NONE)
        e = bury(s, op, STORE_JOURNAL_QUEUE, i->attempts);
    if (!e && i->noted)
        e = bound_run(s, SQL_UNCHARGE, op->number, 0, 0);
    return e;
}

/* What an index found names no queue; what the row names may be none. */
static enum err queue_of(struct store *s, struct op *op)
{
    if (op->queue || op->fate != FATE_NONE)
        return ERR_OK;
    pthread_mutex_lock(&s->lock);
    op->queue = store_queue_at(s, op->record->queue);
    pthread_mutex_unlock(&s->lock);
    return op->queue ? ERR_OK
                     : detail_fail(ERR_STORE_DAMAGED, "message %llu is in queue %u, which is none",
                                   (unsigned long long)op->number, op->record->queue);
}

/* For who is told that it has ended; of one that cannot be read nobody is. */
static enum err read_body(struct store *s, struct op *op)
{
    enum err e = read_row(s, op, true);
    const struct record *r = op->record;

    if (!e && op->fate == FATE_NONE && r->file &&
        body_read_begin(s->body_fd, r->file, r->size, STORE_BEGINNING, &op->body))
        log_debug("store %s: %s", s->dir, detail_get()->text);
    return e;
}

static enum err row_of(struct store *s, struct op *op)
{
    enum err e;

    if (op->item && op->item->express)
        return express_record(op);
    e = read_row(s, op, false);
    if (!e)
        e = queue_of(s, op);
    if (!e && op->fate == FATE_NONE && op->record->m.acknowledge && s->config.ended)
        e = read_body(s, op);
    return e;
}

static enum err run_dead(struct store *s, struct op *op)
{
    enum err e = row_of(s, op);
    uint32_t attempts;

    if (e || op->fate != FATE_NONE)
        return e;
    attempts = op->item ? op->item->attempts : op->record->attempts;
    e = bury(s, op, STORE_DEAD_QUEUE, attempts);
    return e ? e : bound_run(s, SQL_UNCHARGE, op->number, 0, 0);
}

/* Which of the two times it was, the row knows. */
static enum err run_expire(struct store *s, struct op *op)
{
    enum err e = row_of(s, op);
    struct record *r = op->record; /* row_of made it */

    if (e || op->fate != FATE_NONE)
        return e;
    if (!op->due_reason && (!r->due || r->due > store_now(s)))
        return detail_fail(ERR_STORE_DAMAGED, "message %llu is not what the index of times says",
                           (unsigned long long)op->number);
    op->reason = r->due == r->m.expires ? STORE_REASON_EXPIRED : STORE_REASON_NOT_REACHED;
    if (op->due_reason)
        op->reason = op->due_reason;
    if (r->m.journal != STORE_JOURNAL_NONE)
        e = bury(s, op, STORE_DEAD_QUEUE, op->item ? op->item->attempts : r->attempts);
    else if (!op->item || !op->item->express)
        e = delete (s, op, false);
    r->reason = op->reason;
    return e ? e : bound_run(s, SQL_UNCHARGE, op->number, 0, 0);
}

static enum err run_move(struct store *s, struct op *op)
{
    struct record *r = op->record;
    enum err e;

    r->number = s->next_number++;
    r->queue = op->queue->number;
    r->kind = op->lane->kind;
    r->due = record_due(r, op->transit);
    r->reason = STORE_REASON_NONE;
    r->origin = 0;
    r->attempts = 0;
    e = record_renumber(&s->writer, op->number, r);
    if (!e && !sqlite3_changes(s->writer.db))
        op->fate = FATE_UNKNOWN;
    return e ? e : bound_run(s, SQL_UNCHARGE, op->number, 0, 0);
}

/* A row that is damaged is removed like another; the body that it names may be another's, and stays
 * until the store is opened. */
static enum err run_remove(struct store *s, struct op *op)
{
    bool bad = false, long_one = op->size > STORE_INLINE_MAX && !op->record;
    enum err e = ERR_OK;

    if (op->item && op->item->express)
        return ERR_OK;
    if (long_one && !(op->record = mem_alloc(sizeof *op->record)))
        return ERR_NO_MEMORY;
    if (long_one)
        e = record_read(&s->writer, op->number, op->record, NULL, &bad);
    if (bad)
        op->record->file = 0;
    if (!e)
        e = bound_run(s, SQL_DELETE, op->number, 0, 0);
    if (e == ERR_NOT_FOUND || (!e && !sqlite3_changes(s->writer.db))) {
        op->fate = FATE_UNKNOWN;
        return ERR_OK;
    }
    return e ? e : bound_run(s, SQL_UNCHARGE, op->number, 0, 0);
}

/* At the end of those that can be taken. */
static enum err run_release(struct store *s, struct op *op)
{
    enum err e = read_row(s, op, false);
    struct record *r = op->record;

    if (e || op->fate != FATE_NONE)
        return e;
    pthread_mutex_lock(&s->lock);
    op->lane = store_lane(op->queue, record_kind(&r->m), r->m.interface, r->m.priority, r->who);
    op->transit = op->queue->settings.transit;
    pthread_mutex_unlock(&s->lock);
    if (!op->lane)
        return ERR_NO_MEMORY;
    r->number = s->next_number++;
    r->kind = op->lane->kind;
    r->hold = 0;
    r->put = store_now(s);
    r->due = record_due(r, op->transit);
    return record_renumber(&s->writer, op->number, r);
}

static enum err run_withdraw(struct store *s, struct op *op)
{
    enum err e = read_row(s, op, false);

    return e || op->fate != FATE_NONE ? e : delete (s, op, false);
}

static enum err run_queue_put(struct store *s, struct op *op)
{
    return settings_write(&s->writer, op->queue->number, op->queue->name, &op->settings);
}

static enum err run_queue_gone(struct store *s, struct op *op, struct op_list *parts)
{
    enum err e = store_run_purge(s, op, parts);
    bool empty;

    if (e || op->again)
        return e;
    pthread_mutex_lock(&s->lock);
    empty = op->queue->stats.messages == 0 && op->queue->pending == 1;
    pthread_mutex_unlock(&s->lock);
    if (empty)
        return settings_drop(&s->writer, op->queue->number);
    op->again = op->lazy = true; /* what is on its way comes first */
    op->begun = false;
    return ERR_OK;
}

static enum err run_one(struct store *s, struct op *op, struct op_list *parts)
{
    static run_fn *const runs[OP_KINDS] = {
        [OP_PUT] = run_put,
        [OP_CHARGE] = run_charge,
        [OP_FINISH] = run_finish,
        [OP_DELAY] = run_delay,
        [OP_DEAD] = run_dead,
        [OP_EXPIRE] = run_expire,
        [OP_MOVE] = run_move,
        [OP_REMOVE] = run_remove,
        [OP_ANEW] = run_nothing,
        [OP_UNDECIDED] = run_nothing,
        [OP_RELEASE] = run_release,
        [OP_WITHDRAW] = run_withdraw,
        [OP_SET_ASIDE] = aside,
        [OP_QUEUE_NEW] = run_queue_put,
        [OP_QUEUE_SET] = run_queue_put,
    };

    op->fate = FATE_NONE;
    op->err = ERR_OK;
    switch (op->kind) {
    case OP_PURGE:
        return store_run_purge(s, op, parts);
    case OP_DROP:
        return store_run_drop(s, op, parts);
    case OP_QUEUE_GONE:
        return run_queue_gone(s, op, parts);
    default:
        return runs[op->kind](s, op);
    }
}

/* The letter whose place a message has taken goes with its commit. */
static enum err add_letter(const struct op *op, struct op_list *parts)
{
    struct op *part;

    if (op->kind != OP_PUT || !op->from || op->err)
        return ERR_OK;
    part = op_new(OP_REMOVE, op->from);
    if (!part)
        return ERR_NO_MEMORY;
    part->part = true;
    part->number = op->number;
    part->who = op->who;
    part->size = op->size;
    op_append(parts, part);
    return ERR_OK;
}

MUST_CHECK enum err store_run(struct store *s, struct op *op, struct op_list *parts)
{
    enum err e = run_one(s, op, parts);

    if (!e && parts)
        e = add_letter(op, parts);
    return e || !parts || !atomic_load(&s->joins) ? e : store_run_joined(s, op, parts);
}
