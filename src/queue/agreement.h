/* SPDX-License-Identifier: Apache-2.0
 * agreement.h - what a sender and a recipient agree on once for many messages.
 *
 * The sender makes it alone: HPKE to the recipient's key, and its own signature over what comes of
 * it and over who the two are. Each message carries it, so each stands alone. Both sides keep what
 * they know of it in memory that a forked child finds empty: a child agrees anew.
 */
#pragma once

#include "crypto/hpke.h"
#include "queue/header.h"
#include "queue/message.h"

enum {
    QUEUE_AGREEMENTS_MAX = 64, /* recipients at once; beyond, the one used longest ago goes */
    QUEUE_VERIFIED_MAX = 4096, /* agreements a receiver keeps as verified, 80 bytes each */
    QUEUE_AGREEMENT_MESSAGES = 1024,
};

#define QUEUE_AGREEMENT_TIME (5 * 60 * QUEUE_SECOND)
/* What a receiver takes at most: who holds the secret of one agreement can invent messages within
 * its time, a thief of the recipient's key is one of those. */
#define QUEUE_AGREEMENT_TIME_MAX (60 * 60 * QUEUE_SECOND)

struct queue_agreement { /* secret: wipe it with mem_wipe */
    uint8_t part[QUEUE_AGREEMENT];
    uint8_t exporter[CRYPTO_HKDF];
};

/* The sender's. Any number of threads. */
struct queue_agreements;

/* At most so many messages, and messages created so long (ticks) after the first. */
MUST_CHECK enum err queue_agreements_new(uint32_t messages, uint64_t time,
                                         struct queue_agreements **ret);
void queue_agreements_free(struct queue_agreements *a);
/* One for the message of that header, which names sender, recipient, both keys and the time it is
 * created; signing is the sender's pair, to the recipient's key. */
MUST_CHECK enum err queue_agreement_for(struct queue_agreements *a, const struct queue_header *h,
                                        const struct crypto_p256 *signing,
                                        const struct crypto_p256 *to, struct queue_agreement *ret);
/* A new message's id (id.h); head is its header with zeroes there. */
MUST_CHECK enum err queue_agreements_id(struct queue_agreements *a, struct bytes head,
                                        struct bytes body, uint8_t ret[QUEUE_ID]);

/* The receiver's. Any number of threads. */
struct queue_verified;

MUST_CHECK enum err queue_verified_new(struct queue_verified **ret);
void queue_verified_free(struct queue_verified *v);
/* The secret of a message's agreement. ERR_ALTERED: the sender's key did not sign it for these two
 * accounts and keys. */
MUST_CHECK enum err queue_agreement_open(struct queue_verified *v, const struct queue_message *m,
                                         const struct crypto_p256 *own,
                                         const struct crypto_p256 *sender,
                                         uint8_t ret_exporter[CRYPTO_HKDF]);
/* Whether the message was created within its agreement's time, and that is not too long. */
bool queue_agreement_in_time(const struct queue_message *m);
