/* SPDX-License-Identifier: Apache-2.0
 * self_report_whom.c - whom what is written down of an interface lets in.
 */
#include "rpc/self_report_whom.h"

#include "rpc/access.h"
#include "rpc/guard.h"
#include "rpc/security.h"

static const struct rpc_guard_operation nothing_said;

static const struct rpc_guard_operation *said(const struct rpc_guard *g, unsigned opnum)
{
    return g ? rpc_guard_of_operation(g, opnum) : &nothing_said;
}

struct rpc_whom rpc_whom_of_operation(const struct rpc_registration *r, unsigned opnum)
{
    const struct rpc_guard_operation *guarded = said(r->guard, opnum);
    const struct rpc_guard_operation *listed = said(r->lists, opnum);
    struct rpc_whom w = { .least_level = guarded->least_level,
                          .nobody = guarded->nobody || listed->nobody };
    unsigned kind;

    for (kind = 0; kind < RPC_CALLER_KINDS && !w.nobody; kind++) {
        bool stranger = kind == RPC_STRANGER || kind == RPC_STRANGER_HERE;

        if (!(stranger && w.least_level > RPC_LEVEL_NONE) &&
            rpc_access_allows_kind(r->access, kind) &&
            rpc_access_allows_kind(guarded->access, kind) &&
            rpc_access_allows_kind(listed->access, kind))
            w.kinds |= 1U << kind;
    }
    return w;
}

struct rpc_whom rpc_whom_of_interface(const struct rpc_registration *r)
{
    struct rpc_whom all = { .nobody = true };
    unsigned opnum = 0;

    do { /* one without operations: as if it had one */
        struct rpc_whom w = rpc_whom_of_operation(r, opnum);

        if (w.nobody)
            continue;
        if (all.nobody || w.least_level < all.least_level)
            all.least_level = w.least_level;
        all.kinds |= w.kinds;
        all.nobody = false;
    } while (++opnum < r->face->Head.ProcedureCount);
    return all;
}
