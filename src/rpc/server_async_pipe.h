/* SPDX-License-Identifier: Apache-2.0
 * server_async_pipe.h - the asynchronous pipes of a call being served, on its connection.
 *
 * Until its routine is called the request is read by the thread that serves it. Then the connection
 * is the loop's again: what comes of the request waits for its routine's pulls, and while much
 * does, nothing is received. From the first push on the response has the sending side of the
 * connection until it is whole, but not a thread.
 */
#pragma once

#include "rpc/async_pipe.h"
#include "rpc/server_call.h"

struct rpc_server_pipes;

void rpc_server_pipes_free(struct rpc_server_pipes *p); /* accepts NULL */
struct rpc_pipes *rpc_server_pipes_of(struct rpc_server_pipes *p);

/* One more parameter; NULL, and a failure of the call's in. */
struct rpc_pipe *rpc_server_pipes_add(struct rpc_server_call *c, const CS_PIPE_TYPE *type,
                                      unsigned flags);
/* Its routine is called next. */
void rpc_server_pipes_begin(struct rpc_server_call *c);
/* The call is over: the response's rest is written, or there is a fault instead, whose bytes are
 * theirs. False: nothing of the response has begun to leave, and it goes as any other's. Else the
 * call's reference becomes the link's. */
bool rpc_server_pipes_end_adopt(struct rpc_server_call *c, struct buf *fault);

/* ---- by the link ---- */

/* More of the request, whose block is theirs. True: the connection is given back when there is
 * room. */
bool rpc_server_pipes_part_adopt(struct rpc_server_call *c, const struct rpc_received *r);
/* The client is gone. */
void rpc_server_pipes_lost(struct rpc_server_call *c);
