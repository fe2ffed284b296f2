/* SPDX-License-Identifier: Apache-2.0
 * queue_post.h - a door of queues in this process' memory that carries calls to its server's queue
 * and answers back to whom they are for: what a manager of queues and the libraries above it do,
 * without keys. A test may lay hands on what comes by.
 */
#pragma once

#include <pthread.h>

#include "transport/queued.h"

enum { POST_SID = 64 };

struct post_answer { /* on its way; a test may change it, or put its own there */
    uint8_t to[QUEUED_ID];
    enum queued_level level;
    char sid[POST_SID];       /* of the account that answers */
    char submitter[POST_SID]; /* of whose process */
    struct queued_syntax interface;
    uint16_t opnum;
    unsigned copies;   /* that come of it: 1 */
    struct bytes body; /* copied */
};

struct post {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* what happened, with the lock */
    unsigned asked, answered, executed, failed, refused, returned, boxes, boxes_closed;
    uint8_t last_id[QUEUED_ID];    /* of the last call asked */
    uint32_t last_receive_seconds; /* its expiry */
    enum queued_level last_level;
    /* what a test wants, with the lock */
    enum err ask_fails, reply_fails;
    bool hold;            /* nothing comes out of queues */
    uint32_t deliveries;  /* of what comes out of them */
    bool lose;            /* the manager goes away */
    void (*asking)(void); /* while a call is handed over, by its thread */
    /* With each answer, before it is put; its body is in memory of the post's, and may be changed.
     */
    void (*meddle)(struct post_answer *a);
};

extern struct post post;

/* The account that sends, and the one whose SPN is a call's server; whose processes both are. */
extern const char post_alice[], post_server[], post_user[];

const struct queued_door *post_functions(void);
void post_begin(void);
/* Nothing is left of messages. */
void post_end(void);
/* Puts an answer into every box that is open, in that many copies. */
void post_put_answer(const struct post_answer *a);
/* Waits until *counter, one of the above, is at least n. */
void post_wait(const unsigned *counter, unsigned n);
