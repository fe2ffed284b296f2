/* SPDX-License-Identifier: Apache-2.0
 * test_guard.c - what an interface lets in: by which endpoints, how much at a time, who calls what.
 */
#include <countersign/rpcguard.h>

#include "enforce_home.h"
#include "enforce_other.h"

enum { OPEN = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH };

static RPC_STATUS set(CS_INTERFACE_GUARD g)
{
    enforce_unregister();
    g.size = sizeof g;
    return CsServerGuardInterface(enforce_try_v1_0_s_ifspec, &g);
}

static void guard(CS_INTERFACE_GUARD g)
{
    assert_int_equal(set(g), RPC_S_OK);
    enforce_register(OPEN, NULL);
}

static void guard_no_more(void)
{
    enforce_unregister();
    assert_int_equal(CsServerGuardInterface(enforce_try_v1_0_s_ifspec, NULL), RPC_S_OK);
}

/* ---- endpoints ---- */

static void management_is_read_only(RPC_BINDING_HANDLE b)
{
    RPC_IF_ID_VECTOR *ids = NULL;

    assert_int_equal(RpcMgmtIsServerListening(b), RPC_S_OK);
    assert_int_equal(RpcMgmtInqIfIds(b, &ids), RPC_S_OK);
    assert_int_equal(RpcIfIdVectorFree(&ids), RPC_S_OK);
    assert_int_equal(RpcMgmtStopServerListening(b), RPC_S_ACCESS_DENIED);
    assert_int_equal(RpcMgmtIsServerListening(b), RPC_S_OK);
}

/* Every interface at every endpoint, those without a guard as before. */
static void an_interface_is_served_where_its_guard_says(void **state)
{
    static const struct {
        const char *endpoints[3];
        bool served[WAYS];
    } rows[] = {
        { { "ncalrpc:[enforce]" }, { [OVER_LOCAL] = true } },
        { { "ncalrpc:" }, { [OVER_LOCAL] = true, [OVER_ASIDE] = true } },
        { { "ncacn_ip_tcp:" }, { [OVER_TCP] = true } },
        { { "ncacn_ip_tcp:[1]" }, { false } },
        { { "ncacn_ip_tcp:", "ncalrpc:[ASIDE]" }, { [OVER_ASIDE] = true, [OVER_TCP] = true } },
        { { NULL }, { false } },
    };
    RPC_BINDING_HANDLE b[WAYS];
    size_t i;
    int way;

    (void)state;
    assert_int_equal(RpcServerRegisterIfEx(enforce_other_v1_0_s_ifspec, NULL, NULL, OPEN, 10, NULL),
                     RPC_S_OK);
    for (way = 0; way < WAYS; way++)
        b[way] = enforce_bind(way, false);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        guard((CS_INTERFACE_GUARD){ .endpoints = rows[i].endpoints });
        for (way = 0; way < WAYS; way++) {
            IS(enforce_call(READ, b[way]), rows[i].served[way] ? RPC_S_OK : RPC_S_ACCESS_DENIED);
            IS(enforce_call(OTHER_READ, b[way]), RPC_S_OK);
            management_is_read_only(b[way]);
        }
    }
    guard_no_more();
    enforce_register(OPEN, NULL);
    for (way = 0; way < WAYS; way++) {
        IS(enforce_call(READ, b[way]), RPC_S_OK);
        enforce_unbind(&b[way]);
    }
    assert_int_equal(RpcServerUnregisterIf(enforce_other_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
}

/* ---- operations ---- */

static void each_operation_has_its_callers(void **state)
{
    static const CS_OPERATION_GUARD some[] = {
        { .operation = WRITE, .least_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY },
        { .operation = CS_GUARD_OTHERS, .nobody = TRUE },
        { .operation = READ },
    };
    RPC_BINDING_HANDLE known = enforce_bind(OVER_LOCAL, true),
                       nobody = enforce_bind(OVER_TCP, false);

    (void)state;
    guard((CS_INTERFACE_GUARD){ .operations = some, .operation_count = 3 });
    IS(enforce_call(READ, known), RPC_S_OK);
    IS(enforce_call(READ, nobody), RPC_S_OK);
    IS(enforce_call(WRITE, known), RPC_S_OK);
    IS(enforce_call(WRITE, nobody), RPC_S_ACCESS_DENIED);
    IS(enforce_call(HOLD, known), RPC_S_ACCESS_DENIED);
    IS(enforce_call(HOLD, nobody), RPC_S_ACCESS_DENIED);
    guard_no_more();
    enforce_unbind(&known);
    enforce_unbind(&nobody);
}

/* ---- how much at a time ---- */

static void calls_beyond_the_interfaces_limit_are_refused(void **state)
{
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true), tcp = enforce_bind(OVER_TCP, false);

    (void)state;
    guard((CS_INTERFACE_GUARD){ .max_calls = 2 });
    enforce_hold(OVER_LOCAL, true);
    IS(enforce_call(READ, b), RPC_S_OK);
    enforce_hold(OVER_TCP, false);
    IS(enforce_call(READ, b), RPC_S_SERVER_TOO_BUSY);
    IS(enforce_call(READ, tcp), RPC_S_SERVER_TOO_BUSY);
    enforce_let_go();
    IS(enforce_call(READ, b), RPC_S_OK);
    guard_no_more();
    enforce_unbind(&b);
    enforce_unbind(&tcp);
}

/* Slow calls of one client, over however many connections, leave room for others. */
static void one_client_does_not_keep_others_out(void **state)
{
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true), tcp = enforce_bind(OVER_TCP, false);

    (void)state;
    guard((CS_INTERFACE_GUARD){ .max_calls = 3, .max_calls_of_client = 2 });
    enforce_hold(OVER_LOCAL, true);
    IS(enforce_call(READ, b), RPC_S_OK);
    enforce_hold(OVER_ASIDE, true);
    IS(enforce_call(READ, b), RPC_S_SERVER_TOO_BUSY);
    IS(enforce_call(READ, tcp), RPC_S_OK);
    IS(enforce_call(READ, b), RPC_S_SERVER_TOO_BUSY);
    enforce_let_go();
    IS(enforce_call(READ, b), RPC_S_OK);
    guard_no_more();
    enforce_unbind(&b);
    enforce_unbind(&tcp);
}

/* ---- what is no guard ---- */

static void what_is_no_guard_is_refused(void **state)
{
    const char *const address[] = { "ncalrpc:host[ENFORCE]", NULL };
    const char *const sequence[] = { "ncacn_np:", NULL };
    const char *const name[] = { "no_such:", NULL };
    const char *const text[] = { "[", NULL };
    CS_INTERFACE_GUARD g = { .size = sizeof g - 1 };
    CS_OPERATION_GUARD beyond = { .operation = HOLD + 1 }, level = { .least_level = 7 };

    (void)state;
    enforce_unregister();
    IS(CsServerGuardInterface(NULL, NULL), RPC_S_INVALID_ARG);
    IS(CsServerGuardInterface(enforce_try_v1_0_c_ifspec, NULL), RPC_S_UNKNOWN_IF);
    IS(CsServerGuardInterface(enforce_try_v1_0_s_ifspec, &g), RPC_S_INVALID_ARG);
    IS(set((CS_INTERFACE_GUARD){ .endpoints = address }), RPC_S_INVALID_ARG);
    IS(set((CS_INTERFACE_GUARD){ .endpoints = sequence }), RPC_S_PROTSEQ_NOT_SUPPORTED);
    IS(set((CS_INTERFACE_GUARD){ .endpoints = name }), RPC_S_INVALID_RPC_PROTSEQ);
    IS(set((CS_INTERFACE_GUARD){ .endpoints = text }), RPC_S_INVALID_STRING_BINDING);
    IS(set((CS_INTERFACE_GUARD){ .operation_count = 1 }), RPC_S_INVALID_ARG);
    IS(set((CS_INTERFACE_GUARD){ .operations = &beyond, .operation_count = 1 }), RPC_S_INVALID_ARG);
    IS(set((CS_INTERFACE_GUARD){ .operations = &level, .operation_count = 1 }), RPC_S_INVALID_ARG);
    enforce_register(OPEN, NULL);
    g.size = sizeof g;
    IS(CsServerGuardInterface(enforce_try_v1_0_s_ifspec, &g), RPC_S_ALREADY_REGISTERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interface_is_served_where_its_guard_says),
        cmocka_unit_test(each_operation_has_its_callers),
        cmocka_unit_test(calls_beyond_the_interfaces_limit_are_refused),
        cmocka_unit_test(one_client_does_not_keep_others_out),
        cmocka_unit_test(what_is_no_guard_is_refused),
    };

    return cmocka_run_group_tests(tests, enforce_set_up, enforce_tear_down);
}
