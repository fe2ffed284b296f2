/* SPDX-License-Identifier: Apache-2.0
 * credential.c - acquiring and freeing credentials, and lending krb5_contexts.
 */
#include "kerberos/credential.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/secret.h"
#include "kerberos/error.h"
#include "kerberos/name.h"

enum err kerberos_credential_take(struct kerberos_credential *c, krb5_context *ret)
{
    krb5_context krb = NULL;
    krb5_timestamp offset;
    enum err e;

    pthread_mutex_lock(&c->lock);
    if (c->idle_count)
        krb = c->idle[--c->idle_count];
    offset =
        c->service ? __atomic_load_n(&c->service->clock_offset, __ATOMIC_RELAXED) : c->clock_offset;
    pthread_mutex_unlock(&c->lock);
    if (!krb) {
        e = kerberos_profile_context(c->profile, &krb);
        if (e)
            return e;
    }
    /* The KDC's clock, learnt at logon by one krb5_context, is for all of them. */
    if (offset)
        krb5_set_real_time(krb, (krb5_timestamp)(time(NULL) + offset), -1);
    *ret = krb;
    return ERR_OK;
}

void kerberos_credential_put(struct kerberos_credential *c, krb5_context krb)
{
    if (!krb)
        return;
    krb5_clear_error_message(krb);
    pthread_mutex_lock(&c->lock);
    if (c->idle_count < KERBEROS_CONTEXTS_KEPT) {
        c->idle[c->idle_count++] = krb;
        krb = NULL;
    }
    pthread_mutex_unlock(&c->lock);
    if (krb)
        krb5_free_context(krb);
}

static enum err new_credential(struct kerberos_profile *profile, enum credential_use use,
                               struct kerberos_credential **ret)
{
    struct kerberos_credential *c = mem_zero(sizeof *c);

    if (!c)
        return ERR_NO_MEMORY;
    c->refs = 1;
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->logon, NULL);
    c->profile = kerberos_profile_ref(profile);
    c->use = use;
    *ret = c;
    return ERR_OK;
}

struct kerberos_credential *kerberos_credential_ref(struct kerberos_credential *c)
{
    __atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
    return c;
}

static void free_clients(struct kerberos_credential *c)
{
    size_t i;

    for (i = 0; i < KERBEROS_CLIENTS_KEPT; i++)
        kerberos_evidence_unref(c->client[i]);
    kerberos_evidence_unref(c->evidence);
    kerberos_credential_free(c->actor);
    kerberos_credential_free(c->service);
}

void kerberos_credential_free(struct kerberos_credential *c)
{
    krb5_context krb = NULL;
    size_t i;

    if (!c || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL))
        return;
    /* Freeing needs a context only to speak to the caches; without one there is nothing in them. */
    if (kerberos_credential_take(c, &krb) == ERR_OK) {
        for (i = 0; i < KERBEROS_TICKETS_KEPT; i++)
            kerberos_ticket_unref(krb, c->ticket[i]);
        kerberos_keyring_unref(krb, c->keys);
        kerberos_keyring_unref(krb, c->client_keys);
        krb5_free_principal(krb, c->principal);
        if (c->cache)
            krb5_cc_destroy(krb, c->cache);
        krb5_free_context(krb);
    }
    for (i = 0; i < c->idle_count; i++)
        krb5_free_context(c->idle[i]);
    free_clients(c); /* not before: whose clock it is was asked above */
    kerberos_profile_unref(c->profile);
    pthread_mutex_destroy(&c->lock);
    pthread_mutex_destroy(&c->logon);
    mem_free(c->name);
    secret_free(c->password, c->password_size);
    mem_free(c->cache_name);
    mem_free(c->keytab);
    mem_free(c->keytab_principal);
    mem_free(c);
}

static enum err private_cache(krb5_context krb, struct kerberos_credential *c)
{
    krb5_error_code code = krb5_cc_new_unique(krb, "MEMORY", NULL, &c->cache);

    if (!code)
        code = krb5_cc_initialize(krb, c->cache, c->principal);
    if (code)
        return kerberos_fail(krb, code, "making a ticket cache in memory");
    return kerberos_name_format(krb, c->principal, &c->name);
}

static enum err with_password(krb5_context krb, struct kerberos_credential *c,
                              const struct acquire *a)
{
    enum err e = kerberos_name_client(krb, a->user, a->domain, &c->principal);

    if (e)
        return e;
    c->password_size = strlen(a->password) + 1;
    c->password = secret_alloc(c->password_size);
    if (!c->password)
        return ERR_NO_MEMORY;
    memcpy(c->password, a->password, c->password_size);
    c->source = KERBEROS_SOURCE_PASSWORD;
    return private_cache(krb, c);
}

/* The client is whom the caller names, else the keytab's first entry. */
static enum err with_keytab(krb5_context krb, struct kerberos_credential *c,
                            const struct acquire *a)
{
    struct acquire whole = *a;
    const char *name = a->principal;
    krb5_error_code code;
    enum err e;

    whole.principal = NULL;
    e = kerberos_keyring_load(krb, &whole, &c->client_keys);
    if (e)
        return e;
    if (a->user && a->user[0]) {
        e = kerberos_name_client(krb, a->user, a->domain, &c->principal);
    } else {
        code = krb5_parse_name(krb, name ? name : kerberos_keyring_first(c->client_keys),
                               &c->principal);
        e = code ? kerberos_fail(krb, code, "reading the credential's name") : ERR_OK;
    }
    if (e)
        return e;
    c->source = KERBEROS_SOURCE_KEYTAB;
    return private_cache(krb, c);
}

/* Which cache: the one named, else the default, else the one of a collection that fits. */
static krb5_error_code open_cache(krb5_context krb, const struct acquire *a, krb5_ccache *ret)
{
    krb5_principal asked = NULL, has = NULL;
    krb5_error_code code;

    code = a->ccache ? krb5_cc_resolve(krb, a->ccache, ret) : krb5_cc_default(krb, ret);
    if (code || !a->principal)
        return code;
    code = krb5_parse_name(krb, a->principal, &asked);
    if (!code &&
        (krb5_cc_get_principal(krb, *ret, &has) || !krb5_principal_compare(krb, has, asked))) {
        krb5_cc_close(krb, *ret);
        *ret = NULL;
        code = a->ccache ? KRB5_CC_NOTFOUND : krb5_cc_cache_match(krb, asked, ret);
    }
    krb5_free_principal(krb, asked);
    krb5_free_principal(krb, has);
    return code;
}

/* The user named, as a cache would have it; NULL where none is. */
static enum err named_user(krb5_context krb, const struct acquire *a, char **ret)
{
    krb5_principal user = NULL;
    enum err e;

    if (!a->user || !a->user[0])
        return ERR_OK;
    e = kerberos_name_client(krb, a->user, a->domain, &user);
    if (!e)
        e = kerberos_name_format(krb, user, ret);
    krb5_free_principal(krb, user);
    return e;
}

static enum err with_cache(krb5_context krb, struct kerberos_credential *c, const struct acquire *a)
{
    krb5_ccache from = NULL;
    struct acquire whose = *a;
    char *name = NULL, *user = NULL;
    krb5_error_code code;
    enum err e;

    e = named_user(krb, a, &user);
    if (e)
        return e;
    whose.principal = user ? user : a->principal;
    code = open_cache(krb, &whose, &from);
    if (!code)
        code = krb5_cc_get_full_name(krb, from, &name);
    if (!code)
        code = krb5_cc_get_principal(krb, from, &c->principal);
    if (name)
        detail_set(detail_get()->tried, name);
    if (code) {
        e = kerberos_fail(krb, code, "looking for a ticket cache");
        e = e == ERR_NO_MEMORY ? e : ERR_NO_CREDENTIALS;
        detail_set(detail_get()->asked, whose.principal);
        goto out;
    }
    c->source = KERBEROS_SOURCE_CACHE;
    c->cache_name = mem_strdup(name);
    e = c->cache_name ? private_cache(krb, c) : ERR_NO_MEMORY;
    if (!e)
        e = kerberos_credential_logon(c, krb);
out:
    krb5_free_string(krb, name);
    mem_free(user);
    if (from)
        krb5_cc_close(krb, from);
    return e;
}

static enum err outbound(krb5_context krb, struct kerberos_credential *c, const struct acquire *a)
{
    bool keytab = a->keytab || a->keytab_bytes.len;

    if (a->password && a->user && a->user[0])
        return with_password(krb, c, a);
    if (a->password && a->password[0]) {
        detail_remedy("name the user too, or give neither");
        return detail_fail(ERR_UNKNOWN_CREDENTIALS, "a password without a user");
    }
    if (keytab && !a->ccache && (a->use == CREDENTIAL_OUTBOUND || a->principal || a->user))
        return with_keytab(krb, c, a);
    return with_cache(krb, c, a);
}

static enum err inbound(krb5_context krb, struct kerberos_credential *c, const struct acquire *a)
{
    if (!a->keytab_bytes.len && a->keytab) {
        c->keytab = mem_strdup(a->keytab);
        if (!c->keytab)
            return ERR_NO_MEMORY;
    }
    if (a->principal) {
        c->keytab_principal = mem_strdup(a->principal);
        if (!c->keytab_principal)
            return ERR_NO_MEMORY;
    }
    return kerberos_keyring_load(krb, a, &c->keys);
}

/* Both sides asked for: one will do; the other says so when it is used. */
static enum err fill(krb5_context krb, struct kerberos_credential *c, const struct acquire *a)
{
    enum err in = ERR_NO_CREDENTIALS, out = ERR_NO_CREDENTIALS;

    if (a->use & CREDENTIAL_INBOUND)
        in = inbound(krb, c, a);
    if (a->use & CREDENTIAL_OUTBOUND && in != ERR_NO_MEMORY)
        out = outbound(krb, c, a);
    if (in == ERR_NO_MEMORY || out == ERR_NO_MEMORY)
        return ERR_NO_MEMORY;
    if (a->use == CREDENTIAL_INBOUND)
        return in;
    if (a->use == CREDENTIAL_OUTBOUND)
        return out;
    return in && out ? out : ERR_OK;
}

enum err kerberos_credential_acquire(const struct acquire *a, struct kerberos_credential **ret)
{
    struct kerberos_profile *profile = NULL;
    struct kerberos_credential *c = NULL;
    krb5_context krb = NULL;
    enum err e;

    if (!(a->use & CREDENTIAL_BOTH))
        return detail_fail(ERR_INVALID_PARAMETER, "credentials are for neither direction");
    e = kerberos_profile_new(a, &profile);
    if (!e)
        e = new_credential(profile, a->use, &c);
    if (!e)
        e = kerberos_credential_take(c, &krb);
    if (!e)
        e = fill(krb, c, a);
    if (c)
        kerberos_credential_put(c, krb);
    kerberos_profile_unref(profile);
    if (e)
        kerberos_credential_free(c);
    else
        *ret = c;
    return e;
}

enum err kerberos_credential_delegated(struct kerberos_credential *from, krb5_creds *const *creds,
                                       struct kerberos_credential **ret)
{
    struct kerberos_credential *c = NULL;
    krb5_context krb = NULL;
    krb5_error_code code;
    enum err e;
    size_t i;

    e = new_credential(from->profile, CREDENTIAL_OUTBOUND, &c);
    if (!e)
        e = kerberos_credential_take(c, &krb);
    if (e)
        goto out;
    c->source = KERBEROS_SOURCE_DELEGATED;
    code = krb5_copy_principal(krb, creds[0]->client, &c->principal);
    e = code ? kerberos_fail(krb, code, "keeping the delegated ticket") : private_cache(krb, c);
    for (i = 0; !e && creds[i]; i++) {
        code = krb5_cc_store_cred(krb, c->cache, creds[i]);
        e = code ? kerberos_fail(krb, code, "keeping the delegated ticket") : ERR_OK;
        c->tgt_end = (time_t)(uint32_t)creds[i]->times.endtime;
    }
out:
    if (c)
        kerberos_credential_put(c, krb);
    if (e)
        kerberos_credential_free(c);
    else
        *ret = c;
    return e;
}

/* c's client side, with a cache of its own; takes c over on failure. */
static enum err finish_named(struct kerberos_credential *c, const char *name,
                             struct kerberos_credential **ret)
{
    krb5_context krb = NULL;
    krb5_error_code code;
    enum err e = kerberos_credential_take(c, &krb);

    if (!e) {
        code = krb5_parse_name(krb, name, &c->principal);
        e = code ? kerberos_fail(krb, code, "reading the account's name") : private_cache(krb, c);
        kerberos_credential_put(c, krb);
    }
    if (e)
        kerberos_credential_free(c);
    else
        *ret = c;
    return e;
}

enum err kerberos_credential_of_keys(struct kerberos_credential *from,
                                     struct kerberos_keyring *keys, const char *name,
                                     struct kerberos_credential **ret)
{
    struct kerberos_credential *c = NULL;
    enum err e = new_credential(from->profile, CREDENTIAL_OUTBOUND, &c);

    if (e)
        return e;
    c->source = KERBEROS_SOURCE_KEYTAB;
    c->client_keys = kerberos_keyring_ref(keys);
    return finish_named(c, name, ret);
}

enum err kerberos_credential_proxy(struct kerberos_credential *service,
                                   struct kerberos_evidence *evidence,
                                   struct kerberos_credential **ret)
{
    struct kerberos_credential *c = NULL;
    enum err e = new_credential(service->profile, CREDENTIAL_OUTBOUND, &c);

    if (e)
        return e;
    c->source = KERBEROS_SOURCE_PROXY;
    c->service = kerberos_credential_ref(service);
    c->evidence = kerberos_evidence_ref(evidence);
    c->tgt_end = evidence->expiry;
    return finish_named(c, evidence->client, ret);
}

static enum err reload(struct kerberos_credential *c, krb5_context krb)
{
    struct acquire a = { .keytab = c->keytab, .principal = c->keytab_principal };
    struct kerberos_keyring *fresh = NULL, *old = NULL;
    enum err e = kerberos_keyring_load(krb, &a, &fresh);

    if (e)
        return e;
    pthread_mutex_lock(&c->lock);
    old = c->keys;
    c->keys = fresh;
    pthread_mutex_unlock(&c->lock);
    kerberos_keyring_unref(krb, old);
    return ERR_OK;
}

enum err kerberos_credential_keys(struct kerberos_credential *c, krb5_context krb, bool fresh,
                                  struct kerberos_keyring **ret)
{
    bool held;
    enum err e;

    pthread_mutex_lock(&c->lock);
    held = c->keys != NULL;
    pthread_mutex_unlock(&c->lock);
    if (!held) {
        e = detail_fail(ERR_NO_CREDENTIALS, "these credentials hold no key to accept with");
        detail_remedy("acquire them for inbound use, with a keytab");
        return e;
    }
    if (fresh) {
        e = reload(c, krb);
        if (e)
            return e;
    }
    pthread_mutex_lock(&c->lock);
    *ret = kerberos_keyring_ref(c->keys);
    pthread_mutex_unlock(&c->lock);
    return ERR_OK;
}
