/* SPDX-License-Identifier: Apache-2.0
 * shared.c - connections of many calls: found, sent on, given back.  What is received is in
 * shared_receive.c.
 *
 * The lock of a connection is held for a moment, never while bytes travel: who sends has its turn
 * by another one, so that answers are taken while a server is slow to take requests.
 */
#include "rpc/shared_state.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"

enum {
    THREADS = 4,    /* of the loop: one receives, the others are in notification routines */
    CLOSE_US = 100, /* a request that follows another one so closely is one of several: it leaves
                     * when an answer comes, or a thread of the loop takes those behind it, too */
    TOGETHER = 64,  /* requests, then who made the last of them sends them */
};

static pthread_mutex_t loop_lock = PTHREAD_MUTEX_INITIALIZER;
static struct loop *client_loop;

static void on_flush(struct loop_source *source, unsigned events);

enum err rpc_shared_loop(struct loop **ret)
{
    const struct loop_config config = { .threads_max = THREADS };
    enum err e = ERR_OK;

    pthread_mutex_lock(&loop_lock);
    if (!client_loop)
        e = loop_new(&config, &client_loop);
    *ret = client_loop;
    pthread_mutex_unlock(&loop_lock);
    return e;
}

void rpc_shared_forked(void)
{
    loop_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    client_loop = NULL; /* its threads are the parent's */
    rpc_late_forked();
}

/* ---- from idle to idle ---- */

/* On the timer's thread: a server that never answers what was given up. */
static void on_idle(struct rpc_timer *t)
{
    struct rpc_shared *s = (struct rpc_shared *)((char *)t - offsetof(struct rpc_shared, idle));

    pthread_mutex_lock(&s->lock);
    if (s->places == s->given_up)
        rpc_connection_break(s->connection); /* who reads sees it */
    pthread_mutex_unlock(&s->lock);
}

/* Of one that nobody finds or uses any more. */
static void shared_free(struct rpc_shared *s)
{
    struct rpc_association *a = s->association;

    rpc_timer_clear(&s->idle);
    rpc_late_remove(&s->late);
    if (s->flush.fd >= 0) {
        loop_remove(s->loop, &s->flush);
        close(s->flush.fd);
    }
    rpc_inbound_idle(&s->connection->inbound);
    if (!rpc_inbound_pending(&s->connection->inbound) && rpc_client_unshare(&s->connection->client))
        rpc_association_give(a, s->connection);
    else
        rpc_connection_free(s->connection);
    rpc_association_unref(a);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->turn);
    mem_free(s);
}

struct rpc_shared *rpc_shared_ref(struct rpc_shared *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void rpc_shared_unref(struct rpc_shared *s)
{
    if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1)
        shared_free(s);
}

/* Where messages are protected but their headers are not, nothing says whose an answer is. */
static bool takes_many(const struct rpc_client *c)
{
    const struct rpc_security *s = c->security;

    return c->multiplex && (!s || !s->token_size || s->header_signing);
}

/* With one place taken, and a reference for it. The connection is its own also after a failure. */
static enum err shared_new_adopt(const struct rpc_call *call, struct rpc_connection *c, bool alone,
                                 struct rpc_shared **ret)
{
    struct rpc_shared *s = mem_zero(sizeof *s);
    enum err e = s ? rpc_shared_loop(&s->loop) : ERR_NO_MEMORY;

    if (e || !rpc_client_share(&c->client)) {
        rpc_connection_free(c);
        mem_free(s);
        return e ? e : ERR_CONNECT;
    }
    rpc_connection_in_parts(c, false);      /* as a call with [out] pipes may have left it */
    atomic_store(&c->inbound.callbacks, 0); /* no thread is there to serve one */
    s->source = (struct loop_source){ .fd = c->fd, .ready = rpc_shared_ready };
    s->flush = (struct loop_source){ .fd = -1, .ready = on_flush };
    s->association = rpc_association_ref(call->target.association);
    s->connection = c;
    s->interface = call->interface;
    s->syntaxes = call->syntaxes;
    s->context = rpc_client_context(&c->client, &s->interface, s->syntaxes);
    s->alone = alone || !takes_many(&c->client);
    s->places = 1;
    s->idle.fire = on_idle;
    atomic_init(&s->refs, 2); /* the reader's, and the caller's */
    pthread_mutex_init(&s->turn, NULL);
    pthread_mutex_init(&s->lock, NULL);
    *ret = s;
    return ERR_OK;
}

enum ndr_syntax rpc_shared_syntax(const struct rpc_shared *s)
{
    return s->context ? s->context->syntax : NDR_20;
}

static bool has_place(struct rpc_shared *s, const struct rpc_call *call)
{
    bool fits = s->connection->generation == rpc_association_generation() && !s->alone &&
                rpc_connection_suits(s->connection, call->target.identity, call->target.uid) &&
                rpc_syntax_equal(&s->interface, &call->interface) &&
                (1U << rpc_shared_syntax(s) & call->syntaxes);

    if (!fits)
        return false;
    pthread_mutex_lock(&s->lock);
    fits = !s->ended && !s->connection->client.closing && s->places < RPC_SHARED_MAX;
    s->places += fits;
    pthread_mutex_unlock(&s->lock);
    return fits;
}

static struct rpc_shared *find(const struct rpc_call *call)
{
    struct rpc_association *a = call->target.association;
    struct rpc_shared *s;

    lock_take(&a->lock);
    for (s = a->busy; s && !has_place(s, call);)
        s = s->next;
    if (s)
        rpc_shared_ref(s);
    lock_give(&a->lock);
    return s;
}

static void list_add(struct rpc_shared *s)
{
    struct rpc_association *a = s->association;

    lock_take(&a->lock);
    s->next = a->busy;
    a->busy = s;
    lock_give(&a->lock);
}

bool rpc_shared_list_remove(struct rpc_shared *s, bool always)
{
    struct rpc_association *a = s->association;
    struct rpc_shared **at = &a->busy;
    bool removed;

    lock_take(&a->lock);
    pthread_mutex_lock(&s->lock);
    removed = always || !s->places;
    s->ended |= removed;
    pthread_mutex_unlock(&s->lock);
    while (removed && *at && *at != s)
        at = &(*at)->next;
    if (removed && *at)
        *at = s->next;
    lock_give(&a->lock);
    return removed;
}

enum err rpc_shared_take(const struct rpc_call *call, bool alone, struct rpc_shared **ret)
{
    struct rpc_shared *s = alone ? NULL : find(call);
    struct rpc_connection *c = NULL;
    enum err e = ERR_OK;

    if (!s) {
        e = rpc_call_connect(call, &c);
        if (!e)
            e = shared_new_adopt(call, c, alone, &s);
        if (e)
            return e;
        list_add(s);
        e = loop_add(s->loop, &s->source, LOOP_READ);
        if (e) {
            (void)rpc_shared_list_remove(s, true);
            s->connection->client.closing = true;
            rpc_shared_unref(s);
            rpc_shared_unref(s);
            return e;
        }
    }
    *ret = s;
    return ERR_OK;
}

void rpc_shared_nobody_waits(struct rpc_shared *s)
{
    if (!s->places || rpc_timer_set(&s->idle, transport_deadline_in(RPC_IDLE_TIME)))
        rpc_connection_break(s->connection); /* who reads takes it out, and ends it */
}

/* With the lock: of what did not go out. */
static void place_free(struct rpc_shared *s)
{
    s->places--;
    if (s->places == s->given_up)
        rpc_shared_nobody_waits(s);
}

void rpc_shared_drop(struct rpc_shared *s)
{
    pthread_mutex_lock(&s->lock);
    place_free(s);
    pthread_mutex_unlock(&s->lock);
    rpc_shared_unref(s);
}

const struct rpc_client *rpc_shared_client(const struct rpc_shared *s)
{
    return &s->connection->client;
}

/* ---- sending ---- */

enum err rpc_shared_begin(struct rpc_shared *s, struct rpc_shared_call *c)
{
    struct rpc_client *client = &s->connection->client;
    enum err e = ERR_CONNECT;

    pthread_mutex_lock(&s->turn);
    pthread_mutex_lock(&s->lock);
    if (!s->ended && !client->closing)
        e = rpc_client_ask(client, s->context->id, &c->ask);
    if (!e)
        atomic_store_explicit(&s->begun, c->ask.call_id, memory_order_release);
    s->one = s->places - s->given_up == 1;
    pthread_mutex_unlock(&s->lock);
    if (e)
        pthread_mutex_unlock(&s->turn);
    return e;
}

/* False: it has ended already, as far as its caller is concerned. */
static bool take_back(struct rpc_shared *s, uint32_t call_id)
{
    struct rpc_client *client = &s->connection->client;
    struct rpc_shared_call *c;
    bool ours;

    pthread_mutex_lock(&s->lock);
    c = (struct rpc_shared_call *)rpc_client_find_ask(client, call_id);
    ours = c && !c->given_up && rpc_client_take_back(client, call_id);
    if (ours)
        place_free(s);
    pthread_mutex_unlock(&s->lock);
    return ours;
}

/* The loop tells when the connection takes bytes: at once, as a rule. */
static enum err ask_flusher(struct rpc_shared *s)
{
    enum err e;

    if (!rpc_connection_want_flush(s->connection))
        return ERR_OK; /* somebody was asked already */
    rpc_shared_ref(s);
    e = loop_wait_writable(s->loop, &s->flush, s->source.fd);
    if (e)
        rpc_shared_unref(s); /* not the last: the sender's remains */
    return e;
}

static void on_flush(struct loop_source *source, unsigned events)
{
    struct rpc_shared *s =
        (struct rpc_shared *)(void *)((char *)source - offsetof(struct rpc_shared, flush));
    bool busy;
    enum err e = rpc_connection_flush(s->connection, &busy);

    (void)events;
    if (e == ERR_INCOMPLETE) {
        loop_resume(s->loop, source, LOOP_WRITE);
        return;
    }
    if (!e && busy && !rpc_late_add(s->loop, &s->late))
        e = ask_flusher(s);
    if (e)
        rpc_connection_break(s->connection); /* what is out fails */
    rpc_shared_unref(s);
}

static struct rpc_shared *of_late(struct rpc_late *late)
{
    return (struct rpc_shared *)(void *)((char *)late - offsetof(struct rpc_shared, late));
}

enum err rpc_shared_send_together(struct rpc_shared *s)
{
    enum err e = rpc_connection_send_together(s->connection);

    return e == ERR_INCOMPLETE ? ask_flusher(s) : e;
}

bool rpc_shared_late_ref(struct rpc_late *late)
{
    struct rpc_shared *s = of_late(late);
    unsigned refs = atomic_load(&s->refs);

    while (refs)
        if (atomic_compare_exchange_weak(&s->refs, &refs, refs + 1))
            return true;
    return false;
}

void rpc_shared_late(struct rpc_late *late)
{
    struct rpc_shared *s = of_late(late);
    enum err e = rpc_shared_send_together(s);

    if (!e && atomic_load(&s->connection->together)) /* somebody sends just now */
        e = ask_flusher(s);
    if (e)
        rpc_connection_break(s->connection); /* what is out fails */
    rpc_shared_unref(s);
}

/* With others: whoever takes the answer that is near sends it, or who makes the last of many. */
static enum err gather(struct rpc_shared *s, const struct rpc_message *m, int64_t now)
{
    struct rpc_connection *c = s->connection;
    unsigned n = 0;
    enum err e = rpc_connection_gather(c, m, &n);

    if (e)
        return e;
    if (!rpc_connection_is_near(c, now))
        return ask_flusher(s);
    if (n >= TOGETHER)
        return rpc_shared_send_together(s);
    if (n == 1 && !rpc_late_add(s->loop, &s->late))
        return ask_flusher(s);
    return ERR_OK;
}

/* One alone is sent by who makes it, so that it waits for no other thread. */
static enum err send_request(struct rpc_shared *s, const struct rpc_message *m, uint32_t timeout,
                             bool alone)
{
    int64_t now = transport_now_us(), last = s->last;
    enum err e = ERR_INCOMPLETE;
    bool begun;

    s->last = now;
    if (!alone && now - last < CLOSE_US)
        e = gather(s, m, now);
    if (e != ERR_INCOMPLETE)
        return e;
    e = rpc_connection_send(s->connection, m, timeout, &begun);
    rpc_connection_left(s->connection, m->call_id, now);
    return e;
}

enum err rpc_shared_send(struct rpc_shared *s, const struct rpc_message *m, uint32_t timeout,
                         enum err failed)
{
    enum err e;

    atomic_store_explicit(&s->begun, 0, memory_order_release);
    e = failed ? failed : send_request(s, m, timeout, s->one);
    if (!e)
        s->context->told = true;
    else if (!failed)
        rpc_connection_break(s->connection); /* what else is out fails, too */
    e = e && take_back(s, m->call_id) ? e : ERR_OK;
    pthread_mutex_unlock(&s->turn);
    return e;
}

void rpc_shared_tell(struct rpc_shared *s, uint32_t call_id, enum rpc_type type)
{
    rpc_connection_tell(s->connection, call_id, type);
}

bool rpc_shared_give_up(struct rpc_shared *s, uint32_t call_id)
{
    struct rpc_shared_call *c;
    bool given_up;

    pthread_mutex_lock(&s->lock);
    c = (struct rpc_shared_call *)rpc_client_find_ask(&s->connection->client, call_id);
    given_up = c && !c->given_up;
    if (given_up) {
        c->given_up = true;
        s->given_up++;
        if (s->places == s->given_up)
            rpc_shared_nobody_waits(s);
    }
    pthread_mutex_unlock(&s->lock);
    return given_up;
}
