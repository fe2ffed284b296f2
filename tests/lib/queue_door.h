/* SPDX-License-Identifier: Apache-2.0
 * queue_door.h - a door of queues in this process' memory: what is handed over stays, what is put
 * in is taken out, and what became of it can be seen.
 */
#pragma once

#include <pthread.h>

#include "transport/queued.h"

enum { DOOR_MOST = 16 };

struct door_letter { /* one message, and what became of it */
    struct queued_message message;
    bool taken, begun, settled;
    bool transaction;  /* it was begun in one */
    unsigned joined;   /* calls handed over by its execution */
    unsigned returned; /* how often it was given back */
    struct queued_outcome outcome;
};

struct door {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* the last call handed over */
    unsigned submitted;
    struct queued_call call; /* its texts and body are the ones below */
    char host[64], queue[QUEUED_NAME_MAX + 1], server[128];
    uint8_t body[256];
    void (*meanwhile)(void); /* NULL: nothing is done while it is handed over */
    enum err submit_fails, open_fails, begin_fails;
    /* the queue that was opened last */
    unsigned opened, closed;
    struct queued_ask ask; /* its name is the one below */
    char name[QUEUED_NAME_MAX + 1];
    size_t interfaces, services; /* that were asked for last */
    struct door_letter letters[DOOR_MOST];
    size_t count;
};

extern struct door door; /* with its lock */

/* The token of what was put there. */
void door_token(size_t i, uint8_t ret[QUEUED_TOKEN]);
/* For queued_set. */
const struct queued_door *door_functions(void);
/* Begins anew: nothing was handed over, nothing is there. */
void door_begin(void);
/* Puts one in, which stays whose it is; its place in letters. */
size_t door_put(const struct queued_message *m);
/* Waits until what was put there is settled for good. */
struct queued_outcome door_outcome(size_t i);
/* Waits until it has been given back so often. */
void door_returned(size_t i, unsigned times);
/* Whether it has been taken, without waiting. */
bool door_taken(size_t i);
