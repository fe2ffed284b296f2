/* SPDX-License-Identifier: Apache-2.0
 * impersonate.c - which client a thread impersonates, until it reverts or ends.
 */
#include "sspi/impersonate.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "sspi/mapping.h"
#include "sspi/token.h"

struct client {
    struct impersonation head;
    struct context *context; /* held by its handle; NULL: an account of this host */
    handle_id id;
    struct token *token;
};

static void release(struct impersonation *i)
{
    struct client *client = (struct client *)(void *)i;

    if (client->context)
        handle_put(client->id);
    token_unref(client->token);
    os_account_done(&i->account);
    os_identity_home_done(&i->home);
    mem_free(client);
}

static struct client *current(void)
{
    return (struct client *)(void *)impersonation_current();
}

/* ---- who ---- */

/* Fails early, not at the first connection. */
static enum err try_delegated(struct context *c)
{
    const struct package *p = NULL;
    void *inner = NULL;
    enum err e;

    e = c->package->delegated(c->inner, &p, &inner);
    if (!e)
        p->credential_free(inner);
    return e;
}

/* Takes the token over. */
static enum err client_new_adopt(struct token *token, struct client **ret)
{
    struct client *client = mem_zero(sizeof *client);

    if (!client) {
        token_unref(token);
        return ERR_NO_MEMORY;
    }
    client->head = (struct impersonation){ .release = release, .name = token->name };
    client->token = token;
    *ret = client;
    return ERR_OK;
}

/* As the account it is mapped to, which is asked for as the process itself. */
static enum err begin_adopt(struct client *client)
{
    struct impersonation *before = impersonation_set_aside();
    struct impersonation *head = &client->head;
    enum err e = mapping_account(client->token, &head->account, &head->has_account);

    if (e)
        release(head);
    else
        e = impersonation_begin_adopt(head);
    if (e)
        impersonation_take_up_adopt(before);
    else if (before)
        before->release(before);
    return e == ERR_ACCESS_DENIED ? ERR_NO_IMPERSONATION : e;
}

enum err impersonate_begin(struct context *c, handle_id id, bool delegated)
{
    struct client *client = NULL;
    struct token *token = NULL;
    void *object = NULL;
    enum err e = ERR_OK;

    if (c->initiator)
        return detail_fail(ERR_NO_IMPERSONATION, "this side is the client");
    if (delegated)
        e = try_delegated(c);
    if (!e)
        e = token_of_context(c, &token);
    if (!e)
        e = client_new_adopt(token, &client);
    if (e)
        return e;
    e = handle_get(id, HANDLE_CONTEXT, &object);
    if (e) {
        release(&client->head);
        return e;
    }
    client->context = object;
    client->id = id;
    return begin_adopt(client);
}

enum err impersonate_begin_local(uint32_t uid, uint32_t gid, bool identify)
{
    struct client *client = NULL;
    struct token *token = NULL;
    enum err e = token_of_local(uid, gid, identify ? CONTEXT_IDENTIFY : 0, &token);

    if (!e)
        e = client_new_adopt(token, &client);
    return e ? e : begin_adopt(client);
}

bool impersonate_active(void)
{
    return current() != NULL;
}

enum err impersonate_token(handle_id *ret)
{
    return token_open(current()->token, ret);
}

/* ---- what it may do for the client ---- */

static enum err delegated(const struct client *client, const struct package **ret_package,
                          void **ret)
{
    struct context *c = client->context;
    enum err e;

    if (!c)
        return detail_fail(ERR_NO_IMPERSONATION, "the kernel vouches for %.200s on this host alone",
                           client->head.name);
    if (client->token->flags & CONTEXT_IDENTIFY)
        return detail_fail(ERR_NO_IMPERSONATION, "%.200s lets itself be identified, no more",
                           client->head.name);
    pthread_mutex_lock(&c->lock);
    e = c->package->delegated(c->inner, ret_package, ret);
    pthread_mutex_unlock(&c->lock);
    return e;
}

enum err impersonate_acquire(const struct package *p, const char *packages, struct credential **ret)
{
    const struct package *made_by = NULL;
    void *inner = NULL;
    void *wrapped = NULL;
    enum err e = delegated(current(), &made_by, &inner);

    if (e)
        return e;
    if (made_by == p)
        return credential_adopt(p, inner, CREDENTIAL_OUTBOUND, ret);
    e = p->wrap ? p->wrap(made_by, packages, inner, &wrapped)
                : detail_fail(ERR_NO_CREDENTIALS, "the client delegated credentials of %s, not %s",
                              made_by->name, p->name);
    if (e) {
        made_by->credential_free(inner);
        return e;
    }
    return credential_adopt(p, wrapped, CREDENTIAL_OUTBOUND, ret);
}
