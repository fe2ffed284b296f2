/* SPDX-License-Identifier: Apache-2.0
 * queue_frame.h - a frame of a session: the body of a message that is no call, but a piece of what
 * a connection over ncadg_mq carries. docs/protocol/queue-envelope.md
 */
#pragma once

#include "base/bytes.h"

enum { RPC_QUEUE_FRAME_DATA = 128 * 1024 }; /* octets of a connection in one frame */

enum rpc_queue_frame_type {
    RPC_QUEUE_OPEN = 1,  /* a client begins */
    RPC_QUEUE_HERE = 2,  /* its server takes it; rest: the queue it hears the session by */
    RPC_QUEUE_DATA = 3,  /* rest: octets of the connection */
    RPC_QUEUE_TAKEN = 4, /* there is room again, or somebody still is */
    RPC_QUEUE_END = 5,   /* whoever sends this sends no more; why */
};

struct rpc_queue_frame {
    enum rpc_queue_frame_type type;
    uint32_t why;   /* RPC_S_xxx; 0: as connections end */
    uint64_t at;    /* octets that its sender sent before */
    uint64_t taken; /* octets that its sender has taken of the other's */
    struct bytes rest;
};

/* A view into b. What is accepted is written again as the same bytes. */
MUST_CHECK enum err rpc_queue_frame_read(struct bytes b, struct rpc_queue_frame *ret);
MUST_CHECK enum err rpc_queue_frame_write(const struct rpc_queue_frame *f, struct buf *ret);
