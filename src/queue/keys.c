/* SPDX-License-Identifier: Apache-2.0
 * keys.c - see keys.h.
 */
#include "queue/keys.h"

#include "crypto/sha256.h"

static const char label[] = "countersign queue key"; /* with its zero */

void queue_key_id(struct bytes public_key, uint8_t ret[QUEUE_KEY_ID])
{
    const struct bytes parts[] = { bytes_of(label, sizeof label), public_key };
    uint8_t sum[CRYPTO_SHA256];

    crypto_sha256(parts, 2, sum);
    memcpy(ret, sum, QUEUE_KEY_ID);
}

void queue_key_done(struct queue_key *k)
{
    crypto_p256_free(k->key);
    k->key = NULL;
}
