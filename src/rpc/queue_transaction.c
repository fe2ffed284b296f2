/* SPDX-License-Identifier: Apache-2.0
 * queue_transaction.c - a message executed in a transaction: whether it was already.
 *
 * The application is asked each time, not only when the queue manager says that there was a
 * delivery before: it knows of those the manager has forgotten, as an older store put back has.
 * Nobody else of this account executes the message meanwhile, so that the answer stays true.
 */
#include "rpc/queue_transaction.h"

static CS_TRANSACTION_OUTCOME ask(const struct rpc_transaction *t)
{
    CS_TRANSACTION_TOKEN token;

    static_assert(sizeof token.Data == sizeof t->token, "one token");
    memcpy(token.Data, t->token, sizeof token.Data);
    return t->witness.ask(&token, t->witness.context);
}

static enum queued_end end_of(CS_TRANSACTION_OUTCOME o)
{
    return o == CsTransactionCommitted ? QUEUED_EXECUTED
           : o == CsTransactionAborted ? QUEUED_FAILED
                                       : QUEUED_RETURNED;
}

bool rpc_transaction_open(const struct rpc_queue *q, const struct queued_message *m,
                          const struct rpc_syntax *interface, struct rpc_transaction *ret,
                          enum queued_end *ret_end)
{
    struct rpc_transaction t = { rpc_witness_find(interface), { 0 } };
    enum queued_end end;

    if (!t.witness.ask)
        return true;
    q->door->token(m, t.token);
    end = end_of(ask(&t));
    if (end == QUEUED_FAILED) {
        *ret = t;
        return true;
    }
    *ret_end = end;
    return false;
}

enum queued_end rpc_transaction_fail(const struct rpc_transaction *t)
{
    return t->witness.ask ? end_of(ask(t)) : QUEUED_FAILED;
}
