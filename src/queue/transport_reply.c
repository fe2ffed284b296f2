/* SPDX-License-Identifier: Apache-2.0
 * transport_reply.c - answers to calls: sealed by who executed them, and received by who waits.
 *
 * An answer goes where its call says, but only into a queue of the account whose process put the
 * call there: nobody has a server write into somebody else's queue by naming it. It is sealed to
 * the account and host that sealed the call, so that nobody else reads it, whoever took it.
 *
 * That an answer was taken is no execution: nothing is remembered of it. Its call's id makes it an
 * answer to one call, and that call has one waiter.
 */
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "crypto/random.h"
#include "queue/client.h"
#include "queue/process.h"
#include "queue/reason.h"
#include "queue/transport.h"

/* Its owner does what he likes; all others put something in, and learn whose it is. */
#define ACCESS "D:(A;;GA;;;OW)(A;;0x24;;;WD)"

enum { LIFETIME = 3600, PAUSE_MS = 250, RANDOM = 16 };

/* ---- sent ---- */

static enum err fill_answer(const struct queued_message *m, struct queue_header *h)
{
    *h = (struct queue_header){
        .level = (enum queue_level)m->level,
        .kind = QUEUE_KIND_REPLY,
        .priority = QUEUED_PRIORITY_DEFAULT,
        .created = queue_now(),
        .interface_id = m->interface.uuid,
        .interface_major = m->interface.major,
        .interface_minor = m->interface.minor,
        .opnum = m->opnum,
        .object = m->object,
        .syntax = m->transfer.uuid,
        .syntax_major = m->transfer.major,
        .syntax_minor = m->transfer.minor,
        .recipient = queue_nobody,
        .queue = bytes_of_text(m->reply_queue),
    };
    memcpy(h->reply_to, m->id, sizeof h->reply_to);
    h->reach_by = h->expires = h->created + LIFETIME * QUEUE_SECOND;
    return h->level == QUEUE_LEVEL_NONE ? ERR_OK : sid_parse(m->sids[0], &h->recipient);
}

enum err queue_transport_reply(const struct queued_message *m, struct bytes body)
{
    struct queue_outward by = { 0 };
    struct queue_header h;
    struct buf message = { 0 };
    enum err e = fill_answer(m, &h);

    if (!e)
        e = queue_process_outward(h.level, &by);
    if (!e)
        e = queue_seal(by.sealer, &h, bytes_of_text(m->host), body, &message);
    if (!e)
        e = queue_route_send_to(m->reply_queue, m->submitter, buf_view(message));
    buf_free(&message);
    return e;
}

/* ---- the queue of those that wait ---- */

struct queued_box {
    struct queue_client *client;
    char name[QUEUED_NAME_MAX + 1];
};

static enum err name_box(char to[QUEUED_NAME_MAX + 1])
{
    uint8_t random[RANDOM];
    enum err e = crypto_random(random, sizeof random);
    int n = snprintf(to, QUEUED_NAME_MAX + 1, "answers-");
    size_t i;

    for (i = 0; !e && i < sizeof random; i++)
        n += snprintf(to + n, 3, "%02x", random[i]);
    return e;
}

enum err queue_transport_open_box(char ret_name[QUEUED_NAME_MAX + 1], struct queued_box **ret)
{
    struct queue_client_how how = {
        .flags = QUEUE_OPEN_RECEIVE | QUEUE_OPEN_CREATE | QUEUE_OPEN_TEMPORARY, .access = ACCESS
    };
    struct queued_box *b = mem_zero(sizeof *b);
    enum err e = b ? name_box(b->name) : ERR_NO_MEMORY;

    if (!e) {
        how.queue = b->name;
        e = queue_client_open(&how, &b->client);
    }
    if (e) {
        mem_free(b);
        return e;
    }
    memcpy(ret_name, b->name, sizeof b->name);
    *ret = b;
    return ERR_OK;
}

void queue_transport_close_box(struct queued_box *b)
{
    queue_client_close(b->client);
    mem_free(b);
}

/* ---- received ---- */

struct answer {
    struct queued_message m; /* first: it is what is handed out */
    struct buf raw;
    char host[QUEUE_HOST_MAX + 1], submitter[QUEUE_ACCOUNT_TEXT];
    struct queue_opened opened;
    char sid[SID_TEXT];
    const char *sids[1];
};

static void answer_free(struct answer *a)
{
    queue_opened_done(&a->opened);
    buf_free(&a->raw);
    mem_free(a);
}

void queue_transport_free_reply(struct queued_message *m)
{
    answer_free((struct answer *)(void *)m);
}

static enum err open_it(const struct queued_box *b, struct answer *a)
{
    static const char *const nobody[] = { "" };
    const struct queue_door door = { .queue = bytes_of_text(b->name),
                                     .services = nobody,
                                     .service_count = 1,
                                     .level = QUEUE_LEVEL_NONE,
                                     .now = queue_now(),
                                     .skew = QUEUE_SKEW };
    struct queue_message parts;
    struct queue_inward by;
    enum err e;

    if (queue_message_read(buf_view(a->raw), &parts)) {
        a->opened = (struct queue_opened){ .verdict = QUEUE_VERDICT_REFUSE,
                                           .refusal = QUEUE_REFUSED_MALFORMED };
        return ERR_OK;
    }
    e = queue_process_inward(parts.header.level, &by);
    return e ? e : queue_open(by.opener, &door, buf_view(a->raw), &a->opened);
}

static void fill(struct answer *a)
{
    const struct queue_header *h = &a->opened.header;

    sid_format(&h->sender, a->sid);
    a->sids[0] = a->sid;
    a->m = (struct queued_message){ .interface = { h->interface_id, h->interface_major,
                                                   h->interface_minor },
                                    .opnum = h->opnum,
                                    .host = a->host,
                                    .submitter = a->submitter,
                                    .body = a->opened.body,
                                    .level = (enum queued_level)h->level,
                                    .sids = a->sids,
                                    .sids_count = 1 };
    memcpy(a->host, h->sender_host.ptr, h->sender_host.len);
    memcpy(a->m.reply_to, h->reply_to, sizeof a->m.reply_to);
}

static void pause_a_moment(void)
{
    const struct timespec t = { .tv_nsec = PAUSE_MS * 1000000L };

    (void)nanosleep(&t, NULL);
}

/* What the manager is told of it. ERR_TIMEOUT: it is no answer, or cannot be told to be one now. */
static enum err judge(const struct queued_box *b, struct answer *a, enum queue_outcome *ret_outcome)
{
    enum err e = open_it(b, a);
    enum queue_verdict verdict = e ? QUEUE_VERDICT_WAIT : a->opened.verdict;

    if (verdict == QUEUE_VERDICT_OPEN && a->opened.header.kind != QUEUE_KIND_REPLY) {
        verdict = QUEUE_VERDICT_REFUSE;
        a->opened.refusal = QUEUE_REFUSED_KIND;
    }
    *ret_outcome = QUEUE_EXECUTED;
    if (verdict == QUEUE_VERDICT_OPEN)
        return ERR_OK;
    if (verdict == QUEUE_VERDICT_WAIT) {
        *ret_outcome = QUEUE_RETURNED;
        log_warning("queue: %s: an answer waits: %s", b->name,
                    e ? detail_get()->text : "the directory cannot say now who its sender is");
        return ERR_TIMEOUT;
    }
    *ret_outcome = QUEUE_REFUSED;
    log_audit("queue: %s: an answer is refused: %s", b->name,
              queue_refusal_text(a->opened.refusal));
    return ERR_TIMEOUT;
}

enum err queue_transport_receive_reply(struct queued_box *b, uint32_t wait_ms,
                                       struct queued_message **ret)
{
    struct answer *a = mem_zero(sizeof *a);
    struct queue_received r;
    enum queue_outcome outcome;
    enum err e = a ? queue_client_receive(b->client, NULL, 0, wait_ms, &r) : ERR_NO_MEMORY, told;

    if (e) {
        mem_free(a);
        return e;
    }
    a->raw = r.message;
    memcpy(a->submitter, r.submitter, sizeof a->submitter);
    e = judge(b, a, &outcome);
    told = queue_client_outcome(
        b->client, r.lease, outcome,
        outcome == QUEUE_REFUSED ? queue_reason_of_refusal(a->opened.refusal) : 0);
    if (outcome == QUEUE_RETURNED)
        pause_a_moment();
    if (e) {
        answer_free(a);
        return told ? told : e;
    }
    fill(a);
    *ret = &a->m;
    return ERR_OK;
}
