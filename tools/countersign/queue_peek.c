/* SPDX-License-Identifier: Apache-2.0
 * queue_peek.c - `countersign queue peek`: messages by what stands before their bodies.
 */
#include "queue.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "queue/header.h"
#include "queue/manager/store.h"
#include "queue/reason.h"

static const char *level_name(enum queue_level level)
{
    return level == QUEUE_LEVEL_PRIVACY     ? "privacy"
           : level == QUEUE_LEVEL_INTEGRITY ? "integrity"
                                            : "none";
}

static const char *kind_name(enum queue_kind kind)
{
    static const char *const names[] = { "?", "call", "reply", "acknowledgement", "replay" };

    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "?";
}

/* Why it is a dead letter; "": it is none. */
static const char *reason_text(ULONG reason, char to[QUEUE_REASON_TEXT])
{
    static const char *const own[] = {
        "",       "not there in time", "expired", "every delivery failed", "its queue was deleted",
        "damaged"
    };

    if (reason < sizeof own / sizeof *own)
        return own[reason];
    queue_reason_format(reason - STORE_REASON_FIRST, to);
    return to;
}

static const char *body_text(enum queue_level level)
{
    if (level == QUEUE_LEVEL_PRIVACY)
        return "sealed: its receiver alone can open it";
    return level == QUEUE_LEVEL_INTEGRITY ? "readable, its receiver can tell whether it is true"
                                          : "readable, and nobody vouches for it";
}

/* A text of the header, as a terminal may have it. */
static char *text_of(struct bytes b, char to[QUEUE_SPN_MAX + 1])
{
    (void)snprintf(to, QUEUE_SPN_MAX + 1, "%.*s", (int)b.len, b.len ? (const char *)b.ptr : "");
    return to;
}

static void print_header(const struct queue_header *h)
{
    char sid[SID_TEXT], uuid[UUID_TEXT], text[QUEUE_SPN_MAX + 1], more[QUEUE_SPN_MAX + 1];
    char id[QUEUE_ID_TEXT], account[QUEUE_ACCOUNT_NAME];

    sid_format(&h->sender, sid);
    printf("    from %s at %s\n", queue_account(sid, account),
           out_safe(text_of(h->sender_host, text)));
    sid_format(&h->recipient, sid);
    if (h->recipient_spn.len)
        printf("    to   %s, %s, queue %s\n", sid, out_safe(text_of(h->recipient_spn, text)),
               out_safe(text_of(h->queue, more)));
    else
        printf("    to   queue %s\n", out_safe(text_of(h->queue, more)));
    uuid_format(&h->interface_id, uuid);
    printf("    %s: operation %u of %s %u.%u, level %s\n", kind_name(h->kind), h->opnum, uuid,
           h->interface_major, h->interface_minor, level_name(h->level));
    if (h->kind == QUEUE_KIND_REPLAY)
        printf("    has %s executed again\n", queue_id(h->reply_to, id));
    if (h->reply_queue.len)
        printf("    reply to %s\n", out_safe(text_of(h->reply_queue, text)));
    printf("    body: %" PRIu64 " bytes, %s\n", h->body_len, body_text(h->level));
}

static void print_seen(uint64_t number, mqd_seen *s, struct bytes head)
{
    char id[QUEUE_ID_TEXT], arrived[QUEUE_TIME_TEXT], expires[QUEUE_TIME_TEXT],
        why[QUEUE_REASON_TEXT];
    char account[QUEUE_ACCOUNT_NAME];
    struct queue_header h;

    out_styled(OUT_HEADING, "%" PRIu64, number);
    printf("  %s  %s, until %s, priority %u%s, %u deliveries, by %s\n", queue_id(s->id, id),
           queue_time(s->arrived, arrived), queue_time(s->expires, expires), (unsigned)s->priority,
           s->express ? ", express"
           : s->held  ? ", held"
                      : "",
           (unsigned)s->deliveries, queue_account((const char *)s->submitter, account));
    if (s->reason)
        out_styled(OUT_BAD, "    %s%s%s\n", reason_text(s->reason, why), s->from[0] ? ", in " : "",
                   out_safe((char *)s->from));
    if (queue_header_read(head, &h))
        out_styled(OUT_BAD, "    the message is damaged: it has no header\n");
    else
        print_header(&h);
}

static void json_header(const struct queue_header *h)
{
    char text[QUEUE_SPN_MAX + 1], sid[SID_TEXT];

    sid_format(&h->sender, sid);
    json_text("sender", sid);
    json_text("sender_host", text_of(h->sender_host, text));
    sid_format(&h->recipient, sid);
    json_text("recipient", sid);
    json_text("recipient_spn", text_of(h->recipient_spn, text));
    json_text("queue", text_of(h->queue, text));
    json_text("reply_queue", text_of(h->reply_queue, text));
    json_text("kind", kind_name(h->kind));
    json_text("replays", h->kind == QUEUE_KIND_REPLAY ? queue_id(h->reply_to, text) : NULL);
    json_text("level", level_name(h->level));
    uuid_format(&h->interface_id, text);
    json_text("interface", text);
    json_number("major", h->interface_major);
    json_number("minor", h->interface_minor);
    json_number("operation", h->opnum);
    json_number("body", (int64_t)h->body_len);
    json_bool("sealed", h->level == QUEUE_LEVEL_PRIVACY);
}

static void json_seen(uint64_t number, const mqd_seen *s, struct bytes head)
{
    char id[QUEUE_ID_TEXT], time[QUEUE_TIME_TEXT], why[QUEUE_REASON_TEXT];
    struct queue_header h;

    json_object(NULL);
    json_number("number", (int64_t)number);
    json_text("id", queue_id(s->id, id));
    json_text("arrived", queue_time(s->arrived, time));
    json_text("expires", queue_time(s->expires, time));
    json_number("priority", s->priority);
    json_number("size", (int64_t)s->size);
    json_number("deliveries", s->deliveries);
    json_bool("express", s->express);
    json_bool("held", s->held);
    json_text("submitter", (const char *)s->submitter);
    json_text("reason", s->reason ? reason_text(s->reason, why) : NULL);
    json_text("from", (const char *)s->from);
    if (!queue_header_read(head, &h))
        json_header(&h);
    json_end();
}

/* The next one: *ret_told whether there was one to show. */
static enum err peek_one(struct queue_request *q, ULONGLONG *cursor, bool *ret_told)
{
    static mqd_seen seen;
    ULONG size = 0;
    byte *head = NULL;
    enum err e = ERR_OK;

    QUEUE_CALL(e, q->name, MqdPeek(q->manager, q->name, q->from, cursor, &seen, &size, &head));
    *ret_told = !e && size;
    if (*ret_told && q->json)
        json_seen(*cursor, &seen, bytes_of(head, size));
    else if (*ret_told)
        print_seen(*cursor, &seen, bytes_of(head, size));
    mem_free(head);
    return e;
}

int queue_peek(struct queue_request *q)
{
    ULONGLONG cursor = 0;
    uint64_t shown = 0;
    enum err e = ERR_OK;
    bool told = false;

    if (q->json)
        json_array(NULL);
    while (!e && (!q->limit || shown < q->limit)) {
        e = peek_one(q, &cursor, &told);
        shown += told;
    }
    if (q->json)
        json_end();
    return !e || e == ERR_RPC_NO_MORE_ENTRIES ? EXIT_DONE : out_fail_detail(e);
}
