/* SPDX-License-Identifier: Apache-2.0
 * test_changed.c - attributes that change or replace what is marshalled, or who is called: the
 * octets, whose memory is whose, and what is refused.  desktop-src/Midl, desktop-src/Rpc
 */
#include "changed.h"
#include "lib/unit.h"
#include "stubs/changed_manager.h"
#include "stubs/loop.h"
#include "stubs/manager.h"

enum { OLD_UNION = 1, TOLD = 3 };

static int begin(void **state)
{
    (void)state;
    loop_init(changed_v1_0_s_ifspec);
    changed_seen = 0;
    changed_notified = changed_flagged = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    loop.instead_of_response = (struct bytes){ 0 };
    assert_int_equal(loop.live, 0);
    loop_done();
    return 0;
}

static void says(struct buf got, const char *hex)
{
    struct bytes want = unit_hex(hex);

    unit_assert_bytes(bytes_of(got.ptr, got.len), want);
    free((void *)want.ptr);
}

static void serves(unsigned opnum, const char *hex, enum err e)
{
    struct bytes request = unit_hex(hex);

    loop_serve(opnum, request);
    assert_int_equal(loop.server_error, e);
    free((void *)request.ptr);
}

static void an_ignored_pointer_leads_nowhere(void **state)
{
    LINK second = { 2, NULL, NULL }, first = { 1, &second, &second }, *back = NULL;

    (void)state;
    second.previous = &first;
    LOOP_CALL(c_Links(&first, &back));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "01000000 00000200 00000000 02000000 00000000 00000000");
    says(loop.response, "00000200 02000000 00000000 00000000");
    assert_int_equal(changed_seen, 1);
    assert_null(back->previous);
    midl_user_free(back);
    /* whatever a peer puts there */
    serves(0, "05000000 00000000 ffffffff", ERR_OK);
    assert_int_equal(changed_seen, 5);
}

static void an_ms_unions_arms_are_aligned_alike(void **state)
{
    CHOICE c = { 1, { 'a' } };

    (void)state;
    LOOP_CALL(c_Old(&c));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "0100 0100 00000000 61");
    says(loop.response, "0100 0100 00000000 62");
    assert_int_equal(c.old.c, 'b');
    serves(OLD_UNION, "0200 0200 00000000 0100000000000000", ERR_OK);
    says(loop.response, "0200 0200 00000000 0700000000000000");
    serves(OLD_UNION, "0100 0100 61", ERR_TRUNCATED);
}

static void a_local_function_calls_for_a_remote_one(void **state)
{
    LINK second = { 20, NULL, NULL }, first = { 10, &second, NULL };
    LONG start = 5, sum = 0;

    (void)state;
    LOOP_CALL(sum = Total(&first, &start));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal(sum, 35);
    says(loop.request, "0a000000 00000200 00000000 14000000 00000000 00000000 05000000");
    says(loop.response, "23000000");
}

static void the_end_of_a_call_is_notified_however_it_came(void **state)
{
    (void)state;
    LOOP_CALL(c_Told(2));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal(changed_notified, 1);
    assert_int_equal(changed_flagged, 1);
    assert_true(changed_flag);
    serves(TOLD, "0a000000", ERR_MALFORMED); /* never reaches the routine */
    assert_int_equal(changed_seen, 2);
    assert_int_equal(changed_notified, 2);
    assert_false(changed_flag);
    serves(TOLD, "03000000", ERR_RPC_FAILED); /* raises */
    assert_int_equal(loop.server_raised, ERROR_ACCESS_DENIED);
    assert_int_equal(changed_notified, 3);
    assert_int_equal(changed_flagged, 3);
    assert_true(changed_flag);
}

int main(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    static const struct CMUnitTest tests[] = {
        ONE(an_ignored_pointer_leads_nowhere),
        ONE(an_ms_unions_arms_are_aligned_alike),
        ONE(a_local_function_calls_for_a_remote_one),
        ONE(the_end_of_a_call_is_notified_however_it_came),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
