/* SPDX-License-Identifier: Apache-2.0
 * queue_answer.h - the body of an answer to a call that was left in a queue.
 * docs/protocol/queue-envelope.md
 */
#pragma once

#include "base/bytes.h"

struct rpc_queue_answer {
    uint32_t fault;    /* as a fault PDU has it; 0: none */
    struct bytes stub; /* the [out] parameters; empty with a fault */
};

/* A view into b. What is accepted is written again as the same bytes. */
MUST_CHECK enum err rpc_queue_answer_read(struct bytes b, struct rpc_queue_answer *ret);
MUST_CHECK enum err rpc_queue_answer_write(const struct rpc_queue_answer *a, struct buf *ret);
