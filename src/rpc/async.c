/* SPDX-License-Identifier: Apache-2.0
 * async.c - an asynchronous call of a client.
 *
 * Whoever takes the call away from its connection ends it: the loop with what came, the timer, or
 * who aborts. The program's thread reads the answer when it completes the call.
 */
#include "rpc/async.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/handle.h"
#include "rpc/async_stream.h"
#include "rpc/fault.h"
#include "rpc/notice.h"
#include "rpc/shared.h"

enum { SIGNATURE = 0x43595341, TRIES = 4 /* connections that end while they are taken */ };

struct rpc_async {
    struct rpc_call call; /* first: a CS_CLIENT_CALL */
    struct rpc_shared_call out;
    struct rpc_shared *reserved; /* a place for it, taken when it began */
    struct rpc_stream *stream;   /* of one with pipes, in place of out; else NULL */
    atomic_uint refs;            /* the program's, and its connection's while it is out */
    RPC_ASYNC_STATE *state;
    handle_id handle;
    struct rpc_notice notice;
    const CS_ASYNC_PROCEDURE *procedure;
    struct rpc_timer timeout;
    unsigned generation; /* of the process that made it */
    bool aimed;          /* its server was looked for when it began */
    bool timed;          /* timeout was set, once */

    pthread_mutex_t lock;  /* of what follows */
    struct rpc_shared *on; /* while it is out: its request is leaving, or has left */
    uint32_t call_id;
    bool sent;        /* it has left: before, the server would be told of a call it does not know */
    bool cancelled;   /* the server is to be told, or was */
    enum err aborted; /* before it was out */
    bool orphaned;    /* it ended while it left */

    atomic_bool over; /* err or answer says how; what follows is not written any more */
    enum err err;
    struct rpc_received answer;
    max_align_t arguments[]; /* what the stub keeps */
};

static _Thread_local struct rpc_async no_memory; /* the call that could not be made */

/* ---- the program's state ---- */

void rpc_async_state_init(RPC_ASYNC_STATE *state)
{
    *state = (RPC_ASYNC_STATE){ .Size = sizeof *state, .Signature = SIGNATURE };
}

enum err rpc_async_state(const RPC_ASYNC_STATE *state, enum rpc_async_use *ret)
{
    if (!state || state->Size != sizeof *state || state->Signature != SIGNATURE)
        return detail_fail(ERR_RPC_ASYNC_HANDLE,
                           "%p is no state that RpcAsyncInitializeHandle has prepared",
                           (const void *)state);
    *ret = (enum rpc_async_use)__atomic_load_n(&state->Lock, __ATOMIC_ACQUIRE);
    return ERR_OK;
}

void rpc_async_state_use(RPC_ASYNC_STATE *state, enum rpc_async_use use, void *stub, void *runtime)
{
    __atomic_store_n(&state->StubInfo, stub, __ATOMIC_RELAXED);
    __atomic_store_n(&state->RuntimeInfo, runtime, __ATOMIC_RELAXED);
    __atomic_store_n(&state->Lock, (LONG)use, __ATOMIC_RELEASE);
}

static enum err get(const RPC_ASYNC_STATE *state, struct rpc_async **ret)
{
    enum rpc_async_use use = RPC_ASYNC_FREE;
    void *object = NULL, *id;
    enum err e = rpc_async_state(state, &use);

    if (e)
        return e;
    if (use == RPC_ASYNC_SERVER)
        return detail_fail(ERR_RPC_ASYNC_CALL, "the call is one that this process serves");
    id = __atomic_load_n(&state->StubInfo, __ATOMIC_RELAXED);
    if (use != RPC_ASYNC_CLIENT || handle_get((handle_id)(uintptr_t)id, HANDLE_RPC_ASYNC, &object))
        return detail_fail(ERR_RPC_ASYNC_HANDLE, "no call was made with this state, or it is "
                                                 "complete");
    *ret = object;
    return ERR_OK;
}

/* ---- begun ---- */

static void unref(struct rpc_async *a)
{
    if (atomic_fetch_sub_explicit(&a->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (a->timed)
        rpc_timer_clear(&a->timeout);
    rpc_notice_drop(&a->notice);
    rpc_stream_unref(a->stream);
    pthread_mutex_destroy(&a->lock);
    mem_free(a);
}

static void release(void *object)
{
    unref(object);
}

static enum err check_state(struct rpc_async *a)
{
    enum rpc_async_use use = RPC_ASYNC_FREE;
    enum err e = rpc_async_state(a->state, &use);

    if (e)
        return e;
    if (use != RPC_ASYNC_FREE)
        return detail_fail(ERR_RPC_ASYNC_CALL, "another call was made with this state, and is not "
                                               "complete");
    return rpc_notice_new((int)a->state->NotificationType, &a->state->u, &a->notice);
}

static bool has_pipes(const CS_ASYNC_PROCEDURE *procedure)
{
    return procedure->Flags & (CS_CALL_PIPE_IN | CS_CALL_PIPE_OUT);
}

/* What is written depends on what the server takes: it is asked before the first argument, which
 * waits no longer than sending would. */
static void choose_syntax(struct rpc_async *a)
{
    struct rpc_call *call = &a->call;

    if (call->err || !(call->syntaxes & (call->syntaxes - 1)))
        return;
    call->unreached = rpc_call_aim(call);
    if (!call->unreached)
        call->unreached = rpc_shared_take(call, false, &a->reserved);
    if (a->reserved)
        rpc_call_speak(call, rpc_shared_syntax(a->reserved));
    a->aimed = true;
    call->syntaxes = 1U << call->syntax; /* as it is written, so it goes */
}

static void on_stream_over(void *owner, enum err e, const struct rpc_received *answer);

struct rpc_async *rpc_async_begin(RPC_ASYNC_STATE *state, const CS_CLIENT_INTERFACE *face,
                                  void *handle, const CS_ASYNC_PROCEDURE *procedure,
                                  const void *arguments)
{
    const size_t own = offsetof(struct rpc_async, out); /* what begins the call empties the rest */
    struct rpc_async *a = mem_alloc(sizeof *a + procedure->ArgumentsSize);

    if (!a) {
        rpc_call_begin(&no_memory.call, face, handle, procedure->Opnum,
                       procedure->Flags | RPC_CALL_UNASKED);
        rpc_call_fail(&no_memory.call, ERR_NO_MEMORY);
        return &no_memory;
    }
    memset((char *)a + own, 0, sizeof *a - own);
    atomic_init(&a->refs, 1);
    pthread_mutex_init(&a->lock, NULL);
    a->state = state;
    a->procedure = procedure;
    a->generation = rpc_association_generation();
    if (procedure->ArgumentsSize)
        memcpy(a->arguments, arguments, procedure->ArgumentsSize);
    rpc_call_begin(&a->call, face, handle, procedure->Opnum,
                   procedure->Flags | (has_pipes(procedure) ? 0 : RPC_CALL_UNASKED));
    rpc_call_fail(&a->call, check_state(a));
    if (!has_pipes(procedure)) {
        choose_syntax(a);
        return a;
    }
    a->stream = rpc_stream_new(&a->call, state, on_stream_over, a);
    rpc_call_fail(&a->call, a->stream ? ERR_OK : ERR_NO_MEMORY);
    return a;
}

struct rpc_pipe *rpc_async_pipe(struct rpc_async *a, const CS_PIPE_TYPE *type, unsigned flags)
{
    struct rpc_pipe *pipe = NULL;

    if (a->stream)
        pipe = rpc_pipes_add(rpc_stream_pipes(a->stream), type, a->call.syntax, flags);
    if (a->stream && !pipe)
        rpc_call_fail(&a->call,
                      detail_fail(ERR_RPC_RESOURCES, "a call has more than %d pipes", RPC_PIPES));
    return pipe;
}

struct rpc_call *rpc_async_call(struct rpc_async *a)
{
    return &a->call;
}

/* ---- over ---- */

static struct rpc_async *of_out(struct rpc_shared_call *c)
{
    return (struct rpc_async *)((char *)c - offsetof(struct rpc_async, out));
}

/* From here on whoever cancels it finds no connection. The reference is the caller's. */
static struct rpc_shared *detach(struct rpc_async *a)
{
    struct rpc_shared *on;

    pthread_mutex_lock(&a->lock);
    on = a->on;
    a->on = NULL;
    pthread_mutex_unlock(&a->lock);
    return on;
}

/* Once: it is the program's now. Who completes it waits for the lock: what the program is told with
 * is not touched afterwards. True: telling runs the program's own code, and is still to be done. */
static bool end(struct rpc_async *a, enum err e, const struct rpc_received *r)
{
    bool calls = rpc_notice_calls(&a->notice);
    struct rpc_shared *on;

    pthread_mutex_lock(&a->lock);
    on = a->on;
    a->on = NULL;
    a->err = e;
    if (r)
        a->answer = *r;
    a->state->Event = RpcCallComplete;
    atomic_store(&a->over, true);
    if (!calls)
        rpc_notice_give(&a->notice, a->state, RpcCallComplete);
    pthread_mutex_unlock(&a->lock);
    rpc_shared_unref(on);
    return calls;
}

static void end_and_tell(struct rpc_async *a, enum err e)
{
    if (end(a, e, NULL))
        rpc_notice_give(&a->notice, a->state, RpcCallComplete);
}

static bool on_ended(struct rpc_shared_call *c, enum err e, const struct rpc_received *r)
{
    return end(of_out(c), e, r);
}

static void on_later(struct rpc_shared_call *c)
{
    struct rpc_async *a = of_out(c);

    rpc_notice_give(&a->notice, a->state, RpcCallComplete);
}

static void on_gone(struct rpc_shared_call *c)
{
    unref(of_out(c));
}

static void on_stream_over(void *owner, enum err e, const struct rpc_received *answer)
{
    struct rpc_async *a = owner;

    if (end(a, e, answer))
        rpc_notice_give(&a->notice, a->state, RpcCallComplete);
    unref(a);
}

/* False: its request is leaving still, and who sends it tells the server then. */
static bool orphan_now(struct rpc_async *a)
{
    bool sent;

    pthread_mutex_lock(&a->lock);
    sent = a->sent;
    a->orphaned = !sent;
    pthread_mutex_unlock(&a->lock);
    return sent;
}

/* Nobody waits for it any more: true for who made it so. The server is told. What is not out yet
 * ends where it would go out. */
static bool give_up(struct rpc_async *a, enum err e)
{
    struct rpc_shared *on = NULL;
    bool ours, told;

    pthread_mutex_lock(&a->lock);
    if (a->on)
        on = rpc_shared_ref(a->on);
    else if (!a->sent)
        a->aborted = e;
    told = a->cancelled;
    a->cancelled = true;
    pthread_mutex_unlock(&a->lock);
    if (a->stream)
        return rpc_stream_abort(a->stream, e);
    ours = on && rpc_shared_give_up(on, a->call_id);
    if (ours) {
        if (orphan_now(a)) {
            if (!told && e == ERR_RPC_CANCELLED)
                rpc_shared_tell(on, a->call_id, RPC_CO_CANCEL);
            rpc_shared_tell(on, a->call_id, RPC_ORPHANED);
        }
        end_and_tell(a, e);
    }
    rpc_shared_unref(on);
    return ours;
}

/* On the timer's thread. */
static void on_timeout(struct rpc_timer *t)
{
    (void)give_up((struct rpc_async *)((char *)t - offsetof(struct rpc_async, timeout)),
                  ERR_TIMEOUT);
}

/* ---- out ---- */

struct request { /* what sending needs, which must not go with the call */
    struct rpc_message m;
    struct uuid object;
    struct buf scratch;
};

/* Who cancels it finds it from here on. An error: somebody has aborted it before. */
static enum err publish(struct rpc_async *a, struct rpc_shared *s)
{
    enum err e;

    pthread_mutex_lock(&a->lock);
    e = a->aborted;
    a->call_id = a->out.ask.call_id;
    a->on = rpc_shared_ref(s);
    pthread_mutex_unlock(&a->lock);
    return e;
}

/* A place and a number. */
static enum err take_connection(struct rpc_async *a, struct rpc_shared **ret)
{
    enum err e = ERR_CONNECT;
    int n;

    for (n = 0; e == ERR_CONNECT && n < TRIES; n++) {
        *ret = a->reserved;
        a->reserved = NULL;
        e = *ret ? ERR_OK : rpc_shared_take(&a->call, false, ret);
        if (e)
            return e;
        a->out = (struct rpc_shared_call){ .ended = on_ended,
                                           .later = on_later,
                                           .gone = on_gone,
                                           .routine = rpc_notice_routine(&a->notice) };
        e = rpc_shared_begin(*ret, &a->out);
        if (e)
            rpc_shared_drop(*ret);
    }
    return e == ERR_CONNECT ? detail_fail(ERR_RPC_NOT_EXECUTED, "one connection after the other "
                                                                "was lost")
                            : e;
}

static void make_request(struct rpc_async *a, const struct rpc_shared *s, struct request *ret)
{
    const struct rpc_client *client = rpc_shared_client(s);
    struct rpc_call *call = &a->call;

    ret->m = rpc_call_message(
        call, client, rpc_client_context(client, &call->interface, call->syntaxes), a->call_id);
    ret->object = call->target.object;
    ret->m.object = ret->m.object ? &ret->object : NULL;
    ret->scratch = (struct buf){ call->out.w.ptr, call->out.w.cap };
    call->out.w = (struct writer){ .err = call->out.w.err };
    call->thread = NULL; /* who completes may be another one */
}

/* It has left, and may be over. Who cancelled it meanwhile left it to this thread to tell. */
static void see_to_cancel(struct rpc_async *a, struct rpc_shared *s)
{
    bool cancelled, orphaned;

    pthread_mutex_lock(&a->lock);
    a->sent = true;
    cancelled = a->on && a->cancelled;
    orphaned = a->orphaned;
    pthread_mutex_unlock(&a->lock);
    if (cancelled || orphaned)
        rpc_shared_tell(s, a->call_id, orphaned ? RPC_ORPHANED : RPC_CO_CANCEL);
}

/* An error: it did not go out, and is over if somebody has aborted it. */
static enum err send_on(struct rpc_async *a, struct rpc_shared *s)
{
    struct rpc_thread *thread = a->call.thread;
    uint32_t timeout = a->call.target.call_timeout;
    struct request r;
    enum err aborted = publish(a, s), e = aborted;

    make_request(a, s, &r);
    a->timeout.fire = on_timeout;
    a->timed = timeout;
    if (timeout && !e)
        e = rpc_timer_set(&a->timeout, transport_deadline_in(timeout));
    if (!e)
        e = a->call.out.w.err;
    e = rpc_shared_send(s, &r.m, timeout, e);
    rpc_thread_keep_adopt(thread, r.scratch);
    if (!e) {
        see_to_cancel(a, s);
        return ERR_OK;
    }
    rpc_timer_clear(&a->timeout);
    rpc_shared_unref(detach(a));
    atomic_fetch_sub(&a->refs, 1);
    if (!aborted)
        return rpc_call_unsent(&a->call, e);
    end_and_tell(a, aborted);
    return ERR_OK;
}

/* Of one with pipes. An error: nothing is out. */
static enum err stream_out(struct rpc_async *a)
{
    enum err e = rpc_call_reach(&a->call), aborted;
    uint32_t timeout = a->call.target.call_timeout;
    bool cancelled;

    atomic_fetch_add(&a->refs, 2); /* the stream's until it is over, and this thread's */
    a->timeout.fire = on_timeout;
    a->timed = timeout;
    if (!e)
        e = rpc_stream_start(a->stream);
    if (e)
        atomic_fetch_sub(&a->refs, 1);
    pthread_mutex_lock(&a->lock);
    a->sent = true;
    aborted = a->aborted;
    cancelled = a->cancelled;
    pthread_mutex_unlock(&a->lock);
    if (!e && !aborted && timeout && rpc_timer_set(&a->timeout, transport_deadline_in(timeout)))
        aborted = ERR_NO_MEMORY;
    if (!e && aborted)
        (void)rpc_stream_abort(a->stream, aborted);
    else if (!e && cancelled)
        rpc_stream_cancel(a->stream);
    unref(a);
    return e;
}

/* An error: it did not go out. */
static enum err send_out(struct rpc_async *a)
{
    struct rpc_shared *s = NULL;
    enum err e;

    atomic_fetch_add(&a->refs,
                     2); /* the connection's, and this thread's: it may end at any moment */
    e = take_connection(a, &s);
    if (e) {
        atomic_fetch_sub(&a->refs, 1);
    } else {
        e = send_on(a, s);
        rpc_shared_unref(s);
    }
    unref(a);
    return e;
}

uint32_t rpc_async_send(struct rpc_async *a)
{
    struct rpc_call *call = &a->call;
    uint32_t status;

    rpc_call_fail(call, call->out.w.err);
    if (a == &no_memory)
        return rpc_call_end(call);
    if (!call->err && !a->stream)
        rpc_call_fail(call, a->aimed ? call->unreached : rpc_call_aim(call));
    if (!call->err)
        rpc_call_fail(call, handle_new(HANDLE_RPC_ASYNC, a, release, &a->handle));
    if (!call->err) {
        void *id = (void *)(uintptr_t)a->handle;
        enum err e;

        rpc_async_state_use(a->state, RPC_ASYNC_CLIENT, id, id);
        e = a->stream ? stream_out(a) : send_out(a);
        if (!e)
            return 0; /* and a may be gone */
        rpc_call_fail(call, e);
        rpc_async_state_use(a->state, RPC_ASYNC_FREE, NULL, NULL);
        rpc_notice_take_back(a->state);
    }
    if (a->reserved)
        rpc_shared_drop(a->reserved);
    status = rpc_call_end(call);
    if (!a->handle || handle_close(a->handle, HANDLE_RPC_ASYNC))
        unref(a);
    return status;
}

/* ---- complete ---- */

static bool is_over(const struct rpc_async *a)
{
    return atomic_load(&a->over) || a->generation != rpc_association_generation();
}

struct ndr_in *rpc_async_receive(struct rpc_async *a)
{
    struct rpc_call *call = &a->call;
    enum err e;

    detail_begin(call->face->Head.Name);
    if (!atomic_load(&a->over))
        e = rpc_call_tell(call, ERR_RPC_FAILED, "it was made by the process this one was forked of",
                          NULL);
    else if (a->stream && call->answered && call->in.r.err)
        e = rpc_fault_stub(call->in.r.err);
    else if (a->err)
        e = rpc_call_lost(call, a->err);
    else if (a->answer.block)
        e = rpc_call_answer(call, &a->answer);
    else
        e = ERR_OK; /* its pipes were read from it */
    if (call->fault || e)
        reader_fail(&call->in.r, e ? e : ERR_RPC_FAILED);
    rpc_call_fail(call, e);
    return call->answered && !call->in.r.err ? &call->in : NULL;
}

/* Waits for who tells the program: true. A routine of the program is told without the lock. */
static bool told(struct rpc_async *a)
{
    if (atomic_load(&a->over)) {
        pthread_mutex_lock(&a->lock);
        pthread_mutex_unlock(&a->lock);
    }
    return true;
}

enum err rpc_async_complete(RPC_ASYNC_STATE *state, void *reply, uint32_t *ret_status)
{
    struct rpc_async *a = NULL;
    handle_id id;
    enum err e = get(state, &a);

    if (e)
        return e;
    id = a->handle;
    if (!is_over(a))
        e = ERR_RPC_ASYNC_PENDING;
    else if (told(a) && handle_close(id, HANDLE_RPC_ASYNC))
        e = detail_fail(ERR_RPC_ASYNC_HANDLE, "another thread completes the call");
    if (!e) {
        if (a->stream)
            rpc_pipes_close(rpc_stream_pipes(a->stream));
        rpc_async_state_use(state, RPC_ASYNC_FREE, NULL, NULL);
        rpc_notice_take_back(state);
        *ret_status =
            (uint32_t)a->procedure->Complete((CS_CLIENT_CALL *)(void *)a, a->arguments, reply);
    }
    handle_put(id);
    return e;
}

enum err rpc_async_status(const RPC_ASYNC_STATE *state, uint32_t *ret_status)
{
    struct rpc_async *a = NULL;
    enum err e = get(state, &a);

    if (e)
        return e;
    if (!is_over(a))
        *ret_status = (uint32_t)RPC_S_ASYNC_CALL_PENDING;
    else if (!atomic_load(&a->over))
        *ret_status = (uint32_t)RPC_S_CALL_FAILED;
    else if (a->err)
        *ret_status = (uint32_t)err_rpc_status(a->err == ERR_CONNECT ? ERR_RPC_FAILED : a->err);
    else if (a->answer.pdu.header.type == RPC_FAULT)
        *ret_status = rpc_fault_status(a->answer.fault.status);
    else
        *ret_status = 0;
    handle_put(a->handle);
    return ERR_OK;
}

enum err rpc_async_cancel(const RPC_ASYNC_STATE *state, bool abort)
{
    struct rpc_async *a = NULL;
    struct rpc_shared *on = NULL;
    bool told;
    enum err e = get(state, &a);

    if (e)
        return e;
    if (!is_over(a) && abort) {
        (void)give_up(a, ERR_RPC_CANCELLED);
    } else if (!is_over(a)) {
        pthread_mutex_lock(&a->lock);
        told = a->cancelled;
        if (a->on && a->sent && !told)
            on = rpc_shared_ref(a->on);
        a->cancelled = true;
        pthread_mutex_unlock(&a->lock);
        if (on)
            rpc_shared_tell(on, a->call_id, RPC_CO_CANCEL);
        if (a->stream && !told)
            rpc_stream_cancel(a->stream);
        rpc_shared_unref(on);
    }
    handle_put(a->handle);
    return ERR_OK;
}
