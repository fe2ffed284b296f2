/* SPDX-License-Identifier: Apache-2.0
 * work.h - the manager's own thread: tells callers what the store has done, hands messages to who
 * waits for one, and ends waits. So the store's thread, which commits, does nothing else.
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
    bool deadlines;       /* there is an earlier one than the thread knows */
    bool end;
};

void work_init(struct manager *m);
MUST_CHECK enum err work_begin(struct manager *m);
/* What is listed is done first. More may still be listed, and is not done. */
void work_end(struct manager *m);
void work_done(struct manager *m);

void work_add(struct manager *m, struct work_item *item);
/* Takes a reference over. */
void work_pump(struct manager *m, struct queue *q);
void work_deadline(struct manager *m);
uint64_t work_now_ms(void);
