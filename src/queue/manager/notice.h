/* SPDX-License-Identifier: Apache-2.0
 * notice.h - senders who are told that their messages have expired: by the queue manager, for
 * nobody has received them.
 *
 * It is the manager's word and nobody's signature: a message of level none into the queue of the
 * sender's outcomes, and only if that belongs to the account whose process sent what has expired.
 */
#pragma once

#include <pthread.h>

#include "queue/manager/store.h"
#include "queue/manager/work.h"

struct notice;
struct queue_sealer;

struct notices {
    pthread_mutex_t lock;
    struct work_item item; /* listed while there is something to be told */
    bool listed;
    struct notice *first, **last;
    unsigned count;
    struct queue_sealer *sealer; /* by the manager's thread; NULL: not yet */
};

void notices_init(struct manager *m);
/* The store is closed. */
void notices_done(struct manager *m);
/* Of what has ended, where its sender wants to hear it. By the store's thread. */
void notice_add(struct manager *m, const struct store_entry *e);
