/* SPDX-License-Identifier: Apache-2.0
 * server_async_pipe.c - the asynchronous pipes of a call being served.
 */
#include "rpc/server_async_pipe.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/server_link.h"
#include "rpc/server_pipe.h"

struct rpc_server_pipes {
    struct rpc_pipes pipes; /* first */
    struct rpc_server_call *call;
    bool queued; /* with the lock of the pipes: the response has its place among the link's */
};

static const struct rpc_pipes_end end;

void rpc_server_pipes_free(struct rpc_server_pipes *p)
{
    if (!p)
        return;
    rpc_pipes_done(&p->pipes);
    mem_free(p);
}

struct rpc_pipes *rpc_server_pipes_of(struct rpc_server_pipes *p)
{
    return &p->pipes;
}

static struct rpc_server_pipes *of_pipes(struct rpc_pipes *p)
{
    return (struct rpc_server_pipes *)(void *)p;
}

static struct rpc_server_pipes *pipes_new(struct rpc_server_call *c)
{
    struct rpc_server_pipes *p = mem_zero(sizeof *p);

    if (!p)
        return NULL;
    rpc_pipes_init(&p->pipes, &end, &c->async.state, &c->outbound);
    p->call = c;
    p->pipes.server = p->pipes.begun = true;
    p->pipes.in = &c->in;
    p->pipes.out = &c->out;
    return p;
}

struct rpc_pipe *rpc_server_pipes_add(struct rpc_server_call *c, const CS_PIPE_TYPE *type,
                                      unsigned flags)
{
    struct rpc_pipe *pipe = NULL;

    if (!c->pipes)
        c->pipes = pipes_new(c);
    if (c->pipes)
        pipe = rpc_pipes_add(&c->pipes->pipes, type, c->context.syntax, flags);
    if (!pipe)
        ndr_in_fail(&c->in, ERR_RPC_RESOURCES, "rpc: no memory for a pipe, or more than %d",
                    RPC_PIPES);
    return pipe;
}

/* What the thread that serves it has received is theirs now. */
void rpc_server_pipes_begin(struct rpc_server_call *c)
{
    struct rpc_pipes *p = c->pipes ? &c->pipes->pipes : NULL;
    struct rpc_server_stream *s = c->stream;

    if (!p || !s || !c->in.source)
        return;
    p->source.limit = s->source.limit;
    p->source.ended = s->source.ended;
    p->source.room = s->source.room;
    p->source.room_size = s->source.room_size;
    c->in.source = &p->source;
    p->block = s->block;
    p->old = s->old;
    s->block = s->old = NULL;
    if (!p->source.ended)
        rpc_server_link_pass_on(c->link, c);
}

/* ---- received ---- */

bool rpc_server_pipes_part_adopt(struct rpc_server_call *c, const struct rpc_received *r)
{
    struct rpc_pipes *p = &c->pipes->pipes;
    struct rpc_part *part = mem_zero(sizeof *part);
    bool full;

    if (!part) {
        rpc_block_put(r->block);
        rpc_pipes_fail(p, RPC_S_OUT_OF_MEMORY);
        rpc_pipes_tell(p);
        return false;
    }
    part->r = *r;
    full = rpc_pipes_part_adopt(p, part);
    rpc_pipes_tell(p);
    return full;
}

void rpc_server_pipes_lost(struct rpc_server_call *c)
{
    rpc_pipes_fail(&c->pipes->pipes, RPC_S_CALL_FAILED);
    rpc_pipes_tell(&c->pipes->pipes);
}

static void receive(struct rpc_pipes *p)
{
    rpc_server_link_receive(of_pipes(p)->call->link);
}

static enum err drained(struct rpc_pipes *p)
{
    struct rpc_server_call *c = of_pipes(p)->call;

    return c->in.source ? rpc_server_pipes_rest(c) : ndr_in_end(&c->in);
}

/* ---- sent ---- */

static void leave(struct rpc_pipes *p)
{
    struct rpc_server_call *c = of_pipes(p)->call;
    bool first;

    pthread_mutex_lock(&p->lock);
    first = !of_pipes(p)->queued;
    if (first)
        of_pipes(p)->queued = p->leaving = true;
    pthread_mutex_unlock(&p->lock);
    if (first)
        rpc_server_link_flow(c->link, c);
    else if (rpc_pipes_leave_begin(p))
        rpc_server_link_flow_on(c->link);
}

static enum err pushed(struct rpc_pipes *p)
{
    enum err e;

    pthread_mutex_lock(&p->lock);
    e = rpc_flow_take(&p->flow, p->out, false); /* what is behind them comes with the end */
    pthread_mutex_unlock(&p->lock);
    return e;
}

static void broken(struct rpc_pipes *p, enum err e)
{
    (void)p; /* the program is told, and ends the call */
    (void)e;
}

static void hold(struct rpc_pipes *p)
{
    rpc_server_call_ref(of_pipes(p)->call);
}

static void release(struct rpc_pipes *p)
{
    rpc_server_call_unref(of_pipes(p)->call);
}

static const struct rpc_pipes_end end = { .hold = hold,
                                          .release = release,
                                          .leave = leave,
                                          .receive = receive,
                                          .pushed = pushed,
                                          .drained = drained,
                                          .broken = broken };

/* With the lock. False: it cannot be told how the response ends. */
static bool end_flow(struct rpc_pipes *p, struct buf *fault)
{
    if (!fault)
        return !rpc_flow_take(&p->flow, p->out, true);
    if (!fault->ptr)
        return false;
    rpc_flow_refuse_adopt(&p->flow, *fault);
    return true;
}

bool rpc_server_pipes_end_adopt(struct rpc_server_call *c, struct buf *fault)
{
    struct rpc_server_pipes *s = c->pipes;
    struct rpc_pipes *p = &s->pipes;
    bool queued, full, told = true;

    rpc_pipes_close(p);
    rpc_server_call_ref(c); /* the link's may go as soon as it knows of the end */
    pthread_mutex_lock(&p->lock);
    full = p->full;
    p->full = false;
    queued = s->queued;
    if (queued)
        told = end_flow(p, fault);
    p->flow.last |= queued;
    pthread_mutex_unlock(&p->lock);
    if (!told)
        rpc_server_link_break(c->link);
    if (full)
        rpc_server_link_receive(c->link);
    if (queued && rpc_pipes_leave_begin(p))
        rpc_server_link_flow_on(c->link);
    rpc_server_call_unref(c);
    return queued;
}
