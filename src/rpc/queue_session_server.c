/* SPDX-License-Identifier: Apache-2.0
 * queue_session_server.c - sessions as a server takes them: each becomes one of its connections.
 */
#include <unistd.h>

#include "base/detail.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "countersign/rpc.h"
#include "rpc/queue_server.h"
#include "rpc/queue_session_state.h"
#include "rpc/server_link.h"

/* ---- taken ---- */

static enum err check(const struct queued_message *m)
{
    struct rpc_queue_frame f;
    enum err e = rpc_queue_frame_read(m->body, &f);

    if (e)
        return e;
    if (f.type != RPC_QUEUE_OPEN || m->opnum != RPC_QUEUE_TO_SERVER || !m->reply_queue ||
        !m->submitter)
        return detail_fail(ERR_MALFORMED, "a frame of type %d opens no session", (int)f.type);
    return ERR_OK;
}

/* Its client hears what queue to write to. */
static enum err greet(const struct rpc_queue_session *s)
{
    const struct rpc_queue_frame here = { .type = RPC_QUEUE_HERE,
                                          .rest = bytes_of_text(rpc_mailbox_name(s->box)) };

    return rpc_queue_session_say(s, &here);
}

static void refuse(struct rpc_queue_session *s, const struct queued_message *m)
{
    const struct rpc_queue_frame end = { .type = RPC_QUEUE_END,
                                         .why = (uint32_t)RPC_S_SERVER_TOO_BUSY };

    memcpy(s->id, m->id, sizeof s->id);
    if (rpc_queue_session_say(s, &end))
        log_debug("rpc: %s could not be told", s->peer_account);
}

static enum err take(struct rpc_queue_session *s, const struct queued_message *m, int *ret_fd)
{
    enum err e = rpc_queue_session_meet(s, m->reply_queue, m);

    if (e)
        return e;
    e = rpc_queue_session_enter(s, m->id);
    if (!e)
        e = greet(s);
    if (!e)
        e = rpc_queue_session_run_adopt(s, ret_fd);
    if (e)
        refuse(s, m);
    return e;
}

void rpc_queue_session_accept(struct rpc_queue *q, struct queued_message *m)
{
    const struct queued_outcome outcome = { QUEUED_EXECUTED, 0 };
    struct rpc_server_link_queue of = { q->name, q->least, m->submitter };
    struct rpc_queue_session *s = NULL;
    int fd = -1;
    enum err e = check(m);

    if (!e)
        e = rpc_queue_session_new(q->door, true, &s);
    if (!e)
        e = take(s, m, &fd);
    if (!e)
        rpc_server_link_start_queued_adopt(fd, &of, q->access);
    else
        log_warning("rpc: queue %s: a session is not taken: %s", q->name, detail_get()->text);
    if (e && s)
        rpc_queue_session_free(s);
    q->door->settle(q->open, m, &outcome);
}

/* ---- its calls ---- */

static bool is_known(const struct rpc_registration *r)
{
    return r->built_in || r->flags & RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH;
}

bool rpc_queue_session_is_strong(struct rpc_server_call *c)
{
    const uint8_t level = rpc_server_call_level(c),
                  wanted = (uint8_t)policy_number(POLICY_QUEUE_LEVEL);
    const struct rpc_server_link_queue *of = rpc_server_link_of_queue(c->link);

    if (!of)
        return true;
    if (level < of->least) {
        log_audit("rpc: queue %s refuses a call of \"%s\" at level %u, lower than %u", of->name,
                  rpc_server_call_caller(c).name, level, of->least);
        return false;
    }
    return level >= wanted || is_known(c->registration) ||
           !policy_forbids(POLICY_QUEUE_LEVEL, "a call of \"%s\" to queue %s at level %u",
                           rpc_server_call_caller(c).name, of->name, level);
}
