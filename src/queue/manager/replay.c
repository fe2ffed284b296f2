/* SPDX-License-Identifier: Apache-2.0
 * replay.c - dead letters that an operator has executed again: handed out whole, and gone by the
 * commit that his message comes with.
 *
 * Whether he may is for the receiver to tell (transport_replay.c). The manager lets him have what
 * he might take out anyway, and put in what he might put in.
 */
#include "base/alloc.h"
#include "queue/header.h"
#include "queue/manager/queue.h"

uint32_t manager_read(struct manager *m, const struct access_who *who, const char *name,
                      uint64_t number, struct buf *ret)
{
    struct store_entry e;
    struct queue *q = NULL;
    uint32_t status = entry_find(m, who, name, number, ACCESS_PEEK | ACCESS_JOURNAL, &e, &q);

    if (status)
        return status;
    if (e.reason == STORE_REASON_DAMAGED) {
        status = MQD_MALFORMED;
    } else {
        *ret = e.body;
        e.body = (struct buf){ 0 };
    }
    store_entry_done(&e);
    queue_unref(q);
    return status;
}

/* Whether by is of that one: or of the message in it, where it is an operator's itself. */
static bool is_of(struct bytes by, struct bytes letter)
{
    struct queue_message m, of;

    return !queue_message_read(by, &m) && m.header.kind == QUEUE_KIND_REPLAY &&
           !queue_message_read(letter, &of) &&
           memcmp(m.header.reply_to,
                  of.header.kind == QUEUE_KIND_REPLAY ? of.header.reply_to : of.header.id,
                  QUEUE_ID) == 0;
}

struct submitted {
    struct wait wait;
    uint32_t status;
};

static void on_submitted(void *arg, uint32_t status)
{
    struct submitted *s = arg;

    s->status = status;
    wait_done(&s->wait, ERR_OK);
}

static uint32_t submit(struct handle *h, struct store_letter letter, struct bytes message)
{
    struct submitted s = { .status = MQD_STORE };

    wait_begin(&s.wait);
    handle_submit_for(h, letter, message, on_submitted, &s);
    return wait_over(&s.wait, ERR_OK) ? MQD_STORE : s.status;
}

/* One at a time: two who replay a letter at once have it executed once. */
uint32_t handle_replay(struct handle *h, const char *name, uint64_t number, struct bytes message)
{
    struct manager *m = h->queue->manager;
    struct store_letter letter;
    struct store_entry e;
    struct queue *q = NULL;
    uint32_t status;

    pthread_mutex_lock(&m->letters);
    status = entry_find(m, &h->who, name, number, ACCESS_PEEK | ACCESS_JOURNAL, &e, &q);
    if (!status) {
        letter = (struct store_letter){ .queue = q->number, .number = number };
        status = is_of(message, buf_view(e.body)) ? submit(h, letter, message) : MQD_INVALID;
        store_entry_done(&e);
        queue_unref(q);
    }
    pthread_mutex_unlock(&m->letters);
    return status;
}
