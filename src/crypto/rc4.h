/* SPDX-License-Identifier: Apache-2.0
 * rc4.h - RC4, for the tokens of RFC 4757 only.
 */
#pragma once

#include "base/bytes.h"

struct crypto_rc4 { /* a key stream under way; wipe it */
    uint32_t opaque[258];
};

void crypto_rc4_begin(struct crypto_rc4 *r, struct bytes key) SHARED(crypto_rc4_begin);
void crypto_rc4_run(struct crypto_rc4 *r, uint8_t *p, size_t n) SHARED(crypto_rc4_run);
