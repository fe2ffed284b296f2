/* SPDX-License-Identifier: Apache-2.0
 * call_pipe.c - the pipes of a client's call: what the program's pull gives is sent while the call
 * is served, and what comes is handed to its push.
 * desktop-src/Rpc/client-side-pipe-implementation.md
 */
#include "rpc/call_pipe.h"

#include "base/detail.h"
#include "rpc/stub.h"

#include <countersign/rpc.h>

enum { ROOM = 128 * 1024 }; /* what alloc is asked for: as much as is worth being sent at once */

/* ---- the program's routines: what they raise fails the call ---- */

static uint32_t raised_code(void)
{
    uint32_t code = (uint32_t)RpcExceptionCode();

    return code ? code : (uint32_t)RPC_S_CALL_FAILED;
}

static uint32_t call_alloc(const CS_PIPE_TYPE *t, const void *pipe, ULONG want, void **ret,
                           ULONG *ret_size)
{
    volatile uint32_t raised = 0;

    RpcTryExcept
    {
        t->Alloc(pipe, want, ret, ret_size);
    }
    RpcExcept (1) {
        raised = raised_code();
    }
    RpcEndExcept
    return raised;
}

static uint32_t call_pull(const CS_PIPE_TYPE *t, const void *pipe, void *buf, ULONG room,
                          ULONG *ret_count)
{
    volatile uint32_t raised = 0;

    RpcTryExcept
    {
        t->Pull(pipe, buf, room, ret_count);
    }
    RpcExcept (1) {
        raised = raised_code();
    }
    RpcEndExcept
    return raised;
}

static uint32_t call_push(const CS_PIPE_TYPE *t, const void *pipe, void *buf, ULONG count)
{
    volatile uint32_t raised = 0;

    RpcTryExcept
    {
        t->Push(pipe, buf, count);
    }
    RpcExcept (1) {
        raised = raised_code();
    }
    RpcEndExcept
    return raised;
}

static bool fail_raised(struct rpc_call *call, const CS_PIPE_TYPE *t, uint32_t code,
                        const char *what)
{
    if (!code)
        return false;
    call->status = code;
    rpc_call_fail(call, detail_fail(ERR_RPC_FAILED, "%s: the %s routine of pipe %s raised %u",
                                    call->face->Head.Name, what, t->Name, code));
    return true;
}

static void fail_memory(struct rpc_call *call, const CS_PIPE_TYPE *t, ULONG got)
{
    call->status = RPC_X_PIPE_APP_MEMORY;
    rpc_call_fail(call, detail_fail(ERR_NO_MEMORY,
                                    "%s: the alloc routine of pipe %s gave %u bytes where an "
                                    "element has %u",
                                    call->face->Head.Name, t->Name, got, t->Size));
}

/* Room for count elements at most, at least for one; NULL after a failure. */
static void *room_for(struct rpc_call *call, const CS_PIPE_TYPE *t, const void *pipe, size_t count,
                      ULONG *ret_count)
{
    size_t most = ROOM / t->Size ? ROOM / t->Size : 1;
    ULONG want = (ULONG)((count < most ? count : most) * t->Size), got = want;
    void *buf = NULL;

    if (fail_raised(call, t, call_alloc(t, pipe, want, &buf, &got), "alloc"))
        return NULL;
    if (!buf || got < t->Size) {
        fail_memory(call, t, buf ? got : 0);
        return NULL;
    }
    *ret_count = (got < want ? got : want) / t->Size;
    return buf;
}

/* ---- to the server ---- */

/* An answer before all was sent: a fault, or nothing that makes sense. */
static enum err answered(struct rpc_call *call, const struct rpc_received *r)
{
    enum err e = rpc_call_answer(call, r);

    call->connection->client.closing = true;
    call->answered = false;
    if (!e && !call->status)
        e = detail_fail(ERR_RPC_PROTOCOL, "%s: the server answered before the request's end",
                        call->face->Head.Name);
    return e ? e : ERR_RPC_FAILED;
}

static enum err send_due(struct rpc_call *call)
{
    struct rpc_received r;
    enum err e = ERR_OK, abandoned;

    if (!ndr_out_due(&call->out))
        return call->out.w.err;
    if (call->begun) {
        e = rpc_connection_look(call->connection, &r);
        if (!e)
            return answered(call, &r);
        if (e != ERR_INCOMPLETE)
            return rpc_call_lost(call, e);
    } else {
        e = rpc_call_reach(call);
        if (e)
            return e;
    }
    rpc_call_waits(call);
    e = rpc_call_request(call, true);
    abandoned = rpc_call_waited(call);
    if (!e || abandoned)
        return abandoned;
    if (e == ERR_CONNECT && !rpc_connection_receive(call->connection, 1, &r))
        return answered(call, &r); /* it has said why */
    return rpc_call_unsent(call, e);
}

static bool pull_chunk(struct rpc_call *call, const void *pipe, const CS_PIPE_TYPE *t)
{
    const struct ndr_element element = stub_element(t, call->syntax);
    ULONG room = 0, n = 0;
    void *buf = room_for(call, t, pipe, SIZE_MAX, &room);

    if (!buf || fail_raised(call, t, call_pull(t, pipe, buf, room, &n), "pull"))
        return false;
    if (n > room) {
        rpc_call_fail(call, detail_fail(ERR_RPC_BOUND,
                                        "%s: pull of pipe %s: %u elements in room "
                                        "for %u",
                                        call->face->Head.Name, t->Name, n, room));
        return false;
    }
    ndr_out_chunk_begin(&call->out, &element, n);
    if (n)
        t->Write(stub_out_handle(&call->out), buf, n);
    ndr_out_chunk_end(&call->out, n);
    return n > 0;
}

void rpc_call_pipe_in(struct rpc_call *call, const void *pipe, const CS_PIPE_TYPE *type)
{
    bool more = true;

    rpc_call_fail(call, call->out.w.err);
    while (more && !call->err) {
        more = pull_chunk(call, pipe, type);
        rpc_call_fail(call, call->out.w.err);
        if (more && !call->err)
            rpc_call_fail(call, send_due(call));
    }
}

/* ---- from the server ---- */

static bool push_chunk(struct rpc_call *call, const void *pipe, const CS_PIPE_TYPE *t, size_t n,
                       struct ndr_chunk *chunk)
{
    ULONG count = 0;
    void *buf = room_for(call, t, pipe, n, &count);

    if (!buf)
        return false;
    t->Read(stub_in_handle(&call->in), buf, count);
    ndr_in_piped(&call->in, chunk, count);
    return !call->in.r.err && !fail_raised(call, t, call_push(t, pipe, buf, count), "push");
}

void rpc_call_pipe_out(struct rpc_call *call, const void *pipe, const CS_PIPE_TYPE *type)
{
    const struct ndr_element element = stub_element(type, call->syntax);
    struct ndr_chunk chunk = { 0 };
    size_t n;

    if (call->err)
        return;
    while ((n = ndr_in_pipe(&call->in, &chunk, &element)))
        if (!push_chunk(call, pipe, type, n, &chunk))
            break;
    if (chunk.ended && !call->err)
        (void)fail_raised(call, type, call_push(type, pipe, NULL, 0), "push");
    if (call->err) /* what else comes is nobody's */
        reader_fail(&call->in.r, call->err);
}
