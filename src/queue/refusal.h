/* SPDX-License-Identifier: Apache-2.0
 * refusal.h - why a message was not opened: what its dead letter says.
 */
#pragma once

#include "base/link.h"

/* clang-format off */
#define QUEUE_REFUSAL_LIST(X) \
  X(NOT,             "the message was not refused") \
  X(MALFORMED,       "the message breaks its format") \
  X(QUEUE,           "the message is for another queue") \
  X(RECIPIENT,       "the message is for another account") \
  X(SERVICE,         "the message is for another service") \
  X(RECIPIENT_KEY,   "the message is sealed to a key that this account does not have, or no more") \
  X(LEVEL,           "the message is protected less than the queue demands") \
  X(UNSIGNED,        "the message has no signature of its own, which the queue demands") \
  X(EXPIRED,         "the message has expired") \
  X(NOT_YET,         "the message was made later than now; the sender's clock is ahead") \
  X(LIFETIME,        "the message would live longer than the queue allows") \
  X(SENDER_UNKNOWN,  "the sender publishes no such key for that host") \
  X(SENDER_REVOKED,  "the sender took back the key that signed") \
  X(SENDER_DISABLED, "the sender's account is disabled, locked out or expired") \
  X(FORGED,          "the sender's key did not sign the agreement") \
  X(AGREEMENT_TIME,  "the message was made outside the time of its agreement") \
  X(SIGNATURE,       "the sender's key did not sign the message") \
  X(ALTERED,         "the message was altered, or is not the sender's") \
  X(REPLAYED,        "the message was executed before") \
  X(KIND,            "the message is no call") \
  X(OPERATOR,        "who wants the message executed again has no such right to the queue")
/* clang-format on */

enum queue_refusal {
#define QUEUE_REFUSAL_NAME(name, text) QUEUE_REFUSED_##name,
    QUEUE_REFUSAL_LIST(QUEUE_REFUSAL_NAME)
#undef QUEUE_REFUSAL_NAME
};

/* The text of the table; never NULL. */
const char *queue_refusal_text(enum queue_refusal r) SHARED(queue_refusal_text);
