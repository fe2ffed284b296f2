/* SPDX-License-Identifier: Apache-2.0
 * account_certificate.h - the certificate of one account on one host: the keys its messages are
 * signed and sealed with, and that whoever published them holds both.  RFC 5280 4.1
 *
 * A profile of X.509 with one encoding for each content: what is read is written again and
 * compared. It is signed by its own key and vouches for nothing by itself: that it is the account's
 * is said by the directory, where only the account (and whom its descriptor names) can put it.
 *
 * Our object identifiers stand below 2.25.57505848164438042215765197969785173340, which is the
 * UUID 2b433937-0419-430b-bf6a-59ac0521355c: .1 is the extended key usage "keys of an account for
 * queued messages", .2 the extension that holds what X.509 has no place for.
 */
#pragma once

#include "base/sid.h"
#include "crypto/p256.h"
#include "queue/header.h"

enum {
    ACCOUNT_CERTIFICATE_ID = 16,
    ACCOUNT_SERIAL = 16,
    ACCOUNT_HOST = 256, /* with its NUL */
    ACCOUNT_CERTIFICATE_MAX = 2048,
    ACCOUNT_DAYS_MOST = 3653,
};

struct account_certificate {
    struct sid sid;
    char host[ACCOUNT_HOST];       /* a DNS name in lower case */
    int64_t not_before, not_after; /* seconds since 1970; the first and the last that count */
    uint8_t serial[ACCOUNT_SERIAL];
    uint8_t signing[CRYPTO_P256_PUBLIC], agreement[CRYPTO_P256_PUBLIC];
    uint8_t signing_id[QUEUE_KEY_ID], agreement_id[QUEUE_KEY_ID]; /* keys.h: queue_key_id */
    uint8_t id[ACCOUNT_CERTIFICATE_ID]; /* SHA-256 of the certificate, its beginning */
};

/* Pairs; borrowed. */
struct account_private {
    const struct crypto_p256 *signing, *agreement;
};

/* host in lower case, without the last dot. ERR_INVALID_PARAMETER for what is no name. */
MUST_CHECK enum err account_host(const char *host, char to[ACCOUNT_HOST]);

/* c says sid, host and the two times; serial, the public keys and the ids are filled in. */
MUST_CHECK enum err account_certificate_make(struct account_certificate *c,
                                             const struct account_private *keys,
                                             struct buf *ret_der);
/* Checked but for the clock and the account: form and both signatures. ERR_MALFORMED; ERR_ALTERED
 * where the keys it holds have not signed it. */
MUST_CHECK enum err account_certificate_read(struct bytes der, struct account_certificate *ret);
/* Whether it is marked as one of these, valid or not: Message Queuing's own are not. */
bool account_certificate_is_ours(struct bytes der);
