/* SPDX-License-Identifier: Apache-2.0
 * context.c - what initiator and acceptor share: keys, names, the end.
 */
#include "kerberos/context.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy.h"
#include "kerberos/error.h"
#include "kerberos/package.h"

enum { RC4_HMAC = 23 };

enum err kerberos_context_new(struct kerberos_credential *credential, bool initiator,
                              uint32_t flags, struct kerberos_context **ret)
{
    struct kerberos_context *c = mem_zero(sizeof *c);

    if (!c)
        return ERR_NO_MEMORY;
    c->credential = credential;
    c->initiator = initiator;
    c->flags = flags;
    *ret = c;
    return ERR_OK;
}

void kerberos_context_free(void *context)
{
    struct kerberos_context *c = context;
    krb5_context krb = NULL;

    if (!c)
        return;
    if ((c->auth || c->ticket || c->delegated || c->tgt) &&
        kerberos_credential_take(c->credential, &krb) == ERR_OK) {
        krb5_auth_con_free(krb, c->auth);
        kerberos_ticket_unref(krb, c->ticket);
        krb5_free_tgt_creds(krb, c->delegated);
        krb5_free_creds(krb, c->tgt);
        kerberos_credential_put(c->credential, krb);
    }
    kerberos_messages_free(c->messages);
    kerberos_credential_free(c->proxy);
    kerberos_evidence_unref(c->evidence);
    identity_unref(c->identity);
    buf_free(&c->delegation);
    mem_free(c->client);
    mem_free(c->server);
    mem_free(c->authority);
    mem_free(c->target);
    mem_free(c->ticket_server);
    mem_free(c);
}

enum err kerberos_context_token(const struct kerberos_context *c, enum kerberos_token token,
                                const krb5_data *message, struct buf *ret)
{
    struct kerberos_frame f = { token, c->framing, kerberos_data_bytes(message) };

    return kerberos_frame_write(&f, ret);
}

/* Either side may bring a subkey of another type than the tickets', which were looked at before. */
static enum err check_key(const struct kerberos_context *c, int32_t enctype)
{
    if (enctype != RC4_HMAC || c->rc4_known ||
        !policy_forbids(POLICY_RC4, "%s at %s (a subkey of type %d)", c->client, c->server,
                        enctype))
        return ERR_OK;
    detail_remedy("let both sides use AES: the tickets have it already");
    return detail_fail(ERR_UNSUPPORTED_ETYPE, "%s wants RC4 for the messages with %s",
                       c->initiator ? c->server : c->client, c->initiator ? "us" : c->server);
}

enum err kerberos_context_establish(struct kerberos_context *c, krb5_context krb,
                                    const krb5_keyblock *key, bool acceptor_subkey,
                                    uint32_t local_seq, uint32_t remote_seq)
{
    struct kerberos_keys k = { .enctype = key->enctype,
                               .key = key->contents,
                               .key_len = key->length,
                               .initiator = c->initiator,
                               .acceptor_subkey = acceptor_subkey,
                               .dce_style = (c->flags & CONTEXT_DCE_STYLE) != 0,
                               .replay = (c->flags & CONTEXT_REPLAY) != 0,
                               .sequence = (c->flags & CONTEXT_SEQUENCE) != 0,
                               .send_seq = local_seq,
                               .recv_seq = remote_seq };
    enum err e = check_key(c, key->enctype);

    if (e)
        return e;
    e = kerberos_messages_new(&k, &c->messages);
    if (e == ERR_UNSUPPORTED_ETYPE)
        return detail_fail(e, "messages cannot be protected with encryption type %d", key->enctype);
    if (e)
        return e;
    c->enctype = key->enctype;
    c->state = KERBEROS_ESTABLISHED;
    /* What the exchange needed is needed no longer. */
    krb5_auth_con_free(krb, c->auth);
    c->auth = NULL;
    kerberos_ticket_unref(krb, c->ticket);
    c->ticket = NULL;
    krb5_free_creds(krb, c->tgt);
    c->tgt = NULL;
    return ERR_OK;
}

/* Names as RFC 3961's registry has them.  RFC 3962, RFC 8009, RFC 4757 */
static const struct {
    uint32_t type, sign_type, bits;
    const char *encrypt, *sign;
} algorithms[] = {
    { 17, 15, 128, "AES128-CTS-HMAC-SHA1-96", "HMAC-SHA1-96-AES128" },
    { 18, 16, 256, "AES256-CTS-HMAC-SHA1-96", "HMAC-SHA1-96-AES256" },
    { 19, 19, 128, "AES128-CTS-HMAC-SHA256-128", "HMAC-SHA256-128-AES128" },
    { 20, 20, 256, "AES256-CTS-HMAC-SHA384-192", "HMAC-SHA384-192-AES256" },
    { 23, (uint32_t)-138, 128, "RC4-HMAC", "HMAC-MD5-RC4" },
};

static void describe_algorithms(uint32_t type, struct context_info *ret)
{
    size_t i;

    for (i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
        if (algorithms[i].type != type)
            continue;
        ret->encrypt_algorithm = algorithms[i].encrypt;
        ret->sign_algorithm = algorithms[i].sign;
        ret->encrypt_type = type;
        ret->sign_type = algorithms[i].sign_type;
        ret->key_bits = algorithms[i].bits;
    }
}

void kerberos_context_query(void *context, struct context_info *ret)
{
    const struct kerberos_context *c = context;

    ret->package = &kerberos_package;
    ret->established = c->state == KERBEROS_ESTABLISHED;
    ret->initiator = c->initiator;
    ret->flags = c->flags;
    ret->start = c->start;
    ret->expiry = c->expiry;
    ret->client = c->client;
    ret->server = c->server;
    ret->authority = c->authority;
    ret->target = c->target;
    ret->ticket_server = c->ticket_server;
    ret->identity = c->identity;
    describe_algorithms((uint32_t)c->enctype, ret);
    if (c->messages) {
        ret->session_key = kerberos_messages_key(c->messages);
        kerberos_messages_sizes(c->messages, &ret->sizes);
    }
}
