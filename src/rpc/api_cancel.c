/* SPDX-License-Identifier: Apache-2.0
 * api_cancel.c - calls of other threads cancelled.
 */
#include <countersign/rpc.h>
#include <countersign/windows.h>

#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/thread.h"

static RPC_STATUS cancel(void *thread, const uint32_t *timeout)
{
    const DWORD last = GetLastError();
    const DWORD id = GetThreadId(thread); /* of CreateThread's handles, and GetCurrentThread's */
    enum err e;

    SetLastError(last);
    detail_begin("RpcCancelThread");
    e = id ? rpc_thread_cancel_id(id, timeout)
           : rpc_thread_cancel((pthread_t)(uintptr_t)thread, timeout);
    return e == ERR_NOT_FOUND ? RPC_S_ACCESS_DENIED : err_rpc_status(e);
}

RPC_STATUS RpcCancelThread(void *Thread)
{
    detail_begin("RpcCancelThread");
    return cancel(Thread, NULL);
}

RPC_STATUS RpcCancelThreadEx(void *Thread, LONG Timeout)
{
    const uint32_t timeout = (uint32_t)Timeout;

    detail_begin("RpcCancelThreadEx");
    if (Timeout < 0 && Timeout != RPC_C_CANCEL_INFINITE_TIMEOUT)
        return RPC_S_INVALID_TIMEOUT;
    return cancel(Thread, &timeout);
}

RPC_STATUS RpcTestCancel(void)
{
    RPC_STATUS serving = RpcServerTestCancel(NULL);
    bool cancelled =
        serving == RPC_S_NO_CALL_ACTIVE ? rpc_thread_is_cancelled() : serving == RPC_S_OK;

    return cancelled ? RPC_S_OK : RPC_S_NOT_CANCELLED;
}

RPC_STATUS RpcMgmtSetCancelTimeout(LONG Timeout)
{
    struct rpc_thread *t = NULL;
    enum err e;

    detail_begin("RpcMgmtSetCancelTimeout");
    if (Timeout < 0 && Timeout != RPC_C_CANCEL_INFINITE_TIMEOUT)
        return RPC_S_INVALID_TIMEOUT;
    e = rpc_thread_get(&t);
    if (!e)
        t->cancel_timeout = (uint32_t)Timeout;
    return err_rpc_status(e);
}
