/* SPDX-License-Identifier: Apache-2.0
 * settings.c - what a queue is: as the interface says it, and as the store keeps it.
 */
#include "queue/manager/settings.h"

#include <stdio.h>

#include "base/reader.h"
#include "base/writer.h"

enum { VERSION = 1, ATTRIBUTES_MOST = 8 + ACCESS_SID + CONFIG_SDDL };

/* The store has 0 for its own default, the interface and the configuration for "without end". */
static uint64_t to_store(uint64_t limit)
{
    return limit ? limit : INT64_MAX;
}

static uint64_t from_store(uint64_t limit)
{
    return limit == INT64_MAX ? 0 : limit;
}

void queue_settings_done(struct settings *s)
{
    buf_free(&s->descriptor);
}

/* ---- as the interface says it ---- */

uint64_t queue_settings_limit(const mqd_settings *f, size_t which)
{
    const uint64_t limits[QUEUE_LIMITS] = { f->messages_most, f->bytes_most,
                                            f->sender_messages_most, f->sender_bytes_most };

    return limits[which];
}

static bool in_order(uint32_t given, const mqd_settings *f)
{
    size_t i;

    for (i = 0; i < QUEUE_LIMITS; i++)
        if (given & MQD_SET_MESSAGES << i && queue_settings_limit(f, i) > INT64_MAX)
            return false;
    if (given & MQD_SET_DELIVERIES && !f->deliveries_most)
        return false;
    return !(given & MQD_SET_JOURNAL) || f->journal <= MQD_JOURNAL_ALWAYS;
}

static uint32_t give_access(const char *list, struct settings *s)
{
    enum err e = access_descriptor_new(list, s->owner, &s->descriptor);

    if (e)
        return e == ERR_NO_MEMORY ? MQD_NO_MEMORY : MQD_INVALID;
    (void)snprintf(s->access, sizeof s->access, "%s", list);
    return MQD_OK;
}

/* Its descriptor is made anew. */
static uint32_t apply(uint32_t given, const mqd_settings *f, struct settings *s)
{
    char list[CONFIG_SDDL];

    if (!in_order(given, f))
        return MQD_INVALID;
    (void)snprintf(list, sizeof list, "%s",
                   given & MQD_SET_ACCESS ? (const char *)f->access : s->access);
    if (given & MQD_SET_MESSAGES)
        s->store.messages_max = to_store(f->messages_most);
    if (given & MQD_SET_BYTES)
        s->store.octets_max = to_store(f->bytes_most);
    if (given & MQD_SET_SENDER_MESSAGES)
        s->store.sender_messages_max = to_store(f->sender_messages_most);
    if (given & MQD_SET_SENDER_BYTES)
        s->store.sender_octets_max = to_store(f->sender_bytes_most);
    if (given & MQD_SET_DELIVERIES)
        s->store.attempts_max = f->deliveries_most;
    if (given & MQD_SET_BACKOFF_FIRST)
        s->store.backoff_first_ms = f->backoff_first_ms;
    if (given & MQD_SET_BACKOFF_MOST)
        s->store.backoff_max_ms = f->backoff_most_ms;
    if (given & MQD_SET_JOURNAL)
        s->journal = f->journal;
    if (given & MQD_SET_STRICT)
        s->store.strict = f->strict;
    if (!s->store.backoff_first_ms || s->store.backoff_max_ms < s->store.backoff_first_ms)
        return MQD_INVALID;
    return give_access(list, s);
}

uint32_t queue_settings_new(const struct config *c, const char *owner, uint32_t given,
                            const mqd_settings *from, struct settings *ret)
{
    struct settings s = {
        .store = { .messages_max = to_store(c->queue_messages),
                   .octets_max = to_store(c->queue_bytes),
                   .sender_messages_max = to_store(c->sender_messages),
                   .sender_octets_max = to_store(c->sender_bytes),
                   .attempts_max = (uint32_t)c->deliveries,
                   .backoff_first_ms = (uint32_t)c->backoff_first,
                   .backoff_max_ms = (uint32_t)c->backoff_most },
        .journal = (uint32_t)c->journal,
    };
    uint32_t status;

    (void)snprintf(s.owner, sizeof s.owner, "%s", owner);
    (void)snprintf(s.access, sizeof s.access, "%s", c->queue_access);
    status = apply(given, from, &s);
    if (!status)
        *ret = s;
    return status;
}

uint32_t queue_settings_change(const struct settings *old, uint32_t given, const mqd_settings *from,
                               struct settings *ret)
{
    struct settings s = *old;
    uint32_t status;

    s.descriptor = (struct buf){ 0 };
    status = apply(given, from, &s);
    if (!status)
        *ret = s;
    return status;
}

void queue_settings_tell(const struct settings *s, mqd_settings *ret)
{
    *ret = (mqd_settings){ .messages_most = from_store(s->store.messages_max),
                           .bytes_most = from_store(s->store.octets_max),
                           .sender_messages_most = from_store(s->store.sender_messages_max),
                           .sender_bytes_most = from_store(s->store.sender_octets_max),
                           .deliveries_most = s->store.attempts_max,
                           .backoff_first_ms = s->store.backoff_first_ms,
                           .backoff_most_ms = s->store.backoff_max_ms,
                           .journal = s->journal,
                           .strict = s->store.strict,
                           .temporary = s->store.temporary };
    (void)snprintf((char *)ret->access, sizeof ret->access, "%s", s->access);
}

/* ---- as the store keeps it ---- */

static void put_text(struct writer *w, const char *text)
{
    writer_len16(w, strlen(text));
    writer_bytes(w, bytes_of_text(text));
}

static void take_text(struct reader *r, char *to, size_t size)
{
    size_t n = reader_le16(r);

    if (n >= size)
        reader_fail(r, ERR_MALFORMED);
    reader_copy(r, to, n);
    if (!r->err)
        to[n] = '\0';
}

enum err queue_settings_write(const struct settings *s, struct buf *ret_attributes)
{
    struct writer w = writer_new(ATTRIBUTES_MOST);

    writer_u8(&w, VERSION);
    writer_u8(&w, (uint8_t)s->journal);
    put_text(&w, s->owner);
    put_text(&w, s->access);
    return writer_take(&w, ret_attributes);
}

enum err queue_settings_read(const struct store_settings *stored, struct bytes attributes,
                             struct settings *ret)
{
    struct reader r = reader_over(attributes);
    struct settings s = { .store = *stored };
    enum err e;

    s.store.attributes = (struct bytes){ 0 };
    if (reader_u8(&r) != VERSION)
        reader_fail(&r, ERR_MALFORMED);
    s.journal = reader_u8(&r);
    take_text(&r, s.owner, sizeof s.owner);
    take_text(&r, s.access, sizeof s.access);
    reader_end(&r);
    e = r.err;
    if (!e && s.journal > CONFIG_JOURNAL_ALWAYS)
        e = ERR_MALFORMED;
    if (!e)
        e = access_descriptor_new(s.access, s.owner, &s.descriptor);
    if (!e)
        *ret = s;
    return e;
}
