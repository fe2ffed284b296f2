/* SPDX-License-Identifier: Apache-2.0
 * test_store_known.c - a message that the process before had on disk, and maybe told nobody of: who
 * sends it again has it there once. Nobody else's is taken for it.
 */
#include "lib/queue/store_home.h"
#include "lib/unit.h"

static const char bob[] = "S-1-5-21-1-2-3-1001";
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

static struct store_message message(uint64_t order)
{
    return store_home_message(order, bytes_of_text("a message"));
}

static enum err put(const struct store_message *m)
{
    return store_home_put(&home, m);
}

static uint64_t messages(void)
{
    struct store_stats stats;

    assert_int_equal(store_stats(home.store, home.queue, &stats), ERR_OK);
    return stats.messages;
}

static void what_was_there_is_there_once(void **state)
{
    struct store_message m = message(1);

    (void)state;
    assert_int_equal(put(&m), ERR_OK);
    store_home_again(&home);
    assert_int_equal(put(&m), ERR_EXISTS);
    assert_int_equal(messages(), 1);
    assert_int_equal(put(&m), ERR_OK); /* once: a third is what somebody else has of it */
    assert_int_equal(messages(), 2);
}

static void another_senders_or_queues_is_another(void **state)
{
    const struct store_settings settings = { .strict = false };
    struct store_message m = message(1);
    const uint32_t first = home.queue;

    (void)state;
    assert_int_equal(put(&m), ERR_OK);
    assert_int_equal(store_queue_create(home.store, "other", &settings, &home.queue), ERR_OK);
    store_home_again(&home);
    m.sender = bob;
    assert_int_equal(put(&m), ERR_OK);
    m = message(1);
    assert_int_equal(store_queue_find(home.store, "other", &home.queue), ERR_OK);
    assert_int_equal(put(&m), ERR_OK);
    home.queue = first;
    assert_int_equal(put(&m), ERR_EXISTS);
}

/* Its receiver was quick: its row is a dead letter by now, or went into the journal. */
static void what_has_ended_meanwhile_was_there(void **state)
{
    struct store_message m = message(1), always = message(2);
    struct store_lease lease;
    struct store_entry entry;

    (void)state;
    m.journal = STORE_JOURNAL_DEAD_LETTER;
    always.journal = STORE_JOURNAL_ALWAYS;
    assert_int_equal(put(&m), ERR_OK);
    assert_int_equal(put(&always), ERR_OK);
    assert_int_equal(store_home_take(&home, &lease, &entry), 1);
    store_entry_done(&entry);
    assert_int_equal(store_home_refuse(&home, lease, STORE_REASON_FIRST), ERR_OK);
    assert_int_equal(store_home_take(&home, &lease, &entry), 2);
    store_entry_done(&entry);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    store_home_again(&home);
    assert_int_equal(put(&m), ERR_EXISTS);
    assert_int_equal(put(&always), ERR_EXISTS);
    assert_int_equal(messages(), 0);
}

static void the_newest_of_many_are_known(void **state)
{
    enum { MANY = 5000, KNOWN = 4096 };
    struct store_message m;
    uint64_t order;

    (void)state;
    for (order = 1; order <= MANY; order++) {
        m = message(order);
        m.delivery = order > MANY - KNOWN || order == 1 ? STORE_RECOVERABLE : STORE_EXPRESS;
        assert_int_equal(put(&m), ERR_OK);
    }
    store_home_again(&home);
    for (order = MANY; order > MANY - KNOWN; order--) {
        m = message(order);
        assert_int_equal(put(&m), ERR_EXISTS);
    }
    m = message(1); /* older than these */
    assert_int_equal(put(&m), ERR_OK);
    m = message(2); /* express: lost */
    assert_int_equal(put(&m), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_there_is_there_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_senders_or_queues_is_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_ended_meanwhile_was_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_newest_of_many_are_known, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
