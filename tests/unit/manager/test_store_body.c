/* SPDX-License-Identifier: Apache-2.0
 * test_store_body.c - bodies that are files of their own, and which change may remove them: none
 * whose message is elsewhere by then. The disk is held, so that changes meet.
 */
#include <semaphore.h>

#include "lib/queue/slow_disk.h"
#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/store_private.h"

enum { BODY = STORE_INLINE_MAX + 1 };

static struct store_home home;
static uint32_t other; /* another queue */

static int set_up(void **state)
{
    const struct store_settings settings = { .backoff_first_ms = 20, .backoff_max_ms = 40 };

    (void)state;
    slow_disk_begin();
    store_home_make(&home);
    store_home_open(&home);
    assert_int_equal(store_queue_create(home.store, "other", &settings, &other), ERR_OK);
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
    enum err err;
};

static void on_told(void *arg, enum err e)
{
    struct told *t = arg;

    t->err = e;
    sem_post(&t->over);
}

static void told_begin(struct told *t)
{
    sem_init(&t->over, 0, 0);
}

static enum err told_wait(struct told *t)
{
    while (sem_wait(&t->over) != 0)
        continue;
    sem_destroy(&t->over);
    return t->err;
}

static struct bytes body_of(uint64_t order)
{
    static uint8_t octets[BODY];

    memset(octets, (int)order, sizeof octets);
    return bytes_of(octets, sizeof octets);
}

static void put(uint64_t order)
{
    const struct store_message m = store_home_message(order, body_of(order));

    assert_int_equal(store_home_put(&home, &m), ERR_OK);
}

/* Its number; of the first of a queue behind after. */
static uint64_t number_in(uint32_t queue, uint64_t after)
{
    struct store_entry entry;
    uint64_t number;

    assert_int_equal(store_peek(home.store, queue, after, false, &entry), ERR_OK);
    number = entry.number;
    store_entry_done(&entry);
    return number;
}

static struct store_lease take(uint64_t order)
{
    struct store_lease lease;
    struct store_entry entry;

    assert_int_equal(store_home_take(&home, &lease, &entry), order);
    assert_true(bytes_equal(buf_view(entry.body), body_of(order)));
    store_entry_done(&entry);
    return lease;
}

static uint64_t messages_in(uint32_t queue)
{
    struct store_stats stats;

    assert_int_equal(store_stats(home.store, queue, &stats), ERR_OK);
    return stats.messages;
}

/* It is there, whole, and alone. */
static void is_in(uint32_t queue, uint64_t order)
{
    struct store_entry entry;

    assert_int_equal(messages_in(queue), 1);
    assert_int_equal(store_peek(home.store, queue, 0, true, &entry), ERR_OK);
    assert_int_equal(entry.m.order, order);
    assert_int_equal(entry.reason, STORE_REASON_NONE);
    assert_true(bytes_equal(buf_view(entry.body), body_of(order)));
    store_entry_done(&entry);
}

/* The message of the queue goes to the other one; it is not in memory, so nobody is kept off. */
static void begin_move(struct told *t)
{
    told_begin(t);
    slow_disk_hold();
    assert_int_equal(
        store_move(home.store, home.queue, number_in(home.queue, 0), other, on_told, t), ERR_OK);
}

static void end_move(struct told *t)
{
    slow_disk_let_go();
    assert_int_equal(told_wait(t), ERR_OK);
}

static void what_is_moved_while_it_is_lent_keeps_its_body(void **state)
{
    struct store_lease lease;
    struct told moved;

    (void)state;
    put(1);
    begin_move(&moved);
    lease = take(1);
    assert_int_equal(store_begin(home.store, lease), ERR_OK);
    end_move(&moved);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_NOT_FOUND);
    assert_int_equal(messages_in(home.queue), 0);
    is_in(other, 1);
}

static void what_is_moved_and_then_removed_keeps_its_body(void **state)
{
    struct told moved, removed;
    uint64_t number;

    (void)state;
    put(1);
    number = number_in(home.queue, 0);
    begin_move(&moved);
    store_release(home.store, take(1)); /* now it is in memory */
    told_begin(&removed);
    assert_int_equal(store_remove(home.store, home.queue, number, on_told, &removed), ERR_OK);
    end_move(&moved);
    assert_int_equal(told_wait(&removed), ERR_NOT_FOUND);
    assert_int_equal(messages_in(home.queue), 0);
    is_in(other, 1);
}

/* Its receiver finds no body any more, and nothing is damaged. */
static void what_is_removed_while_it_is_lent_is_not_damaged(void **state)
{
    struct store_lease lease;
    struct store_entry entry;
    struct told removed;
    uint64_t number;

    (void)state;
    put(1);
    number = number_in(home.queue, 0);
    told_begin(&removed);
    slow_disk_hold();
    assert_int_equal(store_remove(home.store, home.queue, number, on_told, &removed), ERR_OK);
    assert_int_equal(store_take(home.store, home.queue, NULL, NULL, &lease, &entry), ERR_OK);
    assert_true(lease.grant);
    slow_disk_let_go();
    assert_int_equal(told_wait(&removed), ERR_OK);
    assert_int_equal(store_take_body(home.store, lease, &entry), ERR_STORE_DAMAGED);
    store_entry_done(&entry);
    assert_int_equal(store_queue_delete(home.store, other), ERR_OK); /* behind what that brought */
    assert_int_equal(messages_in(STORE_DAMAGED_QUEUE), 0);
    assert_int_equal(messages_in(home.queue), 0);
}

/* A record whose sum is wrong may name any file. */
static void what_is_damaged_names_no_body_to_remove(void **state)
{
    static const char as_the_first[] =
        "UPDATE message SET file = (SELECT min(file) FROM message) WHERE seq ="
        " (SELECT max(seq) FROM message)";
    uint64_t number;

    (void)state;
    put(1);
    put(2);
    number = number_in(home.queue, number_in(home.queue, 0));
    pthread_mutex_lock(&home.store->lock);
    assert_int_equal(sqlite3_exec(home.store->writer.db, as_the_first, NULL, NULL, NULL),
                     SQLITE_OK);
    pthread_mutex_unlock(&home.store->lock);
    assert_int_equal(store_home_delete(&home, home.queue, number), ERR_OK);
    is_in(home.queue, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(what_is_moved_while_it_is_lent_keeps_its_body),
        TEST(what_is_moved_and_then_removed_keeps_its_body),
        TEST(what_is_removed_while_it_is_lent_is_not_damaged),
        TEST(what_is_damaged_names_no_body_to_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
