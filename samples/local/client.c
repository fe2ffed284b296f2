/* SPDX-License-Identifier: Apache-2.0
 * client.c - asks the server on this host who it is.
 *
 *      local-client [--server ACCOUNT] [--endpoint NAME]
 *
 * ACCOUNT is whose the server must be. Without it only root's servers and the caller's own are
 * called: anybody may have taken the endpoint's name first. NAME is the endpoint's; with "" the
 * first call asks the endpoint mapper of this host for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rpc.h>

#include "local.h"
#include "report.h"

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* WINNT: as the account this is. The kernel tells the server, nothing of it is sent. */
static RPC_STATUS bind_to(const char *account, const char *endpoint, RPC_BINDING_HANDLE *ret)
{
    RPC_CSTR where = NULL;
    RPC_STATUS status = RpcStringBindingComposeA(NULL, (RPC_CSTR)(uintptr_t) "ncalrpc", NULL,
                                                 (RPC_CSTR)(uintptr_t)endpoint, NULL, &where);

    if (status == RPC_S_OK)
        status = RpcBindingFromStringBindingA(where, ret);
    if (status == RPC_S_OK)
        status = RpcBindingSetAuthInfoA(*ret, (RPC_CSTR)(uintptr_t)account,
                                        RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_WINNT, NULL,
                                        RPC_C_AUTHZ_NAME);
    RpcStringFreeA(&where);
    return status;
}

static RPC_STATUS ask(RPC_BINDING_HANDLE server)
{
    char answer[LOCAL_ROOM];
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        LocalAsk(server, answer);
        printf("I am           uid %u, process %d\nI am told I am %s\n", (unsigned)geteuid(),
               (int)getpid(), printable(answer));
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

int main(int argc, char **argv)
{
    const char *account = NULL, *endpoint = LOCAL_ENDPOINT;
    const struct option_value values[] = { { "--server", &account }, { "--endpoint", &endpoint } };
    RPC_BINDING_HANDLE server = NULL;
    int bad;

    if (argc < 1 || !option_values(argv + 1, values, 2)) {
        fprintf(stderr, "usage: local-client [--server ACCOUNT] [--endpoint NAME]\n");
        return 2;
    }
    bad = failed("the binding", (DWORD)bind_to(account, endpoint, &server)) ||
          failed("LocalAsk", (DWORD)ask(server));
    RpcBindingFree(&server);
    return bad;
}
