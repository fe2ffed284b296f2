/* SPDX-License-Identifier: Apache-2.0
 * message_state.h - what message.c, message_aes.c and message_rc4.c share.
 */
#pragma once

#include <pthread.h>

#include "crypto/derive.h"
#include "crypto/seal.h"
#include "kerberos/message.h"
#include "kerberos/window.h"

struct message_side { /* one direction; everything in it belongs to who holds the lock */
    pthread_mutex_t lock;
    uint64_t seq;             /* sending: the next number */
    struct window window;     /* receiving */
    bool from_acceptor;       /* whose messages these are */
    struct crypto_seal seal;  /* AES: confidential Wrap tokens */
    struct crypto_hmac plain; /* AES: Wrap tokens without confidentiality */
    struct crypto_hmac mic;   /* AES: MIC tokens */
};

struct message_suite { /* one per kind of token; called with the side's lock held */
    enum err (*init)(struct kerberos_messages *s, struct bytes key);
    enum err (*sign)(struct kerberos_messages *s, struct message *m);
    enum err (*verify)(struct kerberos_messages *s, struct message *m);
    enum err (*seal)(struct kerberos_messages *s, uint32_t qop, struct message *m);
    enum err (*unseal)(struct kerberos_messages *s, struct message *m, uint32_t *ret_qop);
    /* Several, with confidentiality, outcomes in m[i].err; NULL: one by one. */
    void (*seal_many)(struct kerberos_messages *s, struct message *m, size_t n);
    void (*unseal_many)(struct kerberos_messages *s, struct message *m, size_t n);
};

extern const struct message_suite message_suite_aes, message_suite_rc4;

/* unseal_many has no place to say of a message that it is only signed. ERR_QOP. */
MUST_CHECK enum err kerberos_must_be_sealed(uint32_t qop);

struct kerberos_messages { /* in secret memory: all zero in a forked child */
    const struct message_suite *suite;
    uint8_t key[32]; /* of the context, whatever is derived from it */
    size_t key_len;
    int32_t enctype;
    bool acceptor_subkey, dce_style;
    size_t tag_len; /* AES: bytes of a checksum */
    struct context_sizes sizes;
    struct crypto_hmac rc4_sign, rc4_seq, rc4_crypt; /* RC4: Ksign, Kseq's and Kcrypt's parents */
    struct message_side send, recv;
};

/* The segments of one message, sorted. Room for two more pieces around the data. */
struct message_parts {
    struct segment *token, *padding, *stream, *first_data;
    struct crypto_piece piece[SEGMENTS_MAX + 2]; /* [0] is left free; data from [1] */
    size_t data;                                 /* pieces of data */
    size_t encrypted_len;                        /* bytes in those that are not plain */
};

/* ERR_MALFORMED for no or two tokens; need_token says whether a stream may stand for it. */
MUST_CHECK enum err message_sort(struct message *m, bool stream_allowed, struct message_parts *ret);
