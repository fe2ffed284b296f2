/* SPDX-License-Identifier: Apache-2.0
 * queue_call.c - a message out of a queue as a call: whether it may be made, who makes it, and what
 * became of it.
 *
 * To what looks at calls it came in by a connection of its own, which has no descriptor, and where
 * one security context says what the message has proven.
 */
#include <semaphore.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "base/sid.h"
#include "countersign/rpc.h"
#include "rpc/access.h"
#include "rpc/fault.h"
#include "rpc/queue_answer.h"
#include "rpc/queue_server.h"
#include "rpc/queue_session.h"
#include "rpc/queue_transaction.h"
#include "rpc/server.h"
#include "rpc/server_link_state.h"

struct rpc_queue_call {
    struct rpc_queue *queue;
    struct queued_message *message; /* until it is settled */
    struct rpc_registration *registration;
    struct rpc_transaction transaction;
    struct sid *sids;
    size_t sids_count;
    sem_t over;
    bool asked;    /* its client waits for an answer */
    bool waits_on; /* it was given back */
};

void rpc_queue_call_free(struct rpc_queue_call *k)
{
    if (!k)
        return;
    rpc_registration_unref(k->registration);
    sem_destroy(&k->over);
    mem_free(k->sids);
    mem_free(k);
}

const char *rpc_queue_call_endpoint(const struct rpc_queue_call *k)
{
    return k->queue->name;
}

const struct sid *rpc_queue_call_sids(const struct rpc_queue_call *k, size_t *ret_count)
{
    *ret_count = k->sids_count;
    return k->sids;
}

/* ---- what became of it ---- */

static const char *name_of(const struct queued_message *m)
{
    return m->sender && *m->sender ? m->sender : "nobody";
}

static void settle(struct rpc_queue_call *k, enum queued_end end, uint32_t status)
{
    const struct queued_outcome outcome = { end, status };

    k->waits_on = end == QUEUED_RETURNED;
    k->queue->door->settle(k->queue->open, k->message, &outcome);
    k->message = NULL;
}

bool rpc_queue_call_is_asked(const struct rpc_queue_call *k)
{
    return k->asked;
}

uint32_t rpc_queue_call_begin(struct rpc_queue_call *k, bool idempotent)
{
    enum err e;

    if (k->asked && k->message->deliveries && !idempotent) {
        log_warning("rpc: a call out of queue %s was begun before, and is not idempotent: it is "
                    "not executed again",
                    k->queue->name);
        return rpc_fault_wire(RPC_S_CALL_FAILED);
    }
    e = k->transaction.witness.ask ? k->queue->door->begin_transaction(k->queue->open, k->message)
                                   : k->queue->door->begin(k->queue->open, k->message);
    if (e)
        log_warning("rpc: a message out of queue %s cannot begin: %s", k->queue->name,
                    detail_get()->text);
    return e ? NCA_S_SERVER_TOO_BUSY : 0;
}

/* Faults that say nothing of the message: at another time it may be executed. */
static bool is_for_now(uint32_t fault)
{
    return fault == NCA_S_SERVER_TOO_BUSY || fault == NCA_S_UNK_IF ||
           fault == NCA_S_FAULT_REMOTE_NO_MEMORY || fault == NCA_S_FAULT_CANCEL;
}

/* Its client, should it still wait, learns it from the answer, or at last by its time-out. */
static void answer(const struct rpc_queue *q, const struct queued_message *m, uint32_t fault,
                   struct bytes out)
{
    const struct rpc_queue_answer a = { fault, out };
    struct buf body = { 0 };
    enum err e = rpc_queue_answer_write(&a, &body);

    if (!e)
        e = q->door->reply(m, buf_view(body));
    buf_free(&body);
    if (e)
        log_warning("rpc: a call of \"%s\" out of queue %s is not answered: %s", name_of(m),
                    q->name, detail_get()->text);
}

/* An exception is an answer, as over a connection; it is not tried again. */
static void settle_asked(struct rpc_queue_call *k, uint32_t fault, bool executed, struct bytes out)
{
    uint32_t status = fault ? rpc_fault_status(fault) : 0;

    if (fault && !executed && is_for_now(fault)) {
        settle(k, QUEUED_RETURNED, 0);
        return;
    }
    answer(k->queue, k->message, fault, out);
    if (!fault || executed)
        settle(k, QUEUED_EXECUTED, 0);
    else
        settle(k, QUEUED_REFUSED, status ? status : (uint32_t)RPC_S_CALL_FAILED);
}

void rpc_queue_call_settle(struct rpc_queue_call *k, uint32_t fault, bool executed,
                           struct bytes out)
{
    uint32_t status = fault ? rpc_fault_status(fault) : 0;
    enum queued_end end = QUEUED_EXECUTED;

    if (!k->asked && fault && executed)
        end = rpc_transaction_fail(&k->transaction);
    if (k->asked)
        settle_asked(k, fault, executed, out);
    else if (!fault || (executed && end != QUEUED_FAILED))
        settle(k, end, 0);
    else if (executed)
        settle(k, QUEUED_FAILED, status ? status : (uint32_t)RPC_S_CALL_FAILED);
    else if (is_for_now(fault))
        settle(k, QUEUED_RETURNED, 0);
    else
        settle(k, QUEUED_REFUSED, status ? status : (uint32_t)RPC_S_CALL_FAILED);
    sem_post(&k->over);
}

/* ---- its transaction ---- */

enum err rpc_queue_send(const struct queued_door *door, const struct queued_call *call)
{
    const struct rpc_server_call *c = rpc_server_call_current();
    const struct rpc_queue_call *k = c && c->link ? rpc_server_link_queued(c->link) : NULL;

    if (!k || !k->transaction.witness.ask)
        return door->submit(call);
    return door->submit_joined(call, k->queue->open, k->message);
}

enum err rpc_queue_token(const struct rpc_server_call *c, uint8_t ret[QUEUED_TOKEN])
{
    const struct rpc_queue_call *k = c->link ? rpc_server_link_queued(c->link) : NULL;

    if (!k)
        return detail_fail(ERR_UNSUPPORTED, "the call did not come out of a queue");
    if (!k->transaction.witness.ask) {
        detail_remedy("Call CsServerRegisterOutcome before RpcServerRegisterIf.");
        return detail_fail(ERR_UNSUPPORTED,
                           "nobody says for interface %s how transactions have ended",
                           c->face->Name);
    }
    memcpy(ret, k->transaction.token, sizeof k->transaction.token);
    return ERR_OK;
}

enum err rpc_queue_replayer(const struct rpc_server_call *c, const char **ret,
                            const char **ret_reason)
{
    const struct rpc_queue_call *k = c->link ? rpc_server_link_queued(c->link) : NULL;

    if (!k || !k->message || !k->message->replayer)
        return detail_fail(ERR_NO_MAPPING, "the call is executed because its sender sent it");
    *ret = k->message->replayer;
    *ret_reason = k->message->replay_reason;
    return ERR_OK;
}

/* ---- whether it may be made ---- */

/* What its server has asked for; else what policy does, where the interface does not ask for
 * callers whom nobody knows. */
static bool is_strong(const struct rpc_queue *q, const struct queued_message *m,
                      const struct rpc_registration *r)
{
    uint8_t least = (uint8_t)policy_number(POLICY_QUEUE_LEVEL);

    if (m->level < q->least) {
        log_audit("rpc: queue %s refuses a message of \"%s\" at level %u, lower than %u", q->name,
                  name_of(m), m->level, q->least);
        return false;
    }
    return m->level >= least || r->flags & RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH ||
           !policy_forbids(POLICY_QUEUE_LEVEL, "a message of \"%s\" to queue %s at level %u",
                           name_of(m), q->name, m->level);
}

static bool is_syntax(const struct queued_syntax *s, enum ndr_syntax syntax)
{
    const struct rpc_syntax *of = rpc_transfer_syntax(syntax);

    return memcmp(&s->uuid, &of->uuid, sizeof s->uuid) == 0 && s->major == of->major &&
           s->minor == of->minor;
}

/* Whether the interface's stub reads it, and as what. */
static bool is_read(const struct rpc_registration *r, const struct queued_message *m,
                    enum ndr_syntax *ret)
{
    unsigned spoken = rpc_negotiate_syntaxes(r->face->Head.Syntaxes, r->face->Head.Name);

    *ret = is_syntax(&m->transfer, NDR_64) ? NDR_64 : NDR_20;
    return is_syntax(&m->transfer, *ret) && spoken & 1U << *ret;
}

/* 0, or RPC_S_xxx: before any of it is unmarshalled. */
static uint32_t check(const struct rpc_queue *q, const struct queued_message *m,
                      const struct rpc_registration *r, enum ndr_syntax *ret_syntax)
{
    if (!is_strong(q, m, r))
        return (uint32_t)RPC_S_ACCESS_DENIED;
    return is_read(r, m, ret_syntax) ? 0 : (uint32_t)RPC_S_UNSUPPORTED_TRANS_SYN;
}

/* ---- the call ---- */

static enum err copy_sids(const struct queued_message *m, struct rpc_queue_call *k)
{
    enum err e = ERR_OK;
    size_t i;

    if (m->level < QUEUED_LEVEL_INTEGRITY || !m->sids_count)
        return ERR_OK;
    k->sids = mem_array(m->sids_count, sizeof *k->sids);
    if (!k->sids)
        return ERR_NO_MEMORY;
    for (i = 0; !e && i < m->sids_count; i++)
        e = sid_parse(m->sids[i], &k->sids[i]);
    k->sids_count = i;
    return e;
}

/* What the message has proven, as the connection's own context. */
static enum err prove(struct rpc_server_link *l, const struct queued_message *m,
                      struct rpc_security **ret)
{
    struct rpc_security *s = NULL;
    enum err e;

    if (m->level < QUEUED_LEVEL_INTEGRITY)
        return ERR_OK;
    s = mem_zero(sizeof *s);
    if (!s)
        return ERR_NO_MEMORY;
    s->type = RPC_AUTH_MQ;
    s->level = (uint8_t)m->level;
    s->server = s->done = true;
    s->target = mem_strdup(m->server ? m->server : "");
    e = s->target ? rpc_securities_add_adopt(&l->machine.securities, s) : ERR_NO_MEMORY;
    if (e) {
        rpc_security_free(s);
        return e;
    }
    *ret = s;
    return rpc_server_client_know(&l->machine, s, name_of(m), m->sids, m->sids_count);
}

static void fill(struct rpc_server_call *c, const struct queued_message *m,
                 const struct rpc_registration *r, enum ndr_syntax syntax)
{
    c->header =
        (struct rpc_header){ .type = RPC_REQUEST,
                             .flags = RPC_FIRST | RPC_LAST | (m->reply_queue ? 0 : RPC_MAYBE),
                             .drep = { true, true, true } };
    c->context = (struct rpc_context){ .abstract = r->id, .syntax = syntax };
    c->opnum = m->opnum;
    c->object = m->object;
    c->stub = m->body;
}

/* NULL: there is no place for it. */
static struct rpc_server_call *call_new(struct rpc_server_link *l, const struct queued_message *m)
{
    const char *who = m->sids_count ? m->sids[0] : name_of(m);
    struct rpc_security *s = NULL;
    struct rpc_server_call *c = NULL;
    struct rpc_usage *u;

    l->machine.from = rpc_usage_find(who);
    if (!l->machine.from || prove(l, m, &s))
        return NULL;
    u = rpc_server_client_usage(&l->machine, s);
    if (!rpc_usage_take(u, RPC_SHARE_MEMORY, 0) || !rpc_usage_take(u, RPC_SHARE_CALLS, 1))
        return NULL;
    c = rpc_server_call_new();
    if (!c) {
        rpc_usage_give(u, RPC_SHARE_CALLS, 1);
        return NULL;
    }
    c->usage = u;
    c->in_share = true;
    c->security = s;
    return c;
}

static struct rpc_queue_call *own(struct rpc_queue *q, struct queued_message *m,
                                  struct rpc_registration *r, const struct rpc_transaction *t)
{
    struct rpc_queue_call *k = mem_zero(sizeof *k);

    if (!k)
        return NULL;
    sem_init(&k->over, 0, 0);
    if (copy_sids(m, k)) {
        rpc_queue_call_free(k);
        return NULL;
    }
    k->queue = q;
    k->message = m;
    k->asked = m->reply_queue != NULL;
    k->transaction = *t;
    k->registration = rpc_registration_ref(r);
    return k;
}

/* Adopts k. NULL: no memory. */
static struct rpc_server_link *link_of(struct rpc_queue *q, struct rpc_queue_call *k)
{
    struct rpc_server_link *l =
        k ? rpc_server_link_new(-1, &transport_queued, q->name, NULL) : NULL;

    if (!l) {
        rpc_queue_call_free(k);
        return NULL;
    }
    l->queued = k;
    l->bound = true;
    l->access = rpc_access_ref(q->access);
    /* Context handles of an answer are run down with the call: nobody can bring them back. */
    if (!rpc_server_loop(&l->loop) &&
        !(k->asked && rpc_group_join(0, &transport_queued, &l->machine.group)))
        return l;
    rpc_server_link_unref(l);
    return NULL;
}

/* False: nothing was done about it. */
static bool execute(struct rpc_queue *q, struct queued_message *m, struct rpc_registration *r,
                    const struct rpc_transaction *t, enum ndr_syntax syntax, bool *ret_waits_on)
{
    struct rpc_server_link *l = link_of(q, own(q, m, r, t));
    struct rpc_server_call *c = l ? call_new(l, m) : NULL;

    if (c) {
        fill(c, m, r, syntax);
        c->registration = r;
        c->link = l;
        atomic_fetch_add(&l->calls_count, 1);
        rpc_server_link_call_add(l, c);
        rpc_server_count(&rpc_server_stats.calls_in);
        rpc_server_call_run(c);
        while (sem_wait(&l->queued->over)) /* its security callback may have put it off */
            continue;
        *ret_waits_on = l->queued->waits_on;
    }
    if (l)
        rpc_server_link_unref(l);
    return c;
}

bool rpc_queue_execute(struct rpc_queue *q, struct queued_message *m)
{
    const struct rpc_syntax wanted = { m->interface.uuid, m->interface.major, m->interface.minor };
    struct rpc_registration *r = rpc_registry_find(&wanted, NULL);
    struct queued_outcome outcome = { QUEUED_RETURNED, 0 };
    struct rpc_transaction t = { { 0 }, { 0 } };
    enum ndr_syntax syntax = NDR_20;
    bool waits_on = true, runs = false;

    if (rpc_queue_session_is(m)) {
        rpc_queue_session_accept(q, m);
        return true;
    }
    if (r)
        outcome.status = check(q, m, r, &syntax);
    if (outcome.status)
        outcome.end = QUEUED_REFUSED;
    else if (r && m->reply_queue) /* who waits for an answer is in no transaction */
        runs = true;
    else if (r)
        runs = rpc_transaction_open(q, m, &r->id, &t, &outcome.end);
    if (outcome.status && m->reply_queue)
        answer(q, m, rpc_fault_wire(outcome.status), (struct bytes){ 0 });
    if (!runs || !execute(q, m, r, &t, syntax, &waits_on)) {
        waits_on = outcome.end == QUEUED_RETURNED;
        q->door->settle(q->open, m, &outcome);
    }
    rpc_registration_unref(r);
    return !waits_on;
}
