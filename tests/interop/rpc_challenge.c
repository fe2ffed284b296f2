/* SPDX-License-Identifier: Apache-2.0
 * rpc_challenge.c - the interface of idl/challenge.idl, served, and known to the endpoint mapper.
 */
#include "rpc_challenge.h"

#include <string.h>

#include "challenge.h"

enum { REQUEST_MOST = 0x400000 }; /* what Netlogon takes, as the tests know */

void ChallengeOpnum0NotUsed(handle_t h)
{
    (void)h;
}

void ChallengeOpnum1NotUsed(handle_t h)
{
    (void)h;
}

void ChallengeOpnum2NotUsed(handle_t h)
{
    (void)h;
}

void ChallengeOpnum3NotUsed(handle_t h)
{
    (void)h;
}

ULONG ChallengeAsk(handle_t h, const WCHAR *server, const WCHAR *computer, byte client[8],
                   byte given[8])
{
    (void)h;
    (void)server;
    (void)computer;
    for (size_t i = 0; i < 8; i++)
        given[i] = (byte)~client[i];
    return 0;
}

RPC_STATUS rpc_challenge_register(void)
{
    static char annotation[] = "a challenge";
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_STATUS status = RpcServerRegisterIf2(challenge_v1_0_s_ifspec, NULL, NULL,
                                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                             RPC_C_LISTEN_MAX_CALLS_DEFAULT, REQUEST_MOST, NULL);

    if (status == RPC_S_OK)
        status = RpcServerInqBindings(&bindings);
    if (status == RPC_S_OK)
        status = RpcEpRegisterA(challenge_v1_0_s_ifspec, bindings, NULL, (RPC_CSTR)annotation);
    if (bindings)
        RpcBindingVectorFree(&bindings);
    return status;
}
