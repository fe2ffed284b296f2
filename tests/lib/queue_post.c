/* SPDX-License-Identifier: Apache-2.0
 * queue_post.c - see queue_post.h.
 */
#include "lib/queue_post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/unit.h"

enum { WAIT_S = 60, TICK_MS = 20 };

const char post_alice[] = "S-1-5-21-1-2-3-1104", post_server[] = "S-1-5-21-1-2-3-2001",
           post_user[] = "S-1-22-1-1000";

struct post post = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

struct letter {
    struct queued_message message; /* first */
    struct letter *next;
    char queue[QUEUED_NAME_MAX + 1], reply_queue[QUEUED_NAME_MAX + 1], sid[POST_SID], server[64],
        submitter[POST_SID];
    const char *sids[1];
    uint8_t body[];
};

struct queued_box {
    int unused;
};

struct queued_queue {
    struct queued_box as_box; /* first */
    struct queued_queue *next;
    bool box;
    char name[QUEUED_NAME_MAX + 1];
};

static struct letter *letters, *taken;
static struct queued_queue *queues;

static struct timespec clock_in(int64_t milliseconds)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += (time_t)(milliseconds / 1000);
    t.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

/* ---- with the lock ---- */

static struct letter *letter_new(const char *queue, enum queued_level level, const char *sid,
                                 struct bytes body)
{
    struct letter *l = calloc(1, sizeof *l + body.len);

    assert_non_null(l);
    if (body.len)
        memcpy(l->body, body.ptr, body.len);
    snprintf(l->queue, sizeof l->queue, "%s", queue);
    snprintf(l->sid, sizeof l->sid, "%s", sid);
    l->sids[0] = l->sid;
    l->message.level = level;
    l->message.body = bytes_of(l->body, body.len);
    l->message.sids = l->sids;
    l->message.sids_count = 1;
    return l;
}

static void append(struct letter **to, struct letter *l)
{
    while (*to)
        to = &(*to)->next;
    *to = l;
    pthread_cond_broadcast(&post.changed);
}

static void put_answer(const char *queue, const struct post_answer *a)
{
    struct letter *l;
    unsigned i;

    for (i = 0; i < a->copies; i++) {
        l = letter_new(queue, a->level, a->sid, a->body);
        memcpy(l->message.reply_to, a->to, sizeof a->to);
        snprintf(l->submitter, sizeof l->submitter, "%s", a->submitter);
        l->message.submitter = l->submitter;
        l->message.interface = a->interface;
        l->message.opnum = a->opnum;
        append(&letters, l);
    }
}

static bool fits(const struct queued_message *m, const struct queued_syntax *interfaces,
                 size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (memcmp(&m->interface.uuid, &interfaces[i].uuid, sizeof interfaces[i].uuid) == 0)
            return true;
    return count == 0;
}

static struct letter *take(const char *queue, const struct queued_syntax *interfaces, size_t count)
{
    struct letter **at = &letters, *l;

    while (*at && (strcmp((*at)->queue, queue) != 0 || !fits(&(*at)->message, interfaces, count)))
        at = &(*at)->next;
    l = *at;
    if (!l)
        return NULL;
    *at = l->next;
    l->next = NULL;
    l->message.deliveries = post.deliveries;
    append(&taken, l);
    return l;
}

/* ---- the door ---- */

static enum err post_submit(const struct queued_call *call)
{
    (void)call;
    return ERR_UNSUPPORTED;
}

static enum err post_ask(const struct queued_request *r)
{
    struct letter *l;
    enum err e;

    pthread_mutex_lock(&post.lock);
    e = post.ask_fails;
    post.asked++;
    l = letter_new(r->call.queue, r->call.level, post_alice, r->call.body);
    l->message.id[0] = 0x5a;
    l->message.id[1] = (uint8_t)(post.asked >> 8);
    l->message.id[2] = (uint8_t)post.asked;
    l->message.interface = r->call.interface;
    l->message.transfer = r->call.transfer;
    l->message.opnum = r->call.opnum;
    l->message.object = r->call.object;
    l->message.sender = r->call.level == QUEUED_LEVEL_NONE ? NULL : "alice@EXAMPLE.COM";
    snprintf(l->server, sizeof l->server, "%s", r->call.server ? r->call.server : "");
    l->message.server = r->call.server ? l->server : NULL;
    snprintf(l->reply_queue, sizeof l->reply_queue, "%s", r->reply_queue);
    l->message.reply_queue = l->reply_queue;
    l->message.submitter = post_user;
    memcpy(post.last_id, l->message.id, sizeof post.last_id);
    post.last_receive_seconds = r->call.options.receive_seconds;
    post.last_level = r->call.level;
    pthread_mutex_unlock(&post.lock);
    if (post.asking)
        post.asking();
    if (!e)
        r->named(r->arg, l->message.id, r->call.level == QUEUED_LEVEL_NONE ? NULL : post_server);
    pthread_mutex_lock(&post.lock);
    if (e)
        free(l);
    else
        append(&letters, l);
    pthread_cond_broadcast(&post.changed);
    pthread_mutex_unlock(&post.lock);
    return e;
}

static struct queued_queue *queue_new(const char *name, bool box)
{
    struct queued_queue *q = calloc(1, sizeof *q);

    assert_non_null(q);
    q->box = box;
    pthread_mutex_lock(&post.lock);
    if (box)
        snprintf(q->name, sizeof q->name, "answers %u", ++post.boxes);
    else
        snprintf(q->name, sizeof q->name, "%s", name);
    q->next = queues;
    queues = q;
    pthread_cond_broadcast(&post.changed);
    pthread_mutex_unlock(&post.lock);
    return q;
}

static enum err post_open(const struct queued_ask *ask, struct queued_queue **ret)
{
    *ret = queue_new(ask->name, false);
    return ERR_OK;
}

static struct queued_queue *queue_of(struct queued_box *b)
{
    return (struct queued_queue *)(void *)b; /* its first member */
}

static enum err post_open_box(char ret_name[QUEUED_NAME_MAX + 1], struct queued_box **ret)
{
    struct queued_queue *q = queue_new(NULL, true);

    memcpy(ret_name, q->name, strlen(q->name) + 1);
    *ret = &q->as_box;
    return ERR_OK;
}

static enum err next(struct queued_queue *q, const struct queued_syntax *interfaces, size_t count,
                     struct queued_message **ret)
{
    const struct timespec until = clock_in(TICK_MS);
    struct letter *l = NULL;
    int late = 0;
    bool lost;

    pthread_mutex_lock(&post.lock);
    while (!late && !(q->box && post.lose) &&
           ((post.hold && !q->box) || (l = take(q->name, interfaces, count)) == NULL))
        late = pthread_cond_timedwait(&post.changed, &post.lock, &until);
    lost = q->box && post.lose;
    pthread_mutex_unlock(&post.lock);
    if (!l)
        return lost ? ERR_RPC_UNAVAILABLE : ERR_TIMEOUT;
    *ret = &l->message;
    return ERR_OK;
}

static enum err post_receive(struct queued_queue *q, const struct queued_server *server,
                             uint32_t wait_ms, struct queued_message **ret)
{
    (void)wait_ms;
    return next(q, server->interfaces, server->count, ret);
}

static enum err post_receive_reply(struct queued_box *b, uint32_t wait_ms,
                                   struct queued_message **ret)
{
    (void)wait_ms;
    return next(queue_of(b), NULL, 0, ret);
}

static enum err post_begin_message(struct queued_queue *q, struct queued_message *m)
{
    (void)q;
    (void)m;
    return ERR_OK;
}

static struct letter *letter_of(struct queued_message *m)
{
    return (struct letter *)(void *)m; /* its first member */
}

/* With the lock. */
static void untake(struct letter *l)
{
    struct letter **at = &taken;

    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    l->next = NULL;
}

static void post_free_reply(struct queued_message *m)
{
    pthread_mutex_lock(&post.lock);
    untake(letter_of(m));
    pthread_mutex_unlock(&post.lock);
    free(letter_of(m));
}

static void post_settle(struct queued_queue *q, struct queued_message *m,
                        const struct queued_outcome *outcome)
{
    unsigned *const counters[] = { &post.executed, &post.failed, &post.refused, &post.returned };
    struct letter *l = letter_of(m);

    (void)q;
    pthread_mutex_lock(&post.lock);
    untake(l);
    ++*counters[outcome->end];
    if (outcome->end == QUEUED_RETURNED)
        append(&letters, l);
    else
        free(l);
    pthread_cond_broadcast(&post.changed);
    pthread_mutex_unlock(&post.lock);
}

/* With the lock. */
static bool is_there(const char *queue)
{
    const struct queued_queue *q = queues;

    while (q && strcmp(q->name, queue) != 0)
        q = q->next;
    return q;
}

static enum err post_reply(const struct queued_message *m, struct bytes body)
{
    uint8_t *copy = malloc(body.len ? body.len : 1);
    struct post_answer a = { .level = m->level,
                             .body = bytes_of(copy, body.len),
                             .interface = m->interface,
                             .opnum = m->opnum,
                             .copies = 1 };
    enum err e;

    assert_non_null(copy);
    memcpy(copy, body.ptr, body.len);
    memcpy(a.to, m->id, sizeof a.to);
    snprintf(a.sid, sizeof a.sid, "%s", post_server);
    snprintf(a.submitter, sizeof a.submitter, "%s", post_user);
    pthread_mutex_lock(&post.lock);
    e = post.reply_fails;
    if (!e && !is_there(m->reply_queue))
        e = ERR_NOT_FOUND;
    if (!e && post.meddle)
        post.meddle(&a);
    if (!e)
        put_answer(m->reply_queue, &a);
    post.answered++;
    pthread_cond_broadcast(&post.changed);
    pthread_mutex_unlock(&post.lock);
    free(copy);
    return e;
}

static void post_close(struct queued_queue *q)
{
    struct queued_queue **at = &queues;

    pthread_mutex_lock(&post.lock);
    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    if (q->box)
        post.boxes_closed++;
    pthread_cond_broadcast(&post.changed);
    pthread_mutex_unlock(&post.lock);
    free(q);
}

static void post_close_box(struct queued_box *b)
{
    post_close(queue_of(b));
}

static const struct queued_door functions = { .version = QUEUED_DOOR,
                                              .submit = post_submit,
                                              .open = post_open,
                                              .receive = post_receive,
                                              .begin = post_begin_message,
                                              .settle = post_settle,
                                              .close = post_close,
                                              .ask = post_ask,
                                              .reply = post_reply,
                                              .open_box = post_open_box,
                                              .receive_reply = post_receive_reply,
                                              .free_reply = post_free_reply,
                                              .close_box = post_close_box };

const struct queued_door *post_functions(void)
{
    return &functions;
}

/* ---- for tests ---- */

void post_begin(void)
{
    pthread_mutex_lock(&post.lock);
    post.asked = post.answered = post.executed = post.failed = post.refused = post.returned = 0;
    post.boxes = post.boxes_closed = 0;
    post.ask_fails = post.reply_fails = ERR_OK;
    post.hold = post.lose = false;
    post.deliveries = 0;
    post.meddle = NULL;
    post.asking = NULL;
    pthread_mutex_unlock(&post.lock);
}

void post_end(void)
{
    struct letter *l;

    pthread_mutex_lock(&post.lock);
    while ((l = letters)) {
        letters = l->next;
        free(l);
    }
    assert_null(taken);
    assert_null(queues);
    pthread_mutex_unlock(&post.lock);
}

void post_put_answer(const struct post_answer *a)
{
    const struct queued_queue *q;

    pthread_mutex_lock(&post.lock);
    for (q = queues; q; q = q->next)
        if (q->box)
            put_answer(q->name, a);
    pthread_mutex_unlock(&post.lock);
}

void post_wait(const unsigned *counter, unsigned n)
{
    const struct timespec until = clock_in(WAIT_S * 1000);
    int late = 0;

    pthread_mutex_lock(&post.lock);
    while (!late && *counter < n)
        late = pthread_cond_timedwait(&post.changed, &post.lock, &until);
    pthread_mutex_unlock(&post.lock);
    assert_int_equal(late, 0);
}
