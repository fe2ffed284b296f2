/* SPDX-License-Identifier: Apache-2.0
 * api_call_server.c - what the stubs of a server call: its call's streams, memory and context
 * handles.
 */
#include "base/detail.h"
#include "rpc/server_link.h"
#include "rpc/server_pipe.h"
#include "rpc/stub.h"

static struct rpc_server_call *call_of(CS_SERVER_CALL *call)
{
    return (struct rpc_server_call *)(void *)call;
}

CS_NDR_IN *CsServerIn(CS_SERVER_CALL *call)
{
    return stub_in_handle(&call_of(call)->in);
}

void *CsServerNew(CS_SERVER_CALL *call, size_t count, size_t size)
{
    return ndr_in_room(&call_of(call)->in, count, size);
}

OFTEN int CsServerReady(CS_SERVER_CALL *call)
{
    struct rpc_server_call *c = call_of(call);
    struct ndr_in *in = &c->in;
    bool pipes = rpc_server_pipes_wait(c);

    if (pipes && in->r.pos > c->registration->max_size)
        ndr_in_fail(in, ERR_TOO_LONG, "rpc: interface %s takes %zu bytes before a pipe",
                    c->registration->face->Head.Name, c->registration->max_size);
    /* What no argument reads is passed over, as other servers do. */
    c->called = ndr_in_settle(in, in->r.err == ERR_OK) == ERR_OK;
    return c->called;
}

boolean CsServerCalled(CS_SERVER_CALL *call)
{
    return call_of(call)->called;
}

OFTEN RPC_BINDING_HANDLE CsServerBinding(CS_SERVER_CALL *call)
{
    return rpc_server_call_handle(call_of(call));
}

OFTEN const void *CsServerManager(CS_SERVER_CALL *call)
{
    return call_of(call)->manager;
}

CS_NDR_OUT *CsServerOut(CS_SERVER_CALL *call)
{
    return stub_out_handle(&call_of(call)->out);
}

CS_NDR_FREE *CsServerFree(CS_SERVER_CALL *call)
{
    struct rpc_server_call *c = call_of(call);

    c->walk.off = c->out.w.err != ERR_OK;
    c->in.release.walked = !c->walk.off;
    return stub_free_handle(&c->walk);
}

/* ---- context handles ---- */

static CS_SERVER_CONTEXT *handle_of(struct rpc_context_use *use)
{
    return (CS_SERVER_CONTEXT *)(void *)use;
}

static struct rpc_context_use *use_of(CS_SERVER_CONTEXT *context)
{
    return (struct rpc_context_use *)(void *)context;
}

/* Calls in callbacks of a call are served by its thread: what that holds they would wait for in
 * vain. */
static const struct rpc_server_call *chain_of(const struct rpc_server_call *c)
{
    while (c->outer)
        c = c->outer;
    return c;
}

/* The place of one more; one that stays empty after a failure. */
static struct rpc_context_use *use_new(struct rpc_server_call *c, const CS_CONTEXT_TYPE *type)
{
    struct rpc_context_use *use = &c->no_context;

    if (c->contexts_count < RPC_CALL_CONTEXTS)
        use = &c->contexts[c->contexts_count++];
    else
        ndr_in_fail(&c->in, ERR_RPC_RESOURCES, "rpc: a call has more than %d context handles",
                    RPC_CALL_CONTEXTS);
    *use = (struct rpc_context_use){ .type = type,
                                     .face = c->registration->face,
                                     .call = chain_of(c),
                                     .another = c->contexts_count > 1 || c->outer };
    return use;
}

static bool is_nil(const struct uuid *u)
{
    static const struct uuid nil;

    return memcmp(u, &nil, sizeof nil) == 0;
}

CS_SERVER_CONTEXT *CsServerContextIn(CS_SERVER_CALL *call, const CS_CONTEXT_TYPE *type,
                                     unsigned flags)
{
    struct rpc_server_call *c = call_of(call);
    struct rpc_context_use *use = use_new(c, type);
    struct rpc_caller caller = rpc_server_call_caller(c);
    struct rpc_group *g = rpc_server_link_group(c->link);
    struct ndr_context wire;
    enum err e = ERR_OK;

    ndr_in_context(&c->in, &wire);
    if (c->in.r.err)
        return handle_of(use);
    if (!is_nil(&wire.uuid))
        e = rpc_context_handle_take(&g->handles, &caller, &wire.uuid, use);
    else if (flags != CS_CONTEXT_NULL_ALLOWED)
        e = ERR_RPC_NULL_CONTEXT;
    if (e)
        ndr_in_fail(&c->in, e, "rpc: a context handle of type %s is refused", type->Name);
    return handle_of(use);
}

CS_SERVER_CONTEXT *CsServerContextNew(CS_SERVER_CALL *call, const CS_CONTEXT_TYPE *type)
{
    return handle_of(use_new(call_of(call), type));
}

void *CsServerContextGet(CS_SERVER_CONTEXT *context)
{
    return use_of(context)->value;
}

void CsServerContextOut(CS_SERVER_CALL *call, CS_SERVER_CONTEXT *context, void *value)
{
    struct rpc_server_call *c = call_of(call);
    struct rpc_caller caller = rpc_server_call_caller(c);
    struct ndr_context wire = { 0 };
    enum err e = rpc_context_handle_give(&rpc_server_link_group(c->link)->handles, &caller, value,
                                         use_of(context), &wire.uuid);

    if (e)
        ndr_out_fail(&c->out, e, "a context handle could not be made");
    ndr_out_context(&c->out, &wire);
}
