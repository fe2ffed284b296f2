/* SPDX-License-Identifier: Apache-2.0
 * store_look.c - a queue looked into by number, and single messages moved and removed.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_body.h"
#include "queue/manager/store_private.h"

/* Locked. The next number of a lane on disk; UINT64_MAX: none. */
static enum err next_in_lane(struct store *s, const struct lane *lane, uint64_t after,
                             uint64_t *ret)
{
    sqlite3_stmt *st = sql_use(&s->reader, SQL_LANE);
    enum err e = ERR_OK;

    if (!st)
        return sql_fail(&s->reader, "a queue's index");
    sql_bind(st, 1, lane->queue->number);
    sql_bind(st, 2, (uint64_t)lane->kind);
    sql_bind(st, 3, lane->priority);
    sql_bind(st, 4, after);
    sql_bind(st, 5, 1);
    *ret = sql_row(&s->reader, st, &e) ? sql_u64(st, 0) : UINT64_MAX;
    (void)sqlite3_reset(st);
    return e;
}

static const struct item *next_of(const struct item_list *list, uint64_t after)
{
    const struct item *i = list->first;

    while (i && i->node.key[0] <= after)
        i = i->next;
    return i;
}

static const struct item *next_express(const struct lane *lane, uint64_t after)
{
    const struct item *ready = next_of(&lane->express, after), *away = next_of(&lane->away, after);

    return !ready || (away && away->node.key[0] < ready->node.key[0]) ? away : ready;
}

/* Locked. Over all lanes; *ret_express NULL: it is on disk. ERR_NOT_FOUND: none. */
static enum err next_number(struct store *s, const struct queue *q, uint64_t after, uint64_t *ret,
                            const struct item **ret_express)
{
    const struct item *express = NULL, *i;
    uint64_t best = UINT64_MAX, number = 0;
    const struct lane *lane;
    enum err e;

    for (lane = q->lane; lane; lane = lane->next) {
        e = next_in_lane(s, lane, after, &number);
        if (e)
            return e;
        i = next_express(lane, after);
        if (number < best) {
            best = number;
            express = NULL;
        }
        if (i && i->node.key[0] < best) {
            best = i->node.key[0];
            express = i;
        }
    }
    *ret = best;
    *ret_express = express;
    return best == UINT64_MAX ? ERR_NOT_FOUND : ERR_OK;
}

/* Locked. */
static void entry_of(struct store *s, const struct record *r, bool bad, struct buf body,
                     struct store_entry *ret)
{
    const struct item *i = store_item(s, r->number);
    const struct queue *from = r->origin ? store_queue_at(s, r->origin) : NULL;

    record_entry(r, body, ret);
    if (i)
        ret->attempts = i->attempts;
    if (bad)
        ret->reason = STORE_REASON_DAMAGED;
    if (from)
        memcpy(ret->from, from->name, sizeof ret->from);
}

/* Locked. */
static enum err peek(struct store *s, struct queue *q, uint64_t after, bool want, struct record *r,
                     struct store_entry *ret)
{
    const struct item *express = NULL;
    struct buf body = { 0 };
    uint64_t number = 0;
    bool bad = false;
    enum err e;

    do { /* one that went while it was looked for is no end */
        e = next_number(s, q, after, &number, &express);
        if (e)
            return e;
        after = number;
        if (!express) {
            e = record_read(&s->reader, number, r, want ? &body : NULL, &bad);
        } else {
            *r = *express->record;
            r->m.sender = r->sender;
            e = want ? buf_copy(buf_view(express->body), &body) : ERR_OK;
        }
    } while (e == ERR_NOT_FOUND);
    if (!e)
        entry_of(s, r, bad, body, ret);
    return e;
}

MUST_CHECK enum err store_peek(struct store *s, uint32_t queue, uint64_t after, bool body,
                               struct store_entry *ret)
{
    struct record r = { 0 };
    struct queue *q;
    enum err e;

    pthread_mutex_lock(&s->lock);
    q = store_queue_at(s, queue);
    e = q && !q->deleting ? store_broken(s, peek(s, q, after, body, &r, ret)) : ERR_NOT_FOUND;
    pthread_mutex_unlock(&s->lock);
    if (e || !body || !r.file)
        return e;
    ret->m.sender = ret->sender;
    e = body_read(s->body_fd, r.file, r.size, &ret->body);
    if (e == ERR_STORE_DAMAGED || (!e && record_hash(buf_view(ret->body)) != r.body_sum)) {
        ret->reason = STORE_REASON_DAMAGED;
        e = ERR_OK;
    }
    ret->m.body = buf_view(ret->body);
    return e;
}

/* Locked. The message as an op: its row, and whoever has it in memory kept off. */
static enum err claim_one(struct store *s, uint32_t queue, uint64_t number, struct op *op,
                          bool *ret_bad)
{
    struct queue *q = store_queue_at(s, queue);
    struct item *i = store_item(s, number);
    enum err e = ERR_OK;

    if (!q || q->deleting)
        return detail_fail(ERR_NOT_FOUND, "no queue %u", queue);
    if (i && i->state != ITEM_READY && i->state != ITEM_DELAYED)
        return detail_fail(ERR_UNEXPECTED, "message %llu is being delivered",
                           (unsigned long long)number);
    op->record = mem_alloc(sizeof *op->record);
    if (!op->record)
        return ERR_NO_MEMORY;
    if (i && i->express)
        *op->record = *i->record;
    else
        e = store_broken(s, record_read(&s->reader, number, op->record, NULL, ret_bad));
    if (!e && op->record->queue != queue)
        e = ERR_NOT_FOUND;
    if (e)
        return e == ERR_NOT_FOUND ? detail_fail(e, "no message %llu in queue %s",
                                                (unsigned long long)number, q->name)
                                  : e;
    op->record->m.sender = op->record->sender;
    op->queue = q;
    op->number = number;
    op->size = op->record->size;
    op->who = op->record->who;
    op->held = op->record->hold;
    op->item = i;
    return ERR_OK;
}

static void take_away(struct store *s, struct op *op)
{
    if (!op->item)
        return;
    store_heap_remove(&s->expiring, &op->item->expiry);
    item_set_state(s, op->item, ITEM_ENDING);
}

/* Locked. */
static enum err prepare_move(struct store *s, uint32_t to, struct op *op, bool bad)
{
    struct queue *target = store_queue_at(s, to);
    bool joined = op->held;
    enum err e = joined ? ERR_OK : store_has_joined(s, op->number, &joined);

    if (e)
        return e;
    if (joined)
        return detail_fail(ERR_UNEXPECTED, "message %llu is in a transaction",
                           (unsigned long long)op->number);
    if (!target || target->deleting || to < STORE_FIRST_QUEUE)
        return detail_fail(ERR_NOT_FOUND, "no queue %u to move to", to);
    if (bad)
        return detail_fail(ERR_ALTERED, "message %llu is damaged", (unsigned long long)op->number);
    if (op->item && op->item->express)
        return detail_fail(ERR_UNSUPPORTED, "message %llu is express, in memory alone",
                           (unsigned long long)op->number);
    op->lane = store_lane(target, record_kind(&op->record->m), op->record->m.interface,
                          op->record->m.priority, op->record->who);
    op->share = store_share(s, target, op->record->who);
    if (!op->lane || !op->share)
        return ERR_NO_MEMORY;
    op->from = op->queue;
    op->queue = target;
    op->transit = target->settings.transit;
    op->from->pending++;
    store_count(target, op->share, op->record->size);
    return ERR_OK;
}

MUST_CHECK enum err store_move(struct store *s, uint32_t queue, uint64_t number, uint32_t to,
                               store_done_fn *done, void *arg)
{
    struct op *op = op_new(OP_MOVE, NULL);
    bool bad = false;
    enum err e;

    if (!op)
        return ERR_NO_MEMORY;
    op->done = done;
    op->arg = arg;
    op->lazy = !done;
    pthread_mutex_lock(&s->lock);
    e = claim_one(s, queue, number, op, &bad);
    if (!e)
        e = prepare_move(s, to, op, bad);
    if (!e) {
        take_away(s, op);
        store_submit(s, op);
    }
    pthread_mutex_unlock(&s->lock);
    if (e)
        op_free(op);
    return e;
}

MUST_CHECK enum err store_remove(struct store *s, uint32_t queue, uint64_t number,
                                 store_done_fn *done, void *arg)
{
    struct op *op = op_new(OP_REMOVE, NULL);
    bool bad = false;
    enum err e;

    if (!op)
        return ERR_NO_MEMORY;
    op->done = done;
    op->arg = arg;
    op->lazy = !done;
    pthread_mutex_lock(&s->lock);
    e = claim_one(s, queue, number, op, &bad);
    if (!e) {
        if (bad) /* it may name another's body */
            op->record->file = 0;
        take_away(s, op);
        store_submit(s, op);
    }
    pthread_mutex_unlock(&s->lock);
    if (e)
        op_free(op);
    return e;
}

MUST_CHECK enum err store_purge(struct store *s, uint32_t queue, store_done_fn *done, void *arg)
{
    struct op *op = op_new(OP_PURGE, NULL);
    struct queue *q;
    bool there;

    if (!op)
        return ERR_NO_MEMORY;
    op->done = done;
    op->arg = arg;
    pthread_mutex_lock(&s->lock);
    q = store_queue_at(s, queue);
    there = q && !q->deleting;
    if (there) {
        op->queue = q;
        store_submit(s, op); /* and from here on it is the writer's */
    }
    pthread_mutex_unlock(&s->lock);
    if (there)
        return ERR_OK;
    op_free(op);
    return detail_fail(ERR_NOT_FOUND, "no queue %u", queue);
}
