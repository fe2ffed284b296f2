/* SPDX-License-Identifier: Apache-2.0
 * store_model.h - the store's rules on a page: what becomes of each message, as a test sees it that
 * holds the store against this.
 */
#pragma once

#include <stdatomic.h>

#include "queue/manager/store.h"

enum { MODEL_PUTS = 20000, MODEL_BACKOFF_MS = 50 };

enum place { FIRST, SECOND, DEAD, JOURNAL, PLACES, NOWHERE = PLACES };

enum state { READY, DELAYED, LEASED, HELD };

struct message {
    enum place at;
    enum state state;
    bool express, begun, joint;
    uint8_t priority, journal;
    uint32_t attempts, reason;
    uint64_t turn, expires, not_before; /* turn: their order in a queue */
    int parent;                         /* HELD: whose transaction */
    struct store_lease lease;
};

extern struct message model_all[MODEL_PUTS]; /* in the order they were put */
extern int model_count;
extern uint64_t model_turns;
extern atomic_ullong model_now; /* the clock of both */
extern struct model_limits {
    uint64_t messages_max;
    uint32_t attempts_max;
} model_limits[2]; /* of FIRST and SECOND */

/* What becomes of what was sent in the execution of i. */
enum fate { RELEASED, WITHDRAWN, UNDECIDED };

unsigned model_count_at(enum place at);
unsigned model_count_delayed(enum place at);

/* i goes there, as a message that can be taken. */
void model_goes(int i, enum place to, uint32_t reason);
void model_children(int i, enum fate fate);
bool model_has_children(int i);
/* All that is due by the clock. */
void model_expire_all(void);
/* decided: nobody has to ask what became of its transaction. */
void model_dies(int i, bool decided, uint32_t reason);
/* lost: its receiver has gone, and nobody knows how far it came. */
void model_fails(int i, bool lost, uint32_t reason);
