/* SPDX-License-Identifier: Apache-2.0
 * callback.h - callbacks as the stubs of both sides see them: [callback] procedures are the
 * client's, and the server calls them while it serves a call.
 * desktop-src/Midl/callback.md, [MS-RPCE] 3.3.1.5.9
 */
#pragma once

#include "rpc/call.h"

/* ---- the client's: it is called ---- */

/* Runs what the server asks for, and answers. r->block is taken. What the client does not have is
 * answered with a fault, a few times. An error ends the call, and its connection. */
MUST_CHECK enum err rpc_callback_serve(struct rpc_call *call, struct rpc_received *r);
/* Whether the call, aimed already, is made in a callback of the same interface of the same server:
 * it goes to the thread that waits there, on the same connection, which it has then. */
bool rpc_callback_nests(struct rpc_call *call);

/* ---- the server's: it calls ---- */

/* In the call that this thread serves. Never NULL, as rpc_call_begin. */
struct ndr_out *rpc_callback_begin(struct rpc_call *call, const CS_SERVER_INTERFACE *face,
                                   unsigned opnum, unsigned flags);
MUST_CHECK enum err rpc_callback_send(struct rpc_call *call);
void rpc_callback_end(struct rpc_call *call); /* of any call */
