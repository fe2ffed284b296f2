/* SPDX-License-Identifier: Apache-2.0
 * transport_queue.h - a queue that this process receives from: what transport_*.c share of it.
 *
 * The manager may end and be started anew beneath it: a way that is lost is replaced by the next
 * that receives. What was received by a way is settled by it, and by no other.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "queue/client.h"
#include "queue/transport.h"

enum {
    QUEUE_TELLING_MOST = 64, /* executed, and the manager is being told so */
};

struct queue_way {
    atomic_uint refs;
    struct queue_client *client;
};

struct queued_queue {
    char *name, *access; /* access: NULL: nothing is said */
    struct buf callers;  /* the server's own list, as it gave it; empty: it gave none */
    bool existing;       /* the queue's list is the manager's */
    unsigned flags;      /* QUEUE_OPEN_xxx, of the next way */
    enum queue_level least;
    enum queue_kind kind; /* of what is received */
    pthread_mutex_t lock;
    struct queue_way *way; /* NULL: it is lost */
    bool away;             /* the manager is, and it was said */
    /* By who receives. */
    int64_t waits_told;    /* queue_clock, when it was said that a message waits; 0: never */
    int64_t rests_until;   /* milliseconds of queue_transport_now */
    unsigned rest_ms;      /* how long the last rest was; 0: there was none */
    int64_t expired;       /* queue_clock, when executed ones were forgotten last */
    atomic_size_t telling; /* calls that tell of an execution, for which nobody waits */
};

int64_t queue_transport_now(void);

/* A reference, of the way there is, or of a new one. */
MUST_CHECK enum err queue_way_get(struct queued_queue *q, struct queue_way **ret);
void queue_way_unref(struct queue_way *w); /* accepts NULL */
/* It leads nowhere any more. */
void queue_way_lost(struct queued_queue *q, struct queue_way *w);

/* No message is taken for a moment, which is longer each time, until queue_rest_end. */
void queue_rest_begin(struct queued_queue *q);
void queue_rest_end(struct queued_queue *q);
/* Waits for its end, or until then; whether it is over. */
bool queue_rest_over(struct queued_queue *q, int64_t until);

/* What a message has to be like that claims to be so: transport_door.c. An operator's has a
 * signature of its own, always; the call in it is held against the rest, by itself. */
struct queue_door queue_transport_door(const struct queued_queue *q,
                                       const struct queued_server *server,
                                       const struct queue_header *claimed);

/* Whether an operator may have its messages executed again; WAIT: that cannot be told now. */
enum queue_verdict queue_replay_may(struct queued_queue *q, const struct queue_sender *who);
