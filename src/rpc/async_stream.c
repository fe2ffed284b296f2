/* SPDX-License-Identifier: Apache-2.0
 * async_stream.c - a client's call with asynchronous pipes on its connection.
 */
#include "rpc/async_stream.h"

#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/fault.h"
#include "rpc/shared.h"

enum { AT_ONCE = 64 /* parts received before other connections have their turn */ };

struct rpc_stream {
    struct rpc_pipes pipes; /* first */
    struct loop_source source, writable;
    struct loop *loop;
    atomic_uint refs;
    struct rpc_call *call; /* the program's thread's */
    struct rpc_connection *connection;
    struct rpc_association *association;
    rpc_stream_over *over;
    void *owner;
    struct rpc_message head;
    struct uuid object;
    struct rpc_context *context;

    /* Whoever sends. */
    struct iovec *iov;
    size_t iov_count;
    bool dead; /* nothing can be sent any more */

    bool whole; /* whoever receives: the last part has come, */
    bool clean; /* and nothing is left over on the connection */
    /* With the lock of the pipes. */
    enum { NOT_READING, ARMED, RUNNING, PAUSED } reader;
    bool drained; /* all is pulled */
    bool done;    /* somebody has ended it, or is about to */

    struct rpc_outbound outbound;
};

static const struct rpc_pipes_end end;
static void on_ready(struct loop_source *source, unsigned events);
static void on_writable(struct loop_source *source, unsigned events);

struct rpc_stream *rpc_stream_new(struct rpc_call *call, RPC_ASYNC_STATE *state,
                                  rpc_stream_over *over, void *owner)
{
    struct rpc_stream *s = mem_zero(sizeof *s);

    if (!s)
        return NULL;
    rpc_pipes_init(&s->pipes, &end, state, &s->outbound);
    s->pipes.in = &call->in;
    s->pipes.out = &call->out;
    s->source = (struct loop_source){ .fd = -1, .ready = on_ready };
    s->writable = (struct loop_source){ .fd = -1, .ready = on_writable };
    atomic_init(&s->refs, 1);
    s->call = call;
    s->over = over;
    s->owner = owner;
    return s;
}

/* It carries other calls. */
static void give_back(struct rpc_stream *s)
{
    struct rpc_connection *c = s->connection;

    s->connection = NULL;
    s->clean = false;
    rpc_inbound_idle(&c->inbound);
    rpc_connection_in_parts(c, false);
    rpc_association_give(s->association, c);
}

static struct rpc_stream *stream_ref(struct rpc_stream *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void rpc_stream_unref(struct rpc_stream *s)
{
    if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (s->writable.fd >= 0) {
        loop_remove(s->loop, &s->writable);
        close(s->writable.fd);
    }
    if (s->clean)
        give_back(s);
    rpc_connection_free(s->connection);
    if (s->association)
        rpc_association_unref(s->association);
    rpc_pipes_done(&s->pipes);
    mem_free(s);
}

struct rpc_pipes *rpc_stream_pipes(struct rpc_stream *s)
{
    return &s->pipes;
}

static struct rpc_stream *of_pipes(struct rpc_pipes *p)
{
    return (struct rpc_stream *)(void *)p;
}

/* ---- sending ---- */

/* False: nobody will say when the server takes more. */
static bool wait_writable(struct rpc_stream *s)
{
    stream_ref(s);
    if (!loop_wait_writable(s->loop, &s->writable, s->connection->fd))
        return true;
    rpc_stream_unref(s);
    return false;
}

static void give_up_sending(struct rpc_stream *s)
{
    s->dead = true;
    s->iov_count = 0;
}

/* False: the server takes no more now. */
static bool send_batch(struct rpc_stream *s)
{
    size_t n = 0, used;
    enum err e = transport_send_now(s->connection->fd, s->iov, s->iov_count, &n);

    if (e == ERR_INCOMPLETE)
        return false;
    if (e) {
        give_up_sending(s);
        return true;
    }
    used = transport_iov_skip(s->iov, s->iov_count, n);
    s->iov += used;
    s->iov_count -= used;
    return true;
}

/* By whoever sends, with a reference: until nothing is ready, or the server takes no more. */
static void pump(struct rpc_stream *s, bool may_call)
{
    enum rpc_leave leave = RPC_LEAVE_SEND;
    bool waits = false;

    do {
        if (!s->iov_count)
            leave = rpc_pipes_leave(&s->pipes, &s->head, may_call, s->dead, &s->iov, &s->iov_count);
        if (leave == RPC_LEAVE_IDLE || leave == RPC_LEAVE_ENDED)
            return;
        if (leave == RPC_LEAVE_FAILED) {
            give_up_sending(s);
            rpc_connection_break(s->connection); /* who receives ends it */
            continue;
        }
        waits = leave == RPC_LEAVE_LATER || !send_batch(s);
        if (waits && !wait_writable(s)) {
            give_up_sending(s);
            rpc_connection_break(s->connection);
            may_call = true; /* in place of nobody */
            waits = false;
        }
    } while (!waits);
}

static void on_writable(struct loop_source *source, unsigned events)
{
    struct rpc_stream *s =
        (struct rpc_stream *)(void *)((char *)source - offsetof(struct rpc_stream, writable));

    (void)events;
    loop_work_begin(s->loop);
    pump(s, true);
    rpc_stream_unref(s);
}

static void leave(struct rpc_pipes *p)
{
    struct rpc_stream *s = of_pipes(p);

    if (!rpc_pipes_leave_begin(p))
        return;
    stream_ref(s);
    pump(s, false);
    rpc_stream_unref(s);
}

/* ---- over ---- */

/* With the lock: the reader has its turn, whatever there is to read. */
static void wake(struct rpc_stream *s)
{
    if (s->reader != PAUSED)
        return;
    s->reader = ARMED;
    loop_resume(s->loop, &s->source, LOOP_READ | LOOP_WRITE);
}

bool rpc_stream_abort(struct rpc_stream *s, enum err e)
{
    bool ours;

    pthread_mutex_lock(&s->pipes.lock);
    ours = s->reader != NOT_READING && !s->done;
    if (ours) {
        s->done = true;
        rpc_connection_leave(s->connection); /* which tells the server, in any state */
        wake(s);
    }
    pthread_mutex_unlock(&s->pipes.lock);
    if (!ours)
        return false;
    rpc_pipes_fail(&s->pipes, err_rpc_status(e));
    rpc_pipes_hush(&s->pipes);
    rpc_pipes_close(&s->pipes);
    s->over(s->owner, e, NULL);
    return true;
}

void rpc_stream_cancel(struct rpc_stream *s)
{
    bool out;

    pthread_mutex_lock(&s->pipes.lock);
    out = s->reader != NOT_READING && !s->done;
    pthread_mutex_unlock(&s->pipes.lock);
    if (out)
        rpc_pipes_cancel(&s->pipes, s->head.call_id);
}

/* By the reader, after its last turn. The server has answered all of the request: its connection
 * carries others, at once, or when nobody sends any more. */
static void let_go(struct rpc_stream *s, bool answered)
{
    bool now;

    loop_remove(s->loop, &s->source);
    pthread_mutex_lock(&s->pipes.lock);
    s->clean = answered && s->pipes.flow.ended;
    now = s->clean && !s->pipes.leaving;
    s->pipes.leaving |= now; /* nothing leaves any more */
    s->pipes.aside_len = 0;
    pthread_mutex_unlock(&s->pipes.lock);
    if (now)
        give_back(s);
    else if (!s->clean)
        rpc_connection_leave(s->connection);
}

/* ---- receiving ---- */

struct outcome { /* of a reader's turn */
    bool is;
    enum err e;
    struct rpc_received r;
    bool answer; /* r is */
};

static enum err keep_part(struct rpc_stream *s, const struct rpc_received *r, bool *ret_full)
{
    struct rpc_part *part = mem_zero(sizeof *part);

    if (!part) {
        rpc_block_put(r->block);
        return ERR_NO_MEMORY;
    }
    part->r = *r;
    s->whole = !r->more;
    *ret_full = rpc_pipes_part_adopt(&s->pipes, part);
    return ERR_OK;
}

static bool is_sent(struct rpc_stream *s)
{
    bool sent;

    pthread_mutex_lock(&s->pipes.lock);
    sent = s->pipes.flow.last;
    pthread_mutex_unlock(&s->pipes.lock);
    return sent;
}

/* ERR_INCOMPLETE: nothing is here. */
static enum err receive(struct rpc_stream *s, struct outcome *o, bool *ret_full)
{
    enum err e = rpc_connection_look(s->connection, &o->r);

    if (e)
        return e;
    o->answer = o->r.pdu.header.type == RPC_FAULT;
    if (!o->answer && !is_sent(s)) {
        rpc_block_put(o->r.block);
        return detail_fail(ERR_RPC_PROTOCOL, "the server answered before the request's end");
    }
    if (!o->answer && rpc_pipes_any(&s->pipes, true))
        return keep_part(s, &o->r, ret_full);
    o->is = o->answer = true;
    return ERR_OK;
}

static bool is_done(struct rpc_stream *s)
{
    bool done;

    pthread_mutex_lock(&s->pipes.lock);
    done = s->done;
    pthread_mutex_unlock(&s->pipes.lock);
    return done;
}

/* Gives the connection back to the loop, or keeps it; true: this was the last turn, and *o says
 * whether it has ended the call. */
static bool end_turn(struct rpc_stream *s, struct outcome *o, enum err e)
{
    bool last;

    pthread_mutex_lock(&s->pipes.lock);
    o->is = (o->is || s->drained) && !s->done;
    last = s->done = s->done || o->is;
    if (last)
        s->reader = NOT_READING;
    else if (s->pipes.full || s->whole)
        s->reader = PAUSED;
    else
        s->reader = ARMED;
    if (!last && s->reader == ARMED)
        loop_resume(s->loop, &s->source, e ? LOOP_READ : LOOP_READ | LOOP_WRITE);
    pthread_mutex_unlock(&s->pipes.lock);
    return last;
}

static void finish(struct rpc_stream *s, const struct outcome *o)
{
    let_go(s, o->is && !o->e);
    if (!o->is) {
        if (o->answer)
            rpc_block_put(o->r.block);
        return;
    }
    if (o->e || (o->answer && o->r.pdu.header.type == RPC_FAULT))
        rpc_pipes_fail(&s->pipes, o->e ? err_rpc_status(o->e == ERR_CONNECT ? ERR_RPC_FAILED : o->e)
                                       : (RPC_STATUS)rpc_fault_status(o->r.fault.status));
    rpc_pipes_hush(&s->pipes);
    s->over(s->owner, o->e, o->answer ? &o->r : NULL);
}

static void on_ready(struct loop_source *source, unsigned events)
{
    struct rpc_stream *s =
        (struct rpc_stream *)(void *)((char *)source - offsetof(struct rpc_stream, source));
    struct outcome o = { .is = false };
    enum err e = ERR_OK;
    bool full = false;
    int n;

    (void)events;
    pthread_mutex_lock(&s->pipes.lock);
    s->reader = RUNNING;
    pthread_mutex_unlock(&s->pipes.lock);
    for (n = 0; n < AT_ONCE && !e && !o.is && !full && !s->whole && !is_done(s); n++)
        e = receive(s, &o, &full);
    if (e && e != ERR_INCOMPLETE) {
        o = (struct outcome){ .is = true, .e = e };
        s->connection->client.closing = true;
    }
    stream_ref(s);
    if (end_turn(s, &o, e)) {
        loop_work_begin(s->loop);
        finish(s, &o);
        rpc_stream_unref(s); /* the reader's */
    } else {
        loop_work_begin(s->loop);
        rpc_pipes_tell(&s->pipes);
    }
    rpc_stream_unref(s);
}

static void receive_on(struct rpc_pipes *p)
{
    struct rpc_stream *s = of_pipes(p);

    pthread_mutex_lock(&p->lock);
    wake(s);
    pthread_mutex_unlock(&p->lock);
}

/* ---- the program's thread ---- */

static enum err begin_response(struct rpc_pipes *p, const struct rpc_received *first)
{
    struct rpc_call *call = of_pipes(p)->call;
    enum err e = rpc_call_answer(call, first);

    if (!e && call->in.source)
        call->in.source = &p->source;
    return e;
}

static enum err end_request(struct rpc_pipes *p)
{
    struct rpc_stream *s = of_pipes(p);
    enum err e;

    rpc_call_trailer(s->call, &s->head, s->context);
    s->context->told = true;
    pthread_mutex_lock(&p->lock);
    e = rpc_flow_take(&p->flow, p->out, true);
    pthread_mutex_unlock(&p->lock);
    return e;
}

static enum err end_response(struct rpc_pipes *p)
{
    struct rpc_stream *s = of_pipes(p);
    struct ndr_in *in = p->in;

    while (in->source && !in->source->ended)
        if (!ndr_in_want(in, reader_left(&in->r) + 1) && !in->source->ended)
            return in->r.err ? in->r.err : ERR_INCOMPLETE;
    pthread_mutex_lock(&p->lock);
    s->drained = true;
    wake(s);
    pthread_mutex_unlock(&p->lock);
    return ERR_OK;
}

/* Who receives sees the connection's end. */
static void broken(struct rpc_pipes *p, enum err e)
{
    struct rpc_stream *s = of_pipes(p);

    (void)e;
    pthread_mutex_lock(&p->lock);
    if (!s->done && s->connection) {
        s->pipes.status = err_rpc_status(rpc_fault_stub(e));
        rpc_connection_break(s->connection);
        wake(s);
    }
    pthread_mutex_unlock(&p->lock);
}

static void hold(struct rpc_pipes *p)
{
    (void)stream_ref(of_pipes(p));
}

static void release(struct rpc_pipes *p)
{
    rpc_stream_unref(of_pipes(p));
}

static const struct rpc_pipes_end end = { .hold = hold,
                                          .release = release,
                                          .leave = leave,
                                          .receive = receive_on,
                                          .begin = begin_response,
                                          .pushed = end_request,
                                          .drained = end_response,
                                          .broken = broken };

/* ---- started ---- */

static enum err make_head(struct rpc_stream *s)
{
    struct rpc_call *call = s->call;
    struct rpc_client *client = &s->connection->client;
    uint32_t call_id = 0;
    enum err e;

    s->context = rpc_client_context(client, &call->interface, 1U << call->syntax);
    if (!s->context)
        return detail_fail(ERR_INTERNAL, "no presentation context for %s", call->face->Head.Name);
    rpc_connection_in_parts(s->connection, call->flags & CS_CALL_PIPE_OUT);
    e = rpc_client_call(client, s->context->id, false, &call_id);
    if (e)
        return e;
    s->head = rpc_call_head(call, client, s->context, call_id);
    s->object = call->target.object;
    s->head.object = s->head.object ? &s->object : NULL;
    return ERR_OK;
}

/* What can leave of the request before the first push: of one without [in] pipes, all. */
static enum err begin_request(struct rpc_stream *s)
{
    struct rpc_pipes *p = &s->pipes;
    enum err e = rpc_pipes_want_send(p);

    if (e)
        return e;
    if (!rpc_pipes_any(p, false))
        return end_request(p);
    pthread_mutex_lock(&p->lock);
    e = rpc_flow_take(&p->flow, p->out, false);
    pthread_mutex_unlock(&p->lock);
    return e;
}

enum err rpc_stream_start(struct rpc_stream *s)
{
    struct rpc_call *call = s->call;
    enum err e = rpc_shared_loop(&s->loop);

    if (e)
        return e;
    s->connection = call->connection;
    s->association = rpc_association_ref(call->target.association);
    call->connection = NULL;
    call->thread = NULL; /* who pushes and completes may be other ones */
    e = make_head(s);
    if (!e)
        e = begin_request(s);
    if (e)
        return e;
    s->source.fd = s->connection->fd;
    s->reader = ARMED;
    stream_ref(s); /* the reader's */
    stream_ref(s); /* ours: it may be over as soon as it is read */
    e = loop_add(s->loop, &s->source, LOOP_READ);
    if (e) {
        s->reader = NOT_READING;
        rpc_stream_unref(s);
    } else {
        leave(&s->pipes);
    }
    rpc_stream_unref(s);
    return e;
}
