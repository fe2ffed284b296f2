/* SPDX-License-Identifier: Apache-2.0
 * api_transaction.c - queued calls in transactions: who knows how they ended, and their tokens.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpctransaction.h"
#include "rpc/queue_transaction.h"
#include "rpc/registry.h"
#include "rpc/server_call.h"
#include "rpc/text.h"
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

/* The two texts, each where it is wanted. */
static enum err tell_replay(const struct rpc_server_call *c, bool wide, void **ret_operator,
                            void **ret_reason)
{
    const char *texts[2] = { NULL, NULL };
    void *out[2];
    enum err e = rpc_queue_replayer(c, &texts[0], &texts[1]);

    if (!e)
        e = rpc_texts_out(wide, texts, 2, out);
    if (e)
        return e;
    if (ret_operator)
        *ret_operator = out[0];
    else
        mem_free(out[0]);
    if (ret_reason)
        *ret_reason = out[1];
    else
        mem_free(out[1]);
    return ERR_OK;
}

static RPC_STATUS inq_replay(RPC_BINDING_HANDLE binding, bool wide, void **ret_operator,
                             void **ret_reason)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("CsServerInqReplay");
    e = rpc_server_call_get(binding, &c);
    if (e)
        return err_rpc_status(e);
    e = tell_replay(c, wide, ret_operator, ret_reason);
    rpc_server_call_unref(c);
    return err_rpc_status(e);
}

RPC_STATUS CsServerInqReplayA(RPC_BINDING_HANDLE ClientBinding, RPC_CSTR *Operator,
                              RPC_CSTR *Reason)
{
    return inq_replay(ClientBinding, false, (void **)Operator, (void **)Reason);
}

RPC_STATUS CsServerInqReplayW(RPC_BINDING_HANDLE ClientBinding, RPC_WSTR *Operator,
                              RPC_WSTR *Reason)
{
    return inq_replay(ClientBinding, true, (void **)Operator, (void **)Reason);
}
