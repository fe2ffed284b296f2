/* SPDX-License-Identifier: Apache-2.0
 * api_token.c - impersonation, and tokens that tell who a client is.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "countersign/countersign.h"
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

static enum err begin(struct context *c, void *arg)
{
    return impersonate_begin(c, *(handle_id *)arg);
}

SECURITY_STATUS ImpersonateSecurityContext(PCtxtHandle phContext)
{
    handle_id id = handle_in(phContext);

    detail_begin("ImpersonateSecurityContext");
    return sec_status(on_server(phContext, begin, &id));
}

SECURITY_STATUS RevertSecurityContext(PCtxtHandle phContext)
{
    void *object = NULL;
    enum err e;

    detail_begin("RevertSecurityContext");
    impersonate_end(); /* whatever the handle is: nobody stays the client by mistake */
    e = handle_get(handle_in(phContext), HANDLE_CONTEXT, &object);
    if (!e)
        handle_put(handle_in(phContext));
    return sec_status(e);
}

static enum err make_token(struct context *c, void *arg)
{
    struct context_info info = { 0 };
    enum err e = context_info(c, &info);

    return e ? e : token_new(info.client, arg);
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
    void *object = NULL;
    enum err e = ERR_INVALID_PARAMETER;

    detail_begin("CsTokenGetName");
    if (!name)
        return sec_status(e);
    e = handle_get(id, HANDLE_TOKEN, &object);
    if (e)
        return sec_status(detail_fail(e, "no such token"));
    *name = mem_strdup(((struct token *)object)->name);
    handle_put(id);
    return sec_status(*name ? ERR_OK : ERR_NO_MEMORY);
}

SECURITY_STATUS CsTokenGetSids(HANDLE token, ULONG *count, char ***sids)
{
    handle_id id = (handle_id)(uintptr_t)token;
    void *object = NULL;
    enum err e = ERR_INVALID_PARAMETER;

    detail_begin("CsTokenGetSids");
    if (!count || !sids)
        return sec_status(e);
    e = handle_get(id, HANDLE_TOKEN, &object);
    if (e)
        return sec_status(detail_fail(e, "no such token"));
    handle_put(id);
    *count = 0;
    *sids = NULL;
    return SEC_E_OK;
}
