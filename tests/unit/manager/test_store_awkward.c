/* SPDX-License-Identifier: Apache-2.0
 * test_store_awkward.c - moments that only meet by chance, made to meet; and what a sender or a
 * receiver may do to others.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/store_private.h"

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

static enum err put_as(const char *sender, uint64_t order, uint8_t delivery, size_t size)
{
    static const uint8_t body[STORE_CACHED_MAX];
    struct store_message m = store_home_message(order, bytes_of(body, size));

    m.sender = sender;
    m.delivery = delivery;
    return store_home_put(&home, &m);
}

static void put(uint64_t order, uint8_t delivery)
{
    assert_int_equal(put_as("S-1-5-21-1-2-3-1000", order, delivery, 16), ERR_OK);
}

static struct store_lease take(uint64_t order)
{
    struct store_lease lease;
    struct store_entry entry;

    assert_int_equal(store_home_take(&home, &lease, &entry), order);
    store_entry_done(&entry);
    return lease;
}

/* ---- a charge on its way, whose message goes ---- */

static void a_message_that_goes_takes_its_charge_along(void **state)
{
    struct store *s = home.store;
    struct store_lease lease;
    struct op *charge = op_new(OP_CHARGE, NULL), *gone = op_new(OP_FINISH, NULL);
    bool had, cancelled, has;
    struct item *i;

    (void)state;
    put(1, STORE_RECOVERABLE);
    lease = take(1);
    pthread_mutex_lock(&s->lock); /* so that no batch comes between */
    i = store_leased(s, lease);
    item_begin(s, i, false, charge);
    had = charge->item == i;
    gone->queue = i->lane->queue;
    gone->item = i;
    gone->number = lease.number;
    store_apply(s, gone);
    cancelled = charge->cancelled;
    has = charge->item;
    if (has)
        charge->item = NULL; /* which is freed */
    pthread_mutex_unlock(&s->lock);
    op_free(gone);
    assert_true(had && cancelled);
    assert_false(has);
}

/* ---- queues that go ---- */

static void goes_within_reason(void)
{
    assert_int_equal(store_queue_delete(home.store, home.queue), ERR_OK);
    store_home_again(&home); /* which makes it anew */
}

static void a_queue_goes_with_an_express_message_that_is_leased(void **state)
{
    (void)state;
    put(1, STORE_EXPRESS);
    (void)take(1);
    goes_within_reason();
}

static void a_queue_goes_with_an_express_message_in_back_off(void **state)
{
    const struct store_settings slow = { .backoff_first_ms = 4000000000u,
                                         .backoff_max_ms = 4000000000u };

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &slow), ERR_OK);
    put(1, STORE_EXPRESS);
    assert_int_equal(store_home_fail(&home, take(1), 0), ERR_OK);
    goes_within_reason();
}

/* As a purge that has removed the row of what is taken meanwhile. */
static void a_queue_goes_with_a_message_in_memory_alone(void **state)
{
    struct store_lease lease;
    struct op *purge;

    (void)state;
    put(1, STORE_RECOVERABLE);
    lease = take(1);
    purge = op_new(OP_REMOVE, NULL);
    purge->number = lease.number;
    purge->part = true;
    pthread_mutex_lock(&home.store->lock);
    purge->queue = store_queue_at(home.store, home.queue);
    store_submit(home.store, purge);
    purge->queue->pending--; /* as a part of one */
    pthread_mutex_unlock(&home.store->lock);
    goes_within_reason();
}

/* ---- receivers who do nothing ---- */

static _Atomic uint64_t future; /* ticks that the clock is ahead */

static uint64_t clock_ahead(void *arg)
{
    (void)arg;
    return store_home_now() + future;
}

static void nap(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

static void a_lease_that_nobody_begins_ends_uncharged(void **state)
{
    struct store_lease begun, idle, lease;
    struct store_entry entry;

    (void)state;
    future = 0;
    home.config.now = clock_ahead;
    home.config.lease_ms = 60000;
    store_home_again(&home);
    put(1, STORE_RECOVERABLE);
    put(2, STORE_RECOVERABLE);
    begun = take(1);
    idle = take(2);
    assert_int_equal(store_begin(home.store, begun), ERR_OK);
    future = UINT64_C(61) * 10000000;
    while (store_home_take(&home, &lease, &entry) == UINT64_MAX)
        nap();
    assert_int_equal(entry.m.order, 2); /* the first is being executed, however long */
    assert_int_equal(entry.attempts, 0);
    store_entry_done(&entry);
    assert_int_equal(store_begin(home.store, idle), ERR_NOT_FOUND);
    assert_int_equal(store_home_end(&home, store_finish, begun), ERR_OK);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
}

static void messages_in_back_off_are_no_leases(void **state)
{
    const struct store_settings slow = { .backoff_first_ms = 4000000000u,
                                         .backoff_max_ms = 4000000000u };
    uint64_t i;

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &slow), ERR_OK);
    for (i = 0; i <= STORE_LEASED_MAX; i++) {
        put(i, STORE_EXPRESS);
        assert_int_equal(store_home_fail(&home, take(i), 0), ERR_OK);
    }
    assert_int_equal(put_as("S-1-5-21-1-2-3-1001", i, STORE_EXPRESS, 1), ERR_OK);
    (void)take(i);
}

/* ---- bodies that cannot be read now ---- */

static uint64_t messages_of(const char *name)
{
    struct store_stats stats;
    uint32_t queue;

    assert_int_equal(store_queue_find(home.store, name, &queue), ERR_OK);
    assert_int_equal(store_stats(home.store, queue, &stats), ERR_OK);
    return stats.messages;
}

static void put_long(uint64_t order)
{
    static const uint8_t body[STORE_INLINE_MAX + 1];
    struct store_message m = store_home_message(order, bytes_of(body, sizeof body));

    assert_int_equal(store_home_put(&home, &m), ERR_OK);
}

static void a_body_is_not_damaged_where_there_are_no_descriptors(void **state)
{
    struct rlimit had, none;
    struct store_lease lease;
    struct store_entry entry;
    enum err e;

    (void)state;
    put_long(1);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
    none = had;
    none.rlim_cur = 3;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    e = store_home_lend(&home, NULL, &lease, &entry);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &had), 0);
    assert_int_equal(e, ERR_OK);
    assert_int_equal(lease.grant, 0);
    while (store_home_take(&home, &lease, &entry) == UINT64_MAX)
        nap();
    assert_int_equal(entry.attempts, 0);
    store_entry_done(&entry);
    assert_int_equal(messages_of(STORE_DAMAGED), 0);
}

static void nothing_is_repaired_without_the_folder_of_bodies(void **state)
{
    struct store_report report = { 0 };
    char from[96], to[96];

    (void)state;
    put_long(1);
    store_close(home.store);
    home.store = NULL;
    snprintf(from, sizeof from, "%s/body", home.dir);
    snprintf(to, sizeof to, "%s/elsewhere", home.dir);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(store_check(home.dir, true, &report), ERR_NOT_FOUND);
    assert_int_equal(report.repaired, 0);
    assert_int_equal(rename(to, from), 0);
    store_home_open(&home);
    assert_int_equal(messages_of(STORE_DAMAGED), 0);
    store_close(home.store);
    home.store = NULL;
    assert_int_equal(store_check(home.dir, true, &report), ERR_OK);
    store_home_open(&home);
}

/* ---- what senders leave behind ---- */

static void a_refused_put_leaves_nothing(void **state)
{
    const struct store_settings small = { .octets_max = 1 };
    size_t before = home.store->shares.count;

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &small), ERR_OK);
    assert_int_equal(put_as("S-1-5-21-1-2-3-1001", 1, STORE_RECOVERABLE, 16), ERR_QUEUE_FULL);
    assert_int_equal(home.store->shares.count, before);
}

static enum err put_of(const char *sender, uint32_t interface, uint8_t priority)
{
    struct store_message m = store_home_message(interface, bytes_of("", 1));

    memcpy(m.interface, &interface, sizeof interface);
    m.sender = sender;
    m.priority = priority;
    return store_home_put(&home, &m);
}

static void invented_interfaces_shut_nobody_out_and_are_forgotten(void **state)
{
    const struct store_settings wide = { .messages_max = 100000, .sender_messages_max = 100000 };
    uint32_t i, n = STORE_SENDER_LANES_MAX;

    (void)state;
    future = 0;
    home.config.now = clock_ahead;
    store_home_again(&home);
    assert_int_equal(store_queue_set(home.store, home.queue, &wide), ERR_OK);
    for (i = 0; i < n; i++)
        assert_int_equal(put_of("S-1-22-1-1000", i, 3), ERR_OK);
    assert_int_equal(put_of("S-1-22-1-1000", n, 3), ERR_QUEUE_FULL);
    assert_int_equal(put_of("S-1-22-1-1000", 0, 3), ERR_OK); /* of one that is there */
    assert_int_equal(put_of("S-1-22-1-1001", n, 3), ERR_OK);
    assert_int_equal(store_home_purge(&home, home.queue), ERR_OK);
    do {
        future += 10000000;
        nap();
    } while (put_of("S-1-22-1-1000", ++n, 3) == ERR_QUEUE_FULL);
    for (i = 1; i < STORE_SENDER_LANES_MAX; i++)
        assert_int_equal(put_of("S-1-22-1-1000", ++n, 3), ERR_OK);
    store_home_again(&home);
    assert_int_equal(messages_of("q"), STORE_SENDER_LANES_MAX);
}

/* ---- what one sender may have ---- */

static void one_sender_has_a_part_of_the_memory(void **state)
{
    const size_t most = 8 * STORE_CACHED_MAX;
    struct store_stats stats;
    uint64_t i;

    (void)state;
    home.config.express_octets_max = most;
    store_home_again(&home);
    for (i = 0; i < 3; i++)
        assert_int_equal(put_as("S-1-22-1-1000", i, STORE_EXPRESS, STORE_CACHED_MAX), ERR_OK);
    assert_int_equal(put_as("S-1-22-1-1001", i, STORE_EXPRESS, STORE_CACHED_MAX), ERR_OK);
    assert_int_equal(store_stats(home.store, home.queue, &stats), ERR_OK);
    assert_int_equal(stats.express, 2); /* the first of each; the others are on disk */
    for (i = 0; i < 4; i++)
        assert_int_equal(store_home_end(&home, store_finish, take(i)), ERR_OK);
    assert_int_equal(home.store->express, 0);
    assert_int_equal(messages_of("q"), 0);
    assert_int_equal(put_as("S-1-22-1-1000", i, STORE_EXPRESS, STORE_CACHED_MAX), ERR_OK);
    assert_int_equal(store_stats(home.store, home.queue, &stats), ERR_OK);
    assert_int_equal(stats.express, 1);
}

static void one_sender_has_a_part_of_all_queues(void **state)
{
    const struct store_settings same = { .strict = false };
    struct store_message m = store_home_message(3, bytes_of("", 1));
    uint32_t other;

    (void)state;
    home.config.sender_octets_max = 100;
    store_home_again(&home);
    assert_int_equal(store_queue_create(home.store, "other", &same, &other), ERR_OK);
    assert_int_equal(put_as("S-1-22-1-1000", 1, STORE_RECOVERABLE, 60), ERR_OK);
    home.queue = other;
    assert_int_equal(put_as("S-1-22-1-1000", 2, STORE_RECOVERABLE, 60), ERR_QUEUE_FULL);
    assert_int_equal(put_as("S-1-22-1-1001", 2, STORE_RECOVERABLE, 60), ERR_OK);
    m.sender = "S-1-22-1-1000";
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
}

/* ---- dead letters by octets ---- */

static void as_many_are_dropped_as_have_to_be(void **state)
{
    const struct store_settings wide = { .octets_max = INT64_MAX }, small = { .octets_max = 1600 };
    struct store_message m = store_home_message(1, bytes_of("0123456789abcdef", 16));
    uint32_t dead;
    uint64_t i;

    (void)state;
    assert_int_equal(store_queue_find(home.store, STORE_DEAD_LETTERS, &dead), ERR_OK);
    assert_int_equal(store_queue_set(home.store, dead, &wide), ERR_OK);
    m.journal = STORE_JOURNAL_DEAD_LETTER;
    for (i = 0; i < 201; i++) {
        m.order = i;
        assert_int_equal(store_home_put(&home, &m), ERR_OK);
        if (i == 200) /* which makes 100 of 201 be over */
            assert_int_equal(store_queue_set(home.store, dead, &small), ERR_OK);
        assert_int_equal(store_home_refuse(&home, take(i), STORE_REASON_FIRST), ERR_OK);
    }
    while ((i = messages_of(STORE_DEAD_LETTERS)) == 201)
        nap();
    assert_int_equal(i, 100); /* all of them at once */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_message_that_goes_takes_its_charge_along),
        TEST(a_queue_goes_with_an_express_message_that_is_leased),
        TEST(a_queue_goes_with_an_express_message_in_back_off),
        TEST(a_queue_goes_with_a_message_in_memory_alone),
        TEST(a_lease_that_nobody_begins_ends_uncharged),
        TEST(messages_in_back_off_are_no_leases),
        TEST(a_body_is_not_damaged_where_there_are_no_descriptors),
        TEST(nothing_is_repaired_without_the_folder_of_bodies),
        TEST(a_refused_put_leaves_nothing),
        TEST(invented_interfaces_shut_nobody_out_and_are_forgotten),
        TEST(one_sender_has_a_part_of_the_memory),
        TEST(one_sender_has_a_part_of_all_queues),
        TEST(as_many_are_dropped_as_have_to_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
