/* SPDX-License-Identifier: Apache-2.0
 * queue_session_client.c - sessions as a client opens them: what connecting is over ncadg_mq.
 */
#include "base/detail.h"
#include "base/impersonation.h"
#include "countersign/rpc.h"
#include "rpc/queue_session_state.h"
#include "rpc/thread.h"

enum { EXPIRY_SLACK = 5 }; /* seconds */

static void named(void *arg, const uint8_t id[QUEUED_ID], const char *server)
{
    (void)server;
    (void)!rpc_queue_session_enter(arg, id); /* a client's own have no limit */
}

static void cancel(void *arg)
{
    struct rpc_queue_session *s = arg;

    pthread_mutex_lock(&rpc_queue_sessions_lock);
    s->cancelled = true;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
}

/* It is in memory like its session, and gone when nobody waits for that any more. */
static struct queued_options options_until(int64_t deadline)
{
    struct queued_options o = { .priority = QUEUED_PRIORITY_DEFAULT,
                                .reach_seconds = QUEUED_FOR_EVER,
                                .receive_seconds = QUEUED_FOR_EVER };
    int64_t left = deadline - transport_now();

    if (deadline != TRANSPORT_NO_DEADLINE && left / 1000 < UINT32_MAX / 2)
        o.receive_seconds = (uint32_t)(left > 0 ? left / 1000 : 0) + EXPIRY_SLACK;
    return o;
}

/* A frame is the process's, whoever the thread is just now: the connection inside says who calls.
 */
static enum err ask(struct rpc_queue_session *s, const char *host, const char *queue,
                    int64_t deadline)
{
    const struct rpc_queue_frame open = { .type = RPC_QUEUE_OPEN };
    struct queued_request r = { .call = { .host = host,
                                          .queue = queue,
                                          .interface = rpc_queue_session_syntax,
                                          .opnum = RPC_QUEUE_TO_SERVER,
                                          .level = QUEUED_LEVEL_NONE,
                                          .options = options_until(deadline) },
                                .reply_queue = rpc_mailbox_name(s->box),
                                .named = named,
                                .arg = s };
    struct impersonation *aside;
    struct buf body = { 0 };
    enum err e = rpc_queue_frame_write(&open, &body);

    if (e)
        return e;
    r.call.body = buf_view(body);
    aside = impersonation_set_aside();
    e = s->door->ask(&r);
    impersonation_take_up_adopt(aside);
    buf_free(&body);
    return e;
}

/* With the lock. */
static bool is_awaited(const struct rpc_queue_session *s)
{
    return !s->peer_account && !s->flow.ended && !s->lost && !s->broken && !s->cancelled;
}

static enum err await(struct rpc_queue_session *s, int64_t deadline)
{
    const struct timespec until = { (time_t)(deadline / 1000), (long)(deadline % 1000) * 1000000 };
    int late = 0;
    enum err e = ERR_OK;

    pthread_mutex_lock(&rpc_queue_sessions_lock);
    while (is_awaited(s) && !late)
        late = deadline == TRANSPORT_NO_DEADLINE
                   ? pthread_cond_wait(&s->changed, &rpc_queue_sessions_lock)
                   : pthread_cond_timedwait(&s->changed, &rpc_queue_sessions_lock, &until);
    if (s->cancelled)
        e = ERR_RPC_CANCELLED;
    else if (s->lost)
        e = ERR_CONNECT;
    else if (s->flow.ended || s->broken)
        e = ERR_RPC_RESOURCES;
    else if (!s->peer_account)
        e = ERR_TIMEOUT;
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    return e;
}

/* Nothing of a call has left, whatever it was. */
static enum err tell(enum err e, const char *queue, uint32_t why)
{
    switch (e) {
    case ERR_TIMEOUT:
        detail_remedy("Start the server of that queue, or raise RPC_C_OPT_CALL_TIMEOUT.");
        return detail_fail(ERR_RPC_UNAVAILABLE, "no server of queue %.124s answered in time",
                           queue);
    case ERR_RPC_CANCELLED:
        return detail_fail(
            e, "the client cancelled it while it waited for a server of queue %.124s", queue);
    case ERR_CONNECT:
        detail_remedy("The call was not sent yet, and may be made again.");
        return detail_fail(ERR_RPC_UNAVAILABLE,
                           "the manager of queues went away before a server "
                           "of queue %.124s answered",
                           queue);
    case ERR_RPC_RESOURCES:
        detail_remedy("The server's log says why.");
        return detail_fail(ERR_RPC_UNAVAILABLE,
                           "the server of queue %.124s takes no session: status %u", queue, why);
    default:
        return e;
    }
}

static enum err open_session(struct rpc_queue_session *s, const char *host, const char *queue,
                             int64_t deadline)
{
    struct rpc_thread *t = NULL;
    enum err e = rpc_thread_get(&t);

    if (e)
        return e;
    rpc_thread_waits_for(t, cancel, s);
    e = ask(s, host, queue, deadline);
    if (!e)
        e = tell(await(s, deadline), queue, s->flow.why);
    rpc_thread_waited_for(t);
    return e;
}

static enum err session_connect(const char *address, const char *endpoint, int64_t deadline,
                                int *ret_fd)
{
    const struct queued_door *door = NULL;
    struct rpc_queue_session *s = NULL;
    enum err e = queued_name_check(endpoint); /* it may be the IDL's */

    if (!e)
        e = queued_find(&door);
    if (!e)
        e = rpc_queue_session_new(door, false, &s);
    if (!e)
        e = open_session(s, address ? address : "", endpoint, deadline);
    if (!e)
        e = rpc_queue_session_run_adopt(s, ret_fd);
    if (e && s)
        rpc_queue_session_free(s);
    return e;
}

static enum err no_name(int fd, bool peer, struct transport_name *ret)
{
    return transport_queued.name(fd, peer, ret);
}

static bool is_local(int fd)
{
    (void)fd;
    return false;
}

const struct transport rpc_queue_session_transport = { .protseq = "ncadg_mq",
                                                       .queued = true,
                                                       .connect = session_connect,
                                                       .name = no_name,
                                                       .peer_is_local = is_local };
