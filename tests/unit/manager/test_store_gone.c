/* SPDX-License-Identifier: Apache-2.0
 * test_store_gone.c - messages that a purge removes while a receiver asks for them: each is counted
 * out of its queue once.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "lib/queue/store_home.h"
#include "lib/unit.h"

enum { ROUNDS = 5, MESSAGES = 200, BODY = 70 << 10 /* too long to wait in memory */ };

static struct store_home home;
static atomic_bool over;

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

static void fill(void)
{
    static const uint8_t body[BODY];
    uint64_t i;

    for (i = 0; i < MESSAGES; i++) {
        struct store_message m = store_home_message(i, bytes_of(body, sizeof body));

        assert_int_equal(store_home_put(&home, &m), ERR_OK);
    }
}

/* Takes whatever there is, and gives it back, again and again. */
static void *take(void *arg)
{
    struct store_lease lease;
    struct store_entry entry;

    (void)arg;
    while (!atomic_load(&over)) {
        (void)sched_yield(); /* the lock is others' too */
        if (store_take(home.store, home.queue, NULL, NULL, &lease, &entry) || !lease.grant)
            continue;
        store_entry_done(&entry);
        store_release(home.store, lease);
    }
    return NULL;
}

static void round_of(void)
{
    struct store_lease lease;
    struct store_entry entry;
    struct store_stats s;
    pthread_t taker;

    fill();
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&taker, NULL, take, NULL), 0);
    assert_int_equal(store_home_purge(&home, home.queue), ERR_OK);
    atomic_store(&over, true);
    pthread_join(taker, NULL);
    assert_int_equal(store_home_purge(&home, home.queue), ERR_OK); /* what was taken then */
    assert_int_equal(store_take(home.store, home.queue, NULL, NULL, &lease, &entry), ERR_OK);
    assert_int_equal(lease.grant, 0);
    assert_int_equal(store_stats(home.store, home.queue, &s), ERR_OK);
    assert_int_equal(s.messages, 0);
    assert_int_equal(s.octets, 0);
}

static void what_is_purged_while_it_is_taken_is_counted_once(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < ROUNDS; i++)
        round_of();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_purged_while_it_is_taken_is_counted_once, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
