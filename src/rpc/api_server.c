/* SPDX-License-Identifier: Apache-2.0
 * api_server.c - a server's start and stop: protocol sequences, interfaces, listening.
 */
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "rpc/access.h"
#include "rpc/group.h"
#include "rpc/mgmt_local.h"
#include "rpc/protseq.h"
#include "rpc/queue_server.h"
#include "rpc/self_report.h"
#include "rpc/server.h"
#include "rpc/text.h"

/* ---- protocol sequences ---- */

struct use { /* what the functions of that family say */
    bool wide;
    bool well_known; /* the endpoint must be there */
    const void *protseq, *endpoint;
    const CS_INTERFACE *face; /* the endpoints of its IDL */
    const void *descriptor;
    const RPC_POLICY *policy;
};

/* What the flags are depends on the protocol sequence: they have the same numbers. */
static enum err check_policy(const struct transport *t, const RPC_POLICY *p)
{
    const ULONG ports = RPC_C_USE_INTERNET_PORT | RPC_C_USE_INTRANET_PORT | RPC_C_DONT_FAIL;
    const ULONG queues = RPC_C_MQ_PERMANENT | RPC_C_MQ_CLEAR_ON_OPEN |
                         RPC_C_MQ_USE_EXISTING_SECURITY | RPC_C_MQ_AUTHN_LEVEL_PKT_INTEGRITY |
                         RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY;
    ULONG known = t->queued ? queues : ports, nics = t->queued ? 0 : RPC_C_BIND_TO_ALL_NICS;

    if (!p)
        return ERR_OK;
    if (p->Length < sizeof *p || (p->EndpointFlags & ~known) || (p->NICFlags & ~nics))
        return detail_fail(ERR_INVALID_PARAMETER, "a policy of %u bytes, flags %#x and %#x",
                           p->Length, p->EndpointFlags, p->NICFlags);
    return ERR_OK;
}

struct how { /* an endpoint is used */
    struct rpc_access *access;
    const RPC_POLICY *policy;
};

static enum err use_queue(const char *name, const struct how *how)
{
    const struct rpc_queue_ask ask = { .name = name,
                                       .flags = how->policy ? how->policy->EndpointFlags : 0,
                                       .access = how->access };

    if (name)
        return rpc_queue_use(&ask);
    detail_remedy("Name the queue: RpcServerUseProtseqEp.");
    return detail_fail(ERR_UNSUPPORTED, "ncadg_mq has no dynamic endpoints");
}

static enum err use_one(const struct transport *t, const char *endpoint, const struct how *how)
{
    const struct rpc_endpoint_ask ask = { .transport = t,
                                          .endpoint = endpoint,
                                          .access = how->access };

    return t->queued ? use_queue(endpoint, how) : rpc_server_use(&ask);
}

/* Each endpoint the interface's IDL has for t. */
static enum err use_endpoints(const CS_INTERFACE *face, const struct transport *t,
                              const struct how *how)
{
    bool any = false;
    enum err e = ERR_OK;
    unsigned i;

    for (i = 0; !e && i < face->EndpointCount; i++) {
        if (strcmp(face->Endpoints[i].ProtocolSequence, t->protseq) != 0)
            continue;
        e = use_one(t, face->Endpoints[i].Endpoint, how);
        any = true;
    }
    if (!any)
        return detail_fail(ERR_RPC_PROTSEQ_ENDPOINT, "interface %s names no endpoint of %s",
                           face->Name, t->protseq);
    return e;
}

static enum err use_protseq(const struct use *u)
{
    const void *const texts[] = { u->protseq, u->endpoint };
    struct how how = { .policy = u->policy };
    const struct transport *t = NULL;
    char *text[2] = { NULL, NULL };
    enum err e = rpc_texts_in(u->wide, texts, 2, text);

    if (!e && !text[0])
        e = detail_fail(ERR_RPC_PROTSEQ_NAME, "no protocol sequence is named");
    if (!e)
        e = rpc_protseq_find(text[0], &t);
    if (!e && u->well_known && !text[1])
        e = detail_fail(ERR_RPC_ENDPOINT_FORMAT, "no endpoint of %s is named", text[0]);
    if (!e)
        e = check_policy(t, u->policy);
    if (!e)
        e = rpc_access_given(u->descriptor, &how.access);
    if (!e)
        e = u->face ? use_endpoints(u->face, t, &how) : use_one(t, text[1], &how);
    rpc_access_unref(how.access);
    rpc_texts_free(text, 2);
    return e;
}

static RPC_STATUS use_status(const char *function, const struct use *u)
{
    detail_begin(function);
    return err_rpc_status(use_protseq(u));
}

RPC_STATUS RpcServerUseProtseqA(RPC_CSTR Protseq, UINT MaxCalls, void *SecurityDescriptor)
{
    return RpcServerUseProtseqExA(Protseq, MaxCalls, SecurityDescriptor, NULL);
}

RPC_STATUS RpcServerUseProtseqW(RPC_WSTR Protseq, UINT MaxCalls, void *SecurityDescriptor)
{
    return RpcServerUseProtseqExW(Protseq, MaxCalls, SecurityDescriptor, NULL);
}

RPC_STATUS RpcServerUseProtseqExA(RPC_CSTR Protseq, UINT MaxCalls, void *SecurityDescriptor,
                                  PRPC_POLICY Policy)
{
    (void)MaxCalls; /* a hint: the system's largest queue of connections is used */
    return use_status(
        "RpcServerUseProtseq",
        &(struct use){ .protseq = Protseq, .descriptor = SecurityDescriptor, .policy = Policy });
}

RPC_STATUS RpcServerUseProtseqExW(RPC_WSTR Protseq, UINT MaxCalls, void *SecurityDescriptor,
                                  PRPC_POLICY Policy)
{
    (void)MaxCalls;
    return use_status("RpcServerUseProtseq", &(struct use){ .wide = true,
                                                            .protseq = Protseq,
                                                            .descriptor = SecurityDescriptor,
                                                            .policy = Policy });
}

RPC_STATUS RpcServerUseProtseqEpA(RPC_CSTR Protseq, UINT MaxCalls, RPC_CSTR Endpoint,
                                  void *SecurityDescriptor)
{
    return RpcServerUseProtseqEpExA(Protseq, MaxCalls, Endpoint, SecurityDescriptor, NULL);
}

RPC_STATUS RpcServerUseProtseqEpW(RPC_WSTR Protseq, UINT MaxCalls, RPC_WSTR Endpoint,
                                  void *SecurityDescriptor)
{
    return RpcServerUseProtseqEpExW(Protseq, MaxCalls, Endpoint, SecurityDescriptor, NULL);
}

RPC_STATUS RpcServerUseProtseqEpExA(RPC_CSTR Protseq, UINT MaxCalls, RPC_CSTR Endpoint,
                                    void *SecurityDescriptor, PRPC_POLICY Policy)
{
    (void)MaxCalls;
    return use_status("RpcServerUseProtseqEp", &(struct use){ .protseq = Protseq,
                                                              .endpoint = Endpoint,
                                                              .well_known = true,
                                                              .descriptor = SecurityDescriptor,
                                                              .policy = Policy });
}

RPC_STATUS RpcServerUseProtseqEpExW(RPC_WSTR Protseq, UINT MaxCalls, RPC_WSTR Endpoint,
                                    void *SecurityDescriptor, PRPC_POLICY Policy)
{
    (void)MaxCalls;
    return use_status("RpcServerUseProtseqEp", &(struct use){ .wide = true,
                                                              .protseq = Protseq,
                                                              .endpoint = Endpoint,
                                                              .well_known = true,
                                                              .descriptor = SecurityDescriptor,
                                                              .policy = Policy });
}

RPC_STATUS RpcServerUseProtseqIfA(RPC_CSTR Protseq, UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                  void *SecurityDescriptor)
{
    return RpcServerUseProtseqIfExA(Protseq, MaxCalls, IfSpec, SecurityDescriptor, NULL);
}

RPC_STATUS RpcServerUseProtseqIfW(RPC_WSTR Protseq, UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                  void *SecurityDescriptor)
{
    return RpcServerUseProtseqIfExW(Protseq, MaxCalls, IfSpec, SecurityDescriptor, NULL);
}

RPC_STATUS RpcServerUseProtseqIfExA(RPC_CSTR Protseq, UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                    void *SecurityDescriptor, PRPC_POLICY Policy)
{
    (void)MaxCalls;
    if (!IfSpec)
        return RPC_S_INVALID_ARG;
    return use_status("RpcServerUseProtseqIf", &(struct use){ .protseq = Protseq,
                                                              .face = IfSpec,
                                                              .descriptor = SecurityDescriptor,
                                                              .policy = Policy });
}

RPC_STATUS RpcServerUseProtseqIfExW(RPC_WSTR Protseq, UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                    void *SecurityDescriptor, PRPC_POLICY Policy)
{
    (void)MaxCalls;
    if (!IfSpec)
        return RPC_S_INVALID_ARG;
    return use_status("RpcServerUseProtseqIf", &(struct use){ .wide = true,
                                                              .protseq = Protseq,
                                                              .face = IfSpec,
                                                              .descriptor = SecurityDescriptor,
                                                              .policy = Policy });
}

RPC_STATUS RpcServerUseAllProtseqs(UINT MaxCalls, void *SecurityDescriptor)
{
    return RpcServerUseAllProtseqsEx(MaxCalls, SecurityDescriptor, NULL);
}

RPC_STATUS RpcServerUseAllProtseqsEx(UINT MaxCalls, void *SecurityDescriptor, PRPC_POLICY Policy)
{
    struct how how = { .policy = Policy };
    const struct transport *t;
    bool any = false;
    enum err e;
    size_t i;

    (void)MaxCalls;
    detail_begin("RpcServerUseAllProtseqs");
    e = check_policy(&transport_tcp, Policy);
    if (!e)
        e = rpc_access_given(SecurityDescriptor, &how.access);
    for (i = 0; (!e || e == ERR_RPC_CREATE_ENDPOINT) && (t = transport_at(i)); i++) {
        e = use_one(t, NULL, &how);
        any |= !e;
    }
    rpc_access_unref(how.access);
    return err_rpc_status(e == ERR_RPC_CREATE_ENDPOINT && any ? ERR_OK : e);
}

RPC_STATUS RpcServerUseAllProtseqsIf(UINT MaxCalls, RPC_IF_HANDLE IfSpec, void *SecurityDescriptor)
{
    return RpcServerUseAllProtseqsIfEx(MaxCalls, IfSpec, SecurityDescriptor, NULL);
}

/* Of a protocol sequence that is not here: nothing. */
static enum err use_if_spoken(const CS_ENDPOINT *p, const struct how *how, bool *any)
{
    const struct transport *t = NULL;
    enum err e;

    if (rpc_protseq_find(p->ProtocolSequence, &t))
        return ERR_OK;
    *any = true;
    e = check_policy(t, how->policy);
    return e ? e : use_one(t, p->Endpoint, how);
}

RPC_STATUS RpcServerUseAllProtseqsIfEx(UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                       void *SecurityDescriptor, PRPC_POLICY Policy)
{
    struct how how = { .policy = Policy };
    const CS_INTERFACE *face = IfSpec;
    bool any = false;
    enum err e;
    unsigned i;

    (void)MaxCalls;
    detail_begin("RpcServerUseAllProtseqsIf");
    if (!face)
        return RPC_S_INVALID_ARG;
    e = rpc_access_given(SecurityDescriptor, &how.access);
    for (i = 0; !e && i < face->EndpointCount; i++)
        e = use_if_spoken(&face->Endpoints[i], &how, &any);
    rpc_access_unref(how.access);
    if (!e && !any)
        e = detail_fail(ERR_RPC_NO_PROTSEQS, "interface %s names no endpoint that is supported",
                        face->Name);
    return err_rpc_status(e);
}

/* ---- interfaces ---- */

static struct uuid uuid_in(const UUID *u)
{
    struct uuid r = { 0 };

    if (u)
        memcpy(&r, u, sizeof r);
    return r;
}

enum err rpc_server_check_flags(unsigned flags)
{
    const unsigned known = RPC_IF_AUTOLISTEN | RPC_IF_OLE | RPC_IF_ALLOW_UNKNOWN_AUTHORITY |
                           RPC_IF_ALLOW_SECURE_ONLY | RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH |
                           RPC_IF_ALLOW_LOCAL_ONLY | RPC_IF_SEC_NO_CACHE |
                           RPC_IF_SEC_CACHE_PER_PROC | RPC_IF_ASYNC_CALLBACK;

    if (flags & ~known)
        return detail_fail(ERR_UNSUPPORTED, "registration flags %#x are not supported",
                           flags & ~known);
    return ERR_OK;
}

static RPC_STATUS register_if(const char *function, const struct rpc_register *how,
                              const void *descriptor)
{
    struct rpc_register asked = *how;
    enum err e;

    detail_begin(function);
    if (!how->face)
        return RPC_S_INVALID_ARG;
    e = rpc_server_check_flags(how->flags);
    if (!e && descriptor)
        e = rpc_access_new(descriptor, &asked.access);
    if (!e)
        e = rpc_registry_add(&asked);
    rpc_access_unref(asked.access);
    if (!e && ((how->flags & RPC_IF_AUTOLISTEN) || rpc_server_is_listening()))
        rpc_self_report_begin();
    return err_rpc_status(e);
}

RPC_STATUS RpcServerRegisterIf(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV *MgrEpv)
{
    return register_if("RpcServerRegisterIf",
                       &(struct rpc_register){ .face = IfSpec,
                                               .type = uuid_in(MgrTypeUuid),
                                               .epv = MgrEpv,
                                               .max_calls = RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                                               .max_size = RPC_SIZE_NONE },
                       NULL);
}

RPC_STATUS RpcServerRegisterIfEx(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV *MgrEpv,
                                 UINT Flags, UINT MaxCalls, RPC_IF_CALLBACK_FN *IfCallback)
{
    return register_if("RpcServerRegisterIfEx",
                       &(struct rpc_register){ .face = IfSpec,
                                               .type = uuid_in(MgrTypeUuid),
                                               .epv = MgrEpv,
                                               .flags = Flags,
                                               .max_calls = MaxCalls,
                                               .max_size = RPC_SIZE_NONE,
                                               .callback = IfCallback },
                       NULL);
}

RPC_STATUS RpcServerRegisterIf2(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV *MgrEpv,
                                UINT Flags, UINT MaxCalls, UINT MaxRpcSize,
                                RPC_IF_CALLBACK_FN *IfCallbackFn)
{
    return RpcServerRegisterIf3(IfSpec, MgrTypeUuid, MgrEpv, Flags, MaxCalls, MaxRpcSize,
                                IfCallbackFn, NULL);
}

RPC_STATUS RpcServerRegisterIf3(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV *MgrEpv,
                                UINT Flags, UINT MaxCalls, UINT MaxRpcSize,
                                RPC_IF_CALLBACK_FN *IfCallback, void *SecurityDescriptor)
{
    return register_if("RpcServerRegisterIf3",
                       &(struct rpc_register){ .face = IfSpec,
                                               .type = uuid_in(MgrTypeUuid),
                                               .epv = MgrEpv,
                                               .flags = Flags,
                                               .max_calls = MaxCalls,
                                               .max_size = MaxRpcSize,
                                               .callback = IfCallback },
                       SecurityDescriptor);
}

static RPC_STATUS unregister(RPC_IF_HANDLE IfSpec, const UUID *MgrTypeUuid, bool wait,
                             bool run_down)
{
    struct uuid type = uuid_in(MgrTypeUuid);
    enum err e = rpc_registry_remove(IfSpec, MgrTypeUuid ? &type : NULL, wait);

    if (!e && run_down)
        rpc_groups_run_down(IfSpec);
    return err_rpc_status(e);
}

RPC_STATUS RpcServerUnregisterIf(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid,
                                 UINT WaitForCallsToComplete)
{
    detail_begin("RpcServerUnregisterIf");
    return unregister(IfSpec, MgrTypeUuid, WaitForCallsToComplete != 0, false);
}

RPC_STATUS RpcServerUnregisterIfEx(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid,
                                   int RundownContextHandles)
{
    detail_begin("RpcServerUnregisterIfEx");
    return unregister(IfSpec, MgrTypeUuid, true, RundownContextHandles != 0);
}

RPC_STATUS RpcServerInqIf(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV **MgrEpv)
{
    struct uuid type = uuid_in(MgrTypeUuid);
    const void *epv = NULL;
    enum err e;

    detail_begin("RpcServerInqIf");
    if (!IfSpec || !MgrEpv)
        return RPC_S_INVALID_ARG;
    e = rpc_registry_manager(IfSpec, &type, &epv);
    if (!e)
        *MgrEpv = (RPC_MGR_EPV *)epv;
    return err_rpc_status(e);
}

/* ---- listening ---- */

RPC_STATUS RpcServerListen(UINT MinimumCallThreads, UINT MaxCalls, UINT DontWait)
{
    enum err e;

    detail_begin("RpcServerListen");
    e = rpc_server_listen(MinimumCallThreads, MaxCalls);
    if (!e)
        rpc_self_report_begin();
    if (!e && !DontWait)
        e = rpc_server_wait();
    return err_rpc_status(e);
}

RPC_STATUS RpcMgmtWaitServerListen(void)
{
    detail_begin("RpcMgmtWaitServerListen");
    return err_rpc_status(rpc_server_wait());
}

RPC_STATUS RpcMgmtSetAuthorizationFn(RPC_MGMT_AUTHORIZATION_FN AuthorizationFn)
{
    detail_begin("RpcMgmtSetAuthorizationFn");
    rpc_mgmt_set_authorization(AuthorizationFn);
    return RPC_S_OK;
}
