/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/manager/store.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "lib/queue/store_home.h"
#include "lib/unit.h"

static struct store_home home;

static int set_up(void **state)
{
    (void)state;
    store_home_make(&home);
    store_home_open(&home);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_home_done(&home);
    return 0;
}

static void nap(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

static void put(uint64_t order)
{
    char text[32];
    struct store_message m;

    snprintf(text, sizeof text, "message %llu", (unsigned long long)order);
    m = store_home_message(order, bytes_of_text(text));
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
}

/* Waits until there is one. */
static uint64_t take_soon(struct store_lease *lease, struct store_entry *entry)
{
    int i;

    for (i = 0; i < 10000; i++) {
        uint64_t order = store_home_take(&home, lease, entry);

        if (order != UINT64_MAX)
            return order;
        nap();
    }
    fail_msg("nothing to take");
    return UINT64_MAX;
}

static void finish_next(uint64_t order)
{
    struct store_lease lease;
    struct store_entry entry;

    assert_int_equal(store_home_take(&home, &lease, &entry), order);
    store_entry_done(&entry);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
}

static struct store_stats stats_of(const char *name)
{
    struct store_stats stats;
    uint32_t queue;

    assert_int_equal(store_queue_find(home.store, name, &queue), ERR_OK);
    assert_int_equal(store_stats(home.store, queue, &stats), ERR_OK);
    return stats;
}

static void gives_back_what_was_put_in_order(void **state)
{
    struct store_lease lease;
    struct store_entry entry;
    uint64_t i;

    (void)state;
    for (i = 0; i < 10; i++)
        put(i);
    for (i = 0; i < 10; i++) {
        char text[32];

        assert_int_equal(store_home_take(&home, &lease, &entry), i);
        snprintf(text, sizeof text, "message %llu", (unsigned long long)i);
        unit_assert_bytes(entry.m.body, bytes_of_text(text));
        assert_string_equal(entry.m.sender, "S-1-5-21-1-2-3-1000");
        assert_int_equal(entry.attempts, 0);
        store_entry_done(&entry);
        assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    }
    assert_int_equal(store_home_take(&home, &lease, &entry), UINT64_MAX);
    assert_int_equal(stats_of("q").messages, 0);
    assert_int_equal(stats_of("q").octets, 0);
    assert_int_equal(stats_of("q").delivered, 10);
}

static void keeps_more_than_its_window_over_a_restart(void **state)
{
    enum { MANY = 700 };
    struct store_lease lease;
    struct store_entry entry;
    uint64_t i;

    (void)state;
    for (i = 0; i < MANY; i++)
        put(i);
    for (i = 0; i < 10; i++)
        finish_next(i);
    assert_int_equal(store_home_take(&home, &lease, &entry), 10);
    store_entry_done(&entry);
    store_home_again(&home); /* the lease ends with it */
    assert_int_equal(stats_of("q").messages, MANY - 10);
    for (i = 10; i < MANY; i++)
        finish_next(i);
    assert_int_equal(stats_of("q").messages, 0);
}

static void higher_priorities_first_and_no_lower_one_starves(void **state)
{
    struct store_lease lease;
    struct store_entry entry;
    uint64_t i, order;
    struct store_message m;

    (void)state;
    m = store_home_message(1000, bytes_of_text("low"));
    m.priority = 0;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    for (i = 0; i < 200; i++) {
        m = store_home_message(i, bytes_of_text("high"));
        m.priority = 7;
        assert_int_equal(store_home_put(&home, &m), ERR_OK);
    }
    for (i = 0; i < 200; i++) {
        order = store_home_take(&home, &lease, &entry);
        store_entry_done(&entry);
        if (order == 1000)
            break;
        assert_int_equal(order, i);
    }
    assert_in_range(i, 32, 100);
}

static void a_failure_waits_and_lets_others_pass_unless_strict(void **state)
{
    struct store_settings strict = { .strict = true, .backoff_first_ms = 20, .backoff_max_ms = 20 };
    struct store_lease lease, second;
    struct store_entry entry;

    (void)state;
    put(1);
    put(2);
    assert_int_equal(store_home_take(&home, &lease, &entry), 1);
    store_entry_done(&entry);
    assert_int_equal(store_begin(home.store, lease), ERR_OK);
    assert_int_equal(store_home_fail(&home, lease, 0), ERR_OK);
    assert_int_equal(stats_of("q").delayed, 1);
    finish_next(2);
    assert_int_equal(take_soon(&lease, &entry), 1);
    assert_int_equal(entry.attempts, 1);
    store_entry_done(&entry);

    assert_int_equal(store_queue_set(home.store, home.queue, &strict), ERR_OK);
    put(3);
    assert_int_equal(store_home_take(&home, &second, &entry), UINT64_MAX);
    assert_int_equal(store_home_fail(&home, lease, 0), ERR_OK);
    assert_int_equal(take_soon(&lease, &entry), 1);
    assert_int_equal(entry.attempts, 2);
    store_entry_done(&entry);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    finish_next(3);
}

static void what_failed_too_often_is_a_dead_letter_with_its_count(void **state)
{
    struct store_settings few = { .attempts_max = 2, .backoff_first_ms = 1, .backoff_max_ms = 1 };
    struct store_lease lease;
    struct store_entry entry;
    uint32_t dead;

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &few), ERR_OK);
    put(7);
    assert_int_equal(take_soon(&lease, &entry), 7);
    store_entry_done(&entry);
    assert_int_equal(store_begin(home.store, lease), ERR_OK);
    store_release(home.store, lease); /* the receiver died of it */
    assert_int_equal(take_soon(&lease, &entry), 7);
    assert_int_equal(entry.attempts, 1);
    store_entry_done(&entry);
    assert_int_equal(store_home_fail(&home, lease, STORE_REASON_FIRST + 3), ERR_OK);

    assert_int_equal(stats_of("q").messages, 0);
    store_home_again(&home);
    assert_int_equal(stats_of("q").messages, 0);
    assert_int_equal(stats_of(STORE_DEAD_LETTERS).messages, 1);
    assert_int_equal(store_queue_find(home.store, STORE_DEAD_LETTERS, &dead), ERR_OK);
    assert_int_equal(store_peek(home.store, dead, 0, true, &entry), ERR_OK);
    assert_int_equal(entry.attempts, 2);
    assert_int_equal(entry.reason, STORE_REASON_FIRST + 3);
    assert_string_equal(entry.from, "q");
    unit_assert_bytes(entry.m.body, bytes_of_text("message 7"));
    assert_int_equal(store_home_move(&home, dead, entry.number, home.queue), ERR_OK);
    store_entry_done(&entry);
    finish_next(7);
    assert_int_equal(stats_of(STORE_DEAD_LETTERS).messages, 0);
}

static void a_charge_outlives_a_restart_and_a_release_charges_nothing(void **state)
{
    struct store_lease lease;
    struct store_entry entry;

    (void)state;
    put(1);
    put(2);
    assert_int_equal(store_home_take(&home, &lease, &entry), 1);
    store_entry_done(&entry);
    assert_int_equal(store_begin(home.store, lease), ERR_OK);
    assert_int_equal(store_home_take(&home, &lease, &entry), 2);
    store_entry_done(&entry);
    store_home_again(&home);
    assert_int_equal(store_home_take(&home, &lease, &entry), 1);
    assert_int_equal(entry.attempts, 1);
    store_entry_done(&entry);
    store_release(home.store, lease);
    assert_int_equal(store_home_take(&home, &lease, &entry), 1);
    assert_int_equal(entry.attempts, 1);
    store_entry_done(&entry);
    assert_int_equal(store_home_take(&home, &lease, &entry), 2);
    assert_int_equal(entry.attempts, 0);
    store_entry_done(&entry);
}

static atomic_uint ended, kept;
static atomic_uint last_reason;

static void on_ended(void *arg, uint32_t queue, const struct store_entry *e, bool is_kept)
{
    (void)arg;
    (void)queue;
    assert_int_equal(e->m.body.len, 3);
    atomic_store(&last_reason, e->reason);
    atomic_fetch_add(&kept, is_kept);
    atomic_fetch_add(&ended, 1);
}

static void what_expires_is_not_delivered_and_told(void **state)
{
    struct store_message m = store_home_message(1, bytes_of_text("old"));
    struct store_lease lease;
    struct store_entry entry;
    int express;

    (void)state;
    home.config.ended = on_ended;
    store_home_again(&home);
    m.acknowledge = 1;
    for (express = 0; express < 2; express++) {
        m.delivery = express ? STORE_EXPRESS : STORE_RECOVERABLE;
        atomic_store(&ended, 0);
        atomic_store(&kept, 0);
        m.expires = store_home_now() + 300000;
        m.journal = STORE_JOURNAL_DEAD_LETTER;
        assert_int_equal(store_home_put(&home, &m), ERR_OK);
        m.journal = STORE_JOURNAL_NONE;
        assert_int_equal(store_home_put(&home, &m), ERR_OK);
        while (atomic_load(&ended) < 2)
            nap();
        assert_int_equal(atomic_load(&kept), 1);
        assert_int_equal(atomic_load(&last_reason), STORE_REASON_EXPIRED);
        assert_int_equal(store_home_take(&home, &lease, &entry), UINT64_MAX);
        assert_int_equal(stats_of("q").messages, 0);
    }
    assert_int_equal(stats_of("q").expired, 4);
    assert_int_equal(stats_of(STORE_DEAD_LETTERS).messages, 2);
}

static void an_express_message_keeps_its_place_and_no_restart(void **state)
{
    struct store_message m = store_home_message(2, bytes_of_text("fast"));

    (void)state;
    put(1);
    m.delivery = STORE_EXPRESS;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    put(3);
    assert_int_equal(stats_of("q").express, 1);
    finish_next(1);
    finish_next(2);
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    store_home_again(&home);
    finish_next(3);
    assert_int_equal(stats_of("q").messages, 0);
}

static void quotas_are_of_the_queue_and_of_each_sender(void **state)
{
    struct store_settings tight = { .messages_max = 3, .sender_messages_max = 2 };
    struct store_message m = store_home_message(1, bytes_of_text("m"));

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &tight), ERR_OK);
    put(1);
    put(2);
    assert_int_equal(store_home_put(&home, &m), ERR_QUEUE_FULL);
    m.sender = "S-1-5-21-1-2-3-1001";
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    m.sender = "S-1-5-21-1-2-3-1002";
    assert_int_equal(store_home_put(&home, &m), ERR_QUEUE_FULL);
    finish_next(1);
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
}

static void a_long_body_is_a_file_and_goes_with_its_message(void **state)
{
    size_t len = 3 << 20, i;
    uint8_t *octets = calloc(1, len);
    struct store_message m = store_home_message(1, bytes_of(octets, len));
    struct store_lease lease;
    struct store_entry entry;

    (void)state;
    for (i = 0; i < len; i++)
        octets[i] = (uint8_t)(i * 7 ^ i >> 9);
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    store_home_again(&home);
    assert_int_equal(store_home_take(&home, &lease, &entry), 1);
    unit_assert_bytes(entry.m.body, bytes_of(octets, len));
    store_entry_done(&entry);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(stats_of("q").octets, 0);
    free(octets);
}

static void a_purge_takes_all_but_what_is_leased(void **state)
{
    struct store_lease lease;
    struct store_entry entry;
    uint64_t i;

    (void)state;
    for (i = 0; i < 600; i++)
        put(i);
    assert_int_equal(store_home_take(&home, &lease, &entry), 0);
    store_entry_done(&entry);
    assert_int_equal(store_home_purge(&home, home.queue), ERR_OK);
    assert_int_equal(stats_of("q").messages, 1);
    assert_int_equal(stats_of("q").purged, 599);
    store_release(home.store, lease);
    finish_next(0);
}

static void a_deleted_queue_takes_its_messages_along(void **state)
{
    struct store_message m = store_home_message(1, bytes_of_text("kept"));
    struct store_lease lease;
    struct store_entry entry;
    uint32_t dead, number = home.queue;

    (void)state;
    put(5);
    m.journal = STORE_JOURNAL_DEAD_LETTER;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    assert_int_equal(store_home_take(&home, &lease, &entry), 5);
    store_entry_done(&entry);
    assert_int_equal(store_queue_delete(home.store, number), ERR_OK);
    assert_int_equal(store_queue_delete(home.store, number), ERR_NOT_FOUND);
    assert_int_equal(store_finish(home.store, lease, NULL, NULL), ERR_NOT_FOUND);
    store_home_again(&home); /* makes a new one */
    assert_int_not_equal(home.queue, number);
    assert_int_equal(stats_of("q").messages, 0);
    assert_int_equal(store_queue_find(home.store, STORE_DEAD_LETTERS, &dead), ERR_OK);
    assert_int_equal(store_peek(home.store, dead, 0, true, &entry), ERR_OK);
    assert_int_equal(entry.reason, STORE_REASON_QUEUE_DELETED);
    unit_assert_bytes(entry.m.body, bytes_of_text("kept"));
    store_entry_done(&entry);
}

static void settings_and_attributes_outlive_a_restart(void **state)
{
    struct store_settings settings = { .transit = true,
                                       .octets_max = 12345,
                                       .attributes = bytes_of_text("the manager's") };
    struct buf attributes = { 0 };
    char name[STORE_NAME_MAX + 1];
    uint32_t queue = 0;

    (void)state;
    assert_int_equal(store_queue_create(home.store, "other", &settings, &queue), ERR_OK);
    assert_int_equal(store_queue_create(home.store, "other", &settings, &queue), ERR_EXISTS);
    assert_int_equal(store_queue_create(home.store, "$x", &settings, &queue),
                     ERR_INVALID_PARAMETER);
    store_home_again(&home);
    assert_int_equal(store_queue_next(home.store, queue - 1, &queue, name, &settings, &attributes),
                     ERR_OK);
    assert_string_equal(name, "other");
    assert_true(settings.transit);
    assert_int_equal(settings.octets_max, 12345);
    unit_assert_bytes(settings.attributes, bytes_of_text("the manager's"));
    buf_free(&attributes);
    assert_int_equal(store_queue_next(home.store, queue, &queue, name, &settings, &attributes),
                     ERR_NOT_FOUND);
}

static bool wants_ones(void *arg, const uint8_t interface[STORE_INTERFACE])
{
    (void)arg;
    return interface[0] == 1;
}

static void an_interface_nobody_serves_blocks_nobody(void **state)
{
    struct store_message m = store_home_message(1, bytes_of_text("unserved"));
    struct store_lease lease;
    struct store_entry entry;

    (void)state;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    m.order = 2;
    m.interface[0] = 1;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    store_home_again(&home);
    assert_int_equal(store_home_lend(&home, wants_ones, &lease, &entry), ERR_OK);
    assert_int_equal(entry.m.order, 2);
    store_entry_done(&entry);
    assert_int_equal(store_home_lend(&home, wants_ones, &lease, &entry), ERR_OK);
    assert_int_equal(lease.grant, 0);
    finish_next(1);
}

static void only_one_process_has_a_store(void **state)
{
    struct store *second = NULL;

    (void)state;
    assert_int_equal(store_open(&home.config, &second), ERR_EXISTS);
}

static void a_journal_keeps_what_was_delivered_up_to_its_quota(void **state)
{
    struct store_settings small = { .messages_max = 2 };
    struct store_message m = store_home_message(1, bytes_of_text("kept"));
    struct store_entry entry;
    uint32_t journal;
    uint64_t i;

    (void)state;
    assert_int_equal(store_queue_find(home.store, STORE_JOURNAL, &journal), ERR_OK);
    assert_int_equal(store_queue_set(home.store, journal, &small), ERR_OK);
    m.journal = STORE_JOURNAL_ALWAYS;
    for (i = 0; i < 5; i++) {
        m.order = i;
        m.delivery = i % 2 ? STORE_EXPRESS : STORE_RECOVERABLE;
        assert_int_equal(store_home_put(&home, &m), ERR_OK);
        finish_next(i);
    }
    while (stats_of(STORE_JOURNAL).messages > 2)
        nap();
    assert_int_equal(stats_of(STORE_JOURNAL).dropped, 3);
    assert_int_equal(store_peek(home.store, journal, 0, true, &entry), ERR_OK);
    assert_int_equal(entry.m.order, 3);
    unit_assert_bytes(entry.m.body, bytes_of_text("kept"));
    store_entry_done(&entry);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(gives_back_what_was_put_in_order),
        TEST(keeps_more_than_its_window_over_a_restart),
        TEST(higher_priorities_first_and_no_lower_one_starves),
        TEST(a_failure_waits_and_lets_others_pass_unless_strict),
        TEST(what_failed_too_often_is_a_dead_letter_with_its_count),
        TEST(a_charge_outlives_a_restart_and_a_release_charges_nothing),
        TEST(what_expires_is_not_delivered_and_told),
        TEST(an_express_message_keeps_its_place_and_no_restart),
        TEST(quotas_are_of_the_queue_and_of_each_sender),
        TEST(a_long_body_is_a_file_and_goes_with_its_message),
        TEST(a_purge_takes_all_but_what_is_leased),
        TEST(a_deleted_queue_takes_its_messages_along),
        TEST(settings_and_attributes_outlive_a_restart),
        TEST(an_interface_nobody_serves_blocks_nobody),
        TEST(only_one_process_has_a_store),
        TEST(a_journal_keeps_what_was_delivered_up_to_its_quota),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
