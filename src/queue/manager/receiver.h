/* SPDX-License-Identifier: Apache-2.0
 * receiver.h - what an account of this host was given and may not have taken yet: bytes that lie in
 * the manager's memory until it reads them, so there is an end to them. Those whose lease is over
 * have an end of their own: one process that does nothing does not stop its account's others.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct receivers;

enum { RECEIVER_OVER_PARTS = 4 }; /* with what is over it may be so much more */

struct receiver {
    const struct receivers *all;
    struct receiver *next;
    uint32_t uid;
    unsigned refs;            /* with the lock of all */
    atomic_ullong lent, over; /* over: not among lent any more */
    atomic_bool turned_away;  /* since then nobody was told that there is room */
};

struct receivers {
    pthread_mutex_t lock;
    uint64_t most; /* of one account: then it waits, until it has begun with, or told the outcome
                      of, what it has; the last may go beyond it */
    struct receiver *first;
};

void receivers_init(struct receivers *all, uint64_t most);
void receivers_done(struct receivers *all);
/* With a reference; NULL: no memory. */
struct receiver *receiver_of(struct receivers *all, uint32_t uid);
void receiver_unref(struct receivers *all, struct receiver *r);
/* Whether it is given anything now; if not, receiver_took will say when it is. */
bool receiver_has_room(struct receiver *r);
void receiver_lent(struct receiver *r, uint64_t size);
/* It has these, or needs them no more; over: they were. Whether somebody waits for that. */
bool receiver_took(struct receiver *r, uint64_t size, bool over);
/* Their lease is over, and nobody has said that they were read; likewise. */
bool receiver_over(struct receiver *r, uint64_t size);
