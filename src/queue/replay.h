/* SPDX-License-Identifier: Apache-2.0
 * replay.h - an operator's word that a call be executed though its time is over, or it was executed
 * before: a message of kind QUEUE_KIND_REPLAY, whose body is the call's own message as it was sent.
 * docs/protocol/queue-envelope.md
 *
 * Only these two are waived. The call's message is opened as any other, and is executed as its own
 * sender's; the operator's is opened as any other, too, and executed once.
 */
#pragma once

#include "queue/header.h"

enum {
    QUEUE_REPLAY_REASON = 255, /* bytes of it: UTF-8 without controls */
    QUEUE_REPLAY_RIGHT = 0x80, /* of the queue's list of access: to have it so; mqd.idl */
};

struct queue_replay { /* views into the body */
    struct bytes reason;
    struct bytes message; /* whole */
};

MUST_CHECK enum err queue_replay_read(struct bytes body, struct queue_replay *ret)
    SHARED(queue_replay_read);
/* Refuses what would not be read. buf_free. */
MUST_CHECK enum err queue_replay_write(const struct queue_replay *r, struct buf *ret)
    SHARED(queue_replay_write);

/* A call that nobody waits for, of a sender who can be told. */
bool queue_replay_can(const struct queue_header *call);
/* What an operator's header says of the call, so that the queue manager gives it to who executes
 * that, and whoever looks sees which it is. Its views are the call's. */
void queue_replay_header(const struct queue_header *call, struct queue_header *ret);
/* Whether it says so. */
bool queue_replay_is_of(const struct queue_header *by, const struct queue_header *call);

/* ---- an operator's: replay_seal.c ---- */

/* The message that has letter executed: a dead letter, whole; where that is an operator's itself,
 * the one in it. ret_header is of what is sealed, its views are letter's. ERR_UNSUPPORTED: it is no
 * call, one whose client has waited for it, or of nobody. Others as queue_seal. */
MUST_CHECK enum err queue_replay_seal(struct bytes letter, const char *reason,
                                      struct queue_header *ret_header, struct buf *ret)
    SHARED(queue_replay_seal);
