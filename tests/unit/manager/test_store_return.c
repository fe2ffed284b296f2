/* SPDX-License-Identifier: Apache-2.0
 * test_store_return.c - messages of which nobody can tell now, and those of who has too many that
 * wait: others' go on.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/store_private.h"

static const char alice[] = "S-1-5-21-1-2-3-1000", bob[] = "S-1-5-21-1-2-3-1001";
static const uint64_t second = 10000000;

static struct store_home home;
static atomic_ullong now;

static uint64_t told_now(void *arg)
{
    (void)arg;
    return atomic_load(&now);
}

static int set_up(void **state)
{
    (void)state;
    store_home_make(&home);
    atomic_store(&now, store_home_now());
    home.config.now = told_now;
    store_home_open(&home);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_home_done(&home);
    return 0;
}

static void put_as(const char *sender, uint64_t order, uint8_t priority)
{
    struct store_message m = store_home_message(order, bytes_of_text("x"));

    m.sender = sender;
    m.priority = priority;
    m.delivery = STORE_EXPRESS;
    m.expires = atomic_load(&now) + 86400 * second;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
}

static uint64_t take(struct store_lease *ret)
{
    struct store_entry entry;
    uint64_t order = store_home_take(&home, ret, &entry);

    if (ret->grant)
        store_entry_done(&entry);
    return order;
}

/* What the store's thread gives back at its time. */
static uint64_t take_soon(struct store_lease *ret)
{
    uint64_t order;

    while ((order = take(ret)) == UINT64_MAX)
        continue;
    return order;
}

static void finish(uint64_t order)
{
    struct store_lease lease;

    assert_int_equal(take_soon(&lease), order);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
}

static void what_is_returned_waits_and_holds_its_senders_alone(void **state)
{
    struct store_lease lease;
    struct store_stats s;

    (void)state;
    put_as(alice, 1, 3);
    put_as(alice, 2, 3);
    put_as(bob, 3, 3);
    put_as(alice, 4, 2);
    assert_int_equal(take(&lease), 1);
    store_return(home.store, lease);
    assert_int_equal(store_stats(home.store, home.queue, &s), ERR_OK);
    assert_int_equal(s.delayed, 1);
    finish(3);
    finish(4); /* of another priority: there is no order between them */
    assert_int_equal(take(&lease), UINT64_MAX);
    atomic_fetch_add(&now, second);
    finish(1);
    finish(2);
}

static void each_return_in_a_row_waits_longer(void **state)
{
    struct store_lease lease;
    int i;

    (void)state;
    put_as(alice, 1, 3);
    for (i = 0; i < 8; i++) {
        assert_int_equal(take_soon(&lease), 1);
        store_return(home.store, lease);
        atomic_fetch_add(&now, second / 5);
        assert_int_equal(take(&lease), UINT64_MAX);
        atomic_fetch_add(&now, i < 4 ? (second / 4 << i) : 4 * second);
    }
    assert_int_equal(take_soon(&lease), 1);
    assert_int_equal(store_begin(home.store, lease), ERR_OK); /* somebody could tell */
    assert_int_equal(store_home_fail(&home, lease, 0), ERR_OK);
    atomic_fetch_add(&now, 600 * second);
    assert_int_equal(take_soon(&lease), 1);
    store_return(home.store, lease);
    atomic_fetch_add(&now, second / 4);
    finish(1);
}

static void what_expires_while_it_waits_lets_its_senders_go(void **state)
{
    struct store_message m = store_home_message(1, bytes_of_text("x"));
    struct store_lease lease;

    (void)state;
    m.sender = alice;
    m.expires = atomic_load(&now) + second / 10;
    m.journal = STORE_JOURNAL_NONE;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    put_as(alice, 2, 3);
    assert_int_equal(take(&lease), 1);
    store_return(home.store, lease);
    assert_int_equal(take(&lease), UINT64_MAX);
    atomic_fetch_add(&now, second / 5); /* it would have been given again after a quarter */
    finish(2);
}

/* Its time was over while a receiver had it, and it fails: it does not wait for its back-off. */
static void what_expired_while_it_was_lent_goes_when_it_fails(void **state)
{
    static const uint8_t deliveries[] = { STORE_EXPRESS, STORE_RECOVERABLE };
    struct store_settings set = { .backoff_first_ms = 60000, .backoff_max_ms = 60000 };
    struct store_message m = store_home_message(1, bytes_of_text("x"));
    struct store_lease lease;
    struct store_stats s;
    size_t i;

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &set), ERR_OK);
    for (i = 0; i < sizeof deliveries; i++) {
        m.delivery = deliveries[i];
        m.expires = atomic_load(&now) + second / 10;
        assert_int_equal(store_home_put(&home, &m), ERR_OK);
        assert_int_equal(take(&lease), 1);
        assert_int_equal(store_begin(home.store, lease), ERR_OK);
        atomic_fetch_add(&now, second / 5);
        put_as(bob, 2, 3); /* and with it what is due has been looked at */
        assert_int_equal(store_home_fail(&home, lease, 0), ERR_OK);
        put_as(bob, 3, 3);
        assert_int_equal(store_stats(home.store, home.queue, &s), ERR_OK);
        assert_int_equal(s.expired, i + 1);
        finish(2);
        finish(3);
    }
}

static void who_has_too_many_that_wait_waits_alone(void **state)
{
    struct store_settings set = { .backoff_first_ms = 60000, .backoff_max_ms = 60000 };
    struct store_lease lease;
    uint64_t i;

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &set), ERR_OK);
    for (i = 0; i < STORE_SHARE_HELD_MAX; i++) {
        put_as(alice, i, 3);
        assert_int_equal(take(&lease), i);
        assert_int_equal(store_fail(home.store, lease, 0, NULL, NULL), ERR_OK);
    }
    put_as(alice, i, 3);
    put_as(bob, i + 1, 3);
    finish(i + 1);
    assert_int_equal(take(&lease), UINT64_MAX);
    atomic_fetch_add(&now, 61 * second);
    finish(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(what_is_returned_waits_and_holds_its_senders_alone),
        TEST(each_return_in_a_row_waits_longer),
        TEST(what_expires_while_it_waits_lets_its_senders_go),
        TEST(what_expired_while_it_was_lent_goes_when_it_fails),
        TEST(who_has_too_many_that_wait_waits_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
