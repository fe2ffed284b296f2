/* SPDX-License-Identifier: Apache-2.0
 * test_receiver.c - how much an account may have been given and not taken.
 */
#include "queue/manager/receiver.h"

#include "lib/unit.h"

enum { MOST = 100 };

static struct receivers all;

static int set_up(void **state)
{
    (void)state;
    receivers_init(&all, MOST);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_null(all.first);
    receivers_done(&all);
    return 0;
}

static void an_account_is_one_whatever_it_opens(void **state)
{
    struct receiver *a = receiver_of(&all, 1), *b = receiver_of(&all, 2);

    (void)state;
    assert_ptr_not_equal(a, b);
    assert_ptr_equal(receiver_of(&all, 1), a);
    receiver_unref(&all, a);
    receiver_unref(&all, b);
    receiver_lent(a, MOST);
    assert_false(receiver_has_room(a));
    receiver_unref(&all, a);
}

static void who_was_turned_away_is_told_of_room_once(void **state)
{
    struct receiver *r = receiver_of(&all, 1);

    (void)state;
    receiver_lent(r, MOST);
    receiver_lent(r, 10);
    receiver_lent(r, 10);
    assert_false(receiver_took(r, 10, false)); /* nobody was turned away */
    assert_false(receiver_has_room(r));
    assert_false(receiver_took(r, 10, false)); /* there is none yet */
    assert_true(receiver_took(r, 1, false));
    assert_true(receiver_has_room(r));
    assert_false(receiver_took(r, 1, false));
    receiver_unref(&all, r);
}

static void what_is_over_takes_room_beyond_that_alone(void **state)
{
    struct receiver *r = receiver_of(&all, 1);
    int i;

    (void)state;
    for (i = 1; i < RECEIVER_OVER_PARTS; i++) {
        receiver_lent(r, MOST);
        assert_false(receiver_has_room(r));
        assert_true(receiver_over(r, MOST)); /* who was turned away is told */
        assert_true(receiver_has_room(r));
    }
    receiver_lent(r, MOST);
    assert_false(receiver_has_room(r));
    assert_false(receiver_over(r, MOST)); /* that was the last */
    assert_false(receiver_has_room(r));
    assert_true(receiver_took(r, 1, true));
    assert_true(receiver_has_room(r));
    receiver_unref(&all, r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ONE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        ONE(an_account_is_one_whatever_it_opens),
        ONE(who_was_turned_away_is_told_of_room_once),
        ONE(what_is_over_takes_room_beyond_that_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
