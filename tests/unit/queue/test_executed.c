/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/executed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/scratch.h"
#include "lib/unit.h"
#include "queue/executed_state.h"

#define HOUR (3600 * QUEUE_SECOND)
#define NOW (1000000 * HOUR)
#define SKEW (300 * QUEUE_SECOND)
#define EXPIRES (NOW + 5 * HOUR)
#define FILE_NAME "executed-1-000f4245" /* hour 1000005 */

static char folder[64];

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

static struct queue_executed *opened(uint64_t now, struct queue_executed_report *ret)
{
    struct queue_executed *e = NULL;

    assert_int_equal(queue_executed_open(folder, 0, now, SKEW, &e, ret), ERR_OK);
    return e;
}

static void mark_of(unsigned n, uint8_t to[QUEUE_MARK])
{
    memset(to, 0, QUEUE_MARK);
    memcpy(to, &n, sizeof n);
}

static uint64_t add(struct queue_executed *e, unsigned n, uint64_t expires)
{
    uint8_t mark[QUEUE_MARK];
    uint64_t number = 0;

    mark_of(n, mark);
    assert_int_equal(queue_executed_add(e, mark, expires, &number), ERR_OK);
    return number;
}

static void add_synced(struct queue_executed *e, unsigned n, uint64_t expires)
{
    assert_int_equal(queue_executed_sync(e, add(e, n, expires)), ERR_OK);
}

static bool has(struct queue_executed *e, unsigned n, uint64_t expires)
{
    uint8_t mark[QUEUE_MARK];
    bool there = false;

    mark_of(n, mark);
    assert_int_equal(queue_executed_has(e, mark, expires, &there), ERR_OK);
    return there;
}

static void path_of(char *to, size_t size)
{
    assert_true(snprintf(to, size, "%s/" FILE_NAME, folder) < (int)size);
}

static void remembers_what_was_synced(void **state)
{
    struct queue_executed *e = opened(NOW, NULL);
    struct queue_executed_report report;
    unsigned n;

    (void)state;
    for (n = 0; n < 1000; n++)
        assert_false(has(e, n, EXPIRES + n % 3 * HOUR));
    for (n = 0; n < 999; n++)
        (void)add(e, n, EXPIRES + n % 3 * HOUR);
    add_synced(e, n, EXPIRES + n % 3 * HOUR);
    for (n = 0; n < 1000; n++)
        assert_true(has(e, n, EXPIRES + n % 3 * HOUR));
    queue_executed_close(e);
    e = opened(NOW, &report);
    assert_int_equal(report.records, 1000);
    assert_int_equal(report.damaged + report.torn + report.removed, 0);
    for (n = 0; n < 1000; n++)
        assert_true(has(e, n, EXPIRES + n % 3 * HOUR));
    for (; n < 2000; n++)
        assert_false(has(e, n, EXPIRES));
    queue_executed_close(e);
}

static void forgets_an_hour_when_clocks_agree_that_it_is_over(void **state)
{
    struct queue_executed *e = opened(NOW, NULL);
    uint64_t end = EXPIRES + HOUR + SKEW;
    struct queue_executed_report report;
    char path[128];

    (void)state;
    path_of(path, sizeof path);
    add_synced(e, 1, EXPIRES);
    add_synced(e, 2, EXPIRES + 2 * HOUR);
    queue_executed_expire(e, end);
    assert_true(has(e, 1, EXPIRES));
    queue_executed_expire(e, end + 1);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_false(has(e, 1, EXPIRES));
    assert_true(has(e, 2, EXPIRES + 2 * HOUR));
    queue_executed_close(e);
    e = opened(end + 2 * HOUR + 1, &report);
    assert_int_equal(report.removed, 1);
    queue_executed_close(e);
}

/* The file with n records, cut or changed by the caller. */
static void file_of(unsigned n)
{
    struct queue_executed *e = opened(NOW, NULL);
    char path[128];
    unsigned i;

    path_of(path, sizeof path);
    unlink(path);
    queue_executed_close(e);
    e = opened(NOW, NULL);
    for (i = 0; i + 1 < n; i++)
        (void)add(e, i, EXPIRES);
    add_synced(e, i, EXPIRES);
    queue_executed_close(e);
}

static void a_torn_write_costs_nothing_that_was_promised(void **state)
{
    enum { RECORDS = 5 };
    struct queue_executed_report report;
    struct queue_executed *e;
    char path[128];
    unsigned i;
    size_t len;

    (void)state;
    path_of(path, sizeof path);
    for (len = 0; len <= RECORDS * QUEUE_EXECUTED_RECORD; len++) {
        unsigned whole = (unsigned)(len / QUEUE_EXECUTED_RECORD);

        file_of(RECORDS);
        assert_int_equal(truncate(path, (off_t)len), 0);
        e = opened(NOW, &report);
        assert_int_equal(report.records, whole);
        assert_int_equal(report.torn, len % QUEUE_EXECUTED_RECORD != 0);
        assert_int_equal(report.damaged, 0);
        for (i = 0; i < RECORDS; i++)
            assert_int_equal(has(e, i, EXPIRES), i < whole);
        add_synced(e, 100, EXPIRES); /* over what was left of it */
        queue_executed_close(e);
        e = opened(NOW, &report);
        assert_int_equal(report.records, whole + 1);
        assert_int_equal(report.torn + report.damaged, 0);
        assert_true(has(e, 100, EXPIRES));
        queue_executed_close(e);
    }
}

static void change(size_t at, const void *with, size_t len)
{
    char path[128];
    int fd;

    path_of(path, sizeof path);
    fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, with, len, (off_t)at), (ssize_t)len);
    close(fd);
}

static void damage_is_named_and_hurts_its_record_alone(void **state)
{
    struct queue_executed_report report;
    struct queue_executed *e;
    size_t at;
    unsigned i;

    (void)state;
    for (at = 0; at < 3 * QUEUE_EXECUTED_RECORD; at++) {
        file_of(5);
        change(at, "\xee", 1);
        e = opened(NOW, &report);
        assert_int_equal(report.records, 4);
        assert_int_equal(report.damaged, 1);
        assert_int_equal(report.torn, 0);
        for (i = 0; i < 5; i++)
            assert_int_equal(has(e, i, EXPIRES), i != at / QUEUE_EXECUTED_RECORD);
        queue_executed_close(e);
    }
}

/* What a file system may leave of a write at the end: zeroes; and a record in another's place. */
static void zeroes_and_moved_records_are_none(void **state)
{
    static const uint8_t zeroes[2 * QUEUE_EXECUTED_RECORD];
    uint8_t record[QUEUE_EXECUTED_RECORD], mark[QUEUE_MARK];
    struct queue_executed_report report;
    struct queue_executed *e;

    (void)state;
    file_of(3);
    change(3 * QUEUE_EXECUTED_RECORD, zeroes, sizeof zeroes);
    e = opened(NOW, &report);
    assert_int_equal(report.records, 3);
    assert_int_equal(report.torn, 2);
    assert_int_equal(report.damaged, 0);
    add_synced(e, 7, EXPIRES);
    queue_executed_close(e);
    mark_of(9, mark);
    queue_executed_record(1000005, 1, mark, record); /* in the place of record 2 */
    change(2 * QUEUE_EXECUTED_RECORD, record, sizeof record);
    e = opened(NOW, &report);
    assert_int_equal(report.records, 3);
    assert_int_equal(report.damaged, 1);
    assert_false(has(e, 9, EXPIRES));
    assert_true(has(e, 7, EXPIRES));
    queue_executed_close(e);
}

static void two_processes_know_of_each_other(void **state)
{
    struct queue_executed *a = opened(NOW, NULL), *b = opened(NOW, NULL);
    struct queue_executed_report report;
    unsigned i;

    (void)state;
    for (i = 0; i < 40; i++) {
        add_synced(i % 2 ? a : b, i, EXPIRES);
        assert_true(has(i % 2 ? b : a, i, EXPIRES));
    }
    queue_executed_close(a);
    queue_executed_close(b);
    a = opened(NOW, &report);
    assert_int_equal(report.records, 40);
    assert_int_equal(report.damaged + report.torn, 0);
    queue_executed_close(a);
}

/* What was left at the end by a write that was never finished, two processes found: each reads it
 * anew, for the other has written over it. */
static void two_processes_write_over_what_is_left(void **state)
{
    static const uint8_t zeroes[3 * QUEUE_EXECUTED_RECORD];
    struct queue_executed *a, *b, *c;
    unsigned i;

    (void)state;
    file_of(3);
    change(3 * QUEUE_EXECUTED_RECORD, zeroes, sizeof zeroes);
    a = opened(NOW, NULL);
    b = opened(NOW, NULL);
    c = opened(NOW, NULL);
    for (i = 100; i < 103; i++) /* in the end the file is as long as it was */
        add_synced(a, i, EXPIRES);
    for (i = 100; i < 103; i++)
        assert_true(has(b, i, EXPIRES));
    add_synced(c, 103, EXPIRES);
    queue_executed_close(b);
    b = opened(NOW, NULL);
    for (i = 100; i < 104; i++)
        assert_true(has(b, i, EXPIRES));
    queue_executed_close(a);
    queue_executed_close(b);
    queue_executed_close(c);
}

/* A disk that lets no folder be synced, for this process and from now on. */
static void fail_folders(int folder_fd)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)folder_fd, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = { sizeof rules / sizeof *rules, rules };

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter))
        _exit(2);
}

/* A file whose name may not be on the disk promises nothing, however often it is tried. */
static void nothing_is_promised_of_a_file_without_a_name(void **state)
{
    struct queue_executed *e = opened(NOW, NULL);
    pid_t child;
    int status;

    (void)state;
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        uint64_t number = add(e, 1, EXPIRES);
        bool first, second;

        fail_folders(e->folder);
        first = queue_executed_sync(e, number) == ERR_RPC_RESOURCES;
        second = queue_executed_sync(e, number) == ERR_RPC_RESOURCES;
        _exit(first && second ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    queue_executed_close(e);
}

struct worker {
    struct queue_executed *e;
    unsigned first;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    uint8_t mark[QUEUE_MARK];
    uint64_t number;
    unsigned i;

    for (i = 0; i < 50; i++) {
        uint64_t expires = EXPIRES + i % 2 * HOUR;
        bool there = false;

        mark_of(w->first + i, mark);
        if (queue_executed_add(w->e, mark, expires, &number) || queue_executed_sync(w->e, number) ||
            queue_executed_has(w->e, mark, expires, &there) || !there)
            return w;
    }
    return NULL;
}

static void threads_are_synced_together(void **state)
{
    struct queue_executed *e = opened(NOW, NULL);
    struct queue_executed_report report;
    struct worker w[4];
    pthread_t threads[4];
    void *failed;
    unsigned i;

    (void)state;
    for (i = 0; i < 4; i++) {
        w[i] = (struct worker){ e, i * 1000 };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &w[i]), 0);
    }
    for (i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    queue_executed_close(e);
    e = opened(NOW, &report);
    assert_int_equal(report.records, 200);
    queue_executed_close(e);
}

static void takes_no_more_memory_than_it_may(void **state)
{
    struct queue_executed *e = NULL;
    uint8_t mark[QUEUE_MARK];
    uint64_t number = 0;
    unsigned i;

    (void)state;
    assert_int_equal(queue_executed_open(folder, 64 * 8, NOW, SKEW, &e, NULL), ERR_OK);
    for (i = 0; i < 48; i++) {
        assert_true(queue_executed_room(e, EXPIRES));
        number = add(e, i, EXPIRES);
    }
    assert_false(queue_executed_room(e, EXPIRES));
    assert_false(queue_executed_room(e, EXPIRES + HOUR));
    mark_of(i, mark);
    assert_int_equal(queue_executed_add(e, mark, EXPIRES, &number), ERR_RPC_RESOURCES);
    assert_int_equal(queue_executed_sync(e, number), ERR_OK);
    queue_executed_expire(e, EXPIRES + HOUR + SKEW + 1);
    assert_true(queue_executed_room(e, EXPIRES + HOUR));
    queue_executed_close(e);
}

/* As on a full disk: what could not be written is with the next that can. */
static void a_failed_write_is_told_and_tried_again(void **state)
{
    struct rlimit was, none = { 0, 0 };
    struct queue_executed *e = opened(NOW, NULL);
    struct queue_executed_report report;
    uint64_t number;

    (void)state;
    add_synced(e, 1, EXPIRES);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    none.rlim_cur = 30;
    none.rlim_max = was.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    number = add(e, 2, EXPIRES);
    assert_int_equal(queue_executed_sync(e, number), ERR_RPC_RESOURCES);
    assert_int_equal(queue_executed_sync(e, add(e, 3, EXPIRES)), ERR_RPC_RESOURCES);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(queue_executed_sync(e, number), ERR_OK);
    add_synced(e, 4, EXPIRES);
    queue_executed_close(e);
    e = opened(NOW, &report);
    assert_int_equal(report.records, 4);
    assert_int_equal(report.damaged + report.torn, 0);
    queue_executed_close(e);
}

/* Tells through fd of each mark that is synced, until it is killed. */
static void promise_for_ever(unsigned first, int fd)
{
    struct queue_executed *e = opened(NOW, NULL);
    unsigned i;

    for (i = first;; i++) {
        add_synced(e, i, EXPIRES);
        if (write(fd, &i, sizeof i) != sizeof i)
            _exit(1);
    }
}

static void what_was_promised_outlives_a_kill(void **state)
{
    unsigned round, last, i, told[64] = { 0 };

    (void)state;
    for (round = 0; round < 20; round++) {
        int fds[2];
        pid_t pid;

        assert_int_equal(pipe(fds), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            promise_for_ever(round * 1000000, fds[1]);
        close(fds[1]);
        for (i = 0; i <= round; i++)
            assert_int_equal(read(fds[0], &last, sizeof last), sizeof last);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        while (read(fds[0], &last, sizeof last) == sizeof last)
            continue;
        close(fds[0]);
        told[round] = last;
    }
    {
        struct queue_executed_report report;
        struct queue_executed *e = opened(NOW, &report);

        assert_int_equal(report.damaged, 0);
        for (round = 0; round < 20; round++)
            for (i = round * 1000000; i <= told[round]; i++)
                assert_true(has(e, i, EXPIRES));
        queue_executed_close(e);
    }
}

static enum err use(void *arg)
{
    struct queue_executed *e = NULL;
    uint8_t mark[QUEUE_MARK] = { 5 };
    uint64_t number = 0;
    bool there = false;
    enum err err = queue_executed_open(folder, 0, NOW, SKEW, &e, NULL);

    (void)arg;
    if (!err)
        err = queue_executed_add(e, mark, EXPIRES, &number);
    if (!err)
        err = queue_executed_sync(e, number);
    if (!err)
        err = queue_executed_has(e, mark, EXPIRES, &there);
    if (!err)
        assert_true(there);
    queue_executed_close(e);
    return err;
}

static void says_when_there_is_no_memory(void **state)
{
    (void)state;
    oom_run(use, NULL);
}

static void needs_its_folder(void **state)
{
    struct queue_executed *e = NULL;

    (void)state;
    assert_int_equal(queue_executed_open("/nowhere/at/all", 0, NOW, SKEW, &e, NULL),
                     ERR_ACCESS_DENIED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(remembers_what_was_synced),
        TEST(forgets_an_hour_when_clocks_agree_that_it_is_over),
        TEST(a_torn_write_costs_nothing_that_was_promised),
        TEST(damage_is_named_and_hurts_its_record_alone),
        TEST(zeroes_and_moved_records_are_none),
        TEST(two_processes_know_of_each_other),
        TEST(two_processes_write_over_what_is_left),
        TEST(nothing_is_promised_of_a_file_without_a_name),
        TEST(threads_are_synced_together),
        TEST(takes_no_more_memory_than_it_may),
        TEST(a_failed_write_is_told_and_tried_again),
        TEST(what_was_promised_outlives_a_kill),
        TEST(says_when_there_is_no_memory),
        TEST(needs_its_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
