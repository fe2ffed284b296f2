/* SPDX-License-Identifier: Apache-2.0
 * s4u.c - S4U2self and S4U2proxy, from the service's side.  [MS-SFU] 3.1.5.1
 *
 * S4U2self gives a ticket to the service itself, which the service's own key opens: its PAC says
 * who the client is. S4U2proxy gives one to another service, for which the KDC wants to see a
 * ticket of the client's; it answers where the domain's administrator allowed it.
 */
#include "kerberos/s4u.h"

#include <stdio.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/quiet.h"
#include "kerberos/context.h"
#include "kerberos/error.h"
#include "kerberos/name.h"
#include "kerberos/pac.h"

/* Exported by libkrb5 since 1.8, and declared in none of its headers; cmake looks for it. */
krb5_error_code KRB5_CALLCONV krb5_get_credentials_for_user(krb5_context krb, krb5_flags options,
                                                            krb5_ccache cache, krb5_creds *want,
                                                            krb5_data *certificate,
                                                            krb5_creds **ret);

static time_t steady(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec;
}

/* ---- who asks ---- */

static bool acts_already(struct kerberos_credential *c, struct kerberos_credential **ret)
{
    bool fresh;

    pthread_mutex_lock(&c->lock);
    fresh = c->actor && c->actor->client_keys == c->keys;
    if (fresh)
        *ret = kerberos_credential_ref(c->actor);
    pthread_mutex_unlock(&c->lock);
    return fresh;
}

/* The client's side of the account whose keys open the clients' tickets. An account's keytab has
 * its own name beside those of its services, and only that can log on. */
static enum err actor_of_keys(struct kerberos_credential *c, struct kerberos_keyring *keys,
                              const char *name, struct kerberos_credential **ret)
{
    struct kerberos_credential *made = NULL, *old = NULL;
    enum err e;

    if (acts_already(c, ret))
        return ERR_OK;
    e = kerberos_credential_of_keys(c, keys, name, &made);
    if (e)
        return e;
    pthread_mutex_lock(&c->lock);
    old = c->actor;
    c->actor = kerberos_credential_ref(made);
    pthread_mutex_unlock(&c->lock);
    kerberos_credential_free(old);
    *ret = made;
    return ERR_OK;
}

static enum err actor_of(struct kerberos_credential *c, krb5_context krb,
                         struct kerberos_credential **ret)
{
    struct kerberos_keyring *keys = NULL;
    const char *account = NULL;
    enum err e = ERR_OK;

    if (c->source == KERBEROS_SOURCE_DELEGATED || c->source == KERBEROS_SOURCE_PROXY)
        return detail_fail(ERR_NO_IMPERSONATION, "%s is a client here itself", c->name);
    if (c->use & CREDENTIAL_INBOUND && kerberos_credential_keys(c, krb, false, &keys) == ERR_OK)
        account = kerberos_keyring_account(keys);
    if (account || (keys && !c->cache))
        e = actor_of_keys(c, keys, account ? account : kerberos_keyring_first(keys), ret);
    else if (c->cache)
        *ret = kerberos_credential_ref(c);
    else
        e = detail_fail(ERR_NO_CREDENTIALS, "these credentials have nobody to act for a client");
    kerberos_keyring_unref(krb, keys);
    return e;
}

/* ---- S4U2self ---- */

static struct kerberos_evidence *find(struct kerberos_credential *c, const char *client,
                                      uint32_t max_age)
{
    struct kerberos_evidence *found = NULL, *each;
    time_t now = time(NULL), age = steady();
    size_t i;

    pthread_mutex_lock(&c->lock);
    for (i = 0; !found && i < KERBEROS_CLIENTS_KEPT; i++) {
        each = c->client[i];
        if (each && strcmp(each->asked, client) == 0 && age - each->made < (time_t)max_age &&
            each->expiry > now)
            found = kerberos_evidence_ref(each);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

static void keep(struct kerberos_credential *c, struct kerberos_evidence *e)
{
    struct kerberos_evidence *old = NULL, **place = NULL;
    size_t i;

    pthread_mutex_lock(&c->lock);
    for (i = 0; i < KERBEROS_CLIENTS_KEPT; i++)
        if (!c->client[i] || strcmp(c->client[i]->asked, e->asked) == 0)
            place = place && !c->client[i] ? place : &c->client[i];
    if (!place)
        place = &c->client[c->next_client++ % KERBEROS_CLIENTS_KEPT];
    old = *place;
    *place = kerberos_evidence_ref(e);
    pthread_mutex_unlock(&c->lock);
    kerberos_evidence_unref(old);
}

/* What the KDC says now goes before what it said, however the name was written. */
static void forget(struct kerberos_credential *c, const char *client)
{
    struct kerberos_evidence *old[KERBEROS_CLIENTS_KEPT] = { NULL };
    size_t i;

    pthread_mutex_lock(&c->lock);
    for (i = 0; i < KERBEROS_CLIENTS_KEPT; i++)
        if (c->client[i] && strcasecmp(c->client[i]->asked, client) == 0) {
            old[i] = c->client[i];
            c->client[i] = NULL;
        }
    pthread_mutex_unlock(&c->lock);
    for (i = 0; i < KERBEROS_CLIENTS_KEPT; i++)
        kerberos_evidence_unref(old[i]);
}

/* The name as it is written; the account's realm where it names none. */
static enum err client_name(struct kerberos_credential *actor, krb5_context krb, const char *client,
                            krb5_principal *ret)
{
    bool bare = !strchr(client, '@') && !strchr(client, '\\');
    char *realm = mem_strndup(actor->principal->realm.data, actor->principal->realm.length);
    enum err e = ERR_NO_MEMORY;

    if (realm)
        e = kerberos_name_client(krb, client, bare ? realm : NULL, ret);
    mem_free(realm);
    return e;
}

static enum err ask_self(struct kerberos_credential *actor, krb5_context krb, const char *client,
                         krb5_creds **ret)
{
    krb5_creds want = { .magic = KV5M_CREDS, .server = actor->principal };
    char doing[DETAIL_NAME];
    struct quiet quiet;
    krb5_error_code code;
    enum err e = client_name(actor, krb, client, &want.client);

    if (e)
        return e;
    quiet_begin(&quiet);
    code = krb5_get_credentials_for_user(
        krb, KRB5_GC_CANONICALIZE | KRB5_GC_NO_STORE | KRB5_GC_FORWARDABLE, actor->cache, &want,
        NULL, ret);
    quiet_end(&quiet);
    krb5_free_principal(krb, want.client);
    if (!code)
        return ERR_OK;
    snprintf(doing, sizeof doing, "asking the KDC as %.80s who %.100s is", actor->name, client);
    return kerberos_fail(krb, code, doing);
}

/* KDCs give no forwardable ticket for a member of Protected Users, but for those that do not look
 * in S4U2self: Samba's of 4.17.  [MS-SFU] 3.2.5.1.2 */
static bool is_kept_back(const struct identity *i)
{
    enum { PROTECTED_USERS = 525, NT_NON_UNIQUE = 21 };
    size_t k;

    for (k = 0; i && k < i->count; k++) {
        const struct sid *s = &i->groups[k].sid;

        if (s->authority == 5 && s->count == 5 && s->sub[0] == NT_NON_UNIQUE &&
            s->sub[4] == PROTECTED_USERS)
            return true;
    }
    return false;
}

bool kerberos_s4u_is_of_answer(const krb5_ticket *t, const krb5_creds *got)
{
    const krb5_keyblock *in = t->enc_part2->session, *said = &got->keyblock;

    return in->enctype == said->enctype && in->length == said->length &&
           bytes_equal_secret(in->contents, said->contents, in->length);
}

/* The question stands outside of what a request's checksum covers. Were it taken out on the way,
 * the answer would be about who asked. */
static enum err check_subject(const struct kerberos_credential *actor, krb5_context krb,
                              const krb5_ticket *t)
{
    if (!krb5_principal_compare(krb, t->enc_part2->client, actor->principal))
        return ERR_OK;
    return detail_fail(ERR_ALTERED,
                       "asked who a client is, the KDC answers about %.100s itself: somebody on "
                       "the way altered the question",
                       actor->name);
}

static enum err opened(const struct kerberos_credential *actor, krb5_context krb, krb5_keytab keys,
                       const krb5_creds *got, krb5_ticket *t, struct kerberos_evidence **ret)
{
    krb5_error_code code = krb5_server_decrypt_ticket_keytab(krb, keys, t);
    struct kerberos_evidence *made = NULL;
    krb5_error_code told = 0;
    char *name = NULL;
    enum err e;

    if (code)
        return kerberos_fail(krb, code, "opening our own ticket for a client");
    if (!kerberos_s4u_is_of_answer(t, got))
        return detail_fail(ERR_ALTERED, "the ticket in the KDC's answer is not the one it gave: "
                                        "somebody on the way to the KDC put another in its place");
    e = check_subject(actor, krb, t);
    if (!e)
        e = kerberos_name_format(krb, t->enc_part2->client, &name);
    if (!e)
        e = kerberos_evidence_new(name, kerberos_data_bytes(&got->ticket), &made);
    mem_free(name);
    if (!e)
        e = kerberos_pac_identity(krb, t, keys, &made->identity, &told);
    if (e) {
        kerberos_evidence_unref(made);
        return e;
    }
    made->kept_back = is_kept_back(made->identity);
    made->forwardable = (t->enc_part2->flags & TKT_FLG_FORWARDABLE) != 0 && !made->kept_back;
    made->expiry = (time_t)(uint32_t)t->enc_part2->times.endtime;
    *ret = made;
    return ERR_OK;
}

static enum err own_keys(struct kerberos_credential *c, krb5_context krb,
                         const struct kerberos_credential *actor, struct kerberos_keyring **ret)
{
    if (actor->client_keys) {
        *ret = kerberos_keyring_ref(actor->client_keys);
        return ERR_OK;
    }
    if (kerberos_credential_keys(c, krb, false, ret) == ERR_OK)
        return ERR_OK;
    detail_remedy("acquire the service's credentials with its keytab");
    return detail_fail(ERR_NO_CREDENTIALS,
                       "what the KDC says of a client is sealed with the key of %.100s, which is "
                       "not held",
                       actor->name);
}

static enum err ask_and_open(struct kerberos_credential *c, struct kerberos_credential *actor,
                             krb5_context krb, const char *client, struct kerberos_evidence **ret)
{
    struct kerberos_keyring *keys = NULL;
    struct kerberos_evidence *made = NULL;
    krb5_ticket *t = NULL;
    krb5_creds *got = NULL;
    krb5_error_code code;
    enum err e = own_keys(c, krb, actor, &keys);

    if (!e)
        e = kerberos_credential_logon(actor, krb);
    if (!e)
        e = ask_self(actor, krb, client, &got);
    if (e)
        goto out;
    code = krb5_decode_ticket(&got->ticket, &t);
    e = code ? kerberos_fail(krb, code, "reading our own ticket for a client")
             : opened(actor, krb, kerberos_keyring_keytab(keys), got, t, &made);
    if (e)
        goto out;
    made->made = steady();
    made->asked = mem_strdup(client);
    if (!made->asked) {
        e = ERR_NO_MEMORY;
        goto out;
    }
    log_debug("kerberos: %s asked for %s: it is %s%s", actor->name, client, made->client,
              made->forwardable ? "" : ", for whom no other service may be asked");
    *ret = kerberos_evidence_ref(made);
out:
    kerberos_evidence_unref(made);
    krb5_free_ticket(krb, t);
    krb5_free_creds(krb, got);
    kerberos_keyring_unref(krb, keys);
    return e;
}

enum err kerberos_s4u_self(struct kerberos_credential *service, const char *client,
                           uint32_t max_age, struct kerberos_evidence **ret)
{
    struct kerberos_credential *actor = NULL;
    krb5_context krb = NULL;
    enum err e;

    *ret = max_age ? find(service, client, max_age) : NULL;
    if (*ret)
        return ERR_OK;
    e = kerberos_credential_take(service, &krb);
    if (e)
        return e;
    e = actor_of(service, krb, &actor);
    if (!e)
        e = ask_and_open(service, actor, krb, client, ret);
    kerberos_credential_put(service, krb);
    kerberos_credential_free(actor);
    if (!e)
        keep(service, *ret);
    else if (e == ERR_LOGON_DENIED)
        forget(service, client);
    return e;
}

/* ---- S4U2proxy ---- */

enum err kerberos_s4u_proxy(struct kerberos_credential *service, struct kerberos_evidence *evidence,
                            struct kerberos_credential **ret)
{
    struct kerberos_credential *actor = NULL;
    krb5_context krb = NULL;
    enum err e = kerberos_credential_take(service, &krb);

    if (e)
        return e;
    e = actor_of(service, krb, &actor);
    if (!e)
        e = kerberos_credential_proxy(actor, evidence, ret);
    kerberos_credential_put(service, krb);
    kerberos_credential_free(actor);
    return e;
}

enum err kerberos_s4u_logon(struct kerberos_credential *c, krb5_context krb)
{
    if (c->evidence->expiry <= time(NULL)) {
        detail_remedy("the client must connect again, or be logged on again");
        return detail_fail(ERR_NO_CREDENTIALS, "the ticket that shows that %s acts for %s expired",
                           c->service->name, c->name);
    }
    return kerberos_credential_logon(c->service, krb);
}

static enum err kept_back(const struct kerberos_credential *c, const char *target)
{
    detail_remedy("who is a member of Protected Users must come with a ticket of its own");
    return detail_fail(ERR_DELEGATION,
                       "%.80s does not act for %.80s at %.120s: that account is of Protected Users",
                       c->service->name, c->name, target);
}

static enum err not_allowed(const struct kerberos_credential *c, const char *target)
{
    const char *service = c->service->name;

    if (!c->evidence->forwardable && c->evidence->asked) {
        detail_remedy("let the administrator trust %.60s to authenticate for delegation "
                      "(TRUSTED_TO_AUTH_FOR_DELEGATION), unless %.60s is sensitive",
                      service, c->name);
        return detail_fail(ERR_DELEGATION,
                           "the KDC refuses %.80s to act for %.80s at %.120s: it gives %.80s no "
                           "forwardable ticket for that account",
                           service, c->name, target, service);
    }
    if (!c->evidence->forwardable) {
        detail_remedy("an account that is sensitive, or of Protected Users, is not acted for; else "
                      "let the client ask for forwardable tickets");
        return detail_fail(ERR_DELEGATION,
                           "the KDC refuses %.80s to act for %.80s at %.120s: the client's ticket "
                           "is not forwardable",
                           service, c->name, target);
    }
    detail_remedy("let the administrator list it: samba-tool delegation add-service %.60s %.100s",
                  service, target);
    return detail_fail(ERR_DELEGATION,
                       "the KDC refuses %.80s to act for %.80s at %.120s: msDS-AllowedToDelegateTo "
                       "of %.80s does not list it",
                       service, c->name, target, service);
}

static enum err refused(const struct kerberos_credential *c, krb5_context krb, const char *target,
                        krb5_error_code code)
{
    struct detail *d = detail_get();
    char doing[DETAIL_NAME];

    kerberos_profile_kdcs(c->profile, c->service->principal->realm.data, d->server,
                          sizeof d->server);
    detail_set(d->tried, target);
    if (code == KRB5KDC_ERR_BADOPTION || code == KRB5_TKT_NOT_FORWARDABLE) {
        detail_library("krb5", code, error_message(code));
        return not_allowed(c, target);
    }
    snprintf(doing, sizeof doing, "asking as %.60s for a ticket of %.60s to %.100s",
             c->service->name, c->name, target);
    return kerberos_fail(krb, code, doing);
}

/* The KDC must have meant the client that the evidence names. */
static enum err check_client(const struct kerberos_credential *c, krb5_context krb,
                             const krb5_creds *got)
{
    if (krb5_principal_compare(krb, got->client, c->principal))
        return ERR_OK;
    return detail_fail(ERR_LOGON_DENIED, "the KDC gave a ticket of somebody else than %s", c->name);
}

enum err kerberos_s4u_ticket(struct kerberos_credential *c, krb5_context krb, const char *target,
                             krb5_creds **ret)
{
    struct bytes evidence = buf_view(c->evidence->ticket);
    krb5_creds want = { .magic = KV5M_CREDS,
                        .client = c->service->principal,
                        .second_ticket = kerberos_bytes_data(evidence) };
    krb5_creds *got = NULL;
    struct quiet quiet;
    krb5_error_code code = 0;
    enum err e = c->evidence->kept_back ? kept_back(c, target)
                                        : kerberos_name_target(krb, target, &want.server);

    if (e)
        return e;
    if (!want.server->realm.length)
        code = krb5_set_principal_realm(krb, want.server, c->service->principal->realm.data);
    quiet_begin(&quiet);
    if (!code)
        code = krb5_get_credentials(krb, KRB5_GC_CONSTRAINED_DELEGATION | KRB5_GC_NO_STORE,
                                    c->service->cache, &want, &got);
    quiet_end(&quiet);
    krb5_free_principal(krb, want.server);
    if (code)
        return refused(c, krb, target, code);
    e = check_client(c, krb, got);
    if (e)
        krb5_free_creds(krb, got);
    else
        *ret = got;
    return e;
}
