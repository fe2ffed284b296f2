/* SPDX-License-Identifier: Apache-2.0
 * hkdf.c - see hkdf.h.  RFC 5869 2.2, 2.3
 */
#include "crypto/hkdf.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "crypto/hmac.h"

static void mac_parts(const struct crypto_hmac *h, struct crypto_hash_state *run,
                      const struct bytes *parts, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        crypto_hmac_add(h, run, parts[i].ptr, parts[i].len);
}

void crypto_hkdf_extract(struct bytes salt, const struct bytes *parts, size_t count,
                         uint8_t ret[CRYPTO_HKDF])
{
    uint8_t sum[CRYPTO_HASH_MAX];
    struct crypto_hash_state run;
    struct crypto_hmac h;

    crypto_hmac_init(&h, CRYPTO_HASH_SHA256, salt);
    crypto_hmac_begin(&h, &run);
    mac_parts(&h, &run, parts, count);
    crypto_hmac_end(&h, &run, sum);
    memcpy(ret, sum, CRYPTO_HKDF);
    mem_wipe(sum, sizeof sum);
    mem_wipe(&run, sizeof run);
    mem_wipe(&h, sizeof h);
}

/* T(n) = HMAC(key, T(n - 1) | parts | n): their beginnings, one after another. */
enum err crypto_hkdf_expand(const uint8_t key[CRYPTO_HKDF], const struct bytes *parts, size_t count,
                            uint8_t *to, size_t len)
{
    uint8_t sum[CRYPTO_HASH_MAX], n = 0;
    struct crypto_hash_state run;
    struct crypto_hmac h;
    size_t have;

    if (len > CRYPTO_HKDF_MAX)
        return detail_fail(ERR_TOO_LONG, "HKDF gives %d bytes at most, not %zu", CRYPTO_HKDF_MAX,
                           len);
    crypto_hmac_init(&h, CRYPTO_HASH_SHA256, bytes_of(key, CRYPTO_HKDF));
    for (; len > 0; to += have, len -= have) {
        crypto_hmac_begin(&h, &run);
        if (n++ > 0)
            crypto_hmac_add(&h, &run, sum, CRYPTO_HKDF);
        mac_parts(&h, &run, parts, count);
        crypto_hmac_add(&h, &run, &n, 1);
        crypto_hmac_end(&h, &run, sum);
        have = len < CRYPTO_HKDF ? len : CRYPTO_HKDF;
        memcpy(to, sum, have);
    }
    mem_wipe(sum, sizeof sum);
    mem_wipe(&run, sizeof run);
    mem_wipe(&h, sizeof h);
    return ERR_OK;
}
