/* SPDX-License-Identifier: Apache-2.0
 * api_server_call.c - what a server's routine may ask about the call it serves.
 */
#include <arpa/inet.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/utf16.h"
#include "countersign/rpc.h"
#include "rpc/server_link.h"

RPC_STATUS RpcServerInqBindingHandle(RPC_BINDING_HANDLE *Binding)
{
    struct rpc_server_call *c = rpc_server_call_current();
    void *handle;

    detail_begin("RpcServerInqBindingHandle");
    if (!Binding)
        return RPC_S_INVALID_ARG;
    if (!c)
        return err_rpc_status(detail_fail(ERR_RPC_NO_CALL, "this thread serves no call"));
    handle = rpc_server_call_handle(c);
    if (!handle)
        return err_rpc_status(detail_fail(ERR_RPC_NO_CALL, "this thread's call has ended"));
    *Binding = handle;
    return RPC_S_OK;
}

RPC_STATUS RpcServerTestCancel(RPC_BINDING_HANDLE BindingHandle)
{
    struct rpc_server_call *c = NULL;
    bool cancelled;
    enum err e;

    detail_begin("RpcServerTestCancel");
    e = rpc_server_call_get(BindingHandle, &c);
    if (e)
        return err_rpc_status(e);
    cancelled = atomic_load(&c->cancelled);
    rpc_server_call_unref(c);
    return cancelled ? RPC_S_OK : RPC_S_CALL_IN_PROGRESS;
}

/* ---- attributes ---- */

/* Into the caller's room: what it takes, in bytes, is told either way. */
static RPC_STATUS name_out(bool wide, const char *name, void *to, ULONG *size)
{
    size_t unit = wide ? sizeof(WCHAR) : 1, n;
    char16_t *text16 = NULL;
    ULONG room = *size;

    if (wide && wide_from_utf8(name, &text16))
        return RPC_S_OUT_OF_MEMORY;
    n = ((wide ? wide_length(text16) : strlen(name)) + 1) * unit;
    *size = (ULONG)n;
    if (to && n <= room)
        memcpy(to, wide ? (const void *)text16 : name, n);
    mem_free(text16);
    return to && n <= room ? RPC_S_OK : ERROR_MORE_DATA;
}

/* The octets of one end's address over TCP. */
static RPC_STATUS octets_out(const struct rpc_server_call *c, bool peer, void *to, ULONG *size,
                             bool *ret_six)
{
    struct transport_name end;
    struct in6_addr address;
    ULONG n, room = *size;
    bool six;

    if (rpc_server_link_transport(c->link)->queued)
        return err_rpc_status(detail_fail(ERR_UNSUPPORTED, "a message has no address"));
    if (rpc_server_link_name(c->link, peer, &end))
        return RPC_S_CALL_FAILED;
    end.address[strcspn(end.address, "%")] = '\0'; /* of a link-local one: its interface */
    six = strchr(end.address, ':') != NULL;
    if (inet_pton(six ? AF_INET6 : AF_INET, end.address, &address) != 1)
        return RPC_S_INTERNAL_ERROR;
    n = six ? sizeof(struct in6_addr) : sizeof(struct in_addr);
    *size = n;
    *ret_six = six;
    if (!to || room < n)
        return ERROR_MORE_DATA;
    memcpy(to, &address, n);
    return RPC_S_OK;
}

static RPC_STATUS address_out(const struct rpc_server_call *c, RPC_CALL_LOCAL_ADDRESS_V1 *to)
{
    RPC_STATUS status;
    bool six = false;

    if (!to || to->Version != 1)
        return RPC_S_INVALID_ARG;
    if (rpc_server_link_transport(c->link)->local) {
        to->AddressFormat = rlafInvalid;
        to->BufferSize = 0;
        return RPC_S_OK;
    }
    status = octets_out(c, false, to->Buffer, &to->BufferSize, &six);
    if (status == RPC_S_OK || status == ERROR_MORE_DATA)
        to->AddressFormat = six ? rlafIPv6 : rlafIPv4;
    return status;
}

static void fill_v2(const struct rpc_server_call *c, RPC_CALL_ATTRIBUTES_V2_A *to)
{
    const bool queued = c->link && rpc_server_link_transport(c->link)->queued;
    const ULONG asked = to->Flags;

    to->KernelModeCaller = FALSE;
    to->ProtocolSequence = queued                                                 ? 0
                           : c->link && rpc_server_link_transport(c->link)->local ? RPC_PROTSEQ_LRPC
                                                                                  : RPC_PROTSEQ_TCP;
    to->IsClientLocal = rcclClientUnknownLocality;
    if (asked & RPC_QUERY_IS_CLIENT_LOCAL && !queued)
        to->IsClientLocal = rpc_server_link_is_local(c->link) ? rcclLocal : rcclRemote;
    to->ClientPID = NULL;
    to->CallStatus = atomic_load(&c->disconnected) ? RPC_CALL_STATUS_DISCONNECTED
                     : atomic_load(&c->cancelled)  ? RPC_CALL_STATUS_CANCELLED
                                                   : RPC_CALL_STATUS_IN_PROGRESS;
    to->CallType = rctNormal;
    to->OpNum = c->opnum;
    memcpy(&to->InterfaceUuid, &c->registration->id.uuid, sizeof to->InterfaceUuid);
}

static RPC_STATUS server_out(bool wide, const struct rpc_server_call *c,
                             RPC_CALL_ATTRIBUTES_V2_A *to)
{
    char *server = NULL;
    RPC_STATUS status = RPC_S_OUT_OF_MEMORY;

    if (!rpc_server_call_principal(c, &server))
        status =
            name_out(wide, server, to->ServerPrincipalName, &to->ServerPrincipalNameBufferLength);
    mem_free(server);
    return status;
}

/* The A and the W structure are alike but for what the names point to. */
static RPC_STATUS fill(bool wide, struct rpc_server_call *c, RPC_CALL_ATTRIBUTES_V2_A *to)
{
    const char *client = rpc_server_link_client_text(c->link, c->security, false);
    const struct transport_peer *peer = rpc_server_link_peer(c->link);
    RPC_STATUS status = RPC_S_OK, more;

    if (!c->security && !(to->Flags & RPC_QUERY_NO_AUTH_REQUIRED))
        return err_rpc_status(detail_fail(ERR_RPC_NO_AUTH, "the call is not authenticated"));
    if ((to->Flags & RPC_QUERY_CLIENT_PID) && !peer)
        return err_rpc_status(
            detail_fail(ERR_UNSUPPORTED, "a client's process is known over ncalrpc only"));
    to->AuthenticationLevel = rpc_server_call_level(c);
    to->AuthenticationService = rpc_server_call_service(c);
    to->NullSession = c->security && (c->security->granted & ASC_RET_NULL_SESSION);
    if (to->Version >= 2)
        fill_v2(c, to);
    if (to->Version >= 2 && (to->Flags & RPC_QUERY_CLIENT_PID))
        to->ClientPID = (HANDLE)(ULONG_PTR)peer->pid;
    if (to->Flags & RPC_QUERY_SERVER_PRINCIPAL_NAME)
        status = server_out(wide, c, to);
    if (to->Flags & RPC_QUERY_CLIENT_PRINCIPAL_NAME) {
        more = name_out(wide, client ? client : "", to->ClientPrincipalName,
                        &to->ClientPrincipalNameBufferLength);
        status = status ? status : more;
    }
    if (to->Version >= 2 && (to->Flags & RPC_QUERY_CALL_LOCAL_ADDRESS)) {
        more = address_out(c, to->CallLocalAddress);
        status = status ? status : more;
    }
    return status;
}

/* What version 3 adds to the others, which stand in front of it. */
static RPC_STATUS fill_v3(const struct rpc_server_call *c, RPC_CALL_ATTRIBUTES_V3_A *to)
{
    bool six = false;

    if (!(to->Flags & RPC_QUERY_CLIENT_ID))
        return RPC_S_OK;
    if (rpc_server_link_transport(c->link)->local)
        return err_rpc_status(
            detail_fail(ERR_UNSUPPORTED, "a client's identifier is known over ncacn_ip_tcp only"));
    return octets_out(c, true, to->ClientIdentifier, &to->ClientIdentifierBufferLength, &six);
}

static RPC_STATUS attributes(bool wide, RPC_BINDING_HANDLE binding, void *attributes)
{
    const ULONG known = RPC_QUERY_SERVER_PRINCIPAL_NAME | RPC_QUERY_CLIENT_PRINCIPAL_NAME |
                        RPC_QUERY_CALL_LOCAL_ADDRESS | RPC_QUERY_CLIENT_PID |
                        RPC_QUERY_IS_CLIENT_LOCAL | RPC_QUERY_NO_AUTH_REQUIRED;
    RPC_CALL_ATTRIBUTES_V2_A *to = attributes;
    struct rpc_server_call *c = NULL;
    RPC_STATUS status, more = RPC_S_OK;
    enum err e;

    detail_begin("RpcServerInqCallAttributes");
    if (!to || to->Version < 1 || to->Version > 3 ||
        (to->Flags & ~(to->Version < 3 ? known : known | RPC_QUERY_CLIENT_ID)))
        return RPC_S_INVALID_ARG;
    e = rpc_server_call_get(binding, &c);
    if (e)
        return err_rpc_status(e);
    status = fill(wide, c, to);
    if (to->Version >= 3 && (!status || status == ERROR_MORE_DATA))
        more = fill_v3(c, attributes);
    rpc_server_call_unref(c);
    return status ? status : more;
}

RPC_STATUS RpcServerInqCallAttributesA(RPC_BINDING_HANDLE ClientBinding, void *RpcCallAttributes)
{
    return attributes(false, ClientBinding, RpcCallAttributes);
}

RPC_STATUS RpcServerInqCallAttributesW(RPC_BINDING_HANDLE ClientBinding, void *RpcCallAttributes)
{
    static_assert(sizeof(RPC_CALL_ATTRIBUTES_V2_A) == sizeof(RPC_CALL_ATTRIBUTES_V2_W) &&
                      offsetof(RPC_CALL_ATTRIBUTES_V2_A, InterfaceUuid) ==
                          offsetof(RPC_CALL_ATTRIBUTES_V2_W, InterfaceUuid),
                  "one layout of both forms");
    static_assert(sizeof(RPC_CALL_ATTRIBUTES_V3_A) == sizeof(RPC_CALL_ATTRIBUTES_V3_W) &&
                      offsetof(RPC_CALL_ATTRIBUTES_V3_A, InterfaceUuid) ==
                          offsetof(RPC_CALL_ATTRIBUTES_V2_A, InterfaceUuid),
                  "version 3 begins as version 2");
    return attributes(true, ClientBinding, RpcCallAttributes);
}
