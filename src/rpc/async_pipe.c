/* SPDX-License-Identifier: Apache-2.0
 * async_pipe.c - asynchronous pipes: pulled, pushed, and told about.
 * desktop-src/Rpc/asynchronous-pipe-state.md, rules-for-multiple-pipes.md
 */
#include "rpc/async_pipe.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/client.h"
#include "rpc/fault.h"

static enum err part_next(struct ndr_source *source, struct ndr_part *ret);

void rpc_pipes_init(struct rpc_pipes *p, const struct rpc_pipes_end *end, RPC_ASYNC_STATE *state,
                    struct rpc_outbound *outbound)
{
    *p = (struct rpc_pipes){ .end = end, .state = state };
    p->source = (struct ndr_source){ .next = part_next, .limit = RPC_STUB_MAX };
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->room, NULL);
    rpc_flow_init(&p->flow, outbound);
}

static void parts_free(struct rpc_part *part)
{
    struct rpc_part *next;

    for (; part; part = next) {
        next = part->next;
        rpc_block_put(part->r.block);
        mem_free(part);
    }
}

void rpc_pipes_done(struct rpc_pipes *p)
{
    parts_free(p->first);
    rpc_block_put(p->old);
    rpc_block_put(p->block);
    rpc_notice_drop(&p->receive_notice);
    rpc_notice_drop(&p->send_notice);
    rpc_flow_done(&p->flow);
    pthread_cond_destroy(&p->room);
    pthread_mutex_destroy(&p->lock);
}

struct rpc_pipe *rpc_pipes_add(struct rpc_pipes *p, const CS_PIPE_TYPE *type,
                               enum ndr_syntax syntax, unsigned flags)
{
    struct rpc_pipe *pipe = &p->pipe[p->count];

    if (p->count == RPC_PIPES)
        return NULL;
    p->count++;
    *pipe = (struct rpc_pipe){ .all = p,
                               .type = type,
                               .element = stub_element(type, syntax),
                               .in = flags & CS_PIPE_IN,
                               .out = flags & CS_PIPE_OUT };
    return pipe;
}

/* ---- one after the other ---- */

/* A server pulls from its [in] pipes, a client from its [out] pipes. */
static bool is_pulled(const struct rpc_pipe *pipe)
{
    return pipe->all->server ? pipe->in : pipe->out;
}

static bool is_pushed(const struct rpc_pipe *pipe)
{
    return pipe->all->server ? pipe->out : pipe->in;
}

bool rpc_pipes_any(const struct rpc_pipes *p, bool pulled)
{
    size_t i;

    for (i = 0; i < p->count; i++)
        if (pulled ? is_pulled(&p->pipe[i]) : is_pushed(&p->pipe[i]))
            return true;
    return false;
}

/* Of the pipes from there on. */
static bool done_with(const struct rpc_pipe *from, bool pulled)
{
    const struct rpc_pipes *p = from->all;
    const struct rpc_pipe *q;

    for (q = from; q < p->pipe + p->count; q++)
        if (pulled ? is_pulled(q) && !q->drained : is_pushed(q) && !q->closed)
            return false;
    return true;
}

bool rpc_pipes_all(const struct rpc_pipes *p, bool pulled)
{
    return !p->count || done_with(p->pipe, pulled);
}

/* Those before it of its direction are done with; and all of the other one that comes first. */
static bool is_turn(const struct rpc_pipe *pipe, bool pulled)
{
    const struct rpc_pipes *p = pipe->all;
    const struct rpc_pipe *q;

    if (p->server != pulled && !rpc_pipes_all(p, !pulled))
        return false;
    for (q = p->pipe; q < pipe; q++)
        if (pulled ? is_pulled(q) && !q->drained : is_pushed(q) && !q->closed)
            return false;
    return true;
}

static RPC_STATUS misused(const struct rpc_pipe *pipe, RPC_STATUS status, const char *why)
{
    detail_begin(pipe->type->Name);
    (void)!detail_fail(ERR_UNEXPECTED, "the pipe %s: %s", pipe->type->Name, why);
    return status;
}

static RPC_STATUS may_pull(const struct rpc_pipe *pipe, const void *buf, ULONG room)
{
    if (!is_pulled(pipe))
        return misused(pipe, RPC_X_WRONG_PIPE_ORDER, "nothing is pulled from it on this side");
    if (pipe->drained)
        return misused(pipe, RPC_X_PIPE_EMPTY, "it was emptied");
    if (!is_turn(pipe, true))
        return misused(pipe, RPC_X_WRONG_PIPE_ORDER, "a pipe before it is not done with");
    if (!buf || !room)
        return misused(pipe, RPC_X_PIPE_APP_MEMORY, "no room to pull into");
    return RPC_S_OK;
}

static RPC_STATUS may_push(const struct rpc_pipe *pipe, const void *buf, ULONG count)
{
    if (!is_pushed(pipe))
        return misused(pipe, RPC_X_WRONG_PIPE_ORDER, "nothing is pushed into it on this side");
    if (pipe->closed)
        return misused(pipe, RPC_X_PIPE_CLOSED, "it was ended");
    if (!is_turn(pipe, false))
        return misused(pipe, RPC_X_WRONG_PIPE_ORDER, "a pipe before it is not done with");
    if (count && !buf)
        return misused(pipe, RPC_X_NULL_REF_POINTER, "NULL was pushed");
    return RPC_S_OK;
}

/* ---- telling ---- */

static _Thread_local const struct rpc_pipes *called; /* whose routine this thread runs */

/* With the lock: what is to be given by call(); its type is None where that was done, or there is
 * nothing to be done. The program's own code runs without the lock, anything else under it. */
static struct rpc_notice give(struct rpc_pipes *p, bool *wanted, struct rpc_notice *n,
                              RPC_ASYNC_EVENT event)
{
    struct rpc_notice mine = *n;

    *wanted = false;
    *n = (struct rpc_notice){ .type = RpcNotificationTypeNone };
    p->state->Event = event;
    if (rpc_notice_calls(&mine))
        p->calling++;
    else
        rpc_notice_give(&mine, p->state, event);
    return mine;
}

static void call(struct rpc_pipes *p, struct rpc_notice *n, RPC_ASYNC_EVENT event)
{
    const struct rpc_pipes *before = called;

    called = p;
    rpc_notice_give(n, p->state, event);
    called = before;
    pthread_mutex_lock(&p->lock);
    p->calling--;
    pthread_cond_broadcast(&p->room);
    pthread_mutex_unlock(&p->lock);
}

/* With the lock. */
static void hush(struct rpc_pipes *p)
{
    p->over = true;
    p->receive_wanted = p->send_wanted = false;
}

static void want(const struct rpc_pipes *p, bool *wanted, struct rpc_notice *place,
                 struct rpc_notice *n)
{
    if (p->over)
        return;
    rpc_notice_drop(place);
    *place = *n;
    *n = (struct rpc_notice){ .type = RpcNotificationTypeNone };
    *wanted = true;
}

static enum err notice_new(const struct rpc_pipes *p, struct rpc_notice *ret)
{
    return rpc_notice_new((int)p->state->NotificationType, &p->state->u, ret);
}

enum err rpc_pipes_want_send(struct rpc_pipes *p)
{
    struct rpc_notice n = { 0 };
    enum err e;

    if (!(p->state->Flags & RPC_C_NOTIFY_ON_SEND_COMPLETE))
        return ERR_OK;
    e = notice_new(p, &n);
    if (e)
        return e;
    pthread_mutex_lock(&p->lock);
    want(p, &p->send_wanted, &p->send_notice, &n);
    pthread_mutex_unlock(&p->lock);
    rpc_notice_drop(&n);
    return ERR_OK;
}

static void tell_received(struct rpc_pipes *p)
{
    struct rpc_notice n = { 0 };

    pthread_mutex_lock(&p->lock);
    if (p->receive_wanted && (p->first || p->status))
        n = give(p, &p->receive_wanted, &p->receive_notice, RpcReceiveComplete);
    pthread_mutex_unlock(&p->lock);
    if (rpc_notice_calls(&n))
        call(p, &n, RpcReceiveComplete);
}

void rpc_pipes_tell(struct rpc_pipes *p)
{
    struct rpc_notice n = { 0 };

    tell_received(p); /* which may have ended the call */
    pthread_mutex_lock(&p->lock);
    if (p->send_wanted && p->status)
        n = give(p, &p->send_wanted, &p->send_notice, RpcSendComplete);
    pthread_mutex_unlock(&p->lock);
    if (rpc_notice_calls(&n))
        call(p, &n, RpcSendComplete);
}

void rpc_pipes_fail(struct rpc_pipes *p, RPC_STATUS status)
{
    pthread_mutex_lock(&p->lock);
    if (!p->status)
        p->status = status;
    pthread_cond_broadcast(&p->room);
    pthread_mutex_unlock(&p->lock);
}

void rpc_pipes_hush(struct rpc_pipes *p)
{
    pthread_mutex_lock(&p->lock);
    hush(p);
    while (p->calling > (called == p))
        pthread_cond_wait(&p->room, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

void rpc_pipes_close(struct rpc_pipes *p)
{
    struct rpc_part *parts;

    pthread_mutex_lock(&p->lock);
    if (!p->status)
        p->status = RPC_S_CALL_FAILED;
    p->closed = true;
    parts = p->first;
    p->first = p->last = NULL;
    p->held = p->memory = 0;
    pthread_cond_broadcast(&p->room);
    hush(p);
    pthread_mutex_unlock(&p->lock);
    parts_free(parts);
}

/* ---- received ---- */

/* With the lock: the limits, or that share of them, are reached. */
static bool is_much(const struct rpc_pipes *p, size_t share)
{
    return p->held >= RPC_PIPE_BEFORE / share || p->memory >= RPC_PIPE_MEMORY / share;
}

static void weigh(struct rpc_pipes *p, struct rpc_part *part)
{
    const struct rpc_block *b = part->r.block;

    part->memory = sizeof *part + (b != p->newest ? b->size : 0);
    p->newest = b;
    p->memory += part->memory;
    p->held += p->server ? part->r.request.stub.len : part->r.response.stub.len;
}

bool rpc_pipes_part_adopt(struct rpc_pipes *p, struct rpc_part *part)
{
    bool full;

    pthread_mutex_lock(&p->lock);
    part->next = NULL;
    if (p->status) {
        pthread_mutex_unlock(&p->lock);
        parts_free(part);
        return false;
    }
    if (p->last)
        p->last->next = part;
    else
        p->first = part;
    p->last = part;
    weigh(p, part);
    full = p->full = is_much(p, 1) && part->r.more;
    pthread_mutex_unlock(&p->lock);
    return full;
}

/* NULL: none is here. */
static struct rpc_part *take_part(struct rpc_pipes *p)
{
    struct rpc_part *part;
    bool go_on;

    pthread_mutex_lock(&p->lock);
    part = p->first;
    if (part) {
        p->first = part->next;
        if (!p->first)
            p->last = NULL;
        p->held -= p->server ? part->r.request.stub.len : part->r.response.stub.len;
        p->memory -= part->memory;
    }
    go_on = p->full && !is_much(p, 2);
    if (go_on)
        p->full = false;
    pthread_mutex_unlock(&p->lock);
    if (go_on)
        p->end->receive(p);
    return part;
}

static enum err part_next(struct ndr_source *source, struct ndr_part *ret)
{
    struct rpc_pipes *p =
        (struct rpc_pipes *)(void *)((char *)source - offsetof(struct rpc_pipes, source));
    struct rpc_part *part = take_part(p);
    struct bytes stub;

    if (!part)
        return ERR_INCOMPLETE;
    stub = p->server ? part->r.request.stub : part->r.response.stub;
    rpc_block_put(p->old);
    p->old = p->block;
    p->block = part->r.block;
    *ret =
        (struct ndr_part){ p->block->data + (stub.ptr - p->block->data), stub.len, !part->r.more };
    mem_free(part);
    return ERR_OK;
}

/* RPC_S_OK: the stream can be read; RPC_S_ASYNC_CALL_PENDING: not yet. */
static RPC_STATUS begin(struct rpc_pipes *p)
{
    struct rpc_part *part = take_part(p);
    enum err e;

    if (!part)
        return RPC_S_ASYNC_CALL_PENDING;
    p->begun = true;
    e = p->end->begin(p, &part->r);
    mem_free(part);
    return err_rpc_status(e);
}

/* ---- pulled ---- */

static RPC_STATUS status_of(struct rpc_pipes *p)
{
    RPC_STATUS status;

    pthread_mutex_lock(&p->lock);
    status = p->status;
    pthread_mutex_unlock(&p->lock);
    return status;
}

static RPC_STATUS fail(struct rpc_pipes *p, enum err e)
{
    p->end->broken(p, e);
    rpc_pipes_fail(p, err_rpc_status(rpc_fault_stub(e)));
    return status_of(p);
}

/* RPC_S_ASYNC_CALL_PENDING: nothing is here. */
static RPC_STATUS pull_some(struct rpc_pipe *pipe, void *buf, ULONG room, ULONG *ret_count)
{
    struct rpc_pipes *p = pipe->all;
    struct ndr_in *in = p->in;
    RPC_STATUS status = p->begun ? RPC_S_OK : begin(p);
    enum err e = ERR_OK;
    size_t n;

    if (status)
        return status;
    n = ndr_in_pipe(in, &pipe->chunk, &pipe->element);
    if (n > room)
        n = room;
    if (n) {
        pipe->type->Read(stub_in_handle(in), buf, (ULONG)n);
        ndr_in_piped(in, &pipe->chunk, n);
    }
    if (in->r.err)
        return fail(p, in->r.err);
    *ret_count = (ULONG)n;
    if (n)
        return RPC_S_OK;
    if (!pipe->chunk.ended)
        return RPC_S_ASYNC_CALL_PENDING;
    pipe->drained = true;
    if (rpc_pipes_all(p, true))
        e = p->end->drained(p);
    pipe->drained = !e;
    if (e == ERR_INCOMPLETE)
        return RPC_S_ASYNC_CALL_PENDING;
    return e ? fail(p, e) : RPC_S_OK;
}

/* True: it will be told, or *ret says why not; false: there is something meanwhile. */
static bool wait_to_pull(struct rpc_pipes *p, RPC_STATUS *ret)
{
    struct rpc_notice n = { 0 };
    enum err e = notice_new(p, &n);
    bool waits;

    if (e) {
        *ret = err_rpc_status(e);
        return true;
    }
    pthread_mutex_lock(&p->lock);
    waits = !p->first && !p->status;
    if (waits)
        want(p, &p->receive_wanted, &p->receive_notice, &n);
    else if (!p->first)
        *ret = p->status;
    pthread_mutex_unlock(&p->lock);
    rpc_notice_drop(&n);
    return *ret != RPC_S_ASYNC_CALL_PENDING || waits;
}

static bool is_closed(struct rpc_pipes *p, RPC_STATUS *ret)
{
    bool closed;

    pthread_mutex_lock(&p->lock);
    closed = p->closed;
    if (closed)
        *ret = p->status;
    pthread_mutex_unlock(&p->lock);
    return closed;
}

RPC_STATUS rpc_pipe_pull(struct rpc_pipe *pipe, void *buf, ULONG room, ULONG *ret_count)
{
    struct rpc_pipes *p = pipe->all;
    RPC_STATUS status = may_pull(pipe, buf, room);

    *ret_count = 0;
    if (status)
        return status;
    p->end->hold(p);
    do { /* what has come before a failure counts */
        if (!is_closed(p, &status))
            status = pull_some(pipe, buf, room, ret_count);
    } while (status == RPC_S_ASYNC_CALL_PENDING && !wait_to_pull(p, &status));
    p->end->release(p);
    return status;
}

/* ---- pushed ---- */

/* Until what was pushed before has left, but for so much. */
static RPC_STATUS wait_for_room(struct rpc_pipes *p, size_t most)
{
    RPC_STATUS status;

    pthread_mutex_lock(&p->lock);
    while (!p->status && p->flow.ready.len > most)
        pthread_cond_wait(&p->room, &p->lock);
    status = p->status;
    pthread_mutex_unlock(&p->lock);
    return status;
}

static bool is_told(const struct rpc_pipes *p)
{
    return p->state->Flags & RPC_C_NOTIFY_ON_SEND_COMPLETE;
}

/* RPC_S_ASYNC_CALL_PENDING: not before the program is told, with *n. */
static RPC_STATUS has_room(struct rpc_pipes *p, struct rpc_notice *n)
{
    RPC_STATUS status;

    if (!is_told(p))
        return wait_for_room(p, RPC_PIPE_AHEAD);
    pthread_mutex_lock(&p->lock);
    status = p->status;
    if (!status && p->flow.ready.len > RPC_PIPE_AHEAD) {
        want(p, &p->send_wanted, &p->send_notice, n);
        status = RPC_S_ASYNC_CALL_PENDING;
    }
    pthread_mutex_unlock(&p->lock);
    return status;
}

static enum err take(struct rpc_pipes *p)
{
    enum err e;

    pthread_mutex_lock(&p->lock);
    e = rpc_flow_take(&p->flow, p->out, false);
    pthread_mutex_unlock(&p->lock);
    return e;
}

/* All of it, of which the end is not taken yet. */
static enum err write(struct rpc_pipe *pipe, const uint8_t *from, ULONG count)
{
    struct rpc_pipes *p = pipe->all;
    size_t ahead = is_told(p) ? RPC_PIPE_TAKEN : RPC_PIPE_AHEAD;
    ULONG most = RPC_PIPE_AT_ONCE / pipe->type->Size + 1, done = 0, n;
    enum err e = ERR_OK;

    ndr_out_chunk_begin(p->out, &pipe->element, count);
    while (done < count && !e) {
        n = count - done < most ? count - done : most;
        pipe->type->Write(stub_out_handle(p->out), from + (size_t)done * pipe->type->Size, n);
        done += n;
        if (done == count)
            break;
        e = take(p);
        p->end->leave(p);
        if (!e && wait_for_room(p, ahead))
            return ERR_OK; /* the call is over, and says why */
    }
    ndr_out_chunk_end(p->out, count);
    return e ? e : p->out->w.err;
}

static RPC_STATUS push(struct rpc_pipe *pipe, const void *buf, ULONG count, struct rpc_notice *n)
{
    struct rpc_pipes *p = pipe->all;
    RPC_STATUS status = has_room(p, n);
    enum err e;

    if (status)
        return status;
    e = write(pipe, buf, count);
    pipe->closed = !e && !count;
    if (!e && pipe->closed && rpc_pipes_all(p, false))
        e = p->end->pushed(p);
    else if (!e)
        e = take(p);
    if (e)
        return fail(p, e);
    if (is_told(p)) {
        pthread_mutex_lock(&p->lock);
        want(p, &p->send_wanted, &p->send_notice, n);
        pthread_mutex_unlock(&p->lock);
    }
    p->end->leave(p); /* from here on the program may be told, and end the call */
    return RPC_S_OK;
}

RPC_STATUS rpc_pipe_push(struct rpc_pipe *pipe, const void *buf, ULONG count)
{
    struct rpc_pipes *p = pipe->all;
    struct rpc_notice n = { 0 };
    RPC_STATUS status = may_push(pipe, buf, count);

    if (!status && is_told(p))
        status = err_rpc_status(notice_new(p, &n));
    if (status)
        return status;
    p->end->hold(p);
    status = push(pipe, buf, count, &n);
    p->end->release(p);
    rpc_notice_drop(&n);
    return status;
}

/* ---- sent ---- */

void rpc_pipes_cancel(struct rpc_pipes *p, uint32_t call_id)
{
    struct writer w = writer_over(p->aside, sizeof p->aside);

    pthread_mutex_lock(&p->lock);
    rpc_client_cancel_write(call_id, RPC_CO_CANCEL, &w);
    p->aside_len = w.err ? 0 : w.len;
    pthread_mutex_unlock(&p->lock);
    p->end->leave(p);
}

bool rpc_pipes_leave_begin(struct rpc_pipes *p)
{
    bool ours;

    pthread_mutex_lock(&p->lock);
    ours = !p->leaving;
    p->leaving = true;
    pthread_mutex_unlock(&p->lock);
    return ours;
}

/* With the lock: nothing is to be sent now. */
static enum rpc_leave nothing(struct rpc_pipes *p, bool may_call, struct rpc_notice *ret)
{
    if (p->send_wanted && rpc_notice_calls(&p->send_notice) && !may_call)
        return RPC_LEAVE_LATER;
    p->leaving = false;
    if (p->send_wanted)
        *ret = give(p, &p->send_wanted, &p->send_notice, RpcSendComplete);
    return p->flow.ended ? RPC_LEAVE_ENDED : RPC_LEAVE_IDLE;
}

/* With the lock: what was due between two PDUs, else what is next. */
static enum err next(struct rpc_pipes *p, const struct rpc_message *head, struct iovec **ret,
                     size_t *ret_n)
{
    if (!p->aside_len || !p->flow.begun)
        return rpc_flow_next(&p->flow, head, ret, ret_n);
    p->one = (struct iovec){ p->aside, p->aside_len };
    p->aside_len = 0;
    *ret = &p->one;
    *ret_n = 1;
    return ERR_OK;
}

enum rpc_leave rpc_pipes_leave(struct rpc_pipes *p, const struct rpc_message *head, bool may_call,
                               bool broken, struct iovec **ret, size_t *ret_n)
{
    struct rpc_notice notice = { 0 };
    enum rpc_leave leave = RPC_LEAVE_SEND;
    enum err e = ERR_OK;

    *ret_n = 0;
    pthread_mutex_lock(&p->lock);
    if (!broken)
        e = next(p, head, ret, ret_n);
    if (broken) { /* a client learns from who receives why */
        p->flow.ended = p->flow.last;
        p->flow.ready.len = 0;
        if (p->server && !p->status)
            p->status = RPC_S_CALL_FAILED;
    }
    pthread_cond_broadcast(&p->room);
    if (e)
        leave = RPC_LEAVE_FAILED;
    else if (!*ret_n)
        leave = nothing(p, may_call, &notice);
    if (rpc_notice_calls(&notice))
        p->end->hold(p);
    pthread_mutex_unlock(&p->lock);
    if (rpc_notice_calls(&notice)) {
        call(p, &notice, RpcSendComplete);
        p->end->release(p);
    }
    return leave;
}
