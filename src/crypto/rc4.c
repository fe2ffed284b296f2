/* SPDX-License-Identifier: Apache-2.0
 * rc4.c - see rc4.h. OpenSSL's low-level RC4: through EVP it would need the legacy provider,
 * which is not installed everywhere. docs/decisions.md
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <assert.h>
#include <openssl/rc4.h>

#include "crypto/rc4.h"

static_assert(sizeof(RC4_KEY) <= sizeof(struct crypto_rc4), "RC4 state");

void crypto_rc4_begin(struct crypto_rc4 *r, struct bytes key)
{
    RC4_set_key((RC4_KEY *)r->opaque, (int)key.len, key.ptr);
}

void crypto_rc4_run(struct crypto_rc4 *r, uint8_t *p, size_t n)
{
    if (n)
        RC4((RC4_KEY *)r->opaque, n, p, p);
}
