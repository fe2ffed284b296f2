/* SPDX-License-Identifier: Apache-2.0
 * queue_torture_work.c - the sender and the receivers of `countersign queue torture`: each says in
 * the common memory what it was told, and asks again whenever the manager is gone.
 */
#include "queue_torture.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/writer.h"
#include "crypto/random.h"
#include "queue/client.h"
#include "queue/header.h"

enum { BODY_LEAST = 16, BODY_MOST = 3000, WAIT_MS = 1000, PAUSE_US = 500 };

static const char queue[] = "torture";

static void pause_a_little(void)
{
    (void)usleep(PAUSE_US);
}

static struct queue_client *open_queue(unsigned flags)
{
    const struct queue_client_how how = { .queue = queue, .flags = flags | QUEUE_OPEN_CREATE };
    struct queue_client *c = NULL;

    while (queue_client_open(&how, &c))
        pause_a_little();
    return c;
}

/* ---- messages ---- */

/* Of message n, whatever process asks: its number, and then what follows from it. */
static size_t fill_body(uint32_t n, uint8_t body[BODY_MOST])
{
    uint32_t x = n * 2654435761U + 1;
    const size_t len = BODY_LEAST + x % (BODY_MOST - BODY_LEAST);
    size_t i;

    for (i = 0; i < len; i++) {
        x = x * 1664525 + 1013904223;
        body[i] = (uint8_t)(x >> 24);
    }
    memcpy(body, &n, sizeof n);
    return len;
}

static uint64_t now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return ((uint64_t)t.tv_sec + UINT64_C(11644473600)) * QUEUE_SECOND;
}

static enum err head_of(size_t body_len, struct buf *ret)
{
    struct queue_header h = { .level = QUEUE_LEVEL_NONE,
                              .kind = QUEUE_KIND_CALL,
                              .priority = 3,
                              .delivery = QUEUE_RECOVERABLE,
                              .created = now(),
                              .body_len = body_len,
                              .interface_major = 1,
                              .recipient = { .authority = 22, .sub = { 1, geteuid() }, .count = 2 },
                              .sender = { .authority = 22, .sub = { 1, geteuid() }, .count = 2 },
                              .sender_host = bytes_of_text("here"),
                              .recipient_spn = bytes_of_text("torture/here"),
                              .queue = bytes_of_text(queue) };

    h.expires = h.reach_by = h.created + QUEUE_DAY / 24;
    if (crypto_random(h.id, sizeof h.id))
        return ERR_INTERNAL;
    return queue_header_write(&h, ret);
}

static enum err message_of(uint32_t n, struct buf *ret)
{
    struct writer w = writer_new(QUEUE_HEADER_MAX + BODY_MOST);
    struct buf head = { 0 };
    uint8_t body[BODY_MOST];
    const size_t len = fill_body(n, body);
    enum err e = head_of(len, &head);

    writer_bytes(&w, bytes_of("CSQM", 4));
    writer_len32(&w, head.len);
    writer_bytes(&w, buf_view(head));
    writer_bytes(&w, bytes_of(body, len));
    if (!e)
        e = writer_take(&w, ret);
    else
        writer_done(&w);
    buf_free(&head);
    return e;
}

/* ---- the sender ---- */

struct sending {
    struct torture *t;
    uint32_t n;
    struct buf message;
};

static atomic_uint under_way;
static atomic_bool gone; /* the manager, since it was last asked */

static void on_answer(void *arg, enum err e)
{
    struct sending *s = arg;

    if (!e) {
        (void)atomic_fetch_or(&s->t->state[s->n], TORTURE_ACCEPTED);
        (void)atomic_fetch_add(&s->t->accepted, 1);
    } else if (e != ERR_RPC_UNAVAILABLE && e != ERR_RPC_FAILED && e != ERR_RPC_NOT_EXECUTED) {
        (void)atomic_fetch_add(&s->t->refused, 1);
    }
    if (e)
        atomic_store(&gone, true);
    buf_free(&s->message);
    mem_free(s);
    (void)atomic_fetch_sub(&under_way, 1);
}

static void send_next(struct torture *t, struct queue_client *c)
{
    struct sending *s = mem_zero(sizeof *s);

    if (!s)
        abort();
    s->t = t;
    s->n = atomic_fetch_add(&t->next, 1);
    if (s->n >= TORTURE_MOST || message_of(s->n, &s->message))
        abort();
    (void)atomic_fetch_add(&under_way, 1);
    if (queue_client_submit(c, buf_view(s->message), on_answer, s))
        on_answer(s, ERR_RPC_UNAVAILABLE);
}

static bool may_send(struct torture *t)
{
    return atomic_load(&under_way) < TORTURE_WINDOW &&
           atomic_load(&t->accepted) <
               atomic_load(&t->executed) + atomic_load(&t->given_up) + TORTURE_BACKLOG &&
           atomic_load(&t->next) + TORTURE_WINDOW < TORTURE_MOST;
}

void torture_send(struct torture *t)
{
    for (;;) {
        struct queue_client *c = open_queue(QUEUE_OPEN_SEND);

        atomic_store(&gone, false);
        while (!atomic_load(&gone))
            if (may_send(t))
                send_next(t, c);
            else
                pause_a_little();
        queue_client_close(c);
    }
}

/* ---- receivers ---- */

/* Its number; UINT32_MAX: it is not what was sent. */
static uint32_t number_of(struct bytes message)
{
    struct queue_message m;
    uint8_t body[BODY_MOST];
    uint32_t n;

    if (queue_message_read(message, &m) || m.body.len < sizeof n)
        return UINT32_MAX;
    memcpy(&n, m.body.ptr, sizeof n);
    if (n >= TORTURE_MOST || !bytes_equal(m.body, bytes_of(body, fill_body(n, body))))
        return UINT32_MAX;
    return n;
}

static enum err execute(struct torture *t, struct queue_client *c, const struct queue_received *r)
{
    const uint32_t n = number_of(buf_view(r->message));
    uint8_t before;
    enum err e;

    if (n == UINT32_MAX) {
        (void)atomic_fetch_add(&t->altered, 1);
        return queue_client_outcome(c, r->lease, QUEUE_EXECUTED, 0);
    }
    before = atomic_fetch_or(&t->state[n], TORTURE_TAKEN);
    if (before & TORTURE_ENDED)
        (void)atomic_fetch_add(&t->came_back, 1);
    else if (before & TORTURE_TAKEN)
        (void)atomic_fetch_add(&t->again, 1);
    e = queue_client_begin(c, r->lease, r->until);
    (void)atomic_fetch_or(&t->state[n], TORTURE_ENDING);
    if (!e)
        e = queue_client_outcome(c, r->lease, QUEUE_EXECUTED, 0);
    if (!e) {
        (void)atomic_fetch_or(&t->state[n], TORTURE_ENDED);
        (void)atomic_fetch_add(&t->executed, 1);
    }
    return e;
}

static enum err receive_one(struct torture *t, struct queue_client *c, uint32_t wait_ms)
{
    struct queue_received r = { .lease = 0 };
    enum err e = queue_client_receive(c, NULL, 0, wait_ms, &r);

    if (!e)
        e = execute(t, c, &r);
    buf_free(&r.message);
    return e;
}

void torture_receive(struct torture *t)
{
    for (;;) {
        struct queue_client *c = open_queue(QUEUE_OPEN_RECEIVE);
        enum err e = ERR_OK;

        while (!e || e == ERR_TIMEOUT)
            e = receive_one(t, c, WAIT_MS);
        queue_client_close(c);
    }
}

bool torture_drain(struct torture *t)
{
    struct queue_client *c = open_queue(QUEUE_OPEN_RECEIVE);
    enum err e = ERR_OK;

    while (!e)
        e = receive_one(t, c, WAIT_MS); /* what waits for its next try comes within it */
    queue_client_close(c);
    return e == ERR_TIMEOUT;
}
