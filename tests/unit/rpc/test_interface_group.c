/* SPDX-License-Identifier: Apache-2.0
 * test_interface_group.c - groups over TCP and ncalrpc: what they serve where, and when they are
 * idle.
 */
#include <countersign/rpc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))
#define WIDE(s) ((RPC_WSTR)(uintptr_t)(s))

enum { ECHO, HOLD, PROCEDURES, LONG_MS = 60000 };

static atomic_bool held, release;

static void echo(CS_SERVER_CALL *call)
{
    if (CsServerReady(call))
        CsNdrOutU32(CsServerOut(call), 7);
}

/* Until the test lets it go. */
static void hold(CS_SERVER_CALL *call)
{
    int i;

    if (!CsServerReady(call))
        return;
    atomic_store(&held, true);
    for (i = 0; i < LONG_MS / 5 && !atomic_load(&release); i++)
        usleep(5000);
    CsNdrOutU32(CsServerOut(call), 8);
}

static const CS_SERVER_PROCEDURE procedures[PROCEDURES] = { { echo, "echo", 0 },
                                                            { hold, "hold", 0 } };

#define ID(n)                                                                                      \
    {                                                                                              \
        n, 0x4711, 0x4712,                                                                         \
        {                                                                                          \
            0x90                                                                                   \
        }                                                                                          \
    }
#define SERVER(n, name)                                                                            \
    {                                                                                              \
        .Head = { .Length = sizeof(CS_SERVER_INTERFACE),                                           \
                  .StubAbi = CS_STUB_ABI,                                                          \
                  .Side = CS_INTERFACE_SERVER,                                                     \
                  .ProcedureCount = PROCEDURES,                                                    \
                  .Id = { ID(n), 1, 0 },                                                           \
                  .Name = name,                                                                    \
                  .Allocate = malloc,                                                              \
                  .Free = free },                                                                  \
        .Procedures = procedures, .DefaultManagerEpv = procedures                                  \
    }
#define CLIENT(n, name)                                                                            \
    {                                                                                              \
        .Head = {                                                                                  \
            .Length = sizeof(CS_CLIENT_INTERFACE),                                                 \
            .StubAbi = CS_STUB_ABI,                                                                \
            .Side = CS_INTERFACE_CLIENT,                                                           \
            .Id = { ID(n), 1, 0 },                                                                 \
            .Name = name                                                                           \
        }                                                                                          \
    }

static CS_SERVER_INTERFACE in_group = SERVER(1, "grouped"), alone = SERVER(2, "alone");
static CS_CLIENT_INTERFACE to_group = CLIENT(1, "grouped"), to_alone = CLIENT(2, "alone");

/* ---- what a program sees ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static char said[16]; /* "i" and "b" in turn: idle, busy */
static RPC_STATUS (*in_callback)(RPC_INTERFACE_GROUP);
static RPC_STATUS callback_status;

static void on_idle(RPC_INTERFACE_GROUP group, void *context, ULONG idle)
{
    RPC_STATUS status = idle && in_callback ? in_callback(group) : RPC_S_OK;
    size_t n;

    pthread_mutex_lock(&lock);
    n = strlen(said);
    if (n + 1 < sizeof said && context == said)
        said[n] = idle ? 'i' : 'b';
    callback_status = status;
    pthread_cond_broadcast(&told);
    pthread_mutex_unlock(&lock);
}

/* Waits until that has been said, and nothing else before. */
static void until_said(const char *all)
{
    struct timespec limit;
    char seen[sizeof said];
    int late = 0;

    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += LONG_MS / 1000;
    pthread_mutex_lock(&lock);
    while (strlen(said) < strlen(all) && !late)
        late = pthread_cond_timedwait(&told, &lock, &limit);
    memcpy(seen, said, sizeof seen);
    pthread_mutex_unlock(&lock);
    assert_string_equal(seen, all);
}

static RPC_INTERFACE_TEMPLATEA interface_of(CS_SERVER_INTERFACE *face)
{
    return (RPC_INTERFACE_TEMPLATEA){ .IfSpec = face,
                                      .Flags = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                      .MaxCalls = RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                                      .MaxRpcSize = (UINT)-1 };
}

static RPC_INTERFACE_GROUP group_new(const char *protseq, ULONG period)
{
    RPC_INTERFACE_TEMPLATEA face = interface_of(&in_group);
    RPC_ENDPOINT_TEMPLATEA endpoint = { .ProtSeq = STR(protseq),
                                        .Backlog = RPC_C_PROTSEQ_MAX_REQS_DEFAULT };
    RPC_INTERFACE_GROUP g = NULL;

    memset(said, 0, sizeof said);
    in_callback = NULL;
    assert_int_equal(RpcServerInterfaceGroupCreateA(&face, 1, &endpoint, 1, period,
                                                    period == INFINITE ? NULL : on_idle, said, &g),
                     RPC_S_OK);
    return g;
}

/* The first endpoint of a vector, which is freed. */
static RPC_BINDING_HANDLE first_of(RPC_BINDING_VECTOR *v)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_CSTR text = NULL, protseq = NULL, endpoint = NULL, mine = NULL;

    assert_int_equal(RpcBindingToStringBindingA(v->BindingH[0], &text), RPC_S_OK);
    assert_int_equal(RpcStringBindingParseA(text, NULL, &protseq, NULL, &endpoint, NULL), RPC_S_OK);
    assert_int_equal(
        RpcStringBindingComposeA(NULL, protseq,
                                 strcmp((char *)protseq, "ncalrpc") ? STR("127.0.0.1") : NULL,
                                 endpoint, NULL, &mine),
        RPC_S_OK);
    assert_int_equal(RpcBindingFromStringBindingA(mine, &b), RPC_S_OK);
    RpcStringFreeA(&text);
    RpcStringFreeA(&protseq);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&mine);
    assert_int_equal(RpcBindingVectorFree(&v), RPC_S_OK);
    return b;
}

static RPC_BINDING_HANDLE binding_of(RPC_INTERFACE_GROUP g)
{
    RPC_BINDING_VECTOR *v = NULL;

    assert_int_equal(RpcServerInterfaceGroupInqBindings(g, &v), RPC_S_OK);
    return first_of(v);
}

static RPC_STATUS call(RPC_BINDING_HANDLE b, const CS_CLIENT_INTERFACE *face, unsigned opnum,
                       ULONG *ret)
{
    CS_CLIENT_CALL c;
    CS_NDR_IN *in;

    (void)CsClientBegin(&c, face, b, opnum, 0);
    in = CsClientSend(&c);
    if (in)
        *ret = CsNdrInU32(in);
    return CsClientEnd(&c);
}

static RPC_STATUS call_echo(RPC_BINDING_HANDLE b, const CS_CLIENT_INTERFACE *face)
{
    ULONG n = 0;
    RPC_STATUS status = call(b, face, ECHO, &n);

    assert_true(status || n == 7);
    return status;
}

static void hang_up(RPC_BINDING_HANDLE *b)
{
    RPC_STATUS status = RpcBindingSetOption(*b, RPC_C_OPT_DONT_LINGER, TRUE);

    assert_true(!status || status == RPC_S_WRONG_KIND_OF_BINDING); /* without a connection */
    assert_int_equal(RpcBindingFree(b), RPC_S_OK);
}

/* ---- the tests ---- */

static void what_is_asked_for_is_checked(void **state)
{
    RPC_INTERFACE_TEMPLATEA face = interface_of(&in_group),
                            bad_face[4] = { face, face, face, face };
    RPC_ENDPOINT_TEMPLATEA end = { .ProtSeq = STR("ncacn_ip_tcp") }, bad_end[3] = { end, end, end };
    const RPC_STATUS of_face[] = { RPC_S_INVALID_ARG, RPC_S_INVALID_ARG, RPC_S_CANNOT_SUPPORT,
                                   RPC_S_CANNOT_SUPPORT };
    const RPC_STATUS of_end[] = { RPC_S_INVALID_ARG, RPC_S_INVALID_ARG, RPC_S_CANNOT_SUPPORT };
    RPC_INTERFACE_GROUP g = NULL;
    RPC_BINDING_VECTOR *v = NULL;
    unsigned char descriptor[40] = { 1, 0, 4, 0 }; /* an absolute one */
    int i;

    (void)state;
    bad_face[0].Version = 1;
    bad_face[1].IfSpec = NULL;
    bad_face[2].SecurityDescriptor = descriptor;
    bad_face[3].Flags = 0x8000;
    bad_end[0].Version = 1;
    bad_end[1].ProtSeq = NULL;
    bad_end[2].SecurityDescriptor = descriptor;
    for (i = 0; i < 4; i++)
        assert_int_equal(
            RpcServerInterfaceGroupCreateA(&bad_face[i], 1, &end, 1, INFINITE, NULL, NULL, &g),
            of_face[i]);
    for (i = 0; i < 3; i++)
        assert_int_equal(
            RpcServerInterfaceGroupCreateA(&face, 1, &bad_end[i], 1, INFINITE, NULL, NULL, &g),
            of_end[i]);
    assert_int_equal(RpcServerInterfaceGroupCreateA(&face, 1, &end, 1, 0, NULL, NULL, &g),
                     RPC_S_INVALID_ARG);
    assert_int_equal(RpcServerInterfaceGroupCreateA(NULL, 1, &end, 1, INFINITE, NULL, NULL, &g),
                     RPC_S_INVALID_ARG);
    assert_int_equal(RpcServerInterfaceGroupCreateA(&face, 1, &end, 1, INFINITE, NULL, NULL, NULL),
                     RPC_S_INVALID_ARG);
    assert_null(g);
    assert_int_equal(RpcServerInterfaceGroupActivate(NULL), RPC_S_INVALID_ARG);
    assert_int_equal(RpcServerInterfaceGroupDeactivate(descriptor, 1), RPC_S_INVALID_ARG);
    assert_int_equal(RpcServerInterfaceGroupInqBindings(NULL, &v), RPC_S_INVALID_ARG);
    assert_int_equal(RpcServerInterfaceGroupClose(NULL), RPC_S_INVALID_ARG);
}

static void activation_is_all_or_nothing(void **state)
{
    RPC_INTERFACE_TEMPLATEA face = interface_of(&in_group);
    RPC_ENDPOINT_TEMPLATEA ends[] = { { .ProtSeq = STR("ncalrpc"), .Endpoint = STR("first") },
                                      { .ProtSeq = STR("ncacn_np"),
                                        .Endpoint = STR("\\pipe\\a") } };
    RPC_BINDING_VECTOR *v = (RPC_BINDING_VECTOR *)(void *)&face;
    RPC_INTERFACE_GROUP g = NULL, again = NULL;

    (void)state;
    assert_int_equal(RpcServerInterfaceGroupCreateA(&face, 1, ends, 2, INFINITE, NULL, NULL, &g),
                     RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_PROTSEQ_NOT_SUPPORTED);
    assert_int_equal(RpcServerInterfaceGroupInqBindings(g, &v), RPC_S_NO_BINDINGS);
    assert_null(v);
    assert_int_equal(
        RpcServerInterfaceGroupCreateA(&face, 1, ends, 1, INFINITE, NULL, NULL, &again), RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupActivate(again), RPC_S_OK); /* the name is free */
    ends[1] = ends[0];
    assert_int_equal(RpcServerInterfaceGroupClose(g), RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupCreateA(&face, 1, ends, 1, INFINITE, NULL, NULL, &g),
                     RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_DUPLICATE_ENDPOINT);
    assert_int_equal(RpcServerInterfaceGroupClose(again), RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_OK); /* it is active already */
    assert_int_equal(RpcServerInterfaceGroupClose(g), RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupClose(g), RPC_S_INVALID_ARG);
}

static void a_group_and_the_process_serve_apart(void **state)
{
    RPC_INTERFACE_GROUP g = group_new("ncacn_ip_tcp", INFINITE);
    RPC_BINDING_HANDLE grouped, others;
    RPC_BINDING_VECTOR *v = NULL;
    RPC_IF_ID_VECTOR *ids = NULL;

    (void)state;
    assert_int_equal(RpcServerUseProtseqA(STR("ncacn_ip_tcp"), 10, NULL), RPC_S_OK);
    assert_int_equal(RpcServerRegisterIfEx(&alone, NULL, NULL,
                                           RPC_IF_AUTOLISTEN | RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                           10, NULL),
                     RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_OK);
    assert_int_equal(RpcServerInqBindings(&v), RPC_S_OK);
    others = first_of(v);
    grouped = binding_of(g);
    assert_int_equal(call_echo(grouped, &to_group), RPC_S_OK);
    assert_int_equal(call_echo(grouped, &to_alone), RPC_S_UNKNOWN_IF);
    assert_int_equal(call_echo(others, &to_alone), RPC_S_OK);
    assert_int_equal(call_echo(others, &to_group), RPC_S_UNKNOWN_IF);
    assert_int_equal(RpcMgmtInqIfIds(grouped, &ids), RPC_S_OK);
    assert_int_equal(ids->Count, 2); /* and the management interface */
    assert_int_equal(ids->IfId[0]->Uuid.Data1, 1);
    assert_int_equal(RpcIfIdVectorFree(&ids), RPC_S_OK);
    assert_int_equal(RpcServerUnregisterIf(NULL, NULL, 1), RPC_S_OK);
    assert_int_equal(RpcServerUnregisterIf(&in_group, NULL, 1), RPC_S_UNKNOWN_IF);
    assert_int_equal(call_echo(grouped, &to_group), RPC_S_OK);
    assert_int_equal(call_echo(others, &to_alone), RPC_S_UNKNOWN_IF);
    hang_up(&grouped);
    hang_up(&others);
    assert_int_equal(RpcServerInterfaceGroupClose(g), RPC_S_OK);
}

static void a_group_with_a_client_is_not_idle(void **state)
{
    RPC_INTERFACE_GROUP g = group_new("ncalrpc", 0);
    RPC_BINDING_HANDLE b, late;

    (void)state;
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_OK);
    until_said("i");
    b = binding_of(g);
    assert_int_equal(call_echo(b, &to_group), RPC_S_OK);
    until_said("ib");
    assert_int_equal(RpcServerInterfaceGroupDeactivate(g, FALSE), RPC_S_SERVER_TOO_BUSY);
    assert_int_equal(call_echo(b, &to_group), RPC_S_OK);
    late = binding_of(g);
    hang_up(&b);
    until_said("ibi");
    assert_int_equal(RpcServerInterfaceGroupDeactivate(g, FALSE), RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupDeactivate(g, FALSE), RPC_S_OK);
    assert_int_equal(call_echo(late, &to_group), RPC_S_SERVER_UNAVAILABLE);
    hang_up(&late);
    assert_int_equal(RpcServerInterfaceGroupClose(g), RPC_S_OK);
}

static RPC_STATUS take_down(RPC_INTERFACE_GROUP g)
{
    return RpcServerInterfaceGroupDeactivate(g, FALSE);
}

static void a_callback_takes_its_group_down(void **state)
{
    RPC_INTERFACE_GROUP g = group_new("ncacn_ip_tcp", 0);
    RPC_BINDING_VECTOR *v = NULL;
    RPC_BINDING_HANDLE b;

    (void)state;
    in_callback = take_down;
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_OK);
    until_said("i");
    assert_int_equal(callback_status, RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupInqBindings(g, &v), RPC_S_NO_BINDINGS);
    in_callback = NULL;
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_OK);
    until_said("ii");
    b = binding_of(g);
    assert_int_equal(call_echo(b, &to_group), RPC_S_OK);
    hang_up(&b);
    until_said("iibi");
    assert_int_equal(RpcServerInterfaceGroupClose(g), RPC_S_OK);
}

static void a_callback_may_close_its_group(void **state)
{
    RPC_INTERFACE_GROUP g = group_new("ncalrpc", 0);

    (void)state;
    in_callback = RpcServerInterfaceGroupClose;
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_OK);
    until_said("i");
    assert_int_equal(callback_status, RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_INVALID_ARG);
}

static void *long_call(void *arg)
{
    ULONG n = 0;
    RPC_STATUS status = call(arg, &to_group, HOLD, &n);

    return status || n != 8 ? (void *)(intptr_t)-1 : NULL;
}

static void by_force_calls_under_way_are_answered(void **state)
{
    RPC_INTERFACE_TEMPLATEW face = { .IfSpec = &in_group,
                                     .Flags = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                     .MaxCalls = 10,
                                     .MaxRpcSize = (UINT)-1 };
    RPC_ENDPOINT_TEMPLATEW end = { .ProtSeq = WIDE(u"ncalrpc"), .Endpoint = WIDE(u"forced") };
    RPC_INTERFACE_GROUP g = NULL;
    RPC_BINDING_HANDLE b, other = NULL;
    void *failed = NULL;
    pthread_t t;
    int i;

    (void)state;
    assert_int_equal(RpcServerInterfaceGroupCreateW(&face, 1, &end, 1, INFINITE, NULL, NULL, &g),
                     RPC_S_OK);
    assert_int_equal(RpcServerInterfaceGroupActivate(g), RPC_S_OK);
    b = binding_of(g);
    assert_int_equal(RpcBindingFromStringBindingA(STR("ncalrpc:[forced]"), &other), RPC_S_OK);
    assert_int_equal(RpcBindingSetOption(other, RPC_C_OPT_UNIQUE_BINDING, TRUE), RPC_S_OK);
    assert_int_equal(pthread_create(&t, NULL, long_call, b), 0);
    for (i = 0; i < LONG_MS / 5 && !atomic_load(&held); i++)
        usleep(5000);
    assert_int_equal(RpcServerInterfaceGroupDeactivate(g, FALSE), RPC_S_SERVER_TOO_BUSY);
    assert_int_equal(RpcServerInterfaceGroupDeactivate(g, TRUE), RPC_S_OK);
    assert_int_equal(call_echo(other, &to_group), RPC_S_SERVER_UNAVAILABLE);
    assert_int_equal(RpcServerInterfaceGroupClose(g), RPC_S_OK);
    atomic_store(&release, true);
    pthread_join(t, &failed);
    assert_null(failed);
    hang_up(&b);
    hang_up(&other);
}

static int set_up(void **state)
{
    (void)state;
    ncalrpc_folder_make();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return ncalrpc_folder_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_for_is_checked),
        cmocka_unit_test(activation_is_all_or_nothing),
        cmocka_unit_test(a_group_and_the_process_serve_apart),
        cmocka_unit_test(a_group_with_a_client_is_not_idle),
        cmocka_unit_test(a_callback_takes_its_group_down),
        cmocka_unit_test(a_callback_may_close_its_group),
        cmocka_unit_test(by_force_calls_under_way_are_answered),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
