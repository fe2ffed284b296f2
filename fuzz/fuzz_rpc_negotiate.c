/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rpc_negotiate.c - the offers of any bind, to a server whose interfaces speak either transfer
 * syntax or both: nothing is accepted that was not offered or is not spoken, and NDR64 goes before.
 *
 *    0 bits 0-1: RPC_SYNTAX_xxx that the interface speaks, bit 2: it is registered | a PDU
 */
#include <stdlib.h>

#include "rpc/negotiate.h"

static bool offered(const struct rpc_offer *o, enum ndr_syntax syntax)
{
    size_t i = 0;

    while (i < o->transfers && !rpc_syntax_equal(&o->transfer[i], rpc_transfer_syntax(syntax)))
        i++;
    return i < o->transfers;
}

static void answer(const struct rpc_offer *o, unsigned spoken, bool known)
{
    const bool both = offered(o, NDR_64) && spoken & RPC_SYNTAX_NDR64;
    enum ndr_syntax syntax = NDR_20;
    struct rpc_result r = { 0 };

    rpc_negotiate_answer(o, known, spoken, &r, &syntax);
    if (r.result == RPC_NEGOTIATED && r.reason & ~RPC_FEATURES)
        abort();
    if (r.result != RPC_ACCEPTED)
        return;
    if (!known || !offered(o, syntax) || !(spoken & (1U << syntax)) || (both && syntax != NDR_64) ||
        !rpc_syntax_equal(&r.transfer, rpc_transfer_syntax(syntax)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rpc_contexts all = { 0 };
    struct rpc_offer o;
    struct rpc_header h;
    struct rpc_bind b;
    struct rpc_pdu p;
    struct bytes raw;

    if (size < 1 + RPC_HEADER_SIZE)
        return 0;
    raw = bytes_of(data + 1, size - 1);
    if (rpc_header_read(bytes_of(raw.ptr, RPC_HEADER_SIZE), RPC_FRAGMENT_MAX, &h) ||
        h.frag_length > raw.len || (h.type != RPC_BIND && h.type != RPC_ALTER_CONTEXT) ||
        rpc_pdu_read(bytes_of(raw.ptr, h.frag_length), &h, &p) || rpc_bind_read(&p, &b))
        return 0;
    while (rpc_offer_next(&b.offers, &o)) {
        const struct rpc_context c = { .id = o.id, .abstract = o.abstract };

        answer(&o, data[0] & 3, data[0] & 4);
        if (!rpc_contexts_add(&all, &c) &&
            !rpc_syntax_equal(&rpc_contexts_find(&all, o.id)->abstract, &o.abstract))
            abort();
    }
    if (all.count > RPC_CONTEXTS_MAX)
        abort();
    rpc_contexts_done(&all);
    return 0;
}
