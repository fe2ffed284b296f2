/* SPDX-License-Identifier: Apache-2.0
 * shared_receive.c - what is received on a connection of many calls, and telling the program.
 *
 * One thread of the loop has the connection at a time. It runs the program's own routines with it
 * where they have been quick of late; else others take what comes meanwhile.
 */
#include <poll.h>

#include "base/detail.h"
#include "base/impersonation.h"
#include "rpc/shared_state.h"

enum {
    AT_ONCE = 64,  /* answers taken before other connections have their turn */
    QUICK_US = 50, /* a routine of the program's that takes no longer is quick: answers may wait */
    QUICK_TIMES = 4, /* in a row, then it is expected to be */
    PACES = 64,      /* routines by a few bits of their address */
};

struct turn { /* of one thread, with what came */
    struct rpc_shared *s;
    struct rpc_shared_call *later, *last;
    bool drained;
};

/* One call less. */
static void end_call(struct turn *t, struct rpc_shared_call *c, bool given_up, enum err e,
                     const struct rpc_received *r)
{
    if (given_up) {
        if (r)
            rpc_block_put(r->block);
        c->gone(c);
    } else if (c->ended(c, e, r)) {
        c->next = NULL;
        if (t->later)
            t->last->next = c;
        else
            t->later = c;
        t->last = c;
    } else {
        c->gone(c);
    }
}

static enum err take(struct turn *t, const struct rpc_received *r)
{
    struct rpc_shared *s = t->s;
    struct rpc_client *client = &s->connection->client;
    struct writer out = writer_new(RPC_CLIENT_PDU_MAX); /* answers make us send nothing */
    enum rpc_client_outcome outcome = RPC_CLIENT_WAIT;
    struct rpc_shared_call *c;
    bool given_up = false;
    enum err e;

    pthread_mutex_lock(&s->lock);
    client->answered = NULL;
    /* Who has begun it still uses it. */
    if (r->event != RPC_EVENT_PDU && r->pdu.header.call_id &&
        r->pdu.header.call_id == atomic_load_explicit(&s->begun, memory_order_acquire))
        e = detail_fail(ERR_UNEXPECTED, "an answer to call %u, which has not left",
                        r->pdu.header.call_id);
    else
        e = rpc_client_receive(client, r, &out, &outcome);
    c = (struct rpc_shared_call *)client->answered;
    if (c) {
        rpc_connection_answered(s->connection, c->ask.call_id);
        given_up = c->given_up;
        s->given_up -= given_up;
        s->places--;
        if (s->places && s->places == s->given_up)
            rpc_shared_nobody_waits(s);
    }
    pthread_mutex_unlock(&s->lock);
    writer_done(&out);
    if (e && r->event != RPC_EVENT_PDU)
        rpc_block_put(r->block);
    if (c)
        end_call(t, c, given_up, e, e ? NULL : r);
    return e;
}

/* What was gathered until an answer would come. */
static enum err send_what_waits(struct rpc_shared *s)
{
    return atomic_load(&s->connection->together) ? rpc_shared_send_together(s) : ERR_OK;
}

/* What there is, into the room there is. */
static enum err receive(struct turn *t)
{
    struct rpc_connection *connection = t->s->connection;
    struct iovec iov[RPC_INBOUND_IOV];
    size_t count = 0, n = 0, room = 0, i;
    enum err e = rpc_inbound_room(&connection->inbound, iov, &count);

    if (!e)
        e = transport_receive_now(connection->fd, iov, count, &n);
    if (e)
        return e;
    if (!n)
        return ERR_CONNECT;
    for (i = 0; i < count; i++)
        room += iov[i].iov_len;
    t->drained = n < room;
    rpc_inbound_filled(&connection->inbound, n);
    rpc_connection_came(connection, transport_now_us());
    return send_what_waits(t->s);
}

/* ERR_INCOMPLETE: no more is here. */
static enum err next(struct turn *t)
{
    struct rpc_received r;
    enum err e = rpc_inbound_next(&t->s->connection->inbound, &r);

    if (e)
        return e;
    if (r.event != RPC_EVENT_MORE)
        return take(t, &r);
    return t->drained ? ERR_INCOMPLETE : receive(t);
}

/* The connection is lost, and all that is out with it. */
static void end_all(struct turn *t, enum err e)
{
    struct rpc_shared *s = t->s;
    struct rpc_client_ask *ask, *asks;

    (void)rpc_shared_list_remove(s, true);
    rpc_connection_break(s->connection);
    pthread_mutex_lock(&s->turn); /* who has begun a call uses it until it is sent, or is not */
    pthread_mutex_unlock(&s->turn);
    pthread_mutex_lock(&s->lock);
    asks = s->connection->client.asks;
    s->connection->client.asks = NULL;
    s->connection->client.state = RPC_CLIENT_ENDED;
    pthread_mutex_unlock(&s->lock);
    while ((ask = asks)) {
        struct rpc_shared_call *c = (struct rpc_shared_call *)ask;

        asks = ask->next;
        end_call(t, c, c->given_up, e, NULL);
    }
}

/* ---- telling the program ---- */

/* Whether routines of the program's are quick only their past can tell, as with a server's calls.
 */
static atomic_uchar quick_routines[PACES];

static atomic_uchar *pace_of(const struct rpc_shared_call *c)
{
    return &quick_routines[(c->routine >> 4) % PACES];
}

static bool all_quick(const struct turn *t)
{
    const struct rpc_shared_call *c = t->later;

    while (c && atomic_load_explicit(pace_of(c), memory_order_relaxed) >= QUICK_TIMES)
        c = c->next;
    return !c;
}

static void see_pace(atomic_uchar *times, bool quick)
{
    unsigned char n = atomic_load_explicit(times, memory_order_relaxed);

    if (!quick || n < QUICK_TIMES)
        atomic_store_explicit(times, quick ? n + 1 : 0, memory_order_relaxed);
}

/* One after the other; those of one routine are timed together. */
static void tell(struct turn *t)
{
    struct rpc_shared_call *c;

    while ((c = t->later)) {
        atomic_uchar *pace = pace_of(c);
        int64_t before = transport_now_us();
        int n;

        for (n = 0; c && pace_of(c) == pace; n++) {
            t->later = c->next;
            c->later(c);
            c->gone(c);
            c = t->later;
        }
        see_pace(pace, transport_now_us() - before <= (int64_t)n * QUICK_US);
    }
}

/* By the last turn. */
static void end_turns(struct turn *t)
{
    struct rpc_shared *s = t->s;

    if (t->later)
        loop_work_begin(s->loop);
    loop_remove(s->loop, &s->source);
    rpc_shared_unref(s);
    tell(t);
}

/* Others take what comes while the program is told of what came. */
static void pass_on(struct turn *t, unsigned events)
{
    struct rpc_shared *s = t->s;

    if (t->later)
        loop_work_begin(s->loop);
    loop_resume(s->loop, &s->source, events);
    tell(t);
}

/* The program is told, which has been quick. True: the connection is this thread's still. */
static bool tell_soon(struct turn *t)
{
    struct loop *loop = t->s->loop;

    if (!t->later)
        return true;
    loop_work_begin(loop);
    loop_hold(loop, &t->s->source);
    tell(t);
    impersonation_end(); /* what comes next is of somebody else */
    return loop_unhold(loop);
}

/* The answers to what is out are often near. ERR_INCOMPLETE: they are not, or enough threads wait
 * so. */
static enum err linger(struct rpc_shared *s)
{
    enum err e;

    if (!loop_linger_begin(s->loop))
        return ERR_INCOMPLETE;
    e = transport_wait(s->connection->fd, POLLIN, -1, transport_deadline_in(TRANSPORT_SOON_MS),
                       NULL);
    loop_linger_end(s->loop);
    return e ? ERR_INCOMPLETE : ERR_OK;
}

/* What came, and what comes soon. False: the connection is this thread's no more. */
static bool take_turn(struct turn *t)
{
    struct rpc_shared *s = t->s;
    enum err e = ERR_OK;
    int n;

    t->drained = false;
    for (n = 0; !e && n < AT_ONCE; n++)
        e = next(t);
    if (e && e != ERR_INCOMPLETE)
        end_all(t, e);
    if ((e && e != ERR_INCOMPLETE) || rpc_shared_list_remove(s, false)) {
        end_turns(t);
        return false;
    }
    if (!e || !all_quick(t)) {
        pass_on(t, e ? LOOP_READ : LOOP_READ | LOOP_WRITE);
        return false;
    }
    if (!tell_soon(t))
        return false;
    if (send_what_waits(s))
        rpc_connection_break(s->connection);
    if (!linger(s))
        return true;
    loop_resume(s->loop, &s->source, LOOP_READ);
    return false;
}

void rpc_shared_ready(struct loop_source *source, unsigned events)
{
    struct turn t = { .s = (struct rpc_shared *)(void *)source };

    (void)events;
    while (take_turn(&t))
        ;
}
