/* SPDX-License-Identifier: Apache-2.0
 * calls.c - calls that wait, and clients who no longer do.
 */
#include "calls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/alloc.h"
#include "rpc/server_together.h"

void calls_together(bool begin)
{
    if (begin)
        rpc_server_together_begin();
    else
        rpc_server_together_end();
}

static void answer(void *arg, uint32_t status)
{
    ULONG reply = status;

    (void)RpcAsyncCompleteCall(arg, &reply); /* whoever is gone is run down */
}

void calls_submit(PRPC_ASYNC_STATE state, struct handle *h, struct bytes message)
{
    handle_submit(h, message, answer, state);
}

void calls_submit_joined(PRPC_ASYNC_STATE state, struct handle *h, uint64_t lease,
                         struct bytes message)
{
    handle_submit_joined(h, lease, message, answer, state);
}

void calls_begin(PRPC_ASYNC_STATE state, struct handle *h, uint64_t lease)
{
    answer(state, handle_begin(h, lease));
}

void calls_outcome(PRPC_ASYNC_STATE state, struct handle *h, uint64_t lease, uint32_t outcome,
                   uint32_t reason)
{
    handle_outcome(h, lease, outcome, reason, answer, state);
}

/* ---- receivers ---- */

struct waiting {
    struct receive receive; /* first: the manager gives it back */
    struct waiting *next, **at;
    unsigned refs; /* with the lock, as is left */
    bool left;     /* its client no longer waits */
    struct handle *handle;
    PRPC_ASYNC_STATE state;
    struct calls_out out;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct waiting *all;

static void put(struct waiting *w)
{
    bool last;

    pthread_mutex_lock(&lock);
    last = --w->refs == 0;
    pthread_mutex_unlock(&lock);
    if (!last)
        return;
    handle_unref(w->handle);
    mem_free(w);
}

static void list(struct waiting *w)
{
    pthread_mutex_lock(&lock);
    w->next = all;
    w->at = &all;
    if (all)
        all->at = &w->next;
    all = w;
    pthread_mutex_unlock(&lock);
}

static void unlist(struct waiting *w)
{
    pthread_mutex_lock(&lock);
    *w->at = w->next;
    if (w->next)
        w->next->at = w->at;
    pthread_mutex_unlock(&lock);
}

static void give(struct receive *r, uint32_t status, const mqd_taken *taken, struct buf message)
{
    struct waiting *w = (struct waiting *)(void *)r;
    ULONG queued = 0, reply = status;

    unlist(w); /* from here on its client's word is not heard */
    *w->out.taken = *taken;
    *w->out.size = (ULONG)message.len;
    *w->out.message = message.ptr; /* the stub frees it */
    (void)RpcServerUnsubscribeForNotification(RpcAsyncGetCallHandle(w->state),
                                              RpcNotificationCallCancel, &queued);
    (void)RpcServerUnsubscribeForNotification(RpcAsyncGetCallHandle(w->state),
                                              RpcNotificationClientDisconnect, &queued);
    (void)RpcAsyncCompleteCall(w->state, &reply);
    put(w);
}

/* A word about a call may come after its end, when its state is another one's: only a call that
 * is cancelled, or whose client is gone, ends by it. */
static void client_left(PRPC_ASYNC_STATE state, void *context, RPC_ASYNC_EVENT event)
{
    struct waiting *w;

    (void)context;
    (void)event;
    pthread_mutex_lock(&lock);
    for (w = all; w && w->state != state; w = w->next)
        continue;
    if (w && RpcServerTestCancel(RpcAsyncGetCallHandle(state)) != RPC_S_OK)
        w = NULL;
    if (w) {
        w->refs++;
        w->left = true;
    }
    pthread_mutex_unlock(&lock);
    if (!w)
        return;
    (void)handle_receive_cancel(w->handle, &w->receive);
    put(w);
}

static void refuse(PRPC_ASYNC_STATE state, const struct calls_out *out, uint32_t status)
{
    ULONG reply = status;

    *out->taken = (mqd_taken){ 0 };
    *out->size = 0;
    *out->message = NULL;
    (void)RpcAsyncCompleteCall(state, &reply);
}

void calls_receive(PRPC_ASYNC_STATE state, struct handle *h, const struct receive *how,
                   const struct calls_out *out)
{
    const RPC_NOTIFICATIONS client_may =
        (RPC_NOTIFICATIONS)(RpcNotificationCallCancel | RpcNotificationClientDisconnect);
    RPC_ASYNC_NOTIFICATION_INFO info = { .NotificationRoutine = client_left };
    struct waiting *w = mem_alloc(sizeof *w);
    bool left;

    if (!w) {
        refuse(state, out, MQD_NO_MEMORY);
        return;
    }
    *w = (struct waiting){ .receive = *how, .refs = 2, .handle = h, .state = state, .out = *out };
    w->receive.done = give;
    handle_ref(h);
    list(w);
    (void)RpcServerSubscribeForNotification(RpcAsyncGetCallHandle(state), client_may,
                                            RpcNotificationTypeCallback, &info);
    handle_receive(h, &w->receive);
    pthread_mutex_lock(&lock);
    left = w->left; /* maybe before there was anything to cancel */
    pthread_mutex_unlock(&lock);
    if (left)
        (void)handle_receive_cancel(h, &w->receive);
    put(w);
}
