/* SPDX-License-Identifier: Apache-2.0
 * api_interface.c - what is known of interfaces without asking a server, and lists of them.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"

RPC_STATUS RpcIfInqId(RPC_IF_HANDLE RpcIfHandle, RPC_IF_ID *RpcIfId)
{
    const CS_INTERFACE *face = RpcIfHandle;

    detail_begin("RpcIfInqId");
    if (!face || !RpcIfId)
        return RPC_S_INVALID_ARG;
    *RpcIfId = face->Id;
    return RPC_S_OK;
}

RPC_STATUS RpcIfIdVectorFree(RPC_IF_ID_VECTOR **IfIdVector)
{
    RPC_IF_ID_VECTOR *all;
    ULONG i;

    if (!IfIdVector)
        return RPC_S_INVALID_ARG;
    all = *IfIdVector;
    for (i = 0; all && i < all->Count; i++)
        mem_free(all->IfId[i]);
    mem_free(all);
    *IfIdVector = NULL;
    return RPC_S_OK;
}

RPC_STATUS RpcMgmtStatsVectorFree(RPC_STATS_VECTOR **StatsVector)
{
    if (!StatsVector)
        return RPC_S_INVALID_ARG;
    mem_free(*StatsVector);
    *StatsVector = NULL;
    return RPC_S_OK;
}
