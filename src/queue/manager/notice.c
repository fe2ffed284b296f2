/* SPDX-License-Identifier: Apache-2.0
 * notice.c - see notice.h.
 */
#include "queue/manager/notice.h"

#include <stddef.h>
#include <stdio.h>

#include "base/alloc.h"
#include "queue/acknowledge.h"
#include "queue/envelope.h"
#include "queue/manager/queue.h"

enum { NOTICES_MOST = 65536 }; /* that wait to be told; more are not */

struct notice {
    struct notice *next;
    char queue[QUEUE_REPLY_NAME];
    char account[STORE_SENDER_MAX + 1]; /* whose process sent what has expired */
    struct queue_header of;             /* its header, without texts */
    struct buf message;
};

static void notice_free(struct notice *n)
{
    buf_free(&n->message);
    mem_free(n);
}

/* ---- told ---- */

static enum err have_sealer(struct manager *m)
{
    struct notices *n = &m->notices;

    if (n->sealer)
        return ERR_OK;
    m->nobody = (struct queue_keys){ .account = &m->self, .host = bytes_of_text("localhost") };
    return queue_sealer_new(&m->nobody, 0, 0, &n->sealer);
}

static enum err make(struct manager *m, struct notice *n)
{
    uint8_t body[QUEUE_ACKNOWLEDGEMENT];
    struct queue_header h;
    enum err e = have_sealer(m);

    queue_acknowledgement_write(QUEUE_REFUSED, QUEUE_REFUSED_EXPIRED, body);
    queue_acknowledgement_header(&n->of, n->queue, &h);
    return e ? e
             : queue_seal(m->notices.sealer, &h, m->nobody.host, bytes_of(body, sizeof body),
                          &n->message);
}

static bool belongs_to(struct queue *q, const char *account)
{
    bool does;

    pthread_mutex_lock(&q->lock);
    does = !q->gone && strcmp(q->settings.owner, account) == 0;
    pthread_mutex_unlock(&q->lock);
    return does;
}

static void on_put(void *arg, enum err e)
{
    (void)e; /* a full queue hears no more */
    notice_free(arg);
}

/* Takes n over. */
static void put(struct manager *m, struct notice *n)
{
    struct queue *q = queue_find(m, n->queue);
    struct message_facts f;
    enum err e = q && belongs_to(q, n->account) ? make(m, n) : ERR_NOT_FOUND;

    if (!e)
        e = facts_read(buf_view(n->message), &f);
    if (!e) {
        f.store.sender = m->how.account;
        e = store_put(m->store, q->number, &f.store, on_put, n);
    }
    if (e)
        notice_free(n);
    if (q)
        queue_unref(q);
}

static struct notice *next(struct notices *all)
{
    struct notice *n;

    pthread_mutex_lock(&all->lock);
    n = all->first;
    if (n) {
        all->first = n->next;
        all->count--;
    }
    if (!all->first)
        all->last = &all->first;
    all->listed = n != NULL;
    pthread_mutex_unlock(&all->lock);
    return n;
}

static void run(struct work_item *item)
{
    struct manager *m =
        (struct manager *)(void *)((char *)(void *)item - offsetof(struct manager, notices.item));
    struct notice *n;

    while ((n = next(&m->notices)) != NULL)
        put(m, n);
}

/* ---- heard ---- */

static bool is_over(uint32_t reason)
{
    return reason == STORE_REASON_EXPIRED || reason == STORE_REASON_NOT_REACHED;
}

static bool wants(const struct queue_header *h, const char *name)
{
    return h->kind == QUEUE_KIND_CALL && h->acknowledge &&
           bytes_equal(h->reply_queue, bytes_of_text(name));
}

static struct notice *notice_of(const struct store_entry *e)
{
    struct notice *n = mem_zero(sizeof *n);
    struct queue_header h;

    if (!n)
        return NULL;
    if (!queue_message_head(buf_view(e->body), &h)) {
        queue_reply_name(&h.sender, n->queue);
        if (wants(&h, n->queue)) {
            (void)snprintf(n->account, sizeof n->account, "%s", e->sender);
            n->of = h;
            n->of.level = QUEUE_LEVEL_NONE;
            n->of.queue = n->of.reply_queue = n->of.sender_host = n->of.recipient_spn =
                (struct bytes){ 0 };
            return n;
        }
    }
    mem_free(n);
    return NULL;
}

void notice_add(struct manager *m, const struct store_entry *e)
{
    struct notices *all = &m->notices;
    struct notice *n = e->m.acknowledge && is_over(e->reason) ? notice_of(e) : NULL;
    bool first = false;

    if (!n)
        return;
    pthread_mutex_lock(&all->lock);
    if (all->count < NOTICES_MOST) {
        *all->last = n;
        all->last = &n->next;
        all->count++;
        first = !all->listed;
        all->listed = true;
        n = NULL;
    }
    pthread_mutex_unlock(&all->lock);
    mem_free(n);
    if (first) {
        work_add(m, &all->item);
        work_wake(m);
    }
}

/* ---- its life ---- */

void notices_init(struct manager *m)
{
    struct notices *all = &m->notices;

    pthread_mutex_init(&all->lock, NULL);
    all->item.run = run;
    all->last = &all->first;
}

void notices_done(struct manager *m)
{
    struct notices *all = &m->notices;
    struct notice *n;

    while ((n = next(all)) != NULL)
        notice_free(n);
    queue_sealer_free(all->sealer);
    pthread_mutex_destroy(&all->lock);
}
