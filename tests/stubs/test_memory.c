/* SPDX-License-Identifier: Apache-2.0
 * test_memory.c - whose memory parameters are in.  desktop-src/Midl/allocate.md, C706 14.3.10
 */
#include "lib/unit.h"
#include "memory.h"
#include "stubs/loop.h"
#include "stubs/manager.h"
#include "stubs/memory_manager.h"

enum { KEEP = 4, KEEP_BLOCK = 5, INNER_MANY = 11, INNER_NAMES = 12, ROWS_IN = 13, POINTS = 14 };

static int begin(void **state)
{
    (void)state;
    loop_init(memory_v1_0_s_ifspec);
    memory_seen = 0;
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

static void all_nodes_is_one_block(void **state)
{
    WHEEL_BLOCK wheel = NULL;
    LEAF *leaves = NULL;
    PAIR pair = { 0 };

    (void)state;
    LOOP_CALL(c_Leaves(3, &leaves));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal(loop.live, 1);
    assert_int_equal(leaves->next->next->id, 3);
    assert_string_equal(leaves->next->next->name, "c");
    assert_null(leaves->next->next->next);
    midl_user_free(leaves);
    LOOP_CALL(c_Leaves(0, &leaves));
    assert_null(leaves);
    LOOP_CALL(c_Pairs(&pair));
    assert_int_equal(loop.live, 2);
    assert_string_equal(pair.first->next->name, "b");
    assert_string_equal(pair.second->name, "a");
    midl_user_free(pair.first);
    midl_user_free(pair.second);
    LOOP_CALL(wheel = c_Wheel());
    assert_int_equal(loop.live, 1);
    assert_ptr_equal(wheel->next->next, wheel);
    midl_user_free(wheel);
}

/* "It is the responsibility of the application to free the memory allocated previously." */
static void all_nodes_is_always_new(void **state)
{
    LEAF leaf = { 1, (char *)"x", NULL }, *leaves = &leaf;

    (void)state;
    LOOP_CALL(c_Again(&leaves));
    assert_ptr_not_equal(leaves, &leaf);
    assert_int_equal(leaf.id, 1);
    assert_int_equal(leaves->id, 11);
    assert_string_equal(leaves->name, "x");
    assert_int_equal(loop.live, 1);
    midl_user_free(leaves);
}

static void a_failure_leaves_no_graph(void **state)
{
    struct bytes whole = unit_hex("00000200 01000000 00000200 00000200 01000000 00000000 01000000 "
                                  "0000 0000 02000000 00000000 00000000");
    LEAF leaf = { 1, NULL, NULL }, *leaves = NULL;
    size_t len;

    (void)state;
    for (len = 0; len < whole.len; len++) {
        loop.instead_of_response = bytes_of(whole.ptr, len);
        leaves = &leaf;
        LOOP_CALL(c_Again(&leaves));
        assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
        assert_true(leaves == &leaf || leaves == NULL);
        assert_int_equal(loop.live, 0);
    }
    loop.instead_of_response = whole;
    loop.fail_at = 0;
    LOOP_CALL(c_Again(&leaves));
    assert_int_equal(loop.client_error, ERR_NO_MEMORY);
    assert_int_equal(loop.live, 0);
    loop.fail_at = -1;
    free((void *)whole.ptr);
}

static void dont_free_is_the_routines(void **state)
{
    LEAF second = { 2, (char *)"b", NULL }, first = { 1, (char *)"a", &second }, *lent = NULL;
    LONG live = 0;

    (void)state;
    LOOP_CALL(live = c_Keep(&first));
    assert_int_equal(live, 4);
    assert_string_equal(memory_kept->next->name, "b"); /* after the call */
    midl_user_free(memory_kept->next->name);
    midl_user_free(memory_kept->next);
    midl_user_free(memory_kept->name);
    midl_user_free(memory_kept);
    LOOP_CALL(live = c_KeepBlock(&first));
    assert_int_equal(live, 1);
    assert_string_equal(memory_kept->next->name, "b");
    midl_user_free(memory_kept);
    LOOP_CALL(c_Lend(&lent));
    assert_string_equal(lent->name, "mine");
    assert_int_equal(loop.live, 2);
    midl_user_free(lent->name);
    midl_user_free(lent);
}

static void a_bad_request_keeps_nothing(void **state)
{
    static const unsigned each[] = { KEEP, KEEP_BLOCK };
    struct bytes whole = unit_hex("00000200 01000000 00000200 00000200 02000000 00000000 02000000 "
                                  "6100 0000 02000000 00000000 00000000 00");
    size_t i, len;

    (void)state;
    for (i = 0; i < 2; i++)
        for (len = 1; len <= whole.len; len++) {
            loop_serve(each[i], bytes_of(whole.ptr, len));
            if (len == whole.len - 1) {
                assert_int_equal(loop.server_error, ERR_OK);
                if (each[i] == KEEP) {
                    midl_user_free(memory_kept->next);
                    midl_user_free(memory_kept->name);
                }
                midl_user_free(memory_kept);
            } else {
                assert_int_not_equal(loop.server_error, ERR_OK);
            }
            assert_int_equal(loop.live, 0);
        }
    free((void *)whole.ptr);
}

static OPEN *open_of(short n)
{
    OPEN *a = (OPEN *)manager_give(sizeof *a + 8);

    a->n = n;
    a->v[0] = 1;
    (&a->v[0])[1] = 2;
    (&a->v[0])[2] = 77;
    return a;
}

static void a_conformant_structure_comes_back_into_its_room(void **state)
{
    OPEN *a = open_of(2);

    (void)state;
    LOOP_CALL(c_OpenOne(a, 2));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.response, "02000000 0200 0200 0200");
    assert_int_equal(a->v[0], 2);
    LOOP_CALL(c_OpenOne(a, 1));
    says(loop.response, "01000000 0100 0300");
    assert_int_equal(a->n, 1);
    LOOP_CALL(c_OpenOne(a, 3));
    assert_int_equal(loop.server_error, ERR_RPC_BOUND);
    loop.instead_of_response = unit_hex("02000000 0200 0800 0900");
    LOOP_CALL(c_OpenOne(a, 1));
    assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA); /* there was room for 1 */
    assert_int_equal((&a->v[0])[1], 2);
    free((void *)loop.instead_of_response.ptr);
    loop.instead_of_response = (struct bytes){ 0 };
    a->n = 2;
    LOOP_CALL(c_OpenUnique(a, 2));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal((&a->v[0])[2], 77);
    LOOP_CALL(c_OpenUnique(NULL, 2));
    says(loop.response, "00000000");
    midl_user_free(a);
}

static void a_full_pointer_to_one_is_the_callers(void **state)
{
    LOOP *a = (LOOP *)manager_give(sizeof *a + 8);

    (void)state;
    *a = (LOOP){ a, 2, { 5 } };
    (&a->v[0])[1] = 6;
    LOOP_CALL(c_OpenFull(a, 2));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "01000000 02000000 01000000 02000000 05000000 06000000 02000000");
    says(loop.response, "01000000 02000000 01000000 02000000 06000000 06000000");
    assert_ptr_equal(a->self, a);
    assert_int_equal(a->v[0], 6);
    /* another object than the caller's */
    loop.instead_of_response = unit_hex("09000000 00000000 00000000 00000000");
    LOOP_CALL(c_OpenFull(a, 2));
    assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
    assert_int_equal(loop.live, 1);
    free((void *)loop.instead_of_response.ptr);
    midl_user_free(a);
}

static void refuses(unsigned opnum, const char *hex, enum err e)
{
    struct bytes request = unit_hex(hex);

    loop_serve(opnum, request);
    assert_int_equal(loop.server_error, e);
    free((void *)request.ptr);
}

static void a_count_may_come_after_the_inner_array(void **state)
{
    LONG one[2] = { 1, 2 }, two[2] = { 3, 4 }, *each[2] = { one, two }, *a = NULL, n = 0;

    (void)state;
    LOOP_CALL(c_InnerOne(&a, &n));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.response, "00000200 02000000 00000000 07000000 02000000");
    assert_int_equal(n, 2);
    assert_int_equal(a[1], 7);
    midl_user_free(a);
    loop.instead_of_response = unit_hex("00000200 02000000 00000000 07000000 03000000");
    LOOP_CALL(c_InnerOne(&a, &n));
    assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
    assert_null(a);
    free((void *)loop.instead_of_response.ptr);
    loop.instead_of_response = (struct bytes){ 0 };
    LOOP_CALL(c_InnerMany(each, 2, 2));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal(memory_seen, 4);
    LOOP_CALL(c_InnerMany(each, 0, 2)); /* no array that could disagree */
    assert_int_equal(memory_seen, -1);
    refuses(INNER_MANY, "01000000 00000200 01000000 07000000 01000000 01000000", ERR_OK);
    refuses(INNER_MANY, "01000000 00000200 01000000 07000000 01000000 02000000", ERR_MALFORMED);
    refuses(INNER_MANY,
            "02000000 00000200 00000200 01000000 07000000 02000000 07000000 07000000 02000000 "
            "01000000",
            ERR_MALFORMED);
    refuses(INNER_NAMES, "01000000 00000200 04000000 00000000 02000000 6100 0000 01000000 04000000",
            ERR_OK);
    assert_int_equal(memory_seen, 1 + 4 + 'a');
    refuses(INNER_NAMES, "01000000 00000200 04000000 00000000 02000000 6100 0000 01000000 03000000",
            ERR_MALFORMED);
}

static void the_other_dimension_of_a_tail_is_checked_first(void **state)
{
    (void)state;
    refuses(ROWS_IN, "01000000 02000000 01000000 01 000000 05000000 01 000000 06000000", ERR_OK);
    assert_int_equal(memory_seen, 6);
    refuses(ROWS_IN,
            "01000000 05000000 01000000 01 000000 05000000 01 000000 06000000 01 000000 07000000 "
            "01 000000 08000000 01 000000 09000000",
            ERR_MALFORMED);
}

/* By one copy, or one by one from a peer of the other order: the same octets. */
static void structures_without_gaps_go_by_one_copy(void **state)
{
    POINT a[2] = { { 1, { 2, 3 }, { 1.5F, "abc" } }, { 4, { 5, 6 }, { -2, "d" } } }, b[2];
    GAP gaps[2] = { { 1, 2 }, { 3, 4 } };
    struct bytes big = unit_hex("0002 0000 00000002 00000001 0002 0003 3fc00000 61626300 00000004 "
                                "0005 0006 c0000000 64000000");

    (void)state;
    LOOP_CALL(c_Points(2, a, b));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "0200 0000 02000000 01000000 0200 0300 0000c03f 61626300 04000000 0500 0600 "
                       "000000c0 64000000");
    says(loop.response, "02000000 02000000 0200 0300 0000c03f 61626300 04000000 0500 0600 "
                        "000000c0 64000000");
    assert_int_equal(b[0].x, 2);
    assert_memory_equal(&b[1], &a[1], sizeof b[1]);
    loop.big_endian = true;
    loop_serve(POINTS, big);
    assert_int_equal(loop.server_error, ERR_OK);
    says(loop.response, "02000000 02000000 0200 0300 0000c03f 61626300 04000000 0500 0600 "
                        "000000c0 64000000");
    free((void *)big.ptr);
    loop.big_endian = false;
    refuses(POINTS, "0200 0000 02000000 01000000 0200 0300 0000c03f 61626300 04000000",
            ERR_TRUNCATED);
    LOOP_CALL(c_Gaps(gaps));
    says(loop.request, "0100 0000 02000000 0300 0000 04000000");
    assert_int_equal(memory_seen, 5);
}

int main(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    static const struct CMUnitTest tests[] = {
        ONE(all_nodes_is_one_block),
        ONE(all_nodes_is_always_new),
        ONE(a_failure_leaves_no_graph),
        ONE(dont_free_is_the_routines),
        ONE(a_bad_request_keeps_nothing),
        ONE(a_conformant_structure_comes_back_into_its_room),
        ONE(a_full_pointer_to_one_is_the_callers),
        ONE(a_count_may_come_after_the_inner_array),
        ONE(the_other_dimension_of_a_tail_is_checked_first),
        ONE(structures_without_gaps_go_by_one_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
