/* SPDX-License-Identifier: Apache-2.0
 * hmac.h - HMAC (RFC 2104) from a prepared key: a message costs no key schedule, no allocation.
 */
#pragma once

#include "base/bytes.h"

enum crypto_hash { CRYPTO_HASH_MD5, CRYPTO_HASH_SHA1, CRYPTO_HASH_SHA256, CRYPTO_HASH_SHA384 };

enum { CRYPTO_HASH_MAX = 48, CRYPTO_HASH_STATE = 216 };

struct crypto_hash_state { /* one hash under way; hmac.c checks that it is large enough */
    uint64_t opaque[CRYPTO_HASH_STATE / 8];
};

struct crypto_hmac { /* secret: wipe it with mem_wipe when done */
    enum crypto_hash hash;
    struct crypto_hash_state inner, outer; /* what the two pads leave behind */
};

/* Bytes of the hash's output. */
size_t crypto_hash_len(enum crypto_hash hash) SHARED(crypto_hash_len);

void crypto_hmac_init(struct crypto_hmac *h, enum crypto_hash hash, struct bytes key)
    SHARED(crypto_hmac_init);
void crypto_hmac_begin(const struct crypto_hmac *h, struct crypto_hash_state *run)
    SHARED(crypto_hmac_begin);
void crypto_hmac_add(const struct crypto_hmac *h, struct crypto_hash_state *run, const void *ptr,
                     size_t len) SHARED(crypto_hmac_add);
/* Writes crypto_hash_len bytes. */
void crypto_hmac_end(const struct crypto_hmac *h, struct crypto_hash_state *run,
                     uint8_t ret[CRYPTO_HASH_MAX]) SHARED(crypto_hmac_end);
/* All at once. */
void crypto_hmac_once(enum crypto_hash hash, struct bytes key, struct bytes text,
                      uint8_t ret[CRYPTO_HASH_MAX]) SHARED(crypto_hmac_once);
