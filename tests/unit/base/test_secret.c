/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <sys/wait.h>
#include <unistd.h>

#include "lib/unit.h"

static void blocks_are_zero_and_apart(void **state)
{
    uint8_t *blocks[300];
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < 300; i++) {
        blocks[i] = secret_alloc(1000);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 64, 0);
        for (k = 0; k < 1000; k++)
            assert_int_equal(blocks[i][k], 0);
        memset(blocks[i], (int)(i % 255 + 1), 1000);
    }
    for (i = 0; i < 300; i++) {
        for (k = 0; k < 1000; k++)
            assert_int_equal(blocks[i][k], i % 255 + 1);
        secret_free(blocks[i], 1000);
    }
    blocks[0] = secret_alloc(1000);
    for (k = 0; k < 1000; k++)
        assert_int_equal(blocks[0][k], 0);
    secret_free(blocks[0], 1000);
}

static void a_child_finds_zeros(void **state)
{
    static const size_t sizes[] = { 32, 8192, 100000 };
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        uint8_t *p = secret_alloc(sizes[i]);
        int status = -1;
        pid_t child;

        assert_non_null(p);
        memset(p, 0xa5, sizes[i]);
        child = fork();
        if (child == 0)
            _exit(p[0] | p[sizes[i] - 1]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(p[0], 0xa5);
        secret_free(p, sizes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zero_and_apart),
        cmocka_unit_test(a_child_finds_zeros),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
