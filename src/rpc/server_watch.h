/* SPDX-License-Identifier: Apache-2.0
 * server_watch.h - a server that wants to be told when the client of a call cancels it, or is gone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "rpc/notice.h"

struct rpc_server_call;

enum rpc_watch { RPC_WATCH_DISCONNECT, RPC_WATCH_CANCEL, RPC_WATCHES };

struct rpc_server_watch {
    bool on;
    struct rpc_notice notice;
    unsigned given;
};

/* Bits of RPC_NOTIFICATIONS. What has happened already is told at once. */
MUST_CHECK enum err rpc_server_watch_begin(struct rpc_server_call *c, unsigned bits, int type,
                                           const RPC_ASYNC_NOTIFICATION_INFO *info);
/* One bit; how often it was told. ERR_INVALID_PARAMETER: nobody watched. */
MUST_CHECK enum err rpc_server_watch_end(struct rpc_server_call *c, unsigned bit,
                                         unsigned *ret_given);
/* It has happened. Calls the program, so that no lock may be held. */
void rpc_server_watch_tell(struct rpc_server_call *c, enum rpc_watch what);
/* The call is over. */
void rpc_server_watch_forget(struct rpc_server_call *c);
