/* SPDX-License-Identifier: Apache-2.0
 * token.c - tokens and their handles.
 */
#include "sspi/token.h"

#include "base/alloc.h"
#include "base/detail.h"

struct token *token_ref(struct token *t)
{
    __atomic_add_fetch(&t->refs, 1, __ATOMIC_RELAXED);
    return t;
}

void token_unref(struct token *t)
{
    if (!t || __atomic_sub_fetch(&t->refs, 1, __ATOMIC_ACQ_REL))
        return;
    identity_unref(t->identity);
    mem_free(t->name);
    mem_free(t);
}

static void release(void *object)
{
    token_unref(object);
}

enum err token_of_context(struct context *c, struct token **ret)
{
    struct context_info info = { 0 };
    struct token *t = NULL;
    enum err e = context_info(c, &info);

    if (e)
        return e;
    t = mem_zero(sizeof *t);
    if (!t)
        return ERR_NO_MEMORY;
    t->refs = 1;
    t->identity = identity_ref(info.identity);
    t->flags = info.flags;
    t->expiry = info.expiry;
    t->context = c->number;
    t->name = mem_strdup(info.client ? info.client : "");
    if (!t->name) {
        token_unref(t);
        return ERR_NO_MEMORY;
    }
    *ret = t;
    return ERR_OK;
}

enum err token_open(struct token *t, handle_id *ret)
{
    enum err e = handle_new(HANDLE_TOKEN, token_ref(t), release, ret);

    if (e)
        token_unref(t);
    return e;
}

enum err token_new(struct context *c, handle_id *ret)
{
    struct token *t = NULL;
    enum err e = token_of_context(c, &t);

    if (!e)
        e = token_open(t, ret);
    token_unref(t);
    return e;
}

enum err token_of_logon(const struct client_logon *l, handle_id *ret)
{
    struct token *t = mem_zero(sizeof *t);
    enum err e;

    if (!t)
        return ERR_NO_MEMORY;
    t->refs = 1;
    t->identity = identity_ref(l->identity);
    t->flags = l->flags;
    t->expiry = l->expiry;
    t->context = context_number();
    t->name = mem_strdup(l->name);
    e = t->name ? token_open(t, ret) : ERR_NO_MEMORY;
    token_unref(t);
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
