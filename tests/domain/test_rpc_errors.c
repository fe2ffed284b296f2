/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_errors.c - extended error information, made where a call is refused, carried in the
 * fault and enumerated at the client.
 */
#include <unistd.h>

#include "rpc_try_home.h"

enum { MOST = 8 };

static char texts[MOST][64]; /* the first parameters of the records, where they are texts */

/* The records of the thread's last failure, at most MOST. */
static size_t records(RPC_EXTENDED_ERROR_INFO to[MOST], char computers[MOST][64])
{
    RPC_ERROR_ENUM_HANDLE h;
    size_t n, i;

    OK(RpcErrorStartEnumeration(&h));
    for (n = 0; n < MOST; n++) {
        to[n] = (RPC_EXTENDED_ERROR_INFO){ .Version = RPC_EEINFO_VERSION,
                                           .NumberOfParameters = MaxNumberOfEEInfoParams };
        if (RpcErrorGetNextRecord(&h, FALSE, &to[n]) != RPC_S_OK)
            break;
        texts[n][0] = '\0';
        if (to[n].NumberOfParameters && to[n].Parameters[0].ParameterType == eeptAnsiString)
            snprintf(texts[n], sizeof texts[n], "%s", to[n].Parameters[0].u.AnsiString);
        computers[n][0] = '\0';
        for (i = 0; to[n].ComputerName && to[n].ComputerName[i] && i < 63; i++) {
            computers[n][i] = (char)to[n].ComputerName[i];
            computers[n][i + 1] = '\0';
        }
    }
    OK(RpcErrorEndEnumeration(&h));
    return n;
}

static void add_and_raise(handle_t server)
{
    RPC_EXTENDED_ERROR_INFO i = { .Version = RPC_EEINFO_VERSION, .Status = 4711 };

    (void)server;
    i.NumberOfParameters = 1;
    i.Parameters[0].ParameterType = eeptLongVal;
    i.Parameters[0].u.LVal = 12;
    OK(RpcErrorAddRecord(&i));
    RpcRaiseException(1234);
}

static void send_records(CS_POLICY_MODE mode)
{
    assert_int_equal(CsSetPolicy("extended-errors", mode), SEC_E_OK);
}

/* As shipped: nothing leaves the server, the client has its own. */
static void a_server_keeps_its_records_to_itself(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    RPC_EXTENDED_ERROR_INFO r[MOST];
    char computer[MOST][64];

    (void)state;
    try_ask = add_and_raise;
    RAISES(1234, TryAsk(b));
    assert_int_equal(records(r, computer), 1);
    assert_int_equal(r[0].Status, 1234);
    assert_int_equal(r[0].GeneratingComponent, CsEEInfoGCRuntime);
    assert_int_equal(r[0].DetectionLocation, CsEEClientFault);
    try_unbind(&b);
}

static void with_the_policy_off_a_known_caller_learns_the_history(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    RPC_EXTENDED_ERROR_INFO r[MOST];
    char computer[MOST][64], host[256] = "";
    LONG volatile sum = 0;
    RPC_ERROR_ENUM_HANDLE h;

    (void)state;
    send_records(CS_POLICY_OFF);
    RAISES(1234, TryAsk(b));
    assert_int_equal(records(r, computer), 3);
    assert_int_equal(r[0].DetectionLocation, CsEEClientFault);
    assert_int_equal(r[1].GeneratingComponent, CsEEInfoGCRuntime);
    assert_int_equal(r[1].DetectionLocation, CsEERoutine);
    assert_int_equal(r[1].Status, 1234);
    assert_int_equal(r[2].GeneratingComponent, EEInfoGCApplication);
    assert_int_equal(r[2].Status, 4711);
    assert_int_equal(r[2].NumberOfParameters, 1);
    assert_int_equal(gethostname(host, sizeof host - 1), 0);
    host[strcspn(host, ".")] = '\0';
    assert_string_equal(computer[1], host); /* where it passed a boundary */
    assert_string_equal(computer[0], "");
    RAISES(RPC_S_OK, sum = TryAdd(b, 1, 2)); /* the next call forgets them */
    assert_int_equal(sum, 3);
    IS(RpcErrorStartEnumeration(&h), RPC_S_ENTRY_NOT_FOUND);
    send_records(CS_POLICY_ENFORCE);
    try_unbind(&b);
}

static void nobody_is_told_nothing(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    RPC_EXTENDED_ERROR_INFO r[MOST];
    char computer[MOST][64];

    (void)state;
    send_records(CS_POLICY_OFF);
    RAISES(1234, TryAsk(b));
    assert_int_equal(records(r, computer), 1);
    send_records(CS_POLICY_ENFORCE);
    try_unbind(&b);
}

/* What one call left is not told to the caller of the next. */
static void records_of_another_call_stay_there(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    RPC_EXTENDED_ERROR_INFO r[MOST];
    char computer[MOST][64];
    int i;

    (void)state;
    send_records(CS_POLICY_OFF);
    for (i = 0; i < 8; i++) { /* whichever of the server's threads it is */
        RAISES(1234, TryAsk(b));
        RAISES(77, TryRaise(b, 77));
        assert_int_equal(records(r, computer), 2);
        assert_int_equal(r[1].Status, 77);
    }
    send_records(CS_POLICY_ENFORCE);
    try_unbind(&b);
}

static RPC_STATUS RPC_ENTRY refuse_all(RPC_IF_HANDLE face, void *context)
{
    (void)face;
    (void)context;
    return RPC_S_INVALID_TAG;
}

static void a_refusal_tells_which_check_it_was(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    RPC_EXTENDED_ERROR_INFO r[MOST];
    char computer[MOST][64];
    LONG volatile sum = 0;

    (void)state;
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, TRUE));
    OK(RpcServerRegisterIfEx(rpc_try_v1_2_s_ifspec, NULL, NULL, 0, 100, refuse_all));
    send_records(CS_POLICY_OFF);
    RAISES(RPC_S_ACCESS_DENIED, sum = TryAdd(b, 1, 2));
    assert_int_equal(records(r, computer), 2);
    assert_int_equal(r[1].DetectionLocation, CsEECallback);
    assert_int_equal(r[1].Status, RPC_S_ACCESS_DENIED);
    assert_string_equal(texts[1], "rpc_try");
    assert_int_equal(r[1].Parameters[1].u.LVal, RPC_S_INVALID_TAG);
    send_records(CS_POLICY_ENFORCE);
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, TRUE));
    OK(RpcServerRegisterIfEx(rpc_try_v1_2_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             100, NULL));
    assert_int_equal(sum, 0);
    try_unbind(&b);
}

static void a_call_that_reaches_nobody_has_a_record(void **state)
{
    RPC_BINDING_HANDLE b = try_bind_to(NULL, "127.0.0.1", "1"); /* nobody listens there */
    RPC_EXTENDED_ERROR_INFO r[MOST];
    char computer[MOST][64];
    LONG volatile sum = 0;

    (void)state;
    RAISES(RPC_S_SERVER_UNAVAILABLE, sum = TryAdd(b, 1, 2));
    assert_int_equal(sum, 0);
    assert_int_equal(records(r, computer), 1);
    assert_int_equal(r[0].DetectionLocation, CsEEClientLocal);
    assert_int_equal(r[0].Status, RPC_S_SERVER_UNAVAILABLE);
    try_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_keeps_its_records_to_itself),
        cmocka_unit_test(with_the_policy_off_a_known_caller_learns_the_history),
        cmocka_unit_test(nobody_is_told_nothing),
        cmocka_unit_test(records_of_another_call_stay_there),
        cmocka_unit_test(a_refusal_tells_which_check_it_was),
        cmocka_unit_test(a_call_that_reaches_nobody_has_a_record),
    };

    try_register_auth();
    return cmocka_run_group_tests(tests, try_start, try_stop);
}
