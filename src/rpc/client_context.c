/* SPDX-License-Identifier: Apache-2.0
 * client_context.c - context handles read from answers, written into requests.
 */
#include "rpc/client_context.h"

#include "base/alloc.h"
#include "base/detail.h"

struct context {
    struct ndr_context wire;
    void *binding; /* a handle, of its own */
    struct rpc_association *association;
};

struct rpc_context_read {
    struct rpc_context_read *next;
    void **place;
    struct ndr_context wire;
    struct context *fresh; /* made for it, published at the end; NULL: none is needed */
    void *handle;
};

static const struct ndr_context null_context;

static bool is_null(const struct ndr_context *c)
{
    return memcmp(&c->uuid, &null_context.uuid, sizeof c->uuid) == 0;
}

static enum err context_get(const void *handle, struct context **ret)
{
    void *object;

    if (handle_get((handle_id)(uintptr_t)handle, HANDLE_RPC_CONTEXT, &object))
        return detail_fail(ERR_RPC_CONTEXT, "%p is not a context handle, or no more", handle);
    *ret = object;
    return ERR_OK;
}

static void context_put(const void *handle)
{
    handle_put((handle_id)(uintptr_t)handle);
}

static void context_free(void *object)
{
    struct context *c = object;

    if (!c)
        return;
    if (c->association)
        rpc_association_context(c->association, false);
    rpc_association_unref(c->association);
    if (c->binding)
        (void)!rpc_binding_close(c->binding);
    mem_free(c);
}

void rpc_context_write(struct rpc_call *call, const void *handle, bool null_allowed)
{
    struct context *c = NULL;
    enum err e = ERR_OK;

    if (handle)
        e = context_get(handle, &c);
    else if (!null_allowed)
        e = detail_fail(ERR_RPC_NULL_CONTEXT, "a null context handle where one is needed");
    if (call->handleless && call->err == ERR_RPC_BINDING) { /* the handle was to bring it */
        e = e ? e : ERR_RPC_NULL_CONTEXT;
        call->err = e;
        detail_begin(call->face->Head.Name);
        (void)!detail_fail(e, "%p is not a context handle, or no more", handle);
    }
    if (e)
        ndr_out_fail(&call->out, e, "context handle");
    ndr_out_context(&call->out, c ? &c->wire : &null_context);
    if (c)
        context_put(handle);
}

static enum err context_new(struct rpc_call *call, const struct ndr_context *wire,
                            struct context **ret)
{
    struct context *c = mem_zero(sizeof *c);
    struct rpc_binding *copy = NULL;
    enum err e;

    if (!call->target.association) {
        mem_free(c);
        return detail_fail(ERR_RPC_CONTEXT, "a message's server keeps no context handle for it");
    }
    if (!c)
        return ERR_NO_MEMORY;
    c->wire = *wire;
    e = rpc_binding_copy(call->binding, call->target.association, &copy);
    if (!e)
        e = rpc_binding_publish(copy, &c->binding);
    if (e) {
        rpc_binding_free(copy);
        mem_free(c);
        return e;
    }
    c->association = rpc_association_ref(call->target.association);
    rpc_association_context(c->association, true);
    *ret = c;
    return ERR_OK;
}

/* Everything that may fail is done here, nothing when the call ends. */
static enum err prepare(struct rpc_call *call, void **place, const struct ndr_context *wire,
                        struct rpc_context_read **ret)
{
    struct rpc_context_read *r = mem_zero(sizeof *r);
    handle_id id = 0;
    enum err e = ERR_OK;

    if (!r)
        return ERR_NO_MEMORY;
    r->place = place;
    r->wire = *wire;
    if (!*place && !is_null(wire))
        e = context_new(call, wire, &r->fresh);
    if (!e && r->fresh)
        e = handle_new(HANDLE_RPC_CONTEXT, r->fresh, context_free, &id);
    if (e) {
        context_free(r->fresh);
        mem_free(r);
        return e;
    }
    r->handle = (void *)(uintptr_t)id;
    *ret = r;
    return ERR_OK;
}

void rpc_context_read(struct rpc_call *call, void **place)
{
    struct rpc_context_read *r = NULL;
    struct ndr_context wire;
    enum err e;

    ndr_in_context(&call->in, &wire);
    if (call->in.r.err)
        return;
    e = prepare(call, place, &wire, &r);
    if (e) {
        ndr_in_fail(&call->in, e, "context handle");
        return;
    }
    r->next = call->contexts;
    call->contexts = r;
}

static void settle(struct rpc_context_read *r)
{
    struct context *c = NULL;

    if (r->handle) {
        *r->place = r->handle;
    } else if (*r->place && is_null(&r->wire)) {
        (void)!rpc_context_destroy(*r->place);
        *r->place = NULL;
    } else if (*r->place && context_get(*r->place, &c) == ERR_OK) {
        if (memcmp(&c->wire, &r->wire, sizeof c->wire) != 0)
            c->wire = r->wire; /* the server gave it another value */
        context_put(*r->place);
    }
}

void rpc_contexts_settle(struct rpc_context_read *list, bool good)
{
    while (list) {
        struct rpc_context_read *r = list;

        list = r->next;
        if (good)
            settle(r);
        else if (r->handle)
            (void)!rpc_context_destroy(r->handle);
        mem_free(r);
    }
}

enum err rpc_context_binding(const void *handle, void **ret)
{
    struct context *c = NULL;
    enum err e = context_get(handle, &c);

    if (e)
        return e;
    *ret = c->binding;
    context_put(handle);
    return ERR_OK;
}

enum err rpc_context_destroy(void *handle)
{
    if (handle_close((handle_id)(uintptr_t)handle, HANDLE_RPC_CONTEXT))
        return detail_fail(ERR_RPC_CONTEXT, "%p is not a context handle, or no more", handle);
    return ERR_OK;
}
