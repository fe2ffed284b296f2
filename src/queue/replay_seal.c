/* SPDX-License-Identifier: Apache-2.0
 * replay_seal.c - the operator's side of replay.h.
 */
#include "base/detail.h"
#include "base/policy_value.h"
#include "queue/process.h"
#include "queue/replay.h"
#include "queue/transport.h"

/* The call's own message. */
static enum err call_of(struct bytes letter, struct bytes *ret, struct queue_header *ret_header)
{
    struct queue_message m;
    struct queue_replay earlier;
    enum err e = queue_message_read(letter, &m);

    if (!e && m.header.kind == QUEUE_KIND_REPLAY) {
        e = queue_replay_read(m.body, &earlier);
        letter = earlier.message;
        if (!e)
            e = queue_message_read(letter, &m);
    }
    if (e)
        return e;
    if (!queue_replay_can(&m.header)) {
        detail_remedy("countersign queue move puts a message back as it is.");
        return detail_fail(ERR_UNSUPPORTED,
                           "only a call of a sender who can be told, which nobody waits for, is "
                           "sent again");
    }
    *ret = letter;
    *ret_header = m.header;
    return ERR_OK;
}

/* A header may be anybody's work: whom the name leads to, the directory says. */
static enum err check_recipient(struct key_ring *ring, const struct queue_header *h)
{
    char spn[QUEUE_SPN_MAX + 1], sid[SID_TEXT];
    struct sid found;
    enum err e;

    memcpy(spn, h->recipient_spn.ptr, h->recipient_spn.len);
    spn[h->recipient_spn.len] = 0;
    e = queue_transport_find_server(ring, spn, &found);
    if (e || sid_equal(&found, &h->recipient))
        return e;
    sid_format(&h->recipient, sid);
    return detail_fail(ERR_WRONG_PRINCIPAL,
                       "the message was sealed for %s, which %.120s no longer leads to", sid, spn);
}

static void fill_times(struct queue_header *h)
{
    h->created = queue_now();
    h->expires = h->created + policy_number(POLICY_QUEUE_LIFETIME) * QUEUE_DAY;
    h->reach_by = h->expires;
}

enum err queue_replay_seal(struct bytes letter, const char *reason, struct queue_header *ret_header,
                           struct buf *ret)
{
    struct queue_replay replay = { .reason = bytes_of_text(reason) };
    struct queue_outward by = { 0 };
    struct queue_header call, h;
    struct buf body = { 0 };
    enum err e = call_of(letter, &replay.message, &call);

    if (!e)
        e = queue_replay_write(&replay, &body);
    if (!e)
        e = queue_process_outward(QUEUE_LEVEL_INTEGRITY, &by);
    if (!e)
        e = check_recipient(by.ring, &call);
    if (!e) {
        queue_replay_header(&call, &h);
        fill_times(&h);
        e = queue_seal(by.sealer, &h, by.host, buf_view(body), ret);
    }
    buf_free(&body);
    if (!e)
        *ret_header = h;
    return e;
}
