/* SPDX-License-Identifier: Apache-2.0
 * api_context.c - how a server's routines share context handles.
 * desktop-src/Rpc/multithreaded-clients-and-context-handles.md
 */
#include <countersign/rpc.h>

#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/server_link.h"

/* What the routine was given: the handle itself, or where the stub keeps it. */
static struct rpc_context_use *use_of(struct rpc_server_call *c, void *context)
{
    size_t i;

    for (i = 0; i < c->contexts_count; i++)
        if (c->contexts[i].value == context)
            return &c->contexts[i];
    for (i = 0; i < c->contexts_count; i++)
        if (context && c->contexts[i].value == *(void **)context)
            return &c->contexts[i];
    return NULL;
}

/* The call, referenced, and the place of one of its context handles. */
static enum err find(RPC_BINDING_HANDLE binding, void *context, struct rpc_server_call **ret_call,
                     struct rpc_context_use **ret_use)
{
    struct rpc_server_call *c = NULL;
    struct rpc_context_use *use = NULL;
    enum err e = rpc_server_call_get(binding, &c);

    if (e)
        return e;
    use = use_of(c, context);
    if (!use) {
        rpc_server_call_unref(c);
        return detail_fail(ERR_RPC_CONTEXT, "the call has no such context handle");
    }
    *ret_call = c;
    *ret_use = use;
    return ERR_OK;
}

RPC_STATUS RpcSsContextLockExclusive(RPC_BINDING_HANDLE ServerBindingHandle, PVOID UserContext)
{
    struct rpc_server_call *c = NULL;
    struct rpc_context_use *use = NULL;
    bool lost = false;
    enum err e;

    detail_begin("RpcSsContextLockExclusive");
    e = find(ServerBindingHandle, UserContext, &c, &use);
    if (e)
        return err_rpc_status(e);
    rpc_context_handle_lock(&rpc_server_link_group(c->link)->handles, use, &lost);
    rpc_server_call_unref(c);
    return lost ? ERROR_MORE_WRITES : RPC_S_OK;
}

RPC_STATUS RpcSsContextLockShared(RPC_BINDING_HANDLE ServerBindingHandle, PVOID UserContext)
{
    struct rpc_server_call *c = NULL;
    struct rpc_context_use *use = NULL;
    enum err e;

    detail_begin("RpcSsContextLockShared");
    e = find(ServerBindingHandle, UserContext, &c, &use);
    if (e)
        return err_rpc_status(e);
    rpc_context_handle_share(&rpc_server_link_group(c->link)->handles, use);
    rpc_server_call_unref(c);
    return RPC_S_OK;
}

void RpcSsDontSerializeContext(void)
{
    rpc_context_handles_dont_serialize();
}
