/* SPDX-License-Identifier: Apache-2.0
 * api_sid.c - SIDs as programs hold them: made, compared, copied.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "countersign/securitybaseapi.h"
#include "win32/last_error.h"
#include "win32/native_sid.h"

enum { ALLOCATED_MAX = 8 };

/* Sets the last error, of a success too where FALSE may be an answer. */
static bool valid(PSID sid)
{
    bool is = native_sid_valid(sid);

    SetLastError(is ? ERROR_SUCCESS : ERROR_INVALID_SID);
    return is;
}

BOOL IsValidSid(PSID pSid)
{
    return native_sid_valid(pSid);
}

BOOL EqualSid(PSID pSid1, PSID pSid2)
{
    return valid(pSid1) && valid(pSid2) && native_sid_size(pSid1) == native_sid_size(pSid2) &&
           memcmp(pSid1, pSid2, native_sid_size(pSid1)) == 0;
}

BOOL EqualPrefixSid(PSID pSid1, PSID pSid2)
{
    size_t size;

    if (!valid(pSid1) || !valid(pSid2) || native_sid_size(pSid1) != native_sid_size(pSid2))
        return FALSE;
    size = native_sid_size(pSid1);
    if (((PISID)pSid1)->SubAuthorityCount)
        size -= sizeof(DWORD);
    return memcmp(pSid1, pSid2, size) == 0;
}

DWORD GetLengthSid(PSID pSid)
{
    return valid(pSid) ? (DWORD)native_sid_size(pSid) : 0;
}

DWORD GetSidLengthRequired(UCHAR nSubAuthorityCount)
{
    return (DWORD)offsetof(SID, SubAuthority) + 4U * nSubAuthorityCount;
}

BOOL CopySid(DWORD nDestinationSidLength, PSID pDestinationSid, PSID pSourceSid)
{
    if (!valid(pSourceSid))
        return FALSE;
    if (!pDestinationSid)
        return win32_bool(ERR_INVALID_PARAMETER);
    if (nDestinationSidLength < native_sid_size(pSourceSid)) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return FALSE;
    }
    memmove(pDestinationSid, pSourceSid, native_sid_size(pSourceSid));
    return TRUE;
}

BOOL InitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY pIdentifierAuthority,
                   BYTE nSubAuthorityCount)
{
    PISID s = Sid;

    if (!s || !pIdentifierAuthority || nSubAuthorityCount > SID_MAX_SUB_AUTHORITIES)
        return win32_bool(ERR_INVALID_PARAMETER);
    s->Revision = SID_REVISION;
    s->SubAuthorityCount = nSubAuthorityCount;
    s->IdentifierAuthority = *pIdentifierAuthority;
    memset(s->SubAuthority, 0, 4 * (size_t)nSubAuthorityCount);
    return TRUE;
}

BOOL AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY pIdentifierAuthority,
                              BYTE nSubAuthorityCount, DWORD nSubAuthority0, DWORD nSubAuthority1,
                              DWORD nSubAuthority2, DWORD nSubAuthority3, DWORD nSubAuthority4,
                              DWORD nSubAuthority5, DWORD nSubAuthority6, DWORD nSubAuthority7,
                              PSID *pSid)
{
    const DWORD subs[ALLOCATED_MAX] = { nSubAuthority0, nSubAuthority1, nSubAuthority2,
                                        nSubAuthority3, nSubAuthority4, nSubAuthority5,
                                        nSubAuthority6, nSubAuthority7 };
    PISID s = NULL;

    if (!pSid || !pIdentifierAuthority || nSubAuthorityCount > ALLOCATED_MAX)
        return win32_bool(ERR_INVALID_PARAMETER);
    s = mem_zero(sizeof *s + sizeof subs);
    if (!s)
        return win32_bool(ERR_NO_MEMORY);
    (void)InitializeSid(s, pIdentifierAuthority, nSubAuthorityCount);
    memcpy(s->SubAuthority, subs, 4 * (size_t)nSubAuthorityCount);
    *pSid = s;
    return TRUE;
}

PVOID FreeSid(PSID pSid)
{
    mem_free(pSid);
    return NULL;
}

PSID_IDENTIFIER_AUTHORITY GetSidIdentifierAuthority(PSID pSid)
{
    return valid(pSid) ? &((PISID)pSid)->IdentifierAuthority : NULL;
}

PUCHAR GetSidSubAuthorityCount(PSID pSid)
{
    return valid(pSid) ? &((PISID)pSid)->SubAuthorityCount : NULL;
}

PDWORD GetSidSubAuthority(PSID pSid, DWORD nSubAuthority)
{
    if (!valid(pSid))
        return NULL;
    if (nSubAuthority < ((PISID)pSid)->SubAuthorityCount)
        return &((PISID)pSid)->SubAuthority[nSubAuthority];
    win32_fail(ERR_INVALID_PARAMETER);
    return NULL;
}
