/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/window.h"

#include "lib/unit.h"

static struct window window(bool replay, bool sequence, bool wide, uint64_t first)
{
    struct window w;

    window_init(&w, replay, sequence, wide, first);
    return w;
}

static void without_detection_everything_passes(void **state)
{
    struct window w = window(false, false, true, 5);

    (void)state;
    assert_int_equal(window_admit(&w, 9), ERR_OK);
    assert_int_equal(window_admit(&w, 9), ERR_OK);
    assert_int_equal(window_admit(&w, 0), ERR_OK);
}

static void order_means_the_next_one_only(void **state)
{
    struct window w = window(true, true, true, UINT64_MAX);

    (void)state;
    assert_int_equal(window_admit(&w, 0), ERR_OUT_OF_SEQUENCE);
    assert_int_equal(window_admit(&w, UINT64_MAX), ERR_OK);
    assert_int_equal(window_admit(&w, UINT64_MAX), ERR_OUT_OF_SEQUENCE);
    assert_int_equal(window_admit(&w, 0), ERR_OK);
    assert_int_equal(window_admit(&w, 1), ERR_OK);
}

static void a_number_comes_once_in_any_order(void **state)
{
    struct window w = window(true, false, false, UINT32_MAX - 10);
    uint32_t i;

    (void)state;
    assert_int_equal(window_admit(&w, UINT32_MAX - 11), ERR_OUT_OF_SEQUENCE); /* before the first */
    for (i = 0; i < 40; i += 2)
        assert_int_equal(window_admit(&w, (uint32_t)(UINT32_MAX - 10 + i)), ERR_OK);
    for (i = 0; i < 40; i++)
        assert_int_equal(window_admit(&w, (uint32_t)(UINT32_MAX - 10 + i)),
                         i % 2 ? ERR_OK : ERR_OUT_OF_SEQUENCE);
}

static void what_is_too_old_is_refused(void **state)
{
    struct window w = window(true, false, true, 0);

    (void)state;
    assert_int_equal(window_admit(&w, 1000), ERR_OK);
    assert_int_equal(window_admit(&w, 1000 - WINDOW_WIDTH), ERR_OUT_OF_SEQUENCE);
    assert_int_equal(window_admit(&w, 1000 - WINDOW_WIDTH + 1), ERR_OK);
    assert_int_equal(window_admit(&w, 1000 - WINDOW_WIDTH + 1), ERR_OUT_OF_SEQUENCE);
    assert_int_equal(window_admit(&w, 1000 + WINDOW_WIDTH - 1), ERR_OK);
    assert_int_equal(window_admit(&w, 1000), ERR_OUT_OF_SEQUENCE);
    assert_int_equal(window_admit(&w, 999), ERR_OUT_OF_SEQUENCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_detection_everything_passes),
        cmocka_unit_test(order_means_the_next_one_only),
        cmocka_unit_test(a_number_comes_once_in_any_order),
        cmocka_unit_test(what_is_too_old_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
