/* SPDX-License-Identifier: Apache-2.0
 * test_lease.c - receivers that do nothing with what they were given: they do not stop the others
 * of their account, and what was given to them has an end.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "lib/queue/manager_home.h"
#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/receiver.h"

enum { BOTH = ACCESS_SEND | ACCESS_RECEIVE, LEASE_MS = 10000 };

static struct manager_home home;
static atomic_ullong now;

static uint64_t told_now(void)
{
    return atomic_load(&now);
}

static void time_is_over(void)
{
    atomic_fetch_add(&now, (LEASE_MS + 1) * UINT64_C(10000));
}

static uint64_t octets(void)
{
    struct access_who root = { 0 };
    mqd_info info;

    assert_int_equal(access_who_new(0, 0, &root), ERR_OK);
    assert_int_equal(manager_show(home.manager, &root, "q", &info), MQD_OK);
    access_who_done(&root);
    return info.figures.bytes;
}

/* An account is given one message, and no more: it waits in the queue. */
static int set_up(void **state)
{
    struct handle *h;

    (void)state;
    manager_home_make(&home);
    atomic_store(&now, store_home_now());
    home.now = told_now;
    home.config.lease_time = LEASE_MS;
    manager_home_open(&home);
    h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "first"), MQD_OK);
    handle_close(h);
    home.config.receiver_bytes = octets();
    manager_home_close(&home);
    manager_home_open(&home);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    manager_home_done(&home);
    return 0;
}

static void who_does_nothing_stops_nobody_else_for_good(void **state)
{
    struct handle *idle = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct handle *other = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    mqd_taken lost, t;

    (void)state;
    assert_string_equal(manager_home_take(idle, &lost), "first");
    assert_int_equal(manager_home_try(other), MQD_TOO_MANY);
    time_is_over();
    assert_string_equal(manager_home_take(other, &t), "first");
    assert_int_equal(t.deliveries, 0);
    assert_int_equal(handle_begin(idle, lost.lease), MQD_NO_LEASE);
    assert_int_equal(manager_home_outcome(idle, lost.lease, MQD_EXECUTED, 0), MQD_NO_LEASE);
    assert_int_equal(handle_begin(other, t.lease), MQD_OK);
    assert_int_equal(manager_home_outcome(other, t.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_int_equal(octets(), 0);
    handle_close(other);
    handle_close(idle);
}

/* Nobody has said that it was read: it may lie in the manager's memory still. */
static void what_is_over_has_an_end_until_it_was_read(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    mqd_taken lost[RECEIVER_OVER_PARTS], t;
    int i;

    (void)state;
    for (i = 0; i < RECEIVER_OVER_PARTS; i++) {
        assert_string_equal(manager_home_take(h, &lost[i]), "first");
        time_is_over();
    }
    assert_int_equal(manager_home_try(h), MQD_TOO_MANY);
    assert_int_equal(handle_begin(h, lost[0].lease), MQD_NO_LEASE); /* it has that one */
    assert_string_equal(manager_home_take(h, &t), "first");
    assert_int_equal(manager_home_outcome(h, lost[1].lease, MQD_EXECUTED, 0), MQD_NO_LEASE);
    assert_int_equal(handle_begin(h, t.lease), MQD_OK);
    handle_close(h);
    time_is_over(); /* of its back-off */
    h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    assert_string_equal(manager_home_take(h, &t), "first"); /* all is given back with the handle */
    handle_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(who_does_nothing_stops_nobody_else_for_good),
        TEST(what_is_over_has_an_end_until_it_was_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
