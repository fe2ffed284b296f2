/* SPDX-License-Identifier: Apache-2.0
 * calls.h - calls that wait: for the disk, for a message. None has a thread.
 */
#pragma once

#include "queue/manager/manager.h"

struct calls_out { /* where a receiver's message goes */
    mqd_taken *taken;
    ULONG *size;
    byte **message;
};

/* A manager's together. */
void calls_together(bool begin);

void calls_submit(PRPC_ASYNC_STATE state, struct handle *h, struct bytes message);
void calls_submit_joined(PRPC_ASYNC_STATE state, struct handle *h, uint64_t lease,
                         struct bytes message);
void calls_begin(PRPC_ASYNC_STATE state, struct handle *h, uint64_t lease);
void calls_outcome(PRPC_ASYNC_STATE state, struct handle *h, uint64_t lease, uint32_t outcome,
                   uint32_t reason);
/* how: without what the manager and this file add. */
void calls_receive(PRPC_ASYNC_STATE state, struct handle *h, const struct receive *how,
                   const struct calls_out *out);
