/* SPDX-License-Identifier: Apache-2.0
 * rpcdcep.h - the functions of Windows' runtime that are not documented as ordinary ones, and that
 * programs use nevertheless.
 *
 * Included by rpc.h.
 *
 * Pages: learn.microsoft.com/windows/win32/api/rpcdcep/
 */
#ifndef COUNTERSIGN_RPCDCEP_H
#define COUNTERSIGN_RPCDCEP_H

#include "rpcdce.h"

/* clang-format off */
#define TRANSPORT_TYPE_CN   0x1 /* ncacn_ip_tcp */
#define TRANSPORT_TYPE_DG   0x2 /* ncadg_mq */
#define TRANSPORT_TYPE_LPC  0x4 /* ncalrpc */
#define TRANSPORT_TYPE_WMSG 0x8
/* clang-format on */

/* What RPC_C_OPT_COOKIE_AUTH takes a pointer to; it is for RPC over HTTP, and refused. */
typedef struct _RPC_C_OPT_COOKIE_AUTH_DESCRIPTOR {
    ULONG BufferSize;
    char *Buffer;
} RPC_C_OPT_COOKIE_AUTH_DESCRIPTOR, *PRPC_C_OPT_COOKIE_AUTH_DESCRIPTOR;

CS_EXTERN_C_BEGIN

/* I_RpcBindingInqLocalClientPID - the process that makes a call over ncalrpc.
 *
 * Binding NULL: the call this thread serves. The process may have ended, and its number be
 * another's.
 *
 * Returns: RPC_S_OK; RPC_S_NO_CALL_ACTIVE; RPC_S_INVALID_ARG; RPC_S_INVALID_BINDING (also for a
 * call that is not over ncalrpc, or of a process in a namespace this one cannot see). Threads: safe
 * while the call is served. Source: rpcdcep.h, I_RpcBindingInqLocalClientPID
 */
RPC_STATUS I_RpcBindingInqLocalClientPID(RPC_BINDING_HANDLE Binding, ULONG *Pid)
    CS_EXPORT(I_RpcBindingInqLocalClientPID);

/* I_RpcBindingIsClientLocal - whether a call comes from this host.
 *
 * BindingHandle NULL: the call this thread serves.
 *
 * Returns: RPC_S_OK; RPC_S_NO_CALL_ACTIVE; RPC_S_INVALID_ARG; RPC_S_WRONG_KIND_OF_BINDING;
 * RPC_S_INVALID_BINDING.
 * Threads: safe while the call is served.
 * Source: rpcdcep.h, I_RpcBindingIsClientLocal
 */
RPC_STATUS I_RpcBindingIsClientLocal(RPC_BINDING_HANDLE BindingHandle, UINT *ClientLocalFlag)
    CS_EXPORT(I_RpcBindingIsClientLocal);

/* I_RpcBindingInqTransportType - the kind of transport of a binding: TRANSPORT_TYPE_xxx.
 *
 * Binding is a client's handle, that of a call being served, or NULL: the call this thread serves.
 *
 * Returns: RPC_S_OK; RPC_S_NO_CALL_ACTIVE; RPC_S_INVALID_ARG; RPC_S_INVALID_BINDING.
 * Threads: safe.
 * Source: rpcdcep.h, I_RpcBindingInqTransportType
 */
RPC_STATUS I_RpcBindingInqTransportType(RPC_BINDING_HANDLE Binding, UINT *Type)
    CS_EXPORT(I_RpcBindingInqTransportType);

/* I_RpcNsBindingSetEntryName - say which entry of a name service a client's handle came from.
 *
 * For providers of name services; the name is for RpcNsBindingInqEntryName alone.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING;
 * RPC_S_UNSUPPORTED_NAME_SYNTAX; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdcep.h, I_RpcNsBindingSetEntryName
 */
RPC_STATUS I_RpcNsBindingSetEntryNameA(RPC_BINDING_HANDLE Binding, ULONG EntryNameSyntax,
                                       RPC_CSTR EntryName) CS_EXPORT(I_RpcNsBindingSetEntryNameA);
RPC_STATUS I_RpcNsBindingSetEntryNameW(RPC_BINDING_HANDLE Binding, ULONG EntryNameSyntax,
                                       RPC_WSTR EntryName) CS_EXPORT(I_RpcNsBindingSetEntryNameW);

/* clang-format off */
#ifdef UNICODE
#define I_RpcNsBindingSetEntryName I_RpcNsBindingSetEntryNameW
#else
#define I_RpcNsBindingSetEntryName I_RpcNsBindingSetEntryNameA
#endif
/* clang-format on */

CS_EXTERN_C_END

#endif
