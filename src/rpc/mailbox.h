/* SPDX-License-Identifier: Apache-2.0
 * mailbox.h - where the answers to calls that this process left in queues come: one queue of its
 * own, opened at the first such call and kept, out of which one thread hands each answer to the
 * thread that waits for it.
 */
#pragma once

#include "rpc/block.h"
#include "rpc/thread.h"
#include "transport/queued.h"

struct rpc_mailbox;

struct rpc_mail { /* an answer */
    uint32_t fault;
    struct bytes stub;       /* the [out] parameters, in block */
    struct rpc_block *block; /* the caller's: rpc_block_put */
};

/* Leaves the call in its queue, and waits for its answer until the deadline. ERR_TIMEOUT: none
 * came. ERR_RPC_CANCELLED: t was cancelled. ERR_CONNECT: the manager of queues, who would bring
 * it, went away. Otherwise as queued_door::ask. */
MUST_CHECK enum err rpc_mailbox_ask(const struct queued_door *door, const struct queued_call *call,
                                    int64_t deadline, struct rpc_thread *t, struct rpc_mail *ret);
/* ---- for sessions (queue_session.h), whose frames come by it, too ---- */

/* Until it is put back. Whoever has it hears of its loss by rpc_queue_session_lose. */
MUST_CHECK enum err rpc_mailbox_get(const struct queued_door *door, struct rpc_mailbox **ret);
void rpc_mailbox_put(struct rpc_mailbox *b);
const char *rpc_mailbox_name(const struct rpc_mailbox *b);
bool rpc_mailbox_is_lost(struct rpc_mailbox *b);

/* Nobody waits: lets go of the queue, for tests. */
void rpc_mailbox_end(void);
