/* SPDX-License-Identifier: Apache-2.0
 * queue_client.c - a client's bindings of ncadg_mq, and calls left in a queue,
 * whose answers may be waited for.
 * desktop-src/Rpc/developing-rpc-message-queuing-applications.md
 *
 * Nobody asks the server what it speaks: a call is written in NDR, unless its stub has NDR64 alone.
 */
#include "rpc/queue_client.h"
#include "rpc/queue_transaction.h"

#include "base/alloc.h"
#include "base/detail.h"

#include "rpc/mailbox.h"
#include "rpc/mgmt_client.h"

#include <countersign/rpcdce.h>

enum { EXPIRY_SLACK = 5 }; /* seconds */

struct queued_options rpc_queue_options(void)
{
    return (struct queued_options){ .priority = QUEUED_PRIORITY_DEFAULT,
                                    .reach_seconds = QUEUED_FOR_EVER,
                                    .receive_seconds = QUEUED_FOR_EVER };
}

enum err rpc_queue_check_binding(const struct rpc_string_binding *name)
{
    if (name->options && *name->options)
        return detail_fail(ERR_RPC_OPTIONS, "ncadg_mq has no network options, as \"%.64s\"",
                           name->options);
    return name->endpoint && *name->endpoint ? queued_name_check(name->endpoint) : ERR_OK;
}

/* ---- options ---- */

static enum err no_option(uint32_t option)
{
    return detail_fail(ERR_UNSUPPORTED, "option %u of a binding of ncadg_mq is not supported",
                       option);
}

/* The greatest value, where there is one. */
static bool in_range(uint32_t option, uint64_t value)
{
    switch (option) {
    case RPC_C_OPT_MQ_DELIVERY:
        return value <= RPC_C_MQ_RECOVERABLE;
    case RPC_C_OPT_MQ_PRIORITY:
        return value <= QUEUED_PRIORITY_MAX;
    case RPC_C_OPT_MQ_JOURNAL:
        return value <= RPC_C_MQ_JOURNAL_ALWAYS;
    case RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE:
    case RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED:
    case RPC_C_OPT_MQ_AUTHN_SERVICE:
    case RPC_C_OPT_MQ_AUTHN_LEVEL:
        return value <= UINT32_MAX;
    default:
        return true;
    }
}

static void put(struct queued_options *o, uint32_t option, uint64_t value)
{
    switch (option) {
    case RPC_C_OPT_MQ_DELIVERY:
        o->recoverable = value == RPC_C_MQ_RECOVERABLE;
        break;
    case RPC_C_OPT_MQ_PRIORITY:
        o->priority = (uint8_t)value;
        break;
    case RPC_C_OPT_MQ_JOURNAL:
        o->journal = (enum queued_journal)value;
        break;
    case RPC_C_OPT_MQ_ACKNOWLEDGE:
        o->acknowledge = value != 0;
        break;
    case RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE:
        o->reach_seconds = (uint32_t)value;
        break;
    default:
        o->receive_seconds = (uint32_t)value;
        break;
    }
}

/* The same as RpcBindingSetAuthInfo with the principal the binding has, if it has one. */
static enum err set_identity(struct rpc_binding *b, uint32_t option, uint32_t value)
{
    struct rpc_identity *before = rpc_binding_identity(b), *after = NULL;
    struct rpc_identity_ask ask = { .queued = true,
                                    .service = RPC_C_AUTHN_DEFAULT,
                                    .level = RPC_C_AUTHN_LEVEL_DEFAULT,
                                    .authorization = RPC_C_AUTHZ_NONE };
    enum err e;

    if (before)
        ask = before->ask;
    if (option == RPC_C_OPT_MQ_AUTHN_SERVICE)
        ask.service = value;
    else
        ask.level = value;
    e = rpc_identity_new(&ask, &after);
    if (!e)
        rpc_binding_set_identity_adopt(b, after);
    rpc_identity_unref(before);
    return e;
}

enum err rpc_queue_set_option(struct rpc_binding *b, uint32_t option, uint64_t value)
{
    if (!in_range(option, value))
        return detail_fail(ERR_INVALID_PARAMETER, "option %u of ncadg_mq cannot be %llu", option,
                           (unsigned long long)value);
    switch (option) {
    case RPC_C_OPT_MQ_DELIVERY:
    case RPC_C_OPT_MQ_PRIORITY:
    case RPC_C_OPT_MQ_JOURNAL:
    case RPC_C_OPT_MQ_ACKNOWLEDGE:
    case RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE:
    case RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED:
        lock_take(&b->lock);
        put(&b->set.queued, option, value);
        lock_give(&b->lock);
        return ERR_OK;
    case RPC_C_OPT_MQ_AUTHN_SERVICE:
    case RPC_C_OPT_MQ_AUTHN_LEVEL:
        return set_identity(b, option, (uint32_t)value);
    case RPC_C_OPT_CALL_TIMEOUT:
        rpc_binding_set_call_timeout(b, value >= UINT32_MAX ? 0 : (uint32_t)value);
        return ERR_OK;
    case RPC_C_OPT_BINDING_NONCAUSAL:
        rpc_binding_set_noncausal(b, value != 0);
        return ERR_OK;
    default:
        return no_option(option);
    }
}

static uint64_t identity_part(struct rpc_binding *b, uint32_t option)
{
    struct rpc_identity *a = rpc_binding_identity(b);
    uint64_t value =
        option == RPC_C_OPT_MQ_AUTHN_SERVICE ? RPC_C_AUTHN_NONE : RPC_C_AUTHN_LEVEL_NONE;

    if (a)
        value = option == RPC_C_OPT_MQ_AUTHN_SERVICE ? a->service : a->level;
    rpc_identity_unref(a);
    return value;
}

enum err rpc_queue_inq_option(struct rpc_binding *b, uint32_t option, uint64_t *ret_value)
{
    struct rpc_binding_options o = rpc_binding_options(b);
    const uint64_t values[] = {
        [RPC_C_OPT_MQ_DELIVERY] = o.queued.recoverable ? RPC_C_MQ_RECOVERABLE : RPC_C_MQ_EXPRESS,
        [RPC_C_OPT_MQ_PRIORITY] = o.queued.priority,
        [RPC_C_OPT_MQ_JOURNAL] = o.queued.journal,
        [RPC_C_OPT_MQ_ACKNOWLEDGE] = o.queued.acknowledge,
        [RPC_C_OPT_MQ_AUTHN_SERVICE] = identity_part(b, RPC_C_OPT_MQ_AUTHN_SERVICE),
        [RPC_C_OPT_MQ_AUTHN_LEVEL] = identity_part(b, RPC_C_OPT_MQ_AUTHN_LEVEL),
        [RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE] = o.queued.reach_seconds,
        [RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED] = o.queued.receive_seconds,
        [RPC_C_OPT_BINDING_NONCAUSAL] = o.noncausal,
        [RPC_C_OPT_CALL_TIMEOUT] = o.call_timeout,
    };

    static_assert(RPC_C_OPT_MQ_DELIVERY == 1 && RPC_C_OPT_CALL_TIMEOUT == 12, "10 and 11 are none");
    if (!option || option >= sizeof values / sizeof *values ||
        option == RPC_C_OPT_SECURITY_CALLBACK || option == RPC_C_OPT_UNIQUE_BINDING)
        return no_option(option);
    *ret_value = values[option];
    return ERR_OK;
}

/* ---- calls ---- */

static enum err not_over(const struct rpc_call *call, const char *what)
{
    detail_remedy("Call it over ncacn_ip_tcp or ncalrpc.");
    return detail_fail(ERR_UNSUPPORTED, "%s, procedure %u: ncadg_mq carries no %s",
                       call->face->Head.Name, call->opnum, what);
}

OFTEN bool rpc_queue_is_left(struct rpc_binding *b)
{
    struct rpc_identity *a = b->transport == &transport_queued ? rpc_binding_identity(b) : NULL;
    bool session = rpc_identity_is_session(a);

    rpc_identity_unref(a);
    return b->transport == &transport_queued && !session;
}

/* A message is sealed before its server is there to prove anything. */
static enum err not_by_session(const struct rpc_call *call)
{
    detail_remedy("Authenticate the binding by RPC_C_AUTHN_MQ.");
    return detail_fail(ERR_RPC_AUTHN_SERVICE,
                       "%s, procedure %u: a [message] is proven by RPC_C_AUTHN_MQ alone",
                       call->face->Head.Name, call->opnum);
}

enum err rpc_queue_check_call(const struct rpc_call *call)
{
    const struct transport *t = call->binding->transport;

    if (call->flags & CS_CALL_MESSAGE && !t->queued) {
        detail_remedy("Make a binding of ncadg_mq, whose endpoint is the name of a queue.");
        return detail_fail(ERR_UNSUPPORTED,
                           "%s, procedure %u: a [message] goes over ncadg_mq, not %s",
                           call->face->Head.Name, call->opnum, t->protseq);
    }
    if (!t->queued)
        return ERR_OK;
    if (!rpc_queue_is_left(call->binding))
        return call->flags & CS_CALL_MESSAGE ? not_by_session(call) : ERR_OK;
    if (call->flags & CS_CALL_MESSAGE)
        return ERR_OK;
    if (call->flags & CS_CALL_MAYBE)
        return not_over(call, "[maybe]: mark the procedure [message]");
    if (call->flags & (CS_CALL_PIPE_IN | CS_CALL_PIPE_OUT))
        return not_over(call, "pipes");
    if (call->flags & RPC_CALL_UNASKED)
        return not_over(call, "asynchronous calls");
    if (rpc_mgmt_is(call->face))
        return not_over(call, "questions to the server's management");
    return ERR_OK;
}

struct letter { /* what a call needs of its binding, as it was when the call was made */
    char *host, *queue;
    struct rpc_identity *identity;
    struct uuid object;
    struct queued_options options;
};

static void letter_done(struct letter *l)
{
    mem_free(l->host);
    mem_free(l->queue);
    rpc_identity_unref(l->identity);
}

static enum err letter_of(struct rpc_binding *b, struct letter *l)
{
    enum err e;

    lock_take(&b->lock);
    l->host = mem_strdup(b->host);
    l->queue = mem_strdup(b->endpoint ? b->endpoint : "");
    l->object = b->object;
    l->options = b->set.queued;
    l->identity = rpc_identity_ref(b->identity);
    lock_give(&b->lock);
    e = l->host && l->queue ? ERR_OK : ERR_NO_MEMORY;
    return e ? e : queued_name_check(l->queue); /* it may be the IDL's */
}

static struct queued_syntax syntax_of(const struct rpc_syntax *s)
{
    return (struct queued_syntax){ s->uuid, s->major, s->minor };
}

/* Views into the letter and the call. */
static struct queued_call call_of(const struct rpc_call *call, const struct letter *l)
{
    const struct rpc_syntax *transfer = rpc_transfer_syntax(call->syntax);
    struct queued_call c = { .host = l->host,
                             .queue = l->queue,
                             .interface = syntax_of(&call->interface),
                             .transfer = syntax_of(transfer),
                             .opnum = (uint16_t)call->opnum,
                             .object = l->object,
                             .body = bytes_of(call->out.w.ptr, call->out.w.len),
                             .level = QUEUED_LEVEL_NONE,
                             .options = l->options };

    if (l->identity) {
        c.level = (enum queued_level)l->identity->level;
        c.server = l->identity->principal;
    }
    return c;
}

static enum err begin(struct rpc_call *call, struct letter *l, const struct queued_door **ret)
{
    enum err e = ERR_OK;

    if (!rpc_binding_is_bound(call->binding))
        e = rpc_call_resolve(call->binding, &call->face->Head);
    if (!e)
        e = letter_of(call->binding, l);
    return e ? e : queued_find(ret);
}

/* A cancel ends no call of the manager's: it may have the message any moment, and its other calls
 * of this process would lose their queues with the connection. */
static void do_nothing(void *arg)
{
    (void)arg;
}

enum err rpc_queue_submit(struct rpc_call *call)
{
    const struct queued_door *door = NULL;
    struct letter l = { 0 };
    struct queued_call c;
    enum err e = begin(call, &l, &door);

    if (!e) {
        c = call_of(call, &l);
        rpc_thread_waits_for(call->thread, do_nothing, NULL);
        e = rpc_queue_send(door, &c);
        rpc_thread_waited_for(call->thread);
    }
    letter_done(&l);
    return e;
}

/* ---- calls that are answered ---- */

/* Nobody executes what nobody waits for: it expires with the time-out, or a little later, for its
 * answer may be under way. */
static void bound(struct queued_options *o, uint32_t timeout_ms)
{
    uint32_t most = timeout_ms / 1000 + EXPIRY_SLACK;

    if (timeout_ms && o->receive_seconds > most)
        o->receive_seconds = most;
    if (o->reach_seconds != QUEUED_FOR_EVER && o->reach_seconds > o->receive_seconds)
        o->reach_seconds = o->receive_seconds;
}

/* Adopts mail's block. */
static enum err take(struct rpc_call *call, const struct rpc_mail *mail)
{
    struct rpc_received r = { .block = mail->block };

    r.pdu.header.drep = (struct ndr_drep){ true, true, true };
    r.pdu.header.type = mail->fault ? RPC_FAULT : RPC_RESPONSE;
    if (mail->fault)
        r.fault.status = mail->fault;
    else
        r.response.stub = mail->stub;
    return rpc_call_answer(call, &r);
}

static enum err lost(const struct rpc_call *call, enum err e)
{
    if (e == ERR_CONNECT)
        return rpc_call_tell(call, ERR_RPC_FAILED,
                             "the manager of queues went away before the answer",
                             "The call may be executed: look before making it again.");
    if (e == ERR_RPC_CANCELLED)
        return rpc_call_tell(call, e, "the client cancelled it, and did not wait for the answer",
                             "The server may still execute the call.");
    return e == ERR_TIMEOUT ? rpc_call_lost(call, e) : e;
}

enum err rpc_queue_converse(struct rpc_call *call)
{
    const struct queued_door *door = NULL;
    struct letter l = { 0 };
    struct rpc_mail mail = { 0 };
    struct queued_call c;
    int64_t deadline;
    enum err e = begin(call, &l, &door);

    if (!e) {
        call->target.call_timeout = rpc_binding_options(call->binding).call_timeout;
        deadline = call->target.call_timeout ? transport_deadline_in(call->target.call_timeout)
                                             : TRANSPORT_NO_DEADLINE;
        bound(&l.options, call->target.call_timeout);
        c = call_of(call, &l);
        e = rpc_mailbox_ask(door, &c, deadline, call->thread, &mail);
    }
    letter_done(&l);
    return e ? lost(call, e) : take(call, &mail);
}
