/* SPDX-License-Identifier: Apache-2.0
 * test_store_drop.c - what a full queue of dead letters drops: of who has most there, the oldest.
 */
#include "lib/queue/store_home.h"
#include "lib/unit.h"

static const char alice[] = "S-1-5-21-1-2-3-1000", bob[] = "S-1-5-21-1-2-3-1001";

static struct store_home home;
static uint32_t dead;

static int set_up(void **state)
{
    (void)state;
    store_home_make(&home);
    store_home_open(&home);
    assert_int_equal(store_queue_find(home.store, STORE_DEAD_LETTERS, &dead), ERR_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_home_done(&home);
    return 0;
}

static void bury(const char *sender, uint64_t order, uint8_t priority)
{
    struct store_message m = store_home_message(order, bytes_of_text("0123456789"));
    struct store_lease lease;
    struct store_entry entry;

    m.sender = sender;
    m.priority = priority;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    assert_int_equal(store_home_take(&home, &lease, &entry), order);
    store_entry_done(&entry);
    assert_int_equal(store_home_refuse(&home, lease, STORE_REASON_FIRST), ERR_OK);
}

static void limit(uint64_t messages)
{
    struct store_settings set = { .messages_max = messages, .octets_max = INT64_MAX };

    assert_int_equal(store_queue_set(home.store, dead, &set), ERR_OK);
}

/* What is dropped goes with the next commits: one looks until there are no more than that. */
static void settle(uint64_t messages)
{
    struct store_stats s = { .messages = UINT64_MAX };

    while (s.messages != messages)
        assert_int_equal(store_stats(home.store, dead, &s), ERR_OK);
}

/* The orders of that sender's, a bit each. */
static unsigned orders_of(const char *sender)
{
    struct store_entry e;
    uint64_t at = 0;
    unsigned all = 0;

    while (store_peek(home.store, dead, at, false, &e) == ERR_OK) {
        at = e.number;
        if (strcmp(e.sender, sender) == 0)
            all |= 1U << e.m.order;
        store_entry_done(&e);
    }
    return all;
}

static void who_sends_most_pushes_out_his_own(void **state)
{
    uint64_t i;

    (void)state;
    limit(4);
    bury(alice, 0, 3);
    bury(alice, 1, 5);
    for (i = 2; i < 10; i++)
        bury(bob, i, (uint8_t)(i % 2 ? 3 : 1));
    settle(4);
    assert_int_equal(orders_of(alice), 3);
    assert_int_equal(orders_of(bob), 1U << 8 | 1U << 9);
    bury(alice, 10, 3); /* now she has most, and loses the oldest of hers */
    settle(4);
    assert_int_equal(orders_of(alice), 1U << 1 | 1U << 10);
    assert_int_equal(orders_of(bob), 1U << 8 | 1U << 9);
}

static void whose_they_are_is_known_after_a_restart(void **state)
{
    uint64_t i;

    (void)state;
    bury(alice, 0, 3);
    for (i = 1; i < 6; i++)
        bury(bob, i, 3);
    store_home_again(&home);
    limit(3);
    bury(bob, 6, 3);
    settle(3);
    assert_int_equal(orders_of(alice), 1);
    assert_int_equal(orders_of(bob), 1U << 5 | 1U << 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(who_sends_most_pushes_out_his_own),
        TEST(whose_they_are_is_known_after_a_restart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
