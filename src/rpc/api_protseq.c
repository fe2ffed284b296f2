/* SPDX-License-Identifier: Apache-2.0
 * api_protseq.c - which protocol sequences there are.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "rpc/protseq.h"
#include "rpc/text.h"
#include "transport/queued.h"

static_assert(sizeof(RPC_PROTSEQ_VECTORA) == sizeof(RPC_PROTSEQ_VECTORW) &&
                  offsetof(RPC_PROTSEQ_VECTORA, Protseq) == offsetof(RPC_PROTSEQ_VECTORW, Protseq),
              "both forms are one vector of pointers");

static RPC_STATUS is_valid(bool wide, const void *protseq)
{
    const struct transport *t = NULL;
    char *name = NULL;
    enum err e;

    detail_begin("RpcNetworkIsProtseqValid");
    if (!protseq)
        return RPC_S_INVALID_RPC_PROTSEQ;
    e = rpc_text_in(wide, protseq, &name);
    if (!e)
        e = rpc_protseq_find(name, &t);
    mem_free(name);
    return e == ERR_MALFORMED ? RPC_S_INVALID_RPC_PROTSEQ : err_rpc_status(e);
}

RPC_STATUS RpcNetworkIsProtseqValidA(RPC_CSTR Protseq)
{
    return is_valid(false, Protseq);
}

RPC_STATUS RpcNetworkIsProtseqValidW(RPC_WSTR Protseq)
{
    return is_valid(true, Protseq);
}

/* Those of connections, and the one of queues where its library is. */
static const struct transport *protseq_at(UINT i)
{
    const struct queued_door *door = NULL;
    const struct transport *t = transport_at(i);

    if (t || (i && !transport_at(i - 1)))
        return t;
    return queued_find(&door) ? NULL : &transport_queued;
}

static RPC_STATUS inquire(bool wide, RPC_PROTSEQ_VECTORA **ret)
{
    RPC_PROTSEQ_VECTORA *all = NULL;
    const struct transport *t;
    enum err e = ERR_OK;
    UINT n = 0, i;

    detail_begin("RpcNetworkInqProtseqs");
    *ret = NULL;
    while (protseq_at(n))
        n++;
    if (!n)
        return RPC_S_NO_PROTSEQS;
    all = mem_zero(offsetof(RPC_PROTSEQ_VECTORA, Protseq) + n * sizeof all->Protseq[0]);
    if (!all)
        return RPC_S_OUT_OF_MEMORY;
    all->Count = n;
    for (i = 0; (t = protseq_at(i)) && !e; i++)
        e = rpc_text_out(wide, t->protseq, (void **)&all->Protseq[i]);
    if (e)
        RpcProtseqVectorFreeA(&all);
    *ret = all;
    return err_rpc_status(e);
}

RPC_STATUS RpcNetworkInqProtseqsA(RPC_PROTSEQ_VECTORA **ProtseqVector)
{
    return inquire(false, ProtseqVector);
}

RPC_STATUS RpcNetworkInqProtseqsW(RPC_PROTSEQ_VECTORW **ProtseqVector)
{
    return inquire(true, (RPC_PROTSEQ_VECTORA **)(void *)ProtseqVector);
}

RPC_STATUS RpcProtseqVectorFreeA(RPC_PROTSEQ_VECTORA **ProtseqVector)
{
    RPC_PROTSEQ_VECTORA *all = *ProtseqVector;
    UINT i;

    for (i = 0; all && i < all->Count; i++)
        mem_free(all->Protseq[i]);
    mem_free(all);
    *ProtseqVector = NULL;
    return RPC_S_OK;
}

RPC_STATUS RpcProtseqVectorFreeW(RPC_PROTSEQ_VECTORW **ProtseqVector)
{
    return RpcProtseqVectorFreeA((RPC_PROTSEQ_VECTORA **)(void *)ProtseqVector);
}
