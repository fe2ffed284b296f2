/* SPDX-License-Identifier: Apache-2.0
 * replay.c - see replay.h.
 *    0 reason's length 2 | reason | a whole message
 */
#include "queue/replay.h"

#include "base/detail.h"
#include "base/utf16.h"
#include "base/writer.h"

enum { MESSAGE_MOST = QUEUE_BODY_MAX + QUEUE_REPLAY_ROOM };

static bool is_reason(struct bytes t)
{
    size_t i;

    for (i = 0; i < t.len; i++)
        if (t.ptr[i] < 0x20 || t.ptr[i] == 0x7f)
            return false;
    return t.len <= QUEUE_REPLAY_REASON && utf8_valid(t);
}

enum err queue_replay_read(struct bytes body, struct queue_replay *ret)
{
    struct reader r = reader_over(body);
    struct queue_replay p = { .reason = reader_take(&r, reader_le16(&r)) };

    p.message = reader_take(&r, reader_left(&r));
    if (!r.err && (!p.message.len || !is_reason(p.reason)))
        reader_fail(&r, ERR_MALFORMED);
    if (r.err)
        return detail_fail(r.err, "%zu bytes that are no operator's replay", body.len);
    *ret = p;
    return ERR_OK;
}

enum err queue_replay_write(const struct queue_replay *p, struct buf *ret)
{
    struct writer w = writer_new(MESSAGE_MOST);

    if (!is_reason(p->reason))
        return detail_fail(ERR_INVALID_PARAMETER,
                           "a reason is one line of %d bytes of UTF-8 at most",
                           QUEUE_REPLAY_REASON);
    if (!p->message.len)
        return detail_fail(ERR_INVALID_PARAMETER, "a replay of nothing");
    writer_len16(&w, p->reason.len);
    writer_bytes(&w, p->reason);
    writer_bytes(&w, p->message);
    return writer_take(&w, ret);
}

bool queue_replay_can(const struct queue_header *call)
{
    return call->kind == QUEUE_KIND_CALL && call->level != QUEUE_LEVEL_NONE &&
           (!call->reply_queue.len || call->acknowledge);
}

/* Integrity, whatever the call's level: what is to be hidden is sealed in the message within, and
 * an operator who repeats it when this one has died must be able to read it again. */
void queue_replay_header(const struct queue_header *call, struct queue_header *ret)
{
    *ret = *call;
    ret->level = QUEUE_LEVEL_INTEGRITY;
    ret->kind = QUEUE_KIND_REPLAY;
    ret->delivery = QUEUE_RECOVERABLE;
    ret->journal = call->journal == QUEUE_JOURNAL_NONE ? QUEUE_JOURNAL_DEAD : call->journal;
    ret->acknowledge = false;
    ret->signed_alone = true;
    ret->reply_queue = bytes_of(NULL, 0);
    memcpy(ret->reply_to, call->id, sizeof ret->reply_to);
}

static bool same_syntax(const struct queue_header *a, const struct queue_header *b)
{
    return memcmp(&a->interface_id, &b->interface_id, sizeof a->interface_id) == 0 &&
           a->interface_major == b->interface_major && a->interface_minor == b->interface_minor &&
           a->opnum == b->opnum && memcmp(&a->object, &b->object, sizeof a->object) == 0 &&
           memcmp(&a->syntax, &b->syntax, sizeof a->syntax) == 0 &&
           a->syntax_major == b->syntax_major && a->syntax_minor == b->syntax_minor;
}

bool queue_replay_is_of(const struct queue_header *by, const struct queue_header *call)
{
    return memcmp(by->reply_to, call->id, sizeof call->id) == 0 && same_syntax(by, call) &&
           sid_equal(&by->recipient, &call->recipient) &&
           bytes_equal(by->recipient_spn, call->recipient_spn) &&
           bytes_equal(by->queue, call->queue);
}
