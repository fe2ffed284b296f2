/* SPDX-License-Identifier: Apache-2.0
 * api_vector.c - lists of bindings, and what needs no binding to be known of security.
 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "rpc/identity.h"
#include "rpc/security.h"

/* One that cannot be freed keeps none of the others, nor the vector. NULL ones were taken out:
 * RpcNsBindingSelect does that. */
RPC_STATUS RpcBindingVectorFree(RPC_BINDING_VECTOR **BindingVector)
{
    RPC_STATUS first = RPC_S_OK, status;
    RPC_BINDING_VECTOR *all;
    ULONG i;

    if (!BindingVector)
        return RPC_S_INVALID_ARG;
    all = *BindingVector;
    for (i = 0; all && i < all->Count; i++) {
        status = all->BindingH[i] ? RpcBindingFree(&all->BindingH[i]) : RPC_S_OK;
        if (!first)
            first = status;
    }
    mem_free(all);
    *BindingVector = NULL;
    return first;
}

RPC_STATUS RpcMgmtInqDefaultProtectLevel(ULONG AuthnSvc, ULONG *AuthnLevel)
{
    detail_begin("RpcMgmtInqDefaultProtectLevel");
    if (!AuthnLevel)
        return RPC_S_INVALID_ARG;
    if (AuthnSvc == RPC_C_AUTHN_DEFAULT)
        AuthnSvc = RPC_C_AUTHN_GSS_NEGOTIATE;
    if (AuthnSvc != RPC_C_AUTHN_NONE &&
        (AuthnSvc > UINT8_MAX || !rpc_auth_package((uint8_t)AuthnSvc)))
        return RPC_S_UNKNOWN_AUTHN_SERVICE;
    *AuthnLevel = rpc_identity_default_level(AuthnSvc);
    return RPC_S_OK;
}
