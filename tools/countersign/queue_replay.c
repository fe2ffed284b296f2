/* SPDX-License-Identifier: Apache-2.0
 * queue_replay.c - `countersign queue replay`: dead letters executed after all, by the operator's
 * word.
 */
#include "queue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "queue/replay.h"

enum { DIGITS_MOST = 20 }; /* of a number; more are an id */

struct letter {
    uint64_t number;
    uint8_t id[QUEUE_ID];
};

/* What there was at the beginning: what is refused at once comes in again behind it. */
struct letters {
    char in[MQD_NAME], from[MQD_NAME];
    struct letter *all;
    size_t count, cap;
};

/* ---- which ---- */

static enum err keep(struct letters *l, uint64_t number, const mqd_seen *s)
{
    size_t cap = l->cap ? 2 * l->cap : 64;
    struct letter *grown;

    if (l->count == l->cap) {
        grown = mem_resize(l->all, cap * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        l->all = grown;
        l->cap = cap;
    }
    l->all[l->count].number = number;
    memcpy(l->all[l->count++].id, s->id, QUEUE_ID);
    return ERR_OK;
}

static enum err list(struct queue_request *q, struct letters *l)
{
    static mqd_seen seen;
    ULONGLONG cursor = 0;
    byte *head;
    ULONG size;
    enum err e = ERR_OK;

    while (!e) {
        head = NULL;
        size = 0;
        QUEUE_CALL(e, l->in, MqdPeek(q->manager, l->in, l->from, &cursor, &seen, &size, &head));
        mem_free(head);
        if (!e && size)
            e = keep(l, cursor, &seen);
    }
    return e == ERR_RPC_NO_MORE_ENTRIES ? ERR_OK : e;
}

static bool is_called(const struct letter *l, const char *word)
{
    char text[QUEUE_ID_TEXT];

    if (strlen(word) > DIGITS_MOST)
        return strcasecmp(word, queue_id(l->id, text)) == 0;
    (void)snprintf(text, sizeof text, "%" PRIu64, l->number);
    return strcmp(word, text) == 0;
}

static const struct letter *find(const struct letters *l, const char *word)
{
    size_t i;

    for (i = 0; i < l->count; i++)
        if (is_called(&l->all[i], word))
            return &l->all[i];
    return NULL;
}

/* ---- one ---- */

struct sent {
    struct queue_header header; /* of the operator's message; its views are letter's */
    struct buf letter, message;
};

static void sent_done(struct sent *s)
{
    buf_free(&s->letter);
    buf_free(&s->message);
}

/* What it says of a failure is nothing to what went before: the manager closes it anyway. */
static void close_queue(mqd_queue queue)
{
    struct detail before = *detail_get();
    enum err e = ERR_OK;

    QUEUE_CALL(e, NULL, MqdClose(&queue));
    if (e)
        log_debug("queue: closing: %s", detail_get()->text);
    *detail_get() = before;
}

static enum err hand_over(struct queue_request *q, struct letters *l, const struct letter *one,
                          struct sent *s)
{
    static mqd_settings settings;
    static mqd_opened opened;
    char name[MQD_NAME];
    mqd_queue queue = NULL;
    enum err e = ERR_OK;

    (void)snprintf(name, sizeof name, "%.*s", (int)s->header.queue.len,
                   (const char *)s->header.queue.ptr);
    QUEUE_CALL(e, name,
               MqdOpen(q->manager, name, MQD_RIGHT_SEND, 0, 0, &settings, &opened, &queue));
    if (e)
        return e;
    QUEUE_CALL(e, name,
               MqdReplay(queue, l->in, one->number, (ULONG)s->message.len, s->message.ptr));
    close_queue(queue);
    return e;
}

static enum err replay(struct queue_request *q, struct letters *l, const struct letter *one,
                       struct sent *s)
{
    ULONG size = 0;
    byte *letter = NULL;
    enum err e = ERR_OK;

    detail_begin("replay");
    QUEUE_CALL(e, l->in, MqdRead(q->manager, l->in, one->number, &size, &letter));
    s->letter = (struct buf){ letter, size };
    if (!e)
        e = queue_replay_seal(buf_view(s->letter), q->reason ? q->reason : "", &s->header,
                              &s->message);
    return e ? e : hand_over(q, l, one, s);
}

/* ---- told ---- */

static void tell_json(const struct letter *one, const struct sent *s, enum err e)
{
    char text[QUEUE_ID_TEXT];

    json_object(NULL);
    json_number("number", (int64_t)one->number);
    if (!e) {
        json_text("id", queue_id(s->header.reply_to, text));
        json_text("replay", queue_id(s->header.id, text));
    } else {
        json_text("id", queue_id(one->id, text));
        json_text("replay", NULL);
    }
    json_text("error", e ? detail_get()->text : NULL);
    json_end();
}

static int tell(struct queue_request *q, const struct letter *one, const struct sent *s, enum err e)
{
    char text[QUEUE_ID_TEXT], more[QUEUE_ID_TEXT];

    if (q->json) {
        tell_json(one, s, e);
        return e ? EXIT_NEGATIVE : EXIT_DONE;
    }
    if (e) {
        printf("%" PRIu64 "  %s stays where it is:\n", one->number, queue_id(one->id, text));
        (void)fflush(stdout); /* before what is said on standard error */
        return out_fail_detail(e);
    }
    printf("%" PRIu64 "  %s is sent again as %s\n", one->number, queue_id(s->header.reply_to, text),
           queue_id(s->header.id, more));
    return EXIT_DONE;
}

static int replay_one(struct queue_request *q, struct letters *l, const struct letter *one)
{
    struct sent s = { .letter = { 0 } };
    enum err e = replay(q, l, one, &s);
    int status = tell(q, one, &s, e);

    sent_done(&s);
    return status;
}

static int replay_all(struct queue_request *q, struct letters *l)
{
    int status = EXIT_DONE;
    size_t i;

    for (i = 0; i < l->count; i++)
        if (replay_one(q, l, &l->all[i]) != EXIT_DONE)
            status = EXIT_NEGATIVE;
    return status;
}

static int replay_named(struct queue_request *q, struct letters *l)
{
    const struct letter *one;
    int status = EXIT_DONE, i;

    for (i = 1; i < q->count; i++) {
        one = find(l, q->args[i]);
        if (!one)
            status = out_fail("%s: no such message is in %s%s%s", q->args[i], l->in,
                              *l->from ? ", of " : "", l->from);
        else if (replay_one(q, l, one) != EXIT_DONE)
            status = EXIT_NEGATIVE;
    }
    return status;
}

int queue_replay(struct queue_request *q)
{
    struct letters l = { .count = 0 };
    int status;
    enum err e;

    if (q->every_one == (q->count > 1))
        return out_usage(&command_queue, "replay takes messages as peek shows them, or --all");
    (void)snprintf(l.in, sizeof l.in, "%s", q->name[0] == '$' ? q->name : "$dead-letter");
    (void)snprintf(l.from, sizeof l.from, "%s", q->name[0] == '$' ? q->from : q->name);
    e = list(q, &l);
    if (e) {
        mem_free(l.all);
        return out_fail_detail(e);
    }
    if (q->json)
        json_array(NULL);
    status = q->every_one ? replay_all(q, &l) : replay_named(q, &l);
    if (q->json)
        json_end();
    mem_free(l.all);
    return status;
}
