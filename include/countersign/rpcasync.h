/* SPDX-License-Identifier: Apache-2.0
 * rpcasync.h - asynchronous calls, and what a server may ask about the call it serves.
 *
 * A function that the ACF calls [async] takes a PRPC_ASYNC_STATE before its other parameters and
 * returns nothing. On a client it returns as soon as the request is on its way; when the call is
 * complete the notification chosen in the state is given, and RpcAsyncCompleteCall brings the
 * result and fills the [out] parameters. On a server the routine may return at once: the call is
 * under way until RpcAsyncCompleteCall or RpcAsyncAbortCall, by any thread.
 *
 * Included by rpc.h.
 *
 * Pages: learn.microsoft.com/windows/win32/api/rpcasync/
 */
#ifndef COUNTERSIGN_RPCASYNC_H
#define COUNTERSIGN_RPCASYNC_H

#include "rpccontext.h"
#include "rpcdce.h"
#include "rpcerror.h"

/* clang-format off */
#define RPC_CALL_ATTRIBUTES_VERSION 2

#define RPC_QUERY_SERVER_PRINCIPAL_NAME 0x02
#define RPC_QUERY_CLIENT_PRINCIPAL_NAME 0x04
#define RPC_QUERY_CALL_LOCAL_ADDRESS    0x08
#define RPC_QUERY_CLIENT_PID            0x10
#define RPC_QUERY_IS_CLIENT_LOCAL       0x20
#define RPC_QUERY_NO_AUTH_REQUIRED      0x40
#define RPC_QUERY_CLIENT_ID             0x80

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

typedef struct tagRPC_CALL_ATTRIBUTES_V3_W {
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
    ULONG ClientIdentifierBufferLength;
    UCHAR *ClientIdentifier;
} RPC_CALL_ATTRIBUTES_V3_W;

typedef struct tagRPC_CALL_ATTRIBUTES_V3_A {
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
    ULONG ClientIdentifierBufferLength;
    UCHAR *ClientIdentifier;
} RPC_CALL_ATTRIBUTES_V3_A;

/* clang-format off */
#ifdef UNICODE
#define RPC_CALL_ATTRIBUTES_V1 RPC_CALL_ATTRIBUTES_V1_W
#define RPC_CALL_ATTRIBUTES_V2 RPC_CALL_ATTRIBUTES_V2_W
#define RPC_CALL_ATTRIBUTES_V3 RPC_CALL_ATTRIBUTES_V3_W
#else
#define RPC_CALL_ATTRIBUTES_V1 RPC_CALL_ATTRIBUTES_V1_A
#define RPC_CALL_ATTRIBUTES_V2 RPC_CALL_ATTRIBUTES_V2_A
#define RPC_CALL_ATTRIBUTES_V3 RPC_CALL_ATTRIBUTES_V3_A
#endif
#define RPC_CALL_ATTRIBUTES RPC_CALL_ATTRIBUTES_V2
#ifdef UNICODE
#define RpcServerInqCallAttributes RpcServerInqCallAttributesW
#else
#define RpcServerInqCallAttributes RpcServerInqCallAttributesA
#endif
/* clang-format on */

/* ---- the state of an asynchronous call ---- */

typedef enum _RPC_NOTIFICATION_TYPES {
    RpcNotificationTypeNone,     /* ask RpcAsyncGetCallStatus */
    RpcNotificationTypeEvent,    /* u.hEvent is set */
    RpcNotificationTypeApc,      /* u.APC: queued to a thread, run in its alertable waits */
    RpcNotificationTypeIoc,      /* there are no completion ports: RPC_S_CANNOT_SUPPORT */
    RpcNotificationTypeHwnd,     /* nor windows: RPC_S_CANNOT_SUPPORT */
    RpcNotificationTypeCallback, /* u.NotificationRoutine is called, by a thread of the library's */
    CsNotificationTypeFd = 256,  /* ours: u.Fd, an eventfd or another descriptor, is written to */
} RPC_NOTIFICATION_TYPES;

typedef enum _RPC_ASYNC_EVENT {
    RpcCallComplete,
    RpcSendComplete,
    RpcReceiveComplete,
    RpcClientDisconnect,
    RpcClientCancel
} RPC_ASYNC_EVENT;

/* What a server subscribes for; both bits together are allowed there. */
typedef enum _RPC_NOTIFICATIONS {
    RpcNotificationCallNone = 0,
    RpcNotificationClientDisconnect = 1,
    RpcNotificationCallCancel = 2
} RPC_NOTIFICATIONS;

struct _RPC_ASYNC_STATE;
struct _OVERLAPPED;

typedef void RPC_ENTRY RPCNOTIFICATION_ROUTINE(struct _RPC_ASYNC_STATE *pAsync, void *Context,
                                               RPC_ASYNC_EVENT Event);
typedef RPCNOTIFICATION_ROUTINE *PFN_RPCNOTIFICATION_ROUTINE;

typedef union _RPC_ASYNC_NOTIFICATION_INFO {
    struct {
        PFN_RPCNOTIFICATION_ROUTINE NotificationRoutine;
        HANDLE hThread; /* NULL: the thread that makes the call */
    } APC;
    struct {
        HANDLE hIOPort;
        DWORD dwNumberOfBytesTransferred;
        DWORD_PTR dwCompletionKey;
        struct _OVERLAPPED *lpOverlapped;
    } IOC;
    struct {
        HANDLE hWnd;
        UINT Msg;
    } HWND;
    HANDLE hEvent;
    PFN_RPCNOTIFICATION_ROUTINE NotificationRoutine;
    int Fd; /* ours, of CsNotificationTypeFd: eight bytes are written, the number 1 */
} RPC_ASYNC_NOTIFICATION_INFO, *PRPC_ASYNC_NOTIFICATION_INFO;

/* NotificationType, u, Flags and UserInfo are the program's, the other members are not. The memory
 * stays until the call is complete. */
typedef struct _RPC_ASYNC_STATE {
    UINT Size;
    ULONG Signature;
    LONG Lock;
    ULONG Flags;
    void *StubInfo;
    void *UserInfo;
    void *RuntimeInfo;
    RPC_ASYNC_EVENT Event;
    RPC_NOTIFICATION_TYPES NotificationType;
    RPC_ASYNC_NOTIFICATION_INFO u;
    LONG_PTR Reserved[4];
} RPC_ASYNC_STATE, *PRPC_ASYNC_STATE;

static_assert(sizeof(void *) != 8 ||
                  (sizeof(RPC_ASYNC_STATE) == 112 && sizeof(RPC_ASYNC_NOTIFICATION_INFO) == 32),
              "Windows' layout");

/* clang-format off */
#define RPC_ASYNC_VERSION_1_0 ((UINT)sizeof(RPC_ASYNC_STATE))
#define RPC_C_NOTIFY_ON_SEND_COMPLETE 0x1 /* of Flags: for pipes */
#define RPC_C_INFINITE_TIMEOUT        0xFFFFFFFFu

/* The binding of a call that is served, for RpcServerTestCancel and its like. */
#define RpcAsyncGetCallHandle(pAsync) (((PRPC_ASYNC_STATE)(pAsync))->RuntimeInfo)
/* clang-format on */

CS_EXTERN_C_BEGIN

/* RpcAsyncInitializeHandle - prepare a state for its first call.
 *
 * The program then sets NotificationType and its part of u. When a call is complete the state may
 * be used for the next without being prepared again.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG (Size is not that of an RPC_ASYNC_STATE);
 * RPC_S_INVALID_ASYNC_HANDLE (pAsync is NULL).
 * Threads: safe, each state by one thread.
 * Source: rpcasync.h, RpcAsyncInitializeHandle
 */
RPC_STATUS RpcAsyncInitializeHandle(PRPC_ASYNC_STATE pAsync, UINT Size)
    CS_EXPORT(RpcAsyncInitializeHandle);

/* RpcAsyncGetCallStatus - ask how a client's call is doing.
 *
 * Returns: RPC_S_ASYNC_CALL_PENDING; RPC_S_OK (it is over, and went well); what it failed with, as
 * RpcAsyncCompleteCall will tell in more detail; RPC_S_INVALID_ASYNC_HANDLE (no call was made with
 * the state); RPC_S_INVALID_ASYNC_CALL (this process serves it).
 * Threads: safe.
 * Source: rpcasync.h, RpcAsyncGetCallStatus
 */
RPC_STATUS RpcAsyncGetCallStatus(PRPC_ASYNC_STATE pAsync) CS_EXPORT(RpcAsyncGetCallStatus);

/* RpcAsyncCompleteCall - take a client's result, or send a server's.
 *
 * A client's [out] parameters are where the call said, and Reply, unless it is NULL, points to the
 * result. Whatever this returns but RPC_S_ASYNC_CALL_PENDING, the call is gone, and the event or
 * descriptor of its notification is not touched any more: it may be closed. Notifications that wait
 * for a thread as procedure calls are taken back: the state may be freed. But a notification
 * routine is always told of RpcCallComplete, and last: who completes the call elsewhere keeps the
 * state until it was. A server's [out] parameters must hold what is to be sent, and Reply must
 * point to the result if the function has one; afterwards neither they nor the state may be
 * touched.
 *
 * Returns: RPC_S_OK; RPC_S_ASYNC_CALL_PENDING; RPC_S_CALL_CANCELLED; what the call failed with;
 * RPC_S_INVALID_ASYNC_HANDLE (there is no call, or it is complete); RPC_S_INVALID_ARG (a server's
 * Reply is NULL; the call is still open).
 * Threads: safe; one thread completes a call.
 * Source: rpcasync.h, RpcAsyncCompleteCall
 */
RPC_STATUS RpcAsyncCompleteCall(PRPC_ASYNC_STATE pAsync, void *Reply)
    CS_EXPORT(RpcAsyncCompleteCall);

/* RpcAsyncAbortCall - end a call that is served without a result.
 *
 * The client's call fails with ExceptionCode. Parameters and state are gone afterwards.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ASYNC_HANDLE (there is no call, or it is complete);
 * RPC_S_INVALID_ASYNC_CALL (the call is a client's); RPC_S_INVALID_ARG (ExceptionCode is 0).
 * Threads: safe; one thread completes a call.
 * Source: rpcasync.h, RpcAsyncAbortCall
 */
RPC_STATUS RpcAsyncAbortCall(PRPC_ASYNC_STATE pAsync, ULONG ExceptionCode)
    CS_EXPORT(RpcAsyncAbortCall);

/* RpcAsyncCancelCall - ask the server to end a client's call.
 *
 * fAbort FALSE: the server is asked, and the call goes on until it answers. TRUE: the server is
 * told that nobody waits any more, and the call is over at once. Either way the notification comes,
 * and RpcAsyncCompleteCall must be called: it tells what became of the call. There is no time-out
 * but RPC_C_OPT_CALL_TIMEOUT, which aborts.
 *
 * Returns: RPC_S_OK, also for a call that was over; RPC_S_INVALID_ASYNC_HANDLE;
 * RPC_S_INVALID_ASYNC_CALL (this process serves it).
 * Threads: safe, also while the function that makes the call has not returned: one that is not out
 * yet then ends there, and is notified like any other.
 * Source: rpcasync.h, RpcAsyncCancelCall
 */
RPC_STATUS RpcAsyncCancelCall(PRPC_ASYNC_STATE pAsync, BOOL fAbort) CS_EXPORT(RpcAsyncCancelCall);

/* RpcServerSubscribeForNotification - be told when a call's client cancels it, or is gone.
 *
 * Binding NULL: the call this thread serves. Notification is one of RPC_NOTIFICATIONS or both, but
 * for events, of which each stands for one. A routine is called with the call's state, of a
 * synchronous call its binding, and RpcClientCancel or RpcClientDisconnect; by a thread of the
 * server's, so that it must not block. Each notification is given once in a call, at once where it
 * has happened already. Unsubscribe before the call is complete.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG (NotificationInfo is NULL or lacks its part,
 * RpcNotificationTypeNone, an event for both); RPC_S_CANNOT_SUPPORT (of Notification or
 * NotificationType); RPC_S_NO_CALL_ACTIVE; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_BINDING.
 * Threads: safe, but for one call one thread at a time.
 * Source: rpcasync.h, RpcServerSubscribeForNotification
 */
RPC_STATUS RpcServerSubscribeForNotification(RPC_BINDING_HANDLE Binding,
                                             RPC_NOTIFICATIONS Notification,
                                             RPC_NOTIFICATION_TYPES NotificationType,
                                             RPC_ASYNC_NOTIFICATION_INFO *NotificationInfo)
    CS_EXPORT(RpcServerSubscribeForNotification);

/* RpcServerUnsubscribeForNotification - end a subscription.
 *
 * One notification at a time. *NotificationsQueued is how often it was given, 0 or 1; one that was
 * may still be on its way.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG (NotificationsQueued is NULL, or nobody has subscribed);
 * RPC_S_CANNOT_SUPPORT (of Notification); RPC_S_NO_CALL_ACTIVE; RPC_S_WRONG_KIND_OF_BINDING;
 * RPC_S_INVALID_BINDING.
 * Threads: safe, but for one call one thread at a time.
 * Source: rpcasync.h, RpcServerUnsubscribeForNotification
 */
RPC_STATUS RpcServerUnsubscribeForNotification(RPC_BINDING_HANDLE Binding,
                                               RPC_NOTIFICATIONS Notification,
                                               ULONG *NotificationsQueued)
    CS_EXPORT(RpcServerUnsubscribeForNotification);

/* I_RpcGetCurrentCallHandle - the binding of the call this thread serves.
 *
 * Returns: the binding; NULL outside of a call.
 * Threads: safe.
 * Source: desktop-src/Rpc/server-side-asynchronous-rpc.md
 */
RPC_BINDING_HANDLE I_RpcGetCurrentCallHandle(void) CS_EXPORT(I_RpcGetCurrentCallHandle);

/* RpcServerInqCallAttributesA, RpcServerInqCallAttributesW - a call being served: who, how
 * protected, which operation.
 *
 * RpcCallAttributes is an RPC_CALL_ATTRIBUTES_V1, _V2 or _V3 whose Version and Flags
 * (RPC_QUERY_xxx) are set. ClientBinding NULL: the call this thread serves. A name that does not
 * fit leaves the bytes it takes in its length. Without RPC_QUERY_NO_AUTH_REQUIRED a call that is
 * not authenticated has no attributes. RPC_QUERY_CLIENT_PID is known over ncalrpc only, where there
 * is no local address: its format is rlafInvalid. An authenticated caller over ncalrpc is of
 * RPC_C_AUTHN_WINNT at RPC_C_AUTHN_LEVEL_PKT_PRIVACY, and has the name that RpcBindingInqAuthClient
 * tells. NullSession is for a client that authenticated as nobody, which NTLM lets it: its place is
 * left, and no package grants that yet. RPC_QUERY_CLIENT_ID (version 3) gives the octets of the
 * client's address over ncacn_ip_tcp, most significant first, and is not known over ncalrpc.
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

/* RpcGetAuthorizationContextForClient - who makes a call, for AuthzAccessCheck (authz.h).
 *
 * ClientBinding NULL: the call this thread serves. The context has the SIDs of the client's ticket,
 * or over ncalrpc S-1-22-1-uid and those that RpcServerRegisterIf3 names; it holds after the call.
 * With ImpersonateOnReturn the thread impersonates it, too, as RpcImpersonateClient does.
 * pExpirationTime is not looked at; what is reserved must be 0.
 *
 * Returns: RPC_S_OK, and a context for RpcFreeAuthorizationContext; ERROR_INVALID_PARAMETER
 * (something reserved is set); RPC_S_NO_CONTEXT_AVAILABLE (the client is not authenticated);
 * ERROR_NONE_MAPPED (its ticket proves no SID); what RpcImpersonateClient returns;
 * RPC_S_NO_CALL_ACTIVE; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_BINDING; RPC_S_OUT_OF_MEMORY.
 * Threads: safe while the call is served.
 * Source: rpcasync.h, RpcGetAuthorizationContextForClient
 */
RPC_STATUS
RpcGetAuthorizationContextForClient(RPC_BINDING_HANDLE ClientBinding, BOOL ImpersonateOnReturn,
                                    PVOID Reserved1, PLARGE_INTEGER pExpirationTime, LUID Reserved2,
                                    DWORD Reserved3, PVOID Reserved4, PVOID *pAuthzClientContext)
    CS_EXPORT(RpcGetAuthorizationContextForClient);

/* RpcFreeAuthorizationContext - free what RpcGetAuthorizationContextForClient made.
 *
 * *pAuthzClientContext becomes NULL.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG (NULL, or no such context).
 * Threads: safe.
 * Source: rpcasync.h, RpcFreeAuthorizationContext
 */
RPC_STATUS RpcFreeAuthorizationContext(PVOID *pAuthzClientContext)
    CS_EXPORT(RpcFreeAuthorizationContext);

CS_EXTERN_C_END

#endif
