/* SPDX-License-Identifier: Apache-2.0
 * api_authorization.c - the client of a call, for the functions of authz.h.
 */
#include <string.h>

#include <countersign/authz.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "rpc/caller_sids.h"
#include "rpc/server_call.h"

static enum err native(const struct sid *s, PSID *ret)
{
    char text[SID_TEXT];

    sid_format(s, text);
    return ConvertStringSidToSidA(text, ret) ? ERR_OK : ERR_NO_MEMORY;
}

/* Of the user alone. */
static RPC_STATUS begin(PSID user, AUTHZ_CLIENT_CONTEXT_HANDLE *ret)
{
    AUTHZ_RESOURCE_MANAGER_HANDLE manager = NULL;
    const LUID none = { 0, 0 };
    BOOL made;

    if (!AuthzInitializeResourceManager(AUTHZ_RM_FLAG_NO_AUDIT, NULL, NULL, NULL, NULL, &manager))
        return (RPC_STATUS)GetLastError();
    made = AuthzInitializeContextFromSid(AUTHZ_SKIP_TOKEN_GROUPS, user, manager, NULL, none, NULL,
                                         ret);
    if (!AuthzFreeResourceManager(manager) || !made)
        return (RPC_STATUS)GetLastError();
    return RPC_S_OK;
}

/* The first is the user's. */
static RPC_STATUS context_of(SID_AND_ATTRIBUTES *all, size_t n, AUTHZ_CLIENT_CONTEXT_HANDLE *ret)
{
    AUTHZ_CLIENT_CONTEXT_HANDLE alone = NULL;
    RPC_STATUS s = begin(all[0].Sid, &alone);

    if (s != RPC_S_OK)
        return s;
    if (!AuthzAddSidsToContext(alone, all + 1, (DWORD)n - 1, NULL, 0, ret))
        s = (RPC_STATUS)GetLastError();
    if (!AuthzFreeContext(alone) && s == RPC_S_OK)
        s = RPC_S_INTERNAL_ERROR;
    return s;
}

static RPC_STATUS context_of_set(const struct sid_set *set, AUTHZ_CLIENT_CONTEXT_HANDLE *ret)
{
    SID_AND_ATTRIBUTES *all = mem_zero(set->count * sizeof *all);
    RPC_STATUS s = all ? RPC_S_OK : RPC_S_OUT_OF_MEMORY;
    size_t i;

    for (i = 0; s == RPC_S_OK && i < set->count; i++) {
        all[i].Attributes = set->attributes[i];
        s = err_rpc_status(native(&set->sids[i], &all[i].Sid));
    }
    if (s == RPC_S_OK)
        s = context_of(all, set->count, ret);
    for (i = 0; all && i < set->count; i++)
        LocalFree(all[i].Sid);
    mem_free(all);
    return s;
}

static RPC_STATUS context_of_call(struct rpc_server_call *c, AUTHZ_CLIENT_CONTEXT_HANDLE *ret)
{
    struct rpc_caller_sids who = { 0 };
    RPC_STATUS s;
    enum err e;

    if (!c->security)
        return err_rpc_status(detail_fail(ERR_NO_IMPERSONATION, "the call is not authenticated"));
    e = rpc_caller_sids_get(c, &who);
    if (e)
        return err_rpc_status(e);
    if (who.set.count) {
        s = context_of_set(&who.set, ret);
    } else {
        (void)detail_fail(ERR_NO_MAPPING, "the caller's ticket proves a name, and no SID");
        s = ERROR_NONE_MAPPED;
    }
    rpc_caller_sids_done(&who);
    return s;
}

RPC_STATUS RpcGetAuthorizationContextForClient(RPC_BINDING_HANDLE ClientBinding,
                                               BOOL ImpersonateOnReturn, PVOID Reserved1,
                                               PLARGE_INTEGER pExpirationTime, LUID Reserved2,
                                               DWORD Reserved3, PVOID Reserved4,
                                               PVOID *pAuthzClientContext)
{
    struct rpc_server_call *c = NULL;
    PVOID context = NULL;
    RPC_STATUS s;
    enum err e;

    (void)pExpirationTime;
    detail_begin("RpcGetAuthorizationContextForClient");
    if (Reserved1 || Reserved2.LowPart || Reserved2.HighPart || Reserved3 || Reserved4 ||
        !pAuthzClientContext)
        return ERROR_INVALID_PARAMETER;
    e = rpc_server_call_get(ClientBinding, &c);
    if (e)
        return err_rpc_status(e);
    s = context_of_call(c, &context);
    rpc_server_call_unref(c);
    if (s == RPC_S_OK && ImpersonateOnReturn)
        s = RpcImpersonateClient(ClientBinding);
    if (s == RPC_S_OK)
        *pAuthzClientContext = context;
    else if (context)
        (void)RpcFreeAuthorizationContext(&context);
    return s;
}

RPC_STATUS RpcFreeAuthorizationContext(PVOID *pAuthzClientContext)
{
    detail_begin("RpcFreeAuthorizationContext");
    if (!pAuthzClientContext || !AuthzFreeContext(*pAuthzClientContext))
        return RPC_S_INVALID_ARG;
    *pAuthzClientContext = NULL;
    return RPC_S_OK;
}
