/* SPDX-License-Identifier: Apache-2.0
 * queue_flow.h - one end of a session, as a machine without I/O: what may be sent, and what comes
 * of frames that arrive.
 *
 * The queues keep order, and lose a message only with the manager. So what comes twice is dropped,
 * and a gap ends the session: nothing waits for what may never come.
 */
#pragma once

#include "rpc/queue_frame.h"

enum { RPC_QUEUE_WINDOW = 512 * 1024 }; /* octets that were sent and not taken; kept by an end */

struct rpc_queue_flow {
    uint64_t sent, taken;            /* of ours: all, and those that the other end has taken */
    uint64_t received, passed, told; /* of the other's: all, those passed on, and told of so */
    bool ended;                      /* the other end sends no more */
    uint32_t why;                    /* then */
};

/* How many octets may be sent now, in one frame. */
size_t rpc_queue_flow_room(const struct rpc_queue_flow *f);
/* A frame to be sent now. */
struct rpc_queue_frame rpc_queue_flow_data(struct rpc_queue_flow *f, struct bytes b);
struct rpc_queue_frame rpc_queue_flow_taken(struct rpc_queue_flow *f);
struct rpc_queue_frame rpc_queue_flow_end(struct rpc_queue_flow *f, uint32_t why);
/* So many octets were passed on; whether the other end should be told. */
void rpc_queue_flow_pass(struct rpc_queue_flow *f, size_t n);
bool rpc_queue_flow_is_due(const struct rpc_queue_flow *f);

/* What is new of the other's octets: a view into the frame, empty where nothing is. ERR_UNEXPECTED:
 * the session is over. */
MUST_CHECK enum err rpc_queue_flow_receive(struct rpc_queue_flow *f,
                                           const struct rpc_queue_frame *frame, struct bytes *ret);
