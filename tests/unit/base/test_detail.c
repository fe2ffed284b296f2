/* SPDX-License-Identifier: Apache-2.0 */
#include "base/detail.h"

#include "lib/unit.h"

static const char one[] = "One", two[] = "Two";

static void fail_with(const char *text)
{
    assert_int_equal(detail_fail(ERR_NOT_FOUND, "%s", text), ERR_NOT_FOUND);
}

static void assert_empty(const char *phase)
{
    const struct detail *d = detail_get();

    assert_int_equal(d->err, ERR_OK);
    assert_string_equal(d->phase, phase);
    assert_string_equal(d->text, "");
    assert_string_equal(d->remedy, "");
    assert_string_equal(d->asked, "");
    assert_string_equal(d->library, "");
}

static void a_door_begins_with_nothing_to_tell(void **state)
{
    (void)state;
    detail_begin(one);
    detail_begin(one); /* as every call of one interface does */
    fail_with("first");
    detail_remedy("try");
    detail_begin(one);
    assert_empty(one);
    detail_begin(two);
    assert_empty(two);
    fail_with("first");
    detail_begin(NULL);
    assert_empty("");
}

static void whatever_was_written_is_emptied_by_the_same_door(void **state)
{
    (void)state;
    detail_begin(one);
    detail_remedy("try");
    detail_begin(one);
    assert_empty(one);
    detail_begin(one);
    detail_library("krb5", 3, "no");
    detail_begin(one);
    assert_empty(one);
    detail_begin(one);
    detail_set(detail_get()->asked, "somebody");
    detail_begin(one);
    assert_empty(one);
    detail_begin(one);
    fail_with("first");
    detail_begin(one);
    fail_with("second");
    assert_string_equal(detail_get()->text, "second");
}

static void the_first_text_stays(void **state)
{
    (void)state;
    detail_begin(one);
    fail_with("first");
    fail_with("second");
    assert_string_equal(detail_get()->text, "first");
    assert_string_equal(detail_get()->phase, one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_door_begins_with_nothing_to_tell),
        cmocka_unit_test(whatever_was_written_is_emptied_by_the_same_door),
        cmocka_unit_test(the_first_text_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
