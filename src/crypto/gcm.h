/* SPDX-License-Identifier: Apache-2.0
 * gcm.h - AES-256-GCM, one message at a time.  NIST SP 800-38D
 *
 * A key and a nonce together serve one message and never another.
 */
#pragma once

#include "base/bytes.h"

enum { CRYPTO_GCM_KEY = 32, CRYPTO_GCM_NONCE = 12, CRYPTO_GCM_TAG = 16 };

struct crypto_gcm { /* secret: wipe it with mem_wipe */
    uint8_t key[CRYPTO_GCM_KEY], nonce[CRYPTO_GCM_NONCE];
};

/* to has room for plain.len bytes, and may be where plain is. count parts of aad are authenticated
 * one after another. */
MUST_CHECK enum err crypto_gcm_seal(const struct crypto_gcm *g, const struct bytes *aad,
                                    size_t count, struct bytes plain, uint8_t *to,
                                    uint8_t ret_tag[CRYPTO_GCM_TAG]) SHARED(crypto_gcm_seal);
/* ERR_ALTERED when the tag is not right; what stands in to is then wiped. */
MUST_CHECK enum err crypto_gcm_open(const struct crypto_gcm *g, const struct bytes *aad,
                                    size_t count, struct bytes sealed,
                                    const uint8_t tag[CRYPTO_GCM_TAG], uint8_t *to)
    SHARED(crypto_gcm_open);
