/* SPDX-License-Identifier: Apache-2.0
 * api_memory.c - RpcSs memory: each function as RpcSm, which returns a status, and as RpcSs, which
 * raises it.
 */
#include <countersign/rpc.h>

#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/memory.h"

static void raise_unless_ok(RPC_STATUS status)
{
    if (status)
        RpcRaiseException(status);
}

/* ---- environments ---- */

RPC_STATUS RpcSmEnableAllocate(void)
{
    detail_begin("RpcSmEnableAllocate");
    return err_rpc_status(rpc_memory_enable());
}

void RpcSsEnableAllocate(void)
{
    raise_unless_ok(RpcSmEnableAllocate());
}

RPC_STATUS RpcSmDisableAllocate(void)
{
    detail_begin("RpcSmDisableAllocate");
    rpc_memory_disable();
    return RPC_S_OK;
}

void RpcSsDisableAllocate(void)
{
    raise_unless_ok(RpcSmDisableAllocate());
}

RPC_SS_THREAD_HANDLE RpcSmGetThreadHandle(RPC_STATUS *pStatus)
{
    void *handle = NULL;
    enum err e;

    detail_begin("RpcSmGetThreadHandle");
    e = rpc_memory_handle(&handle);
    if (pStatus)
        *pStatus = err_rpc_status(e);
    return handle;
}

RPC_SS_THREAD_HANDLE RpcSsGetThreadHandle(void)
{
    RPC_STATUS status = RPC_S_OK;
    void *handle = RpcSmGetThreadHandle(&status);

    raise_unless_ok(status);
    return handle;
}

RPC_STATUS RpcSmSetThreadHandle(RPC_SS_THREAD_HANDLE Id)
{
    detail_begin("RpcSmSetThreadHandle");
    return err_rpc_status(rpc_memory_enter(Id));
}

void RpcSsSetThreadHandle(RPC_SS_THREAD_HANDLE Id)
{
    raise_unless_ok(RpcSmSetThreadHandle(Id));
}

/* ---- memory ---- */

void *RpcSmAllocate(size_t Size, RPC_STATUS *pStatus)
{
    void *p = NULL;
    enum err e;

    detail_begin("RpcSmAllocate");
    e = rpc_memory_allocate(Size, &p);
    if (pStatus)
        *pStatus = err_rpc_status(e);
    return p;
}

void *RpcSsAllocate(size_t Size)
{
    RPC_STATUS status = RPC_S_OK;
    void *p = RpcSmAllocate(Size, &status);

    raise_unless_ok(status);
    return p;
}

RPC_STATUS RpcSmFree(void *NodeToFree)
{
    detail_begin("RpcSmFree");
    return NodeToFree ? err_rpc_status(rpc_memory_mark(NodeToFree)) : RPC_S_OK;
}

void RpcSsFree(void *NodeToFree)
{
    raise_unless_ok(RpcSmFree(NodeToFree));
}

/* ---- of clients ---- */

RPC_STATUS RpcSmClientFree(void *pNodeToFree)
{
    detail_begin("RpcSmClientFree");
    rpc_memory_client_free(pNodeToFree);
    return RPC_S_OK;
}

static RPC_STATUS set_client(RPC_CLIENT_ALLOC *allocate, RPC_CLIENT_FREE *release)
{
    if (!allocate || !release)
        return err_rpc_status(
            detail_fail(ERR_INVALID_PARAMETER, "one of the two functions is NULL"));
    rpc_memory_set_client(allocate, release);
    return RPC_S_OK;
}

RPC_STATUS RpcSmSetClientAllocFree(RPC_CLIENT_ALLOC *ClientAlloc, RPC_CLIENT_FREE *ClientFree)
{
    detail_begin("RpcSmSetClientAllocFree");
    return set_client(ClientAlloc, ClientFree);
}

void RpcSsSetClientAllocFree(RPC_CLIENT_ALLOC *ClientAlloc, RPC_CLIENT_FREE *ClientFree)
{
    raise_unless_ok(RpcSmSetClientAllocFree(ClientAlloc, ClientFree));
}

RPC_STATUS RpcSmSwapClientAllocFree(RPC_CLIENT_ALLOC *ClientAlloc, RPC_CLIENT_FREE *ClientFree,
                                    RPC_CLIENT_ALLOC **OldClientAlloc,
                                    RPC_CLIENT_FREE **OldClientFree)
{
    RPC_CLIENT_ALLOC *allocate = NULL;
    RPC_CLIENT_FREE *release = NULL;
    RPC_STATUS status;

    detail_begin("RpcSmSwapClientAllocFree");
    if (!OldClientAlloc || !OldClientFree)
        return err_rpc_status(
            detail_fail(ERR_INVALID_PARAMETER, "there is no place for the functions of before"));
    rpc_memory_get_client(&allocate, &release);
    status = set_client(ClientAlloc, ClientFree);
    if (status)
        return status;
    *OldClientAlloc = allocate;
    *OldClientFree = release;
    return RPC_S_OK;
}

void RpcSsSwapClientAllocFree(RPC_CLIENT_ALLOC *ClientAlloc, RPC_CLIENT_FREE *ClientFree,
                              RPC_CLIENT_ALLOC **OldClientAlloc, RPC_CLIENT_FREE **OldClientFree)
{
    raise_unless_ok(
        RpcSmSwapClientAllocFree(ClientAlloc, ClientFree, OldClientAlloc, OldClientFree));
}

void RpcUserFree(handle_t AsyncHandle, void *pBuffer)
{
    (void)AsyncHandle;
    (void)pBuffer;
    RpcRaiseException(RPC_S_CANNOT_SUPPORT);
}
