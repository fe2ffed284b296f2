/* SPDX-License-Identifier: Apache-2.0
 * store_slice.c - changes of many messages, a slice at a time: what has expired, a purge, what a
 * full journal drops. Found by indexes; what is leased is left alone.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_private.h"

struct found {
    uint64_t number, due, size;
    int64_t who;
    bool held;
};

/* A queue that goes takes along what is leased. */
static bool claimable(const struct item *i, uint32_t reason)
{
    return i->state == ITEM_READY || i->state == ITEM_DELAYED ||
           (i->state == ITEM_LEASED && reason == STORE_REASON_QUEUE_DELETED);
}

/* Locked. Nobody can take it any more. */
static void claim(struct store *s, struct item *i)
{
    store_heap_remove(&s->expiring, &i->expiry);
    item_set_state(s, i, ITEM_ENDING);
}

static struct op *part_new(enum op_kind kind, struct queue *q, struct item *i, uint64_t number)
{
    struct op *op = op_new(kind, q);

    if (!op)
        return NULL;
    op->part = true;
    op->item = i;
    op->number = number;
    return op;
}

/* Locked. One that the disk has. */
static enum err add_part(struct store *s, enum op_kind kind, struct queue *q,
                         const struct found *found, uint32_t reason, struct op_list *parts)
{
    struct item *i = store_item(s, found->number);
    struct op *op;

    if (i && !claimable(i, reason))
        return ERR_OK;
    op = part_new(kind, q ? q : i ? i->lane->queue : NULL, i, found->number);
    if (!op)
        return ERR_NO_MEMORY;
    op->due_reason = reason;
    op->held = found->held;
    op->who = found->who;
    op->size = found->size;
    if (i)
        claim(s, i);
    op_append(parts, op);
    return ERR_OK;
}

static enum err express_due(struct store *s, uint64_t now, size_t most, struct op_list *parts)
{
    struct store_timer *t;

    while ((t = store_heap_first(&s->expiring)) && t->when <= now && parts->count < most) {
        struct item *i = (struct item *)((char *)t - offsetof(struct item, expiry));
        struct op *op;

        store_heap_remove(&s->expiring, t); /* one that is leased: looked at when it comes back */
        if (!claimable(i, 0))
            continue;
        op = part_new(OP_EXPIRE, i->lane->queue, i, i->node.key[0]);
        if (!op) {
            store_heap_add(&s->expiring, t, t->when);
            return ERR_NO_MEMORY;
        }
        claim(s, i);
        op_append(parts, op);
    }
    return ERR_OK;
}

static enum err find_due(struct store *s, uint64_t now, struct found *after,
                         struct found found[STORE_SLICE], size_t *ret_count)
{
    sqlite3_stmt *st = sql_use(&s->writer, SQL_DUE);
    enum err e = ERR_OK;
    size_t n = 0;

    if (!st)
        return sql_fail(&s->writer, "the index of times");
    sql_bind(st, 1, now);
    sql_bind(st, 2, after->due);
    sql_bind(st, 3, after->number);
    sql_bind(st, 4, STORE_SLICE);
    while (sql_row(&s->writer, st, &e)) {
        found[n] = (struct found){ .number = sql_u64(st, 0), .due = sql_u64(st, 1) };
        n++;
    }
    if (n)
        *after = found[n - 1];
    *ret_count = n;
    return e;
}

static enum err find_next_due(struct store *s, uint64_t now, uint64_t *ret)
{
    sqlite3_stmt *st = sql_use(&s->writer, SQL_NEXT_DUE);
    enum err e = ERR_OK;

    if (!st)
        return sql_fail(&s->writer, "the index of times");
    sql_bind(st, 1, now);
    *ret = sql_row(&s->writer, st, &e) ? sql_u64(st, 0) : UINT64_MAX;
    (void)sqlite3_reset(st);
    return e;
}

/* A message that is leased stands before others in the index as long as it is: one looks past it.
 */
static enum err recoverable_due(struct store *s, uint64_t now, size_t most, struct op_list *parts,
                                bool *ret_more)
{
    struct found found[STORE_SLICE], after = { 0 };
    size_t n = STORE_SLICE, i;
    enum err e = ERR_OK;

    while (!e && n == STORE_SLICE && parts->count < most) {
        e = find_due(s, now, &after, found, &n);
        pthread_mutex_lock(&s->lock);
        for (i = 0; i < n && !e; i++)
            e = add_part(s, OP_EXPIRE, NULL, found + i, 0, parts);
        pthread_mutex_unlock(&s->lock);
    }
    *ret_more = n == STORE_SLICE;
    return e;
}

MUST_CHECK enum err store_run_expiry(struct store *s, struct op_list *parts, bool *ret_more)
{
    const size_t most = parts->count + STORE_SLICE;
    uint64_t now = store_now(s), next = now;
    bool more = false, due;
    enum err e;

    pthread_mutex_lock(&s->lock);
    e = express_due(s, now, most, parts);
    due = s->next_due <= now;
    pthread_mutex_unlock(&s->lock);
    *ret_more = parts->count >= most;
    if (e || !due)
        return e;
    e = recoverable_due(s, now, most, parts, &more);
    *ret_more = more;
    if (!e && !more)
        e = find_next_due(s, now, &next);
    if (!e) {
        pthread_mutex_lock(&s->lock);
        s->next_due = next; /* puts of this batch lower it when they are applied */
        pthread_mutex_unlock(&s->lock);
    }
    return e;
}

static enum err lane_slice(struct store *s, const struct lane *lane, uint64_t after, size_t most,
                           struct found found[STORE_SLICE], size_t *ret_count)
{
    sqlite3_stmt *st = sql_use(&s->writer, SQL_LANE);
    enum err e = ERR_OK;
    size_t n = 0;

    if (!st)
        return sql_fail(&s->writer, "a queue's index");
    sql_bind(st, 1, lane->queue->number);
    sql_bind(st, 2, (uint64_t)lane->kind);
    sql_bind(st, 3, lane->priority);
    sql_bind(st, 4, after);
    sql_bind(st, 5, most);
    while (sql_row(&s->writer, st, &e)) {
        found[n].number = sql_u64(st, 0);
        found[n].who = sqlite3_column_int64(st, 1);
        found[n].held = lane->held;
        found[n++].size = sql_u64(st, 2);
    }
    *ret_count = n;
    return e;
}

/* Locked. */
static enum err purge_list(struct store *s, struct op *op, enum op_kind kind, struct item *first,
                           struct op_list *parts)
{
    struct item *i, *next;
    struct op *part;

    for (i = first; i && i->node.key[0] < op->upto; i = next) {
        next = i->next;
        if (!claimable(i, op->reason))
            continue;
        part = part_new(kind, op->queue, i, i->node.key[0]);
        if (!part)
            return ERR_NO_MEMORY;
        part->due_reason = op->reason;
        claim(s, i);
        op_append(parts, part);
    }
    return ERR_OK;
}

/* Locked. Those in back-off before those that are ready, which a claim puts behind them. */
static enum err purge_express(struct store *s, struct op *op, enum op_kind kind,
                              struct op_list *parts)
{
    enum err e = purge_list(s, op, kind, op->lane->away.first, parts);

    return e ? e : purge_list(s, op, kind, op->lane->express.first, parts);
}

/* Locked. A queue that goes takes along whatever memory has of it: what is leased or delayed is in
 * no list, what is express on no disk, and what was taken while a purge removed it in neither. */
static enum err gone_items(struct store *s, struct op *op, struct op_list *parts)
{
    size_t bucket, most = parts->count + STORE_GONE_MAX;
    struct store_node *n;

    for (bucket = 0; bucket < s->items.buckets; bucket++)
        for (n = s->items.bucket[bucket]; n; n = n->next) {
            struct item *i = (struct item *)n; /* whose first member it is */
            struct op *part;

            if (i->lane->queue != op->queue || !claimable(i, STORE_REASON_QUEUE_DELETED))
                continue;
            if (parts->count == most)
                return ERR_OK; /* the next round's */
            part = part_new(OP_EXPIRE, op->queue, i, i->node.key[0]);
            if (!part)
                return ERR_NO_MEMORY;
            part->due_reason = op->reason;
            claim(s, i);
            op_append(parts, part);
        }
    return ERR_OK;
}

/* A slice of the lane op->lane, the next of which is op->number. A queue that goes takes along what
 * is in it as if that had expired. */
MUST_CHECK enum err store_run_purge(struct store *s, struct op *op, struct op_list *parts)
{
    enum op_kind kind = op->kind == OP_QUEUE_GONE ? OP_EXPIRE : OP_REMOVE;
    struct found found[STORE_SLICE];
    size_t n = 0, i;
    enum err e = ERR_OK;

    pthread_mutex_lock(&s->lock);
    if (!op->begun) {
        op->lane = op->queue->lane;
        op->upto = s->next_number;
        op->number = 0;
        op->begun = true;
        op->reason = kind == OP_EXPIRE ? STORE_REASON_QUEUE_DELETED : 0;
        if (op->reason)
            e = gone_items(s, op, parts);
    }
    op->again = op->lane;
    op->lazy = false;
    if (op->lane && !e)
        e = purge_express(s, op, kind, parts);
    pthread_mutex_unlock(&s->lock);
    if (e || !op->lane)
        return e;
    e = lane_slice(s, op->lane, op->number, STORE_SLICE, found, &n);
    pthread_mutex_lock(&s->lock);
    for (i = 0; i < n && !e && found[i].number < op->upto; i++)
        e = add_part(s, kind, op->queue, found + i, op->reason, parts);
    if (n == STORE_SLICE && i == n) {
        op->number_next = found[n - 1].number;
        op->lane_next = op->lane;
    } else {
        op->number_next = 0;
        op->lane_next = op->lane->next;
    }
    pthread_mutex_unlock(&s->lock);
    return e;
}

/* Locked. How much more than it may have it has. */
static void excess(const struct queue *q, uint64_t *messages, uint64_t *octets)
{
    const struct store_settings *set = &q->settings;
    const struct store_stats *is = &q->stats;

    *messages = is->messages > set->messages_max ? is->messages - set->messages_max : 0;
    *octets = is->octets > set->octets_max ? is->octets - set->octets_max : 0;
}

/* What a full queue looks for. */
struct drop {
    struct share *of;                /* NULL: anybody's. The thread's: nobody else removes it */
    uint64_t messages, octets;       /* that are too much */
    struct found found[STORE_SLICE]; /* the oldest until now */
    size_t count;
};

/* Whether so many, of so many octets, are enough. */
static bool enough(const struct drop *d, size_t count, uint64_t octets)
{
    return count == STORE_SLICE || (count >= d->messages && octets >= d->octets);
}

/* Both are in order of number; what is more than enough is left. */
static void merge(struct drop *d, const struct found *other, size_t count)
{
    struct found all[STORE_SLICE];
    size_t n = 0, i = 0, k = 0;
    uint64_t octets = 0;

    for (; (i < d->count || k < count) && !enough(d, n, octets); octets += all[n++].size)
        if (k == count || (i < d->count && d->found[i].number < other[k].number))
            all[n] = d->found[i++];
        else
            all[n] = other[k++];
    memcpy(d->found, all, n * sizeof *all);
    d->count = n;
}

/* From where the last look for him has ended: those who have most take turns, and what is before
 * theirs is of others, who lose nothing. */
static enum err look_in(struct store *s, struct lane *lane, struct drop *d)
{
    struct found slice[STORE_SLICE] = { 0 }, his[STORE_SLICE];
    uint64_t *upto = d->of ? &d->of->dropped_upto[lane->priority] : NULL, after = upto ? *upto : 0;
    uint64_t octets = 0;
    size_t n = STORE_SLICE, count = 0, i;
    enum err e = ERR_OK;

    while (!e && n == STORE_SLICE && !enough(d, count, octets)) {
        e = lane_slice(s, lane, after, STORE_SLICE, slice, &n);
        for (i = 0; !e && i < n && !enough(d, count, octets); i++) {
            after = slice[i].number;
            if (upto && slice[i].who != (int64_t)d->of->node.key[1]) {
                *upto = count ? *upto : after;
                continue;
            }
            octets += slice[i].size;
            his[count++] = slice[i];
        }
    }
    merge(d, his, count);
    return e;
}

static enum err look(struct store *s, struct queue *q, struct drop *d)
{
    struct lane *lane;
    enum err e = ERR_OK;

    for (lane = q->lane; lane && !e; lane = lane->next)
        e = look_in(s, lane, d);
    return e;
}

/* Of whoever has most in the queue, the oldest: so many that it is within its limits, or a slice.
 * So nobody's are pushed out by what another has sent. */
MUST_CHECK enum err store_run_drop(struct store *s, struct op *op, struct op_list *parts)
{
    struct drop d = { .of = NULL };
    enum err e;

    pthread_mutex_lock(&s->lock);
    excess(op->queue, &d.messages, &d.octets);
    d.of = store_heaviest(s, op->queue);
    pthread_mutex_unlock(&s->lock);
    e = look(s, op->queue, &d);
    if (!e && !d.count) { /* counted for another, where there was no memory */
        d.of = NULL;
        e = look(s, op->queue, &d);
    }
    pthread_mutex_lock(&s->lock);
    for (op->count = 0; op->count < d.count && !e; op->count++)
        e = add_part(s, OP_REMOVE, op->queue, &d.found[op->count], 0, parts);
    pthread_mutex_unlock(&s->lock);
    return e;
}
