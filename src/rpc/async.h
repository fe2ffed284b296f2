/* SPDX-License-Identifier: Apache-2.0
 * async.h - an asynchronous call of a client, from its first argument to its completion.
 * desktop-src/Rpc/asynchronous-rpc.md
 *
 *   begun -send-> out -answer, loss, time-out, abort-> over -complete-> gone
 *
 * The program holds an RPC_ASYNC_STATE, in whose StubInfo stands a handle: stale states are
 * refused. In the child of a fork a call of its parent has failed.
 */
#pragma once

#include "rpc/call.h"

#include <countersign/rpc.h>

struct rpc_async;
struct rpc_pipe;

/* Never NULL; what failed is told by rpc_async_send. arguments are copied. */
struct rpc_async *rpc_async_begin(RPC_ASYNC_STATE *state, const CS_CLIENT_INTERFACE *face,
                                  void *handle, const CS_ASYNC_PROCEDURE *procedure,
                                  const void *arguments);
struct rpc_call *rpc_async_call(struct rpc_async *a);
/* Between begin and send, for each of its pipes; NULL: sending will fail. */
struct rpc_pipe *rpc_async_pipe(struct rpc_async *a, const CS_PIPE_TYPE *type, unsigned flags);
/* 0: the call is out, and the notification will come. Else it is gone. */
uint32_t rpc_async_send(struct rpc_async *a);
/* While it completes: what it reads; NULL: nothing. */
struct ndr_in *rpc_async_receive(struct rpc_async *a);

/* By the program. ERR_RPC_ASYNC_PENDING. */
MUST_CHECK enum err rpc_async_complete(RPC_ASYNC_STATE *state, void *reply, uint32_t *ret_status);
MUST_CHECK enum err rpc_async_status(const RPC_ASYNC_STATE *state, uint32_t *ret_status);
MUST_CHECK enum err rpc_async_cancel(const RPC_ASYNC_STATE *state, bool abort);

/* What is wrong with a state, if anything. In use: of whom? */
enum rpc_async_use { RPC_ASYNC_FREE, RPC_ASYNC_CLIENT, RPC_ASYNC_SERVER };
MUST_CHECK enum err rpc_async_state(const RPC_ASYNC_STATE *state, enum rpc_async_use *ret);
void rpc_async_state_init(RPC_ASYNC_STATE *state);
void rpc_async_state_use(RPC_ASYNC_STATE *state, enum rpc_async_use use, void *stub, void *runtime);
