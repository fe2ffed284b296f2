/* SPDX-License-Identifier: Apache-2.0
 * loop.c - the runtime's part of a call, for stubs back to back.
 */
#include "stubs/loop.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "lib/initialised.h"
#include "ndr/handles.h"
#include "ndr/release.h"
#include "rpc/stub.h"

struct loop loop;

struct client {
    const CS_CLIENT_INTERFACE *face;
    unsigned opnum;
    struct ndr_out out;
    struct ndr_in in;
    struct ndr_fulls fulls;
    struct ndr_arena arena;
    bool received;
    enum err err;
};

struct CS_SERVER_CONTEXT {
    const CS_CONTEXT_TYPE *type;
    void *value;
};

struct CS_SERVER_CALL {
    struct ndr_in in;
    struct ndr_out out;
    struct ndr_fulls fulls;
    struct ndr_arena arena;
    struct ndr_free walk;
    struct bytes request;
    CS_SERVER_CONTEXT context[4];
    unsigned contexts;
    bool ready, writing;
};

static_assert(sizeof(struct client) <= sizeof(CS_CLIENT_CALL), "a call of a client");

static struct client *client_of(CS_CLIENT_CALL *call)
{
    return (struct client *)(void *)call;
}

/* Descriptors beside a call: there and back, each its program's. */
static struct ndr_handles there, back;

void loop_init(RPC_IF_HANDLE server)
{
    loop_done();
    loop = (struct loop){ .server = (const CS_SERVER_INTERFACE *)server, .fail_at = -1 };
}

void loop_done(void)
{
    ndr_handles_done(&there);
    ndr_handles_done(&back);
    buf_free(&loop.request);
    buf_free(&loop.response);
}

/* ---- the server ---- */

static void server_done(CS_SERVER_CALL *call)
{
    loop.peak = call->arena.used;
    ndr_out_done(&call->out);
    ndr_arena_done(&call->arena);
    ndr_fulls_done(&call->fulls);
}

static RPC_STATUS run(unsigned opnum, CS_SERVER_CALL *call)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        loop.server->Procedures[opnum].Serve(call);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

void loop_serve(unsigned opnum, struct bytes request)
{
    struct ndr_drep drep = { !loop.big_endian, true, true };
    CS_SERVER_CALL call = { .request = request };

    buf_free(&loop.response);
    call.arena = ndr_arena_with(ndr_budget(request.len));
    loop.server_error =
        ndr_in_begin(request, loop.syntax, drep, &call.arena, &call.fulls, &call.in);
    call.in.user = (struct ndr_user){ loop.server->Head.Allocate, loop.server->Head.Free };
    there.read = 0;
    call.in.handles = &there;
    loop.server_raised = loop.server_error ? RPC_S_OK : run(opnum, &call);
    if (!loop.server_raised)
        loop.server_raised = (RPC_STATUS)(call.in.raised ? call.in.raised : call.out.raised);
    ndr_in_release_end(&call.in, loop.server_raised != 0);
    if (loop.server_raised && !loop.server_error)
        loop.server_error = ERR_RPC_FAILED;
    if (call.writing && !loop.server_error)
        loop.server_error = ndr_out_take(&call.out, &loop.response);
    initialised_check(loop.response.ptr, loop.response.len);
    server_done(&call);
}

CS_NDR_IN *CsServerIn(CS_SERVER_CALL *call)
{
    return stub_in_handle(&call->in);
}

void *CsServerNew(CS_SERVER_CALL *call, size_t count, size_t size)
{
    return ndr_in_room(&call->in, count, size);
}

int CsServerReady(CS_SERVER_CALL *call)
{
    loop.server_error = ndr_in_settle(&call->in, ndr_in_end(&call->in) == ERR_OK);
    call->ready = loop.server_error == ERR_OK;
    if (call->ready) {
        ndr_fulls_turn(&call->fulls);
        call->writing = ndr_out_begin(loop.syntax, &call->fulls, &call->out) == ERR_OK;
        ndr_handles_done(&back);
        call->out.handles = &back;
    }
    return call->ready;
}

boolean CsServerCalled(CS_SERVER_CALL *call)
{
    return call->ready;
}

RPC_BINDING_HANDLE CsServerBinding(CS_SERVER_CALL *call)
{
    return call;
}

const void *CsServerManager(CS_SERVER_CALL *call)
{
    (void)call;
    return loop.server->DefaultManagerEpv;
}

CS_NDR_OUT *CsServerOut(CS_SERVER_CALL *call)
{
    return stub_out_handle(&call->out);
}

CS_NDR_FREE *CsServerFree(CS_SERVER_CALL *call)
{
    call->walk = (struct ndr_free){
        .arena = &call->arena,
        .stub = call->request,
        .fulls = &call->fulls,
        .release = loop.server->Head.Free,
    };
    call->in.release.walked = call->out.w.err == ERR_OK;
    return call->out.w.err ? NULL : stub_free_handle(&call->walk);
}

/* A context handle is its value, in the uuid's last eight octets: nothing here is secret. */
CS_SERVER_CONTEXT *CsServerContextIn(CS_SERVER_CALL *call, const CS_CONTEXT_TYPE *type,
                                     unsigned flags)
{
    CS_SERVER_CONTEXT *c = &call->context[call->contexts++];
    struct ndr_context wire = { 0 };

    ndr_in_context(&call->in, &wire);
    memcpy(&c->value, wire.uuid.data4, sizeof c->value);
    c->type = type;
    if (!c->value && flags == CS_CONTEXT_NULL_REFUSED)
        ndr_in_fail(&call->in, ERR_RPC_NULL_CONTEXT, "a null context");
    return c;
}

CS_SERVER_CONTEXT *CsServerContextNew(CS_SERVER_CALL *call, const CS_CONTEXT_TYPE *type)
{
    CS_SERVER_CONTEXT *c = &call->context[call->contexts++];

    c->type = type;
    return c;
}

void *CsServerContextGet(CS_SERVER_CONTEXT *context)
{
    return context->value;
}

void CsServerContextOut(CS_SERVER_CALL *call, CS_SERVER_CONTEXT *context, void *value)
{
    struct ndr_context wire = { 0 };

    (void)context;
    memcpy(wire.uuid.data4, &value, sizeof value);
    ndr_out_context(&call->out, &wire);
}

/* ---- the client ---- */

CS_NDR_OUT *CsClientBegin(CS_CLIENT_CALL *call, const CS_CLIENT_INTERFACE *face,
                          RPC_BINDING_HANDLE binding, unsigned opnum, unsigned flags)
{
    struct client *c = client_of(call);

    (void)binding;
    (void)flags;
    *c = (struct client){ .face = face, .opnum = opnum };
    c->err = ndr_out_begin(loop.syntax, &c->fulls, &c->out);
    loop.opnum = opnum;
    ndr_handles_done(&there);
    c->out.handles = &there;
    return stub_out_handle(&c->out);
}

/* A routine may write over its [in] arrays, which are where the request is. */
static void serve_copy(unsigned opnum)
{
    struct bytes request = loop.instead_of_request;
    uint8_t *copy = NULL;

    if (!request.ptr)
        request = bytes_of(loop.request.ptr, loop.request.len);
    copy = (uint8_t *)malloc(request.len ? request.len : 1);
    if (request.len)
        memcpy(copy, request.ptr, request.len);
    loop_serve(opnum, bytes_of(copy, request.len));
    free(copy);
}

CS_NDR_IN *CsClientSend(CS_CLIENT_CALL *call)
{
    struct client *c = client_of(call);
    struct bytes response;

    buf_free(&loop.request);
    c->err = ndr_out_take(&c->out, &loop.request);
    if (c->err)
        return NULL;
    initialised_check(loop.request.ptr, loop.request.len);
    serve_copy(c->opnum);
    response = loop.instead_of_response.ptr ? loop.instead_of_response
                                            : bytes_of(loop.response.ptr, loop.response.len);
    if (loop.server_error && !loop.instead_of_response.ptr) {
        c->err = ERR_RPC_FAILED;
        return NULL;
    }
    ndr_fulls_turn(&c->fulls);
    c->arena = ndr_arena_with(ndr_budget(response.len));
    c->err = ndr_in_begin(response, loop.syntax, NDR_DREP_NATIVE, &c->arena, &c->fulls, &c->in);
    c->in.user = (struct ndr_user){ c->face->Head.Allocate, c->face->Head.Free };
    c->in.owned = true;
    c->in.handles = &back;
    c->received = !c->err;
    return c->err ? NULL : stub_in_handle(&c->in);
}

RPC_STATUS CsClientEnd(CS_CLIENT_CALL *call)
{
    struct client *c = client_of(call);

    if (c->received) {
        c->err = ndr_in_settle(&c->in, ndr_in_end(&c->in) == ERR_OK);
    }
    ndr_out_done(&c->out);
    ndr_fulls_done(&c->fulls);
    ndr_arena_done(&c->arena);
    loop.client_error = c->err;
    if (c->out.raised || c->in.raised)
        return (RPC_STATUS)(c->out.raised ? c->out.raised : c->in.raised);
    return c->err ? RPC_X_BAD_STUB_DATA : RPC_S_OK;
}

void CsClientContextOut(CS_CLIENT_CALL *call, const void *context, unsigned flags)
{
    struct client *c = client_of(call);
    struct ndr_context wire = { 0 };

    if (!context && flags == CS_CONTEXT_NULL_REFUSED)
        ndr_out_fail(&c->out, ERR_RPC_NULL_CONTEXT, "a null context");
    memcpy(wire.uuid.data4, &context, sizeof context);
    ndr_out_context(&c->out, &wire);
}

void CsClientContextIn(CS_CLIENT_CALL *call, void **context)
{
    struct ndr_context wire = { 0 };

    ndr_in_context(&client_of(call)->in, &wire);
    memcpy(context, wire.uuid.data4, sizeof *context);
}

RPC_BINDING_HANDLE CsClientContextBinding(const void *context)
{
    return (RPC_BINDING_HANDLE)context;
}

/* Of an exception that nobody catches. */
RPC_STATUS DceErrorInqTextA(RPC_STATUS status, RPC_CSTR text)
{
    (void)snprintf((char *)text, DCE_C_ERROR_STRING_LEN, "%d", (int)status);
    return RPC_S_OK;
}

void *midl_user_allocate(size_t size)
{
    if (loop.fail_at >= 0 && loop.fail_at-- == 0)
        return NULL;
    loop.live++;
    return malloc(size);
}

void midl_user_free(void *p)
{
    loop.live -= p != NULL;
    free(p);
}
