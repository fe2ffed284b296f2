/* SPDX-License-Identifier: Apache-2.0
 * reason.h - why a receiver would not have a message, or failed with it: one number, which stays
 * with its dead letter.
 *
 *   1 to 255        an enum queue_refusal: the message was not opened
 *   256 to 65534    256 more than the RPC status that the runtime, or the routine's exception, was
 *   65535           a status that is too large for that
 */
#pragma once

#include <stdint.h>

#include "base/link.h"
#include "queue/refusal.h"

enum { QUEUE_REASON_STATUS = 256, QUEUE_REASON_MOST = 65535, QUEUE_REASON_TEXT = 160 };

uint32_t queue_reason_of_refusal(enum queue_refusal r) SHARED(queue_reason_of_refusal);
uint32_t queue_reason_of_status(uint32_t status) SHARED(queue_reason_of_status);
/* In words. */
void queue_reason_format(uint32_t reason, char to[QUEUE_REASON_TEXT]) SHARED(queue_reason_format);
