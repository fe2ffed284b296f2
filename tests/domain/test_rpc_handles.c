/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_handles.c - binding handles of every kind, exceptions and statuses, management.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "rpc_try_home.h"
#include "rpc_ways.h"

static const char OBJECT[] = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

static void ask(RPC_BINDING_HANDLE b, void (*what)(handle_t))
{
    try_ask = what;
    RAISES(RPC_S_OK, TryAsk(b));
}

/* ---- of a call being served ---- */

static struct {
    RPC_STATUS text, object, from, free, copy, set, reset, info, option;
    RPC_CSTR client, server;
    UUID uuid;
} seen;

static void ask_handle(handle_t h)
{
    RPC_BINDING_HANDLE b = NULL, copy = h;
    ULONG_PTR value;

    memset(&seen, 0, sizeof seen);
    seen.text = RpcBindingToStringBindingA(h, &seen.client);
    seen.object = RpcBindingInqObject(h, &seen.uuid);
    seen.from = RpcBindingServerFromClient(h, &b);
    if (seen.from == RPC_S_OK) {
        RpcBindingToStringBindingA(b, &seen.server);
        RpcBindingFree(&b);
    }
    seen.copy = RpcBindingCopy(h, &b);
    seen.free = RpcBindingFree(&copy);
    seen.set = RpcBindingSetObject(h, &seen.uuid);
    seen.reset = RpcBindingReset(h);
    seen.info = RpcBindingInqAuthInfoA(h, NULL, NULL, NULL, NULL, NULL);
    seen.option = RpcBindingInqOption(h, RPC_C_OPT_CALL_TIMEOUT, &value);
}

static void a_routine_sees_its_client_and_object(void **state)
{
    RPC_BINDING_HANDLE b = try_bind_to(OBJECT, "127.0.0.1", try_port());
    char want[100];
    UUID uuid, none;
    RPC_STATUS s;

    (void)state;
    ask(b, ask_handle);
    snprintf(want, sizeof want, "%s@ncacn_ip_tcp:127.0.0.1", OBJECT);
    IS(seen.text, RPC_S_OK);
    assert_string_equal((char *)seen.client, want);
    IS(seen.object, RPC_S_OK);
    OK(UuidFromStringA(STR(OBJECT), &uuid));
    assert_true(UuidEqual(&seen.uuid, &uuid, &s));
    IS(seen.from, RPC_S_OK);
    assert_string_equal((char *)seen.server, want);
    IS(seen.copy, RPC_S_WRONG_KIND_OF_BINDING);
    IS(seen.free, RPC_S_WRONG_KIND_OF_BINDING);
    IS(seen.set, RPC_S_WRONG_KIND_OF_BINDING);
    IS(seen.reset, RPC_S_WRONG_KIND_OF_BINDING);
    IS(seen.info, RPC_S_WRONG_KIND_OF_BINDING);
    IS(seen.option, RPC_S_WRONG_KIND_OF_BINDING);
    RpcStringFreeA(&seen.client);
    RpcStringFreeA(&seen.server);

    OK(RpcBindingSetObject(b, NULL)); /* the next call has none */
    ask(b, ask_handle);
    assert_string_equal((char *)seen.client, "ncacn_ip_tcp:127.0.0.1");
    IS(seen.object, RPC_S_OK);
    OK(UuidCreateNil(&none));
    assert_true(UuidEqual(&seen.uuid, &none, &s));
    RpcStringFreeA(&seen.client);
    RpcStringFreeA(&seen.server);
    IS(RpcBindingServerFromClient(b, &b), RPC_S_WRONG_KIND_OF_BINDING);
    try_unbind(&b);
}

/* ---- a client's ---- */

static void a_copy_goes_its_own_way(void **state)
{
    RPC_BINDING_HANDLE b = try_bind_to(OBJECT, "127.0.0.1", try_port()), copy = NULL;
    ULONG_PTR value = 0;
    UUID uuid, other;
    RPC_STATUS s;

    (void)state;
    OK(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 5000));
    OK(RpcBindingCopy(b, &copy));
    OK(UuidCreate(&other));
    OK(RpcBindingSetObject(b, &other));
    OK(RpcBindingInqObject(copy, &uuid));
    assert_false(UuidEqual(&uuid, &other, &s));
    OK(RpcBindingInqOption(copy, RPC_C_OPT_CALL_TIMEOUT, &value));
    assert_int_equal(value, 5000);
    try_unbind(&b);
    IS(RpcBindingFree(&b), RPC_S_INVALID_BINDING);
    RAISES(RPC_S_OK, TryAdd(copy, 1, 1));
    b = copy;
    try_unbind(&copy);
    IS(RpcBindingInqObject(b, &uuid), RPC_S_INVALID_BINDING); /* stale, never another's */
    RAISES(RPC_S_INVALID_BINDING, TryAdd(b, 1, 1));
    try_told("not a binding handle", "", false);
}

static void options_are_told_back(void **state)
{
    static const ULONG flags[] = { RPC_C_OPT_BINDING_NONCAUSAL, RPC_C_OPT_DONT_LINGER,
                                   RPC_C_OPT_UNIQUE_BINDING };
    RPC_BINDING_HANDLE b = try_bind();
    ULONG_PTR value = 0;
    volatile size_t i;

    (void)state;
    IS(RpcBindingSetOption(b, RPC_C_OPT_DONT_LINGER, TRUE), RPC_S_WRONG_KIND_OF_BINDING);
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    for (i = 0; i < 3; i++) {
        OK(RpcBindingInqOption(b, flags[i], &value));
        assert_int_equal(value, FALSE);
        OK(RpcBindingSetOption(b, flags[i], TRUE));
        OK(RpcBindingInqOption(b, flags[i], &value));
        assert_int_equal(value, TRUE);
    }
    IS(RpcBindingSetOption(b, RPC_C_OPT_COOKIE_AUTH, 1), RPC_S_CANNOT_SUPPORT);
    IS(RpcBindingInqOption(b, 99, &value), RPC_S_CANNOT_SUPPORT);
    try_unbind(&b);
}

/* What is asked is the endpoint mapper, which this host need not have. */
static void a_reset_handle_has_no_endpoint(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    RPC_CSTR text = NULL;

    (void)state;
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    OK(RpcBindingReset(b));
    OK(RpcBindingToStringBindingA(b, &text));
    assert_string_equal((char *)text, "ncacn_ip_tcp:127.0.0.1");
    RpcStringFreeA(&text);
    try_unbind(&b);
}

/* ---- implicit and generic ones ---- */

static void ways_register(void)
{
    OK(RpcServerRegisterIfEx(rpc_ways_v3_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 10, NULL));
}

static void ways_unregister(void)
{
    OK(RpcServerUnregisterIf(rpc_ways_v3_0_s_ifspec, NULL, TRUE));
}

static void handles_need_not_be_parameters(void **state)
{
    WAYS_PLACE place = { atoi(try_port()) }, nowhere = { 1 };
    RPC_BINDING_HANDLE b = try_bind();
    volatile LONG answer = 0;

    (void)state;
    ways_register();
    ways_server = NULL;
    RAISES(RPC_S_INVALID_BINDING, WaysImplicit(1));
    ways_server = b;
    RAISES(RPC_S_OK, answer = WaysImplicit(41));
    assert_int_equal(answer, 42);
    RAISES(RPC_S_OK, answer = WaysGeneric(place, 5));
    assert_int_equal(answer, 5 + place.port);
    assert_int_equal(atomic_load(&try_binds), 1);
    assert_int_equal(atomic_load(&try_unbinds), 1);
    RAISES(RPC_S_SERVER_UNAVAILABLE, WaysGeneric(nowhere, 5));
    assert_int_equal(atomic_load(&try_binds), 2);
    assert_int_equal(atomic_load(&try_unbinds), 2); /* after a failure, too */
    ways_unregister();
    RAISES(RPC_S_UNKNOWN_IF, WaysGeneric(place, 5));
    assert_int_equal(atomic_load(&try_unbinds), 3);
    try_unbind(&b);
}

/* ---- what fails ---- */

static void a_routines_exception_is_its_clients(void **state)
{
    static const struct {
        ULONG raised;
        RPC_STATUS want;
    } all[] = {
        { 1234, 1234 },
        { RPC_S_ACCESS_DENIED, RPC_S_ACCESS_DENIED },
        { RPC_S_OUT_OF_MEMORY, RPC_S_SERVER_OUT_OF_MEMORY },
        { RPC_X_SS_CONTEXT_MISMATCH, RPC_X_SS_CONTEXT_MISMATCH },
        { 0xc0000005, RPC_S_ADDRESS_ERROR },
        { 0, RPC_S_CALL_FAILED },
        { 0x80070057, (RPC_STATUS)0x80070057 },
    };
    RPC_BINDING_HANDLE b = try_bind();
    volatile size_t i;

    (void)state;
    for (i = 0; i < sizeof all / sizeof all[0]; i++) {
        RAISES(all[i].want, TryRaise(b, all[i].raised));
        try_told("rpc_try", "procedure 4", false);
        RAISES(RPC_S_OK, TryAdd(b, 1, 1)); /* the connection is as good as before */
    }
    try_unbind(&b);
}

static void statuses_stand_for_exceptions(void **state)
{
    RPC_BINDING_HANDLE good = try_bind(), bad = try_bind_to(NULL, "127.0.0.1", "1");
    error_status_t comm = 9, fault = 9;

    (void)state;
    ways_register();
    ways_server = good;
    assert_int_equal(WaysStatus(0), 77);
    assert_int_equal(WaysStatus(1234), 1234);
    WaysStatuses(0, &comm, &fault);
    assert_int_equal(comm, RPC_S_OK);
    assert_int_equal(fault, RPC_S_OK);
    WaysStatuses(1234, &comm, &fault);
    assert_int_equal(comm, RPC_S_OK);
    assert_int_equal(fault, 1234);
    ways_server = bad;
    assert_int_equal(WaysStatus(0), RPC_S_SERVER_UNAVAILABLE);
    WaysStatuses(0, &comm, &fault);
    assert_int_equal(comm, RPC_S_SERVER_UNAVAILABLE);
    assert_int_equal(fault, RPC_S_OK);
    try_told("127.0.0.1", "1", true);
    ways_unregister();
    try_unbind(&good);
    try_unbind(&bad);
}

/* A filter that does not want it leaves it to the next; RpcFinally runs meanwhile. */
static void exceptions_find_their_handler(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    volatile int finally = 0, outer = 0, inner = 0;

    (void)state;
    RpcTryExcept
    {
        RpcTryFinally
        {
            RpcTryExcept
            {
                TryRaise(b, 1234);
            }
            RpcExcept (RpcExceptionCode() == 4321) {
                inner = 1;
            }
            RpcEndExcept
        }
        RpcFinally
        {
            finally = RpcAbnormalTermination() ? 2 : 1;
        }
        RpcEndFinally
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        outer = (int)RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_equal(inner, 0);
    assert_int_equal(finally, 2);
    assert_int_equal(outer, 1234);
    try_unbind(&b);
}

/* ---- management ---- */

static _Atomic ULONG asked_for;
static bool who_asks;

/* Nobody may ask for names; whoever asks otherwise gets another refusal. */
static int may_manage(RPC_BINDING_HANDLE client, ULONG operation, RPC_STATUS *status)
{
    RPC_CSTR text = NULL;

    atomic_store(&asked_for, operation);
    who_asks = RpcBindingToStringBindingA(client, &text) == RPC_S_OK;
    RpcStringFreeA(&text);
    *status = operation == RPC_C_MGMT_INQ_PRINC_NAME ? RPC_S_OK : 4711;
    return operation == RPC_C_MGMT_IS_SERVER_LISTEN || operation == RPC_C_MGMT_STOP_SERVER_LISTEN;
}

static bool lists(const RPC_IF_ID_VECTOR *ids, RPC_IF_HANDLE face)
{
    RPC_IF_ID id;
    ULONG i;

    OK(RpcIfInqId(face, &id));
    for (i = 0; i < ids->Count; i++)
        if (memcmp(ids->IfId[i], &id, sizeof id) == 0)
            return true;
    return false;
}

static RPC_BINDING_HANDLE_TEMPLATE_V1_A template_of(const char *port)
{
    return (RPC_BINDING_HANDLE_TEMPLATE_V1_A){ .Version = 1,
                                               .ProtocolSequence = RPC_PROTSEQ_TCP,
                                               .NetworkAddress = STR("127.0.0.1"),
                                               .StringEndpoint = port ? STR(port) : NULL };
}

static void a_handle_is_made_of_structures(void **state)
{
    RPC_BINDING_HANDLE_TEMPLATE_V1_A t = template_of(try_port());
    RPC_BINDING_HANDLE_OPTIONS_V1 o = { 1, RPC_BHO_NONCAUSAL | RPC_BHO_DONTLINGER,
                                        RPC_C_BINDING_MIN_TIMEOUT, 20000 };
    RPC_BINDING_HANDLE b = NULL;
    ULONG_PTR told = 0;
    RPC_CSTR text = NULL;
    UUID object;
    UINT com = 99;

    (void)state;
    t.Flags = RPC_BHT_OBJECT_UUID_VALID;
    OK(UuidFromStringA(STR(OBJECT), &t.ObjectUuid));
    OK(RpcBindingCreateA(&t, NULL, &o, &b));
    OK(RpcBindingInqObject(b, &object));
    assert_memory_equal(&object, &t.ObjectUuid, sizeof object);
    OK(RpcMgmtInqComTimeout(b, &com));
    assert_int_equal(com, RPC_C_BINDING_MIN_TIMEOUT);
    OK(RpcBindingInqOption(b, RPC_C_OPT_CALL_TIMEOUT, &told));
    assert_int_equal(told, 20000);
    OK(RpcBindingInqOption(b, RPC_C_OPT_DONT_LINGER, &told));
    assert_int_equal(told, TRUE);
    OK(RpcBindingBind(NULL, b, rpc_try_v1_2_c_ifspec));
    OK(RpcBindingReset(b)); /* which leaves the endpoint */
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    OK(RpcBindingInqOption(b, RPC_C_OPT_DONT_LINGER, &told));
    assert_int_equal(told, TRUE);
    OK(RpcBindingUnbind(b));
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    OK(RpcBindingToStringBindingA(b, &text));
    assert_non_null(strstr((char *)text, try_port()));
    OK(RpcStringFreeA(&text));
    try_unbind(&b);
}

static void whose_bind_fails_where_a_call_would(void **state)
{
    RPC_BINDING_HANDLE_TEMPLATE_V1_A t = template_of("1");
    RPC_BINDING_HANDLE_SECURITY_V1_A s = { 1,
                                           STR(unit_env("SERVICE_SPN")),
                                           RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                           RPC_C_AUTHN_GSS_KERBEROS,
                                           NULL,
                                           NULL };
    RPC_BINDING_HANDLE b = NULL;

    (void)state;
    OK(RpcBindingCreateA(&t, NULL, NULL, &b));
    IS(RpcBindingBind(NULL, b, rpc_try_v1_2_c_ifspec), RPC_S_SERVER_UNAVAILABLE);
    IS(RpcBindingBind(NULL, b, rpc_try_v1_2_s_ifspec), RPC_S_INVALID_ARG);
    try_unbind(&b);
    t = template_of(try_port());
    OK(RpcBindingCreateA(&t, NULL, NULL, &b));
    IS(RpcBindingBind(NULL, b, rpc_ways_v3_0_c_ifspec), RPC_S_UNKNOWN_IF);
    try_unbind(&b);
    s.AuthnSvc = 99;
    IS(RpcBindingCreateA(&t, &s, NULL, &b), RPC_S_UNKNOWN_AUTHN_SERVICE);
    t.ProtocolSequence = RPC_PROTSEQ_HTTP;
    IS(RpcBindingCreateA(&t, NULL, NULL, &b), RPC_S_CANNOT_SUPPORT);
    t.ProtocolSequence = RPC_PROTSEQ_TCP;
    t.Version = 2;
    IS(RpcBindingCreateA(&t, NULL, NULL, &b), RPC_S_CANNOT_SUPPORT);
    IS(RpcBindingCreateW(NULL, NULL, NULL, &b), RPC_S_INVALID_ARG);
    assert_null(b);
    IS(RpcBindingUnbind(NULL), RPC_S_INVALID_BINDING);
}

static void and_authenticates_as_they_say(void **state)
{
    WCHAR address[] = u"127.0.0.1", port[16] = { 0 }, spn[256] = { 0 };
    RPC_BINDING_HANDLE_TEMPLATE_V1_W t = { .Version = 1, .ProtocolSequence = RPC_PROTSEQ_TCP };
    RPC_BINDING_HANDLE_SECURITY_V1_W s = {
        1, NULL, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, RPC_C_AUTHN_GSS_KERBEROS, NULL, NULL
    };
    SEC_WINNT_AUTH_IDENTITY_W identity = { 0 };
    WCHAR user[64] = { 0 }, realm[64] = { 0 }, password[64] = { 0 };
    RPC_BINDING_HANDLE b = NULL;
    ULONG level = 0;

    (void)state;
    assert_int_not_equal(MultiByteToWideChar(CP_UTF8, 0, try_port(), -1, port, 16), 0);
    assert_int_not_equal(MultiByteToWideChar(CP_UTF8, 0, unit_env("SERVICE_SPN"), -1, spn, 256), 0);
    identity.UserLength =
        (ULONG)MultiByteToWideChar(CP_UTF8, 0, unit_env("PERSON"), -1, user, 64) - 1;
    identity.DomainLength =
        (ULONG)MultiByteToWideChar(CP_UTF8, 0, unit_env("REALM"), -1, realm, 64) - 1;
    identity.PasswordLength =
        (ULONG)MultiByteToWideChar(CP_UTF8, 0, unit_env("PERSON_PASSWORD"), -1, password, 64) - 1;
    identity.User = (void *)user;
    identity.Domain = (void *)realm;
    identity.Password = (void *)password;
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    t.NetworkAddress = (RPC_WSTR)address;
    t.StringEndpoint = (RPC_WSTR)port;
    s.ServerPrincName = (RPC_WSTR)spn;
    s.AuthIdentity = &identity;
    OK(RpcBindingCreateW(&t, &s, NULL, &b));
    OK(RpcBindingBind(NULL, b, rpc_try_v1_2_c_ifspec));
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    OK(RpcBindingInqAuthInfoW(b, NULL, &level, NULL, NULL, NULL));
    assert_int_equal(level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    try_unbind(&b);
}

/* How many of this process's TCP connections have their silent peers looked after so soon. */
static int watched(int seconds)
{
    int fd, value, n = 0;
    socklen_t len;

    for (fd = 3; fd < 256; fd++) {
        len = sizeof value;
        if (!getsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &value, &len) && value == seconds)
            n++;
    }
    return n;
}

static void the_com_timeout_looks_after_the_server(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    OK(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE));
    OK(RpcMgmtSetComTimeout(b, RPC_C_BINDING_MIN_TIMEOUT));
    assert_int_equal(watched(60), 0);
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    assert_int_equal(watched(60), 1);
    OK(RpcMgmtSetComTimeout(b, RPC_C_BINDING_MAX_TIMEOUT));
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    assert_int_equal(watched(60), 0);
    assert_int_equal(watched(600), 1);
    OK(RpcMgmtEnableIdleCleanup());
    OK(RpcMgmtSetServerStackSize(4 * 1024 * 1024));
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    try_unbind(&b);
}

static void everybody_may_ask(void **state)
{
    enum { CALLS = 20 };
    RPC_BINDING_HANDLE b = try_bind();
    static const byte data[200000];
    RPC_STATS_VECTOR *before = NULL, *after = NULL;
    RPC_IF_ID_VECTOR *ids = NULL;
    RPC_CSTR name = NULL;
    RPC_WSTR wide = NULL;
    volatile int i;

    (void)state;
    OK(RpcMgmtInqIfIds(b, &ids));
    assert_int_equal(ids->Count, 2); /* and mgmt itself */
    assert_true(lists(ids, rpc_try_v1_2_s_ifspec));
    assert_false(lists(ids, rpc_ways_v3_0_s_ifspec));
    OK(RpcIfIdVectorFree(&ids));
    OK(RpcMgmtInqIfIds(NULL, &ids));
    assert_true(lists(ids, rpc_try_v1_2_c_ifspec));
    OK(RpcIfIdVectorFree(&ids));

    OK(RpcMgmtInqStats(b, &before));
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    RAISES(RPC_S_OK, TryTake(b, sizeof data, data));
    OK(RpcMgmtInqStats(NULL, &after));
    assert_int_equal(after->Count, 4);
    assert_int_equal(after->Stats[RPC_C_STATS_CALLS_IN], before->Stats[RPC_C_STATS_CALLS_IN] + 2);
    assert_int_equal(after->Stats[RPC_C_STATS_CALLS_OUT], before->Stats[RPC_C_STATS_CALLS_OUT] + 2);
    /* a large request comes in several PDUs; the answer to the first question is counted after it
     * was written, the last one's perhaps not yet */
    assert_true(after->Stats[RPC_C_STATS_PKTS_IN] >= before->Stats[RPC_C_STATS_PKTS_IN] + 4);
    assert_true(after->Stats[RPC_C_STATS_PKTS_OUT] >= before->Stats[RPC_C_STATS_PKTS_OUT] + 1);
    OK(RpcMgmtStatsVectorFree(&before));
    OK(RpcMgmtStatsVectorFree(&after));
    OK(RpcMgmtInqStats(b, &before));
    for (i = 0; i < CALLS; i++)
        RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    OK(RpcMgmtInqStats(NULL, &after));
    assert_in_range(after->Stats[RPC_C_STATS_PKTS_OUT] - before->Stats[RPC_C_STATS_PKTS_OUT],
                    CALLS - 1, CALLS + 1);
    OK(RpcMgmtStatsVectorFree(&before));
    OK(RpcMgmtStatsVectorFree(&after));

    OK(RpcMgmtInqServerPrincNameA(b, RPC_C_AUTHN_GSS_KERBEROS, &name));
    assert_string_equal((char *)name, unit_env("SERVICE_SPN"));
    OK(RpcStringFreeA(&name));
    OK(RpcMgmtInqServerPrincNameW(b, RPC_C_AUTHN_GSS_NEGOTIATE, &wide));
    assert_int_equal(wide[0], unit_env("SERVICE_SPN")[0]);
    OK(RpcStringFreeW(&wide));
    OK(RpcMgmtInqServerPrincNameA(NULL, RPC_C_AUTHN_DEFAULT, &name));
    assert_string_equal((char *)name, unit_env("SERVICE_SPN"));
    OK(RpcStringFreeA(&name));
    IS(RpcMgmtInqServerPrincNameA(b, 99, &name), RPC_S_UNKNOWN_AUTHN_SERVICE);
    IS(RpcMgmtInqServerPrincNameA(NULL, 99, &name), RPC_S_UNKNOWN_AUTHN_SERVICE);
    IS(RpcMgmtStopServerListening(b), RPC_S_ACCESS_DENIED);
    OK(RpcMgmtIsServerListening(b));
    try_unbind(&b);
}

static void the_program_may_decide_that(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    RPC_STATS_VECTOR *stats = NULL;
    RPC_IF_ID_VECTOR *ids = NULL;
    RPC_CSTR name = NULL;

    (void)state;
    OK(RpcMgmtSetAuthorizationFn(may_manage));
    OK(RpcMgmtIsServerListening(b));
    assert_int_equal(atomic_load(&asked_for), RPC_C_MGMT_IS_SERVER_LISTEN);
    assert_true(who_asks);
    IS(RpcMgmtInqIfIds(b, &ids), 4711);
    IS(RpcMgmtInqStats(b, &stats), 4711);
    IS(RpcMgmtInqServerPrincNameA(b, RPC_C_AUTHN_GSS_KERBEROS, &name), RPC_S_ACCESS_DENIED);
    OK(RpcMgmtStopServerListening(b)); /* this one lets clients stop it */
    OK(RpcMgmtWaitServerListen());
    IS(RpcMgmtIsServerListening(NULL), RPC_S_NOT_LISTENING);
    OK(RpcServerListen(1, 100, TRUE));
    OK(RpcMgmtSetAuthorizationFn(NULL));
    OK(RpcMgmtInqIfIds(b, &ids));
    OK(RpcIfIdVectorFree(&ids));
    try_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_routine_sees_its_client_and_object),
        cmocka_unit_test(a_copy_goes_its_own_way),
        cmocka_unit_test(options_are_told_back),
        cmocka_unit_test(a_reset_handle_has_no_endpoint),
        cmocka_unit_test(handles_need_not_be_parameters),
        cmocka_unit_test(a_routines_exception_is_its_clients),
        cmocka_unit_test(statuses_stand_for_exceptions),
        cmocka_unit_test(exceptions_find_their_handler),
        cmocka_unit_test(the_com_timeout_looks_after_the_server),
        cmocka_unit_test(a_handle_is_made_of_structures),
        cmocka_unit_test(whose_bind_fails_where_a_call_would),
        cmocka_unit_test(and_authenticates_as_they_say),
        cmocka_unit_test(everybody_may_ask),
        cmocka_unit_test(the_program_may_decide_that),
    };

    return cmocka_run_group_tests(tests, try_start, try_stop);
}
