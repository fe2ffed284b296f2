/* SPDX-License-Identifier: Apache-2.0
 * rpcdce.h - the types, constants and functions of remote procedure calls.
 *
 * Included by rpc.h, which is what programs include. The A form of every function is UTF-8. What is
 * `unsigned long` on Windows is ULONG here, 32 bits, and a program that passes the address of a
 * long does not compile.
 *
 * Pages: learn.microsoft.com/windows/win32/api/rpcdce/
 */
#ifndef COUNTERSIGN_RPCDCE_H
#define COUNTERSIGN_RPCDCE_H

#include "cslink.h"
#include "sspi.h"
#include "winerror.h"
#include "wintypes.h"

/* Calling conventions and address spaces mean nothing here. */
#define RPC_ENTRY
#define RPC_VAR_ENTRY
#define __RPC_API
#define __RPC_USER
#define __RPC_STUB
#define __RPC_CALLEE
#define __RPC_CALLBACK
#define __RPC_FAR

typedef LONG RPC_STATUS;
typedef ULONG error_status_t;
typedef UCHAR *RPC_CSTR;
/* The same in C. In C++ a program that defines RPC_USE_NATIVE_WCHAR has the second. */
#ifndef RPC_USE_NATIVE_WCHAR
typedef USHORT *RPC_WSTR;
typedef const USHORT *RPC_CWSTR;
#else
typedef WCHAR *RPC_WSTR;
typedef const WCHAR *RPC_CWSTR;
#endif
#ifdef UNICODE
typedef RPC_WSTR RPC_TSTR;
#else
typedef RPC_CSTR RPC_TSTR;
#endif

typedef void *I_RPC_HANDLE;
typedef I_RPC_HANDLE RPC_BINDING_HANDLE, handle_t;
#define rpc_binding_handle_t RPC_BINDING_HANDLE
typedef void *RPC_IF_HANDLE; /* the x_v1_0_c_ifspec and x_v1_0_s_ifspec of generated headers */
typedef void *RPC_AUTH_IDENTITY_HANDLE;
typedef void *RPC_AUTHZ_HANDLE;
typedef I_RPC_HANDLE *RPC_EP_INQ_HANDLE;
typedef void RPC_MGR_EPV;

typedef struct _RPC_BINDING_VECTOR {
    ULONG Count;
    RPC_BINDING_HANDLE BindingH[1];
} RPC_BINDING_VECTOR;
#define rpc_binding_vector_t RPC_BINDING_VECTOR

typedef struct _UUID_VECTOR {
    ULONG Count;
    UUID *Uuid[1];
} UUID_VECTOR;
#define uuid_vector_t UUID_VECTOR

typedef struct _RPC_PROTSEQ_VECTORA {
    UINT Count;
    UCHAR *Protseq[1];
} RPC_PROTSEQ_VECTORA;

typedef struct _RPC_PROTSEQ_VECTORW {
    UINT Count;
    RPC_WSTR Protseq[1];
} RPC_PROTSEQ_VECTORW;

typedef struct _RPC_IF_ID {
    UUID Uuid;
    USHORT VersMajor;
    USHORT VersMinor;
} RPC_IF_ID;

typedef struct _RPC_IF_ID_VECTOR {
    ULONG Count;
    RPC_IF_ID *IfId[1];
} RPC_IF_ID_VECTOR;

typedef struct _RPC_STATS_VECTOR {
    UINT Count;
    ULONG Stats[1];
} RPC_STATS_VECTOR;

typedef struct _RPC_POLICY {
    UINT Length; /* of this structure */
    ULONG EndpointFlags;
    ULONG NICFlags;
} RPC_POLICY, *PRPC_POLICY;

typedef struct _RPC_HTTP_TRANSPORT_CREDENTIALS_W {
    SEC_WINNT_AUTH_IDENTITY_W *TransportCredentials;
    ULONG Flags;
    ULONG AuthenticationTarget;
    ULONG NumberOfAuthnSchemes;
    ULONG *AuthnSchemes;
    RPC_WSTR ServerCertificateSubject;
} RPC_HTTP_TRANSPORT_CREDENTIALS_W, *PRPC_HTTP_TRANSPORT_CREDENTIALS_W;

typedef struct _RPC_HTTP_TRANSPORT_CREDENTIALS_A {
    SEC_WINNT_AUTH_IDENTITY_A *TransportCredentials;
    ULONG Flags;
    ULONG AuthenticationTarget;
    ULONG NumberOfAuthnSchemes;
    ULONG *AuthnSchemes;
    UCHAR *ServerCertificateSubject;
} RPC_HTTP_TRANSPORT_CREDENTIALS_A, *PRPC_HTTP_TRANSPORT_CREDENTIALS_A;

typedef struct _RPC_HTTP_TRANSPORT_CREDENTIALS_V2_W {
    SEC_WINNT_AUTH_IDENTITY_W *TransportCredentials;
    ULONG Flags;
    ULONG AuthenticationTarget;
    ULONG NumberOfAuthnSchemes;
    ULONG *AuthnSchemes;
    RPC_WSTR ServerCertificateSubject;
    SEC_WINNT_AUTH_IDENTITY_W *ProxyCredentials;
    ULONG NumberOfProxyAuthnSchemes;
    ULONG *ProxyAuthnSchemes;
} RPC_HTTP_TRANSPORT_CREDENTIALS_V2_W, *PRPC_HTTP_TRANSPORT_CREDENTIALS_V2_W;

typedef struct _RPC_HTTP_TRANSPORT_CREDENTIALS_V3_W {
    RPC_AUTH_IDENTITY_HANDLE TransportCredentials;
    ULONG Flags;
    ULONG AuthenticationTarget;
    ULONG NumberOfAuthnSchemes;
    ULONG *AuthnSchemes;
    RPC_WSTR ServerCertificateSubject;
    RPC_AUTH_IDENTITY_HANDLE ProxyCredentials;
    ULONG NumberOfProxyAuthnSchemes;
    ULONG *ProxyAuthnSchemes;
} RPC_HTTP_TRANSPORT_CREDENTIALS_V3_W, *PRPC_HTTP_TRANSPORT_CREDENTIALS_V3_W;

typedef struct _RPC_HTTP_TRANSPORT_CREDENTIALS_V2_A {
    SEC_WINNT_AUTH_IDENTITY_A *TransportCredentials;
    ULONG Flags;
    ULONG AuthenticationTarget;
    ULONG NumberOfAuthnSchemes;
    ULONG *AuthnSchemes;
    UCHAR *ServerCertificateSubject;
    SEC_WINNT_AUTH_IDENTITY_A *ProxyCredentials;
    ULONG NumberOfProxyAuthnSchemes;
    ULONG *ProxyAuthnSchemes;
} RPC_HTTP_TRANSPORT_CREDENTIALS_V2_A, *PRPC_HTTP_TRANSPORT_CREDENTIALS_V2_A;

typedef struct _RPC_HTTP_TRANSPORT_CREDENTIALS_V3_A {
    RPC_AUTH_IDENTITY_HANDLE TransportCredentials;
    ULONG Flags;
    ULONG AuthenticationTarget;
    ULONG NumberOfAuthnSchemes;
    ULONG *AuthnSchemes;
    UCHAR *ServerCertificateSubject;
    RPC_AUTH_IDENTITY_HANDLE ProxyCredentials;
    ULONG NumberOfProxyAuthnSchemes;
    ULONG *ProxyAuthnSchemes;
} RPC_HTTP_TRANSPORT_CREDENTIALS_V3_A, *PRPC_HTTP_TRANSPORT_CREDENTIALS_V3_A;

/* What a client asks of security. Each version begins with the fields of those before it. */
typedef struct _RPC_SECURITY_QOS {
    ULONG Version; /* RPC_C_SECURITY_QOS_VERSION_1 to _5: which of the structures this is */
    ULONG Capabilities;
    ULONG IdentityTracking;
    ULONG ImpersonationType;
} RPC_SECURITY_QOS, *PRPC_SECURITY_QOS;

typedef struct _RPC_SECURITY_QOS_V2_W {
    ULONG Version;
    ULONG Capabilities;
    ULONG IdentityTracking;
    ULONG ImpersonationType;
    ULONG AdditionalSecurityInfoType;
    union {
        RPC_HTTP_TRANSPORT_CREDENTIALS_W *HttpCredentials;
    } u;
} RPC_SECURITY_QOS_V2_W, *PRPC_SECURITY_QOS_V2_W;

typedef struct _RPC_SECURITY_QOS_V2_A {
    ULONG Version;
    ULONG Capabilities;
    ULONG IdentityTracking;
    ULONG ImpersonationType;
    ULONG AdditionalSecurityInfoType;
    union {
        RPC_HTTP_TRANSPORT_CREDENTIALS_A *HttpCredentials;
    } u;
} RPC_SECURITY_QOS_V2_A, *PRPC_SECURITY_QOS_V2_A;

typedef struct _RPC_SECURITY_QOS_V3_W {
    ULONG Version;
    ULONG Capabilities;
    ULONG IdentityTracking;
    ULONG ImpersonationType;
    ULONG AdditionalSecurityInfoType;
    union {
        RPC_HTTP_TRANSPORT_CREDENTIALS_W *HttpCredentials;
    } u;
    void *Sid;
} RPC_SECURITY_QOS_V3_W, *PRPC_SECURITY_QOS_V3_W;

typedef struct _RPC_SECURITY_QOS_V3_A {
    ULONG Version;
    ULONG Capabilities;
    ULONG IdentityTracking;
    ULONG ImpersonationType;
    ULONG AdditionalSecurityInfoType;
    union {
        RPC_HTTP_TRANSPORT_CREDENTIALS_A *HttpCredentials;
    } u;
    void *Sid;
} RPC_SECURITY_QOS_V3_A, *PRPC_SECURITY_QOS_V3_A;

typedef struct _RPC_SECURITY_QOS_V4_W {
    ULONG Version;
    ULONG Capabilities;
    ULONG IdentityTracking;
    ULONG ImpersonationType;
    ULONG AdditionalSecurityInfoType;
    union {
        RPC_HTTP_TRANSPORT_CREDENTIALS_W *HttpCredentials;
    } u;
    void *Sid;
    UINT EffectiveOnly;
} RPC_SECURITY_QOS_V4_W, *PRPC_SECURITY_QOS_V4_W;

typedef struct _RPC_SECURITY_QOS_V4_A {
    ULONG Version;
    ULONG Capabilities;
    ULONG IdentityTracking;
    ULONG ImpersonationType;
    ULONG AdditionalSecurityInfoType;
    union {
        RPC_HTTP_TRANSPORT_CREDENTIALS_A *HttpCredentials;
    } u;
    void *Sid;
    UINT EffectiveOnly;
} RPC_SECURITY_QOS_V4_A, *PRPC_SECURITY_QOS_V4_A;

typedef struct _RPC_SECURITY_QOS_V5_W {
    ULONG Version;
    ULONG Capabilities;
    ULONG IdentityTracking;
    ULONG ImpersonationType;
    ULONG AdditionalSecurityInfoType;
    union {
        RPC_HTTP_TRANSPORT_CREDENTIALS_W *HttpCredentials;
    } u;
    void *Sid;
    UINT EffectiveOnly;
    void *ServerSecurityDescriptor;
} RPC_SECURITY_QOS_V5_W, *PRPC_SECURITY_QOS_V5_W;

typedef struct _RPC_SECURITY_QOS_V5_A {
    ULONG Version;
    ULONG Capabilities;
    ULONG IdentityTracking;
    ULONG ImpersonationType;
    ULONG AdditionalSecurityInfoType;
    union {
        RPC_HTTP_TRANSPORT_CREDENTIALS_A *HttpCredentials;
    } u;
    void *Sid;
    UINT EffectiveOnly;
    void *ServerSecurityDescriptor;
} RPC_SECURITY_QOS_V5_A, *PRPC_SECURITY_QOS_V5_A;

/* What a server's program supplies. */
typedef RPC_STATUS RPC_IF_CALLBACK_FN(RPC_IF_HANDLE InterfaceUuid, void *Context);
typedef void RPC_OBJECT_INQ_FN(UUID *ObjectUuid, UUID *TypeUuid, RPC_STATUS *Status);
typedef void (*RPC_AUTH_KEY_RETRIEVAL_FN)(void *Arg, RPC_WSTR ServerPrincName, ULONG KeyVer,
                                          void **Key, RPC_STATUS *Status);
typedef int (*RPC_MGMT_AUTHORIZATION_FN)(RPC_BINDING_HANDLE ClientBinding,
                                         ULONG RequestedMgmtOperation, RPC_STATUS *Status);

/* clang-format off */
#define RPC_C_EP_ALL_ELTS      0
#define RPC_C_EP_MATCH_BY_IF   1
#define RPC_C_EP_MATCH_BY_OBJ  2
#define RPC_C_EP_MATCH_BY_BOTH 3

#define RPC_C_VERS_ALL        1
#define RPC_C_VERS_COMPATIBLE 2
#define RPC_C_VERS_EXACT      3
#define RPC_C_VERS_MAJOR_ONLY 4
#define RPC_C_VERS_UPTO       5

#define RPC_C_BINDING_MIN_TIMEOUT      0
#define RPC_C_BINDING_DEFAULT_TIMEOUT  5
#define RPC_C_BINDING_MAX_TIMEOUT      9
#define RPC_C_BINDING_INFINITE_TIMEOUT 10
#define RPC_C_CANCEL_INFINITE_TIMEOUT  (-1)

#define RPC_C_LISTEN_MAX_CALLS_DEFAULT 1234
#define RPC_C_PROTSEQ_MAX_REQS_DEFAULT 10

#define RPC_C_BIND_TO_ALL_NICS 1
#define RPC_C_USE_INTERNET_PORT 0x1
#define RPC_C_USE_INTRANET_PORT 0x2
#define RPC_C_DONT_FAIL         0x4

/* Options of a binding: RpcBindingSetOption. */
#define RPC_C_OPT_TRANS_SEND_BUFFER_SIZE 5
#define RPC_C_OPT_SESSION_ID             6
#define RPC_C_OPT_COOKIE_AUTH            7
#define RPC_C_OPT_RESOURCE_TYPE_UUID     8
#define RPC_C_OPT_BINDING_NONCAUSAL      9
#define RPC_C_OPT_SECURITY_CALLBACK      10
#define RPC_C_OPT_UNIQUE_BINDING         11
#define RPC_C_OPT_CALL_TIMEOUT           12 /* milliseconds; 0: none */
#define RPC_C_OPT_DONT_LINGER            13
#define RPC_C_OPT_TRUST_PEER             14
#define RPC_C_OPT_ASYNC_BLOCK            15
#define RPC_C_OPT_OPTIMIZE_TIME          16
#define RPC_C_OPT_MAX_OPTIONS            17

/* Options of bindings of the protocol sequence ncadg_mq. */
#define RPC_C_OPT_MQ_DELIVERY            1
#define RPC_C_OPT_MQ_PRIORITY            2
#define RPC_C_OPT_MQ_JOURNAL             3
#define RPC_C_OPT_MQ_ACKNOWLEDGE         4
#define RPC_C_OPT_MQ_AUTHN_SERVICE       5
#define RPC_C_OPT_MQ_AUTHN_LEVEL         6
#define RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE 7
#define RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED 8
#define RPC_C_MQ_EXPRESS                 0
#define RPC_C_MQ_RECOVERABLE             1
#define RPC_C_MQ_JOURNAL_NONE            0
#define RPC_C_MQ_JOURNAL_DEADLETTER      1
#define RPC_C_MQ_JOURNAL_ALWAYS          2
#define RPC_C_MQ_TEMPORARY               0x0000
#define RPC_C_MQ_PERMANENT               0x0001
#define RPC_C_MQ_CLEAR_ON_OPEN           0x0002
#define RPC_C_MQ_USE_EXISTING_SECURITY   0x0004
#define RPC_C_MQ_AUTHN_LEVEL_NONE          0x0000
#define RPC_C_MQ_AUTHN_LEVEL_PKT_INTEGRITY 0x0008
#define RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY   0x0010

#define RPC_C_STATS_CALLS_IN  0
#define RPC_C_STATS_CALLS_OUT 1
#define RPC_C_STATS_PKTS_IN   2
#define RPC_C_STATS_PKTS_OUT  3

#define RPC_C_MGMT_INQ_IF_IDS         0
#define RPC_C_MGMT_INQ_PRINC_NAME     1
#define RPC_C_MGMT_INQ_STATS          2
#define RPC_C_MGMT_IS_SERVER_LISTEN   3
#define RPC_C_MGMT_STOP_SERVER_LISTEN 4

#define RPC_C_PARM_MAX_PACKET_LENGTH 1
#define RPC_C_PARM_BUFFER_LENGTH     2

/* Flags of RpcServerRegisterIf2 and RpcServerRegisterIfEx. */
#define RPC_IF_AUTOLISTEN                   0x0001
#define RPC_IF_OLE                          0x0002
#define RPC_IF_ALLOW_UNKNOWN_AUTHORITY      0x0004
#define RPC_IF_ALLOW_SECURE_ONLY            0x0008
#define RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH 0x0010
#define RPC_IF_ALLOW_LOCAL_ONLY             0x0020
#define RPC_IF_SEC_NO_CACHE                 0x0040
#define RPC_IF_SEC_CACHE_PER_PROC           0x0080
#define RPC_IF_ASYNC_CALLBACK               0x0100

#define RPC_C_AUTHN_LEVEL_DEFAULT       0
#define RPC_C_AUTHN_LEVEL_NONE          1
#define RPC_C_AUTHN_LEVEL_CONNECT       2
#define RPC_C_AUTHN_LEVEL_CALL          3
#define RPC_C_AUTHN_LEVEL_PKT           4
#define RPC_C_AUTHN_LEVEL_PKT_INTEGRITY 5
#define RPC_C_AUTHN_LEVEL_PKT_PRIVACY   6

/* The same by their later names. */
#define RPC_C_PROTECT_LEVEL_DEFAULT       RPC_C_AUTHN_LEVEL_DEFAULT
#define RPC_C_PROTECT_LEVEL_NONE          RPC_C_AUTHN_LEVEL_NONE
#define RPC_C_PROTECT_LEVEL_CONNECT       RPC_C_AUTHN_LEVEL_CONNECT
#define RPC_C_PROTECT_LEVEL_CALL          RPC_C_AUTHN_LEVEL_CALL
#define RPC_C_PROTECT_LEVEL_PKT           RPC_C_AUTHN_LEVEL_PKT
#define RPC_C_PROTECT_LEVEL_PKT_INTEGRITY RPC_C_AUTHN_LEVEL_PKT_INTEGRITY
#define RPC_C_PROTECT_LEVEL_PKT_PRIVACY   RPC_C_AUTHN_LEVEL_PKT_PRIVACY

#define RPC_C_AUTHN_NONE          0
#define RPC_C_AUTHN_DCE_PRIVATE   1
#define RPC_C_AUTHN_DCE_PUBLIC    2
#define RPC_C_AUTHN_DEC_PUBLIC    4
#define RPC_C_AUTHN_GSS_NEGOTIATE 9
#define RPC_C_AUTHN_WINNT         10
#define RPC_C_AUTHN_GSS_SCHANNEL  14
#define RPC_C_AUTHN_GSS_KERBEROS  16
#define RPC_C_AUTHN_DPA           17
#define RPC_C_AUTHN_MSN           18
#define RPC_C_AUTHN_KERNEL        20
#define RPC_C_AUTHN_DIGEST        21
#define RPC_C_AUTHN_NEGO_EXTENDER 30
#define RPC_C_AUTHN_PKU2U         31
#define RPC_C_AUTHN_MQ            100
#define RPC_C_AUTHN_DEFAULT       0xFFFFFFFFU /* Negotiate */

#define RPC_C_NO_CREDENTIALS ((RPC_AUTH_IDENTITY_HANDLE)UINTPTR_MAX)

#define RPC_C_AUTHZ_NONE    0
#define RPC_C_AUTHZ_NAME    1
#define RPC_C_AUTHZ_DCE     2
#define RPC_C_AUTHZ_DEFAULT 0xFFFFFFFFU

#define RPC_C_IMP_LEVEL_DEFAULT     0
#define RPC_C_IMP_LEVEL_ANONYMOUS   1
#define RPC_C_IMP_LEVEL_IDENTIFY    2
#define RPC_C_IMP_LEVEL_IMPERSONATE 3
#define RPC_C_IMP_LEVEL_DELEGATE    4

#define RPC_C_SECURITY_QOS_VERSION   1
#define RPC_C_SECURITY_QOS_VERSION_1 1
#define RPC_C_SECURITY_QOS_VERSION_2 2
#define RPC_C_SECURITY_QOS_VERSION_3 3
#define RPC_C_SECURITY_QOS_VERSION_4 4
#define RPC_C_SECURITY_QOS_VERSION_5 5

#define RPC_C_QOS_IDENTITY_STATIC  0
#define RPC_C_QOS_IDENTITY_DYNAMIC 1

#define RPC_C_QOS_CAPABILITIES_DEFAULT                     0x00
#define RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH                 0x01
#define RPC_C_QOS_CAPABILITIES_MAKE_FULLSIC                0x02
#define RPC_C_QOS_CAPABILITIES_ANY_AUTHORITY               0x04
#define RPC_C_QOS_CAPABILITIES_IGNORE_DELEGATE_FAILURE     0x08
#define RPC_C_QOS_CAPABILITIES_LOCAL_MA_HINT               0x10
#define RPC_C_QOS_CAPABILITIES_SCHANNEL_FULL_AUTH_IDENTITY 0x20

#define RPC_C_AUTHN_INFO_TYPE_NONE 0
#define RPC_C_AUTHN_INFO_TYPE_HTTP 1

#define DCE_C_ERROR_STRING_LEN 256

#ifdef UNICODE
#define RPC_PROTSEQ_VECTOR             RPC_PROTSEQ_VECTORW
#define RPC_SECURITY_QOS_V2            RPC_SECURITY_QOS_V2_W
#define PRPC_SECURITY_QOS_V2           PRPC_SECURITY_QOS_V2_W
#define RPC_SECURITY_QOS_V3            RPC_SECURITY_QOS_V3_W
#define PRPC_SECURITY_QOS_V3           PRPC_SECURITY_QOS_V3_W
#define RPC_SECURITY_QOS_V4            RPC_SECURITY_QOS_V4_W
#define PRPC_SECURITY_QOS_V4           PRPC_SECURITY_QOS_V4_W
#define RPC_SECURITY_QOS_V5            RPC_SECURITY_QOS_V5_W
#define PRPC_SECURITY_QOS_V5           PRPC_SECURITY_QOS_V5_W
#define RPC_HTTP_TRANSPORT_CREDENTIALS RPC_HTTP_TRANSPORT_CREDENTIALS_W
#define RPC_HTTP_TRANSPORT_CREDENTIALS_V2 RPC_HTTP_TRANSPORT_CREDENTIALS_V2_W
#define RPC_HTTP_TRANSPORT_CREDENTIALS_V3 RPC_HTTP_TRANSPORT_CREDENTIALS_V3_W
#else
#define RPC_PROTSEQ_VECTOR             RPC_PROTSEQ_VECTORA
#define RPC_SECURITY_QOS_V2            RPC_SECURITY_QOS_V2_A
#define PRPC_SECURITY_QOS_V2           PRPC_SECURITY_QOS_V2_A
#define RPC_SECURITY_QOS_V3            RPC_SECURITY_QOS_V3_A
#define PRPC_SECURITY_QOS_V3           PRPC_SECURITY_QOS_V3_A
#define RPC_SECURITY_QOS_V4            RPC_SECURITY_QOS_V4_A
#define PRPC_SECURITY_QOS_V4           PRPC_SECURITY_QOS_V4_A
#define RPC_SECURITY_QOS_V5            RPC_SECURITY_QOS_V5_A
#define PRPC_SECURITY_QOS_V5           PRPC_SECURITY_QOS_V5_A
#define RPC_HTTP_TRANSPORT_CREDENTIALS RPC_HTTP_TRANSPORT_CREDENTIALS_A
#define RPC_HTTP_TRANSPORT_CREDENTIALS_V2 RPC_HTTP_TRANSPORT_CREDENTIALS_V2_A
#define RPC_HTTP_TRANSPORT_CREDENTIALS_V3 RPC_HTTP_TRANSPORT_CREDENTIALS_V3_A
#endif
/* clang-format on */

static_assert(sizeof(RPC_STATUS) == 4 && sizeof(RPC_IF_ID) == 20 && sizeof(RPC_POLICY) == 12 &&
                  sizeof(RPC_SECURITY_QOS) == 16,
              "sizes of the documentation's structures");

CS_EXTERN_C_BEGIN

/* ---- string bindings ---- */

/* RpcStringBindingComposeA, RpcStringBindingComposeW - put a string binding together.
 *
 * "ObjUuid@ProtSeq:NetworkAddr[Endpoint,Options]"; what is NULL or empty is left out. A character
 * that would be taken for syntax gets a backslash, so that RpcStringBindingParse gives back what
 * was put in: \\pipe\\name becomes \\\\pipe\\\\name. *StringBinding is freed with RpcStringFree;
 * NULL: not wanted.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_STRING_UUID; RPC_S_STRING_TOO_LONG for more than 4,096 bytes;
 * RPC_S_INVALID_ARG for text that is not well-formed; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcStringBindingComposeW
 */
RPC_STATUS RpcStringBindingComposeA(RPC_CSTR ObjUuid, RPC_CSTR ProtSeq, RPC_CSTR NetworkAddr,
                                    RPC_CSTR Endpoint, RPC_CSTR Options, RPC_CSTR *StringBinding)
    CS_EXPORT(RpcStringBindingComposeA);
RPC_STATUS RpcStringBindingComposeW(RPC_WSTR ObjUuid, RPC_WSTR ProtSeq, RPC_WSTR NetworkAddr,
                                    RPC_WSTR Endpoint, RPC_WSTR Options, RPC_WSTR *StringBinding)
    CS_EXPORT(RpcStringBindingComposeW);

/* RpcStringBindingParseA, RpcStringBindingParseW - take a string binding apart.
 *
 * What is not there is an empty string; what is NULL is not wanted. "endpoint=" is not part of the
 * endpoint, and backslashes that escape are gone. Each string is freed with RpcStringFree. Nothing
 * is set on failure.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_STRING_BINDING; RPC_S_INVALID_STRING_UUID;
 * RPC_S_STRING_TOO_LONG for more than 4,096 bytes; RPC_S_OUT_OF_MEMORY. CsGetErrorText says what
 * is wrong with it.
 * Threads: safe.
 * Source: rpcdce.h, RpcStringBindingParseW
 */
RPC_STATUS RpcStringBindingParseA(RPC_CSTR StringBinding, RPC_CSTR *ObjUuid, RPC_CSTR *Protseq,
                                  RPC_CSTR *NetworkAddr, RPC_CSTR *Endpoint,
                                  RPC_CSTR *NetworkOptions) CS_EXPORT(RpcStringBindingParseA);
RPC_STATUS RpcStringBindingParseW(RPC_WSTR StringBinding, RPC_WSTR *ObjUuid, RPC_WSTR *Protseq,
                                  RPC_WSTR *NetworkAddr, RPC_WSTR *Endpoint,
                                  RPC_WSTR *NetworkOptions) CS_EXPORT(RpcStringBindingParseW);

/* RpcStringFreeA, RpcStringFreeW - free a string of one of these functions.
 *
 * *String becomes NULL.
 *
 * Returns: RPC_S_OK.
 * Threads: safe.
 * Source: rpcdce.h, RpcStringFreeW
 */
RPC_STATUS RpcStringFreeA(RPC_CSTR *String) CS_EXPORT(RpcStringFreeA);
RPC_STATUS RpcStringFreeW(RPC_WSTR *String) CS_EXPORT(RpcStringFreeW);

/* ---- binding handles ---- */

/* RpcBindingFromStringBindingA, RpcBindingFromStringBindingW - a binding handle from a string.
 *
 * Nothing is sent. Without an endpoint the handle is partially bound: its first call takes the
 * endpoint from the interface's IDL, else from the endpoint mapper of the host. An object UUID in
 * the string becomes the handle's. Freed with RpcBindingFree.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_STRING_BINDING; RPC_S_INVALID_STRING_UUID;
 * RPC_S_PROTSEQ_NOT_SUPPORTED for any but ncacn_ip_tcp and ncalrpc; RPC_S_INVALID_ENDPOINT_FORMAT;
 * RPC_S_STRING_TOO_LONG; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe; and so is every function on one handle from several threads.
 * Source: rpcdce.h, RpcBindingFromStringBindingW
 */
RPC_STATUS RpcBindingFromStringBindingA(RPC_CSTR StringBinding, RPC_BINDING_HANDLE *Binding)
    CS_EXPORT(RpcBindingFromStringBindingA);
RPC_STATUS RpcBindingFromStringBindingW(RPC_WSTR StringBinding, RPC_BINDING_HANDLE *Binding)
    CS_EXPORT(RpcBindingFromStringBindingW);

/* RpcBindingToStringBindingA, RpcBindingToStringBindingW - a binding handle as a string.
 *
 * That of a call being served names the client's address, and no endpoint. Freed with
 * RpcStringFree.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcBindingToStringBindingW
 */
RPC_STATUS RpcBindingToStringBindingA(RPC_BINDING_HANDLE Binding, RPC_CSTR *StringBinding)
    CS_EXPORT(RpcBindingToStringBindingA);
RPC_STATUS RpcBindingToStringBindingW(RPC_BINDING_HANDLE Binding, RPC_WSTR *StringBinding)
    CS_EXPORT(RpcBindingToStringBindingW);

/* RpcBindingCopy - another handle to the same server.
 *
 * With the source's endpoint, object, authentication, options and connections; later changes of
 * one do not change the other. Freed with RpcBindingFree.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_ARG;
 * RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcBindingCopy
 */
RPC_STATUS RpcBindingCopy(RPC_BINDING_HANDLE SourceBinding, RPC_BINDING_HANDLE *DestinationBinding)
    CS_EXPORT(RpcBindingCopy);

/* RpcBindingFree - end a client's binding handle.
 *
 * *Binding becomes NULL. A call under way on it goes on. Connections that nobody else uses stay
 * open for another 20 seconds, unless RPC_C_OPT_DONT_LINGER was set.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING.
 * Threads: safe.
 * Source: rpcdce.h, RpcBindingFree
 */
RPC_STATUS RpcBindingFree(RPC_BINDING_HANDLE *Binding) CS_EXPORT(RpcBindingFree);

/* RpcNsBindingInqEntryName - which entry of the name service a handle came from.
 *
 * As RpcNsBindingImportNext, RpcNsBindingLookupNext and RpcNsBindingSelect gave it, or a copy of
 * such a one. *EntryName is freed with RpcStringFree; EntryName NULL: not wanted.
 *
 * Returns: RPC_S_OK; RPC_S_NO_ENTRY_NAME, and *EntryName is an empty text, to be freed too;
 * RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_UNSUPPORTED_NAME_SYNTAX (not
 * RPC_C_NS_SYNTAX_DEFAULT or RPC_C_NS_SYNTAX_DCE); RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcNsBindingInqEntryName
 */
RPC_STATUS RpcNsBindingInqEntryNameA(RPC_BINDING_HANDLE Binding, ULONG EntryNameSyntax,
                                     RPC_CSTR *EntryName) CS_EXPORT(RpcNsBindingInqEntryNameA);
RPC_STATUS RpcNsBindingInqEntryNameW(RPC_BINDING_HANDLE Binding, ULONG EntryNameSyntax,
                                     RPC_WSTR *EntryName) CS_EXPORT(RpcNsBindingInqEntryNameW);

/* RpcBindingReset - make a handle partially bound again.
 *
 * Its endpoint is forgotten, wherever it came from; the next call finds one anew. So is the account
 * that an unauthenticated handle over ncalrpc is of: that of the process when the next call is
 * made.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING.
 * Threads: safe.
 * Source: rpcdce.h, RpcBindingReset
 */
RPC_STATUS RpcBindingReset(RPC_BINDING_HANDLE Binding) CS_EXPORT(RpcBindingReset);

/* RpcBindingInqObject, RpcBindingSetObject - the object UUID of a handle.
 *
 * Sent with every call. A nil UUID, or NULL to RpcBindingSetObject, is none. RpcBindingInqObject
 * also takes the handle of a call being served: the object its client asked for.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING (RpcBindingSetObject of a
 * call being served); RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcBindingInqObject
 */
RPC_STATUS RpcBindingInqObject(RPC_BINDING_HANDLE Binding, UUID *ObjectUuid)
    CS_EXPORT(RpcBindingInqObject);
RPC_STATUS RpcBindingSetObject(RPC_BINDING_HANDLE Binding, UUID *ObjectUuid)
    CS_EXPORT(RpcBindingSetObject);

/* RpcBindingSetOption, RpcBindingInqOption - options of a client's handle.
 *
 * RPC_C_OPT_CALL_TIMEOUT: milliseconds to wait for each part of an answer, 0 or INFINITE for ever;
 * a call that waited longer fails with RPC_S_CALL_CANCELLED. RPC_C_OPT_BINDING_NONCAUSAL: kept and
 * told; calls of several threads are independent either way. RPC_C_OPT_UNIQUE_BINDING: connections
 * of its own. RPC_C_OPT_DONT_LINGER: after a first call, close the association's connections with
 * its last handle.
 *
 * Of ncadg_mq, where the two last are RPC_S_CANNOT_SUPPORT, for the messages sent from there on:
 * RPC_C_OPT_MQ_DELIVERY: RPC_C_MQ_EXPRESS (as it is at first), in memory alone until it is
 * executed, or RPC_C_MQ_RECOVERABLE, on disk before the call returns. RPC_C_OPT_MQ_PRIORITY: 0 to
 * 7, at first
 * 3. RPC_C_OPT_MQ_JOURNAL: RPC_C_MQ_JOURNAL_NONE, RPC_C_MQ_JOURNAL_DEADLETTER (what is not executed
 * is kept), RPC_C_MQ_JOURNAL_ALWAYS. RPC_C_OPT_MQ_ACKNOWLEDGE: return when it is in its queue, and
 * tell what became of it (outcome.h). RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE,
 * RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED: seconds until it is dropped, INFINITE for as long as an
 * administrator allows. RPC_C_OPT_MQ_AUTHN_SERVICE, RPC_C_OPT_MQ_AUTHN_LEVEL: as
 * RpcBindingSetAuthInfo, with the principal it was given last; none of the two keeps a principal.
 *
 * Returns: RPC_S_OK; RPC_S_CANNOT_SUPPORT for every other option, and for those of ncadg_mq on a
 * binding of another protocol sequence, where their numbers are other options' or none's;
 * RPC_S_WRONG_KIND_OF_BINDING, also for RPC_C_OPT_DONT_LINGER before a call;
 * RPC_S_INVALID_BINDING; RPC_S_INVALID_ARG, also for a value that is not in an option's range.
 * Threads: safe; concerns calls begun afterwards.
 * Source: rpcdce.h, RpcBindingSetOption
 */
RPC_STATUS RpcBindingSetOption(RPC_BINDING_HANDLE hBinding, ULONG option, ULONG_PTR optionValue)
    CS_EXPORT(RpcBindingSetOption);
RPC_STATUS RpcBindingInqOption(RPC_BINDING_HANDLE hBinding, ULONG option, ULONG_PTR *pOptionValue)
    CS_EXPORT(RpcBindingInqOption);

/* RpcSsGetContextBinding - the binding handle of a client's context handle.
 *
 * It stays the context handle's: do not free it.
 *
 * Returns: RPC_S_OK; RPC_X_SS_CONTEXT_MISMATCH; RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcndr.h, RpcSsGetContextBinding
 */
RPC_STATUS RpcSsGetContextBinding(void *ContextHandle, RPC_BINDING_HANDLE *Binding)
    CS_EXPORT(RpcSsGetContextBinding);

/* RpcSmDestroyClientContext - forget a context handle of a server that is gone.
 *
 * *ContextHandle becomes NULL. The server is not told; where it lives, it runs the context down
 * when the last connection to it is closed.
 *
 * Returns: RPC_S_OK; RPC_X_SS_CONTEXT_MISMATCH.
 * Threads: safe.
 * Source: rpcndr.h, RpcSmDestroyClientContext
 */
RPC_STATUS RpcSmDestroyClientContext(void **ContextHandle) CS_EXPORT(RpcSmDestroyClientContext);

/* RpcSsDestroyClientContext - the same, with an exception instead of a status.
 *
 * Returns: nothing; raises RPC_X_SS_CONTEXT_MISMATCH.
 * Threads: safe.
 * Source: rpcndr.h, RpcSsDestroyClientContext
 */
void RpcSsDestroyClientContext(void **ContextHandle) CS_EXPORT(RpcSsDestroyClientContext);

/* RpcBindingVectorFree - free a vector of bindings, and the bindings.
 *
 * NULL bindings are passed over. *BindingVector becomes NULL; one binding that cannot be freed
 * keeps none of the others.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG; the first of what RpcBindingFree returned.
 * Threads: safe.
 * Source: rpcdce.h, RpcBindingVectorFree
 */
RPC_STATUS RpcBindingVectorFree(RPC_BINDING_VECTOR **BindingVector) CS_EXPORT(RpcBindingVectorFree);

/* ---- cancels and time-outs ---- */

/* RpcCancelThread, RpcCancelThreadEx - cancel the call another thread waits for.
 *
 * Thread is a handle of CreateThread's or DuplicateHandle's, or a pthread_t, as pthread_self gives
 * it, cast to a pointer. The server is told, and its routine sees it by RpcServerTestCancel. If the
 * server does not answer within Timeout seconds (RpcCancelThread: what that thread set by
 * RpcMgmtSetCancelTimeout; RPC_C_CANCEL_INFINITE_TIMEOUT: for ever) the call fails with
 * RPC_S_CALL_CANCELLED, and the server goes on without anybody listening. A thread that waits for
 * nothing has its next call cancelled. Over ncadg_mq there is nobody to tell: the call fails so at
 * once.
 *
 * Differs: returns at once, where RpcCancelThreadEx of Windows may wait for the thread. The page of
 * RpcCancelThread has RPC_S_CALL_FAILED for the call that was given up, that of RpcCancelThreadEx
 * RPC_S_CALL_CANCELLED: here it is the latter for both.
 *
 * Returns: RPC_S_OK; RPC_S_ACCESS_DENIED for a thread that never made a call.
 * Threads: safe; the thread must not have ended.
 * Source: rpcdce.h, RpcCancelThread
 */
RPC_STATUS RpcCancelThread(void *Thread) CS_EXPORT(RpcCancelThread);
RPC_STATUS RpcCancelThreadEx(void *Thread, LONG Timeout) CS_EXPORT(RpcCancelThreadEx);

/* RpcTestCancel - whether this thread is cancelled.
 *
 * In a server's routine: whether its client has cancelled the call, as RpcServerTestCancel tells.
 * Else whether RpcCancelThread named this thread since its last call.
 *
 * Returns: RPC_S_OK when it is; RPC_S_NOT_CANCELLED.
 * Threads: concerns the calling thread only.
 * Source: rpcdce.h, RpcTestCancel
 */
RPC_STATUS RpcTestCancel(void) CS_EXPORT(RpcTestCancel);

/* RpcMgmtSetCancelTimeout - how long this thread's cancelled calls wait for the server.
 *
 * Seconds; 0: not at all; RPC_C_CANCEL_INFINITE_TIMEOUT, the default: for ever.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_TIMEOUT for other negative values; RPC_S_OUT_OF_MEMORY.
 * Threads: concerns the calling thread only.
 * Source: rpcdce.h, RpcMgmtSetCancelTimeout
 */
RPC_STATUS RpcMgmtSetCancelTimeout(LONG Timeout) CS_EXPORT(RpcMgmtSetCancelTimeout);

/* RpcMgmtInqComTimeout, RpcMgmtSetComTimeout - how long a handle's calls try to reach the server.
 *
 * From RPC_C_BINDING_MIN_TIMEOUT to RPC_C_BINDING_MAX_TIMEOUT, here 1, 2, 4, 8, 15, 30, 45, 60, 90
 * and 120 seconds, or RPC_C_BINDING_INFINITE_TIMEOUT. Bounds connecting and binding, not the
 * server's routine; but over ncacn_ip_tcp a server host that is silent during a call is looked
 * after by keep-alives, after one minute at RPC_C_BINDING_MIN_TIMEOUT to ten at
 * RPC_C_BINDING_MAX_TIMEOUT, and the call fails a minute later if that host is gone.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_TIMEOUT; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING;
 * RPC_S_INVALID_ARG.
 * Threads: safe; concerns calls begun afterwards.
 * Source: rpcdce.h, RpcMgmtSetComTimeout
 */
RPC_STATUS RpcMgmtInqComTimeout(RPC_BINDING_HANDLE Binding, UINT *Timeout)
    CS_EXPORT(RpcMgmtInqComTimeout);
RPC_STATUS RpcMgmtSetComTimeout(RPC_BINDING_HANDLE Binding, UINT Timeout)
    CS_EXPORT(RpcMgmtSetComTimeout);

/* ---- security ---- */

/* RpcBindingSetAuthInfoExA, RpcBindingSetAuthInfoExW - how a handle's calls are authenticated.
 *
 * AuthnSvc: RPC_C_AUTHN_GSS_NEGOTIATE, _GSS_KERBEROS, _DEFAULT (which is Negotiate here, WINNT on
 * Windows) or _NONE. AuthnLevel: RPC_C_AUTHN_LEVEL_xxx; CALL becomes PKT; DEFAULT is PKT_INTEGRITY
 * here. ServerPrincName is the server's principal; one is required unless the policy "require-spn"
 * says otherwise, and the server proves that it is that before any data is sent. AuthIdentity is a
 * SEC_WINNT_AUTH_IDENTITY, or NULL for the process's or impersonated user's own credentials: a
 * snapshot, taken now, and with RPC_C_QOS_IDENTITY_DYNAMIC and NULL again for each call. The
 * pointer is what RpcBindingInqAuthInfo tells. AuthzSvc is told back, and otherwise without effect.
 * SecurityQos may be NULL; versions 1 to 5, without HTTP credentials, which are for ncacn_http,
 * without ServerSecurityDescriptor, and without Sid but over ncalrpc.
 *
 * Over ncalrpc the kernel tells the server who calls: any AuthnSvc but _NONE asks for that, the
 * level is RPC_C_AUTHN_LEVEL_PKT_PRIVACY whatever is asked, and AuthIdentity must be NULL. The
 * account that counts is the process's effective one when the binding connects; it must still be
 * that of this call. An impersonated user is none. ServerPrincName is the account the server must
 * run as: "user", "HOST\user", "DOMAIN\user" as the name service knows it, "S-1-22-1-uid", or "NT
 * AUTHORITY\SYSTEM" for root; version 3's Sid names it as well. Without either, and without
 * authentication, root's and the caller's own servers are good; any other is refused with
 * RPC_S_ACCESS_DENIED before a byte is sent.
 *
 * Over ncadg_mq RPC_C_AUTHN_MQ, and _DEFAULT, is for calls that are messages of their own, sealed
 * by the keys of the process's account: levels between none, PKT_INTEGRITY and PKT_PRIVACY are
 * raised to the next, and AuthIdentity must be NULL. RPC_C_AUTHN_GSS_NEGOTIATE and _GSS_KERBEROS
 * are for calls that wait for their answer, by a connection whose octets travel as messages, as
 * over TCP; a [message] then fails with RPC_S_UNKNOWN_AUTHN_SERVICE.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING;
 * RPC_S_UNKNOWN_AUTHN_SERVICE; RPC_S_UNKNOWN_AUTHN_LEVEL; RPC_S_INVALID_AUTH_IDENTITY;
 * RPC_S_SEC_PKG_ERROR where no credentials can be had; RPC_S_ACCESS_DENIED by the policy;
 * RPC_S_CANNOT_SUPPORT for parts of SecurityQos that are not there; RPC_S_INVALID_ARG;
 * RPC_S_OUT_OF_MEMORY.
 * Threads: safe; concerns calls begun afterwards.
 * Source: rpcdce.h, RpcBindingSetAuthInfoExW
 */
RPC_STATUS RpcBindingSetAuthInfoExA(RPC_BINDING_HANDLE Binding, RPC_CSTR ServerPrincName,
                                    ULONG AuthnLevel, ULONG AuthnSvc,
                                    RPC_AUTH_IDENTITY_HANDLE AuthIdentity, ULONG AuthzSvc,
                                    RPC_SECURITY_QOS *SecurityQos)
    CS_EXPORT(RpcBindingSetAuthInfoExA);
RPC_STATUS RpcBindingSetAuthInfoExW(RPC_BINDING_HANDLE Binding, RPC_WSTR ServerPrincName,
                                    ULONG AuthnLevel, ULONG AuthnSvc,
                                    RPC_AUTH_IDENTITY_HANDLE AuthIdentity, ULONG AuthzSvc,
                                    RPC_SECURITY_QOS *SecurityQos)
    CS_EXPORT(RpcBindingSetAuthInfoExW);

/* RpcBindingSetAuthInfoA, RpcBindingSetAuthInfoW - the same without SecurityQos.
 *
 * Returns: as RpcBindingSetAuthInfoEx.
 * Threads: safe; concerns calls begun afterwards.
 * Source: rpcdce.h, RpcBindingSetAuthInfoW
 */
RPC_STATUS RpcBindingSetAuthInfoA(RPC_BINDING_HANDLE Binding, RPC_CSTR ServerPrincName,
                                  ULONG AuthnLevel, ULONG AuthnSvc,
                                  RPC_AUTH_IDENTITY_HANDLE AuthIdentity, ULONG AuthzSvc)
    CS_EXPORT(RpcBindingSetAuthInfoA);
RPC_STATUS RpcBindingSetAuthInfoW(RPC_BINDING_HANDLE Binding, RPC_WSTR ServerPrincName,
                                  ULONG AuthnLevel, ULONG AuthnSvc,
                                  RPC_AUTH_IDENTITY_HANDLE AuthIdentity, ULONG AuthzSvc)
    CS_EXPORT(RpcBindingSetAuthInfoW);

/* RpcBindingInqAuthInfoExA, RpcBindingInqAuthInfoExW - how a handle's calls are authenticated.
 *
 * What is NULL is not wanted. The name is freed with RpcStringFree; the level and the service are
 * the effective ones. RpcQosVersion says which version SecurityQOS is; 0 where it is NULL.
 *
 * Returns: RPC_S_OK; RPC_S_BINDING_HAS_NO_AUTH; RPC_S_INVALID_BINDING;
 * RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_ARG for another version; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcBindingInqAuthInfoExW
 */
RPC_STATUS RpcBindingInqAuthInfoExA(RPC_BINDING_HANDLE Binding, RPC_CSTR *ServerPrincName,
                                    ULONG *AuthnLevel, ULONG *AuthnSvc,
                                    RPC_AUTH_IDENTITY_HANDLE *AuthIdentity, ULONG *AuthzSvc,
                                    ULONG RpcQosVersion, RPC_SECURITY_QOS *SecurityQOS)
    CS_EXPORT(RpcBindingInqAuthInfoExA);
RPC_STATUS RpcBindingInqAuthInfoExW(RPC_BINDING_HANDLE Binding, RPC_WSTR *ServerPrincName,
                                    ULONG *AuthnLevel, ULONG *AuthnSvc,
                                    RPC_AUTH_IDENTITY_HANDLE *AuthIdentity, ULONG *AuthzSvc,
                                    ULONG RpcQosVersion, RPC_SECURITY_QOS *SecurityQOS)
    CS_EXPORT(RpcBindingInqAuthInfoExW);

/* RpcBindingInqAuthInfoA, RpcBindingInqAuthInfoW - the same without SecurityQOS.
 *
 * Returns: as RpcBindingInqAuthInfoEx.
 * Threads: safe.
 * Source: rpcdce.h, RpcBindingInqAuthInfoW
 */
RPC_STATUS RpcBindingInqAuthInfoA(RPC_BINDING_HANDLE Binding, RPC_CSTR *ServerPrincName,
                                  ULONG *AuthnLevel, ULONG *AuthnSvc,
                                  RPC_AUTH_IDENTITY_HANDLE *AuthIdentity, ULONG *AuthzSvc)
    CS_EXPORT(RpcBindingInqAuthInfoA);
RPC_STATUS RpcBindingInqAuthInfoW(RPC_BINDING_HANDLE Binding, RPC_WSTR *ServerPrincName,
                                  ULONG *AuthnLevel, ULONG *AuthnSvc,
                                  RPC_AUTH_IDENTITY_HANDLE *AuthIdentity, ULONG *AuthzSvc)
    CS_EXPORT(RpcBindingInqAuthInfoW);

/* RpcMgmtInqDefaultProtectLevel - what RPC_C_AUTHN_LEVEL_DEFAULT stands for.
 *
 * RPC_C_AUTHN_LEVEL_PKT_INTEGRITY for Negotiate, Kerberos and RPC_C_AUTHN_DEFAULT, where Windows
 * has CONNECT, which protects no call.
 *
 * Returns: RPC_S_OK; RPC_S_UNKNOWN_AUTHN_SERVICE; RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtInqDefaultProtectLevel
 */
RPC_STATUS RpcMgmtInqDefaultProtectLevel(ULONG AuthnSvc, ULONG *AuthnLevel)
    CS_EXPORT(RpcMgmtInqDefaultProtectLevel);

/* ---- server ---- */

/* RpcServerUseProtseqA, RpcServerUseProtseqW - be reachable by a protocol sequence, at an endpoint
 * the system chooses.
 *
 * "ncacn_ip_tcp" and "ncalrpc" are supported. Asked for again, the endpoint that is there serves.
 * All interfaces of the process are reachable at all its endpoints. MaxCalls is a hint and not
 * looked at.
 *
 * SecurityDescriptor says who may use the endpoint; better is NULL, for the other endpoints lead to
 * the same interfaces: RpcServerRegisterIf3 and security callbacks protect those, and the log says
 * so once. It is self-relative, and copied. Whom it does not allow generic execute, or 0x1: over
 * ncalrpc his connection is cut, by the account the kernel names; over ncacn_ip_tcp, where Windows
 * does not look at it, his calls get RPC_S_ACCESS_DENIED, by the SIDs that RpcServerRegisterIf3
 * tells. For an endpoint that is there already it is too late: RPC_S_DUPLICATE_ENDPOINT.
 *
 * Endpoints of ncalrpc are Unix sockets in the directory COUNTERSIGN_NCALRPC_DIR, else
 * /run/countersign/ncalrpc. It is made where it is missing, mode 0755, so that its owner alone may
 * have endpoints; an administrator gives it mode 1777 where every account may. One that is a
 * symbolic link, belongs to somebody else than root and the caller, or may be written to by others
 * without the sticky bit is refused: RPC_S_CANT_CREATE_ENDPOINT.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_RPC_PROTSEQ; RPC_S_PROTSEQ_NOT_SUPPORTED;
 * RPC_S_CANT_CREATE_ENDPOINT; RPC_S_DUPLICATE_ENDPOINT, RPC_S_INVALID_ARG (no descriptor at all),
 * RPC_S_CANNOT_SUPPORT (an absolute one); RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseProtseq
 */
RPC_STATUS RpcServerUseProtseqA(RPC_CSTR Protseq, UINT MaxCalls, void *SecurityDescriptor)
    CS_EXPORT(RpcServerUseProtseqA);
RPC_STATUS RpcServerUseProtseqW(RPC_WSTR Protseq, UINT MaxCalls, void *SecurityDescriptor)
    CS_EXPORT(RpcServerUseProtseqW);

/* RpcServerUseProtseqExA, RpcServerUseProtseqExW - RpcServerUseProtseq with a policy.
 *
 * Policy may be NULL. Its EndpointFlags choose between ranges of ports an administrator has set;
 * there are none here, so that all of them mean the system's range. All of the host's addresses are
 * bound.
 *
 * Returns: as RpcServerUseProtseq; RPC_S_INVALID_ARG (unknown flags).
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseProtseqEx
 */
RPC_STATUS RpcServerUseProtseqExA(RPC_CSTR Protseq, UINT MaxCalls, void *SecurityDescriptor,
                                  PRPC_POLICY Policy) CS_EXPORT(RpcServerUseProtseqExA);
RPC_STATUS RpcServerUseProtseqExW(RPC_WSTR Protseq, UINT MaxCalls, void *SecurityDescriptor,
                                  PRPC_POLICY Policy) CS_EXPORT(RpcServerUseProtseqExW);

/* RpcServerUseProtseqEpA, RpcServerUseProtseqEpW - be reachable at a well-known endpoint.
 *
 * For ncacn_ip_tcp the endpoint is a port, of every address of the host, IPv4 and IPv6. For
 * ncalrpc it is a name of at most 53 letters, digits and " _-.{}()$#@+", not beginning with a dot;
 * large and small letters are the same. What a dead server of the caller's own account left behind
 * is replaced.
 *
 * Returns: as RpcServerUseProtseq; RPC_S_INVALID_ENDPOINT_FORMAT; RPC_S_DUPLICATE_ENDPOINT
 * (somebody has it).
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseProtseqEp
 */
RPC_STATUS RpcServerUseProtseqEpA(RPC_CSTR Protseq, UINT MaxCalls, RPC_CSTR Endpoint,
                                  void *SecurityDescriptor) CS_EXPORT(RpcServerUseProtseqEpA);
RPC_STATUS RpcServerUseProtseqEpW(RPC_WSTR Protseq, UINT MaxCalls, RPC_WSTR Endpoint,
                                  void *SecurityDescriptor) CS_EXPORT(RpcServerUseProtseqEpW);

/* RpcServerUseProtseqEpExA, RpcServerUseProtseqEpExW - RpcServerUseProtseqEp with a policy.
 *
 * Over ncadg_mq the endpoint is a queue, out of which calls are taken while the process listens, of
 * the interfaces it has registered: others wait, whatever came first. SecurityDescriptor is asked
 * of each message's sender; accounts and groups of this host that it names, and those everybody is
 * in, may put messages in, or every account where it names accounts of a domain. NICFlags is 0,
 * EndpointFlags: RPC_C_MQ_TEMPORARY, or RPC_C_MQ_PERMANENT for a queue that outlives the process;
 * RPC_C_MQ_CLEAR_ON_OPEN; RPC_C_MQ_USE_EXISTING_SECURITY; and the least level of its messages,
 * RPC_C_MQ_AUTHN_LEVEL_PKT_INTEGRITY or RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY.
 * RPC_C_MQ_AUTHN_LEVEL_NONE, which is 0, opens nothing: policy "queue-level" and
 * RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH say which messages of nobody known are taken. A queue has a
 * name of 1 to 124 octets, and no dynamic one: RPC_S_CANNOT_SUPPORT.
 *
 * Returns: as RpcServerUseProtseqEp and RpcServerUseProtseqEx.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseProtseqEpEx
 */
RPC_STATUS RpcServerUseProtseqEpExA(RPC_CSTR Protseq, UINT MaxCalls, RPC_CSTR Endpoint,
                                    void *SecurityDescriptor, PRPC_POLICY Policy)
    CS_EXPORT(RpcServerUseProtseqEpExA);
RPC_STATUS RpcServerUseProtseqEpExW(RPC_WSTR Protseq, UINT MaxCalls, RPC_WSTR Endpoint,
                                    void *SecurityDescriptor, PRPC_POLICY Policy)
    CS_EXPORT(RpcServerUseProtseqEpExW);

/* RpcServerUseProtseqIfA, RpcServerUseProtseqIfW - be reachable at the endpoints an interface's IDL
 * names for a protocol sequence.
 *
 * Returns: as RpcServerUseProtseqEp; RPC_S_PROTSEQ_NOT_FOUND (the IDL names none).
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseProtseqIf
 */
RPC_STATUS RpcServerUseProtseqIfA(RPC_CSTR Protseq, UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                  void *SecurityDescriptor) CS_EXPORT(RpcServerUseProtseqIfA);
RPC_STATUS RpcServerUseProtseqIfW(RPC_WSTR Protseq, UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                  void *SecurityDescriptor) CS_EXPORT(RpcServerUseProtseqIfW);

/* RpcServerUseProtseqIfExA, RpcServerUseProtseqIfExW - RpcServerUseProtseqIf with a policy.
 *
 * Returns: as RpcServerUseProtseqIf and RpcServerUseProtseqEx.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseProtseqIfEx
 */
RPC_STATUS RpcServerUseProtseqIfExA(RPC_CSTR Protseq, UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                    void *SecurityDescriptor, PRPC_POLICY Policy)
    CS_EXPORT(RpcServerUseProtseqIfExA);
RPC_STATUS RpcServerUseProtseqIfExW(RPC_WSTR Protseq, UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                    void *SecurityDescriptor, PRPC_POLICY Policy)
    CS_EXPORT(RpcServerUseProtseqIfExW);

/* RpcServerUseAllProtseqs - be reachable by every protocol sequence there is, at endpoints the
 * system chooses. One that cannot have an endpoint here is left out, unless all are.
 *
 * Returns: as RpcServerUseProtseq.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseAllProtseqs
 */
RPC_STATUS RpcServerUseAllProtseqs(UINT MaxCalls, void *SecurityDescriptor)
    CS_EXPORT(RpcServerUseAllProtseqs);

/* RpcServerUseAllProtseqsEx - RpcServerUseAllProtseqs with a policy.
 *
 * Returns: as RpcServerUseProtseqEx.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseAllProtseqsEx
 */
RPC_STATUS RpcServerUseAllProtseqsEx(UINT MaxCalls, void *SecurityDescriptor, PRPC_POLICY Policy)
    CS_EXPORT(RpcServerUseAllProtseqsEx);

/* RpcServerUseAllProtseqsIf - be reachable at every endpoint an interface's IDL names.
 *
 * Those of protocol sequences that are not supported are passed over.
 *
 * Returns: as RpcServerUseProtseqEp; RPC_S_NO_PROTSEQS (the IDL names none that is supported).
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseAllProtseqsIf
 */
RPC_STATUS RpcServerUseAllProtseqsIf(UINT MaxCalls, RPC_IF_HANDLE IfSpec, void *SecurityDescriptor)
    CS_EXPORT(RpcServerUseAllProtseqsIf);

/* RpcServerUseAllProtseqsIfEx - RpcServerUseAllProtseqsIf with a policy.
 *
 * Returns: as RpcServerUseAllProtseqsIf and RpcServerUseProtseqEx.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUseAllProtseqsIfEx
 */
RPC_STATUS RpcServerUseAllProtseqsIfEx(UINT MaxCalls, RPC_IF_HANDLE IfSpec,
                                       void *SecurityDescriptor, PRPC_POLICY Policy)
    CS_EXPORT(RpcServerUseAllProtseqsIfEx);

/* RpcServerRegisterIf - serve an interface.
 *
 * IfSpec is the x_v1_0_s_ifspec of a generated header. MgrEpv NULL: the routines the stub was
 * linked with. MgrTypeUuid NULL or nil: they serve objects without a type (RpcObjectSetType).
 * Callers without authentication are refused, unless the interface asks for them by
 * RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, or the policy "anonymous" is off: here Windows differs.
 * Calls come once the process listens (RpcServerListen).
 *
 * Returns: RPC_S_OK; RPC_S_TYPE_ALREADY_REGISTERED (a manager of that type is there);
 * RPC_X_WRONG_STUB_VERSION (stubs of another version of the compiler); RPC_S_UNKNOWN_IF (a client's
 * handle); RPC_S_INVALID_ARG; RPC_S_OUT_OF_RESOURCES (more than 64 manager types);
 * RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerRegisterIf
 */
RPC_STATUS RpcServerRegisterIf(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV *MgrEpv)
    CS_EXPORT(RpcServerRegisterIf);

/* RpcServerRegisterIfEx - serve an interface, with flags, a limit and a security callback.
 *
 * Flags: RPC_IF_AUTOLISTEN (calls come at once, MaxCalls at a time, whatever RpcServerListen says),
 * RPC_IF_ALLOW_SECURE_ONLY (no caller at level NONE), RPC_IF_ALLOW_LOCAL_ONLY (none over
 * ncacn_ip_tcp, from this host either), RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH (callers without
 * authentication, too; the callback is asked about them). IfCallback is asked before each call,
 * with the RPC_IF_ID of the interface and the call's binding handle; what is not RPC_S_OK refuses
 * it, as does an exception, and the client gets RPC_S_ACCESS_DENIED. RPC_IF_SEC_CACHE_PER_PROC says
 * that its answer depends on the caller, the level and the operation alone: then RPC_S_OK holds for
 * what follows of the same operation by the same authenticated caller on one connection, and for
 * nothing else. Without it, or with RPC_IF_SEC_NO_CACHE, no answer is kept: here Windows, which
 * keeps one for the whole interface, differs.
 *
 * The first registration of an interface decides all of these, and so it is with MaxRpcSize and the
 * security descriptor below. Another manager type is added by one that states the same or nothing:
 * no flags, RPC_C_LISTEN_MAX_CALLS_DEFAULT, no callback, no limit, no descriptor, as
 * RpcServerRegisterIf does. What differs is refused and not passed over: callers would get in whom
 * it was to keep out.
 *
 * With RPC_IF_ASYNC_CALLBACK the callback may return RPC_S_ASYNC_CALL_PENDING, and says the rest by
 * RpcServerCompleteSecurityCallback.
 *
 * Returns: as RpcServerRegisterIf; RPC_S_CANNOT_SUPPORT (unknown flags); RPC_S_ALREADY_REGISTERED
 * (with other flags, limits, callback or descriptor).
 * Threads: safe.
 * Source: rpcdce.h, RpcServerRegisterIfEx
 */
RPC_STATUS RpcServerRegisterIfEx(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV *MgrEpv,
                                 UINT Flags, UINT MaxCalls, RPC_IF_CALLBACK_FN *IfCallback)
    CS_EXPORT(RpcServerRegisterIfEx);

/* RpcServerRegisterIf2 - RpcServerRegisterIfEx with a limit for the size of a request.
 *
 * MaxRpcSize counts the bytes of a request's [in] parameters as they travel; a larger request is
 * refused with RPC_S_ACCESS_DENIED, over ncalrpc it never is. One of several fragments is refused
 * as soon as more has come, or its first says (alloc_hint) that more will; then the connection
 * ends, for nobody takes in the rest. (UINT)-1 means no limit but the library's of 64 MiB.
 *
 * Returns: as RpcServerRegisterIfEx.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerRegisterIf2
 */
RPC_STATUS RpcServerRegisterIf2(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV *MgrEpv,
                                UINT Flags, UINT MaxCalls, UINT MaxRpcSize,
                                RPC_IF_CALLBACK_FN *IfCallbackFn) CS_EXPORT(RpcServerRegisterIf2);

/* RpcServerRegisterIf3 - RpcServerRegisterIf2 with a security descriptor.
 *
 * SecurityDescriptor is self-relative, and copied; NULL: there is none. Whom it does not allow
 * generic execute, or 0x1, gets RPC_S_ACCESS_DENIED; so does who is refused for other reasons: a
 * descriptor lets nobody in whom the flags keep out. One without a DACL (a NULL one) allows
 * everybody, as on Windows. A caller has the SIDs of his ticket (a ticket without them has none),
 * over ncalrpc S-1-22-1-uid, S-1-22-2-gid, Everyone, LOCAL and Authenticated Users, and S-1-5-18
 * for root; unauthenticated he is ANONYMOUS LOGON, who is not Everyone, and NETWORK or LOCAL. What
 * is allowed stays so for the caller's connection. Entries with a condition allow nobody.
 *
 * Returns: as RpcServerRegisterIf2; RPC_S_INVALID_ARG (no descriptor at all); RPC_S_CANNOT_SUPPORT
 * (an absolute one).
 * Threads: safe.
 * Source: rpcdce.h, RpcServerRegisterIf3
 */
RPC_STATUS RpcServerRegisterIf3(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV *MgrEpv,
                                UINT Flags, UINT MaxCalls, UINT MaxRpcSize,
                                RPC_IF_CALLBACK_FN *IfCallback, void *SecurityDescriptor)
    CS_EXPORT(RpcServerRegisterIf3);

/* RpcServerCompleteSecurityCallback - let a call go on, or refuse it, whose security callback has
 * returned RPC_S_ASYNC_CALL_PENDING.
 *
 * Of an interface registered with RPC_IF_ASYNC_CALLBACK, by any thread, also while the callback
 * runs. RPC_S_OK: the routine is called, by one of the library's threads. Any other Status: the
 * client gets RPC_S_ACCESS_DENIED. Until then the call is one of those under way, but takes no
 * thread, unless more of its request is to come (pipes), or it came in the middle of a callback to
 * its client. It is refused when its client cancels it or is gone, when its interface is
 * unregistered or the server stops listening, and after the time of policy "callback-seconds". The
 * handle is the callback's second argument, and good until the call ends. Windows does not say
 * which status means "later".
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ASYNC_CALL (no callback is out, or another thread was first);
 * RPC_S_INVALID_BINDING (the call has ended); RPC_S_WRONG_KIND_OF_BINDING; RPC_S_NO_CALL_ACTIVE.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerCompleteSecurityCallback
 */
RPC_STATUS RpcServerCompleteSecurityCallback(RPC_BINDING_HANDLE BindingHandle, RPC_STATUS Status)
    CS_EXPORT(RpcServerCompleteSecurityCallback);

/* RpcServerUnregisterIf - serve an interface no more.
 *
 * IfSpec NULL: all of them. MgrTypeUuid NULL: whatever manager; else the manager of that type, and
 * the interface goes with its last. With WaitForCallsToComplete the function returns when no call
 * of it is under way: not to be asked for from within one.
 *
 * Returns: RPC_S_OK; RPC_S_UNKNOWN_IF; RPC_S_UNKNOWN_MGR_TYPE; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUnregisterIf
 */
RPC_STATUS RpcServerUnregisterIf(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid,
                                 UINT WaitForCallsToComplete) CS_EXPORT(RpcServerUnregisterIf);

/* RpcServerUnregisterIfEx - serve an interface no more, and run down its context handles.
 *
 * Waits for calls under way. With RundownContextHandles 0 the handles stay until their client's
 * last connection ends.
 *
 * Returns: as RpcServerUnregisterIf.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerUnregisterIfEx
 */
RPC_STATUS RpcServerUnregisterIfEx(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid,
                                   int RundownContextHandles) CS_EXPORT(RpcServerUnregisterIfEx);

/* RpcServerInqIf - the manager that was registered for an interface and type.
 *
 * Returns: RPC_S_OK; RPC_S_UNKNOWN_IF; RPC_S_UNKNOWN_MGR_TYPE; RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerInqIf
 */
RPC_STATUS RpcServerInqIf(RPC_IF_HANDLE IfSpec, UUID *MgrTypeUuid, RPC_MGR_EPV **MgrEpv)
    CS_EXPORT(RpcServerInqIf);

/* RpcServerListen - let calls come.
 *
 * At most MaxCalls run at a time, more are refused with RPC_S_SERVER_TOO_BUSY; auto-listen
 * interfaces have a limit of their own. MinimumCallThreads is compared with MaxCalls and otherwise
 * not needed. With DontWait 0 the function returns when somebody has stopped the server and the
 * last call has been answered.
 *
 * Returns: RPC_S_OK; RPC_S_ALREADY_LISTENING; RPC_S_NO_PROTSEQS_REGISTERED;
 * RPC_S_MAX_CALLS_TOO_SMALL; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerListen
 */
RPC_STATUS RpcServerListen(UINT MinimumCallThreads, UINT MaxCalls, UINT DontWait)
    CS_EXPORT(RpcServerListen);

/* RpcServerRegisterAuthInfoA, RpcServerRegisterAuthInfoW - a service clients may authenticate with.
 *
 * AuthnSvc is RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHN_GSS_NEGOTIATE, RPC_C_AUTHN_DEFAULT (Negotiate,
 * where Windows has NTLM) or RPC_C_AUTHN_NONE, which does nothing. The keys are those of the
 * default keytab, or what Arg says: a SEC_WINNT_AUTH_IDENTITY of any form, for instance an _EX2
 * with a packed keytab. ServerPrincName is what RpcMgmtInqServerPrincName tells clients; tickets
 * for any name the keys fit are accepted. GetKeyFn must be NULL. It adds a way to authenticate and
 * forbids nothing.
 *
 * Returns: RPC_S_OK; RPC_S_UNKNOWN_AUTHN_SERVICE; RPC_S_INVALID_AUTH_IDENTITY (no keytab);
 * RPC_S_CANNOT_SUPPORT (GetKeyFn); RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerRegisterAuthInfo
 */
RPC_STATUS RpcServerRegisterAuthInfoA(RPC_CSTR ServerPrincName, ULONG AuthnSvc,
                                      RPC_AUTH_KEY_RETRIEVAL_FN GetKeyFn, void *Arg)
    CS_EXPORT(RpcServerRegisterAuthInfoA);
RPC_STATUS RpcServerRegisterAuthInfoW(RPC_WSTR ServerPrincName, ULONG AuthnSvc,
                                      RPC_AUTH_KEY_RETRIEVAL_FN GetKeyFn, void *Arg)
    CS_EXPORT(RpcServerRegisterAuthInfoW);

/* RpcServerInqDefaultPrincNameA, RpcServerInqDefaultPrincNameW - whose the default keytab's keys
 * are.
 *
 * The name is freed with RpcStringFree.
 *
 * Returns: RPC_S_OK; RPC_S_UNKNOWN_AUTHN_SERVICE; RPC_S_INVALID_AUTH_IDENTITY (no keytab);
 * RPC_S_NO_PRINC_NAME; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerInqDefaultPrincName
 */
RPC_STATUS RpcServerInqDefaultPrincNameA(ULONG AuthnSvc, RPC_CSTR *PrincName)
    CS_EXPORT(RpcServerInqDefaultPrincNameA);
RPC_STATUS RpcServerInqDefaultPrincNameW(ULONG AuthnSvc, RPC_WSTR *PrincName)
    CS_EXPORT(RpcServerInqDefaultPrincNameW);

/* RpcServerInqBindings - handles for the endpoints this process is reached at.
 *
 * One for each endpoint and address of the host, freed with RpcBindingVectorFree.
 *
 * Returns: RPC_S_OK; RPC_S_NO_BINDINGS; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerInqBindings
 */
RPC_STATUS RpcServerInqBindings(RPC_BINDING_VECTOR **BindingVector) CS_EXPORT(RpcServerInqBindings);

/* ---- a call being served ---- */

/* RpcBindingServerFromClient - a handle for calling a client back.
 *
 * ClientBinding is the routine's handle_t. The new handle has the client's address and the call's
 * object, and no endpoint; it is freed with RpcBindingFree.
 *
 * Returns: RPC_S_OK; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_BINDING; RPC_S_NO_CALL_ACTIVE;
 * RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe while the call is served.
 * Source: rpcdce.h, RpcBindingServerFromClient
 */
RPC_STATUS RpcBindingServerFromClient(RPC_BINDING_HANDLE ClientBinding,
                                      RPC_BINDING_HANDLE *ServerBinding)
    CS_EXPORT(RpcBindingServerFromClient);

/* RpcBindingInqAuthClientA, RpcBindingInqAuthClientW - who makes a call, and how it is protected.
 *
 * ClientBinding is the routine's handle_t, or NULL: the call this thread serves. Privs receives the
 * client's name, "user@REALM", as a string of the function's form which belongs to the connection.
 * ServerPrincName, the name RpcServerRegisterAuthInfo was given, is freed with RpcStringFree. Over
 * ncalrpc, where the kernel says who calls, the names are those of accounts, the client's and this
 * process's: "HOST\user", or as the name service has them where a domain is in them, or
 * "S-1-22-1-uid" where it has none.
 * AuthzSvc receives RPC_C_AUTHZ_NONE: clients do not send it. Each may be NULL.
 *
 * Returns: RPC_S_OK; RPC_S_BINDING_HAS_NO_AUTH; RPC_S_NO_CALL_ACTIVE; RPC_S_WRONG_KIND_OF_BINDING;
 * RPC_S_INVALID_BINDING; RPC_S_OUT_OF_MEMORY.
 * Threads: safe while the call is served.
 * Source: rpcdce.h, RpcBindingInqAuthClient
 */
RPC_STATUS RpcBindingInqAuthClientA(RPC_BINDING_HANDLE ClientBinding, RPC_AUTHZ_HANDLE *Privs,
                                    RPC_CSTR *ServerPrincName, ULONG *AuthnLevel, ULONG *AuthnSvc,
                                    ULONG *AuthzSvc) CS_EXPORT(RpcBindingInqAuthClientA);
RPC_STATUS RpcBindingInqAuthClientW(RPC_BINDING_HANDLE ClientBinding, RPC_AUTHZ_HANDLE *Privs,
                                    RPC_WSTR *ServerPrincName, ULONG *AuthnLevel, ULONG *AuthnSvc,
                                    ULONG *AuthzSvc) CS_EXPORT(RpcBindingInqAuthClientW);

/* RpcBindingInqAuthClientExA, RpcBindingInqAuthClientExW - RpcBindingInqAuthClient with flags.
 *
 * Flags must be 0: the one there is concerns certificates.
 *
 * Returns: as RpcBindingInqAuthClient; RPC_S_INVALID_ARG (flags).
 * Threads: safe while the call is served.
 * Source: rpcdce.h, RpcBindingInqAuthClientEx
 */
RPC_STATUS RpcBindingInqAuthClientExA(RPC_BINDING_HANDLE ClientBinding, RPC_AUTHZ_HANDLE *Privs,
                                      RPC_CSTR *ServerPrincName, ULONG *AuthnLevel, ULONG *AuthnSvc,
                                      ULONG *AuthzSvc, ULONG Flags)
    CS_EXPORT(RpcBindingInqAuthClientExA);
RPC_STATUS RpcBindingInqAuthClientExW(RPC_BINDING_HANDLE ClientBinding, RPC_AUTHZ_HANDLE *Privs,
                                      RPC_WSTR *ServerPrincName, ULONG *AuthnLevel, ULONG *AuthnSvc,
                                      ULONG *AuthzSvc, ULONG Flags)
    CS_EXPORT(RpcBindingInqAuthClientExW);

/* RpcImpersonateClient - let this thread act as the client of a call.
 *
 * BindingHandle NULL: the call this thread serves, in its routine or its security callback; or the
 * handle of a call that has not ended, on any thread. Until it is reverted OpenThreadToken has the
 * client's token, and outbound credentials acquired on this thread without an identity, also by
 * RpcBindingSetAuthInfo, are the client's: what it delegated (RPC_C_IMP_LEVEL_DELEGATE), else what
 * the service's domain lets it have in the client's name (S4U2proxy). Where there are none, as over
 * ncalrpc, they are refused, and never the process's. A client of level RPC_C_IMP_LEVEL_IDENTIFY
 * has a token and nothing else; Kerberos and Negotiate take level ANONYMOUS for IMPERSONATE, as on
 * Windows. Another client takes the earlier one's place.
 *
 * For the kernel the thread becomes the local account that the policy impersonation-map says the
 * client is (countersign.conf(5)): groups, effective gid and uid, and no capability. Enforced, it
 * lets nobody else be impersonated: do so where files are opened meanwhile. As shipped there is no
 * map: files are opened as the server. A thread that pthread_create starts meanwhile is the client
 * for good, unlike CreateThread's; open descriptors and what was submitted to io_uring stay as they
 * are; the real and the saved uid stay the server's, for kill and for programs that are executed;
 * and /proc/self may be closed to the thread.
 *
 * It is reverted by itself when the routine or the callback returns, when RpcAsyncCompleteCall or
 * RpcAsyncAbortCall ends the call on this thread, and when the thread ends. A call this thread
 * serves meanwhile, because its client is called back, begins as the server. RpcTryExcept does not
 * revert. Where the kernel does not let the thread revert the process ends, with a line on stderr.
 *
 * Look at what it returns: who goes on after a failure acts as the server.
 *
 * Returns: RPC_S_OK; RPC_S_NO_CALL_ACTIVE (NULL, and this thread serves no call, or one that has
 * ended); RPC_S_NO_CONTEXT_AVAILABLE (the client did not authenticate, impersonation-map refuses,
 * or the process may not act as its account); RPC_S_WRONG_KIND_OF_BINDING (a client's);
 * RPC_S_INVALID_BINDING; RPC_S_ACCESS_DENIED (its security context has expired);
 * RPC_S_OUT_OF_MEMORY.
 * Threads: concerns the calling thread only.
 * Source: rpcdce.h, RpcImpersonateClient
 */
RPC_STATUS RpcImpersonateClient(RPC_BINDING_HANDLE BindingHandle) CS_EXPORT(RpcImpersonateClient);

/* RpcRevertToSelf - let this thread act as the server again.
 *
 * Also where ImpersonateSecurityContext began it.
 *
 * Returns: RPC_S_OK, also where the routine of a call impersonates nobody; RPC_S_NO_CALL_ACTIVE
 * where a thread does that serves no call.
 * Threads: concerns the calling thread only.
 * Source: rpcdce.h, RpcRevertToSelf
 */
RPC_STATUS RpcRevertToSelf(void) CS_EXPORT(RpcRevertToSelf);

/* RpcRevertToSelfEx - the same, of the client of a certain call.
 *
 * NULL: RpcRevertToSelf. The call may have ended since.
 *
 * Returns: RPC_S_OK; RPC_S_NO_CALL_ACTIVE (this thread impersonates another call's client, or
 * nobody, and does not serve that call); RPC_S_WRONG_KIND_OF_BINDING (a client's);
 * RPC_S_INVALID_BINDING.
 * Threads: concerns the calling thread only.
 * Source: rpcdce.h, RpcRevertToSelfEx
 */
RPC_STATUS RpcRevertToSelfEx(RPC_BINDING_HANDLE BindingHandle) CS_EXPORT(RpcRevertToSelfEx);

/* RpcServerInqBindingHandle - the binding handle of the call this thread serves.
 *
 * It is the call's and not freed.
 *
 * Returns: RPC_S_OK; RPC_S_NO_CALL_ACTIVE (none is served here, or it has ended);
 * RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcServerInqBindingHandle
 */
RPC_STATUS RpcServerInqBindingHandle(RPC_BINDING_HANDLE *Binding)
    CS_EXPORT(RpcServerInqBindingHandle);

/* RpcServerTestCancel - whether the client has cancelled the call, or is gone.
 *
 * BindingHandle NULL: the call this thread serves.
 *
 * Returns: RPC_S_OK (it has); RPC_S_CALL_IN_PROGRESS (it has not); RPC_S_NO_CALL_ACTIVE;
 * RPC_S_INVALID_BINDING.
 * Threads: safe while the call is served.
 * Source: rpcdce.h, RpcServerTestCancel
 */
RPC_STATUS RpcServerTestCancel(RPC_BINDING_HANDLE BindingHandle) CS_EXPORT(RpcServerTestCancel);

/* ---- protocol sequences ---- */

/* RpcNetworkIsProtseqValidA, RpcNetworkIsProtseqValidW - whether a protocol sequence is supported.
 *
 * ncacn_ip_tcp and ncalrpc are; ncadg_mq is where the library countersign-queue is installed and
 * carries it.
 *
 * Returns: RPC_S_OK; RPC_S_PROTSEQ_NOT_SUPPORTED; RPC_S_INVALID_RPC_PROTSEQ for what is none;
 * RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcNetworkIsProtseqValidW
 */
RPC_STATUS RpcNetworkIsProtseqValidA(RPC_CSTR Protseq) CS_EXPORT(RpcNetworkIsProtseqValidA);
RPC_STATUS RpcNetworkIsProtseqValidW(RPC_WSTR Protseq) CS_EXPORT(RpcNetworkIsProtseqValidW);

/* RpcNetworkInqProtseqsA, RpcNetworkInqProtseqsW - all protocol sequences that are supported.
 *
 * *ProtseqVector is freed with RpcProtseqVectorFree; it is NULL on failure.
 *
 * Returns: RPC_S_OK; RPC_S_NO_PROTSEQS; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcNetworkInqProtseqsW
 */
RPC_STATUS RpcNetworkInqProtseqsA(RPC_PROTSEQ_VECTORA **ProtseqVector)
    CS_EXPORT(RpcNetworkInqProtseqsA);
RPC_STATUS RpcNetworkInqProtseqsW(RPC_PROTSEQ_VECTORW **ProtseqVector)
    CS_EXPORT(RpcNetworkInqProtseqsW);

/* RpcProtseqVectorFreeA, RpcProtseqVectorFreeW - free what RpcNetworkInqProtseqs made.
 *
 * *ProtseqVector becomes NULL.
 *
 * Returns: RPC_S_OK.
 * Threads: safe.
 * Source: rpcdce.h, RpcProtseqVectorFreeW
 */
RPC_STATUS RpcProtseqVectorFreeA(RPC_PROTSEQ_VECTORA **ProtseqVector)
    CS_EXPORT(RpcProtseqVectorFreeA);
RPC_STATUS RpcProtseqVectorFreeW(RPC_PROTSEQ_VECTORW **ProtseqVector)
    CS_EXPORT(RpcProtseqVectorFreeW);

/* ---- interfaces ---- */

/* RpcIfInqId - the UUID and version of an interface.
 *
 * RpcIfHandle is the x_v1_0_c_ifspec or x_v1_0_s_ifspec of a generated header.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcIfInqId
 */
RPC_STATUS RpcIfInqId(RPC_IF_HANDLE RpcIfHandle, RPC_IF_ID *RpcIfId) CS_EXPORT(RpcIfInqId);

/* RpcIfIdVectorFree - free what RpcMgmtInqIfIds made.
 *
 * *IfIdVector becomes NULL.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcIfIdVectorFree
 */
RPC_STATUS RpcIfIdVectorFree(RPC_IF_ID_VECTOR **IfIdVector) CS_EXPORT(RpcIfIdVectorFree);

/* clang-format off */
#ifdef UNICODE
#define RpcServerUseProtseq          RpcServerUseProtseqW
#define RpcServerUseProtseqEx        RpcServerUseProtseqExW
#define RpcServerUseProtseqEp        RpcServerUseProtseqEpW
#define RpcServerUseProtseqEpEx      RpcServerUseProtseqEpExW
#define RpcServerUseProtseqIf        RpcServerUseProtseqIfW
#define RpcServerUseProtseqIfEx      RpcServerUseProtseqIfExW
#define RpcServerRegisterAuthInfo    RpcServerRegisterAuthInfoW
#define RpcServerInqDefaultPrincName RpcServerInqDefaultPrincNameW
#define RpcBindingInqAuthClient      RpcBindingInqAuthClientW
#define RpcBindingInqAuthClientEx    RpcBindingInqAuthClientExW
#else
#define RpcServerUseProtseq          RpcServerUseProtseqA
#define RpcServerUseProtseqEx        RpcServerUseProtseqExA
#define RpcServerUseProtseqEp        RpcServerUseProtseqEpA
#define RpcServerUseProtseqEpEx      RpcServerUseProtseqEpExA
#define RpcServerUseProtseqIf        RpcServerUseProtseqIfA
#define RpcServerUseProtseqIfEx      RpcServerUseProtseqIfExA
#define RpcServerRegisterAuthInfo    RpcServerRegisterAuthInfoA
#define RpcServerInqDefaultPrincName RpcServerInqDefaultPrincNameA
#define RpcBindingInqAuthClient      RpcBindingInqAuthClientA
#define RpcBindingInqAuthClientEx    RpcBindingInqAuthClientExA
#endif
/* clang-format on */

/* ---- objects ---- */

/* RpcObjectSetType - give an object a type.
 *
 * A call for the object goes to the manager that was registered for the type. TypeUuid NULL or nil
 * takes the object's type away.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_OBJECT for the nil object; RPC_S_ALREADY_REGISTERED when it has
 * a type; RPC_S_OUT_OF_MEMORY.
 * Threads: safe, also while calls run.
 * Source: rpcdce.h, RpcObjectSetType
 */
RPC_STATUS RpcObjectSetType(UUID *ObjUuid, UUID *TypeUuid) CS_EXPORT(RpcObjectSetType);

/* RpcObjectInqType - the type of an object.
 *
 * What RpcObjectSetType gave it, else what the function of RpcObjectSetInqFn says, else nil.
 * TypeUuid NULL: not wanted.
 *
 * Returns: RPC_S_OK; RPC_S_OBJECT_NOT_FOUND; what the function set its status to.
 * Threads: safe.
 * Source: rpcdce.h, RpcObjectInqType
 */
RPC_STATUS RpcObjectInqType(UUID *ObjUuid, UUID *TypeUuid) CS_EXPORT(RpcObjectInqType);

/* RpcObjectSetInqFn - the function that knows the types of objects RpcObjectSetType was not told.
 *
 * It is called from any thread, several at once; NULL: none any more.
 *
 * Returns: RPC_S_OK.
 * Threads: safe.
 * Source: rpcdce.h, RpcObjectSetInqFn
 */
RPC_STATUS RpcObjectSetInqFn(RPC_OBJECT_INQ_FN *InquiryFn) CS_EXPORT(RpcObjectSetInqFn);

/* ---- management ---- */

/* RpcMgmtInqIfIds, RpcMgmtInqStats - what a server offers, and how much it has done.
 *
 * Asked over the management interface every server has; Binding must be fully bound, or NULL: this
 * process itself. *IfIdVector
 * is freed with RpcIfIdVectorFree, *Statistics, indexed by RPC_C_STATS_xxx, with
 * RpcMgmtStatsVectorFree: calls the server received, calls its process made, PDUs the server
 * received and sent.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_ARG;
 * RPC_S_OUT_OF_MEMORY; what a call fails with, or the server answers.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtInqIfIds
 */
RPC_STATUS RpcMgmtInqIfIds(RPC_BINDING_HANDLE Binding, RPC_IF_ID_VECTOR **IfIdVector)
    CS_EXPORT(RpcMgmtInqIfIds);
RPC_STATUS RpcMgmtInqStats(RPC_BINDING_HANDLE Binding, RPC_STATS_VECTOR **Statistics)
    CS_EXPORT(RpcMgmtInqStats);

/* RpcMgmtEnableIdleCleanup - close a client's connections that are idle for a minute.
 *
 * By itself a server's last idle connection stays as long as a handle refers to the server, so that
 * the next call finds it. One by which context handles live always does. Cannot be turned off
 * again.
 *
 * Returns: RPC_S_OK.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtEnableIdleCleanup
 */
RPC_STATUS RpcMgmtEnableIdleCleanup(void) CS_EXPORT(RpcMgmtEnableIdleCleanup);

/* RpcMgmtSetServerStackSize - how large the stacks of a server's threads are.
 *
 * In bytes; of threads that begin afterwards, so call it before the server listens. Less than a
 * mebibyte, which they have by themselves, changes nothing.
 *
 * Returns: RPC_S_OK.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtSetServerStackSize
 */
RPC_STATUS RpcMgmtSetServerStackSize(ULONG ThreadStackSize) CS_EXPORT(RpcMgmtSetServerStackSize);

/* RpcMgmtIsServerListening, RpcMgmtStopServerListening - a server asked, and asked to stop.
 *
 * Binding NULL: this process itself. A server that stops answers the calls under way, refuses
 * others with RPC_S_SERVER_TOO_BUSY, and closes its connections unless an interface listens by
 * itself (RPC_IF_AUTOLISTEN). It may listen again.
 *
 * Returns: RPC_S_OK; RPC_S_NOT_LISTENING from RpcMgmtIsServerListening; RPC_S_ACCESS_DENIED where
 * the server does not let the caller; RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING; what a
 * call fails with.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtIsServerListening
 */
RPC_STATUS RpcMgmtIsServerListening(RPC_BINDING_HANDLE Binding) CS_EXPORT(RpcMgmtIsServerListening);
RPC_STATUS RpcMgmtStopServerListening(RPC_BINDING_HANDLE Binding)
    CS_EXPORT(RpcMgmtStopServerListening);

/* RpcMgmtInqServerPrincNameA, RpcMgmtInqServerPrincNameW - the principal a server says it is.
 *
 * Binding NULL: what this process registered. Hearsay, unless the binding's calls are signed:
 * whoever expects the server that answers has authenticated nobody. Policy "hearsay-spn" audits, or
 * refuses, a binding that expects such a name. Freed with RpcStringFree.
 *
 * Returns: RPC_S_OK; RPC_S_UNKNOWN_AUTHN_SERVICE; RPC_S_INVALID_BINDING;
 * RPC_S_WRONG_KIND_OF_BINDING; what a call fails with, or the server answers.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtInqServerPrincNameW
 */
RPC_STATUS RpcMgmtInqServerPrincNameA(RPC_BINDING_HANDLE Binding, ULONG AuthnSvc,
                                      RPC_CSTR *ServerPrincName)
    CS_EXPORT(RpcMgmtInqServerPrincNameA);
RPC_STATUS RpcMgmtInqServerPrincNameW(RPC_BINDING_HANDLE Binding, ULONG AuthnSvc,
                                      RPC_WSTR *ServerPrincName)
    CS_EXPORT(RpcMgmtInqServerPrincNameW);
/* RpcMgmtWaitServerListen - wait until the server has been stopped and its last call answered.
 *
 * Returns: RPC_S_OK; RPC_S_NOT_LISTENING.
 * Threads: safe; not from within a call.
 * Source: rpcdce.h, RpcMgmtWaitServerListen
 */
RPC_STATUS RpcMgmtWaitServerListen(void) CS_EXPORT(RpcMgmtWaitServerListen);

/* RpcMgmtSetAuthorizationFn - the function that says which clients may manage this server.
 *
 * It is asked with the call's binding handle and RPC_C_MGMT_xxx, and returns true to allow; when it
 * does not, the client gets the status it set, RPC_S_ACCESS_DENIED for RPC_S_OK. NULL: everybody
 * may ask, nobody may stop the server.
 *
 * Returns: RPC_S_OK.
 * Threads: safe; the function is called by several at once.
 * Source: rpcdce.h, RpcMgmtSetAuthorizationFn
 */
RPC_STATUS RpcMgmtSetAuthorizationFn(RPC_MGMT_AUTHORIZATION_FN AuthorizationFn)
    CS_EXPORT(RpcMgmtSetAuthorizationFn);

/* RpcMgmtStatsVectorFree - free what RpcMgmtInqStats made.
 *
 * *StatsVector becomes NULL.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtStatsVectorFree
 */
RPC_STATUS RpcMgmtStatsVectorFree(RPC_STATS_VECTOR **StatsVector) CS_EXPORT(RpcMgmtStatsVectorFree);

/* ---- UUIDs ---- */

/* UuidCreate - make a new UUID, of random bits.
 *
 * Returns: RPC_S_OK; RPC_S_OUT_OF_MEMORY or RPC_S_INTERNAL_ERROR when the system has no random
 * bits.
 * Threads: safe; parent and child of a fork never make the same one.
 * Source: rpcdce.h, UuidCreate
 */
RPC_STATUS UuidCreate(UUID *Uuid) CS_EXPORT(UuidCreate);

/* UuidCreateSequential - make a new UUID of the time and this host's network address.
 *
 * Whoever sees it learns both; UuidCreate tells nothing.
 *
 * Returns: RPC_S_OK; RPC_S_UUID_LOCAL_ONLY when no network card has an address, and a random one
 * stands for it.
 * Threads: safe; each is later than the one before.
 * Source: rpcdce.h, UuidCreateSequential
 */
RPC_STATUS UuidCreateSequential(UUID *Uuid) CS_EXPORT(UuidCreateSequential);

/* UuidCreateNil - make the nil UUID.
 *
 * Returns: RPC_S_OK.
 * Threads: safe.
 * Source: rpcdce.h, UuidCreateNil
 */
RPC_STATUS UuidCreateNil(UUID *NilUuid) CS_EXPORT(UuidCreateNil);

/* UuidCompare, UuidEqual, UuidIsNil - compare UUIDs, field by field as numbers.
 *
 * NULL is the nil UUID. *Status becomes RPC_S_OK.
 *
 * Returns: UuidCompare -1, 0 or 1 as Uuid1 comes before Uuid2, is the same or comes after it; the
 * others TRUE or FALSE.
 * Threads: safe.
 * Source: rpcdce.h, UuidCompare, UuidEqual, UuidIsNil
 */
int UuidCompare(UUID *Uuid1, UUID *Uuid2, RPC_STATUS *Status) CS_EXPORT(UuidCompare);
int UuidEqual(UUID *Uuid1, UUID *Uuid2, RPC_STATUS *Status) CS_EXPORT(UuidEqual);
int UuidIsNil(UUID *Uuid, RPC_STATUS *Status) CS_EXPORT(UuidIsNil);

/* UuidHash - a value for hash tables, the same for equal UUIDs.
 *
 * NULL is the nil UUID. *Status becomes RPC_S_OK.
 *
 * Returns: the value.
 * Threads: safe.
 * Source: rpcdce.h, UuidHash
 */
USHORT UuidHash(UUID *Uuid, RPC_STATUS *Status) CS_EXPORT(UuidHash);

/* UuidToStringA, UuidToStringW - a UUID as text.
 *
 * 36 characters, lower case: "6b29fc40-ca47-1067-b31d-00dd010662da". Freed with RpcStringFree.
 *
 * Returns: RPC_S_OK; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, UuidToStringW
 */
RPC_STATUS UuidToStringA(const UUID *Uuid, RPC_CSTR *StringUuid) CS_EXPORT(UuidToStringA);
RPC_STATUS UuidToStringW(const UUID *Uuid, RPC_WSTR *StringUuid) CS_EXPORT(UuidToStringW);

/* UuidFromStringA, UuidFromStringW - read a UUID.
 *
 * Digits of either case, without braces. NULL gives the nil UUID.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_STRING_UUID; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, UuidFromStringW
 */
RPC_STATUS UuidFromStringA(RPC_CSTR StringUuid, UUID *Uuid) CS_EXPORT(UuidFromStringA);
RPC_STATUS UuidFromStringW(RPC_WSTR StringUuid, UUID *Uuid) CS_EXPORT(UuidFromStringW);

/* ---- errors ---- */

/* DceErrorInqTextA, DceErrorInqTextW - the text of a status.
 *
 * Knows what FormatMessage knows, statuses of RPC above all, and ends the text with a carriage
 * return and a line feed as that does. ErrorText has room for DCE_C_ERROR_STRING_LEN characters.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG for a value without a text, and ErrorText is that of
 * RPC_S_NOT_RPC_ERROR.
 * Threads: safe.
 * Source: rpcdce.h, DceErrorInqTextW
 */
RPC_STATUS DceErrorInqTextA(RPC_STATUS RpcStatus, RPC_CSTR ErrorText) CS_EXPORT(DceErrorInqTextA);
RPC_STATUS DceErrorInqTextW(RPC_STATUS RpcStatus, RPC_WSTR ErrorText) CS_EXPORT(DceErrorInqTextW);

/* I_RpcMapWin32Status - the NT status for a status of RPC.
 *
 * Returns: RPC_NT_SERVER_UNAVAILABLE for RPC_S_SERVER_UNAVAILABLE and so on; Status itself where
 * there is none.
 * Threads: safe.
 * Source: rpcdcep.h, I_RpcMapWin32Status
 */
LONG I_RpcMapWin32Status(RPC_STATUS Status) CS_EXPORT(I_RpcMapWin32Status);

CS_EXTERN_C_END

/* clang-format off */
#ifdef UNICODE
#define RpcBindingFromStringBinding RpcBindingFromStringBindingW
#define RpcBindingToStringBinding   RpcBindingToStringBindingW
#define RpcNsBindingInqEntryName    RpcNsBindingInqEntryNameW
#define RpcBindingSetAuthInfo       RpcBindingSetAuthInfoW
#define RpcBindingSetAuthInfoEx     RpcBindingSetAuthInfoExW
#define RpcBindingInqAuthInfo       RpcBindingInqAuthInfoW
#define RpcBindingInqAuthInfoEx     RpcBindingInqAuthInfoExW
#define RpcMgmtInqServerPrincName   RpcMgmtInqServerPrincNameW
#define RpcStringBindingCompose     RpcStringBindingComposeW
#define RpcStringBindingParse       RpcStringBindingParseW
#define RpcStringFree               RpcStringFreeW
#define RpcNetworkIsProtseqValid    RpcNetworkIsProtseqValidW
#define RpcNetworkInqProtseqs       RpcNetworkInqProtseqsW
#define RpcProtseqVectorFree        RpcProtseqVectorFreeW
#define UuidToString                UuidToStringW
#define UuidFromString              UuidFromStringW
#define DceErrorInqText             DceErrorInqTextW
#else
#define RpcBindingFromStringBinding RpcBindingFromStringBindingA
#define RpcBindingToStringBinding   RpcBindingToStringBindingA
#define RpcNsBindingInqEntryName    RpcNsBindingInqEntryNameA
#define RpcBindingSetAuthInfo       RpcBindingSetAuthInfoA
#define RpcBindingSetAuthInfoEx     RpcBindingSetAuthInfoExA
#define RpcBindingInqAuthInfo       RpcBindingInqAuthInfoA
#define RpcBindingInqAuthInfoEx     RpcBindingInqAuthInfoExA
#define RpcMgmtInqServerPrincName   RpcMgmtInqServerPrincNameA
#define RpcStringBindingCompose     RpcStringBindingComposeA
#define RpcStringBindingParse       RpcStringBindingParseA
#define RpcStringFree               RpcStringFreeA
#define RpcNetworkIsProtseqValid    RpcNetworkIsProtseqValidA
#define RpcNetworkInqProtseqs       RpcNetworkInqProtseqsA
#define RpcProtseqVectorFree        RpcProtseqVectorFreeA
#define UuidToString                UuidToStringA
#define UuidFromString              UuidFromStringA
#define DceErrorInqText             DceErrorInqTextA
#endif
/* clang-format on */

#endif
