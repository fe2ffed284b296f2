/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_async.c - asynchronous calls: made, told of, completed, cancelled.
 */
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <countersign/windows.h>

#include "rpc_later_home.h"

static int fresh(void **state)
{
    (void)state;
    later_forget();
    return 0;
}

/* ---- how a client is told ---- */

static void by_asking(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;

    (void)state;
    later_prepare(&c, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 7));
    IS(RpcAsyncGetCallStatus(&c.state), RPC_S_ASYNC_CALL_PENDING);
    IS(RpcAsyncCompleteCall(&c.state, &c.reply), RPC_S_ASYNC_CALL_PENDING);
    later_until(1);
    RAISES(RPC_S_OK, assert_int_equal(LaterPlain(b, 1), 2)); /* meanwhile */
    IS(RpcAsyncGetCallStatus(&c.state), RPC_S_ASYNC_CALL_PENDING);
    OK(later_complete(0));
    IS(later_wait(&c), RPC_S_OK);
    assert_int_equal(c.grows, 7); /* nothing is written before it is completed */
    assert_null(c.back);
    later_good(&c, 7);
    OK(later_keep(&c, b, 8)); /* and may be used again as it is */
    later_until(2);
    OK(later_complete(1));
    later_good(&c, 8);
    try_unbind(&b);
}

static void complete_here(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    struct later_call *c = state->UserInfo;

    assert_null(context);
    assert_int_equal(event, RpcCallComplete);
    assert_int_equal(state->Event, RpcCallComplete);
    c->status = RpcAsyncCompleteCall(state, &c->reply);
    atomic_fetch_add(&c->notified, 1);
}

static void by_a_routine_that_completes_it(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;

    (void)state;
    later_prepare(&c, RpcNotificationTypeCallback);
    c.state.u.NotificationRoutine = complete_here;
    OK(later_keep(&c, b, 5));
    later_until(1);
    assert_int_equal(atomic_load(&c.notified), 0);
    OK(later_complete(0));
    try_until(&c.notified, 1);
    IS(c.status, RPC_S_OK);
    assert_int_equal(c.reply, 10);
    assert_int_equal(c.grows, 6);
    midl_user_free(c.back);
    try_unbind(&b);
}

/* A routine may make the next call, as long as it does not wait for it. */
static RPC_BINDING_HANDLE chained;

static void call_again(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    struct later_call *c = state->UserInfo;
    int n;

    (void)context;
    (void)event;
    c->status = RpcAsyncCompleteCall(state, &c->reply);
    n = atomic_load(&c->notified) + 1;
    if (c->status != RPC_S_OK || c->reply != n || c->product != n - 1)
        return;
    atomic_fetch_add(&c->notified, 1);
    if (n < 200)
        LaterNow(state, chained, n, 1, &c->product);
}

static void one_after_the_other(void **state)
{
    struct later_call c;

    (void)state;
    chained = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    later_prepare(&c, RpcNotificationTypeCallback);
    c.state.u.NotificationRoutine = call_again;
    RAISES(RPC_S_OK, LaterNow(&c.state, chained, 0, 1, &c.product));
    try_until(&c.notified, 200);
    IS(c.status, RPC_S_OK);
    assert_int_equal(c.reply, 200);
    try_unbind(&chained);
}

static void by_a_descriptor(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c[2];
    struct pollfd p = { .fd = eventfd(0, EFD_NONBLOCK), .events = POLLIN };
    uint64_t count = 0;
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        later_prepare(&c[i], CsNotificationTypeFd);
        c[i].state.u.Fd = p.fd;
        OK(later_keep(&c[i], b, i));
        later_until(i + 1);
    }
    assert_int_equal(poll(&p, 1, 0), 0);
    OK(later_complete(1));
    assert_int_equal(poll(&p, 1, 60000), 1);
    assert_int_equal(read(p.fd, &count, sizeof count), sizeof count);
    assert_int_equal(count, 1);
    OK(later_complete(0));
    assert_int_equal(poll(&p, 1, 60000), 1);
    assert_int_equal(read(p.fd, &count, sizeof count), sizeof count); /* whoever wrote is done */
    later_good(&c[0], 0);
    later_good(&c[1], 1);
    close(p.fd);
    c[0].state.u.Fd = p.fd;
    IS(later_keep(&c[0], b, 3), RPC_S_INVALID_ARG);
    try_unbind(&b);
}

static void by_an_event(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;

    (void)state;
    later_prepare(&c, RpcNotificationTypeEvent);
    IS(later_keep(&c, b, 1), RPC_S_INVALID_ARG);
    c.state.u.hEvent = CreateEventA(NULL, FALSE, FALSE, NULL);
    assert_non_null(c.state.u.hEvent);
    OK(later_keep(&c, b, 1));
    later_until(1);
    assert_int_equal(WaitForSingleObject(c.state.u.hEvent, 0), WAIT_TIMEOUT);
    OK(later_complete(0));
    assert_int_equal(WaitForSingleObject(c.state.u.hEvent, 60000), WAIT_OBJECT_0);
    later_good(&c, 1);
    OK(later_keep(&c, b, 2)); /* and one that is aborted */
    OK(RpcAsyncCancelCall(&c.state, TRUE));
    assert_int_equal(WaitForSingleObject(c.state.u.hEvent, 60000), WAIT_OBJECT_0);
    IS(RpcAsyncCompleteCall(&c.state, NULL), RPC_S_CALL_CANCELLED);
    later_until(2);
    OK(later_complete(1));
    CloseHandle(c.state.u.hEvent);
    try_unbind(&b);
}

static void by_a_procedure_call(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c[2];
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        later_prepare(&c[i], RpcNotificationTypeApc);
        c[i].state.u.APC.NotificationRoutine = complete_here;
        OK(later_keep(&c[i], b, 5));
        later_until(i + 1);
        OK(later_complete(i));
    }
    while (atomic_load(&c[0].notified) + atomic_load(&c[1].notified) < 2)
        assert_int_equal(SleepEx(60000, TRUE), WAIT_IO_COMPLETION);
    for (i = 0; i < 2; i++) {
        IS(c[i].status, RPC_S_OK);
        assert_int_equal(c[i].reply, 10);
        midl_user_free(c[i].back);
    }
    later_prepare(&c[0], RpcNotificationTypeApc);
    IS(later_keep(&c[0], b, 1), RPC_S_INVALID_ARG);
    try_unbind(&b);
}

/* A call that is complete is not told of any more: its state may be gone. */
static void not_by_a_procedure_call_after_its_end(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;

    (void)state;
    later_prepare(&c, RpcNotificationTypeApc);
    c.state.u.APC.NotificationRoutine = complete_here;
    OK(later_keep(&c, b, 5));
    later_until(1);
    OK(later_complete(0));
    while (RpcAsyncGetCallStatus(&c.state) == RPC_S_ASYNC_CALL_PENDING)
        try_rest(1);
    OK(RpcAsyncCompleteCall(&c.state, &c.reply));
    assert_int_equal(c.reply, 10);
    assert_int_equal(SleepEx(60000, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(atomic_load(&c.notified), 0);
    midl_user_free(c.back);
    try_unbind(&b);
}

static void not_by_what_there_is_not(void **state)
{
    static const RPC_NOTIFICATION_TYPES none[] = { RpcNotificationTypeIoc, RpcNotificationTypeHwnd,
                                                   (RPC_NOTIFICATION_TYPES)77 };
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof none / sizeof *none; i++) {
        later_prepare(&c, none[i]);
        IS(later_keep(&c, b, 1), RPC_S_CANNOT_SUPPORT);
        IS(RpcAsyncGetCallStatus(&c.state), RPC_S_INVALID_ASYNC_HANDLE);
    }
    later_prepare(&c, RpcNotificationTypeCallback);
    IS(later_keep(&c, b, 1), RPC_S_INVALID_ARG);
    try_unbind(&b);
}

/* ---- states ---- */

static void a_state_is_looked_at(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    RPC_ASYNC_STATE raw = { .Size = 0 };
    struct later_call c;

    (void)state;
    IS(RpcAsyncInitializeHandle(NULL, sizeof raw), RPC_S_INVALID_ASYNC_HANDLE);
    IS(RpcAsyncInitializeHandle(&raw, sizeof raw - 1), RPC_S_INVALID_ARG);
    IS(RpcAsyncGetCallStatus(&raw), RPC_S_INVALID_ASYNC_HANDLE);
    IS(RpcAsyncCompleteCall(NULL, NULL), RPC_S_INVALID_ASYNC_HANDLE);
    IS(RpcAsyncCancelCall(&raw, TRUE), RPC_S_INVALID_ASYNC_HANDLE);
    IS(RpcAsyncAbortCall(&raw, 1), RPC_S_INVALID_ASYNC_HANDLE);
    RAISES(RPC_S_INVALID_ASYNC_HANDLE, LaterRaise(&raw, b, 1));
    RAISES(RPC_S_INVALID_ASYNC_HANDLE, LaterRaise(NULL, b, 1));
    later_prepare(&c, RpcNotificationTypeNone);
    IS(RpcAsyncGetCallStatus(&c.state), RPC_S_INVALID_ASYNC_HANDLE); /* no call */
    IS(RpcAsyncCompleteCall(&c.state, NULL), RPC_S_INVALID_ASYNC_HANDLE);
    IS(RpcAsyncAbortCall(&c.state, 1), RPC_S_INVALID_ASYNC_HANDLE);
    OK(later_keep(&c, b, 1));
    RAISES(RPC_S_INVALID_ASYNC_CALL, LaterRaise(&c.state, b, 1)); /* in use */
    IS(RpcAsyncAbortCall(&c.state, 1), RPC_S_INVALID_ASYNC_CALL); /* a client's */
    later_until(1);
    IS(RpcAsyncGetCallStatus(later_kept[0].state), RPC_S_INVALID_ASYNC_CALL); /* a server's */
    IS(RpcAsyncCancelCall(later_kept[0].state, TRUE), RPC_S_INVALID_ASYNC_CALL);
    IS(RpcAsyncCompleteCall(later_kept[0].state, NULL), RPC_S_INVALID_ARG); /* it has a result */
    IS(RpcAsyncAbortCall(later_kept[0].state, 0), RPC_S_INVALID_ARG);
    OK(later_complete(0));
    later_good(&c, 1);
    IS(RpcAsyncGetCallStatus(&c.state), RPC_S_INVALID_ASYNC_HANDLE);
    try_unbind(&b);
}

static void what_fails_at_once_is_raised(void **state)
{
    RPC_BINDING_HANDLE b = try_bind_to(NULL, "127.0.0.1", "1");
    struct later_call c;

    (void)state;
    later_prepare(&c, RpcNotificationTypeNone);
    IS(later_keep(&c, b, 1), RPC_S_SERVER_UNAVAILABLE);
    IS(later_keep(&c, NULL, 1), RPC_S_INVALID_BINDING);
    RAISES(RPC_X_NULL_REF_POINTER, LaterKeep(&c.state, b, 1, "x", NULL, &c.back));
    IS(RpcAsyncGetCallStatus(&c.state), RPC_S_INVALID_ASYNC_HANDLE);
    try_unbind(&b);
}

/* ---- what becomes of a call ---- */

static void the_server_aborts_or_raises(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;

    (void)state;
    later_prepare(&c, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 1));
    later_until(1);
    OK(RpcAsyncAbortCall(later_kept[0].state, 4711));
    IS(later_wait(&c), 4711);
    IS(RpcAsyncCompleteCall(&c.state, &c.reply), 4711);
    assert_null(c.back);
    RAISES(RPC_S_OK, LaterRaise(&c.state, b, 4712));
    IS(later_wait(&c), 4712);
    IS(RpcAsyncCompleteCall(&c.state, NULL), 4712);
    RAISES(RPC_S_OK, LaterRaise(&c.state, b, RPC_S_ACCESS_DENIED));
    IS(later_wait(&c), RPC_S_ACCESS_DENIED);
    IS(RpcAsyncCompleteCall(&c.state, NULL), RPC_S_ACCESS_DENIED);
    try_told("rpc_later", "procedure 2", true);
    try_unbind(&b);
}

static void the_server_is_asked_to_cancel(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;
    ULONG queued = 9;

    (void)state;
    atomic_store(&later_subscribes, true);
    later_prepare(&c, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 1));
    later_until(1);
    IS(RpcServerTestCancel(later_kept[0].binding), RPC_S_CALL_IN_PROGRESS);
    OK(RpcAsyncCancelCall(&c.state, FALSE));
    OK(RpcAsyncCancelCall(&c.state, FALSE)); /* once is enough */
    try_until(&later_kept[0].cancels, 1);
    OK(RpcServerTestCancel(later_kept[0].binding));
    IS(RpcAsyncGetCallStatus(&c.state), RPC_S_ASYNC_CALL_PENDING);
    OK(RpcServerUnsubscribeForNotification(later_kept[0].binding, RpcNotificationCallCancel,
                                           &queued));
    assert_int_equal(queued, 1);
    OK(RpcServerUnsubscribeForNotification(later_kept[0].binding, RpcNotificationClientDisconnect,
                                           &queued));
    assert_int_equal(queued, 0);
    OK(RpcAsyncAbortCall(later_kept[0].state, RPC_S_CALL_CANCELLED));
    IS(later_wait(&c), RPC_S_CALL_CANCELLED);
    IS(RpcAsyncCompleteCall(&c.state, &c.reply), RPC_S_CALL_CANCELLED);
    OK(later_keep(&c, b, 2)); /* or it answers all the same */
    later_until(2);
    OK(RpcAsyncCancelCall(&c.state, FALSE));
    try_until(&later_kept[1].cancels, 1);
    OK(later_complete(1));
    later_good(&c, 2);
    try_unbind(&b);
}

/* The call is over at once, for the client; its connection goes on. */
static void a_call_is_given_up(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c, other;

    (void)state;
    atomic_store(&later_subscribes, true);
    later_prepare(&c, RpcNotificationTypeCallback);
    c.state.u.NotificationRoutine = complete_here;
    later_prepare(&other, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 1));
    later_until(1);
    OK(later_keep(&other, b, 2));
    later_until(2);
    OK(RpcAsyncCancelCall(&c.state, TRUE));
    assert_int_equal(atomic_load(&c.notified), 1);
    IS(c.status, RPC_S_CALL_CANCELLED);
    IS(RpcAsyncCancelCall(&c.state, TRUE), RPC_S_INVALID_ASYNC_HANDLE);
    try_until(&later_kept[0].cancels, 1);
    OK(RpcServerTestCancel(later_kept[0].binding));
    OK(later_complete(0)); /* nobody hears it */
    OK(later_complete(1));
    later_good(&other, 2);
    assert_null(c.back);
    try_unbind(&b);
}

static void a_call_has_its_time(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;

    (void)state;
    atomic_store(&later_subscribes, true);
    OK(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 2000));
    later_prepare(&c, RpcNotificationTypeCallback);
    c.state.u.NotificationRoutine = complete_here;
    OK(later_keep(&c, b, 1));
    try_until(&c.notified, 1);
    IS(c.status, RPC_S_CALL_CANCELLED);
    later_until(1);
    try_until(&later_kept[0].cancels, 1);
    OK(later_complete(0));
    OK(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 60000));
    c.state.NotificationType = RpcNotificationTypeNone;
    OK(later_keep(&c, b, 2));
    later_until(2);
    OK(later_complete(1));
    later_good(&c, 2);
    try_unbind(&b);
}

static void a_binding_may_go_before_its_calls(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;

    (void)state;
    later_prepare(&c, RpcNotificationTypeNone);
    OK(later_keep(&c, b, 3));
    try_unbind(&b);
    later_until(1);
    OK(later_complete(0));
    later_good(&c, 3);
}

/* ---- many ---- */

enum { MANY = 64 };

static void many(RPC_BINDING_HANDLE b)
{
    static struct later_call c[MANY];
    int i;

    later_forget();
    for (i = 0; i < MANY; i++) {
        later_prepare(&c[i], RpcNotificationTypeNone);
        OK(later_keep(&c[i], b, i));
    }
    later_until(MANY); /* all of them are with the server */
    for (i = MANY - 1; i >= 0; i--)
        OK(later_complete(i));
    for (i = 0; i < MANY; i++)
        later_good(&c[i], i);
}

static void sixty_four_are_out(void **state)
{
    RPC_BINDING_HANDLE plain = try_bind(), sealed = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);

    (void)state;
    many(plain);
    many(sealed);
    many(plain);
    try_unbind(&plain);
    try_unbind(&sealed);
}

static atomic_int quick;

static void complete_quickly(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    struct later_call *c = state->UserInfo;

    (void)context;
    (void)event;
    if (RpcAsyncCompleteCall(state, &c->reply) == RPC_S_OK && c->reply == 2 && c->product == 1)
        atomic_fetch_add(&quick, 1);
}

static void now(struct later_call *c, RPC_BINDING_HANDLE b, PFN_RPCNOTIFICATION_ROUTINE routine)
{
    later_prepare(c, RpcNotificationTypeCallback);
    c->state.u.NotificationRoutine = routine;
    c->grows = 1;
    RAISES(RPC_S_OK, LaterNow(&c->state, b, 1, 1, &c->product));
}

/* Calls of which the client learns that they are quick, as their routine is. */
static void quick_ones(RPC_BINDING_HANDLE b)
{
    enum { TIMES = 40, CALLS = 20 };
    static struct later_call c[CALLS];
    int i, n;

    atomic_store(&quick, 0);
    for (n = 1; n <= TIMES; n++) {
        for (i = 0; i < CALLS; i++)
            now(&c[i], b, complete_quickly);
        try_until(&quick, n * CALLS);
    }
}

/* Requests that wait for an answer which is expected to be near leave all the same if it is not. */
static void slow_ones_follow_quick_ones(void **state)
{
    RPC_BINDING_HANDLE b[2] = { try_bind(), try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY) };
    struct later_call c[20];
    int i, n;

    (void)state;
    for (n = 0; n < 6; n++) {
        later_forget();
        quick_ones(b[n % 2]);
        for (i = 0; i < 20; i++) {
            later_prepare(&c[i], RpcNotificationTypeNone);
            OK(later_keep(&c[i], b[n % 2], i));
        }
        later_until(20); /* though none was answered */
        for (i = 0; i < 20; i++)
            OK(later_complete(i));
        for (i = 0; i < 20; i++)
            later_good(&c[i], i);
    }
    try_unbind(&b[0]);
    try_unbind(&b[1]);
}

static atomic_int entered;

/* Of the first call: goes on when the second is complete. */
static void wait_for_second(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    struct later_call *c = state->UserInfo;

    if (c->grows == 0) {
        atomic_fetch_add(&entered, 1);
        try_until(&c[1].notified, 1);
    }
    complete_here(state, context, event);
}

/* Whatever was quick before: nobody else's answer waits for it. */
static void a_routine_waits_for_another_call(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c[3];
    int i, n;

    (void)state;
    for (n = 0; n < 3; n++) {
        later_forget();
        atomic_store(&entered, 0);
        for (i = 0; i < 3; i++) {
            later_prepare(&c[i], RpcNotificationTypeCallback);
            c[i].state.u.NotificationRoutine = wait_for_second;
            OK(later_keep(&c[i], b, i));
            later_until(i + 1);
        }
        OK(later_complete(0));
        try_until(&entered, 1);
        OK(later_complete(1));
        OK(later_complete(2));
        for (i = 0; i < 3; i++) {
            try_until(&c[i].notified, 1);
            IS(c[i].status, RPC_S_OK);
            IS(c[i].reply, 2 * i);
            midl_user_free(c[i].back);
        }
        for (i = 0; i < 8; i++) { /* the same routine, quickly */
            now(&c[1], b, wait_for_second);
            try_until(&c[1].notified, 1);
        }
    }
    try_unbind(&b);
}

struct caller {
    pthread_t thread;
    RPC_BINDING_HANDLE b;
    int good;
};

static void *call_now(void *arg)
{
    struct caller *a = arg;
    struct later_call c[8];
    int i, n;

    for (i = 0; i < 8; i++)
        later_prepare(&c[i], RpcNotificationTypeNone);
    for (n = 0; n < 25; n++) {
        for (i = 0; i < 8; i++)
            LaterNow(&c[i].state, a->b, n, i, &c[i].product);
        for (i = 0; i < 8; i++)
            a->good += later_wait(&c[i]) == RPC_S_OK &&
                       RpcAsyncCompleteCall(&c[i].state, &c[i].reply) == RPC_S_OK &&
                       c[i].reply == n + i && c[i].product == n * i;
    }
    return NULL;
}

static void threads_share_a_binding(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    struct caller a[4] = { { .b = b }, { .b = b }, { .b = b }, { .b = b } };
    int i;

    (void)state;
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&a[i].thread, NULL, call_now, &a[i]), 0);
    for (i = 0; i < 4; i++) {
        pthread_join(a[i].thread, NULL);
        assert_int_equal(a[i].good, 200);
    }
    try_unbind(&b);
}

static void much_at_once(void **state)
{
    enum { N = 0x100000, CALLS = 4 };
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    static byte data[CALLS][N], back[CALLS][N];
    struct later_call c[CALLS];
    int i, j;

    (void)state;
    for (i = 0; i < CALLS; i++) {
        for (j = 0; j < N; j++)
            data[i][j] = (byte)(i + j);
        later_prepare(&c[i], RpcNotificationTypeNone);
        RAISES(RPC_S_OK, LaterBulk(&c[i].state, b, N, data[i], back[i]));
        later_until(i + 1);
    }
    for (i = 0; i < CALLS; i++)
        OK(later_complete(i));
    for (i = 0; i < CALLS; i++) {
        IS(later_wait(&c[i]), RPC_S_OK);
        OK(RpcAsyncCompleteCall(&c[i].state, NULL));
        for (j = 0; j < N; j++)
            if (back[i][j] != (byte) ~(i + j))
                fail_msg("call %d, byte %d", i, j);
    }
    try_unbind(&b);
}

static void room(char *state, ULONG wanted, byte **bytes, ULONG *n)
{
    static byte block[10000];

    (void)state;
    *bytes = block;
    *n = wanted < sizeof block ? wanted : sizeof block;
}

static void count(char *state, byte *bytes, ULONG n)
{
    (void)bytes;
    *(LONG *)(void *)state += (LONG)n;
}

/* What the idle connection did for the pipe does not last. */
static void after_a_call_with_a_pipe(void **state)
{
    enum { N = 0x40000 };
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    static byte data[N], back[N];
    LONG n = 0;
    LATER_BYTES pipe = { .push = count, .alloc = room, .state = (char *)&n };
    struct later_call c;

    (void)state;
    RAISES(RPC_S_OK, LaterPour(b, 100000, &pipe));
    IS(n, 100000);
    later_prepare(&c, RpcNotificationTypeNone);
    RAISES(RPC_S_OK, LaterBulk(&c.state, b, N, data, back));
    later_until(1);
    OK(later_complete(0));
    IS(later_wait(&c), RPC_S_OK);
    OK(RpcAsyncCompleteCall(&c.state, NULL));
    IS(back[N - 1], 0xff);
    try_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(by_asking, fresh),
        cmocka_unit_test_setup(by_a_routine_that_completes_it, fresh),
        cmocka_unit_test_setup(one_after_the_other, fresh),
        cmocka_unit_test_setup(by_a_descriptor, fresh),
        cmocka_unit_test_setup(by_an_event, fresh),
        cmocka_unit_test_setup(by_a_procedure_call, fresh),
        cmocka_unit_test_setup(not_by_a_procedure_call_after_its_end, fresh),
        cmocka_unit_test_setup(not_by_what_there_is_not, fresh),
        cmocka_unit_test_setup(a_state_is_looked_at, fresh),
        cmocka_unit_test_setup(what_fails_at_once_is_raised, fresh),
        cmocka_unit_test_setup(the_server_aborts_or_raises, fresh),
        cmocka_unit_test_setup(the_server_is_asked_to_cancel, fresh),
        cmocka_unit_test_setup(a_call_is_given_up, fresh),
        cmocka_unit_test_setup(a_call_has_its_time, fresh),
        cmocka_unit_test_setup(a_binding_may_go_before_its_calls, fresh),
        cmocka_unit_test_setup(sixty_four_are_out, fresh),
        cmocka_unit_test_setup(slow_ones_follow_quick_ones, fresh),
        cmocka_unit_test_setup(a_routine_waits_for_another_call, fresh),
        cmocka_unit_test_setup(threads_share_a_binding, fresh),
        cmocka_unit_test_setup(much_at_once, fresh),
        cmocka_unit_test_setup(after_a_call_with_a_pipe, fresh),
    };

    return cmocka_run_group_tests(tests, later_start, later_stop);
}
