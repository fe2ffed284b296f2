/* SPDX-License-Identifier: Apache-2.0
 * process.h - what this process seals and opens messages with: one for all its queues.
 *
 * Above level none that is the account whose keys are enrolled here (key_ring.h), and its memory of
 * what it has executed. At level none nobody has keys: a message is then of the process's account
 * of this host, as the queue manager has the kernel tell it, and for nobody by name.
 *
 * Made at first need, and kept until the process ends; a child of fork makes its own. Any number of
 * threads.
 */
#pragma once

#include "queue/envelope.h"
#include "queue/key_ring.h"

/* How far clocks may differ, as Kerberos has it. */
#define QUEUE_SKEW (5 * 60 * QUEUE_SECOND)

struct queue_outward {     /* sends */
    struct key_ring *ring; /* NULL at level none */
    struct queue_sealer *sealer;
    const struct sid *account;
    struct bytes host; /* both as they stand in what it sends */
};

struct queue_inward {      /* receives */
    struct key_ring *ring; /* NULL at level none */
    struct queue_opener *opener;
};

/* ERR_NO_CREDENTIALS: no keys are enrolled here. Asked again the next time. */
MUST_CHECK enum err queue_process_outward(enum queue_level level, struct queue_outward *ret);
MUST_CHECK enum err queue_process_inward(enum queue_level level, struct queue_inward *ret);
/* What was executed. */
MUST_CHECK enum err queue_process_executed(struct queue_executed **ret);

/* Whom messages of level none are for: S-1-0-0. */
extern const struct sid queue_nobody;

/* Now, as messages count. */
uint64_t queue_now(void);
/* How long the domain's word of an account counts, in seconds; asked anew from half of it. */
int64_t queue_sender_seconds(void);
/* Seconds that go on while the host sleeps. */
int64_t queue_clock(void);
