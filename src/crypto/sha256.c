/* SPDX-License-Identifier: Apache-2.0
 * sha256.c - see sha256.h. The low-level functions cost no allocation; see hmac.c.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "base/alloc.h"
#include "crypto/sha256.h"

void crypto_sha256(const struct bytes *parts, size_t count, uint8_t ret[CRYPTO_SHA256])
{
    SHA256_CTX ctx;
    size_t i;

    SHA256_Init(&ctx);
    for (i = 0; i < count; i++)
        SHA256_Update(&ctx, parts[i].ptr, parts[i].len);
    SHA256_Final(ret, &ctx);
    mem_wipe(&ctx, sizeof ctx);
}
