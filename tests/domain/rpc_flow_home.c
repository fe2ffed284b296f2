/* SPDX-License-Identifier: Apache-2.0
 * rpc_flow_home.c - a server whose routines go on as they are told, and clients that do.
 */
#include "rpc_flow_home.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static byte pattern[FLOW_PATTERN + FLOW_BLOCK];

const byte *flow_from(LONGLONG i)
{
    return pattern + i % FLOW_PATTERN;
}

LONGLONG flow_sum(const byte *p, ULONG n)
{
    LONGLONG sum = 0;
    ULONG i;

    for (i = 0; i < n; i++)
        sum += p[i];
    return sum;
}

/* ---- the server ---- */

atomic_int flow_served, flow_ended, flow_failed, flow_status, flow_cancelled;
atomic_llong flow_pulled;
static sem_t goes_on;

struct served { /* a call, until its end */
    PRPC_ASYNC_STATE state;
    RPC_BINDING_HANDLE binding;
    LONG way, push, steps;
    bool (*step)(struct served *v); /* false: it is over */
    ASYNC_FLOW_BYTES *bytes;
    ASYNC_FLOW_SAMPLES *samples;
    LONGLONG count, at, *sum;
    LONG *number;
    int phase;
    FLOW_SAMPLE *kept;
    byte block[FLOW_BLOCK];
};

void flow_go_on(void)
{
    sem_post(&goes_on);
}

static bool over(struct served *v)
{
    free(v->kept);
    free(v);
    atomic_fetch_add(&flow_ended, 1);
    return false;
}

static bool give_up(struct served *v, RPC_STATUS status)
{
    atomic_store(&flow_status, status);
    if (RpcServerTestCancel(v->binding) == RPC_S_OK)
        atomic_fetch_add(&flow_cancelled, 1);
    OK(RpcAsyncAbortCall(v->state, (ULONG)status));
    atomic_fetch_add(&flow_failed, 1);
    return over(v);
}

static bool complete(struct served *v, void *reply)
{
    if (RpcServerTestCancel(v->binding) == RPC_S_OK)
        atomic_fetch_add(&flow_cancelled, 1);
    (void)RpcAsyncCompleteCall(v->state, reply);
    return over(v);
}

static bool is_to_abort(struct served *v)
{
    return ++v->steps == 2 && v->way == FLOW_ABORTS;
}

static bool count_step(struct served *v)
{
    ULONG got = 1;
    RPC_STATUS s;

    for (;;) {
        if (is_to_abort(v))
            return give_up(v, 4711);
        s = v->bytes->pull(v->bytes->state, v->block, FLOW_BLOCK, &got);
        if (s == RPC_S_ASYNC_CALL_PENDING)
            return true;
        if (s)
            return give_up(v, s);
        if (!got)
            return complete(v, &v->at);
        *v->sum += flow_sum(v->block, got);
        v->at += got;
        atomic_store(&flow_pulled, v->at);
    }
}

static bool make_step(struct served *v)
{
    ULONG n = v->count - v->at < v->push ? (ULONG)(v->count - v->at) : (ULONG)v->push;
    RPC_STATUS s;

    if (is_to_abort(v))
        return give_up(v, 4712);
    if (v->phase)
        return complete(v, &v->at);
    memcpy(v->block, flow_from(v->at), n);
    *v->sum += flow_sum(v->block, n);
    v->at += n;
    v->phase = !n;
    s = v->bytes->push(v->bytes->state, v->block, n); /* the next step may be under way then */
    return s ? give_up(v, s) : true;
}

/* One push of each: the next step may be under way when it returns. */
static RPC_STATUS turn_push(struct served *v, int phase)
{
    ULONG n = (ULONG)v->count;

    switch (phase) {
    case 1:
        return v->samples->push(v->samples->state, v->kept, n / 3);
    case 2:
        return v->samples->push(v->samples->state, v->kept + n / 3, n - n / 3);
    case 3:
        return v->samples->push(v->samples->state, NULL, 0);
    case 4:
        return v->bytes->push(v->bytes->state, v->block, n);
    default:
        return v->bytes->push(v->bytes->state, NULL, 0);
    }
}

/* A push of nothing would end a pipe. */
static bool is_empty(const struct served *v, int phase)
{
    return (phase == 1 && v->count < 3) || ((phase == 2 || phase == 4) && !v->count);
}

static bool turn_step(struct served *v)
{
    ULONG got = 1;
    RPC_STATUS s = RPC_S_OK;
    int phase;

    while (!v->phase) {
        s = v->samples->pull(v->samples->state, v->kept + v->count,
                             FLOW_SAMPLES_MAX + 1 - (ULONG)v->count, &got);
        if (s == RPC_S_ASYNC_CALL_PENDING)
            return true;
        if (s)
            return give_up(v, s);
        v->count += got;
        v->phase = !got;
    }
    while (is_empty(v, v->phase))
        v->phase++;
    phase = v->phase++;
    if (phase == 6) {
        *v->number = (LONG)v->count;
        return complete(v, NULL);
    }
    s = turn_push(v, phase);
    return s ? give_up(v, s) : true;
}

static void on_notice(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    struct served *v = state->UserInfo;

    (void)context;
    (void)event;
    (void)v->step(v);
}

static _Thread_local bool apc_over; /* the thread's call is: the next one may be under way then */

static void on_apc(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    struct served *v = state->UserInfo;

    (void)context;
    (void)event;
    apc_over = !v->step(v);
}

static void *serve_by_apc(void *arg)
{
    struct served *v = arg;

    v->state->NotificationType = RpcNotificationTypeApc;
    v->state->u.APC.NotificationRoutine = on_apc;
    v->state->u.APC.hThread = NULL;
    apc_over = !v->step(v);
    while (!apc_over)
        assert_int_equal(SleepEx(60000, TRUE), WAIT_IO_COMPLETION);
    return NULL;
}

static void *serve_by_event(void *arg)
{
    struct served *v = arg;
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);

    v->state->NotificationType = RpcNotificationTypeEvent;
    v->state->u.hEvent = event;
    while (v->step(v))
        assert_int_equal(WaitForSingleObject(event, 60000), WAIT_OBJECT_0);
    CloseHandle(event);
    return NULL;
}

static void *serve_later(void *arg)
{
    struct served *v = arg;

    while (sem_wait(&goes_on))
        ;
    (void)v->step(v);
    return NULL;
}

static void start(struct served *v)
{
    void *(*const thread)(void *) = v->way == FLOW_BY_APC     ? serve_by_apc
                                    : v->way == FLOW_BY_EVENT ? serve_by_event
                                    : v->way == FLOW_WAITS    ? serve_later
                                                              : NULL;
    pthread_t t;

    v->state->UserInfo = v;
    v->state->Flags = RPC_C_NOTIFY_ON_SEND_COMPLETE;
    v->state->NotificationType = RpcNotificationTypeCallback;
    v->state->u.NotificationRoutine = on_notice;
    atomic_fetch_add(&flow_served, 1);
    if (thread) {
        assert_int_equal(pthread_create(&t, NULL, thread, v), 0);
        pthread_detach(t);
    } else {
        (void)v->step(v);
    }
}

static bool misuse_in(struct served *v)
{
    ULONG got = 9;

    IS(v->bytes->push(v->bytes->state, v->block, 1), RPC_X_WRONG_PIPE_ORDER);
    IS(v->bytes->pull(v->bytes->state, v->block, 0, &got), RPC_X_PIPE_APP_MEMORY);
    v->way = FLOW_BY_ROUTINE;
    v->step = count_step;
    return v->step(v);
}

static struct served *served(PRPC_ASYNC_STATE state, RPC_BINDING_HANDLE binding, LONG way)
{
    struct served *v = calloc(1, sizeof *v);

    if (way == FLOW_RAISES) {
        free(v);
        RpcRaiseException(4713);
    }
    v->state = state;
    v->binding = binding;
    v->way = way;
    return v;
}

void Serve_FlowCount(PRPC_ASYNC_STATE FlowCount_AsyncHandle, handle_t server, LONG way,
                     ASYNC_FLOW_BYTES *data, LONGLONG *sum)
{
    struct served *v = served(FlowCount_AsyncHandle, server, way);

    v->bytes = data;
    v->sum = sum;
    *sum = 0;
    v->step = way == FLOW_MISUSES ? misuse_in : count_step;
    if (way == FLOW_RETURNS) {
        atomic_fetch_add(&flow_served, 1);
        (void)complete(v, &v->at);
    } else {
        start(v);
    }
}

void Serve_FlowMake(PRPC_ASYNC_STATE FlowMake_AsyncHandle, handle_t server, LONG way,
                    LONGLONG count, LONG push, ASYNC_FLOW_BYTES *data, LONGLONG *sum)
{
    struct served *v = served(FlowMake_AsyncHandle, server, way);

    v->bytes = data;
    v->sum = sum;
    *sum = 0;
    v->count = count;
    v->push = push;
    v->step = make_step;
    start(v);
}

void Serve_FlowTurn(PRPC_ASYNC_STATE FlowTurn_AsyncHandle, handle_t server, LONG way,
                    ASYNC_FLOW_SAMPLES *samples, ASYNC_FLOW_BYTES *marks, LONG *count)
{
    struct served *v = served(FlowTurn_AsyncHandle, server, way);

    v->kept = calloc(FLOW_SAMPLES_MAX + 1, sizeof *v->kept);
    memcpy(v->block, flow_from(0), FLOW_SAMPLES_MAX);
    v->samples = samples;
    v->bytes = marks;
    v->number = count;
    v->step = turn_step;
    start(v);
}

int flow_start(void **state)
{
    int e = try_start(state), i;

    for (i = 0; i < FLOW_PATTERN + FLOW_BLOCK; i++)
        pattern[i] = (byte)(i % FLOW_PATTERN * 31 + (i % FLOW_PATTERN >> 7));
    sem_init(&goes_on, 0, 0);
    OK(RpcServerRegisterIfEx(rpc_flow_v1_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                             NULL));
    return e;
}

/* Of those of the test before. One that hangs is waited for once: it fails what comes after it. */
static void wait_for_calls(void)
{
    static bool hangs;

    if (hangs)
        fail_msg("%d of %d calls of an earlier test have ended", atomic_load(&flow_ended),
                 atomic_load(&flow_served));
    hangs = true;
    try_until(&flow_ended, atomic_load(&flow_served));
    hangs = false;
}

int flow_stop(void **state)
{
    wait_for_calls(); /* as unregistering does, without an end */
    OK(RpcServerUnregisterIf(rpc_flow_v1_0_s_ifspec, NULL, TRUE));
    return try_stop(state);
}

void flow_forget(void)
{
    wait_for_calls();
    atomic_store(&flow_served, 0);
    atomic_store(&flow_ended, 0);
    atomic_store(&flow_failed, 0);
    atomic_store(&flow_cancelled, 0);
    atomic_store(&flow_pulled, 0);
}

/* ---- clients ---- */

static void by_routine(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    struct flow *f = state->UserInfo;

    (void)context;
    atomic_fetch_add(&f->notified, 1);
    sem_post(&f->told);
    if (event == RpcCallComplete)
        sem_post(&f->complete);
}

struct flow *flow_new(RPC_NOTIFICATION_TYPES type, bool notify)
{
    struct flow *f = calloc(1, sizeof *f);

    sem_init(&f->told, 0, 0);
    sem_init(&f->complete, 0, 0);
    OK(RpcAsyncInitializeHandle(&f->state, sizeof f->state));
    f->state.UserInfo = f;
    f->state.Flags = notify ? RPC_C_NOTIFY_ON_SEND_COMPLETE : 0;
    f->state.NotificationType = type;
    if (type == RpcNotificationTypeEvent)
        f->state.u.hEvent = CreateEventA(NULL, FALSE, FALSE, NULL);
    else if (type == RpcNotificationTypeApc)
        f->state.u.APC.NotificationRoutine = by_routine;
    else if (type == RpcNotificationTypeCallback)
        f->state.u.NotificationRoutine = by_routine;
    else if (type == CsNotificationTypeFd)
        f->state.u.Fd = eventfd(0, EFD_SEMAPHORE);
    return f;
}

static void wait_until(sem_t *told)
{
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 60;
    assert_int_equal(sem_timedwait(told, &end), 0);
}

void flow_free(struct flow *f)
{
    if (f->state.NotificationType == RpcNotificationTypeCallback)
        wait_until(&f->complete);
    else if (f->state.NotificationType == RpcNotificationTypeEvent)
        CloseHandle(f->state.u.hEvent);
    else if (f->state.NotificationType == CsNotificationTypeFd)
        close(f->state.u.Fd);
    sem_destroy(&f->complete);
    sem_destroy(&f->told);
    free(f);
}

void flow_wait(struct flow *f)
{
    uint64_t n;

    switch ((int)f->state.NotificationType) {
    case RpcNotificationTypeEvent:
        assert_int_equal(WaitForSingleObject(f->state.u.hEvent, 60000), WAIT_OBJECT_0);
        break;
    case RpcNotificationTypeApc:
        while (sem_trywait(&f->told))
            assert_int_equal(SleepEx(60000, TRUE), WAIT_IO_COMPLETION);
        break;
    case RpcNotificationTypeCallback:
        wait_until(&f->told);
        break;
    case CsNotificationTypeFd:
        assert_int_equal(poll(&(struct pollfd){ .fd = f->state.u.Fd, .events = POLLIN }, 1, 60000),
                         1);
        assert_int_equal(read(f->state.u.Fd, &n, sizeof n), sizeof n);
        break;
    default:
        try_rest(1);
    }
}

RPC_STATUS flow_complete(struct flow *f)
{
    RPC_STATUS s;

    while ((s = RpcAsyncCompleteCall(&f->state, &f->reply)) == RPC_S_ASYNC_CALL_PENDING)
        flow_wait(f);
    return s;
}

static RPC_STATUS push_one(struct flow *f, const byte *from, ULONG n)
{
    RPC_STATUS s;

    while ((s = f->bytes.push(f->bytes.state, (byte *)(uintptr_t)from, n)) ==
           RPC_S_ASYNC_CALL_PENDING)
        flow_wait(f);
    if (!s && f->state.Flags & RPC_C_NOTIFY_ON_SEND_COMPLETE)
        flow_wait(f);
    return s;
}

RPC_STATUS flow_push(struct flow *f, LONGLONG length, ULONG most, bool ends)
{
    LONGLONG end = f->at + length;
    RPC_STATUS s = RPC_S_OK;
    ULONG n;

    while (!s && f->at < end) {
        n = end - f->at < most ? (ULONG)(end - f->at) : most;
        s = push_one(f, flow_from(f->at), n);
        f->sent += flow_sum(flow_from(f->at), n);
        f->at += n;
    }
    return !s && ends ? push_one(f, NULL, 0) : s;
}

RPC_STATUS flow_pull(struct flow *f, ULONG most)
{
    ULONG got = 0;
    RPC_STATUS s;

    do {
        s = f->bytes.pull(f->bytes.state, f->block, most, &got);
        if (s == RPC_S_ASYNC_CALL_PENDING)
            flow_wait(f);
        if (!s && memcmp(f->block, flow_from(f->at), got) != 0)
            fail_msg("octets from %lld are wrong", (long long)f->at);
        if (!s)
            f->sent += flow_sum(f->block, got);
        f->at += got;
    } while (s == RPC_S_ASYNC_CALL_PENDING || (!s && got));
    return s;
}

void flow_send(RPC_BINDING_HANDLE b, RPC_NOTIFICATION_TYPES type, LONG way, LONGLONG length,
               ULONG most)
{
    struct flow *f = flow_new(type, type != RpcNotificationTypeNone);

    RAISES(RPC_S_OK, FlowCount(&f->state, b, way, &f->bytes, &f->sum));
    if (f->state.Flags)
        flow_wait(f); /* what the call itself sends */
    OK(flow_push(f, length, most, true));
    OK(flow_complete(f));
    assert_int_equal(f->reply, length);
    assert_int_equal(f->sum, f->sent);
    flow_free(f);
}

void flow_receive(RPC_BINDING_HANDLE b, RPC_NOTIFICATION_TYPES type, LONG way, LONGLONG length,
                  LONG push)
{
    struct flow *f = flow_new(type, false);

    RAISES(RPC_S_OK, FlowMake(&f->state, b, way, length, push, &f->bytes, &f->sum));
    OK(flow_pull(f, FLOW_BLOCK));
    OK(flow_complete(f));
    assert_int_equal(f->at, length);
    assert_int_equal(f->reply, length);
    assert_int_equal(f->sum, f->sent);
    flow_free(f);
}
