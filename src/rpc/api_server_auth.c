/* SPDX-License-Identifier: Apache-2.0
 * api_server_auth.c - a server's authentication services, and who calls.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "rpc/server_auth.h"
#include "rpc/server_link.h"
#include "rpc/text.h"

static ULONG service_of(ULONG service)
{
    return service == RPC_C_AUTHN_DEFAULT ? RPC_C_AUTHN_GSS_NEGOTIATE : service;
}

static RPC_STATUS register_auth(bool wide, const void *principal, ULONG service,
                                RPC_AUTH_KEY_RETRIEVAL_FN get_key, void *arg)
{
    char *name = NULL;
    enum err e;

    detail_begin("RpcServerRegisterAuthInfo");
    if (service == RPC_C_AUTHN_NONE)
        return RPC_S_OK;
    if (get_key) {
        detail_remedy(
            "Give the keytab in Arg: a SEC_WINNT_AUTH_IDENTITY_EX2 with a packed keytab.");
        return err_rpc_status(
            detail_fail(ERR_UNSUPPORTED, "a function that retrieves keys is not called"));
    }
    e = rpc_text_in(wide, principal, &name);
    if (!e)
        e = rpc_server_auth_register(service_of(service), name, arg);
    mem_free(name);
    return err_rpc_status(e);
}

RPC_STATUS RpcServerRegisterAuthInfoA(RPC_CSTR ServerPrincName, ULONG AuthnSvc,
                                      RPC_AUTH_KEY_RETRIEVAL_FN GetKeyFn, void *Arg)
{
    return register_auth(false, ServerPrincName, AuthnSvc, GetKeyFn, Arg);
}

RPC_STATUS RpcServerRegisterAuthInfoW(RPC_WSTR ServerPrincName, ULONG AuthnSvc,
                                      RPC_AUTH_KEY_RETRIEVAL_FN GetKeyFn, void *Arg)
{
    return register_auth(true, ServerPrincName, AuthnSvc, GetKeyFn, Arg);
}

static RPC_STATUS default_name(bool wide, ULONG service, void **ret)
{
    char *name = NULL;
    enum err e;

    detail_begin("RpcServerInqDefaultPrincName");
    if (!ret)
        return RPC_S_INVALID_ARG;
    e = rpc_server_auth_default_name(service_of(service), &name);
    if (!e)
        e = rpc_text_out(wide, name, ret);
    mem_free(name);
    return err_rpc_status(e);
}

RPC_STATUS RpcServerInqDefaultPrincNameA(ULONG AuthnSvc, RPC_CSTR *PrincName)
{
    return default_name(false, AuthnSvc, (void **)PrincName);
}

RPC_STATUS RpcServerInqDefaultPrincNameW(ULONG AuthnSvc, RPC_WSTR *PrincName)
{
    return default_name(true, AuthnSvc, (void **)PrincName);
}

/* ---- who calls ---- */

struct client { /* where RpcBindingInqAuthClient's answers go; NULL: not wanted */
    bool wide;
    RPC_AUTHZ_HANDLE *privileges;
    void **principal;
    ULONG *level, *service, *authorization;
};

static enum err tell(struct rpc_server_call *c, const struct client *to)
{
    char *principal = NULL;
    enum err e = ERR_OK;

    if (!c->security)
        return detail_fail(ERR_RPC_NO_AUTH, "the call is not authenticated");
    if (to->principal)
        e = rpc_server_call_principal(c, &principal);
    if (!e && to->principal)
        e = rpc_text_out(to->wide, principal, to->principal);
    mem_free(principal);
    if (e)
        return e;
    if (to->privileges)
        *to->privileges =
            (RPC_AUTHZ_HANDLE)rpc_server_link_client_text(c->link, c->security, to->wide);
    if (to->level)
        *to->level = rpc_server_call_level(c);
    if (to->service)
        *to->service = rpc_server_call_service(c);
    if (to->authorization)
        *to->authorization = RPC_C_AUTHZ_NONE;
    return ERR_OK;
}

static RPC_STATUS inq_client(RPC_BINDING_HANDLE binding, ULONG flags, const struct client *to)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("RpcBindingInqAuthClient");
    if (flags)
        return RPC_S_INVALID_ARG;
    e = rpc_server_call_get(binding, &c);
    if (e)
        return err_rpc_status(e);
    e = tell(c, to);
    rpc_server_call_unref(c);
    return err_rpc_status(e);
}

RPC_STATUS RpcBindingInqAuthClientExA(RPC_BINDING_HANDLE ClientBinding, RPC_AUTHZ_HANDLE *Privs,
                                      RPC_CSTR *ServerPrincName, ULONG *AuthnLevel, ULONG *AuthnSvc,
                                      ULONG *AuthzSvc, ULONG Flags)
{
    return inq_client(ClientBinding, Flags,
                      &(struct client){ .privileges = Privs,
                                        .principal = (void **)ServerPrincName,
                                        .level = AuthnLevel,
                                        .service = AuthnSvc,
                                        .authorization = AuthzSvc });
}

RPC_STATUS RpcBindingInqAuthClientExW(RPC_BINDING_HANDLE ClientBinding, RPC_AUTHZ_HANDLE *Privs,
                                      RPC_WSTR *ServerPrincName, ULONG *AuthnLevel, ULONG *AuthnSvc,
                                      ULONG *AuthzSvc, ULONG Flags)
{
    return inq_client(ClientBinding, Flags,
                      &(struct client){ .wide = true,
                                        .privileges = Privs,
                                        .principal = (void **)ServerPrincName,
                                        .level = AuthnLevel,
                                        .service = AuthnSvc,
                                        .authorization = AuthzSvc });
}

RPC_STATUS RpcBindingInqAuthClientA(RPC_BINDING_HANDLE ClientBinding, RPC_AUTHZ_HANDLE *Privs,
                                    RPC_CSTR *ServerPrincName, ULONG *AuthnLevel, ULONG *AuthnSvc,
                                    ULONG *AuthzSvc)
{
    return RpcBindingInqAuthClientExA(ClientBinding, Privs, ServerPrincName, AuthnLevel, AuthnSvc,
                                      AuthzSvc, 0);
}

RPC_STATUS RpcBindingInqAuthClientW(RPC_BINDING_HANDLE ClientBinding, RPC_AUTHZ_HANDLE *Privs,
                                    RPC_WSTR *ServerPrincName, ULONG *AuthnLevel, ULONG *AuthnSvc,
                                    ULONG *AuthzSvc)
{
    return RpcBindingInqAuthClientExW(ClientBinding, Privs, ServerPrincName, AuthnLevel, AuthnSvc,
                                      AuthzSvc, 0);
}
