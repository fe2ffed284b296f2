/* SPDX-License-Identifier: Apache-2.0
 * submit.c - a message enters a queue, and its sender hears of it when it is on disk.
 */
#include "base/alloc.h"
#include "queue/manager/queue.h"

struct submission {
    struct work_item item; /* first: it is what is listed */
    struct manager *manager;
    struct handle *handle;
    uint64_t size;
    uint32_t not_found; /* what that says here */
    manager_done_fn *done;
    void *arg;
    enum err err;
};

/* Of what the store calls full: the queue, or the part of it that is this sender's. */
static uint32_t which_full(struct queue *q, uint64_t size)
{
    struct store_stats s = { .messages = 0 };
    struct store_settings limits;

    pthread_mutex_lock(&q->lock);
    limits = q->settings.store;
    pthread_mutex_unlock(&q->lock);
    if (!store_stats(q->manager->store, q->number, &s) && s.messages < limits.messages_max &&
        s.octets + size <= limits.octets_max)
        return MQD_SENDER_FULL;
    return MQD_QUEUE_FULL;
}

/* What a message comes with: NULL, where that is nothing. */
struct with {
    const struct store_lease *lease;   /* the transaction it is sent in */
    const struct store_letter *letter; /* whose place it takes */
};

static uint32_t status_of(struct handle *h, uint64_t size, uint32_t not_found, enum err e)
{
    switch (e) {
    case ERR_QUEUE_FULL:
        return which_full(h->queue, size);
    case ERR_EXISTS:
        return MQD_DUPLICATE;
    case ERR_NOT_FOUND:
        return not_found;
    case ERR_EXPIRED:
        return MQD_EXPIRED;
    case ERR_RPC_FAILED:
        return MQD_UNSURE;
    default:
        return manager_status(h->queue->manager, e);
    }
}

static void tell(struct work_item *item)
{
    struct submission *s = (struct submission *)(void *)item;
    uint32_t status = status_of(s->handle, s->size, s->not_found, s->err);

    if (status)
        atomic_fetch_add(&s->manager->turned_away, 1);
    s->done(s->arg, status);
    handle_unref(s->handle);
    mem_free(s);
}

static void on_put(void *arg, enum err e)
{
    struct submission *s = arg;

    s->err = e;
    work_add(s->manager, &s->item);
}

static uint32_t check(struct handle *h, struct bytes message, struct message_facts *f)
{
    struct queue *q = h->queue;
    struct manager *m = q->manager;
    const struct accept a = { .config = m->how.config,
                              .senders = m->how.senders,
                              .queue = q->name,
                              .uid = h->who.uid,
                              .now = manager_now(m) };
    struct accept_sender last;
    uint32_t status;

    if (atomic_load(&m->stopped))
        return MQD_STOPPING;
    if (!(h->access & ACCESS_SEND))
        return MQD_DENIED;
    if (facts_read(message, f))
        return MQD_MALFORMED;
    if (atomic_load(&m->bytes) + message.len > m->how.config->store_bytes)
        return MQD_MANAGER_FULL;
    pthread_mutex_lock(&q->lock);
    status = q->gone ? MQD_NO_QUEUE : h->closed ? MQD_CANCELLED : MQD_OK;
    if (f->store.journal < q->settings.journal)
        f->store.journal = (uint8_t)q->settings.journal;
    last = h->sender;
    pthread_mutex_unlock(&q->lock);
    if (status)
        return status;
    status = accept_check(&a, f, &last); /* which may ask the name service */
    pthread_mutex_lock(&q->lock);
    h->sender = last;
    pthread_mutex_unlock(&q->lock);
    return status;
}

static enum err put(struct handle *h, const struct with *with, const struct store_message *m,
                    struct submission *s)
{
    struct store *store = h->queue->manager->store;

    if (with->lease)
        return store_put_joined(store, h->queue->number, m, *with->lease, on_put, s);
    if (with->letter)
        return store_put_for(store, h->queue->number, m, *with->letter, on_put, s);
    return receive_put(h->queue, m, on_put, s);
}

static void submit(struct handle *h, const struct with *with, struct bytes message,
                   manager_done_fn *done, void *arg)
{
    const uint32_t not_found = with->lease    ? MQD_NO_LEASE
                               : with->letter ? MQD_NO_MESSAGE
                                              : MQD_NO_QUEUE;
    struct manager *m = h->queue->manager;
    struct submission *s = NULL;
    struct message_facts f;
    uint32_t status = check(h, message, &f);
    enum err e;

    if (!status) {
        s = mem_alloc(sizeof *s);
        status = s ? MQD_OK : MQD_NO_MEMORY;
    }
    if (!status) {
        *s = (struct submission){ .item = { .run = tell },
                                  .manager = m,
                                  .handle = h,
                                  .size = message.len,
                                  .not_found = not_found,
                                  .done = done,
                                  .arg = arg };
        f.store.sender = h->who.text;
        handle_ref(h);
        e = put(h, with, &f.store, s);
        if (!e) {
            atomic_fetch_add(&m->bytes, message.len);
            return;
        }
        handle_unref(h);
        status = status_of(h, message.len, not_found, e);
    }
    mem_free(s);
    atomic_fetch_add(&m->turned_away, 1);
    done(arg, status);
}

void handle_submit(struct handle *h, struct bytes message, manager_done_fn *done, void *arg)
{
    submit(h, &(struct with){ .lease = NULL }, message, done, arg);
}

void handle_submit_for(struct handle *h, struct store_letter letter, struct bytes message,
                       manager_done_fn *done, void *arg)
{
    submit(h, &(struct with){ .letter = &letter }, message, done, arg);
}

void handle_submit_joined(struct handle *h, uint64_t lease, struct bytes message,
                          manager_done_fn *done, void *arg)
{
    struct store_lease in;

    if (lease_find(h->queue->manager, lease, h->who.uid, &in)) {
        submit(h, &(struct with){ .lease = &in }, message, done, arg);
        return;
    }
    atomic_fetch_add(&h->queue->manager->turned_away, 1);
    done(arg, MQD_NO_LEASE);
}
