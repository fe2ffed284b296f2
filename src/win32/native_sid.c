/* SPDX-License-Identifier: Apache-2.0
 * native_sid.c - SIDs in a program's memory.  [MS-DTYP] 2.4.2.3
 */
#include "win32/native_sid.h"

#include "countersign/winnt.h"

bool native_sid_valid(const void *sid)
{
    const SID *s = sid;

    return s && s->Revision == SID_REVISION && s->SubAuthorityCount <= SID_SUBS_MAX;
}

size_t native_sid_size(const void *sid)
{
    return offsetof(SID, SubAuthority) + 4 * (size_t)((const SID *)sid)->SubAuthorityCount;
}

enum err native_sid_get(const void *sid, struct sid *ret)
{
    const SID *from = sid;
    struct sid s = { 0 };
    size_t i;

    if (!native_sid_valid(sid))
        return ERR_INVALID_PARAMETER;
    for (i = 0; i < sizeof from->IdentifierAuthority.Value; i++)
        s.authority = s.authority << 8 | from->IdentifierAuthority.Value[i];
    s.count = from->SubAuthorityCount;
    memcpy(s.sub, from->SubAuthority, 4 * (size_t)s.count);
    *ret = s;
    return ERR_OK;
}

void native_sid_put(const struct sid *from, void *to)
{
    SID *s = to;
    size_t i;

    s->Revision = SID_REVISION;
    s->SubAuthorityCount = from->count;
    for (i = 0; i < sizeof s->IdentifierAuthority.Value; i++)
        s->IdentifierAuthority.Value[i] = (BYTE)(from->authority >> (40 - 8 * i));
    memcpy(s->SubAuthority, from->sub, 4 * (size_t)from->count);
}
