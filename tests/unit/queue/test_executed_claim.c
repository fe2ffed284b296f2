/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/scratch.h"
#include "lib/unit.h"
#include "queue/executed.h"
#include "queue/process.h"

#define HOUR (3600 * QUEUE_SECOND)
#define NOW (1000000 * HOUR)
#define EXPIRES (NOW + 5 * HOUR)

static char folder[64];
static const uint8_t mark[QUEUE_MARK] = { 1, 2, 3 }, another[QUEUE_MARK] = { 4, 2, 3 };

static int set_up(void **state)
{
    (void)state;
    scratch_make(folder, sizeof folder);
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

static enum queue_executed_claim claim(struct queue_executed *e, const uint8_t of[QUEUE_MARK])
{
    enum queue_executed_claim c = QUEUE_CLAIM_TAKEN;

    assert_int_equal(queue_executed_claim(e, of, EXPIRES, &c), ERR_OK);
    return c;
}

static void remember(struct queue_executed *e)
{
    uint64_t number = 0;

    assert_int_equal(queue_executed_add(e, mark, EXPIRES, &number), ERR_OK);
    assert_int_equal(queue_executed_sync(e, number), ERR_OK);
}

/* As two threads of a process, with one memory; as two processes, with one each. */
static void of_two_copies_one_is_executed(void **state)
{
    struct queue_executed *a = opened(), *b = opened();

    (void)state;
    assert_int_equal(claim(a, mark), QUEUE_CLAIM_MINE);
    assert_int_equal(claim(a, mark), QUEUE_CLAIM_TAKEN);
    assert_int_equal(claim(b, mark), QUEUE_CLAIM_TAKEN);
    assert_int_equal(claim(b, another), QUEUE_CLAIM_MINE);
    queue_executed_release(a, mark); /* it was not executed */
    assert_int_equal(claim(b, mark), QUEUE_CLAIM_MINE);
    remember(b);
    queue_executed_release(b, mark);
    assert_int_equal(claim(a, mark), QUEUE_CLAIM_EXECUTED);
    assert_int_equal(claim(b, mark), QUEUE_CLAIM_EXECUTED);
    queue_executed_close(a);
    queue_executed_close(b);
}

/* As an operator wants it: that it was executed does not matter, that it is being executed does. */
static void one_is_held_though_it_was_executed(void **state)
{
    struct queue_executed *a = opened(), *b = opened();
    bool mine = false;

    (void)state;
    remember(a);
    assert_int_equal(claim(a, mark), QUEUE_CLAIM_EXECUTED);
    assert_int_equal(queue_executed_hold(a, mark, &mine), ERR_OK);
    assert_true(mine);
    assert_int_equal(queue_executed_hold(a, mark, &mine), ERR_OK);
    assert_false(mine);
    assert_int_equal(queue_executed_hold(b, mark, &mine), ERR_OK);
    assert_false(mine);
    queue_executed_release(a, mark);
    assert_int_equal(queue_executed_hold(b, mark, &mine), ERR_OK);
    assert_true(mine);
    queue_executed_release(b, mark);
    queue_executed_close(a);
    queue_executed_close(b);
}

static void the_lost_let_go(void **state)
{
    struct queue_executed *e;
    int told[2], status;
    pid_t child;
    char c;

    (void)state;
    assert_int_equal(pipe(told), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        e = opened();
        (void)!write(told[1], claim(e, mark) == QUEUE_CLAIM_MINE ? "y" : "n", 1);
        for (;;)
            pause();
    }
    assert_int_equal(read(told[0], &c, 1), 1);
    assert_int_equal(c, 'y');
    e = opened();
    assert_int_equal(claim(e, mark), QUEUE_CLAIM_TAKEN);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(claim(e, mark), QUEUE_CLAIM_MINE);
    close(told[0]);
    close(told[1]);
    queue_executed_close(e);
}

static void a_child_has_no_claim_of_its_parents(void **state)
{
    struct queue_executed *e = opened();
    pid_t child;
    int status;

    (void)state;
    assert_int_equal(claim(e, mark), QUEUE_CLAIM_MINE);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        queue_executed_release(e, mark); /* which it is not to do, and cannot */
        _exit(claim(e, mark) != QUEUE_CLAIM_TAKEN || claim(e, another) != QUEUE_CLAIM_MINE);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(claim(e, mark), QUEUE_CLAIM_TAKEN);
    queue_executed_release(e, mark);
    assert_int_equal(claim(e, mark), QUEUE_CLAIM_MINE);
    assert_int_equal(claim(e, another), QUEUE_CLAIM_MINE);
    queue_executed_close(e);
}

/* A process with a child of fork that outlives it. */
static void work_and_fork(int tell)
{
    enum queue_executed_claim c = QUEUE_CLAIM_TAKEN;
    struct queue_executed *e = NULL;
    pid_t child;

    if (queue_process_executed(&e) || queue_executed_claim(e, mark, EXPIRES, &c) ||
        c != QUEUE_CLAIM_MINE)
        _exit(1);
    if (fork() == 0) {
        child = getpid(); /* told by itself: it has let go by then */
        (void)!write(tell, &child, sizeof child);
    }
    for (;;)
        pause();
}

static void a_child_that_stays_holds_nothing_of_the_lost(void **state)
{
    enum queue_executed_claim before, after;
    struct queue_executed *e = NULL;
    char keys[96], executed[128];
    pid_t worker, child = 0;
    int told[2], status;

    (void)state;
    snprintf(keys, sizeof keys, "%s/keys", folder);
    snprintf(executed, sizeof executed, "%s.executed", keys);
    assert_int_equal(setenv("COUNTERSIGN_QUEUE_KEYS", keys, 1), 0);
    assert_int_equal(pipe(told), 0);
    worker = fork();
    assert_true(worker >= 0);
    if (worker == 0)
        work_and_fork(told[1]);
    close(told[1]);
    assert_int_equal(read(told[0], &child, sizeof child), (ssize_t)sizeof child);
    assert_int_equal(queue_executed_open(executed, 0, NOW, 0, &e, NULL), ERR_OK);
    before = claim(e, mark);
    assert_int_equal(kill(worker, SIGKILL), 0);
    assert_int_equal(waitpid(worker, &status, 0), worker);
    after = claim(e, mark);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(before, QUEUE_CLAIM_TAKEN);
    assert_int_equal(after, QUEUE_CLAIM_MINE);
    close(told[0]);
    queue_executed_close(e);
    scratch_remove(executed);
    unsetenv("COUNTERSIGN_QUEUE_KEYS");
}

static void many_at_once(void **state)
{
    struct queue_executed *e = opened();
    uint8_t m[QUEUE_MARK] = { 0 };
    unsigned i, round;

    (void)state;
    for (round = 0; round < 2; round++) {
        for (i = 0; i < 100; i++) {
            m[0] = (uint8_t)i;
            assert_int_equal(claim(e, m), QUEUE_CLAIM_MINE);
        }
        for (i = 0; i < 100; i++) {
            m[0] = (uint8_t)(i * 7 % 100);
            queue_executed_release(e, m);
        }
    }
    queue_executed_close(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_two_copies_one_is_executed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_is_held_though_it_was_executed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_lost_let_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_has_no_claim_of_its_parents, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_that_stays_holds_nothing_of_the_lost, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(many_at_once, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
