/* SPDX-License-Identifier: Apache-2.0
 * api_token_info.c - GetTokenInformation: one row per class; and questions about a thread's token.
 */
#include "base/detail.h"
#include "countersign/processthreadsapi.h"
#include "countersign/securitybaseapi.h"
#include "sspi/impersonate.h"
#include "sspi/token.h"
#include "win32/last_error.h"
#include "win32/native_sid.h"

/* Seconds from 1601 to 1970, and ticks of 100 ns in one. */
#define EPOCH INT64_C(11644473600)
#define TICKS INT64_C(10000000)

/* Where SIDs go, behind the structure that points to them. */
struct room {
    uint8_t *at;
};

static PSID put_sid(struct room *r, const struct sid *sid)
{
    PSID to = r->at;

    native_sid_put(sid, to);
    r->at += sid_size(sid);
    return to;
}

static SECURITY_IMPERSONATION_LEVEL level(const struct token *t)
{
    return t->flags & CONTEXT_DELEGATE   ? SecurityDelegation
           : t->flags & CONTEXT_IDENTIFY ? SecurityIdentification
                                         : SecurityImpersonation;
}

static size_t user_size(const struct token *t)
{
    return sizeof(TOKEN_USER) + sid_size(&t->identity->user);
}

static void user_fill(const struct token *t, handle_id id, void *to)
{
    TOKEN_USER *user = to;
    struct room r = { (uint8_t *)(user + 1) };

    (void)id;
    user->User = (SID_AND_ATTRIBUTES){ put_sid(&r, &t->identity->user), 0 };
}

static size_t groups_head(const struct token *t)
{
    return offsetof(TOKEN_GROUPS, Groups) + t->identity->count * sizeof(SID_AND_ATTRIBUTES);
}

static size_t groups_size(const struct token *t)
{
    size_t size = groups_head(t), i;

    for (i = 0; i < t->identity->count; i++)
        size += sid_size(&t->identity->groups[i].sid);
    return size;
}

static void groups_fill(const struct token *t, handle_id id, void *to)
{
    TOKEN_GROUPS *groups = to;
    struct room r = { (uint8_t *)to + groups_head(t) };
    SID_AND_ATTRIBUTES *each = groups->Groups;
    size_t i;

    (void)id;
    groups->GroupCount = (DWORD)t->identity->count;
    for (i = 0; i < t->identity->count; i++)
        each[i] = (SID_AND_ATTRIBUTES){ put_sid(&r, &t->identity->groups[i].sid),
                                        t->identity->groups[i].attributes };
}

static size_t primary_size(const struct token *t)
{
    return sizeof(TOKEN_PRIMARY_GROUP) + sid_size(&t->identity->primary_group);
}

static void primary_fill(const struct token *t, handle_id id, void *to)
{
    TOKEN_PRIMARY_GROUP *primary = to;
    struct room r = { (uint8_t *)(primary + 1) };

    (void)id;
    primary->PrimaryGroup = put_sid(&r, &t->identity->primary_group);
}

static size_t type_size(const struct token *t)
{
    (void)t;
    return sizeof(TOKEN_TYPE);
}

static void type_fill(const struct token *t, handle_id id, void *to)
{
    (void)t;
    (void)id;
    *(TOKEN_TYPE *)to = TokenImpersonation;
}

static size_t level_size(const struct token *t)
{
    (void)t;
    return sizeof(SECURITY_IMPERSONATION_LEVEL);
}

static void level_fill(const struct token *t, handle_id id, void *to)
{
    (void)id;
    *(SECURITY_IMPERSONATION_LEVEL *)to = level(t);
}

static LUID luid(uint64_t v)
{
    return (LUID){ (DWORD)v, (LONG)(v >> 32) };
}

static size_t statistics_size(const struct token *t)
{
    (void)t;
    return sizeof(TOKEN_STATISTICS);
}

static void statistics_fill(const struct token *t, handle_id id, void *to)
{
    TOKEN_STATISTICS *s = to;

    *s = (TOKEN_STATISTICS){ .TokenId = luid(id),
                             .AuthenticationId = luid(t->context),
                             .TokenType = TokenImpersonation,
                             .ImpersonationLevel = level(t),
                             .GroupCount = t->identity ? (DWORD)t->identity->count : 0,
                             .ModifiedId = luid(id) };
    s->ExpirationTime.QuadPart = ((int64_t)t->expiry + EPOCH) * TICKS;
}

/* clang-format off */
static const struct row {
    TOKEN_INFORMATION_CLASS of;
    bool proven; /* is of the token's SIDs */
    size_t (*size)(const struct token *t);
    void (*fill)(const struct token *t, handle_id id, void *to);
} rows[] = {
    { TokenUser,               true,  user_size,       user_fill },
    { TokenGroups,             true,  groups_size,     groups_fill },
    { TokenPrimaryGroup,       true,  primary_size,    primary_fill },
    { TokenType,               false, type_size,       type_fill },
    { TokenImpersonationLevel, false, level_size,      level_fill },
    { TokenStatistics,         false, statistics_size, statistics_fill },
};
/* clang-format on */

static const struct row *find(TOKEN_INFORMATION_CLASS of)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].of == of)
            return &rows[i];
    return NULL;
}

BOOL GetTokenInformation(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                         LPVOID TokenInformation, DWORD TokenInformationLength, PDWORD ReturnLength)
{
    handle_id id = (handle_id)(uintptr_t)TokenHandle;
    const struct row *row = find(TokenInformationClass);
    const struct token *t = NULL;
    BOOL fits;
    enum err e;

    detail_begin("GetTokenInformation");
    if (!ReturnLength || (!TokenInformation && TokenInformationLength))
        return win32_bool(ERR_INVALID_PARAMETER);
    *ReturnLength = 0;
    if (!row)
        return win32_bool(detail_fail(ERR_UNSUPPORTED, "tokens tell nothing of class %d",
                                      (int)TokenInformationClass));
    e = row->proven ? token_get_proven(id, &t) : token_get(id, &t);
    if (e)
        return win32_bool(e);
    *ReturnLength = (DWORD)row->size(t);
    fits = *ReturnLength <= TokenInformationLength;
    if (fits)
        row->fill(t, id, TokenInformation);
    else
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
    handle_put(id);
    return fits;
}

static BOOL open_own(handle_id *ret)
{
    enum err e;

    if (!impersonate_active()) {
        (void)detail_fail(ERR_NO_IMPERSONATION, "the thread impersonates nobody");
        SetLastError(ERROR_NO_TOKEN);
        return FALSE;
    }
    e = impersonate_token(ret);
    return win32_bool(e);
}

BOOL OpenThreadToken(HANDLE ThreadHandle, DWORD DesiredAccess, BOOL OpenAsSelf, PHANDLE TokenHandle)
{
    handle_id id = 0;
    DWORD thread;

    (void)DesiredAccess;
    (void)OpenAsSelf;
    detail_begin("OpenThreadToken");
    if (!TokenHandle)
        return win32_bool(ERR_INVALID_PARAMETER);
    thread = GetThreadId(ThreadHandle);
    if (!thread)
        return FALSE;
    if (thread != GetCurrentThreadId())
        return win32_bool(detail_fail(ERR_UNSUPPORTED, "only the calling thread's own token"));
    if (!open_own(&id))
        return FALSE;
    *TokenHandle = (HANDLE)(uintptr_t)id;
    return TRUE;
}

static BOOL is_member(handle_id id, const struct sid *sid, PBOOL ret)
{
    const struct token *t = NULL;
    enum err e = token_get_proven(id, &t);

    if (!e) {
        *ret = identity_is(t->identity, sid);
        handle_put(id);
    }
    return win32_bool(e);
}

BOOL CheckTokenMembership(HANDLE TokenHandle, PSID SidToCheck, PBOOL IsMember)
{
    handle_id id = (handle_id)(uintptr_t)TokenHandle;
    struct sid sid;
    BOOL done;

    detail_begin("CheckTokenMembership");
    if (!IsMember)
        return win32_bool(ERR_INVALID_PARAMETER);
    *IsMember = FALSE;
    if (native_sid_get(SidToCheck, &sid)) {
        SetLastError(ERROR_INVALID_SID);
        return FALSE;
    }
    if (!id && !open_own(&id))
        return FALSE;
    done = is_member(id, &sid, IsMember);
    if (!TokenHandle && handle_close(id, HANDLE_TOKEN))
        detail_get(); /* closed by somebody who invented its handle: nothing is left to close */
    return done;
}
