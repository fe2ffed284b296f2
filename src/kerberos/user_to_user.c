/* SPDX-License-Identifier: Apache-2.0
 * user_to_user.c - tickets that the holder of a ticket-granting ticket can open.  RFC 4120 3.7,
 * [MS-KILE] 3.2.5.8, 3.4.5
 */
#include "kerberos/user_to_user.h"

#include "asn1/der.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "base/quiet.h"
#include "kerberos/error.h"
#include "kerberos/name.h"
#include "kerberos/tgt_request.h"

enum { NAME_BYTES_MAX = 4096 };

/* PrincipalName.  RFC 4120 5.2.2 */
static enum err write_name(krb5_const_principal p, struct buf *ret)
{
    struct writer w = writer_new(NAME_BYTES_MAX);
    size_t seq = asn1_begin(&w, ASN1_SEQUENCE), tagged, list;
    krb5_int32 i;

    tagged = asn1_begin(&w, ASN1_CONTEXT(0));
    asn1_write_int(&w, ASN1_INTEGER, p->type);
    asn1_end(&w, tagged);
    tagged = asn1_begin(&w, ASN1_CONTEXT(1));
    list = asn1_begin(&w, ASN1_SEQUENCE);
    for (i = 0; i < p->length; i++)
        asn1_write(&w, ASN1_GENERAL_STRING, kerberos_data_bytes(&p->data[i]));
    asn1_end(&w, list);
    asn1_end(&w, tagged);
    asn1_end(&w, seq);
    return writer_take(&w, ret);
}

static enum err framed(enum kerberos_token token, struct bytes message, struct buf *ret)
{
    struct kerberos_frame f = { token, KERBEROS_FRAMED_USER, message };

    return kerberos_frame_write(&f, ret);
}

enum err kerberos_user_ask(struct kerberos_context *c, krb5_context krb, const char *target,
                           struct buf *ret)
{
    struct kerberos_tgt_request m = { 0 };
    struct buf name = { 0 }, message = { 0 };
    krb5_principal server = NULL;
    enum err e;

    e = kerberos_name_target(krb, target, &server);
    if (e)
        return e;
    e = write_name(server, &name);
    m.server = buf_view(name);
    if (server->realm.length)
        m.realm = kerberos_data_bytes(&server->realm);
    if (!e)
        e = kerberos_tgt_request_write(&m, &message);
    if (!e)
        e = framed(KERBEROS_TOKEN_TGT_REQUEST, buf_view(message), ret);
    if (!e)
        c->state = KERBEROS_WAITS_FOR_TGT;
    krb5_free_principal(krb, server);
    buf_free(&name);
    buf_free(&message);
    return e;
}

enum err kerberos_user_ticket(struct kerberos_context *c, krb5_context krb, struct bytes message,
                              const char *target)
{
    struct bytes tgt = { 0 };
    enum err e = kerberos_tgt_reply_read(message, &tgt);

    if (e)
        return detail_fail(e, "the server's ticket-granting ticket comes damaged");
    return kerberos_ticket_get_user(c->credential, krb, target, tgt, &c->ticket);
}

static enum err no_ticket(const struct kerberos_context *c)
{
    detail_remedy("acquire them for both directions, from a ticket cache or with a password");
    return detail_fail(ERR_NO_CREDENTIALS,
                       "the client wants user-to-user, for which these credentials%s%s hold no "
                       "ticket-granting ticket",
                       c->credential->name ? " of " : "",
                       c->credential->name ? c->credential->name : "");
}

/* Our own ticket-granting ticket, once for a context: the request must be sealed with its key. */
static enum err own_tgt(struct kerberos_context *c, krb5_context krb)
{
    struct kerberos_credential *own = c->credential;
    krb5_creds want = { .magic = KV5M_CREDS };
    const krb5_data *realm = NULL;
    struct quiet quiet;
    krb5_error_code code;
    enum err e;

    if (c->tgt)
        return ERR_OK;
    if (!own->cache || own->source == KERBEROS_SOURCE_PROXY)
        return no_ticket(c);
    e = kerberos_credential_logon(own, krb);
    if (e)
        return e;
    want.client = own->principal;
    realm = &own->principal->realm;
    code = krb5_build_principal_ext(krb, &want.server, realm->length, realm->data, 6, "krbtgt",
                                    realm->length, realm->data, 0);
    quiet_begin(&quiet);
    if (!code)
        code = krb5_get_credentials(krb, KRB5_GC_CACHED, own->cache, &want, &c->tgt);
    quiet_end(&quiet);
    krb5_free_principal(krb, want.server);
    if (code == KRB5_CC_NOTFOUND)
        return no_ticket(c);
    return code ? kerberos_fail(krb, code, "looking for our ticket-granting ticket") : ERR_OK;
}

enum err kerberos_user_answer(struct kerberos_context *c, krb5_context krb, struct bytes message,
                              struct buf *ret)
{
    struct kerberos_tgt_request m;
    struct buf reply = { 0 };
    enum err e = kerberos_tgt_request_read(message, &m);

    if (e)
        return detail_fail(e, "the client's request for a ticket-granting ticket is damaged");
    e = own_tgt(c, krb);
    if (!e)
        e = kerberos_tgt_reply_write(kerberos_data_bytes(&c->tgt->ticket), &reply);
    if (!e)
        e = framed(KERBEROS_TOKEN_TGT_REPLY, buf_view(reply), ret);
    buf_free(&reply);
    if (!e)
        c->state = KERBEROS_WAITS_FOR_USER;
    return e;
}

enum err kerberos_user_keys(struct kerberos_context *c, krb5_context krb,
                            struct kerberos_keyring **ret)
{
    enum err e = own_tgt(c, krb);

    return e ? e : kerberos_keyring_of_key(krb, c->tgt->client, &c->tgt->keyblock, ret);
}
