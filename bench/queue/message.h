/* SPDX-License-Identifier: Apache-2.0
 * message.h - the messages of bench-queue.
 */
#pragma once

#include "queue/header.h"

#define MESSAGE_SERVICE "bench/bench.example.com"

uint64_t message_now(void); /* 100 ns ticks since 1601 */
/* A call to the receiver's queue, created now, that lives for an hour. */
struct queue_header message_header(const char *queue, enum queue_level level);
