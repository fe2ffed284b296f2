/* SPDX-License-Identifier: Apache-2.0
 * rpc_server.c - our server for foreign clients: the interfaces of idl/trial.idl, idl/rpcecho.idl
 * (rpc_echo.c) and those of rpc_handles.c, and mgmt, which every server has.
 *
 *      rpc_server [--mapped] [SPN]
 *
 * says "port N" on a TCP port of its choice, and serves until it is ended. With an SPN it also
 * takes authenticated calls, its key in the default keytab. Mapped, it has the interface of
 * idl/challenge.idl, too (rpc_challenge.c); the endpoint mapper knows that one and rpcecho.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rpc_challenge.h"
#include "rpc_echo.h"
#include "rpc_handles.h"
#include "rpcecho.h"
#include "trial.h"

static const WCHAR HELLO[] = u"Hello, ";

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

static void *must_allocate(size_t size)
{
    void *p = midl_user_allocate(size);

    if (!p)
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    return p;
}

static size_t wide_length(const WCHAR *text)
{
    size_t n = 0;

    while (text[n])
        n++;
    return n;
}

/* ---- the interface ---- */

void TrialEcho(handle_t h, ULONG size, const byte data[], byte back[])
{
    (void)h;
    if (size)
        memcpy(back, data, size);
}

hyper TrialAdd(handle_t h, LONG a, hyper b)
{
    (void)h;
    return a + b;
}

static WCHAR *joined(const WCHAR *first, const WCHAR *second)
{
    size_t n = wide_length(first), m = wide_length(second);
    WCHAR *text = must_allocate((n + m + 1) * sizeof *text);

    memcpy(text, first, n * sizeof *text);
    memcpy(text + n, second, (m + 1) * sizeof *text);
    return text;
}

void TrialGreet(handle_t h, const WCHAR *name, WCHAR **greeting)
{
    (void)h;
    *greeting = joined(HELLO, name);
}

void TrialSleep(handle_t h, ULONG milliseconds)
{
    struct timespec pause = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };

    (void)h;
    nanosleep(&pause, NULL);
}

void TrialCaller(handle_t h, ULONG *level, ULONG *service, char **name)
{
    RPC_AUTHZ_HANDLE client = NULL;
    RPC_STATUS status = RpcBindingInqAuthClientA(h, &client, NULL, level, service, NULL);

    *name = NULL;
    if (status == RPC_S_BINDING_HAS_NO_AUTH) {
        *level = RPC_C_AUTHN_LEVEL_NONE;
        *service = RPC_C_AUTHN_NONE;
        return;
    }
    if (status != RPC_S_OK)
        RpcRaiseException(status);
    *name = must_allocate(strlen(client) + 1);
    memcpy(*name, client, strlen(client) + 1);
}

void TrialRecord(handle_t h, TRIAL_RECORD *record)
{
    (void)h;
    record->letter++;
    record->small_number++;
    record->number++;
    record->large_number++;
    record->fraction++;
    record->colour = record->colour == TRIAL_RED ? TRIAL_GREEN : TRIAL_RED;
    if (record->name)
        record->name = joined(record->name, record->name);
}

void TrialCounterOpen(handle_t h, LONG first, TRIAL_COUNTER *counter)
{
    LONG *count = must_allocate(sizeof *count);

    (void)h;
    *count = first;
    *counter = count;
}

LONG TrialCounterNext(TRIAL_COUNTER counter)
{
    LONG *count = counter;

    return ++*count;
}

void TrialCounterClose(TRIAL_COUNTER *counter)
{
    midl_user_free(*counter);
    *counter = NULL;
}

void TRIAL_COUNTER_rundown(TRIAL_COUNTER counter)
{
    midl_user_free(counter);
}

/* ---- the program ---- */

static void must(const char *what, RPC_STATUS status)
{
    if (status == RPC_S_OK)
        return;
    fprintf(stderr, "rpc_server: %s: %d\n", what, (int)status);
    exit(1);
}

static void take_authenticated(const char *spn)
{
    static const ULONG services[] = { RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHN_GSS_NEGOTIATE };

    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        must("RpcServerRegisterAuthInfo",
             RpcServerRegisterAuthInfoA((RPC_CSTR)spn, services[i], NULL, NULL));
}

/* The first binding will do: all are the same port. */
static void say_port(void)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_CSTR text = NULL, endpoint = NULL;

    must("RpcServerInqBindings", RpcServerInqBindings(&bindings));
    must("RpcBindingToStringBinding", RpcBindingToStringBindingA(bindings->BindingH[0], &text));
    must("RpcStringBindingParse", RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL));
    printf("port %s\n", (char *)endpoint);
    fflush(stdout);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&text);
    RpcBindingVectorFree(&bindings);
}

static void map_echo(void)
{
    RPC_BINDING_VECTOR *bindings = NULL;

    must("RpcServerInqBindings", RpcServerInqBindings(&bindings));
    must("RpcEpRegister",
         RpcEpRegisterA(rpcecho_v1_0_s_ifspec, bindings, NULL, (RPC_CSTR) "rpcecho"));
    RpcBindingVectorFree(&bindings);
}

int main(int argc, char **argv)
{
    bool mapped = argc > 1 && strcmp(argv[1], "--mapped") == 0;

    argc -= mapped;
    argv += mapped;
    if (argc > 2) {
        fprintf(stderr, "usage: rpc_server [--mapped] [SPN]\n");
        return 2;
    }
    must("RpcServerUseProtseq",
         RpcServerUseProtseqA((RPC_CSTR) "ncacn_ip_tcp", RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL));
    if (argc > 1)
        take_authenticated(argv[1]);
    must("RpcServerRegisterIfEx",
         RpcServerRegisterIfEx(trial_v1_3_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                               RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL));
    must("RpcServerRegisterIfEx", rpc_echo_register());
    must("RpcServerRegisterIfEx", rpc_handles_register());
    if (mapped)
        must("the endpoint mapper", rpc_challenge_register());
    must("RpcServerListen", RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1));
    if (mapped)
        map_echo();
    say_port();
    must("RpcMgmtWaitServerListen", RpcMgmtWaitServerListen());
    return 0;
}
