/* SPDX-License-Identifier: Apache-2.0
 * sha256.h - SHA-256 over parts.
 */
#pragma once

#include "base/bytes.h"

enum { CRYPTO_SHA256 = 32 };

/* Over the parts one after another. */
void crypto_sha256(const struct bytes *parts, size_t count, uint8_t ret[CRYPTO_SHA256])
    SHARED(crypto_sha256);
