/* SPDX-License-Identifier: Apache-2.0
 * queue_server.h - the queues that this process takes calls out of: endpoints of ncadg_mq.
 * desktop-src/Rpc/rpc-message-queuing.md
 *
 * A queue has one thread, which takes a message when the server listens and has registered its
 * interface, and the next when that one has been executed: what one client has sent is executed in
 * the order it was sent.
 */
#pragma once

#include <pthread.h>

#include "rpc/server_call.h"
#include "transport/queued.h"

struct rpc_access;

struct rpc_queue {
    struct rpc_queue *next;
    pthread_t thread; /* that takes calls out of it */
    const struct queued_door *door;
    struct queued_queue *open;
    struct rpc_access *access; /* who may call; NULL: nothing is said */
    enum queued_level least;   /* that its server has asked for; NONE: nothing is said */
    char name[];
};

struct rpc_queue_ask {
    const char *name;
    uint32_t flags;            /* RPC_C_MQ_xxx */
    struct rpc_access *access; /* not adopted */
};

/* ERR_RPC_ENDPOINT_FORMAT, ERR_RPC_ENDPOINT_TAKEN; or what the manager of queues says. */
MUST_CHECK enum err rpc_queue_use(const struct rpc_queue_ask *ask);
/* Whether there is any. */
bool rpc_queues_exist(void);
/* It listens, or an interface is there, that was not before. */
void rpc_queues_review(void);
/* Waits until no thread takes messages any more, and lets go of all: for tests. */
void rpc_queues_end(void);

/* ---- one message, by the queue's thread ---- */

/* Executes it, and returns when that is over; the message is settled. False: there was no place for
 * it, and it waits on. */
bool rpc_queue_execute(struct rpc_queue *q, struct queued_message *m);

/* ---- what is special of its call ---- */

struct rpc_queue_call;

void rpc_queue_call_free(struct rpc_queue_call *k); /* accepts NULL */
/* The queue, as the endpoint that a call came in by. */
const char *rpc_queue_call_endpoint(const struct rpc_queue_call *k);
/* Whether its client waits for an answer. */
bool rpc_queue_call_is_asked(const struct rpc_queue_call *k);
/* 0, or the fault: its execution begins. idempotent: it may be executed again. */
uint32_t rpc_queue_call_begin(struct rpc_queue_call *k, bool idempotent);
/* Instead of an answer, or with it. executed: a routine saw it. out: the [out] parameters. */
void rpc_queue_call_settle(struct rpc_queue_call *k, uint32_t fault, bool executed,
                           struct bytes out);
/* The sender's account, and what else is proven of it: never changed. */
const struct sid *rpc_queue_call_sids(const struct rpc_queue_call *k, size_t *ret_count);
