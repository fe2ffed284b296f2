/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_async_server.c - calls that go on when their routine has returned: who made them, what
 * they hold, and what becomes of them when the client or the server goes.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <countersign/windows.h>

#include "rpc_later_home.h"

#if defined(__SANITIZE_THREAD__)
#define NO_THREADS_AFTER_FORK
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NO_THREADS_AFTER_FORK /* it takes none in the child of a process that has several */
#endif
#endif

static int fresh(void **state)
{
    (void)state;
    later_forget();
    return 0;
}

/* ---- while a call is pending ---- */

struct asked {
    RPC_BINDING_HANDLE binding;
    RPC_STATUS client, attributes;
    char name[100];
    ULONG level;
    RPC_CALL_ATTRIBUTES_V2_A a;
};

static void *ask(void *arg)
{
    struct asked *q = arg;
    unsigned char *privs = NULL;

    q->client = RpcBindingInqAuthClientA(q->binding, (RPC_AUTHZ_HANDLE *)&privs, NULL, &q->level,
                                         NULL, NULL);
    if (privs)
        snprintf(q->name, sizeof q->name, "%s", (char *)privs);
    q->a = (RPC_CALL_ATTRIBUTES_V2_A){ .Version = 2, .Flags = RPC_QUERY_NO_AUTH_REQUIRED };
    q->attributes = RpcServerInqCallAttributesA(q->binding, &q->a);
    return NULL;
}

static void any_thread_may_ask_who_calls(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    struct asked q = { .level = 0 };
    struct later_call c;
    pthread_t thread;

    (void)state;
    later_prepare(&c, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 1));
    later_until(1);
    q.binding = later_kept[0].binding;
    assert_int_equal(pthread_create(&thread, NULL, ask, &q), 0);
    pthread_join(thread, NULL);
    IS(q.client, RPC_S_OK);
    assert_int_equal(q.level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    assert_non_null(strstr(q.name, unit_env("PERSON")));
    IS(q.attributes, RPC_S_OK);
    assert_int_equal(q.a.AuthenticationLevel, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    assert_int_equal(q.a.CallStatus, RPC_CALL_STATUS_IN_PROGRESS);
    assert_int_equal(q.a.OpNum, 1);
    OK(later_complete(0));
    later_good(&c, 1);
    IS(RpcServerTestCancel(q.binding), RPC_S_INVALID_BINDING); /* it is over */
    try_unbind(&b);
}

static LONG in_context = 40;

static void context_handles_are_made_and_used(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    int before = atomic_load(&later_rundowns);
    LATER_CONTEXT context = NULL;
    struct later_call c;

    (void)state;
    later_prepare(&c, RpcNotificationTypeNone);
    RAISES(RPC_S_OK, LaterOpen(&c.state, b, &context));
    later_until(1);
    *later_kept[0].context = &in_context;
    OK(later_complete(0));
    IS(later_wait(&c), RPC_S_OK);
    assert_null(context);
    OK(RpcAsyncCompleteCall(&c.state, NULL));
    assert_non_null(context);
    RAISES(RPC_S_OK, LaterUse(&c.state, context, 2));
    IS(later_wait(&c), RPC_S_OK);
    OK(RpcAsyncCompleteCall(&c.state, &c.reply));
    assert_int_equal(c.reply, 42);
    RAISES(RPC_S_OK, LaterClose(&c.state, &context));
    IS(later_wait(&c), RPC_S_OK);
    OK(RpcAsyncCompleteCall(&c.state, NULL));
    assert_null(context);
    RAISES(RPC_X_SS_IN_NULL_CONTEXT, LaterUse(&c.state, NULL, 2));
    RAISES(RPC_S_OK, LaterOpen(&c.state, b, &context)); /* aborted: nothing is left of it */
    later_until(2);
    *later_kept[1].context = &in_context;
    OK(RpcAsyncAbortCall(later_kept[1].state, 99));
    IS(later_wait(&c), 99);
    IS(RpcAsyncCompleteCall(&c.state, NULL), 99);
    assert_null(context);
    assert_int_equal(atomic_load(&later_rundowns), before);
    try_unbind(&b);
}

/* ---- notifications ---- */

static void by_an_event(void **state)
{
    RPC_ASYNC_NOTIFICATION_INFO info = { .hEvent = CreateEventA(NULL, FALSE, FALSE, NULL) };
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;
    ULONG queued = 0;

    (void)state;
    later_prepare(&c, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 1));
    later_until(1);
    OK(RpcServerSubscribeForNotification(later_kept[0].binding, RpcNotificationCallCancel,
                                         RpcNotificationTypeEvent, &info));
    assert_int_equal(WaitForSingleObject(info.hEvent, 0), WAIT_TIMEOUT);
    OK(RpcAsyncCancelCall(&c.state, FALSE));
    assert_int_equal(WaitForSingleObject(info.hEvent, 60000), WAIT_OBJECT_0);
    OK(RpcServerUnsubscribeForNotification(later_kept[0].binding, RpcNotificationCallCancel,
                                           &queued));
    assert_int_equal(queued, 1);
    /* What has happened is told at once. */
    OK(RpcServerSubscribeForNotification(later_kept[0].binding, RpcNotificationCallCancel,
                                         RpcNotificationTypeEvent, &info));
    assert_int_equal(WaitForSingleObject(info.hEvent, 0), WAIT_OBJECT_0);
    OK(RpcServerUnsubscribeForNotification(later_kept[0].binding, RpcNotificationCallCancel,
                                           &queued));
    OK(later_complete(0));
    later_good(&c, 1);
    CloseHandle(info.hEvent);
    try_unbind(&b);
}

static atomic_int told;
static RPC_ASYNC_EVENT told_event;

static void RPC_ENTRY tell_me(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    (void)context;
    assert_ptr_equal(state, later_kept[0].state);
    told_event = event;
    atomic_fetch_add(&told, 1);
}

static void by_a_procedure_call(void **state)
{
    RPC_ASYNC_NOTIFICATION_INFO info = { .APC = { tell_me, NULL } };
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;
    ULONG queued = 0;

    (void)state;
    atomic_store(&told, 0);
    later_prepare(&c, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 1));
    later_until(1);
    OK(RpcServerSubscribeForNotification(later_kept[0].binding, RpcNotificationCallCancel,
                                         RpcNotificationTypeApc, &info));
    OK(RpcAsyncCancelCall(&c.state, FALSE));
    assert_int_equal(SleepEx(60000, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(atomic_load(&told), 1);
    assert_int_equal(told_event, RpcClientCancel);
    OK(RpcServerUnsubscribeForNotification(later_kept[0].binding, RpcNotificationCallCancel,
                                           &queued));
    OK(later_complete(0));
    later_good(&c, 1);
    try_unbind(&b);
}

static void not_without_a_way_or_a_call(void **state)
{
    RPC_ASYNC_NOTIFICATION_INFO info = { .NotificationRoutine = tell_me };
    const RPC_NOTIFICATIONS both =
        (RPC_NOTIFICATIONS)(RpcNotificationClientDisconnect | RpcNotificationCallCancel);
    RPC_BINDING_HANDLE b = try_bind(), serving;
    struct later_call c;
    ULONG queued = 0;

    (void)state;
    later_prepare(&c, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 1));
    later_until(1);
    serving = later_kept[0].binding;
    IS(RpcServerSubscribeForNotification(serving, RpcNotificationCallNone,
                                         RpcNotificationTypeCallback, &info),
       RPC_S_CANNOT_SUPPORT);
    IS(RpcServerSubscribeForNotification(serving, (RPC_NOTIFICATIONS)4, RpcNotificationTypeCallback,
                                         &info),
       RPC_S_CANNOT_SUPPORT);
    IS(RpcServerSubscribeForNotification(serving, both, RpcNotificationTypeNone, &info),
       RPC_S_INVALID_ARG);
    IS(RpcServerSubscribeForNotification(serving, both, RpcNotificationTypeEvent, &info),
       RPC_S_INVALID_ARG);
    IS(RpcServerSubscribeForNotification(serving, both, RpcNotificationTypeIoc, &info),
       RPC_S_CANNOT_SUPPORT);
    IS(RpcServerSubscribeForNotification(serving, both, RpcNotificationTypeCallback, NULL),
       RPC_S_INVALID_ARG);
    IS(RpcServerSubscribeForNotification(NULL, both, RpcNotificationTypeCallback, &info),
       RPC_S_NO_CALL_ACTIVE);
    IS(RpcServerSubscribeForNotification(b, both, RpcNotificationTypeCallback, &info),
       RPC_S_WRONG_KIND_OF_BINDING);
    IS(RpcServerUnsubscribeForNotification(serving, RpcNotificationCallCancel, &queued),
       RPC_S_INVALID_ARG); /* nobody has subscribed */
    IS(RpcServerUnsubscribeForNotification(serving, both, &queued), RPC_S_CANNOT_SUPPORT);
    IS(RpcServerUnsubscribeForNotification(serving, RpcNotificationCallCancel, NULL),
       RPC_S_INVALID_ARG);
    assert_null(I_RpcGetCurrentCallHandle());
    OK(later_complete(0));
    later_good(&c, 1);
    try_unbind(&b);
}

/* ---- who goes ---- */

/* A client in a process of its own, which makes a call and waits to be killed. */
static int be_client(const char *port)
{
    RPC_BINDING_HANDLE b = try_bind_to(NULL, "127.0.0.1", port);
    struct later_call c;

    alarm(60);
    later_prepare(&c, RpcNotificationTypeNone);
    if (later_keep(&c, b, 1) == RPC_S_OK)
        pause();
    return 1;
}

static pid_t client_that_dies(void)
{
    const char *port = try_port();
    pid_t pid = fork();

    if (pid == 0) {
        execl("/proc/self/exe", "client", port, (char *)NULL);
        _exit(1);
    }
    assert_true(pid > 0);
    return pid;
}

static void a_client_dies(void **state)
{
    ULONG queued = 0;
    pid_t pid;

    (void)state;
    atomic_store(&later_subscribes, true);
    pid = client_that_dies();
    later_until(1);
    IS(RpcServerTestCancel(later_kept[0].binding), RPC_S_CALL_IN_PROGRESS);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    try_until(&later_kept[0].disconnects, 1);
    OK(RpcServerTestCancel(later_kept[0].binding));
    assert_int_equal(atomic_load(&later_kept[0].cancels), 0);
    OK(RpcServerUnsubscribeForNotification(later_kept[0].binding, RpcNotificationClientDisconnect,
                                           &queued));
    assert_int_equal(queued, 1);
    OK(later_complete(0)); /* to nobody */
}

/* What the parent waits for the child has lost, and may make its own. */
static void a_child_has_calls_of_its_own(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c, own;
    int status = 0;
    pid_t pid;

    (void)state;
#ifdef NO_THREADS_AFTER_FORK
    unit_skip("the sanitizer cannot follow threads after a fork");
#endif
    later_prepare(&c, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 1));
    later_until(1);
    pid = fork();
    if (pid == 0) {
        bool lost = RpcAsyncGetCallStatus(&c.state) == RPC_S_CALL_FAILED &&
                    RpcAsyncCompleteCall(&c.state, &c.reply) == RPC_S_CALL_FAILED;
        bool good;

        later_prepare(&own, RpcNotificationTypeNone);
        good = later_keep(&own, b, 2) == RPC_S_OK && later_wait(&own) == RPC_S_OK &&
               RpcAsyncCompleteCall(&own.state, &own.reply) == RPC_S_OK && own.reply == 4;
        _exit(lost && good ? 0 : 1);
    }
    assert_true(pid > 0);
    later_until(2);
    OK(later_complete(1));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    OK(later_complete(0));
    later_good(&c, 1);
    try_unbind(&b);
}

static void *wait_for_the_end(void *arg)
{
    *(RPC_STATUS *)arg = RpcMgmtWaitServerListen();
    return NULL;
}

static void a_server_that_stops_completes_what_it_has(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    RPC_STATUS ended = -1;
    struct later_call c[2];
    pthread_t thread;
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        later_prepare(&c[i], RpcNotificationTypeNone);
        OK(later_keep(&c[i], b, i));
        later_until(i + 1);
    }
    OK(RpcMgmtStopServerListening(NULL));
    assert_int_equal(pthread_create(&thread, NULL, wait_for_the_end, &ended), 0);
    OK(later_complete(1));
    later_good(&c[1], 1);
    IS(RpcAsyncGetCallStatus(&c[0].state), RPC_S_ASYNC_CALL_PENDING);
    OK(RpcAsyncAbortCall(later_kept[0].state, RPC_S_SERVER_TOO_BUSY));
    pthread_join(thread, NULL);
    IS(ended, RPC_S_OK);
    IS(later_wait(&c[0]), RPC_S_SERVER_TOO_BUSY);
    IS(RpcAsyncCompleteCall(&c[0].state, NULL), RPC_S_SERVER_TOO_BUSY);
    OK(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, TRUE));
    try_unbind(&b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(any_thread_may_ask_who_calls, fresh),
        cmocka_unit_test_setup(context_handles_are_made_and_used, fresh),
        cmocka_unit_test_setup(by_an_event, fresh),
        cmocka_unit_test_setup(by_a_procedure_call, fresh),
        cmocka_unit_test_setup(not_without_a_way_or_a_call, fresh),
        cmocka_unit_test_setup(a_client_dies, fresh),
        cmocka_unit_test_setup(a_child_has_calls_of_its_own, fresh),
        cmocka_unit_test_setup(a_server_that_stops_completes_what_it_has, fresh),
    };

    if (argc == 2 && strcmp(argv[0], "client") == 0)
        return be_client(argv[1]);
    return unit_result(cmocka_run_group_tests(tests, later_start, later_stop));
}
