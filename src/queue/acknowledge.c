/* SPDX-License-Identifier: Apache-2.0
 * acknowledge.c - see acknowledge.h.
 */
#include "queue/acknowledge.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "base/reader.h"
#include "base/writer.h"
#include "queue/process.h"
#include "queue/transport.h"

void queue_reply_name(const struct sid *sender, char to[QUEUE_REPLY_NAME])
{
    char text[SID_TEXT];

    sid_format(sender, text);
    (void)snprintf(to, QUEUE_REPLY_NAME, "reply.%s", text);
}

void queue_acknowledgement_write(enum queue_outcome outcome, uint32_t reason,
                                 uint8_t to[QUEUE_ACKNOWLEDGEMENT])
{
    struct writer w = writer_over(to, QUEUE_ACKNOWLEDGEMENT);

    writer_le32(&w, (uint32_t)outcome);
    writer_le32(&w, reason);
}

enum err queue_acknowledgement_read(struct bytes body, enum queue_outcome *ret,
                                    uint32_t *ret_reason)
{
    struct reader r = reader_over(body);
    uint32_t outcome = reader_le32(&r), reason = reader_le32(&r);

    reader_end(&r);
    if (r.err || outcome > QUEUE_REFUSED)
        return detail_fail(ERR_MALFORMED, "an acknowledgement of %zu bytes is none", body.len);
    *ret = (enum queue_outcome)outcome;
    *ret_reason = reason;
    return ERR_OK;
}

/* To the sender itself, and to a queue of this host. */
static bool is_own(const struct queue_header *h, struct bytes here, const char *name)
{
    if (!bytes_equal(h->reply_queue, bytes_of_text(name))) {
        log_audit("queue: %.*s: a message of %s wants its outcome told to %.*s, and is not heard",
                  (int)h->queue.len, (const char *)h->queue.ptr, name, (int)h->reply_queue.len,
                  (const char *)h->reply_queue.ptr);
        return false;
    }
    return bytes_equal(h->sender_host, here);
}

void queue_acknowledgement_header(const struct queue_header *h, const char *name,
                                  struct queue_header *to)
{
    *to = (struct queue_header){
        .level = h->level,
        .kind = QUEUE_KIND_ACKNOWLEDGEMENT,
        .priority = h->priority,
        .delivery = h->delivery,
        .created = queue_now(),
        .recipient = h->level == QUEUE_LEVEL_NONE ? queue_nobody : h->sender,
        .queue = bytes_of_text(name),
    };
    memcpy(to->reply_to, h->id, sizeof to->reply_to);
    to->expires = to->created + policy_number(POLICY_QUEUE_LIFETIME) * QUEUE_DAY;
    to->reach_by = to->expires;
}

static enum err tell(const struct queue_outward *by, const struct queue_header *h, const char *name,
                     struct bytes body)
{
    struct buf message = { 0 };
    struct queue_header to;
    enum err e;

    queue_acknowledgement_header(h, name, &to);
    e = queue_seal(by->sealer, &to, by->host, body, &message);
    if (!e)
        e = queue_route_send(name, buf_view(message));
    buf_free(&message);
    return e;
}

void queue_acknowledge(const struct queue_header *h, enum queue_outcome outcome, uint32_t reason)
{
    struct detail before = *detail_get();
    uint8_t octets[QUEUE_ACKNOWLEDGEMENT];
    char name[QUEUE_REPLY_NAME];
    struct queue_outward by;
    enum err e;

    if (!h->acknowledge || !h->reply_queue.len)
        return;
    detail_begin("acknowledgement");
    queue_reply_name(&h->sender, name);
    queue_acknowledgement_write(outcome, reason, octets);
    e = queue_process_outward(h->level, &by);
    if (!e && is_own(h, by.host, name))
        e = tell(&by, h, name, bytes_of(octets, sizeof octets));
    if (e)
        log_debug("queue: %s: an outcome could not be told: %s", name, detail_get()->text);
    *detail_get() = before;
}
