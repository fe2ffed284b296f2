/* SPDX-License-Identifier: Apache-2.0
 * securitybaseapi.h - who a token's client is, as security identifiers, and what is done with them.
 *
 * Include it where it is used: windows.h does not, unlike Windows', since the IDL of many a
 * protocol has types of its own called SID and PSID. A token is one of QuerySecurityContextToken,
 * SECPKG_ATTR_ACCESS_TOKEN or OpenThreadToken. Its SIDs are those the domain controller vouched for
 * in the ticket (MS-PAC), and those Windows adds to everybody who came over the network: Everyone,
 * NETWORK, Authenticated Users (but not to guests), This Organization (but not to Other
 * Organization). Groups of this host are none: it has no account database. A ticket without a PAC
 * proves a name and no SID: what asks for one fails.
 */
#ifndef COUNTERSIGN_SECURITYBASEAPI_H
#define COUNTERSIGN_SECURITYBASEAPI_H

#include "cslink.h"
#include "winnt.h"

CS_EXTERN_C_BEGIN

/* GetTokenInformation - what a token tells.
 *
 * TokenUser, TokenGroups, TokenPrimaryGroup: one block, whose PSIDs point into it; the attributes
 * are the domain controller's (MS-PAC 2.2.1). TokenType: a TOKEN_TYPE, always TokenImpersonation.
 * TokenImpersonationLevel: SecurityDelegation where the client delegated a ticket,
 * SecurityIdentification where it asked for no more, else SecurityImpersonation. TokenStatistics:
 * AuthenticationId is the same for all tokens of one security context, and that of no other;
 * PrivilegeCount, DynamicCharged and DynamicAvailable are 0.
 * *ReturnLength receives the bytes that are needed or were written. TokenInformation is aligned as
 * for a pointer, as malloc and HeapAlloc do it; it may be NULL where the length is 0.
 *
 * Returns: TRUE; FALSE on failure: ERROR_INSUFFICIENT_BUFFER; ERROR_NONE_MAPPED for SIDs of a token
 * that has none; ERROR_NOT_SUPPORTED for another class; ERROR_INVALID_HANDLE;
 * ERROR_INVALID_PARAMETER.
 * Threads: safe.
 * Source: securitybaseapi.h, GetTokenInformation
 */
BOOL GetTokenInformation(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                         LPVOID TokenInformation, DWORD TokenInformationLength, PDWORD ReturnLength)
    CS_EXPORT(GetTokenInformation);

/* CheckTokenMembership - whether a SID is enabled in a token: as its user, or as a group.
 *
 * A NULL TokenHandle is the token of whom the thread impersonates. A group that is there to be
 * denied only, or is not enabled, does not count.
 *
 * Returns: TRUE, and the answer in *IsMember; FALSE on failure: ERROR_NO_TOKEN where the thread
 * impersonates nobody; ERROR_NONE_MAPPED for a token without SIDs; ERROR_INVALID_SID;
 * ERROR_INVALID_HANDLE; ERROR_INVALID_PARAMETER. *IsMember is FALSE then.
 * Threads: safe.
 * Source: securitybaseapi.h, CheckTokenMembership
 */
BOOL CheckTokenMembership(HANDLE TokenHandle, PSID SidToCheck, PBOOL IsMember)
    CS_EXPORT(CheckTokenMembership);

/* RevertToSelf - end the impersonation of this thread, whatever began it.
 *
 * Returns: TRUE; also where the thread impersonates nobody.
 * Threads: concerns the calling thread only.
 * Source: securitybaseapi.h, RevertToSelf
 */
BOOL RevertToSelf(void) CS_EXPORT(RevertToSelf);

/* IsValidSid - whether a SID has a known revision and no more subauthorities than 15.
 *
 * Returns: TRUE or FALSE; FALSE for NULL.
 * Threads: safe.
 * Source: securitybaseapi.h, IsValidSid
 */
BOOL IsValidSid(PSID pSid) CS_EXPORT(IsValidSid);

/* EqualSid - whether two SIDs are one.
 *
 * Returns: TRUE or FALSE; for one that is not valid FALSE with ERROR_INVALID_SID; for two that
 * differ FALSE with ERROR_SUCCESS.
 * Threads: safe.
 * Source: securitybaseapi.h, EqualSid
 */
BOOL EqualSid(PSID pSid1, PSID pSid2) CS_EXPORT(EqualSid);

/* EqualPrefixSid - whether two SIDs are of one domain: the same but for their last subauthority.
 *
 * Returns: as EqualSid.
 * Threads: safe.
 * Source: securitybaseapi.h, EqualPrefixSid
 */
BOOL EqualPrefixSid(PSID pSid1, PSID pSid2) CS_EXPORT(EqualPrefixSid);

/* GetLengthSid, GetSidLengthRequired - the bytes of a SID, or of one with so many subauthorities.
 *
 * Returns: the number; of a SID that is not valid 0, with ERROR_INVALID_SID.
 * Threads: safe.
 * Source: securitybaseapi.h, GetLengthSid, GetSidLengthRequired
 */
DWORD GetLengthSid(PSID pSid) CS_EXPORT(GetLengthSid);
DWORD GetSidLengthRequired(UCHAR nSubAuthorityCount) CS_EXPORT(GetSidLengthRequired);

/* CopySid - copy a SID into memory of the caller.
 *
 * Returns: TRUE; FALSE on failure: ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_SID,
 * ERROR_INVALID_PARAMETER.
 * Threads: safe.
 * Source: securitybaseapi.h, CopySid
 */
BOOL CopySid(DWORD nDestinationSidLength, PSID pDestinationSid, PSID pSourceSid) CS_EXPORT(CopySid);

/* InitializeSid - make a SID in memory of the caller, whose subauthorities are to be set.
 *
 * The memory has GetSidLengthRequired bytes. The subauthorities are 0.
 *
 * Returns: TRUE; FALSE on failure: ERROR_INVALID_PARAMETER (NULL, or more than 15 subauthorities).
 * Threads: safe.
 * Source: securitybaseapi.h, InitializeSid
 */
BOOL InitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY pIdentifierAuthority,
                   BYTE nSubAuthorityCount) CS_EXPORT(InitializeSid);

/* AllocateAndInitializeSid - make a SID of up to eight subauthorities.
 *
 * Returns: TRUE, and the SID for FreeSid; FALSE on failure: ERROR_INVALID_PARAMETER (NULL, or a
 * count above 8), ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: securitybaseapi.h, AllocateAndInitializeSid
 */
BOOL AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY pIdentifierAuthority,
                              BYTE nSubAuthorityCount, DWORD nSubAuthority0, DWORD nSubAuthority1,
                              DWORD nSubAuthority2, DWORD nSubAuthority3, DWORD nSubAuthority4,
                              DWORD nSubAuthority5, DWORD nSubAuthority6, DWORD nSubAuthority7,
                              PSID *pSid) CS_EXPORT(AllocateAndInitializeSid);

/* FreeSid - free a SID of AllocateAndInitializeSid; NULL is accepted.
 *
 * Returns: NULL.
 * Threads: safe.
 * Source: securitybaseapi.h, FreeSid
 */
PVOID FreeSid(PSID pSid) CS_EXPORT(FreeSid);

/* GetSidIdentifierAuthority, GetSidSubAuthorityCount, GetSidSubAuthority - the parts of a SID.
 *
 * They may be changed through the pointers.
 *
 * Returns: a pointer into the SID; NULL with ERROR_INVALID_SID where it is not valid, and with
 * ERROR_INVALID_PARAMETER where it has no such subauthority (Windows' result is then undefined).
 * Threads: safe.
 * Source: securitybaseapi.h, GetSidIdentifierAuthority, GetSidSubAuthorityCount, GetSidSubAuthority
 */
PSID_IDENTIFIER_AUTHORITY
GetSidIdentifierAuthority(PSID pSid) CS_EXPORT(GetSidIdentifierAuthority);
PUCHAR GetSidSubAuthorityCount(PSID pSid) CS_EXPORT(GetSidSubAuthorityCount);
PDWORD GetSidSubAuthority(PSID pSid, DWORD nSubAuthority) CS_EXPORT(GetSidSubAuthority);

CS_EXTERN_C_END

#endif
