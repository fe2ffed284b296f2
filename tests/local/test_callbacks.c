/* SPDX-License-Identifier: Apache-2.0
 * test_callbacks.c - a server calls its client back, over ncalrpc and over TCP without security.
 * desktop-src/Midl/callback.md
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "back/back_home.h"
#include "lib/ncalrpc_folder.h"
#include "lib/tcp_binding.h"
#include "lib/unit.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))

enum {
    THREADS = 8,
    TIMES = 50,
    ENDLESS = 100000000,
    CALLS = 20,             /* the server allows */
    WAITING = CALLS / 2 + 1 /* of which so many may wait for their clients */
};

static RPC_BINDING_HANDLE bindings[2], another;

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

static RPC_BINDING_HANDLE bind(const char *text)
{
    RPC_BINDING_HANDLE b = NULL;

    assert_int_equal(RpcBindingFromStringBindingA(STR(text), &b), RPC_S_OK);
    return b;
}

static int set_up(void **state)
{
    const char *folder = ncalrpc_folder_make();
    char tcp[TCP_BINDING];

    (void)state;
    if (mkdir(folder, 0755) && chmod(folder, 01777))
        return -1;
    assert_int_equal(RpcServerUseProtseqEpA(STR("ncalrpc"), 10, STR("back"), NULL), RPC_S_OK);
    assert_int_equal(RpcServerUseProtseqA(STR("ncacn_ip_tcp"), 10, NULL), RPC_S_OK);
    assert_int_equal(RpcServerRegisterIfEx(back_v1_0_s_ifspec, NULL, NULL,
                                           RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                           RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL),
                     RPC_S_OK);
    assert_int_equal(RpcServerListen(1, CALLS, TRUE), RPC_S_OK);
    bindings[0] = bind("ncalrpc:[back]");
    tcp_binding(tcp);
    bindings[1] = bind(tcp);
    another = bind(tcp);
    assert_non_null(bindings[1]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    RpcBindingFree(&bindings[0]);
    RpcBindingFree(&bindings[1]);
    RpcBindingFree(&another);
    assert_int_equal(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    assert_int_equal(RpcMgmtWaitServerListen(), RPC_S_OK);
    assert_int_equal(RpcServerUnregisterIf(back_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
    return ncalrpc_folder_remove();
}

static int calm(void **state)
{
    (void)state;
    back_wait = NULL;
    atomic_store(&back_elsewhere, 0);
    return 0;
}

static void on_either(void (*what)(RPC_BINDING_HANDLE b))
{
    what(bindings[0]);
    what(bindings[1]);
}

static void calls_back(void **state)
{
    (void)state;
    on_either(back_adds);
    assert_int_equal(atomic_load(&back_elsewhere), 0);
}

static void one_thread_serves_a_chain(void **state)
{
    (void)state;
    on_either(back_nests);
}

static void brings_data_over_both_ways(void **state)
{
    (void)state;
    on_either(back_brings_bytes);
    on_either(back_brings_lists);
}

static void what_a_callback_raises_the_server_catches(void **state)
{
    (void)state;
    on_either(back_raises);
}

static void in_ndr_too(void **state)
{
    RPC_BINDING_HANDLE b = bind("ncalrpc:[back]");
    ULONG_PTR unique = 1;

    (void)state;
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, unique), RPC_S_OK);
    assert_int_equal(CsSetPolicy("ndr64", CS_POLICY_ENFORCE), SEC_E_OK);
    back_all(b);
    assert_int_equal(CsSetPolicy("ndr64", CS_POLICY_OFF), SEC_E_OK);
    RpcBindingFree(&b);
}

/* ---- side by side ---- */

static void *repeat(void *arg)
{
    RPC_BINDING_HANDLE b = arg;
    int i;

    for (i = 0; i < TIMES; i++)
        if (back_sum(b, 20) != 210)
            return arg;
    return NULL;
}

static void threads_have_callbacks_of_their_own(void **state)
{
    pthread_t threads[THREADS];
    void *wrong = NULL;
    int i;

    (void)state;
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, repeat, bindings[i % 2]), 0);
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    assert_int_equal(atomic_load(&back_elsewhere), 0);
}

/* ---- in a callback ---- */

static atomic_int sums;

static void calls_elsewhere(void)
{
    atomic_store(&sums, (int)(back_sum(another, 3) + BackAdd(bindings[0], 1, 1)));
}

static void calls_others_from_a_callback(void **state)
{
    (void)state;
    back_wait = calls_elsewhere;
    atomic_store(&sums, 0);
    BackWait(bindings[0]);
    assert_int_equal(atomic_load(&back_said), RPC_S_OK);
    assert_int_equal(atomic_load(&sums), 8);
    BackWait(bindings[1]);
    assert_int_equal(atomic_load(&sums), 8);
}

static void fails_of_itself(void)
{
    RpcTryExcept
    {
        BackList(bindings[0], NULL, "triple"); /* its callback raises, and so does it */
    }
    RpcExcept (1) {
        atomic_store(&sums, (int)RpcExceptionCode());
    }
    RpcEndExcept
}

static void a_nested_failure_is_the_nested_calls_alone(void **state)
{
    (void)state;
    back_wait = fails_of_itself;
    BackWait(bindings[0]);
    assert_int_equal(atomic_load(&back_said), RPC_S_OK);
    assert_int_equal(atomic_load(&sums), RPC_S_INVALID_ARG);
}

/* ---- context handles ---- */

static SHEET sheets[2];

/* Of the two the call in the callback is made with this one. */
static int which;

static LONG uses(void)
{
    back_use = NULL;
    RpcTryExcept
    {
        return BackUse(sheets[which]);
    }
    RpcExcept (1) {
        return (LONG)RpcExceptionCode();
    }
    RpcEndExcept
    return -1;
}

static void a_context_handle_is_not_waited_for_by_its_own_call(void **state)
{
    (void)state;
    BackOpen(bindings[0], &sheets[0]);
    BackOpen(bindings[0], &sheets[1]);
    for (which = 0; which < 2; which++) {
        back_use = uses;
        assert_int_equal(BackUse(sheets[0]), which ? 0 : RPC_X_SS_CONTEXT_MISMATCH);
    }
    assert_int_equal(BackUse(sheets[0]), 0);
    BackClose(&sheets[0]);
    BackClose(&sheets[1]);
}

/* ---- black holes ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool released;

static void holds(void)
{
    pthread_mutex_lock(&lock);
    atomic_fetch_add(&sums, 1);
    pthread_cond_broadcast(&changed);
    while (!released)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void *is_held(void *arg)
{
    BackWait(arg);
    return NULL;
}

static void release(void)
{
    pthread_mutex_lock(&lock);
    released = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void half_of_all_calls_may_wait_for_their_clients(void **state)
{
    pthread_t threads[WAITING];
    LONG busy;
    int i;

    (void)state;
    back_wait = holds;
    atomic_store(&sums, 0);
    for (i = 0; i < WAITING; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, is_held, bindings[i % 2]), 0);
    pthread_mutex_lock(&lock);
    while (atomic_load(&sums) < WAITING)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    busy = BackRaise(bindings[0], 0);
    assert_int_equal(BackAdd(bindings[0], 1, 2), 3);
    release();
    for (i = 0; i < WAITING; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(busy, RPC_S_SERVER_TOO_BUSY);
    back_adds(bindings[0]);
}

/* ---- many servers ---- */

static _Thread_local bool made_it; /* the call whose callback it is */

static void holds_where_it_was_made(void)
{
    if (!made_it)
        atomic_fetch_add(&back_elsewhere, 1);
    holds();
}

static void *is_held_by_another_server(void *arg)
{
    made_it = true;
    return is_held(arg);
}

/* However many call back at once: each callback takes the thread that waits for it, and no other.
 */
static void a_client_has_no_threads_for_those_who_call_back(void **state)
{
    RPC_BINDING_HANDLE servers[WAITING];
    pthread_t threads[WAITING];
    int i;

    (void)state;
    back_wait = holds_where_it_was_made;
    atomic_store(&sums, 0);
    released = false;
    for (i = 0; i < WAITING; i++) {
        assert_int_equal(RpcBindingCopy(bindings[i % 2], &servers[i]), RPC_S_OK);
        assert_int_equal(RpcBindingSetOption(servers[i], RPC_C_OPT_UNIQUE_BINDING, TRUE), RPC_S_OK);
        assert_int_equal(pthread_create(&threads[i], NULL, is_held_by_another_server, servers[i]),
                         0);
    }
    pthread_mutex_lock(&lock);
    while (atomic_load(&sums) < WAITING) /* all of them at once */
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    release();
    for (i = 0; i < WAITING; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(RpcBindingFree(&servers[i]), RPC_S_OK);
    }
    assert_int_equal(atomic_load(&back_elsewhere), 0);
}

static _Thread_local int deep;
static atomic_int deepest;

/* A callback that calls another server, which calls back in turn. */
static void goes_on(void)
{
    deep++;
    if (deep > atomic_load(&deepest))
        atomic_store(&deepest, deep);
    BackWait(bindings[deep % 2]);
    deep--;
}

static void a_chain_through_several_servers_has_an_end(void **state)
{
    (void)state;
    assert_int_equal(CsSetPolicyValue("callback-depth", "3"), SEC_E_OK);
    back_wait = goes_on;
    atomic_store(&deepest, 0);
    BackWait(bindings[0]);
    assert_int_equal(atomic_load(&deepest), 3);
    assert_int_equal(CsSetPolicyValue("callback-depth", "16"), SEC_E_OK);
    back_adds(bindings[0]);
}

/* ---- what cannot be ---- */

static void only_in_a_call(void **state)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    (void)state;
    RpcTryExcept
    {
        Serve_CallNumber(1);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_equal(raised, RPC_S_NO_CALL_ACTIVE);
}

static void not_where_nobody_waits(void **state)
{
    struct timespec rest = { 0, 5000000 };
    int i;

    (void)state;
    atomic_store(&back_maybe, -1);
    BackMaybe(bindings[0]);
    for (i = 0; i < 12000 && atomic_load(&back_maybe) == -1; i++)
        nanosleep(&rest, NULL);
    assert_int_equal(atomic_load(&back_maybe), RPC_S_CANNOT_SUPPORT);
}

static void not_in_an_asynchronous_call(void **state)
{
    struct timespec rest = { 0, 5000000 };
    RPC_ASYNC_STATE call;
    RPC_STATUS status;
    LONG raised = 0;
    int i;

    (void)state;
    assert_int_equal(RpcAsyncInitializeHandle(&call, sizeof call), RPC_S_OK);
    call.NotificationType = RpcNotificationTypeNone;
    BackLater(&call, bindings[0]);
    status = RPC_S_ASYNC_CALL_PENDING;
    for (i = 0; i < 12000 && status == RPC_S_ASYNC_CALL_PENDING; i++) {
        nanosleep(&rest, NULL);
        status = RpcAsyncCompleteCall(&call, &raised);
    }
    assert_int_equal(status, RPC_S_OK);
    assert_int_equal(raised, RPC_S_CANNOT_SUPPORT);
}

static void the_time_out_is_for_all_callbacks_together(void **state)
{
    RPC_BINDING_HANDLE b = bind("ncalrpc:[back]");

    (void)state;
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 300), RPC_S_OK);
    assert_int_equal(back_sum(b, ENDLESS), -(LONG)RPC_S_CALL_CANCELLED);
    assert_int_equal(back_sum(bindings[0], 10), 55);
    RpcBindingFree(&b);
}

static void *cancels(void *arg)
{
    struct timespec rest = { 0, 50000000 };

    nanosleep(&rest, NULL);
    return (void *)(uintptr_t)RpcCancelThreadEx((void *)*(pthread_t *)arg, 0);
}

static void a_cancel_ends_callbacks_without_end(void **state)
{
    pthread_t self = pthread_self(), thread;
    void *status = NULL;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, cancels, &self), 0);
    assert_int_equal(back_sum(bindings[0], ENDLESS), -(LONG)RPC_S_CALL_CANCELLED);
    assert_int_equal(pthread_join(thread, &status), 0);
    assert_null(status);
    assert_int_equal(back_sum(bindings[0], 10), 55);
}

/* ---- a security callback that answers later ---- */

static void *allow(void *binding)
{
    assert_int_equal(RpcServerCompleteSecurityCallback(binding, RPC_S_OK), RPC_S_OK);
    return NULL;
}

static RPC_STATUS allowed_later(RPC_IF_HANDLE id, void *binding)
{
    pthread_t thread;

    (void)id;
    if (pthread_create(&thread, NULL, allow, binding))
        return RPC_S_ACCESS_DENIED;
    pthread_detach(thread);
    return RPC_S_ASYNC_CALL_PENDING;
}

static void reregister(unsigned flags, RPC_IF_CALLBACK_FN *callback)
{
    assert_int_equal(RpcServerUnregisterIf(back_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
    assert_int_equal(RpcServerRegisterIfEx(back_v1_0_s_ifspec, NULL, NULL,
                                           RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH | flags,
                                           RPC_C_LISTEN_MAX_CALLS_DEFAULT, callback),
                     RPC_S_OK);
}

/* Each call of a chain waits for it, in its own thread. */
static void a_chain_waits_for_each_security_callback(void **state)
{
    (void)state;
    reregister(RPC_IF_ASYNC_CALLBACK, allowed_later);
    back_adds(bindings[0]);
    back_nests(bindings[1]);
    reregister(0, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(calls_back, calm),
        cmocka_unit_test_setup(one_thread_serves_a_chain, calm),
        cmocka_unit_test_setup(a_chain_waits_for_each_security_callback, calm),
        cmocka_unit_test_setup(brings_data_over_both_ways, calm),
        cmocka_unit_test_setup(what_a_callback_raises_the_server_catches, calm),
        cmocka_unit_test_setup(in_ndr_too, calm),
        cmocka_unit_test_setup(threads_have_callbacks_of_their_own, calm),
        cmocka_unit_test_setup(calls_others_from_a_callback, calm),
        cmocka_unit_test_setup(a_nested_failure_is_the_nested_calls_alone, calm),
        cmocka_unit_test_setup(half_of_all_calls_may_wait_for_their_clients, calm),
        cmocka_unit_test_setup(a_client_has_no_threads_for_those_who_call_back, calm),
        cmocka_unit_test_setup(a_chain_through_several_servers_has_an_end, calm),
        cmocka_unit_test_setup(a_context_handle_is_not_waited_for_by_its_own_call, calm),
        cmocka_unit_test_setup(not_in_an_asynchronous_call, calm),
        cmocka_unit_test_setup(only_in_a_call, calm),
        cmocka_unit_test_setup(not_where_nobody_waits, calm),
        cmocka_unit_test_setup(the_time_out_is_for_all_callbacks_together, calm),
        cmocka_unit_test_setup(a_cancel_ends_callbacks_without_end, calm),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
