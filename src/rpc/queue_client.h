/* SPDX-License-Identifier: Apache-2.0
 * queue_client.h - a client's bindings of ncadg_mq: what they are asked for, and calls left in a
 * queue.  desktop-src/Rpc/rpc-message-queuing.md
 */
#pragma once

#include "rpc/call.h"
#include "transport/queued.h"

/* As Message Queuing has them. */
struct queued_options rpc_queue_options(void);

/* ERR_RPC_ENDPOINT_FORMAT, ERR_RPC_OPTIONS: what a binding of ncadg_mq cannot be of. */
MUST_CHECK enum err rpc_queue_check_binding(const struct rpc_string_binding *name);

/* RPC_C_OPT_xxx of a binding of ncadg_mq. ERR_INVALID_PARAMETER: not such a value;
 * ERR_UNSUPPORTED: no such option here. */
MUST_CHECK enum err rpc_queue_set_option(struct rpc_binding *b, uint32_t option, uint64_t value);
MUST_CHECK enum err rpc_queue_inq_option(struct rpc_binding *b, uint32_t option,
                                         uint64_t *ret_value);

/* Whether calls of the binding are messages of their own: else they go by a connection, which over
 * ncadg_mq is a session (queue_session.h), for the services of connections. */
bool rpc_queue_is_left(struct rpc_binding *b);

/* Whether a call that this procedure makes goes the binding's way: a [message] over ncadg_mq alone,
 * and over that nothing that takes more than a request and its answer, unless by a session.
 * ERR_UNSUPPORTED, ERR_RPC_AUTHN_SERVICE. */
MUST_CHECK enum err rpc_queue_check_call(const struct rpc_call *call);
/* Hands over what was written, and returns when it has been accepted. */
MUST_CHECK enum err rpc_queue_submit(struct rpc_call *call);
/* Hands over what was written, and waits for the answer. */
MUST_CHECK enum err rpc_queue_converse(struct rpc_call *call);
