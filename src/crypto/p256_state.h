/* SPDX-License-Identifier: Apache-2.0
 * p256_state.h - what a key of p256.h is to OpenSSL. For files of this module.
 */
#pragma once

#include <openssl/evp.h>
#include <stdatomic.h>

#include "crypto/p256.h"

struct crypto_p256 {
    EVP_PKEY *key;
    atomic_uint refs;
    bool pair; /* with its secret */
    uint8_t point[CRYPTO_P256_PUBLIC];
};
