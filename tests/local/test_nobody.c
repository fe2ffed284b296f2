/* SPDX-License-Identifier: Apache-2.0
 * test_nobody.c - callers who do not authenticate: what each interface of a process does with them,
 * over the network and on this host. What they may change of the endpoint map is in test_epmapd.c,
 * nobody_changes_it_over_tcp; guests are in domain/test_rpc_guests.c.
 */
#include <countersign/countersign.h>

#include "enforce_home.h"
#include "enforce_other.h"

static RPC_BINDING_HANDLE nobody[WAYS];

static int set_up(void **state)
{
    int way;

    assert_int_equal(enforce_set_up(state), 0);
    for (way = 0; way < WAYS; way++)
        nobody[way] = enforce_bind(way, false);
    return 0;
}

static int tear_down(void **state)
{
    int way;

    for (way = 0; way < WAYS; way++)
        enforce_unbind(&nobody[way]);
    return enforce_tear_down(state);
}

static void register_both(unsigned flags)
{
    enforce_register(flags, NULL);
    assert_int_equal(
        RpcServerRegisterIfEx(enforce_other_v1_0_s_ifspec, NULL, NULL, flags, 10, NULL), RPC_S_OK);
}

static void unregister_both(void)
{
    enforce_unregister();
    assert_int_equal(RpcServerUnregisterIf(enforce_other_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
}

static void each_call_is(RPC_STATUS want)
{
    static const int operations[] = { READ, WRITE, OTHER_READ };
    size_t i;
    int way;

    for (way = 0; way < WAYS; way++)
        for (i = 0; i < 3; i++)
            assert_int_equal(enforce_call(operations[i], nobody[way]), want);
}

static void b1_nobody_is_refused_unless_an_interface_asks(void **state)
{
    (void)state;
    register_both(0);
    each_call_is(RPC_S_ACCESS_DENIED);
    assert_int_equal(CsSetPolicy("anonymous", CS_POLICY_AUDIT), SEC_E_OK);
    each_call_is(RPC_S_OK);
    assert_int_equal(CsSetPolicy("anonymous", CS_POLICY_ENFORCE), SEC_E_OK);
    each_call_is(RPC_S_ACCESS_DENIED);
    unregister_both();
    register_both(RPC_IF_ALLOW_SECURE_ONLY);
    each_call_is(RPC_S_ACCESS_DENIED);
    unregister_both();
    register_both(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH);
    each_call_is(RPC_S_OK);
    unregister_both();
}

/* The one that every process has: it may be read, as on Windows, and stops nothing. */
static void b1_nobody_manages_a_server(void **state)
{
    RPC_STATS_VECTOR *stats = NULL;
    RPC_IF_ID_VECTOR *ids = NULL;
    int way;

    (void)state;
    register_both(0);
    for (way = 0; way < WAYS; way++) {
        assert_int_equal(RpcMgmtIsServerListening(nobody[way]), RPC_S_OK);
        assert_int_equal(RpcMgmtInqIfIds(nobody[way], &ids), RPC_S_OK);
        assert_int_equal(RpcIfIdVectorFree(&ids), RPC_S_OK);
        assert_int_equal(RpcMgmtInqStats(nobody[way], &stats), RPC_S_OK);
        assert_int_equal(RpcMgmtStatsVectorFree(&stats), RPC_S_OK);
        assert_int_equal(RpcMgmtStopServerListening(nobody[way]), RPC_S_ACCESS_DENIED);
        assert_int_equal(RpcMgmtIsServerListening(nobody[way]), RPC_S_OK);
    }
    unregister_both();
}

static void b1_nobody_at_all_where_the_administrator_says_so(void **state)
{
    RPC_IF_ID_VECTOR *ids = NULL;
    int way;

    (void)state;
    register_both(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH);
    assert_int_equal(CsSetPolicy("minimum-level", CS_POLICY_ENFORCE), SEC_E_OK);
    each_call_is(RPC_S_ACCESS_DENIED);
    for (way = 0; way < WAYS; way++)
        assert_int_equal(RpcMgmtInqIfIds(nobody[way], &ids), RPC_S_ACCESS_DENIED);
    assert_int_equal(CsSetPolicy("minimum-level", CS_POLICY_OFF), SEC_E_OK);
    each_call_is(RPC_S_OK);
    unregister_both();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(b1_nobody_is_refused_unless_an_interface_asks),
        cmocka_unit_test(b1_nobody_manages_a_server),
        cmocka_unit_test(b1_nobody_at_all_where_the_administrator_says_so),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
