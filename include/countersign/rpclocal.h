/* SPDX-License-Identifier: Apache-2.0
 * rpclocal.h - who calls over ncalrpc, and where a server listens, in this system's own terms.
 *
 * Countersign's own functions. What Windows' functions tell of such a caller are names
 * (RpcBindingInqAuthClient) and a process (RpcServerInqCallAttributes).
 */
#ifndef COUNTERSIGN_RPCLOCAL_H
#define COUNTERSIGN_RPCLOCAL_H

#include "rpcdce.h"

CS_EXTERN_C_BEGIN

/* A caller on this host, as the kernel saw it when it connected. */
typedef struct _CS_LOCAL_CALLER {
    DWORD size; /* of the struct, set by who asks */
    ULONG uid, gid;
    ULONG pid; /* 0: of a namespace that this process cannot see */
} CS_LOCAL_CALLER, *PCS_LOCAL_CALLER;

/* CsServerInqLocalCaller - the account and the process that make a call over ncalrpc.
 *
 * Also of a call that is not authenticated: the kernel knows who connected, whether or not the
 * client wanted to be known. The process may be gone, and its number another's: an account is what
 * access may depend on. ClientBinding NULL: the call this thread serves.
 *
 * Returns: RPC_S_OK; RPC_S_CANNOT_SUPPORT (not over ncalrpc); RPC_S_BINDING_HAS_NO_AUTH (the ids
 * are the kernel's overflow ids: of nobody this host knows); RPC_S_INVALID_ARG (size);
 * RPC_S_NO_CALL_ACTIVE; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_BINDING.
 * Threads: safe while the call is served.
 * Source: rpclocal.h
 */
RPC_STATUS CsServerInqLocalCaller(RPC_BINDING_HANDLE ClientBinding, CS_LOCAL_CALLER *Caller)
    CS_EXPORT(CsServerInqLocalCaller);

/* CsServerUseSocket - be reachable at a socket that listens already.
 *
 * Socket is a stream socket of TCP, of whatever addresses it was bound to, or of a Unix path whose
 * last part is an endpoint's name in upper case: then it is an endpoint of ncalrpc. So a program
 * listens at one address of the host, or takes the sockets that a service manager made. Who made a
 * Unix socket is whom clients find there, and removes it. The descriptor is the runtime's if the
 * function succeeds.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG (no listening socket of these kinds); RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpclocal.h
 */
RPC_STATUS CsServerUseSocket(int Socket) CS_EXPORT(CsServerUseSocket);

CS_EXTERN_C_END

#endif
