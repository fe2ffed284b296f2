/* SPDX-License-Identifier: Apache-2.0
 * server_verdict.c - a security callback that answers later: the calls that wait for it.
 */
#include "rpc/server_verdict.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "rpc/fault.h"
#include "rpc/server.h"
#include "rpc/server_link.h"

static void on_ready(struct loop_source *s, unsigned events);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER; /* for threads that wait */
static struct rpc_server_call *waiting;
static struct rpc_server_call *queue, **queue_end = &queue; /* for the loop's threads */
static atomic_uint count;                                   /* that wait */
static unsigned threads;                                    /* that do */
static struct loop *loop;
static struct loop_source source = { .fd = -1, .ready = on_ready };

/* ---- all with the lock ---- */

static void list_add(struct rpc_server_call *c)
{
    struct rpc_server_verdict *v = &c->verdict;

    v->next = waiting;
    v->place = &waiting;
    if (waiting)
        waiting->verdict.place = &v->next;
    waiting = c;
    atomic_fetch_add(&count, 1);
}

static void list_remove(struct rpc_server_call *c)
{
    struct rpc_server_verdict *v = &c->verdict;

    *v->place = v->next;
    if (v->next)
        v->next->verdict.place = v->place;
    atomic_fetch_sub(&count, 1);
}

/* Has a thread look at it. */
static void wake(struct rpc_server_call *c)
{
    const uint64_t one = 1;

    if (c->verdict.thread) {
        pthread_cond_broadcast(&changed);
    } else if (!c->verdict.queued) {
        c->verdict.queued = true;
        c->verdict.queue_next = NULL;
        *queue_end = c;
        queue_end = &c->verdict.queue_next;
        if (write(source.fd, &one, sizeof one) < 0)
            log_debug("rpc: a thread is to look at verdicts, and one will already");
    }
}

static void give(struct rpc_server_call *c, RPC_STATUS said, uint32_t fault)
{
    list_remove(c);
    c->verdict.state = RPC_VERDICT_GIVEN;
    c->verdict.said = said;
    c->verdict.fault = fault;
    wake(c);
}

static enum err open_source(const struct rpc_server_call *c)
{
    enum err e;

    if (source.fd >= 0)
        return ERR_OK;
    source.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (source.fd < 0)
        return detail_fail(ERR_RPC_RESOURCES, "no descriptor for the verdicts on calls of %s",
                           c->face->Name);
    e = loop_add(loop, &source, LOOP_READ);
    if (e) {
        close(source.fd);
        source.fd = -1;
    }
    return e;
}

/* 0: it may go on waiting. */
static uint32_t vain(const struct rpc_server_call *c)
{
    if (atomic_load(&c->cancelled) || atomic_load(&c->disconnected) ||
        (c->more && rpc_server_link_is_left(c->link))) /* which nobody reads meanwhile */
        return NCA_S_FAULT_CANCEL;
    if (atomic_load(&c->of->gone))
        return NCA_S_UNK_IF;
    return (c->of->flags & RPC_IF_AUTOLISTEN) || rpc_server_is_listening() ? 0
                                                                           : NCA_S_SERVER_TOO_BUSY;
}

/* ---- time ---- */

/* Whether its time is up; said without the lock, for the log may be the program's. */
static bool time_matters(struct rpc_server_call *c)
{
    bool matters;

    pthread_mutex_unlock(&lock);
    matters = policy_forbids(POLICY_CALLBACK_SECONDS,
                             "%s with operation %u of interface %s, whose security callback has "
                             "not completed within %u s",
                             rpc_server_call_caller(c).name, c->opnum, c->face->Name,
                             policy_number(POLICY_CALLBACK_SECONDS));
    pthread_mutex_lock(&lock);
    return matters;
}

static void settle_late(struct rpc_server_call *c)
{
    struct rpc_server_verdict *v = &c->verdict;

    if (v->state != RPC_VERDICT_WAITING || !v->late)
        return;
    v->late = false;
    if (time_matters(c) && v->state == RPC_VERDICT_WAITING)
        give(c, RPC_S_ACCESS_DENIED, NCA_S_FAULT_ACCESS_DENIED);
}

static bool review(int64_t now)
{
    struct rpc_server_call *c, *next;
    uint32_t fault;
    bool timed = false;

    if (!atomic_load(&count))
        return false;
    pthread_mutex_lock(&lock);
    for (c = waiting; c; c = next) {
        struct rpc_server_verdict *v = &c->verdict;

        next = v->next;
        fault = vain(c);
        if (fault) {
            give(c, RPC_S_CALL_CANCELLED, fault);
        } else if (v->deadline && v->deadline <= now) {
            v->deadline = 0;
            v->late = true;
            wake(c);
        }
        timed |= v->deadline != 0 || c->more;
    }
    pthread_mutex_unlock(&lock);
    return timed;
}

void rpc_server_verdicts_review(void)
{
    (void)review(transport_now());
}

bool rpc_server_verdicts_tick(int64_t now)
{
    return review(now);
}

/* ---- a call ---- */

void rpc_server_verdict_begin(struct rpc_server_call *c)
{
    struct loop *l = rpc_server_link_loop(c->link);

    pthread_mutex_lock(&lock);
    if (!loop)
        loop = l; /* there is one */
    c->verdict = (struct rpc_server_verdict){ .state = RPC_VERDICT_ASKED };
    pthread_mutex_unlock(&lock);
}

static void wait_here(struct rpc_server_call *c)
{
    threads++;
    while (c->verdict.state == RPC_VERDICT_WAITING) {
        pthread_cond_wait(&changed, &lock);
        settle_late(c);
    }
    threads--;
}

/* Half of them may wait: nobody has said yet that those clients may call at all. */
static enum err check_threads(const struct rpc_server_call *c)
{
    if (!c->verdict.thread || threads <= rpc_server_calls_most() / 2)
        return ERR_OK;
    return detail_fail(ERR_RPC_RESOURCES, "%u threads wait for verdicts on calls already", threads);
}

/* With the lock: the callback said "later", and nobody has said more yet. */
static bool wait(struct rpc_server_call *c)
{
    struct rpc_server_verdict *v = &c->verdict;
    uint32_t fault;

    v->thread = c->more || c->outer;
    if (check_threads(c) || open_source(c)) {
        v->state = RPC_VERDICT_GIVEN;
        v->said = RPC_S_OUT_OF_RESOURCES;
        return false;
    }
    v->state = RPC_VERDICT_WAITING;
    if (policy_get(POLICY_CALLBACK_SECONDS) != POLICY_OFF)
        v->deadline = transport_deadline_in((int64_t)policy_number(POLICY_CALLBACK_SECONDS) * 1000);
    list_add(c);
    loop_keep_ticking(loop);
    fault = vain(c); /* now that whoever makes it so sees that it waits */
    if (fault)
        give(c, RPC_S_CALL_CANCELLED, fault);
    if (v->thread)
        wait_here(c);
    return !v->thread;
}

bool rpc_server_verdict_left(struct rpc_server_call *c, RPC_STATUS *said, uint32_t *fault)
{
    struct rpc_server_verdict *v = &c->verdict;
    bool later = false;

    pthread_mutex_lock(&lock);
    if (v->state == RPC_VERDICT_ASKED && *said == RPC_S_ASYNC_CALL_PENDING)
        later = wait(c);
    if (!later) {
        /* What was given goes before what is returned; but two refuse as one does. */
        if (v->state == RPC_VERDICT_GIVEN &&
            (*said == RPC_S_ASYNC_CALL_PENDING || v->said != RPC_S_OK)) {
            *said = v->said;
            *fault = v->fault;
        }
        v->state = RPC_VERDICT_NONE;
    }
    pthread_mutex_unlock(&lock);
    return !later;
}

enum err rpc_server_verdict_give(struct rpc_server_call *c, RPC_STATUS said)
{
    struct rpc_server_verdict *v = &c->verdict;
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    if (v->state == RPC_VERDICT_WAITING) {
        give(c, said, 0);
    } else if (v->state == RPC_VERDICT_ASKED) {
        v->state = RPC_VERDICT_GIVEN;
        v->said = said;
    } else {
        e = ERR_RPC_ASYNC_CALL;
    }
    pthread_mutex_unlock(&lock);
    return e ? detail_fail(e, "no security callback of that call is to be completed") : e;
}

/* ---- the loop's threads ---- */

/* The next whose verdict is given; NULL: none. */
static struct rpc_server_call *take(RPC_STATUS *said, uint32_t *fault)
{
    struct rpc_server_call *c;

    pthread_mutex_lock(&lock);
    c = queue;
    if (c) {
        queue = c->verdict.queue_next;
        if (!queue)
            queue_end = &queue;
        settle_late(c); /* still marked as queued: nobody else has it */
        c->verdict.queued = false;
        if (c->verdict.state == RPC_VERDICT_GIVEN) {
            *said = c->verdict.said;
            *fault = c->verdict.fault;
            c->verdict.state = RPC_VERDICT_NONE;
        } else {
            c = NULL;
        }
    }
    pthread_mutex_unlock(&lock);
    return c;
}

static bool more(void)
{
    bool any;

    pthread_mutex_lock(&lock);
    any = queue != NULL;
    pthread_mutex_unlock(&lock);
    return any;
}

static void on_ready(struct loop_source *s, unsigned events)
{
    struct rpc_server_call *c;
    RPC_STATUS said = RPC_S_OK;
    uint32_t fault = 0;
    uint64_t n = 0;

    (void)events;
    if (read(s->fd, &n, sizeof n) < 0)
        log_debug("rpc: another thread looks at verdicts");
    c = take(&said, &fault);
    loop_resume(loop, s, more() ? LOOP_READ | LOOP_WRITE : LOOP_READ);
    if (!c)
        return;
    loop_work_begin(loop);
    rpc_server_call_resume(c, said, fault);
}
