/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_policy.c - what policy asks of callers who have a ticket, and of the names that clients
 * expect.
 */
#include "rpc_try_home.h"

static RPC_BINDING_HANDLE alice_by(ULONG service, ULONG level)
{
    RPC_BINDING_HANDLE b = try_bind();

    try_authenticate(b, unit_env("PERSON"), unit_env("PERSON_PASSWORD"), level, service);
    return b;
}

static void set(const char *name, CS_POLICY_MODE mode, const char *value)
{
    assert_int_equal(CsSetPolicy(name, mode), SEC_E_OK);
    if (value)
        assert_int_equal(CsSetPolicyValue(name, value), SEC_E_OK);
}

static void a_ticket_at_too_low_a_level_is_refused(void **state)
{
    RPC_BINDING_HANDLE low = alice_by(RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    RPC_BINDING_HANDLE high = alice_by(RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    RPC_BINDING_HANDLE none = try_bind();

    (void)state;
    set("minimum-level", CS_POLICY_ENFORCE, "privacy");
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(low, 1, 1));
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(none, 1, 1));
    RAISES(RPC_S_OK, TryAdd(high, 1, 1));
    set("minimum-level", CS_POLICY_ENFORCE, "integrity");
    RAISES(RPC_S_OK, TryAdd(low, 1, 1));
    set("minimum-level", CS_POLICY_AUDIT, "privacy");
    RAISES(RPC_S_OK, TryAdd(low, 1, 1));
    RAISES(RPC_S_OK, TryAdd(none, 1, 1));
    set("minimum-level", CS_POLICY_OFF, "integrity");
    try_unbind(&low);
    try_unbind(&high);
    try_unbind(&none);
}

static void another_provider_is_refused(void **state)
{
    RPC_BINDING_HANDLE kerberos, negotiate;

    (void)state;
    set("providers", CS_POLICY_ENFORCE, "kerberos");
    kerberos = alice_by(RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    negotiate = alice_by(RPC_C_AUTHN_GSS_NEGOTIATE, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    RAISES(RPC_S_OK, TryAdd(kerberos, 1, 1));
    RAISES(RPC_S_UNKNOWN_AUTHN_SERVICE, TryAdd(negotiate, 1, 1));
    set("providers", CS_POLICY_AUDIT, NULL);
    RAISES(RPC_S_OK, TryAdd(negotiate, 1, 1));
    set("providers", CS_POLICY_OFF, "negotiate kerberos local");
    try_unbind(&kerberos);
    try_unbind(&negotiate);
}

/* Whatever connections he comes by: it is his SID that counts. */
static void a_caller_has_his_share_over_all_connections(void **state)
{
    enum { MOST = 3 }; /* of mallory, who has none yet */
    RPC_BINDING_HANDLE b[MOST + 1], none = try_bind();
    int i;

    (void)state;
    set("client-connections", CS_POLICY_ENFORCE, "3");
    for (i = 0; i <= MOST; i++) {
        b[i] = try_bind_as(unit_env("OTHER"), unit_env("OTHER_PASSWORD"),
                           RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
        OK(RpcBindingSetOption(b[i], RPC_C_OPT_UNIQUE_BINDING, TRUE));
        RAISES(i < MOST ? RPC_S_OK : RPC_S_SERVER_TOO_BUSY, TryAdd(b[i], 1, 1));
    }
    RAISES(RPC_S_SERVER_TOO_BUSY, TryAdd(b[MOST], 1, 1)); /* on another connection */
    RAISES(RPC_S_OK, TryAdd(none, 1, 1));                 /* whose share is the address's */
    RAISES(RPC_S_OK, TryAdd(b[0], 1, 1));
    set("client-connections", CS_POLICY_AUDIT, NULL);
    RAISES(RPC_S_OK, TryAdd(b[MOST], 1, 1));
    set("client-connections", CS_POLICY_ENFORCE, "12000");
    for (i = 0; i <= MOST; i++)
        try_unbind(&b[i]);
    try_unbind(&none);
}

/* Over a binding without security; and over one whose calls are signed, which is no hearsay. */
static void a_server_does_not_name_whom_to_expect(void **state)
{
    RPC_BINDING_HANDLE proven = try_alice(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY), b = try_bind();
    RPC_CSTR name = NULL;

    (void)state;
    set("hearsay-spn", CS_POLICY_ENFORCE, NULL);
    OK(RpcMgmtInqServerPrincNameA(proven, RPC_C_AUTHN_GSS_KERBEROS, &name));
    assert_string_equal((char *)name, unit_env("SERVICE_SPN"));
    try_authenticate(b, unit_env("PERSON"), unit_env("PERSON_PASSWORD"),
                     RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, RPC_C_AUTHN_GSS_KERBEROS);
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    OK(RpcStringFreeA(&name));
    try_unbind(&b);
    b = try_bind();
    OK(RpcMgmtInqServerPrincNameA(b, RPC_C_AUTHN_GSS_KERBEROS, &name));
    IS(RpcBindingSetAuthInfoA(b, name, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_AUTHN_GSS_KERBEROS, NULL,
                              0),
       RPC_S_ACCESS_DENIED);
    try_told("what a server said of itself", "", true);
    OK(RpcStringFreeA(&name));
    set("hearsay-spn", CS_POLICY_AUDIT, NULL);
    try_unbind(&b);
    try_unbind(&proven);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticket_at_too_low_a_level_is_refused),
        cmocka_unit_test(another_provider_is_refused),
        cmocka_unit_test(a_caller_has_his_share_over_all_connections),
        cmocka_unit_test(a_server_does_not_name_whom_to_expect),
    };

    return cmocka_run_group_tests(tests, try_start, try_stop);
}
