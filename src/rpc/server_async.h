/* SPDX-License-Identifier: Apache-2.0
 * server_async.h - calls that go on when their routine has returned.
 * desktop-src/Rpc/server-side-asynchronous-rpc.md
 *
 * Whoever closes the call, by completing or aborting it or by an exception of the routine, is the
 * one that answers; everybody else finds no call.
 */
#pragma once

#include "rpc/server_call.h"

/* Its routine has returned, or raised a fault: which answers a call that is still open. */
void rpc_server_async_left(struct rpc_server_call *c, uint32_t raised);

/* By the program. ERR_RPC_ASYNC_HANDLE: the call is closed, or was never there. */
MUST_CHECK enum err rpc_server_async_complete(RPC_ASYNC_STATE *state, const void *reply,
                                              uint32_t *ret_status);
MUST_CHECK enum err rpc_server_async_abort(RPC_ASYNC_STATE *state, uint32_t status);
