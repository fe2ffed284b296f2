/* SPDX-License-Identifier: Apache-2.0
 * server_async.c - calls that go on when their routine has returned.
 */
#include "rpc/server_async.h"

#include "base/detail.h"
#include "base/err_codes.h"
#include "base/impersonation.h"
#include "base/log.h"
#include "rpc/async.h"
#include "rpc/fault.h"
#include "rpc/notice.h"
#include "rpc/server.h"
#include "rpc/server_async_pipe.h"

RPC_ASYNC_STATE *CsServerAsync(CS_SERVER_CALL *call, const CS_SERVER_ASYNC *how, void *kept)
{
    struct rpc_server_call *c = (struct rpc_server_call *)(void *)call;
    struct rpc_server_async *a = &c->async;

    a->how = how;
    a->kept = kept;
    atomic_store(&a->open, true);
    rpc_server_call_ref(c); /* of who closes it */
    rpc_async_state_init(&a->state);
    rpc_async_state_use(&a->state, RPC_ASYNC_SERVER, c, rpc_server_call_handle(c));
    rpc_server_pipes_begin(c);
    return &a->state;
}

/* Whether the caller is the one that answers. */
static bool close_call(struct rpc_server_call *c)
{
    if (!atomic_exchange(&c->async.open, false))
        return false;
    rpc_notice_take_back(&c->async.state);
    c->async.state = (RPC_ASYNC_STATE){ .Size = 0 };
    return true;
}

void rpc_server_async_left(struct rpc_server_call *c, uint32_t raised)
{
    if (raised && close_call(c))
        rpc_server_call_finish(c, raised, true);
    else if (raised)
        log_warning("rpc: a routine of %s raised 0x%08x after its call was complete",
                    c->registration->face->Head.Name, raised);
    rpc_server_call_unref(c);
}

/* The answer is the server's own to make. */
static void revert(const struct rpc_server_call *c)
{
    const struct impersonation *i = impersonation_current();

    if (i && i->call && i->call == atomic_load(&c->handle))
        impersonation_end();
}

/* What Respond raised; 0 when it returned. */
static uint32_t respond(struct rpc_server_call *c, const void *reply)
{
    struct rpc_server_call *before = rpc_server_call_current();
    volatile uint32_t raised = 0;

    rpc_server_call_set_current(c);
    RpcTryExcept
    {
        c->async.how->Respond((CS_SERVER_CALL *)(void *)c, c->async.kept, reply);
    }
    RpcExcept (1) {
        raised = (uint32_t)RpcExceptionCode();
        if (!raised)
            raised = (uint32_t)RPC_S_CALL_FAILED;
    }
    RpcEndExcept
    rpc_server_call_set_current(before);
    return raised;
}

/* Every [in] pipe was emptied, every [out] pipe filled. */
static bool pipes_done(const struct rpc_server_call *c)
{
    const struct rpc_pipes *p = c->pipes ? rpc_server_pipes_of(c->pipes) : NULL;

    return !p || (rpc_pipes_all(p, true) && rpc_pipes_all(p, false));
}

static enum err open_call(RPC_ASYNC_STATE *state, struct rpc_server_call **ret)
{
    enum rpc_async_use use = RPC_ASYNC_FREE;
    enum err e = rpc_async_state(state, &use);

    if (!e && (use != RPC_ASYNC_SERVER ||
               !atomic_load(&((struct rpc_server_call *)state->StubInfo)->async.open)))
        e = detail_fail(ERR_RPC_ASYNC_HANDLE, "this process serves no call of that handle");
    if (!e)
        *ret = state->StubInfo;
    return e;
}

enum err rpc_server_async_complete(RPC_ASYNC_STATE *state, const void *reply, uint32_t *ret_status)
{
    struct rpc_server_call *c = NULL;
    uint32_t fault = 0, raised;
    enum err e = open_call(state, &c);

    if (e)
        return e;
    if (c->async.how->HasResult && !reply)
        return detail_fail(ERR_INVALID_PARAMETER, "the routine has a result, and Reply is NULL");
    if (!close_call(c))
        return detail_fail(ERR_RPC_ASYNC_HANDLE, "another thread completes the call");
    revert(c);
    raised = pipes_done(c) ? respond(c, reply) : RPC_X_PIPE_DISCIPLINE_ERROR;
    e = c->out.w.err;
    if (raised || e)
        fault = raised ? rpc_fault_wire(raised) : rpc_fault_of(e);
    *ret_status = raised ? raised : (uint32_t)err_rpc_status(e);
    rpc_server_call_finish(c, fault, true);
    return ERR_OK;
}

enum err rpc_server_async_abort(RPC_ASYNC_STATE *state, uint32_t status)
{
    struct rpc_server_call *c = NULL;
    enum err e = open_call(state, &c);

    if (e)
        return e;
    if (!close_call(c))
        return detail_fail(ERR_RPC_ASYNC_HANDLE, "another thread completes the call");
    revert(c);
    rpc_server_call_finish(c, rpc_fault_wire(status), true);
    return ERR_OK;
}
