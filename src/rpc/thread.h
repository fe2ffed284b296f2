/* SPDX-License-Identifier: Apache-2.0
 * thread.h - what the runtime knows of a thread that makes calls: the call it waits for, so that
 * another can cancel it, and the buffer its last call left for the next.
 */
#pragma once

#include <pthread.h>

#include "base/lock.h"
#include "rpc/connection.h"
#include "rpc/error_info.h"
#include "rpc/timer.h"

/* Seconds; what RPC_C_CANCEL_INFINITE_TIMEOUT is. */
#define RPC_CANCEL_FOREVER UINT32_MAX

enum { RPC_SCRATCH_MAX = 2 * 1024 * 1024 }; /* what a thread keeps of a buffer between calls */

struct rpc_call;

struct rpc_thread {
    struct rpc_thread *next; /* in the table of all */
    pthread_t self;
    uint32_t id;                     /* the kernel's number */
    uint32_t cancel_timeout;         /* its own */
    struct buf scratch;              /* its own; len is the room */
    struct rpc_error_record *errors; /* its own; of rpc/errors.h */
    struct rpc_call *serving;        /* its own: the call whose callback it runs; NULL: none */

    struct lock lock;               /* of what follows */
    struct rpc_connection *calling; /* its request is out */
    bool cancelled;                 /* the call out, or the next */
    uint32_t timeout;               /* of that cancel */
    bool abandoned;                 /* the cancel time-out of the call out is over */
    int64_t until;                  /* when it is; 0: nobody cancelled it */
    struct rpc_timer abandon;
    void (*end_wait)(void *arg); /* what it waits for comes by no connection */
    void *end_wait_arg;
};

/* The calling thread's, which lives until the thread ends. */
MUST_CHECK enum err rpc_thread_get(struct rpc_thread **ret);
/* The same if there is one yet, else NULL. */
struct rpc_thread *rpc_thread_here(void);

/* Around the wait for an answer on the connection. A cancel that came before is sent on. */
void rpc_thread_waits(struct rpc_thread *t, struct rpc_connection *c);
/* What became of it: 0, ERR_RPC_CANCELLED where it was abandoned. A cancel ends with its wait;
 * *ret_until, unless NULL, is when it would have been abandoned, 0 where nobody cancelled it. */
MUST_CHECK enum err rpc_thread_waited(struct rpc_thread *t, int64_t *ret_until);
/* A call with pipes waits many times, and once cancelled it stays so: after rpc_thread_waits it is
 * abandoned at the time that rpc_thread_waited told. */
void rpc_thread_waits_until(struct rpc_thread *t, int64_t until);

/* Around a call whose answer comes out of a queue. There is nobody who could be told of a cancel:
 * end is called at once, by whatever thread, maybe before this returns. Calls that the thread makes
 * meanwhile, of the runtime's own, are not disturbed. */
void rpc_thread_waits_for(struct rpc_thread *t, void (*end)(void *arg), void *arg);
void rpc_thread_waited_for(struct rpc_thread *t);

/* Cancels what that thread waits for, or waits for next. timeout: seconds after which it is
 * abandoned; NULL: that thread's own. ERR_NOT_FOUND for one that never made a call. */
MUST_CHECK enum err rpc_thread_cancel(pthread_t thread, const uint32_t *timeout);
/* The same, of the kernel's number of the thread. */
MUST_CHECK enum err rpc_thread_cancel_id(uint32_t id, const uint32_t *timeout);
/* Whether the calling thread is cancelled. */
bool rpc_thread_is_cancelled(void);

/* A buffer for a stub, and back again. */
struct buf rpc_thread_scratch(struct rpc_thread *t);
void rpc_thread_keep_adopt(struct rpc_thread *t, struct buf b);
