/* SPDX-License-Identifier: Apache-2.0
 * Every region of every file of a store altered, and every file cut off: at each look the store
 * opens, gives nothing that was not put, and says what is missing; a check names the file.
 *
 * Two stores: one that was closed, with all in its database, and one whose process was killed, with
 * all in the log. STORE_ALTERED in the environment: how many octets apart the looks are (1009).
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/store.h"

enum {
    MESSAGES = 36,
    FAILED = 4,  /* of these: taken and failed once, */
    REFUSED = 3, /* and dead letters */
    LONG = 20,   /* the order of one whose body is a file */
    BODY = 420,
    LONG_BODY = 270 << 10,
    PAGE = 4096,
    APART = 1009,
    OPENINGS = 3, /* that may find something */
};

static const char *const senders[] = { "S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-1001" };
static struct store_home home;
static char kept[80];
static const uint64_t began = UINT64_C(134000000000000000);
static uint64_t now = UINT64_C(134000000000000000);
static unsigned told;
static char last_told[600];

static uint64_t clock_of(void *arg)
{
    (void)arg;
    return now;
}

static void on_damage(void *arg, const char *line)
{
    (void)arg;
    snprintf(last_told, sizeof last_told, "%s", line);
    told++;
}

/* ---- what is put ---- */

static size_t body_of(uint64_t order, uint8_t body[LONG_BODY])
{
    const size_t size = order == LONG ? LONG_BODY : BODY;
    uint32_t x = (uint32_t)order * 2654435761u + 1;
    size_t i;

    for (i = 0; i < size; i++) {
        x = x * 1664525 + 1013904223;
        body[i] = (uint8_t)(x >> 24);
    }
    return size;
}

static struct store_message message_of(uint64_t order, uint8_t body[LONG_BODY])
{
    struct store_message m = store_home_message(order, bytes_of(body, body_of(order, body)));

    m.sender = senders[order % 2];
    m.priority = (uint8_t)(order % 3);
    m.interface[0] = (uint8_t)(order % 2);
    m.journal = STORE_JOURNAL_DEAD_LETTER;
    m.created = began + order;
    m.expires = order % 4 ? 0 : began + UINT64_C(100000000000000);
    return m;
}

static void must(enum err e)
{
    if (e)
        _exit(1); /* a child's, whose parent waits for the signal */
}

static void fill(void)
{
    static uint8_t body[LONG_BODY];
    struct store_lease lease;
    struct store_entry entry;
    uint64_t i;

    store_home_open(&home);
    for (i = 0; i < MESSAGES; i++) {
        struct store_message m = message_of(i, body);

        must(store_home_put(&home, &m));
    }
    for (i = 0; i < FAILED + REFUSED; i++) {
        if (store_home_take(&home, &lease, &entry) == UINT64_MAX)
            _exit(1);
        store_entry_done(&entry);
        must(store_begin(home.store, lease));
        must(i < FAILED ? store_home_fail(&home, lease, 0)
                        : store_home_refuse(&home, lease, STORE_REASON_FIRST));
    }
}

static void shell(const char *format, const char *a, const char *b)
{
    char line[300];

    snprintf(line, sizeof line, format, a, b, b);
    assert_int_equal(system(line), 0);
}

static void keep(void)
{
    shell("cp -a '%s' '%s'", home.dir, kept);
}

static void restore(void)
{
    shell("rm -rf '%2$s' && cp -a '%1$s' '%2$s'", kept, home.dir);
}

static void make_home(void)
{
    told = 0;
    now = began;
    store_home_make(&home);
    home.config.damage = on_damage;
    home.config.now = clock_of;
    snprintf(kept, sizeof kept, "%s.kept", home.dir);
}

static int set_up_closed(void **state)
{
    (void)state;
    make_home();
    fill();
    store_close(home.store);
    home.store = NULL;
    keep();
    return 0;
}

static int set_up_killed(void **state)
{
    pid_t child;
    int status;

    (void)state;
    make_home();
    fflush(NULL);
    child = fork();
    if (child == 0) {
        fill();
        (void)raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    keep();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_home_done(&home);
    store_home_remove(kept);
    return 0;
}

/* ---- what is there ---- */

static bool seen[MESSAGES];
static unsigned found, counted; /* counted: deliveries of what was found */

/* As it was put, and once. */
static void look_at(const struct store_entry *e)
{
    static uint8_t body[LONG_BODY];
    struct store_message m;

    assert_in_range(e->m.order, 0, MESSAGES - 1);
    assert_false(seen[e->m.order]);
    seen[e->m.order] = true;
    m = message_of(e->m.order, body);
    assert_string_equal(e->m.sender, m.sender);
    assert_memory_equal(e->m.id, m.id, STORE_ID);
    assert_memory_equal(e->m.interface, m.interface, STORE_INTERFACE);
    assert_int_equal(e->m.priority, m.priority);
    assert_int_equal(e->m.journal, m.journal);
    assert_int_equal(e->m.created, m.created);
    assert_int_equal(e->m.expires, m.expires);
    unit_assert_bytes(e->m.body, m.body);
    assert_in_range(e->attempts, 0, 1);
    found++;
    counted += e->attempts;
}

/* Those that wait; false: damage was met, and the store has to be opened again. */
static bool take_all(void)
{
    struct store_lease lease;
    struct store_entry entry;
    enum err e;

    for (;;) {
        e = store_take(home.store, home.queue, NULL, NULL, &lease, &entry);
        if (e == ERR_STORE_DAMAGED)
            return false;
        assert_int_equal(e, ERR_OK);
        if (!lease.grant)
            return true;
        if (store_take_body(home.store, lease, &entry))
            continue; /* it is told of, and set aside */
        look_at(&entry);
        store_entry_done(&entry);
    }
}

static bool dead_letters(void)
{
    struct store_entry entry;
    uint64_t after = 0;
    uint32_t queue;
    enum err e;

    assert_int_equal(store_queue_find(home.store, STORE_DEAD_LETTERS, &queue), ERR_OK);
    while (!(e = store_peek(home.store, queue, after, true, &entry))) {
        after = entry.number;
        if (entry.reason == STORE_REASON_DAMAGED)
            told++; /* said to whoever looks */
        else
            look_at(&entry);
        store_entry_done(&entry);
    }
    assert_true(e == ERR_NOT_FOUND || e == ERR_STORE_DAMAGED);
    return e == ERR_NOT_FOUND;
}

/* An hour later, when each back-off is over. What is missing is told of. */
static void open_and_look(const char *what, off_t at)
{
    unsigned tries = 0;

    now = began + UINT64_C(36000000000);
    told = 0;
    do {
        if (tries++ == OPENINGS)
            fail_msg("%s at %ld: opened %u times, and damaged still: %s", what, (long)at, tries - 1,
                     last_told);
        store_close(home.store);
        home.store = NULL;
        memset(seen, 0, sizeof seen);
        found = counted = 0;
        store_home_open(&home);
    } while (!take_all() || !dead_letters());
    store_close(home.store); /* what is told of is told by now */
    home.store = NULL;
    now = began;
    if ((found < MESSAGES || counted != FAILED + REFUSED) && !told)
        fail_msg("%s at %ld: %u messages, %u deliveries, and nothing is said", what, (long)at,
                 found, counted);
}

struct named {
    const char *file;
    bool is;
};

static void on_found(void *arg, const struct store_finding *f)
{
    struct named *n = arg;

    assert_non_null(f->text);
    n->is |= f->file && strncmp(f->file, n->file, strlen(n->file)) == 0;
}

/* Whether a check that may change nothing names the file. */
static bool check_names(const char *file)
{
    struct named n = { .file = file };
    struct store_report report = { .found = on_found, .arg = &n };
    enum err e = store_check(home.dir, false, &report);

    assert_true(e == ERR_OK || e == ERR_STORE_DAMAGED);
    assert_int_equal(e == ERR_STORE_DAMAGED, report.bad || report.database);
    return e == ERR_STORE_DAMAGED && n.is;
}

/* ---- altered ---- */

static off_t apart(void)
{
    const char *text = getenv("STORE_ALTERED");
    long n = text ? strtol(text, NULL, 10) : 0;

    return n > 0 ? n : APART;
}

static int file_of(const char *name)
{
    char path[160];
    int fd;

    snprintf(path, sizeof path, "%s/%s", home.dir, name);
    fd = open(path, O_RDWR);
    if (fd < 0)
        fail_msg("no file %s", path);
    return fd;
}

static off_t size_of(const char *name)
{
    int fd = file_of(name);
    struct stat st;

    assert_int_equal(fstat(fd, &st), 0);
    close(fd);
    return st.st_size;
}

static void flip(const char *name, off_t at, uint8_t bit)
{
    int fd = file_of(name);
    uint8_t octet;

    assert_int_equal(pread(fd, &octet, 1, at), 1);
    octet ^= bit;
    assert_int_equal(pwrite(fd, &octet, 1, at), 1);
    close(fd);
}

/* One bit in each stretch of the file; how often nothing was lost. */
static void flip_all(const char *name, off_t step, unsigned *ret_whole, unsigned *ret_all)
{
    const off_t size = size_of(name);
    off_t at, from;

    *ret_whole = *ret_all = 0;
    srandom(20261122);
    for (from = 0; from < size; from += step) {
        at = from + random() % (size - from < step ? size - from : step);
        flip(name, at, (uint8_t)(1 << random() % 8));
        open_and_look(name, at);
        *ret_whole += found == MESSAGES;
        ++*ret_all;
        restore();
    }
}

static void a_bit_of_the_database_costs_what_it_hit(void **state)
{
    unsigned whole, all;

    (void)state;
    flip_all("messages.db", apart(), &whole, &all);
    print_message("%u of %u flips lost nothing\n", whole, all);
    assert_true(whole * 10 > all); /* most octets of the file are a body's */
}

static void a_bit_of_the_log_costs_what_it_hit(void **state)
{
    unsigned whole, all;

    (void)state;
    flip_all("messages.db-wal", apart() * 16, &whole, &all);
    print_message("%u of %u flips lost nothing\n", whole, all);
    assert_true(whole * 10 > all * 5); /* a bit of the log is found */
}

static void a_bit_of_a_long_body_costs_that(void **state)
{
    unsigned whole, all;

    (void)state;
    flip_all("body/0000000000000001", LONG_BODY / 8, &whole, &all);
    assert_int_equal(whole, 0);
    flip("body/0000000000000001", 5, 1);
    assert_true(check_names("body/0000000000000001"));
}

static void a_bit_of_the_other_files_costs_nothing(void **state)
{
    unsigned whole, all;

    (void)state;
    flip_all("lock", 3, &whole, &all);
    assert_int_equal(whole, all);
    flip_all("mark", 3, &whole, &all);
    assert_int_equal(whole, all);
}

/* ---- cut off ---- */

static void cut(const char *name, off_t size)
{
    int fd = file_of(name);

    assert_int_equal(ftruncate(fd, size), 0);
    close(fd);
}

static void cut_at(const char *name, off_t at)
{
    cut(name, at);
    if (!check_names(name))
        fail_msg("%s cut at %ld: not named by a check", name, (long)at);
    restore();
    cut(name, at);
    open_and_look(name, at);
    assert_true(told > 0);
    restore();
}

static void a_database_that_ends_too_early_is_named(void **state)
{
    const off_t size = size_of("messages.db");
    off_t page;

    (void)state;
    for (page = 0; page < size; page += PAGE) {
        cut_at("messages.db", page);
        cut_at("messages.db", page + 1);
        cut_at("messages.db", page + PAGE - 1);
    }
}

static void a_log_that_ends_too_early_is_named(void **state)
{
    enum { HEAD = 32, FRAME = PAGE + 24 };
    const off_t size = size_of("messages.db-wal"), frames = (size - HEAD) / FRAME;
    off_t i;

    (void)state;
    cut_at("messages.db-wal", 0);
    cut_at("messages.db-wal", HEAD - 1);
    for (i = 0; i < frames; i += 7) {
        cut_at("messages.db-wal", HEAD + i * FRAME);
        cut_at("messages.db-wal", HEAD + i * FRAME + 1);
        cut_at("messages.db-wal", HEAD + i * FRAME + FRAME - 1);
    }
}

static void a_long_body_that_ends_too_early_is_named(void **state)
{
    (void)state;
    cut_at("body/0000000000000001", 0);
    cut_at("body/0000000000000001", PAGE);
    cut_at("body/0000000000000001", LONG_BODY - 1);
}

int main(void)
{
#define CLOSED(name) cmocka_unit_test_setup_teardown(name, set_up_closed, tear_down)
#define KILLED(name) cmocka_unit_test_setup_teardown(name, set_up_killed, tear_down)
    const struct CMUnitTest tests[] = {
        CLOSED(a_bit_of_the_database_costs_what_it_hit),
        KILLED(a_bit_of_the_log_costs_what_it_hit),
        CLOSED(a_bit_of_a_long_body_costs_that),
        KILLED(a_bit_of_the_other_files_costs_nothing),
        CLOSED(a_database_that_ends_too_early_is_named),
        KILLED(a_log_that_ends_too_early_is_named),
        CLOSED(a_long_body_that_ends_too_early_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
