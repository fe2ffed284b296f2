/* SPDX-License-Identifier: Apache-2.0
 * call_pipe.h - the pipes of a client's call.
 */
#pragma once

#include "rpc/call.h"

/* Between the call's begin and its sending: all that pull gives. */
void rpc_call_pipe_in(struct rpc_call *call, const void *pipe, const CS_PIPE_TYPE *type);
/* Between its sending and its end, where there is something to read: all that comes, to push. */
void rpc_call_pipe_out(struct rpc_call *call, const void *pipe, const CS_PIPE_TYPE *type);
