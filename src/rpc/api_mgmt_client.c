/* SPDX-License-Identifier: Apache-2.0
 * api_mgmt_client.c - a server managed by its clients: RpcMgmtInqIfIds and its like.
 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/association.h"
#include "rpc/binding.h"
#include "rpc/hearsay.h"
#include "rpc/mgmt_client.h"
#include "rpc/mgmt_local.h"
#include "rpc/server.h"
#include "rpc/text.h"

RPC_STATUS RpcMgmtInqIfIds(RPC_BINDING_HANDLE Binding, RPC_IF_ID_VECTOR **IfIdVector)
{
    detail_begin("RpcMgmtInqIfIds");
    if (!IfIdVector)
        return RPC_S_INVALID_ARG;
    if (!Binding)
        return err_rpc_status(rpc_mgmt_local_if_ids(IfIdVector));
    return rpc_mgmt_inq_if_ids(Binding, IfIdVector);
}

RPC_STATUS RpcMgmtInqStats(RPC_BINDING_HANDLE Binding, RPC_STATS_VECTOR **Statistics)
{
    ULONG stats[RPC_MGMT_STATS];
    RPC_STATS_VECTOR *v;
    RPC_STATUS status;
    ULONG count = RPC_MGMT_STATS;

    detail_begin("RpcMgmtInqStats");
    if (!Statistics)
        return RPC_S_INVALID_ARG;
    static_assert((int)RPC_MGMT_STATS == (int)RPC_MGMT_STATS_COUNT, "the same statistics");
    if (!Binding)
        rpc_mgmt_local_stats(stats);
    status = Binding ? rpc_mgmt_inq_stats(Binding, stats, &count) : RPC_S_OK;
    if (status)
        return status;
    v = mem_zero(sizeof *v + sizeof stats);
    if (!v)
        return RPC_S_OUT_OF_MEMORY;
    v->Count = count;
    memcpy(v->Stats, stats, count * sizeof stats[0]);
    *Statistics = v;
    return RPC_S_OK;
}

RPC_STATUS RpcMgmtEnableIdleCleanup(void)
{
    rpc_association_clean_idle();
    return RPC_S_OK;
}

RPC_STATUS RpcMgmtSetServerStackSize(ULONG ThreadStackSize)
{
    loop_set_stack(ThreadStackSize);
    return RPC_S_OK;
}

RPC_STATUS RpcMgmtIsServerListening(RPC_BINDING_HANDLE Binding)
{
    detail_begin("RpcMgmtIsServerListening");
    if (!Binding)
        return rpc_server_is_listening() ? RPC_S_OK : RPC_S_NOT_LISTENING;
    return rpc_mgmt_is_listening(Binding);
}

RPC_STATUS RpcMgmtStopServerListening(RPC_BINDING_HANDLE Binding)
{
    detail_begin("RpcMgmtStopServerListening");
    if (!Binding)
        return err_rpc_status(rpc_server_stop());
    return rpc_mgmt_stop_listening(Binding);
}

/* Whether nobody on the way can have changed the answer, and who gave it had proven who he is. */
static bool proven(void *handle)
{
    struct rpc_identity *identity = NULL;
    struct rpc_binding *b = NULL;
    bool is;

    if (rpc_binding_get(handle, &b)) {
        detail_begin("RpcMgmtInqServerPrincName"); /* the call has told what there is to tell */
        return false;
    }
    identity = rpc_binding_identity(b);
    is = b->transport->local || (identity && identity->level >= RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    rpc_identity_unref(identity);
    rpc_binding_put(handle);
    return is;
}

static RPC_STATUS principal(bool wide, RPC_BINDING_HANDLE binding, ULONG service, void **ret)
{
    char name[RPC_MGMT_NAME_MAX] = "";
    const char *own = "";
    RPC_STATUS status;
    enum err e;

    detail_begin("RpcMgmtInqServerPrincName");
    if (!binding) {
        e = rpc_mgmt_local_principal(service, &own);
        return err_rpc_status(e || !ret ? e : rpc_text_out(wide, own, ret));
    }
    status = rpc_mgmt_inq_principal(binding, service, name);
    if (!status && !proven(binding))
        rpc_hearsay_note(name);
    return status || !ret ? status : err_rpc_status(rpc_text_out(wide, name, ret));
}

RPC_STATUS RpcMgmtInqServerPrincNameA(RPC_BINDING_HANDLE Binding, ULONG AuthnSvc,
                                      RPC_CSTR *ServerPrincName)
{
    return principal(false, Binding, AuthnSvc, (void **)ServerPrincName);
}

RPC_STATUS RpcMgmtInqServerPrincNameW(RPC_BINDING_HANDLE Binding, ULONG AuthnSvc,
                                      RPC_WSTR *ServerPrincName)
{
    return principal(true, Binding, AuthnSvc, (void **)ServerPrincName);
}
