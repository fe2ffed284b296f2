/* SPDX-License-Identifier: Apache-2.0
 * test_store_joined.c - messages put in the transaction in which another is executed.
 */
#include "queue/manager/store.h"

#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/queue/store_home.h"
#include "lib/unit.h"

static struct store_home home;
static uint32_t out; /* where joined messages go */

static void open_home(void)
{
    const struct store_settings settings = { .backoff_first_ms = 1, .attempts_max = 3 };

    if (store_queue_find(home.store, "out", &out))
        assert_int_equal(store_queue_create(home.store, "out", &settings, &out), ERR_OK);
    assert_int_equal(store_queue_set(home.store, home.queue, &settings), ERR_OK);
}

static int set_up(void **state)
{
    (void)state;
    store_home_make(&home);
    store_home_open(&home);
    open_home();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_home_done(&home);
    return 0;
}

static void again(void)
{
    store_home_again(&home);
    open_home();
}

struct wait {
    sem_t over;
    enum err err;
};

static void on_done(void *arg, enum err e)
{
    struct wait *w = arg;

    w->err = e;
    sem_post(&w->over);
}

static enum err wait_end(struct wait *w, enum err e)
{
    while (!e && sem_wait(&w->over) != 0)
        continue;
    sem_destroy(&w->over);
    return e ? e : w->err;
}

static enum err begin(struct store_lease lease)
{
    struct wait w = { .err = ERR_OK };

    sem_init(&w.over, 0, 0);
    return wait_end(&w, store_begin_transaction(home.store, lease, on_done, &w));
}

static enum err join(const struct store_message *m, struct store_lease lease)
{
    struct wait w = { .err = ERR_OK };

    sem_init(&w.over, 0, 0);
    return wait_end(&w, store_put_joined(home.store, out, m, lease, on_done, &w));
}

static struct store_message message(uint64_t order)
{
    struct store_message m = store_home_message(order, bytes_of_text("joined"));

    m.journal = STORE_JOURNAL_DEAD_LETTER;
    return m;
}

static void join_one(uint64_t order, struct store_lease lease)
{
    const struct store_message m = message(order);

    assert_int_equal(join(&m, lease), ERR_OK);
}

static void put_one(uint64_t order)
{
    const struct store_message m = store_home_message(order, bytes_of_text("a call"));

    assert_int_equal(store_home_put(&home, &m), ERR_OK);
}

/* Waits until the queue gives one. */
static struct store_lease take(uint64_t order)
{
    struct store_lease lease = { 0 };
    struct store_entry entry;
    int i;

    for (i = 0; i < 60000 && !lease.grant; i++) {
        if (i)
            nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
        if (store_home_take(&home, &lease, &entry) == UINT64_MAX)
            continue;
        assert_int_equal(entry.m.order, order);
        store_entry_done(&entry);
    }
    assert_int_not_equal(lease.grant, 0);
    return lease;
}

static struct store_lease take_and_begin(uint64_t order)
{
    struct store_lease lease = take(order);

    assert_int_equal(begin(lease), ERR_OK);
    return lease;
}

/* Takes the next out of the other queue, for good; UINT64_MAX: there is none. */
static uint64_t come_out(void)
{
    struct store_home of = home;
    struct store_lease lease;
    struct store_entry entry;
    uint64_t order;

    of.queue = out;
    order = store_home_take(&of, &lease, &entry);
    if (order == UINT64_MAX)
        return order;
    store_entry_done(&entry);
    assert_int_equal(store_home_end(&of, store_finish, lease), ERR_OK);
    return order;
}

static struct store_stats stats_of(uint32_t queue)
{
    struct store_stats stats;

    assert_int_equal(store_stats(home.store, queue, &stats), ERR_OK);
    return stats;
}

static uint64_t dead_letters(void)
{
    uint32_t dead = 0;

    assert_int_equal(store_queue_find(home.store, STORE_DEAD_LETTERS, &dead), ERR_OK);
    return stats_of(dead).messages;
}

static void assert_nothing_held(void)
{
    assert_int_equal(stats_of(out).held, 0);
    assert_int_equal(stats_of(out).messages, 0);
    assert_int_equal(stats_of(out).octets, 0);
}

/* ---- what becomes of them ---- */

static void joined_messages_come_out_when_the_other_is_executed(void **state)
{
    struct store_lease lease;

    (void)state;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    join_one(11, lease);
    assert_int_equal(come_out(), UINT64_MAX);
    assert_int_equal(stats_of(out).held, 2);
    assert_int_equal(stats_of(out).messages, 2);
    assert_int_equal(stats_of(out).put, 0);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(stats_of(out).put, 2);
    assert_int_equal(come_out(), 10);
    assert_int_equal(come_out(), 11);
    assert_int_equal(come_out(), UINT64_MAX);
    assert_nothing_held();
}

static void what_was_put_meanwhile_comes_first(void **state)
{
    struct store_message m = message(20);
    struct store_home of = home;
    struct store_lease lease;

    (void)state;
    of.queue = out;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    assert_int_equal(come_out(), UINT64_MAX); /* which reads the lane ahead */
    assert_int_equal(store_home_put(&of, &m), ERR_OK);
    assert_int_equal(come_out(), 20);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(come_out(), 10);
    assert_nothing_held();
}

static void joined_messages_go_when_the_other_fails(void **state)
{
    struct store_lease lease;

    (void)state;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    assert_int_equal(store_home_fail(&home, lease, 0), ERR_OK);
    assert_nothing_held();
    lease = take_and_begin(1);
    join_one(11, lease);
    assert_int_equal(store_home_refuse(&home, lease, STORE_REASON_FIRST), ERR_OK);
    assert_nothing_held();
    assert_int_equal(come_out(), UINT64_MAX);
    assert_int_equal(dead_letters(), 1); /* the other alone */
}

static void joined_messages_wait_when_the_receiver_is_lost(void **state)
{
    struct store_lease lease;

    (void)state;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    store_release(home.store, lease);
    lease = take(1);
    assert_int_equal(come_out(), UINT64_MAX);
    assert_int_equal(stats_of(out).held, 1);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK); /* not run again */
    assert_int_equal(come_out(), 10);
    assert_nothing_held();
}

static void a_new_execution_begins_with_nothing(void **state)
{
    struct store_lease lease;

    (void)state;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    store_release(home.store, lease);
    lease = take_and_begin(1);
    assert_int_equal(stats_of(out).held, 0);
    join_one(11, lease);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(come_out(), 11);
    assert_int_equal(come_out(), UINT64_MAX);
    assert_nothing_held();
}

static void a_restart_keeps_both(void **state)
{
    struct store_lease lease;

    (void)state;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    again();
    assert_int_equal(stats_of(out).held, 1);
    assert_int_equal(come_out(), UINT64_MAX);
    lease = take(1);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    again();
    assert_int_equal(come_out(), 10);
    assert_nothing_held();
}

static void a_restart_does_not_hide_what_an_execution_left(void **state)
{
    struct store_lease lease;

    (void)state;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    again();
    lease = take_and_begin(1);
    assert_nothing_held();
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(come_out(), UINT64_MAX);
}

/* ---- deliveries ---- */

static void who_was_lost_in_a_transaction_is_asked_before_it_is_a_dead_letter(void **state)
{
    struct store_lease lease;
    int i;

    (void)state;
    put_one(1);
    for (i = 0; i < 3; i++) {
        lease = take_and_begin(1);
        join_one(10, lease);
        store_release(home.store, lease);
    }
    lease = take(1); /* its three deliveries are used up, and it may have been executed */
    assert_int_equal(dead_letters(), 0);
    assert_int_equal(begin(lease), ERR_NOT_FOUND);
    assert_int_equal(store_home_purge(&home, home.queue), ERR_OK); /* comes behind */
    assert_int_equal(dead_letters(), 1);
    assert_nothing_held();
}

static void who_is_lost_otherwise_uses_its_deliveries_up(void **state)
{
    struct store_lease lease;
    int i;

    (void)state;
    put_one(1);
    for (i = 0; i < 3; i++) {
        lease = take(1);
        assert_int_equal(store_begin(home.store, lease), ERR_OK);
        store_release(home.store, lease);
    }
    assert_int_equal(store_home_purge(&home, home.queue), ERR_OK); /* comes behind */
    assert_int_equal(dead_letters(), 1);
}

/* ---- what is refused ---- */

static void only_a_transaction_is_joined(void **state)
{
    const struct store_message m = message(10);
    struct store_lease lease, of_another;

    (void)state;
    put_one(1);
    lease = take(1);
    assert_int_equal(join(&m, lease), ERR_NOT_FOUND); /* not begun */
    assert_int_equal(store_begin(home.store, lease), ERR_OK);
    assert_int_equal(join(&m, lease), ERR_NOT_FOUND); /* in none */
    store_release(home.store, lease);
    lease = take_and_begin(1);
    of_another = lease;
    of_another.grant++;
    assert_int_equal(join(&m, of_another), ERR_NOT_FOUND);
    assert_int_equal(join(&m, (struct store_lease){ 0 }), ERR_NOT_FOUND);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(join(&m, lease), ERR_NOT_FOUND); /* over */
    assert_nothing_held();
}

static void quotas_count_what_is_held(void **state)
{
    const struct store_settings two = { .messages_max = 2 };
    const struct store_message m = message(12);
    struct store_lease lease;

    (void)state;
    assert_int_equal(store_queue_set(home.store, out, &two), ERR_OK);
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    join_one(11, lease);
    assert_int_equal(join(&m, lease), ERR_QUEUE_FULL);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(come_out(), 10);
    assert_int_equal(come_out(), 11);
}

/* ---- other ways to go ---- */

static void a_held_message_is_purged_like_others(void **state)
{
    struct store_lease lease;

    (void)state;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    assert_int_equal(store_home_purge(&home, out), ERR_OK);
    assert_nothing_held();
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(come_out(), UINT64_MAX);
}

static void a_held_message_expires_like_others(void **state)
{
    struct store_message m = message(10);
    struct store_lease lease;
    int i;

    (void)state;
    m.expires = store_home_now() + 200000;
    put_one(1);
    lease = take_and_begin(1);
    assert_int_equal(join(&m, lease), ERR_OK);
    for (i = 0; i < 60000 && stats_of(out).messages; i++)
        nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
    assert_nothing_held();
    assert_int_equal(dead_letters(), 1);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(come_out(), UINT64_MAX);
}

static void a_held_message_is_told_as_held_and_stays_where_it_is(void **state)
{
    struct store_lease lease;
    struct store_entry e;

    (void)state;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    assert_int_equal(store_peek(home.store, out, 0, true, &e), ERR_OK);
    assert_true(e.held);
    unit_assert_bytes(e.m.body, bytes_of_text("joined"));
    store_entry_done(&e);
    assert_int_equal(store_home_move(&home, out, e.number, home.queue), ERR_UNEXPECTED);
    store_release(home.store, lease);
    assert_int_equal(store_home_move(&home, home.queue, lease.number, out), ERR_UNEXPECTED);
    lease = take(1);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(store_peek(home.store, out, 0, false, &e), ERR_OK);
    assert_false(e.held);
    store_entry_done(&e);
    assert_int_equal(come_out(), 10);
}

/* Nobody has said whether the other was executed: a person may look. */
static void what_nobody_decided_is_a_dead_letter(void **state)
{
    struct store_lease lease;

    (void)state;
    put_one(1);
    lease = take_and_begin(1);
    join_one(10, lease);
    assert_int_equal(store_queue_delete(home.store, home.queue), ERR_OK);
    assert_nothing_held();
    assert_int_equal(dead_letters(), 1);
    assert_int_equal(come_out(), UINT64_MAX);
}

static void what_was_joined_to_an_express_message_goes_with_it(void **state)
{
    struct store_message m = store_home_message(1, bytes_of_text("express"));
    struct store_lease lease;
    int i;

    (void)state;
    m.delivery = STORE_EXPRESS;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    lease = take_and_begin(1);
    join_one(10, lease);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    assert_int_equal(come_out(), 10);
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    lease = take_and_begin(1);
    join_one(11, lease);
    again();
    for (i = 0; i < 60000 && stats_of(out).messages; i++)
        nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
    assert_nothing_held();
    assert_int_equal(dead_letters(), 1);
}

/* ---- crashes ---- */

/* A process that is killed between any two steps; what the store says afterwards. */
static void run_and_die(int steps)
{
    struct store_lease lease = { 0 };
    struct store_entry entry;

    store_home_open(&home);
    open_home();
    if (store_home_take(&home, &lease, &entry) == UINT64_MAX)
        _exit(1);
    if (steps > 0 && begin(lease))
        _exit(1);
    if (steps > 1)
        join_one(10, lease);
    if (steps > 2)
        join_one(11, lease);
    if (steps > 3 && store_home_end(&home, store_finish, lease))
        _exit(1);
    raise(SIGKILL);
}

static void a_crash_at_any_step_leaves_all_or_nothing(void **state)
{
    int steps, status;

    (void)state;
    for (steps = 0; steps < 5; steps++) {
        struct store_lease lease;
        const uint64_t call = (uint64_t)steps + 100;
        bool executed = steps == 4;
        pid_t child;

        put_one(call);
        store_close(home.store);
        home.store = NULL;
        child = fork();
        assert_true(child >= 0);
        if (!child)
            run_and_die(steps);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        store_home_open(&home);
        open_home();
        assert_int_equal(stats_of(home.queue).messages, !executed);
        assert_int_equal(stats_of(out).held, executed || steps < 2 ? 0 : steps - 1);
        if (!executed) {
            lease = take(call);
            assert_int_equal(come_out(), UINT64_MAX);
            assert_int_equal(begin(lease), ERR_OK);
            join_one(10, lease);
            join_one(11, lease);
            assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
        }
        assert_int_equal(come_out(), 10);
        assert_int_equal(come_out(), 11);
        assert_nothing_held();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(joined_messages_come_out_when_the_other_is_executed),
        TEST(what_was_put_meanwhile_comes_first),
        TEST(joined_messages_go_when_the_other_fails),
        TEST(joined_messages_wait_when_the_receiver_is_lost),
        TEST(a_new_execution_begins_with_nothing),
        TEST(a_restart_keeps_both),
        TEST(a_restart_does_not_hide_what_an_execution_left),
        TEST(who_was_lost_in_a_transaction_is_asked_before_it_is_a_dead_letter),
        TEST(who_is_lost_otherwise_uses_its_deliveries_up),
        TEST(only_a_transaction_is_joined),
        TEST(quotas_count_what_is_held),
        TEST(a_held_message_is_purged_like_others),
        TEST(a_held_message_expires_like_others),
        TEST(a_held_message_is_told_as_held_and_stays_where_it_is),
        TEST(what_nobody_decided_is_a_dead_letter),
        TEST(what_was_joined_to_an_express_message_goes_with_it),
        TEST(a_crash_at_any_step_leaves_all_or_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
