/* SPDX-License-Identifier: Apache-2.0
 * api_call_client.c - what a client's stub calls, and the client's context handles.
 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/call_pipe.h"
#include "rpc/client_context.h"
#include "rpc/server.h"
#include "rpc/stub.h"

static_assert(sizeof(struct rpc_call) <= sizeof(CS_CLIENT_CALL), "a call fits on the stub's stack");

static struct rpc_call *call_of(CS_CLIENT_CALL *call)
{
    return (struct rpc_call *)(void *)call;
}

OFTEN CS_NDR_OUT *CsClientBegin(CS_CLIENT_CALL *call, const CS_CLIENT_INTERFACE *face,
                                RPC_BINDING_HANDLE binding, unsigned opnum, unsigned flags)
{
    return stub_out_handle(rpc_call_begin(call_of(call), face, binding, opnum, flags));
}

OFTEN CS_NDR_IN *CsClientSend(CS_CLIENT_CALL *call)
{
    rpc_server_count(&rpc_server_stats.calls_out);
    return stub_in_handle(rpc_call_send(call_of(call)));
}

void CsClientPipeIn(CS_CLIENT_CALL *call, const void *pipe, const CS_PIPE_TYPE *type)
{
    rpc_call_pipe_in(call_of(call), pipe, type);
}

void CsClientPipeOut(CS_CLIENT_CALL *call, const void *pipe, const CS_PIPE_TYPE *type)
{
    rpc_call_pipe_out(call_of(call), pipe, type);
}

OFTEN RPC_STATUS CsClientEnd(CS_CLIENT_CALL *call)
{
    return (RPC_STATUS)rpc_call_end(call_of(call));
}

void CsClientContextOut(CS_CLIENT_CALL *call, const void *context, unsigned flags)
{
    rpc_context_write(call_of(call), context, flags == CS_CONTEXT_NULL_ALLOWED);
}

void CsClientContextIn(CS_CLIENT_CALL *call, void **context)
{
    rpc_context_read(call_of(call), context);
}

RPC_BINDING_HANDLE CsClientContextBinding(const void *context)
{
    void *binding = NULL;

    if (context && rpc_context_binding(context, &binding))
        return NULL;
    return binding;
}

RPC_STATUS RpcSmDestroyClientContext(void **ContextHandle)
{
    enum err e;

    detail_begin("RpcSmDestroyClientContext");
    if (!ContextHandle || !*ContextHandle)
        return err_rpc_status(ERR_RPC_CONTEXT);
    e = rpc_context_destroy(*ContextHandle);
    if (!e)
        *ContextHandle = NULL;
    return err_rpc_status(e);
}

void RpcSsDestroyClientContext(void **ContextHandle)
{
    RPC_STATUS status = RpcSmDestroyClientContext(ContextHandle);

    if (status)
        RpcRaiseException(status);
}

RPC_STATUS RpcSsGetContextBinding(void *ContextHandle, RPC_BINDING_HANDLE *Binding)
{
    detail_begin("RpcSsGetContextBinding");
    if (!Binding)
        return RPC_S_INVALID_ARG;
    return err_rpc_status(rpc_context_binding(ContextHandle, Binding));
}
