/* SPDX-License-Identifier: Apache-2.0
 * ticket.c - service tickets, from memory or from the KDC.  RFC 4120 3.3
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy.h"
#include "base/quiet.h"
#include "kerberos/context.h"
#include "kerberos/error.h"
#include "kerberos/name.h"
#include "kerberos/s4u.h"
#include "kerberos/target.h"

enum { TICKET_ENDS_SOON = 30 /* seconds */ };

void kerberos_ticket_unref(krb5_context krb, struct kerberos_ticket *t)
{
    if (!t || __atomic_sub_fetch(&t->refs, 1, __ATOMIC_ACQ_REL))
        return;
    krb5_free_creds(krb, t->creds);
    mem_free(t->target);
    mem_free(t->client);
    mem_free(t->server);
    buf_free(&t->authdata[0]);
    buf_free(&t->authdata[1]);
    mem_free(t);
}

static struct kerberos_ticket *find(struct kerberos_credential *c, const char *target, time_t now)
{
    struct kerberos_ticket *t = NULL;
    size_t i;

    pthread_mutex_lock(&c->lock);
    for (i = 0; !t && i < KERBEROS_TICKETS_KEPT; i++)
        if (c->ticket[i] && strcmp(c->ticket[i]->target, target) == 0 &&
            (time_t)(uint32_t)c->ticket[i]->creds->times.endtime > now + TICKET_ENDS_SOON)
            t = c->ticket[i];
    if (t)
        __atomic_add_fetch(&t->refs, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&c->lock);
    return t;
}

/* In place of one for the same target, else where there is room, else of the oldest. */
static void keep(struct kerberos_credential *c, krb5_context krb, struct kerberos_ticket *t)
{
    struct kerberos_ticket *old = NULL, **place = NULL;
    size_t i;

    __atomic_add_fetch(&t->refs, 1, __ATOMIC_RELAXED);
    pthread_mutex_lock(&c->lock);
    for (i = KERBEROS_TICKETS_KEPT; i-- > 0;)
        if (!c->ticket[i])
            place = &c->ticket[i];
    for (i = 0; i < KERBEROS_TICKETS_KEPT; i++)
        if (c->ticket[i] && strcmp(c->ticket[i]->target, t->target) == 0)
            place = &c->ticket[i];
    if (!place)
        place = &c->ticket[c->next_ticket++ % KERBEROS_TICKETS_KEPT];
    old = *place;
    *place = t;
    pthread_mutex_unlock(&c->lock);
    kerberos_ticket_unref(krb, old);
}

/* From the cache in memory, where it may stand under the name asked for and the one found. */
static void remove_cached(struct kerberos_credential *c, krb5_context krb,
                          const struct kerberos_ticket *t)
{
    krb5_creds which = { .magic = KV5M_CREDS, .client = t->creds->client };
    krb5_principal found = NULL;

    which.server = t->creds->server;
    krb5_cc_remove_cred(krb, c->cache, 0, &which);
    if (krb5_parse_name(krb, t->server, &found))
        return;
    which.server = found;
    krb5_cc_remove_cred(krb, c->cache, 0, &which);
    krb5_free_principal(krb, found);
}

void kerberos_ticket_forget(struct kerberos_credential *c, krb5_context krb,
                            const struct kerberos_ticket *t)
{
    struct kerberos_ticket *old = NULL;
    size_t i;

    remove_cached(c, krb, t);
    pthread_mutex_lock(&c->lock);
    for (i = 0; !old && i < KERBEROS_TICKETS_KEPT; i++) {
        if (c->ticket[i] == t) {
            old = c->ticket[i];
            c->ticket[i] = NULL;
        }
    }
    pthread_mutex_unlock(&c->lock);
    kerberos_ticket_unref(krb, old);
}

/* What the authenticator will say of the target: "service/host@REALM". */
static enum err describe(struct kerberos_ticket *t)
{
    const char *realm = strrchr(t->server, '@');
    struct kerberos_target target = { 0 };
    enum err e;

    target.name = kerberos_name_realm(t->target) || !realm ? mem_strdup(t->target)
                                                           : mem_printf("%s%s", t->target, realm);
    if (!target.name)
        return ERR_NO_MEMORY;
    e = kerberos_target_write(&target, &t->authdata[0]);
    target.options = KERBEROS_AP_OPTIONS_CBT;
    if (!e)
        e = kerberos_target_write(&target, &t->authdata[1]);
    mem_free(target.name);
    return e;
}

static enum err wrap(krb5_context krb, const char *target, krb5_creds *creds,
                     struct kerberos_ticket **ret)
{
    struct kerberos_ticket *t = mem_zero(sizeof *t);
    krb5_ticket *decoded = NULL;
    krb5_error_code code;
    enum err e;

    if (!t) {
        krb5_free_creds(krb, creds);
        return ERR_NO_MEMORY;
    }
    t->refs = 1;
    t->creds = creds;
    t->target = mem_strdup(target);
    code = krb5_decode_ticket(&creds->ticket, &decoded);
    e = code ? kerberos_fail(krb, code, "reading the ticket") : ERR_OK;
    if (!e)
        e = t->target ? kerberos_name_format(krb, creds->client, &t->client) : ERR_NO_MEMORY;
    if (!e) /* creds->server lacks the realm that the KDC found */
        e = kerberos_name_format(krb, decoded->server, &t->server);
    if (!e)
        e = describe(t);
    t->enctype = decoded ? decoded->enc_part.enctype : 0;
    krb5_free_ticket(krb, decoded);
    if (e)
        kerberos_ticket_unref(krb, t);
    else
        *ret = t;
    return e;
}

static enum err refused(struct kerberos_credential *c, krb5_context krb, const char *target,
                        krb5_error_code code)
{
    struct detail *d = detail_get();
    char doing[DETAIL_NAME];

    snprintf(doing, sizeof doing, "asking for a ticket to %.160s", target);
    kerberos_profile_kdcs(c->profile, c->principal->realm.data, d->server, sizeof d->server);
    detail_set(d->tried, target);
    if (code == KRB5KRB_AP_ERR_TKT_EXPIRED)
        code = KRB5_CC_NOTFOUND;
    return kerberos_fail(krb, code, doing);
}

/* second: of the server, for user-to-user; else empty. */
static enum err ask(struct kerberos_credential *c, krb5_context krb, const char *target,
                    struct bytes second, struct kerberos_ticket **ret)
{
    krb5_creds want = { .magic = KV5M_CREDS, .second_ticket = kerberos_bytes_data(second) };
    krb5_flags options = second.len ? KRB5_GC_USER_USER | KRB5_GC_NO_STORE : 0;
    krb5_creds *got = NULL;
    struct quiet quiet;
    krb5_error_code code;
    enum err e;

    if (c->source == KERBEROS_SOURCE_PROXY && second.len) {
        detail_remedy("let the server have a service's name and key");
        return detail_fail(ERR_DELEGATION, "nobody acts for %s in user-to-user", c->name);
    }
    if (c->source == KERBEROS_SOURCE_PROXY) {
        e = kerberos_s4u_ticket(c, krb, target, &got);
        return e ? e : wrap(krb, target, got, ret);
    }
    e = kerberos_name_target(krb, target, &want.server);
    if (e)
        return e;
    want.client = c->principal;
    code = second.len && !want.server->realm.length /* users are not referred to */
               ? krb5_set_principal_realm(krb, want.server, c->principal->realm.data)
               : 0;
    quiet_begin(&quiet);
    if (!code)
        code = krb5_get_credentials(krb, options, c->cache, &want, &got);
    quiet_end(&quiet);
    krb5_free_principal(krb, want.server);
    if (code)
        return refused(c, krb, target, code);
    return wrap(krb, target, got, ret);
}

enum { RC4_HMAC = 23 };

static enum err check_types(const struct kerberos_ticket *t)
{
    if (t->enctype != RC4_HMAC && t->creds->keyblock.enctype != RC4_HMAC)
        return ERR_OK;
    if (!policy_forbids(POLICY_RC4, "a ticket for %s (ticket type %d, session key type %d)",
                        t->server, t->enctype, t->creds->keyblock.enctype))
        return ERR_OK;
    detail_remedy("allow AES on the service's account: msDS-SupportedEncryptionTypes 24");
    return detail_fail(ERR_UNSUPPORTED_ETYPE,
                       "the ticket for %s uses RC4 (ticket type %d, session key type %d)",
                       t->server, t->enctype, t->creds->keyblock.enctype);
}

enum err kerberos_ticket_get(struct kerberos_credential *c, krb5_context krb, const char *target,
                             struct kerberos_ticket **ret)
{
    krb5_timestamp now = 0;
    struct kerberos_ticket *t = NULL;
    enum err e;

    if (krb5_timeofday(krb, &now))
        now = (krb5_timestamp)time(NULL);
    t = find(c, target, (time_t)(uint32_t)now);
    e = t ? ERR_OK : kerberos_credential_logon(c, krb);
    if (!e && !t) {
        e = ask(c, krb, target, (struct bytes){ 0 }, &t);
        if (!e)
            keep(c, krb, t);
    }
    if (!e)
        e = check_types(t);
    if (e)
        kerberos_ticket_unref(krb, t);
    else
        *ret = t;
    return e;
}

enum err kerberos_ticket_get_user(struct kerberos_credential *c, krb5_context krb,
                                  const char *target, struct bytes second,
                                  struct kerberos_ticket **ret)
{
    struct kerberos_ticket *t = NULL;
    enum err e = kerberos_credential_logon(c, krb);

    if (!e)
        e = ask(c, krb, target, second, &t);
    if (!e)
        e = check_types(t);
    if (e)
        kerberos_ticket_unref(krb, t);
    else
        *ret = t;
    return e;
}
