/* SPDX-License-Identifier: Apache-2.0
 * queue_torture.h - what the processes of `countersign queue torture` have in common: a piece of
 * memory that outlives each of them.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    TORTURE_MOST = 1 << 22, /* messages of one run */
    TORTURE_WINDOW = 32,    /* handed over at once, not answered yet */
    TORTURE_BACKLOG = 500,  /* accepted and not executed: then the sender waits */
    TORTURE_ACCEPTED = 1,   /* the manager has said that it is on disk */
    TORTURE_TAKEN = 2,      /* a receiver had it */
    TORTURE_ENDING = 4,     /* and has begun to say so: it may have ended untold */
    TORTURE_ENDED = 8,      /* the manager has said that its end is on disk */
};

struct torture {
    atomic_uint next; /* the message that is sent next */
    atomic_uint accepted, executed, again, came_back, altered;
    atomic_uint given_up; /* accepted, and waited for in vain: the sender goes on */
    atomic_uint refused;  /* by the manager, for another reason than that it is gone */
    _Atomic uint8_t state[TORTURE_MOST];
};

/* In a process of its own each; the first two never return. */
void torture_send(struct torture *t);
void torture_receive(struct torture *t);
/* All there is; false where the manager cannot be asked. */
bool torture_drain(struct torture *t);
