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

void queue_reply_name(const struct sid *sender, char to[QUEUE_REPLY_NAME]) SHARED(queue_reply_name);
/* What is told of the message with the header h, into the queue of that name: all but what
 * queue_seal fills in, and its body. */
void queue_acknowledgement_header(const struct queue_header *h, const char *name,
                                  struct queue_header *to) SHARED(queue_acknowledgement_header);
void queue_acknowledgement_write(enum queue_outcome outcome, uint32_t reason,
                                 uint8_t to[QUEUE_ACKNOWLEDGEMENT])
    SHARED(queue_acknowledgement_write);
/* Tells the sender of h, where it wants to hear it. What cannot be told is logged. */
void queue_acknowledge(const struct queue_header *h, enum queue_outcome outcome, uint32_t reason);

MUST_CHECK enum err queue_acknowledgement_read(struct bytes body, enum queue_outcome *ret,
                                               uint32_t *ret_reason);
