/* SPDX-License-Identifier: Apache-2.0
 * async_pipe.h - the asynchronous pipes of one call, of a client or a server: what was received and
 * is not pulled yet, what was pushed and has not left, and who is to be told of either.
 * desktop-src/Rpc/asynchronous-pipe-state.md
 *
 * Pipes are pulled from and pushed into by one thread of the program at a time; others receive and
 * send. A peer that is faster than the program waits, for nothing more is received while much is
 * here; a program that is faster than its peer waits for RpcSendComplete, or, where it has not
 * asked to be told, in its push.
 */
#pragma once

#include <pthread.h>

#include "rpc/flow.h"
#include "rpc/inbound.h"
#include "rpc/notice.h"
#include "rpc/stub.h"

enum {
    RPC_PIPES = 16,                    /* parameters of one procedure */
    RPC_PIPE_AT_ONCE = 128 * 1024,     /* of a great push, what is marshalled at once */
    RPC_PIPE_AHEAD = 1024 * 1024,      /* pushed and not left: then a push waits, or is refused */
    RPC_PIPE_TAKEN = 16 * 1024 * 1024, /* of one push: then even one that is told waits */
    RPC_PIPE_BEFORE = 256 * 1024,      /* received and not pulled: then no more is received */
    RPC_PIPE_MEMORY = 1024 * 1024,     /* nor when that takes so much: a peer may send little at a
                                          time, or nothing, and each time is a block's */
};

struct rpc_pipes;

struct rpc_pipe {
    struct rpc_pipes *all;
    const CS_PIPE_TYPE *type;
    struct ndr_element element;
    struct ndr_chunk chunk;
    bool in, out;         /* as the parameter says */
    bool drained, closed; /* its last chunk was pulled, was pushed */
};

/* What the side does that has them; without their lock. */
struct rpc_pipes_end {
    /* Around a pull or push: what has been told may have the program end the call at any moment. */
    void (*hold)(struct rpc_pipes *p);
    void (*release)(struct rpc_pipes *p);
    void (*leave)(struct rpc_pipes *p);   /* more is ready to leave */
    void (*receive)(struct rpc_pipes *p); /* there is room for what comes */
    /* The first part has come, whose block is the callee's; NULL where the stream was begun before.
     */
    MUST_CHECK enum err (*begin)(struct rpc_pipes *p, const struct rpc_received *first);
    /* The last pipe that is pushed into is closed. */
    MUST_CHECK enum err (*pushed)(struct rpc_pipes *p);
    /* The last that is pulled from has ended: all that is behind it has come, and is as it should
     * be. ERR_INCOMPLETE: it has not. */
    MUST_CHECK enum err (*drained)(struct rpc_pipes *p);
    /* What was received made no sense. */
    void (*broken)(struct rpc_pipes *p, enum err e);
};

struct rpc_part {
    struct rpc_part *next;
    struct rpc_received r;
    size_t memory; /* its own, and its block's where it is the first of that */
};

struct rpc_pipes {
    const struct rpc_pipes_end *end;
    RPC_ASYNC_STATE *state;
    bool server;
    /* The program's thread's. */
    struct ndr_in *in;
    struct ndr_out *out;
    struct ndr_source source;
    struct rpc_block *block, *old; /* the part that is read, and the one before */
    bool begun;                    /* in is */
    struct rpc_pipe pipe[RPC_PIPES];
    size_t count;

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t room;
    struct rpc_part *first, *last;
    size_t held;                    /* bytes of them */
    size_t memory;                  /* that they take */
    const struct rpc_block *newest; /* of the last that came; not to be looked into */
    bool full;                      /* nothing is received until some were pulled */
    RPC_STATUS status;              /* why nothing more can be received or pushed */
    bool closed;                    /* nor what is here be pulled */
    struct rpc_flow flow;
    bool leaving;                   /* somebody sees to it */
    uint8_t aside[RPC_HEADER_SIZE]; /* a PDU that is due between two others, */
    size_t aside_len;               /* 0: none */
    struct iovec one;
    bool receive_wanted, send_wanted;
    bool over; /* nothing more is told: of its end the call itself tells */
    struct rpc_notice receive_notice, send_notice;
    unsigned calling; /* routines of the program that run, or are about to */
};

void rpc_pipes_init(struct rpc_pipes *p, const struct rpc_pipes_end *end, RPC_ASYNC_STATE *state,
                    struct rpc_outbound *outbound);
/* Nobody knows them any more. */
void rpc_pipes_done(struct rpc_pipes *p);
/* One more, flags CS_PIPE_xxx; NULL: there are too many. */
struct rpc_pipe *rpc_pipes_add(struct rpc_pipes *p, const CS_PIPE_TYPE *type,
                               enum ndr_syntax syntax, unsigned flags);
bool rpc_pipes_all(const struct rpc_pipes *p, bool pulled); /* were pulled empty; or pushed full */
bool rpc_pipes_any(const struct rpc_pipes *p, bool pulled); /* are pulled from; pushed into */

/* ---- by the program ---- */

RPC_STATUS rpc_pipe_pull(struct rpc_pipe *pipe, void *buf, ULONG room, ULONG *ret_count);
RPC_STATUS rpc_pipe_push(struct rpc_pipe *pipe, const void *buf, ULONG count);
/* Where the program asks for it: it will be told when all that was written until now has left. */
MUST_CHECK enum err rpc_pipes_want_send(struct rpc_pipes *p);

/* ---- by who receives ---- */

/* Its block is p's, and its memory. True: no further one for now, end->receive asks for it. */
bool rpc_pipes_part_adopt(struct rpc_pipes *p, struct rpc_part *part);
/* Nothing more can be pulled or pushed; by the first of them. */
void rpc_pipes_fail(struct rpc_pipes *p, RPC_STATUS status);
/* Tells the program what it waits for, if that is there. */
void rpc_pipes_tell(struct rpc_pipes *p);
/* Nobody is told any more; the call is over, or about to be. Who tells of that is the last to do
 * so: routines of the program that other threads have begun to call are waited for. */
void rpc_pipes_hush(struct rpc_pipes *p);
/* Nobody is told any more, and nothing is pulled. */
void rpc_pipes_close(struct rpc_pipes *p);

/* ---- by who sends, one thread at a time ---- */

enum rpc_leave {
    RPC_LEAVE_SEND,   /* these pieces */
    RPC_LEAVE_FAILED, /* it could not be protected: nothing can be sent any more; ask again */
    RPC_LEAVE_IDLE,   /* nothing: end->leave tells when there is, to whoever that calls */
    RPC_LEAVE_LATER,  /* nothing; ask again, by a thread that may run the program's own code */
    RPC_LEAVE_ENDED,  /* nothing, and there will be no more */
};

/* broken: nothing can be sent any more. */
enum rpc_leave rpc_pipes_leave(struct rpc_pipes *p, const struct rpc_message *head, bool may_call,
                               bool broken, struct iovec **ret, size_t *ret_n);
/* A co_cancel goes out as soon as it may. */
void rpc_pipes_cancel(struct rpc_pipes *p, uint32_t call_id);
/* True: the caller is the one who sends now. */
bool rpc_pipes_leave_begin(struct rpc_pipes *p);
