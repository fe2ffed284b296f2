/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr/full.h"

#include "lib/unit.h"

static uint8_t objects[NDR_FULL_MAX];
static const char type, other;

static void finds_what_was_added_both_ways(void **state)
{
    struct ndr_fulls t = { 0 };
    struct ndr_full *f = NULL;
    uint32_t i;

    (void)state;
    assert_null(ndr_fulls_by_id(&t, 1));
    assert_null(ndr_fulls_by_object(&t, objects, &type));
    for (i = 0; i < 1000; i++)
        assert_int_equal(ndr_fulls_add(&t, 3 * i + 1, objects + i, &type, &f), ERR_OK);
    for (i = 0; i < 1000; i++) {
        assert_ptr_equal(ndr_fulls_by_id(&t, 3 * i + 1)->object, objects + i);
        assert_int_equal(ndr_fulls_by_object(&t, objects + i, &type)->id, 3 * i + 1);
    }
    assert_null(ndr_fulls_by_id(&t, 3));
    assert_null(ndr_fulls_by_object(&t, objects, &other));
    assert_int_equal(ndr_fulls_add(&t, 4, objects, &other, &f), ERR_MALFORMED);
    assert_int_equal(ndr_fulls_add(&t, 0, objects, &other, &f), ERR_OK);
    assert_int_equal(f->id, 2999); /* one more than the largest */
    ndr_fulls_done(&t);
}

static void a_moved_object_is_found_at_its_new_place_only(void **state)
{
    struct ndr_fulls t = { 0 };
    struct ndr_full *f = NULL;
    uint32_t i;

    (void)state;
    for (i = 1; i <= 100; i++)
        assert_int_equal(ndr_fulls_add(&t, i, objects + i, &type, &f), ERR_OK);
    for (i = 1; i <= 100; i++)
        ndr_fulls_move(&t, ndr_fulls_by_id(&t, i), objects + 1000 + i);
    for (i = 1; i <= 100; i++) {
        assert_null(ndr_fulls_by_object(&t, objects + i, &type));
        assert_int_equal(ndr_fulls_by_object(&t, objects + 1000 + i, &type)->id, i);
    }
    ndr_fulls_done(&t);
}

static void refuses_more_than_its_limit(void **state)
{
    struct ndr_fulls t = { 0 };
    struct ndr_full *f = NULL;
    uint32_t i;

    (void)state;
    for (i = 0; i < NDR_FULL_MAX; i++)
        assert_int_equal(ndr_fulls_add(&t, 0, objects + i, &type, &f), ERR_OK);
    assert_int_equal(ndr_fulls_add(&t, 0, objects, &other, &f), ERR_TOO_LONG);
    ndr_fulls_done(&t);
    assert_int_equal(ndr_fulls_add(&t, UINT32_MAX, objects, &type, &f), ERR_OK);
    assert_int_equal(ndr_fulls_add(&t, 0, objects, &other, &f), ERR_TOO_LONG); /* no wrap to 0 */
    ndr_fulls_done(&t);
}

static enum err scenario(void *arg)
{
    struct ndr_fulls t = { 0 };
    struct ndr_full *f;
    enum err e = ERR_OK;
    int i;

    (void)arg;
    for (i = 0; !e && i < 40; i++)
        e = ndr_fulls_add(&t, 0, objects + i, &type, &f);
    ndr_fulls_done(&t);
    return e;
}

static void survives_every_failed_allocation(void **state)
{
    (void)state;
    oom_run(scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_added_both_ways),
        cmocka_unit_test(a_moved_object_is_found_at_its_new_place_only),
        cmocka_unit_test(refuses_more_than_its_limit),
        cmocka_unit_test(survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
