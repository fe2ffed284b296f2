/* SPDX-License-Identifier: Apache-2.0
 * api_authz.c - client contexts and access checks, by Windows' names.
 */
#include "countersign/authz.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "sspi/authz.h"
#include "sspi/token.h"
#include "win32/last_error.h"
#include "win32/native_sid.h"

enum { NODES_MAX = 1000, GROUPS_MAX = 4096 };

static handle_id id_of(HANDLE h)
{
    return (handle_id)(uintptr_t)h;
}

static BOOL finish(enum err e, handle_id id, HANDLE *to)
{
    if (!e)
        *to = (HANDLE)(uintptr_t)id; /* a slot and a generation */
    return win32_bool(e);
}

BOOL AuthzInitializeResourceManager(DWORD Flags,
                                    PFN_AUTHZ_DYNAMIC_ACCESS_CHECK pfnDynamicAccessCheck,
                                    PFN_AUTHZ_COMPUTE_DYNAMIC_GROUPS pfnComputeDynamicGroups,
                                    PFN_AUTHZ_FREE_DYNAMIC_GROUPS pfnFreeDynamicGroups,
                                    LPCWSTR szResourceManagerName,
                                    PAUTHZ_RESOURCE_MANAGER_HANDLE phAuthzResourceManager)
{
    handle_id id = 0;
    enum err e = ERR_INVALID_PARAMETER;

    (void)szResourceManagerName;
    detail_begin("AuthzInitializeResourceManager");
    if (pfnDynamicAccessCheck || pfnComputeDynamicGroups || pfnFreeDynamicGroups)
        e = detail_fail(ERR_UNSUPPORTED, "a resource manager with callbacks");
    else if (phAuthzResourceManager &&
             !(Flags &
               ~(DWORD)(AUTHZ_RM_FLAG_NO_AUDIT | AUTHZ_RM_FLAG_INITIALIZE_UNDER_IMPERSONATION)))
        e = authz_manager_new(&id);
    return finish(e, id, phAuthzResourceManager);
}

BOOL AuthzFreeResourceManager(AUTHZ_RESOURCE_MANAGER_HANDLE hAuthzResourceManager)
{
    detail_begin("AuthzFreeResourceManager");
    return win32_bool(handle_close(id_of(hAuthzResourceManager), HANDLE_AUTHZ_MANAGER));
}

static uint64_t identifier(LUID l)
{
    return (uint64_t)(uint32_t)l.HighPart << 32 | l.LowPart;
}

BOOL AuthzInitializeContextFromToken(DWORD Flags, HANDLE TokenHandle,
                                     AUTHZ_RESOURCE_MANAGER_HANDLE hAuthzResourceManager,
                                     PLARGE_INTEGER pExpirationTime, LUID Identifier,
                                     PVOID DynamicGroupArgs,
                                     PAUTHZ_CLIENT_CONTEXT_HANDLE phAuthzClientContext)
{
    const struct token *t = NULL;
    handle_id id = 0;
    enum err e = ERR_INVALID_PARAMETER;

    (void)pExpirationTime;
    (void)DynamicGroupArgs;
    detail_begin("AuthzInitializeContextFromToken");
    if (phAuthzClientContext && !Flags)
        e = authz_manager_check(id_of(hAuthzResourceManager));
    if (!e)
        e = token_get_proven(id_of(TokenHandle), &t);
    if (!e) {
        e = authz_client_new(t->identity, identifier(Identifier), &id);
        handle_put(id_of(TokenHandle));
    }
    return finish(e, id, phAuthzClientContext);
}

BOOL AuthzInitializeContextFromSid(DWORD Flags, PSID UserSid,
                                   AUTHZ_RESOURCE_MANAGER_HANDLE hAuthzResourceManager,
                                   PLARGE_INTEGER pExpirationTime, LUID Identifier,
                                   PVOID DynamicGroupArgs,
                                   PAUTHZ_CLIENT_CONTEXT_HANDLE phAuthzClientContext)
{
    handle_id id = 0;
    struct sid s;
    enum err e = ERR_INVALID_PARAMETER;

    (void)pExpirationTime;
    (void)DynamicGroupArgs;
    detail_begin("AuthzInitializeContextFromSid");
    if (Flags != AUTHZ_SKIP_TOKEN_GROUPS)
        e = detail_fail(ERR_UNSUPPORTED, "the groups of a SID are not known here: flags are "
                                         "AUTHZ_SKIP_TOKEN_GROUPS, or there is a token");
    else if (phAuthzClientContext)
        e = authz_manager_check(id_of(hAuthzResourceManager));
    if (!e && native_sid_get(UserSid, &s)) {
        SetLastError(ERROR_INVALID_SID);
        return FALSE;
    }
    if (!e)
        e = authz_client_of_sid(&s, identifier(Identifier), &id);
    return finish(e, id, phAuthzClientContext);
}

/* ERR_NO_MAPPING: one of them is no SID. */
static enum err groups_in(const SID_AND_ATTRIBUTES *from, size_t n, struct sid *sids,
                          uint32_t *attributes)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (native_sid_get(from[i].Sid, &sids[i]))
            return ERR_NO_MAPPING;
        attributes[i] = from[i].Attributes;
    }
    return ERR_OK;
}

static enum err add_groups(handle_id to, const SID_AND_ATTRIBUTES *from, size_t n, handle_id *ret)
{
    const struct authz_client *c = NULL;
    struct sid *sids = mem_array(n + 1, sizeof *sids);
    uint32_t *attributes = mem_array(n + 1, sizeof *attributes);
    enum err e = sids && attributes ? groups_in(from, n, sids, attributes) : ERR_NO_MEMORY;

    if (!e)
        e = authz_client_get(to, &c);
    if (!e) {
        e = authz_client_with(c, sids, attributes, n, ret);
        handle_put(to);
    }
    mem_free(sids);
    mem_free(attributes);
    return e;
}

BOOL AuthzAddSidsToContext(AUTHZ_CLIENT_CONTEXT_HANDLE hAuthzClientContext,
                           PSID_AND_ATTRIBUTES Sids, DWORD SidCount,
                           PSID_AND_ATTRIBUTES RestrictedSids, DWORD RestrictedSidCount,
                           PAUTHZ_CLIENT_CONTEXT_HANDLE phNewAuthzClientContext)
{
    handle_id id = 0;
    enum err e = ERR_INVALID_PARAMETER;

    detail_begin("AuthzAddSidsToContext");
    if (RestrictedSids || RestrictedSidCount)
        e = detail_fail(ERR_UNSUPPORTED, "restricted SIDs");
    else if (phNewAuthzClientContext && (Sids || !SidCount) && SidCount <= GROUPS_MAX)
        e = add_groups(id_of(hAuthzClientContext), Sids, SidCount, &id);
    if (e == ERR_NO_MAPPING) {
        SetLastError(ERROR_INVALID_SID);
        return FALSE;
    }
    return finish(e, id, phNewAuthzClientContext);
}

BOOL AuthzFreeContext(AUTHZ_CLIENT_CONTEXT_HANDLE hAuthzClientContext)
{
    detail_begin("AuthzFreeContext");
    return win32_bool(handle_close(id_of(hAuthzClientContext), HANDLE_AUTHZ_CLIENT));
}

/* From SID number first on: the structures that point to them, then they themselves. */
static size_t information_size(const struct authz_client *c, size_t head, size_t first, size_t end)
{
    for (; first < end; first++)
        head += sizeof(SID_AND_ATTRIBUTES) + sid_size(&c->sids[first]);
    return head;
}

static void fill_sids(const struct authz_client *c, size_t first, size_t end,
                      PSID_AND_ATTRIBUTES to)
{
    uint8_t *at = (uint8_t *)(to + (end - first));

    for (; first < end; first++, to++) {
        to->Sid = at;
        to->Attributes = first ? c->attributes[first] : 0;
        native_sid_put(&c->sids[first], at);
        at += sid_size(&c->sids[first]);
    }
}

static enum err inform(const struct authz_client *c, AUTHZ_CONTEXT_INFORMATION_CLASS class,
                       DWORD room, PDWORD required, void *to)
{
    size_t head = offsetof(TOKEN_GROUPS, Groups), size = 0;

    if (class == AuthzContextInfoUserSid)
        size = information_size(c, 0, 0, 1);
    else if (class == AuthzContextInfoGroupsSids)
        size = information_size(c, head, 1, c->count);
    else if (class == AuthzContextInfoIdentifier)
        size = sizeof(LUID);
    else
        return detail_fail(ERR_UNSUPPORTED, "information of class %d", (int)class);
    *required = (DWORD)size;
    if (!to || room < size)
        return ERR_BUFFER_TOO_SMALL;
    if (class == AuthzContextInfoUserSid) {
        fill_sids(c, 0, 1, to);
    } else if (class == AuthzContextInfoGroupsSids) {
        ((PTOKEN_GROUPS)to)->GroupCount = (DWORD)(c->count - 1);
        fill_sids(c, 1, c->count, ((PTOKEN_GROUPS)to)->Groups);
    } else {
        *(LUID *)to = (LUID){ (DWORD)c->identifier, (LONG)(c->identifier >> 32) };
    }
    return ERR_OK;
}

BOOL AuthzGetInformationFromContext(AUTHZ_CLIENT_CONTEXT_HANDLE hAuthzClientContext,
                                    AUTHZ_CONTEXT_INFORMATION_CLASS InfoClass, DWORD BufferSize,
                                    PDWORD pSizeRequired, PVOID Buffer)
{
    const struct authz_client *c = NULL;
    DWORD required = 0;
    enum err e;

    detail_begin("AuthzGetInformationFromContext");
    e = authz_client_get(id_of(hAuthzClientContext), &c);
    if (e)
        return win32_bool(e);
    e = inform(c, InfoClass, BufferSize, &required, Buffer);
    handle_put(id_of(hAuthzClientContext));
    if (pSizeRequired)
        *pSizeRequired = required;
    if (e != ERR_BUFFER_TOO_SMALL)
        return win32_bool(e);
    SetLastError(ERROR_INSUFFICIENT_BUFFER);
    return FALSE;
}

static enum err nodes_of(const AUTHZ_ACCESS_REQUEST *request, struct acl_node **ret)
{
    size_t n = request->ObjectTypeListLength, i;
    struct acl_node *nodes = NULL;

    if (!n)
        return ERR_OK;
    if (n > NODES_MAX || !request->ObjectTypeList)
        return detail_fail(ERR_INVALID_PARAMETER, "a list of %zu object types", n);
    nodes = mem_array(n, sizeof *nodes);
    if (!nodes)
        return ERR_NO_MEMORY;
    for (i = 0; i < n; i++) {
        const OBJECT_TYPE_LIST *from = &request->ObjectTypeList[i];

        if (!from->ObjectType) {
            mem_free(nodes);
            return detail_fail(ERR_INVALID_PARAMETER, "object type %zu has no GUID", i);
        }
        nodes[i].level = from->Level;
        nodes[i].type.data1 = from->ObjectType->Data1;
        nodes[i].type.data2 = from->ObjectType->Data2;
        nodes[i].type.data3 = from->ObjectType->Data3;
        memcpy(nodes[i].type.data4, from->ObjectType->Data4, sizeof nodes[i].type.data4);
    }
    *ret = nodes;
    return ERR_OK;
}

static void reply_with(PAUTHZ_ACCESS_REPLY reply, size_t i, uint32_t wanted, uint32_t granted)
{
    uint32_t needed = wanted & ~MAXIMUM_ALLOWED;
    bool yes = granted && (granted & needed) == needed;

    reply->GrantedAccessMask[i] = yes ? granted : 0;
    reply->Error[i] = yes                               ? ERROR_SUCCESS
                      : wanted & ACCESS_SYSTEM_SECURITY ? ERROR_PRIVILEGE_NOT_HELD
                                                        : ERROR_ACCESS_DENIED;
}

static enum err decide(const struct authz_client *c, const AUTHZ_ACCESS_REQUEST *request,
                       const struct descriptor *d, PAUTHZ_ACCESS_REPLY reply)
{
    struct sid_set who = { c->sids, c->attributes, c->count };
    struct acl_request rq = { .wanted = request->DesiredAccess,
                              .node_count = request->ObjectTypeListLength };
    struct acl_node *nodes = NULL;
    struct sid self;
    uint32_t granted = 0;
    size_t i;
    enum err e = ERR_OK;

    if (request->PrincipalSelfSid) {
        e = native_sid_get(request->PrincipalSelfSid, &self);
        rq.self = &self;
    }
    if (!e)
        e = nodes_of(request, &nodes);
    if (e)
        return e;
    rq.nodes = nodes;
    if (!acl_access_check(d, &who, &rq, &granted))
        granted = 0;
    if (reply->ResultListLength == 1)
        reply_with(reply, 0, rq.wanted, granted);
    else
        for (i = 0; i < rq.node_count; i++)
            reply_with(reply, i, rq.wanted, nodes[i].granted);
    mem_free(nodes);
    return ERR_OK;
}

static bool is_reply(const AUTHZ_ACCESS_REQUEST *request, const AUTHZ_ACCESS_REPLY *reply)
{
    return request && reply && reply->GrantedAccessMask && reply->Error &&
           (reply->ResultListLength == 1 ||
            (reply->ResultListLength && reply->ResultListLength == request->ObjectTypeListLength));
}

BOOL AuthzAccessCheck(DWORD Flags, AUTHZ_CLIENT_CONTEXT_HANDLE hAuthzClientContext,
                      PAUTHZ_ACCESS_REQUEST pRequest, AUTHZ_AUDIT_EVENT_HANDLE hAuditEvent,
                      PSECURITY_DESCRIPTOR pSecurityDescriptor,
                      PSECURITY_DESCRIPTOR *OptionalSecurityDescriptorArray,
                      DWORD OptionalSecurityDescriptorCount, PAUTHZ_ACCESS_REPLY pReply,
                      PAUTHZ_ACCESS_CHECK_RESULTS_HANDLE phAccessCheckResults)
{
    const struct authz_client *c = NULL;
    struct descriptor d;
    struct bytes whole;
    DWORD i;
    enum err e = ERR_OK;

    detail_begin("AuthzAccessCheck");
    if (!is_reply(pRequest, pReply) || Flags & ~(DWORD)AUTHZ_ACCESS_CHECK_NO_DEEP_COPY_SD)
        return win32_bool(detail_fail(ERR_INVALID_PARAMETER, "flags, request or reply"));
    for (i = 0; i < pReply->ResultListLength; i++)
        reply_with(pReply, i, 0, 0);
    if (hAuditEvent || OptionalSecurityDescriptorArray || OptionalSecurityDescriptorCount ||
        phAccessCheckResults)
        return win32_bool(
            detail_fail(ERR_UNSUPPORTED, "audits, several descriptors or cached results"));
    e = descriptor_at(pSecurityDescriptor, &whole, &d);
    if (e == ERR_MALFORMED || e == ERR_TRUNCATED) {
        SetLastError(ERROR_INVALID_SECURITY_DESCR);
        return FALSE;
    }
    if (!e)
        e = authz_client_get(id_of(hAuthzClientContext), &c);
    if (e)
        return win32_bool(e);
    e = decide(c, pRequest, &d, pReply);
    handle_put(id_of(hAuthzClientContext));
    return win32_bool(e);
}
