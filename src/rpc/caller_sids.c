/* SPDX-License-Identifier: Apache-2.0
 * caller_sids.c - who makes a call, as security identifiers.  [MS-DTYP] 2.4.2.4
 */
#include "rpc/caller_sids.h"

#include <stdio.h>

#include <countersign/securitybaseapi.h>
#include <countersign/windows.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/log.h"
#include "rpc/queue_server.h"
#include "rpc/server_link.h"

void rpc_caller_sids_done(struct rpc_caller_sids *s)
{
    mem_free(s->sids);
    mem_free(s->attributes);
    *s = (struct rpc_caller_sids){ 0 };
}

static enum err make_room(struct rpc_caller_sids *s, size_t n)
{
    s->sids = mem_zero(n * sizeof *s->sids);
    s->attributes = mem_zero(n * sizeof *s->attributes);
    s->room = n;
    return s->sids && s->attributes ? ERR_OK : ERR_NO_MEMORY;
}

static void add(struct rpc_caller_sids *s, const struct sid *sid, uint32_t attributes)
{
    size_t n = s->set.count;

    if (n == s->room)
        return;
    s->sids[n] = *sid;
    s->attributes[n] = attributes;
    s->set = (struct sid_set){ s->sids, s->attributes, n + 1 };
}

/* ---- of a ticket ---- */

static enum err add_native(struct rpc_caller_sids *s, const SID_AND_ATTRIBUTES *from,
                           uint32_t attributes)
{
    struct sid sid;
    enum err e = sid_read(bytes_of(from->Sid, GetLengthSid(from->Sid)), &sid);

    if (!e)
        add(s, &sid, attributes);
    return e;
}

/* NULL: the token has none of it, or there is no memory. */
static void *block_of(HANDLE token, TOKEN_INFORMATION_CLASS which)
{
    DWORD size = 0;
    void *block;

    if (GetTokenInformation(token, which, NULL, 0, &size) ||
        GetLastError() != ERROR_INSUFFICIENT_BUFFER)
        return NULL;
    block = mem_alloc(size);
    if (!block || GetTokenInformation(token, which, block, size, &size))
        return block;
    mem_free(block);
    return NULL;
}

static enum err of_token(HANDLE token, struct rpc_caller_sids *s)
{
    TOKEN_USER *user = block_of(token, TokenUser);
    TOKEN_GROUPS *groups = user ? block_of(token, TokenGroups) : NULL;
    enum err e = ERR_OK;
    DWORD i;

    if (user && groups) {
        e = make_room(s, (size_t)groups->GroupCount + 1);
        if (!e)
            e = add_native(s, &user->User, SID_ENABLED); /* a user has no attributes */
        for (i = 0; !e && i < groups->GroupCount; i++)
            e = add_native(s, &groups->Groups[i], groups->Groups[i].Attributes);
    } else {
        log_debug("rpc: the caller's ticket proves a name, and no SID");
    }
    mem_free(user);
    mem_free(groups);
    return e;
}

static enum err of_context(struct rpc_security *security, struct rpc_caller_sids *s)
{
    HANDLE token = NULL;
    SECURITY_STATUS status = QuerySecurityContextToken(&security->context, &token);
    enum err e;

    if (status != SEC_E_OK)
        return detail_fail(err_of_security_status(status), "rpc: no token of the caller: %#x",
                           (unsigned)status);
    e = of_token(token, s);
    CloseHandle(token);
    return e;
}

/* ---- of others ---- */

static enum err add_texts(struct rpc_caller_sids *s, const char *const *texts, size_t n)
{
    struct sid sid;
    enum err e = make_room(s, n);
    size_t i;

    for (i = 0; !e && i < n && texts[i]; i++) {
        e = sid_parse(texts[i], &sid);
        if (!e)
            add(s, &sid, SID_ENABLED);
    }
    return e;
}

/* The account and group of this host; of groups the one its process was in, and no others;
 * Everyone, LOCAL, Authenticated Users; and what Windows calls root's like. */
static enum err of_peer(const struct transport_peer *peer, struct rpc_caller_sids *s)
{
    char user[RPC_LOCAL_SID], group[RPC_LOCAL_SID];
    const char *const texts[] = { user,      group,      "S-1-1-0",
                                  "S-1-2-0", "S-1-5-11", peer->uid ? NULL : "S-1-5-18" };

    rpc_local_sid(peer->uid, user);
    (void)snprintf(group, sizeof group, "S-1-22-2-%u", peer->gid);
    return add_texts(s, texts, sizeof texts / sizeof *texts);
}

static enum err of_nobody(bool local, struct rpc_caller_sids *s)
{
    const char *const texts[] = { "S-1-5-7", local ? "S-1-2-0" : "S-1-5-2" };

    return add_texts(s, texts, 2);
}

enum err rpc_caller_sids_of_kind(enum rpc_caller_kind kind, struct rpc_caller_sids *ret)
{
    /* Everyone, Authenticated Users and This Organization are in every ticket's token (pac.c). */
    static const char *const account[] = { "S-1-1-0", "S-1-5-11", "S-1-5-2", "S-1-5-15" };
    static const char *const account_here[] = { "S-1-1-0", "S-1-5-11", "S-1-2-0" };
    struct rpc_caller_sids s = { 0 };
    enum err e;

    if (kind == RPC_ACCOUNT)
        e = add_texts(&s, account, sizeof account / sizeof *account);
    else if (kind == RPC_ACCOUNT_HERE)
        e = add_texts(&s, account_here, sizeof account_here / sizeof *account_here);
    else
        e = of_nobody(kind == RPC_STRANGER_HERE, &s);
    if (e)
        rpc_caller_sids_done(&s);
    else
        *ret = s;
    return e;
}

/* Who is in another user namespace, or is nobody's account there, is nobody. */
static enum err of_local(const struct transport_peer *peer, struct rpc_caller_sids *s)
{
    return peer && !peer->anonymous ? of_peer(peer, s) : of_nobody(true, s);
}

enum err rpc_caller_sids_of_peer(const struct transport_peer *peer, struct rpc_caller_sids *ret)
{
    struct rpc_caller_sids s = { 0 };
    enum err e = of_local(peer, &s);

    if (e)
        rpc_caller_sids_done(&s);
    else
        *ret = s;
    return e;
}

/* What a message has proven of its sender; Everyone, NETWORK, Authenticated Users. */
static enum err of_message(const struct rpc_queue_call *k, struct rpc_caller_sids *s)
{
    static const char *const texts[] = { "S-1-1-0", "S-1-5-2", "S-1-5-11" };
    size_t count, i;
    const struct sid *sids = rpc_queue_call_sids(k, &count);
    struct sid sid;
    enum err e = make_room(s, count + sizeof texts / sizeof *texts);

    for (i = 0; !e && i < count; i++)
        add(s, &sids[i], SID_ENABLED);
    for (i = 0; !e && i < sizeof texts / sizeof *texts; i++) {
        e = sid_parse(texts[i], &sid);
        if (!e)
            add(s, &sid, SID_ENABLED);
    }
    return e;
}

enum err rpc_caller_sids_get(struct rpc_server_call *c, struct rpc_caller_sids *ret)
{
    const struct transport_peer *peer = rpc_server_link_peer(c->link);
    struct rpc_caller_sids s = { 0 };
    enum err e;

    if (!c->security)
        e = of_nobody(rpc_server_link_transport(c->link)->local, &s);
    else if (c->security->type == RPC_AUTH_MQ)
        e = of_message(rpc_server_link_queued(c->link), &s);
    else if (c->security->has_context)
        e = of_context(c->security, &s);
    else
        e = of_local(peer, &s);
    if (e)
        rpc_caller_sids_done(&s);
    else
        *ret = s;
    return e;
}
