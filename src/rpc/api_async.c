/* SPDX-License-Identifier: Apache-2.0
 * api_async.c - asynchronous calls: what programs call on either side, and what a client's stubs
 * do.
 */
#include <countersign/rpc.h>

#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/async.h"
#include "rpc/server.h"
#include "rpc/server_async.h"
#include "rpc/server_async_pipe.h"
#include "rpc/stub.h"

static struct rpc_async *async_of(CS_CLIENT_CALL *call)
{
    return (struct rpc_async *)(void *)call;
}

CS_CLIENT_CALL *CsAsyncBegin(RPC_ASYNC_STATE *state, const CS_CLIENT_INTERFACE *face,
                             RPC_BINDING_HANDLE binding, const CS_ASYNC_PROCEDURE *procedure,
                             const void *arguments)
{
    return (CS_CLIENT_CALL *)(void *)rpc_async_begin(state, face, binding, procedure, arguments);
}

CS_NDR_OUT *CsAsyncOut(CS_CLIENT_CALL *call)
{
    return stub_out_handle(&rpc_async_call(async_of(call))->out);
}

RPC_STATUS CsAsyncSend(CS_CLIENT_CALL *call)
{
    rpc_server_count(&rpc_server_stats.calls_out);
    return (RPC_STATUS)rpc_async_send(async_of(call));
}

CS_NDR_IN *CsAsyncIn(CS_CLIENT_CALL *call)
{
    return stub_in_handle(rpc_async_receive(async_of(call)));
}

/* ---- pipes, of both sides ---- */

static struct rpc_pipe *pipe_of(CS_ASYNC_PIPE *pipe)
{
    return (struct rpc_pipe *)(void *)pipe;
}

CS_ASYNC_PIPE *CsAsyncPipe(CS_CLIENT_CALL *call, const CS_PIPE_TYPE *type, unsigned flags)
{
    return (CS_ASYNC_PIPE *)(void *)rpc_async_pipe(async_of(call), type, flags);
}

CS_ASYNC_PIPE *CsServerAsyncPipe(CS_SERVER_CALL *call, const CS_PIPE_TYPE *type, unsigned flags)
{
    struct rpc_server_call *c = (struct rpc_server_call *)(void *)call;

    return (CS_ASYNC_PIPE *)(void *)rpc_server_pipes_add(c, type, flags);
}

RPC_STATUS CsAsyncPipePull(CS_ASYNC_PIPE *pipe, void *buf, ULONG esize, ULONG *ecount)
{
    return rpc_pipe_pull(pipe_of(pipe), buf, esize, ecount);
}

RPC_STATUS CsAsyncPipePush(CS_ASYNC_PIPE *pipe, const void *buf, ULONG ecount)
{
    return rpc_pipe_push(pipe_of(pipe), buf, ecount);
}

/* ---- both sides ---- */

RPC_STATUS RpcAsyncInitializeHandle(PRPC_ASYNC_STATE pAsync, UINT Size)
{
    detail_begin("RpcAsyncInitializeHandle");
    if (!pAsync)
        return err_rpc_status(detail_fail(ERR_RPC_ASYNC_HANDLE, "pAsync is NULL"));
    if (Size != sizeof *pAsync)
        return err_rpc_status(detail_fail(ERR_INVALID_PARAMETER,
                                          "an RPC_ASYNC_STATE has %zu bytes, not %u",
                                          sizeof *pAsync, Size));
    rpc_async_state_init(pAsync);
    return RPC_S_OK;
}

RPC_STATUS RpcAsyncCompleteCall(PRPC_ASYNC_STATE pAsync, void *Reply)
{
    enum rpc_async_use use = RPC_ASYNC_FREE;
    uint32_t status = 0;
    enum err e;

    detail_begin("RpcAsyncCompleteCall");
    e = rpc_async_state(pAsync, &use);
    if (!e && use == RPC_ASYNC_SERVER)
        e = rpc_server_async_complete(pAsync, Reply, &status);
    else if (!e)
        e = rpc_async_complete(pAsync, Reply, &status);
    return e ? err_rpc_status(e) : (RPC_STATUS)status;
}

RPC_STATUS RpcAsyncAbortCall(PRPC_ASYNC_STATE pAsync, ULONG ExceptionCode)
{
    enum rpc_async_use use = RPC_ASYNC_FREE;
    enum err e;

    detail_begin("RpcAsyncAbortCall");
    e = rpc_async_state(pAsync, &use);
    if (!e && use == RPC_ASYNC_CLIENT)
        e = detail_fail(ERR_RPC_ASYNC_CALL, "the call is a client's: RpcAsyncCancelCall cancels "
                                            "it");
    else if (!e && !ExceptionCode)
        e = detail_fail(ERR_INVALID_PARAMETER, "the exception code is 0");
    if (!e)
        e = rpc_server_async_abort(pAsync, ExceptionCode);
    return err_rpc_status(e);
}

RPC_STATUS RpcAsyncCancelCall(PRPC_ASYNC_STATE pAsync, BOOL fAbort)
{
    detail_begin("RpcAsyncCancelCall");
    return err_rpc_status(rpc_async_cancel(pAsync, fAbort != 0));
}

RPC_STATUS RpcAsyncGetCallStatus(PRPC_ASYNC_STATE pAsync)
{
    uint32_t status = 0;
    enum err e;

    detail_begin("RpcAsyncGetCallStatus");
    e = rpc_async_status(pAsync, &status);
    return e ? err_rpc_status(e) : (RPC_STATUS)status;
}

/* ---- a server's notifications ---- */

RPC_STATUS RpcServerSubscribeForNotification(RPC_BINDING_HANDLE Binding,
                                             RPC_NOTIFICATIONS Notification,
                                             RPC_NOTIFICATION_TYPES NotificationType,
                                             RPC_ASYNC_NOTIFICATION_INFO *NotificationInfo)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("RpcServerSubscribeForNotification");
    if (!NotificationInfo)
        return err_rpc_status(detail_fail(ERR_INVALID_PARAMETER, "NotificationInfo is NULL"));
    e = rpc_server_call_get(Binding, &c);
    if (e)
        return err_rpc_status(e);
    e = rpc_server_watch_begin(c, (unsigned)Notification, (int)NotificationType, NotificationInfo);
    rpc_server_call_unref(c);
    return err_rpc_status(e);
}

RPC_STATUS RpcServerUnsubscribeForNotification(RPC_BINDING_HANDLE Binding,
                                               RPC_NOTIFICATIONS Notification,
                                               ULONG *NotificationsQueued)
{
    struct rpc_server_call *c = NULL;
    unsigned given = 0;
    enum err e;

    detail_begin("RpcServerUnsubscribeForNotification");
    if (!NotificationsQueued)
        return err_rpc_status(detail_fail(ERR_INVALID_PARAMETER, "NotificationsQueued is NULL"));
    e = rpc_server_call_get(Binding, &c);
    if (e)
        return err_rpc_status(e);
    e = rpc_server_watch_end(c, (unsigned)Notification, &given);
    rpc_server_call_unref(c);
    if (!e)
        *NotificationsQueued = given;
    return err_rpc_status(e);
}

RPC_BINDING_HANDLE I_RpcGetCurrentCallHandle(void)
{
    struct rpc_server_call *c = rpc_server_call_current();

    return c ? rpc_server_call_handle(c) : NULL;
}
