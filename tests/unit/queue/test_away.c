/* SPDX-License-Identifier: Apache-2.0
 * test_away.c - domains that lately did not answer.
 */
#include "queue/away.h"

#include "lib/unit.h"

static struct sid account(uint32_t domain, uint32_t rid)
{
    return (struct sid){ .authority = 5, .sub = { 21, 1, 2, domain, rid }, .count = 5 };
}

static void an_account_speaks_for_its_domain_alone(void **state)
{
    const struct sid alice = account(3, 1000), bob = account(3, 1001), far = account(4, 1000);
    struct queue_away a = { 0 };

    (void)state;
    assert_false(queue_away_is(&a, &alice, 1));
    queue_away_note(&a, &alice, 10);
    assert_true(queue_away_is(&a, &bob, 9));
    assert_false(queue_away_is(&a, &bob, 10));
    assert_false(queue_away_is(&a, &far, 9));
    queue_away_note(&a, &bob, 20);
    assert_true(queue_away_is(&a, &alice, 19));
    queue_away_note(&a, &alice, 0);
    assert_false(queue_away_is(&a, &bob, 9));
}

static void of_too_many_the_one_that_is_over_first_is_forgotten(void **state)
{
    struct queue_away a = { 0 };
    struct sid s;
    uint32_t i;

    (void)state;
    for (i = 0; i <= QUEUE_AWAY_MOST; i++) {
        s = account(i, 1);
        queue_away_note(&a, &s, 100 + i);
    }
    s = account(0, 1);
    assert_false(queue_away_is(&a, &s, 1));
    for (i = 1; i <= QUEUE_AWAY_MOST; i++) {
        s = account(i, 1);
        assert_true(queue_away_is(&a, &s, 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_speaks_for_its_domain_alone),
        cmocka_unit_test(of_too_many_the_one_that_is_over_first_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
