/* SPDX-License-Identifier: Apache-2.0
 * id.h - the ids of messages, on which all keys of messages hang.
 */
#pragma once

#include "queue/header.h"

enum { QUEUE_ID_SECRET = 32 };

/* HMAC by a secret of the process over fresh random bytes, the header with zeroes for its id, and
 * the body. Where the generator repeats itself, as on a machine put back to a snapshot, a message
 * that differs in anything has another id, and so another key. */
void queue_id_of(const uint8_t secret[QUEUE_ID_SECRET], const uint8_t random[QUEUE_ID_SECRET],
                 struct bytes head, struct bytes body, uint8_t ret[QUEUE_ID]);
