/* SPDX-License-Identifier: Apache-2.0
 * transport_tell.c - what became of messages that were taken: see transport_tell.h.
 *
 * What was executed and could not be acknowledged is given out again by the manager, and
 * acknowledged then; until that is known it is noted here as untold.
 */
#include "queue/transport_tell.h"

#include <countersign/rpc.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "queue/acknowledge.h"
#include "queue/reason.h"

enum { WAITS_SECONDS = 60 }; /* until it is said again that a message waits */

void queue_taken_free(struct queue_taken *m)
{
    struct queue_executed *executed = NULL;

    if (m->claimed_here && !queue_process_executed(&executed))
        queue_executed_release(executed, m->mark);
    if (m->held_here && !queue_process_executed(&executed))
        queue_executed_release(executed, m->opened.mark);
    queue_opened_done(&m->opened);
    queue_opened_done(&m->word);
    buf_free(&m->raw);
    queue_sender_unref(m->sender);
    queue_sender_unref(m->replayer);
    queue_way_unref(m->way);
    mem_free(m);
}

static void tell(const struct queued_queue *q, const struct queue_taken *m,
                 enum queue_outcome outcome, uint32_t reason, bool *ret_told)
{
    enum err e = queue_client_outcome(m->way->client, m->lease, outcome, reason);

    if (e)
        log_debug("queue: %s: what became of a message could not be told: %s", q->name,
                  detail_get()->text);
    *ret_told = !e;
}

/* The sender hears of it: not who is only named, whom a forger would have us tell that a message of
 * his was refused. */
static void tell_sender(const struct queued_queue *q, const struct queue_taken *m,
                        enum queue_outcome outcome, uint32_t reason)
{
    if (q->kind == QUEUE_KIND_CALL && m->opened.proven)
        queue_acknowledge(&m->opened.header, outcome, reason);
}

/* Both. */
static void conclude(const struct queued_queue *q, const struct queue_taken *m,
                     enum queue_outcome outcome, uint32_t reason)
{
    bool told;

    tell(q, m, outcome, reason, &told);
    tell_sender(q, m, outcome, reason);
}

/* Its sender has heard long ago what became of the call, and asks nothing of operators. */
static void refuse_replay(const struct queued_queue *q, const struct queue_taken *m,
                          enum queue_refusal refusal)
{
    char sid[SID_TEXT];
    bool told;

    sid_format(&m->word.header.sender, sid);
    log_audit("queue: %s: what %s (%s) sends again is refused: %s", q->name, sid,
              m->replayer ? m->replayer->name : "unproven", queue_refusal_text(refusal));
    tell(q, m, QUEUE_REFUSED, queue_reason_of_refusal(refusal), &told);
}

void queue_tell_refused(struct queued_queue *q, const struct queue_taken *m,
                        enum queue_refusal refusal)
{
    char sid[SID_TEXT];

    if (m->replay) {
        refuse_replay(q, m, refusal);
        return;
    }
    sid_format(&m->opened.header.sender, sid);
    log_audit("queue: %s: a message that says it is from %s is refused: %s", q->name, sid,
              queue_refusal_text(refusal));
    conclude(q, m, QUEUE_REFUSED, queue_reason_of_refusal(refusal));
}

void queue_tell_waits(struct queued_queue *q, const struct queue_taken *m, const char *why)
{
    bool told;

    if (!q->waits_told || queue_clock() - q->waits_told >= WAITS_SECONDS) {
        log_warning("queue: %s: a message waits: %s", q->name, why);
        q->waits_told = queue_clock();
    } else {
        log_debug("queue: %s: a message waits: %s", q->name, why);
    }
    tell(q, m, QUEUE_RETURNED, 0, &told);
}

bool queue_taken_may_come_itself(const struct queue_taken *m)
{
    return m->replay && m->opened.verdict == QUEUE_VERDICT_OPEN &&
           m->opened.header.expires + QUEUE_SKEW >= queue_now();
}

/* Remembered for good, before the manager forgets it. */
static enum err remember(const struct queue_taken *m)
{
    struct queue_executed *executed = NULL;
    uint64_t number = 0;
    enum err e = queue_process_executed(&executed);

    if (!e && queue_taken_may_come_itself(m))
        e = queue_executed_add(executed, m->opened.mark, m->opened.header.expires, &number);
    if (!e)
        e = queue_executed_add(executed, m->mark, m->expires, &number);
    return e ? e : queue_executed_sync(executed, number);
}

/* The manager may give it out again, to whoever is of this account, or have it sent again. */
static void note_untold(const uint8_t mark[QUEUE_MARK], uint64_t expires, const char *from)
{
    struct queue_executed *executed = NULL;

    if (!queue_process_executed(&executed))
        queue_executed_untold(executed, mark, expires, from, queue_now());
}

struct telling { /* a call that nobody waits for */
    struct queued_queue *q;
    uint8_t mark[QUEUE_MARK];
    uint64_t expires;
    char from[QUEUE_ACCOUNT_TEXT];
    bool claimed; /* until it is told */
};

static void telling_end(struct telling *t)
{
    struct queue_executed *executed = NULL;

    if (t->claimed && !queue_process_executed(&executed))
        queue_executed_release(executed, t->mark);
    atomic_fetch_sub(&t->q->telling, 1);
    mem_free(t);
}

/* By the library's thread, before the way is closed. */
static void on_told(void *arg, enum err e)
{
    struct telling *t = arg;

    if (e) {
        log_debug("queue: %s: what became of a message could not be told: %s", t->q->name,
                  detail_get()->text);
        note_untold(t->mark, t->expires, t->from);
    }
    telling_end(t);
}

/* With the message's claim; NULL: too many are on their way. */
static struct telling *telling_new(struct queued_queue *q, struct queue_taken *m)
{
    struct telling *t =
        atomic_fetch_add(&q->telling, 1) < QUEUE_TELLING_MOST ? mem_alloc(sizeof *t) : NULL;

    if (!t) {
        atomic_fetch_sub(&q->telling, 1);
        return NULL;
    }
    t->q = q;
    memcpy(t->mark, m->mark, sizeof t->mark);
    t->expires = m->expires;
    memcpy(t->from, m->submitter, sizeof t->from);
    t->claimed = m->claimed_here;
    m->claimed_here = false;
    return t;
}

/* Nobody has to wait for the manager's disk: given out again, the message is not executed, since
 * that is remembered here. False: it is not on its way. */
static bool tell_later(struct queued_queue *q, struct queue_taken *m)
{
    struct telling *t = telling_new(q, m);

    if (t && !queue_client_tell(m->way->client, m->lease, QUEUE_EXECUTED, 0, on_told, t))
        return true;
    if (t) { /* who calls tells it */
        m->claimed_here = t->claimed;
        t->claimed = false;
        telling_end(t);
    }
    return false;
}

void queue_tell_executed(struct queued_queue *q, struct queue_taken *m)
{
    enum err e = remember(m);
    bool told;

    if (!e && !m->transaction && !m->opened.header.acknowledge && tell_later(q, m))
        return;

    if (e)
        log_warning("queue: %s: what was executed could not be remembered: %s", q->name,
                    detail_get()->text);
    if (e && m->transaction) /* what it has sent stays: its application will be asked */
        tell(q, m, QUEUE_RETURNED, 0, &told);
    else if (e)
        tell(q, m, QUEUE_FAILED, queue_reason_of_status((uint32_t)RPC_S_OUT_OF_RESOURCES), &told);
    else
        tell(q, m, QUEUE_EXECUTED, 0, &told);
    if (!told)
        note_untold(m->mark, m->expires, m->submitter);
    if (!e)
        tell_sender(q, m, QUEUE_EXECUTED, 0);
}

void queue_transport_settle(struct queued_queue *q, struct queued_message *message,
                            const struct queued_outcome *outcome)
{
    struct queue_taken *m = queue_taken_of(message);
    bool told;

    switch (outcome->end) {
    case QUEUED_EXECUTED:
        queue_tell_executed(q, m);
        break;
    case QUEUED_FAILED:
        conclude(q, m, QUEUE_FAILED, queue_reason_of_status(outcome->status));
        break;
    case QUEUED_REFUSED:
        conclude(q, m, QUEUE_REFUSED, queue_reason_of_status(outcome->status));
        break;
    case QUEUED_RETURNED:
        tell(q, m, QUEUE_RETURNED, 0, &told);
        break;
    }
    queue_taken_free(m);
}
