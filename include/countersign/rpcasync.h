/* SPDX-License-Identifier: Apache-2.0
 * rpcasync.h - what a server may ask about the call it serves.
 *
 * Included by rpc.h.
 *
 * Pages: learn.microsoft.com/windows/win32/api/rpcasync/
 */
#ifndef COUNTERSIGN_RPCASYNC_H
#define COUNTERSIGN_RPCASYNC_H

#include "rpcdce.h"

/* clang-format off */
#define RPC_CALL_ATTRIBUTES_VERSION 2

#define RPC_QUERY_SERVER_PRINCIPAL_NAME 0x02
#define RPC_QUERY_CLIENT_PRINCIPAL_NAME 0x04
#define RPC_QUERY_CALL_LOCAL_ADDRESS    0x08
#define RPC_QUERY_CLIENT_PID            0x10
#define RPC_QUERY_IS_CLIENT_LOCAL       0x20
#define RPC_QUERY_NO_AUTH_REQUIRED      0x40

#define RPC_CALL_STATUS_IN_PROGRESS  0x00
#define RPC_CALL_STATUS_CANCELLED    0x01
#define RPC_CALL_STATUS_DISCONNECTED 0x02

/* ProtocolSequence of the attributes. */
#define RPC_PROTSEQ_TCP  0x1
#define RPC_PROTSEQ_NMP  0x2
#define RPC_PROTSEQ_LRPC 0x3
#define RPC_PROTSEQ_HTTP 0x4
/* clang-format on */

typedef enum tagRpcCallType { rctInvalid = 0, rctNormal, rctTraining, rctGuaranteed } RpcCallType;

typedef enum tagRpcLocalAddressFormat { rlafInvalid = 0, rlafIPv4, rlafIPv6 } RpcLocalAddressFormat;

typedef enum tagRpcCallClientLocality {
    rcclInvalid = 0,
    rcclLocal,
    rcclRemote,
    rcclClientUnknownLocality
} RpcCallClientLocality;

typedef struct _RPC_CALL_LOCAL_ADDRESS_V1 {
    UINT Version;
    void *Buffer;
    ULONG BufferSize;
    RpcLocalAddressFormat AddressFormat;
} RPC_CALL_LOCAL_ADDRESS_V1, *PRPC_CALL_LOCAL_ADDRESS_V1;

/* Buffer lengths are in bytes with the terminating zero, in: the room, out: what the name takes. */
typedef struct tagRPC_CALL_ATTRIBUTES_V1_W {
    UINT Version;
    ULONG Flags;
    ULONG ServerPrincipalNameBufferLength;
    RPC_WSTR ServerPrincipalName;
    ULONG ClientPrincipalNameBufferLength;
    RPC_WSTR ClientPrincipalName;
    ULONG AuthenticationLevel;
    ULONG AuthenticationService;
    BOOL NullSession;
} RPC_CALL_ATTRIBUTES_V1_W;

typedef struct tagRPC_CALL_ATTRIBUTES_V1_A {
    UINT Version;
    ULONG Flags;
    ULONG ServerPrincipalNameBufferLength;
    UCHAR *ServerPrincipalName;
    ULONG ClientPrincipalNameBufferLength;
    UCHAR *ClientPrincipalName;
    ULONG AuthenticationLevel;
    ULONG AuthenticationService;
    BOOL NullSession;
} RPC_CALL_ATTRIBUTES_V1_A;

typedef struct tagRPC_CALL_ATTRIBUTES_V2_W {
    UINT Version;
    ULONG Flags;
    ULONG ServerPrincipalNameBufferLength;
    RPC_WSTR ServerPrincipalName;
    ULONG ClientPrincipalNameBufferLength;
    RPC_WSTR ClientPrincipalName;
    ULONG AuthenticationLevel;
    ULONG AuthenticationService;
    BOOL NullSession;
    BOOL KernelModeCaller;
    ULONG ProtocolSequence;
    RpcCallClientLocality IsClientLocal;
    HANDLE ClientPID;
    ULONG CallStatus;
    RpcCallType CallType;
    RPC_CALL_LOCAL_ADDRESS_V1 *CallLocalAddress;
    USHORT OpNum;
    UUID InterfaceUuid;
} RPC_CALL_ATTRIBUTES_V2_W;

typedef struct tagRPC_CALL_ATTRIBUTES_V2_A {
    UINT Version;
    ULONG Flags;
    ULONG ServerPrincipalNameBufferLength;
    UCHAR *ServerPrincipalName;
    ULONG ClientPrincipalNameBufferLength;
    UCHAR *ClientPrincipalName;
    ULONG AuthenticationLevel;
    ULONG AuthenticationService;
    BOOL NullSession;
    BOOL KernelModeCaller;
    ULONG ProtocolSequence;
    RpcCallClientLocality IsClientLocal;
    HANDLE ClientPID;
    ULONG CallStatus;
    RpcCallType CallType;
    RPC_CALL_LOCAL_ADDRESS_V1 *CallLocalAddress;
    USHORT OpNum;
    UUID InterfaceUuid;
} RPC_CALL_ATTRIBUTES_V2_A;

/* clang-format off */
#ifdef UNICODE
#define RPC_CALL_ATTRIBUTES_V1 RPC_CALL_ATTRIBUTES_V1_W
#define RPC_CALL_ATTRIBUTES_V2 RPC_CALL_ATTRIBUTES_V2_W
#else
#define RPC_CALL_ATTRIBUTES_V1 RPC_CALL_ATTRIBUTES_V1_A
#define RPC_CALL_ATTRIBUTES_V2 RPC_CALL_ATTRIBUTES_V2_A
#endif
#define RPC_CALL_ATTRIBUTES RPC_CALL_ATTRIBUTES_V2
#ifdef UNICODE
#define RpcServerInqCallAttributes RpcServerInqCallAttributesW
#else
#define RpcServerInqCallAttributes RpcServerInqCallAttributesA
#endif
/* clang-format on */

CS_EXTERN_C_BEGIN

/* RpcServerInqCallAttributesA, RpcServerInqCallAttributesW - a call being served: who, how
 * protected, which operation.
 *
 * RpcCallAttributes is an RPC_CALL_ATTRIBUTES_V1 or _V2 whose Version and Flags (RPC_QUERY_xxx) are
 * set. ClientBinding NULL: the call this thread serves. A name that does not fit leaves the bytes
 * it takes in its length. Without RPC_QUERY_NO_AUTH_REQUIRED a call that is not authenticated has
 * no attributes. RPC_QUERY_CLIENT_PID is known over ncalrpc only.
 *
 * Returns: RPC_S_OK; ERROR_MORE_DATA (a buffer is too small or NULL); RPC_S_BINDING_HAS_NO_AUTH;
 * RPC_S_NO_CALL_ACTIVE; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_BINDING; RPC_S_INVALID_ARG;
 * RPC_S_CANNOT_SUPPORT.
 * Threads: safe while the call is served.
 * Source: rpcasync.h, RpcServerInqCallAttributesW
 */
RPC_STATUS RpcServerInqCallAttributesA(RPC_BINDING_HANDLE ClientBinding, void *RpcCallAttributes)
    CS_EXPORT(RpcServerInqCallAttributesA);
RPC_STATUS RpcServerInqCallAttributesW(RPC_BINDING_HANDLE ClientBinding, void *RpcCallAttributes)
    CS_EXPORT(RpcServerInqCallAttributesW);

CS_EXTERN_C_END

#endif
