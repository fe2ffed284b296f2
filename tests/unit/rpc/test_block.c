/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/block.h"

#include <pthread.h>

#include "lib/unit.h"

static void gives_at_least_what_is_asked(void **state)
{
    static const size_t sizes[] = { 0, 1, RPC_BLOCK_MIN, RPC_BLOCK_MIN + 1, 100000, 40000000 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct rpc_block *b = rpc_block_get(sizes[i]);

        assert_non_null(b);
        assert_true(b->size >= sizes[i] && b->size >= RPC_BLOCK_MIN);
        assert_int_equal((uintptr_t)b->data % 16, 0);
        memset(b->data, 1, b->size);
        rpc_block_put(b);
    }
    assert_null(rpc_block_get(SIZE_MAX));
    assert_null(rpc_block_get(SIZE_MAX - 100));
    rpc_block_put(NULL);
}

static void the_thread_gets_back_what_it_gave(void **state)
{
    struct rpc_block *a = rpc_block_get(10), *b = NULL;

    (void)state;
    assert_true(rpc_block_mine(a));
    assert_ptr_equal(rpc_block_ref(a), a);
    assert_false(rpc_block_mine(a));
    rpc_block_put(a);
    assert_true(rpc_block_mine(a));
    rpc_block_put(a);
    b = rpc_block_get(20);
    assert_ptr_equal(a, b);
    rpc_block_put(b);
}

static void *put_elsewhere(void *arg)
{
    rpc_block_put(arg);
    rpc_block_put(rpc_block_get(100000));
    return NULL; /* what the thread kept is freed with it */
}

static void another_thread_may_put_it(void **state)
{
    struct rpc_block *b = rpc_block_get(50000);
    pthread_t t;

    (void)state;
    assert_int_equal(pthread_create(&t, NULL, put_elsewhere, b), 0);
    assert_int_equal(pthread_join(t, NULL), 0);
}

/* Many at once: what is beyond the limit goes back to the system. */
static void keeps_no_more_than_its_limit(void **state)
{
    enum { MANY = 40 };
    struct rpc_block *b[MANY];
    size_t i;

    (void)state;
    for (i = 0; i < MANY; i++)
        b[i] = rpc_block_get(200000);
    for (i = 0; i < MANY; i++)
        rpc_block_put(b[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_at_least_what_is_asked),
        cmocka_unit_test(the_thread_gets_back_what_it_gave),
        cmocka_unit_test(another_thread_may_put_it),
        cmocka_unit_test(keeps_no_more_than_its_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
