/* SPDX-License-Identifier: Apache-2.0
 * store_put.c - a message comes in: quotas at once, the disk later.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_body.h"
#include "queue/manager/store_private.h"

static enum err full(const char *what, const struct queue *q, uint64_t most)
{
    return detail_fail(ERR_QUEUE_FULL, "%s of queue %s: at most %llu", what, q->name,
                       (unsigned long long)most);
}

/* One may be as large as it likes. */
static bool beyond(uint64_t there, uint64_t size, uint64_t most)
{
    return there && there + size > most;
}

/* Quotas are the queue's and each sender's of it; the rest bounds the store's memory. */
static enum err check_room(const struct store *s, const struct queue *q, const struct share *share,
                           const struct record *r)
{
    const struct store_settings *set = &q->settings;

    if (s->damaged)
        return detail_fail(ERR_STORE_DAMAGED, "the store's database is damaged");
    if (s->full)
        return detail_fail(ERR_DISK_FULL, "the disk of %s is full", s->dir);
    if (q->stats.messages >= set->messages_max)
        return full("messages", q, set->messages_max);
    if (q->stats.octets + r->size > set->octets_max)
        return full("octets", q, set->octets_max);
    if (share->messages >= set->sender_messages_max)
        return full("one sender's messages", q, set->sender_messages_max);
    if (share->octets + r->size > set->sender_octets_max)
        return full("one sender's octets", q, set->sender_octets_max);
    if (s->config.sender_octets_max &&
        share->sender->octets + r->size > s->config.sender_octets_max)
        return full("one sender's octets in all queues, this one", q, s->config.sender_octets_max);
    if (beyond(s->unfinished, r->size, s->config.unfinished_max) ||
        beyond(share->sender->unfinished, r->size,
               s->config.unfinished_max / STORE_ON_THEIR_WAY_PARTS))
        return detail_fail(ERR_RPC_BUSY,
                           "%llu octets are on their way to the disk, %llu of them "
                           "this sender's",
                           (unsigned long long)s->unfinished,
                           (unsigned long long)share->sender->unfinished);
    return ERR_OK;
}

/* Locked. Memory is for everybody's: what is beyond a sender's part of it goes to the disk. */
static bool fits_memory(const struct store *s, const struct share *share, uint64_t size)
{
    const uint64_t most = s->config.express_octets_max;

    return s->express + size <= most && share->sender->express + size <= most / STORE_SENDER_PARTS;
}

/* Locked. What is held is on disk, and in a lane that nobody takes from; its own is made now, where
 * that can fail. */
static enum err join(struct store *s, struct queue *q, struct op *op)
{
    struct item *of = store_leased(s, op->lease);
    struct record *r = op->record;

    if (!of || !of->begun || !of->joint)
        return detail_fail(ERR_NOT_FOUND, "no such transaction");
    if (of->joined >= STORE_JOINED_MAX)
        return full("messages of one transaction", q, STORE_JOINED_MAX);
    if (!store_lane_room(s, q, r->kind, r->m.priority, r->who))
        return full("interfaces", q, STORE_SENDER_LANES_MAX / STORE_PRIORITIES);
    atomic_store(&s->joins, true);
    of->joined++;
    of->parent = true;
    r->kind = 0;
    r->hold = op->lease.number;
    return ERR_OK;
}

/* Locked. Everything that could fail later is made now, and counted. */
static enum err reserve(struct store *s, uint32_t queue, struct op *op)
{
    struct queue *q = store_queue_at(s, queue);
    struct record *r = op->record;
    enum err e;

    if (!q || q->deleting || queue < STORE_FIRST_QUEUE)
        return detail_fail(ERR_NOT_FOUND, "no queue %u to put into", queue);
    if (store_known_take(s, queue, r))
        return detail_fail(ERR_EXISTS, "it was in queue %s when the store was opened", q->name);
    e = op->lease.grant ? join(s, q, op) : ERR_OK;
    if (e)
        return e;
    op->share = store_share(s, q, r->who);
    if (!op->share)
        return ERR_NO_MEMORY;
    op->item = item_new(s);
    if (!op->item) {
        store_share_drop(s, q, op->share);
        return ERR_NO_MEMORY;
    }
    e = check_room(s, q, op->share, r);
    if (!e && r->kind && !store_lane_room(s, q, r->kind, r->m.priority, r->who))
        e = full("interfaces", q, STORE_SENDER_LANES_MAX / STORE_PRIORITIES);
    if (!e && !(op->lane = store_lane(q, r->kind, r->m.interface, r->m.priority, r->who)))
        e = ERR_NO_MEMORY;
    if (e) {
        store_share_drop(s, q, op->share);
        return e;
    }
    op->queue = q;
    op->transit = q->settings.transit;
    op->item->lane = op->lane;
    op->lane->items++;
    op->item->share = op->share;
    op->item->express = r->m.delivery == STORE_EXPRESS && fits_memory(s, op->share, r->size);
    if (!op->item->express)
        r->m.delivery = STORE_RECOVERABLE;
    store_count(q, op->share, r->size);
    q->stats.held += r->hold != 0;
    q->pending++; /* a body may be written before it is submitted */
    q->coming++;
    store_unfinished(s, op->share, (int64_t)r->size);
    if (op->item->express) {
        store_express(s, op->share, (int64_t)r->size);
        q->stats.express++;
    }
    if (r->size > STORE_INLINE_MAX && !op->item->express)
        r->file = s->next_file++;
    return ERR_OK;
}

static enum err put_op(const struct store_message *m, struct op **ret)
{
    struct op *op = op_new(OP_PUT, NULL);
    enum err e = op && (op->record = mem_alloc(sizeof *op->record)) ? record_of(m, op->record)
                                                                    : ERR_NO_MEMORY;

    if (!e && m->delivery == STORE_EXPRESS)
        e = buf_copy(m->body, &op->body);
    if (e) {
        op_free(op);
        return e;
    }
    op->borrowed = m->body;
    *ret = op;
    return ERR_OK;
}

/* Its body to the disk, while others go on. */
static enum err put_long(struct store *s, struct op *op)
{
    enum err e = body_write(s->body_fd, op->record->file, op->borrowed);

    pthread_mutex_lock(&s->lock);
    op->queue->pending--; /* a submission counts anew */
    if (!e && op->lease.grant && !store_leased(s, op->lease))
        e = detail_fail(ERR_NOT_FOUND, "the transaction is over");
    if (!e) {
        store_submit(s, op);
    } else {
        store_undo(s, op);
        op_free(op);
    }
    pthread_mutex_unlock(&s->lock);
    return e;
}

/* Locked. What goes when it comes; somebody else may remove it until then. */
static enum err take_place(struct store *s, const struct store_letter *letter, struct op *op)
{
    struct record r = { 0 };
    bool bad = false;
    enum err e = ERR_NOT_FOUND;

    if (letter->queue < STORE_FIRST_QUEUE)
        e = record_read(&s->reader, letter->number, &r, NULL, &bad);
    if (e == ERR_NOT_FOUND || (!e && r.queue != letter->queue))
        return detail_fail(ERR_NOT_FOUND, "no letter %llu", (unsigned long long)letter->number);
    if (e)
        return store_broken(s, e);
    op->from = store_queue_at(s, letter->queue);
    op->number = letter->number;
    op->size = r.size;
    op->who = r.who;
    return ERR_OK;
}

/* How it is put: in a transaction, for somebody who waits, or in the place of a letter. */
struct how {
    struct store_lease lease;
    struct store_waiting *to;
    const struct store_letter *letter;
};

static enum err put(struct store *s, uint32_t queue, const struct store_message *m,
                    const struct how *how, store_done_fn *done, void *arg)
{
    struct store_waiting *to = how->to;
    struct op *op = NULL;
    enum err e = done ? put_op(m, &op) : ERR_INVALID_PARAMETER;
    bool is_long;

    if (e)
        return e;
    op->lease = how->lease;
    op->done = done;
    op->arg = arg;
    pthread_mutex_lock(&s->lock);
    e = how->letter ? take_place(s, how->letter, op) : ERR_OK;
    if (!e)
        e = reserve(s, queue, op);
    is_long = !e && op->record->file;
    if (e) {
        item_free(s, op->item);
        op_free(op);
    } else if (!is_long) {
        op->queue->pending--;
        if (to)
            store_early_lend(s, op, to);
        if (to && to->lease.grant)
            store_submit_quietly(s, op);
        else
            store_submit(s, op);
    }
    pthread_mutex_unlock(&s->lock);
    return is_long ? put_long(s, op) : e;
}

MUST_CHECK enum err store_put(struct store *s, uint32_t queue, const struct store_message *m,
                              store_done_fn *done, void *arg)
{
    return put(s, queue, m, &(struct how){ .to = NULL }, done, arg);
}

MUST_CHECK enum err store_put_to(struct store *s, uint32_t queue, const struct store_message *m,
                                 struct store_waiting *to, store_done_fn *done, void *arg)
{
    to->lease = (struct store_lease){ 0 };
    return put(s, queue, m, &(struct how){ .to = to }, done, arg);
}

MUST_CHECK enum err store_put_for(struct store *s, uint32_t queue, const struct store_message *m,
                                  struct store_letter letter, store_done_fn *done, void *arg)
{
    struct store_message kept = *m;

    kept.delivery = STORE_RECOVERABLE;
    return put(s, queue, &kept, &(struct how){ .letter = &letter }, done, arg);
}

MUST_CHECK enum err store_put_joined(struct store *s, uint32_t queue, const struct store_message *m,
                                     struct store_lease lease, store_done_fn *done, void *arg)
{
    struct store_message kept = *m;

    kept.delivery = STORE_RECOVERABLE;
    if (!lease.grant)
        return detail_fail(ERR_NOT_FOUND, "no transaction");
    return put(s, queue, &kept, &(struct how){ .lease = lease }, done, arg);
}
