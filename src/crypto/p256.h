/* SPDX-License-Identifier: Apache-2.0
 * p256.h - keys on the curve P-256: ECDH (RFC 9180's DH) and ECDSA with SHA-256 (FIPS 186-4).
 *
 * A key is either a pair or a public key alone, is never changed, and may be used by any number of
 * threads. Every public key was checked when it was read: on the curve, and not its zero.
 */
#pragma once

#include "base/bytes.h"

enum {
    CRYPTO_P256_SECRET = 32,    /* the scalar, big-endian */
    CRYPTO_P256_PUBLIC = 65,    /* 04 | x 32 | y 32: SEC 1, uncompressed */
    CRYPTO_P256_SHARED = 32,    /* the common point's x */
    CRYPTO_P256_SIGNATURE = 64, /* r 32 | s 32, big-endian */
};

struct crypto_p256;

/* A new pair. */
MUST_CHECK enum err crypto_p256_new(struct crypto_p256 **ret) SHARED(crypto_p256_new);
/* The pair of that scalar; ERR_MALFORMED for one of another length, 0, or not below the order. */
MUST_CHECK enum err crypto_p256_read(struct bytes secret, struct crypto_p256 **ret)
    SHARED(crypto_p256_read);
/* ERR_MALFORMED for what is no uncompressed point of the curve. */
MUST_CHECK enum err crypto_p256_read_public(struct bytes point, struct crypto_p256 **ret)
    SHARED(crypto_p256_read_public);
/* Counted: each reference is freed once; the last one wipes. */
struct crypto_p256 *crypto_p256_ref(struct crypto_p256 *k) SHARED(crypto_p256_ref);
void crypto_p256_free(struct crypto_p256 *k) SHARED(crypto_p256_free); /* accepts NULL */

/* The public half, valid as long as the key. */
struct bytes crypto_p256_public(const struct crypto_p256 *k) SHARED(crypto_p256_public);
/* The scalar; ERR_INVALID_PARAMETER for a public key. The caller wipes it. */
MUST_CHECK enum err crypto_p256_write(const struct crypto_p256 *k, uint8_t ret[CRYPTO_P256_SECRET])
    SHARED(crypto_p256_write);

/* own is a pair. The caller wipes the secret. */
MUST_CHECK enum err crypto_p256_agree(const struct crypto_p256 *own, const struct crypto_p256 *peer,
                                      uint8_t ret[CRYPTO_P256_SHARED]) SHARED(crypto_p256_agree);
/* own is a pair. The scalar that no two messages may share comes of the generator, the message and
 * the key: a generator that repeats itself (a machine put back to a snapshot) gives nothing away.
 */
MUST_CHECK enum err crypto_p256_sign(const struct crypto_p256 *own, struct bytes message,
                                     uint8_t ret[CRYPTO_P256_SIGNATURE]) SHARED(crypto_p256_sign);
/* ERR_ALTERED when the signature is not of that message and key. */
MUST_CHECK enum err crypto_p256_verify(const struct crypto_p256 *peer, struct bytes message,
                                       const uint8_t signature[CRYPTO_P256_SIGNATURE])
    SHARED(crypto_p256_verify);
