/* SPDX-License-Identifier: Apache-2.0
 * async_stream.h - a client's call with asynchronous pipes, and the connection that it has to
 * itself: sent on and received from by the loop of the client side, so that no thread waits.
 *
 *   new -start-> out -whole response pulled, fault, loss, abort-> over -close, unref-> gone
 */
#pragma once

#include "rpc/async_pipe.h"
#include "rpc/call.h"

struct rpc_stream; /* counted: its call's reference, its reader's, and its sender's */

/* Once: with e; or with the answer, whose block is the callee's then; or with neither, where the
 * response was pulled. By whoever ended it. */
typedef void rpc_stream_over(void *owner, enum err e, const struct rpc_received *answer);

/* For a call that stays until the stream is closed. NULL: no memory. */
struct rpc_stream *rpc_stream_new(struct rpc_call *call, RPC_ASYNC_STATE *state,
                                  rpc_stream_over *over, void *owner);
void rpc_stream_unref(struct rpc_stream *s); /* accepts NULL */
struct rpc_pipes *rpc_stream_pipes(struct rpc_stream *s);

/* What is written of the request begins to leave, on the connection that the call has, which is the
 * stream's now. After an error over is not called. */
MUST_CHECK enum err rpc_stream_start(struct rpc_stream *s);
/* Asks the server to end it. */
void rpc_stream_cancel(struct rpc_stream *s);
/* Ends it now; false: it is over. */
bool rpc_stream_abort(struct rpc_stream *s, enum err e);
