/* SPDX-License-Identifier: Apache-2.0
 * api_security_callback.c - what a security callback said later.
 */
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "rpc/server_call.h"

RPC_STATUS RpcServerCompleteSecurityCallback(RPC_BINDING_HANDLE BindingHandle, RPC_STATUS Status)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("RpcServerCompleteSecurityCallback");
    e = rpc_server_call_get(BindingHandle, &c);
    if (e)
        return err_rpc_status(e);
    e = rpc_server_verdict_give(c, Status);
    rpc_server_call_unref(c);
    return err_rpc_status(e);
}
