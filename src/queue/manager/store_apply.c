/* SPDX-License-Identifier: Apache-2.0
 * store_apply.c - each kind of change, to memory: after its commit, or after none. Locked; nothing
 * here can fail, what it needs was made when the change was submitted.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_body.h"
#include "queue/manager/store_private.h"

typedef void apply_fn(struct store *s, struct op *op);

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void note_due(struct store *s, uint64_t due)
{
    if (due)
        s->next_due = earlier(s->next_due, due);
}

static void apply_put(struct store *s, struct op *op)
{
    struct record *r = op->record;
    struct item *i = op->item;

    store_unfinished(s, op->share, -(int64_t)r->size);
    op->queue->stats.put += !r->hold;
    if (i->coming) {
        note_due(s, r->due);
        store_early_apply(s, op);
        return;
    }
    op->queue->coming--;
    if (i->express) {
        i->record = r;
        i->body = op->body;
        op->record = NULL;
        op->body = (struct buf){ 0 };
    } else {
        note_due(s, r->due);
    }
    store_item_add(s, i, r, i->express ? buf_view(i->body) : op->borrowed);
    op->item = NULL;
}

static void undo_put(struct store *s, struct op *op)
{
    struct record *r = op->record;

    store_unfinished(s, op->share, -(int64_t)r->size);
    if (op->item->coming) {
        store_early_undo(s, op);
        return;
    }
    op->queue->coming--;
    if (op->item->express) {
        store_express(s, op->share, -(int64_t)r->size);
        op->queue->stats.express--;
    }
    op->queue->stats.held -= r->hold != 0;
    store_uncount(s, op->queue, op->share, r->size);
    if (r->file && op->err != ERR_RPC_FAILED) /* of which the next process may find the row */
        body_remove(s->body_fd, r->file);
    item_free(s, op->item);
    op->item = NULL;
}

/* Guarded, since what a damaged record says of itself is not sure. */
static void uncount_held(const struct op *op, struct queue *q)
{
    q->stats.held -= op->held && q->stats.held;
}

/* Out of memory and out of its queue's counts; what a receiver has meanwhile is let go of when it
 * comes back, what another change ends, by that. */
static void leave_queue(struct store *s, struct op *op, struct queue *q, int64_t who, uint64_t size)
{
    struct item *i = op->item ? op->item : store_item(s, op->number);
    struct share *share;

    if (!op->item && i && (i->state == ITEM_LEASED || i->state == ITEM_ENDING)) {
        i->gone = true;
        return;
    }
    share = i ? i->share : store_share(s, q, who);
    if (i) {
        size = i->size;
        q->stats.express -= i->express;
        item_cancel_charge(i);
        item_forget(s, i);
        if (q->settings.strict || q->held + 1 == STORE_HELD_MAX)
            store_announce(s, q); /* for it others were held back */
    }
    op->item = NULL;
    uncount_held(op, q);
    if (share)
        store_uncount(s, q, share, size);
}

/* Where a full queue of the store's own drops what is old, the newest stays. */
static void limit(struct store *s, struct queue *q)
{
    const struct store_settings *set = &q->settings;
    bool over = q->stats.messages > set->messages_max || q->stats.octets > set->octets_max;
    struct op *op = over && !q->dropping ? op_new(OP_DROP, q) : NULL;

    if (!op)
        return;
    op->lazy = true;
    q->dropping = true;
    store_submit(s, op);
}

static void enter_own(struct store *s, uint32_t number, int64_t who, uint64_t size)
{
    struct queue *q = store_queue_at(s, number);
    struct share *share = store_share(s, q, who);
    struct lane *lane;

    store_count(q, share ? share : store_share(s, q, 0), size); /* which is there */
    for (lane = q->lane; lane; lane = lane->next)
        lane->more = true;
    limit(s, q);
}

/* The record that failed its checksum is told of by number: nothing it says is sure. */
static void went_aside(struct store *s, struct op *op, struct queue *q)
{
    store_damage(s, "message %llu of queue %s is damaged: set aside in " STORE_DAMAGED,
                 (unsigned long long)op->number, q->name);
    enter_own(s, STORE_DAMAGED_QUEUE, 0, op->size);
}

/* Its sender may not know, and send it once more. */
static void tell_gone(struct op *op)
{
    if (op->item && op->item->gone)
        op->err = detail_fail(ERR_NOT_FOUND, "the message is gone");
}

static void apply_finish(struct store *s, struct op *op)
{
    struct item *i = op->item;
    uint64_t file = op->fate == FATE_NONE && !i->gone ? i->file : 0, size = i->size;

    op->size = size;
    op->queue->stats.delivered++;
    tell_gone(op);
    leave_queue(s, op, op->queue, 0, size);
    if (file)
        body_remove(s->body_fd, file);
    if (op->fate == FATE_JOURNAL)
        enter_own(s, STORE_JOURNAL_QUEUE, op->record->who, size);
    if (op->fate == FATE_ASIDE)
        went_aside(s, op, op->queue);
}

/* It stays what it was, for another delivery. */
static void undo_end(struct store *s, struct op *op)
{
    if (op->item)
        item_back(s, op->item);
}

static void apply_delay(struct store *s, struct op *op)
{
    struct item *i = op->item;

    tell_gone(op);
    op->queue->stats.failed++;
    i->noted = !i->express;
    i->begun = false;
    item_delay(s, i, op->not_before);
    item_note_expiry(s, i);
}

static void apply_gone(struct store *s, struct op *op)
{
    struct queue *q = op->queue;
    uint64_t file, size;

    if (op->fate == FATE_UNKNOWN && !op->item)
        return;
    if (op->fate == FATE_UNKNOWN || op->fate == FATE_ASIDE)
        size = op->item ? op->item->size : op->record ? op->record->size : op->size;
    else
        size = op->record->size;
    file = op->fate == FATE_NONE && op->record ? op->record->file : 0;
    op->size = size;
    leave_queue(s, op, q, op->record ? op->record->who : 0, size);
    if (file)
        body_remove(s->body_fd, file);
    if (op->fate == FATE_DEAD)
        enter_own(s, STORE_DEAD_QUEUE, op->record->who, size);
    if (op->fate == FATE_ASIDE)
        went_aside(s, op, q);
}

static void apply_dead(struct store *s, struct op *op)
{
    tell_gone(op);
    op->queue->stats.dead += op->fate == FATE_DEAD;
    op->queue->stats.failed++;
    apply_gone(s, op);
}

static void apply_expire(struct store *s, struct op *op)
{
    if (!op->queue) /* it was gone */
        return;
    if (op->fate == FATE_NONE || op->fate == FATE_DEAD)
        op->queue->stats.expired++;
    apply_gone(s, op);
}

static void apply_move(struct store *s, struct op *op)
{
    struct record *r = op->record;

    if (op->fate == FATE_UNKNOWN) {
        op->err = ERR_NOT_FOUND;
        store_uncount(s, op->queue, op->share, r->size);
        if (op->item)
            leave_queue(s, op, op->from, 0, 0);
        op->from->pending--;
        return;
    }
    leave_queue(s, op, op->from, r->who, r->size);
    op->from->pending--;
    op->lane->more = true;
    note_due(s, r->due);
    store_announce(s, op->queue);
}

static void undo_move(struct store *s, struct op *op)
{
    store_uncount(s, op->queue, op->share, op->record->size);
    op->from->pending--;
    undo_end(s, op);
}

static void apply_remove(struct store *s, struct op *op)
{
    struct queue *q = op->queue;
    uint64_t file = op->record ? op->record->file : op->item ? op->item->file : 0;
    bool there = op->fate != FATE_UNKNOWN; /* else its body is not there, or another row's */

    if (!there && !op->part)
        op->err = ERR_NOT_FOUND;
    if (there || op->item)
        leave_queue(s, op, q, op->who, op->size);
    q->stats.purged += there;
    if (there && file)
        body_remove(s->body_fd, file);
}

static void apply_set_aside(struct store *s, struct op *op)
{
    bool there = op->fate == FATE_ASIDE; /* else a change that removed its row came first */

    if (there || op->item)
        leave_queue(s, op, op->queue, op->who, op->size);
    if (there)
        went_aside(s, op, op->queue);
}

/* It stays where it is counted. */
static void apply_release(struct store *s, struct op *op)
{
    if (op->fate == FATE_UNKNOWN)
        return;
    if (op->fate == FATE_ASIDE) {
        apply_set_aside(s, op);
        return;
    }
    uncount_held(op, op->queue);
    op->queue->stats.put++;
    op->lane->more = true;
    note_due(s, op->record->due);
    store_announce(s, op->queue);
}

static void apply_withdraw(struct store *s, struct op *op)
{
    if (op->fate == FATE_UNKNOWN)
        return;
    leave_queue(s, op, op->queue, op->who, op->size);
    if (op->fate == FATE_ASIDE)
        went_aside(s, op, op->queue);
    else if (op->record->file)
        body_remove(s->body_fd, op->record->file);
}

static void apply_slice(struct store *s, struct op *op)
{
    (void)s;
    op->lane = op->lane_next;
    op->number = op->number_next;
}

static void apply_drop(struct store *s, struct op *op)
{
    op->queue->stats.dropped += op->count;
    op->queue->dropping = false;
    limit(s, op->queue);
}

static void undo_drop(struct store *s, struct op *op)
{
    (void)s;
    op->queue->dropping = false;
}

static void apply_queue_new(struct store *s, struct op *op)
{
    (void)s;
    store_queue_settle(op->queue, &op->settings, op->attributes);
    op->attributes = (struct buf){ 0 };
    op->queue->deleting = false;
}

static void undo_queue_new(struct store *s, struct op *op)
{
    store_queue_forget(s, op->queue);
    op->queue = NULL;
}

static void apply_queue_set(struct store *s, struct op *op)
{
    apply_queue_new(s, op);
    store_announce(s, op->queue); /* a strict one that no longer is */
}

static void apply_queue_gone(struct store *s, struct op *op)
{
    if (op->again) {
        apply_slice(s, op);
        return;
    }
    store_queue_forget(s, op->queue);
    op->queue = NULL;
}

static void undo_queue_gone(struct store *s, struct op *op)
{
    (void)s;
    op->queue->deleting = false;
}

/* It was lent before it was on disk, where it did not come. */
static void apply_anew(struct store *s, struct op *op)
{
    const struct item *i = store_item(s, op->number);

    if (i && i->gone)
        op->err = detail_fail(ERR_NOT_FOUND, "the message is gone");
}

static void do_nothing(struct store *s, struct op *op)
{
    (void)s;
    (void)op;
}

static const struct {
    apply_fn *apply, *undo;
} kinds[OP_KINDS] = {
    [OP_PUT] = { apply_put, undo_put },
    [OP_CHARGE] = { do_nothing, do_nothing }, /* memory knew first */
    [OP_FINISH] = { apply_finish, undo_end },
    [OP_DELAY] = { apply_delay, undo_end },
    [OP_DEAD] = { apply_dead, undo_end },
    [OP_EXPIRE] = { apply_expire, undo_end },
    [OP_MOVE] = { apply_move, undo_move },
    [OP_REMOVE] = { apply_remove, undo_end },
    [OP_ANEW] = { apply_anew, do_nothing },
    [OP_UNDECIDED] = { do_nothing, do_nothing },
    [OP_RELEASE] = { apply_release, do_nothing },
    [OP_WITHDRAW] = { apply_withdraw, do_nothing },
    [OP_SET_ASIDE] = { apply_set_aside, do_nothing },
    [OP_PURGE] = { apply_slice, do_nothing },
    [OP_DROP] = { apply_drop, undo_drop },
    [OP_QUEUE_NEW] = { apply_queue_new, undo_queue_new },
    [OP_QUEUE_SET] = { apply_queue_set, do_nothing },
    [OP_QUEUE_GONE] = { apply_queue_gone, undo_queue_gone },
};

void store_apply(struct store *s, struct op *op)
{
    kinds[op->kind].apply(s, op);
}

void store_undo(struct store *s, struct op *op)
{
    kinds[op->kind].undo(s, op);
}

void store_tell_ended(struct store *s, struct op *op)
{
    struct store_entry entry;

    if ((op->kind != OP_DEAD && op->kind != OP_EXPIRE) || op->err || !s->config.ended ||
        (op->fate != FATE_NONE && op->fate != FATE_DEAD) || !op->record)
        return;
    record_entry(op->record, op->body, &entry);
    s->config.ended(s->config.arg, op->queue->number, &entry, op->fate == FATE_DEAD);
}
