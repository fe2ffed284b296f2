/* SPDX-License-Identifier: Apache-2.0
 * flow.h - a stub that leaves while it is written, and nobody waits for the peer: what of a request
 * or response with asynchronous pipes is on its way out.
 *
 *    the program's stream -take-> ready -next-> leaving, in batches
 *
 * No lock of its own: its owner's.
 */
#pragma once

#include "ndr/pipe.h"
#include "rpc/outbound.h"

struct rpc_flow {
    struct rpc_outbound *outbound; /* its owner's */
    struct writer ready, leaving;
    struct buf instead; /* of all that has not left, and of its end: a PDU */
    struct iovec one;
    bool begun; /* something has left, or is about to */
    bool open;  /* of leaving, something is still to be sent */
    bool last;  /* nothing more will be ready */
    bool ended; /* and all has left */
};

void rpc_flow_init(struct rpc_flow *f, struct rpc_outbound *outbound);
void rpc_flow_done(struct rpc_flow *f);
/* What may leave of what was written; or all, and nothing more will come. */
MUST_CHECK enum err rpc_flow_take(struct rpc_flow *f, struct ndr_out *out, bool last);
/* The call ends with that PDU, which is f's now, in place of what has not begun to leave. */
void rpc_flow_refuse_adopt(struct rpc_flow *f, struct buf pdu);
/* The next pieces, to be sent before the next call, of a message like head; *ret_n is 0 where
 * nothing is ready. */
MUST_CHECK enum err rpc_flow_next(struct rpc_flow *f, const struct rpc_message *head,
                                  struct iovec **ret, size_t *ret_n);
