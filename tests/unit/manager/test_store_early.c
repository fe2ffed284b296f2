/* SPDX-License-Identifier: Apache-2.0
 * test_store_early.c - messages lent while their put waits for the disk, which is held: who sent
 * them is not told meanwhile, whatever becomes of them.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "lib/queue/slow_disk.h"
#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/store_private.h"

static const char bob[] = "S-1-5-21-1-2-3-1001";
static struct store_home home;

static int set_up(void **state)
{
    (void)state;
    slow_disk_begin();
    store_home_make(&home);
    store_home_open(&home);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    slow_disk_end();
    store_home_done(&home);
    return 0;
}

struct told {
    sem_t over;
    atomic_bool done;
    enum err err;
};

static void on_told(void *arg, enum err e)
{
    struct told *t = arg;

    t->err = e;
    atomic_store(&t->done, true);
    sem_post(&t->over);
}

static struct told *told_new(void)
{
    struct told *t = calloc(1, sizeof *t);

    assert_non_null(t);
    sem_init(&t->over, 0, 0);
    return t;
}

static enum err told_wait(struct told *t)
{
    enum err e;

    while (sem_wait(&t->over) != 0)
        continue;
    e = t->err;
    sem_destroy(&t->over);
    free(t);
    return e;
}

/* It waits for anything. *ret_lease: grant 0, nothing was lent. */
static struct told *put_to(const struct store_message *m, struct store_lease *ret_lease)
{
    struct store_waiting to = { .wants = NULL };
    struct told *t = told_new();

    assert_int_equal(store_put_to(home.store, home.queue, m, &to, on_told, t), ERR_OK);
    store_go_on(home.store);
    *ret_lease = to.lease;
    if (!to.lease.grant)
        return t;
    assert_int_equal(to.entry.m.order, m->order);
    assert_int_equal(to.entry.attempts, 0);
    assert_true(bytes_equal(to.entry.m.body, m->body));
    assert_string_equal(to.entry.m.sender, m->sender);
    store_entry_done(&to.entry);
    return t;
}

static struct told *put_order(uint64_t order, struct store_lease *ret_lease)
{
    const struct store_message m = store_home_message(order, bytes_of_text("a message"));

    return put_to(&m, ret_lease);
}

static uint64_t take(struct store_lease *ret)
{
    struct store_entry entry;
    uint64_t order = store_home_take(&home, ret, &entry);

    if (ret->grant)
        store_entry_done(&entry);
    return order;
}

static uint64_t take_soon(struct store_lease *ret)
{
    uint64_t order;

    while ((order = take(ret)) == UINT64_MAX)
        continue;
    return order;
}

static uint64_t messages(void)
{
    struct store_stats stats;

    assert_int_equal(store_stats(home.store, home.queue, &stats), ERR_OK);
    return stats.messages;
}

static struct told *finish(struct store_lease lease)
{
    struct told *t = told_new();

    assert_int_equal(store_finish(home.store, lease, on_told, t), ERR_OK);
    return t;
}

static void is_lent_executed_and_told_behind_the_commit(void **state)
{
    struct told *put, *end;
    struct store_lease lease;

    (void)state;
    slow_disk_hold();
    put = put_order(1, &lease);
    assert_int_not_equal(lease.grant, 0);
    assert_int_equal(store_begin(home.store, lease), ERR_OK);
    end = finish(lease);
    assert_false(atomic_load(&put->done));
    assert_false(atomic_load(&end->done));
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
    assert_int_equal(told_wait(end), ERR_OK);
    assert_int_equal(messages(), 0);
    store_home_again(&home);
    assert_int_equal(messages(), 0);
    assert_int_equal(take(&lease), UINT64_MAX);
}

static void one_after_the_other_are_lent_while_one_commit_waits(void **state)
{
    enum { MANY = 50 };
    struct told *put[MANY], *end[MANY];
    struct store_lease lease;
    uint64_t i;

    (void)state;
    slow_disk_hold();
    for (i = 0; i < MANY; i++) {
        put[i] = put_order(i, &lease);
        assert_int_not_equal(lease.grant, 0);
        end[i] = finish(lease);
    }
    slow_disk_let_go();
    for (i = 0; i < MANY; i++) {
        assert_int_equal(told_wait(put[i]), ERR_OK);
        assert_int_equal(told_wait(end[i]), ERR_OK);
    }
    assert_int_equal(messages(), 0);
}

static void what_is_on_its_way_comes_first(void **state)
{
    struct store_message m = store_home_message(1, bytes_of_text("first"));
    struct told *first = told_new(), *second;
    struct store_lease lease;

    (void)state;
    slow_disk_hold();
    assert_int_equal(store_put(home.store, home.queue, &m, on_told, first), ERR_OK);
    second = put_order(2, &lease);
    assert_int_equal(lease.grant, 0);
    slow_disk_let_go();
    assert_int_equal(told_wait(first), ERR_OK);
    assert_int_equal(told_wait(second), ERR_OK);
    assert_int_equal(take(&lease), 1);
    assert_int_equal(take(&lease), 2);
}

static void what_is_there_comes_first(void **state)
{
    struct store_message m = store_home_message(1, bytes_of_text("first"));
    struct told *second;
    struct store_lease lease;

    (void)state;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    second = put_order(2, &lease);
    assert_int_equal(lease.grant, 0);
    assert_int_equal(told_wait(second), ERR_OK);
    assert_int_equal(take(&lease), 1);
    assert_int_equal(take(&lease), 2);
}

static void a_strict_queue_waits_for_its_senders_last(void **state)
{
    struct store_settings strict = { .strict = true };
    struct store_message m = store_home_message(3, bytes_of_text("another's"));
    struct told *put[3];
    struct store_lease lease[3];

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &strict), ERR_OK);
    slow_disk_hold();
    put[0] = put_order(1, &lease[0]);
    m.sender = bob;
    put[2] = put_to(&m, &lease[2]);
    put[1] = put_order(2, &lease[1]);
    assert_int_not_equal(lease[0].grant, 0);
    assert_int_not_equal(lease[2].grant, 0);
    assert_int_equal(lease[1].grant, 0);
    slow_disk_let_go();
    assert_int_equal(told_wait(put[0]), ERR_OK);
    assert_int_equal(told_wait(put[2]), ERR_OK);
    assert_int_equal(told_wait(put[1]), ERR_OK);
    assert_int_equal(take(&lease[1]), UINT64_MAX);
    assert_int_equal(told_wait(finish(lease[0])), ERR_OK);
    assert_int_equal(take(&lease[1]), 2);
}

static bool wants_none(void *arg, const uint8_t interface[STORE_INTERFACE])
{
    (void)arg;
    (void)interface;
    return false;
}

static void what_is_not_wanted_expired_long_or_express_is_not_lent(void **state)
{
    static uint8_t much[STORE_EARLY_MAX + 1];
    struct store_message m = store_home_message(1, bytes_of_text("x"));
    struct store_waiting to = { .wants = wants_none };
    struct told *t = told_new();
    struct store_lease lease;

    (void)state;
    assert_int_equal(store_put_to(home.store, home.queue, &m, &to, on_told, t), ERR_OK);
    assert_int_equal(to.lease.grant, 0);
    assert_int_equal(told_wait(t), ERR_OK);
    assert_int_equal(take(&lease), 1);
    m.expires = store_home_now() - 1;
    t = put_to(&m, &lease);
    assert_int_equal(lease.grant, 0);
    assert_int_equal(told_wait(t), ERR_OK);
    m.expires = 0;
    m.delivery = STORE_EXPRESS;
    t = put_to(&m, &lease);
    assert_int_equal(lease.grant, 0);
    assert_int_equal(told_wait(t), ERR_OK);
    assert_int_equal(take(&lease), 1);
    m.delivery = STORE_RECOVERABLE;
    m.body = bytes_of(much, sizeof much);
    t = put_to(&m, &lease);
    assert_int_equal(lease.grant, 0);
    assert_int_equal(told_wait(t), ERR_OK);
}

static void a_quota_refuses_before_it_is_lent(void **state)
{
    const struct store_settings one = { .messages_max = 1 };
    const struct store_message m = store_home_message(2, bytes_of_text("x"));
    struct store_waiting to = { .wants = NULL };
    struct told *put;
    struct store_lease lease;

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &one), ERR_OK);
    slow_disk_hold();
    put = put_order(1, &lease);
    assert_int_not_equal(lease.grant, 0);
    assert_int_equal(store_put_to(home.store, home.queue, &m, &to, on_told, NULL), ERR_QUEUE_FULL);
    assert_int_equal(to.lease.grant, 0);
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
}

static void what_its_receiver_lets_go_of_is_lent_again_from_the_disk(void **state)
{
    struct told *put, *later;
    struct store_lease lease;

    (void)state;
    slow_disk_hold();
    put = put_order(1, &lease);
    store_release(home.store, lease);
    assert_int_equal(take(&lease), UINT64_MAX);
    later = put_order(2, &lease);
    assert_int_equal(lease.grant, 0);
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
    assert_int_equal(told_wait(later), ERR_OK);
    assert_int_equal(take_soon(&lease), 1);
    assert_int_equal(told_wait(finish(lease)), ERR_OK);
    assert_int_equal(take_soon(&lease), 2);
    assert_int_equal(told_wait(finish(lease)), ERR_OK);
    assert_int_equal(messages(), 0);
}

static void what_is_returned_waits_its_time(void **state)
{
    struct told *put;
    struct store_lease lease;

    (void)state;
    slow_disk_hold();
    put = put_order(1, &lease);
    store_return(home.store, lease);
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
    assert_int_equal(take_soon(&lease), 1);
}

static void a_failure_is_counted_and_a_refusal_is_a_dead_letter(void **state)
{
    struct store_entry entry;
    struct told *put, *end = told_new();
    struct store_lease lease;
    uint32_t dead;

    (void)state;
    slow_disk_hold();
    put = put_order(1, &lease);
    assert_int_equal(store_begin(home.store, lease), ERR_OK);
    assert_int_equal(store_fail(home.store, lease, 0, on_told, end), ERR_OK);
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
    assert_int_equal(told_wait(end), ERR_OK);
    store_home_again(&home); /* it is on disk */
    while (store_home_take(&home, &lease, &entry) == UINT64_MAX)
        continue;
    assert_int_equal(entry.attempts, 1);
    store_entry_done(&entry);
    assert_int_equal(told_wait(finish(lease)), ERR_OK);

    slow_disk_hold();
    put = put_order(2, &lease);
    end = told_new();
    assert_int_equal(store_refuse(home.store, lease, STORE_REASON_FIRST, on_told, end), ERR_OK);
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
    assert_int_equal(told_wait(end), ERR_OK);
    assert_int_equal(store_queue_find(home.store, STORE_DEAD_LETTERS, &dead), ERR_OK);
    assert_int_equal(store_peek(home.store, dead, 0, false, &entry), ERR_OK);
    assert_int_equal(entry.m.order, 2);
    assert_int_equal(entry.reason, STORE_REASON_FIRST);
    store_entry_done(&entry);
}

static void a_journal_has_it(void **state)
{
    struct store_message m = store_home_message(1, bytes_of_text("x"));
    struct store_entry entry;
    struct told *put, *end;
    struct store_lease lease;
    uint32_t journal;

    (void)state;
    m.journal = STORE_JOURNAL_ALWAYS;
    slow_disk_hold();
    put = put_to(&m, &lease);
    end = finish(lease);
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
    assert_int_equal(told_wait(end), ERR_OK);
    assert_int_equal(store_queue_find(home.store, STORE_JOURNAL, &journal), ERR_OK);
    assert_int_equal(store_peek(home.store, journal, 0, false, &entry), ERR_OK);
    assert_int_equal(entry.m.order, 1);
    store_entry_done(&entry);
}

static void a_transaction_begins_behind_the_commit(void **state)
{
    struct told *put, *begun = told_new();
    struct store_lease lease;

    (void)state;
    slow_disk_hold();
    put = put_order(1, &lease);
    assert_int_equal(store_begin_transaction(home.store, lease, on_told, begun), ERR_OK);
    assert_false(atomic_load(&put->done));
    assert_false(atomic_load(&begun->done));
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
    assert_int_equal(told_wait(begun), ERR_OK);
    assert_int_equal(told_wait(finish(lease)), ERR_OK);
}

static void *delete_queue(void *arg)
{
    *(enum err *)arg = store_queue_delete(home.store, home.queue);
    return NULL;
}

static void a_queue_that_goes_takes_it_along(void **state)
{
    const struct timespec moment = { .tv_nsec = 1000000 };
    struct store_stats stats;
    struct store_lease lease;
    struct told *put;
    pthread_t thread;
    enum err e = ERR_OK;
    int i;

    (void)state;
    slow_disk_hold();
    put = put_order(1, &lease);
    assert_int_equal(pthread_create(&thread, NULL, delete_queue, &e), 0);
    for (i = 0; i < 20; i++) /* likely it is asked for before the commit; either is right */
        nanosleep(&moment, NULL);
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(e, ERR_OK);
    assert_int_equal(store_finish(home.store, lease, NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(store_stats(home.store, home.queue, &stats), ERR_NOT_FOUND);
}

static uint64_t frozen;

static uint64_t frozen_now(void *arg)
{
    (void)arg;
    return frozen;
}

/* Beyond so many that wait one does not look: what is there of the same sender is first. */
static void what_is_beyond_a_look_comes_first(void **state)
{
    enum { MANY = STORE_LOOK_MAX + STORE_WINDOW };
    static struct told *put[MANY];
    struct store_message m = store_home_message(0, bytes_of_text("x"));
    struct told *second;
    struct store_lease lease;
    uint64_t i;

    (void)state;
    frozen = store_home_now();
    home.config.now = frozen_now;
    store_home_again(&home);
    for (i = 0; i < MANY; i++) {
        m.order = i;
        put[i] = told_new();
        assert_int_equal(store_put(home.store, home.queue, &m, on_told, put[i]), ERR_OK);
    }
    for (i = 0; i < MANY; i++)
        assert_int_equal(told_wait(put[i]), ERR_OK);
    assert_int_equal(take(&lease), 0);
    store_return(home.store, lease); /* and with it all of that sender's */
    m.sender = bob;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    assert_int_equal(take(&lease), UINT64_MAX);
    m.order++;
    second = put_to(&m, &lease);
    assert_int_equal(lease.grant, 0);
    assert_int_equal(told_wait(second), ERR_OK);
}

/* No definite no: the receiver has it, and what has come onto the disk nobody can tell. */
static void a_commit_that_fails_is_told_as_what_nobody_can_tell(void **state)
{
    struct store_message m = store_home_message(2, bytes_of_text("x"));
    struct told *lent, *kept = told_new(), *end;
    struct store_lease lease;

    (void)state;
    slow_disk_hold();
    lent = put_order(1, &lease);
    assert_int_not_equal(lease.grant, 0);
    assert_int_equal(store_begin(home.store, lease), ERR_OK);
    assert_int_equal(store_put(home.store, home.queue, &m, on_told, kept), ERR_OK);
    slow_disk_break();
    assert_int_equal(told_wait(lent), ERR_RPC_FAILED);
    assert_int_not_equal(told_wait(kept), ERR_OK);
    slow_disk_end();
    end = finish(lease);
    assert_int_equal(told_wait(end), ERR_NOT_FOUND); /* it may come again */
    assert_int_equal(messages(), 0);
    assert_int_equal(take(&lease), UINT64_MAX);
}

/* Whatever has become of each meanwhile. */
static void none_of_those_whose_commit_fails_is_left(void **state)
{
    enum { HELD, FINISHED, FAILED, REFUSED, RELEASED, RETURNED, BEGUN, ALL };
    struct told *put[ALL], *end[3], *begun = told_new();
    struct store_lease lease[ALL];
    struct store_stats stats;
    int i;

    (void)state;
    slow_disk_hold();
    for (i = 0; i < ALL; i++) {
        put[i] = put_order((uint64_t)i, &lease[i]);
        assert_int_not_equal(lease[i].grant, 0);
    }
    assert_int_equal(store_begin(home.store, lease[HELD]), ERR_OK);
    end[0] = finish(lease[FINISHED]);
    end[1] = told_new();
    assert_int_equal(store_fail(home.store, lease[FAILED], 0, on_told, end[1]), ERR_OK);
    end[2] = told_new();
    assert_int_equal(store_refuse(home.store, lease[REFUSED], STORE_REASON_FIRST, on_told, end[2]),
                     ERR_OK);
    store_release(home.store, lease[RELEASED]);
    store_return(home.store, lease[RETURNED]);
    assert_int_equal(store_begin_transaction(home.store, lease[BEGUN], on_told, begun), ERR_OK);
    slow_disk_break();
    for (i = 0; i < ALL; i++)
        assert_int_equal(told_wait(put[i]), ERR_RPC_FAILED);
    for (i = 0; i < 3; i++)
        assert_int_not_equal(told_wait(end[i]), ERR_OK);
    assert_int_not_equal(told_wait(begun), ERR_OK);
    slow_disk_end();
    store_release(home.store, lease[HELD]);
    store_release(home.store, lease[BEGUN]);
    do
        assert_int_equal(store_stats(home.store, home.queue, &stats), ERR_OK);
    while (stats.messages);
    assert_int_equal(stats.octets, 0);
    assert_int_equal(stats.taken, 0);
    assert_int_equal(stats.delayed, 0);
    assert_int_equal(stats.put, 0);
    store_home_again(&home);
    assert_int_equal(messages(), 0);
}

static void what_was_lent_and_is_let_go_of_behind_a_failed_commit_is_gone(void **state)
{
    struct store_lease lease;
    struct told *lent;

    (void)state;
    slow_disk_hold();
    lent = put_order(1, &lease);
    slow_disk_break();
    assert_int_equal(told_wait(lent), ERR_RPC_FAILED);
    slow_disk_end();
    assert_int_equal(store_begin_transaction(home.store, lease, on_told, NULL), ERR_NOT_FOUND);
    store_release(home.store, lease);
    assert_int_equal(messages(), 0);
}

/* The lane is read ahead past what is in memory already. */
static void a_lane_that_is_read_again_passes_it_over(void **state)
{
    enum { MANY = 2 * STORE_WINDOW };
    struct told *put, *some[MANY];
    struct store_message m[MANY];
    struct store_lease lease, first;
    uint64_t i;

    (void)state;
    slow_disk_hold();
    put = put_order(1000, &first);
    assert_int_not_equal(first.grant, 0);
    for (i = 0; i < MANY; i++) {
        m[i] = store_home_message(i, bytes_of_text("x"));
        some[i] = told_new();
        assert_int_equal(store_put(home.store, home.queue, &m[i], on_told, some[i]), ERR_OK);
    }
    slow_disk_let_go();
    assert_int_equal(told_wait(put), ERR_OK);
    for (i = 0; i < MANY; i++)
        assert_int_equal(told_wait(some[i]), ERR_OK);
    for (i = 0; i < MANY; i++) {
        assert_int_equal(take(&lease), i);
        assert_int_equal(told_wait(finish(lease)), ERR_OK);
    }
    assert_int_equal(take(&lease), UINT64_MAX);
    store_release(home.store, first);
    assert_int_equal(take_soon(&lease), 1000);
    assert_int_equal(told_wait(finish(lease)), ERR_OK);
    assert_int_equal(messages(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_lent_executed_and_told_behind_the_commit, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(one_after_the_other_are_lent_while_one_commit_waits, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_on_its_way_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_there_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_strict_queue_waits_for_its_senders_last, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_wanted_expired_long_or_express_is_not_lent,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_quota_refuses_before_it_is_lent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_its_receiver_lets_go_of_is_lent_again_from_the_disk,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_returned_waits_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_is_counted_and_a_refusal_is_a_dead_letter, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_journal_has_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_transaction_begins_behind_the_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_queue_that_goes_takes_it_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_beyond_a_look_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(none_of_those_whose_commit_fails_is_left, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_commit_that_fails_is_told_as_what_nobody_can_tell, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            what_was_lent_and_is_let_go_of_behind_a_failed_commit_is_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lane_that_is_read_again_passes_it_over, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
