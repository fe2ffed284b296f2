/* SPDX-License-Identifier: Apache-2.0
 * derive.h - the keys a Kerberos key is split into: RFC 3961 5.1 (DK), RFC 8009 3 (KDF-HMAC-SHA2).
 */
#pragma once

#include "base/bytes.h"

enum { /* Kerberos numbers of the encryption types */
       CRYPTO_AES128_SHA1 = 17,
       CRYPTO_AES256_SHA1 = 18,
       CRYPTO_AES128_SHA256 = 19,
       CRYPTO_AES256_SHA384 = 20,
       CRYPTO_RC4_HMAC = 23,
};

enum crypto_key_kind { CRYPTO_KC = 0x99, CRYPTO_KE = 0xAA, CRYPTO_KI = 0x55 };

enum { CRYPTO_KEY_MAX = 32 };

struct crypto_key { /* wipe it */
    uint8_t bytes[CRYPTO_KEY_MAX];
    size_t len;
};

static inline struct bytes crypto_key_view(const struct crypto_key *k)
{
    return (struct bytes){ k->bytes, k->len };
}

/* For types 17 to 20; ERR_UNSUPPORTED_ETYPE for others, ERR_INVALID_PARAMETER for a base key of
 * the wrong length. */
MUST_CHECK enum err crypto_derive(int32_t enctype, struct bytes base, uint32_t usage,
                                  enum crypto_key_kind kind, struct crypto_key *ret)
    SHARED(crypto_derive);

/* DK of an AES key of 16 or 32 bytes and any constant. */
MUST_CHECK enum err crypto_dk(struct bytes base, struct bytes text, struct crypto_key *ret)
    SHARED(crypto_dk);

/* Fills to with the n-fold of text, RFC 3961 5.1. */
void crypto_nfold(struct bytes text, uint8_t *to, size_t len) SHARED(crypto_nfold);
