/* SPDX-License-Identifier: Apache-2.0
 * queue_message.h - messages for queues, as a sender without keys makes them: of level none, or
 * such that claim another and prove nothing.
 */
#pragma once

#include "queue/header.h"

/* A header that is good as it is: to queue, from nobody's account of this host, for 60 seconds from
 * now, of a random id. Its views are queue and constants. */
struct queue_header queue_message_header(const char *queue);
/* The whole message; free with buf_free. */
struct buf queue_message_make(const struct queue_header *h, struct bytes body);
/* 100 ns since 1601. */
uint64_t queue_message_now(void);
