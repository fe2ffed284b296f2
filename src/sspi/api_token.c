/* SPDX-License-Identifier: Apache-2.0
 * api_token.c - impersonation, and tokens that tell who a client is.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "countersign/countersign.h"
#include "countersign/securitybaseapi.h"
#include "sspi/api_convert.h"
#include "sspi/impersonate.h"
#include "sspi/status.h"
#include "sspi/token.h"

/* Runs work on an established server's context, under its lock. */
static enum err on_server(PCtxtHandle handle, enum err (*work)(struct context *c, void *arg),
                          void *arg)
{
    struct context *c = NULL;
    void *object = NULL;
    enum err e;

    e = handle_get(handle_in(handle), HANDLE_CONTEXT, &object);
    if (e)
        return detail_fail(e, "no such context handle");
    c = object;
    pthread_mutex_lock(&c->lock);
    if (!c->established)
        e = detail_fail(ERR_UNEXPECTED, "the context is not established");
    else if (c->initiator)
        e = detail_fail(ERR_NO_IMPERSONATION, "this side is the client");
    else
        e = work(c, arg);
    pthread_mutex_unlock(&c->lock);
    handle_put(handle_in(handle));
    return e;
}

struct begin {
    handle_id id;
    bool delegated; /* or nobody */
};

static enum err begin(struct context *c, void *arg)
{
    const struct begin *b = arg;

    return impersonate_begin(c, b->id, b->delegated);
}

SECURITY_STATUS ImpersonateSecurityContext(PCtxtHandle phContext)
{
    struct begin b = { handle_in(phContext), true };

    detail_begin("ImpersonateSecurityContext");
    return sec_status(on_server(phContext, begin, &b));
}

SECURITY_STATUS CsImpersonateClient(PCtxtHandle context)
{
    struct begin b = { handle_in(context), false };

    detail_begin("CsImpersonateClient");
    return sec_status(on_server(context, begin, &b));
}

SECURITY_STATUS CsImpersonateLocalUser(ULONG uid, ULONG gid, ULONG level)
{
    detail_begin("CsImpersonateLocalUser");
    if (level != SecurityIdentification && level != SecurityImpersonation)
        return sec_status(detail_fail(ERR_INVALID_PARAMETER, "level %u", level));
    return sec_status(impersonate_begin_local(uid, gid, level == SecurityIdentification));
}

BOOL RevertToSelf(void)
{
    impersonation_end();
    return TRUE;
}

SECURITY_STATUS RevertSecurityContext(PCtxtHandle phContext)
{
    void *object = NULL;
    enum err e;

    detail_begin("RevertSecurityContext");
    impersonation_end(); /* whatever the handle is: nobody stays the client by mistake */
    e = handle_get(handle_in(phContext), HANDLE_CONTEXT, &object);
    if (!e)
        handle_put(handle_in(phContext));
    return sec_status(e);
}

static enum err make_token(struct context *c, void *arg)
{
    return token_new(c, arg);
}

SECURITY_STATUS QuerySecurityContextToken(PCtxtHandle phContext, void **Token)
{
    handle_id id = 0;
    enum err e = ERR_INVALID_PARAMETER;

    detail_begin("QuerySecurityContextToken");
    if (Token)
        e = on_server(phContext, make_token, &id);
    if (!e)
        *Token = (void *)(uintptr_t)id;
    return sec_status(e);
}

SECURITY_STATUS CsTokenGetName(HANDLE token, char **name)
{
    handle_id id = (handle_id)(uintptr_t)token;
    const struct token *t = NULL;
    enum err e = ERR_INVALID_PARAMETER;

    detail_begin("CsTokenGetName");
    if (!name)
        return sec_status(e);
    e = token_get(id, &t);
    if (e)
        return sec_status(e);
    *name = mem_strdup(t->name);
    handle_put(id);
    return sec_status(*name ? ERR_OK : ERR_NO_MEMORY);
}

/* The array and its texts, in one block. */
static enum err sid_texts(const struct identity *i, ULONG *ret_count, char ***ret)
{
    size_t n = i->count + 1, size = n * sizeof(char *), k;
    char **each = NULL;
    char text[SID_TEXT];
    char *to = NULL;

    each = mem_alloc(size + n * SID_TEXT);
    if (!each)
        return ERR_NO_MEMORY;
    to = (char *)each + size;
    for (k = 0; k < n; k++) {
        sid_format(k ? &i->groups[k - 1].sid : &i->user, text);
        each[k] = to;
        to = stpcpy(to, text) + 1;
    }
    *ret = each;
    *ret_count = (ULONG)n;
    return ERR_OK;
}

SECURITY_STATUS CsTokenGetSids(HANDLE token, ULONG *count, char ***sids)
{
    handle_id id = (handle_id)(uintptr_t)token;
    const struct token *t = NULL;
    enum err e = ERR_INVALID_PARAMETER;

    detail_begin("CsTokenGetSids");
    if (!count || !sids)
        return sec_status(e);
    e = token_get(id, &t);
    if (e)
        return sec_status(e);
    *count = 0;
    *sids = NULL;
    if (t->identity)
        e = sid_texts(t->identity, count, sids);
    handle_put(id);
    return sec_status(e);
}
