/* SPDX-License-Identifier: Apache-2.0
 * test_decision.c - what has been decided for a client.
 */
#include "rpc/decision.h"

#include <pthread.h>

#include "lib/unit.h"

static void one_operation_of_one_registration_is_allowed(void **state)
{
    struct rpc_decisions d = { NULL };

    (void)state;
    assert_false(rpc_decisions_allow(&d, 1, 0));
    rpc_decisions_add(&d, 1, 0);
    rpc_decisions_add(&d, 2, 64);
    rpc_decisions_add(&d, 2, RPC_DECISION_ALL);
    assert_true(rpc_decisions_allow(&d, 1, 0));
    assert_false(rpc_decisions_allow(&d, 1, 1));
    assert_false(rpc_decisions_allow(&d, 1, 64));
    assert_false(rpc_decisions_allow(&d, 2, 0));
    assert_true(rpc_decisions_allow(&d, 2, 64));
    assert_true(rpc_decisions_allow(&d, 2, RPC_DECISION_ALL));
    assert_false(rpc_decisions_allow(&d, 1, RPC_DECISION_ALL));
    assert_false(rpc_decisions_allow(&d, 3, 0));
    rpc_decisions_done(&d);
    assert_false(rpc_decisions_allow(&d, 1, 0));
}

static void what_has_no_room_is_not_allowed(void **state)
{
    struct rpc_decisions d = { NULL };
    uint64_t i;

    (void)state;
    rpc_decisions_add(&d, 1, RPC_DECISION_ALL + 1);
    assert_false(rpc_decisions_allow(&d, 1, RPC_DECISION_ALL + 1));
    for (i = 1; i <= RPC_DECISIONS_MAX + 1; i++)
        rpc_decisions_add(&d, i, 3);
    assert_true(rpc_decisions_allow(&d, RPC_DECISIONS_MAX, 3));
    assert_false(rpc_decisions_allow(&d, RPC_DECISIONS_MAX + 1, 3));
    rpc_decisions_add(&d, 1, 4); /* one that is there still has room */
    assert_true(rpc_decisions_allow(&d, 1, 4));
    rpc_decisions_done(&d);
}

enum { THREADS = 4, REGISTRATIONS = 8 };

struct worker {
    struct rpc_decisions *d;
    unsigned operation;
};

static void *add_all(void *arg)
{
    const struct worker *w = arg;
    uint64_t i;

    for (i = 0; i < REGISTRATIONS; i++)
        rpc_decisions_add(w->d, i, w->operation);
    return NULL;
}

/* Nobody's decision is lost, whoever else adds. */
static void threads_add_side_by_side(void **state)
{
    struct rpc_decisions d = { NULL };
    struct worker w[THREADS];
    pthread_t thread[THREADS];
    unsigned t;
    uint64_t i;

    (void)state;
    for (t = 0; t < THREADS; t++) {
        w[t] = (struct worker){ &d, t };
        assert_int_equal(pthread_create(&thread[t], NULL, add_all, &w[t]), 0);
    }
    for (t = 0; t < THREADS; t++)
        assert_int_equal(pthread_join(thread[t], NULL), 0);
    for (t = 0; t < THREADS; t++)
        for (i = 0; i < REGISTRATIONS; i++)
            assert_true(rpc_decisions_allow(&d, i, t));
    rpc_decisions_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_operation_of_one_registration_is_allowed),
        cmocka_unit_test(what_has_no_room_is_not_allowed),
        cmocka_unit_test(threads_add_side_by_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
