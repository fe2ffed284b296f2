/* SPDX-License-Identifier: Apache-2.0
 * notice.c - the ways of telling a program. desktop-src/Rpc/waiting-for-the-asynchronous-reply.md
 */
#include "rpc/notice.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "base/log.h"

#include <countersign/windows.h>

struct rpc_notice_apc {
    PFN_RPCNOTIFICATION_ROUTINE routine;
    RPC_ASYNC_STATE *state; /* NULL: taken back */
    RPC_ASYNC_EVENT event;
    struct rpc_notice_apc *next, *previous; /* of those that threads have yet to run */
};

static pthread_mutex_t queued_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct rpc_notice_apc *) queued; /* changed with the lock held */

static void link_apc(struct rpc_notice_apc *apc)
{
    pthread_mutex_lock(&queued_lock);
    apc->next = queued;
    if (apc->next)
        apc->next->previous = apc;
    queued = apc;
    pthread_mutex_unlock(&queued_lock);
}

/* The state it is to be told with; NULL if the call has ended meanwhile. */
static RPC_ASYNC_STATE *unlink_apc(struct rpc_notice_apc *apc)
{
    RPC_ASYNC_STATE *state;

    pthread_mutex_lock(&queued_lock);
    if (apc->previous)
        apc->previous->next = apc->next;
    else
        queued = apc->next;
    if (apc->next)
        apc->next->previous = apc->previous;
    state = apc->state;
    pthread_mutex_unlock(&queued_lock);
    return state;
}

/* In the thread's own alertable wait. */
static void CALLBACK run_apc(ULONG_PTR parameter)
{
    struct rpc_notice_apc *mine = (struct rpc_notice_apc *)parameter;
    RPC_ASYNC_STATE *state = unlink_apc(mine);
    struct rpc_notice_apc apc = *mine;

    mem_free(mine);
    if (state)
        apc.routine(state, NULL, apc.event);
}

static enum err make_apc(struct rpc_notice *n)
{
    HANDLE self = GetCurrentProcess();

    if (!n->info.APC.NotificationRoutine)
        return detail_fail(ERR_INVALID_PARAMETER, "no notification routine is given");
    n->apc = mem_zero(sizeof *n->apc);
    if (!n->apc)
        return ERR_NO_MEMORY;
    n->apc->routine = n->info.APC.NotificationRoutine;
    if (n->info.APC.hThread || DuplicateHandle(self, GetCurrentThread(), self, &n->own_thread, 0,
                                               FALSE, DUPLICATE_SAME_ACCESS))
        return ERR_OK;
    return detail_fail(ERR_NO_MEMORY, "no handle of the calling thread");
}

static enum err make(struct rpc_notice *n)
{
    switch (n->type) {
    case RpcNotificationTypeNone:
        return ERR_OK;
    case RpcNotificationTypeEvent:
        if (n->info.hEvent)
            return ERR_OK;
        return detail_fail(ERR_INVALID_PARAMETER, "no event is given");
    case RpcNotificationTypeApc:
        return make_apc(n);
    case RpcNotificationTypeCallback:
        if (n->info.NotificationRoutine)
            return ERR_OK;
        return detail_fail(ERR_INVALID_PARAMETER, "no notification routine is given");
    case CsNotificationTypeFd:
        if (fcntl(n->info.Fd, F_GETFD) >= 0)
            return ERR_OK;
        return detail_fail(ERR_INVALID_PARAMETER,
                           "%d, which is to be written to, is no open "
                           "descriptor",
                           n->info.Fd);
    default:
        detail_remedy("CsNotificationTypeFd makes a descriptor readable.");
        return detail_fail(ERR_UNSUPPORTED, "notification of type %d", n->type);
    }
}

enum err rpc_notice_new(int type, const RPC_ASYNC_NOTIFICATION_INFO *info, struct rpc_notice *ret)
{
    struct rpc_notice n = { .type = type, .info = *info };
    enum err e = make(&n);

    if (e)
        rpc_notice_drop(&n);
    else
        *ret = n;
    return e;
}

void rpc_notice_drop(struct rpc_notice *n)
{
    mem_free(n->apc);
    if (n->own_thread)
        (void)CloseHandle(n->own_thread);
    *n = (struct rpc_notice){ .type = RpcNotificationTypeNone };
}

bool rpc_notice_calls(const struct rpc_notice *n)
{
    return n->type == RpcNotificationTypeCallback;
}

uintptr_t rpc_notice_routine(const struct rpc_notice *n)
{
    return rpc_notice_calls(n) ? (uintptr_t)n->info.NotificationRoutine : 0;
}

/* One that is full is readable already; and is not waited for. */
static void write_to(int fd)
{
    static const uint64_t one = 1;
    struct pollfd p = { .fd = fd, .events = POLLOUT };

    if (poll(&p, 1, 0) != 1 || write(fd, &one, sizeof one) < 0)
        log_debug("rpc: descriptor %d took no notification", fd);
}

static void queue_apc(struct rpc_notice *n, RPC_ASYNC_STATE *state, RPC_ASYNC_EVENT event)
{
    HANDLE thread = n->own_thread ? n->own_thread : n->info.APC.hThread;

    n->apc->state = state;
    n->apc->event = event;
    link_apc(n->apc);
    if (QueueUserAPC(run_apc, thread, (ULONG_PTR)n->apc)) {
        n->apc = NULL;
        return;
    }
    (void)unlink_apc(n->apc);
    log_debug("rpc: the thread that was to be told has ended");
}

void rpc_notice_take_back(const RPC_ASYNC_STATE *state)
{
    struct rpc_notice_apc *apc;

    if (!queued)
        return;
    pthread_mutex_lock(&queued_lock);
    for (apc = queued; apc; apc = apc->next)
        if (apc->state == state)
            apc->state = NULL;
    pthread_mutex_unlock(&queued_lock);
}

static void call_routine(const struct rpc_notice *n, RPC_ASYNC_STATE *state, RPC_ASYNC_EVENT event)
{
    struct impersonation *aside = impersonation_set_aside();

    n->info.NotificationRoutine(state, NULL, event);
    impersonation_take_up_adopt(aside);
}

void rpc_notice_give(struct rpc_notice *n, RPC_ASYNC_STATE *state, RPC_ASYNC_EVENT event)
{
    struct rpc_notice mine = *n;

    *n = (struct rpc_notice){ .type = RpcNotificationTypeNone };
    if (mine.type == RpcNotificationTypeEvent && !SetEvent(mine.info.hEvent))
        log_debug("rpc: the event that was to be set is closed");
    else if (mine.type == RpcNotificationTypeApc)
        queue_apc(&mine, state, event);
    else if (mine.type == RpcNotificationTypeCallback)
        call_routine(&mine, state, event);
    else if (mine.type == CsNotificationTypeFd)
        write_to(mine.info.Fd);
    rpc_notice_drop(&mine);
}
