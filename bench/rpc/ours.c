/* SPDX-License-Identifier: Apache-2.0
 * ours.c - Countersign's RPC as bench-rpc's contestant: levels none, integrity, privacy; local,
 * which is none over ncalrpc, and known, where the kernel says who calls; later and later-sealed,
 * which are none and privacy with AT_ONCE asynchronous calls out, where a null call is asked for;
 * and with -asked behind it, privacy or known, whose calls are authorized.
 *
 * BENCH_SPN names the service, whose key the keytab holds. A connection a client: each has a
 * binding of its own that shares with no other.
 */
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>
#include <countersign/rpcguard.h>

#include "echo.h"
#include "peer.h"

static void must(RPC_STATUS s, const char *what)
{
    char text[2000], all[2200];

    if (s == RPC_S_OK)
        return;
    CsGetErrorText(text, sizeof text);
    snprintf(all, sizeof all, "%s: %d: %s", what, (int)s, text);
    peer_die(all);
}

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- the service ---- */

void Serve_EchoNull(handle_t binding)
{
    (void)binding;
}

void Serve_EchoLater(PRPC_ASYNC_STATE EchoLater_AsyncHandle, handle_t binding)
{
    (void)binding;
    must(RpcAsyncCompleteCall(EchoLater_AsyncHandle, NULL), "RpcAsyncCompleteCall");
}

void Serve_EchoBytes(handle_t binding, ULONG size, const byte sent[], byte got[])
{
    (void)binding;
    memcpy(got, sent, size);
}

LONGLONG Serve_EchoFlow(handle_t binding, FLOW flow)
{
    static _Thread_local byte block[PEER_FLOW];
    LONGLONG sum = 0;
    ULONG n = 1;

    (void)binding;
    for (; n; sum += n)
        flow.pull(flow.state, block, sizeof block, &n);
    return sum;
}

static bool is_known(const char *level)
{
    return strncmp(level, "known", 5) == 0;
}

static bool is_local(const char *level)
{
    return strcmp(level, "local") == 0 || is_known(level);
}

static bool is_asked(const char *level)
{
    return strstr(level, "-asked");
}

static ULONG level_of(const char *level)
{
    if (strcmp(level, "none") == 0 || strcmp(level, "later") == 0 || strcmp(level, "local") == 0)
        return RPC_C_AUTHN_LEVEL_NONE;
    if (strcmp(level, "integrity") == 0)
        return RPC_C_AUTHN_LEVEL_PKT_INTEGRITY;
    if (strncmp(level, "privacy", 7) == 0 || strcmp(level, "later-sealed") == 0 || is_known(level))
        return RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
    peer_die("levels: none integrity privacy local known later later-sealed");
}

static unsigned char *service(void)
{
    char *name = getenv("BENCH_SPN");

    if (!name)
        peer_die("BENCH_SPN is not set");
    return (unsigned char *)name;
}

/* Of the bindings the runtime lists, one is as good as the other: they differ in the address. */
static void tell_endpoint(void)
{
    RPC_BINDING_VECTOR *bindings;
    unsigned char *text, *endpoint;

    must(RpcServerInqBindings(&bindings), "RpcServerInqBindings");
    must(RpcBindingToStringBindingA(bindings->BindingH[0], &text), "RpcBindingToStringBinding");
    must(RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL), "RpcStringBindingParse");
    peer_ready_at((char *)endpoint);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&text);
    RpcBindingVectorFree(&bindings);
}

/* Once for each connection: what it says is kept. */
static RPC_STATUS RPC_ENTRY ask(RPC_IF_HANDLE face, void *context)
{
    static atomic_int asked;
    ULONG level;
    RPC_STATUS s = RpcBindingInqAuthClientA(context, NULL, NULL, &level, NULL, NULL);

    (void)face;
    if (atomic_fetch_add(&asked, 1) == 100)
        peer_die("the security callback's answer is not kept");
    return s || level < RPC_C_AUTHN_LEVEL_PKT_PRIVACY ? RPC_S_ACCESS_DENIED : RPC_S_OK;
}

/* The tickets of this KDC have no SIDs: over TCP there is no descriptor that would let anybody in.
 */
static void guard(const char *level)
{
    const char *const endpoints[] = { "ncalrpc:", "ncacn_ip_tcp:", NULL };
    const CS_OPERATION_GUARD all = {
        .operation = CS_GUARD_OTHERS,
        .least_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
        .descriptor = is_known(level) ? "D:(A;;GX;;;AU)" : NULL,
    };
    const CS_INTERFACE_GUARD g = {
        .size = sizeof g, .endpoints = endpoints, .operations = &all, .operation_count = 1
    };

    must(CsServerGuardInterface(echo_v1_0_s_ifspec, &g), "CsServerGuardInterface");
}

static int ours_serve(const char *level)
{
    static unsigned char tcp[] = "ncacn_ip_tcp", local[] = "ncalrpc";
    bool secure = level_of(level) != RPC_C_AUTHN_LEVEL_NONE, asked = is_asked(level);
    unsigned flags = secure ? RPC_IF_ALLOW_SECURE_ONLY : RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH;

    must(RpcServerUseProtseqA(is_local(level) ? local : tcp, RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL),
         "RpcServerUseProtseq");
    if (secure && !is_local(level))
        must(RpcServerRegisterAuthInfoA(service(), RPC_C_AUTHN_GSS_KERBEROS, NULL, NULL),
             "RpcServerRegisterAuthInfo");
    if (asked) {
        guard(level);
        flags |= RPC_IF_SEC_CACHE_PER_PROC;
    }
    must(RpcServerRegisterIfEx(echo_v1_0_s_ifspec, NULL, NULL, flags,
                               RPC_C_LISTEN_MAX_CALLS_DEFAULT, asked ? ask : NULL),
         "RpcServerRegisterIfEx");
    tell_endpoint();
    must(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, FALSE), "RpcServerListen");
    return 0;
}

/* ---- its clients ---- */

enum { AT_ONCE = 64 }; /* as bench_rpc.c says */

static bool is_later;
static RPC_ASYNC_STATE later[AT_ONCE];
static atomic_int later_left;
static sem_t later_done;

static void RPC_ENTRY on_complete(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    (void)context;
    (void)event;
    must(RpcAsyncCompleteCall(state, NULL), "RpcAsyncCompleteCall");
    if (atomic_fetch_sub(&later_left, 1) == 1)
        sem_post(&later_done);
}

static void later_begin(void)
{
    int i;

    is_later = true;
    sem_init(&later_done, 0, 0);
    for (i = 0; i < AT_ONCE; i++) {
        must(RpcAsyncInitializeHandle(&later[i], sizeof later[i]), "RpcAsyncInitializeHandle");
        later[i].NotificationType = RpcNotificationTypeCallback;
        later[i].u.NotificationRoutine = on_complete;
    }
}

static void call_all(RPC_BINDING_HANDLE binding)
{
    int i;

    atomic_store(&later_left, AT_ONCE);
    for (i = 0; i < AT_ONCE; i++)
        EchoLater(&later[i], binding);
    while (sem_wait(&later_done) != 0)
        ;
}

static void *ours_open(const char *level, const char *where)
{
    ULONG protection = level_of(level);
    RPC_BINDING_HANDLE binding;
    char text[100];

    if (strncmp(level, "later", 5) == 0)
        later_begin();
    snprintf(text, sizeof text, is_local(level) ? "ncalrpc:[%s]" : "ncacn_ip_tcp:127.0.0.1[%s]",
             where);
    must(RpcBindingFromStringBindingA((unsigned char *)text, &binding), text);
    must(RpcBindingSetOption(binding, RPC_C_OPT_UNIQUE_BINDING, TRUE), "RpcBindingSetOption");
    if (is_known(level))
        must(RpcBindingSetAuthInfoA(binding, NULL, protection, RPC_C_AUTHN_WINNT, NULL,
                                    RPC_C_AUTHZ_NONE),
             "RpcBindingSetAuthInfo");
    else if (protection != RPC_C_AUTHN_LEVEL_NONE)
        must(RpcBindingSetAuthInfoA(binding, service(), protection, RPC_C_AUTHN_GSS_KERBEROS, NULL,
                                    RPC_C_AUTHZ_NONE),
             "RpcBindingSetAuthInfo");
    return binding;
}

static void ours_call(void *connection, const unsigned char *sent, unsigned char *got, size_t size)
{
    RpcTryExcept
    {
        if (is_later)
            call_all(connection);
        else if (size)
            EchoBytes(connection, (ULONG)size, sent, got);
        else
            EchoNull(connection);
    }
    RpcExcept (1) {
        must(RpcExceptionCode(), "the call");
    }
    RpcEndExcept
}

static void ours_close(void *connection)
{
    RPC_BINDING_HANDLE binding = connection;

    RpcBindingFree(&binding);
}

/* What is sent lies there already. */
static void flow_alloc(char *state, ULONG bsize, byte **buf, ULONG *bcount)
{
    static byte block[PEER_FLOW];

    (void)state;
    *buf = block;
    *bcount = bsize < sizeof block ? bsize : (ULONG)sizeof block;
}

static void flow_pull(char *state, byte *buf, ULONG esize, ULONG *ecount)
{
    unsigned long long *left = (unsigned long long *)(void *)state;

    (void)buf;
    *ecount = *left < esize ? (ULONG)*left : esize;
    *left -= *ecount;
}

static void ours_flow(void *connection, unsigned long long bytes)
{
    unsigned long long left = bytes;
    const FLOW flow = { flow_pull, NULL, flow_alloc, (char *)&left };

    RpcTryExcept
    {
        if ((unsigned long long)EchoFlow(connection, flow) != bytes)
            peer_die("the pipe lost something");
    }
    RpcExcept (1) {
        must(RpcExceptionCode(), "the pipe");
    }
    RpcEndExcept
}

int main(int argc, char **argv)
{
    static const struct peer ours = { ours_open, ours_call, ours_close, ours_flow, ours_serve };

    return peer_main(&ours, argc, argv);
}
