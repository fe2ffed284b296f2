/* SPDX-License-Identifier: Apache-2.0
 * message.c - see message.h.
 */
#include "message.h"

#include <time.h>

#include "keys.h"

uint64_t message_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec + UINT64_C(11644473600)) * QUEUE_SECOND +
           (uint64_t)now.tv_nsec / 100;
}

struct queue_header message_header(const char *queue, enum queue_level level)
{
    const uint64_t now = message_now(), expires = now + 3600 * QUEUE_SECOND;

    return (struct queue_header){
        .level = level,
        .kind = QUEUE_KIND_CALL,
        .priority = 3,
        .delivery = QUEUE_RECOVERABLE,
        .created = now,
        .reach_by = expires,
        .expires = expires,
        .interface_id = { .data1 = 0x12345678 },
        .interface_major = 1,
        .opnum = 4,
        .syntax = { .data1 = 0x8a885d04 },
        .syntax_major = 2,
        .recipient = *keys_of(KEYS_RECEIVER)->account,
        .recipient_spn = bytes_of_text(MESSAGE_SERVICE),
        .queue = bytes_of_text(queue),
    };
}
