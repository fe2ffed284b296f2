/* SPDX-License-Identifier: Apache-2.0
 * initiate.c - the client's side of the AP exchange.  RFC 4120 3.2, RFC 4121 4.1, [MS-KILE] 3.2.5
 *
 *    -> AP-REQ    <- AP-REP, with mutual authentication    -> AP-REP, in DCE style
 */
#include <errno.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/policy.h"
#include "kerberos/context.h"
#include "kerberos/error.h"
#include "kerberos/name.h"
#include "kerberos/target.h"
#include "kerberos/user_to_user.h"

/* What the call for the checksum, made when the authenticator's keys are there, works on. */
struct checksum_call {
    struct kerberos_context *context;
    struct kerberos_checksum checksum;
    krb5_data data;
};

static void forward_ticket(krb5_context krb, krb5_auth_context auth, struct checksum_call *call,
                           krb5_data *ret)
{
    struct kerberos_context *c = call->context;
    krb5_creds *creds = c->ticket->creds;
    krb5_int32 flags = 0;
    krb5_error_code code;

    /* The KRB-CRED carries neither time nor sequence number: it lives inside an authenticator. */
    krb5_auth_con_getflags(krb, auth, &flags);
    krb5_auth_con_setflags(krb, auth, 0);
    code = krb5_fwd_tgt_creds(krb, auth, NULL, creds->client, creds->server, c->credential->cache,
                              1, ret);
    krb5_auth_con_setflags(krb, auth, flags);
    if (!code)
        return;
    log_audit("kerberos: no ticket forwarded to %s: %s", c->ticket->server, error_message(code));
    c->flags &= ~(uint32_t)CONTEXT_DELEGATE;
}

/* Called by krb5_mk_req_extended; the result stays ours. */
static krb5_error_code make_checksum(krb5_context krb, krb5_auth_context auth, void *arg,
                                     krb5_data **ret)
{
    struct checksum_call *call = arg;
    struct kerberos_context *c = call->context;
    krb5_data forwarded = { 0 };
    enum err e;

    if (c->flags & CONTEXT_DELEGATE)
        forward_ticket(krb, auth, call, &forwarded);
    call->checksum.flags = kerberos_flags_to_wire(c->flags);
    call->checksum.delegation = kerberos_data_bytes(&forwarded);
    e = kerberos_checksum_write(&call->checksum, &c->delegation);
    krb5_free_data_contents(krb, &forwarded);
    if (e)
        return e == ERR_NO_MEMORY ? ENOMEM : KRB5KRB_ERR_FIELD_TOOLONG;
    call->data = kerberos_bytes_data(buf_view(c->delegation));
    *ret = &call->data;
    return 0;
}

/* Delegation only where the domain's administrator trusts the service with it, as on Windows. */
static void settle_flags(struct kerberos_context *c)
{
    if (c->flags & CONTEXT_DCE_STYLE)
        c->flags |= CONTEXT_MUTUAL;
    if (c->flags & (CONTEXT_CONFIDENTIALITY | CONTEXT_REPLAY | CONTEXT_SEQUENCE))
        c->flags |= CONTEXT_INTEGRITY;
    if (c->flags & CONTEXT_DELEGATE && !(c->ticket->creds->ticket_flags & TKT_FLG_OK_AS_DELEGATE)) {
        log_audit("kerberos: %s is not trusted for delegation: no ticket is forwarded",
                  c->ticket->server);
        c->flags &= ~(uint32_t)CONTEXT_DELEGATE;
    }
    c->flags &= CONTEXT_DELEGATE | CONTEXT_MUTUAL | CONTEXT_REPLAY | CONTEXT_SEQUENCE |
                CONTEXT_CONFIDENTIALITY | CONTEXT_INTEGRITY | CONTEXT_DCE_STYLE | CONTEXT_IDENTIFY |
                CONTEXT_EXTENDED_ERROR | CONTEXT_CONNECTION | CONTEXT_USE_SESSION_KEY;
}

static krb5_error_code make_request(struct kerberos_context *c, krb5_context krb,
                                    const struct bindings *bindings, krb5_data *ret)
{
    struct checksum_call call = { .context = c };
    struct buf *encoded = &c->ticket->authdata[bindings->present];
    krb5_authdata relevant = { KV5M_AUTHDATA, KERBEROS_AD_IF_RELEVANT, (unsigned)encoded->len,
                               encoded->ptr };
    krb5_authdata *authdata[] = { &relevant, NULL };
    krb5_creds creds = *c->ticket->creds; /* what libkrb5 copies into the authenticator is added */
    krb5_flags options = AP_OPTS_USE_SUBKEY;
    krb5_error_code code;

    creds.authdata = authdata;
    kerberos_bindings_hash(bindings, call.checksum.bindings);
    if (c->flags & CONTEXT_MUTUAL)
        options |= AP_OPTS_MUTUAL_REQUIRED;
    if (c->flags & CONTEXT_USE_SESSION_KEY)
        options |= AP_OPTS_USE_SESSION_KEY;
    code = krb5_auth_con_init(krb, &c->auth);
    if (!code)
        code = krb5_auth_con_setflags(krb, c->auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE);
    if (!code)
        code = krb5_auth_con_set_req_cksumtype(krb, c->auth, KERBEROS_CHECKSUM_TYPE);
    if (!code)
        code = krb5_auth_con_set_checksum_func(krb, c->auth, make_checksum, &call);
    if (!code)
        code = krb5_mk_req_extended(krb, &c->auth, options, NULL, &creds, ret);
    if (c->auth)
        krb5_auth_con_set_checksum_func(krb, c->auth, NULL, NULL);
    buf_free(&c->delegation);
    return code;
}

static enum err take_names(struct kerberos_context *c)
{
    const struct kerberos_ticket *t = c->ticket;
    const char *realm = strrchr(t->server, '@');

    c->client = mem_strdup(t->client);
    c->authority = mem_strdup(realm ? realm + 1 : "");
    c->start = time(NULL);
    c->expiry = (time_t)(uint32_t)t->creds->times.endtime;
    return c->client && c->authority ? kerberos_name_plain(t->server, &c->server) : ERR_NO_MEMORY;
}

static uint32_t local_sequence(struct kerberos_context *c, krb5_context krb)
{
    krb5_int32 seq = 0;

    krb5_auth_con_getlocalseqnumber(krb, c->auth, &seq);
    return (uint32_t)seq;
}

/* Without mutual authentication the acceptor sends with our own number.  RFC 4121 1.3 */
static enum err establish_at_once(struct kerberos_context *c, krb5_context krb)
{
    uint32_t seq = local_sequence(c, krb);
    krb5_keyblock *key = NULL;
    krb5_error_code code = krb5_auth_con_getsendsubkey(krb, c->auth, &key);
    enum err e;

    if (code || !key)
        return kerberos_fail(krb, code ? code : KRB5_NO_TKT_SUPPLIED, "taking the context's key");
    e = kerberos_context_establish(c, krb, key, false, seq, seq);
    krb5_free_keyblock(krb, key);
    return e;
}

static enum kerberos_framing framing(uint32_t flags)
{
    if (flags & CONTEXT_DCE_STYLE)
        return KERBEROS_BARE;
    return flags & CONTEXT_USE_SESSION_KEY ? KERBEROS_FRAMED_USER : KERBEROS_FRAMED;
}

/* With the ticket at hand. */
static enum err make_leg(struct kerberos_context *c, krb5_context krb, const struct leg_in *in,
                         struct leg_out *out)
{
    krb5_data request = { 0 };
    krb5_error_code code;
    enum err e;

    c->rc4_known = c->ticket->enctype == 23 || c->ticket->creds->keyblock.enctype == 23;
    settle_flags(c);
    c->framing = framing(c->flags);
    e = take_names(c);
    if (e)
        return e;
    code = make_request(c, krb, &in->bindings, &request);
    if (code)
        return kerberos_fail(krb, code, "making the request");
    e = kerberos_context_token(c, KERBEROS_TOKEN_AP_REQ, &request, &out->token);
    krb5_free_data_contents(krb, &request);
    if (e)
        return e;
    if (!(c->flags & CONTEXT_MUTUAL))
        return establish_at_once(c, krb);
    c->state = KERBEROS_WAITS_FOR_REP;
    return ERR_OK;
}

static enum err first_leg(struct kerberos_context *c, krb5_context krb, const struct leg_in *in,
                          struct leg_out *out)
{
    enum err e;

    detail_set(detail_get()->asked, in->target);
    if (in->token.len)
        return detail_fail(ERR_UNEXPECTED, "the first leg is the client's, yet there is a token");
    if (c->flags & CONTEXT_USE_SESSION_KEY)
        return kerberos_user_ask(c, krb, in->target, &out->token);
    e = kerberos_ticket_get(c->credential, krb, in->target, &c->ticket);
    return e ? e : make_leg(c, krb, in, out);
}

/* The server's refusal. It is not authenticated, so it can only say why nothing came of it. */
static enum err server_refused(struct kerberos_context *c, krb5_context krb, struct bytes message)
{
    krb5_data data = kerberos_bytes_data(message);
    krb5_error *error = NULL;
    krb5_error_code code = krb5_rd_error(krb, &data, &error);
    struct detail *d = detail_get();
    enum err e;

    if (code)
        return detail_fail(ERR_MALFORMED, "the server's error message cannot be read");
    code = kerberos_error_from_wire(error->error);
    if (code == KRB5KRB_AP_ERR_SKEW)
        d->skew = (int32_t)((int64_t)(uint32_t)error->stime - time(NULL));
    krb5_free_error(krb, error);
    detail_set(d->tried, c->server);
    e = kerberos_fail(krb, code, "the server refused the ticket");
    if (c->ticket && (e == ERR_WRONG_PRINCIPAL || e == ERR_NO_KERB_KEY))
        kerberos_ticket_forget(c->credential, krb, c->ticket); /* its key may have changed */
    return e == ERR_INTERNAL ? ERR_LOGON_DENIED : e;
}

/* The acceptor's subkey is taken where tokens can say so (RFC 4121), in DCE style, and where it is
 * of another type than ours; for RC4 they cannot, and MIT and Windows keep the client's. */
static bool takes_acceptor_key(const struct kerberos_context *c, const krb5_keyblock *ours,
                               const krb5_keyblock *theirs)
{
    return theirs && (theirs->enctype != 23 || (c->flags & CONTEXT_DCE_STYLE) ||
                      theirs->enctype != ours->enctype);
}

static enum err establish_with_reply(struct kerberos_context *c, krb5_context krb,
                                     const krb5_keyblock *ours, const krb5_ap_rep_enc_part *reply)
{
    bool theirs = takes_acceptor_key(c, ours, reply->subkey);

    return kerberos_context_establish(c, krb, theirs ? reply->subkey : ours, theirs,
                                      local_sequence(c, krb), reply->seq_number);
}

static enum err read_reply(struct kerberos_context *c, krb5_context krb, struct bytes message,
                           struct leg_out *out)
{
    krb5_data data = kerberos_bytes_data(message), third = { 0 };
    krb5_ap_rep_enc_part *reply = NULL;
    krb5_keyblock *ours = NULL;
    krb5_error_code code;
    enum err e = ERR_OK;

    code = krb5_auth_con_getsendsubkey(krb, c->auth, &ours);
    if (!code)
        code = krb5_rd_rep(krb, c->auth, &data, &reply);
    if (code) {
        detail_set(detail_get()->tried, c->server);
        e = kerberos_fail(krb, code == ENOMEM ? code : KRB5_MUTUAL_FAILED,
                          "the server's reply does not prove its identity");
        goto out;
    }
    if (c->flags & CONTEXT_DCE_STYLE) {
        code = krb5_mk_rep_dce(krb, c->auth, &third);
        e = code ? kerberos_fail(krb, code, "making the third leg")
                 : kerberos_context_token(c, KERBEROS_TOKEN_AP_REP, &third, &out->token);
    }
    if (!e)
        e = establish_with_reply(c, krb, ours, reply);
out:
    krb5_free_data_contents(krb, &third);
    krb5_free_ap_rep_enc_part(krb, reply);
    krb5_free_keyblock(krb, ours);
    return e;
}

static enum err on_tgt(struct kerberos_context *c, krb5_context krb, const struct leg_in *in,
                       struct bytes message, struct leg_out *out)
{
    enum err e = kerberos_user_ticket(c, krb, message, in->target);

    return e ? e : make_leg(c, krb, in, out);
}

static enum err later_leg(struct kerberos_context *c, krb5_context krb, const struct leg_in *in,
                          struct leg_out *out)
{
    struct kerberos_frame f;
    enum err e = kerberos_frame_read(in->token, &f);

    if (e)
        return detail_fail(e, "the server's token of %zu bytes is no Kerberos token",
                           in->token.len);
    if (f.token == KERBEROS_TOKEN_ERROR)
        return server_refused(c, krb, f.message);
    if (f.token == KERBEROS_TOKEN_AP_REP && c->state == KERBEROS_WAITS_FOR_REP)
        return read_reply(c, krb, f.message, out);
    if (f.token == KERBEROS_TOKEN_TGT_REPLY && c->state == KERBEROS_WAITS_FOR_TGT)
        return on_tgt(c, krb, in, f.message, out);
    return detail_fail(ERR_UNEXPECTED, "the server's token (%x) is none of this leg",
                       (unsigned)f.token);
}

static enum err check_request(const struct leg_in *in)
{
    if (in->flags & CONTEXT_DATAGRAM)
        return detail_fail(ERR_UNSUPPORTED, "datagram contexts are not supported");
    if (in->flags & CONTEXT_NULL_SESSION)
        return detail_fail(ERR_UNSUPPORTED, "Kerberos has no null session");
    if (!in->target || !in->target[0]) {
        detail_remedy("pass the service's principal name as the target: service/host");
        return detail_fail(ERR_TARGET_UNKNOWN,
                           "Kerberos needs a target name, whatever policy says");
    }
    return ERR_OK;
}

enum err kerberos_initiate(void **context, void *credential, const struct leg_in *in,
                           struct leg_out *out)
{
    struct kerberos_context *c = *context;
    krb5_context krb = NULL;
    enum err e = ERR_OK;

    if (!c) {
        e = check_request(in);
        if (!e)
            e = kerberos_context_new(credential, true, in->flags, &c);
        if (e)
            return e;
        *context = c;
    }
    e = kerberos_credential_take(c->credential, &krb);
    if (e)
        return e;
    if (c->state == KERBEROS_NEW)
        e = first_leg(c, krb, in, out);
    else if (c->initiator &&
             (c->state == KERBEROS_WAITS_FOR_REP || c->state == KERBEROS_WAITS_FOR_TGT))
        e = later_leg(c, krb, in, out);
    else
        e = detail_fail(ERR_UNEXPECTED, "this context takes no further token");
    kerberos_credential_put(c->credential, krb);
    if (e) {
        buf_free(&out->token); /* the third leg would tell the server that all is well */
        c->state = KERBEROS_FAILED;
        return e;
    }
    out->done = c->state == KERBEROS_ESTABLISHED;
    out->flags = c->flags;
    out->expiry = c->expiry;
    return ERR_OK;
}
