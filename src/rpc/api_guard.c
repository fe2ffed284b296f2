/* SPDX-License-Identifier: Apache-2.0
 * api_guard.c - what an interface lets in, and what its callers meant to reach.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "countersign/rpcguard.h"
#include "countersign/sspi.h"
#include "rpc/guard.h"
#include "rpc/registry.h"
#include "rpc/server_call.h"
#include "rpc/text.h"

static enum err check(const CS_INTERFACE_GUARD *from, unsigned operations)
{
    ULONG i;

    if (from->size < sizeof *from || (from->operation_count && !from->operations))
        return detail_fail(ERR_INVALID_PARAMETER, "a guard of %u bytes", from->size);
    for (i = 0; i < from->operation_count; i++) {
        const CS_OPERATION_GUARD *o = &from->operations[i];

        if ((o->operation >= operations && o->operation != CS_GUARD_OTHERS) ||
            o->least_level > RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
            return detail_fail(ERR_INVALID_PARAMETER, "operation %u of %u, level %u", o->operation,
                               operations, o->least_level);
    }
    return ERR_OK;
}

static enum err operation_in(const CS_OPERATION_GUARD *from, struct rpc_guard_operation *to)
{
    struct rpc_access *access = NULL;
    enum err e = from->descriptor ? rpc_access_parse(from->descriptor, &access) : ERR_OK;

    if (e)
        return e;
    rpc_access_unref(to->access);
    *to = (struct rpc_guard_operation){ .access = access,
                                        .least_level = (uint8_t)from->least_level,
                                        .nobody = from->nobody };
    return ERR_OK;
}

/* others: what is said of all that are not named; that first. */
static enum err operations_in(const CS_INTERFACE_GUARD *from, bool others, struct rpc_guard *to)
{
    enum err e = ERR_OK;
    ULONG i, n;

    for (i = 0; !e && i < from->operation_count; i++) {
        const CS_OPERATION_GUARD *o = &from->operations[i];

        if (others != (o->operation == CS_GUARD_OTHERS))
            continue;
        for (n = 0; !e && n <= to->operation_count; n++)
            if (others || n == o->operation)
                e = operation_in(o, &to->operation[n]);
    }
    return e;
}

static enum err guard_in(const CS_INTERFACE_GUARD *from, struct rpc_guard *to)
{
    const char *const *p;
    enum err e = ERR_OK;

    to->everywhere = !from->endpoints;
    for (p = from->endpoints; p && *p && !e; p++)
        e = rpc_guard_add_endpoint(to, *p);
    if (e)
        return e;
    to->max_calls = from->max_calls;
    to->max_of_client = from->max_calls_of_client;
    if (to->max_of_client)
        to->of_client = mem_zero(RPC_GUARD_CLIENTS * sizeof *to->of_client);
    if (to->max_of_client && !to->of_client)
        return ERR_NO_MEMORY;
    e = operations_in(from, true, to);
    return e ? e : operations_in(from, false, to);
}

static enum err guard_of(const CS_SERVER_INTERFACE *face, const struct rpc_syntax *id,
                         const CS_INTERFACE_GUARD *from, struct rpc_guard **ret)
{
    struct rpc_guard *g = NULL;
    enum err e = check(from, face->Head.ProcedureCount);

    if (e)
        return e;
    g = rpc_guard_new(id, face->Head.ProcedureCount);
    e = g ? guard_in(from, g) : ERR_NO_MEMORY;
    if (e)
        rpc_guard_unref(g);
    else
        *ret = g;
    return e;
}

RPC_STATUS CsServerGuardInterface(RPC_IF_HANDLE IfSpec, const CS_INTERFACE_GUARD *Guard)
{
    const CS_SERVER_INTERFACE *face = IfSpec;
    struct rpc_guard *g = NULL;
    struct rpc_syntax id;
    enum err e;

    detail_begin("CsServerGuardInterface");
    if (!face)
        return RPC_S_INVALID_ARG;
    e = rpc_registry_unserved(face, &id);
    if (!e && Guard)
        e = guard_of(face, &id, Guard, &g);
    if (!e)
        rpc_guard_set_adopt(&id, g);
    return err_rpc_status(e);
}

/* ---- whom the client meant ---- */

static enum err target_of(struct rpc_server_call *c, bool wide, void **ret)
{
    SecPkgContext_ClientSpecifiedTarget target = { NULL };
    SECURITY_STATUS status = SEC_E_TARGET_UNKNOWN;
    char *name = NULL;
    enum err e;

    if (!c->security)
        return detail_fail(ERR_RPC_NO_AUTH, "the call is not authenticated");
    if (c->security->type == RPC_AUTH_MQ)
        return rpc_text_out(wide, c->security->target, ret);
    if (c->security->has_context)
        status = QueryContextAttributesW(&c->security->context, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
                                         &target);
    if (status != SEC_E_OK)
        return detail_fail(status == SEC_E_TARGET_UNKNOWN ? ERR_NO_MAPPING
                                                          : err_of_security_status(status),
                           "the client named no target: status %#x", (unsigned)status);
    e = rpc_text_in(true, target.sTargetName, &name);
    FreeContextBuffer(target.sTargetName);
    if (!e)
        e = rpc_text_out(wide, name, ret);
    mem_free(name);
    return e;
}

static RPC_STATUS inq_target(RPC_BINDING_HANDLE binding, bool wide, void **ret)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("CsServerInqTarget");
    if (!ret)
        return RPC_S_INVALID_ARG;
    e = rpc_server_call_get(binding, &c);
    if (e)
        return err_rpc_status(e);
    e = target_of(c, wide, ret);
    rpc_server_call_unref(c);
    return err_rpc_status(e);
}

RPC_STATUS CsServerInqTargetA(RPC_BINDING_HANDLE ClientBinding, RPC_CSTR *Target)
{
    return inq_target(ClientBinding, false, (void **)Target);
}

RPC_STATUS CsServerInqTargetW(RPC_BINDING_HANDLE ClientBinding, RPC_WSTR *Target)
{
    return inq_target(ClientBinding, true, (void **)Target);
}
