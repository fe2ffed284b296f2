/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lock.h"

#include <pthread.h>
#include <sched.h>

#include "lib/unit.h"

enum { THREADS = 4, TURNS = 200000 };

static struct lock lock;
static unsigned counted;

static void nobody_has_it_twice(void **state)
{
    struct lock l = { 0 };

    (void)state;
    assert_true(lock_try(&l));
    assert_false(lock_try(&l));
    lock_give(&l);
    lock_take(&l);
    assert_false(lock_try(&l));
    lock_give(&l);
    assert_true(lock_try(&l));
}

static void *count(void *arg)
{
    int i;

    for (i = 0; i < TURNS; i++) {
        lock_take(&lock);
        counted++;
        lock_give(&lock);
    }
    return arg;
}

static void one_of_many_threads_has_it(void **state)
{
    pthread_t thread[THREADS];
    int i;

    (void)state;
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, count, NULL), 0);
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    assert_int_equal(counted, THREADS * TURNS);
    assert_int_equal(lock.word, 0);
}

/* They sleep, and each is woken: by whoever had it, then by each other. */
static void who_waits_is_woken(void **state)
{
    pthread_t thread[THREADS];
    int i;

    (void)state;
    counted = 0;
    lock_take(&lock);
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, count, NULL), 0);
    while (__atomic_load_n(&lock.word, __ATOMIC_RELAXED) != 2) /* until somebody waits */
        sched_yield();
    assert_int_equal(counted, 0);
    lock_give(&lock);
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    assert_int_equal(counted, THREADS * TURNS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_has_it_twice),
        cmocka_unit_test(one_of_many_threads_has_it),
        cmocka_unit_test(who_waits_is_woken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
