/* SPDX-License-Identifier: Apache-2.0
 * message.h - how long the parts of a queued message are, what it begins with, and its keys.
 */
#pragma once

#include "crypto/gcm.h"
#include "crypto/hpke.h"
#include "crypto/sha256.h"

#define QUEUE_MAGIC "CSQM"

enum {
    QUEUE_MAGIC_LEN = 4,
    QUEUE_PREFIX = QUEUE_MAGIC_LEN + 4, /* the magic and the header's length */
    /* enc | begins 8 | ends 8 | signature */
    QUEUE_AGREEMENT = CRYPTO_HPKE_ENC + 8 + 8 + CRYPTO_P256_SIGNATURE,
    QUEUE_SIGNATURE = CRYPTO_P256_SIGNATURE,
    QUEUE_TAG = CRYPTO_GCM_TAG,
};

struct queue_message;

/* The key and nonce of the message with that header under that agreement's secret. */
MUST_CHECK enum err queue_message_key(const uint8_t exporter[CRYPTO_HKDF], struct bytes head,
                                      struct crypto_gcm *ret);

enum { QUEUE_SIGNED_LABEL = 40, QUEUE_SIGNED_MAX = QUEUE_SIGNED_LABEL + CRYPTO_SHA256 };

/* What a message's own signature is over: all of it but the signature, as it is sent. */
struct bytes queue_message_signed(const struct queue_message *m, uint8_t room[QUEUE_SIGNED_MAX]);
