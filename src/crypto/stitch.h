/* SPDX-License-Identifier: Apache-2.0
 * stitch.h - AES-CBC and SHA-1 woven together, where the processor has instructions for both.
 *
 * Each alone waits for its own last result most of the time; together they take as long as the
 * slower. crypto/seal.c uses it for the long middle of a message and OpenSSL for the rest, so the
 * same bytes come out either way.
 */
#pragma once

#include "crypto/hmac.h"

enum { STITCH_BLOCK = 64, STITCH_ROUNDS_MAX = 14 };

struct crypto_stitch { /* a key schedule; rounds 0: not for this processor */
    _Alignas(16) uint8_t round[STITCH_ROUNDS_MAX + 1][16];
    int rounds;
};

/* For a key of 16 or 32 bytes. */
void crypto_stitch_init(struct crypto_stitch *k, struct bytes key);

/* How many bytes of a SHA-1 block the hash under way still waits for; 0 at a block's edge. */
size_t crypto_stitch_missing(const struct crypto_hash_state *sha1);

/* Encrypts blocks times 64 bytes at cipher in place and hashes as many at hash, which lies at or
 * after cipher in the same memory: what is hashed is what stood there before. */
void crypto_stitch_run(const struct crypto_stitch *k, uint8_t iv[16], uint8_t *cipher,
                       struct crypto_hash_state *sha1, const uint8_t *hash, size_t blocks);

/* Test hook: with false, and with COUNTERSIGN_CRYPTO=plain in the environment, everything is done
 * by OpenSSL's functions alone, here and in lanes.c. */
void crypto_allow_special(bool allow) SHARED(crypto_allow_special);
bool crypto_special_allowed(void);
