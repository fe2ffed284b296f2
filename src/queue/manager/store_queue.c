/* SPDX-License-Identifier: Apache-2.0
 * store_queue.c - queues in memory: found, made, changed, counted; their lanes and shares.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_private.h"

static size_t place_of(const struct store *s, uint32_t number)
{
    size_t low = 0, high = s->queue_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (s->queues[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct queue *store_queue_at(struct store *s, uint32_t number)
{
    size_t place = place_of(s, number);

    return place < s->queue_count && s->queues[place]->number == number ? s->queues[place] : NULL;
}

struct lane *store_lane(struct queue *q, int64_t kind, const uint8_t interface[STORE_INTERFACE],
                        uint8_t priority, int64_t who)
{
    struct lane *lane = q->lane;

    while (lane && (lane->kind != kind || lane->priority != priority))
        lane = lane->next;
    if (lane)
        return lane;
    lane = mem_zero(sizeof *lane);
    if (!lane)
        return NULL;
    lane->queue = q;
    lane->kind = kind;
    lane->priority = priority;
    lane->who = who;
    lane->held = !kind && q->number >= STORE_FIRST_QUEUE;
    memcpy(lane->interface, interface, STORE_INTERFACE);
    lane->next = q->lane;
    q->lane = lane;
    q->lanes++;
    return lane;
}

static struct sender *sender_of(struct store *s, int64_t who)
{
    struct sender *sender = (struct sender *)store_map_find(&s->shares, 0, (uint64_t)who);

    if (sender) /* whose first member the node is */
        return sender;
    sender = mem_zero(sizeof *sender);
    if (!sender)
        return NULL;
    sender->node.key[1] = (uint64_t)who;
    store_map_add(&s->shares, &sender->node);
    return sender;
}

static void sender_drop(struct store *s, struct sender *sender)
{
    if (sender->shares)
        return;
    store_map_remove(&s->shares, &sender->node);
    mem_free(sender);
}

static bool is_own(const struct queue *q)
{
    return q->number < STORE_FIRST_QUEUE;
}

struct share *store_share(struct store *s, struct queue *q, int64_t who)
{
    struct sender *sender;
    struct share *share;

    if (q->number == STORE_DAMAGED_QUEUE)
        who = 0; /* what its messages say of themselves is not sure */
    share = (struct share *)store_map_find(&s->shares, q->number, (uint64_t)who);
    if (share) /* whose first member the node is */
        return share;
    sender = sender_of(s, is_own(q) ? 0 : who);
    if (!sender)
        return NULL;
    share = mem_zero(sizeof *share);
    if (!share) {
        sender_drop(s, sender);
        return NULL;
    }
    sender->shares++;
    share->sender = sender;
    share->node.key[0] = q->number;
    share->node.key[1] = (uint64_t)who;
    store_map_add(&s->shares, &share->node);
    return share;
}

void store_share_drop(struct store *s, const struct queue *q, struct share *share)
{
    if (share->messages || (is_own(q) && !share->node.key[1]))
        return;
    store_map_remove(&s->shares, &share->node); /* nothing else points here */
    share->sender->shares--;
    sender_drop(s, share->sender);
    mem_free(share);
}

void store_count(struct queue *q, struct share *share, uint64_t size)
{
    q->stats.messages++;
    q->stats.octets += size;
    share->messages++;
    share->octets += size;
    share->sender->octets += size;
}

/* Where there was no memory for a share of its own, somebody else's had it. */
static void take_from(uint64_t *of, uint64_t size)
{
    *of -= *of < size ? *of : size;
}

void store_uncount(struct store *s, struct queue *q, struct share *share, uint64_t size)
{
    q->stats.messages--;
    q->stats.octets -= size;
    take_from(&share->messages, 1);
    take_from(&share->octets, size);
    take_from(&share->sender->octets, size);
    store_share_drop(s, q, share);
}

struct share *store_heaviest(struct store *s, const struct queue *q)
{
    struct share *most = NULL, *share;
    struct store_node *n;
    size_t i;

    for (i = 0; i < s->shares.buckets; i++)
        for (n = s->shares.bucket[i]; n; n = n->next) {
            share = (struct share *)n; /* or a sender, whose queue is 0 */
            if (n->key[0] == q->number && (!most || share->octets > most->octets))
                most = share;
        }
    return most;
}

void store_unfinished(struct store *s, struct share *share, int64_t size)
{
    s->unfinished += (uint64_t)size;
    share->sender->unfinished += (uint64_t)size;
}

void store_express(struct store *s, struct share *share, int64_t size)
{
    s->express += (uint64_t)size;
    share->sender->express += (uint64_t)size;
}

static enum err make_room(struct store *s)
{
    size_t room = s->queue_room ? s->queue_room * 2 : 16;
    struct queue **more;

    if (s->queue_count < s->queue_room)
        return ERR_OK;
    more = mem_resize(s->queues, room * sizeof(struct queue *));
    if (!more)
        return ERR_NO_MEMORY;
    s->queues = more;
    s->queue_room = room;
    return ERR_OK;
}

void store_queue_settle(struct queue *q, const struct store_settings *settings,
                        struct buf attributes)
{
    const struct store_settings *d = &store_queue_defaults;
    struct store_settings *mine = &q->settings;

    buf_free(&q->attributes);
    q->attributes = attributes;
    *mine = *settings;
    mine->attributes = buf_view(q->attributes);
#define DEFAULT(field) mine->field = mine->field ? mine->field : d->field
    DEFAULT(messages_max);
    DEFAULT(octets_max);
    DEFAULT(sender_messages_max);
    DEFAULT(sender_octets_max);
    DEFAULT(attempts_max);
    DEFAULT(backoff_first_ms);
    DEFAULT(backoff_max_ms);
#undef DEFAULT
}

MUST_CHECK enum err store_queue_add(struct store *s, const struct settings_row *row)
{
    struct queue *q = mem_zero(sizeof *q);
    enum err e = q ? make_room(s) : ERR_NO_MEMORY;
    size_t place = place_of(s, row->number);

    if (e) {
        mem_free(q);
        return e;
    }
    q->number = row->number;
    memcpy(q->name, row->name, sizeof q->name);
    store_queue_settle(q, &row->settings, row->attributes);
    memmove(s->queues + place + 1, s->queues + place,
            (s->queue_count - place) * sizeof(struct queue *));
    s->queues[place] = q;
    s->queue_count++;
    if (q->number >= s->next_queue)
        s->next_queue = q->number + 1;
    return ERR_OK;
}

void store_queue_forget(struct store *s, struct queue *q)
{
    size_t place = place_of(s, q->number);
    struct lane *lane;

    memmove(s->queues + place, s->queues + place + 1,
            (s->queue_count - place - 1) * sizeof(struct queue *));
    s->queue_count--;
    while ((lane = q->lane)) {
        q->lane = lane->next;
        mem_free(lane);
    }
    buf_free(&q->attributes);
    mem_free(q);
}

static struct queue *by_name(struct store *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->queue_count; i++)
        if (strcmp(s->queues[i]->name, name) == 0)
            return s->queues[i];
    return NULL;
}

static enum err check_settings(const struct store_settings *settings)
{
    if (settings->attributes.len > STORE_ATTRIBUTES_MAX)
        return detail_fail(ERR_TOO_LONG, "%zu octets of a queue's attributes, at most %d",
                           settings->attributes.len, STORE_ATTRIBUTES_MAX);
    return ERR_OK;
}

static enum err settings_op(enum op_kind kind, struct queue *q,
                            const struct store_settings *settings, struct op **ret)
{
    struct op *op = op_new(kind, q);
    enum err e = op ? check_settings(settings) : ERR_NO_MEMORY;

    if (!e)
        e = buf_copy(settings->attributes, &op->attributes);
    if (e) {
        op_free(op);
        return e;
    }
    op->settings = *settings;
    op->settings.attributes = buf_view(op->attributes);
    *ret = op;
    return ERR_OK;
}

/* The name is taken when the queue is in memory, before it is on disk: of two that make the same,
 * one is told so. */
static enum err add_named(struct store *s, const char *name, struct queue **ret)
{
    struct settings_row row = { .number = s->next_queue };
    enum err e;

    if (by_name(s, name))
        return detail_fail(ERR_EXISTS, "there is a queue %s", name);
    memcpy(row.name, name, strlen(name) + 1);
    e = store_queue_add(s, &row);
    if (!e) {
        *ret = store_queue_at(s, row.number);
        (*ret)->deleting = true; /* until it is on disk */
    }
    return e;
}

MUST_CHECK enum err store_queue_create(struct store *s, const char *name,
                                       const struct store_settings *settings, uint32_t *ret_queue)
{
    struct queue *q = NULL;
    struct op *op = NULL;
    uint32_t number = 0;
    enum err e;

    if (!name || !*name || *name == '$' || strlen(name) > STORE_NAME_MAX)
        return detail_fail(ERR_INVALID_PARAMETER, "not a queue's name: \"%s\"", name ? name : "");
    e = settings_op(OP_QUEUE_NEW, NULL, settings, &op);
    if (e)
        return e;
    pthread_mutex_lock(&s->lock);
    e = add_named(s, name, &q);
    if (!e)
        number = q->number;
    pthread_mutex_unlock(&s->lock);
    op->queue = q;
    if (e)
        op_free(op);
    else
        e = store_submit_wait(s, op);
    if (!e)
        *ret_queue = number;
    return e;
}

/* One that can be changed: not going, not the store's own unless own. */
static enum err usable(struct store *s, uint32_t number, bool own, struct queue **ret)
{
    struct queue *q = store_queue_at(s, number);

    if (!q || q->deleting)
        return detail_fail(ERR_NOT_FOUND, "no queue %u", number);
    if (!own && number < STORE_FIRST_QUEUE)
        return detail_fail(ERR_INVALID_PARAMETER, "queue %s is the store's own", q->name);
    *ret = q;
    return ERR_OK;
}

MUST_CHECK enum err store_queue_delete(struct store *s, uint32_t number)
{
    struct op *op = op_new(OP_QUEUE_GONE, NULL);
    enum err e;

    if (!op)
        return ERR_NO_MEMORY;
    pthread_mutex_lock(&s->lock);
    e = usable(s, number, false, &op->queue);
    if (!e)
        op->queue->deleting = true;
    pthread_mutex_unlock(&s->lock);
    if (!e)
        return store_submit_wait(s, op);
    op_free(op);
    return e;
}

MUST_CHECK enum err store_queue_set(struct store *s, uint32_t number,
                                    const struct store_settings *settings)
{
    struct queue *q = NULL;
    struct op *op = NULL;
    enum err e = settings_op(OP_QUEUE_SET, NULL, settings, &op);

    if (e)
        return e;
    pthread_mutex_lock(&s->lock);
    e = usable(s, number, true, &q);
    if (!e)
        q->pending++; /* it stays until this is over */
    pthread_mutex_unlock(&s->lock);
    if (e) {
        op_free(op);
        return e;
    }
    op->queue = q;
    e = store_submit_wait(s, op);
    pthread_mutex_lock(&s->lock);
    q->pending--;
    pthread_mutex_unlock(&s->lock);
    return e;
}

MUST_CHECK enum err store_queue_find(struct store *s, const char *name, uint32_t *ret_queue)
{
    struct queue *q;

    pthread_mutex_lock(&s->lock);
    q = by_name(s, name);
    if (q && q->deleting)
        q = NULL;
    if (q)
        *ret_queue = q->number;
    pthread_mutex_unlock(&s->lock);
    return q ? ERR_OK : detail_fail(ERR_NOT_FOUND, "no queue %s", name);
}

MUST_CHECK enum err store_queue_next(struct store *s, uint32_t after, uint32_t *ret_queue,
                                     char ret_name[STORE_NAME_MAX + 1],
                                     struct store_settings *ret_settings,
                                     struct buf *ret_attributes)
{
    enum err e = ERR_NOT_FOUND;
    struct queue *q = NULL;
    size_t i;

    pthread_mutex_lock(&s->lock);
    for (i = after == UINT32_MAX ? s->queue_count : place_of(s, after + 1);
         i < s->queue_count && s->queues[i]->deleting; i++)
        continue;
    if (i < s->queue_count) {
        q = s->queues[i];
        e = buf_copy(buf_view(q->attributes), ret_attributes);
    }
    if (!e) {
        *ret_queue = q->number;
        memcpy(ret_name, q->name, sizeof q->name);
        *ret_settings = q->settings;
        ret_settings->attributes = buf_view(*ret_attributes);
    }
    pthread_mutex_unlock(&s->lock);
    return e;
}

MUST_CHECK enum err store_stats(struct store *s, uint32_t number, struct store_stats *ret)
{
    struct queue *q;

    pthread_mutex_lock(&s->lock);
    q = store_queue_at(s, number);
    if (q)
        *ret = q->stats;
    pthread_mutex_unlock(&s->lock);
    return q ? ERR_OK : detail_fail(ERR_NOT_FOUND, "no queue %u", number);
}
