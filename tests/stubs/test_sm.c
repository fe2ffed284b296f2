/* SPDX-License-Identifier: Apache-2.0
 * test_sm.c - RpcSs memory in calls: a server's routine allocates what it returns, a client
 * receives it where its thread says.  desktop-src/Midl/enable-allocate.md
 */
#include <pthread.h>
#include <stdatomic.h>

#include <countersign/rpc.h>

#include "lib/unit.h"
#include "sm.h"
#include "stubs/home.h"

static atomic_long live; /* blocks of midl_user_allocate */
static RPC_SS_THREAD_HANDLE of_last_call;
static RPC_BINDING_HANDLE server;
static volatile RPC_STATUS raised;

void *midl_user_allocate(size_t size)
{
    void *p = malloc(size);

    live += p != NULL;
    return p;
}

void midl_user_free(void *p)
{
    live -= p != NULL;
    free(p);
}

/* ---- the server's routines ---- */

static void note_handle(void)
{
    of_last_call = RpcSsGetThreadHandle();
    assert_non_null(of_last_call);
}

static ITEMS item(LONG n, ITEMS next)
{
    ITEMS made = (ITEMS)RpcSsAllocate(sizeof *made);

    *made = (ITEM){ n, next };
    return made;
}

void Make(handle_t h, LONG n, ITEMS *items)
{
    (void)h;
    note_handle();
    for (*items = NULL; n > 0; n--)
        *items = item(n, *items);
}

void Share(handle_t h, ITEMS *one, ITEMS *other)
{
    (void)h;
    note_handle();
    *one = *other = item(1, item(2, NULL));
    RpcSsFree((*one)->next); /* marked: it may still be looked at */
}

void Mix(handle_t h, ITEMS *items)
{
    ITEMS foreign = (ITEMS)midl_user_allocate(sizeof *foreign);

    (void)h;
    note_handle();
    *foreign = (ITEM){ 2, item(3, NULL) };
    *items = item(1, foreign);
}

void Raise(handle_t h, LONG code)
{
    (void)h;
    note_handle();
    (void)item(1, NULL);
    RpcSmDisableAllocate(); /* which is the stub's, not the routine's */
    (void)item(2, NULL);
    RpcRaiseException(code);
}

struct helper {
    RPC_SS_THREAD_HANDLE handle;
    ITEMS made;
};

static void *help(void *arg)
{
    struct helper *h = (struct helper *)arg;

    assert_null(RpcSsGetThreadHandle());
    RpcSsSetThreadHandle(h->handle);
    h->made = item(7, NULL);
    return NULL;
}

void Hand(handle_t h, ITEMS *items)
{
    struct helper helper = { NULL, NULL };
    pthread_t thread;

    (void)h;
    note_handle();
    helper.handle = of_last_call;
    assert_int_equal(pthread_create(&thread, NULL, help, &helper), 0);
    pthread_join(thread, NULL);
    *items = helper.made;
}

void Plain(handle_t h, LONG *status, ITEMS *items)
{
    (void)h;
    assert_null(RpcSmAllocate(8, status));
    *items = (ITEMS)midl_user_allocate(sizeof **items);
    **items = (ITEM){ 4, NULL };
}

/* ---- the client ---- */

/* The analyzer follows the calls that raise nothing. */
#ifdef __clang_analyzer__
#define CALL(call) call
#else
#define CALL(call)                                                                                 \
    do {                                                                                           \
        raised = RPC_S_OK;                                                                         \
        RpcTryExcept                                                                               \
        {                                                                                          \
            call;                                                                                  \
        }                                                                                          \
        RpcExcept (1) {                                                                            \
            raised = (RPC_STATUS)RpcExceptionCode();                                               \
        }                                                                                          \
        RpcEndExcept                                                                               \
    } while (0)
#endif

/* Of the server's routines, whose memory nobody gave back with midl_user_free. */
static int all_is_given_back(void **state)
{
    (void)state;
    assert_int_equal(live, 0);
    if (of_last_call)
        assert_int_equal(RpcSmSetThreadHandle(of_last_call), RPC_S_INVALID_ARG);
    of_last_call = NULL;
    assert_int_equal(RpcSmSetThreadHandle(NULL), RPC_S_OK);
    return 0;
}

static void free_items(ITEMS all)
{
    ITEMS next = NULL;

    for (; all; all = next) {
        next = all->next;
        midl_user_free(all);
    }
}

static void a_routine_allocates_what_it_returns(void **state)
{
    ITEMS items = NULL;

    (void)state;
    CALL(c_Make(server, 1000, &items));
    assert_int_equal(raised, RPC_S_OK);
    assert_int_equal(items->next->next->n, 3);
    assert_int_equal(live, 1000); /* the client's */
    free_items(items);
}

static void what_it_returns_twice_is_given_back_once(void **state)
{
    ITEMS one = NULL, other = NULL;

    (void)state;
    CALL(c_Share(server, &one, &other));
    assert_int_equal(raised, RPC_S_OK);
    assert_int_equal(one->next->n, 2);
    assert_int_equal(other->next->n, 2);
    free_items(one);
    free_items(other);
}

static void other_memory_goes_to_midl_user_free(void **state)
{
    ITEMS items = NULL;

    (void)state;
    CALL(c_Mix(server, &items));
    assert_int_equal(raised, RPC_S_OK);
    assert_int_equal(items->next->next->n, 3);
    assert_int_equal(live, 3);
    free_items(items);
}

static void an_exception_leaves_nothing(void **state)
{
    (void)state;
    CALL(c_Raise(server, 4711));
    assert_int_equal(raised, 4711);
}

static void its_threads_share_it(void **state)
{
    ITEMS items = NULL;

    (void)state;
    CALL(c_Hand(server, &items));
    assert_int_equal(raised, RPC_S_OK);
    assert_int_equal(items->n, 7);
    free_items(items);
}

static void without_the_attribute_there_is_none(void **state)
{
    LONG status = 0;
    ITEMS items = NULL;

    (void)state;
    CALL(c_Plain(server, &status, &items));
    assert_int_equal(raised, RPC_S_OK);
    assert_int_equal(status, RPC_S_INVALID_ARG);
    free_items(items);
}

static void a_client_in_an_environment_receives_into_it(void **state)
{
    LONG status = 0;
    ITEMS items = NULL, plain = NULL;

    (void)state;
    assert_int_equal(RpcSmEnableAllocate(), RPC_S_OK);
    CALL(c_Make(server, 3, &items));
    assert_int_equal(raised, RPC_S_OK);
    assert_int_equal(live, 0);
    assert_int_equal(RpcSmFree(items->next), RPC_S_OK);
    assert_int_equal(RpcSmClientFree(items), RPC_S_OK);
    CALL(c_Plain(server, &status, &plain)); /* has not the attribute: midl_user_allocate's */
    assert_int_equal(live, 1);
    assert_int_equal(RpcSmFree(plain), RPC_S_INVALID_ARG);
    free_items(plain);
    assert_int_equal(RpcSmDisableAllocate(), RPC_S_OK);
}

static long own;

static void *own_allocate(size_t size)
{
    own++;
    return malloc(size);
}

static void own_free(void *p)
{
    own--;
    free(p);
}

static void a_client_may_bring_its_own(void **state)
{
    RPC_CLIENT_ALLOC *allocate = NULL;
    RPC_CLIENT_FREE *release = NULL;
    ITEMS items = NULL;

    (void)state;
    RpcSsSwapClientAllocFree(own_allocate, own_free, &allocate, &release);
    CALL(c_Make(server, 2, &items));
    assert_int_equal(own, 2);
    assert_int_equal(live, 0);
    assert_int_equal(RpcSmClientFree(items->next), RPC_S_OK);
    assert_int_equal(RpcSmClientFree(items), RPC_S_OK);
    assert_int_equal(own, 0);
    RpcSsSetClientAllocFree(allocate, release);
    CALL(c_Make(server, 1, &items));
    assert_int_equal(own, 0);
    assert_int_equal(live, 1);
    assert_int_equal(RpcSmClientFree(items), RPC_S_OK);
}

static int begin(void **state)
{
    (void)state;
    return home_begin(sm_v1_0_s_ifspec, &server);
}

static int end(void **state)
{
    (void)state;
    return home_end(sm_v1_0_s_ifspec, &server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_routine_allocates_what_it_returns, all_is_given_back),
        cmocka_unit_test_teardown(what_it_returns_twice_is_given_back_once, all_is_given_back),
        cmocka_unit_test_teardown(other_memory_goes_to_midl_user_free, all_is_given_back),
        cmocka_unit_test_teardown(an_exception_leaves_nothing, all_is_given_back),
        cmocka_unit_test_teardown(its_threads_share_it, all_is_given_back),
        cmocka_unit_test_teardown(without_the_attribute_there_is_none, all_is_given_back),
        cmocka_unit_test_teardown(a_client_in_an_environment_receives_into_it, all_is_given_back),
        cmocka_unit_test_teardown(a_client_may_bring_its_own, all_is_given_back),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
