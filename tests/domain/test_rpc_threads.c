/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_threads.c - calls side by side, cancelled, out of time, and without a server any more.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rpc_try_home.h"

/* ---- side by side ---- */

enum { THREADS = 8, CALLS = 40 };

struct adder {
    pthread_t thread;
    RPC_BINDING_HANDLE binding;
    RPC_STATUS status;
    int good;
};

static void *add(void *arg)
{
    struct adder *a = arg;
    int i;

    RpcTryExcept
    {
        for (i = 0; i < CALLS; i++)
            a->good += TryAdd(a->binding, i, 1000) == i + 1000;
    }
    RpcExcept (1) {
        a->status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return NULL;
}

static void all_add(RPC_BINDING_HANDLE one, ULONG level)
{
    struct adder a[THREADS] = { { 0 } };
    size_t i;

    for (i = 0; i < THREADS; i++) {
        a[i].binding = one ? one : level ? try_alice(level) : try_bind();
        assert_int_equal(pthread_create(&a[i].thread, NULL, add, &a[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(a[i].thread, NULL);
        IS(a[i].status, RPC_S_OK);
        assert_int_equal(a[i].good, CALLS);
        if (!one)
            try_unbind(&a[i].binding);
    }
}

static void threads_share_a_binding(void **state)
{
    RPC_BINDING_HANDLE plain = try_bind(), sealed = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);

    (void)state;
    all_add(plain, 0);
    all_add(sealed, 0);
    try_unbind(&plain);
    try_unbind(&sealed);
}

static void or_have_one_each(void **state)
{
    (void)state;
    all_add(NULL, 0);
    all_add(NULL, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
}

/* Calls on one binding go at the same time, each on a connection of its own. */
static void a_slow_call_stops_no_other(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct try_waiter w[4];
    size_t i;

    (void)state;
    try_waiters_begin(w, 4, b, 0);
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    assert_int_equal(atomic_load(&try_waiting), 4);
    try_let_go();
    for (i = 0; i < 4; i++)
        try_waiter_end(&w[i]);
    try_unbind(&b);
}

/* ---- cancels ---- */

static void the_routine_sees_the_cancel(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    long begun = try_milliseconds();
    struct try_waiter w;

    (void)state;
    try_waiters_begin(&w, 1, b, 100000);
    try_let_go();
    OK(RpcCancelThread((void *)w.thread)); /* waits for the server as long as it takes */
    try_waiter_end(&w);
    assert_int_equal(w.status, RPC_S_OK);
    assert_int_equal(w.result, RPC_S_OK); /* what RpcServerTestCancel said */
    assert_true(try_milliseconds() - begun < 90000);
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    try_unbind(&b);
}

static void a_deaf_routine_is_given_up(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct try_waiter w;
    long begun;

    (void)state;
    begun = try_milliseconds();
    atomic_store(&try_deaf, true);
    try_waiters_begin(&w, 1, b, 100000);
    try_let_go();
    OK(RpcCancelThreadEx((void *)w.thread, 1));
    try_waiter_end(&w);
    assert_int_equal(w.status, RPC_S_CALL_CANCELLED);
    assert_in_range(try_milliseconds() - begun, 900, 90000);
    assert_int_equal(atomic_load(&try_waiting), 1); /* it goes on without anybody */
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));

    begun = try_milliseconds();
    try_waiters_begin(&w, 1, b, 100000);
    try_let_go();
    OK(RpcCancelThreadEx((void *)w.thread, 0));
    try_waiter_end(&w);
    assert_int_equal(w.status, RPC_S_CALL_CANCELLED);
    assert_in_range(try_milliseconds() - begun, 0, 90000);
    atomic_store(&try_deaf, false);
    try_until(&try_waiting, 0);
    try_unbind(&b);
}

static void *never_calls(void *arg)
{
    while (!atomic_load((atomic_int *)arg))
        try_rest(5);
    return NULL;
}

static void cancels_wait_for_the_next_call(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    atomic_int end = 0;
    pthread_t t;

    (void)state;
    assert_int_equal(pthread_create(&t, NULL, never_calls, &end), 0);
    IS(RpcCancelThread((void *)t), RPC_S_ACCESS_DENIED);
    atomic_store(&end, 1);
    pthread_join(t, NULL);

    IS(RpcTestCancel(), RPC_S_NOT_CANCELLED);
    IS(RpcServerTestCancel(NULL), RPC_S_NO_CALL_ACTIVE);
    IS(RpcServerTestCancel(b), RPC_S_WRONG_KIND_OF_BINDING);
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    OK(RpcCancelThread(GetCurrentThread()));
    OK(RpcTestCancel());
    {
        volatile LONG said = -1;

        RAISES(RPC_S_OK, said = TryWait(b, 100000));
        assert_int_equal(said, RPC_S_OK);
    }
    IS(RpcTestCancel(), RPC_S_NOT_CANCELLED);
    IS(RpcMgmtSetCancelTimeout(-2), RPC_S_INVALID_TIMEOUT);
    try_unbind(&b);
}

/* ---- time-outs ---- */

static void a_call_has_its_time(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    ULONG_PTR told = 0;
    long begun;

    (void)state;
    OK(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 300));
    OK(RpcBindingInqOption(b, RPC_C_OPT_CALL_TIMEOUT, &told));
    assert_int_equal(told, 300);
    begun = try_milliseconds();
    RAISES(RPC_S_CALL_CANCELLED, TryWait(b, 100000));
    try_told("300", "", true);
    assert_in_range(try_milliseconds() - begun, 280, 90000);
    try_until(&try_waiting, 0); /* the routine learns that nobody listens */
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    try_unbind(&b);
}

/* TEST-NET-1 answers nobody; where there is no route at all, that is told at once. */
static void an_address_that_does_not_answer(void **state)
{
    RPC_BINDING_HANDLE b = try_bind_to(NULL, "192.0.2.1", "4711");
    long begun = try_milliseconds();
    UINT told = 0;

    (void)state;
    OK(RpcMgmtSetComTimeout(b, RPC_C_BINDING_MIN_TIMEOUT));
    OK(RpcMgmtInqComTimeout(b, &told));
    assert_int_equal(told, RPC_C_BINDING_MIN_TIMEOUT);
    IS(RpcMgmtSetComTimeout(b, 11), RPC_S_INVALID_TIMEOUT);
    RAISES(RPC_S_SERVER_UNAVAILABLE, TryAdd(b, 1, 1));
    try_told("192.0.2.1", "4711", true);
    assert_in_range(try_milliseconds() - begun, 0, 60000);
    try_unbind(&b);
}

/* Accepts and says nothing. */
static void a_server_that_never_answers_the_bind(void **state)
{
    RPC_BINDING_HANDLE b;
    struct sockaddr_in a = { .sin_family = AF_INET };
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char port[16];
    long begun;

    (void)state;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    snprintf(port, sizeof port, "%u", ntohs(a.sin_port));
    b = try_bind_to(NULL, "127.0.0.1", port);
    OK(RpcMgmtSetComTimeout(b, RPC_C_BINDING_MIN_TIMEOUT));
    begun = try_milliseconds();
    RAISES(RPC_S_CALL_FAILED_DNE, TryAdd(b, 1, 1));
    try_told("127.0.0.1", port, true);
    assert_in_range(try_milliseconds() - begun, 900, 60000);
    close(fd);
    RAISES(RPC_S_SERVER_UNAVAILABLE, TryAdd(b, 1, 1)); /* and now nobody is there */
    try_told("127.0.0.1", port, true);
    try_unbind(&b);
}

/* ---- servers that go ---- */

enum { TELL = 3 }; /* the descriptor it tells its port by */

struct child {
    pid_t pid;
    char port[16];
};

/* Another process, on that port or on one it tells. */
static struct child server_start(const char *port)
{
    struct child c = { .pid = -1 };
    int fds[2];
    ssize_t n;

    assert_int_equal(pipe(fds), 0);
    c.pid = fork();
    if (c.pid == 0) {
        close(fds[0]);
        dup2(fds[1], TELL);
        execl("/proc/self/exe", "server", port ? port : "", NULL);
        _exit(127);
    }
    close(fds[1]);
    n = read(fds[0], c.port, sizeof c.port - 1);
    close(fds[0]);
    assert_true(n > 0);
    return c;
}

static void server_kill(struct child *c)
{
    assert_int_equal(kill(c->pid, SIGKILL), 0);
    assert_int_equal(waitpid(c->pid, NULL, 0), c->pid);
}

/* What such a process does. */
static int serve(const char *port)
{
    if (*port)
        OK(RpcServerUseProtseqEpA(TCP, 1, STR(port), NULL));
    else
        OK(RpcServerUseProtseqA(TCP, 1, NULL));
    OK(RpcServerRegisterIfEx(rpc_try_v1_2_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             10, NULL));
    OK(RpcServerListen(1, 10, TRUE));
    port = try_port();
    if (write(TELL, port, strlen(port)) < 0)
        return 1;
    close(TELL);
    alarm(60);
    OK(RpcMgmtWaitServerListen());
    return 0;
}

static void a_killed_server_fails_its_calls(void **state)
{
    struct child c = server_start(NULL);
    RPC_BINDING_HANDLE b = try_bind_to(NULL, "127.0.0.1", c.port);
    struct try_waiter w = { .binding = b, .milliseconds = 10000 };

    (void)state;
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    assert_int_equal(pthread_create(&w.thread, NULL, try_wait_there, &w), 0);
    try_rest(1500);
    server_kill(&c);
    try_waiter_end(&w);
    assert_int_equal(w.status, RPC_S_CALL_FAILED);
    RAISES(RPC_S_SERVER_UNAVAILABLE, TryAdd(b, 1, 1));
    try_told("127.0.0.1", c.port, true);

    c = server_start(c.port);
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    server_kill(&c);
    c = server_start(c.port);
    try_rest(100);
    RAISES(RPC_S_OK, TryAdd(b, 1, 1)); /* the pooled connection was that of a dead one */
    server_kill(&c);
    try_unbind(&b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_share_a_binding),
        cmocka_unit_test(or_have_one_each),
        cmocka_unit_test(a_slow_call_stops_no_other),
        cmocka_unit_test(the_routine_sees_the_cancel),
        cmocka_unit_test(a_deaf_routine_is_given_up),
        cmocka_unit_test(cancels_wait_for_the_next_call),
        cmocka_unit_test(a_call_has_its_time),
        cmocka_unit_test(an_address_that_does_not_answer),
        cmocka_unit_test(a_server_that_never_answers_the_bind),
        cmocka_unit_test(a_killed_server_fails_its_calls),
    };

    if (argc == 2 && strcmp(argv[0], "server") == 0)
        return serve(argv[1]);
    return cmocka_run_group_tests(tests, try_start, try_stop);
}
