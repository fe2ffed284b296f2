/* SPDX-License-Identifier: Apache-2.0
 * queue_server.c - the queues that this process takes calls out of, and their threads.
 *
 * A message of an interface that is not registered is not taken: the manager of queues is told
 * which are, so that it stays where it is, and blocks nobody. MSMQ's transport read such ones, and
 * failed them.
 */
#include "rpc/queue_server.h"

#include <pthread.h>
#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/thread.h"
#include "countersign/rpc.h"
#include "rpc/access.h"
#include "rpc/queue_session.h"
#include "rpc/registry.h"
#include "rpc/server.h"
#include "rpc/server_auth.h"

enum {
    RECEIVE_MS = 1000,     /* until a server looks whether it still listens, and to what */
    PAUSE_MS = 200,        /* after a failure, or when there is no place for another call */
    INTERFACES_MOST = 256, /* that are asked for: the manager of queues takes no more */
    SERVICES_MOST = 64,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct rpc_queue *first;
static unsigned changes, threads;
static bool ending;

/* ---- threads ---- */

static struct timespec clock_in(unsigned milliseconds)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += (long)milliseconds % 1000 * 1000000;
    t.tv_sec += (time_t)(milliseconds / 1000) + t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

/* Unless something has changed since seen. */
static void wait_a_moment(unsigned seen, unsigned milliseconds)
{
    const struct timespec until = clock_in(milliseconds);

    pthread_mutex_lock(&lock);
    if (seen == changes && !ending)
        (void)pthread_cond_timedwait(&changed, &lock, &until);
    pthread_mutex_unlock(&lock);
}

static bool goes_on(unsigned *ret_seen)
{
    bool on;

    pthread_mutex_lock(&lock);
    on = !ending;
    *ret_seen = changes;
    pthread_mutex_unlock(&lock);
    return on;
}

/* The interfaces whose calls may run now. */
static size_t served(struct queued_syntax to[INTERFACES_MOST])
{
    bool listening = rpc_server_is_listening();
    struct rpc_registration *r;
    uint64_t number = 0;
    size_t n = 0;

    while (n < INTERFACES_MOST - 1 && (r = rpc_registry_after(number))) {
        number = r->number;
        if (!r->group && (listening || r->flags & RPC_IF_AUTOLISTEN))
            to[n++] = (struct queued_syntax){ r->id.uuid, r->id.major, r->id.minor };
        rpc_registration_unref(r);
    }
    if (n) /* the interface that its calls are of is not known yet */
        to[n++] = rpc_queue_session_syntax;
    return n;
}

/* One message, or none; whether to go on at once. */
static bool serve_one(struct rpc_queue *q)
{
    struct queued_syntax interfaces[INTERFACES_MOST];
    const char *services[SERVICES_MOST];
    struct queued_server server = { .interfaces = interfaces,
                                    .count = served(interfaces),
                                    .services = services };
    struct queued_message *m = NULL;
    enum err e;

    if (!server.count)
        return false;
    server.services_count = rpc_server_auth_principals(services, SERVICES_MOST);
    server.credential = rpc_server_auth_credential(rpc_server_auth_at(0));
    detail_begin("ncadg_mq");
    e = q->door->receive(q->open, &server, RECEIVE_MS, &m);
    if (e == ERR_TIMEOUT)
        return true;
    if (e) {
        log_warning("rpc: nothing can be taken out of queue %s: %s", q->name, detail_get()->text);
        return false;
    }
    return rpc_queue_execute(q, m);
}

static void *run(void *arg)
{
    struct rpc_queue *q = arg;
    unsigned seen = 0;

    while (goes_on(&seen))
        if (!serve_one(q))
            wait_a_moment(seen, PAUSE_MS);
    pthread_mutex_lock(&lock);
    threads--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* ---- queues ---- */

void rpc_queues_review(void)
{
    pthread_mutex_lock(&lock);
    changes++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

bool rpc_queues_exist(void)
{
    bool exist;

    pthread_mutex_lock(&lock);
    exist = first != NULL;
    pthread_mutex_unlock(&lock);
    return exist;
}

static enum queued_level least_of(uint32_t flags)
{
    return flags & RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY     ? QUEUED_LEVEL_PRIVACY
           : flags & RPC_C_MQ_AUTHN_LEVEL_PKT_INTEGRITY ? QUEUED_LEVEL_INTEGRITY
                                                        : QUEUED_LEVEL_NONE;
}

static void queue_free(struct rpc_queue *q)
{
    if (!q)
        return;
    if (q->open)
        q->door->close(q->open);
    rpc_access_unref(q->access);
    mem_free(q);
}

static enum err queue_new(const struct rpc_queue_ask *ask, struct rpc_queue **ret)
{
    const struct queued_ask how = {
        .name = ask->name,
        .permanent = ask->flags & RPC_C_MQ_PERMANENT,
        .clear = ask->flags & RPC_C_MQ_CLEAR_ON_OPEN,
        .keep_security = ask->flags & RPC_C_MQ_USE_EXISTING_SECURITY,
        .least = least_of(ask->flags),
        .access = ask->access ? buf_view(ask->access->bytes) : (struct bytes){ 0 },
    };
    struct rpc_queue *q = mem_zero(sizeof *q + strlen(ask->name) + 1);
    enum err e;

    if (!q)
        return ERR_NO_MEMORY;
    memcpy(q->name, ask->name, strlen(ask->name) + 1);
    q->least = how.least;
    q->access = rpc_access_ref(ask->access);
    e = queued_find(&q->door);
    if (!e)
        e = q->door->open(&how, &q->open);
    if (e)
        queue_free(q);
    else
        *ret = q;
    return e;
}

/* With the lock. */
static bool is_used(const char *name)
{
    const struct rpc_queue *q = first;

    while (q && strcmp(q->name, name) != 0)
        q = q->next;
    return q;
}

/* With the lock. */
static enum err begin(struct rpc_queue *q)
{
    if (is_used(q->name))
        return detail_fail(ERR_RPC_ENDPOINT_TAKEN, "queue %s is this process's already", q->name);
    if (thread_start(run, q, 0, &q->thread))
        return detail_fail(ERR_RPC_RESOURCES, "no thread for the queue %s", q->name);
    threads++;
    q->next = first;
    first = q;
    return ERR_OK;
}

enum err rpc_queue_use(const struct rpc_queue_ask *ask)
{
    struct loop *loop = NULL;
    struct rpc_queue *q = NULL;
    enum err e = queued_name_check(ask->name);
    bool used;

    pthread_mutex_lock(&lock);
    used = is_used(ask->name); /* before it is cleared */
    pthread_mutex_unlock(&lock);
    if (!e && used)
        e = detail_fail(ERR_RPC_ENDPOINT_TAKEN, "queue %s is this process's already", ask->name);
    if (!e)
        e = rpc_server_prepare(&loop);
    if (!e)
        e = queue_new(ask, &q);
    if (e)
        return e;
    pthread_mutex_lock(&lock);
    e = begin(q);
    pthread_mutex_unlock(&lock);
    if (e)
        queue_free(q);
    return e;
}

void rpc_queues_end(void)
{
    struct rpc_queue *all, *q;

    pthread_mutex_lock(&lock);
    ending = true;
    pthread_cond_broadcast(&changed);
    while (threads)
        pthread_cond_wait(&changed, &lock);
    ending = false;
    all = first;
    first = NULL;
    pthread_mutex_unlock(&lock);
    while ((q = all)) {
        all = q->next;
        (void)pthread_join(q->thread, NULL); /* what it has of other libraries is gone, too */
        queue_free(q);
    }
}
