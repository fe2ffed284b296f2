/* SPDX-License-Identifier: Apache-2.0
 * api_server_local.c - what the kernel tells a server of a caller on its own host, and sockets it
 * was given.
 */
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "countersign/rpclocal.h"
#include "rpc/binding.h"
#include "rpc/server.h"
#include "rpc/server_link.h"

/* Of a call over ncalrpc; copied out. */
static enum err peer_of(RPC_BINDING_HANDLE binding, struct transport_peer *ret)
{
    const struct transport_peer *peer;
    struct rpc_server_call *c = NULL;
    enum err e = rpc_server_call_get(binding, &c);

    if (e)
        return e;
    peer = rpc_server_link_peer(c->link);
    if (peer)
        *ret = *peer;
    else if (rpc_server_link_transport(c->link)->local)
        e = detail_fail(ERR_RPC_NO_AUTH, "the caller's uid is of nobody this host knows");
    else
        e = detail_fail(ERR_UNSUPPORTED, "a caller's account is known over ncalrpc only");
    rpc_server_call_unref(c);
    return e;
}

RPC_STATUS CsServerInqLocalCaller(RPC_BINDING_HANDLE ClientBinding, CS_LOCAL_CALLER *Caller)
{
    struct transport_peer peer;
    enum err e;

    detail_begin("CsServerInqLocalCaller");
    if (!Caller || Caller->size < sizeof *Caller)
        return RPC_S_INVALID_ARG;
    e = peer_of(ClientBinding, &peer);
    if (e)
        return err_rpc_status(e);
    Caller->uid = peer.uid;
    Caller->gid = peer.gid;
    Caller->pid = (ULONG)peer.pid;
    return RPC_S_OK;
}

RPC_STATUS I_RpcBindingInqLocalClientPID(RPC_BINDING_HANDLE Binding, ULONG *Pid)
{
    struct transport_peer peer = { 0 };
    enum err e;

    detail_begin("I_RpcBindingInqLocalClientPID");
    if (!Pid)
        return RPC_S_INVALID_ARG;
    e = peer_of(Binding, &peer);
    if (e == ERR_UNSUPPORTED || e == ERR_RPC_NO_AUTH)
        return RPC_S_INVALID_BINDING;
    if (!e && !peer.pid)
        e = detail_fail(ERR_RPC_BINDING, "the caller's process cannot be seen from here");
    if (!e)
        *Pid = (ULONG)peer.pid;
    return err_rpc_status(e);
}

RPC_STATUS I_RpcBindingIsClientLocal(RPC_BINDING_HANDLE BindingHandle, UINT *ClientLocalFlag)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("I_RpcBindingIsClientLocal");
    if (!ClientLocalFlag)
        return RPC_S_INVALID_ARG;
    e = rpc_server_call_get(BindingHandle, &c);
    if (e)
        return err_rpc_status(e);
    *ClientLocalFlag = rpc_server_link_is_local(c->link);
    rpc_server_call_unref(c);
    return RPC_S_OK;
}

RPC_STATUS I_RpcBindingInqTransportType(RPC_BINDING_HANDLE Binding, UINT *Type)
{
    struct rpc_server_call *c = NULL;
    const struct transport *t = NULL;
    struct rpc_binding *b = NULL;
    enum err e;

    detail_begin("I_RpcBindingInqTransportType");
    if (!Type)
        return RPC_S_INVALID_ARG;
    e = rpc_server_call_get(Binding, &c);
    if (!e) {
        t = rpc_server_link_transport(c->link);
        rpc_server_call_unref(c);
    } else if (e == ERR_RPC_BINDING_KIND && !rpc_binding_get(Binding, &b)) {
        t = b->transport;
        rpc_binding_put(Binding);
    } else {
        return err_rpc_status(e);
    }
    *Type = t->local ? TRANSPORT_TYPE_LPC : t->queued ? TRANSPORT_TYPE_DG : TRANSPORT_TYPE_CN;
    return RPC_S_OK;
}

RPC_STATUS CsServerUseSocket(int Socket)
{
    detail_begin("CsServerUseSocket");
    return err_rpc_status(rpc_server_adopt(Socket));
}
