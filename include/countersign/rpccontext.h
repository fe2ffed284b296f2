/* SPDX-License-Identifier: Apache-2.0
 * rpccontext.h - how a server's routines share context handles. (Windows declares these functions
 * in rpcasync.h, which includes this file, and in rpcdce.h.)
 *
 * Calls on one context handle wait for each other, unless its type, the function or the parameter
 * has [context_handle_noserialize] in the ACF. A routine may change that for its own call.
 *
 * Included by rpc.h.
 *
 * Source: desktop-src/Rpc/multithreaded-clients-and-context-handles.md
 */
#ifndef COUNTERSIGN_RPCCONTEXT_H
#define COUNTERSIGN_RPCCONTEXT_H

#include "rpcdce.h"

CS_EXTERN_C_BEGIN

/* RpcSsContextLockExclusive, RpcSsContextLockShared - have a context handle alone, or share it.
 *
 * For the rest of the call. UserContext is what the routine was given: the handle itself, or, where
 * it is [in, out], the pointer to it; of several equal ones the first is meant. Nothing happens to
 * one that is [out] only. RpcSsContextLockExclusive waits until no other call uses the handle. When
 * two calls that share it ask, one gets it first; the other one gets it afterwards, and must
 * assume nothing of what the handle stands for: it may be gone.
 * ServerBindingHandle NULL: the call this thread serves.
 *
 * Returns: RPC_S_OK; ERROR_MORE_WRITES: another call had it alone in between;
 * RPC_X_SS_CONTEXT_MISMATCH: the call has no such handle; RPC_S_NO_CALL_ACTIVE;
 * RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING.
 * Threads: by one thread at a time for a call.
 * Source: rpcasync.h, RpcSsContextLockExclusive, RpcSsContextLockShared
 */
RPC_STATUS RpcSsContextLockExclusive(RPC_BINDING_HANDLE ServerBindingHandle, PVOID UserContext)
    CS_EXPORT(RpcSsContextLockExclusive);
RPC_STATUS RpcSsContextLockShared(RPC_BINDING_HANDLE ServerBindingHandle, PVOID UserContext)
    CS_EXPORT(RpcSsContextLockShared);

/* RpcSsDontSerializeContext - share context handles whose IDL and ACF say nothing of it.
 *
 * Of the whole process, and for good. A rundown waits for the calls all the same.
 *
 * Threads: safe; calls that are under way are not concerned.
 * Source: rpcdce.h, RpcSsDontSerializeContext
 */
void RpcSsDontSerializeContext(void) CS_EXPORT(RpcSsDontSerializeContext);

CS_EXTERN_C_END

#endif
