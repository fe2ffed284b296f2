/* SPDX-License-Identifier: Apache-2.0
 * api_transaction.c - queued calls in transactions: who knows how they ended, and their tokens.
 */
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpctransaction.h"
#include "rpc/queue_transaction.h"
#include "rpc/registry.h"
#include "rpc/server_call.h"
#include "rpc/witness.h"

RPC_STATUS CsServerRegisterOutcome(RPC_IF_HANDLE IfSpec, CS_TRANSACTION_OUTCOME_FN *Outcome,
                                   void *Context)
{
    const struct rpc_witness witness = { Outcome, Context };
    struct rpc_syntax id;
    enum err e;

    detail_begin("CsServerRegisterOutcome");
    if (!IfSpec)
        return RPC_S_INVALID_ARG;
    e = rpc_registry_unserved(IfSpec, &id);
    return err_rpc_status(e ? e : rpc_witness_set(&id, &witness));
}

RPC_STATUS CsServerInqTransaction(RPC_BINDING_HANDLE ClientBinding, CS_TRANSACTION_TOKEN *Token)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("CsServerInqTransaction");
    if (!Token)
        return RPC_S_INVALID_ARG;
    e = rpc_server_call_get(ClientBinding, &c);
    if (e)
        return err_rpc_status(e);
    e = rpc_queue_token(c, Token->Data);
    rpc_server_call_unref(c);
    return err_rpc_status(e);
}
