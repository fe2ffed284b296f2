/* SPDX-License-Identifier: Apache-2.0
 * rpcgroup.h - interface groups: interfaces and the endpoints they alone are reached at, put up and
 * taken down as one, with word of when nobody uses them. (Windows declares them in rpcdce.h.)
 *
 * Included by rpc.h.
 *
 * Pages: learn.microsoft.com/windows/win32/api/rpcdce/nf-rpcdce-rpcserverinterfacegroupcreatew
 */
#ifndef COUNTERSIGN_RPCGROUP_H
#define COUNTERSIGN_RPCGROUP_H

#include "rpcdce.h"

typedef PVOID RPC_INTERFACE_GROUP, *PRPC_INTERFACE_GROUP;

typedef struct _RPC_ENDPOINT_TEMPLATEW {
    ULONG Version; /* 0 */
    RPC_WSTR ProtSeq;
    RPC_WSTR Endpoint;        /* NULL: a dynamic one */
    void *SecurityDescriptor; /* NULL */
    ULONG Backlog; /* of ncacn_ip_tcp; RPC_C_PROTSEQ_MAX_REQS_DEFAULT: as large as can be */
} RPC_ENDPOINT_TEMPLATEW, *PRPC_ENDPOINT_TEMPLATEW;

typedef struct _RPC_ENDPOINT_TEMPLATEA {
    ULONG Version;
    RPC_CSTR ProtSeq;
    RPC_CSTR Endpoint;
    void *SecurityDescriptor;
    ULONG Backlog;
} RPC_ENDPOINT_TEMPLATEA, *PRPC_ENDPOINT_TEMPLATEA;

typedef struct _RPC_INTERFACE_TEMPLATEW {
    ULONG Version; /* 0 */
    RPC_IF_HANDLE IfSpec;
    UUID *MgrTypeUuid;
    RPC_MGR_EPV *MgrEpv;
    UINT Flags; /* RPC_IF_AUTOLISTEN is always meant */
    UINT MaxCalls;
    UINT MaxRpcSize;
    RPC_IF_CALLBACK_FN *IfCallback;
    UUID_VECTOR *UuidVector; /* objects, and a comment, for the endpoint mapper */
    RPC_WSTR Annotation;
    void *SecurityDescriptor; /* NULL */
} RPC_INTERFACE_TEMPLATEW, *PRPC_INTERFACE_TEMPLATEW;

typedef struct _RPC_INTERFACE_TEMPLATEA {
    ULONG Version;
    RPC_IF_HANDLE IfSpec;
    UUID *MgrTypeUuid;
    RPC_MGR_EPV *MgrEpv;
    UINT Flags;
    UINT MaxCalls;
    UINT MaxRpcSize;
    RPC_IF_CALLBACK_FN *IfCallback;
    UUID_VECTOR *UuidVector;
    RPC_CSTR Annotation;
    void *SecurityDescriptor;
} RPC_INTERFACE_TEMPLATEA, *PRPC_INTERFACE_TEMPLATEA;

/* IsGroupIdle TRUE: nobody has had a connection to the group for its idle period. FALSE: somebody
 * came after that had been said. By a thread of the group's own, one call at a time. */
typedef void RPC_INTERFACE_GROUP_IDLE_CALLBACK_FN(RPC_INTERFACE_GROUP IfGroup,
                                                  void *IdleCallbackContext, ULONG IsGroupIdle);

CS_EXTERN_C_BEGIN

/* RpcServerInterfaceGroupCreateA, RpcServerInterfaceGroupCreateW - describe an interface group.
 *
 * Nothing is registered yet, and nothing of what was given is needed afterwards but the interfaces
 * and their managers. The interfaces can be called over the group's endpoints only, and nothing
 * else can be called over those; an interface may be the process's, too, and other groups'.
 * IdlePeriod: seconds without a connection, after which IdleCallbackFn is called; INFINITE: never.
 * IdleCallbackFn may be NULL with INFINITE only. Closed with RpcServerInterfaceGroupClose.
 *
 * Security descriptors are those of RpcServerRegisterIf3 and RpcServerUseProtseq.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG; RPC_S_CANNOT_SUPPORT (an absolute security descriptor,
 * unknown flags); RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerInterfaceGroupCreateW
 */
RPC_STATUS RpcServerInterfaceGroupCreateA(RPC_INTERFACE_TEMPLATEA *Interfaces, ULONG NumIfs,
                                          RPC_ENDPOINT_TEMPLATEA *Endpoints, ULONG NumEndpoints,
                                          ULONG IdlePeriod,
                                          RPC_INTERFACE_GROUP_IDLE_CALLBACK_FN *IdleCallbackFn,
                                          void *IdleCallbackContext, PRPC_INTERFACE_GROUP IfGroup)
    CS_EXPORT(RpcServerInterfaceGroupCreateA);
RPC_STATUS RpcServerInterfaceGroupCreateW(RPC_INTERFACE_TEMPLATEW *Interfaces, ULONG NumIfs,
                                          RPC_ENDPOINT_TEMPLATEW *Endpoints, ULONG NumEndpoints,
                                          ULONG IdlePeriod,
                                          RPC_INTERFACE_GROUP_IDLE_CALLBACK_FN *IdleCallbackFn,
                                          void *IdleCallbackContext, PRPC_INTERFACE_GROUP IfGroup)
    CS_EXPORT(RpcServerInterfaceGroupCreateW);

/* RpcServerInterfaceGroupActivate - serve a group's interfaces at its endpoints.
 *
 * All of it or nothing. Calls come at once, whatever RpcServerListen says, perhaps before this
 * returns. The endpoints are entered into the endpoint map, as RpcEpRegisterNoReplace does; where
 * no mapper runs on this host the group is active all the same, and its clients must know the
 * endpoint. Nothing happens to a group that is active already.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_RPC_PROTSEQ; RPC_S_PROTSEQ_NOT_SUPPORTED;
 * RPC_S_INVALID_ENDPOINT_FORMAT; RPC_S_DUPLICATE_ENDPOINT; RPC_S_CANT_CREATE_ENDPOINT;
 * RPC_S_TYPE_ALREADY_REGISTERED; RPC_S_UNKNOWN_IF; RPC_X_WRONG_STUB_VERSION; RPC_S_INVALID_ARG;
 * RPC_S_OUT_OF_RESOURCES; RPC_S_OUT_OF_MEMORY; where a mapper refuses, as RpcEpRegister.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerInterfaceGroupActivate
 */
RPC_STATUS RpcServerInterfaceGroupActivate(RPC_INTERFACE_GROUP IfGroup)
    CS_EXPORT(RpcServerInterfaceGroupActivate);

/* RpcServerInterfaceGroupDeactivate - serve a group no more.
 *
 * With ForceDeactivation FALSE only if nobody has a connection to it: somebody who comes meanwhile
 * is served, and the group stays. With TRUE calls under way are answered, others are refused, and
 * connections end; the function does not wait for that. The group may be activated again. May be
 * called by the idle callback.
 *
 * Returns: RPC_S_OK, also for a group that is not active; RPC_S_SERVER_TOO_BUSY: there are clients;
 * RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerInterfaceGroupDeactivate
 */
RPC_STATUS RpcServerInterfaceGroupDeactivate(RPC_INTERFACE_GROUP IfGroup, ULONG ForceDeactivation)
    CS_EXPORT(RpcServerInterfaceGroupDeactivate);

/* RpcServerInterfaceGroupClose - end a group.
 *
 * Deactivates it by force. The idle callback is not called any more when this returns; one under
 * way is waited for. A callback may itself close its group, where Windows forbids it.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerInterfaceGroupClose
 */
RPC_STATUS RpcServerInterfaceGroupClose(RPC_INTERFACE_GROUP IfGroup)
    CS_EXPORT(RpcServerInterfaceGroupClose);

/* RpcServerInterfaceGroupInqBindings - handles for the endpoints a group is reached at.
 *
 * One for each endpoint and address of the host, freed with RpcBindingVectorFree.
 * RpcServerInqBindings does not tell of them.
 *
 * Returns: RPC_S_OK; RPC_S_NO_BINDINGS, and *BindingVector is NULL; RPC_S_INVALID_ARG;
 * RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerInterfaceGroupInqBindings
 */
RPC_STATUS RpcServerInterfaceGroupInqBindings(RPC_INTERFACE_GROUP IfGroup,
                                              RPC_BINDING_VECTOR **BindingVector)
    CS_EXPORT(RpcServerInterfaceGroupInqBindings);

CS_EXTERN_C_END

/* clang-format off */
#ifdef UNICODE
#define RPC_ENDPOINT_TEMPLATE         RPC_ENDPOINT_TEMPLATEW
#define PRPC_ENDPOINT_TEMPLATE        PRPC_ENDPOINT_TEMPLATEW
#define RPC_INTERFACE_TEMPLATE        RPC_INTERFACE_TEMPLATEW
#define PRPC_INTERFACE_TEMPLATE       PRPC_INTERFACE_TEMPLATEW
#define RpcServerInterfaceGroupCreate RpcServerInterfaceGroupCreateW
#else
#define RPC_ENDPOINT_TEMPLATE         RPC_ENDPOINT_TEMPLATEA
#define PRPC_ENDPOINT_TEMPLATE        PRPC_ENDPOINT_TEMPLATEA
#define RPC_INTERFACE_TEMPLATE        RPC_INTERFACE_TEMPLATEA
#define PRPC_INTERFACE_TEMPLATE       PRPC_INTERFACE_TEMPLATEA
#define RpcServerInterfaceGroupCreate RpcServerInterfaceGroupCreateA
#endif
/* clang-format on */

#endif
