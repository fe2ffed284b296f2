/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/random.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/unit.h"

static void gives_different_bytes_each_time(void **state)
{
    static uint8_t seen[1000][16];
    uint8_t large[300] = { 0 };
    size_t i, j;

    (void)state;
    for (i = 0; i < 1000; i++) { /* the pool is filled anew on the way */
        assert_int_equal(crypto_random(seen[i], 16), ERR_OK);
        for (j = 0; j < i; j++)
            assert_memory_not_equal(seen[i], seen[j], 16);
    }
    assert_int_equal(crypto_random(large, sizeof large), ERR_OK);
    assert_memory_not_equal(large, large + 150, 150);
}

/* What the child draws must not be what the parent would have drawn. */
static void a_child_has_its_own(void **state)
{
    uint8_t parent[16], child[16];
    int ends[2], status;
    pid_t pid;

    (void)state;
    assert_int_equal(crypto_random(parent, 16), ERR_OK);
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        if (crypto_random(child, 16) != ERR_OK || write(ends[1], child, 16) != 16)
            _exit(1);
        _exit(0);
    }
    assert_true(pid > 0);
    assert_int_equal(crypto_random(parent, 16), ERR_OK);
    assert_int_equal(read(ends[0], child, 16), 16);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_memory_not_equal(parent, child, 16);
    close(ends[0]);
    close(ends[1]);
}

static void *draw(void *to)
{
    return crypto_random(to, 16) == ERR_OK ? to : NULL;
}

static void a_thread_has_its_own(void **state)
{
    uint8_t theirs[16], ours[16];
    pthread_t t;
    void *done;

    (void)state;
    assert_int_equal(pthread_create(&t, NULL, draw, theirs), 0);
    assert_int_equal(crypto_random(ours, 16), ERR_OK);
    assert_int_equal(pthread_join(t, &done), 0);
    assert_ptr_equal(done, theirs);
    assert_memory_not_equal(ours, theirs, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_different_bytes_each_time),
        cmocka_unit_test(a_child_has_its_own),
        cmocka_unit_test(a_thread_has_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
