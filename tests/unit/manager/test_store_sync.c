/* SPDX-License-Identifier: Apache-2.0
 * test_store_sync.c - a disk that fails when it is waited for: what was written may be there all
 * the same, and is no more once it has been written over.
 */
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/queue/slow_disk.h"
#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/store_private.h"

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

static enum err put(uint64_t order)
{
    const struct store_message m = store_home_message(order, bytes_of_text("a message"));

    return store_home_put(&home, &m);
}

static uint64_t messages(void)
{
    struct store_stats stats;

    assert_int_equal(store_stats(home.store, home.queue, &stats), ERR_OK);
    return stats.messages;
}

static uint64_t take(struct store_lease *ret)
{
    struct store_entry entry;
    uint64_t order = store_home_take(&home, ret, &entry);

    if (ret->grant)
        store_entry_done(&entry);
    return order;
}

/* A process that does that with the store and is killed. */
static void killed_after(void (*what)(void))
{
    int status = 0;
    pid_t child;

    store_close(home.store);
    home.store = NULL;
    child = fork();
    assert_true(child >= 0);
    if (!child) {
        store_home_open(&home);
        what();
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    slow_disk_mend();
    store_home_open(&home);
}

static void a_wait_that_fails_once_is_repeated(void **state)
{
    struct store_lease lease;

    (void)state;
    slow_disk_fail_once();
    assert_int_equal(put(1), ERR_OK);
    assert_int_equal(messages(), 1);
    store_home_again(&home);
    assert_int_equal(messages(), 1);
    slow_disk_fail_once();
    assert_int_equal(take(&lease), 1);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
    store_home_again(&home);
    assert_int_equal(messages(), 0);
}

/* And not that it is not there. */
static void who_cannot_be_told_hears_that(void **state)
{
    struct store_lease lease;

    (void)state;
    assert_int_equal(put(1), ERR_OK);
    slow_disk_break();
    assert_int_equal(put(2), ERR_RPC_FAILED);
    assert_int_equal(take(&lease), 1);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_RPC_FAILED);
    slow_disk_mend();
    assert_int_equal(messages(), 1);
    assert_int_equal(take(&lease), 1);
    assert_int_equal(store_home_end(&home, store_finish, lease), ERR_OK);
}

static void in_doubt(void)
{
    slow_disk_break();
    if (put(1) != ERR_RPC_FAILED)
        _exit(1);
}

/* Which is what was told: who sends it again has it there once. */
static void what_is_in_doubt_may_be_found_by_the_next_process(void **state)
{
    uint64_t found;

    (void)state;
    killed_after(in_doubt);
    found = messages();
    assert_in_range(found, 0, 1);
    assert_int_equal(put(1), found ? ERR_EXISTS : ERR_OK);
    assert_int_equal(messages(), 1);
}

static void in_doubt_and_not_written_again(void)
{
    if (put(2)) /* the log has its head then */
        _exit(1);
    slow_disk_turn();
    if (put(1) != ERR_RPC_FAILED)
        _exit(1);
}

/* The first time has left it there, whole, and the second nothing in its place. */
static void what_cannot_be_written_again_is_in_doubt_still(void **state)
{
    (void)state;
    killed_after(in_doubt_and_not_written_again);
    assert_int_equal(messages(), 2);
    assert_int_equal(put(1), ERR_EXISTS);
}

static sem_t came, goes_on;

static void wait_for(sem_t *s)
{
    while (sem_wait(s) != 0)
        continue;
}

/* As one who waits: what is put meanwhile is in the next commit. */
static void on_short(void *arg, enum err e)
{
    (void)arg;
    (void)e;
    sem_post(&came);
    wait_for(&goes_on);
}

struct told {
    sem_t over;
    enum err err;
};

static void on_long(void *arg, enum err e)
{
    struct told *t = arg;

    t->err = e;
    sem_post(&t->over);
}

enum { LONG = STORE_INLINE_MAX + 1 };

/* Its body has reached the disk by then. */
static void long_one_in_doubt(void)
{
    static const uint8_t octets[LONG];
    const struct store_message m = store_home_message(1, bytes_of_text("a message")),
                               l = store_home_message(2, bytes_of(octets, LONG));
    struct told told;

    sem_init(&came, 0, 0);
    sem_init(&goes_on, 0, 0);
    sem_init(&told.over, 0, 0);
    if (store_put(home.store, home.queue, &m, on_short, NULL))
        _exit(1);
    wait_for(&came);
    if (store_put(home.store, home.queue, &l, on_long, &told))
        _exit(1);
    slow_disk_break();
    sem_post(&goes_on);
    wait_for(&told.over);
    if (told.err != ERR_RPC_FAILED)
        _exit(1);
}

static void what_is_in_doubt_and_found_has_its_body(void **state)
{
    struct store_entry entry;
    struct store_lease lease;

    (void)state;
    killed_after(long_one_in_doubt);
    assert_int_equal(take(&lease), 1);
    if (messages() == 1)
        return;
    assert_int_equal(store_home_take(&home, &lease, &entry), 2);
    assert_int_equal(entry.body.len, LONG);
    store_entry_done(&entry);
}

static void in_doubt_and_mended(void)
{
    in_doubt();
    slow_disk_mend();
    if (put(2) || put(1))
        _exit(1);
}

static void what_was_in_doubt_is_written_over(void **state)
{
    struct store_lease lease;

    (void)state;
    killed_after(in_doubt_and_mended);
    assert_int_equal(messages(), 2);
    assert_int_equal(take(&lease), 2);
    assert_int_equal(take(&lease), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_wait_that_fails_once_is_repeated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_cannot_be_told_hears_that, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_in_doubt_may_be_found_by_the_next_process, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_again_is_in_doubt_still, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_in_doubt_and_found_has_its_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_in_doubt_is_written_over, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
