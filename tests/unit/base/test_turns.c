/* SPDX-License-Identifier: Apache-2.0 */
#include "base/turns.h"

#include "base/detail.h"
#include "lib/unit.h"

static void gives_each_an_equal_part_of_what_is_left(void **state)
{
    struct turns t = { .until = 40000, .untried = 4 };
    unsigned ms = 0;

    (void)state;
    assert_true(turns_next(&t, 10000, &ms));
    assert_int_equal(ms, 7500);
    assert_true(turns_next(&t, 10000, &ms)); /* the first was refused at once */
    assert_int_equal(ms, 10000);
    assert_true(turns_next(&t, 20000, &ms)); /* the second was silent */
    assert_int_equal(ms, 10000);
    assert_true(turns_next(&t, 30000, &ms));
    assert_int_equal(ms, 10000);
    assert_false(turns_next(&t, 30000, &ms));
}

static void ends_when_all_are_silent(void **state)
{
    static const size_t numbers[] = { 1, 2, 7, 64, 1000, 100000, SIZE_MAX };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct turns t = { .until = 5500, .untried = numbers[i] };
        int64_t now = 0;
        unsigned ms = 0, tried = 0;

        while (turns_next(&t, now, &ms)) {
            assert_true(ms > 0);
            now += ms;
            tried++;
        }
        assert_true(now <= 5500);
        assert_int_equal(tried, numbers[i] < 6 ? numbers[i] : 6);
    }
}

static void gives_nothing_when_it_is_over(void **state)
{
    struct turns t = { .until = 1000, .untried = 2 };
    unsigned ms = 7;

    (void)state;
    detail_begin("test");
    assert_false(turns_next(&t, 1000, &ms));
    assert_false(turns_next(&t, 90000, &ms));
    assert_int_equal(ms, 7);
    assert_int_equal(t.untried, 2);
    assert_int_equal(turns_over(&t), ERR_TIMEOUT);
    assert_non_null(strstr(detail_get()->tried, "0 of 2"));
    t.untried = 0;
    assert_false(turns_next(&t, 0, &ms));
    assert_int_equal(turns_left(turns_now() - 1), 0);
    assert_true(turns_left(turns_now() + 3600000) <= 3600000);
    assert_true(turns_left(INT64_MAX) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_an_equal_part_of_what_is_left),
        cmocka_unit_test(ends_when_all_are_silent),
        cmocka_unit_test(gives_nothing_when_it_is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
