/* SPDX-License-Identifier: Apache-2.0
 * api_callback.c - what the stubs of [callback] procedures call.
 */
#include "rpc/callback.h"
#include "rpc/stub.h"

void CsClientCallbacks(CS_CLIENT_CALL *call, const CS_CALLBACKS *callbacks)
{
    ((struct rpc_call *)(void *)call)->callbacks = callbacks;
}

CS_NDR_OUT *CsCallbackBegin(CS_CLIENT_CALL *call, const CS_SERVER_INTERFACE *face, unsigned opnum,
                            unsigned flags)
{
    return stub_out_handle(rpc_callback_begin((struct rpc_call *)(void *)call, face, opnum, flags));
}
