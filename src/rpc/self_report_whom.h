/* SPDX-License-Identifier: Apache-2.0
 * self_report_whom.h - whom what is written down of an interface lets in: its descriptor, its
 * guard's, the ACF's lists, and the guard's levels. Not its flags, policy, nor its callback.
 */
#pragma once

#include "rpc/caller_sids.h"
#include "rpc/registry.h"

struct rpc_whom {
    unsigned kinds;       /* 1 << RPC_STRANGER, ...: of enum rpc_caller_kind */
    unsigned least_level; /* RPC_LEVEL_xxx of the guard; 0: none */
    bool nobody;          /* may call it */
};

/* Of an operation. */
struct rpc_whom rpc_whom_of_operation(const struct rpc_registration *r, unsigned opnum);
/* Of the interface: whoever may call one of its operations, at the least level that does. */
struct rpc_whom rpc_whom_of_interface(const struct rpc_registration *r);
