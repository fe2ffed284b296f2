/* SPDX-License-Identifier: Apache-2.0
 * client.c - a program's way to the queue manager: the client's side of mqd.idl.
 */
#include "queue/client.h"

#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>

#include <countersign/rpc.h>
#include <countersign/rpcndr.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "mqd.h"
#include "queue/client_owner.h"
#include "queue/client_status.h"
#include "queue/client_waits.h"
#include "queue/header.h"

enum { MARGIN_SECONDS = 60 };               /* before the end of a lease */
#define EPOCH_SECONDS UINT64_C(11644473600) /* from 1601 to 1970 */

static const char manager_binding[] = "ncalrpc:[COUNTERSIGN-MQD]";

struct queue_client {
    RPC_BINDING_HANDLE binding;
    mqd_queue queue;
    char *name;
    char manager[QUEUE_ACCOUNT_TEXT];
    pthread_mutex_t lock;
    pthread_cond_t idle; /* nothing is under way */
    size_t under_way;    /* calls */
};

struct call {
    RPC_ASYNC_STATE state;
    struct queue_client *client;
    queue_client_done_fn *done;
    void *arg;
};

/* The stubs' (the build gives these names of ours). */
void *midl_user_allocate(size_t size)
{
    return mem_alloc(size);
}

void midl_user_free(void *p)
{
    mem_free(p);
}

/* ---- calls under way ---- */

static void enter(struct queue_client *c)
{
    pthread_mutex_lock(&c->lock);
    c->under_way++;
    pthread_mutex_unlock(&c->lock);
}

static void leave(struct queue_client *c)
{
    pthread_mutex_lock(&c->lock);
    if (!--c->under_way)
        pthread_cond_broadcast(&c->idle);
    pthread_mutex_unlock(&c->lock);
}

static enum err of_call(struct queue_client *c, RPC_STATUS status, ULONG reply)
{
    return status == RPC_S_OK ? queue_client_fail(reply, c->name)
                              : queue_client_rpc_fail(status, c->name);
}

/* By the library's thread: a submission is over. */
static void RPC_ENTRY on_complete(RPC_ASYNC_STATE *state, void *context, RPC_ASYNC_EVENT event)
{
    struct call *call = (struct call *)state->UserInfo;
    struct queue_client *c = call->client;
    ULONG reply = 0;
    RPC_STATUS status;

    (void)context;
    (void)event;
    detail_begin("queued message");
    status = RpcAsyncCompleteCall(state, &reply);
    call->done(call->arg, of_call(c, status, reply));
    mem_free(call);
    leave(c);
}

static struct call *call_new(struct queue_client *c, queue_client_done_fn *done, void *arg)
{
    struct call *call = mem_zero(sizeof *call);

    if (!call)
        return NULL;
    (void)RpcAsyncInitializeHandle(&call->state, sizeof call->state);
    call->client = c;
    call->done = done;
    call->arg = arg;
    call->state.UserInfo = call;
    call->state.NotificationType = RpcNotificationTypeCallback;
    call->state.u.NotificationRoutine = on_complete;
    return call;
}

/* ---- handing over ---- */

static enum err check_size(const struct queue_client *c, struct bytes message)
{
    if (message.len && message.len <= MQD_MESSAGE_MOST)
        return ERR_OK;
    return queue_client_fail(message.len ? MQD_TOO_LARGE : MQD_MALFORMED, c->name);
}

/* An exception says that the call never was. */
static RPC_STATUS start_submit(struct call *call, struct bytes message)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        queue_MqdSubmit(&call->state, call->client->queue, (ULONG)message.len,
                        (byte *)(uintptr_t)message.ptr);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

enum err queue_client_submit(struct queue_client *c, struct bytes message,
                             queue_client_done_fn *done, void *arg)
{
    struct call *call;
    RPC_STATUS status;
    enum err e = check_size(c, message);

    if (e)
        return e;
    call = call_new(c, done, arg);
    if (!call)
        return ERR_NO_MEMORY;
    enter(c);
    status = start_submit(call, message);
    if (status == RPC_S_OK)
        return ERR_OK;
    mem_free(call);
    leave(c);
    return queue_client_rpc_fail(status, c->name);
}

/* lease: NULL in no transaction. */
static enum err submit_and_wait(struct queue_client *c, const uint64_t *lease, struct bytes message)
{
    RPC_STATUS status;
    ULONG reply = 0;
    enum err e = check_size(c, message);

    if (e)
        return e;
    enter(c);
    status = queue_wait_submit(c->queue, lease, message, &reply);
    leave(c);
    return of_call(c, status, reply);
}

enum err queue_client_send(struct queue_client *c, struct bytes message)
{
    return submit_and_wait(c, NULL, message);
}

enum err queue_client_send_joined(struct queue_client *c, uint64_t lease, struct bytes message)
{
    return submit_and_wait(c, &lease, message);
}

/* ---- receiving ---- */

enum err queue_client_receive(struct queue_client *c,
                              const struct queue_client_interface *interfaces, size_t count,
                              uint32_t wait_ms, struct queue_received *ret)
{
    ULONG reply = 0;
    RPC_STATUS status;

    if (count > MQD_INTERFACES_MOST || wait_ms > MQD_WAIT_MOST)
        return queue_client_fail(MQD_INVALID, c->name);
    enter(c);
    status = queue_wait_receive(c->queue, interfaces, count, wait_ms, ret, &reply);
    leave(c);
    return of_call(c, status, reply);
}

/* ---- what becomes of a message ---- */

/* One thread waits for one call, which goes where those go that nobody waits for: behind them. */
struct waiting {
    sem_t over;
    enum err err;
    struct detail detail; /* the other thread's, for this one */
};

static void wait_over(void *arg, enum err e)
{
    struct waiting *w = arg;

    w->err = e;
    if (e)
        w->detail = *detail_get();
    sem_post(&w->over);
}

static void wait_init(struct waiting *w)
{
    w->err = ERR_OK;
    (void)sem_init(&w->over, 0, 0);
}

static void wait_for(sem_t *over)
{
    while (sem_wait(over) != 0)
        continue;
}

/* e: of the start. */
static enum err wait_end(struct waiting *w, enum err e)
{
    if (!e) {
        wait_for(&w->over);
        e = w->err;
        if (e)
            *detail_get() = w->detail;
    }
    sem_destroy(&w->over);
    return e;
}

static RPC_STATUS start_begin(struct call *call, uint64_t lease)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        queue_MqdBegin(&call->state, call->client->queue, lease);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

static enum err begin(struct queue_client *c, uint64_t lease, queue_client_done_fn *done, void *arg)
{
    struct call *call = call_new(c, done, arg);
    RPC_STATUS status;

    if (!call)
        return ERR_NO_MEMORY;
    enter(c);
    status = start_begin(call, lease);
    if (status == RPC_S_OK)
        return ERR_OK;
    mem_free(call);
    leave(c);
    return queue_client_rpc_fail(status, c->name);
}

/* What came of it shows when the outcome is told. */
static void begun(void *arg, enum err e)
{
    (void)arg;
    if (e)
        log_debug("queue: the begin of a message was not heard: %s", detail_get()->text);
}

/* The clock is the manager's, whose host this is: it may have been set, or this process stopped. */
static bool is_surely_ours(uint64_t until)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return !until || ((uint64_t)now.tv_sec + EPOCH_SECONDS + MARGIN_SECONDS) * QUEUE_SECOND < until;
}

enum err queue_client_begin(struct queue_client *c, uint64_t lease, uint64_t until)
{
    struct waiting w;

    if (is_surely_ours(until))
        return begin(c, lease, begun, NULL);
    wait_init(&w);
    return wait_end(&w, begin(c, lease, wait_over, &w));
}

enum err queue_client_begin_transaction(struct queue_client *c, uint64_t lease)
{
    volatile RPC_STATUS status = RPC_S_OK;
    volatile ULONG reply = 0;

    RpcTryExcept
    {
        reply = queue_MqdBeginTransaction(c->queue, lease);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return of_call(c, status, reply);
}

static RPC_STATUS start_outcome(struct call *call, uint64_t lease, ULONG outcome, ULONG reason)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        queue_MqdOutcome(&call->state, call->client->queue, lease, outcome, reason);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

enum err queue_client_tell(struct queue_client *c, uint64_t lease, enum queue_outcome outcome,
                           uint32_t reason, queue_client_done_fn *done, void *arg)
{
    struct call *call;
    RPC_STATUS status;

    if (reason > MQD_REASON_MOST)
        return queue_client_fail(MQD_INVALID, c->name);
    call = call_new(c, done, arg);
    if (!call)
        return ERR_NO_MEMORY;
    enter(c);
    status = start_outcome(call, lease, (ULONG)outcome, reason);
    if (status == RPC_S_OK)
        return ERR_OK;
    mem_free(call);
    leave(c);
    return queue_client_rpc_fail(status, c->name);
}

enum err queue_client_outcome(struct queue_client *c, uint64_t lease, enum queue_outcome outcome,
                              uint32_t reason)
{
    struct waiting w;

    wait_init(&w);
    return wait_end(&w, queue_client_tell(c, lease, outcome, reason, wait_over, &w));
}

/* ---- opened and closed ---- */

/* Neither root's nor ours: somebody has taken the name. */
static RPC_STATUS bind_to(const char *account, RPC_BINDING_HANDLE *ret)
{
    RPC_SECURITY_QOS qos = { .Version = RPC_C_SECURITY_QOS_VERSION_1,
                             .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
                             .ImpersonationType = RPC_C_IMP_LEVEL_IDENTIFY };
    RPC_STATUS status = RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)manager_binding, ret);

    if (status == RPC_S_OK)
        status = RpcBindingSetAuthInfoExA(*ret, (RPC_CSTR)(uintptr_t)account,
                                          RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_NEGOTIATE,
                                          NULL, RPC_C_AUTHZ_NONE, &qos);
    return status;
}

static ULONG access_of(unsigned flags)
{
    ULONG access = 0;

    if (flags & QUEUE_OPEN_SEND)
        access |= MQD_RIGHT_SEND;
    if (flags & QUEUE_OPEN_RECEIVE)
        access |= MQD_RIGHT_DELETE | MQD_RIGHT_PEEK;
    return access;
}

static ULONG flags_of(unsigned flags)
{
    return (flags & QUEUE_OPEN_CREATE ? MQD_CREATE : 0U) |
           (flags & QUEUE_OPEN_TEMPORARY ? MQD_TEMPORARY : 0U) |
           (flags & QUEUE_OPEN_CLEAR ? MQD_CLEAR : 0U) |
           (flags & QUEUE_OPEN_KEEP_ACCESS ? MQD_KEEP_ACCESS : 0U);
}

static enum err open_queue(struct queue_client *c, const struct queue_client_how *how)
{
    mqd_settings *settings = mem_zero(sizeof *settings);
    mqd_opened opened = { { 0 }, { 0 } };
    enum err e;
    volatile RPC_STATUS status = RPC_S_OK;
    volatile ULONG reply = 0;
    char name[MQD_NAME];

    if (!settings)
        return ERR_NO_MEMORY;
    if (strlen(how->queue) >= sizeof name ||
        (how->access && strlen(how->access) >= sizeof settings->access)) {
        mem_free(settings);
        return queue_client_fail(MQD_INVALID, how->queue);
    }
    memcpy(name, how->queue, strlen(how->queue) + 1);
    if (how->access)
        memcpy(settings->access, how->access, strlen(how->access) + 1);
    RpcTryExcept
    {
        reply = queue_MqdOpen(c->binding, name, access_of(how->flags), flags_of(how->flags),
                              how->access ? MQD_SET_ACCESS : 0, settings, &opened, &c->queue);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    mem_free(settings);
    e = of_call(c, status, reply);
    (void)snprintf(c->manager, sizeof c->manager, "%s", (const char *)opened.manager);
    if (!e && how->flags & QUEUE_OPEN_CREATE && how->flags & QUEUE_OPEN_RECEIVE)
        e = queue_client_check_owner(name, (const char *)opened.owner, (const char *)opened.manager,
                                     how->owner);
    return e;
}

static void tell_closed(struct queue_client *c)
{
    RpcTryExcept
    {
        (void)queue_MqdClose(&c->queue);
    }
    RpcExcept (1) {
        log_debug("queue: %s is not closed: status %d", c->name, (int)RpcExceptionCode());
    }
    RpcEndExcept
}

/* The doors it goes through forget why it has come to this. */
static void discard(struct queue_client *c)
{
    struct detail before = *detail_get();

    if (c->queue)
        tell_closed(c);
    if (c->queue)
        (void)RpcSmDestroyClientContext(&c->queue);
    if (c->binding)
        (void)RpcBindingFree(&c->binding);
    pthread_cond_destroy(&c->idle);
    pthread_mutex_destroy(&c->lock);
    mem_free(c->name);
    mem_free(c);
    *detail_get() = before;
}

enum err queue_client_open(const struct queue_client_how *how, struct queue_client **ret)
{
    struct queue_client *c = mem_zero(sizeof *c);
    RPC_STATUS status;
    enum err e = ERR_NO_MEMORY;

    if (!c)
        return e;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->idle, NULL);
    c->name = mem_strdup(how->queue);
    if (c->name) {
        status = bind_to(how->manager, &c->binding);
        e = status == RPC_S_OK ? open_queue(c, how) : queue_client_rpc_fail(status, c->name);
    }
    if (e)
        discard(c);
    else
        *ret = c;
    return e;
}

const char *queue_client_manager(const struct queue_client *c)
{
    return c->manager;
}

/* What the manager says of the queue; mem_free. */
static enum err show(struct queue_client *c, mqd_info **ret)
{
    mqd_info *info = mem_zero(sizeof *info);
    volatile RPC_STATUS status = RPC_S_OK;
    volatile ULONG reply = 0;
    char name[MQD_NAME];
    enum err e;

    if (!info)
        return ERR_NO_MEMORY;
    memcpy(name, c->name, strlen(c->name) + 1); /* it fitted when it was opened */
    RpcTryExcept
    {
        reply = queue_MqdShow(c->binding, name, info);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    e = of_call(c, status, reply);
    if (e)
        mem_free(info);
    else
        *ret = info;
    return e;
}

enum err queue_client_owner(struct queue_client *c, char ret[QUEUE_ACCOUNT_TEXT])
{
    mqd_info *info = NULL;
    enum err e = show(c, &info);

    if (!e)
        (void)snprintf(ret, QUEUE_ACCOUNT_TEXT, "%s", (const char *)info->owner);
    mem_free(info);
    return e;
}

enum err queue_client_list(struct queue_client *c, char ret[QUEUE_LIST_TEXT])
{
    mqd_info *info = NULL;
    enum err e = show(c, &info);

    static_assert(QUEUE_LIST_TEXT >= MQD_SDDL, "room for the list");
    if (!e)
        (void)snprintf(ret, QUEUE_LIST_TEXT, "%s", (const char *)info->settings.access);
    mem_free(info);
    return e;
}

void queue_client_close(struct queue_client *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    while (c->under_way)
        pthread_cond_wait(&c->idle, &c->lock);
    pthread_mutex_unlock(&c->lock);
    discard(c);
}
