/* SPDX-License-Identifier: Apache-2.0
 * server_callback.c - a server calls its client back.  [MS-RPCE] 3.3.1.5.9
 *
 * The thread that serves the call lets go of its connection, and others read it: they hand over
 * what comes for the callback, under the link's calls_lock.
 */
#include "rpc/server_callback.h"

#include <errno.h>
#include <time.h>

#include "base/detail.h"
#include "base/policy_value.h"
#include "rpc/server.h"
#include "rpc/server_link_state.h"

struct rpc_server_callback { /* on the stack of the thread that waits */
    pthread_cond_t changed;
    int64_t deadline; /* of all of it, the calls that the client makes meanwhile included */
    bool answered, lost;
    struct rpc_received answer;
    struct rpc_server_call *nested; /* to be run before anything else */
};

static atomic_uint waiting; /* threads, of the whole process */

/* A client that calls and never answers ties up a thread: half of them are left to others. */
static enum err enter(const struct rpc_server_call *c)
{
    unsigned most = rpc_server_calls_most() / 2 + 1;

    if (c->outer) /* its thread is counted */
        return ERR_OK;
    if (atomic_fetch_add(&waiting, 1) < most)
        return ERR_OK;
    atomic_fetch_sub(&waiting, 1);
    return detail_fail(ERR_RPC_BUSY, "%u calls wait for their clients to be called back already",
                       most);
}

static void leave(const struct rpc_server_call *c)
{
    if (!c->outer)
        atomic_fetch_sub(&waiting, 1);
}

bool rpc_server_callback_too_deep(unsigned depth, const char *face)
{
    unsigned most = policy_number(POLICY_CALLBACK_DEPTH);

    return depth >= RPC_CALLBACK_DEPTH_MAX ||
           (depth >= most &&
            policy_forbids(POLICY_CALLBACK_DEPTH,
                           "a call of interface %s with %u calls in each other's callbacks", face,
                           depth));
}

/* That of a callback in whose calls it is made holds, too: else each would prolong it. */
static int64_t deadline_of(const struct rpc_server_call *c)
{
    const struct rpc_server_callback *around = c->outer ? c->outer->callback : NULL;
    int64_t own = TRANSPORT_NO_DEADLINE;

    if (policy_get(POLICY_CALLBACK_SECONDS) != POLICY_OFF)
        own = transport_deadline_in((int64_t)policy_number(POLICY_CALLBACK_SECONDS) * 1000);
    return around && around->deadline < own ? around->deadline : own;
}

static void init(struct rpc_server_callback *b, int64_t deadline)
{
    pthread_condattr_t attr;

    *b = (struct rpc_server_callback){ .deadline = deadline };
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&b->changed, &attr);
    pthread_condattr_destroy(&attr);
}

static void begin(struct rpc_server_call *c, struct rpc_server_callback *b)
{
    struct rpc_server_link *l = c->link;

    init(b, deadline_of(c));
    pthread_mutex_lock(&l->calls_lock);
    b->lost = atomic_load(&c->disconnected);
    c->callback = b;
    pthread_mutex_unlock(&l->calls_lock);
    atomic_fetch_add(&l->machine.in.callbacks, 1);
    rpc_server_link_let_go(l);
}

/* With the lock. Those it stands in have its number, too: what comes late for it would be theirs.
 */
static void lose_outer(const struct rpc_server_call *c)
{
    const struct rpc_server_call *o;

    for (o = c->outer; o; o = o->outer)
        if (o->callback)
            o->callback->lost = true;
}

/* What came for it after all is nobody's. */
static void end(struct rpc_server_call *c, struct rpc_server_callback *b, bool taken)
{
    struct rpc_server_link *l = c->link;

    pthread_mutex_lock(&l->calls_lock);
    c->callback = NULL;
    if (!taken)
        lose_outer(c);
    pthread_mutex_unlock(&l->calls_lock);
    atomic_fetch_sub(&l->machine.in.callbacks, 1);
    if (b->nested)
        rpc_server_call_run(b->nested);
    if (b->answered && !taken)
        rpc_block_put(b->answer.block);
    pthread_cond_destroy(&b->changed);
}

/* ---- waiting ---- */

static struct timespec clock_at(int64_t ms)
{
    return (struct timespec){ .tv_sec = (time_t)(ms / 1000), .tv_nsec = ms % 1000 * 1000000 };
}

static bool is_late(const struct rpc_server_callback *b)
{
    return b->deadline != TRANSPORT_NO_DEADLINE && transport_now() >= b->deadline;
}

/* With the link's calls_lock: false when the time was up, also for a call that waits to be run: who
 * always has another one ready would have the thread for ever. */
static bool await(struct rpc_server_call *c, struct rpc_server_callback *b)
{
    const bool timed = b->deadline != TRANSPORT_NO_DEADLINE;
    const struct timespec deadline = clock_at(b->deadline);
    int late = 0;

    while (!b->nested && !b->answered && !b->lost && late != ETIMEDOUT)
        late = timed ? pthread_cond_timedwait(&b->changed, &c->link->calls_lock, &deadline)
                     : pthread_cond_wait(&b->changed, &c->link->calls_lock);
    return b->answered || b->lost || (b->nested && !is_late(b));
}

static bool time_matters(struct rpc_server_call *c)
{
    return policy_forbids(POLICY_CALLBACK_SECONDS,
                          "%s, who has not answered a callback within %u s",
                          rpc_server_call_caller(c).name, policy_number(POLICY_CALLBACK_SECONDS));
}

/* Likewise; where policy only watches, the time is up once. */
static bool await_policy(struct rpc_server_call *c, struct rpc_server_callback *b)
{
    bool matters;

    if (await(c, b))
        return true;
    pthread_mutex_unlock(&c->link->calls_lock);
    matters = time_matters(c);
    pthread_mutex_lock(&c->link->calls_lock);
    if (matters)
        return false;
    b->deadline = TRANSPORT_NO_DEADLINE;
    return await(c, b);
}

/* The next thing to be done: a call to be run, or NULL. */
static enum err next(struct rpc_server_call *c, struct rpc_server_callback *b,
                     struct rpc_server_call **ret)
{
    enum err e = ERR_OK;

    *ret = NULL;
    pthread_mutex_lock(&c->link->calls_lock);
    if (await_policy(c, b)) {
        *ret = b->nested;
        b->nested = NULL;
    }
    if (!*ret && !b->answered) /* lost, too, where one within it was late at the same moment */
        e = b->lost && !is_late(b) ? ERR_RPC_FAILED : ERR_RPC_CANCELLED;
    pthread_mutex_unlock(&c->link->calls_lock);
    if (e == ERR_RPC_FAILED)
        return detail_fail(e, "the client is gone, or has given up its call");
    return e ? detail_fail(e, "the client did not answer within %u s",
                           policy_number(POLICY_CALLBACK_SECONDS))
             : e;
}

static enum err check(const struct rpc_server_call *c, const struct rpc_received *r)
{
    if (r->pdu.header.type == RPC_FAULT && !r->security)
        return ERR_OK; /* as a client takes them */
    if (r->security != c->security)
        return detail_fail(ERR_ACCESS_DENIED,
                           "the client's answer is not protected as its call is");
    if (r->pdu.header.type == RPC_RESPONSE &&
        ((r->response.context_id ^ c->context.id) & 0xff) != 0)
        return detail_fail(ERR_RPC_PROTOCOL, "an answer of presentation context %u to one of %u",
                           r->response.context_id, c->context.id);
    if (r->pdu.header.type == RPC_RESPONSE && r->response.stub.len > c->registration->max_size &&
        !rpc_server_link_transport(c->link)->local)
        return detail_fail(ERR_ACCESS_DENIED, "the client's answer has %zu bytes, more than %zu",
                           r->response.stub.len, c->registration->max_size);
    return ERR_OK;
}

static enum err answer_of(struct rpc_server_call *c, struct rpc_server_callback *b)
{
    struct rpc_server_call *nested = NULL;
    enum err e = ERR_OK;

    do {
        e = next(c, b, &nested);
        if (nested)
            rpc_server_call_run(nested);
    } while (nested);
    return e ? e : check(c, &b->answer);
}

enum err rpc_server_callback_make(struct rpc_server_call *c, const struct rpc_message *m,
                                  struct rpc_received *ret)
{
    struct rpc_server_callback b;
    enum err e = enter(c);

    if (e)
        return e;
    begin(c, &b);
    e = rpc_server_link_call_back(c->link, c, m);
    if (!e)
        e = answer_of(c, &b);
    if (e) /* an answer that came later would be taken for another one's */
        rpc_server_link_break(c->link);
    else
        *ret = b.answer;
    end(c, &b, !e);
    leave(c);
    return e;
}

/* ---- by who reads ---- */

/* With the lock: the innermost call of that number whose callback is out. The newest stand first.
 */
static struct rpc_server_call *find(struct rpc_server_link *l, uint32_t call_id)
{
    struct rpc_server_call *c = l->calls;

    while (c && !(c->header.call_id == call_id && c->callback && !c->callback->answered &&
                  !c->callback->lost))
        c = c->next;
    return c;
}

bool rpc_server_callback_answer(struct rpc_server_link *l, const struct rpc_received *r)
{
    struct rpc_server_call *c;

    pthread_mutex_lock(&l->calls_lock);
    c = find(l, r->pdu.header.call_id);
    if (c) {
        c->callback->answer = *r;
        c->callback->answered = true;
        pthread_cond_signal(&c->callback->changed);
    }
    pthread_mutex_unlock(&l->calls_lock);
    return c != NULL;
}

/* One whose request comes in parts, or in other contexts, is a call by itself. */
bool rpc_server_callback_nest(struct rpc_server_link *l, struct rpc_server_call *c)
{
    struct rpc_server_call *outer;

    if (c->more || !atomic_load(&l->machine.in.callbacks))
        return false;
    pthread_mutex_lock(&l->calls_lock);
    outer = find(l, c->header.call_id);
    if (outer && (outer->callback->nested || outer->callback->lost ||
                  outer->security != c->security || outer->context.id != c->context.id))
        outer = NULL;
    if (outer) {
        c->outer = outer;
        c->depth = outer->depth + 1;
        outer->callback->nested = c;
        pthread_cond_signal(&outer->callback->changed);
    }
    pthread_mutex_unlock(&l->calls_lock);
    return outer != NULL;
}

void rpc_server_callback_lost(struct rpc_server_call *c)
{
    if (!c->callback)
        return;
    c->callback->lost = true;
    pthread_cond_signal(&c->callback->changed);
}
