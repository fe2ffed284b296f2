/* SPDX-License-Identifier: Apache-2.0
 * sddl.h - security descriptors and SIDs as text, and back.
 *
 * The descriptors are self-relative. What a function gives is freed with LocalFree. The A form is
 * UTF-8, of which SDDL uses ASCII only.
 */
#ifndef COUNTERSIGN_SDDL_H
#define COUNTERSIGN_SDDL_H

#include "cslink.h"
#include "windows.h"

#define SDDL_REVISION_1 1
#define SDDL_REVISION SDDL_REVISION_1

typedef PVOID PSID;
typedef PVOID PSECURITY_DESCRIPTOR;
typedef DWORD SECURITY_INFORMATION, *PSECURITY_INFORMATION;

#define OWNER_SECURITY_INFORMATION 0x00000001U
#define GROUP_SECURITY_INFORMATION 0x00000002U
#define DACL_SECURITY_INFORMATION 0x00000004U
#define SACL_SECURITY_INFORMATION 0x00000008U

CS_EXTERN_C_BEGIN

/* ConvertStringSecurityDescriptorToSecurityDescriptor - a security descriptor of its text (SDDL).
 *
 * All names of accounts and rights that are documented are known. Names of accounts of a domain
 * ("DA") are refused, since this host has no domain whose SID were known: write the SID, or use
 * CsConvertStringSecurityDescriptorInDomain. Conditional and resource attribute entries are
 * refused. SecurityDescriptorSize may be NULL.
 *
 * Returns: TRUE, and the descriptor for LocalFree; FALSE on failure: ERROR_INVALID_PARAMETER,
 * ERROR_UNKNOWN_REVISION, ERROR_NOT_SUPPORTED, ERROR_INVALID_DATA (more than 64 KiB),
 * ERROR_NOT_ENOUGH_MEMORY. CsGetErrorDetail says which character.
 * Threads: safe.
 * Source: sddl.h, ConvertStringSecurityDescriptorToSecurityDescriptorA,
 * ConvertStringSecurityDescriptorToSecurityDescriptorW
 */
BOOL ConvertStringSecurityDescriptorToSecurityDescriptorA(LPCSTR StringSecurityDescriptor,
                                                          DWORD StringSDRevision,
                                                          PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                                          PULONG SecurityDescriptorSize)
    CS_EXPORT(ConvertStringSecurityDescriptorToSecurityDescriptorA);
BOOL ConvertStringSecurityDescriptorToSecurityDescriptorW(LPCWSTR StringSecurityDescriptor,
                                                          DWORD StringSDRevision,
                                                          PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                                          PULONG SecurityDescriptorSize)
    CS_EXPORT(ConvertStringSecurityDescriptorToSecurityDescriptorW);

/* CsConvertStringSecurityDescriptorInDomain - the same, where a domain's SID is known.
 *
 * Domain is what names such as "DA" (Domain Admins) are relative to, RootDomain the forest's first
 * domain, for "EA", "SA", "RO" and "EK". Either may be NULL: its names are refused then.
 *
 * Returns: as ConvertStringSecurityDescriptorToSecurityDescriptor.
 * Threads: safe.
 * Source: none; our own
 */
BOOL CsConvertStringSecurityDescriptorInDomain(LPCSTR StringSecurityDescriptor, PSID Domain,
                                               PSID RootDomain,
                                               PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                               PULONG SecurityDescriptorSize)
    CS_EXPORT(CsConvertStringSecurityDescriptorInDomain);

/* ConvertSecurityDescriptorToStringSecurityDescriptor - the text of a security descriptor.
 *
 * SecurityInformation says which parts, those that are there. The descriptor must be self-relative,
 * and is believed to be as long as its own offsets say. StringSecurityDescriptorLen may be NULL;
 * it is in characters, the zero counted.
 *
 * Returns: TRUE, and the text for LocalFree; FALSE on failure: ERROR_INVALID_PARAMETER,
 * ERROR_UNKNOWN_REVISION, ERROR_INVALID_SECURITY_DESCR, ERROR_NOT_SUPPORTED (an entry that has no
 * form as text here, or a descriptor that is not self-relative), ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: sddl.h, ConvertSecurityDescriptorToStringSecurityDescriptorA,
 * ConvertSecurityDescriptorToStringSecurityDescriptorW
 */
BOOL ConvertSecurityDescriptorToStringSecurityDescriptorA(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                          DWORD RequestedStringSDRevision,
                                                          SECURITY_INFORMATION SecurityInformation,
                                                          LPSTR *StringSecurityDescriptor,
                                                          PULONG StringSecurityDescriptorLen)
    CS_EXPORT(ConvertSecurityDescriptorToStringSecurityDescriptorA);
BOOL ConvertSecurityDescriptorToStringSecurityDescriptorW(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                          DWORD RequestedStringSDRevision,
                                                          SECURITY_INFORMATION SecurityInformation,
                                                          LPWSTR *StringSecurityDescriptor,
                                                          PULONG StringSecurityDescriptorLen)
    CS_EXPORT(ConvertSecurityDescriptorToStringSecurityDescriptorW);

/* ConvertSidToStringSid - a SID as text, "S-1-5-32-544".
 *
 * Returns: TRUE, and the text for LocalFree; FALSE on failure: ERROR_INVALID_SID,
 * ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: sddl.h, ConvertSidToStringSidA, ConvertSidToStringSidW
 */
BOOL ConvertSidToStringSidA(PSID Sid, LPSTR *StringSid) CS_EXPORT(ConvertSidToStringSidA);
BOOL ConvertSidToStringSidW(PSID Sid, LPWSTR *StringSid) CS_EXPORT(ConvertSidToStringSidW);

/* ConvertStringSidToSid - a SID of its text.
 *
 * As documented, the names of SDDL ("BA") are none.
 *
 * Returns: TRUE, and the SID for LocalFree; FALSE on failure: ERROR_INVALID_SID,
 * ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: sddl.h, ConvertStringSidToSidA, ConvertStringSidToSidW
 */
BOOL ConvertStringSidToSidA(LPCSTR StringSid, PSID *Sid) CS_EXPORT(ConvertStringSidToSidA);
BOOL ConvertStringSidToSidW(LPCWSTR StringSid, PSID *Sid) CS_EXPORT(ConvertStringSidToSidW);

CS_EXTERN_C_END

#ifdef UNICODE
#define ConvertStringSecurityDescriptorToSecurityDescriptor                                        \
    ConvertStringSecurityDescriptorToSecurityDescriptorW
#define ConvertSecurityDescriptorToStringSecurityDescriptor                                        \
    ConvertSecurityDescriptorToStringSecurityDescriptorW
#define ConvertSidToStringSid ConvertSidToStringSidW
#define ConvertStringSidToSid ConvertStringSidToSidW
#else
#define ConvertStringSecurityDescriptorToSecurityDescriptor                                        \
    ConvertStringSecurityDescriptorToSecurityDescriptorA
#define ConvertSecurityDescriptorToStringSecurityDescriptor                                        \
    ConvertSecurityDescriptorToStringSecurityDescriptorA
#define ConvertSidToStringSid ConvertSidToStringSidA
#define ConvertStringSidToSid ConvertStringSidToSidA
#endif

#endif
