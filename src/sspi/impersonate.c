/* SPDX-License-Identifier: Apache-2.0
 * impersonate.c - per-thread client credentials, freed with the thread.
 */
#include "sspi/impersonate.h"

#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "win32/thread_user.h"

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool have_key;

static void make_key(void)
{
    have_key = pthread_key_create(&key, credential_release) == 0;
}

enum err impersonate_begin(struct context *c)
{
    struct credential *client = NULL;
    struct context_info info = { 0 };
    void *inner = NULL;
    enum err e;

    if (c->initiator)
        return detail_fail(ERR_NO_IMPERSONATION, "this side is the client");
    pthread_once(&once, make_key);
    if (!have_key)
        return ERR_NO_MEMORY;
    e = c->package->delegated(c->inner, &inner);
    if (e)
        return e;
    e = credential_adopt(c->package, inner, CREDENTIAL_OUTBOUND, &client);
    if (e)
        return e;
    impersonate_end();
    if (pthread_setspecific(key, client)) {
        credential_unref(client);
        return ERR_NO_MEMORY;
    }
    c->package->context_query(c->inner, &info);
    win32_thread_user(info.client);
    return ERR_OK;
}

void impersonate_end(void)
{
    struct credential *client = impersonate_credential();

    if (!client)
        return;
    pthread_setspecific(key, NULL);
    credential_unref(client);
    win32_thread_user(NULL);
}

struct credential *impersonate_credential(void)
{
    pthread_once(&once, make_key);
    return have_key ? pthread_getspecific(key) : NULL;
}
