/* SPDX-License-Identifier: Apache-2.0
 * call.c - one call of a client.  C706 9.3.2, [MS-RPCE] 3.3.2.4
 *
 * At most once: a request of which a byte has left is never sent again. An idle connection is
 * looked at before it is used, so that one the server has closed costs a new one, not a call.
 */
#include "rpc/call.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/callback.h"
#include "rpc/client_context.h"
#include "rpc/epm_client.h"
#include "rpc/errors.h"
#include "rpc/fault.h"
#include "rpc/memory.h"
#include "rpc/queue_client.h"
#include "rpc/trailer.h"

#include <countersign/rpcdce.h>

/* Calls that are not waited for, and those whose bytes have no first and last, pass no system
 * handles. */
#define WITHOUT_HANDLES (RPC_CALL_UNASKED | CS_CALL_MAYBE | CS_CALL_PIPE_IN | CS_CALL_PIPE_OUT)

static_assert(CS_SYNTAX_NDR == RPC_SYNTAX_NDR20 && CS_SYNTAX_NDR64 == RPC_SYNTAX_NDR64,
              "what a stub says of itself is a set of ours");

int64_t rpc_com_time(uint32_t com_timeout)
{
    /* Minimum to maximum: the documentation gives the values an order, and no times. */
    static const int64_t time[] = { 1000,  2000,  4000,  8000,  15000,
                                    30000, 45000, 60000, 90000, 120000 };

    return com_timeout < sizeof time / sizeof time[0] ? time[com_timeout] : INT64_MAX;
}

void rpc_call_fail(struct rpc_call *call, enum err e)
{
    if (!call->err)
        call->err = e;
}

static void take_interface(struct rpc_call *call, const CS_INTERFACE *face)
{
    const UUID *u = &face->Id.Uuid;

    call->interface.uuid = (struct uuid){ u->Data1, u->Data2, u->Data3, { 0 } };
    memcpy(call->interface.uuid.data4, u->Data4, sizeof u->Data4);
    call->interface.major = face->Id.VersMajor;
    call->interface.minor = face->Id.VersMinor;
}

/* The thread's last buffer, to be written over. */
static void use_scratch(struct rpc_call *call)
{
    struct buf b = rpc_thread_scratch(call->thread);

    call->out.w.ptr = b.ptr;
    call->out.w.cap = b.len;
}

/* What is written depends on what the server takes, so it is asked before the first argument. Where
 * it cannot be, the arguments are looked at all the same: what is wrong with them is told first. */
static void choose_syntax(struct rpc_call *call)
{
    struct rpc_context *context = NULL;

    if (call->syntaxes & (call->syntaxes - 1) && !(call->flags & RPC_CALL_UNASKED) &&
        !rpc_queue_is_left(call->binding)) {
        call->unreached = rpc_call_reach(call);
        if (call->connection)
            context =
                rpc_client_context(&call->connection->client, &call->interface, call->syntaxes);
    }
    if (context)
        call->syntax = context->syntax;
    else
        call->syntax = call->syntaxes == RPC_SYNTAX_NDR64 ? NDR_64 : NDR_20;
}

OFTEN void rpc_call_init(struct rpc_call *call, const CS_CLIENT_INTERFACE *face, unsigned opnum,
                         unsigned flags)
{
    enum err e = ERR_OK;

    detail_begin(face->Head.Name);
    rpc_errors_clear();
    memset(call, 0, sizeof *call);
    call->face = face;
    call->opnum = opnum;
    call->flags = flags;
    take_interface(call, &face->Head);
    if (face->Head.StubAbi != CS_STUB_ABI)
        e = detail_fail(ERR_RPC_STUB_VERSION, "%s's stub is of ABI %u, this library of %u",
                        face->Head.Name, face->Head.StubAbi, CS_STUB_ABI);
    if (!e)
        e = rpc_thread_get(&call->thread);
    rpc_call_fail(call, e);
}

OFTEN void rpc_call_open(struct rpc_call *call)
{
    bool failed = call->err;

    rpc_call_fail(call, ndr_out_begin(call->syntax, &call->fulls, &call->out));
    if (!failed) {
        call->out.handles = &call->given;
        use_scratch(call);
    }
}

OFTEN struct ndr_out *rpc_call_begin(struct rpc_call *call, const CS_CLIENT_INTERFACE *face,
                                     void *handle, unsigned opnum, unsigned flags)
{
    enum err e;

    rpc_call_init(call, face, opnum, flags);
    call->handleless = !handle;
    call->syntaxes = rpc_negotiate_syntaxes(face->Head.Syntaxes, face->Head.Name);
    e = call->err;
    if (!e && !call->syntaxes)
        e = detail_fail(ERR_RPC_TRANSFER_SYNTAX,
                        "%s's stub speaks NDR64 alone, which the policy ndr64 forbids",
                        face->Head.Name);
    if (!e)
        e = rpc_binding_get(handle, &call->binding);
    if (!e) {
        call->handle = handle;
        e = rpc_queue_check_call(call);
    }
    if (!e)
        choose_syntax(call);
    if (!e)
        call->given.refused = !call->binding->transport->local || flags & WITHOUT_HANDLES;
    rpc_call_fail(call, e);
    rpc_call_open(call);
    return &call->out;
}

void rpc_call_speak(struct rpc_call *call, enum ndr_syntax syntax)
{
    call->syntax = syntax;
    call->out.wide = syntax == NDR_64;
}

/* ---- a connection for it ---- */

enum err rpc_call_resolve(struct rpc_binding *b, const CS_INTERFACE *face)
{
    unsigned i;

    for (i = 0; i < face->EndpointCount; i++)
        if (strcmp(face->Endpoints[i].ProtocolSequence, b->transport->protseq) == 0)
            return rpc_binding_set_endpoint(b, face->Endpoints[i].Endpoint);
    if (b->transport->queued) {
        detail_remedy("Name the queue in the binding: ncadg_mq:[name].");
        return detail_fail(ERR_RPC_NO_ENDPOINT, "%s names no queue, and no mapper knows one",
                           face->Name);
    }
    return rpc_epm_resolve(b, &face->Id);
}

/* The clock is read only where something new is to be waited for. */
static int64_t com_deadline(const struct rpc_call *call)
{
    if (call->target.association->transport->queued) /* its server may be yet to come */
        return call->target.call_timeout ? transport_deadline_in(call->target.call_timeout)
                                         : TRANSPORT_NO_DEADLINE;
    return transport_deadline_in(rpc_com_time(call->target.com_timeout));
}

static enum err take_idle(const struct rpc_call *call, struct rpc_connection **ret)
{
    struct rpc_association *a = call->target.association;
    struct rpc_connection *c;
    enum err e;

    while ((c = rpc_association_take(a, call->target.identity, call->target.uid)) &&
           rpc_connection_is_stale(c))
        rpc_connection_free(c);
    if (!c || rpc_client_context(&c->client, &call->interface, call->syntaxes)) {
        *ret = c;
        return ERR_OK;
    }
    e = rpc_connection_alter(c, &call->interface, call->syntaxes, com_deadline(call));
    if (e)
        rpc_association_give(a, c);
    else
        *ret = c;
    return e;
}

OFTEN enum err rpc_call_aim(struct rpc_call *call)
{
    enum err e = rpc_binding_target(call->binding, &call->target);

    if (e != ERR_RPC_NO_ENDPOINT)
        return e;
    e = rpc_call_resolve(call->binding, &call->face->Head);
    return e ? e : rpc_binding_target(call->binding, &call->target);
}

OFTEN enum err rpc_call_connect(const struct rpc_call *call, struct rpc_connection **ret)
{
    struct rpc_connection *c = NULL;
    enum err e = take_idle(call, &c);

    if (!e && !c)
        e = rpc_connection_new(call->target.association, call->target.identity, call->target.uid,
                               &call->interface, call->syntaxes, com_deadline(call), &c);
    if (!e) {
        rpc_connection_watch(c, call->target.com_timeout);
        *ret = c;
    }
    return e;
}

OFTEN enum err rpc_call_reach(struct rpc_call *call)
{
    enum err e = call->unreached;

    if (call->connection)
        return ERR_OK;
    e = e ? e : rpc_call_aim(call);
    if (!e && rpc_callback_nests(call))
        return ERR_OK;
    return e ? e : rpc_call_connect(call, &call->connection);
}

/* ---- the request ---- */

/* Where the security does not cover the header, the stub's end repeats it. No security covers the
 * bind and alter_context that said which interface the context stands for: its first request does.
 * [MS-RPCE] 3.3.1.5.2.2 */
OFTEN void rpc_call_trailer(struct rpc_call *call, const struct rpc_message *m,
                            const struct rpc_context *context)
{
    struct rpc_verify v = { 0 };

    if (!m->security || (m->security->header_signing && context->told))
        return;
    v.header_signing_supported = true;
    v.has_context = true;
    v.interface = call->interface;
    v.transfer = *rpc_transfer_syntax(context->syntax);
    v.has_header = !m->security->header_signing;
    v.type = RPC_REQUEST;
    v.label[0] = 0x10; /* what rpc_pdu_begin writes: little-endian, ASCII, IEEE */
    v.call_id = m->call_id;
    v.context_id = m->context_id;
    v.opnum = m->opnum;
    rpc_trailer_write(&call->out.w, &v);
}

struct rpc_message rpc_call_head(const struct rpc_call *call, const struct rpc_client *client,
                                 const struct rpc_context *context, uint32_t call_id)
{
    struct rpc_message m = { .type = RPC_REQUEST, .call_id = call_id };

    m.handles = call->given.count ? &call->given : NULL;
    m.flags = (call->flags & CS_CALL_MAYBE ? RPC_MAYBE : 0) | (m.handles ? RPC_DESCRIPTORS : 0);
    m.context_id = context->id;
    m.opnum = (uint16_t)call->opnum;
    m.object = call->target.has_object ? &call->target.object : NULL;
    m.max_fragment = client->max_fragment;
    m.security = client->security && client->security->token_size ? client->security : NULL;
    return m;
}

OFTEN struct rpc_message rpc_call_message(struct rpc_call *call, const struct rpc_client *client,
                                          const struct rpc_context *context, uint32_t call_id)
{
    struct rpc_message m = rpc_call_head(call, client, context, call_id);

    rpc_call_trailer(call, &m, context);
    m.stub = (struct buf){ call->out.w.ptr, call->out.w.len };
    return m;
}

/* A connection in the middle of a call has it under the last number. */
static enum err number(const struct rpc_call *call, const struct rpc_context *context,
                       uint32_t *ret)
{
    struct rpc_client *client = &call->connection->client;

    if (!call->begun && call->nested)
        return rpc_client_nest(client, ret);
    if (!call->begun)
        return rpc_client_call(client, context->id, call->flags & CS_CALL_MAYBE, ret);
    *ret = client->call_id;
    return ERR_OK;
}

OFTEN enum err rpc_call_request(struct rpc_call *call, bool more)
{
    struct rpc_connection *c = call->connection;
    struct rpc_context *context =
        rpc_client_context(&c->client, &call->interface, 1U << call->syntax);
    struct rpc_message m;
    uint32_t call_id = 0;
    bool begun = false;
    enum err e;

    if (!context)
        return detail_fail(ERR_INTERNAL, "no presentation context for %s", call->face->Head.Name);
    rpc_connection_in_parts(c, call->flags & CS_CALL_PIPE_OUT);
    c->beside = c->rights && (call->flags & CS_CALL_SYSTEM_HANDLES || (call->nested && c->beside));
    atomic_store_explicit(&c->inbound.callbacks,
                          !(call->flags & (CS_CALL_PIPE_IN | CS_CALL_PIPE_OUT)),
                          memory_order_relaxed);
    e = number(call, context, &call_id);
    m = more ? rpc_call_head(call, &c->client, context, call_id)
             : rpc_call_message(call, &c->client, context, call_id);
    m.begun = call->begun;
    m.more = more;
    if (more)
        m.stub = (struct buf){ call->out.w.ptr, ndr_out_due(&call->out) };
    if (!e)
        e = call->out.w.err;
    if (!e)
        e = rpc_connection_send(c, &m, call->target.call_timeout, &begun);
    call->begun = true;
    context->told |= !more;
    if (e)
        c->client.closing = true;
    else if (more)
        ndr_out_sent(&call->out, m.stub.len);
    return e;
}

/* ---- the answer ---- */

enum err rpc_call_tell(const struct rpc_call *call, enum err e, const char *what,
                       const char *remedy)
{
    detail_begin(call->face->Head.Name);
    if (remedy)
        detail_remedy("%s", remedy);
    e = detail_fail(e, "%s, procedure %u: %s", call->face->Head.Name, call->opnum, what);
    if (call->target.association)
        rpc_association_tell(call->target.association);
    return e;
}

/* What to try, by the fault. */
static const char *remedy_of(uint32_t wire)
{
    switch (wire) {
    case NCA_S_FAULT_ACCESS_DENIED:
        return "Authenticate (RpcBindingSetAuthInfo), at the level the server asks for; its log "
               "says whom it refused, and why.";
    case NCA_S_UNK_IF:
        return "Does the server register this interface, in this version? Is it the right "
               "endpoint?";
    case NCA_S_OP_RNG_ERROR:
    case RPC_X_BAD_STUB_DATA:
        return "Compile both sides from the same IDL.";
    case NCA_S_SERVER_TOO_BUSY:
        return "The server does not listen, or as many calls run as it allows: try again later.";
    case NCA_S_FAULT_CONTEXT_MISMATCH:
        return "The server knows no such context handle of this caller at this level: open one "
               "anew.";
    case NCA_S_UNSUPPORTED_TYPE:
        return "The server has no manager for the type of the binding's object.";
    default:
        return NULL;
    }
}

static void take_fault(struct rpc_call *call, const struct rpc_received *r)
{
    const char *name = rpc_fault_name(r->fault.status);
    char what[100];

    if (r->fault.extended)
        rpc_errors_receive(r->fault.extra);
    call->fault = r->fault.status;
    call->status = rpc_fault_status(r->fault.status);
    if (!call->status)
        call->status = RPC_S_CALL_FAILED;
    (void)snprintf(what, sizeof what, "the %s answered fault 0x%08x%s%s",
                   call->server ? "client" : "server", r->fault.status, name ? " " : "",
                   name ? name : "");
    (void)!rpc_call_tell(call, ERR_RPC_FAILED, what,
                         call->server ? NULL : remedy_of(r->fault.status));
}

OFTEN enum err rpc_call_answer(struct rpc_call *call, const struct rpc_received *r)
{
    enum err e;

    if (r->pdu.header.type == RPC_FAULT) {
        take_fault(call, r);
        rpc_block_put(r->block);
        return ERR_OK;
    }
    if (call->connection) /* an asynchronous call's is not its own; a callback has none */
        rpc_descriptors_take(call->connection->rights, r->pdu.header.flags, &call->got);
    call->block = r->block;
    call->arena = ndr_arena_with(ndr_budget(r->response.stub.len));
    ndr_fulls_turn(&call->fulls);
    e = ndr_in_begin(r->response.stub, call->syntax, r->pdu.header.drep, &call->arena, &call->fulls,
                     &call->in);
    if (e)
        return e;
    call->in.handles = &call->got;
    if (call->flags & CS_CALL_ENABLE_ALLOCATE)
        call->in.user = rpc_memory_client(&call->face->Head);
    else if (call->face->Head.Allocate)
        call->in.user = (struct ndr_user){ call->face->Head.Allocate, call->face->Head.Free };
    call->in.owned = call->in.user.allocate != NULL;
    call->source = (struct ndr_source){ .next = rpc_call_part, .limit = RPC_STUB_MAX };
    if (r->more)
        call->in.source = &call->source;
    call->answered = true;
    return ERR_OK;
}

enum err rpc_call_unsent(const struct rpc_call *call, enum err e)
{
    if (e == ERR_TIMEOUT)
        return rpc_call_tell(call, ERR_RPC_CANCELLED, "the server took the request too slowly",
                             "Raise RPC_C_OPT_CALL_TIMEOUT.");
    if (e != ERR_CONNECT)
        return e;
    if (call->begun && (call->flags & CS_CALL_PIPE_IN))
        return rpc_call_tell(
            call, ERR_RPC_FAILED, "the connection was lost while a pipe was sent",
            "The call may have been executed in part: look before making it again.");
    return rpc_call_tell(call, ERR_RPC_NOT_EXECUTED,
                         "the connection was lost while the request was sent",
                         "It was not executed, and may be made again.");
}

/* A request that did not leave whole was not executed; but the server may have said why. */
static enum err lost_sending(struct rpc_call *call, enum err sent, struct rpc_received *r)
{
    if (sent == ERR_CONNECT && rpc_connection_receive(call->connection, 1, r) == ERR_OK) {
        if (r->pdu.header.type != RPC_REQUEST)
            return ERR_OK;
        rpc_block_put(r->block); /* called back, in a call it has not got: no reason */
        call->connection->client.state = RPC_CLIENT_ENDED;
    }
    return rpc_call_unsent(call, sent);
}

enum err rpc_call_lost(const struct rpc_call *call, enum err e)
{
    char what[60];

    if (e == ERR_TIMEOUT) {
        (void)snprintf(what, sizeof what, "no answer within %u ms", call->target.call_timeout);
        return rpc_call_tell(
            call, ERR_RPC_CANCELLED, what,
            "Raise RPC_C_OPT_CALL_TIMEOUT; the server may still execute the call.");
    }
    if (e == ERR_CONNECT)
        return rpc_call_tell(call, ERR_RPC_FAILED, "the connection was lost before the answer",
                             "The call may have been executed: look before making it again.");
    if (e == ERR_RPC_CANCELLED)
        return rpc_call_tell(call, e, "the client cancelled it, and did not wait for the server",
                             "The server may still execute the call.");
    return e;
}

OFTEN void rpc_call_waits(struct rpc_call *call)
{
    rpc_thread_waits(call->thread, call->connection);
    if (call->until)
        rpc_thread_waits_until(call->thread, call->until);
}

OFTEN enum err rpc_call_waited(struct rpc_call *call)
{
    bool waits_on = call->callbacks || call->flags & (CS_CALL_PIPE_IN | CS_CALL_PIPE_OUT);

    return rpc_thread_waited(call->thread, waits_on ? &call->until : NULL);
}

/* A server that calls back again and again does not put the end off. */
static uint32_t time_left(struct rpc_call *call)
{
    uint32_t timeout = call->target.call_timeout;
    int64_t left;

    if (!timeout || !call->callbacks)
        return timeout;
    if (!call->deadline)
        call->deadline = transport_deadline_in(timeout);
    left = call->deadline - transport_now();
    return left > 0 ? (uint32_t)left : 1;
}

OFTEN static enum err wait_for(struct rpc_call *call, struct rpc_received *ret)
{
    enum err e, abandoned;

    rpc_call_waits(call);
    e = rpc_connection_receive(call->connection, time_left(call), ret);
    abandoned = rpc_call_waited(call);
    if (!e && abandoned && ret->pdu.header.type == RPC_REQUEST) {
        rpc_block_put(
            ret->block); /* the connection was cut behind it: nobody waits for the answer */
        e = abandoned;
    }
    if (!e)
        return ERR_OK;
    if (e == ERR_TIMEOUT && !abandoned)
        rpc_connection_tell(call->connection, call->connection->client.call_id, RPC_ORPHANED);
    return abandoned ? abandoned : rpc_call_lost(call, e);
}

enum err rpc_call_part(struct ndr_source *s, struct ndr_part *ret)
{
    struct rpc_call *call =
        (struct rpc_call *)(void *)((char *)s - offsetof(struct rpc_call, source));
    struct rpc_received r;
    enum err e = wait_for(call, &r);

    if (e)
        return e;
    rpc_block_put(call->old);
    call->old = call->block;
    call->block = r.block;
    if (r.pdu.header.type == RPC_FAULT) {
        take_fault(call, &r);
        return ERR_RPC_FAILED;
    }
    *ret = (struct ndr_part){ r.block->data + (r.response.stub.ptr - r.block->data),
                              r.response.stub.len, !r.more };
    return ERR_OK;
}

/* A server may have answered and closed before it had read all. */
static enum err answered_early(struct rpc_call *call, enum err sent)
{
    struct rpc_received r = { 0 };
    enum err e = lost_sending(call, sent, &r);

    return e ? e : rpc_call_answer(call, &r);
}

static enum err converse(struct rpc_call *call)
{
    struct rpc_received r;
    enum err e = rpc_call_request(call, false);

    if (e)
        return answered_early(call, e);
    if (call->flags & CS_CALL_MAYBE)
        return ERR_OK;
    e = wait_for(call, &r);
    while (!e && r.pdu.header.type == RPC_REQUEST) {
        e = rpc_callback_serve(call, &r);
        if (!e)
            e = wait_for(call, &r);
    }
    return e ? e : rpc_call_answer(call, &r);
}

OFTEN static enum err go(struct rpc_call *call)
{
    enum err e;

    if (call->server)
        return rpc_callback_send(call);
    if (rpc_queue_is_left(call->binding))
        return call->flags & CS_CALL_MESSAGE ? rpc_queue_submit(call) : rpc_queue_converse(call);
    e = rpc_call_reach(call);
    return e ? e : converse(call);
}

struct ndr_in *rpc_call_send(struct rpc_call *call)
{
    rpc_call_fail(call, call->out.w.err);
    if (!call->err)
        rpc_call_fail(call, go(call));
    return call->answered ? &call->in : NULL;
}

static void give_back(struct rpc_call *call)
{
    struct buf scratch = { call->out.w.ptr, call->out.w.cap };

    ndr_handles_done(&call->given);
    rpc_descriptors_done(&call->got);
    rpc_block_put(call->old);
    rpc_block_put(call->block);
    ndr_arena_done(&call->arena);
    ndr_fulls_done(&call->fulls);
    if (call->thread)
        rpc_thread_keep_adopt(call->thread, scratch);
    else
        ndr_out_done(&call->out);
    if (call->connection && !call->nested)
        rpc_association_give(call->target.association, call->connection);
    rpc_target_done(&call->target);
    if (call->handle)
        rpc_binding_put(call->handle);
    rpc_callback_end(call);
}

OFTEN uint32_t rpc_call_end(struct rpc_call *call)
{
    uint32_t status;

    if (call->answered)
        rpc_call_fail(call, rpc_fault_stub(ndr_in_end(&call->in)));
    if (call->answered)
        rpc_call_fail(call, rpc_fault_stub(ndr_in_settle(&call->in, !call->err)));
    if (!call->err && !call->status)
        ndr_handles_release(&call->got);
    if (call->err && !call->status)
        call->status = call->out.raised ? call->out.raised : call->in.raised;
    rpc_contexts_settle(call->contexts, !call->err && !call->status);
    give_back(call);
    if (call->status) {
        rpc_errors_note(RPC_AT_CLIENT_FAULT, call->status, call->face->Head.Name, call->fault);
        return call->status;
    }
    status = (uint32_t)err_rpc_status(call->err);
    if (status)
        rpc_errors_note(RPC_AT_CLIENT_LOCAL, status, call->face->Head.Name, call->opnum);
    return status;
}

uint32_t rpc_call_bind(const CS_CLIENT_INTERFACE *face, void *handle)
{
    struct rpc_call call;

    (void)rpc_call_begin(&call, face, handle, 0, 0);
    if (!call.err)
        rpc_call_fail(&call,
                      rpc_call_reach(&call)); /* beginning may have done so, for its syntax */
    return rpc_call_end(&call);
}
