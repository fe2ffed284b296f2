/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/server_policy.h"

#include "base/policy.h"

#include "lib/unit.h"

static void a_guest_is_known_by_name(void **state)
{
    const struct rpc_security local = { .type = RPC_AUTH_LOCAL };

    (void)state;
    assert_true(rpc_server_policy_guest_name("Guest@EXAMPLE.COM"));
    assert_true(rpc_server_policy_guest_name("host\\guest"));
    assert_false(rpc_server_policy_guest_name("guest1@EXAMPLE.COM"));
    assert_false(rpc_server_policy_guest_name("alice@GUEST"));
    assert_false(rpc_server_policy_guest_name(""));
    policy_set(POLICY_GUESTS, POLICY_AUDIT);
    assert_true(rpc_server_policy_guest(&local, "host\\guest"));
    assert_false(rpc_server_policy_guest(&local, "host\\alice"));
    policy_set(POLICY_GUESTS, POLICY_OFF); /* nobody wants to know */
    assert_false(rpc_server_policy_guest(&local, "host\\guest"));
}

static void a_guest_is_known_by_identifiers(void **state)
{
    (void)state;
    assert_true(rpc_server_policy_guest_sid("S-1-5-32-546"));
    assert_true(rpc_server_policy_guest_sid("S-1-5-21-1-2-3-501"));
    assert_true(rpc_server_policy_guest_sid("S-1-5-21-1-2-3-514"));
    assert_false(rpc_server_policy_guest_sid("S-1-5-21-1-2-3-1501"));
    assert_false(rpc_server_policy_guest_sid("S-1-5-32-501"));
    assert_false(rpc_server_policy_guest_sid("S-1-5-32-545"));
    assert_false(rpc_server_policy_guest_sid(""));
}

static void a_provider_is_one_of_the_list(void **state)
{
    struct rpc_server_connection c = { .endpoint = "135" };

    (void)state;
    policy_set(POLICY_PROVIDERS, POLICY_ENFORCE); /* as shipped: all that there are but NTLM */
    assert_true(rpc_server_policy_provider(&c, RPC_AUTH_NEGOTIATE));
    assert_true(rpc_server_policy_provider(&c, RPC_AUTH_KERBEROS));
    assert_true(rpc_server_policy_provider(&c, RPC_AUTH_LOCAL));
    assert_false(rpc_server_policy_provider(&c, RPC_AUTH_NTLM));
    assert_false(rpc_server_policy_provider(&c, 68));
    policy_set(POLICY_PROVIDERS, POLICY_OFF);
    assert_true(rpc_server_policy_provider(&c, RPC_AUTH_NTLM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_is_known_by_name),
        cmocka_unit_test(a_guest_is_known_by_identifiers),
        cmocka_unit_test(a_provider_is_one_of_the_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
