/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_server.c - a server's endpoints, interfaces, managers, start and stop.
 */
#include "lib/ncalrpc_folder.h"
#include "rpc_try_home.h"

#include "rpc_ways.h"

/* ---- endpoints ---- */

static void answers_at(const char *address, const char *port)
{
    RPC_BINDING_HANDLE b = try_bind_to(NULL, address, port);
    volatile LONG sum = 0;

    RAISES(RPC_S_OK, sum = TryAdd(b, 20, 22));
    assert_int_equal(sum, 42);
    try_unbind(&b);
}

static void is_reached_over_both_versions_of_ip(void **state)
{
    (void)state;
    answers_at("127.0.0.1", try_port());
    answers_at("::1", try_port());
    answers_at("localhost", try_port());
}

/* A second dynamic endpoint would be no other one. */
static void a_dynamic_endpoint_is_there_once(void **state)
{
    RPC_BINDING_VECTOR *before = NULL, *after = NULL;
    ULONG i;

    (void)state;
    OK(RpcServerUseAllProtseqs(1, NULL));
    OK(RpcServerInqBindings(&before));
    OK(RpcServerUseProtseqW((RPC_WSTR)(uintptr_t)u"ncacn_ip_tcp", 1, NULL));
    OK(RpcServerUseAllProtseqs(1, NULL));
    OK(RpcServerInqBindings(&after));
    assert_int_equal(after->Count, before->Count);
    for (i = 0; i < after->Count; i++)
        OK(RpcMgmtIsServerListening(after->BindingH[i]));
    OK(RpcBindingVectorFree(&before));
    OK(RpcBindingVectorFree(&after));
    assert_null(after);
}

static void a_well_known_endpoint_is_its_ports(void **state)
{
    RPC_POLICY policy = { sizeof policy, RPC_C_USE_INTRANET_PORT, RPC_C_BIND_TO_ALL_NICS };
    char taken[16];

    (void)state;
    snprintf(taken, sizeof taken, "%s", try_port());
    IS(RpcServerUseProtseqEpA(TCP, 1, STR(taken), NULL), RPC_S_DUPLICATE_ENDPOINT);
    try_told(taken, "in use", false);
    IS(RpcServerUseProtseqEpA(TCP, 1, STR("no port"), NULL), RPC_S_INVALID_ENDPOINT_FORMAT);
    try_told("no port", "", false);
    IS(RpcServerUseProtseqEpA(TCP, 1, STR("65536"), NULL), RPC_S_INVALID_ENDPOINT_FORMAT);
    IS(RpcServerUseProtseqEpA(TCP, 1, NULL, NULL), RPC_S_INVALID_ENDPOINT_FORMAT);
    IS(RpcServerUseProtseqA(STR("ncacn_spx"), 1, NULL), RPC_S_PROTSEQ_NOT_SUPPORTED);
    try_told("ncacn_spx", "", false);
    IS(RpcServerUseProtseqA(STR("tcp"), 1, NULL), RPC_S_INVALID_RPC_PROTSEQ);
    IS(RpcServerUseProtseqA(TCP, 1, &policy), RPC_S_INVALID_ARG); /* no descriptor */
    try_told("security descriptor", "", false);
    OK(RpcServerUseProtseqExA(TCP, 1, NULL, &policy));
    policy.Length = 4;
    IS(RpcServerUseProtseqExA(TCP, 1, NULL, &policy), RPC_S_INVALID_ARG);
}

/* Other tests beside this one may have the port for a moment. */
static RPC_STATUS use_if(void)
{
    long end = try_milliseconds() + 60000;
    RPC_STATUS s;

    while ((s = RpcServerUseProtseqIfA(TCP, 1, rpc_ways_v3_0_s_ifspec, NULL)) ==
               RPC_S_DUPLICATE_ENDPOINT &&
           try_milliseconds() < end)
        try_rest(200);
    return s;
}

static void an_interface_names_its_endpoints(void **state)
{
    RPC_BINDING_HANDLE b = try_bind_to(NULL, "127.0.0.1", NULL);
    volatile LONG answer = 0;

    (void)state;
    IS(RpcServerUseProtseqIfA(TCP, 1, rpc_try_v1_2_s_ifspec, NULL), RPC_S_PROTSEQ_NOT_FOUND);
    try_told("rpc_try", "ncacn_ip_tcp", false);
    IS(RpcServerUseAllProtseqsIf(1, rpc_try_v1_2_s_ifspec, NULL), RPC_S_NO_PROTSEQS);
    IS(RpcServerUseProtseqIfA(TCP, 1, NULL, NULL), RPC_S_INVALID_ARG);
    OK(use_if());
    IS(RpcServerUseAllProtseqsIf(1, rpc_ways_v3_0_s_ifspec, NULL), RPC_S_DUPLICATE_ENDPOINT);

    OK(RpcServerRegisterIfEx(rpc_ways_v3_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 10, NULL));
    ways_server = b; /* without an endpoint: the IDL's */
    RAISES(RPC_S_OK, answer = WaysImplicit(4));
    assert_int_equal(answer, 5);
    OK(RpcServerUnregisterIf(rpc_ways_v3_0_s_ifspec, NULL, TRUE));
    RAISES(RPC_S_UNKNOWN_IF, WaysImplicit(4));
    try_told("rpc_ways", "unk_if", false);
    try_unbind(&b);
}

/* ---- interfaces and managers ---- */

static UUID uuid_of(int n)
{
    UUID u = { 0x6d1f0000U + (ULONG)n, 1, 2, { 3, 4, 5, 6, 7, 8, 9, 10 } };

    return u;
}

static LONG ask_manager(int object, RPC_STATUS want)
{
    RPC_BINDING_HANDLE b = try_bind();
    UUID u = uuid_of(object);
    volatile LONG who = -1;

    OK(RpcBindingSetObject(b, object ? &u : NULL));
    RAISES(want, who = TryManager(b));
    try_unbind(&b);
    return who;
}

static void inquire(UUID *object, UUID *type, RPC_STATUS *status)
{
    UUID known = uuid_of(30);
    RPC_STATUS s;

    *status = RPC_S_OBJECT_NOT_FOUND;
    if (!UuidEqual(object, &known, &s))
        return;
    *type = uuid_of(102);
    *status = RPC_S_OK;
}

static void the_objects_type_chooses_the_manager(void **state)
{
    UUID type1 = uuid_of(101), type2 = uuid_of(102), object1 = uuid_of(1), object2 = uuid_of(2);
    RPC_MGR_EPV *epv = NULL;

    (void)state;
    OK(RpcServerRegisterIf(rpc_try_v1_2_s_ifspec, &type1, try_manager(1)));
    OK(RpcServerRegisterIf(rpc_try_v1_2_s_ifspec, &type2, try_manager(2)));
    IS(RpcServerRegisterIf(rpc_try_v1_2_s_ifspec, &type2, try_manager(3)),
       RPC_S_TYPE_ALREADY_REGISTERED);
    try_told("rpc_try", "type", false);
    OK(RpcServerInqIf(rpc_try_v1_2_s_ifspec, &type2, &epv));
    assert_ptr_equal(epv, try_manager(2));
    OK(RpcServerInqIf(rpc_try_v1_2_s_ifspec, NULL, &epv));
    assert_non_null(epv);
    IS(RpcServerInqIf(rpc_ways_v3_0_s_ifspec, NULL, &epv), RPC_S_UNKNOWN_IF);
    OK(RpcObjectSetType(&object1, &type1));
    OK(RpcObjectSetType(&object2, &type2));
    OK(RpcObjectSetInqFn(inquire));
    assert_int_equal(ask_manager(0, RPC_S_OK), 0);
    assert_int_equal(ask_manager(1, RPC_S_OK), 1);
    assert_int_equal(ask_manager(2, RPC_S_OK), 2);
    assert_int_equal(ask_manager(30, RPC_S_OK), 2);
    assert_int_equal(ask_manager(3, RPC_S_OK), 0); /* of no type */
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, &type2, TRUE));
    IS(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, &type2, TRUE), RPC_S_UNKNOWN_MGR_TYPE);
    IS(RpcServerInqIf(rpc_try_v1_2_s_ifspec, &type2, &epv), RPC_S_UNKNOWN_MGR_TYPE);
    ask_manager(2, RPC_S_UNSUPPORTED_TYPE);
    assert_int_equal(ask_manager(1, RPC_S_OK), 1);
    OK(RpcObjectSetType(&object1, NULL));
    assert_int_equal(ask_manager(1, RPC_S_OK), 0);
    OK(RpcObjectSetType(&object2, NULL));
    OK(RpcObjectSetInqFn(NULL));
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, &type1, TRUE));
    assert_int_equal(ask_manager(0, RPC_S_OK), 0);
}

static void register_again(UINT flags, UINT max_size, RPC_IF_CALLBACK_FN *callback)
{
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, TRUE));
    OK(RpcServerRegisterIf2(rpc_try_v1_2_s_ifspec, NULL, NULL, flags,
                            RPC_C_LISTEN_MAX_CALLS_DEFAULT, max_size, callback));
}

static void as_it_was(void)
{
    register_again(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, UINT32_MAX, NULL);
}

static void a_registration_that_cannot_be_is_refused(void **state)
{
    (void)state;
    IS(RpcServerRegisterIf(rpc_try_v1_2_c_ifspec, NULL, NULL), RPC_S_UNKNOWN_IF);
    try_told("_s_ifspec", "", false);
    IS(RpcServerRegisterIf(NULL, NULL, NULL), RPC_S_INVALID_ARG);
    IS(RpcServerRegisterIfEx(rpc_ways_v3_0_s_ifspec, NULL, NULL, 0x8000, 1, NULL),
       RPC_S_CANNOT_SUPPORT);
    IS(RpcServerRegisterIf3(rpc_ways_v3_0_s_ifspec, NULL, NULL, 0, 1, 1, NULL,
                            (unsigned char[20]){ 1 }),
       RPC_S_CANNOT_SUPPORT); /* one of pointers */
    IS(RpcServerUnregisterIf(rpc_ways_v3_0_s_ifspec, NULL, TRUE), RPC_S_UNKNOWN_IF);
    try_told("rpc_ways", "not registered", false);
}

static void a_request_beyond_the_limit_is_refused(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    byte data[200] = { 1, 2, 3 };

    (void)state;
    register_again(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 116, NULL);
    RAISES(RPC_S_OK, TryTake(b, 100, data)); /* two counts of NDR64, then the bytes */
    RAISES(RPC_S_ACCESS_DENIED, TryTake(b, 101, data));
    RAISES(RPC_S_OK, TryTake(b, 3, data));
    as_it_was();
    try_unbind(&b);
}

/* In fragments: the server says so before it has all of it, and its client hears that. */
static void a_great_one_is_refused_at_once(void **state)
{
    enum { MUCH = 1 << 20 }; /* as much as Take takes */
    RPC_BINDING_HANDLE b = try_bind();
    byte *data = calloc(MUCH, 1);

    (void)state;
    assert_non_null(data);
    register_again(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, MUCH / 2, NULL);
    RAISES(RPC_S_ACCESS_DENIED, TryTake(b, MUCH, data));
    RAISES(RPC_S_OK, TryTake(b, MUCH / 4, data));
    as_it_was();
    free(data);
    try_unbind(&b);
}

static void unregistering_waits_for_calls(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct try_waiter w;
    long begun;

    (void)state;
    try_waiters_begin(&w, 1, b, 0);
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, FALSE));
    RAISES(RPC_S_UNKNOWN_IF, TryAdd(b, 1, 1));
    OK(RpcServerRegisterIfEx(rpc_try_v1_2_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             10, NULL));
    try_let_go();
    try_waiter_end(&w);
    assert_int_equal(w.status, RPC_S_OK);
    assert_int_equal(w.result, RPC_S_CALL_IN_PROGRESS);

    begun = try_milliseconds();
    try_waiters_begin(&w, 1, b, 300);
    try_let_go();
    OK(RpcServerUnregisterIfEx(rpc_try_v1_2_s_ifspec, NULL, TRUE));
    assert_int_equal(atomic_load(&try_waiting), 0);
    assert_true(try_milliseconds() - begun >= 290);
    try_waiter_end(&w);
    assert_int_equal(w.status, RPC_S_OK);
    IS(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, TRUE), RPC_S_UNKNOWN_IF);
    OK(RpcServerUnregisterIf(NULL, NULL, TRUE)); /* all there are: none */
    OK(RpcServerRegisterIfEx(rpc_try_v1_2_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             10, NULL));
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    try_unbind(&b);
}

/* ---- start and stop ---- */

static void listen_again(UINT calls)
{
    OK(RpcServerListen(1, calls, TRUE));
}

static void stop(void)
{
    OK(RpcMgmtStopServerListening(NULL));
    OK(RpcMgmtWaitServerListen());
}

static void says_whether_it_listens(void **state)
{
    (void)state;
    OK(RpcMgmtIsServerListening(NULL));
    IS(RpcServerListen(1, 10, TRUE), RPC_S_ALREADY_LISTENING);
    stop();
    IS(RpcMgmtIsServerListening(NULL), RPC_S_NOT_LISTENING);
    IS(RpcMgmtStopServerListening(NULL), RPC_S_NOT_LISTENING);
    IS(RpcMgmtWaitServerListen(), RPC_S_NOT_LISTENING);
    IS(RpcServerListen(5, 4, TRUE), RPC_S_MAX_CALLS_TOO_SMALL);
    IS(RpcServerListen(0, 0, TRUE), RPC_S_MAX_CALLS_TOO_SMALL);
    listen_again(1234);
}

static void a_stopped_server_refuses_and_starts_again(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    RAISES(RPC_S_OK, TryAdd(b, 1, 2));
    stop();
    RAISES(RPC_S_SERVER_TOO_BUSY, TryAdd(b, 1, 2));
    IS(RpcMgmtIsServerListening(b), RPC_S_NOT_LISTENING); /* it answers that much */
    listen_again(1234);
    RAISES(RPC_S_OK, TryAdd(b, 1, 2));
    try_unbind(&b);
}

static void an_auto_listen_interface_needs_no_listening(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct try_waiter w[2];

    (void)state;
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, TRUE));
    OK(RpcServerRegisterIfEx(rpc_try_v1_2_s_ifspec, NULL, NULL,
                             RPC_IF_AUTOLISTEN | RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 2, NULL));
    stop();
    try_waiters_begin(w, 2, b, 0);
    RAISES(RPC_S_SERVER_TOO_BUSY, TryAdd(b, 1, 2)); /* its own limit */
    try_let_go();
    try_waiter_end(&w[0]);
    try_waiter_end(&w[1]);
    assert_int_equal(w[0].status | w[1].status, RPC_S_OK);
    RAISES(RPC_S_OK, TryAdd(b, 1, 2));
    listen_again(1234);
    as_it_was();
    try_unbind(&b);
}

static void no_more_calls_than_allowed_run(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct try_waiter w[3];

    (void)state;
    stop();
    listen_again(3);
    try_waiters_begin(w, 3, b, 0);
    RAISES(RPC_S_SERVER_TOO_BUSY, TryAdd(b, 1, 2));
    try_told("rpc_try", "too_busy", false);
    OK(RpcMgmtIsServerListening(b)); /* management is always possible */
    try_let_go();
    try_waiter_end(&w[0]);
    try_waiter_end(&w[1]);
    try_waiter_end(&w[2]);
    assert_int_equal(w[0].status | w[1].status | w[2].status, RPC_S_OK);
    RAISES(RPC_S_OK, TryAdd(b, 1, 2));
    stop();
    listen_again(1234);
    try_unbind(&b);
}

static void calls_under_way_are_answered_by_a_server_that_stops(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct try_waiter w[5];
    size_t i;

    (void)state;
    try_waiters_begin(w, 5, b, 0);
    OK(RpcMgmtStopServerListening(NULL));
    IS(RpcMgmtIsServerListening(NULL), RPC_S_NOT_LISTENING);
    IS(RpcServerListen(1, 10, TRUE), RPC_S_ALREADY_LISTENING); /* it is stopping */
    try_let_go();
    OK(RpcMgmtWaitServerListen());
    assert_int_equal(atomic_load(&try_waiting), 0);
    for (i = 0; i < 5; i++) {
        try_waiter_end(&w[i]);
        assert_int_equal(w[i].status, RPC_S_OK);
        assert_int_equal(w[i].result, RPC_S_CALL_IN_PROGRESS);
    }
    listen_again(1234);
    RAISES(RPC_S_OK, TryAdd(b, 1, 2));
    try_unbind(&b);
}

static void *listen_to_the_end(void *arg)
{
    *(RPC_STATUS *)arg = RpcServerListen(1, 100, FALSE);
    return NULL;
}

static _Atomic RPC_STATUS asked;

static void stop_within(handle_t server)
{
    (void)server;
    atomic_store(&asked, RpcMgmtStopServerListening(NULL));
}

static void a_routine_stops_its_server(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    RPC_STATUS listened = -1;
    pthread_t t;

    (void)state;
    stop();
    assert_int_equal(pthread_create(&t, NULL, listen_to_the_end, &listened), 0);
    while (RpcMgmtIsServerListening(NULL) != RPC_S_OK)
        try_rest(1);
    try_ask = stop_within;
    RAISES(RPC_S_OK, TryAsk(b));
    assert_int_equal(atomic_load(&asked), RPC_S_OK);
    pthread_join(t, NULL);
    assert_int_equal(listened, RPC_S_OK);
    listen_again(1234);
    RAISES(RPC_S_OK, TryAdd(b, 1, 2));
    try_unbind(&b);
}

static int set_up(void **state)
{
    ncalrpc_folder_make();
    return try_start(state);
}

static int tear_down(void **state)
{
    return try_stop(state) || ncalrpc_folder_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_reached_over_both_versions_of_ip),
        cmocka_unit_test(a_dynamic_endpoint_is_there_once),
        cmocka_unit_test(a_well_known_endpoint_is_its_ports),
        cmocka_unit_test(an_interface_names_its_endpoints),
        cmocka_unit_test(the_objects_type_chooses_the_manager),
        cmocka_unit_test(a_registration_that_cannot_be_is_refused),
        cmocka_unit_test(a_request_beyond_the_limit_is_refused),
        cmocka_unit_test(a_great_one_is_refused_at_once),
        cmocka_unit_test(unregistering_waits_for_calls),
        cmocka_unit_test(says_whether_it_listens),
        cmocka_unit_test(a_stopped_server_refuses_and_starts_again),
        cmocka_unit_test(an_auto_listen_interface_needs_no_listening),
        cmocka_unit_test(no_more_calls_than_allowed_run),
        cmocka_unit_test(calls_under_way_are_answered_by_a_server_that_stops),
        cmocka_unit_test(a_routine_stops_its_server),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
