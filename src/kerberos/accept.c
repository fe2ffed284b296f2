/* SPDX-License-Identifier: Apache-2.0
 * accept.c - the server's side of the AP exchange.  RFC 4120 3.2, RFC 4121 4.1, [MS-KILE] 3.4.5
 *
 * The replay cache is libkrb5's, shared with every program on the host that accepts for the same
 * account; it is asked for each request, so a repeated one is refused in DCE style too, though
 * there the third leg alone would tell.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/policy.h"
#include "kerberos/ap_req.h"
#include "kerberos/context.h"
#include "kerberos/error.h"
#include "kerberos/name.h"
#include "kerberos/pac.h"
#include "kerberos/target.h"
#include "kerberos/user_to_user.h"

enum { RC4_HMAC = 23 };

/* One request while it is looked at. */
struct request {
    struct kerberos_context *context;
    krb5_context krb;
    const struct leg_in *in;
    struct kerberos_ap_req clear;
    struct bytes message;
    struct kerberos_keyring *keys;
    krb5_ticket *ticket;
    krb5_authenticator *authenticator;
    struct kerberos_target target;
    krb5_error_code code; /* what the peer is told */
};

static void request_done(struct request *r)
{
    kerberos_keyring_unref(r->krb, r->keys);
    krb5_free_ticket(r->krb, r->ticket);
    krb5_free_authenticator(r->krb, r->authenticator);
    mem_free(r->clear.server);
    mem_free(r->target.name);
}

/* A fresh auth context for each try: a failed one keeps parts. */
static krb5_error_code open_request(struct request *r)
{
    struct kerberos_context *c = r->context;
    krb5_data message = kerberos_bytes_data(r->message);
    krb5_data piece = kerberos_bytes_data(bytes_of_text(kerberos_keyring_first(r->keys)));
    krb5_rcache replays = NULL;
    krb5_error_code code;

    krb5_auth_con_free(r->krb, c->auth);
    c->auth = NULL;
    code = krb5_auth_con_init(r->krb, &c->auth);
    if (!code)
        code = krb5_auth_con_setflags(r->krb, c->auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE);
    if (!code && c->tgt)
        code = krb5_auth_con_setuseruserkey(r->krb, c->auth, &c->tgt->keyblock);
    if (!code)
        code = krb5_get_server_rcache(r->krb, &piece, &replays);
    if (!code)
        code = krb5_auth_con_setrcache(r->krb, c->auth, replays); /* which now owns it */
    if (!code)
        code = krb5_rd_req(r->krb, &c->auth, &message, NULL, kerberos_keyring_keytab(r->keys), NULL,
                           &r->ticket);
    return code;
}

static bool about_keys(krb5_error_code code)
{
    static const krb5_error_code codes[] = {
        KRB5KRB_AP_ERR_NOKEY,    KRB5KRB_AP_WRONG_PRINC,       KRB5_KT_NOTFOUND,
        KRB5_KT_KVNONOTFOUND,    KRB5KRB_AP_ERR_NOT_US,        KRB5KRB_AP_ERR_BADKEYVER,
        KRB5KRB_AP_ERR_MODIFIED, KRB5KRB_AP_ERR_BAD_INTEGRITY,
    };
    size_t i;

    for (i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i] == code)
            return true;
    return false;
}

/* No key opened the ticket: says which was asked for and what the keytab holds. */
static enum err no_key(struct request *r, krb5_error_code code)
{
    struct detail *d = detail_get();
    const char *where = kerberos_keyring_name(r->keys);
    const char *asked = r->clear.server;
    uint32_t kvno = r->clear.kvno;

    kerberos_keyring_list(r->keys, d->tried, sizeof d->tried);
    d->kvno_seen = kvno;
    d->kvno_held = kerberos_keyring_kvno(r->keys, asked);
    detail_library("krb5", code, error_message(code));
    if (!d->kvno_held) {
        r->code = KRB5KRB_AP_ERR_NOT_US;
        detail_remedy("export the key of the account that holds %.100s into %.100s", asked, where);
        return detail_fail(ERR_WRONG_PRINCIPAL,
                           "no key for %.120s (kvno %u, type %d) in %.100s; it holds %.120s", asked,
                           kvno, r->clear.enctype, where, d->tried);
    }
    if (!kerberos_keyring_holds(r->keys, asked, kvno, r->clear.enctype)) {
        r->code = KRB5KRB_AP_ERR_BADKEYVER;
        detail_remedy("export the keytab again; clients get new tickets within their lifetime");
        return detail_fail(ERR_NO_KERB_KEY,
                           "no key for %.120s (kvno %u, type %d) in %.100s; it holds kvno %u",
                           asked, kvno, r->clear.enctype, where, d->kvno_held);
    }
    r->code = KRB5KRB_AP_ERR_MODIFIED;
    detail_remedy("the keytab is another account's, the password changed without a new version, "
                  "or the ticket was altered");
    return detail_fail(ERR_WRONG_PRINCIPAL,
                       "the key for %.120s (kvno %u, type %d) in %.100s does not open the ticket",
                       asked, kvno, r->clear.enctype, where);
}

static enum err not_opened(struct request *r, krb5_error_code code)
{
    krb5_authenticator *sent = NULL;
    struct detail *d = detail_get();

    r->code = code;
    if (about_keys(code))
        return no_key(r, code);
    if (code == KRB5KRB_AP_ERR_SKEW &&
        krb5_auth_con_getauthenticator(r->krb, r->context->auth, &sent) == 0 && sent) {
        d->skew = (int32_t)((int64_t)(uint32_t)sent->ctime - time(NULL));
        krb5_free_authenticator(r->krb, sent);
        (void)detail_fail(ERR_TIME_SKEW, "the client's clock is %d seconds %s ours",
                          d->skew < 0 ? -d->skew : d->skew, d->skew < 0 ? "behind" : "ahead of");
    }
    return kerberos_fail(r->krb, code, "reading the client's request");
}

static enum err decrypt(struct request *r)
{
    struct kerberos_context *c = r->context;
    krb5_error_code code;
    enum err e;

    e = r->clear.options & KERBEROS_AP_USE_SESSION_KEY
            ? kerberos_user_keys(c, r->krb, &r->keys)
            : kerberos_credential_keys(c->credential, r->krb, false, &r->keys);
    if (e)
        return e;
    code = open_request(r);
    if (about_keys(code) && kerberos_keyring_stale(r->keys)) {
        struct kerberos_keyring *old = r->keys;

        r->keys = NULL;
        kerberos_keyring_unref(r->krb, old);
        e = kerberos_credential_keys(c->credential, r->krb, true, &r->keys);
        if (e)
            return e;
        code = open_request(r);
    }
    if (code)
        return not_opened(r, code);
    code = krb5_auth_con_getauthenticator(r->krb, c->auth, &r->authenticator);
    return code ? kerberos_fail(r->krb, code, "reading the authenticator") : ERR_OK;
}

static enum err check_types(struct request *r)
{
    int32_t session = r->ticket->enc_part2->session->enctype;
    int32_t key = r->clear.enctype;

    if (key != RC4_HMAC && session != RC4_HMAC)
        return ERR_OK;
    r->context->rc4_known = true;
    if (!policy_forbids(POLICY_RC4, "%s at %s (ticket type %d, session key type %d)",
                        r->context->client, r->clear.server, key, session))
        return ERR_OK;
    detail_remedy("allow AES on the service's account: msDS-SupportedEncryptionTypes 24");
    return detail_fail(ERR_UNSUPPORTED_ETYPE,
                       "%s uses RC4 to %s (ticket type %d, session key type %d)",
                       r->context->client, r->clear.server, key, session);
}

/* Windows' own elements restrict nothing here: they speak of tokens on the client's host. */
static bool understood(int32_t type)
{
    return type == KERBEROS_AD_IF_RELEVANT || type == KERBEROS_AD_MANDATORY_FOR_KDC ||
           (type >= KERBEROS_AD_RESTRICTIONS && type <= KERBEROS_AD_TARGET);
}

/* What restricts a ticket and is not understood ends the attempt, unless its sender says that it
 * may be passed over, or that it is the KDC's business.  RFC 4120 5.2.6, [MS-KILE] 3.2.5.8 */
static enum err check_critical(struct request *r, krb5_authdata **list, const char *where)
{
    for (; list && *list; list++) {
        if (understood((*list)->ad_type))
            continue;
        r->code = KRB5KDC_ERR_POLICY;
        return detail_fail(ERR_LOGON_DENIED,
                           "the %s of %s restricts it by authorization data of type %d, which is "
                           "not understood",
                           where, r->context->client, (*list)->ad_type);
    }
    return ERR_OK;
}

static enum err check_restrictions(struct request *r)
{
    enum err e = check_critical(r, r->ticket->enc_part2->authorization_data, "ticket");

    return e ? e : check_critical(r, r->authenticator->authorization_data, "authenticator");
}

static enum err read_target(struct request *r)
{
    krb5_authdata **list = r->authenticator->authorization_data;
    enum err e = ERR_OK;

    for (; !e && list && *list; list++) {
        struct kerberos_target t = { 0 };

        if ((*list)->ad_type != KERBEROS_AD_IF_RELEVANT)
            continue;
        e = kerberos_target_read(bytes_of((*list)->contents, (*list)->length), &t);
        if (e)
            return detail_fail(e, "the authorization data in the authenticator is damaged");
        r->target.options |= t.options;
        if (r->target.name)
            mem_free(t.name);
        else
            r->target.name = t.name;
    }
    return e;
}

/* The name in the ticket can be changed on the way to another of the same account's; the one in the
 * authenticator cannot. */
static enum err check_target(struct request *r)
{
    enum err e = read_target(r);

    if (e)
        return e;
    if (!r->target.name) {
        if (!policy_forbids(POLICY_TARGET_NAME, "%s at %s: no authenticated target name",
                            r->context->client, r->clear.server))
            return ERR_OK;
        return detail_fail(ERR_WRONG_PRINCIPAL,
                           "%s does not say in its authenticator whom it means (ticket: %s)",
                           r->context->client, r->clear.server);
    }
    if (kerberos_target_same(r->target.name, r->clear.server))
        return ERR_OK;
    detail_set(detail_get()->asked, r->target.name);
    detail_set(detail_get()->tried, r->clear.server);
    r->code = KRB5KRB_AP_ERR_MODIFIED;
    detail_remedy("somebody between client and server redirects authentication");
    return detail_fail(ERR_WRONG_PRINCIPAL, "the client means %.150s, yet the request says %.150s",
                       r->target.name, r->clear.server);
}

static enum err check_bindings(const struct request *r, const struct kerberos_checksum *sum)
{
    static const uint8_t none[KERBEROS_BINDINGS_HASH];
    uint8_t ours[KERBEROS_BINDINGS_HASH];
    bool absent = memcmp(sum->bindings, none, sizeof none) == 0;

    if (!r->in->bindings.present)
        return ERR_OK;
    kerberos_bindings_hash(&r->in->bindings, ours);
    if (bytes_equal_secret(ours, sum->bindings, sizeof ours))
        return ERR_OK;
    /* A client that knows bindings and sends none was cut off from the channel on purpose. */
    if (absent && r->in->flags & CONTEXT_ALLOW_MISSING_BINDINGS &&
        !(r->target.options & KERBEROS_AP_OPTIONS_CBT))
        return ERR_OK;
    detail_remedy("the client must be on the same TLS channel; or allow missing bindings");
    return detail_fail(ERR_BAD_BINDINGS, "%s: channel bindings %s", r->context->client,
                       absent ? "are missing" : "are of another channel");
}

/* Whoever is impersonated is the client that was authorized, not somebody whose tickets it has. */
static enum err check_delegated(struct request *r)
{
    krb5_creds **list = r->context->delegated;

    for (; list && *list; list++) {
        if (krb5_principal_compare(r->krb, (*list)->client, r->ticket->enc_part2->client))
            continue;
        r->code = KRB5KRB_AP_ERR_BADMATCH;
        return detail_fail(ERR_DELEGATION, "%s delegates a ticket of somebody else",
                           r->context->client);
    }
    return ERR_OK;
}

/* Heimdal, and so Samba, leaves the message in clear within the authenticator, which is sealed
 * with the same key (RFC 4121 4.1.1.1 asks for no more). libkrb5 opens one by a context without
 * keys. */
static krb5_error_code read_clear_delegation(struct request *r, krb5_data *data)
{
    krb5_auth_context keyless = NULL;
    krb5_error_code code = krb5_auth_con_init(r->krb, &keyless);

    if (!code)
        code = krb5_auth_con_setflags(r->krb, keyless, 0);
    if (!code)
        code = krb5_rd_cred(r->krb, keyless, data, &r->context->delegated, NULL);
    krb5_auth_con_free(r->krb, keyless);
    return code;
}

static enum err read_delegation(struct request *r, struct bytes cred)
{
    struct kerberos_context *c = r->context;
    krb5_data data = kerberos_bytes_data(cred);
    krb5_int32 flags = 0;
    krb5_error_code code;

    krb5_auth_con_getflags(r->krb, c->auth, &flags);
    krb5_auth_con_setflags(r->krb, c->auth, 0);
    code = krb5_rd_cred(r->krb, c->auth, &data, &c->delegated, NULL);
    krb5_auth_con_setflags(r->krb, c->auth, flags);
    if (code == KRB5_BAD_ENCTYPE)
        code = read_clear_delegation(r, &data);
    if (code)
        return kerberos_fail(r->krb, code, "reading the delegated ticket");
    return check_delegated(r);
}

/* Credentials made for one service take what is meant for it, not for a sibling that shares the
 * account and so the key.  The name of an account says nothing about services. */
static enum err check_own_name(struct request *r)
{
    const char *own = r->context->credential->keytab_principal;
    const char *meant = r->target.name ? r->target.name : r->clear.server;

    if (!own || !strchr(own, '/') ||
        (r->target.name ? kerberos_target_equal(own, meant) : kerberos_target_same(own, meant)))
        return ERR_OK;
    detail_set(detail_get()->asked, meant);
    detail_set(detail_get()->tried, own);
    r->code = KRB5KRB_AP_ERR_NOT_US;
    detail_remedy("acquire credentials for %.100s, or for no name", meant);
    return detail_fail(ERR_WRONG_PRINCIPAL, "the client means %.150s; this service is %.150s",
                       meant, own);
}

static enum err read_checksum(struct request *r)
{
    const krb5_checksum *raw = r->authenticator->checksum;
    struct kerberos_checksum sum;
    enum err e;

    r->code = KRB5KRB_AP_ERR_INAPP_CKSUM;
    if (!raw || raw->checksum_type != KERBEROS_CHECKSUM_TYPE)
        return detail_fail(ERR_MALFORMED, "the authenticator's checksum is %s of type 0x8003",
                           raw ? "not" : "missing: none");
    e = kerberos_checksum_read(bytes_of(raw->contents, raw->length), &sum);
    if (e)
        return detail_fail(e, "the authenticator's checksum of %u bytes is damaged", raw->length);
    r->code = 0;
    r->context->flags = kerberos_flags_from_wire(sum.flags);
    e = check_bindings(r, &sum);
    if (!e && sum.delegation.len)
        e = read_delegation(r, sum.delegation);
    return e;
}

static enum err take_names(struct request *r)
{
    struct kerberos_context *c = r->context;
    const krb5_enc_tkt_part *part = r->ticket->enc_part2;
    const krb5_data *realm = &r->ticket->server->realm;
    enum err e;

    e = kerberos_name_format(r->krb, part->client, &c->client);
    if (e)
        return e;
    e = kerberos_name_plain(r->clear.server, &c->ticket_server);
    if (e)
        return e;
    c->authority = mem_strndup(realm->data, realm->length);
    c->start = time(NULL);
    c->expiry = (time_t)(uint32_t)part->times.endtime;
    if (!c->authority)
        return ERR_NO_MEMORY;
    if (c->tgt) /* the KDC could not open it */
        return ERR_OK;
    e = kerberos_evidence_new(c->client, r->clear.ticket, &c->evidence);
    if (e)
        return e;
    c->evidence->forwardable = (part->flags & TKT_FLG_FORWARDABLE) != 0;
    c->evidence->expiry = c->expiry;
    return ERR_OK;
}

static enum err settle_names(struct request *r)
{
    struct kerberos_context *c = r->context;

    c->target = r->target.name;
    r->target.name = NULL;
    c->server = mem_strdup(c->target ? c->target : c->ticket_server);
    return c->server ? ERR_OK : ERR_NO_MEMORY;
}

/* Not the client itself speaks, but somebody its domain lets act for it. */
static void tell_services(const struct kerberos_context *c)
{
    const struct identity *i = c->identity;

    if (i && i->service_count)
        log_audit("kerberos: for %s comes %s, the last of %zu who act for it", c->client,
                  i->services[i->service_count - 1], i->service_count);
}

static enum err examine(struct request *r)
{
    enum err e;

    e = take_names(r);
    if (!e)
        e = check_types(r);
    if (!e)
        e = check_restrictions(r);
    if (!e)
        e = check_target(r);
    if (!e)
        e = check_own_name(r);
    if (!e)
        e = kerberos_pac_identity(r->krb, r->ticket, kerberos_keyring_keytab(r->keys),
                                  &r->context->identity, &r->code);
    if (!e)
        e = read_checksum(r);
    if (!e)
        e = settle_names(r);
    if (!e)
        tell_services(r->context);
    return e;
}

static krb5_keyblock *session_key(struct kerberos_context *c, krb5_context krb, bool *ret_subkey)
{
    krb5_keyblock *key = NULL;

    *ret_subkey = krb5_auth_con_getrecvsubkey(krb, c->auth, &key) == 0 && key;
    if (!key && krb5_auth_con_getkey(krb, c->auth, &key))
        return NULL;
    return key;
}

static uint32_t sequence(struct kerberos_context *c, krb5_context krb, bool local)
{
    krb5_int32 seq = 0;

    if (local)
        krb5_auth_con_getlocalseqnumber(krb, c->auth, &seq);
    else
        krb5_auth_con_getremoteseqnumber(krb, c->auth, &seq);
    return (uint32_t)seq;
}

static enum err establish(struct kerberos_context *c, krb5_context krb, bool replied, bool own)
{
    uint32_t remote = sequence(c, krb, false);
    uint32_t local = replied ? sequence(c, krb, true) : remote;
    krb5_keyblock *key = NULL;
    bool subkey = false;
    enum err e;

    if (!own)
        key = session_key(c, krb, &subkey);
    else if (krb5_auth_con_getsendsubkey(krb, c->auth, &key))
        key = NULL;
    if (!key)
        return detail_fail(ERR_INTERNAL, "the exchange left no key");
    e = kerberos_context_establish(c, krb, key, own, local, remote);
    krb5_free_keyblock(krb, key);
    return e;
}

/* A key of our own, except where RC4 tokens could not say so.  RFC 4121 2 */
static bool wants_own_key(struct kerberos_context *c, krb5_context krb)
{
    bool subkey = false, wants;
    krb5_keyblock *key = session_key(c, krb, &subkey);

    wants = c->flags & CONTEXT_DCE_STYLE || !key || key->enctype != RC4_HMAC;
    krb5_free_keyblock(krb, key);
    return wants;
}

static enum err reply(struct kerberos_context *c, krb5_context krb, struct leg_out *out)
{
    bool own = wants_own_key(c, krb);
    krb5_data message = { 0 };
    krb5_error_code code;
    enum err e;

    krb5_auth_con_setflags(
        krb, c->auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE | (own ? KRB5_AUTH_CONTEXT_USE_SUBKEY : 0));
    code = krb5_mk_rep(krb, c->auth, &message);
    if (code)
        return kerberos_fail(krb, code, "making the reply");
    if (c->flags & CONTEXT_DCE_STYLE)
        c->framing = KERBEROS_BARE; /* whatever the request had, as Windows and MIT do */
    e = kerberos_context_token(c, KERBEROS_TOKEN_AP_REP, &message, &out->token);
    krb5_free_data_contents(krb, &message);
    if (e)
        return e;
    if (!(c->flags & CONTEXT_DCE_STYLE))
        return establish(c, krb, true, own);
    c->state = KERBEROS_WAITS_FOR_DCE;
    return ERR_OK;
}

/* Tells the client why, without more than the protocol has a number for. */
static void refuse(struct request *r, struct leg_out *out)
{
    krb5_error error = { .magic = KV5M_ERROR };
    krb5_principal server = NULL;
    krb5_data message = { 0 };

    if (!r->clear.server || krb5_parse_name(r->krb, r->clear.server, &server))
        return;
    error.error = kerberos_error_to_wire(r->code);
    error.server = server;
    if (krb5_us_timeofday(r->krb, &error.stime, &error.susec) == 0 &&
        krb5_mk_error(r->krb, &error, &message) == 0) {
        if (kerberos_context_token(r->context, KERBEROS_TOKEN_ERROR, &message, &out->token))
            out->token = (struct buf){ 0 };
        krb5_free_data_contents(r->krb, &message);
    }
    krb5_free_principal(r->krb, server);
}

static enum err not_asked_for(void)
{
    detail_remedy("accept with ASC_REQ_USE_SESSION_KEY, or let the client not ask for it");
    return detail_fail(ERR_UNSUPPORTED, "the client wants user-to-user, which is not asked for");
}

/* User-to-user is what both sides asked for, or neither. */
static enum err check_kind(struct request *r)
{
    bool wants = r->in->flags & CONTEXT_USE_SESSION_KEY;
    bool is = r->clear.options & KERBEROS_AP_USE_SESSION_KEY;

    if (wants == is)
        return ERR_OK;
    if (is)
        return not_asked_for();
    r->code = KRB5KRB_AP_ERR_USER_TO_USER_REQUIRED;
    detail_remedy("let the client ask for ISC_REQ_USE_SESSION_KEY");
    return detail_fail(ERR_USER_TO_USER, "a request for %.200s, and not of user-to-user",
                       r->clear.server);
}

static enum err first_leg(struct kerberos_context *c, krb5_context krb, const struct leg_in *in,
                          struct leg_out *out)
{
    struct request r = { .context = c, .krb = krb, .in = in };
    struct kerberos_frame f;
    enum err e;

    e = kerberos_frame_read(in->token, &f);
    if (e)
        return detail_fail(e, "the client's token of %zu bytes is no Kerberos token",
                           in->token.len);
    if (f.token == KERBEROS_TOKEN_TGT_REQUEST && c->state == KERBEROS_NEW)
        return in->flags & CONTEXT_USE_SESSION_KEY
                   ? kerberos_user_answer(c, krb, f.message, &out->token)
                   : not_asked_for();
    if (f.token != KERBEROS_TOKEN_AP_REQ)
        return detail_fail(ERR_UNEXPECTED, "the client's first token is no request");
    c->framing = f.framing;
    r.message = f.message;
    e = kerberos_ap_req_read(f.message, &r.clear);
    if (e)
        return detail_fail(e, "the client's request is damaged");
    detail_set(detail_get()->asked, r.clear.server);
    e = check_kind(&r);
    if (!e)
        e = decrypt(&r);
    if (!e)
        e = examine(&r);
    if (!e && (c->flags & CONTEXT_DCE_STYLE || r.clear.options & KERBEROS_AP_MUTUAL))
        c->flags |= CONTEXT_MUTUAL;
    if (!e && c->tgt)
        c->flags |= CONTEXT_USE_SESSION_KEY;
    if (!e && !c->delegated)
        c->flags &= ~(uint32_t)CONTEXT_DELEGATE;
    if (!e)
        e = c->flags & CONTEXT_MUTUAL ? reply(c, krb, out) : establish(c, krb, false, false);
    if (e)
        buf_free(&out->token); /* a reply that was made already would tell the client it is in */
    if (e && e != ERR_NO_MEMORY)
        refuse(&r, out);
    request_done(&r);
    return e;
}

/* The third leg repeats our sequence number: the client is there now, and is who it says. */
static enum err third_leg(struct kerberos_context *c, krb5_context krb, const struct leg_in *in)
{
    struct kerberos_frame f;
    krb5_data message;
    krb5_ui_4 nonce = 0;
    krb5_error_code code;
    enum err e = kerberos_frame_read(in->token, &f);

    if (e)
        return detail_fail(e, "the third leg of %zu bytes is no Kerberos token", in->token.len);
    if (f.token != KERBEROS_TOKEN_AP_REP)
        return detail_fail(ERR_UNEXPECTED, "the third leg is no AP-REP");
    message = kerberos_bytes_data(f.message);
    code = krb5_rd_rep_dce(krb, c->auth, &message, &nonce);
    if (code)
        return kerberos_fail(krb, code, "reading the third leg");
    if (nonce != sequence(c, krb, true))
        return detail_fail(ERR_REPLAYED, "the third leg answers another exchange");
    return establish(c, krb, true, true);
}

enum err kerberos_accept(void **context, void *credential, const struct leg_in *in,
                         struct leg_out *out)
{
    struct kerberos_context *c = *context;
    krb5_context krb = NULL;
    enum err e;

    if (!c) {
        e = kerberos_context_new(credential, false, 0, &c);
        if (e)
            return e;
        *context = c;
    }
    e = kerberos_credential_take(c->credential, &krb);
    if (e)
        return e;
    if (!c->initiator && (c->state == KERBEROS_NEW || c->state == KERBEROS_WAITS_FOR_USER))
        e = first_leg(c, krb, in, out);
    else if (c->state == KERBEROS_WAITS_FOR_DCE)
        e = third_leg(c, krb, in);
    else
        e = detail_fail(ERR_UNEXPECTED, "this context takes no further token");
    kerberos_credential_put(c->credential, krb);
    if (e) {
        c->state = KERBEROS_FAILED;
        return e;
    }
    out->done = c->state == KERBEROS_ESTABLISHED;
    out->flags = c->flags;
    out->expiry = c->expiry;
    return ERR_OK;
}
