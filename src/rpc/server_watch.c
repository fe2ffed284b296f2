/* SPDX-License-Identifier: Apache-2.0
 * server_watch.c - what RpcServerSubscribeForNotification asked for.
 *
 * One lock for all calls: few are watched, and it is held for a moment.
 */
#include "rpc/server_watch.h"

#include <pthread.h>

#include "base/detail.h"
#include "rpc/server_call.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const unsigned bit_of[RPC_WATCHES] = {
    [RPC_WATCH_DISCONNECT] = RpcNotificationClientDisconnect,
    [RPC_WATCH_CANCEL] = RpcNotificationCallCancel,
};

static enum err check(unsigned bits, int type)
{
    const unsigned both = RpcNotificationClientDisconnect | RpcNotificationCallCancel;

    if (!bits || bits & ~both)
        return detail_fail(ERR_UNSUPPORTED, "notification of 0x%x: there are 0x%x", bits, both);
    if (type == RpcNotificationTypeNone || (type == RpcNotificationTypeEvent && bits == both))
        return detail_fail(ERR_INVALID_PARAMETER,
                           type == RpcNotificationTypeNone
                               ? "a subscription needs a way of being told"
                               : "an event stands for one notification: subscribe twice");
    return ERR_OK;
}

enum err rpc_server_watch_begin(struct rpc_server_call *c, unsigned bits, int type,
                                const RPC_ASYNC_NOTIFICATION_INFO *info)
{
    struct rpc_notice notice[RPC_WATCHES] = { 0 };
    enum err e = check(bits, type);
    int i;

    for (i = 0; i < RPC_WATCHES && !e; i++)
        if (bits & bit_of[i])
            e = rpc_notice_new(type, info, &notice[i]);
    if (!e && !c->async.how && !rpc_server_call_handle(c))
        e = detail_fail(ERR_RPC_NO_CALL, "the call has ended");
    for (i = 0; i < RPC_WATCHES; i++) {
        if (!e && bits & bit_of[i]) {
            pthread_mutex_lock(&lock);
            rpc_notice_drop(&c->watch[i].notice);
            c->watch[i] = (struct rpc_server_watch){ .on = true, .notice = notice[i] };
            pthread_mutex_unlock(&lock);
        } else {
            rpc_notice_drop(&notice[i]);
        }
    }
    if (e)
        return e;
    atomic_store(&c->watched, true);
    if (atomic_load(&c->hung_up))
        rpc_server_watch_tell(c, RPC_WATCH_DISCONNECT);
    if (atomic_load(&c->cancelled))
        rpc_server_watch_tell(c, RPC_WATCH_CANCEL);
    return ERR_OK;
}

enum err rpc_server_watch_end(struct rpc_server_call *c, unsigned bit, unsigned *ret_given)
{
    enum err e = ERR_INVALID_PARAMETER;
    int i;

    if (bit != RpcNotificationClientDisconnect && bit != RpcNotificationCallCancel)
        return detail_fail(ERR_UNSUPPORTED, "notification of 0x%x", bit);
    pthread_mutex_lock(&lock);
    for (i = 0; i < RPC_WATCHES; i++) {
        if (bit_of[i] != bit || !c->watch[i].on)
            continue;
        *ret_given = c->watch[i].given;
        rpc_notice_drop(&c->watch[i].notice);
        c->watch[i].on = false;
        e = ERR_OK;
    }
    pthread_mutex_unlock(&lock);
    return e ? detail_fail(e, "nobody has subscribed for that notification of the call") : ERR_OK;
}

void rpc_server_watch_tell(struct rpc_server_call *c, enum rpc_watch what)
{
    struct rpc_server_watch *w = &c->watch[what];
    RPC_ASYNC_STATE *state = c->async.how ? &c->async.state : NULL;
    struct rpc_notice notice = { 0 };

    pthread_mutex_lock(&lock);
    if (w->on && !w->given) {
        notice = w->notice;
        w->notice = (struct rpc_notice){ 0 };
        w->given = 1;
    }
    pthread_mutex_unlock(&lock);
    if (notice.type == RpcNotificationTypeNone)
        return;
    if (!state) /* a synchronous call is known by its binding */
        state = (RPC_ASYNC_STATE *)(uintptr_t)atomic_load(&c->handle);
    if (!state) { /* and it is over */
        rpc_notice_drop(&notice);
        return;
    }
    rpc_notice_give(&notice, state,
                    what == RPC_WATCH_CANCEL ? RpcClientCancel : RpcClientDisconnect);
}

void rpc_server_watch_forget(struct rpc_server_call *c)
{
    int i;

    if (!atomic_load(&c->watched))
        return;
    for (i = 0; i < RPC_WATCHES; i++) {
        rpc_notice_drop(&c->watch[i].notice);
        c->watch[i].on = false;
    }
    atomic_store(&c->watched, false);
}
