/* SPDX-License-Identifier: Apache-2.0
 * api_binding_auth.c - how a client's binding authenticates its calls, set and asked.
 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/policy.h"
#include "rpc/binding.h"
#include "rpc/hearsay.h"
#include "rpc/spn_host.h"
#include "rpc/text.h"

/* The parts of the versions beyond the first that exist here only as nothing; EffectiveOnly is of
 * privileges, which there are none of. The A and the W structures are the same but for what their
 * pointers lead to. */
static enum err read_later_parts(const RPC_SECURITY_QOS *qos, const struct rpc_identity_ask *ask)
{
    const RPC_SECURITY_QOS_V5_A *v5 = (const RPC_SECURITY_QOS_V5_A *)(const void *)qos;

    if (qos->Version >= RPC_C_SECURITY_QOS_VERSION_2 &&
        (v5->AdditionalSecurityInfoType != RPC_C_AUTHN_INFO_TYPE_NONE || v5->u.HttpCredentials))
        return detail_fail(ERR_INVALID_PARAMETER,
                           "credentials for RPC over HTTP are for ncacn_http alone");
    if (qos->Version >= RPC_C_SECURITY_QOS_VERSION_3 && v5->Sid && !ask->local)
        return detail_fail(ERR_UNSUPPORTED, "a server is named by its principal, not by its SID; "
                                            "over ncalrpc by either");
    if (qos->Version >= RPC_C_SECURITY_QOS_VERSION_5 && v5->ServerSecurityDescriptor)
        return detail_fail(ERR_UNSUPPORTED,
                           "a server is named by its principal, not by a security descriptor");
    return ERR_OK;
}

static enum err read_qos(const RPC_SECURITY_QOS *qos, struct rpc_identity_ask *ask)
{
    enum err e;

    if (!qos)
        return ERR_OK;
    if (qos->Version < RPC_C_SECURITY_QOS_VERSION_1 || qos->Version > RPC_C_SECURITY_QOS_VERSION_5)
        return detail_fail(ERR_INVALID_PARAMETER, "RPC_SECURITY_QOS version %u does not exist",
                           qos->Version);
    if (qos->IdentityTracking > RPC_C_QOS_IDENTITY_DYNAMIC ||
        qos->ImpersonationType > RPC_C_IMP_LEVEL_DELEGATE)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "identity tracking %u or impersonation type %u "
                           "does not exist",
                           qos->IdentityTracking, qos->ImpersonationType);
    if (qos->Capabilities & ~(ULONG)(RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH |
                                     RPC_C_QOS_CAPABILITIES_IGNORE_DELEGATE_FAILURE))
        return detail_fail(ERR_UNSUPPORTED, "capabilities 0x%x are not supported",
                           qos->Capabilities);
    e = read_later_parts(qos, ask);
    if (e)
        return e;
    ask->capabilities = qos->Capabilities;
    ask->tracking = qos->IdentityTracking;
    ask->impersonation = qos->ImpersonationType;
    return ERR_OK;
}

/* Whom a binding over ncalrpc expects: the account named, or the SID. */
static enum err read_server(const RPC_SECURITY_QOS *qos, struct rpc_identity_ask *ask)
{
    const RPC_SECURITY_QOS_V3_A *v3 = (const RPC_SECURITY_QOS_V3_A *)(const void *)qos;

    if (!ask->local || ask->service == RPC_C_AUTHN_NONE)
        return ERR_OK;
    if (qos && qos->Version >= RPC_C_SECURITY_QOS_VERSION_3 && v3->Sid)
        return rpc_local_server_of_sid(v3->Sid, &ask->server);
    return rpc_local_server_parse(ask->principal, &ask->server);
}

/* Who expects whoever answers has authenticated nobody. */
static enum err check_source(const struct rpc_identity_ask *ask)
{
    if (ask->local || ask->service == RPC_C_AUTHN_NONE || !ask->principal ||
        !rpc_hearsay_is(ask->principal) ||
        !policy_forbids(POLICY_HEARSAY_SPN,
                        "a client that expects %s, which is what a server said of itself",
                        ask->principal))
        return ERR_OK;
    detail_remedy("Make the name of the service's class and the host you want (DsMakeSpn), or ask "
                  "over a binding that is authenticated.");
    return detail_fail(ERR_POLICY, "%s is what a server said of itself, unproven", ask->principal);
}

/* A name made of the class and the host of the binding, as documented, is of that host. */
static enum err check_host(const struct rpc_identity_ask *ask, const char *host)
{
    enum rpc_spn_host is = RPC_SPN_HOST_SUITS;
    enum err e;

    if (ask->local || ask->service == RPC_C_AUTHN_NONE || !ask->principal)
        return ERR_OK;
    e = rpc_spn_host_judge(ask->principal, host, &is);
    if (e || is == RPC_SPN_HOST_SUITS)
        return e;
    if (is == RPC_SPN_HOST_MALFORMED
            ? !policy_forbids(POLICY_SPN_HOST,
                              "a client that expects %s, which is no class and host",
                              ask->principal)
            : !policy_forbids(POLICY_SPN_HOST, "a client that expects %s and connects to %s",
                              ask->principal, host))
        return ERR_OK;
    detail_remedy(
        "Make the name of the service's class and the host you connect to (DsMakeSpn), or "
        "connect to the host that the name is of.");
    return detail_fail(ERR_POLICY, "%s is no name of a service at %s", ask->principal,
                       host ? host : "this host");
}

static RPC_STATUS set_info(bool wide, RPC_BINDING_HANDLE handle, const void *principal,
                           struct rpc_identity_ask ask, const RPC_SECURITY_QOS *qos)
{
    struct rpc_identity *identity = NULL;
    struct rpc_binding *b = NULL;
    char *text = NULL;
    enum err e;

    detail_begin("RpcBindingSetAuthInfo");
    e = rpc_binding_get(handle, &b);
    if (e)
        return err_rpc_status(e);
    e = rpc_text_in(wide, principal, &text);
    if (e == ERR_MALFORMED)
        e = detail_fail(ERR_INVALID_PARAMETER, "the principal's name is not well-formed");
    ask.local = b->transport->local;
    ask.queued = b->transport->queued;
    ask.principal = text;
    if (!e)
        e = read_qos(qos, &ask);
    if (!e)
        e = read_server(qos, &ask);
    if (!e)
        e = check_source(&ask);
    if (!e)
        e = check_host(&ask, b->host);
    if (!e)
        e = rpc_identity_new(&ask, &identity);
    if (!e)
        rpc_binding_set_identity_adopt(b, identity);
    mem_free(text);
    rpc_binding_put(handle);
    return err_rpc_status(e);
}

RPC_STATUS RpcBindingSetAuthInfoExA(RPC_BINDING_HANDLE Binding, RPC_CSTR ServerPrincName,
                                    ULONG AuthnLevel, ULONG AuthnSvc,
                                    RPC_AUTH_IDENTITY_HANDLE AuthIdentity, ULONG AuthzSvc,
                                    RPC_SECURITY_QOS *SecurityQos)
{
    const struct rpc_identity_ask ask = { .service = AuthnSvc,
                                          .level = AuthnLevel,
                                          .authorization = AuthzSvc,
                                          .identity = AuthIdentity };

    return set_info(false, Binding, ServerPrincName, ask, SecurityQos);
}

RPC_STATUS RpcBindingSetAuthInfoExW(RPC_BINDING_HANDLE Binding, RPC_WSTR ServerPrincName,
                                    ULONG AuthnLevel, ULONG AuthnSvc,
                                    RPC_AUTH_IDENTITY_HANDLE AuthIdentity, ULONG AuthzSvc,
                                    RPC_SECURITY_QOS *SecurityQos)
{
    const struct rpc_identity_ask ask = { .service = AuthnSvc,
                                          .level = AuthnLevel,
                                          .authorization = AuthzSvc,
                                          .identity = AuthIdentity };

    return set_info(true, Binding, ServerPrincName, ask, SecurityQos);
}

RPC_STATUS RpcBindingSetAuthInfoA(RPC_BINDING_HANDLE Binding, RPC_CSTR ServerPrincName,
                                  ULONG AuthnLevel, ULONG AuthnSvc,
                                  RPC_AUTH_IDENTITY_HANDLE AuthIdentity, ULONG AuthzSvc)
{
    return RpcBindingSetAuthInfoExA(Binding, ServerPrincName, AuthnLevel, AuthnSvc, AuthIdentity,
                                    AuthzSvc, NULL);
}

RPC_STATUS RpcBindingSetAuthInfoW(RPC_BINDING_HANDLE Binding, RPC_WSTR ServerPrincName,
                                  ULONG AuthnLevel, ULONG AuthnSvc,
                                  RPC_AUTH_IDENTITY_HANDLE AuthIdentity, ULONG AuthzSvc)
{
    return RpcBindingSetAuthInfoExW(Binding, ServerPrincName, AuthnLevel, AuthnSvc, AuthIdentity,
                                    AuthzSvc, NULL);
}

/* ---- asked ---- */

struct wanted { /* NULL: not wanted */
    void **principal;
    ULONG *level, *service, *authorization;
    RPC_AUTH_IDENTITY_HANDLE *identity;
    ULONG qos_version;
    RPC_SECURITY_QOS *qos;
};

static enum err give_qos(const struct rpc_identity_ask *ask, const struct wanted *w)
{
    RPC_SECURITY_QOS_V5_A *v5 = (RPC_SECURITY_QOS_V5_A *)(void *)w->qos;

    if (!w->qos)
        return ERR_OK;
    if (w->qos_version < RPC_C_SECURITY_QOS_VERSION_1 ||
        w->qos_version > RPC_C_SECURITY_QOS_VERSION_5)
        return detail_fail(ERR_INVALID_PARAMETER, "RPC_SECURITY_QOS version %u does not exist",
                           w->qos_version);
    w->qos->Version = w->qos_version;
    w->qos->Capabilities = ask->capabilities;
    w->qos->IdentityTracking = ask->tracking;
    w->qos->ImpersonationType = ask->impersonation;
    if (w->qos_version >= RPC_C_SECURITY_QOS_VERSION_2) {
        v5->AdditionalSecurityInfoType = RPC_C_AUTHN_INFO_TYPE_NONE;
        v5->u.HttpCredentials = NULL;
    }
    if (w->qos_version >= RPC_C_SECURITY_QOS_VERSION_3)
        v5->Sid = NULL;
    if (w->qos_version >= RPC_C_SECURITY_QOS_VERSION_4)
        v5->EffectiveOnly = FALSE;
    if (w->qos_version >= RPC_C_SECURITY_QOS_VERSION_5)
        v5->ServerSecurityDescriptor = NULL;
    return ERR_OK;
}

static enum err give(bool wide, const struct rpc_identity *a, const struct wanted *w)
{
    enum err e = give_qos(&a->ask, w);

    if (!e && w->principal)
        e = rpc_text_out(wide, *a->principal ? a->principal : NULL, w->principal);
    if (e)
        return e;
    if (w->level)
        *w->level = a->level;
    if (w->service)
        *w->service = a->service;
    if (w->authorization)
        *w->authorization = a->ask.authorization;
    if (w->identity)
        *w->identity = a->ask.identity;
    return ERR_OK;
}

static RPC_STATUS inq_info(bool wide, RPC_BINDING_HANDLE handle, const struct wanted *w)
{
    struct rpc_identity *identity;
    struct rpc_binding *b = NULL;
    enum err e;

    detail_begin("RpcBindingInqAuthInfo");
    e = rpc_binding_get(handle, &b);
    if (e)
        return err_rpc_status(e);
    identity = rpc_binding_identity(b);
    e = identity ? give(wide, identity, w)
                 : detail_fail(ERR_RPC_NO_AUTH, "the binding's calls are not authenticated");
    rpc_identity_unref(identity);
    rpc_binding_put(handle);
    return err_rpc_status(e);
}

RPC_STATUS RpcBindingInqAuthInfoExA(RPC_BINDING_HANDLE Binding, RPC_CSTR *ServerPrincName,
                                    ULONG *AuthnLevel, ULONG *AuthnSvc,
                                    RPC_AUTH_IDENTITY_HANDLE *AuthIdentity, ULONG *AuthzSvc,
                                    ULONG RpcQosVersion, RPC_SECURITY_QOS *SecurityQOS)
{
    const struct wanted w = { (void **)ServerPrincName,
                              AuthnLevel,
                              AuthnSvc,
                              AuthzSvc,
                              AuthIdentity,
                              RpcQosVersion,
                              SecurityQOS };

    return inq_info(false, Binding, &w);
}

RPC_STATUS RpcBindingInqAuthInfoExW(RPC_BINDING_HANDLE Binding, RPC_WSTR *ServerPrincName,
                                    ULONG *AuthnLevel, ULONG *AuthnSvc,
                                    RPC_AUTH_IDENTITY_HANDLE *AuthIdentity, ULONG *AuthzSvc,
                                    ULONG RpcQosVersion, RPC_SECURITY_QOS *SecurityQOS)
{
    const struct wanted w = { (void **)ServerPrincName,
                              AuthnLevel,
                              AuthnSvc,
                              AuthzSvc,
                              AuthIdentity,
                              RpcQosVersion,
                              SecurityQOS };

    return inq_info(true, Binding, &w);
}

RPC_STATUS RpcBindingInqAuthInfoA(RPC_BINDING_HANDLE Binding, RPC_CSTR *ServerPrincName,
                                  ULONG *AuthnLevel, ULONG *AuthnSvc,
                                  RPC_AUTH_IDENTITY_HANDLE *AuthIdentity, ULONG *AuthzSvc)
{
    return RpcBindingInqAuthInfoExA(Binding, ServerPrincName, AuthnLevel, AuthnSvc, AuthIdentity,
                                    AuthzSvc, 0, NULL);
}

RPC_STATUS RpcBindingInqAuthInfoW(RPC_BINDING_HANDLE Binding, RPC_WSTR *ServerPrincName,
                                  ULONG *AuthnLevel, ULONG *AuthnSvc,
                                  RPC_AUTH_IDENTITY_HANDLE *AuthIdentity, ULONG *AuthzSvc)
{
    return RpcBindingInqAuthInfoExW(Binding, ServerPrincName, AuthnLevel, AuthnSvc, AuthIdentity,
                                    AuthzSvc, 0, NULL);
}
