/* SPDX-License-Identifier: Apache-2.0
 * server_pipe.c - what a server's routine pulls from its pipes and pushes into them.
 * desktop-src/Rpc/rules-for-multiple-pipes.md
 */
#include "rpc/server_pipe.h"

#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/fault.h"
#include "rpc/server_async_pipe.h"
#include "rpc/server_link.h"
#include "rpc/trailer.h"

#include <countersign/rpc.h>

enum { REST_MAX = 2048 }; /* behind the last pipe: alignment, and a verification trailer */

static enum err part_next(struct ndr_source *source, struct ndr_part *ret)
{
    struct rpc_server_stream *s = (struct rpc_server_stream *)(void *)source;
    struct rpc_received r;
    enum err e = rpc_server_link_part(s->call->link, s->call, &r);

    if (e)
        return e;
    rpc_block_put(s->old);
    s->old = s->block;
    s->block = r.block;
    *ret = (struct ndr_part){ r.block->data + (r.request.stub.ptr - r.block->data),
                              r.request.stub.len, !r.more };
    return ERR_OK;
}

struct rpc_server_stream *rpc_server_stream_of(struct rpc_server_call *c)
{
    void *p = NULL;

    if (!c->stream) {
        c->arena.budget += sizeof *c->stream;
        reader_fail(&c->in.r, ndr_arena_new(&c->arena, 1, sizeof *c->stream, &p));
        c->stream = (struct rpc_server_stream *)p;
    }
    if (p) {
        c->stream->call = c;
        sem_init(&c->stream->turn, 0, 0);
    }
    return c->stream;
}

void rpc_server_stream_begin(struct rpc_server_call *c)
{
    struct rpc_server_stream *s = rpc_server_stream_of(c);
    size_t most = c->registration->max_size;

    if (!s)
        return;
    s->source.next = part_next;
    s->source.limit = (most < RPC_STUB_MAX ? most : RPC_STUB_MAX) + c->stub.len;
    c->in.source = &s->source;
}

void rpc_server_stream_end(struct rpc_server_call *c)
{
    struct rpc_server_stream *s = c->stream;

    if (!s || c->pipes)
        return;
    c->in.source = NULL;
    rpc_block_put(s->old);
    rpc_block_put(s->block);
    s->old = s->block = NULL;
}

bool rpc_server_pipes_wait(const struct rpc_server_call *c)
{
    const struct rpc_server_stream *s = c->stream;
    size_t i = 0;

    if (c->pipes)
        return rpc_pipes_any(rpc_server_pipes_of(c->pipes), true);
    while (s && i < s->pipes && !s->pipe[i].in)
        i++;
    return s && i < s->pipes;
}

bool rpc_server_pipes_done(const struct rpc_server_call *c)
{
    const struct rpc_server_stream *s = c->stream;
    size_t i;

    for (i = 0; s && i < s->pipes; i++)
        if ((s->pipe[i].in && !s->pipe[i].drained) || (s->pipe[i].out && !s->pipe[i].closed))
            return false;
    return true;
}

/* ---- one after the other ---- */

static void raise_status(RPC_STATUS status, const struct rpc_server_pipe *p, const char *why)
{
    detail_begin(p->type->Name);
    (void)!detail_fail(ERR_UNEXPECTED, "the pipe %s: %s", p->type->Name, why);
    RpcRaiseException(status);
}

static void raise_err(enum err e)
{
    RpcRaiseException(err_rpc_status(rpc_fault_stub(e)));
}

/* Every [in] pipe is emptied, from the first to the last, then every [out] pipe is filled. */
static bool is_turn_in(const struct rpc_server_pipe *p)
{
    const struct rpc_server_pipe *q = p->call->stream->pipe;

    while (q < p && (!q->in || q->drained))
        q++;
    return p->in && q == p;
}

static bool is_turn_out(const struct rpc_server_pipe *p)
{
    const struct rpc_server_stream *s = p->call->stream;
    const struct rpc_server_pipe *q;

    for (q = s->pipe; q < s->pipe + s->pipes; q++)
        if ((q->in && !q->drained) || (q < p && q->out && !q->closed))
            return false;
    return p->out;
}

/* ---- pulling ---- */

enum err rpc_server_pipes_rest(struct rpc_server_call *c)
{
    struct ndr_in *in = &c->in;
    struct bytes rest, kept;
    size_t from;
    enum err e = ERR_OK;

    in->source->limit = SIZE_MAX; /* of what was a pipe's, much may be here */
    while (!in->r.err && !in->source->ended && reader_left(&in->r) <= REST_MAX)
        if (!ndr_in_want(in, reader_left(&in->r) + 1) && in->source->stalled)
            return ERR_INCOMPLETE;
    if (in->r.err)
        return in->r.err;
    from = in->r.pos & ~(size_t)3;
    rest = kept = bytes_of(in->r.base + from, in->r.size - from);
    if (c->security)
        e = rpc_server_call_check_trailer(c, rest, &kept);
    if (e)
        return ERR_ACCESS_DENIED;
    from = in->r.pos - from; /* read already */
    if (!in->source->ended || kept.len > from + (kept.len < rest.len ? RPC_TRAILER_GAP : 0))
        ndr_in_fail(in, ERR_MALFORMED, "nothing reads the rest, behind the last pipe");
    in->r.pos = in->r.size;
    return in->r.err;
}

static bool is_last_in(const struct rpc_server_pipe *p)
{
    const struct rpc_server_stream *s = p->call->stream;

    while (++p < s->pipe + s->pipes)
        if (p->in)
            return false;
    return true;
}

static void drained(struct rpc_server_pipe *p)
{
    struct rpc_server_call *c = p->call;
    enum err e = ERR_OK;

    if (is_last_in(p))
        e = c->in.source ? rpc_server_pipes_rest(c) : ndr_in_end(&c->in);
    if (e) {
        reader_fail(&c->in.r, e);
        raise_err(e);
    }
    p->drained = true;
}

static size_t pull(struct rpc_server_pipe *p, void *buf, ULONG room)
{
    struct ndr_in *in = &p->call->in;
    size_t n = ndr_in_pipe(in, &p->chunk, &p->element);

    if (n > room)
        n = room;
    if (n) {
        p->type->Read(stub_in_handle(in), buf, (ULONG)n);
        ndr_in_piped(in, &p->chunk, n);
    }
    if (in->r.err)
        raise_err(in->r.err);
    if (!n)
        drained(p);
    return n;
}

void CsServerPipePull(CS_SERVER_PIPE *pipe, void *buf, ULONG esize, ULONG *ecount)
{
    struct rpc_server_pipe *p = (struct rpc_server_pipe *)(void *)pipe;

    *ecount = 0;
    if (p->drained)
        raise_status(RPC_X_PIPE_EMPTY, p, "it was emptied");
    if (!is_turn_in(p))
        raise_status(RPC_X_WRONG_PIPE_ORDER, p,
                     p->in ? "an [in] pipe before it is not empty" : "it is [out] only");
    if (!buf || !esize)
        raise_status(RPC_X_PIPE_APP_MEMORY, p, "no room to pull into");
    *ecount = (ULONG)pull(p, buf, esize);
}

/* ---- pushing ---- */

static void flush(struct rpc_server_call *c)
{
    size_t due = ndr_out_due(&c->out);
    enum err e = c->out.w.err;

    if (!e && due)
        e = rpc_server_link_stream(c->link, c, due);
    if (e) {
        ndr_out_fail(&c->out, e, "a pipe's elements could not be sent");
        raise_err(e);
    }
    ndr_out_sent(&c->out, due);
}

static void push(struct rpc_server_pipe *p, const uint8_t *from, ULONG count)
{
    struct rpc_server_call *c = p->call;
    ULONG slice = RPC_PIPE_SLICE / p->type->Size + 1, done = 0, n;

    ndr_out_chunk_begin(&c->out, &p->element, count);
    for (; done < count && !c->out.w.err; done += n) {
        n = count - done < slice ? count - done : slice;
        p->type->Write(stub_out_handle(&c->out), from + (size_t)done * p->type->Size, n);
        flush(c);
    }
    ndr_out_chunk_end(&c->out, count);
    flush(c);
}

void CsServerPipePush(CS_SERVER_PIPE *pipe, const void *buf, ULONG ecount)
{
    struct rpc_server_pipe *p = (struct rpc_server_pipe *)(void *)pipe;

    if (p->closed)
        raise_status(RPC_X_PIPE_CLOSED, p, "it was ended");
    if (!is_turn_out(p))
        raise_status(RPC_X_WRONG_PIPE_ORDER, p,
                     p->out ? "a pipe before it is not done with" : "it is [in] only");
    if (ecount && !buf)
        raise_status(RPC_X_NULL_REF_POINTER, p, "NULL was pushed");
    push(p, buf, ecount);
    p->closed = !ecount;
}

/* ---- the stub's ---- */

CS_SERVER_PIPE *CsServerPipe(CS_SERVER_CALL *call, const CS_PIPE_TYPE *type, unsigned flags)
{
    struct rpc_server_call *c = (struct rpc_server_call *)(void *)call;
    struct rpc_server_stream *s = rpc_server_stream_of(c);
    struct rpc_server_pipe *p;

    if (!s)
        return NULL;
    if (s->pipes == RPC_CALL_PIPES) {
        ndr_in_fail(&c->in, ERR_RPC_RESOURCES, "rpc: a call has more than %d pipes",
                    RPC_CALL_PIPES);
        return NULL;
    }
    p = &s->pipe[s->pipes++];
    *p = (struct rpc_server_pipe){ .call = c,
                                   .type = type,
                                   .element = stub_element(type, c->context.syntax),
                                   .in = flags & CS_PIPE_IN,
                                   .out = flags & CS_PIPE_OUT };
    return (CS_SERVER_PIPE *)(void *)p;
}
