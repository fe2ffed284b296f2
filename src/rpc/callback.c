/* SPDX-License-Identifier: Apache-2.0
 * callback.c - a call the other way: served in a client's call, made in a server's.
 * desktop-src/Midl/callback.md, [MS-RPCE] 3.3.1.5.9
 */
#include "rpc/callback.h"

#include "base/detail.h"
#include "base/impersonation.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "rpc/errors.h"
#include "rpc/fault.h"
#include "rpc/server.h"
#include "rpc/server_callback.h"
#include "rpc/server_link.h"
#include "rpc/server_policy.h"

enum { REFUSED_MAX = 16 }; /* callbacks of one call: a server that does not understand is left */

/* ---- served ---- */

/* Whether policy lets its server call back. */
static bool trusted(const struct rpc_call *call)
{
    const struct rpc_identity *who = call->connection->identity;
    const char *server = who && *who->principal ? who->principal : "nobody";
    uint32_t most = policy_number(POLICY_CALLBACK_IMPERSONATION);
    uint32_t level = who ? rpc_identity_impersonation(who) : 0;

    if (policy_get(POLICY_CALLBACK_PRINCIPALS) != POLICY_OFF &&
        !policy_names(POLICY_CALLBACK_PRINCIPALS, server) &&
        policy_forbids(POLICY_CALLBACK_PRINCIPALS, "a callback of interface %s by %s",
                       call->face->Head.Name, server))
        return false;
    return level <= most ||
           !policy_forbids(POLICY_CALLBACK_IMPERSONATION,
                           "a callback of interface %s by %s, who may impersonate at level %u "
                           "rather than %u",
                           call->face->Head.Name, server, level, most);
}

/* The callbacks that the thread runs already, whichever servers they are of: each takes its stack,
 * and one server's routine may make it call another one. */
static unsigned depth_of(const struct rpc_call *call)
{
    const struct rpc_call *c;
    unsigned n = 0;

    for (c = call->thread->serving; c; c = c->outer)
        n++;
    return n;
}

/* 0, or the fault. */
static uint32_t admit(struct rpc_call *call, const struct rpc_received *r,
                      struct rpc_server_call *c)
{
    const CS_CALLBACKS *all = call->callbacks;
    const struct rpc_client *client = &call->connection->client;

    if (!c)
        return NCA_S_FAULT_REMOTE_NO_MEMORY;
    if (r->request.context_id != client->call_context)
        return NCA_S_UNK_IF;
    if (!all || r->request.opnum >= all->Count)
        return NCA_S_OP_RNG_ERROR;
    if (rpc_server_callback_too_deep(depth_of(call), call->face->Head.Name))
        return NCA_S_SERVER_TOO_BUSY;
    if (!trusted(call))
        return NCA_S_FAULT_ACCESS_DENIED;
    c->procedure = &all->Procedures[r->request.opnum];
    return 0;
}

/* Where nobody asks who calls: a callback has no binding. */
static uint32_t run(struct rpc_call *call, struct rpc_server_call *c)
{
    struct rpc_server_call *before = rpc_server_call_current();
    struct impersonation *aside = impersonation_set_aside();
    uint32_t fault;

    call->outer = call->thread->serving;
    call->thread->serving = call;
    rpc_server_call_set_current(NULL);
    fault = rpc_server_call_execute(c);
    impersonation_take_up_adopt(aside);
    rpc_server_call_set_current(before);
    call->thread->serving = call->outer;
    rpc_errors_clear(); /* they are the callback's, which the server has been told of */
    return fault;
}

static enum err answer(struct rpc_call *call, const struct rpc_received *r,
                       struct rpc_server_call *c, uint32_t fault, bool executed)
{
    struct rpc_connection *connection = call->connection;
    struct rpc_message m = { .type = RPC_RESPONSE, .call_id = r->pdu.header.call_id };
    struct buf pdu = { 0 };
    bool begun = false;
    enum err e;

    if (fault) {
        e = rpc_server_fault(&r->pdu.header, r->request.context_id, fault, executed,
                             (struct bytes){ 0 }, &pdu);
        if (!e)
            e = rpc_connection_say(connection, buf_view(pdu), call->target.call_timeout);
        buf_free(&pdu);
        return e;
    }
    m.context_id = r->request.context_id;
    m.stub = (struct buf){ c->out.w.ptr, c->out.w.len };
    m.max_fragment = connection->client.max_fragment;
    m.security = r->security && r->security->token_size ? r->security : NULL;
    return rpc_connection_send(connection, &m, call->target.call_timeout, &begun);
}

static void take_request(struct rpc_call *call, const struct rpc_received *r,
                         struct rpc_server_call *c)
{
    c->face = &call->face->Head;
    c->header = r->pdu.header;
    c->context = (struct rpc_context){ .id = r->request.context_id, .syntax = call->syntax };
    c->opnum = r->request.opnum;
    c->security = r->security;
    c->block = r->block;
    c->stub = r->request.stub;
    c->gap = 0;
}

enum err rpc_callback_serve(struct rpc_call *call, struct rpc_received *r)
{
    struct rpc_server_call *c = rpc_server_call_new();
    uint32_t fault = admit(call, r, c);
    bool executed = !fault;
    enum err e;

    if (fault) {
        call->refused++;
        log_debug("rpc: %s: a callback to procedure %u is refused with 0x%08x",
                  call->face->Head.Name, r->request.opnum, fault);
    }
    if (c)
        take_request(call, r, c);
    else
        rpc_block_put(r->block);
    if (!fault)
        fault = run(call, c);
    if (r->pdu.header.flags & RPC_MAYBE)
        e = ERR_OK;
    else
        e = answer(call, r, c, fault, executed);
    if (c)
        rpc_server_call_unref(c);
    if (!e)
        e = rpc_client_served(&call->connection->client);
    if (!e && call->refused > REFUSED_MAX)
        e = detail_fail(ERR_RPC_PROTOCOL, "the server called back %u times what is not there",
                        call->refused);
    if (e)
        call->connection->client.state = RPC_CLIENT_ENDED;
    return e == ERR_CONNECT || e == ERR_TIMEOUT ? rpc_call_lost(call, e) : e;
}

bool rpc_callback_nests(struct rpc_call *call)
{
    const struct rpc_call *outer = call->thread->serving;
    const unsigned alone = CS_CALL_MAYBE | CS_CALL_PIPE_IN | CS_CALL_PIPE_OUT | RPC_CALL_UNASKED;

    if (!outer || call->flags & alone || !(call->syntaxes & 1U << outer->syntax) ||
        call->target.association != outer->target.association ||
        outer->connection->client.state != RPC_CLIENT_SERVING ||
        !rpc_syntax_equal(&call->interface, &outer->interface) ||
        !rpc_connection_suits(outer->connection, call->target.identity, call->target.uid))
        return false;
    call->connection = outer->connection;
    call->nested = true;
    return true;
}

/* ---- made ---- */

/* The call that this thread serves, referenced, if its client can be called back. */
static enum err serving(const CS_SERVER_INTERFACE *face, struct rpc_server_call **ret)
{
    struct rpc_server_call *c = NULL;
    const char *why = NULL;
    enum err e = rpc_server_call_get(NULL, &c);

    if (e)
        return e;
    *ret = c; /* the call's, whatever follows */
    if (c->registration->face != face)
        return detail_fail(ERR_RPC_INTERFACE, "a callback of %s in a call of %s", face->Head.Name,
                           c->registration->face->Head.Name);
    if (c->async.how)
        why = "it is asynchronous";
    else if (c->stream)
        why = "it has pipes";
    else if (c->header.flags & RPC_MAYBE)
        why = "its client does not wait ([maybe])";
    else if (c->link && rpc_server_link_transport(c->link)->queued)
        why = "it came out of a queue";
    if (why)
        return detail_fail(ERR_UNSUPPORTED, "procedure %u of %s cannot call its client back: %s",
                           c->opnum, face->Head.Name, why);
    if (rpc_server_callback_too_deep(c->depth, face->Head.Name))
        return detail_fail(ERR_RPC_RESOURCES, "%u calls stand in each other's callbacks already",
                           c->depth);
    return rpc_server_policy_callback(c);
}

struct ndr_out *rpc_callback_begin(struct rpc_call *call, const CS_SERVER_INTERFACE *face,
                                   unsigned opnum, unsigned flags)
{
    /* Of either side's structure only the head is looked at. */
    rpc_call_init(call, (const CS_CLIENT_INTERFACE *)(const void *)face, opnum, flags);
    rpc_call_fail(call, serving(face, &call->server));
    call->syntax = call->server ? call->server->context.syntax : NDR_20;
    call->given.refused = true;
    rpc_call_open(call);
    return &call->out;
}

enum err rpc_callback_send(struct rpc_call *call)
{
    struct rpc_server_call *c = call->server;
    struct rpc_received r;
    struct rpc_message m = { .type = RPC_REQUEST,
                             .call_id = c->header.call_id,
                             .context_id = c->context.id,
                             .opnum = (uint16_t)call->opnum,
                             .stub = { call->out.w.ptr, call->out.w.len },
                             .max_fragment = rpc_server_link_max_fragment(c->link),
                             .security =
                                 c->security && c->security->token_size ? c->security : NULL };
    enum err e = rpc_server_callback_make(c, &m, &r);

    if (!e)
        return rpc_call_answer(call, &r);
    return e;
}

void rpc_callback_end(struct rpc_call *call)
{
    if (call->server)
        rpc_server_call_unref(call->server);
}
