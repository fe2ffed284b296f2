/* SPDX-License-Identifier: Apache-2.0
 * api_outcome.c - the doors of outcome.h.
 */
#include <countersign/outcome.h>
#include <countersign/rpcdce.h>
#include <pthread.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/handle.h"
#include "base/impersonation.h"
#include "directory/doors.h"
#include "queue/acknowledge.h"
#include "queue/process.h"
#include "queue/reason.h"
#include "queue/transport_queue.h"

/* The messages were the process's, its reply queue is, and what it remembers: whomever a thread of
 * it impersonates, who asks for outcomes is the process. */
struct outcomes {
    pthread_mutex_t lock; /* of who receives */
    struct queued_queue *queue;
};

DWORD CsMessageLastId(UCHAR id[CS_MESSAGE_ID])
{
    detail_begin("CsMessageLastId");
    if (!id)
        return win32_code(detail_fail(ERR_INVALID_PARAMETER, "nowhere to put the id"));
    return queue_transport_last(id)
               ? ERROR_SUCCESS
               : win32_code(detail_fail(ERR_NOT_FOUND, "this thread has left no "
                                                       "message in a queue"));
}

static void outcomes_free(void *object)
{
    struct outcomes *o = object;

    if (o->queue)
        queue_transport_close(o->queue);
    pthread_mutex_destroy(&o->lock);
    mem_free(o);
}

static enum err outcomes_new(enum queue_level level, struct outcomes **ret)
{
    struct outcomes *o = mem_zero(sizeof *o);
    char name[QUEUE_REPLY_NAME];
    struct queue_outward by;
    enum err e = o ? queue_process_outward(level, &by) : ERR_NO_MEMORY;

    if (!o)
        return e;
    pthread_mutex_init(&o->lock, NULL);
    if (!e) {
        const struct queued_ask ask = { .name = name,
                                        .permanent = true,
                                        .keep_security = true,
                                        .least = (enum queued_level)level };

        queue_reply_name(by.account, name);
        e = queue_transport_open(&ask, &o->queue);
    }
    if (e) {
        outcomes_free(o);
        return e;
    }
    o->queue->kind = QUEUE_KIND_ACKNOWLEDGEMENT;
    *ret = o;
    return ERR_OK;
}

DWORD CsOutcomesOpen(ULONG level, HANDLE *outcomes)
{
    struct impersonation *aside;
    struct outcomes *o = NULL;
    handle_id id = 0;
    enum err e;

    detail_begin("CsOutcomesOpen");
    if (!outcomes || (level != RPC_C_AUTHN_LEVEL_NONE && level != RPC_C_AUTHN_LEVEL_PKT_INTEGRITY &&
                      level != RPC_C_AUTHN_LEVEL_PKT_PRIVACY))
        return win32_code(
            detail_fail(ERR_INVALID_PARAMETER, "level %u is none of a message", level));
    aside = impersonation_set_aside();
    e = outcomes_new((enum queue_level)level, &o);
    impersonation_take_up_adopt(aside);
    if (!e)
        e = handle_new(HANDLE_QUEUE_OUTCOMES, o, outcomes_free, &id);
    if (e && o)
        outcomes_free(o);
    if (e)
        return win32_code(e);
    *outcomes = (HANDLE)(uintptr_t)id;
    return ERROR_SUCCESS;
}

static CS_OUTCOME_KIND kind_of(enum queue_outcome outcome, uint32_t reason)
{
    return outcome == QUEUE_EXECUTED                                  ? CS_OUTCOME_EXECUTED
           : outcome == QUEUE_FAILED                                  ? CS_OUTCOME_FAILED
           : reason == queue_reason_of_refusal(QUEUE_REFUSED_EXPIRED) ? CS_OUTCOME_EXPIRED
                                                                      : CS_OUTCOME_REFUSED;
}

/* ERR_MALFORMED: it says nothing, or what has to be proven and is not. */
static enum err read_outcome(const struct queued_message *m, enum queue_level least, CS_OUTCOME *to)
{
    enum queue_outcome outcome = QUEUE_EXECUTED;
    uint32_t reason = 0;
    enum err e = queue_acknowledgement_read(m->body, &outcome, &reason);

    if (e)
        return e;
    if ((enum queue_level)m->level < least && kind_of(outcome, reason) != CS_OUTCOME_EXPIRED)
        return detail_fail(ERR_MALFORMED, "an outcome at a level lower than was asked for");
    *to = (CS_OUTCOME){ .what = kind_of(outcome, reason),
                        .reason = reason,
                        .level = (ULONG)m->level };
    memcpy(to->message, queue_transport_answers(m), sizeof to->message);
    if (outcome != QUEUE_EXECUTED)
        queue_reason_format(reason, to->text);
    (void)snprintf(to->account, sizeof to->account, "%s", m->sids_count ? m->sids[0] : "");
    return ERR_OK;
}

/* Those that say nothing are passed over. */
static enum err next(struct queued_queue *q, int64_t until, CS_OUTCOME *ret)
{
    static const struct queued_server anybody;
    const struct queued_outcome taken = { QUEUED_EXECUTED, 0 };
    struct queued_message *m = NULL;
    enum err e;

    do {
        int64_t left = until - queue_transport_now();

        e = queue_transport_receive(q, &anybody, left > 0 ? (uint32_t)left : 0, &m);
        if (!e) {
            e = read_outcome(m, q->least, ret);
            queue_transport_settle(q, m, &taken);
        }
    } while (e == ERR_MALFORMED || (e == ERR_TIMEOUT && queue_transport_now() < until));
    return e;
}

DWORD CsOutcomesNext(HANDLE outcomes, DWORD milliseconds, CS_OUTCOME *outcome)
{
    const handle_id id = (handle_id)(uintptr_t)outcomes;
    /* A day is the longest wait of one question. */
    const uint32_t day = 86400000, wait = milliseconds < day ? milliseconds : day;
    struct impersonation *aside;
    struct outcomes *o;
    void *object = NULL;
    enum err e;

    detail_begin("CsOutcomesNext");
    if (!outcome)
        return win32_code(detail_fail(ERR_INVALID_PARAMETER, "nowhere to put the outcome"));
    e = handle_get(id, HANDLE_QUEUE_OUTCOMES, &object);
    if (e)
        return win32_code(e);
    o = object;
    aside = impersonation_set_aside();
    pthread_mutex_lock(&o->lock);
    e = next(o->queue, queue_transport_now() + wait, outcome);
    pthread_mutex_unlock(&o->lock);
    handle_put(id);
    impersonation_take_up_adopt(aside);
    return win32_code(e);
}

DWORD CsOutcomesClose(HANDLE outcomes)
{
    struct impersonation *aside = impersonation_set_aside();
    enum err e;

    detail_begin("CsOutcomesClose");
    e = handle_close((handle_id)(uintptr_t)outcomes, HANDLE_QUEUE_OUTCOMES);
    impersonation_take_up_adopt(aside);
    return win32_code(e);
}
