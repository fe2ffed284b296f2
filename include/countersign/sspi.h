/* SPDX-License-Identifier: Apache-2.0
 * sspi.h - the Security Support Provider Interface.
 *
 * Names, values and layouts are those of the documentation. A handle is slot and generation, never
 * a pointer: one that is stale or invented is refused with SEC_E_INVALID_HANDLE. The A form is
 * UTF-8. What a function allocates for the caller is freed with FreeContextBuffer. After a failure
 * CsGetErrorDetail (countersign.h) tells the thread what happened and what to try.
 *
 * Input strings are declared const, where Windows' header has plain pointers: every call written
 * for Windows compiles, and literals need no cast.
 *
 * Source: desktop-src/SecAuthN/sspi.md
 */
#ifndef COUNTERSIGN_SSPI_H
#define COUNTERSIGN_SSPI_H

#include "cslink.h"
#include "winerror.h"
#include "wintypes.h"

#define SEC_ENTRY
#define SEC_FAR

typedef WCHAR SEC_WCHAR;
typedef CHAR SEC_CHAR;

#ifdef UNICODE
typedef SEC_WCHAR *SECURITY_PSTR;
typedef const SEC_WCHAR *SECURITY_PCSTR;
#else
typedef SEC_CHAR *SECURITY_PSTR;
typedef const SEC_CHAR *SECURITY_PCSTR;
#endif
#define SEC_TEXT TEXT

typedef struct _SecHandle {
    ULONG_PTR dwLower;
    ULONG_PTR dwUpper;
} SecHandle, *PSecHandle;

typedef SecHandle CredHandle, CtxtHandle;
typedef PSecHandle PCredHandle, PCtxtHandle;

#define SecInvalidateHandle(x)                                                                     \
    ((void)(((PSecHandle)(x))->dwLower = ((PSecHandle)(x))->dwUpper = (ULONG_PTR)(INT_PTR)-1))
#define SecIsValidHandle(x)                                                                        \
    (((PSecHandle)(x))->dwLower != (ULONG_PTR)(INT_PTR)-1 &&                                       \
     ((PSecHandle)(x))->dwUpper != (ULONG_PTR)(INT_PTR)-1)

typedef LARGE_INTEGER _SECURITY_INTEGER, SECURITY_INTEGER, *PSECURITY_INTEGER;
/* 100-nanosecond steps since 1601, in local time, as the documentation asks of every package. */
typedef SECURITY_INTEGER TimeStamp, *PTimeStamp;

typedef struct _SECURITY_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWSTR Buffer;
} SECURITY_STRING, *PSECURITY_STRING, UNICODE_STRING, *PUNICODE_STRING;

/* ---- packages ---- */

typedef struct _SecPkgInfoW {
    ULONG fCapabilities;
    USHORT wVersion;
    USHORT wRPCID;
    ULONG cbMaxToken;
    SEC_WCHAR *Name;
    SEC_WCHAR *Comment;
} SecPkgInfoW, *PSecPkgInfoW;

typedef struct _SecPkgInfoA {
    ULONG fCapabilities;
    USHORT wVersion;
    USHORT wRPCID;
    ULONG cbMaxToken;
    SEC_CHAR *Name;
    SEC_CHAR *Comment;
} SecPkgInfoA, *PSecPkgInfoA;

/* clang-format off */
#define NEGOSSP_NAME_W       CS_WIDE("Negotiate")
#define NEGOSSP_NAME_A       "Negotiate"
#define NEGOSSP_NAME         TEXT("Negotiate")
#define MICROSOFT_KERBEROS_NAME_W CS_WIDE("Kerberos")
#define MICROSOFT_KERBEROS_NAME_A "Kerberos"
#define MICROSOFT_KERBEROS_NAME   TEXT("Kerberos")

#define SECPKG_ID_NONE 0xFFFF

#define SECPKG_FLAG_INTEGRITY              0x00000001
#define SECPKG_FLAG_PRIVACY                0x00000002
#define SECPKG_FLAG_TOKEN_ONLY             0x00000004
#define SECPKG_FLAG_DATAGRAM               0x00000008
#define SECPKG_FLAG_CONNECTION             0x00000010
#define SECPKG_FLAG_MULTI_REQUIRED         0x00000020
#define SECPKG_FLAG_CLIENT_ONLY            0x00000040
#define SECPKG_FLAG_EXTENDED_ERROR         0x00000080
#define SECPKG_FLAG_IMPERSONATION          0x00000100
#define SECPKG_FLAG_ACCEPT_WIN32_NAME      0x00000200
#define SECPKG_FLAG_STREAM                 0x00000400
#define SECPKG_FLAG_NEGOTIABLE             0x00000800
#define SECPKG_FLAG_GSS_COMPATIBLE         0x00001000
#define SECPKG_FLAG_LOGON                  0x00002000
#define SECPKG_FLAG_ASCII_BUFFERS          0x00004000
#define SECPKG_FLAG_FRAGMENT               0x00008000
#define SECPKG_FLAG_MUTUAL_AUTH            0x00010000
#define SECPKG_FLAG_DELEGATION             0x00020000
#define SECPKG_FLAG_READONLY_WITH_CHECKSUM 0x00040000
#define SECPKG_FLAG_RESTRICTED_TOKENS      0x00080000
#define SECPKG_FLAG_NEGO_EXTENDER          0x00100000
#define SECPKG_FLAG_NEGOTIABLE2            0x00200000

/* ---- buffers ---- */

#define SECBUFFER_VERSION               0
#define SECBUFFER_EMPTY                 0
#define SECBUFFER_DATA                  1
#define SECBUFFER_TOKEN                 2
#define SECBUFFER_PKG_PARAMS            3
#define SECBUFFER_MISSING               4
#define SECBUFFER_EXTRA                 5
#define SECBUFFER_STREAM_TRAILER        6
#define SECBUFFER_STREAM_HEADER         7
#define SECBUFFER_NEGOTIATION_INFO      8
#define SECBUFFER_PADDING               9
#define SECBUFFER_STREAM               10
#define SECBUFFER_MECHLIST             11
#define SECBUFFER_MECHLIST_SIGNATURE   12
#define SECBUFFER_TARGET               13
#define SECBUFFER_CHANNEL_BINDINGS     14
#define SECBUFFER_CHANGE_PASS_RESPONSE 15
#define SECBUFFER_TARGET_HOST          16
#define SECBUFFER_ALERT                17
#define SECBUFFER_APPLICATION_PROTOCOLS 18

#define SECBUFFER_ATTRMASK               0xF0000000U
#define SECBUFFER_READONLY               0x80000000U
#define SECBUFFER_READONLY_WITH_CHECKSUM 0x10000000U
#define SECBUFFER_RESERVED               0x60000000U

#define SECURITY_NATIVE_DREP  0x00000010
#define SECURITY_NETWORK_DREP 0x00000000

#define SECQOP_WRAP_NO_ENCRYPT 0x80000001U
#define SECQOP_WRAP_OOB_DATA   0x40000000U
/* clang-format on */

typedef struct _SecBuffer {
    ULONG cbBuffer;
    ULONG BufferType;
    void *pvBuffer;
} SecBuffer, *PSecBuffer;

typedef struct _SecBufferDesc {
    ULONG ulVersion;
    ULONG cBuffers;
    PSecBuffer pBuffers;
} SecBufferDesc, *PSecBufferDesc;

/* Content of a SECBUFFER_CHANNEL_BINDINGS; offsets count from the structure's start. */
typedef struct _SEC_CHANNEL_BINDINGS {
    ULONG dwInitiatorAddrType;
    ULONG cbInitiatorLength;
    ULONG dwInitiatorOffset;
    ULONG dwAcceptorAddrType;
    ULONG cbAcceptorLength;
    ULONG dwAcceptorOffset;
    ULONG cbApplicationDataLength;
    ULONG dwApplicationDataOffset;
} SEC_CHANNEL_BINDINGS, *PSEC_CHANNEL_BINDINGS;

/* ---- credentials ---- */

/* clang-format off */
#define SECPKG_CRED_INBOUND             0x00000001
#define SECPKG_CRED_OUTBOUND            0x00000002
#define SECPKG_CRED_BOTH                0x00000003
#define SECPKG_CRED_DEFAULT             0x00000004
#define SECPKG_CRED_RESERVED            0xF0000000U
#define SECPKG_CRED_AUTOLOGON_RESTRICTED 0x00000010
#define SECPKG_CRED_PROCESS_POLICY_ONLY 0x00000020

#define SEC_WINNT_AUTH_IDENTITY_ANSI       0x1
#define SEC_WINNT_AUTH_IDENTITY_UNICODE    0x2
#define SEC_WINNT_AUTH_IDENTITY_MARSHALLED 0x4
#define SEC_WINNT_AUTH_IDENTITY_ONLY       0x8
#define SEC_WINNT_AUTH_IDENTITY_VERSION    0x200
#define SEC_WINNT_AUTH_IDENTITY_VERSION_2  0x201
/* clang-format on */

/* Lengths count characters without a terminating zero. Flags, not the function's letter, says
 * which form the strings have. */
typedef struct _SEC_WINNT_AUTH_IDENTITY_W {
    USHORT *User;
    ULONG UserLength;
    USHORT *Domain;
    ULONG DomainLength;
    USHORT *Password;
    ULONG PasswordLength;
    ULONG Flags;
} SEC_WINNT_AUTH_IDENTITY_W, *PSEC_WINNT_AUTH_IDENTITY_W;

typedef struct _SEC_WINNT_AUTH_IDENTITY_A {
    UCHAR *User;
    ULONG UserLength;
    UCHAR *Domain;
    ULONG DomainLength;
    UCHAR *Password;
    ULONG PasswordLength;
    ULONG Flags;
} SEC_WINNT_AUTH_IDENTITY_A, *PSEC_WINNT_AUTH_IDENTITY_A;

/* PackageList is Negotiate's: "Kerberos,!NTLM". */
typedef struct _SEC_WINNT_AUTH_IDENTITY_EXW {
    ULONG Version; /* SEC_WINNT_AUTH_IDENTITY_VERSION */
    ULONG Length;  /* of this structure */
    USHORT *User;
    ULONG UserLength;
    USHORT *Domain;
    ULONG DomainLength;
    USHORT *Password;
    ULONG PasswordLength;
    ULONG Flags;
    USHORT *PackageList;
    ULONG PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EXW, *PSEC_WINNT_AUTH_IDENTITY_EXW;

typedef struct _SEC_WINNT_AUTH_IDENTITY_EXA {
    ULONG Version;
    ULONG Length;
    UCHAR *User;
    ULONG UserLength;
    UCHAR *Domain;
    ULONG DomainLength;
    UCHAR *Password;
    ULONG PasswordLength;
    ULONG Flags;
    UCHAR *PackageList;
    ULONG PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EXA, *PSEC_WINNT_AUTH_IDENTITY_EXA;

/* Offsets count from the structure's start, lengths are in bytes, strings are UTF-16. */
typedef struct _SEC_WINNT_AUTH_IDENTITY_EX2 {
    ULONG Version; /* SEC_WINNT_AUTH_IDENTITY_VERSION_2 */
    USHORT cbHeaderLength;
    ULONG cbStructureLength;
    ULONG UserOffset;
    USHORT UserLength;
    ULONG DomainOffset;
    USHORT DomainLength;
    ULONG PackedCredentialsOffset;
    USHORT PackedCredentialsLength;
    ULONG Flags;
    ULONG PackageListOffset;
    USHORT PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EX2, *PSEC_WINNT_AUTH_IDENTITY_EX2;

typedef struct _SEC_WINNT_AUTH_BYTE_VECTOR {
    ULONG ByteArrayOffset;
    USHORT ByteArrayLength;
} SEC_WINNT_AUTH_BYTE_VECTOR, *PSEC_WINNT_AUTH_BYTE_VECTOR;

typedef struct _SEC_WINNT_AUTH_DATA {
    GUID CredType;
    SEC_WINNT_AUTH_BYTE_VECTOR CredData;
} SEC_WINNT_AUTH_DATA, *PSEC_WINNT_AUTH_DATA;

/* What PackedCredentialsOffset leads to; offsets in it count from its own start. CredData is a
 * SEC_WINNT_AUTH_DATA_PASSWORD for _TYPE_PASSWORD, a keytab's content for _TYPE_KEYTAB. */
typedef struct _SEC_WINNT_AUTH_PACKED_CREDENTIALS {
    USHORT cbHeaderLength;
    USHORT cbStructureLength;
    SEC_WINNT_AUTH_DATA AuthData;
} SEC_WINNT_AUTH_PACKED_CREDENTIALS, *PSEC_WINNT_AUTH_PACKED_CREDENTIALS;

typedef struct _SEC_WINNT_AUTH_DATA_PASSWORD {
    SEC_WINNT_AUTH_BYTE_VECTOR UnicodePassword;
} SEC_WINNT_AUTH_DATA_PASSWORD, *PSEC_WINNT_AUTH_DATA_PASSWORD;

CS_EXTERN_C_BEGIN
/* SEC_WINNT_AUTH_DATA_TYPE_PASSWORD, SEC_WINNT_AUTH_DATA_TYPE_KEYTAB - kinds of packed credentials.
 *
 * Constants for CredType of a SEC_WINNT_AUTH_DATA.
 *
 * Source: sspi.h, SEC_WINNT_AUTH_DATA
 */
extern const GUID SEC_WINNT_AUTH_DATA_TYPE_PASSWORD CS_EXPORT(SEC_WINNT_AUTH_DATA_TYPE_PASSWORD);
extern const GUID SEC_WINNT_AUTH_DATA_TYPE_KEYTAB CS_EXPORT(SEC_WINNT_AUTH_DATA_TYPE_KEYTAB);
CS_EXTERN_C_END

typedef void(SEC_ENTRY *SEC_GET_KEY_FN)(void *Arg, void *Principal, ULONG KeyVer, void **Key,
                                        SECURITY_STATUS *Status);

#define SECPKG_CRED_ATTR_NAMES 1

typedef struct _SecPkgCredentials_NamesW {
    SEC_WCHAR *sUserName;
} SecPkgCredentials_NamesW, *PSecPkgCredentials_NamesW;

typedef struct _SecPkgCredentials_NamesA {
    SEC_CHAR *sUserName;
} SecPkgCredentials_NamesA, *PSecPkgCredentials_NamesA;

/* ---- contexts ---- */

/* clang-format off */
#define ISC_REQ_DELEGATE               0x00000001
#define ISC_REQ_MUTUAL_AUTH            0x00000002
#define ISC_REQ_REPLAY_DETECT          0x00000004
#define ISC_REQ_SEQUENCE_DETECT        0x00000008
#define ISC_REQ_CONFIDENTIALITY        0x00000010
#define ISC_REQ_USE_SESSION_KEY        0x00000020
#define ISC_REQ_PROMPT_FOR_CREDS       0x00000040
#define ISC_REQ_USE_SUPPLIED_CREDS     0x00000080
#define ISC_REQ_ALLOCATE_MEMORY        0x00000100
#define ISC_REQ_USE_DCE_STYLE          0x00000200
#define ISC_REQ_DATAGRAM               0x00000400
#define ISC_REQ_CONNECTION             0x00000800
#define ISC_REQ_CALL_LEVEL             0x00001000
#define ISC_REQ_FRAGMENT_SUPPLIED      0x00002000
#define ISC_REQ_EXTENDED_ERROR         0x00004000
#define ISC_REQ_STREAM                 0x00008000
#define ISC_REQ_INTEGRITY              0x00010000
#define ISC_REQ_IDENTIFY               0x00020000
#define ISC_REQ_NULL_SESSION           0x00040000
#define ISC_REQ_MANUAL_CRED_VALIDATION 0x00080000
#define ISC_REQ_RESERVED1              0x00100000
#define ISC_REQ_FRAGMENT_TO_FIT        0x00200000
#define ISC_REQ_FORWARD_CREDENTIALS    0x00400000
#define ISC_REQ_NO_INTEGRITY           0x00800000
#define ISC_REQ_USE_HTTP_STYLE         0x01000000
#define ISC_REQ_UNVERIFIED_TARGET_NAME 0x20000000
#define ISC_REQ_CONFIDENTIALITY_ONLY   0x40000000

#define ISC_RET_DELEGATE               0x00000001
#define ISC_RET_MUTUAL_AUTH            0x00000002
#define ISC_RET_REPLAY_DETECT          0x00000004
#define ISC_RET_SEQUENCE_DETECT        0x00000008
#define ISC_RET_CONFIDENTIALITY        0x00000010
#define ISC_RET_USE_SESSION_KEY        0x00000020
#define ISC_RET_USED_COLLECTED_CREDS   0x00000040
#define ISC_RET_USED_SUPPLIED_CREDS    0x00000080
#define ISC_RET_ALLOCATED_MEMORY       0x00000100
#define ISC_RET_USED_DCE_STYLE         0x00000200
#define ISC_RET_DATAGRAM               0x00000400
#define ISC_RET_CONNECTION             0x00000800
#define ISC_RET_INTERMEDIATE_RETURN    0x00001000
#define ISC_RET_CALL_LEVEL             0x00002000
#define ISC_RET_EXTENDED_ERROR         0x00004000
#define ISC_RET_STREAM                 0x00008000
#define ISC_RET_INTEGRITY              0x00010000
#define ISC_RET_IDENTIFY               0x00020000
#define ISC_RET_NULL_SESSION           0x00040000
#define ISC_RET_MANUAL_CRED_VALIDATION 0x00080000
#define ISC_RET_RESERVED1              0x00100000
#define ISC_RET_FRAGMENT_ONLY          0x00200000
#define ISC_RET_FORWARD_CREDENTIALS    0x00400000
#define ISC_RET_USED_HTTP_STYLE        0x01000000
#define ISC_RET_NO_ADDITIONAL_TOKEN    0x02000000
#define ISC_RET_REAUTHENTICATION       0x08000000
#define ISC_RET_CONFIDENTIALITY_ONLY   0x40000000

#define ASC_REQ_DELEGATE               0x00000001
#define ASC_REQ_MUTUAL_AUTH            0x00000002
#define ASC_REQ_REPLAY_DETECT          0x00000004
#define ASC_REQ_SEQUENCE_DETECT        0x00000008
#define ASC_REQ_CONFIDENTIALITY        0x00000010
#define ASC_REQ_USE_SESSION_KEY        0x00000020
#define ASC_REQ_SESSION_TICKET         0x00000040
#define ASC_REQ_ALLOCATE_MEMORY        0x00000100
#define ASC_REQ_USE_DCE_STYLE          0x00000200
#define ASC_REQ_DATAGRAM               0x00000400
#define ASC_REQ_CONNECTION             0x00000800
#define ASC_REQ_CALL_LEVEL             0x00001000
#define ASC_REQ_FRAGMENT_SUPPLIED      0x00002000
#define ASC_REQ_EXTENDED_ERROR         0x00008000
#define ASC_REQ_STREAM                 0x00010000
#define ASC_REQ_INTEGRITY              0x00020000
#define ASC_REQ_LICENSING              0x00040000
#define ASC_REQ_IDENTIFY               0x00080000
#define ASC_REQ_ALLOW_NULL_SESSION     0x00100000
#define ASC_REQ_ALLOW_NON_USER_LOGONS  0x00200000
#define ASC_REQ_ALLOW_CONTEXT_REPLAY   0x00400000
#define ASC_REQ_FRAGMENT_TO_FIT        0x00800000
#define ASC_REQ_NO_TOKEN               0x01000000
#define ASC_REQ_PROXY_BINDINGS         0x04000000
#define ASC_REQ_ALLOW_MISSING_BINDINGS 0x10000000

#define ASC_RET_DELEGATE               0x00000001
#define ASC_RET_MUTUAL_AUTH            0x00000002
#define ASC_RET_REPLAY_DETECT          0x00000004
#define ASC_RET_SEQUENCE_DETECT        0x00000008
#define ASC_RET_CONFIDENTIALITY        0x00000010
#define ASC_RET_USE_SESSION_KEY        0x00000020
#define ASC_RET_SESSION_TICKET         0x00000040
#define ASC_RET_ALLOCATED_MEMORY       0x00000100
#define ASC_RET_USED_DCE_STYLE         0x00000200
#define ASC_RET_DATAGRAM               0x00000400
#define ASC_RET_CONNECTION             0x00000800
#define ASC_RET_CALL_LEVEL             0x00002000
#define ASC_RET_THIRD_LEG_FAILED       0x00004000
#define ASC_RET_EXTENDED_ERROR         0x00008000
#define ASC_RET_STREAM                 0x00010000
#define ASC_RET_INTEGRITY              0x00020000
#define ASC_RET_LICENSING              0x00040000
#define ASC_RET_IDENTIFY               0x00080000
#define ASC_RET_NULL_SESSION           0x00100000
#define ASC_RET_ALLOW_NON_USER_LOGONS  0x00200000
#define ASC_RET_ALLOW_CONTEXT_REPLAY   0x00400000
#define ASC_RET_FRAGMENT_ONLY          0x00800000
#define ASC_RET_NO_TOKEN               0x01000000
#define ASC_RET_NO_ADDITIONAL_TOKEN    0x02000000

#define SECPKG_ATTR_SIZES                    0
#define SECPKG_ATTR_NAMES                    1
#define SECPKG_ATTR_LIFESPAN                 2
#define SECPKG_ATTR_DCE_INFO                 3
#define SECPKG_ATTR_STREAM_SIZES             4
#define SECPKG_ATTR_KEY_INFO                 5
#define SECPKG_ATTR_AUTHORITY                6
#define SECPKG_ATTR_PROTO_INFO               7
#define SECPKG_ATTR_PASSWORD_EXPIRY          8
#define SECPKG_ATTR_SESSION_KEY              9
#define SECPKG_ATTR_PACKAGE_INFO            10
#define SECPKG_ATTR_USER_FLAGS              11
#define SECPKG_ATTR_NEGOTIATION_INFO        12
#define SECPKG_ATTR_NATIVE_NAMES            13
#define SECPKG_ATTR_FLAGS                   14
#define SECPKG_ATTR_USE_VALIDATED           15
#define SECPKG_ATTR_CREDENTIAL_NAME         16
#define SECPKG_ATTR_TARGET_INFORMATION      17
#define SECPKG_ATTR_ACCESS_TOKEN            18
#define SECPKG_ATTR_TARGET                  19
#define SECPKG_ATTR_AUTHENTICATION_ID       20
#define SECPKG_ATTR_LOGOFF_TIME             21
#define SECPKG_ATTR_NEGO_KEYS               22
#define SECPKG_ATTR_PROMPTING_NEEDED        24
#define SECPKG_ATTR_UNIQUE_BINDINGS         25
#define SECPKG_ATTR_ENDPOINT_BINDINGS       26
#define SECPKG_ATTR_CLIENT_SPECIFIED_TARGET 27
#define SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS 30
#define SECPKG_ATTR_NEGO_PKG_INFO           31
#define SECPKG_ATTR_NEGO_STATUS             32
#define SECPKG_ATTR_CONTEXT_DELETED         33
#define SECPKG_ATTR_SUBJECT_SECURITY_ATTRIBUTES 128
#define SECPKG_ATTR_NEGO_INFO_FLAG_NO_KERBEROS 0x1
#define SECPKG_ATTR_NEGO_INFO_FLAG_NO_NTLM     0x2

#define SECPKG_NEGOTIATION_COMPLETE      0
#define SECPKG_NEGOTIATION_OPTIMISTIC    1
#define SECPKG_NEGOTIATION_IN_PROGRESS   2
#define SECPKG_NEGOTIATION_DIRECT        3
#define SECPKG_NEGOTIATION_TRY_MULTICRED 4
/* clang-format on */

typedef struct _SecPkgContext_Sizes {
    ULONG cbMaxToken;
    ULONG cbMaxSignature;
    ULONG cbBlockSize;
    ULONG cbSecurityTrailer;
} SecPkgContext_Sizes, *PSecPkgContext_Sizes;

typedef struct _SecPkgContext_StreamSizes {
    ULONG cbHeader;
    ULONG cbTrailer;
    ULONG cbMaximumMessage;
    ULONG cBuffers;
    ULONG cbBlockSize;
} SecPkgContext_StreamSizes, *PSecPkgContext_StreamSizes;

typedef struct _SecPkgContext_NamesW {
    SEC_WCHAR *sUserName;
} SecPkgContext_NamesW, *PSecPkgContext_NamesW;

typedef struct _SecPkgContext_NamesA {
    SEC_CHAR *sUserName;
} SecPkgContext_NamesA, *PSecPkgContext_NamesA;

typedef struct _SecPkgContext_Lifespan {
    TimeStamp tsStart;
    TimeStamp tsExpiry;
} SecPkgContext_Lifespan, *PSecPkgContext_Lifespan;

typedef struct _SecPkgContext_DceInfo {
    ULONG AuthzSvc;
    void *pPac;
} SecPkgContext_DceInfo, *PSecPkgContext_DceInfo;

typedef struct _SecPkgContext_KeyInfoW {
    SEC_WCHAR *sSignatureAlgorithmName;
    SEC_WCHAR *sEncryptAlgorithmName;
    ULONG KeySize;
    ULONG SignatureAlgorithm;
    ULONG EncryptAlgorithm;
} SecPkgContext_KeyInfoW, *PSecPkgContext_KeyInfoW;

typedef struct _SecPkgContext_KeyInfoA {
    SEC_CHAR *sSignatureAlgorithmName;
    SEC_CHAR *sEncryptAlgorithmName;
    ULONG KeySize;
    ULONG SignatureAlgorithm;
    ULONG EncryptAlgorithm;
} SecPkgContext_KeyInfoA, *PSecPkgContext_KeyInfoA;

typedef struct _SecPkgContext_AuthorityW {
    SEC_WCHAR *sAuthorityName;
} SecPkgContext_AuthorityW, *PSecPkgContext_AuthorityW;

typedef struct _SecPkgContext_AuthorityA {
    SEC_CHAR *sAuthorityName;
} SecPkgContext_AuthorityA, *PSecPkgContext_AuthorityA;

typedef struct _SecPkgContext_SessionKey {
    ULONG SessionKeyLength;
    UCHAR *SessionKey;
} SecPkgContext_SessionKey, *PSecPkgContext_SessionKey;

typedef struct _SecPkgContext_PackageInfoW {
    PSecPkgInfoW PackageInfo;
} SecPkgContext_PackageInfoW, *PSecPkgContext_PackageInfoW;

typedef struct _SecPkgContext_PackageInfoA {
    PSecPkgInfoA PackageInfo;
} SecPkgContext_PackageInfoA, *PSecPkgContext_PackageInfoA;

typedef struct _SecPkgContext_NegotiationInfoW {
    PSecPkgInfoW PackageInfo;
    ULONG NegotiationState;
} SecPkgContext_NegotiationInfoW, *PSecPkgContext_NegotiationInfoW;

typedef struct _SecPkgContext_NegotiationInfoA {
    PSecPkgInfoA PackageInfo;
    ULONG NegotiationState;
} SecPkgContext_NegotiationInfoA, *PSecPkgContext_NegotiationInfoA;

typedef struct _SecPkgContext_NativeNamesW {
    SEC_WCHAR *sClientName;
    SEC_WCHAR *sServerName;
} SecPkgContext_NativeNamesW, *PSecPkgContext_NativeNamesW;

typedef struct _SecPkgContext_NativeNamesA {
    SEC_CHAR *sClientName;
    SEC_CHAR *sServerName;
} SecPkgContext_NativeNamesA, *PSecPkgContext_NativeNamesA;

typedef struct _SecPkgContext_Flags {
    ULONG Flags;
} SecPkgContext_Flags, *PSecPkgContext_Flags;

typedef struct _SecPkgContext_TargetInformation {
    ULONG MarshalledTargetInfoLength;
    UCHAR *MarshalledTargetInfo;
} SecPkgContext_TargetInformation, *PSecPkgContext_TargetInformation;

typedef struct _SecPkgContext_AccessToken {
    void *AccessToken;
} SecPkgContext_AccessToken, *PSecPkgContext_AccessToken;

/* Always UTF-16, as on Windows. */
typedef struct _SecPkgContext_ClientSpecifiedTarget {
    SEC_WCHAR *sTargetName;
} SecPkgContext_ClientSpecifiedTarget, *PSecPkgContext_ClientSpecifiedTarget;

typedef struct _SecPkgContext_Bindings {
    ULONG BindingsLength;
    SEC_CHANNEL_BINDINGS *Bindings;
} SecPkgContext_Bindings, *PSecPkgContext_Bindings;

typedef enum _SECPKG_ATTR_LCT_STATUS {
    SecPkgAttrLastClientTokenYes,
    SecPkgAttrLastClientTokenNo,
    SecPkgAttrLastClientTokenMaybe
} SECPKG_ATTR_LCT_STATUS,
    *PSECPKG_ATTR_LCT_STATUS;

typedef struct _SecPkgContext_LastClientTokenStatus {
    SECPKG_ATTR_LCT_STATUS LastClientTokenStatus;
} SecPkgContext_LastClientTokenStatus, *PSecPkgContext_LastClientTokenStatus;

static_assert(sizeof(SecHandle) == 2 * sizeof(void *), "two ULONG_PTRs");
static_assert(sizeof(SecBuffer) == 8 + sizeof(void *), "as on Windows");
static_assert(sizeof(SEC_CHANNEL_BINDINGS) == 32 && sizeof(TimeStamp) == 8, "as on Windows");
static_assert(sizeof(SEC_WINNT_AUTH_DATA) == 24 && sizeof(SEC_WINNT_AUTH_PACKED_CREDENTIALS) == 28,
              "as on Windows");
static_assert(sizeof(SEC_WINNT_AUTH_IDENTITY_EX2) == 48, "as on Windows");
static_assert(sizeof(void *) != 8 ||
                  (sizeof(SEC_WINNT_AUTH_IDENTITY_W) == 48 &&
                   sizeof(SEC_WINNT_AUTH_IDENTITY_EXW) == 72 && sizeof(SecPkgInfoW) == 32),
              "as on 64-bit Windows");

CS_EXTERN_C_BEGIN

/* EnumerateSecurityPackagesA, EnumerateSecurityPackagesW - the security packages there are.
 *
 * *ppPackageInfo receives an array of *pcPackages descriptions in one block, freed with
 * FreeContextBuffer.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_PARAMETER for a NULL pointer; SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe.
 * Source: sspi.h, EnumerateSecurityPackagesW
 */
SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesA(ULONG *pcPackages, PSecPkgInfoA *ppPackageInfo)
    CS_EXPORT(EnumerateSecurityPackagesA);
SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesW(ULONG *pcPackages, PSecPkgInfoW *ppPackageInfo)
    CS_EXPORT(EnumerateSecurityPackagesW);

/* QuerySecurityPackageInfoA, QuerySecurityPackageInfoW - what one security package is.
 *
 * The name is compared without case. cbMaxToken is the largest token the package makes. The
 * description is freed with FreeContextBuffer.
 *
 * Returns: SEC_E_OK; SEC_E_SECPKG_NOT_FOUND; SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe.
 * Source: sspi.h, QuerySecurityPackageInfoW
 */
SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoA(const SEC_CHAR *pszPackageName,
                                                    PSecPkgInfoA *ppPackageInfo)
    CS_EXPORT(QuerySecurityPackageInfoA);
SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(const SEC_WCHAR *pszPackageName,
                                                    PSecPkgInfoW *ppPackageInfo)
    CS_EXPORT(QuerySecurityPackageInfoW);

/* AcquireCredentialsHandleA, AcquireCredentialsHandleW - a handle to credentials.
 *
 * pAuthData NULL means: outbound, the client this thread impersonates, else the user's ticket
 * cache; inbound, the default keytab. Else it is a SEC_WINNT_AUTH_IDENTITY, _EX or _EX2 with a
 * password, or an _EX2 with a packed keytab. pszPrincipal names the credential where a cache or
 * keytab holds several, and may be NULL. pvLogonId must be NULL; pGetKeyFn is not called.
 * ptsExpiry may be NULL. The handle is closed with FreeCredentialsHandle.
 *
 * No KDC is asked: a wrong password shows when the first context is made, as on Windows.
 *
 * Returns: SEC_E_OK; SEC_E_SECPKG_NOT_FOUND; SEC_E_NO_CREDENTIALS (no cache, no keytab);
 * SEC_E_UNKNOWN_CREDENTIALS (credentials of a form not understood); SEC_E_INVALID_PARAMETER;
 * SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe.
 * Source: sspi.h, AcquireCredentialsHandle (Kerberos), AcquireCredentialsHandle (Negotiate)
 */
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleA(
    const SEC_CHAR *pszPrincipal, const SEC_CHAR *pszPackage, ULONG fCredentialUse, void *pvLogonId,
    void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument, PCredHandle phCredential,
    PTimeStamp ptsExpiry) CS_EXPORT(AcquireCredentialsHandleA);
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(
    const SEC_WCHAR *pszPrincipal, const SEC_WCHAR *pszPackage, ULONG fCredentialUse,
    void *pvLogonId, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
    PCredHandle phCredential, PTimeStamp ptsExpiry) CS_EXPORT(AcquireCredentialsHandleW);

/* AddCredentialsA, AddCredentialsW - add a credential to a handle; not supported.
 *
 * Returns: SEC_E_INVALID_HANDLE; else SEC_E_UNSUPPORTED_FUNCTION.
 * Threads: safe.
 * Source: sspi.h, AddCredentialsW
 */
SECURITY_STATUS SEC_ENTRY AddCredentialsA(PCredHandle hCredentials, const SEC_CHAR *pszPrincipal,
                                          const SEC_CHAR *pszPackage, ULONG fCredentialUse,
                                          void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                          void *pvGetKeyArgument, PTimeStamp ptsExpiry)
    CS_EXPORT(AddCredentialsA);
SECURITY_STATUS SEC_ENTRY AddCredentialsW(PCredHandle hCredentials, const SEC_WCHAR *pszPrincipal,
                                          const SEC_WCHAR *pszPackage, ULONG fCredentialUse,
                                          void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                          void *pvGetKeyArgument, PTimeStamp ptsExpiry)
    CS_EXPORT(AddCredentialsW);

/* FreeCredentialsHandle - close a credential handle.
 *
 * Contexts made with it live on.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE.
 * Threads: safe, also while other threads use the handle.
 * Source: sspi.h, FreeCredentialsHandle
 */
SECURITY_STATUS SEC_ENTRY FreeCredentialsHandle(PCredHandle phCredential)
    CS_EXPORT(FreeCredentialsHandle);
#define FreeCredentialHandle FreeCredentialsHandle

/* QueryCredentialsAttributesA, QueryCredentialsAttributesW - ask a credential about itself.
 *
 * SECPKG_CRED_ATTR_NAMES fills a SecPkgCredentials_Names; its string is freed with
 * FreeContextBuffer.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION for other attributes;
 * SEC_E_NO_CREDENTIALS; SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe.
 * Source: sspi.h, QueryCredentialsAttributesW
 */
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                                      void *pBuffer)
    CS_EXPORT(QueryCredentialsAttributesA);
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                                      void *pBuffer)
    CS_EXPORT(QueryCredentialsAttributesW);

/* QueryCredentialsAttributesExA, QueryCredentialsAttributesExW - the same, with the buffer's size.
 *
 * Returns: as QueryCredentialsAttributes; SEC_E_BUFFER_TOO_SMALL when cbBuffer is less than the
 * attribute's structure.
 * Threads: safe.
 * Source: sspi.h, QueryCredentialsAttributesExW
 */
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExA(PCredHandle phCredential, ULONG ulAttribute,
                                                        void *pBuffer, ULONG cbBuffer)
    CS_EXPORT(QueryCredentialsAttributesExA);
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExW(PCredHandle phCredential, ULONG ulAttribute,
                                                        void *pBuffer, ULONG cbBuffer)
    CS_EXPORT(QueryCredentialsAttributesExW);

/* SetCredentialsAttributesA, SetCredentialsAttributesW - not supported.
 *
 * Returns: SEC_E_INVALID_HANDLE; else SEC_E_UNSUPPORTED_FUNCTION.
 * Threads: safe.
 * Source: sspi.h, SetCredentialsAttributesW
 */
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
    CS_EXPORT(SetCredentialsAttributesA);
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
    CS_EXPORT(SetCredentialsAttributesW);

/* ChangeAccountPasswordA, ChangeAccountPasswordW - not supported.
 *
 * Returns: SEC_E_UNSUPPORTED_FUNCTION.
 * Threads: safe.
 * Source: sspi.h, ChangeAccountPasswordW
 */
SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordA(
    const SEC_CHAR *pszPackageName, const SEC_CHAR *pszDomainName, const SEC_CHAR *pszAccountName,
    const SEC_CHAR *pszOldPassword, const SEC_CHAR *pszNewPassword, BOOLEAN bImpersonating,
    ULONG dwReserved, PSecBufferDesc pOutput) CS_EXPORT(ChangeAccountPasswordA);
SECURITY_STATUS SEC_ENTRY
ChangeAccountPasswordW(const SEC_WCHAR *pszPackageName, const SEC_WCHAR *pszDomainName,
                       const SEC_WCHAR *pszAccountName, const SEC_WCHAR *pszOldPassword,
                       const SEC_WCHAR *pszNewPassword, BOOLEAN bImpersonating, ULONG dwReserved,
                       PSecBufferDesc pOutput) CS_EXPORT(ChangeAccountPasswordW);

/* InitializeSecurityContextA, InitializeSecurityContextW - one client leg of authentication.
 *
 * First call: phContext NULL, pszTargetName the service principal name (taken literally), pInput
 * NULL or with channel bindings only. Later calls: phContext the context, pInput the peer's token
 * in a SECBUFFER_TOKEN. phNewContext receives the context (and may be phContext itself). The
 * token for the peer comes in pOutput's SECBUFFER_TOKEN: into the caller's memory, or with
 * ISC_REQ_ALLOCATE_MEMORY into new memory freed with FreeContextBuffer. pfContextAttr receives
 * ISC_RET_ flags, complete when SEC_E_OK is returned; ptsExpiry may be NULL. A channel binding
 * is given in a SECBUFFER_CHANNEL_BINDINGS at the first call. Reserved1, Reserved2 and
 * TargetDataRep are not looked at.
 *
 * With ISC_REQ_USE_SESSION_KEY the target is an account that accepts with its ticket-granting
 * ticket and has no key: user-to-user, which the acceptor asks for with ASC_REQ_USE_SESSION_KEY. It
 * takes one message more each way.
 *
 * A first call that fails makes no context. After a later one that fails, delete the context.
 * SEC_E_BUFFER_TOO_SMALL is the exception, where we are kinder than Windows: the context is kept
 * (a first call makes it), cbBuffer says what is needed, and the same call once more with
 * phContext set and room enough hands the token over.
 *
 * Returns: SEC_E_OK when the context is established (send the token, if there is one);
 * SEC_I_CONTINUE_NEEDED (send the token, receive the answer, call again); SEC_E_INVALID_HANDLE;
 * SEC_E_INVALID_TOKEN; SEC_E_TARGET_UNKNOWN (the KDC knows no such name);
 * SEC_E_WRONG_PRINCIPAL; SEC_E_NO_CREDENTIALS; SEC_E_LOGON_DENIED;
 * SEC_E_NO_AUTHENTICATING_AUTHORITY; SEC_E_TIME_SKEW; SEC_E_MUTUAL_AUTH_FAILED;
 * SEC_E_BUFFER_TOO_SMALL; SEC_E_OUT_OF_SEQUENCE (a call the context does not expect);
 * SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe; calls on one context wait for each other.
 * Source: sspi.h, InitializeSecurityContext (Kerberos), InitializeSecurityContext (Negotiate)
 */
SECURITY_STATUS SEC_ENTRY InitializeSecurityContextA(
    PCredHandle phCredential, PCtxtHandle phContext, const SEC_CHAR *pszTargetName,
    ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
    PCtxtHandle phNewContext, PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry)
    CS_EXPORT(InitializeSecurityContextA);
SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(
    PCredHandle phCredential, PCtxtHandle phContext, const SEC_WCHAR *pszTargetName,
    ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
    PCtxtHandle phNewContext, PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry)
    CS_EXPORT(InitializeSecurityContextW);

/* AcceptSecurityContext - one server leg of authentication.
 *
 * First call: phContext NULL. pInput holds the peer's token in a SECBUFFER_TOKEN and, where the
 * channel is to be bound, a SECBUFFER_CHANNEL_BINDINGS. Everything else as in
 * InitializeSecurityContext, with ASC_REQ_ and ASC_RET_ flags. On failure pOutput may hold an
 * error token for the peer (its cbBuffer is then not zero).
 *
 * Returns: SEC_E_OK; SEC_I_CONTINUE_NEEDED; SEC_E_INVALID_HANDLE; SEC_E_INVALID_TOKEN;
 * SEC_E_LOGON_DENIED (also: the client's message was seen before); SEC_E_NO_KERB_KEY (no key for
 * the service asked); SEC_E_WRONG_PRINCIPAL; SEC_E_TIME_SKEW; SEC_E_BAD_BINDINGS;
 * SEC_E_CONTEXT_EXPIRED (the ticket); SEC_E_BUFFER_TOO_SMALL; SEC_E_OUT_OF_SEQUENCE;
 * SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe; calls on one context wait for each other.
 * Source: sspi.h, AcceptSecurityContext (Kerberos), AcceptSecurityContext (Negotiate)
 */
SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                                PSecBufferDesc pInput, ULONG fContextReq,
                                                ULONG TargetDataRep, PCtxtHandle phNewContext,
                                                PSecBufferDesc pOutput, ULONG *pfContextAttr,
                                                PTimeStamp ptsExpiry)
    CS_EXPORT(AcceptSecurityContext);

/* CompleteAuthToken - finish a token after the transport changed it.
 *
 * Only after SEC_I_COMPLETE_NEEDED or SEC_I_COMPLETE_AND_CONTINUE, which neither Kerberos nor
 * Negotiate returns.
 *
 * Returns: SEC_E_INVALID_HANDLE; else SEC_E_UNSUPPORTED_FUNCTION.
 * Threads: safe.
 * Source: sspi.h, CompleteAuthToken
 */
SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle phContext, PSecBufferDesc pToken)
    CS_EXPORT(CompleteAuthToken);

/* ApplyControlToken - not supported by Kerberos and Negotiate.
 *
 * Returns: SEC_E_INVALID_HANDLE; else SEC_E_UNSUPPORTED_FUNCTION.
 * Threads: safe.
 * Source: sspi.h, ApplyControlToken
 */
SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle phContext, PSecBufferDesc pInput)
    CS_EXPORT(ApplyControlToken);

/* DeleteSecurityContext - close a context.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE.
 * Threads: safe, also while other threads use the handle.
 * Source: sspi.h, DeleteSecurityContext
 */
SECURITY_STATUS SEC_ENTRY DeleteSecurityContext(PCtxtHandle phContext)
    CS_EXPORT(DeleteSecurityContext);

/* FreeContextBuffer - free what a function of these headers allocated for the caller.
 *
 * NULL is accepted.
 *
 * Returns: SEC_E_OK.
 * Threads: safe.
 * Source: sspi.h, FreeContextBuffer
 */
SECURITY_STATUS SEC_ENTRY FreeContextBuffer(void *pvContextBuffer) CS_EXPORT(FreeContextBuffer);

/* QueryContextAttributesA, QueryContextAttributesW - ask a context about itself.
 *
 * pBuffer is the attribute's SecPkgContext_ structure: SIZES, NAMES, NATIVE_NAMES, LIFESPAN,
 * SESSION_KEY, KEY_INFO, FLAGS, DCE_INFO, PACKAGE_INFO, NEGOTIATION_INFO, AUTHORITY,
 * ACCESS_TOKEN (the handle is the context's: do not close it), CLIENT_SPECIFIED_TARGET (the name
 * the client authenticated it wanted; on a client, the one it asked for) and
 * LAST_CLIENT_TOKEN_STATUS. Strings and blocks are freed with FreeContextBuffer, one by one.
 * NAMES is the client's name as "user@REALM". DCE_INFO's pPac is that name as a string.
 * PACKAGE_INFO, NEGOTIATION_INFO, FLAGS, CLIENT_SPECIFIED_TARGET and LAST_CLIENT_TOKEN_STATUS
 * may be asked before the context is established.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION (an attribute these
 * packages do not have, STREAM_SIZES among them); SEC_E_OUT_OF_SEQUENCE (not established yet);
 * SEC_E_TARGET_UNKNOWN (CLIENT_SPECIFIED_TARGET, the client named none);
 * SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe.
 * Source: sspi.h, QueryContextAttributes (Kerberos), QueryContextAttributes (Negotiate)
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute,
                                                  void *pBuffer) CS_EXPORT(QueryContextAttributesA);
SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute,
                                                  void *pBuffer) CS_EXPORT(QueryContextAttributesW);

/* QueryContextAttributesExA, QueryContextAttributesExW - the same, with the buffer's size.
 *
 * Returns: as QueryContextAttributes; SEC_E_BUFFER_TOO_SMALL when cbBuffer is less than the
 * attribute's structure.
 * Threads: safe.
 * Source: sspi.h, QueryContextAttributesExW
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(PCtxtHandle phContext, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
    CS_EXPORT(QueryContextAttributesExA);
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(PCtxtHandle phContext, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
    CS_EXPORT(QueryContextAttributesExW);

/* SetContextAttributesA, SetContextAttributesW - not supported.
 *
 * Returns: SEC_E_INVALID_HANDLE; else SEC_E_UNSUPPORTED_FUNCTION.
 * Threads: safe.
 * Source: sspi.h, SetContextAttributesW
 */
SECURITY_STATUS SEC_ENTRY SetContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute,
                                                void *pBuffer, ULONG cbBuffer)
    CS_EXPORT(SetContextAttributesA);
SECURITY_STATUS SEC_ENTRY SetContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute,
                                                void *pBuffer, ULONG cbBuffer)
    CS_EXPORT(SetContextAttributesW);

/* ImpersonateSecurityContext - make this thread's connections in the client's name.
 *
 * Until RevertSecurityContext, outbound credentials acquired on this thread without pAuthData
 * are the client's, and GetUserName says the client's name. Where the client delegated
 * (ISC_REQ_DELEGATE) they are what it handed over. Else the service asks its domain for tickets in
 * the client's name, as the account of its keytab (S4U2proxy): it gets those that the domain's
 * administrator allowed, and for others InitializeSecurityContext is SEC_E_DELEGATION_POLICY.
 *
 * Where we differ: Windows gives an identity for local access checks also where nothing can be
 * done in the client's name; this fails then, and CsImpersonateClient does not. For the kernel the
 * thread is the local account that the policy impersonation-map says, as in RpcImpersonateClient;
 * without a map it stays the process.
 *
 * Returns: SEC_E_OK; SEC_E_NO_IMPERSONATION (the client lets itself be identified only, the
 * context is a client's, or impersonation-map refuses); SEC_E_NO_CREDENTIALS (no account to ask
 * as); SEC_E_INVALID_HANDLE; SEC_E_OUT_OF_SEQUENCE (not established yet);
 * SEC_E_INSUFFICIENT_MEMORY. Threads: concerns the calling thread only. Source: sspi.h,
 * ImpersonateSecurityContext
 */
SECURITY_STATUS SEC_ENTRY ImpersonateSecurityContext(PCtxtHandle phContext)
    CS_EXPORT(ImpersonateSecurityContext);

/* RevertSecurityContext - end the impersonation ImpersonateSecurityContext began.
 *
 * Returns: SEC_E_OK (also when this thread impersonates nobody); SEC_E_INVALID_HANDLE.
 * Threads: concerns the calling thread only.
 * Source: sspi.h, RevertSecurityContext
 */
SECURITY_STATUS SEC_ENTRY RevertSecurityContext(PCtxtHandle phContext)
    CS_EXPORT(RevertSecurityContext);

/* QuerySecurityContextToken - a token that tells who the client of a server's context is.
 *
 * Read it with CsTokenGetName and CsTokenGetSids (countersign.h), close it with CloseHandle. It
 * outlives the context.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_OUT_OF_SEQUENCE (not established yet);
 * SEC_E_NO_IMPERSONATION (a client's context); SEC_E_INVALID_PARAMETER;
 * SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe.
 * Source: sspi.h, QuerySecurityContextToken
 */
SECURITY_STATUS SEC_ENTRY QuerySecurityContextToken(PCtxtHandle phContext, void **Token)
    CS_EXPORT(QuerySecurityContextToken);

/* MakeSignature - sign a message.
 *
 * pMessage has the message in SECBUFFER_DATA buffers and room for the signature in one
 * SECBUFFER_TOKEN (cbMaxSignature bytes), whose cbBuffer becomes the signature's length.
 * SECBUFFER_READONLY buffers are passed over, READONLY_WITH_CHECKSUM ones signed. This is
 * gss_get_mic; a wrapped message without encryption is EncryptMessage with
 * SECQOP_WRAP_NO_ENCRYPT.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_INVALID_TOKEN (no TOKEN buffer);
 * SEC_E_BUFFER_TOO_SMALL; SEC_E_CONTEXT_EXPIRED; SEC_E_OUT_OF_SEQUENCE (not established yet);
 * SEC_E_QOP_NOT_SUPPORTED; SEC_E_UNSUPPORTED_FUNCTION (the context has no integrity).
 * Threads: safe.
 * Source: sspi.h, MakeSignature
 */
SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                        ULONG MessageSeqNo) CS_EXPORT(MakeSignature);

/* VerifySignature - check a message MakeSignature signed.
 *
 * pMessage as there, the TOKEN's cbBuffer being the signature's length. pfQOP may be NULL.
 *
 * Returns: SEC_E_OK; SEC_E_MESSAGE_ALTERED; SEC_E_OUT_OF_SEQUENCE (replayed, or out of order);
 * SEC_E_INVALID_TOKEN; SEC_E_INVALID_HANDLE; SEC_E_CONTEXT_EXPIRED.
 * Threads: safe.
 * Source: sspi.h, VerifySignature
 */
SECURITY_STATUS SEC_ENTRY VerifySignature(PCtxtHandle phContext, PSecBufferDesc pMessage,
                                          ULONG MessageSeqNo, ULONG *pfQOP)
    CS_EXPORT(VerifySignature);

/* EncryptMessage - sign and encrypt a message in place.
 *
 * SECBUFFER_DATA buffers are encrypted where they are; one SECBUFFER_TOKEN has room for
 * cbSecurityTrailer bytes; a SECBUFFER_PADDING has room for cbBlockSize bytes. The cbBuffer of
 * those two become what was used. SECBUFFER_READONLY_WITH_CHECKSUM buffers are signed and left
 * in clear. fQOP is 0, or SECQOP_WRAP_NO_ENCRYPT to sign only.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_INVALID_TOKEN (no TOKEN buffer);
 * SEC_E_BUFFER_TOO_SMALL; SEC_E_QOP_NOT_SUPPORTED; SEC_E_CONTEXT_EXPIRED;
 * SEC_E_OUT_OF_SEQUENCE (not established yet); SEC_E_UNSUPPORTED_FUNCTION (the context has no
 * confidentiality).
 * Threads: safe.
 * Source: sspi.h, EncryptMessage (Kerberos), EncryptMessage (Negotiate)
 */
SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo) CS_EXPORT(EncryptMessage);

/* DecryptMessage - decrypt and check a message in place.
 *
 * Either the buffers EncryptMessage made, or one SECBUFFER_STREAM with the whole message (token
 * first) and one empty SECBUFFER_DATA, which then points to the plaintext inside the stream.
 * pfQOP may be NULL; it receives SECQOP_WRAP_NO_ENCRYPT when the message was only signed.
 *
 * Returns: SEC_E_OK; SEC_E_MESSAGE_ALTERED; SEC_E_OUT_OF_SEQUENCE (replayed, or out of order);
 * SEC_E_INVALID_TOKEN; SEC_E_INCOMPLETE_MESSAGE; SEC_E_INVALID_HANDLE; SEC_E_CONTEXT_EXPIRED.
 * Threads: safe.
 * Source: sspi.h, DecryptMessage (Kerberos), DecryptMessage (Negotiate)
 */
SECURITY_STATUS SEC_ENTRY DecryptMessage(PCtxtHandle phContext, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo, ULONG *pfQOP)
    CS_EXPORT(DecryptMessage);

/* ExportSecurityContext - not supported.
 *
 * Returns: SEC_E_INVALID_HANDLE; else SEC_E_UNSUPPORTED_FUNCTION.
 * Threads: safe.
 * Source: sspi.h, ExportSecurityContext
 */
SECURITY_STATUS SEC_ENTRY ExportSecurityContext(PCtxtHandle phContext, ULONG fFlags,
                                                PSecBuffer pPackedContext, void **pToken)
    CS_EXPORT(ExportSecurityContext);

/* ImportSecurityContextA, ImportSecurityContextW - not supported.
 *
 * Returns: SEC_E_UNSUPPORTED_FUNCTION.
 * Threads: safe.
 * Source: sspi.h, ImportSecurityContextW
 */
SECURITY_STATUS SEC_ENTRY ImportSecurityContextA(const SEC_CHAR *pszPackage,
                                                 PSecBuffer pPackedContext, void *Token,
                                                 PCtxtHandle phContext)
    CS_EXPORT(ImportSecurityContextA);
SECURITY_STATUS SEC_ENTRY ImportSecurityContextW(const SEC_WCHAR *pszPackage,
                                                 PSecBuffer pPackedContext, void *Token,
                                                 PCtxtHandle phContext)
    CS_EXPORT(ImportSecurityContextW);

CS_EXTERN_C_END

/* ---- the table of functions ---- */

typedef SECURITY_STATUS(SEC_ENTRY *ENUMERATE_SECURITY_PACKAGES_FN_W)(ULONG *pcPackages,
                                                                     PSecPkgInfoW *ppPackageInfo);
typedef SECURITY_STATUS(SEC_ENTRY *ENUMERATE_SECURITY_PACKAGES_FN_A)(ULONG *pcPackages,
                                                                     PSecPkgInfoA *ppPackageInfo);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_FN_W)(PCredHandle phCredential,
                                                                      ULONG ulAttribute,
                                                                      void *pBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_FN_A)(PCredHandle phCredential,
                                                                      ULONG ulAttribute,
                                                                      void *pBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *ACQUIRE_CREDENTIALS_HANDLE_FN_W)(
    const SEC_WCHAR *pszPrincipal, const SEC_WCHAR *pszPackage, ULONG fCredentialUse,
    void *pvLogonId, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
    PCredHandle phCredential, PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *ACQUIRE_CREDENTIALS_HANDLE_FN_A)(
    const SEC_CHAR *pszPrincipal, const SEC_CHAR *pszPackage, ULONG fCredentialUse, void *pvLogonId,
    void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument, PCredHandle phCredential,
    PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *FREE_CREDENTIALS_HANDLE_FN)(PCredHandle phCredential);
typedef SECURITY_STATUS(SEC_ENTRY *INITIALIZE_SECURITY_CONTEXT_FN_W)(
    PCredHandle phCredential, PCtxtHandle phContext, const SEC_WCHAR *pszTargetName,
    ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
    PCtxtHandle phNewContext, PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *INITIALIZE_SECURITY_CONTEXT_FN_A)(
    PCredHandle phCredential, PCtxtHandle phContext, const SEC_CHAR *pszTargetName,
    ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
    PCtxtHandle phNewContext, PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *ACCEPT_SECURITY_CONTEXT_FN)(
    PCredHandle phCredential, PCtxtHandle phContext, PSecBufferDesc pInput, ULONG fContextReq,
    ULONG TargetDataRep, PCtxtHandle phNewContext, PSecBufferDesc pOutput, ULONG *pfContextAttr,
    PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *COMPLETE_AUTH_TOKEN_FN)(PCtxtHandle phContext,
                                                           PSecBufferDesc pToken);
typedef SECURITY_STATUS(SEC_ENTRY *DELETE_SECURITY_CONTEXT_FN)(PCtxtHandle phContext);
typedef SECURITY_STATUS(SEC_ENTRY *APPLY_CONTROL_TOKEN_FN)(PCtxtHandle phContext,
                                                           PSecBufferDesc pInput);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle phContext,
                                                                  ULONG ulAttribute, void *pBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle phContext,
                                                                  ULONG ulAttribute, void *pBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *IMPERSONATE_SECURITY_CONTEXT_FN)(PCtxtHandle phContext);
typedef SECURITY_STATUS(SEC_ENTRY *REVERT_SECURITY_CONTEXT_FN)(PCtxtHandle phContext);
typedef SECURITY_STATUS(SEC_ENTRY *MAKE_SIGNATURE_FN)(PCtxtHandle phContext, ULONG fQOP,
                                                      PSecBufferDesc pMessage, ULONG MessageSeqNo);
typedef SECURITY_STATUS(SEC_ENTRY *VERIFY_SIGNATURE_FN)(PCtxtHandle phContext,
                                                        PSecBufferDesc pMessage, ULONG MessageSeqNo,
                                                        ULONG *pfQOP);
typedef SECURITY_STATUS(SEC_ENTRY *FREE_CONTEXT_BUFFER_FN)(void *pvContextBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_SECURITY_PACKAGE_INFO_FN_W)(
    const SEC_WCHAR *pszPackageName, PSecPkgInfoW *ppPackageInfo);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_SECURITY_PACKAGE_INFO_FN_A)(const SEC_CHAR *pszPackageName,
                                                                     PSecPkgInfoA *ppPackageInfo);
typedef SECURITY_STATUS(SEC_ENTRY *EXPORT_SECURITY_CONTEXT_FN)(PCtxtHandle phContext, ULONG fFlags,
                                                               PSecBuffer pPackedContext,
                                                               void **pToken);
typedef SECURITY_STATUS(SEC_ENTRY *IMPORT_SECURITY_CONTEXT_FN_W)(const SEC_WCHAR *pszPackage,
                                                                 PSecBuffer pPackedContext,
                                                                 void *Token,
                                                                 PCtxtHandle phContext);
typedef SECURITY_STATUS(SEC_ENTRY *IMPORT_SECURITY_CONTEXT_FN_A)(const SEC_CHAR *pszPackage,
                                                                 PSecBuffer pPackedContext,
                                                                 void *Token,
                                                                 PCtxtHandle phContext);
typedef SECURITY_STATUS(SEC_ENTRY *ADD_CREDENTIALS_FN_W)(
    PCredHandle hCredentials, const SEC_WCHAR *pszPrincipal, const SEC_WCHAR *pszPackage,
    ULONG fCredentialUse, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
    PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *ADD_CREDENTIALS_FN_A)(
    PCredHandle hCredentials, const SEC_CHAR *pszPrincipal, const SEC_CHAR *pszPackage,
    ULONG fCredentialUse, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
    PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_SECURITY_CONTEXT_TOKEN_FN)(PCtxtHandle phContext,
                                                                    void **Token);
typedef SECURITY_STATUS(SEC_ENTRY *ENCRYPT_MESSAGE_FN)(PCtxtHandle phContext, ULONG fQOP,
                                                       PSecBufferDesc pMessage, ULONG MessageSeqNo);
typedef SECURITY_STATUS(SEC_ENTRY *DECRYPT_MESSAGE_FN)(PCtxtHandle phContext,
                                                       PSecBufferDesc pMessage, ULONG MessageSeqNo,
                                                       ULONG *pfQOP);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle phContext,
                                                                ULONG ulAttribute, void *pBuffer,
                                                                ULONG cbBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle phContext,
                                                                ULONG ulAttribute, void *pBuffer,
                                                                ULONG cbBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CREDENTIALS_ATTRIBUTES_FN_W)(PCredHandle phCredential,
                                                                    ULONG ulAttribute,
                                                                    void *pBuffer, ULONG cbBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CREDENTIALS_ATTRIBUTES_FN_A)(PCredHandle phCredential,
                                                                    ULONG ulAttribute,
                                                                    void *pBuffer, ULONG cbBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *CHANGE_ACCOUNT_PASSWORD_FN_W)(
    const SEC_WCHAR *pszPackageName, const SEC_WCHAR *pszDomainName,
    const SEC_WCHAR *pszAccountName, const SEC_WCHAR *pszOldPassword,
    const SEC_WCHAR *pszNewPassword, BOOLEAN bImpersonating, ULONG dwReserved,
    PSecBufferDesc pOutput);
typedef SECURITY_STATUS(SEC_ENTRY *CHANGE_ACCOUNT_PASSWORD_FN_A)(
    const SEC_CHAR *pszPackageName, const SEC_CHAR *pszDomainName, const SEC_CHAR *pszAccountName,
    const SEC_CHAR *pszOldPassword, const SEC_CHAR *pszNewPassword, BOOLEAN bImpersonating,
    ULONG dwReserved, PSecBufferDesc pOutput);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_EX_FN_W)(PCtxtHandle phContext,
                                                                     ULONG ulAttribute,
                                                                     void *pBuffer, ULONG cbBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_EX_FN_A)(PCtxtHandle phContext,
                                                                     ULONG ulAttribute,
                                                                     void *pBuffer, ULONG cbBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W)(PCredHandle phCredential,
                                                                         ULONG ulAttribute,
                                                                         void *pBuffer,
                                                                         ULONG cbBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A)(PCredHandle phCredential,
                                                                         ULONG ulAttribute,
                                                                         void *pBuffer,
                                                                         ULONG cbBuffer);

/* clang-format off */
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION 1
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_2 2
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_3 3
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_4 4
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5 5
/* clang-format on */

typedef struct _SECURITY_FUNCTION_TABLE_W {
    ULONG dwVersion; /* SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5 */
    ENUMERATE_SECURITY_PACKAGES_FN_W EnumerateSecurityPackagesW;
    QUERY_CREDENTIALS_ATTRIBUTES_FN_W QueryCredentialsAttributesW;
    ACQUIRE_CREDENTIALS_HANDLE_FN_W AcquireCredentialsHandleW;
    FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
    void *Reserved2;
    INITIALIZE_SECURITY_CONTEXT_FN_W InitializeSecurityContextW;
    ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
    COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
    DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
    APPLY_CONTROL_TOKEN_FN ApplyControlToken;
    QUERY_CONTEXT_ATTRIBUTES_FN_W QueryContextAttributesW;
    IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
    REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
    MAKE_SIGNATURE_FN MakeSignature;
    VERIFY_SIGNATURE_FN VerifySignature;
    FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
    QUERY_SECURITY_PACKAGE_INFO_FN_W QuerySecurityPackageInfoW;
    void *Reserved3;
    void *Reserved4;
    EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
    IMPORT_SECURITY_CONTEXT_FN_W ImportSecurityContextW;
    ADD_CREDENTIALS_FN_W AddCredentialsW;
    void *Reserved8;
    QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
    ENCRYPT_MESSAGE_FN EncryptMessage;
    DECRYPT_MESSAGE_FN DecryptMessage;
    SET_CONTEXT_ATTRIBUTES_FN_W SetContextAttributesW;
    SET_CREDENTIALS_ATTRIBUTES_FN_W SetCredentialsAttributesW;
    CHANGE_ACCOUNT_PASSWORD_FN_W ChangeAccountPasswordW;
    QUERY_CONTEXT_ATTRIBUTES_EX_FN_W QueryContextAttributesExW;
    QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W QueryCredentialsAttributesExW;
} SecurityFunctionTableW, *PSecurityFunctionTableW;

typedef struct _SECURITY_FUNCTION_TABLE_A {
    ULONG dwVersion; /* SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5 */
    ENUMERATE_SECURITY_PACKAGES_FN_A EnumerateSecurityPackagesA;
    QUERY_CREDENTIALS_ATTRIBUTES_FN_A QueryCredentialsAttributesA;
    ACQUIRE_CREDENTIALS_HANDLE_FN_A AcquireCredentialsHandleA;
    FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
    void *Reserved2;
    INITIALIZE_SECURITY_CONTEXT_FN_A InitializeSecurityContextA;
    ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
    COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
    DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
    APPLY_CONTROL_TOKEN_FN ApplyControlToken;
    QUERY_CONTEXT_ATTRIBUTES_FN_A QueryContextAttributesA;
    IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
    REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
    MAKE_SIGNATURE_FN MakeSignature;
    VERIFY_SIGNATURE_FN VerifySignature;
    FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
    QUERY_SECURITY_PACKAGE_INFO_FN_A QuerySecurityPackageInfoA;
    void *Reserved3;
    void *Reserved4;
    EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
    IMPORT_SECURITY_CONTEXT_FN_A ImportSecurityContextA;
    ADD_CREDENTIALS_FN_A AddCredentialsA;
    void *Reserved8;
    QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
    ENCRYPT_MESSAGE_FN EncryptMessage;
    DECRYPT_MESSAGE_FN DecryptMessage;
    SET_CONTEXT_ATTRIBUTES_FN_A SetContextAttributesA;
    SET_CREDENTIALS_ATTRIBUTES_FN_A SetCredentialsAttributesA;
    CHANGE_ACCOUNT_PASSWORD_FN_A ChangeAccountPasswordA;
    QUERY_CONTEXT_ATTRIBUTES_EX_FN_A QueryContextAttributesExA;
    QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A QueryCredentialsAttributesExA;
} SecurityFunctionTableA, *PSecurityFunctionTableA;

static_assert(sizeof(SecurityFunctionTableW) == 32 * sizeof(void *), "as on Windows");

#define SECURITY_ENTRYPOINT_ANSIW "InitSecurityInterfaceW"
#define SECURITY_ENTRYPOINT_ANSIA "InitSecurityInterfaceA"

typedef PSecurityFunctionTableA(SEC_ENTRY *INIT_SECURITY_INTERFACE_A)(void);
typedef PSecurityFunctionTableW(SEC_ENTRY *INIT_SECURITY_INTERFACE_W)(void);

CS_EXTERN_C_BEGIN

/* InitSecurityInterfaceA, InitSecurityInterfaceW - the table of all these functions.
 *
 * The table is constant and never freed.
 *
 * Returns: the table; never NULL.
 * Threads: safe.
 * Source: sspi.h, InitSecurityInterfaceW
 */
PSecurityFunctionTableA SEC_ENTRY InitSecurityInterfaceA(void) CS_EXPORT(InitSecurityInterfaceA);
PSecurityFunctionTableW SEC_ENTRY InitSecurityInterfaceW(void) CS_EXPORT(InitSecurityInterfaceW);

CS_EXTERN_C_END

/* ---- the form UNICODE chooses ---- */

/* clang-format off */
#ifdef UNICODE
#define SecPkgInfo SecPkgInfoW
#define PSecPkgInfo PSecPkgInfoW
#define SecurityFunctionTable SecurityFunctionTableW
#define PSecurityFunctionTable PSecurityFunctionTableW
#define SecPkgContext_Names SecPkgContext_NamesW
#define PSecPkgContext_Names PSecPkgContext_NamesW
#define SecPkgContext_KeyInfo SecPkgContext_KeyInfoW
#define PSecPkgContext_KeyInfo PSecPkgContext_KeyInfoW
#define SecPkgContext_Authority SecPkgContext_AuthorityW
#define PSecPkgContext_Authority PSecPkgContext_AuthorityW
#define SecPkgContext_PackageInfo SecPkgContext_PackageInfoW
#define PSecPkgContext_PackageInfo PSecPkgContext_PackageInfoW
#define SecPkgContext_NegotiationInfo SecPkgContext_NegotiationInfoW
#define PSecPkgContext_NegotiationInfo PSecPkgContext_NegotiationInfoW
#define SecPkgContext_NativeNames SecPkgContext_NativeNamesW
#define PSecPkgContext_NativeNames PSecPkgContext_NativeNamesW
#define SecPkgCredentials_Names SecPkgCredentials_NamesW
#define PSecPkgCredentials_Names PSecPkgCredentials_NamesW
#define EnumerateSecurityPackages EnumerateSecurityPackagesW
#define QueryCredentialsAttributes QueryCredentialsAttributesW
#define AcquireCredentialsHandle AcquireCredentialsHandleW
#define InitializeSecurityContext InitializeSecurityContextW
#define QueryContextAttributes QueryContextAttributesW
#define QuerySecurityPackageInfo QuerySecurityPackageInfoW
#define ImportSecurityContext ImportSecurityContextW
#define AddCredentials AddCredentialsW
#define SetContextAttributes SetContextAttributesW
#define SetCredentialsAttributes SetCredentialsAttributesW
#define ChangeAccountPassword ChangeAccountPasswordW
#define QueryContextAttributesEx QueryContextAttributesExW
#define QueryCredentialsAttributesEx QueryCredentialsAttributesExW
#define InitSecurityInterface InitSecurityInterfaceW
#define SEC_WINNT_AUTH_IDENTITY_EX SEC_WINNT_AUTH_IDENTITY_EXW
#define PSEC_WINNT_AUTH_IDENTITY_EX PSEC_WINNT_AUTH_IDENTITY_EXW
#define SEC_WINNT_AUTH_IDENTITY SEC_WINNT_AUTH_IDENTITY_W
#define PSEC_WINNT_AUTH_IDENTITY PSEC_WINNT_AUTH_IDENTITY_W
#define INIT_SECURITY_INTERFACE INIT_SECURITY_INTERFACE_W
#define ENUMERATE_SECURITY_PACKAGES_FN ENUMERATE_SECURITY_PACKAGES_FN_W
#define QUERY_CREDENTIALS_ATTRIBUTES_FN QUERY_CREDENTIALS_ATTRIBUTES_FN_W
#define ACQUIRE_CREDENTIALS_HANDLE_FN ACQUIRE_CREDENTIALS_HANDLE_FN_W
#define INITIALIZE_SECURITY_CONTEXT_FN INITIALIZE_SECURITY_CONTEXT_FN_W
#define QUERY_CONTEXT_ATTRIBUTES_FN QUERY_CONTEXT_ATTRIBUTES_FN_W
#define QUERY_SECURITY_PACKAGE_INFO_FN QUERY_SECURITY_PACKAGE_INFO_FN_W
#define IMPORT_SECURITY_CONTEXT_FN IMPORT_SECURITY_CONTEXT_FN_W
#define ADD_CREDENTIALS_FN ADD_CREDENTIALS_FN_W
#define SET_CONTEXT_ATTRIBUTES_FN SET_CONTEXT_ATTRIBUTES_FN_W
#define SET_CREDENTIALS_ATTRIBUTES_FN SET_CREDENTIALS_ATTRIBUTES_FN_W
#define CHANGE_ACCOUNT_PASSWORD_FN CHANGE_ACCOUNT_PASSWORD_FN_W
#define QUERY_CONTEXT_ATTRIBUTES_EX_FN QUERY_CONTEXT_ATTRIBUTES_EX_FN_W
#define QUERY_CREDENTIALS_ATTRIBUTES_EX_FN QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W
#else
#define SecPkgInfo SecPkgInfoA
#define PSecPkgInfo PSecPkgInfoA
#define SecurityFunctionTable SecurityFunctionTableA
#define PSecurityFunctionTable PSecurityFunctionTableA
#define SecPkgContext_Names SecPkgContext_NamesA
#define PSecPkgContext_Names PSecPkgContext_NamesA
#define SecPkgContext_KeyInfo SecPkgContext_KeyInfoA
#define PSecPkgContext_KeyInfo PSecPkgContext_KeyInfoA
#define SecPkgContext_Authority SecPkgContext_AuthorityA
#define PSecPkgContext_Authority PSecPkgContext_AuthorityA
#define SecPkgContext_PackageInfo SecPkgContext_PackageInfoA
#define PSecPkgContext_PackageInfo PSecPkgContext_PackageInfoA
#define SecPkgContext_NegotiationInfo SecPkgContext_NegotiationInfoA
#define PSecPkgContext_NegotiationInfo PSecPkgContext_NegotiationInfoA
#define SecPkgContext_NativeNames SecPkgContext_NativeNamesA
#define PSecPkgContext_NativeNames PSecPkgContext_NativeNamesA
#define SecPkgCredentials_Names SecPkgCredentials_NamesA
#define PSecPkgCredentials_Names PSecPkgCredentials_NamesA
#define EnumerateSecurityPackages EnumerateSecurityPackagesA
#define QueryCredentialsAttributes QueryCredentialsAttributesA
#define AcquireCredentialsHandle AcquireCredentialsHandleA
#define InitializeSecurityContext InitializeSecurityContextA
#define QueryContextAttributes QueryContextAttributesA
#define QuerySecurityPackageInfo QuerySecurityPackageInfoA
#define ImportSecurityContext ImportSecurityContextA
#define AddCredentials AddCredentialsA
#define SetContextAttributes SetContextAttributesA
#define SetCredentialsAttributes SetCredentialsAttributesA
#define ChangeAccountPassword ChangeAccountPasswordA
#define QueryContextAttributesEx QueryContextAttributesExA
#define QueryCredentialsAttributesEx QueryCredentialsAttributesExA
#define InitSecurityInterface InitSecurityInterfaceA
#define SEC_WINNT_AUTH_IDENTITY_EX SEC_WINNT_AUTH_IDENTITY_EXA
#define PSEC_WINNT_AUTH_IDENTITY_EX PSEC_WINNT_AUTH_IDENTITY_EXA
#define SEC_WINNT_AUTH_IDENTITY SEC_WINNT_AUTH_IDENTITY_A
#define PSEC_WINNT_AUTH_IDENTITY PSEC_WINNT_AUTH_IDENTITY_A
#define INIT_SECURITY_INTERFACE INIT_SECURITY_INTERFACE_A
#define ENUMERATE_SECURITY_PACKAGES_FN ENUMERATE_SECURITY_PACKAGES_FN_A
#define QUERY_CREDENTIALS_ATTRIBUTES_FN QUERY_CREDENTIALS_ATTRIBUTES_FN_A
#define ACQUIRE_CREDENTIALS_HANDLE_FN ACQUIRE_CREDENTIALS_HANDLE_FN_A
#define INITIALIZE_SECURITY_CONTEXT_FN INITIALIZE_SECURITY_CONTEXT_FN_A
#define QUERY_CONTEXT_ATTRIBUTES_FN QUERY_CONTEXT_ATTRIBUTES_FN_A
#define QUERY_SECURITY_PACKAGE_INFO_FN QUERY_SECURITY_PACKAGE_INFO_FN_A
#define IMPORT_SECURITY_CONTEXT_FN IMPORT_SECURITY_CONTEXT_FN_A
#define ADD_CREDENTIALS_FN ADD_CREDENTIALS_FN_A
#define SET_CONTEXT_ATTRIBUTES_FN SET_CONTEXT_ATTRIBUTES_FN_A
#define SET_CREDENTIALS_ATTRIBUTES_FN SET_CREDENTIALS_ATTRIBUTES_FN_A
#define CHANGE_ACCOUNT_PASSWORD_FN CHANGE_ACCOUNT_PASSWORD_FN_A
#define QUERY_CONTEXT_ATTRIBUTES_EX_FN QUERY_CONTEXT_ATTRIBUTES_EX_FN_A
#define QUERY_CREDENTIALS_ATTRIBUTES_EX_FN QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A
#endif
/* clang-format on */

#endif
