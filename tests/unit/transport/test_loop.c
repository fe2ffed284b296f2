/* SPDX-License-Identifier: Apache-2.0 */
#include "transport/loop.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/unit.h"

static struct loop *loop;
static atomic_int ticks;
static sem_t ticked;

static void on_tick(void *arg, int64_t now)
{
    assert_ptr_equal(arg, &loop);
    assert_true(now > 0);
    if (atomic_fetch_add(&ticks, 1) == 0)
        loop_keep_ticking(loop);
    sem_post(&ticked);
}

static int set_up(void **state)
{
    const struct loop_config config = { .threads_max = 20, .tick = on_tick, .arg = &loop };

    (void)state;
    atomic_store(&ticks, 0);
    sem_init(&ticked, 0, 0);
    return loop_new(&config, &loop);
}

static int tear_down(void **state)
{
    (void)state;
    loop_stop(loop);
    assert_int_equal(loop_threads(loop), 0);
    loop_free(loop);
    sem_destroy(&ticked);
    return 0;
}

struct end {
    struct loop_source source;
    int peer;
    sem_t *entered, *leave;
    atomic_int inside;
};

static void end_new(struct end *e, void (*ready)(struct loop_source *, unsigned))
{
    int fd[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    *e = (struct end){ .source = { .fd = fd[0], .ready = ready }, .peer = fd[1] };
    assert_int_equal(loop_add(loop, &e->source, LOOP_READ), ERR_OK);
}

/* Answers last: whoever has the answer may end the source. */
static void echo(struct loop_source *s, unsigned events)
{
    struct end *e = (struct end *)s;
    int fd = s->fd;
    char c;
    bool got;

    assert_true(events & LOOP_READ);
    assert_int_equal(atomic_fetch_add(&e->inside, 1), 0); /* nobody else has it */
    got = read(fd, &c, 1) == 1;
    atomic_fetch_sub(&e->inside, 1);
    loop_resume(loop, s, LOOP_READ);
    if (got)
        assert_int_equal(write(fd, &c, 1), 1);
}

static void block(struct loop_source *s, unsigned events)
{
    struct end *e = (struct end *)s;
    char c;

    (void)events;
    assert_int_equal(read(s->fd, &c, 1), 1);
    loop_work_begin(loop);
    sem_post(e->entered);
    sem_wait(e->leave);
    assert_int_equal(write(s->fd, &c, 1), 1);
}

static void ask(struct end *e, char c)
{
    char got = 0;

    assert_int_equal(write(e->peer, &c, 1), 1);
    assert_int_equal(read(e->peer, &got, 1), 1);
    assert_int_equal(got, c);
}

static void end_free(struct end *e)
{
    loop_remove(loop, &e->source);
    close(e->source.fd);
    close(e->peer);
}

static void sources_are_served_while_handlers_block(void **state)
{
    enum { BLOCKED = 15 };
    struct end quick, slow[BLOCKED];
    sem_t entered, leave;
    int i;
    char c;

    (void)state;
    sem_init(&entered, 0, 0);
    sem_init(&leave, 0, 0);
    end_new(&quick, echo);
    for (i = 0; i < BLOCKED; i++) {
        end_new(&slow[i], block);
        slow[i].entered = &entered;
        slow[i].leave = &leave;
        assert_int_equal(write(slow[i].peer, "x", 1), 1);
        sem_wait(&entered);
        ask(&quick, (char)i);
    }
    assert_true(loop_threads(loop) > BLOCKED && loop_threads(loop) <= 20);
    for (i = 0; i < BLOCKED; i++)
        sem_post(&leave);
    for (i = 0; i < BLOCKED; i++) {
        assert_int_equal(read(slow[i].peer, &c, 1), 1);
        end_free(&slow[i]);
    }
    for (i = 0; i < 1000; i++)
        ask(&quick, (char)i);
    end_free(&quick);
    sem_destroy(&entered);
    sem_destroy(&leave);
}

static sem_t hold_entered, hold_leave;
static atomic_int slow_kept, slow_passed_on, quick_ended;

/* 's': work that lasts; others: quick, unless the machine stands still meanwhile. Answers, and goes
 * on only with what is still its own. */
static void hold(struct loop_source *s, unsigned events)
{
    int fd = s->fd;
    bool still_own;
    char c;

    (void)events;
    if (recv(fd, &c, 1, MSG_DONTWAIT) != 1) { /* passed on, and nothing has come yet */
        loop_resume(loop, s, LOOP_READ);
        return;
    }
    loop_hold(loop, s);
    loop_work_begin(loop);
    if (c == 's') {
        sem_post(&hold_entered);
        sem_wait(&hold_leave);
    }
    assert_int_equal(write(fd, &c, 1), 1);
    still_own = loop_unhold(loop);
    if (still_own)
        loop_resume(loop, s, LOOP_READ);
    if (c == 's')
        atomic_fetch_add(still_own ? &slow_kept : &slow_passed_on, 1);
    else
        atomic_fetch_add(&quick_ended, 1);
}

static void what_is_held_is_passed_on_when_work_lasts(void **state)
{
    struct end held[3];
    char c;
    int i;

    (void)state;
    sem_init(&hold_entered, 0, 0);
    sem_init(&hold_leave, 0, 0);
    for (i = 0; i < 3; i++) { /* the watch sleeps and is woken again */
        atomic_store(&slow_kept, 0);
        atomic_store(&slow_passed_on, 0);
        atomic_store(&quick_ended, 0);
        end_new(&held[i], hold);
        assert_int_equal(write(held[i].peer, "s", 1), 1);
        sem_wait(&hold_entered);
        ask(&held[i], 'q'); /* another thread, while the first one is at work */
        ask(&held[i], 'r');
        sem_post(&hold_leave);
        assert_int_equal(read(held[i].peer, &c, 1), 1);
        assert_int_equal(c, 's');
        while (atomic_load(&quick_ended) < 2 ||
               atomic_load(&slow_kept) + atomic_load(&slow_passed_on) < 1)
            usleep(100);
        assert_int_equal(atomic_load(&slow_passed_on), 1); /* so it did not resume */
        ask(&held[i], 't');                                /* whose it is has it armed */
        usleep(i == 1 ? 1200000 : 10000);
    }
    loop_stop(loop);
    for (i = 0; i < 3; i++)
        end_free(&held[i]);
    sem_destroy(&hold_entered);
    sem_destroy(&hold_leave);
}

static atomic_int stayed, not_let;

static void linger(struct loop_source *s, unsigned events)
{
    struct end *e = (struct end *)s;
    char c;

    (void)events;
    if (!loop_linger_begin(loop)) {
        atomic_fetch_add(&not_let, 1);
        return;
    }
    atomic_fetch_add(&stayed, 1);
    assert_int_equal(read(s->fd, &c, 1), 1);
    sem_wait(e->leave);
    loop_linger_end(loop);
}

static void half_the_threads_may_linger(void **state)
{
    enum { SOURCES = 15 };
    struct end e[SOURCES];
    sem_t leave;
    int i;

    (void)state;
    atomic_store(&stayed, 0);
    atomic_store(&not_let, 0);
    sem_init(&leave, 0, 0);
    for (i = 0; i < SOURCES; i++) {
        end_new(&e[i], linger);
        e[i].leave = &leave;
        assert_int_equal(write(e[i].peer, "x", 1), 1);
    }
    while (atomic_load(&stayed) + atomic_load(&not_let) < SOURCES)
        usleep(100);
    assert_int_equal(atomic_load(&stayed), 10); /* of the 20 it may have */
    for (i = 0; i < SOURCES; i++)
        sem_post(&leave);
    loop_stop(loop);
    for (i = 0; i < SOURCES; i++)
        end_free(&e[i]);
    sem_destroy(&leave);
}

static void ticks_while_it_is_asked_to(void **state)
{
    (void)state;
    loop_keep_ticking(loop);
    sem_wait(&ticked);
    sem_wait(&ticked);
    assert_int_equal(atomic_load(&ticks), 2); /* the second did not ask again */
    loop_keep_ticking(loop);
    sem_wait(&ticked);
    assert_true(atomic_load(&ticks) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sources_are_served_while_handlers_block, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_held_is_passed_on_when_work_lasts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(half_the_threads_may_linger, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ticks_while_it_is_asked_to, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
