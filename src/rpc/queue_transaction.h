/* SPDX-License-Identifier: Apache-2.0
 * queue_transaction.h - a message executed in a transaction: whether it was already, and what its
 * routine sends.  <countersign/rpctransaction.h>
 */
#pragma once

#include "rpc/queue_server.h"
#include "rpc/witness.h"

struct rpc_transaction {
    struct rpc_witness witness; /* ask NULL: there is no transaction */
    uint8_t token[QUEUED_TOKEN];
};

/* Before a message of that interface is executed. False: it is not to be, and ends so. */
bool rpc_transaction_open(const struct rpc_queue *q, const struct queued_message *m,
                          const struct rpc_syntax *interface, struct rpc_transaction *ret,
                          enum queued_end *ret_end);
/* How it ends when its routine has raised an exception. */
enum queued_end rpc_transaction_fail(const struct rpc_transaction *t);

/* ---- of the call whose message it is: queue_call.c ---- */

/* Hands a call over; in the transaction that this thread executes, if it does. */
MUST_CHECK enum err rpc_queue_send(const struct queued_door *door, const struct queued_call *call);
/* ERR_UNSUPPORTED: it is in none. */
MUST_CHECK enum err rpc_queue_token(const struct rpc_server_call *c, uint8_t ret[QUEUED_TOKEN]);
/* The operator by whose word it is executed, and his; ERR_NO_MAPPING: it is its sender's alone. */
MUST_CHECK enum err rpc_queue_replayer(const struct rpc_server_call *c, const char **ret,
                                       const char **ret_reason);
