/* SPDX-License-Identifier: Apache-2.0
 * A process that puts, takes and ends is killed at random moments, over and over: what it was told
 * is durable is there, what it was told has ended never comes back.
 */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/queue/store_home.h"
#include "lib/unit.h"
#include "queue/manager/store.h"

enum { ROUNDS = 60, ORDERS = 200000, PUT = 1, ENDING = 2, ENDED = 4, FOUND = 8 };

static struct store_home home;
static uint8_t told[ORDERS]; /* PUT, ENDING, ENDED */
static int to_parent;

struct told {
    uint32_t order, what;
};

static void tell(uint32_t order, uint32_t what)
{
    struct told t = { order, what };

    if (write(to_parent, &t, sizeof t) != sizeof t)
        _exit(1);
}

static void put_done(void *arg, enum err e)
{
    if (!e)
        tell((uint32_t)(uintptr_t)arg, PUT);
}

static void end_done(void *arg, enum err e)
{
    if (!e)
        tell((uint32_t)(uintptr_t)arg, ENDED);
}

/* A process's end damages nothing. */
static void on_damage(void *arg, const char *line)
{
    (void)arg;
    print_error("%s\n", line);
    tell(0, FOUND);
}

/* Three puts, two ends, without waiting for either, until it is killed. */
static void work(uint32_t order)
{
    static uint32_t body[ORDERS]; /* each is borrowed until its put is done */

    home.config.damage = on_damage;
    store_home_open(&home);
    for (; order < ORDERS; order++) {
        struct store_message m = store_home_message(order, bytes_of(body + order, sizeof *body));
        struct store_lease lease;
        struct store_entry entry;

        body[order] = order;
        m.priority = (uint8_t)(order % STORE_PRIORITIES);
        while (store_put(home.store, home.queue, &m, put_done, (void *)(uintptr_t)order))
            usleep(100);
        if (order % 3 == 0 || store_home_lend(&home, NULL, &lease, &entry) != ERR_OK ||
            !lease.grant)
            continue;
        tell((uint32_t)entry.m.order, ENDING); /* what is killed here may have ended untold */
        if (store_begin(home.store, lease) ||
            store_finish(home.store, lease, end_done, (void *)(uintptr_t)entry.m.order))
            _exit(1);
        store_entry_done(&entry);
    }
    pause();
}

static uint32_t read_told(int from)
{
    uint32_t last = 0;
    struct told t;

    while (read(from, &t, sizeof t) == sizeof t) {
        assert_in_range(t.order, 0, ORDERS - 1);
        told[t.order] |= (uint8_t)t.what;
        last = t.order > last ? t.order : last;
    }
    return last;
}

static void wait_for_first(int from)
{
    struct pollfd p = { .fd = from, .events = POLLIN };

    assert_int_equal(poll(&p, 1, 60000), 1);
}

static void round_of(unsigned round, uint32_t *order)
{
    int ends[2];
    uint32_t last;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        to_parent = ends[1];
        work(*order);
    }
    close(ends[1]);
    if (round % 4) /* the others are killed while the store is made or opened */
        wait_for_first(ends[0]);
    nanosleep(&(struct timespec){ .tv_nsec = 1000000 + random() % 20000000 }, NULL);
    kill(child, SIGKILL);
    last = read_told(ends[0]);
    close(ends[0]);
    waitpid(child, NULL, 0);
    *order = (last > *order ? last : *order) + 2000; /* past what it may have put untold */
    assert_true(*order < ORDERS);
}

static void show(void *arg, const struct store_finding *f)
{
    (void)arg;
    print_error("%s\n", f->text);
}

static atomic_uint ended, ended_badly;

static void count_ended(void *arg, enum err e)
{
    (void)arg;
    ended_badly += e != ERR_OK;
    ended++;
}

static void nothing_durable_is_lost_and_nothing_ended_comes_back(void **state)
{
    static bool there[ORDERS];
    struct store_report report = { .found = show };
    struct store_lease lease;
    struct store_entry entry;
    uint32_t order = 0, body;
    unsigned round, kept = 0;

    (void)state;
    srandom(1122);
    for (round = 0; round < ROUNDS && order < ORDERS - 10000; round++)
        round_of(round, &order);
    assert_false(told[0] & FOUND);
    assert_int_equal(store_check(home.dir, false, &report), ERR_OK);
    store_home_open(&home);
    for (;;) {
        bool settled = ended == kept; /* a sender of whom too many are ending has to wait */

        assert_int_equal(store_home_lend(&home, NULL, &lease, &entry), ERR_OK);
        if (!lease.grant && settled)
            break;
        if (!lease.grant) {
            usleep(1000);
            continue;
        }
        memcpy(&body, entry.m.body.ptr, sizeof body);
        assert_int_equal(body, entry.m.order);
        assert_false(there[body]);
        there[body] = true;
        assert_false(told[body] & ENDED);
        store_entry_done(&entry);
        assert_int_equal(store_finish(home.store, lease, count_ended, NULL), ERR_OK);
        kept++;
    }
    for (body = 0; body < ORDERS; body++)
        if ((told[body] & (PUT | ENDING)) == PUT && !there[body])
            fail_msg("message %u was told durable and is lost", body);
    assert_int_equal(ended_badly, 0);
    assert_true(kept > 0);
}

static int set_up(void **state)
{
    (void)state;
    store_home_make(&home);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_home_done(&home);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_durable_is_lost_and_nothing_ended_comes_back,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
