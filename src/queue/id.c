/* SPDX-License-Identifier: Apache-2.0
 * id.c - see id.h.
 */
#include "queue/id.h"

#include "base/alloc.h"
#include "crypto/hmac.h"

void queue_id_of(const uint8_t secret[QUEUE_ID_SECRET], const uint8_t random[QUEUE_ID_SECRET],
                 struct bytes head, struct bytes body, uint8_t ret[QUEUE_ID])
{
    uint8_t sum[CRYPTO_HASH_MAX];
    struct crypto_hash_state run;
    struct crypto_hmac h;

    crypto_hmac_init(&h, CRYPTO_HASH_SHA256, bytes_of(secret, QUEUE_ID_SECRET));
    crypto_hmac_begin(&h, &run);
    crypto_hmac_add(&h, &run, random, QUEUE_ID_SECRET);
    crypto_hmac_add(&h, &run, head.ptr, head.len);
    crypto_hmac_add(&h, &run, body.ptr, body.len);
    crypto_hmac_end(&h, &run, sum);
    memcpy(ret, sum, QUEUE_ID);
    mem_wipe(&h, sizeof h);
    mem_wipe(&run, sizeof run);
}
