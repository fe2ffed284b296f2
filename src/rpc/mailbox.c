/* SPDX-License-Identifier: Apache-2.0
 * mailbox.c - see mailbox.h.
 *
 * An answer is the one to a call when it bears the id of that call's message, comes from the
 * account the call was sealed for, and is protected no less than the call was. What is not is
 * dropped, and the caller waits on: whoever put it there cannot even end the wait. A second answer,
 * and one that comes too late, find nobody who waits.
 */
#include "rpc/mailbox.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/sid.h"
#include "base/thread.h"
#include "countersign/rpc.h"
#include "rpc/queue_answer.h"
#include "rpc/queue_session.h"

enum { RECEIVE_MS = 1000 }; /* until its thread looks whether it shall end */

enum state { WAITS, ANSWERED, CANCELLED, LOST };

struct waiter { /* on the stack of the thread that waits */
    struct waiter *next;
    enum state state;
    pthread_cond_t changed;
    bool named;
    uint8_t id[QUEUED_ID];
    char server[SID_TEXT]; /* who alone may answer; "": anybody */
    enum queued_level level;
    struct rpc_mail mail;
};

struct rpc_mailbox {
    const struct queued_door *door;
    struct queued_box *open;
    unsigned users;
    bool lost, ending;
    struct waiter *first;
    char name[QUEUED_NAME_MAX + 1];
};

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER; /* held while one is opened */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;   /* of all that follows */
static pthread_cond_t gone = PTHREAD_COND_INITIALIZER;
static struct rpc_mailbox *box;
static unsigned boxes; /* that have a thread */

/* ---- what comes ---- */

/* With the lock. */
static struct waiter *waiter_of(struct rpc_mailbox *b, const struct queued_message *m)
{
    struct waiter *w = b->first;

    while (w && !(w->state == WAITS && w->named && memcmp(w->id, m->reply_to, sizeof w->id) == 0))
        w = w->next;
    return w;
}

/* What is wrong with it as the answer to that call; NULL: nothing. */
static const char *wrong(const struct waiter *w, const struct queued_message *m)
{
    if (m->level < w->level)
        return "it is protected less than the call was";
    if (*w->server && (!m->sids_count || strcmp(m->sids[0], w->server) != 0))
        return "it is from another account";
    return NULL;
}

static enum err take(const struct rpc_queue_answer *a, struct rpc_mail *ret)
{
    struct rpc_block *block = rpc_block_get(a->stub.len);

    if (!block)
        return ERR_NO_MEMORY;
    if (a->stub.len)
        memcpy(block->data, a->stub.ptr, a->stub.len);
    *ret = (struct rpc_mail){ a->fault, bytes_of(block->data, a->stub.len), block };
    return ERR_OK;
}

/* With the lock. */
static void deliver_answer(struct rpc_mailbox *b, const struct queued_message *m)
{
    struct waiter *w = waiter_of(b, m);
    struct rpc_queue_answer a;
    const char *why;

    if (!w) {
        log_debug("rpc: an answer in %s comes too late, or twice: nobody waits for it", b->name);
        return;
    }
    why = wrong(w, m);
    if (!why && rpc_queue_answer_read(m->body, &a))
        why = "it is none";
    if (why) {
        log_audit("rpc: an answer of \"%s\" in %s is refused: %s",
                  m->sids_count ? m->sids[0] : "nobody", b->name, why);
        return;
    }
    if (take(&a, &w->mail)) {
        log_warning("rpc: no memory for an answer of %zu bytes in %s", a.stub.len, b->name);
        w->state = LOST;
    } else {
        w->state = ANSWERED;
    }
    pthread_cond_signal(&w->changed);
}

static void deliver(struct rpc_mailbox *b, const struct queued_message *m)
{
    if (rpc_queue_session_is(m)) {
        rpc_queue_session_deliver(b, m);
        return;
    }
    pthread_mutex_lock(&lock);
    deliver_answer(b, m);
    pthread_mutex_unlock(&lock);
}

/* ---- its life ---- */

/* With the lock; leaves it. */
static void unuse(struct rpc_mailbox *b)
{
    bool last = --b->users == 0;

    if (last && box == b)
        box = NULL;
    pthread_mutex_unlock(&lock);
    if (!last)
        return;
    b->door->close_box(b->open);
    mem_free(b);
    pthread_mutex_lock(&lock);
    boxes--;
    pthread_cond_broadcast(&gone);
    pthread_mutex_unlock(&lock);
}

void rpc_mailbox_put(struct rpc_mailbox *b)
{
    pthread_mutex_lock(&lock);
    unuse(b);
}

static void lose(struct rpc_mailbox *b)
{
    struct waiter *w;

    pthread_mutex_lock(&lock);
    b->lost = true;
    for (w = b->first; w; w = w->next)
        if (w->state == WAITS) {
            w->state = LOST;
            pthread_cond_signal(&w->changed);
        }
    pthread_mutex_unlock(&lock);
    rpc_queue_session_lose(b);
    rpc_mailbox_put(b);
}

static void *run(void *arg)
{
    struct rpc_mailbox *b = arg;
    struct queued_message *m = NULL;
    bool ending = false;
    enum err e = ERR_OK;

    while (!ending && (!e || e == ERR_TIMEOUT)) {
        detail_begin("ncadg_mq");
        e = b->door->receive_reply(b->open, RECEIVE_MS, &m);
        if (!e) {
            deliver(b, m);
            b->door->free_reply(m);
        }
        pthread_mutex_lock(&lock);
        ending = b->ending;
        pthread_mutex_unlock(&lock);
    }
    if (!ending)
        log_warning("rpc: no more answers come out of %s: %s", b->name, detail_get()->text);
    lose(b);
    return NULL;
}

static enum err mailbox_new(const struct queued_door *door, struct rpc_mailbox **ret)
{
    struct rpc_mailbox *b = mem_zero(sizeof *b);
    enum err e;

    if (!b)
        return ERR_NO_MEMORY;
    b->door = door;
    b->users = 2; /* who asks, and the thread */
    e = door->open_box(b->name, &b->open);
    if (!e && thread_start(run, b, 0, NULL)) {
        e = detail_fail(ERR_RPC_RESOURCES, "no thread for the answers to calls in queues");
        door->close_box(b->open);
    }
    if (e)
        mem_free(b);
    else
        *ret = b;
    return e;
}

/* Its thread is the parent's, and so is whoever has a lock. */
static void forked(void)
{
    making = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    gone = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    box = NULL;
    boxes = 0;
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, forked);
}

/* With the lock: the one there is, counted; NULL: there is none. */
static struct rpc_mailbox *use(void)
{
    if (!box || box->lost || box->ending)
        return NULL;
    box->users++;
    return box;
}

/* One that is new; counted. */
static enum err begin(const struct queued_door *door, struct rpc_mailbox **ret)
{
    enum err e = mailbox_new(door, ret);

    if (e)
        return e;
    pthread_mutex_lock(&lock);
    boxes++;
    box = *ret;
    pthread_mutex_unlock(&lock);
    return ERR_OK;
}

enum err rpc_mailbox_get(const struct queued_door *door, struct rpc_mailbox **ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct rpc_mailbox *b;
    enum err e = ERR_OK;

    (void)pthread_once(&once, watch_forks);
    pthread_mutex_lock(&making);
    pthread_mutex_lock(&lock);
    b = use();
    pthread_mutex_unlock(&lock);
    if (!b)
        e = begin(door, &b);
    pthread_mutex_unlock(&making);
    if (!e)
        *ret = b;
    return e;
}

const char *rpc_mailbox_name(const struct rpc_mailbox *b)
{
    return b->name;
}

bool rpc_mailbox_is_lost(struct rpc_mailbox *b)
{
    bool lost;

    pthread_mutex_lock(&lock);
    lost = b->lost;
    pthread_mutex_unlock(&lock);
    return lost;
}

/* ---- one call ---- */

static void named(void *arg, const uint8_t id[QUEUED_ID], const char *server)
{
    struct waiter *w = arg;

    pthread_mutex_lock(&lock);
    memcpy(w->id, id, sizeof w->id);
    if (server)
        (void)snprintf(w->server, sizeof w->server, "%s", server);
    w->named = true;
    pthread_mutex_unlock(&lock);
}

static void cancel(void *arg)
{
    struct waiter *w = arg;

    pthread_mutex_lock(&lock);
    if (w->state == WAITS)
        w->state = CANCELLED;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&lock);
}

static void waiter_init(struct waiter *w, enum queued_level level)
{
    pthread_condattr_t attr;

    *w = (struct waiter){ .level = level };
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->changed, &attr);
    pthread_condattr_destroy(&attr);
}

/* False: it was cancelled already, or the queue is lost. */
static bool enter(struct rpc_mailbox *b, struct waiter *w)
{
    bool waits;

    pthread_mutex_lock(&lock);
    w->next = b->first;
    b->first = w;
    if (b->lost && w->state == WAITS)
        w->state = LOST;
    waits = w->state == WAITS;
    pthread_mutex_unlock(&lock);
    return waits;
}

static void leave(struct rpc_mailbox *b, struct waiter *w)
{
    struct waiter **at = &b->first;

    pthread_mutex_lock(&lock);
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    unuse(b);
}

static void wait_for(struct waiter *w, int64_t deadline)
{
    const struct timespec until = { (time_t)(deadline / 1000), (long)(deadline % 1000) * 1000000 };
    int late = 0;

    pthread_mutex_lock(&lock);
    while (w->state == WAITS && !late)
        late = deadline == TRANSPORT_NO_DEADLINE
                   ? pthread_cond_wait(&w->changed, &lock)
                   : pthread_cond_timedwait(&w->changed, &lock, &until);
    pthread_mutex_unlock(&lock);
}

/* Of a call that nobody waits for any more. */
static enum err outcome(const struct waiter *w)
{
    switch (w->state) {
    case ANSWERED:
        return ERR_OK;
    case CANCELLED:
        return ERR_RPC_CANCELLED;
    case LOST:
        return ERR_CONNECT;
    case WAITS:
        break;
    }
    return ERR_TIMEOUT;
}

static enum err ask(const struct queued_door *door, const struct queued_call *call,
                    int64_t deadline, struct waiter *w)
{
    struct queued_request request = { .call = *call, .named = named, .arg = w };
    struct rpc_mailbox *b = NULL;
    enum err e = rpc_mailbox_get(door, &b);

    if (e)
        return e;
    request.reply_queue = b->name;
    if (enter(b, w))
        e = door->ask(&request);
    if (!e)
        wait_for(w, deadline);
    leave(b, w);
    return e;
}

enum err rpc_mailbox_ask(const struct queued_door *door, const struct queued_call *call,
                         int64_t deadline, struct rpc_thread *t, struct rpc_mail *ret)
{
    struct waiter w;
    enum err e;

    waiter_init(&w, call->level);
    rpc_thread_waits_for(t, cancel, &w);
    e = ask(door, call, deadline, &w);
    rpc_thread_waited_for(t);
    pthread_cond_destroy(&w.changed);
    if (!e)
        e = outcome(&w);
    if (!e)
        *ret = w.mail;
    else
        rpc_block_put(w.mail.block);
    return e;
}

void rpc_mailbox_end(void)
{
    pthread_mutex_lock(&lock);
    if (box)
        box->ending = true;
    while (boxes)
        pthread_cond_wait(&gone, &lock);
    pthread_mutex_unlock(&lock);
}
