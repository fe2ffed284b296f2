/* SPDX-License-Identifier: Apache-2.0
 * store_take.c - messages lent, and how that ends.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "queue/manager/store_body.h"
#include "queue/manager/store_private.h"

enum { TICKS_PER_MS = 10000, PAUSE_MS = 1000, RETURN_FIRST_MS = 250, RETURN_DOUBLED = 4 };

/* Locked. What is read now was not read ahead. */
static enum err read_item(struct store *s, struct item *i, struct record *r, struct buf *ret_body,
                          bool *ret_bad)
{
    enum err e;

    if (!i->record) {
        e = record_read(&s->reader, i->node.key[0], r, ret_body, ret_bad);
        r->attempts = i->attempts;
        return e == ERR_NOT_FOUND ? e : store_broken(s, e);
    }
    *ret_bad = false;
    *r = *i->record;
    r->m.sender = r->sender;
    r->attempts = i->attempts;
    if (i->express)
        return buf_copy(buf_view(i->body), ret_body);
    *ret_body = i->body;
    i->body = (struct buf){ 0 };
    s->cached -= i->size;
    mem_free(i->record);
    i->record = NULL;
    return ERR_OK;
}

void item_lend(struct store *s, struct item *i, struct store_lease *ret)
{
    i->grant = s->next_grant++;
    i->begun = false;
    item_set_state(s, i, ITEM_LEASED);
    if (s->config.lease_ms)
        store_heap_add(&s->delayed, &i->delay, store_now(s) + s->config.lease_ms * TICKS_PER_MS);
    *ret = (struct store_lease){ i->node.key[0], i->grant };
}

/* Locked. A damaged one goes aside, its place is the next one's. */
static void put_aside(struct store *s, struct item *i)
{
    struct op *op = op_new(OP_SET_ASIDE, i->lane->queue);

    if (!op)
        return; /* it is met again */
    op->item = i;
    op->number = i->node.key[0];
    op->size = i->size;
    item_set_state(s, i, ITEM_ENDING);
    store_submit(s, op);
}

/* Locked. */
static void put_off_a_moment(struct store *s, struct item *i)
{
    item_delay(s, i, store_now(s) + (uint64_t)PAUSE_MS * TICKS_PER_MS);
}

/* Locked. *ret_item NULL: none. */
static enum err take_next(struct store *s, uint32_t queue, store_wants_fn *wants, void *arg,
                          struct record *r, struct buf *body, struct item **ret_item)
{
    struct queue *q = store_queue_at(s, queue);
    struct item *i = NULL;
    bool bad = false;
    enum err e;

    *ret_item = NULL;
    if (!q || q->deleting || queue < STORE_FIRST_QUEUE)
        return detail_fail(ERR_NOT_FOUND, "no queue %u to take from", queue);
    do {
        e = s->damaged ? ERR_STORE_DAMAGED : store_next(s, q, wants, arg, store_now(s), &i);
        if (e || !i)
            return e;
        e = read_item(s, i, r, body, &bad);
        if (e == ERR_NOT_FOUND) /* its row went: whose memory follows finds it */
            put_off_a_moment(s, i);
        else if (!e && bad)
            put_aside(s, i);
        if (bad)
            buf_free(body);
    } while (e == ERR_NOT_FOUND || (!e && bad));
    if (!e)
        *ret_item = i;
    return e;
}

struct item *store_leased(struct store *s, struct store_lease lease)
{
    struct item *i = store_item(s, lease.number);

    return i && i->state == ITEM_LEASED && i->grant == lease.grant ? i : NULL;
}

/* Locked. For no fault of its own it cannot be given now. */
static void put_off(struct store *s, struct item *i)
{
    log_warning("store %s: message %llu waits: %s", s->dir, (unsigned long long)i->node.key[0],
                detail_get()->text);
    put_off_a_moment(s, i);
    pthread_cond_signal(&s->work);
}

/* Locked. Its body cannot be read: of no use to who has it. */
static void take_back(struct store *s, struct store_lease lease, enum err e)
{
    struct item *i = store_leased(s, lease);

    if (i && e == ERR_STORE_DAMAGED)
        put_aside(s, i);
    else if (i)
        put_off(s, i);
}

MUST_CHECK enum err store_take_body(struct store *s, struct store_lease lease,
                                    struct store_entry *e)
{
    struct buf body = { 0 };
    enum err err = e->file ? body_read(s->body_fd, e->file, e->file_size, &body) : ERR_OK;

    if (!err && e->file && record_hash(buf_view(body)) != e->file_sum)
        err = detail_fail(ERR_STORE_DAMAGED, "body %llx does not have its checksum",
                          (unsigned long long)e->file);
    if (!err && e->file) {
        e->body = body;
        e->m.body = buf_view(body);
        e->file = 0;
    }
    if (!err)
        return ERR_OK;
    buf_free(&body);
    pthread_mutex_lock(&s->lock);
    take_back(s, lease, err);
    pthread_mutex_unlock(&s->lock);
    return err;
}

MUST_CHECK enum err store_take(struct store *s, uint32_t queue, store_wants_fn *wants, void *arg,
                               struct store_lease *ret_lease, struct store_entry *ret_entry)
{
    struct buf body = { 0 };
    struct item *i = NULL;
    struct record r = { 0 };
    enum err e;

    *ret_lease = (struct store_lease){ 0 };
    pthread_mutex_lock(&s->lock);
    e = take_next(s, queue, wants, arg, &r, &body, &i);
    if (!e && i)
        item_lend(s, i, ret_lease);
    pthread_mutex_unlock(&s->lock);
    if (e || !i)
        return e;
    record_entry(&r, body, ret_entry);
    ret_entry->file = r.file;
    ret_entry->file_size = r.file ? r.size : 0;
    ret_entry->file_sum = r.body_sum;
    return ERR_OK;
}

static void charge(struct item *i)
{
    if (!i->begun)
        i->attempts++;
    i->begun = true;
}

void item_begin(struct store *s, struct item *i, bool joint, struct op *op)
{
    bool tell = !i->begun && !i->express && !i->gone;

    store_heap_remove(&s->delayed, &i->delay);
    charge(i);
    i->returns = 0;
    i->joint = joint;
    i->joined = 0;
    if (!tell) {
        op_free(op);
        return;
    }
    op->queue = i->lane->queue;
    op->item = i;
    op->number = i->node.key[0];
    op->count = i->attempts;
    op->lazy = true;
    i->charge = op;
    store_submit(s, op);
}

MUST_CHECK enum err store_begin(struct store *s, struct store_lease lease)
{
    struct op *op = op_new(OP_CHARGE, NULL);
    struct item *i;

    if (!op)
        return ERR_NO_MEMORY;
    pthread_mutex_lock(&s->lock);
    i = store_leased(s, lease);
    if (i)
        item_begin(s, i, false, op);
    pthread_mutex_unlock(&s->lock);
    if (i)
        return ERR_OK;
    op_free(op);
    return detail_fail(ERR_NOT_FOUND, "no such lease");
}

void item_cancel_charge(struct item *i)
{
    if (!i->charge)
        return;
    i->charge->cancelled = true;
    i->charge->item = NULL;
    i->charge = NULL;
}

void store_end_lease(struct store *s, struct item *i, struct op *op)
{
    item_cancel_charge(i);
    op->queue = i->lane->queue;
    op->item = i;
    op->number = i->node.key[0];
    op->lazy = !op->done;
    item_set_state(s, i, ITEM_ENDING);
    store_submit(s, op);
}

static enum err end_op(enum op_kind kind, store_done_fn *done, void *arg, struct op **ret)
{
    struct op *op = op_new(kind, NULL);

    if (!op)
        return ERR_NO_MEMORY;
    op->done = done;
    op->arg = arg;
    *ret = op;
    return ERR_OK;
}

static bool in_transaction(const struct item *i)
{
    return i->begun && i->joint;
}

static uint64_t backoff(const struct store_settings *set, uint32_t attempts)
{
    uint64_t ms = set->backoff_first_ms;

    while (--attempts && ms < set->backoff_max_ms)
        ms *= 2;
    return (ms < set->backoff_max_ms ? ms : set->backoff_max_ms) * TICKS_PER_MS;
}

/* Locked; adopts. lost: nobody has said that it failed, and in a transaction it may have not. */
static void fail(struct store *s, struct item *i, uint32_t reason, bool lost, struct op *op)
{
    const struct store_settings *set = &i->lane->queue->settings;

    op->decided = !lost && in_transaction(i);
    charge(i);
    op->count = i->attempts;
    if (i->attempts >= set->attempts_max && !(lost && i->joint)) {
        op->kind = OP_DEAD;
        op->reason = reason ? reason : STORE_REASON_ATTEMPTS;
    } else {
        op->not_before = store_now(s) + backoff(set, i->attempts);
    }
    store_end_lease(s, i, op);
}

static enum err end(struct store *s, struct store_lease lease, enum op_kind kind, uint32_t reason,
                    store_done_fn *done, void *arg)
{
    struct op *op = NULL;
    enum err e = end_op(kind, done, arg, &op);
    struct item *i;

    if (e)
        return e;
    pthread_mutex_lock(&s->lock);
    i = store_leased(s, lease);
    op->reason = reason;
    if (!i)
        op_free(op);
    else if (kind == OP_DELAY)
        fail(s, i, reason, false, op);
    else {
        op->decided = in_transaction(i);
        store_end_lease(s, i, op);
    }
    pthread_mutex_unlock(&s->lock);
    return i ? ERR_OK : detail_fail(ERR_NOT_FOUND, "no such lease");
}

MUST_CHECK enum err store_finish(struct store *s, struct store_lease lease, store_done_fn *done,
                                 void *arg)
{
    return end(s, lease, OP_FINISH, STORE_REASON_NONE, done, arg);
}

MUST_CHECK enum err store_fail(struct store *s, struct store_lease lease, uint32_t reason,
                               store_done_fn *done, void *arg)
{
    return end(s, lease, OP_DELAY, reason, done, arg);
}

MUST_CHECK enum err store_refuse(struct store *s, struct store_lease lease, uint32_t reason,
                                 store_done_fn *done, void *arg)
{
    return end(s, lease, OP_DEAD, reason, done, arg);
}

void item_note_expiry(struct store *s, struct item *i)
{
    if (!i->due)
        return;
    if (!i->express)
        s->next_due = i->due < s->next_due ? i->due : s->next_due;
    else if (!i->expiry.place)
        store_heap_add(&s->expiring, &i->expiry, i->due);
}

/* Locked. A change that removed its row has left it to who had it then. */
static void forget_gone(struct store *s, struct item *i)
{
    struct queue *q = i->lane->queue;
    struct share *share = i->share;
    uint64_t size = i->size;

    item_cancel_charge(i);
    item_forget(s, i);
    store_uncount(s, q, share, size);
    store_announce(s, q); /* for it others may have been held back */
}

void item_back(struct store *s, struct item *i)
{
    if (i->coming) { /* who is next reads it from the disk */
        item_set_state(s, i, ITEM_COMING);
        i->lane->queue->coming++;
        return;
    }
    if (i->gone) {
        forget_gone(s, i);
        return;
    }
    item_set_state(s, i, ITEM_READY);
    item_note_expiry(s, i);
    store_announce(s, i->lane->queue);
}

/* Locked. In a moment; that of others is next. */
static void wait_on(struct store *s, struct item *i)
{
    uint64_t ms = (uint64_t)RETURN_FIRST_MS << i->returns;

    i->returns += i->returns < RETURN_DOUBLED;
    item_delay(s, i, store_now(s) + ms * TICKS_PER_MS);
    i->returned = true;
    i->share->returned[i->lane->priority]++;
    item_note_expiry(s, i);
    store_announce(s, i->lane->queue);
}

static void give_back(struct store *s, struct store_lease lease,
                      void (*back)(struct store *s, struct item *i))
{
    struct op *op = op_new(OP_DELAY, NULL);
    struct item *i;

    pthread_mutex_lock(&s->lock);
    i = store_leased(s, lease);
    if (i && i->begun && op) {
        fail(s, i, STORE_REASON_NONE, true, op);
        op = NULL;
    } else if (i) {
        back(s, i);
        pthread_cond_signal(&s->work);
    }
    pthread_mutex_unlock(&s->lock);
    op_free(op);
}

void store_release(struct store *s, struct store_lease lease)
{
    give_back(s, lease, item_back);
}

void store_return(struct store *s, struct store_lease lease)
{
    give_back(s, lease, wait_on);
}
