/* SPDX-License-Identifier: Apache-2.0
 * token.c - tokens and their handles.
 */
#include "sspi/token.h"

#include "base/alloc.h"
#include "base/detail.h"

static void release(void *object)
{
    struct token *t = object;

    identity_unref(t->identity);
    mem_free(t->name);
    mem_free(t);
}

enum err token_new(struct context *c, handle_id *ret)
{
    struct context_info info = { 0 };
    struct token *t = NULL;
    enum err e = context_info(c, &info);

    if (e)
        return e;
    t = mem_zero(sizeof *t);
    if (!t)
        return ERR_NO_MEMORY;
    t->identity = identity_ref(info.identity);
    t->flags = info.flags;
    t->expiry = info.expiry;
    t->context = c->number;
    t->name = mem_strdup(info.client ? info.client : "");
    e = t->name ? handle_new(HANDLE_TOKEN, t, release, ret) : ERR_NO_MEMORY;
    if (e)
        release(t);
    return e;
}

enum err token_get(handle_id id, const struct token **ret)
{
    void *object = NULL;
    enum err e = handle_get(id, HANDLE_TOKEN, &object);

    if (e)
        return detail_fail(e, "no such token");
    *ret = object;
    return ERR_OK;
}

enum err token_get_proven(handle_id id, const struct token **ret)
{
    const struct token *t = NULL;
    enum err e = token_get(id, &t);

    if (e)
        return e;
    if (!t->identity) {
        detail_remedy("let the client's account have a PAC in its tickets (no NA_NO_AUTH_DATA), "
                      "and come from a KDC of Active Directory");
        e = detail_fail(ERR_NO_MAPPING, "the ticket of %.200s had no PAC: no SID is proven",
                        t->name);
        handle_put(id);
        return e;
    }
    *ret = t;
    return ERR_OK;
}
