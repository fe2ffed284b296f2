/* SPDX-License-Identifier: Apache-2.0
 * test_executed_untold.c - what was executed and could not be told: the next process of the account
 * knows it, once, of who had handed it over and of nobody else.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/scratch.h"
#include "lib/unit.h"
#include "queue/executed.h"

#define HOUR (3600 * QUEUE_SECOND)
#define NOW (1000000 * HOUR)
#define EXPIRES (NOW + 5 * HOUR)

enum { PLACES = 1024, RECORD = 24 };

static char folder[64], path[80];
static const char alice[] = "S-1-22-1-54321", bob[] = "S-1-22-1-54322";
static const uint8_t mark[QUEUE_MARK] = { 1, 2, 3 }, another[QUEUE_MARK] = { 4, 2, 3 };

static int set_up(void **state)
{
    (void)state;
    scratch_make(folder, sizeof folder);
    (void)snprintf(path, sizeof path, "%s/untold", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

static struct queue_executed *opened(void)
{
    struct queue_executed *e = NULL;

    assert_int_equal(queue_executed_open(folder, 0, NOW, 0, &e, NULL), ERR_OK);
    return e;
}

static off_t size_of_file(void)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

static void another_process_knows_it_once(void **state)
{
    struct queue_executed *a = opened(), *b = opened();

    (void)state;
    assert_false(queue_executed_untold_take(b, mark, alice));
    queue_executed_untold(a, mark, EXPIRES, alice, NOW);
    queue_executed_close(a); /* it is lost */
    assert_false(queue_executed_untold_take(b, another, alice));
    assert_false(queue_executed_untold_take(b, mark, bob));
    assert_true(queue_executed_untold_take(b, mark, alice));
    assert_false(queue_executed_untold_take(b, mark, alice));
    queue_executed_close(b);
}

static void who_has_told_it_knows_it_once_too(void **state)
{
    struct queue_executed *a = opened(), *b = opened();

    (void)state;
    queue_executed_untold(a, mark, EXPIRES, alice, NOW);
    assert_false(queue_executed_untold_take(a, mark, bob));
    assert_true(queue_executed_untold_take(a, mark, alice));
    assert_false(queue_executed_untold_take(a, mark, alice));
    assert_false(queue_executed_untold_take(b, mark, alice));
    queue_executed_close(a);
    queue_executed_close(b);
}

/* As on a disk that is full: a folder stands where the file would. */
static void without_a_file_a_process_knows_its_own(void **state)
{
    struct queue_executed *a = opened(), *b = opened();

    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    queue_executed_untold(a, mark, EXPIRES, alice, NOW);
    assert_false(queue_executed_untold_take(b, mark, alice));
    assert_true(queue_executed_untold_take(a, mark, alice));
    queue_executed_close(a);
    queue_executed_close(b);
    assert_int_equal(rmdir(path), 0);
}

static void number(uint32_t n, uint8_t ret[QUEUE_MARK])
{
    memset(ret, 0, QUEUE_MARK);
    memcpy(ret, &n, sizeof n);
}

static void the_file_has_an_end_and_keeps_what_lives_longest(void **state)
{
    struct queue_executed *a = opened(), *b = opened();
    uint8_t of[QUEUE_MARK];
    uint32_t n;

    (void)state;
    for (n = 0; n <= PLACES; n++) {
        number(n, of);
        queue_executed_untold(a, of, EXPIRES + n, alice, NOW);
    }
    assert_int_equal(size_of_file(), PLACES * RECORD);
    number(0, of);
    assert_false(queue_executed_untold_take(b, of, alice));
    for (n = 1; n <= PLACES; n++) {
        number(n, of);
        assert_true(queue_executed_untold_take(b, of, alice));
    }
    queue_executed_close(a);
    queue_executed_close(b);
}

static void what_has_expired_makes_room(void **state)
{
    struct queue_executed *a = opened(), *b = opened();

    (void)state;
    queue_executed_untold(a, mark, EXPIRES, alice, NOW);
    queue_executed_untold(a, another, EXPIRES, alice, EXPIRES + 1);
    assert_int_equal(size_of_file(), RECORD);
    assert_false(queue_executed_untold_take(b, mark, alice));
    assert_true(queue_executed_untold_take(b, another, alice));
    queue_executed_close(a);
    queue_executed_close(b);
}

/* A write that was never finished is nobody's, and the next one's place. */
static void a_torn_record_is_none(void **state)
{
    struct queue_executed *a = opened(), *b = opened();
    int fd;

    (void)state;
    queue_executed_untold(a, mark, EXPIRES, alice, NOW);
    fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_int_equal(write(fd, "torn", 4), 4);
    close(fd);
    queue_executed_untold(a, another, EXPIRES, alice, NOW);
    assert_int_equal(size_of_file(), 2 * RECORD);
    assert_true(queue_executed_untold_take(b, mark, alice));
    assert_true(queue_executed_untold_take(b, another, alice));
    queue_executed_close(a);
    queue_executed_close(b);
}

/* Whatever is in it: nothing is found there, and the next one finds a place. */
static void what_is_damaged_is_nobodys(void **state)
{
    static const uint8_t damage[] = { 0x00, 0x01, 0x80, 0xff };
    uint8_t octets[(PLACES + 7) * RECORD + 5];
    struct queue_executed *a = opened(), *b = opened();
    size_t i;
    int fd;

    (void)state;
    for (i = 0; i < sizeof damage; i++) {
        memset(octets, damage[i], sizeof octets);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_int_equal(write(fd, octets, sizeof octets), sizeof octets);
        close(fd);
        assert_false(queue_executed_untold_take(b, mark, alice));
        queue_executed_untold(a, mark, EXPIRES, alice, NOW);
        assert_int_equal(size_of_file(), sizeof octets);
        assert_true(queue_executed_untold_take(b, mark, alice));
        assert_false(queue_executed_untold_take(b, mark, alice));
    }
    queue_executed_close(a);
    queue_executed_close(b);
}

static atomic_bool stop;
static atomic_uint rounds;

static void *execute(void *arg)
{
    struct queue_executed *e = arg;
    uint8_t of[QUEUE_MARK];
    uint64_t added = 0;

    while (!atomic_load(&stop)) {
        number(atomic_fetch_add(&rounds, 1), of);
        if (queue_executed_add(e, of, EXPIRES, &added) || queue_executed_sync(e, added))
            break;
        queue_executed_untold(e, of, EXPIRES, alice, NOW);
    }
    return NULL;
}

/* Within a minute. */
static bool goes_on(void)
{
    unsigned before = atomic_load(&rounds), tenths;

    for (tenths = 0; tenths < 600 && atomic_load(&rounds) < before + 2; tenths++)
        usleep(100000);
    return tenths < 600;
}

/* They have what was open, and locked, when they were forked. */
static void a_child_that_lives_on_locks_nobody_out(void **state)
{
    enum { CHILDREN = 60 };
    struct queue_executed *a = opened();
    pid_t child[CHILDREN];
    pthread_t thread;
    bool goes;
    int i;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, execute, a), 0);
    for (i = 0; i < CHILDREN; i++) {
        usleep(500);
        child[i] = fork();
        while (!child[i])
            pause();
    }
    goes = goes_on();
    for (i = 0; i < CHILDREN; i++) {
        assert_true(child[i] > 0);
        (void)kill(child[i], SIGKILL);
        (void)waitpid(child[i], NULL, 0);
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    assert_true(goes);
    queue_executed_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(another_process_knows_it_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_has_told_it_knows_it_once_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_file_a_process_knows_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_file_has_an_end_and_keeps_what_lives_longest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_has_expired_makes_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_torn_record_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_damaged_is_nobodys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_that_lives_on_locks_nobody_out, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
