/* SPDX-License-Identifier: Apache-2.0
 * test_verdict.c - security callbacks that say later whom they let in.
 */
#include <countersign/countersign.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "enforce_home.h"

enum { ASYNC = RPC_IF_ASYNC_CALLBACK | RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, CALLERS = 40 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static RPC_BINDING_HANDLE out[CALLERS]; /* calls whose callback is to be completed */
static unsigned out_count;

static RPC_STATUS later(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    pthread_mutex_lock(&lock);
    if (out_count < CALLERS)
        out[out_count++] = binding;
    pthread_mutex_unlock(&lock);
    return RPC_S_ASYNC_CALL_PENDING;
}

static unsigned out_now(void)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = out_count;
    pthread_mutex_unlock(&lock);
    return n;
}

static void rest(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

static void until_out(unsigned n)
{
    int tries = 30000;

    while (out_now() < n && tries--)
        rest();
    assert_true(out_now() >= n);
}

/* The oldest. */
static RPC_BINDING_HANDLE take(void)
{
    RPC_BINDING_HANDLE b;

    until_out(1);
    pthread_mutex_lock(&lock);
    b = out[0];
    memmove(out, out + 1, --out_count * sizeof *out);
    pthread_mutex_unlock(&lock);
    return b;
}

/* ---- callers ---- */

struct caller {
    pthread_t thread;
    enum enforce_way way;
    ULONG milliseconds; /* the client's own time-out; 0: none */
    RPC_STATUS status;
};

static void *call_there(void *arg)
{
    struct caller *c = arg;
    RPC_BINDING_HANDLE b = enforce_bind(c->way, c->way == OVER_LOCAL);

    if (c->milliseconds)
        assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, c->milliseconds), RPC_S_OK);
    c->status = enforce_raised(READ, b);
    enforce_unbind(&b);
    return NULL;
}

static void begin(struct caller *c, enum enforce_way way, ULONG milliseconds)
{
    *c = (struct caller){ .way = way, .milliseconds = milliseconds };
    assert_int_equal(pthread_create(&c->thread, NULL, call_there, c), 0);
}

static RPC_STATUS end(struct caller *c)
{
    assert_int_equal(pthread_join(c->thread, NULL), 0);
    return c->status;
}

/* ---- what is said ---- */

static void what_is_said_later_holds(void **state)
{
    static const struct {
        RPC_STATUS said, got;
    } rows[] = { { RPC_S_OK, RPC_S_OK },
                 { RPC_S_ACCESS_DENIED, RPC_S_ACCESS_DENIED },
                 { RPC_S_OUT_OF_MEMORY, RPC_S_ACCESS_DENIED },
                 { RPC_S_ASYNC_CALL_PENDING, RPC_S_ACCESS_DENIED } };
    struct caller c;
    size_t i, way;

    (void)state;
    enforce_register(ASYNC, later);
    for (way = OVER_LOCAL; way < WAYS; way++)
        for (i = 0; i < sizeof rows / sizeof *rows; i++) {
            int before = enforce_executed();
            RPC_BINDING_HANDLE b;

            begin(&c, (enum enforce_way)way, 0);
            b = take();
            assert_int_equal(enforce_executed(), before);
            IS(RpcServerCompleteSecurityCallback(b, rows[i].said), RPC_S_OK);
            IS(end(&c), rows[i].got);
            assert_int_equal(enforce_executed(), before + (rows[i].got == RPC_S_OK));
            IS(RpcServerCompleteSecurityCallback(b, RPC_S_OK), RPC_S_INVALID_BINDING);
        }
    enforce_unregister();
}

static RPC_STATUS first_then_return(RPC_STATUS said, RPC_STATUS returned)
{
    IS(RpcServerCompleteSecurityCallback(NULL, said), RPC_S_OK);
    IS(RpcServerCompleteSecurityCallback(NULL, RPC_S_OK), RPC_S_INVALID_ASYNC_CALL);
    return returned;
}

static RPC_STATUS allows_and_says_later(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    return first_then_return(RPC_S_OK, RPC_S_ASYNC_CALL_PENDING);
}

static RPC_STATUS denies_and_says_later(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    return first_then_return(RPC_S_ACCESS_DENIED, RPC_S_ASYNC_CALL_PENDING);
}

static RPC_STATUS denies_and_returns_ok(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    return first_then_return(RPC_S_ACCESS_DENIED, RPC_S_OK);
}

static RPC_STATUS allows_and_returns_denied(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    return first_then_return(RPC_S_OK, RPC_S_ACCESS_DENIED);
}

static RPC_STATUS allows_and_raises(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    (void)first_then_return(RPC_S_OK, RPC_S_OK);
    RpcRaiseException(RPC_S_OUT_OF_MEMORY);
}

static RPC_STATUS raises_what_means_later(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    RpcRaiseException(RPC_S_ASYNC_CALL_PENDING);
}

static RPC_STATUS allows(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    return RPC_S_OK;
}

/* Before the callback has returned; and a callback that says it at once. */
static void what_is_said_meanwhile_holds(void **state)
{
    static const struct {
        RPC_IF_CALLBACK_FN *callback;
        RPC_STATUS got;
    } rows[] = { { allows_and_says_later, RPC_S_OK },
                 { denies_and_says_later, RPC_S_ACCESS_DENIED },
                 { denies_and_returns_ok, RPC_S_ACCESS_DENIED },
                 { allows_and_returns_denied, RPC_S_ACCESS_DENIED },
                 { allows_and_raises, RPC_S_ACCESS_DENIED },
                 { raises_what_means_later, RPC_S_ACCESS_DENIED },
                 { allows, RPC_S_OK } };
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        enforce_register(ASYNC, rows[i].callback);
        IS(enforce_call(READ, b), rows[i].got);
        IS(enforce_call(READ, b), rows[i].got);
    }
    enforce_register(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, later); /* who may not say so */
    IS(enforce_call(READ, b), RPC_S_ACCESS_DENIED);
    out_count = 0;
    enforce_unregister();
    enforce_unbind(&b);
}

static void nobody_is_asked_of_other_handles(void **state)
{
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true);

    (void)state;
    IS(RpcServerCompleteSecurityCallback(NULL, RPC_S_OK), RPC_S_NO_CALL_ACTIVE);
    IS(RpcServerCompleteSecurityCallback(b, RPC_S_OK), RPC_S_WRONG_KIND_OF_BINDING);
    IS(RpcServerCompleteSecurityCallback((void *)(uintptr_t)77, RPC_S_OK), RPC_S_INVALID_BINDING);
    enforce_unbind(&b);
}

/* ---- waiting ---- */

static unsigned threads_now(void)
{
    char line[200];
    unsigned n = 0;
    FILE *f = fopen("/proc/self/status", "r");

    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "Threads: %u", &n) == 1)
            break;
    fclose(f);
    return n;
}

static struct caller callers[CALLERS];

/* Each client is a thread of this process; the calls that wait have none. */
static void calls_wait_without_threads(void **state)
{
    unsigned i, before = threads_now();

    (void)state;
    enforce_register(ASYNC, later);
    for (i = 0; i < CALLERS; i++) { /* one after the other: a thread can take them all */
        begin(&callers[i], i % 2 ? OVER_LOCAL : OVER_TCP, 0);
        until_out(i + 1);
    }
    assert_true(threads_now() < before + CALLERS + CALLERS / 2);
    for (i = 0; i < CALLERS; i++)
        IS(RpcServerCompleteSecurityCallback(take(), i % 3 ? RPC_S_OK : RPC_S_ACCESS_DENIED),
           RPC_S_OK);
    for (i = 0, before = 0; i < CALLERS; i++)
        before += end(&callers[i]) == RPC_S_OK;
    assert_int_equal(before, CALLERS - (CALLERS + 2) / 3);
    enforce_unregister();
}

static RPC_STATUS until_gone(RPC_BINDING_HANDLE b)
{
    RPC_STATUS s = RPC_S_OK;
    int tries = 30000;

    while (tries-- && (s = RpcServerTestCancel(b)) != RPC_S_INVALID_BINDING)
        rest();
    return s;
}

/* A client that gives up cancels its call, and then leaves it. */
static void a_call_given_up_waits_no_more(void **state)
{
    int before = enforce_executed();
    struct caller c;
    RPC_BINDING_HANDLE b;

    (void)state;
    enforce_register(ASYNC, later);
    begin(&c, OVER_LOCAL, 50);
    b = take();
    IS(end(&c), RPC_S_CALL_CANCELLED);
    IS(until_gone(b), RPC_S_INVALID_BINDING);
    IS(RpcServerCompleteSecurityCallback(b, RPC_S_OK), RPC_S_INVALID_BINDING);
    enforce_unregister(); /* which would wait for it */
    assert_int_equal(enforce_executed(), before);
}

static void *complete_all(void *arg)
{
    atomic_uint *given = arg;
    unsigned i;

    for (i = 0; i < CALLERS; i++) {
        RPC_STATUS s = RpcServerCompleteSecurityCallback(out[i], RPC_S_OK);

        assert_true(s == RPC_S_OK || s == RPC_S_INVALID_ASYNC_CALL || s == RPC_S_INVALID_BINDING);
        if (s == RPC_S_OK)
            atomic_fetch_add(given, 1);
    }
    return NULL;
}

/* Several threads at once: one of them is it. */
static void a_verdict_is_given_once(void **state)
{
    atomic_uint given = 0;
    pthread_t threads[3];
    unsigned i;

    (void)state;
    enforce_register(ASYNC, later);
    for (i = 0; i < CALLERS; i++)
        begin(&callers[i], OVER_LOCAL, 0);
    until_out(CALLERS);
    for (i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, complete_all, &given), 0);
    for (i = 0; i < 3; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    out_count = 0;
    for (i = 0; i < CALLERS; i++)
        IS(end(&callers[i]), RPC_S_OK);
    assert_int_equal(atomic_load(&given), CALLERS);
    enforce_unregister();
}

static void a_verdict_has_its_time(void **state)
{
    struct caller c;

    (void)state;
    assert_int_equal(CsSetPolicyValue("callback-seconds", "1"), SEC_E_OK);
    enforce_register(ASYNC, later);
    begin(&c, OVER_LOCAL, 0);
    (void)take();
    IS(end(&c), RPC_S_ACCESS_DENIED);
    assert_int_equal(CsSetPolicyValue("callback-seconds", "120"), SEC_E_OK);
    enforce_unregister();
}

/* Whoever ends the interface, or the server, waits for nobody who may never answer. */
static void no_call_outlives_its_interface_or_server(void **state)
{
    struct caller c;

    (void)state;
    enforce_register(ASYNC, later);
    begin(&c, OVER_LOCAL, 0);
    (void)take();
    enforce_unregister();
    IS(end(&c), RPC_S_UNKNOWN_IF);
    enforce_register(ASYNC, later);
    begin(&c, OVER_LOCAL, 0);
    (void)take();
    IS(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    IS(RpcMgmtWaitServerListen(), RPC_S_OK);
    IS(end(&c), RPC_S_SERVER_TOO_BUSY);
    IS(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, TRUE), RPC_S_OK);
    enforce_unregister();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_later_holds),
        cmocka_unit_test(what_is_said_meanwhile_holds),
        cmocka_unit_test(nobody_is_asked_of_other_handles),
        cmocka_unit_test(calls_wait_without_threads),
        cmocka_unit_test(a_call_given_up_waits_no_more),
        cmocka_unit_test(a_verdict_is_given_once),
        cmocka_unit_test(a_verdict_has_its_time),
        cmocka_unit_test(no_call_outlives_its_interface_or_server),
    };

    return cmocka_run_group_tests(tests, enforce_set_up, enforce_tear_down);
}
