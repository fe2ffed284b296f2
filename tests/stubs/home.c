/* SPDX-License-Identifier: Apache-2.0 */
#include "stubs/home.h"

#include <stddef.h>
#include <stdint.h>

static RPC_CSTR tcp = (RPC_CSTR)(uintptr_t) "ncacn_ip_tcp";

/* The port that the server was given. */
static RPC_STATUS endpoint_of(RPC_BINDING_HANDLE served, RPC_CSTR *ret)
{
    RPC_CSTR text = NULL;
    RPC_STATUS status = RpcBindingToStringBindingA(served, &text);

    if (!status)
        status = RpcStringBindingParseA(text, NULL, NULL, NULL, ret, NULL);
    RpcStringFreeA(&text);
    return status;
}

static RPC_STATUS bind_to(RPC_CSTR endpoint, RPC_BINDING_HANDLE *ret)
{
    RPC_CSTR text = NULL;
    RPC_STATUS status = RpcStringBindingComposeA(NULL, tcp, (RPC_CSTR)(uintptr_t) "127.0.0.1",
                                                 endpoint, NULL, &text);

    if (!status)
        status = RpcBindingFromStringBindingA(text, ret);
    RpcStringFreeA(&text);
    return status;
}

int home_begin(RPC_IF_HANDLE server, RPC_BINDING_HANDLE *ret)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_CSTR endpoint = NULL;
    RPC_STATUS status = RpcServerUseProtseqA(tcp, 10, NULL);

    if (!status)
        status = RpcServerRegisterIfEx(server, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 10,
                                       NULL);
    if (!status)
        status = RpcServerListen(1, 10, TRUE);
    if (!status)
        status = RpcServerInqBindings(&bindings);
    if (!status)
        status = endpoint_of(bindings->BindingH[0], &endpoint);
    if (!status)
        status = bind_to(endpoint, ret);
    RpcStringFreeA(&endpoint);
    RpcBindingVectorFree(&bindings);
    return (int)status;
}

int home_end(RPC_IF_HANDLE server, RPC_BINDING_HANDLE *binding)
{
    RpcBindingFree(binding);
    RpcMgmtStopServerListening(NULL);
    RpcServerUnregisterIf(server, NULL, TRUE);
    return (int)RpcMgmtWaitServerListen();
}
