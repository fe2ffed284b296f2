/* SPDX-License-Identifier: Apache-2.0
 * acknowledge.h - what a receiver tells a sender of its message.
 *
 * It goes into a queue that is called by the sender's SID and by nothing else: a message cannot
 * have it go to anybody. Its body is what became of the message, and the reason, in four octets
 * each, little-endian.
 */
#pragma once

#include "queue/client.h"
#include "queue/header.h"

enum { QUEUE_REPLY_NAME = SID_TEXT + 8, QUEUE_ACKNOWLEDGEMENT = 8 };

void queue_reply_name(const struct sid *sender, char to[QUEUE_REPLY_NAME]);
/* Tells the sender of h, where it wants to hear it. What cannot be told is logged. */
void queue_acknowledge(const struct queue_header *h, enum queue_outcome outcome, uint32_t reason);

MUST_CHECK enum err queue_acknowledgement_read(struct bytes body, enum queue_outcome *ret,
                                               uint32_t *ret_reason);
