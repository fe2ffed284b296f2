/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr/arena.h"

#include "lib/unit.h"

static void gives_zeroed_aligned_blocks(void **state)
{
    struct ndr_arena a = ndr_arena_with(1 << 20);
    size_t n, i;
    void *p;

    (void)state;
    for (n = 0; n < 5000; n += 37) {
        assert_int_equal(ndr_arena_new(&a, n, 1, &p), ERR_OK);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (i = 0; i < n; i++)
            assert_int_equal(((uint8_t *)p)[i], 0);
        memset(p, 0xee, n);
    }
    ndr_arena_done(&a);
    assert_null(a.blocks);
    ndr_arena_done(&a);
}

static void what_is_kept_is_zeroed_and_one_block(void **state)
{
    struct ndr_arena a = ndr_arena_with(1 << 20);
    void *first, *p;
    size_t i;

    (void)state;
    assert_int_equal(ndr_arena_new(&a, 100, 1, &p), ERR_OK);
    assert_int_equal(ndr_arena_new(&a, 100000, 1, &first), ERR_OK);
    memset(first, 0xee, 100000);
    ndr_arena_rewind(&a, 200000, 50000);
    assert_false(ndr_arena_holds(&a, first));
    assert_int_equal(ndr_arena_new(&a, 50001, 1, &p), ERR_TOO_LONG);
    assert_int_equal(ndr_arena_new(&a, 50000, 1, &p), ERR_OK);
    assert_ptr_equal(p, first);
    for (i = 0; i < 50000; i++)
        assert_int_equal(((uint8_t *)p)[i], 0);
    ndr_arena_rewind(&a, 1000, 50000);
    assert_null(a.blocks); /* none so small */
}

static void refuses_what_the_budget_does_not_allow(void **state)
{
    struct ndr_arena a = ndr_arena_with(1024);
    void *p = NULL;

    (void)state;
    assert_int_equal(ndr_arena_new(&a, SIZE_MAX, 2, &p), ERR_TOO_LONG);
    assert_int_equal(ndr_arena_new(&a, SIZE_MAX, 1, &p), ERR_TOO_LONG);
    assert_int_equal(ndr_arena_new(&a, 1025, 1, &p), ERR_TOO_LONG);
    assert_int_equal(a.used, 0);
    assert_int_equal(ndr_arena_new(&a, 1024, 1, &p), ERR_OK);
    assert_int_equal(ndr_arena_new(&a, 0, 1, &p), ERR_TOO_LONG); /* nothing has an address too */
    ndr_arena_done(&a);
    a = ndr_arena_with(SIZE_MAX);
    assert_int_equal(ndr_arena_new(&a, SIZE_MAX, 1, &p), ERR_TOO_LONG);
    ndr_arena_done(&a);
}

static void the_budget_grows_with_the_wire_and_never_wraps(void **state)
{
    (void)state;
    assert_int_equal(ndr_budget(0), NDR_BUDGET_FLOOR);
    assert_int_equal(ndr_budget(100), NDR_BUDGET_FLOOR + 100 * NDR_BUDGET_PER_BYTE);
    assert_true(ndr_budget(SIZE_MAX) == SIZE_MAX);
}

static enum err scenario(void *arg)
{
    struct ndr_arena a = ndr_arena_with(1 << 20);
    enum err e = ERR_OK;
    void *p;
    int i;

    (void)arg;
    for (i = 0; !e && i < 4; i++)
        e = ndr_arena_new(&a, 1500, 1, &p);
    ndr_arena_done(&a);
    return e;
}

static void survives_every_failed_allocation(void **state)
{
    (void)state;
    oom_run(scenario, NULL);
}

static size_t paid;

static bool pay(void *most, size_t used)
{
    if (used > *(size_t *)most)
        return false;
    paid = used;
    return true;
}

static void who_pays_is_asked_before_it_is_given_out(void **state)
{
    size_t most = 4 * NDR_PAID_STEP;
    struct ndr_arena a = ndr_arena_with(1 << 20);
    void *p = NULL;

    (void)state;
    a.pay = pay;
    a.payer = &most;
    a.paid = NDR_PAID_STEP;
    assert_int_equal(ndr_arena_new(&a, NDR_PAID_STEP, 1, &p), ERR_OK); /* free of charge */
    assert_int_equal(paid, 0);
    assert_int_equal(ndr_arena_new(&a, 1, 1, &p), ERR_OK);
    assert_int_equal(paid, 2 * NDR_PAID_STEP);
    assert_int_equal(ndr_arena_new(&a, 1, 1, &p), ERR_OK); /* of what is paid */
    assert_int_equal(ndr_arena_new(&a, 3 * NDR_PAID_STEP, 1, &p), ERR_RPC_BUSY);
    assert_int_equal(paid, 2 * NDR_PAID_STEP);
    assert_int_equal(ndr_arena_new(&a, 100, 1, &p), ERR_OK);
    ndr_arena_rewind(&a, 1 << 20, 1 << 20); /* the next one may be another's */
    assert_null(a.pay);
    assert_int_equal(ndr_arena_new(&a, 8 * NDR_PAID_STEP, 1, &p), ERR_OK);
    ndr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_aligned_blocks),
        cmocka_unit_test(what_is_kept_is_zeroed_and_one_block),
        cmocka_unit_test(refuses_what_the_budget_does_not_allow),
        cmocka_unit_test(who_pays_is_asked_before_it_is_given_out),
        cmocka_unit_test(the_budget_grows_with_the_wire_and_never_wraps),
        cmocka_unit_test(survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
