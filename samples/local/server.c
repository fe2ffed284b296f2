/* SPDX-License-Identifier: Apache-2.0
 * server.c - tells callers on this host who they are: the kernel knows, they need prove nothing.
 *
 *      local-server [--register TEXT]
 *
 * No key, no keytab, no directory: over ncalrpc both ends ask the kernel whose the other end is.
 * With
 * --register the endpoint is one the system chooses, and the endpoint mapper of this host knows it;
 * TEXT is what an administrator reads there.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rpc.h>
#include <rpclocal.h>

#include "local.h"
#include "report.h"

/* The name is what Windows' functions have of a caller, HOST\user; the numbers are this system's.
 * Access may depend on the account. The process may have ended, and its number be another's. */
void LocalAsk(handle_t IDL_handle, char answer[])
{
    CS_LOCAL_CALLER caller = { .size = sizeof caller };
    RPC_AUTHZ_HANDLE name = NULL;
    RPC_STATUS status = RpcBindingInqAuthClientA(IDL_handle, &name, NULL, NULL, NULL, NULL);

    if (status == RPC_S_OK)
        status = CsServerInqLocalCaller(IDL_handle, &caller);
    if (status != RPC_S_OK)
        RpcRaiseException(status);
    snprintf(answer, LOCAL_ROOM, "%s, uid %u, process %u", (const char *)name, (unsigned)caller.uid,
             (unsigned)caller.pid);
    printf("called by %s\n", printable(answer));
}

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* The entry goes with the process; who wants it gone before calls RpcEpUnregister. */
static RPC_STATUS enter(const char *text)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_STATUS status =
        RpcServerUseProtseqA((RPC_CSTR)(uintptr_t) "ncalrpc", RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL);

    if (status == RPC_S_OK)
        status = RpcServerInqBindings(&bindings);
    if (status == RPC_S_OK)
        status = RpcEpRegisterA(local_v1_0_s_ifspec, bindings, NULL, (RPC_CSTR)(uintptr_t)text);
    if (bindings)
        RpcBindingVectorFree(&bindings);
    return status;
}

static RPC_STATUS take_endpoint(void)
{
    return RpcServerUseProtseqEpA((RPC_CSTR)(uintptr_t) "ncalrpc", RPC_C_PROTSEQ_MAX_REQS_DEFAULT,
                                  (RPC_CSTR)(uintptr_t)LOCAL_ENDPOINT, NULL);
}

/* LOCAL_ONLY: should the process listen at a port some day, this interface is not there.
 * SECURE_ONLY: who does not want to be known is not served. */
static RPC_STATUS serve(const char *text)
{
    RPC_STATUS status = text ? enter(text) : take_endpoint();

    if (status == RPC_S_OK)
        status = RpcServerRegisterIf2(local_v1_0_s_ifspec, NULL, NULL,
                                      RPC_IF_ALLOW_LOCAL_ONLY | RPC_IF_ALLOW_SECURE_ONLY,
                                      RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1024, NULL);
    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1 /* do not wait here */);
    return status;
}

int main(int argc, char **argv)
{
    const char *text = NULL;
    const struct option_value value = { "--register", &text };

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, &value, 1)) {
        fprintf(stderr, "usage: local-server [--register TEXT]\n");
        return 2;
    }
    if (failed("the server", (DWORD)serve(text)))
        return 1;
    printf("listening on ncalrpc:%s%s%s\n", text ? "" : "[", text ? "" : LOCAL_ENDPOINT,
           text ? ", as the endpoint mapper knows" : "]");
    return failed("RpcMgmtWaitServerListen", (DWORD)RpcMgmtWaitServerListen());
}
