/* SPDX-License-Identifier: Apache-2.0
 * impersonate.c - which client's context a thread impersonates, until it reverts or ends.
 */
#include "sspi/impersonate.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "sspi/token.h"
#include "win32/thread_user.h"

struct client {
    struct context *context; /* held by its handle */
    handle_id id;
};

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool have_key;

static void release(void *object)
{
    struct client *client = object;

    handle_put(client->id);
    mem_free(client);
}

static void make_key(void)
{
    have_key = pthread_key_create(&key, release) == 0;
}

static struct client *current(void)
{
    pthread_once(&once, make_key);
    return have_key ? pthread_getspecific(key) : NULL;
}

/* Fails early, not at the first connection. */
static enum err try_delegated(struct context *c)
{
    const struct package *p = NULL;
    void *inner = NULL;
    enum err e;

    if (c->initiator)
        return detail_fail(ERR_NO_IMPERSONATION, "this side is the client");
    e = c->package->delegated(c->inner, &p, &inner);
    if (!e)
        p->credential_free(inner);
    return e;
}

static enum err client_new(handle_id id, struct client **ret)
{
    struct client *client = NULL;
    void *object = NULL;
    enum err e;

    e = handle_get(id, HANDLE_CONTEXT, &object);
    if (e)
        return e;
    client = mem_zero(sizeof *client);
    if (!client) {
        handle_put(id);
        return ERR_NO_MEMORY;
    }
    client->context = object;
    client->id = id;
    *ret = client;
    return ERR_OK;
}

enum err impersonate_begin(struct context *c, handle_id id)
{
    struct context_info info = { 0 };
    struct client *client = NULL;
    enum err e;

    pthread_once(&once, make_key);
    if (!have_key)
        return ERR_NO_MEMORY;
    e = try_delegated(c);
    if (!e)
        e = client_new(id, &client);
    if (e)
        return e;
    impersonate_end();
    if (pthread_setspecific(key, client)) {
        release(client);
        return ERR_NO_MEMORY;
    }
    c->package->context_query(c->inner, &info);
    win32_thread_user(info.client);
    return ERR_OK;
}

void impersonate_end(void)
{
    struct client *client = current();

    if (!client)
        return;
    pthread_setspecific(key, NULL);
    release(client);
    win32_thread_user(NULL);
}

bool impersonate_active(void)
{
    return current() != NULL;
}

enum err impersonate_token(handle_id *ret)
{
    struct context *c = current()->context;
    enum err e;

    pthread_mutex_lock(&c->lock);
    e = token_new(c, ret);
    pthread_mutex_unlock(&c->lock);
    return e;
}

static enum err delegated(struct context *c, const struct package **ret_package, void **ret)
{
    enum err e;

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
    enum err e = delegated(current()->context, &made_by, &inner);

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
