/* SPDX-License-Identifier: Apache-2.0
 * hkdf.h - HKDF with HMAC-SHA-256.  RFC 5869
 *
 * What goes in is given in parts, so that labels need no buffer.
 */
#pragma once

#include "base/bytes.h"

enum { CRYPTO_HKDF = 32, CRYPTO_HKDF_MAX = 255 * CRYPTO_HKDF };

void crypto_hkdf_extract(struct bytes salt, const struct bytes *parts, size_t count,
                         uint8_t ret[CRYPTO_HKDF]) SHARED(crypto_hkdf_extract);
/* Fills to; len is at most CRYPTO_HKDF_MAX, else ERR_TOO_LONG. */
MUST_CHECK enum err crypto_hkdf_expand(const uint8_t key[CRYPTO_HKDF], const struct bytes *parts,
                                       size_t count, uint8_t *to, size_t len)
    SHARED(crypto_hkdf_expand);
