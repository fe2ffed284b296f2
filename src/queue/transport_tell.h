/* SPDX-License-Identifier: Apache-2.0
 * transport_tell.h - a message that was taken from the queue manager, and what became of it: told
 * to the manager, whose it is until then, and to its sender where he asks.
 */
#pragma once

#include "queue/process.h"
#include "queue/replay.h"
#include "queue/transport_queue.h"

struct queue_taken {
    struct queued_message m; /* first: it is what is handed out */
    struct queue_way *way;
    uint64_t lease, until;
    uint32_t deliveries;
    bool transaction;  /* it is executed in one */
    bool claimed_here; /* nobody else executes it, or tells that it was executed, meanwhile */
    struct buf raw;
    uint8_t mark[QUEUE_MARK]; /* of what the queue manager gave, by which it is known as executed */
    uint64_t expires;
    struct queue_opened opened;  /* the call */
    struct queue_sender *sender; /* NULL at level none */
    bool replay;                 /* an operator has it executed: */
    bool held_here;              /* the call's own mark */
    struct queue_opened word;    /* the operator's, which is what the manager gave */
    struct queue_sender *replayer;
    char reason[QUEUE_REPLAY_REASON + 1];
    char account[QUEUE_ACCOUNT_TEXT]; /* its sender's, where that has no more */
    const char *account_sids[1];
    char server[QUEUE_SPN_MAX + 1];
    char reply_queue[QUEUE_NAME_MAX + 1], host[QUEUE_HOST_MAX + 1], submitter[QUEUE_ACCOUNT_TEXT];
};

/* Whose first member that is. */
static inline struct queue_taken *queue_taken_of(struct queued_message *m)
{
    return (struct queue_taken *)(void *)m;
}

void queue_taken_free(struct queue_taken *m);
/* A call that an operator has sent again is remembered as well, while it can come once more. */
bool queue_taken_may_come_itself(const struct queue_taken *m);

/* Will never be executed. */
void queue_tell_refused(struct queued_queue *q, const struct queue_taken *m,
                        enum queue_refusal refusal);
/* Nobody can tell now what to make of it, for that reason: it goes back. */
void queue_tell_waits(struct queued_queue *q, const struct queue_taken *m, const char *why);
/* Was executed, now or before. Remembered first, for good. */
void queue_tell_executed(struct queued_queue *q, struct queue_taken *m);
