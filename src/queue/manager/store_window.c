/* SPDX-License-Identifier: Apache-2.0
 * store_window.c - of each lane the next messages, in memory; and which of a queue's is next.
 *
 * A lane nobody takes from keeps nothing in memory. One that somebody does is read ahead by
 * STORE_WINDOW messages when it has run out; what is put while it has everything in memory is kept
 * as it comes.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_private.h"

struct item *item_new(struct store *s)
{
    struct item *i;

    if (store_heap_reserve(&s->delayed, s->item_count + 1) ||
        store_heap_reserve(&s->expiring, s->item_count + 1))
        return NULL;
    i = mem_zero(sizeof *i);
    if (i)
        s->item_count++;
    return i;
}

static void drop_cached(struct store *s, struct item *i)
{
    if (!i->record)
        return;
    if (i->express)
        store_express(s, i->share, -(int64_t)i->size);
    else
        s->cached -= i->size;
    mem_free(i->record);
    i->record = NULL;
    buf_free(&i->body);
}

void item_free(struct store *s, struct item *i)
{
    if (!i)
        return;
    drop_cached(s, i);
    s->item_count--;
    if (i->lane)
        i->lane->items--;
    mem_free(i);
}

struct item *store_item(struct store *s, uint64_t number)
{
    return (struct item *)store_map_find(&s->items, number, 0); /* node is its first member */
}

/* NULL: in none. */
static struct item_list *list_of(struct item *i)
{
    if (i->state == ITEM_COMING)
        return NULL;
    if (i->state == ITEM_READY)
        return i->express ? &i->lane->express : &i->lane->ready;
    return i->express ? &i->lane->away : NULL;
}

static void list_remove(struct item_list *l, struct item *i)
{
    *(i->prev ? &i->prev->next : &l->first) = i->next;
    *(i->next ? &i->next->prev : &l->last) = i->prev;
    i->prev = i->next = NULL;
    l->count--;
}

/* In order of number, which is at the end for what is new and near the front for what was taken. */
static void list_insert(struct item_list *l, struct item *i)
{
    struct item *after = l->last;

    if (after && after->node.key[0] > i->node.key[0]) {
        struct item *at = l->first;

        while (at->node.key[0] < i->node.key[0])
            at = at->next;
        after = at->prev;
    }
    i->prev = after;
    i->next = after ? after->next : l->first;
    *(after ? &after->next : &l->first) = i;
    *(i->next ? &i->next->prev : &l->last) = i;
    l->count++;
}

static bool holds(enum item_state state)
{
    return state == ITEM_LEASED || state == ITEM_DELAYED || state == ITEM_ENDING;
}

static void leave(struct store *s, struct item *i)
{
    struct item_list *list = list_of(i);
    struct queue *q = i->lane->queue;

    if (list)
        list_remove(list, i);
    store_heap_remove(&s->delayed, &i->delay);
    if (i->state == ITEM_DELAYED)
        q->stats.delayed--;
    if (i->state == ITEM_LEASED)
        q->stats.taken--;
    if (!holds(i->state))
        return;
    q->held--;
    i->share->held[i->lane->priority]--;
    i->share->returned[i->lane->priority] -= i->returned;
    if (i->share->held_all-- == STORE_SHARE_HELD_MAX || i->returned)
        store_announce(s, q); /* for it others were held back */
    i->returned = false;
}

static void enter(struct item *i, enum item_state state)
{
    struct queue *q = i->lane->queue;
    struct item_list *list;

    i->state = state;
    list = list_of(i);
    if (list)
        list_insert(list, i);
    if (state == ITEM_DELAYED)
        q->stats.delayed++;
    if (state == ITEM_LEASED)
        q->stats.taken++;
    if (holds(state)) {
        q->held++;
        i->share->held[i->lane->priority]++;
        i->share->held_all++;
    }
}

void item_set_state(struct store *s, struct item *i, enum item_state state)
{
    leave(s, i);
    enter(i, state);
}

void item_delay(struct store *s, struct item *i, uint64_t not_before)
{
    item_set_state(s, i, ITEM_DELAYED);
    store_heap_add(&s->delayed, &i->delay, not_before);
}

void item_forget(struct store *s, struct item *i)
{
    leave(s, i);
    store_heap_remove(&s->expiring, &i->expiry);
    store_map_remove(&s->items, &i->node);
    item_free(s, i);
}

void store_announce(struct store *s, struct queue *q)
{
    if (q->announce)
        return;
    q->announce = true;
    q->next_announced = s->announced;
    s->announced = q;
}

/* Room is looked for, not demanded: what is not kept is read again when it is taken. */
static void cache(struct store *s, struct item *i, const struct record *r, struct bytes body)
{
    if (r->file || r->size > STORE_CACHED_MAX || s->cached + r->size > STORE_CACHE_MAX)
        return;
    i->record = mem_alloc(sizeof *i->record);
    if (!i->record || buf_copy(body, &i->body)) {
        mem_free(i->record);
        i->record = NULL;
        return;
    }
    *i->record = *r;
    s->cached += r->size;
}

void item_know(struct store *s, struct item *i, const struct record *r)
{
    i->node.key[0] = r->number;
    i->size = r->size;
    i->file = r->file;
    i->due = r->due;
    i->journal = r->m.journal;
    i->attempts = r->attempts;
    i->noted = r->attempts > 0;
    store_map_add(&s->items, &i->node);
}

void store_item_add(struct store *s, struct item *i, const struct record *r, struct bytes body)
{
    struct lane *lane = i->lane;

    store_announce(s, lane->queue);
    if (i->express) {
        item_know(s, i, r);
        if (r->due)
            store_heap_add(&s->expiring, &i->expiry, r->due);
        enter(i, ITEM_READY);
        return;
    }
    if (r->number <= lane->loaded || !lane->warm || lane->more ||
        lane->ready.count >= STORE_WINDOW) {
        lane->more |= r->number > lane->loaded;
        item_free(s, i);
        return;
    }
    cache(s, i, r, body);
    item_know(s, i, r);
    lane->loaded = r->number;
    enter(i, ITEM_READY);
}

static void set_aside(struct store *s, struct lane *lane, struct share *share, uint64_t number,
                      uint64_t size)
{
    struct op *op = op_new(OP_SET_ASIDE, lane->queue);

    if (!op)
        return; /* it is found bad again when it is read again */
    op->lane = lane;
    op->share = share;
    op->number = number;
    op->size = size;
    store_submit(s, op);
}

struct ahead {
    uint64_t number, size;
    int64_t who;
};

/* Whether the index says what the row does, whose sum is right. */
static bool agrees(struct store *s, const struct lane *lane, const struct ahead *a,
                   const struct record *r)
{
    return r->queue == lane->queue->number && r->kind == lane->kind &&
           r->m.priority == lane->priority && r->who == a->who && r->size == a->size &&
           a->number > lane->loaded && !store_item(s, a->number);
}

/* One row that the index has. */
static enum err load_one(struct store *s, struct lane *lane, const struct ahead *a)
{
    bool bad = false, body = a->size <= STORE_CACHED_MAX && s->cached + a->size <= STORE_CACHE_MAX;
    struct share *share = store_share(s, lane->queue, a->who);
    const struct item *there = store_item(s, a->number);
    struct buf octets = { 0 };
    struct item *i = NULL;
    struct record r;
    enum err e;

    if (there && there->early && a->number > lane->loaded) {
        lane->loaded = a->number;
        return ERR_OK;
    }
    e = share ? record_read(&s->reader, a->number, &r, body ? &octets : NULL, &bad) : ERR_NO_MEMORY;

    if (e == ERR_NOT_FOUND)
        return detail_fail(ERR_STORE_DAMAGED, "message %llu is in an index and in no table",
                           (unsigned long long)a->number);
    if (!e && (bad ? a->number <= lane->loaded : !agrees(s, lane, a, &r))) {
        buf_free(&octets);
        return detail_fail(ERR_STORE_DAMAGED, "message %llu is not what an index says",
                           (unsigned long long)a->number);
    }
    if (!e && bad) {
        set_aside(s, lane, share, a->number, a->size);
    } else if (!e && !(i = item_new(s))) {
        e = ERR_NO_MEMORY;
    } else if (!e) {
        i->lane = lane;
        lane->items++;
        i->share = share;
        if (r.miscounted)
            store_damage(s, "how often message %llu was delivered is damaged: it is counted anew",
                         (unsigned long long)a->number);
        if (body)
            cache(s, i, &r, buf_view(octets));
        item_know(s, i, &r);
        enter(i, ITEM_READY);
        if (r.not_before > store_now(s)) {
            item_delay(s, i, r.not_before);
            pthread_cond_signal(&s->work); /* who tells the time has not known of it */
        }
    }
    buf_free(&octets);
    if (!e)
        lane->loaded = a->number;
    return e;
}

static enum err read_ahead(struct store *s, struct lane *lane, struct ahead ahead[STORE_WINDOW],
                           size_t *ret_count)
{
    sqlite3_stmt *st = sql_use(&s->reader, SQL_LANE);
    enum err e = ERR_OK;
    size_t n = 0;

    if (!st)
        return sql_fail(&s->reader, "a queue's index");
    sql_bind(st, 1, lane->queue->number);
    sql_bind(st, 2, (uint64_t)lane->kind);
    sql_bind(st, 3, lane->priority);
    sql_bind(st, 4, lane->loaded);
    sql_bind(st, 5, STORE_WINDOW);
    while (sql_row(&s->reader, st, &e)) {
        ahead[n].number = sql_u64(st, 0);
        ahead[n].who = sqlite3_column_int64(st, 1);
        ahead[n++].size = sql_u64(st, 2);
    }
    *ret_count = n;
    return e;
}

/* The next of what is on disk, as one moment has it. */
static enum err load(struct store *s, struct lane *lane)
{
    struct ahead ahead[STORE_WINDOW];
    enum err e = sql_simple(&s->reader, SQL_READ), ended;
    size_t count = 0, i;

    if (e)
        return store_broken(s, e);
    e = read_ahead(s, lane, ahead, &count);
    for (i = 0; !e && i < count; i++)
        e = load_one(s, lane, ahead + i);
    if (!e)
        lane->more = count == STORE_WINDOW;
    ended = sql_simple(&s->reader, SQL_COMMIT);
    return store_broken(s, e ? e : ended);
}

bool item_can_go(const struct item *i, uint64_t now)
{
    const struct share *share = i->share;
    uint8_t priority = i->lane->priority;

    if ((i->due && i->due <= now) || share->returned[priority] ||
        share->held_all >= STORE_SHARE_HELD_MAX)
        return false;
    return !i->lane->queue->settings.strict || !share->held[priority];
}

static struct item *first_of(const struct item_list *l, uint64_t now)
{
    struct item *i = l->first;

    while (i && !item_can_go(i, now))
        i = i->next;
    return i;
}

/* What the lane would give; *ret NULL: nothing now. */
static enum err lane_first(struct store *s, struct lane *lane, uint64_t now, struct item **ret)
{
    struct item *i = first_of(&lane->ready, now), *express;
    enum err e;

    lane->warm = true;
    while (!i && lane->more && lane->ready.count < STORE_LOOK_MAX &&
           lane->queue->held < STORE_HELD_MAX) {
        e = load(s, lane);
        if (e)
            return e;
        i = first_of(&lane->ready, now);
    }
    express = first_of(&lane->express, now);
    if (express && i)
        i = express->node.key[0] < i->node.key[0] ? express : i;
    else if (express && (!lane->more || express->node.key[0] < lane->loaded))
        i = express;
    *ret = i;
    return ERR_OK;
}

/* The highest priority, unless a lower one has waited through STORE_PASSED_MAX takes. */
static struct item *choose(struct queue *q, struct item *const best[STORE_PRIORITIES])
{
    int top = STORE_PRIORITIES - 1, pick, p;

    while (top >= 0 && !best[top])
        top--;
    if (top < 0)
        return NULL;
    pick = top;
    for (p = 0; p < top; p++)
        if (best[p] && ++q->passed[p] > STORE_PASSED_MAX &&
            (pick == top || q->passed[p] > q->passed[pick]))
            pick = p;
    q->passed[pick] = 0;
    return best[pick];
}

/* Of each priority the first that there is. */
static enum err look(struct store *s, struct queue *q, store_wants_fn *wants, void *arg,
                     uint64_t now, struct item *ret[STORE_PRIORITIES])
{
    struct lane *lane;
    struct item *i;
    enum err e;

    for (lane = q->lane; lane; lane = lane->next) {
        if (lane->held || (wants && !wants(arg, lane->interface)))
            continue;
        e = lane_first(s, lane, now, &i);
        if (e)
            return e;
        if (i && (!ret[lane->priority] || i->node.key[0] < ret[lane->priority]->node.key[0]))
            ret[lane->priority] = i;
    }
    return ERR_OK;
}

MUST_CHECK enum err store_next(struct store *s, struct queue *q, store_wants_fn *wants, void *arg,
                               uint64_t now, struct item **ret)
{
    struct item *best[STORE_PRIORITIES] = { 0 };
    enum err e = ERR_OK;

    *ret = NULL;
    if (q->stats.taken < STORE_LEASED_MAX)
        e = look(s, q, wants, arg, now, best);
    if (!e)
        *ret = choose(q, best);
    return e;
}

bool store_has_none(struct store *s, struct queue *q, store_wants_fn *wants, void *arg,
                    uint64_t now)
{
    struct item *best[STORE_PRIORITIES] = { 0 };
    bool none = !look(s, q, wants, arg, now, best);
    int p;

    for (p = 0; p < STORE_PRIORITIES; p++)
        none &= !best[p];
    return none;
}
