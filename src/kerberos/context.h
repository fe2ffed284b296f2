/* SPDX-License-Identifier: Apache-2.0
 * context.h - one security context of the Kerberos package.
 */
#pragma once

#include "kerberos/checksum.h"
#include "kerberos/credential.h"
#include "kerberos/frame.h"
#include "kerberos/message.h"
#include "package/identity.h"

enum kerberos_state {
    KERBEROS_NEW,
    KERBEROS_WAITS_FOR_TGT,  /* initiator, user-to-user: the server's ticket is to come */
    KERBEROS_WAITS_FOR_USER, /* acceptor, user-to-user: the AP-REQ is to come */
    KERBEROS_WAITS_FOR_REP,  /* initiator: the AP-REP is to come */
    KERBEROS_WAITS_FOR_DCE,  /* acceptor, DCE style: the third leg is to come */
    KERBEROS_ESTABLISHED,
    KERBEROS_FAILED,
};

struct kerberos_context {
    struct kerberos_credential *credential; /* the caller holds it as long as us */
    enum kerberos_state state;
    bool initiator;
    uint32_t flags; /* asked for, then granted */
    enum kerberos_framing framing;
    krb5_auth_context auth;
    time_t start, expiry;
    char *client, *server, *authority, *target, *ticket_server;
    struct kerberos_ticket *ticket;     /* initiator */
    krb5_creds *tgt;                    /* acceptor, user-to-user: our own */
    struct buf delegation;              /* initiator: the checksum while it is needed */
    krb5_creds **delegated;             /* acceptor: what the client handed over */
    struct kerberos_evidence *evidence; /* acceptor: the client's ticket */
    struct kerberos_credential *proxy;  /* acceptor: to act for it, once wanted */
    struct identity *identity;          /* acceptor: the client's SIDs; NULL: none are proven */
    int32_t enctype;
    bool rc4_known; /* the ticket or its key is of RC4, and policy has let it pass */
    struct kerberos_messages *messages;
};

MUST_CHECK enum err kerberos_context_new(struct kerberos_credential *c, bool initiator,
                                         uint32_t flags, struct kerberos_context **ret);
void kerberos_context_free(void *context);
/* The steps; krb is lent for the call. After a failure the state is KERBEROS_FAILED. */
enum err kerberos_initiate(void **context, void *credential, const struct leg_in *in,
                           struct leg_out *out);
enum err kerberos_accept(void **context, void *credential, const struct leg_in *in,
                         struct leg_out *out);
/* A message in the context's framing. */
MUST_CHECK enum err kerberos_context_token(const struct kerberos_context *c,
                                           enum kerberos_token token, const krb5_data *message,
                                           struct buf *ret);
/* Sets up message protection under this key; the context is then established. remote_seq is what
 * the peer's first message will carry. */
MUST_CHECK enum err kerberos_context_establish(struct kerberos_context *c, krb5_context krb,
                                               const krb5_keyblock *key, bool acceptor_subkey,
                                               uint32_t local_seq, uint32_t remote_seq);
void kerberos_context_query(void *context, struct context_info *ret);

static inline struct bytes kerberos_data_bytes(const krb5_data *d)
{
    return bytes_of(d->data, d->length);
}

static inline krb5_data kerberos_bytes_data(struct bytes b)
{
    return (krb5_data){ KV5M_DATA, (unsigned)b.len, (char *)b.ptr };
}
