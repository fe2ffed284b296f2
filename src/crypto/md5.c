/* SPDX-License-Identifier: Apache-2.0
 * md5.c - see md5.h. The low-level functions cost no allocation; see hmac.c.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>

#include "base/alloc.h"
#include "crypto/md5.h"

void crypto_md5(const struct bytes *parts, size_t count, uint8_t ret[CRYPTO_MD5])
{
    MD5_CTX ctx;
    size_t i;

    MD5_Init(&ctx);
    for (i = 0; i < count; i++)
        MD5_Update(&ctx, parts[i].ptr, parts[i].len);
    MD5_Final(ret, &ctx);
    mem_wipe(&ctx, sizeof ctx);
}
