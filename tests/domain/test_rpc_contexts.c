/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_contexts.c - context handles between our client and our server.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rpc_try_home.h"
#include "rpc_ways.h"

static TRY_CONTEXT open_on(RPC_BINDING_HANDLE b, LONG first)
{
    TRY_CONTEXT context = NULL;

    RAISES(RPC_S_OK, TryOpen(b, first, &context));
    assert_non_null(context);
    return context;
}

static LONG next(TRY_CONTEXT context)
{
    volatile LONG n = 0;

    RAISES(RPC_S_OK, n = TryNext(context, 0));
    return n;
}

static void close_it(TRY_CONTEXT *context)
{
    RAISES(RPC_S_OK, TryClose(context));
    assert_null(*context);
}

static void comes_out_and_goes_in_by_every_way(void **state)
{
    RPC_BINDING_HANDLE b = try_bind(), of_context = NULL;
    TRY_CONTEXT made = NULL, renewed = NULL;
    TRY_CONTEXT opened = open_on(b, 10);
    TRY_CONTEXT same;

    (void)state;
    assert_int_equal(next(opened), 11);
    RAISES(RPC_S_OK, made = TryMake(b, 20));
    assert_non_null(made);
    assert_int_equal(next(made), 21);
    assert_int_equal(next(opened), 12);
    RAISES(RPC_S_OK, TryRenew(b, &renewed, 30)); /* NULL went in */
    assert_non_null(renewed);
    assert_int_equal(next(renewed), 31);
    same = renewed;
    RAISES(RPC_S_OK, TryRenew(b, &renewed, 40)); /* the same handle, another value */
    assert_ptr_equal(renewed, same);
    assert_int_equal(next(renewed), 41);
    assert_int_equal(atomic_load(&try_contexts), 3);

    OK(RpcSsGetContextBinding(opened, &of_context));
    RAISES(RPC_S_OK, TryAdd(of_context, 1, 1));
    try_unbind(&b); /* the handles need it no more */
    assert_int_equal(next(opened), 13);
    close_it(&opened);
    close_it(&made);
    close_it(&renewed);
    assert_int_equal(atomic_load(&try_contexts), 0);
    assert_int_equal(atomic_load(&try_rundowns), 0);
}

static void null_where_one_is_needed_is_refused(void **state)
{
    RPC_BINDING_HANDLE b = try_bind(), of_context = NULL;
    TRY_CONTEXT none = NULL;

    (void)state;
    RAISES(RPC_X_SS_IN_NULL_CONTEXT, TryNext(NULL, 0));
    RAISES(RPC_X_SS_IN_NULL_CONTEXT, TryClose(&none));
    RAISES(RPC_S_OK, TryOpenNone(b, &none));
    assert_null(none);
    RAISES(RPC_X_SS_CONTEXT_MISMATCH, TryNext((TRY_CONTEXT)(uintptr_t)0x4711, 0));
    try_told("context handle", "", false);
    IS(RpcSsGetContextBinding(NULL, &of_context), RPC_X_SS_CONTEXT_MISMATCH);
    IS(RpcSsGetContextBinding(b, &of_context), RPC_X_SS_CONTEXT_MISMATCH);
    IS(RpcSmDestroyClientContext(&none), RPC_X_SS_CONTEXT_MISMATCH);
    RAISES(RPC_X_SS_CONTEXT_MISMATCH, RpcSsDestroyClientContext(&none));
    try_unbind(&b);
}

static void a_closed_handle_is_no_handle(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    TRY_CONTEXT context = open_on(b, 1), copy = context;

    (void)state;
    close_it(&context);
    RAISES(RPC_X_SS_CONTEXT_MISMATCH, TryNext(copy, 0));
    RAISES(RPC_X_SS_CONTEXT_MISMATCH, TryClose(&copy));
    try_unbind(&b);
}

static void a_routine_that_fails_leaves_none(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    TRY_CONTEXT context = NULL;

    (void)state;
    RAISES(1234, TryOpenAndRaise(b, &context));
    assert_null(context);
    assert_int_equal(atomic_load(&try_contexts), 0);
    try_unbind(&b);
}

static void another_type_is_refused(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    TRY_CONTEXT context = open_on(b, 1);

    (void)state;
    RAISES(RPC_X_SS_CONTEXT_MISMATCH, TryOtherNext(context));
    try_told("rpc_try", "context_mismatch", false);
    assert_int_equal(next(context), 2);
    close_it(&context);
    try_unbind(&b);
}

static void a_strict_interface_takes_its_own_only(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    TRY_CONTEXT ours = open_on(b, 1), its = NULL;

    (void)state;
    OK(RpcServerRegisterIfEx(rpc_ways_v3_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 10, NULL));
    ways_server = b;
    RAISES(RPC_S_OK, WaysOpen(&its));
    RAISES(RPC_S_OK, WaysNext(its));
    RAISES(RPC_X_SS_CONTEXT_MISMATCH, WaysNext(ours));
    RAISES(RPC_X_SS_CONTEXT_MISMATCH, TryNext(its, 0));
    RAISES(RPC_S_OK, WaysClose(&its));
    close_it(&ours);

    /* UnregisterIfEx runs down what is left of the interface, and of that alone. */
    ours = open_on(b, 5);
    RAISES(RPC_S_OK, WaysOpen(&its));
    OK(RpcServerUnregisterIfEx(rpc_ways_v3_0_s_ifspec, NULL, TRUE));
    assert_int_equal(atomic_load(&try_rundowns), 1);
    assert_int_equal(next(ours), 6);
    close_it(&ours);
    OK(RpcSmDestroyClientContext(&its));
    atomic_store(&try_rundowns, 0);
    try_unbind(&b);
}

/* A binding of its own: a client's connections to one server are one association. */
static RPC_BINDING_HANDLE alone(RPC_BINDING_HANDLE b)
{
    OK(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE));
    return b;
}

static void dont_linger(TRY_CONTEXT context)
{
    RPC_BINDING_HANDLE b = NULL;

    OK(RpcSsGetContextBinding(context, &b));
    OK(RpcBindingSetOption(b, RPC_C_OPT_DONT_LINGER, TRUE));
}

static void is_run_down_when_the_client_lets_go(void **state)
{
    RPC_BINDING_HANDLE b = alone(try_bind());
    TRY_CONTEXT context = open_on(b, 1), other = open_on(b, 2);

    (void)state;
    dont_linger(context);
    try_unbind(&b); /* the handles hold the association */
    assert_int_equal(next(context), 2);
    RpcSsDestroyClientContext(&context);
    assert_null(context);
    assert_int_equal(next(other), 3);
    assert_int_equal(atomic_load(&try_rundowns), 0);
    OK(RpcSmDestroyClientContext(&other)); /* the last: the connections go */
    try_until(&try_rundowns, 2);
    try_until(&try_contexts, 0);
    atomic_store(&try_rundowns, 0);
}

enum { TELL = 3 }; /* the descriptor by which a client's process says that it has one */

/* What that process does. */
static int hold(const char *port)
{
    RPC_BINDING_HANDLE b = try_bind_to(NULL, "127.0.0.1", port);
    TRY_CONTEXT context = NULL;

    RpcTryExcept
    {
        TryOpen(b, 1, &context);
    }
    RpcExcept (1) {
        return 1;
    }
    RpcEndExcept
    if (write(TELL, "x", 1) != 1)
        return 1;
    alarm(60);
    pause();
    return 0;
}

static void is_run_down_when_the_client_dies(void **state)
{
    char port[16], said = 0;
    int fds[2];
    pid_t pid;

    (void)state;
    snprintf(port, sizeof port, "%s", try_port());
    assert_int_equal(pipe(fds), 0);
    pid = fork();
    if (pid == 0) {
        close(fds[0]);
        dup2(fds[1], TELL);
        execl("/proc/self/exe", "client", port, NULL);
        _exit(127);
    }
    close(fds[1]);
    assert_int_equal(read(fds[0], &said, 1), 1);
    close(fds[0]);
    assert_int_equal(atomic_load(&try_contexts), 1);
    assert_int_equal(atomic_load(&try_rundowns), 0);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    try_until(&try_rundowns, 1);
    try_until(&try_contexts, 0);
    atomic_store(&try_rundowns, 0);
}

/* ---- who may use it ---- */

/* What a binding's call with the handle of another binding's fails with. */
static void moved_to(TRY_CONTEXT context, void (*change)(RPC_BINDING_HANDLE b), RPC_STATUS want)
{
    RPC_BINDING_HANDLE b = NULL;

    OK(RpcSsGetContextBinding(context, &b));
    change(b);
    RAISES(want, TryNext(context, 0));
}

static void as_mallory(RPC_BINDING_HANDLE b)
{
    try_authenticate(b, unit_env("OTHER"), unit_env("OTHER_PASSWORD"),
                     RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_KERBEROS);
}

static void as_alice_signed(RPC_BINDING_HANDLE b)
{
    try_authenticate(b, unit_env("PERSON"), unit_env("PERSON_PASSWORD"),
                     RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, RPC_C_AUTHN_GSS_KERBEROS);
}

static void as_alice_sealed(RPC_BINDING_HANDLE b)
{
    try_authenticate(b, unit_env("PERSON"), unit_env("PERSON_PASSWORD"),
                     RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_NEGOTIATE);
}

static void as_nobody(RPC_BINDING_HANDLE b)
{
    OK(RpcBindingSetAuthInfoA(b, NULL, RPC_C_AUTHN_LEVEL_NONE, RPC_C_AUTHN_NONE, NULL,
                              RPC_C_AUTHZ_NONE));
}

/* All of these are connections of one association: the server knows the handle on each. */
static void is_its_creators_at_no_lower_level(void **state)
{
    RPC_BINDING_HANDLE b = alone(try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY));
    TRY_CONTEXT context = open_on(b, 100);

    (void)state;
    moved_to(context, as_mallory, RPC_X_SS_CONTEXT_MISMATCH);
    moved_to(context, as_nobody, RPC_X_SS_CONTEXT_MISMATCH);
    moved_to(context, as_alice_signed, RPC_X_SS_CONTEXT_MISMATCH);
    moved_to(context, as_alice_sealed, RPC_S_OK); /* by another service; the same person */
    assert_int_equal(next(context), 102);
    close_it(&context);
    try_unbind(&b);
}

static void a_raised_level_will_do(void **state)
{
    RPC_BINDING_HANDLE b = alone(try_alice(RPC_C_AUTHN_LEVEL_CONNECT));
    TRY_CONTEXT context = open_on(b, 100);

    (void)state;
    moved_to(context, as_alice_signed, RPC_S_OK);
    moved_to(context, as_alice_sealed, RPC_S_OK);
    close_it(&context);
    try_unbind(&b);
}

/* ---- at a time ---- */

struct user {
    pthread_t thread;
    TRY_CONTEXT context;
    LONG (*call)(TRY_CONTEXT context);
    LONG result;
    RPC_STATUS status;
};

static LONG next_slowly(TRY_CONTEXT context)
{
    return TryNext(context, 20);
}

static LONG shared_wait(TRY_CONTEXT context)
{
    return TrySharedWait(context, 150);
}

static LONG together(TRY_CONTEXT context)
{
    return TryTogether(context, 150);
}

static LONG in_turn(TRY_CONTEXT context)
{
    return TrySharedInTurn(context, 20);
}

/* What was seen of others while the routine had the handle alone; 0: that was not granted. */
static LONG locked(TRY_CONTEXT context)
{
    LONG most = 0;
    LONG status = TrySharedAlone(context, 20, &most);

    return status == RPC_S_OK || status == ERROR_MORE_WRITES ? most : 0;
}

static void *use_it(void *arg)
{
    struct user *u = arg;

    RpcTryExcept
    {
        u->result = u->call(u->context);
    }
    RpcExcept (1) {
        u->status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return NULL;
}

enum { USERS = 8 };

static LONG all_use(TRY_CONTEXT context, LONG (*call)(TRY_CONTEXT context))
{
    struct user u[USERS] = { { 0 } };
    LONG most = 0;
    size_t i;

    for (i = 0; i < USERS; i++) {
        u[i].context = context;
        u[i].call = call;
        assert_int_equal(pthread_create(&u[i].thread, NULL, use_it, &u[i]), 0);
    }
    for (i = 0; i < USERS; i++) {
        pthread_join(u[i].thread, NULL);
        assert_int_equal(u[i].status, RPC_S_OK);
        if (u[i].result > most)
            most = u[i].result;
    }
    return most;
}

/* Over as many connections, of one association. */
static void calls_on_one_handle_wait_for_each_other(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    TRY_CONTEXT context = open_on(b, 0);

    (void)state;
    assert_int_equal(all_use(context, next_slowly), USERS);
    close_it(&context);
    try_unbind(&b);
}

static void or_not_where_the_function_says_so(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    TRY_CONTEXT context = open_on(b, 0);

    (void)state;
    assert_true(all_use(context, together) > 1);
    close_it(&context);
    try_unbind(&b);
}

static void or_where_the_parameter_says_so(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    TRY_SHARED shared = NULL;

    (void)state;
    RAISES(RPC_S_OK, TrySharedOpen(b, &shared));
    assert_int_equal(all_use(shared, in_turn), 1);
    RAISES(RPC_S_OK, TrySharedClose(&shared));
    try_unbind(&b);
}

static void a_routine_has_a_shared_handle_alone_when_it_asks(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    TRY_SHARED shared = NULL;
    LONG status = -1;

    (void)state;
    RAISES(RPC_S_OK, TrySharedOpen(b, &shared));
    assert_int_equal(all_use(shared, locked), 1);
    RAISES(RPC_S_OK, TrySharedAgain(&shared, &status)); /* by the pointer to it */
    assert_int_equal(status, RPC_S_OK);
    IS(RpcSsContextLockExclusive(NULL, shared), RPC_S_NO_CALL_ACTIVE);
    RAISES(RPC_S_OK, TrySharedClose(&shared));
    try_unbind(&b);
}

static void or_not_where_the_type_says_so(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    TRY_SHARED shared = NULL;

    (void)state;
    RAISES(RPC_S_OK, TrySharedOpen(b, &shared));
    assert_true(all_use(shared, shared_wait) > 1);
    RAISES(RPC_S_OK, TrySharedClose(&shared));
    assert_null(shared);
    try_unbind(&b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_out_and_goes_in_by_every_way),
        cmocka_unit_test(null_where_one_is_needed_is_refused),
        cmocka_unit_test(a_closed_handle_is_no_handle),
        cmocka_unit_test(a_routine_that_fails_leaves_none),
        cmocka_unit_test(another_type_is_refused),
        cmocka_unit_test(a_strict_interface_takes_its_own_only),
        cmocka_unit_test(is_run_down_when_the_client_lets_go),
        cmocka_unit_test(is_run_down_when_the_client_dies),
        cmocka_unit_test(is_its_creators_at_no_lower_level),
        cmocka_unit_test(a_raised_level_will_do),
        cmocka_unit_test(calls_on_one_handle_wait_for_each_other),
        cmocka_unit_test(or_not_where_the_type_says_so),
        cmocka_unit_test(or_not_where_the_function_says_so),
        cmocka_unit_test(or_where_the_parameter_says_so),
        cmocka_unit_test(a_routine_has_a_shared_handle_alone_when_it_asks),
    };

    if (argc == 2 && strcmp(argv[0], "client") == 0)
        return hold(argv[1]);
    return cmocka_run_group_tests(tests, try_start, try_stop);
}
