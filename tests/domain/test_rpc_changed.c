/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_changed.c - types that travel as another, and calls that end otherwise, over a
 * connection: sealed, where an exception of a routine's is a fault and a failed call leaves nothing
 * behind.
 */
#include "rpc_try_home.h"
#include "stubs/changed_manager.h"

static int start(void **state)
{
    int e = try_start(state);

    OK(RpcServerRegisterIf2(changed_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                            RPC_C_LISTEN_MAX_CALLS_DEFAULT, (unsigned)-1, NULL));
    return e;
}

static int stop(void **state)
{
    OK(RpcServerUnregisterIf(changed_v1_0_s_ifspec, NULL, 1));
    return try_stop(state);
}

static int bind_sealed(void **state)
{
    (void)state;
    changed_binding = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    changed_wrong = WRONG_NOTHING;
    changed_user_freed = 0;
    return 0;
}

static int unbind(void **state)
{
    (void)state;
    try_unbind(&changed_binding);
    ITEM_LIST_free_inst(&changed_kept);
    return 0;
}

static ITEM_LIST list_of(short value)
{
    ITEM *i = (ITEM *)midl_user_allocate(sizeof *i);

    *i = (ITEM){ value, NULL };
    return i;
}

static void types_travel_as_another(void **state)
{
    ITEM_LIST a = list_of(1), b = list_of(3), c = NULL;
    POINT_LOCAL p = { 1, 2 }, q = { 3, 4 };
    FOUR_BYTES bytes = 0x55;

    (void)state;
    c_ItemLists(a, &b, &c);
    assert_int_equal(b->value, 13);
    assert_int_equal(c->value, 7);
    ITEM_LIST_free_inst(&a);
    ITEM_LIST_free_inst(&b);
    ITEM_LIST_free_inst(&c);
    c_Places(p, &q);
    assert_true(q.x == 4 && q.y == 6);
    c_Bytes(0x12345678, &bytes, 1);
    assert_int_equal(bytes, 0x1234562e);
}

static void routines_marshal_what_they_like(void **state)
{
    struct changed_numbers *n = (struct changed_numbers *)calloc(1, sizeof *n);
    NUMBERS_HANDLE b = NULL, c = NULL;
    SLOT s = { 3, (char *)"-7" }, t = { 0, NULL };

    (void)state;
    n->count = CHANGED_NUMBERS;
    n->each[0] = 5;
    c_Handles(n, &b, &c);
    assert_int_equal(((struct changed_numbers *)b)->each[0], 6);
    assert_int_equal(((struct changed_numbers *)c)->each[0], 7);
    assert_int_equal(changed_flags & 0xffff, MSHCTX_DIFFERENTMACHINE);
    midl_user_free(b);
    midl_user_free(c);
    free(n);
    c_Slots(1, s, &t);
    assert_string_equal(t.text, "-7");
    midl_user_free(t.text);
}

/* In a client's routine it is raised there; in the server's it comes as a fault. */
static void an_exception_of_a_routine_is_the_calls(void **state)
{
    ITEM_LIST a = list_of(CHANGED_UNSENDABLE), b = NULL, c = NULL;

    (void)state;
    RAISES(CHANGED_EXCEPTION, c_ItemLists(a, &b, &c));
    a->value = CHANGED_UNREADABLE;
    RAISES(CHANGED_EXCEPTION, c_ItemLists(a, &b, &c));
    a->value = CHANGED_REFUSED;
    RAISES(ERROR_ACCESS_DENIED, c_ItemLists(a, &b, &c));
    a->value = 1;
    c_ItemLists(a, &b, &c); /* and the next call finds nothing of it */
    assert_int_equal(c->value, 7);
    ITEM_LIST_free_inst(&a);
    ITEM_LIST_free_inst(&b);
    ITEM_LIST_free_inst(&c);
}

static void no_octet_leaves_that_is_not_the_wire_types(void **state)
{
    static const enum changed_wrong each[] = { WRONG_SIZE_SMALL, WRONG_SIZE_HUGE, WRONG_END_BEFORE,
                                               WRONG_END_BEYOND, WRONG_OTHER_TYPE };
    struct changed_numbers *n = (struct changed_numbers *)calloc(1, sizeof *n);
    NUMBERS_HANDLE b = NULL, c = NULL;
    volatile RPC_STATUS raised;
    size_t i;

    (void)state;
    n->count = 2;
    for (i = 0; i < sizeof each / sizeof *each; i++) {
        raised = RPC_S_OK;
        changed_wrong = each[i];
        RpcTryExcept
        {
            c_Handles(n, &b, &c);
        }
        RpcExcept (1) {
            raised = (RPC_STATUS)RpcExceptionCode();
        }
        RpcEndExcept
        assert_int_not_equal(raised, RPC_S_OK);
        assert_null(b);
        assert_null(c);
    }
    changed_wrong = WRONG_NOTHING;
    free(n);
}

static void a_local_function_stands_for_a_remote_one(void **state)
{
    LINK second = { 20, NULL, NULL }, first = { 10, &second, &second };
    LONG start_at = 5;

    (void)state;
    assert_int_equal(Total(&first, &start_at), 35);
}

static void the_end_of_a_call_is_notified(void **state)
{
    unsigned before = changed_notified;

    (void)state;
    c_Told(2);
    RAISES(ERROR_ACCESS_DENIED, c_Told(3));
    assert_true(changed_notified >= before + 2);
}

int main(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, bind_sealed, unbind)
    static const struct CMUnitTest tests[] = {
        ONE(types_travel_as_another),
        ONE(routines_marshal_what_they_like),
        ONE(an_exception_of_a_routine_is_the_calls),
        ONE(no_octet_leaves_that_is_not_the_wire_types),
        ONE(a_local_function_stands_for_a_remote_one),
        ONE(the_end_of_a_call_is_notified),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
