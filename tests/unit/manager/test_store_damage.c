/* SPDX-License-Identifier: Apache-2.0
 * A store whose files were altered on disk: opened all the same, what was damaged named, nothing
 * delivered that was not put.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/store_private.h"

enum { MESSAGES = 60, BODY = 900, PAGE = 4096 };

static struct store_home home;
static char original[80];
static unsigned told;

static void on_damage(void *arg, const char *line)
{
    (void)arg;
    (void)line;
    told++;
}

static void fill_body(uint64_t order, uint8_t body[BODY])
{
    size_t i;
    uint32_t x = (uint32_t)order * 2654435761u + 1;

    for (i = 0; i < BODY; i++) {
        x = x * 1664525 + 1013904223;
        body[i] = (uint8_t)(x >> 24);
    }
}

static char *path_of(const char *dir, const char *name)
{
    static char path[4][128];
    static unsigned turn;

    snprintf(path[++turn % 4], sizeof path[0], "%s/%s", dir, name);
    return path[turn % 4];
}

static void copy(const char *from, const char *to)
{
    char line[300];

    snprintf(line, sizeof line, "cp '%s' '%s'", from, to);
    assert_int_equal(system(line), 0);
}

static int set_up(void **state)
{
    uint8_t body[BODY];
    uint64_t i;

    (void)state;
    told = 0;
    store_home_make(&home);
    home.config.damage = on_damage;
    store_home_open(&home);
    for (i = 0; i < MESSAGES; i++) {
        struct store_message m = store_home_message(i, bytes_of(body, BODY));

        fill_body(i, body);
        assert_int_equal(store_home_put(&home, &m), ERR_OK);
    }
    store_close(home.store); /* nothing is left in the log */
    home.store = NULL;
    snprintf(original, sizeof original, "%s.original", home.dir);
    copy(path_of(home.dir, "messages.db"), original);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(original);
    store_home_done(&home);
    return 0;
}

static void flip(const char *file, off_t at, uint8_t bit)
{
    int fd = open(file, O_RDWR);
    uint8_t octet;

    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &octet, 1, at), 1);
    octet ^= bit;
    assert_int_equal(pwrite(fd, &octet, 1, at), 1);
    close(fd);
}

/* Takes and ends all there is; every one must be as it was put, none twice. */
static unsigned drain(void)
{
    bool seen[MESSAGES] = { 0 };
    struct store_lease lease;
    struct store_entry entry;
    uint8_t body[BODY];
    unsigned count = 0;

    for (;;) {
        enum err e = store_home_lend(&home, NULL, &lease, &entry);

        if (e == ERR_STORE_DAMAGED) { /* met in the middle: opened again it is repaired */
            store_home_again(&home);
            memset(seen, 0, sizeof seen);
            count = 0;
            continue;
        }
        assert_int_equal(e, ERR_OK);
        if (!lease.grant)
            return count;
        assert_in_range(entry.m.order, 0, MESSAGES - 1);
        assert_false(seen[entry.m.order]);
        seen[entry.m.order] = true;
        fill_body(entry.m.order, body);
        unit_assert_bytes(entry.m.body, bytes_of(body, BODY));
        store_entry_done(&entry);
        count++;
    }
}

/* The messages that a person finds set aside. */
static unsigned aside(void)
{
    struct store_stats stats;
    uint32_t queue;

    assert_int_equal(store_queue_find(home.store, STORE_DAMAGED, &queue), ERR_OK);
    assert_int_equal(store_stats(home.store, queue, &stats), ERR_OK);
    return (unsigned)stats.messages;
}

/* Not one message more than the page, or what hangs on it, and never unnamed. */
static unsigned after_flip(off_t at, uint8_t bit, bool check)
{
    struct store_report report = { 0 };
    unsigned left;

    copy(original, path_of(home.dir, "messages.db"));
    flip(path_of(home.dir, "messages.db"), at, bit);
    told = 0;
    if (check)
        assert_int_equal(store_check(home.dir, true, &report), ERR_OK);
    store_home_open(&home);
    left = drain();
    store_close(home.store); /* what is told of is told by now */
    home.store = NULL;
    if (left < MESSAGES && !report.bad && !report.database && !told)
        fail_msg("bit %u at %ld: %u messages, and nothing is said", bit, (long)at, left);
    return MESSAGES - left;
}

static void flip_many(bool check)
{
    enum { ROUNDS = 24, FIRST_PAGE = 10 };
    unsigned round, whole = 0, lost;
    struct stat st;

    assert_int_equal(stat(original, &st), 0);
    srandom(20261122);
    for (round = 0; round < ROUNDS; round++) {
        off_t at = round < FIRST_PAGE ? (off_t)round * 5 : (off_t)(random() % st.st_size);

        lost = after_flip(at, (uint8_t)(1 << round % 8), check);
        whole += lost <= 5; /* what is in one page */
    }
    assert_in_range(whole, ROUNDS * 8 / 10, ROUNDS);
}

static void a_flipped_bit_is_named_by_a_check_and_costs_a_page(void **state)
{
    (void)state;
    flip_many(true);
}

static void an_open_store_finds_damage_by_itself(void **state)
{
    (void)state;
    flip_many(false);
}

static void a_check_names_a_bad_record_and_sets_it_aside(void **state)
{
    struct store_report report = { 0 };
    uint8_t whole[1 << 18], body[BODY];
    struct store_entry entry;
    int fd = open(original, O_RDONLY);
    ssize_t size = read(fd, whole, sizeof whole);
    uint8_t *at;
    uint32_t queue;

    (void)state;
    close(fd);
    assert_int_equal(store_check(home.dir, false, &report), ERR_OK);
    assert_int_equal(report.records, MESSAGES);
    fill_body(33, body);
    at = memmem(whole, (size_t)size, body, 200);
    assert_non_null(at);
    flip(path_of(home.dir, "messages.db"), at - whole + 100, 4);
    report = (struct store_report){ 0 };
    assert_int_equal(store_check(home.dir, false, &report), ERR_STORE_DAMAGED);
    assert_int_equal(report.bad, 1);
    assert_int_equal(report.database, 0);
    report = (struct store_report){ 0 };
    assert_int_equal(store_check(home.dir, true, &report), ERR_OK);
    assert_int_equal(report.repaired, 1);
    store_home_open(&home);
    assert_int_equal(aside(), 1);
    assert_int_equal(store_queue_find(home.store, STORE_DAMAGED, &queue), ERR_OK);
    assert_int_equal(store_peek(home.store, queue, 0, true, &entry), ERR_OK);
    assert_int_equal(entry.reason, STORE_REASON_DAMAGED);
    assert_int_equal(entry.m.order, 33);
    assert_int_equal(entry.m.body.len, BODY);
    store_entry_done(&entry);
    report = (struct store_report){ 0 };
    assert_int_equal(store_verify(home.store, &report), ERR_OK);
    assert_int_equal(drain(), MESSAGES - 1);
    assert_int_equal(store_check(home.dir, false, &report), ERR_EXISTS);
}

/* A database that was is missed; one that could not even be made is not. */
static void a_database_that_is_gone_is_named(void **state)
{
    struct store *s = NULL;

    (void)state;
    store_close(home.store);
    home.store = NULL;
    assert_int_equal(unlink(path_of(home.dir, "messages.db")), 0);
    assert_int_equal(told, 0);
    store_home_open(&home);
    assert_int_equal(told, 1);
    assert_int_equal(drain(), 0);
    store_home_done(&home);

    store_home_make(&home);
    home.config.damage = on_damage;
    assert_int_equal(mkdir(path_of(home.dir, "messages.db"), 0700), 0);
    assert_int_not_equal(store_open(&home.config, &s), ERR_OK);
    assert_int_equal(rmdir(path_of(home.dir, "messages.db")), 0);
    store_home_open(&home);
    assert_int_equal(told, 1);
}

/* Pages in the middle of it are nonsense: nothing but a new one helps. */
static void spoil(const char *file)
{
    uint8_t page[PAGE];
    int fd = open(file, O_RDWR), i;
    struct stat st;

    memset(page, 0x5a, sizeof page);
    assert_int_equal(fstat(fd, &st), 0);
    for (i = 0; i < 3; i++)
        assert_int_equal(pwrite(fd, page, sizeof page, (st.st_size / PAGE / 2 + i) * PAGE), PAGE);
    close(fd);
}

static void limit_files(rlim_t most)
{
    struct rlimit l;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &l), 0);
    l.rlim_cur = most;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static unsigned repaired(void)
{
    struct store_report report = { .found = NULL };
    unsigned left;

    assert_int_equal(store_check(home.dir, true, &report), ERR_OK);
    store_home_open(&home);
    left = drain();
    store_close(home.store);
    home.store = NULL;
    return left;
}

/* Where there is no room for a new database the old one stays, for a day when there is. */
static void a_repair_without_room_costs_nothing(void **state)
{
    struct store_report report = { .found = NULL };
    struct rlimit before;
    unsigned left;
    int i;

    (void)state;
    spoil(path_of(home.dir, "messages.db"));
    copy(path_of(home.dir, "messages.db"), original);
    left = repaired();
    assert_in_range(left, 1, MESSAGES - 1);

    copy(original, path_of(home.dir, "messages.db"));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    limit_files((rlim_t)8 * PAGE);
    for (i = 0; i < 2; i++)
        assert_int_equal(store_check(home.dir, true, &report), ERR_DISK_FULL);
    limit_files(before.rlim_cur);
    assert_int_equal(repaired(), left);
}

/* As one leaves it who is killed: before the files are moved, or when a new one is half made. */
static void leave_repair(bool moved)
{
    struct store_home other = { .store = NULL };

    assert_int_equal(mkdir(path_of(home.dir, "damaged-1-0"), 0700), 0);
    assert_int_equal(symlink("damaged-1-0", path_of(home.dir, "salvage")), 0);
    if (!moved)
        return;
    assert_int_equal(
        rename(path_of(home.dir, "messages.db"), path_of(home.dir, "damaged-1-0/messages.db")), 0);
    store_home_make(&other);
    store_home_open(&other);
    store_close(other.store);
    other.store = NULL;
    copy(path_of(other.dir, "messages.db"), path_of(home.dir, "messages.db"));
    store_home_remove(other.dir);
}

static void a_repair_that_came_to_no_end_costs_nothing(void **state)
{
    int moved;

    (void)state;
    for (moved = 0; moved < 2; moved++) {
        struct store_report report = { .found = NULL }, after = { .found = NULL };

        leave_repair(moved);
        assert_int_equal(store_check(home.dir, false, &report), ERR_STORE_DAMAGED);
        store_home_open(&home);
        assert_int_equal(drain(), MESSAGES);
        assert_int_not_equal(access(path_of(home.dir, "damaged-1-0"), F_OK), 0);
        assert_int_not_equal(access(path_of(home.dir, "salvage"), F_OK), 0);
        store_close(home.store);
        home.store = NULL;
        assert_int_equal(store_check(home.dir, false, &after), ERR_OK);
    }
}

/* On a file system that copies nothing by itself. */
static void refuse_copies(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_copy_file_range, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = { sizeof rules / sizeof *rules, rules };

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter))
        _exit(2);
}

static void a_repair_needs_nothing_of_the_file_system(void **state)
{
    struct store_report report = { .found = NULL };
    pid_t child;
    int status;

    (void)state;
    spoil(path_of(home.dir, "messages.db"));
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        refuse_copies();
        _exit(store_check(home.dir, true, &report) != ERR_OK);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    store_home_open(&home);
    assert_in_range(drain(), 1, MESSAGES - 1);
}

/* The page that holds the message's body. */
static void spoil_page_of(uint64_t order)
{
    static uint8_t whole[1 << 18];
    uint8_t body[BODY], page[PAGE];
    int fd = open(path_of(home.dir, "messages.db"), O_RDWR);
    ssize_t size = read(fd, whole, sizeof whole);
    const uint8_t *at;

    fill_body(order, body);
    at = memmem(whole, (size_t)size, body, 200);
    assert_non_null(at);
    memset(page, 0x5a, sizeof page);
    assert_int_equal(pwrite(fd, page, sizeof page, (at - whole) / PAGE * PAGE), PAGE);
    close(fd);
}

/* Numbers as of a store that has seen many more messages; of one that was begun, how often. */
enum { EARLY = 2, LATER = 5000000, BEGUN = 40, TIMES = 3 };

static void number_later(void)
{
    struct record r;
    struct sql sql = { 0 };
    uint64_t number;
    bool bad;

    assert_int_equal(sql_open(home.dir, true, &sql), ERR_OK);
    for (number = EARLY + 1; number <= MESSAGES; number++) {
        assert_int_equal(record_read(&sql, number, &r, NULL, &bad), ERR_OK);
        r.number = number + LATER;
        assert_int_equal(record_renumber(&sql, number, &r), ERR_OK);
    }
    assert_int_equal(record_charge(&sql, LATER + BEGUN, TIMES, 0), ERR_OK);
    sql_close(&sql);
}

/* Where two pages are lost at the two ends, what lies far behind the one and before the other. */
static void what_is_far_behind_a_lost_page_is_kept(void **state)
{
    struct store_report report = { .found = NULL };
    struct store_entry entry;
    int ends;

    (void)state;
    number_later();
    copy(path_of(home.dir, "messages.db"), original);
    for (ends = 1; ends <= 2; ends++) {
        copy(original, path_of(home.dir, "messages.db"));
        spoil_page_of(0);
        if (ends == 2)
            spoil_page_of(MESSAGES - 1);
        assert_int_equal(store_check(home.dir, true, &report), ERR_OK);
        store_home_open(&home);
        assert_int_equal(store_peek(home.store, home.queue, LATER + BEGUN - 1, false, &entry),
                         ERR_OK);
        assert_int_equal(entry.number, LATER + BEGUN);
        assert_int_equal(entry.attempts, TIMES);
        store_entry_done(&entry);
        assert_in_range(drain(), MESSAGES - 5 * ends, MESSAGES - ends); /* what is in a page */
        store_close(home.store);
        home.store = NULL;
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_check_names_a_bad_record_and_sets_it_aside),
        TEST(a_flipped_bit_is_named_by_a_check_and_costs_a_page),
        TEST(an_open_store_finds_damage_by_itself),
        TEST(a_database_that_is_gone_is_named),
        TEST(a_repair_without_room_costs_nothing),
        TEST(a_repair_needs_nothing_of_the_file_system),
        TEST(what_is_far_behind_a_lost_page_is_kept),
        TEST(a_repair_that_came_to_no_end_costs_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
