/* SPDX-License-Identifier: Apache-2.0
 * notice.h - how a program is told that something happened: as RPC_NOTIFICATION_TYPES has it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#include <countersign/rpc.h>

struct rpc_notice_apc;

struct rpc_notice {
    int type; /* RPC_NOTIFICATION_TYPES; the whole is a copy of what the program asked for */
    RPC_ASYNC_NOTIFICATION_INFO info;
    struct rpc_notice_apc *apc; /* of RpcNotificationTypeApc: what the procedure call is told; */
    HANDLE own_thread;          /* and the thread that asked, where no other was named */
};

/* ERR_UNSUPPORTED for a type there is not, ERR_INVALID_PARAMETER for one that lacks its part.
 * Every one that was made is given, or dropped. */
MUST_CHECK enum err rpc_notice_new(int type, const RPC_ASYNC_NOTIFICATION_INFO *info,
                                   struct rpc_notice *ret);
void rpc_notice_drop(struct rpc_notice *n);
/* Whether giving it calls the program's own code. */
bool rpc_notice_calls(const struct rpc_notice *n);
/* Which: its address, to remember something by. */
uintptr_t rpc_notice_routine(const struct rpc_notice *n);
void rpc_notice_give(struct rpc_notice *n, RPC_ASYNC_STATE *state, RPC_ASYNC_EVENT event);
/* Procedure calls that still wait for their threads no longer tell of this state: the call it names
 * is complete, and its program may free it. */
void rpc_notice_take_back(const RPC_ASYNC_STATE *state);
