/* SPDX-License-Identifier: Apache-2.0
 * The store against a model of it that fits on a page: thousands of steps drawn by a seed, each
 * done to both, and after each they have to agree. Among the steps are crashes, where what the
 * process had in memory is gone, and writes that were torn.
 *
 * STORE_MODEL_STEPS in the environment: how many (2500). STORE_MODEL_SEED: another seed.
 */
#include "queue/manager/store.h"

#include <fcntl.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/detail.h"
#include "lib/queue/store_home.h"
#include "lib/queue/store_model.h"
#include "lib/unit.h"

enum {
    STEPS = 2500,
    SEED = 20261122,
    LEASES = 12,
    LONG_BODY = 260 << 10,
    SECTOR = 512,
    LOG_HEAD = 32,
    SETTLE_MS = 60000,
    TICKS_PER_MS = 10000,
};

static const char *const names[PLACES] = { "first", "second", STORE_DEAD_LETTERS, STORE_JOURNAL };

static atomic_uint told;
static struct store_home home;
static uint32_t queues[PLACES];
static uint64_t seed;
static unsigned early; /* were lent before the disk had them */

static unsigned draw(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % n;
}

/* ---- the store ---- */

static uint64_t clock_of(void *arg)
{
    (void)arg;
    return model_now;
}

static void on_damage(void *arg, const char *line)
{
    (void)arg;
    print_error("told: %s\n", line);
    told++;
}

struct waited {
    sem_t done;
    enum err err;
};

static void on_done(void *arg, enum err e)
{
    struct waited *w = arg;

    w->err = e;
    sem_post(&w->done);
}

#define WAITED(call)                                                                               \
    do {                                                                                           \
        sem_init(&w.done, 0, 0);                                                                   \
        e = (call);                                                                                \
        while (!e && sem_wait(&w.done) != 0)                                                       \
            continue;                                                                              \
        e = e ? e : w.err;                                                                         \
        sem_destroy(&w.done);                                                                      \
    } while (0)

static size_t body_of(uint64_t order, uint8_t body[LONG_BODY])
{
    const size_t size = order % 97 == 5 ? LONG_BODY : order % 300;
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
    static const char *const senders[] = { "S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-1001",
                                           "S-1-5-21-1-2-3-1002" };
    struct store_message m = store_home_message(order, bytes_of(body, body_of(order, body)));

    m.sender = senders[order % 3];
    m.interface[0] = (uint8_t)(order % 2);
    m.priority = model_all[order].priority;
    m.journal = model_all[order].journal;
    m.expires = model_all[order].expires;
    m.delivery = model_all[order].express ? STORE_EXPRESS : STORE_RECOVERABLE;
    return m;
}

static void nap(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

/* What nobody waited for has been done when this has. */
static void flush(void)
{
    assert_int_equal(store_home_purge(&home, home.queue), ERR_OK); /* "q", which is empty */
}

static bool agree(void)
{
    struct store_stats stats;
    enum place at;

    for (at = FIRST; at < PLACES; at++) {
        assert_int_equal(store_stats(home.store, queues[at], &stats), ERR_OK);
        if (stats.messages != model_count_at(at) || stats.delayed > model_count_delayed(at))
            return false;
    }
    return true;
}

static void settle(const char *after)
{
    struct store_stats stats;
    enum place at;
    int ms;

    model_expire_all();
    flush();
    for (ms = 0; ms < SETTLE_MS && !agree(); ms++)
        nap();
    if (ms < SETTLE_MS)
        return;
    for (at = FIRST; at < PLACES; at++) {
        assert_int_equal(store_stats(home.store, queues[at], &stats), ERR_OK);
        print_error("%s: %u messages, not %u; %u delayed, not %u\n", names[at],
                    (unsigned)stats.messages, model_count_at(at), (unsigned)stats.delayed,
                    model_count_delayed(at));
    }
    fail_msg("after %s they do not agree", after);
}

static void open_home(void)
{
    const struct store_settings settings = { .messages_max = model_limits[0].messages_max,
                                             .attempts_max = model_limits[0].attempts_max,
                                             .backoff_first_ms = MODEL_BACKOFF_MS,
                                             .backoff_max_ms = 4 * MODEL_BACKOFF_MS };
    enum place at;

    store_home_open(&home);
    for (at = FIRST; at < PLACES; at++)
        if (store_queue_find(home.store, names[at], queues + at))
            assert_int_equal(store_queue_create(home.store, names[at], &settings, queues + at),
                             ERR_OK);
}

/* ---- looking ---- */

static void same(const struct store_entry *e)
{
    static uint8_t body[LONG_BODY];
    const struct message *m;
    struct store_message was;

    assert_in_range(e->m.order, 0, model_count - 1);
    m = model_all + e->m.order;
    was = message_of(e->m.order, body);
    assert_string_equal(e->sender, was.sender);
    assert_int_equal(e->m.priority, m->priority);
    assert_int_equal(e->m.journal, m->journal);
    assert_int_equal(e->m.expires, m->expires);
    assert_int_equal(e->m.interface[0], was.interface[0]);
    assert_int_equal(e->attempts, m->attempts);
    assert_int_equal(e->reason, m->reason);
    unit_assert_bytes(e->m.body, was.body);
}

static void look_at(enum place at)
{
    uint64_t after = 0, turn = 0;
    struct store_entry entry;
    unsigned found = 0;
    enum err e;

    while (!(e = store_peek(home.store, queues[at], after, true, &entry))) {
        const struct message *m = model_all + entry.m.order;

        same(&entry);
        assert_int_equal(m->at, at);
        assert_int_equal(entry.held, m->state == HELD);
        assert_true(at >= DEAD || m->turn > turn);
        turn = m->turn;
        after = entry.number;
        found++;
        store_entry_done(&entry);
    }
    assert_int_equal(e, ERR_NOT_FOUND);
    assert_int_equal(found, model_count_at(at));
}

static void look_at_all(void)
{
    enum place at;

    for (at = FIRST; at < PLACES; at++)
        look_at(at);
}

/* 0: it is not where it should be. */
static uint64_t find(int i)
{
    struct store_entry entry;
    uint64_t after = 0, number = 0;

    while (!number && !store_peek(home.store, queues[model_all[i].at], after, false, &entry)) {
        after = entry.number;
        if (entry.m.order == (uint64_t)i)
            number = after;
        store_entry_done(&entry);
    }
    return number;
}

static uint64_t number_of(int i)
{
    uint64_t number = find(i);

    assert_true(number);
    return number;
}

/* One of those, drawn; -1: there is none. */
typedef bool those_fn(const struct message *m);

static int draw_one(those_fn *those)
{
    int found = -1, i;
    unsigned n = 0;

    for (i = 0; i < model_count; i++)
        if (model_all[i].at != NOWHERE && those(model_all + i) && draw(++n) == 0)
            found = i;
    return found;
}

static bool any(const struct message *m)
{
    (void)m;
    return true;
}

static bool leased(const struct message *m)
{
    return m->at < DEAD && m->state == LEASED;
}

static bool in_transaction(const struct message *m)
{
    return leased(m) && m->begun && m->joint;
}

/* ---- steps ---- */

static bool has_room(enum place at)
{
    return model_count_at(at) < model_limits[at].messages_max;
}

/* The first of each priority. */
static int first_of(enum place at, uint8_t priority)
{
    int first = -1, i;

    for (i = 0; i < model_count; i++)
        if (model_all[i].at == at && model_all[i].state == READY &&
            model_all[i].priority == priority &&
            (first < 0 || model_all[i].turn < model_all[first].turn))
            first = i;
    return first;
}

static bool may_take(void)
{
    int i, n = 0;

    for (i = 0; i < model_count; i++)
        n += leased(model_all + i);
    return n < LEASES;
}

/* By somebody who waits, where nothing comes before it. */
static void lent(enum place at, struct message *m, struct store_waiting *to)
{
    if (!to->lease.grant)
        return;
    m->state = LEASED;
    m->begun = false;
    assert_true(first_of(at, 0) < 0 && first_of(at, 1) < 0 && first_of(at, 2) < 0);
    assert_false(m->express);
    same(&to->entry);
    store_entry_done(&to->entry);
    m->lease = to->lease;
    early++;
}

static enum err put_to(uint32_t queue, const struct store_message *m, struct store_waiting *to,
                       store_done_fn *done, void *arg)
{
    enum err e = store_put_to(home.store, queue, m, to, done, arg);

    store_go_on(home.store);
    return e;
}

/* parent -1: in no transaction. */
static void put_one(int parent)
{
    static uint8_t body[LONG_BODY];
    struct store_waiting to = { .wants = NULL };
    enum place at = (enum place)draw(2);
    struct message *m = model_all + model_count;
    struct store_message of;
    struct waited w;
    enum err e;

    assert_in_range(model_count, 0, MODEL_PUTS - 1);
    *m = (struct message){ .at = NOWHERE,
                           .priority = (uint8_t)draw(3),
                           .journal = (uint8_t)draw(3),
                           .express = parent < 0 && draw(6) == 0,
                           .expires = draw(3) ? 0 : model_now + (1 + draw(400)) * TICKS_PER_MS,
                           .parent = parent,
                           .state = parent < 0 ? READY : HELD };
    of = message_of((uint64_t)model_count, body);
    if (parent < 0 && may_take() && draw(2))
        WAITED(put_to(queues[at], &of, &to, on_done, &w));
    else if (parent < 0)
        WAITED(store_put(home.store, queues[at], &of, on_done, &w));
    else
        WAITED(store_put_joined(home.store, queues[at], &of, model_all[parent].lease, on_done, &w));
    assert_int_equal(e, has_room(at) ? ERR_OK : ERR_QUEUE_FULL);
    if (!e) {
        m->at = at;
        m->turn = ++model_turns;
        model_count++;
        lent(at, m, &to);
    }
}

static void do_put(void)
{
    put_one(-1);
}

static void do_put_joined(void)
{
    int parent = draw_one(in_transaction);

    if (parent >= 0)
        put_one(parent);
}

static void do_take(void)
{
    enum place at = (enum place)draw(2);
    struct store_lease lease;
    struct store_entry entry;
    int i;

    if (!may_take())
        return;
    assert_int_equal(store_take(home.store, queues[at], NULL, NULL, &lease, &entry), ERR_OK);
    if (!lease.grant) {
        assert_true(first_of(at, 0) < 0 && first_of(at, 1) < 0 && first_of(at, 2) < 0);
        return;
    }
    assert_int_equal(store_take_body(home.store, lease, &entry), ERR_OK);
    same(&entry);
    i = (int)entry.m.order;
    assert_int_equal(i, first_of(at, entry.m.priority));
    store_entry_done(&entry);
    model_all[i].state = LEASED;
    model_all[i].begun = false;
    model_all[i].lease = lease;
}

static void do_begin(void)
{
    int i = draw_one(leased);

    if (i < 0)
        return;
    assert_int_equal(store_begin(home.store, model_all[i].lease), ERR_OK);
    model_all[i].attempts += !model_all[i].begun;
    model_all[i].begun = true;
    model_all[i].joint = false;
}

static void do_begin_transaction(void)
{
    int i = draw_one(leased);
    struct waited w;
    enum err e;

    if (i < 0 || model_all[i].begun)
        return;
    WAITED(store_begin_transaction(home.store, model_all[i].lease, on_done, &w));
    if (model_all[i].attempts >= model_limits[model_all[i].at].attempts_max) {
        assert_int_equal(e, ERR_NOT_FOUND);
        model_dies(i, true, STORE_REASON_ATTEMPTS);
        return;
    }
    assert_int_equal(e, ERR_OK);
    model_all[i].attempts++;
    model_all[i].begun = model_all[i].joint = true;
    model_children(i, WITHDRAWN);
}

static void do_finish(void)
{
    int i = draw_one(leased);
    struct waited w;
    enum err e;

    if (i < 0)
        return;
    WAITED(store_finish(home.store, model_all[i].lease, on_done, &w));
    assert_int_equal(e, ERR_OK);
    model_goes(i, model_all[i].journal == STORE_JOURNAL_ALWAYS ? JOURNAL : NOWHERE,
               STORE_REASON_NONE);
    model_children(i, RELEASED);
}

static void do_fail(void)
{
    int i = draw_one(leased);

    if (i < 0)
        return;
    assert_int_equal(store_home_fail(&home, model_all[i].lease, 0), ERR_OK);
    model_fails(i, false, 0);
}

static void do_refuse(void)
{
    int i = draw_one(leased);

    if (i < 0)
        return;
    assert_int_equal(store_home_refuse(&home, model_all[i].lease, STORE_REASON_FIRST + 1), ERR_OK);
    model_dies(i, model_all[i].begun && model_all[i].joint, STORE_REASON_FIRST + 1);
}

static void do_release(void)
{
    int i = draw_one(leased);

    if (i < 0)
        return;
    store_release(home.store, model_all[i].lease);
    if (model_all[i].begun)
        model_fails(i, true, 0);
    else
        model_all[i].state = READY;
}

static void do_move(void)
{
    int i = draw_one(any);
    enum place to = (enum place)draw(2);
    enum err e, expected = ERR_OK;

    if (i < 0)
        return;
    if (model_all[i].at < DEAD &&
        (model_all[i].state == LEASED || model_all[i].state == HELD || model_has_children(i)))
        expected = ERR_UNEXPECTED;
    else if (model_all[i].express)
        expected = ERR_UNSUPPORTED;
    e = store_home_move(&home, queues[model_all[i].at], number_of(i), queues[to]);
    assert_int_equal(e, expected);
    if (e)
        return;
    model_goes(i, to, STORE_REASON_NONE);
    model_all[i].attempts = 0;
}

static void do_remove(void)
{
    int i = draw_one(any);
    const bool held = i >= 0 && model_all[i].at < DEAD && model_all[i].state == HELD;
    enum err e;

    if (i < 0)
        return;
    e = store_home_delete(&home, queues[model_all[i].at], number_of(i));
    assert_int_equal(e, leased(model_all + i) ? ERR_UNEXPECTED : ERR_OK);
    if (e)
        return;
    model_goes(i, NOWHERE, 0);
    if (!held)
        model_children(i, WITHDRAWN);
}

static void do_purge(void)
{
    enum place at = (enum place)draw(PLACES);
    int i;

    assert_int_equal(store_home_purge(&home, queues[at]), ERR_OK);
    for (i = 0; i < model_count; i++)
        if (model_all[i].at == at && !leased(model_all + i)) {
            bool held = at < DEAD && model_all[i].state == HELD;

            model_goes(i, NOWHERE, 0);
            if (!held)
                model_children(i, WITHDRAWN);
        }
}

static void do_set(void)
{
    enum place at = (enum place)draw(2);
    const struct store_settings settings = { .messages_max = 5 + draw(40),
                                             .attempts_max = 1 + draw(4),
                                             .backoff_first_ms = MODEL_BACKOFF_MS,
                                             .backoff_max_ms = 4 * MODEL_BACKOFF_MS };

    assert_int_equal(store_queue_set(home.store, queues[at], &settings), ERR_OK);
    model_limits[at].messages_max = settings.messages_max;
    model_limits[at].attempts_max = settings.attempts_max;
}

static void do_wait(void)
{
    model_now += (uint64_t)(1 + draw(60)) * TICKS_PER_MS;
}

/* ---- the process is lost ---- */

static char *path_of(const char *suffix)
{
    static char path[3][160];
    static unsigned turn;

    snprintf(path[++turn % 3], sizeof path[0], "%s%s", home.dir, suffix);
    return path[turn % 3];
}

static void shell(const char *format, const char *a, const char *b)
{
    char line[700];

    snprintf(line, sizeof line, format, a, b);
    assert_int_equal(system(line), 0);
}

/* The files as they are, as a process that is killed leaves them. */
static void keep(const char *suffix)
{
    flush();
    shell("rm -rf '%2$s' && cp -a '%1$s' '%2$s'", home.dir, path_of(suffix));
}

/* Memory's are gone, and leases. */
static void forget(void)
{
    int i;

    for (i = 0; i < model_count; i++)
        if (model_all[i].at < DEAD && model_all[i].express) {
            model_goes(i, NOWHERE, 0);
            model_children(i, UNDECIDED);
        }
    for (i = 0; i < model_count; i++)
        if (leased(model_all + i))
            model_all[i].state = READY;
}

static void begin_with(const char *suffix)
{
    store_close(home.store);
    home.store = NULL;
    shell("rm -rf '%2$s' && mv '%1$s' '%2$s'", path_of(suffix), home.dir);
    told = 0;
    open_home();
    assert_int_equal(told, 0);
    forget();
}

static void do_crash(void)
{
    keep(".lost");
    begin_with(".lost");
}

static size_t read_file(const char *path, uint8_t **ret)
{
    int fd = open(path, O_RDONLY);
    struct stat st;

    st.st_size = 0;
    if (fd >= 0)
        assert_int_equal(fstat(fd, &st), 0);
    *ret = calloc(1, (size_t)st.st_size + 1);
    if (fd < 0)
        return 0;
    assert_int_equal(read(fd, *ret, (size_t)st.st_size), st.st_size);
    close(fd);
    return (size_t)st.st_size;
}

/* Sectors of the last write that were not written. */
static void tear(const uint8_t *before, size_t before_len, uint8_t *after, size_t after_len)
{
    size_t at;

    for (at = 0; at < after_len; at += SECTOR) {
        size_t n = after_len - at < SECTOR ? after_len - at : SECTOR;
        size_t had = at >= before_len ? 0 : before_len - at < n ? before_len - at : n;

        if ((had == n && memcmp(before + at, after + at, n) == 0) || draw(2))
            continue;
        memcpy(after + at, before + at, had);
        memset(after + at + had, 0, n - had);
    }
}

/* The log of the process's last commit, which nobody was told of: torn where the database is as it
 * was, and the log goes on. */
static void do_torn(void)
{
    uint8_t *before, *after, *db_before, *db_after;
    size_t before_len, after_len, db_len, db_after_len;
    int last = model_count;
    bool torn;

    keep(".before");
    do_put();
    keep(".after");
    before_len = read_file(path_of(".before/messages.db-wal"), &before);
    after_len = read_file(path_of(".after/messages.db-wal"), &after);
    db_len = read_file(path_of(".before/messages.db"), &db_before);
    db_after_len = read_file(path_of(".after/messages.db"), &db_after);
    torn = before_len > LOG_HEAD && after_len >= before_len && model_count > last &&
           memcmp(before, after, LOG_HEAD) == 0 && db_len == db_after_len &&
           memcmp(db_before, db_after, db_len) == 0;
    if (torn) {
        int fd = open(path_of(".after/messages.db-wal"), O_WRONLY);

        tear(before, before_len, after, after_len);
        assert_int_equal(write(fd, after, after_len), (ssize_t)after_len);
        close(fd);
        shell("cp -a '%s' '%s'", path_of(".before/mark"), path_of(".after/mark"));
    }
    free(before);
    free(after);
    free(db_before);
    free(db_after);
    begin_with(".after");
    if (torn && model_all[last].at != NOWHERE) { /* there, or not */
        flush();
        if (!find(last))
            model_goes(last, NOWHERE, 0);
    }
}

/* ---- all of them ---- */

static const struct step {
    const char *name;
    unsigned often; /* in a hundred */
    void (*run)(void);
} steps[] = {
    { "put", 24, do_put },
    { "put joined", 6, do_put_joined },
    { "take", 17, do_take },
    { "begin", 6, do_begin },
    { "begin transaction", 6, do_begin_transaction },
    { "finish", 7, do_finish },
    { "fail", 6, do_fail },
    { "refuse", 2, do_refuse },
    { "release", 4, do_release },
    { "move", 6, do_move },
    { "remove", 4, do_remove },
    { "purge", 1, do_purge },
    { "set", 2, do_set },
    { "wait", 6, do_wait },
    { "crash", 2, do_crash },
    { "torn", 1, do_torn },
};

static void one_step(long n)
{
    unsigned at = draw(100), i = 0;

    while (at >= steps[i].often)
        at -= steps[i++].often;
    steps[i].run();
    settle(steps[i].name);
    if (n % 25 == 0)
        look_at_all();
}

static long told_by(const char *name, long usual)
{
    const char *text = getenv(name);
    long n = text ? strtol(text, NULL, 10) : 0;

    return n > 0 ? n : usual;
}

static void the_store_does_what_the_model_does(void **state)
{
    const long many = told_by("STORE_MODEL_STEPS", STEPS);
    struct store_report report = { 0 };
    long n;

    (void)state;
    seed = (uint64_t)told_by("STORE_MODEL_SEED", SEED);
    print_message("STORE_MODEL_SEED=%llu\n", (unsigned long long)seed);
    seed *= UINT64_C(0x9e3779b97f4a7c15);
    open_home();
    for (n = 1; n <= many; n++)
        one_step(n);
    assert_true(many < STEPS || early);
    look_at_all();
    store_close(home.store);
    home.store = NULL;
    assert_int_equal(store_check(home.dir, false, &report), ERR_OK);
}

static int set_up(void **state)
{
    (void)state;
    model_now = UINT64_C(134000000000000000);
    model_limits[0].messages_max = model_limits[1].messages_max = 30;
    model_limits[0].attempts_max = model_limits[1].attempts_max = 3;
    store_home_make(&home);
    home.config.now = clock_of;
    home.config.damage = on_damage;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_home_done(&home);
    store_home_remove(path_of(".lost"));
    store_home_remove(path_of(".before"));
    store_home_remove(path_of(".after"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_store_does_what_the_model_does, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
