/* SPDX-License-Identifier: Apache-2.0
 * logon.c - how a credential comes by its ticket-granting ticket.  RFC 4120 3.1
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/quiet.h"
#include "kerberos/credential.h"
#include "kerberos/error.h"
#include "kerberos/name.h"
#include "kerberos/s4u.h"

enum { RENEW_BEFORE = 60 /* seconds: a ticket about to end is no longer used */ };

static time_t now_of(krb5_context krb)
{
    krb5_timestamp now = 0;

    return krb5_timeofday(krb, &now) ? time(NULL) : (time_t)(uint32_t)now;
}

/* When the tickets in a cache end: its ticket-granting ticket, else the last of the others. */
static krb5_error_code end_of_cache(krb5_context krb, krb5_ccache cache, time_t *ret)
{
    krb5_cc_cursor cursor = NULL;
    krb5_error_code code = krb5_cc_start_seq_get(krb, cache, &cursor);
    time_t tgt = 0, other = 0;
    krb5_creds creds;

    if (code)
        return code;
    while (krb5_cc_next_cred(krb, cache, &cursor, &creds) == 0) {
        time_t end = (time_t)(uint32_t)creds.times.endtime;

        if (!krb5_is_config_principal(krb, creds.server)) {
            time_t *kind = creds.server->length == 2 && creds.server->data[0].length == 6 &&
                                   memcmp(creds.server->data[0].data, "krbtgt", 6) == 0
                               ? &tgt
                               : &other;

            if (end > *kind)
                *kind = end;
        }
        krb5_free_cred_contents(krb, &creds);
    }
    krb5_cc_end_seq_get(krb, cache, &cursor);
    *ret = tgt ? tgt : other;
    return *ret ? 0 : KRB5_CC_NOTFOUND;
}

static enum err expired(struct kerberos_credential *c, time_t end)
{
    struct tm tm;
    char when[32] = "";
    enum err e;

    if (gmtime_r(&end, &tm))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%SZ", &tm);
    e = detail_fail(ERR_NO_CREDENTIALS, "the tickets of %s%s%s expired at %s", c->name,
                    c->cache_name ? " in " : "", c->cache_name ? c->cache_name : "", when);
    detail_remedy(c->source == KERBEROS_SOURCE_DELEGATED ? "the client must connect again"
                                                         : "get new tickets with kinit");
    return e;
}

/* Copies the user's cache into ours; the user's is only read. */
static enum err from_cache(struct kerberos_credential *c, krb5_context krb, time_t *ret_end)
{
    krb5_ccache from = NULL;
    krb5_error_code code = krb5_cc_resolve(krb, c->cache_name, &from);

    if (!code)
        code = krb5_cc_initialize(krb, c->cache, c->principal);
    if (!code)
        code = krb5_cc_copy_creds(krb, from, c->cache);
    if (!code)
        code = end_of_cache(krb, c->cache, ret_end);
    if (from)
        krb5_cc_close(krb, from);
    if (code) {
        enum err e = kerberos_fail(krb, code, "reading the ticket cache");

        return e == ERR_NO_MEMORY ? e : ERR_NO_CREDENTIALS;
    }
    return *ret_end > now_of(krb) ? ERR_OK : expired(c, *ret_end);
}

static krb5_error_code ask_kdc(struct kerberos_credential *c, krb5_context krb,
                               krb5_get_init_creds_opt *opt, krb5_creds *creds)
{
    krb5_init_creds_context exchange = NULL;
    struct quiet quiet;
    krb5_error_code code;

    code = krb5_init_creds_init(krb, c->principal, NULL, NULL, 0, opt, &exchange);
    if (!code && c->source == KERBEROS_SOURCE_PASSWORD)
        code = krb5_init_creds_set_password(krb, exchange, c->password);
    if (!code && c->source == KERBEROS_SOURCE_KEYTAB)
        code = krb5_init_creds_set_keytab(krb, exchange, kerberos_keyring_keytab(c->client_keys));
    quiet_begin(&quiet);
    if (!code)
        code = krb5_init_creds_get(krb, exchange);
    quiet_end(&quiet);
    if (!code)
        code = krb5_init_creds_get_creds(krb, exchange, creds);
    krb5_init_creds_free(krb, exchange);
    return code;
}

static enum err refused(struct kerberos_credential *c, krb5_context krb, krb5_error_code code)
{
    struct detail *d = detail_get();
    char doing[DETAIL_NAME];

    snprintf(doing, sizeof doing, "logging on as %s", c->name);
    if (c->principal->realm.length < sizeof d->asked)
        kerberos_profile_kdcs(c->profile, c->principal->realm.data, d->server, sizeof d->server);
    if (code == KRB5_KT_NOTFOUND || code == KRB5_LIBOS_CANTREADPWD)
        detail_set(d->tried, c->client_keys ? kerberos_keyring_name(c->client_keys) : "");
    if (code == KRB5_KT_NOTFOUND) {
        detail_library("krb5", code, "the keytab holds no key for the client");
        return detail_fail(ERR_NO_CREDENTIALS, "%s: no key in %s", doing, d->tried);
    }
    if (code == KRB5KRB_AP_ERR_BAD_INTEGRITY) /* the reply does not open: the password is wrong */
        code = KRB5KDC_ERR_PREAUTH_FAILED;
    return kerberos_fail(krb, code, doing);
}

/* A forked child has its parent's tickets, but not the password to get new ones. */
static enum err check_password(const struct kerberos_credential *c)
{
    if (c->source != KERBEROS_SOURCE_PASSWORD || c->password_size == 1 || c->password[0])
        return ERR_OK;
    detail_remedy("acquire the credentials again after fork");
    return detail_fail(ERR_NO_CREDENTIALS, "the password of %s stayed in the parent process",
                       c->name);
}

static enum err from_kdc(struct kerberos_credential *c, krb5_context krb, time_t *ret_end)
{
    krb5_get_init_creds_opt *opt = NULL;
    krb5_creds creds = { 0 };
    krb5_error_code code = krb5_get_init_creds_opt_alloc(krb, &opt);

    if (!code) {
        krb5_get_init_creds_opt_set_forwardable(opt, 1);
        krb5_get_init_creds_opt_set_canonicalize(opt, c->principal->type ==
                                                          KRB5_NT_ENTERPRISE_PRINCIPAL);
        code = krb5_get_init_creds_opt_set_out_ccache(krb, opt, c->cache);
    }
    if (!code)
        code = ask_kdc(c, krb, opt, &creds);
    *ret_end = (time_t)(uint32_t)creds.times.endtime;
    krb5_free_cred_contents(krb, &creds);
    krb5_get_init_creds_opt_free(krb, opt);
    return code ? refused(c, krb, code) : ERR_OK;
}

/* The cache's principal may be the canonical form of the one asked for. */
static enum err take_name(struct kerberos_credential *c, krb5_context krb)
{
    krb5_principal canonical = NULL;
    char *name = NULL;
    enum err e;

    if (krb5_cc_get_principal(krb, c->cache, &canonical))
        return ERR_OK;
    e = kerberos_name_format(krb, canonical, &name);
    if (!e && strcmp(name, c->name) != 0) {
        krb5_free_principal(krb, c->principal);
        c->principal = canonical;
        mem_free(c->name);
        c->name = name;
        return ERR_OK;
    }
    krb5_free_principal(krb, canonical);
    mem_free(name);
    return e;
}

static enum err log_on(struct kerberos_credential *c, krb5_context krb)
{
    krb5_timestamp offset = 0;
    krb5_int32 micro = 0;
    time_t end = 0;
    enum err e;

    switch (c->source) {
    case KERBEROS_SOURCE_CACHE:
        e = from_cache(c, krb, &end);
        break;
    case KERBEROS_SOURCE_PASSWORD:
    case KERBEROS_SOURCE_KEYTAB:
        e = check_password(c);
        if (!e)
            e = from_kdc(c, krb, &end);
        if (!e)
            e = take_name(c, krb);
        break;
    case KERBEROS_SOURCE_DELEGATED:
    case KERBEROS_SOURCE_PROXY: /* its service logs on */
    default:
        e = expired(c, c->tgt_end);
        break;
    }
    if (e)
        return e;
    if (krb5_get_time_offsets(krb, &offset, &micro))
        offset = 0;
    log_debug("kerberos: tickets of %s, clock offset %d s", c->name, (int)offset);
    pthread_mutex_lock(&c->lock);
    c->tgt_end = end;
    __atomic_store_n(&c->clock_offset, offset, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&c->lock);
    return ERR_OK;
}

static bool logged_on(struct kerberos_credential *c, krb5_context krb)
{
    time_t now = now_of(krb);
    bool valid;

    pthread_mutex_lock(&c->lock);
    valid = c->tgt_end > now + RENEW_BEFORE ||
            (c->source == KERBEROS_SOURCE_DELEGATED && c->tgt_end > now);
    pthread_mutex_unlock(&c->lock);
    return valid;
}

enum err kerberos_credential_logon(struct kerberos_credential *c, krb5_context krb)
{
    enum err e = ERR_OK;

    if (c->source == KERBEROS_SOURCE_PROXY)
        return kerberos_s4u_logon(c, krb);
    if (!c->cache) {
        e = detail_fail(ERR_NO_CREDENTIALS, "these credentials cannot be used by a client");
        detail_remedy("acquire them for outbound use: get tickets with kinit, or give a user and "
                      "a password");
        return e;
    }
    if (logged_on(c, krb))
        return ERR_OK;
    pthread_mutex_lock(&c->logon);
    if (!logged_on(c, krb))
        e = log_on(c, krb);
    pthread_mutex_unlock(&c->logon);
    return e;
}
