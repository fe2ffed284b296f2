/* SPDX-License-Identifier: Apache-2.0
 * authz.h - whether a client may do something to an object: what RPC servers use of it.
 *
 * A client context is made of a token, whose SIDs the domain controller vouched for, or of one SID.
 * It has no privileges. Nothing is audited, and no resource manager has callbacks: conditional
 * entries of a DACL grant nothing, and deny as if their condition held.
 */
#ifndef COUNTERSIGN_AUTHZ_H
#define COUNTERSIGN_AUTHZ_H

#include "cslink.h"
#include "sddl.h"
#include "securitybaseapi.h"
#include "windows.h"

#define AUTHZ_RM_FLAG_NO_AUDIT 0x1
#define AUTHZ_RM_FLAG_INITIALIZE_UNDER_IMPERSONATION 0x2
#define AUTHZ_SKIP_TOKEN_GROUPS 0x2
#define AUTHZ_REQUIRE_S4U_LOGON 0x4
#define AUTHZ_ACCESS_CHECK_NO_DEEP_COPY_SD 0x1

typedef HANDLE AUTHZ_RESOURCE_MANAGER_HANDLE, *PAUTHZ_RESOURCE_MANAGER_HANDLE;
typedef HANDLE AUTHZ_CLIENT_CONTEXT_HANDLE, *PAUTHZ_CLIENT_CONTEXT_HANDLE;
typedef HANDLE AUTHZ_AUDIT_EVENT_HANDLE, *PAUTHZ_AUDIT_EVENT_HANDLE;
typedef HANDLE AUTHZ_ACCESS_CHECK_RESULTS_HANDLE, *PAUTHZ_ACCESS_CHECK_RESULTS_HANDLE;

typedef struct _AUTHZ_ACCESS_REQUEST {
    ACCESS_MASK DesiredAccess; /* no generic rights: the program maps those of its object */
    PSID PrincipalSelfSid;
    POBJECT_TYPE_LIST ObjectTypeList;
    DWORD ObjectTypeListLength;
    PVOID OptionalArguments;
} AUTHZ_ACCESS_REQUEST, *PAUTHZ_ACCESS_REQUEST;

typedef struct _AUTHZ_ACCESS_REPLY {
    DWORD ResultListLength; /* 1, or that of the list of object types */
    PACCESS_MASK GrantedAccessMask;
    PDWORD SaclEvaluationResults; /* not written: nothing is audited */
    PDWORD Error;
} AUTHZ_ACCESS_REPLY, *PAUTHZ_ACCESS_REPLY;

/* Those AuthzGetInformationFromContext answers for; it refuses every other number. */
typedef enum _AUTHZ_CONTEXT_INFORMATION_CLASS {
    AuthzContextInfoUserSid = 1,
    AuthzContextInfoGroupsSids = 2,
    AuthzContextInfoIdentifier = 7
} AUTHZ_CONTEXT_INFORMATION_CLASS;

typedef BOOL(CALLBACK *PFN_AUTHZ_DYNAMIC_ACCESS_CHECK)(AUTHZ_CLIENT_CONTEXT_HANDLE hContext,
                                                       PVOID pAce, PVOID pArgs,
                                                       PBOOL pbAceApplicable);
typedef BOOL(CALLBACK *PFN_AUTHZ_COMPUTE_DYNAMIC_GROUPS)(
    AUTHZ_CLIENT_CONTEXT_HANDLE hContext, PVOID Args, PSID_AND_ATTRIBUTES *pSidAttrArray,
    PDWORD pSidCount, PSID_AND_ATTRIBUTES *pRestrictedSidAttrArray, PDWORD pRestrictedSidCount);
typedef VOID(CALLBACK *PFN_AUTHZ_FREE_DYNAMIC_GROUPS)(PSID_AND_ATTRIBUTES pSidAttrArray);

CS_EXTERN_C_BEGIN

/* AuthzInitializeResourceManager - what client contexts are made for.
 *
 * The callbacks must be NULL (ERROR_NOT_SUPPORTED). Flags are as documented; nothing is audited
 * with any of them. The name is not looked at.
 *
 * Returns: TRUE, and a handle for AuthzFreeResourceManager; FALSE on failure: ERROR_NOT_SUPPORTED,
 * ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: authz.h, AuthzInitializeResourceManager
 */
BOOL AuthzInitializeResourceManager(DWORD Flags,
                                    PFN_AUTHZ_DYNAMIC_ACCESS_CHECK pfnDynamicAccessCheck,
                                    PFN_AUTHZ_COMPUTE_DYNAMIC_GROUPS pfnComputeDynamicGroups,
                                    PFN_AUTHZ_FREE_DYNAMIC_GROUPS pfnFreeDynamicGroups,
                                    LPCWSTR szResourceManagerName,
                                    PAUTHZ_RESOURCE_MANAGER_HANDLE phAuthzResourceManager)
    CS_EXPORT(AuthzInitializeResourceManager);

/* AuthzFreeResourceManager - close a resource manager. Its client contexts stay.
 *
 * Returns: TRUE; FALSE on failure: ERROR_INVALID_HANDLE.
 * Threads: safe.
 * Source: authz.h, AuthzFreeResourceManager
 */
BOOL AuthzFreeResourceManager(AUTHZ_RESOURCE_MANAGER_HANDLE hAuthzResourceManager)
    CS_EXPORT(AuthzFreeResourceManager);

/* AuthzInitializeContextFromToken - the client of a token: its user and groups.
 *
 * The token may be closed after. pExpirationTime and DynamicGroupArgs are not looked at; Flags must
 * be 0.
 *
 * Returns: TRUE, and a handle for AuthzFreeContext; FALSE on failure: ERROR_NONE_MAPPED for a token
 * that proves no SID, its ticket having had no PAC; ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
 * ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: authz.h, AuthzInitializeContextFromToken
 */
BOOL AuthzInitializeContextFromToken(DWORD Flags, HANDLE TokenHandle,
                                     AUTHZ_RESOURCE_MANAGER_HANDLE hAuthzResourceManager,
                                     PLARGE_INTEGER pExpirationTime, LUID Identifier,
                                     PVOID DynamicGroupArgs,
                                     PAUTHZ_CLIENT_CONTEXT_HANDLE phAuthzClientContext)
    CS_EXPORT(AuthzInitializeContextFromToken);

/* AuthzInitializeContextFromSid - a client that is one SID.
 *
 * Flags must be AUTHZ_SKIP_TOKEN_GROUPS: nobody here knows of whose groups a SID is, and a check
 * without them would be a guess.
 *
 * Returns: TRUE, and a handle for AuthzFreeContext; FALSE on failure: ERROR_NOT_SUPPORTED for other
 * flags; ERROR_INVALID_HANDLE, ERROR_INVALID_SID, ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: authz.h, AuthzInitializeContextFromSid
 */
BOOL AuthzInitializeContextFromSid(DWORD Flags, PSID UserSid,
                                   AUTHZ_RESOURCE_MANAGER_HANDLE hAuthzResourceManager,
                                   PLARGE_INTEGER pExpirationTime, LUID Identifier,
                                   PVOID DynamicGroupArgs,
                                   PAUTHZ_CLIENT_CONTEXT_HANDLE phAuthzClientContext)
    CS_EXPORT(AuthzInitializeContextFromSid);

/* AuthzAddSidsToContext - a client context with the SIDs of another, and more groups.
 *
 * The one it is made of stays. RestrictedSids must be none (ERROR_NOT_SUPPORTED). Of the attributes
 * SE_GROUP_ENABLED and SE_GROUP_USE_FOR_DENY_ONLY count; a group with neither is not looked at.
 *
 * Returns: TRUE, and a handle for AuthzFreeContext; FALSE on failure: ERROR_NOT_SUPPORTED;
 * ERROR_INVALID_HANDLE, ERROR_INVALID_SID, ERROR_INVALID_PARAMETER (also for more than 4096),
 * ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: authz.h, AuthzAddSidsToContext
 */
BOOL AuthzAddSidsToContext(AUTHZ_CLIENT_CONTEXT_HANDLE hAuthzClientContext,
                           PSID_AND_ATTRIBUTES Sids, DWORD SidCount,
                           PSID_AND_ATTRIBUTES RestrictedSids, DWORD RestrictedSidCount,
                           PAUTHZ_CLIENT_CONTEXT_HANDLE phNewAuthzClientContext)
    CS_EXPORT(AuthzAddSidsToContext);

/* AuthzFreeContext - close a client context.
 *
 * Returns: TRUE; FALSE on failure: ERROR_INVALID_HANDLE.
 * Threads: safe.
 * Source: authz.h, AuthzFreeContext
 */
BOOL AuthzFreeContext(AUTHZ_CLIENT_CONTEXT_HANDLE hAuthzClientContext) CS_EXPORT(AuthzFreeContext);

/* AuthzGetInformationFromContext - who a client context is.
 *
 * AuthzContextInfoUserSid: a TOKEN_USER; AuthzContextInfoGroupsSids: a TOKEN_GROUPS, whose PSIDs
 * point into the block; AuthzContextInfoIdentifier: the LUID it was made with. Buffer is aligned
 * as malloc does it; it may be NULL where BufferSize is 0.
 *
 * Returns: TRUE; FALSE on failure: ERROR_INSUFFICIENT_BUFFER, *pSizeRequired then says what is
 * needed; ERROR_NOT_SUPPORTED for another class; ERROR_INVALID_HANDLE; ERROR_INVALID_PARAMETER.
 * Threads: safe.
 * Source: authz.h, AuthzGetInformationFromContext
 */
BOOL AuthzGetInformationFromContext(AUTHZ_CLIENT_CONTEXT_HANDLE hAuthzClientContext,
                                    AUTHZ_CONTEXT_INFORMATION_CLASS InfoClass, DWORD BufferSize,
                                    PDWORD pSizeRequired, PVOID Buffer)
    CS_EXPORT(AuthzGetInformationFromContext);

/* AuthzAccessCheck - whether a client may do to an object what it asks for.
 *
 * The descriptor is self-relative, and is believed to be as long as its own offsets say. Generic
 * rights are bits like others. With a list of object types, of up to 1000 nodes, the reply has
 * one result, the root's, or one for each node. hAuditEvent, OptionalSecurityDescriptorArray and
 * phAccessCheckResults must be NULL (ERROR_NOT_SUPPORTED).
 * Error[i] is ERROR_SUCCESS; ERROR_ACCESS_DENIED, also where nothing is asked for; or
 * ERROR_PRIVILEGE_NOT_HELD for ACCESS_SYSTEM_SECURITY. GrantedAccessMask[i] is 0 unless it is
 * ERROR_SUCCESS. A function that fails has denied everything in the reply.
 *
 * Returns: TRUE where it is decided, either way: the decision is in Error; FALSE on failure:
 * ERROR_NOT_SUPPORTED, ERROR_INVALID_SECURITY_DESCR, ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: authz.h, AuthzAccessCheck
 */
BOOL AuthzAccessCheck(DWORD Flags, AUTHZ_CLIENT_CONTEXT_HANDLE hAuthzClientContext,
                      PAUTHZ_ACCESS_REQUEST pRequest, AUTHZ_AUDIT_EVENT_HANDLE hAuditEvent,
                      PSECURITY_DESCRIPTOR pSecurityDescriptor,
                      PSECURITY_DESCRIPTOR *OptionalSecurityDescriptorArray,
                      DWORD OptionalSecurityDescriptorCount, PAUTHZ_ACCESS_REPLY pReply,
                      PAUTHZ_ACCESS_CHECK_RESULTS_HANDLE phAccessCheckResults)
    CS_EXPORT(AuthzAccessCheck);

CS_EXTERN_C_END

#endif
