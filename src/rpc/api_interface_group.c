/* SPDX-License-Identifier: Apache-2.0
 * api_interface_group.c - the doors of interface groups.
 */
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/handle.h"
#include "countersign/rpc.h"
#include "rpc/access.h"
#include "rpc/group_map.h"
#include "rpc/self_report.h"
#include "rpc/server.h"
#include "rpc/server_binding.h"
#include "rpc/text.h"

/* The two forms differ in what their strings point to. */
static_assert(sizeof(RPC_INTERFACE_TEMPLATEA) == sizeof(RPC_INTERFACE_TEMPLATEW) &&
                  sizeof(RPC_ENDPOINT_TEMPLATEA) == sizeof(RPC_ENDPOINT_TEMPLATEW),
              "one layout of both forms");

struct asked { /* what RpcServerInterfaceGroupCreate was given */
    bool wide;
    const RPC_INTERFACE_TEMPLATEA *interfaces;
    ULONG interface_count;
    const RPC_ENDPOINT_TEMPLATEA *endpoints;
    ULONG endpoint_count;
    struct rpc_group_idle idle;
};

static enum err read_interface(bool wide, const RPC_INTERFACE_TEMPLATEA *t,
                               struct rpc_interface_group *g, struct rpc_group_interface *ret)
{
    struct rpc_access *access = NULL;
    enum err e;

    if (t->Version || !t->IfSpec)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "an interface's template is of version %u, not 0, or names none",
                           t->Version);
    e = rpc_server_check_flags(t->Flags);
    if (!e)
        e = rpc_access_given(t->SecurityDescriptor, &access);
    ret->how.access = access;
    if (!e)
        e = rpc_group_objects_copy(t->UuidVector, &ret->objects);
    if (!e)
        e = rpc_text_in(wide, t->Annotation, &ret->annotation);
    if (e)
        return e;
    ret->how = (struct rpc_register){ .face = t->IfSpec,
                                      .epv = t->MgrEpv,
                                      .flags = t->Flags | RPC_IF_AUTOLISTEN,
                                      .max_calls = t->MaxCalls,
                                      .max_size = t->MaxRpcSize,
                                      .callback = t->IfCallback,
                                      .access = access,
                                      .group = g };
    if (t->MgrTypeUuid)
        memcpy(&ret->how.type, t->MgrTypeUuid, sizeof ret->how.type);
    return ERR_OK;
}

static enum err read_endpoint(bool wide, const RPC_ENDPOINT_TEMPLATEA *t,
                              struct rpc_group_endpoint *ret)
{
    const void *const texts[] = { t->ProtSeq, t->Endpoint };
    char *text[2] = { NULL, NULL };
    enum err e;

    if (t->Version || !t->ProtSeq)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "an endpoint's template is of version %u, not 0, or names no protocol "
                           "sequence",
                           t->Version);
    e = rpc_access_given(t->SecurityDescriptor, &ret->access);
    if (!e)
        e = rpc_texts_in(wide, texts, 2, text);
    if (e)
        return e;
    ret->protseq = text[0];
    ret->endpoint = text[1];
    ret->backlog = t->Backlog == RPC_C_PROTSEQ_MAX_REQS_DEFAULT ? 0 : t->Backlog;
    return ERR_OK;
}

static enum err check(const struct asked *a)
{
    if ((a->interface_count && !a->interfaces) || (a->endpoint_count && !a->endpoints))
        return detail_fail(ERR_INVALID_PARAMETER, "%u interfaces and %u endpoints, and a NULL",
                           a->interface_count, a->endpoint_count);
    if (!a->idle.changed && a->idle.seconds != INFINITE)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "an idle period of %u seconds needs a callback: pass INFINITE",
                           a->idle.seconds);
    return ERR_OK;
}

static void release(void *object)
{
    rpc_interface_group_unref(object);
}

static enum err publish(struct rpc_interface_group *g)
{
    handle_id id;
    enum err e = handle_new(HANDLE_RPC_GROUP, g, release, &id);

    if (!e)
        g->handle = (void *)(uintptr_t)id;
    return e;
}

static enum err create(const struct asked *a, void **ret)
{
    struct rpc_interface_group *g = NULL;
    enum err e = check(a);
    ULONG i;

    if (!e)
        e = rpc_interface_group_new(a->interface_count, a->endpoint_count, &g);
    for (i = 0; !e && i < a->interface_count; i++)
        e = read_interface(a->wide, &a->interfaces[i], g, &g->interfaces[i]);
    for (i = 0; !e && i < a->endpoint_count; i++)
        e = read_endpoint(a->wide, &a->endpoints[i], &g->endpoints[i]);
    if (!e) {
        g->idle = a->idle;
        e = publish(g);
    }
    if (e) {
        rpc_interface_group_unref(g);
        return e;
    }
    *ret = g->handle;
    return ERR_OK;
}

static struct rpc_group_idle idle_in(ULONG seconds, RPC_INTERFACE_GROUP_IDLE_CALLBACK_FN *function,
                                     void *context)
{
    return (struct rpc_group_idle){ seconds, seconds == INFINITE ? NULL : function, context };
}

RPC_STATUS RpcServerInterfaceGroupCreateA(RPC_INTERFACE_TEMPLATEA *Interfaces, ULONG NumIfs,
                                          RPC_ENDPOINT_TEMPLATEA *Endpoints, ULONG NumEndpoints,
                                          ULONG IdlePeriod,
                                          RPC_INTERFACE_GROUP_IDLE_CALLBACK_FN *IdleCallbackFn,
                                          void *IdleCallbackContext, PRPC_INTERFACE_GROUP IfGroup)
{
    const struct asked a = {
        false,     Interfaces,   NumIfs,
        Endpoints, NumEndpoints, idle_in(IdlePeriod, IdleCallbackFn, IdleCallbackContext)
    };

    detail_begin("RpcServerInterfaceGroupCreate");
    return IfGroup ? err_rpc_status(create(&a, IfGroup)) : RPC_S_INVALID_ARG;
}

RPC_STATUS RpcServerInterfaceGroupCreateW(RPC_INTERFACE_TEMPLATEW *Interfaces, ULONG NumIfs,
                                          RPC_ENDPOINT_TEMPLATEW *Endpoints, ULONG NumEndpoints,
                                          ULONG IdlePeriod,
                                          RPC_INTERFACE_GROUP_IDLE_CALLBACK_FN *IdleCallbackFn,
                                          void *IdleCallbackContext, PRPC_INTERFACE_GROUP IfGroup)
{
    const struct asked a = {
        true,         (const void *)Interfaces,
        NumIfs,       (const void *)Endpoints,
        NumEndpoints, idle_in(IdlePeriod, IdleCallbackFn, IdleCallbackContext)
    };

    detail_begin("RpcServerInterfaceGroupCreate");
    return IfGroup ? err_rpc_status(create(&a, IfGroup)) : RPC_S_INVALID_ARG;
}

/* Held until handle_put. */
static struct rpc_interface_group *group_of(RPC_INTERFACE_GROUP handle)
{
    void *g = NULL;

    return handle_get((handle_id)(uintptr_t)handle, HANDLE_RPC_GROUP, &g) ? NULL : g;
}

static void put(RPC_INTERFACE_GROUP handle)
{
    handle_put((handle_id)(uintptr_t)handle);
}

RPC_STATUS RpcServerInterfaceGroupActivate(RPC_INTERFACE_GROUP IfGroup)
{
    struct rpc_interface_group *g;
    RPC_STATUS status;

    detail_begin("RpcServerInterfaceGroupActivate");
    g = group_of(IfGroup);
    if (!g)
        return RPC_S_INVALID_ARG;
    status = rpc_interface_group_activate(g);
    if (!status)
        rpc_self_report_begin();
    put(IfGroup);
    return status;
}

RPC_STATUS RpcServerInterfaceGroupDeactivate(RPC_INTERFACE_GROUP IfGroup, ULONG ForceDeactivation)
{
    struct rpc_interface_group *g;
    RPC_STATUS status;

    detail_begin("RpcServerInterfaceGroupDeactivate");
    g = group_of(IfGroup);
    if (!g)
        return RPC_S_INVALID_ARG;
    status = rpc_interface_group_deactivate(g, ForceDeactivation != 0);
    put(IfGroup);
    return status;
}

RPC_STATUS RpcServerInterfaceGroupClose(RPC_INTERFACE_GROUP IfGroup)
{
    struct rpc_interface_group *g;
    bool mine;

    detail_begin("RpcServerInterfaceGroupClose");
    g = group_of(IfGroup);
    if (!g)
        return RPC_S_INVALID_ARG;
    mine =
        !handle_close((handle_id)(uintptr_t)IfGroup, HANDLE_RPC_GROUP); /* else another was first */
    if (mine)
        rpc_interface_group_close(g);
    put(IfGroup);
    return mine ? RPC_S_OK : RPC_S_INVALID_ARG;
}

RPC_STATUS RpcServerInterfaceGroupInqBindings(RPC_INTERFACE_GROUP IfGroup,
                                              RPC_BINDING_VECTOR **BindingVector)
{
    struct rpc_interface_group *g;
    enum err e;

    detail_begin("RpcServerInterfaceGroupInqBindings");
    if (!BindingVector)
        return RPC_S_INVALID_ARG;
    g = group_of(IfGroup);
    if (!g)
        return RPC_S_INVALID_ARG;
    *BindingVector = NULL;
    e = rpc_server_bindings(g, BindingVector);
    put(IfGroup);
    return err_rpc_status(e);
}
