/* SPDX-License-Identifier: Apache-2.0
 * client_context.h - context handles as a client has them.  C706 5.1.6, [MS-RPCE] 3.3.2.1.6
 *
 * The program holds a handle of handle.h; behind it stand the server's twenty octets and a
 * binding of the association that made them, which a handle keeps alive.
 */
#pragma once

#include "rpc/call.h"

/* Of one call: what it read, until it is known whether the call succeeded. */
struct rpc_context_read;

/* Writes the handle's octets, all zero for NULL. */
void rpc_context_write(struct rpc_call *call, const void *handle, bool null_allowed);
/* Reads one into its place when the call ends well. */
void rpc_context_read(struct rpc_call *call, void **place);
/* The call ends: with good every place gets what was read. */
void rpc_contexts_settle(struct rpc_context_read *list, bool good);

/* The handle's binding; it stays the handle's. */
MUST_CHECK enum err rpc_context_binding(const void *context, void **ret);
/* The server is not told. */
MUST_CHECK enum err rpc_context_destroy(void *context);
