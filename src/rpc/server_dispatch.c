/* SPDX-License-Identifier: Apache-2.0
 * server_dispatch.c - whether a call may be made, and its making.
 */
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/impersonation.h"
#include "base/log.h"
#include "base/policy.h"
#include "ndr/release.h"
#include "rpc/access.h"
#include "rpc/errors.h"
#include "rpc/fault.h"
#include "rpc/guard.h"
#include "rpc/memory.h"
#include "rpc/object.h"
#include "rpc/queue_server.h"
#include "rpc/queue_session.h"
#include "rpc/server.h"
#include "rpc/server_async.h"
#include "rpc/server_async_pipe.h"
#include "rpc/server_link.h"
#include "rpc/server_pipe.h"
#include "rpc/server_policy.h"
#include "rpc/trailer.h"

/* The fault, and why, for those who may know. */
static uint32_t refuse(const struct rpc_server_call *c, enum rpc_error_place at, uint32_t fault,
                       uint32_t number)
{
    rpc_errors_note(at, rpc_fault_status(fault), c->face->Name, number);
    return fault;
}

/* ---- who may call ---- */

/* The flags of the interface.  desktop-src/Rpc/interface-registration-flags.md */
static bool flags_allow(struct rpc_server_call *c)
{
    const struct rpc_registration *r = c->registration;
    uint8_t level = rpc_server_call_level(c);

    if ((r->flags & RPC_IF_ALLOW_LOCAL_ONLY) && !rpc_server_link_transport(c->link)->local)
        return false;
    if (r->built_in)
        return true;
    if (level == RPC_LEVEL_CONNECT) /* perhaps not what the client meant: nothing signed says so */
        return !policy_forbids(POLICY_CONNECT_LEVEL,
                               "a call of interface %s by %s at level CONNECT", r->face->Head.Name,
                               rpc_server_call_caller(c).name);
    if (level != RPC_LEVEL_NONE)
        return true;
    if (r->flags & RPC_IF_ALLOW_SECURE_ONLY)
        return false;
    if (r->flags & RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH)
        return true;
    if (r->callback) /* it is never asked about callers nobody knows */
        return false;
    return !policy_forbids(POLICY_ANONYMOUS, "an unauthenticated call of interface %s",
                           r->face->Head.Name);
}

/* What a security descriptor says. */
OFTEN static bool access_allows(struct rpc_server_call *c, const struct rpc_access *a)
{
    if (rpc_access_allows(a, c))
        return true;
    log_audit("rpc: a security descriptor refuses \"%s\" operation %u of %s",
              rpc_server_call_caller(c).name, c->opnum, c->registration->face->Head.Name);
    return false;
}

/* What the ACF says of the operation; of one that it does not know: that nobody may. */
static bool lists_allow(struct rpc_server_call *c)
{
    const struct rpc_guard *lists = c->registration->lists;
    const struct rpc_guard_operation *o = lists ? rpc_guard_of_operation(lists, c->opnum) : NULL;

    if (!o)
        return true;
    if (!o->nobody)
        return access_allows(c, o->access);
    log_audit("rpc: operation %u of %s is for nobody", c->opnum, c->face->Name);
    return false;
}

/* What the guard says of where the call came in, and of its operation. */
static bool guard_allows(struct rpc_server_call *c)
{
    const struct rpc_registration *r = c->registration;
    const struct rpc_guard_operation *o;

    if (!r->guard)
        return true;
    o = rpc_guard_of_operation(r->guard, c->opnum);
    if (o->nobody || rpc_server_call_level(c) < o->least_level) {
        log_audit("rpc: operation %u of %s is not for \"%s\" at level %u", c->opnum,
                  r->face->Head.Name, rpc_server_call_caller(c).name, rpc_server_call_level(c));
        return false;
    }
    if (rpc_guard_allows_endpoint(r->guard, rpc_server_link_transport(c->link),
                                  rpc_server_link_endpoint(c->link)))
        return true;
    log_audit("rpc: interface %s is not served at %s:[%s]", r->face->Head.Name,
              rpc_server_link_transport(c->link)->protseq, rpc_server_link_endpoint(c->link));
    return false;
}

/* Where an answer of the callback is kept: with who calls at which level, if the program has asked
 * for it. NULL: it is asked each time. */
static struct rpc_decisions *kept_answers(struct rpc_server_call *c)
{
    const unsigned how = RPC_IF_SEC_CACHE_PER_PROC | RPC_IF_SEC_NO_CACHE;

    return c->security && c->opnum < RPC_DECISION_OPERATIONS &&
                   (c->registration->flags & how) == RPC_IF_SEC_CACHE_PER_PROC
               ? &c->security->decisions
               : NULL;
}

/* 0, or the fault, of what it said; why: a fault for which that was not waited for. */
static uint32_t heed(struct rpc_server_call *c, RPC_STATUS said, uint32_t why)
{
    struct rpc_decisions *kept = kept_answers(c);

    if (why)
        return refuse(c, RPC_AT_CALLBACK, why, (uint32_t)said);
    if (said == RPC_S_OK) {
        if (kept)
            rpc_decisions_add(kept, c->registration->number, c->opnum);
        return 0;
    }
    log_audit("rpc: the security callback of %s refused \"%s\" operation %u with %d", c->face->Name,
              rpc_server_call_caller(c).name, c->opnum, (int)said);
    return refuse(c, RPC_AT_CALLBACK, NCA_S_FAULT_ACCESS_DENIED, (uint32_t)said);
}

/* What the callback says. One that raises has let nobody in, and nobody else would catch it. */
static RPC_STATUS said_by_callback(struct rpc_server_call *c, void *handle)
{
    RPC_IF_ID id = c->face->Id;
    volatile RPC_STATUS said = RPC_S_ACCESS_DENIED;

    RpcTryExcept
    {
        said = c->registration->callback(&id, handle);
    }
    RpcExcept (1) {
        log_audit("rpc: the security callback of %s raised %d about \"%s\" operation %u",
                  c->face->Name, (int)RpcExceptionCode(), rpc_server_call_caller(c).name, c->opnum);
    }
    RpcEndExcept
    return said;
}

/* *fault is 0 where there is none. False: it answers later, and the call is another thread's. */
static bool ask_callback(struct rpc_server_call *c, uint32_t *fault)
{
    const struct rpc_registration *r = c->registration;
    struct rpc_decisions *kept = kept_answers(c);
    bool may_be_later = r->flags & RPC_IF_ASYNC_CALLBACK;
    uint32_t why = 0;
    RPC_STATUS said;

    if (!r->callback || (kept && rpc_decisions_allow(kept, r->number, c->opnum)))
        return true;
    if (may_be_later)
        rpc_server_verdict_begin(c);
    said = said_by_callback(c, rpc_server_call_handle(c));
    impersonation_end();
    if (may_be_later && !rpc_server_verdict_left(c, &said, &why))
        return false;
    *fault = heed(c, said, why);
    return true;
}

OFTEN enum err rpc_server_call_check_trailer(const struct rpc_server_call *c, struct bytes stub,
                                             struct bytes *ret)
{
    struct rpc_verify v = { .header_signing_supported = c->security->header_signing,
                            .has_context = true,
                            .interface = c->context.abstract,
                            .transfer = *rpc_transfer_syntax(c->context.syntax),
                            .has_header = true,
                            .type = RPC_REQUEST,
                            .call_id = c->header.call_id,
                            .context_id = c->context.id,
                            .opnum = c->opnum };

    memcpy(v.label, c->header.label, sizeof v.label);
    return rpc_trailer_check(stub, &v, ret);
}

/* Of a request that comes in parts it is looked at where that ends. */
static enum err check_trailer(struct rpc_server_call *c)
{
    size_t whole = c->stub.len;
    enum err e;

    if (!c->security || c->more || c->security->type == RPC_AUTH_MQ) /* its header is proven */
        return ERR_OK;
    e = rpc_server_call_check_trailer(c, c->stub, &c->stub);
    c->gap = c->stub.len == whole ? 0 : RPC_TRAILER_GAP;
    return e;
}

/* What an interface's limit is about: of a call with pipes, what stands before them. */
static bool has_in_pipes(const struct rpc_server_call *c)
{
    const CS_SERVER_INTERFACE *face = c->registration->face;

    return c->opnum < face->Head.ProcedureCount &&
           (face->Procedures[c->opnum].Flags & CS_CALL_PIPE_IN);
}

/* 0, or the fault: all that is looked at before the security callback is asked. */
static uint32_t admit(struct rpc_server_call *c)
{
    const struct rpc_registration *r = c->registration;

    c->gap = 0;
    if (!rpc_server_policy_call(c) || !rpc_queue_session_is_strong(c))
        return refuse(c, RPC_AT_FLAGS, NCA_S_FAULT_ACCESS_DENIED, rpc_server_call_level(c));
    if (!flags_allow(c)) {
        log_audit("rpc: interface %s refuses a call at level %u", r->face->Head.Name,
                  rpc_server_call_level(c));
        return refuse(c, RPC_AT_FLAGS, NCA_S_FAULT_ACCESS_DENIED, rpc_server_call_level(c));
    }
    if (!access_allows(c, rpc_server_link_access(c->link)) || !access_allows(c, r->access) ||
        (r->guard && !access_allows(c, rpc_guard_of_operation(r->guard, c->opnum)->access)))
        return refuse(c, RPC_AT_DESCRIPTOR, NCA_S_FAULT_ACCESS_DENIED, c->opnum);
    if (!lists_allow(c))
        return refuse(c, RPC_AT_DESCRIPTOR, NCA_S_FAULT_ACCESS_DENIED, c->opnum);
    if (!guard_allows(c))
        return refuse(c, RPC_AT_GUARD, NCA_S_FAULT_ACCESS_DENIED, c->opnum);
    if (!has_in_pipes(c) && c->stub.len > r->max_size &&
        !rpc_server_link_transport(c->link)->local) {
        log_audit("rpc: interface %s refuses a request of %zu bytes, more than %zu",
                  r->face->Head.Name, c->stub.len, r->max_size);
        return refuse(c, RPC_AT_SIZE, NCA_S_FAULT_ACCESS_DENIED, (uint32_t)c->stub.len);
    }
    return check_trailer(c) ? refuse(c, RPC_AT_TRAILER, NCA_S_FAULT_ACCESS_DENIED, 0) : 0;
}

static bool has_pipes(const struct rpc_server_call *c)
{
    return c->registration->face->Procedures[c->opnum].Flags & (CS_CALL_PIPE_IN | CS_CALL_PIPE_OUT);
}

/* A [message] comes out of a queue, and nobody waits for its answer; of other calls somebody does.
 */
static bool came_its_way(const struct rpc_server_call *c)
{
    const struct rpc_queue_call *k = rpc_server_link_queued(c->link);
    unsigned flags = c->registration->face->Procedures[c->opnum].Flags;
    bool left = k && !rpc_queue_call_is_asked(k);

    return !(flags & CS_CALL_MESSAGE) == !left && !(k && has_pipes(c));
}

/* 0, or the fault: what there is to call. */
static uint32_t find_routine(struct rpc_server_call *c)
{
    const struct rpc_registration *r = c->registration;
    RPC_STATUS asked;
    struct uuid type;

    /* Only those who may call learn what there is to call. */
    if (c->opnum >= r->face->Head.ProcedureCount || !r->face->Procedures[c->opnum].Serve ||
        !came_its_way(c))
        return refuse(c, RPC_AT_OPNUM, NCA_S_OP_RNG_ERROR, c->opnum);
    /* It began to come in parts for a registration that another has replaced meanwhile. */
    if (c->more && !has_in_pipes(c))
        return refuse(c, RPC_AT_ARGUMENTS, NCA_S_FAULT_ACCESS_DENIED, c->opnum);
    c->procedure = &r->face->Procedures[c->opnum];
    rpc_object_type(&c->object, &type, &asked);
    c->manager = rpc_registration_manager(c->registration, &type);
    return c->manager ? 0 : refuse(c, RPC_AT_TYPE, NCA_S_UNSUPPORTED_TYPE, 0);
}

/* ---- the call ---- */

static bool enables_allocate(const struct rpc_server_call *c)
{
    return c->procedure->Flags & CS_CALL_ENABLE_ALLOCATE;
}

/* What is read counts as its caller's. */
static bool pay_for(void *payer, size_t used)
{
    struct rpc_server_call *c = payer;
    size_t more = used - c->arena.paid;

    if (!rpc_usage_take(c->usage, RPC_SHARE_MEMORY, more))
        return false;
    c->memory += more;
    return true;
}

static enum err streams_begin(struct rpc_server_call *c)
{
    const CS_INTERFACE *face = c->face;
    struct writer room = c->out.w;
    enum err e;

    c->arena.budget = ndr_budget(c->stub.len);
    if (c->usage) {
        c->arena.pay = pay_for;
        c->arena.payer = c;
        c->arena.paid = RPC_USAGE_FREE;
    }
    c->fulls = (struct ndr_fulls){ 0 };
    e = ndr_in_begin(c->stub, c->context.syntax, c->header.drep, &c->arena, &c->fulls, &c->in);
    c->in.gap = c->gap;
    c->in.handles = &c->got;
    c->in.user = (struct ndr_user){ face->Allocate, face->Free };
    if (!e)
        e = ndr_out_begin(c->context.syntax, &c->fulls, &c->out);
    if (e)
        return e;
    c->given = (struct ndr_handles){ .owned = true, .read_too = &c->got };
    /* A callback, which has no link, passes none. */
    c->given.refused = !c->link || !rpc_server_link_transport(c->link)->local || has_pipes(c);
    c->out.handles = &c->given;
    if (room.ptr)
        c->out.w = room; /* that of an earlier call */
    if (c->more)
        rpc_server_stream_begin(c);
    c->walk = (struct ndr_free){ .arena = &c->arena,
                                 .stub = c->stub,
                                 .fulls = &c->fulls,
                                 .release = enables_allocate(c) ? rpc_memory_release : face->Free };
    return ERR_OK;
}

/* What the routine raised; 0 when it returned. */
OFTEN static uint32_t serve(struct rpc_server_call *c)
{
    volatile uint32_t raised = 0;

    RpcTryExcept
    {
        c->procedure->Serve((CS_SERVER_CALL *)(void *)c);
    }
    RpcExcept (1) {
        raised = (uint32_t)RpcExceptionCode();
        if (!raised)
            raised = (uint32_t)RPC_S_CALL_FAILED;
    }
    RpcEndExcept
    return raised;
}

OFTEN uint32_t rpc_server_call_execute(struct rpc_server_call *c)
{
    struct rpc_memory_call memory = { .own = NULL };
    enum err e = streams_begin(c);
    uint32_t raised;

    if (!e && enables_allocate(c))
        e = rpc_memory_call_begin(c->face->Free, &memory);
    if (e)
        return rpc_fault_of(e);
    raised = serve(c);
    if (!c->async.how) {
        if (!raised)
            raised = c->in.raised ? c->in.raised : c->out.raised;
        ndr_in_release_end(&c->in, raised != 0);
        e = ndr_in_abandon(&c->in); /* of a stub that was left while it read */
    }
    rpc_memory_call_end(&memory);
    if (c->async.how)
        return raised ? rpc_fault_wire(raised) : 0; /* the rest is another thread's by now */
    if (!raised && !e && !rpc_server_pipes_done(c))
        raised = RPC_X_PIPE_DISCIPLINE_ERROR;
    if (raised)
        return refuse(c, RPC_AT_ROUTINE, rpc_fault_wire(raised), raised);
    e = e ? rpc_fault_stub(e) : c->out.w.err;
    return e ? refuse(c, RPC_AT_ARGUMENTS, rpc_fault_of(e), 0) : 0;
}

static void release(struct rpc_server_call *c, bool kept)
{
    struct rpc_group *g = rpc_server_link_group(c->link);
    size_t i;

    for (i = 0; i < c->contexts_count; i++)
        rpc_context_handle_release(&g->handles, &c->contexts[i], kept);
    rpc_server_call_close_handle(c);
}

/* Until its caller has taken it. It is not refused, for it has been executed: further calls are. */
static void count_response(struct rpc_server_call *c)
{
    if (c->out.w.len <= RPC_USAGE_FREE)
        return;
    rpc_usage_add(c->usage, RPC_SHARE_MEMORY, c->out.w.len);
    c->memory += c->out.w.len;
}

OFTEN static void answer(struct rpc_server_call *c, uint32_t fault, bool executed)
{
    struct rpc_server_link *l = c->link;
    struct buf extra = { 0 };
    struct buf bytes = { 0 };
    enum err e;

    if (rpc_server_link_queued(l)) {
        rpc_queue_call_settle(rpc_server_link_queued(l), fault, executed,
                              bytes_of(c->out.w.ptr, c->out.w.len));
        rpc_server_call_unref(c);
        return;
    }
    if (fault) {
        if (!c->async.how) /* else this may be another thread, with records of other calls */
            extra = rpc_errors_for_caller(rpc_server_call_level(c) != RPC_LEVEL_NONE);
        e = rpc_server_fault(&c->header, c->context.id, fault, executed, buf_view(extra), &bytes);
        buf_free(&extra);
        if (e)
            bytes = (struct buf){ 0 };
    }
    if (c->pipes && rpc_server_pipes_end_adopt(c, fault ? &bytes : NULL))
        return;
    if (c->stream && c->stream->sending) {
        rpc_server_link_stream_end_adopt(l, c, fault ? &bytes : NULL);
        return;
    }
    if (!fault && !(c->header.flags & RPC_MAYBE)) {
        count_response(c);
        rpc_server_link_respond_adopt(l, c);
        return;
    }
    if (bytes.ptr)
        rpc_server_link_send_adopt(l, bytes);
    rpc_server_call_unref(c);
}

/* An interface that was unregistered and registered again is the one its clients are bound to. */
static struct rpc_registration *registration_of(struct rpc_server_call *c)
{
    if (atomic_load(&c->registration->gone))
        c->newer = rpc_registry_find(&c->context.abstract, c->registration->group);
    if (c->newer)
        c->registration = c->newer;
    return rpc_registration_ref(c->registration);
}

/* Before the client learns of its end, who may then call again. */
static void leave_shares(struct rpc_server_call *c)
{
    if (c->shared)
        rpc_guard_end(c->of->guard, c->usage->number);
    if (c->counted)
        rpc_server_call_executed(c->of);
    if (c->in_share)
        rpc_usage_give(c->usage, RPC_SHARE_CALLS, 1);
    c->in_share = false;
}

OFTEN void rpc_server_call_finish(struct rpc_server_call *c, uint32_t fault, bool executed)
{
    struct rpc_registration *r = c->of;
    bool counted = c->counted;

    release(c, !fault);
    leave_shares(c);
    answer(c, fault, executed);
    if (counted)
        rpc_server_call_end(r);
    rpc_registration_unref(r);
}

/* 0, or the fault: it has its end in rpc_server_call_finish. */
static uint32_t begin(struct rpc_server_call *c)
{
    uint32_t fault = rpc_server_call_begin(c->of);

    c->counted = !fault;
    c->shared = !fault && c->of->guard && rpc_guard_begin(c->of->guard, c->usage->number);
    if (fault || c->shared || !c->of->guard)
        return fault;
    log_audit("rpc: interface %s has its share of calls, or of those of \"%s\"", c->face->Name,
              rpc_server_call_caller(c).name);
    return NCA_S_SERVER_TOO_BUSY;
}

/* Executes its routine, where there is no fault. before: what this thread served until now. */
OFTEN static void conclude(struct rpc_server_call *c, uint32_t fault,
                           struct rpc_server_call *before)
{
    bool executed;

    if (!fault)
        fault = find_routine(c);
    if (!fault && rpc_server_link_queued(c->link))
        fault = rpc_queue_call_begin(rpc_server_link_queued(c->link),
                                     c->procedure->Flags & CS_CALL_IDEMPOTENT);
    executed = !fault;
    if (!fault)
        fault = rpc_server_call_execute(c);
    impersonation_end(); /* a routine may have forgotten: what follows is the server's own */
    rpc_server_call_set_current(before);
    rpc_server_stream_end(c);
    if (c->async.how)
        rpc_server_async_left(c, fault);
    else
        rpc_server_call_finish(c, fault, executed && (c->stream || !c->in.r.err));
}

OFTEN void rpc_server_call_run(struct rpc_server_call *c)
{
    struct rpc_server_call *before = rpc_server_call_current(); /* one whose callback this is of */
    struct impersonation *aside = impersonation_set_aside();    /* of that one's client */
    uint32_t fault;

    c->of = registration_of(c);
    c->face = &c->registration->face->Head;
    fault = begin(c);
    if (!fault && !rpc_server_call_open_handle(c))
        fault = NCA_S_FAULT_REMOTE_NO_MEMORY;
    rpc_server_call_set_current(c);
    rpc_errors_clear();
    fault = fault ? refuse(c, RPC_AT_NOT_SERVED, fault, 0) : admit(c);
    if (fault || ask_callback(c, &fault))
        conclude(c, fault, before);
    else
        rpc_server_call_set_current(before);
    impersonation_take_up_adopt(aside);
}

void rpc_server_call_resume(struct rpc_server_call *c, RPC_STATUS said, uint32_t fault)
{
    struct impersonation *aside = impersonation_set_aside();

    rpc_server_call_set_current(c);
    rpc_errors_clear();
    conclude(c, heed(c, said, fault), NULL);
    impersonation_take_up_adopt(aside);
}
