/* SPDX-License-Identifier: Apache-2.0
 * test_memory.c - RpcSs memory outside of calls: environments, their threads, and what they refuse.
 */
#include "rpc/memory.h"

#include <pthread.h>

#include <countersign/rpc.h>

#include "base/alloc.h"
#include "lib/unit.h"

static volatile RPC_STATUS raised;

#define RAISED(statement)                                                                          \
    do {                                                                                           \
        raised = RPC_S_OK;                                                                         \
        RpcTryExcept                                                                               \
        {                                                                                          \
            statement;                                                                             \
        }                                                                                          \
        RpcExcept (1) {                                                                            \
            raised = (RPC_STATUS)RpcExceptionCode();                                               \
        }                                                                                          \
        RpcEndExcept                                                                               \
    } while (0)

static void outside_of_an_environment_there_is_no_memory(void **state)
{
    RPC_STATUS status = RPC_S_OK;

    (void)state;
    assert_null(RpcSmAllocate(8, &status));
    assert_int_equal(status, RPC_S_INVALID_ARG);
    RAISED(RpcSsAllocate(8));
    assert_int_equal(raised, RPC_S_INVALID_ARG);
    RAISED(RpcSsFree(&status));
    assert_int_equal(raised, RPC_S_INVALID_ARG);
    assert_null(RpcSmGetThreadHandle(&status));
    assert_int_equal(status, RPC_S_OK);
    assert_int_equal(RpcSmDisableAllocate(), RPC_S_OK);
    RpcSsDisableAllocate();
}

static void its_end_gives_all_back(void **state)
{
    char *p = NULL, *q = NULL;
    RPC_STATUS status;
    int i;

    (void)state;
    assert_int_equal(RpcSmEnableAllocate(), RPC_S_OK);
    for (i = 0; i < 1000; i++) {
        p = RpcSsAllocate((size_t)i);
        memset(p, 'x', (size_t)i);
        assert_int_equal((uintptr_t)p % 16, 0);
    }
    q = RpcSmAllocate(10, &status);
    assert_int_equal(status, RPC_S_OK);
    assert_int_equal(RpcSmFree(p), RPC_S_OK);
    assert_int_equal(RpcSmFree(p), RPC_S_OK); /* it is only marked */
    memset(p, 'y', 999);
    assert_int_equal(RpcSmFree(NULL), RPC_S_OK);
    assert_int_equal(RpcSmFree(q + 1), RPC_S_INVALID_ARG);
    assert_int_equal(RpcSmFree(&status), RPC_S_INVALID_ARG);
    RpcSsEnableAllocate();
    assert_int_equal(RpcSmDisableAllocate(), RPC_S_OK);
    assert_int_equal(RpcSmFree(q), RPC_S_OK); /* the outer pair */
    assert_int_equal(RpcSmDisableAllocate(), RPC_S_OK);
    assert_null(RpcSmAllocate(8, &status));
    assert_int_equal(status, RPC_S_INVALID_ARG);
}

static void what_is_too_much_is_no_memory(void **state)
{
    RPC_STATUS status = RPC_S_OK;

    (void)state;
    RpcSsEnableAllocate();
    assert_null(RpcSmAllocate(SIZE_MAX, &status));
    assert_int_equal(status, RPC_S_OUT_OF_MEMORY);
    RAISED(RpcSsAllocate(SIZE_MAX - 8));
    assert_int_equal(raised, RPC_S_OUT_OF_MEMORY);
    RpcSsDisableAllocate();
}

static void *in_another_thread(void *handle)
{
    RPC_STATUS status = RPC_S_OK;
    int i;

    if (RpcSmGetThreadHandle(&status) || RpcSmSetThreadHandle(handle))
        return NULL;
    for (i = 0; i < 1000; i++)
        if (!RpcSmAllocate(16, &status))
            return NULL;
    return RpcSmAllocate(16, &status); /* and it ends in the environment */
}

static void threads_share_it_by_its_handle(void **state)
{
    RPC_SS_THREAD_HANDLE handle = NULL;
    pthread_t threads[4];
    void *made = NULL;
    int i;

    (void)state;
    RpcSsEnableAllocate();
    handle = RpcSsGetThreadHandle();
    assert_non_null(handle);
    assert_ptr_equal(RpcSsGetThreadHandle(), handle);
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, in_another_thread, handle), 0);
    for (i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &made), 0);
        assert_non_null(made);
        assert_int_equal(RpcSmFree(made), RPC_S_OK);
    }
    RpcSsDisableAllocate();
    assert_int_equal(RpcSmSetThreadHandle(handle), RPC_S_INVALID_ARG);
    RAISED(RpcSsSetThreadHandle(handle));
    assert_int_equal(raised, RPC_S_INVALID_ARG);
}

static void one_may_be_left_and_entered_again(void **state)
{
    RPC_SS_THREAD_HANDLE first = NULL, second = NULL;
    RPC_STATUS status = RPC_S_OK;
    void *p = NULL;

    (void)state;
    RpcSsEnableAllocate();
    first = RpcSsGetThreadHandle();
    p = RpcSsAllocate(8);
    RpcSsSetThreadHandle(NULL);
    assert_null(RpcSmAllocate(8, &status));
    RpcSsEnableAllocate();
    second = RpcSsGetThreadHandle();
    assert_ptr_not_equal(first, second);
    assert_int_equal(RpcSmFree(p), RPC_S_INVALID_ARG);
    RpcSsSetThreadHandle(first);
    assert_int_equal(RpcSmFree(p), RPC_S_OK);
    RpcSsDisableAllocate();
    assert_int_equal(RpcSmSetThreadHandle(first), RPC_S_INVALID_ARG);
    RpcSsSetThreadHandle(second);
    RpcSsDisableAllocate();
}

static void *plain_allocate(size_t size)
{
    return malloc(size);
}

static void clients_functions_are_exchanged(void **state)
{
    RPC_CLIENT_ALLOC *allocate = NULL, *again = NULL;
    RPC_CLIENT_FREE *release = NULL, *same = NULL;

    (void)state;
    assert_int_equal(RpcSmSetClientAllocFree(NULL, free), RPC_S_INVALID_ARG);
    assert_int_equal(RpcSmSwapClientAllocFree(plain_allocate, free, NULL, &release),
                     RPC_S_INVALID_ARG);
    assert_int_equal(RpcSmSwapClientAllocFree(plain_allocate, NULL, &allocate, &release),
                     RPC_S_INVALID_ARG);
    assert_int_equal(RpcSmSwapClientAllocFree(plain_allocate, free, &allocate, &release), RPC_S_OK);
    release(allocate(8));
    assert_int_equal(RpcSmClientFree(plain_allocate(8)), RPC_S_OK);
    assert_int_equal(RpcSmSwapClientAllocFree(allocate, release, &again, &same), RPC_S_OK);
    assert_ptr_equal(again, plain_allocate);
    assert_ptr_equal(same, free);
    assert_int_equal(RpcSmClientFree(NULL), RPC_S_OK);
    RpcSsEnableAllocate();
    RpcSsSwapClientAllocFree(plain_allocate, free, &again, &same);
    assert_ptr_equal(again, RpcSsAllocate);
    assert_ptr_equal(same, RpcSsFree);
    RpcSsSetClientAllocFree(allocate, release);
    RpcSsDisableAllocate();
    RAISED(RpcSsSetClientAllocFree(NULL, NULL));
    assert_int_equal(raised, RPC_S_INVALID_ARG);
}

static enum err uses_it(void *arg)
{
    RPC_SS_THREAD_HANDLE handle = NULL;
    RPC_STATUS status = RpcSmEnableAllocate();
    int i;

    (void)arg;
    for (i = 0; !status && i < 100; i++)
        (void)RpcSmAllocate(8, &status);
    if (!status)
        handle = RpcSmGetThreadHandle(&status);
    if (!status)
        status = RpcSmSetThreadHandle(handle);
    RpcSmDisableAllocate();
    return status == RPC_S_OUT_OF_MEMORY ? ERR_NO_MEMORY : status ? ERR_INTERNAL : ERR_OK;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    oom_run(uses_it, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outside_of_an_environment_there_is_no_memory),
        cmocka_unit_test(its_end_gives_all_back),
        cmocka_unit_test(what_is_too_much_is_no_memory),
        cmocka_unit_test(threads_share_it_by_its_handle),
        cmocka_unit_test(one_may_be_left_and_entered_again),
        cmocka_unit_test(clients_functions_are_exchanged),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
