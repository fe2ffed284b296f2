/* SPDX-License-Identifier: Apache-2.0
 * header.c - see header.h.
 *    0 version 2 | 2 level 1 | 3 kind 1 | 4 priority 1 | 5 delivery 1 | 6 journal 1 | 7 flags 1
 *    8 id 16 | 24 reply-to id 16 | 40 sender's key 16 | 56 recipient's key 16
 *   72 created 8 | 80 expires 8 | 88 reach by 8 | 96 body's length 8
 *  104 interface 16 | 120 major 2 | 122 minor 2 | 124 opnum 2 | 126 zero 2 | 128 object 16
 *  144 transfer syntax 16 | 160 major 2 | 162 minor 2 | 164 sender SID | recipient SID
 *  then, each behind its length in 2: sender's host | recipient's SPN | queue | reply queue
 *
 * UUIDs stand as in NDR, everything else little-endian.
 */
#include "queue/header.h"

#include "base/detail.h"
#include "base/utf16.h"

enum { VERSION = 1, ACKNOWLEDGE = 1, SIGNED_ALONE = 2 };

static bool plain_text(struct bytes t)
{
    size_t i;

    for (i = 0; i < t.len; i++)
        if (t.ptr[i] < 0x20 || t.ptr[i] == 0x7f)
            return false;
    return utf8_valid(t);
}

static uint64_t body_most(enum queue_kind kind)
{
    return kind == QUEUE_KIND_REPLAY ? QUEUE_BODY_MAX + QUEUE_REPLAY_ROOM : QUEUE_BODY_MAX;
}

/* What is wrong with a header's values; NULL: nothing. Reading and writing hold to it. */
static const char *wrong(const struct queue_header *h)
{
    if (h->level != QUEUE_LEVEL_NONE && h->level != QUEUE_LEVEL_INTEGRITY &&
        h->level != QUEUE_LEVEL_PRIVACY)
        return "its level";
    if (h->kind < QUEUE_KIND_CALL || h->kind > QUEUE_KIND_REPLAY)
        return "its kind";
    if (h->priority > QUEUE_PRIORITY_MAX)
        return "its priority";
    if (h->delivery > QUEUE_RECOVERABLE || h->journal > QUEUE_JOURNAL_ALWAYS)
        return "its options";
    if (h->signed_alone && h->level == QUEUE_LEVEL_NONE)
        return "a signature at level none";
    if (h->created > h->reach_by || h->reach_by > h->expires)
        return "its times";
    if (h->body_len > body_most(h->kind))
        return "the length of its body";
    if (h->sender_host.len > QUEUE_HOST_MAX || !plain_text(h->sender_host))
        return "its sender's host";
    if (h->recipient_spn.len > QUEUE_SPN_MAX || !plain_text(h->recipient_spn))
        return "its recipient's name";
    if (h->queue.len == 0 || h->queue.len > QUEUE_NAME_MAX || !plain_text(h->queue))
        return "its queue's name";
    if (h->reply_queue.len > QUEUE_NAME_MAX || !plain_text(h->reply_queue))
        return "its reply queue's name";
    return NULL;
}

static void take_uuid(struct reader *r, struct uuid *ret)
{
    struct bytes b = reader_take(r, 16);

    if (b.len && uuid_read(b, ret))
        reader_fail(r, ERR_MALFORMED);
}

static void take_options(struct reader *r, struct queue_header *h)
{
    uint8_t flags;

    if (reader_le16(r) != VERSION)
        reader_fail(r, ERR_MALFORMED);
    h->level = reader_u8(r);
    h->kind = reader_u8(r);
    h->priority = reader_u8(r);
    h->delivery = reader_u8(r);
    h->journal = reader_u8(r);
    flags = reader_u8(r);
    h->acknowledge = flags & ACKNOWLEDGE;
    h->signed_alone = flags & SIGNED_ALONE;
    if (flags & ~(ACKNOWLEDGE | SIGNED_ALONE))
        reader_fail(r, ERR_MALFORMED);
}

static void take_call(struct reader *r, struct queue_header *h)
{
    take_uuid(r, &h->interface_id);
    h->interface_major = reader_le16(r);
    h->interface_minor = reader_le16(r);
    h->opnum = reader_le16(r);
    if (reader_le16(r) != 0)
        reader_fail(r, ERR_MALFORMED);
    take_uuid(r, &h->object);
    take_uuid(r, &h->syntax);
    h->syntax_major = reader_le16(r);
    h->syntax_minor = reader_le16(r);
}

static struct bytes take_text(struct reader *r)
{
    return reader_take(r, reader_le16(r));
}

enum err queue_header_read(struct bytes b, struct queue_header *ret)
{
    struct reader r = reader_over(b);
    struct queue_header h = { 0 };
    const char *what;

    take_options(&r, &h);
    reader_copy(&r, h.id, sizeof h.id);
    reader_copy(&r, h.reply_to, sizeof h.reply_to);
    reader_copy(&r, h.sender_key, sizeof h.sender_key);
    reader_copy(&r, h.recipient_key, sizeof h.recipient_key);
    h.created = reader_le64(&r);
    h.expires = reader_le64(&r);
    h.reach_by = reader_le64(&r);
    h.body_len = reader_le64(&r);
    take_call(&r, &h);
    sid_take(&r, &h.sender);
    sid_take(&r, &h.recipient);
    h.sender_host = take_text(&r);
    h.recipient_spn = take_text(&r);
    h.queue = take_text(&r);
    h.reply_queue = take_text(&r);
    reader_end(&r);
    if (r.err)
        return detail_fail(r.err, "the header of a queued message, %zu bytes, is not understood",
                           b.len);
    what = wrong(&h);
    if (what)
        return detail_fail(ERR_MALFORMED, "the header of a queued message is wrong: %s", what);
    *ret = h;
    return ERR_OK;
}

static void put_uuid(struct writer *w, const struct uuid *u)
{
    uint8_t b[16];

    uuid_write(u, b);
    writer_bytes(w, bytes_of(b, sizeof b));
}

static void put_call(struct writer *w, const struct queue_header *h)
{
    put_uuid(w, &h->interface_id);
    writer_le16(w, h->interface_major);
    writer_le16(w, h->interface_minor);
    writer_le16(w, h->opnum);
    writer_le16(w, 0);
    put_uuid(w, &h->object);
    put_uuid(w, &h->syntax);
    writer_le16(w, h->syntax_major);
    writer_le16(w, h->syntax_minor);
}

static void put_text(struct writer *w, struct bytes t)
{
    writer_len16(w, t.len);
    writer_bytes(w, t);
}

enum err queue_header_write(const struct queue_header *h, struct buf *ret)
{
    struct writer w = writer_new(QUEUE_HEADER_MAX);
    const char *what = wrong(h);

    if (what)
        return detail_fail(ERR_INVALID_PARAMETER, "a queued message cannot have that: %s", what);
    writer_le16(&w, VERSION);
    writer_u8(&w, (uint8_t)h->level);
    writer_u8(&w, (uint8_t)h->kind);
    writer_u8(&w, h->priority);
    writer_u8(&w, (uint8_t)h->delivery);
    writer_u8(&w, (uint8_t)h->journal);
    writer_u8(&w, (h->acknowledge ? ACKNOWLEDGE : 0) | (h->signed_alone ? SIGNED_ALONE : 0));
    writer_bytes(&w, bytes_of(h->id, sizeof h->id));
    writer_bytes(&w, bytes_of(h->reply_to, sizeof h->reply_to));
    writer_bytes(&w, bytes_of(h->sender_key, sizeof h->sender_key));
    writer_bytes(&w, bytes_of(h->recipient_key, sizeof h->recipient_key));
    writer_le64(&w, h->created);
    writer_le64(&w, h->expires);
    writer_le64(&w, h->reach_by);
    writer_le64(&w, h->body_len);
    put_call(&w, h);
    sid_put(&w, &h->sender);
    sid_put(&w, &h->recipient);
    put_text(&w, h->sender_host);
    put_text(&w, h->recipient_spn);
    put_text(&w, h->queue);
    put_text(&w, h->reply_queue);
    return writer_take(&w, ret);
}
