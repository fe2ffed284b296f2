/* SPDX-License-Identifier: Apache-2.0
 * The store of a process that was killed, with all it wrote still in the database's log: bits of
 * the log flipped and its end cut off. What was accepted is there but for what was hit, and damage
 * is named.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/store.h"

enum { MESSAGES = 30, BODY = 700, HEAD = 32, FRAME = 4096 + 24 };

static struct store_home home;
static char kept[80];
static unsigned told, named; /* named: of these, about one message */

static void on_damage(void *arg, const char *line)
{
    (void)arg;
    told++;
    named += strstr(line, "message ") == line;
}

static void fill_body(uint64_t order, uint8_t body[BODY])
{
    uint32_t x = (uint32_t)order * 2654435761u + 1;
    size_t i;

    for (i = 0; i < BODY; i++) {
        x = x * 1664525 + 1013904223;
        body[i] = (uint8_t)(x >> 24);
    }
}

static void put_all(void)
{
    uint8_t body[BODY];
    uint64_t i;

    for (i = 0; i < MESSAGES; i++) {
        struct store_message m = store_home_message(i, bytes_of(body, BODY));

        fill_body(i, body);
        if (store_home_put(&home, &m))
            _exit(1);
    }
}

static void copy(const char *from, const char *to)
{
    char line[300];

    snprintf(line, sizeof line, "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
    assert_int_equal(system(line), 0);
}

static int set_up(void **state)
{
    pid_t child;
    int status;

    (void)state;
    store_home_make(&home);
    home.config.damage = on_damage;
    snprintf(kept, sizeof kept, "%s.kept", home.dir);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        store_home_open(&home);
        put_all();
        (void)raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    copy(home.dir, kept);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_home_done(&home);
    store_home_remove(kept);
    return 0;
}

static int log_open(void)
{
    char path[128];
    int fd;

    snprintf(path, sizeof path, "%s/messages.db-wal", home.dir);
    fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    return fd;
}

static off_t log_size(void)
{
    struct stat st;
    int fd = log_open();

    assert_int_equal(fstat(fd, &st), 0);
    close(fd);
    return st.st_size;
}

static void flip(off_t at, uint8_t bits)
{
    int fd = log_open();
    uint8_t octet;

    assert_int_equal(pread(fd, &octet, 1, at), 1);
    octet ^= bits;
    assert_int_equal(pwrite(fd, &octet, 1, at), 1);
    close(fd);
}

static void cut(off_t size)
{
    int fd = log_open();

    assert_int_equal(ftruncate(fd, size), 0);
    close(fd);
}

/* Every one that is given must be as it was put, none twice. */
static unsigned drain(void)
{
    bool seen[MESSAGES] = { 0 };
    struct store_lease lease;
    struct store_entry entry;
    uint8_t body[BODY];
    unsigned count = 0;

    for (;;) {
        assert_int_equal(store_home_lend(&home, NULL, &lease, &entry), ERR_OK);
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

/* Opened, emptied, closed; what is there. */
static unsigned open_and_drain(void)
{
    unsigned left;

    told = named = 0;
    store_home_open(&home);
    left = drain();
    store_close(home.store);
    home.store = NULL;
    copy(kept, home.dir);
    return left;
}

static void what_a_killed_process_left_is_sound(void **state)
{
    struct store_report report = { 0 };

    (void)state;
    assert_int_equal(open_and_drain(), MESSAGES);
    assert_int_equal(told, 0);
    assert_int_equal(store_check(home.dir, false, &report), ERR_OK);
    assert_int_equal(report.records, MESSAGES);
}

static void a_flipped_bit_of_the_log_is_put_right_or_costs_what_it_hit(void **state)
{
    const off_t size = log_size();
    unsigned i, left, whole = 0;

    (void)state;
    srandom(20261122);
    for (i = 0; i < 32; i++) {
        off_t at = i < HEAD / 2 ? (off_t)i * 2 : (off_t)(random() % size);

        flip(at, (uint8_t)(1 << i % 8));
        left = open_and_drain();
        assert_true(told > 0);
        assert_true(left + named >= MESSAGES); /* what is not there is told one by one */
        whole += left == MESSAGES;
    }
    assert_true(whole >= 22);
}

static void a_check_names_it_and_repairs_when_it_is_asked(void **state)
{
    struct store_report report = { 0 };

    (void)state;
    flip(HEAD + 5 * FRAME + 1000, 1);
    assert_int_equal(store_check(home.dir, false, &report), ERR_STORE_DAMAGED);
    assert_int_equal(report.database, 1);
    assert_int_equal(store_check(home.dir, false, &report),
                     ERR_STORE_DAMAGED); /* nothing changed */
    assert_int_equal(store_check(home.dir, true, &report), ERR_OK);
    report = (struct store_report){ 0 };
    assert_int_equal(store_check(home.dir, false, &report), ERR_OK);
    assert_int_equal(report.records, MESSAGES);
}

static void what_a_page_of_the_log_that_is_gone_costs_is_named(void **state)
{
    const off_t frames = (log_size() - HEAD) / FRAME;
    uint8_t other[512];
    off_t i;

    (void)state;
    memset(other, 0xa5, sizeof other);
    for (i = 1; i < frames; i += 13) {
        int fd = log_open();
        unsigned left;

        assert_int_equal(pwrite(fd, other, sizeof other, HEAD + i * FRAME + 24 + 2048),
                         (ssize_t)sizeof other);
        close(fd);
        left = open_and_drain();
        assert_true(told > 0);
        assert_true(left + named >= MESSAGES);
    }
}

static void a_log_that_ends_too_early_is_named(void **state)
{
    const off_t size = log_size();
    unsigned before = 0, left;
    off_t at, i;

    (void)state;
    for (i = 0; (at = HEAD + i * FRAME / 2) < size; i += 1 + (i % 2) * 14) {
        cut(at);
        left = open_and_drain();
        assert_true(left >= before); /* the longer, the more */
        before = left;
        if (left < MESSAGES)
            assert_true(told > 0);
    }
    assert_true(before > MESSAGES / 2);
}

static void a_log_of_which_nothing_is_left_is_named(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/messages.db-wal", home.dir);
    assert_int_equal(unlink(path), 0);
    (void)open_and_drain();
    assert_true(told > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_a_killed_process_left_is_sound),
        TEST(a_flipped_bit_of_the_log_is_put_right_or_costs_what_it_hit),
        TEST(a_check_names_it_and_repairs_when_it_is_asked),
        TEST(what_a_page_of_the_log_that_is_gone_costs_is_named),
        TEST(a_log_that_ends_too_early_is_named),
        TEST(a_log_of_which_nothing_is_left_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
