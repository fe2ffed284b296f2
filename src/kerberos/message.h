/* SPDX-License-Identifier: Apache-2.0
 * message.h - the per-message state of one established Kerberos context: MIC and Wrap tokens.
 *
 * RFC 4121 4.2 for the AES types (17 to 20), RFC 4757 7 for RC4 (23). Nothing is allocated per
 * message. Each direction has its own lock, so one thread may seal while another unseals, and
 * several may seal; sequence numbers follow the order in which the lock was got. The keys stay in
 * the process that made the state: a child of fork is told ERR_INVALID_HANDLE.
 */
#pragma once

#include "package/package.h"

struct kerberos_keys {
    int32_t enctype;
    const uint8_t *key; /* the context's subkey, else the session key; copied */
    size_t key_len;
    bool initiator;
    bool acceptor_subkey; /* key is the acceptor's subkey: RFC 4121 4.2.2 flag bit 2 */
    bool dce_style;
    bool replay, sequence; /* what the receiving side refuses */
    uint64_t send_seq, recv_seq;
};

struct kerberos_messages;

/* ERR_UNSUPPORTED_ETYPE for a type other than 17, 18, 19, 20, 23. */
MUST_CHECK enum err kerberos_messages_new(const struct kerberos_keys *k,
                                          struct kerberos_messages **ret);
void kerberos_messages_free(struct kerberos_messages *s); /* wipes every key; accepts NULL */
/* The context's key; empty in a forked child. */
struct bytes kerberos_messages_key(const struct kerberos_messages *s);
void kerberos_messages_sizes(const struct kerberos_messages *s, struct context_sizes *ret);

/* As the members of struct package (package.h). Data is worked on in place. Failing to seal or
 * sign leaves the message as it was and takes no sequence number. After a failed unseal the data
 * is not to be used: it is wiped where it had been decrypted. */
MUST_CHECK enum err kerberos_sign(struct kerberos_messages *s, uint32_t qop, struct message *m);
MUST_CHECK enum err kerberos_verify(struct kerberos_messages *s, struct message *m,
                                    uint32_t *ret_qop);
MUST_CHECK enum err kerberos_seal(struct kerberos_messages *s, uint32_t qop, struct message *m);
MUST_CHECK enum err kerberos_unseal(struct kerberos_messages *s, struct message *m,
                                    uint32_t *ret_qop);
void kerberos_seal_many(struct kerberos_messages *s, uint32_t qop, struct message *m, size_t n);
void kerberos_unseal_many(struct kerberos_messages *s, struct message *m, size_t n);
