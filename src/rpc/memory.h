/* SPDX-License-Identifier: Apache-2.0
 * memory.h - RpcSs memory: an environment that is given back as a whole, and may be shared by
 * threads; and whose memory a client's results are in.
 * desktop-src/Rpc/rpcss-memory-management-package.md
 */
#pragma once

#include <countersign/rpcndr.h>

#include "ndr/in.h"

/* Each thread is in one environment or in none. The functions are about the calling thread. */

/* Into a new one, or once more into the one it is in. */
MUST_CHECK enum err rpc_memory_enable(void);
/* Out of it again: what made it ends it, and all its memory, for every thread. */
void rpc_memory_disable(void);

/* For each call of a procedure with [enable_allocate]: a new one, whatever the thread was in, which
 * nobody but rpc_memory_call_end ends; the thread is where it was then. release frees what is of no
 * environment. Calls may stand in each other. */
struct rpc_memory;
struct rpc_memory_call {
    struct rpc_memory *own, *outer, *outer_call;
    void (*outer_release)(void *p);
};
MUST_CHECK enum err rpc_memory_call_begin(void (*release)(void *p), struct rpc_memory_call *ret);
void rpc_memory_call_end(struct rpc_memory_call *c);

/* ERR_INVALID_PARAMETER outside of any environment, or in one that has ended. */
MUST_CHECK enum err rpc_memory_allocate(size_t size, void **ret);
/* Marks it: it is given back with the environment. ERR_INVALID_PARAMETER for what is not of it. */
MUST_CHECK enum err rpc_memory_mark(const void *p);
/* Marks what is of the environment; gives anything else to the release of the call, or of the last
 * client's stub that looked at rpc_memory_client. */
void rpc_memory_release(void *p);

/* What stands for the environment; NULL for none. ERR_NO_MEMORY. */
MUST_CHECK enum err rpc_memory_handle(void **ret);
/* Into that one; NULL: into none. ERR_INVALID_PARAMETER for one that has ended. */
MUST_CHECK enum err rpc_memory_enter(void *handle);

/* Whose memory the results of a client's stub are in, where it has [enable_allocate]: what the
 * thread has set, else the environment, else the interface's own. */
struct ndr_user rpc_memory_client(const CS_INTERFACE *face);
/* What the thread has set; NULL sets none. */
void rpc_memory_set_client(RPC_CLIENT_ALLOC *allocate, RPC_CLIENT_FREE *release);
void rpc_memory_get_client(RPC_CLIENT_ALLOC **ret_allocate, RPC_CLIENT_FREE **ret_release);
/* By whatever rpc_memory_client has last said. */
void rpc_memory_client_free(void *p);
