/* SPDX-License-Identifier: Apache-2.0
 * api_impersonate.c - a server's thread as its client.  desktop-src/Rpc/client-impersonation.md
 */
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/impersonation.h"
#include "countersign/countersign.h"
#include "countersign/rpc.h"
#include "countersign/winnt.h"
#include "rpc/server_link.h"

static enum err err_of(SECURITY_STATUS s)
{
    return s == SEC_E_OK ? ERR_OK : err_of_security_status(s);
}

static enum err begin_local(const struct rpc_server_call *c)
{
    const struct transport_peer *peer = rpc_server_link_peer(c->link);

    if (!peer)
        return detail_fail(ERR_RPC_NO_CONTEXT, "the caller's uid is of nobody this host knows");
    return err_of(CsImpersonateLocalUser(peer->uid, peer->gid,
                                         c->security->identify ? SecurityIdentification
                                                               : SecurityImpersonation));
}

/* Whom the thread is from here on, for RpcRevertToSelfEx and the end of the call. */
static enum err begin(struct rpc_server_call *c)
{
    void *handle = rpc_server_call_handle(c);
    enum err e;

    if (!handle)
        return detail_fail(ERR_RPC_NO_CALL, "the call has ended");
    if (!c->security) {
        detail_remedy("Let the client authenticate: RpcBindingSetAuthInfo; and refuse others: "
                      "RPC_IF_ALLOW_SECURE_ONLY.");
        return detail_fail(ERR_RPC_NO_CONTEXT, "the call is not authenticated");
    }
    if (c->security->type == RPC_AUTH_MQ) {
        detail_remedy("Ask who it is, RpcBindingInqAuthClient, and decide by that.");
        return detail_fail(ERR_UNSUPPORTED, "the sender of a message is not there to be acted for");
    }
    e = c->security->has_context ? err_of(CsImpersonateClient(&c->security->context))
                                 : begin_local(c);
    if (!e)
        impersonation_current()->call = (handle_id)(uintptr_t)handle;
    return e;
}

RPC_STATUS RpcImpersonateClient(RPC_BINDING_HANDLE BindingHandle)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("RpcImpersonateClient");
    e = rpc_server_call_get(BindingHandle, &c);
    if (e)
        return err_rpc_status(e);
    e = begin(c);
    rpc_server_call_unref(c);
    return err_rpc_status(e);
}

/* Whether it ended: the client is that of the call with this handle, which may be over. */
static bool end_of(RPC_BINDING_HANDLE handle)
{
    const struct impersonation *i = impersonation_current();

    if (!i || (handle && i->call != (handle_id)(uintptr_t)handle))
        return false;
    impersonation_end();
    return true;
}

static enum err revert(RPC_BINDING_HANDLE handle)
{
    struct rpc_server_call *c = NULL;
    enum err e = ERR_OK;

    if (end_of(handle))
        return ERR_OK;
    e = rpc_server_call_get(handle, &c);
    if (e)
        return e;
    /* It could have forgotten to be the client of its own call; but not while it is another's. */
    if (impersonation_current() || c != rpc_server_call_current())
        e = detail_fail(ERR_RPC_NO_CALL, "this thread does not impersonate that call's client");
    rpc_server_call_unref(c);
    return e;
}

RPC_STATUS RpcRevertToSelf(void)
{
    detail_begin("RpcRevertToSelf");
    return err_rpc_status(revert(NULL));
}

RPC_STATUS RpcRevertToSelfEx(RPC_BINDING_HANDLE BindingHandle)
{
    detail_begin("RpcRevertToSelfEx");
    return err_rpc_status(revert(BindingHandle));
}
