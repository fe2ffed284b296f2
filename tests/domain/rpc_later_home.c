/* SPDX-License-Identifier: Apache-2.0
 * rpc_later_home.c - the routines of rpc_later.idl, and its server and clients.
 */
#include "rpc_later_home.h"

struct later_kept later_kept[LATER_KEPT];
atomic_int later_count, later_rundowns;
atomic_bool later_subscribes;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- the routines ---- */

static void RPC_ENTRY on_notice(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    int i = LATER_KEPT - 1;

    (void)context;
    pthread_mutex_lock(&lock);
    while (i > 0 && later_kept[i].state != state) /* the last: an earlier call's was the same */
        i--;
    pthread_mutex_unlock(&lock);
    if (event == RpcClientCancel)
        atomic_fetch_add(&later_kept[i].cancels, 1);
    if (event == RpcClientDisconnect)
        atomic_fetch_add(&later_kept[i].disconnects, 1);
}

static struct later_kept *keep(PRPC_ASYNC_STATE state)
{
    RPC_ASYNC_NOTIFICATION_INFO info = { .NotificationRoutine = on_notice };
    struct later_kept *k;

    pthread_mutex_lock(&lock);
    k = &later_kept[atomic_load(&later_count)];
    *k = (struct later_kept){ .state = state, .binding = RpcAsyncGetCallHandle(state) };
    pthread_mutex_unlock(&lock);
    if (atomic_load(&later_subscribes) &&
        RpcServerSubscribeForNotification(
            NULL, (RPC_NOTIFICATIONS)(RpcNotificationClientDisconnect | RpcNotificationCallCancel),
            RpcNotificationTypeCallback, &info) != RPC_S_OK)
        RpcRaiseException(RPC_S_INTERNAL_ERROR);
    return k;
}

static void kept(void)
{
    atomic_fetch_add(&later_count, 1);
}

void Serve_LaterNow(PRPC_ASYNC_STATE LaterNow_AsyncHandle, handle_t server, LONG a, LONG b,
                    LONG *product)
{
    LONG sum = a + b;

    (void)server;
    *product = a * b;
    if (RpcAsyncCompleteCall(LaterNow_AsyncHandle, &sum) != RPC_S_OK)
        RpcRaiseException(RPC_S_INTERNAL_ERROR);
}

/* One call is dispatched at a time: the tests make them one after the other. */
void Serve_LaterKeep(PRPC_ASYNC_STATE LaterKeep_AsyncHandle, handle_t server, LONG number,
                     const char *text, LONG *grows, char **back)
{
    struct later_kept *k;
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

    (void)server;
    pthread_mutex_lock(&one);
    k = keep(LaterKeep_AsyncHandle);
    k->number = number;
    k->grows = grows;
    k->back = back;
    snprintf(k->text, sizeof k->text, "%s", text);
    kept();
    pthread_mutex_unlock(&one);
}

void Serve_LaterRaise(PRPC_ASYNC_STATE LaterRaise_AsyncHandle, handle_t server, ULONG exception)
{
    (void)LaterRaise_AsyncHandle;
    (void)server;
    RpcRaiseException((LONG)exception);
}

void Serve_LaterOpen(PRPC_ASYNC_STATE LaterOpen_AsyncHandle, handle_t server,
                     LATER_CONTEXT *context)
{
    struct later_kept *k = keep(LaterOpen_AsyncHandle);

    (void)server;
    k->context = context;
    kept();
}

void Serve_LaterUse(PRPC_ASYNC_STATE LaterUse_AsyncHandle, LATER_CONTEXT context, LONG number)
{
    LONG reply = *(LONG *)context + number;

    (void)!RpcAsyncCompleteCall(LaterUse_AsyncHandle, &reply);
}

void Serve_LaterClose(PRPC_ASYNC_STATE LaterClose_AsyncHandle, LATER_CONTEXT *context)
{
    *context = NULL;
    (void)!RpcAsyncCompleteCall(LaterClose_AsyncHandle, NULL);
}

void Serve_LaterBulk(PRPC_ASYNC_STATE LaterBulk_AsyncHandle, handle_t server, ULONG n,
                     const byte data[], byte back[])
{
    struct later_kept *k = keep(LaterBulk_AsyncHandle);

    (void)server;
    k->n = n;
    k->data = data;
    k->to = back;
    kept();
}

LONG Serve_LaterPlain(handle_t server, LONG a)
{
    (void)server;
    return a + 1;
}

void Serve_LaterPour(handle_t server, LONG n, LATER_BYTES *data)
{
    static byte block[10000];
    LONG i;

    (void)server;
    for (i = 0; i < n; i += (LONG)sizeof block)
        data->push(data->state, block, sizeof block);
    data->push(data->state, NULL, 0);
}

void __RPC_USER LATER_CONTEXT_rundown(LATER_CONTEXT context)
{
    (void)context;
    atomic_fetch_add(&later_rundowns, 1);
}

/* ---- the server ---- */

int later_start(void **state)
{
    (void)try_start(state);
    OK(RpcServerRegisterIfEx(rpc_later_v1_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                             NULL));
    return 0;
}

int later_stop(void **state)
{
    OK(RpcServerUnregisterIf(rpc_later_v1_0_s_ifspec, NULL, TRUE));
    return try_stop(state);
}

void later_forget(void)
{
    atomic_store(&later_subscribes, false);
    memset(later_kept, 0, sizeof later_kept);
    atomic_store(&later_count, 0);
}

void later_until(int count)
{
    try_until(&later_count, count);
}

RPC_STATUS later_complete(int i)
{
    struct later_kept *k = &later_kept[i];
    LONG reply = 2 * k->number;
    size_t n = strlen(k->text), j;

    if (k->to) {
        for (j = 0; j < k->n; j++)
            k->to[j] = (byte)(k->data[j] ^ 0xff);
        return RpcAsyncCompleteCall(k->state, NULL);
    }
    if (!k->back)
        return RpcAsyncCompleteCall(k->state, NULL);
    (*k->grows)++;
    *k->back = midl_user_allocate(n + 1);
    for (j = 0; j < n; j++)
        (*k->back)[j] = k->text[n - 1 - j];
    (*k->back)[n] = '\0';
    return RpcAsyncCompleteCall(k->state, &reply);
}

/* ---- clients ---- */

void later_prepare(struct later_call *c, RPC_NOTIFICATION_TYPES type)
{
    *c = (struct later_call){ .grows = 0 };
    OK(RpcAsyncInitializeHandle(&c->state, sizeof c->state));
    c->state.NotificationType = type;
    c->state.UserInfo = c;
}

RPC_STATUS later_keep(struct later_call *c, RPC_BINDING_HANDLE b, LONG number)
{
    volatile RPC_STATUS status = RPC_S_OK;
    char text[40];

    snprintf(text, sizeof text, "call %d", (int)number);
    c->grows = number;
    RpcTryExcept
    {
        LaterKeep(&c->state, b, number, text, &c->grows, &c->back);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

RPC_STATUS later_wait(struct later_call *c)
{
    long end = try_milliseconds() + 60000;
    RPC_STATUS s;

    while ((s = RpcAsyncGetCallStatus(&c->state)) == RPC_S_ASYNC_CALL_PENDING &&
           try_milliseconds() < end)
        try_rest(1);
    return s;
}

void later_good(struct later_call *c, LONG number)
{
    char text[40];
    size_t n;

    IS(later_wait(c), RPC_S_OK);
    OK(RpcAsyncCompleteCall(&c->state, &c->reply));
    assert_int_equal(c->reply, 2 * number);
    assert_int_equal(c->grows, number + 1);
    n = (size_t)snprintf(text, sizeof text, "call %d", (int)number);
    assert_non_null(c->back);
    assert_int_equal(strlen(c->back), n);
    assert_int_equal(c->back[0], text[n - 1]);
    midl_user_free(c->back);
    c->back = NULL;
}
