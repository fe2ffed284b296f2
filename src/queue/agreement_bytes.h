/* SPDX-License-Identifier: Apache-2.0
 * agreement_bytes.h - what both sides of an agreement put into HPKE and under the signature.
 */
#pragma once

#include "queue/agreement.h"

enum { QUEUE_AGREEMENT_BYTES = 640 }; /* more than the longest: labels, enc, SIDs and host */

struct queue_agreement_bytes {
    uint8_t bytes[QUEUE_AGREEMENT_BYTES];
    enum err err; /* of the writing */
};

/* Views into to, of which err says whether they are whole. */
struct bytes queue_agreement_info(const struct queue_header *h, uint64_t begins, uint64_t ends,
                                  struct queue_agreement_bytes *to);
struct bytes queue_agreement_signed(struct bytes enc, struct bytes info,
                                    struct queue_agreement_bytes *to);
