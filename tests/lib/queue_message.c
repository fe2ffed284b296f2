/* SPDX-License-Identifier: Apache-2.0
 * queue_message.c - messages for queues, that nobody has signed.
 */
#include "lib/queue_message.h"

#include <time.h>
#include <unistd.h>

#include "base/writer.h"
#include "crypto/random.h"
#include "lib/unit.h"
#include "queue/message.h"

uint64_t queue_message_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec + UINT64_C(11644473600)) * QUEUE_SECOND +
           (uint64_t)now.tv_nsec / 100;
}

struct queue_header queue_message_header(const char *queue)
{
    struct queue_header h = { .level = QUEUE_LEVEL_NONE,
                              .kind = QUEUE_KIND_CALL,
                              .priority = 3,
                              .delivery = QUEUE_RECOVERABLE,
                              .created = queue_message_now(),
                              .interface_id = { .data1 = 0x0a0b0c0d },
                              .interface_major = 1,
                              .recipient = { .authority = 22, .sub = { 1, 0 }, .count = 2 },
                              .sender = { .authority = 22, .sub = { 1, 0 }, .count = 2 },
                              .sender_host = bytes_of_text("here"),
                              .recipient_spn = bytes_of_text("test/here"),
                              .queue = bytes_of_text(queue) };

    h.sender.sub[1] = geteuid();
    h.expires = h.reach_by = h.created + 60 * QUEUE_SECOND;
    assert_int_equal(crypto_random(h.id, sizeof h.id), ERR_OK);
    return h;
}

struct buf queue_message_make(const struct queue_header *h, struct bytes body)
{
    struct queue_header whole = *h;
    struct writer w = writer_new(SIZE_MAX);
    const uint8_t agreement[QUEUE_AGREEMENT] = { 0 };
    struct buf head = { 0 }, message = { 0 };
    bool claims = h->level != QUEUE_LEVEL_NONE;

    whole.body_len = body.len;
    assert_int_equal(queue_header_write(&whole, &head), ERR_OK);
    writer_bytes(&w, bytes_of(QUEUE_MAGIC, QUEUE_MAGIC_LEN));
    writer_len32(&w, head.len);
    writer_bytes(&w, buf_view(head));
    writer_bytes(&w, bytes_of(agreement, claims ? QUEUE_AGREEMENT : 0));
    writer_bytes(&w, body);
    writer_bytes(&w, bytes_of(agreement, claims ? QUEUE_TAG : 0));
    assert_int_equal(writer_take(&w, &message), ERR_OK);
    buf_free(&head);
    return message;
}
