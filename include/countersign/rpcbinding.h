/* SPDX-License-Identifier: Apache-2.0
 * rpcbinding.h - "fast" binding handles: made of structures rather than of a string, and connected
 * before the first call. (Windows declares RpcBindingCreate in rpcdce.h, the others in rpcasync.h.)
 *
 * Included by rpc.h.
 *
 * Pages: learn.microsoft.com/windows/win32/api/rpcdce/nf-rpcdce-rpcbindingcreatew
 */
#ifndef COUNTERSIGN_RPCBINDING_H
#define COUNTERSIGN_RPCBINDING_H

#include "rpcasync.h"
#include "rpcdce.h"

#define RPC_BHT_OBJECT_UUID_VALID 0x1 /* ObjectUuid is to be used */

#define RPC_BHO_NONCAUSAL 0x1
#define RPC_BHO_DONTLINGER 0x2
#define RPC_BHO_EXCLUSIVE_AND_GUARANTEED 0x4

typedef struct _RPC_BINDING_HANDLE_TEMPLATE_V1_W {
    ULONG Version;          /* 1 */
    ULONG Flags;            /* RPC_BHT_xxx */
    ULONG ProtocolSequence; /* RPC_PROTSEQ_TCP or RPC_PROTSEQ_LRPC */
    RPC_WSTR NetworkAddress;
    RPC_WSTR StringEndpoint; /* NULL: dynamic */
    union {
        RPC_WSTR Reserved; /* NULL */
    } u1;
    UUID ObjectUuid;
} RPC_BINDING_HANDLE_TEMPLATE_V1_W, *PRPC_BINDING_HANDLE_TEMPLATE_V1_W;

typedef struct _RPC_BINDING_HANDLE_TEMPLATE_V1_A {
    ULONG Version;
    ULONG Flags;
    ULONG ProtocolSequence;
    RPC_CSTR NetworkAddress;
    RPC_CSTR StringEndpoint;
    union {
        RPC_CSTR Reserved;
    } u1;
    UUID ObjectUuid;
} RPC_BINDING_HANDLE_TEMPLATE_V1_A, *PRPC_BINDING_HANDLE_TEMPLATE_V1_A;

typedef struct _RPC_BINDING_HANDLE_SECURITY_V1_W {
    ULONG Version; /* 1 */
    RPC_WSTR ServerPrincName;
    ULONG AuthnLevel;
    ULONG AuthnSvc;
    SEC_WINNT_AUTH_IDENTITY_W *AuthIdentity;
    RPC_SECURITY_QOS *SecurityQos;
} RPC_BINDING_HANDLE_SECURITY_V1_W, *PRPC_BINDING_HANDLE_SECURITY_V1_W;

typedef struct _RPC_BINDING_HANDLE_SECURITY_V1_A {
    ULONG Version;
    RPC_CSTR ServerPrincName;
    ULONG AuthnLevel;
    ULONG AuthnSvc;
    SEC_WINNT_AUTH_IDENTITY_A *AuthIdentity;
    RPC_SECURITY_QOS *SecurityQos;
} RPC_BINDING_HANDLE_SECURITY_V1_A, *PRPC_BINDING_HANDLE_SECURITY_V1_A;

typedef struct _RPC_BINDING_HANDLE_OPTIONS_V1 {
    ULONG Version;     /* 1 */
    ULONG Flags;       /* RPC_BHO_xxx */
    ULONG ComTimeout;  /* as RpcMgmtSetComTimeout takes it */
    ULONG CallTimeout; /* as RPC_C_OPT_CALL_TIMEOUT */
} RPC_BINDING_HANDLE_OPTIONS_V1, *PRPC_BINDING_HANDLE_OPTIONS_V1;

CS_EXTERN_C_BEGIN

/* RpcBindingCreateA, RpcBindingCreateW - a binding handle from structures.
 *
 * Security and Options may be NULL: no authentication (over ncalrpc: the kernel's), the usual
 * options. Nothing is sent, and nothing of what was given is needed afterwards. RpcBindingReset
 * leaves an endpoint that Template named. The handle may be used at once; Windows wants
 * RpcBindingBind before. Freed with RpcBindingFree.
 *
 * Returns: RPC_S_OK; RPC_S_CANNOT_SUPPORT for other versions, protocol sequences and
 * RPC_BHO_EXCLUSIVE_AND_GUARANTEED; RPC_S_INVALID_ARG; RPC_S_INVALID_ENDPOINT_FORMAT;
 * RPC_S_INVALID_TIMEOUT; what RpcBindingSetAuthInfoEx returns; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcBindingCreateW
 */
RPC_STATUS RpcBindingCreateA(RPC_BINDING_HANDLE_TEMPLATE_V1_A *Template,
                             RPC_BINDING_HANDLE_SECURITY_V1_A *Security,
                             RPC_BINDING_HANDLE_OPTIONS_V1 *Options, RPC_BINDING_HANDLE *Binding)
    CS_EXPORT(RpcBindingCreateA);
RPC_STATUS RpcBindingCreateW(RPC_BINDING_HANDLE_TEMPLATE_V1_W *Template,
                             RPC_BINDING_HANDLE_SECURITY_V1_W *Security,
                             RPC_BINDING_HANDLE_OPTIONS_V1 *Options, RPC_BINDING_HANDLE *Binding)
    CS_EXPORT(RpcBindingCreateW);

/* RpcBindingBind - connect to a handle's server, and bind to the interface there.
 *
 * The endpoint is resolved, the connection made, client and server authenticate: what would fail
 * in a first call fails here. IfSpec is a client's. Any client's handle is taken, not only
 * RpcBindingCreate's, and calls of other interfaces stay possible. A lost connection is made anew
 * by the next call, where Windows fails that. pAsync must be NULL.
 *
 * Returns: RPC_S_OK; RPC_S_CANNOT_SUPPORT for pAsync; RPC_S_INVALID_ARG; RPC_S_INVALID_BINDING;
 * RPC_S_WRONG_KIND_OF_BINDING; what a call that does not reach its server fails with.
 * Threads: safe.
 * Source: rpcasync.h, RpcBindingBind
 */
RPC_STATUS RpcBindingBind(PRPC_ASYNC_STATE pAsync, RPC_BINDING_HANDLE Binding, RPC_IF_HANDLE IfSpec)
    CS_EXPORT(RpcBindingBind);

/* RpcBindingUnbind - let go of the connections of RpcBindingBind.
 *
 * Those no other handle refers to are closed, as after RpcBindingFree. The handle may be bound
 * again. Calls under way end as they would.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING.
 * Threads: safe.
 * Source: rpcasync.h, RpcBindingUnbind
 */
RPC_STATUS RpcBindingUnbind(RPC_BINDING_HANDLE Binding) CS_EXPORT(RpcBindingUnbind);

CS_EXTERN_C_END

/* clang-format off */
#ifdef UNICODE
#define RPC_BINDING_HANDLE_TEMPLATE_V1 RPC_BINDING_HANDLE_TEMPLATE_V1_W
#define RPC_BINDING_HANDLE_SECURITY_V1 RPC_BINDING_HANDLE_SECURITY_V1_W
#define RpcBindingCreate               RpcBindingCreateW
#else
#define RPC_BINDING_HANDLE_TEMPLATE_V1 RPC_BINDING_HANDLE_TEMPLATE_V1_A
#define RPC_BINDING_HANDLE_SECURITY_V1 RPC_BINDING_HANDLE_SECURITY_V1_A
#define RpcBindingCreate               RpcBindingCreateA
#endif
#define RPC_BINDING_HANDLE_TEMPLATE RPC_BINDING_HANDLE_TEMPLATE_V1
#define RPC_BINDING_HANDLE_SECURITY RPC_BINDING_HANDLE_SECURITY_V1
#define RPC_BINDING_HANDLE_OPTIONS  RPC_BINDING_HANDLE_OPTIONS_V1
/* clang-format on */

#endif
