/* SPDX-License-Identifier: Apache-2.0
 * server_callback.h - a server calls its client back, in a call that it serves.
 * [MS-RPCE] 3.3.1.5.9
 *
 * The request goes out on the connection of the call, under the call's number, in its presentation
 * and security context. The thread that serves the call waits for the answer, and meanwhile runs
 * what the client calls under that number: one thread serves all calls of such a chain.
 */
#pragma once

#include "rpc/server_call.h"

/* Calls in callbacks in calls, whatever policy "callback-depth" says: each takes stack on both
 * sides. How long a callback may take, with all calls that the client makes before its answer, is
 * policy "callback-seconds": who gives none is cut, so that no thread waits for a black hole, nor
 * serves one client alone. */
enum { RPC_CALLBACK_DEPTH_MAX = 64 };

/* Whether no call may stand in so many others any more; of either side. */
bool rpc_server_callback_too_deep(unsigned depth, const char *face);

/* The answer to m, a request; ret->block is the caller's. ERR_RPC_BUSY: too many calls of this
 * process wait so; ERR_RPC_CANCELLED: no answer in time; ERR_RPC_FAILED: the client is gone, or
 * does not want the call any more; ERR_ACCESS_DENIED: the answer is not protected as the call is.
 */
MUST_CHECK enum err rpc_server_callback_make(struct rpc_server_call *c, const struct rpc_message *m,
                                             struct rpc_received *ret);

/* By the thread that reads the connection: an answer, whose block is taken; false, and nothing is
 * taken: no callback is out for it. */
bool rpc_server_callback_answer(struct rpc_server_link *l, const struct rpc_received *r);
/* A request: true when it is a call in a callback, which another thread runs now. */
bool rpc_server_callback_nest(struct rpc_server_link *l, struct rpc_server_call *c);
/* With the link's calls_lock: nobody will answer the call's callback, if one is out. */
void rpc_server_callback_lost(struct rpc_server_call *c);
