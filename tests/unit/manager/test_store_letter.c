/* SPDX-License-Identifier: Apache-2.0
 * test_store_letter.c - a message that takes the place of a dead letter: at any time there is one
 * of the two.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/queue/slow_disk.h"
#include "lib/queue/store_home.h"
#include "lib/unit.h"

enum { LONG = 300 << 10 };

static struct store_home home;
static uint8_t much[LONG];

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

static uint64_t messages(uint32_t queue)
{
    struct store_stats stats;

    assert_int_equal(store_stats(home.store, queue, &stats), ERR_OK);
    return stats.messages;
}

static uint32_t letters(void)
{
    uint32_t queue = 0;

    assert_int_equal(store_queue_find(home.store, STORE_DEAD_LETTERS, &queue), ERR_OK);
    return queue;
}

static struct store_letter letter_of(struct bytes body)
{
    struct store_message m = store_home_message(1, body);
    struct store_lease lease;
    struct store_entry entry;
    struct store_letter letter = { .queue = letters() };

    m.journal = STORE_JOURNAL_DEAD_LETTER;
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    assert_int_equal(store_home_take(&home, &lease, &entry), 1);
    store_entry_done(&entry);
    assert_int_equal(store_home_refuse(&home, lease, STORE_REASON_FIRST), ERR_OK);
    assert_int_equal(store_peek(home.store, letter.queue, 0, false, &entry), ERR_OK);
    letter.number = entry.number;
    store_entry_done(&entry);
    return letter;
}

static struct store_letter letter_new(void)
{
    return letter_of(bytes_of_text("a letter"));
}

static struct {
    struct store_letter letter;
    struct store_message m;
} replaying;

static enum err put_for(struct store *s, struct store_lease lease, store_done_fn *done, void *arg)
{
    (void)lease;
    return store_put_for(s, home.queue, &replaying.m, replaying.letter, done, arg);
}

static enum err replay(struct store_letter letter)
{
    replaying.letter = letter;
    replaying.m = store_home_message(2, bytes_of_text("once more"));
    return store_home_end(&home, put_for, (struct store_lease){ 0 });
}

static void assert_there(uint64_t letter, uint64_t message)
{
    assert_int_equal(messages(letters()), letter);
    assert_int_equal(messages(home.queue), message);
}

static void the_one_comes_and_the_other_goes(void **state)
{
    struct store_lease lease;
    struct store_entry entry;

    (void)state;
    assert_int_equal(replay(letter_new()), ERR_OK);
    assert_there(0, 1);
    store_home_again(&home);
    assert_there(0, 1);
    assert_int_equal(store_home_take(&home, &lease, &entry), 2);
    store_entry_done(&entry);
}

static void a_long_letters_body_goes_along(void **state)
{
    struct store_report report = { 0 };

    (void)state;
    assert_int_equal(replay(letter_of(bytes_of(much, sizeof much))), ERR_OK);
    assert_there(0, 1);
    assert_int_equal(store_verify(home.store, &report), ERR_OK);
    assert_int_equal(report.bad, 0);
}

static void what_is_no_letter_brings_nothing(void **state)
{
    struct store_letter letter = letter_new(), wrong = letter;
    const struct store_message m = store_home_message(3, bytes_of_text("no letter"));

    (void)state;
    wrong.number++;
    assert_int_equal(replay(wrong), ERR_NOT_FOUND);
    wrong = (struct store_letter){ .queue = letter.queue + 1, .number = letter.number };
    assert_int_equal(replay(wrong), ERR_NOT_FOUND);
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    wrong = (struct store_letter){ .queue = home.queue, .number = letter.number + 1 };
    assert_int_equal(replay(wrong), ERR_NOT_FOUND);
    assert_there(1, 1);
    assert_int_equal(replay(letter), ERR_OK);
    assert_int_equal(replay(letter), ERR_NOT_FOUND);
    assert_there(0, 2);
}

static void a_full_queue_keeps_the_letter(void **state)
{
    const struct store_settings settings = { .messages_max = 1 };
    const struct store_message m = store_home_message(3, bytes_of_text("it is full"));
    struct store_letter letter = letter_new();

    (void)state;
    assert_int_equal(store_queue_set(home.store, home.queue, &settings), ERR_OK);
    assert_int_equal(store_home_put(&home, &m), ERR_OK);
    assert_int_equal(replay(letter), ERR_QUEUE_FULL);
    assert_there(1, 1);
}

static void a_commit_that_fails_keeps_the_letter(void **state)
{
    struct store_letter letter = letter_new();

    (void)state;
    slow_disk_break();
    assert_int_equal(replay(letter), ERR_RPC_FAILED);
    assert_there(1, 0);
    slow_disk_mend();
    assert_int_equal(replay(letter), ERR_OK);
    assert_there(0, 1);
}

static void *replay_it(void *arg)
{
    (void)replay(*(struct store_letter *)arg);
    return NULL;
}

/* Its commit waits for the disk, or has not waited yet, or is over. */
static void run_and_die(struct store_letter letter, unsigned us)
{
    pthread_t thread;

    store_home_open(&home);
    if (us)
        slow_disk_hold();
    if (pthread_create(&thread, NULL, replay_it, &letter))
        _exit(1);
    if (us)
        (void)usleep(us);
    else
        (void)pthread_join(thread, NULL);
    raise(SIGKILL);
}

static void who_is_killed_leaves_one_of_the_two(void **state)
{
    static const unsigned us[] = { 1, 200, 2000, 20000, 0 };
    struct store_letter letter = letter_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof us / sizeof *us; i++) {
        int status = 0;
        pid_t child;

        store_close(home.store);
        home.store = NULL;
        child = fork();
        assert_true(child >= 0);
        if (!child)
            run_and_die(letter, us[i]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        slow_disk_let_go();
        store_home_open(&home);
        assert_int_equal(messages(letters()) + messages(home.queue), 1);
        if (us[i])
            continue;
        assert_there(0, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(the_one_comes_and_the_other_goes),     TEST(a_long_letters_body_goes_along),
        TEST(what_is_no_letter_brings_nothing),     TEST(a_full_queue_keeps_the_letter),
        TEST(a_commit_that_fails_keeps_the_letter), TEST(who_is_killed_leaves_one_of_the_two),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
