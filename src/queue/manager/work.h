/* SPDX-License-Identifier: Apache-2.0
 * work.h - what the store's commits bring about: callers are told, messages are handed to who waits
 * for one. One thread at a time does it: the one that has committed, where no other does already.
 * The manager's own thread ends waits, and does what came of no commit.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct manager;
struct queue;

struct work_item { /* something to be told; a member of whatever the store's function was given */
    struct work_item *next;
    void (*run)(struct work_item *item);
};

struct work {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    struct work_item *first, **last;
    struct queue *queues; /* that may have something to give, each with a reference */
    bool running;         /* one thread does what is listed, and looks again before it leaves */
    uint64_t next;        /* ms: until when there is nothing to do by the clock */
    bool end;
};

void work_init(struct manager *m);
MUST_CHECK enum err work_begin(struct manager *m);
/* What is listed is done first. More may still be listed, and is not done. */
void work_end(struct manager *m);
void work_done(struct manager *m);

/* To be followed by work_run, or work_wake. */
void work_add(struct manager *m, struct work_item *item);
void work_pump(struct manager *m, struct queue *q); /* the same; takes a reference over */
/* Does what is listed, or leaves it to who does that already. It may wait for the store. */
void work_run(struct manager *m);
/* Leaves it to the manager's thread. */
void work_wake(struct manager *m);
/* Somebody waits until then. */
void work_deadline(struct manager *m, uint64_t ms);
uint64_t work_now_ms(void);
