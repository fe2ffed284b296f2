/* SPDX-License-Identifier: Apache-2.0
 * server.c - what not to do: a server that takes calls of everybody, for `countersign audit` to
 * find fault with. Never begin a server of yours with this one; ../hello is there for that.
 *
 *      weak-server [--name SPN] [--register TEXT]
 *
 * Each numbered line is a mistake that the documentation's "Writing a Secure RPC Client or Server"
 * warns of.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rpc.h>

#include "cellar.h"
#include "report.h"
#include "weak.h"

LONG WeakCount(handle_t IDL_handle, LONG size, const byte octets[])
{
    (void)IDL_handle;
    (void)octets;
    return size;
}

LONG CellarDepth(handle_t IDL_handle)
{
    (void)IDL_handle;
    return 3;
}

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* 1. Callers may now prove who they are. That looks like protection, and turns nobody away. */
static RPC_STATUS prove(const char *name)
{
    RPC_STATUS status = RpcServerRegisterAuthInfoA((RPC_CSTR)(uintptr_t)name,
                                                   RPC_C_AUTHN_GSS_NEGOTIATE, NULL, NULL);

    if (status == RPC_S_OK)
        status = RpcServerRegisterAuthInfoA((RPC_CSTR)(uintptr_t)name, RPC_C_AUTHN_GSS_KERBEROS,
                                            NULL, NULL);
    return status;
}

static RPC_STATUS offer(void)
{
    /* 2. Callers without authentication are taken. 3. No callback looks at who calls, or at what
     * level. 4. A request may be as large as it likes. */
    RPC_STATUS status =
        RpcServerRegisterIf2(weak_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             RPC_C_LISTEN_MAX_CALLS_DEFAULT, (UINT)-1, NULL);

    /* 5. Meant for this host's programs, and served at the port as well: there is no
     * RPC_IF_ALLOW_LOCAL_ONLY. */
    if (status == RPC_S_OK)
        status = RpcServerRegisterIf2(cellar_v1_0_s_ifspec, NULL, NULL,
                                      RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                      RPC_C_LISTEN_MAX_CALLS_DEFAULT, (UINT)-1, NULL);
    return status;
}

/* Makes *ret "ncacn_ip_tcp:192.0.2.7[49152]". */
static RPC_STATUS serve(const char *name, const char *text, RPC_CSTR *ret)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_STATUS status = RpcServerUseProtseqA((RPC_CSTR)(uintptr_t) "ncacn_ip_tcp",
                                             RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL);

    if (status == RPC_S_OK && name)
        status = prove(name);
    if (status == RPC_S_OK)
        status = offer();
    if (status == RPC_S_OK)
        status = RpcServerInqBindings(&bindings);
    if (status == RPC_S_OK && text)
        status = RpcEpRegisterA(weak_v1_0_s_ifspec, bindings, NULL, (RPC_CSTR)(uintptr_t)text);
    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1 /* do not wait here */);
    if (status == RPC_S_OK)
        status = RpcBindingToStringBindingA(bindings->BindingH[0], ret);
    if (bindings)
        RpcBindingVectorFree(&bindings);
    return status;
}

int main(int argc, char **argv)
{
    const char *name = NULL, *text = NULL;
    const struct option_value values[] = { { "--name", &name }, { "--register", &text } };
    RPC_CSTR binding = NULL;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 2)) {
        fprintf(stderr, "usage: weak-server [--name SPN] [--register TEXT]\n");
        return 2;
    }
    if (failed("the server", (DWORD)serve(name, text, &binding)))
        return 1;
    printf("WARNING: everybody may call this server; it is there to be found fault with\n"
           "listening on %s\n",
           (char *)binding);
    RpcStringFreeA(&binding);
    return failed("RpcMgmtWaitServerListen", (DWORD)RpcMgmtWaitServerListen());
}
