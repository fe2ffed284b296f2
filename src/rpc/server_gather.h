/* SPDX-License-Identifier: Apache-2.0
 * server_gather.h - whether calls that came together are executed in turn, and their answers sent
 * together.
 */
#pragma once

#include "rpc/server_link.h"

/* How long calls of an operation take, where others wait behind them. */
struct rpc_server_pace {
    struct rpc_registration *registration;
    atomic_uchar *quick;
    int64_t start;
};

void rpc_server_pace_begin(struct rpc_server_pace *p, const struct rpc_server_call *c);
bool rpc_server_pace_is_quick(const struct rpc_server_pace *p); /* it is likely to be */
void rpc_server_pace_end(struct rpc_server_pace *p);

/* By the thread that reads: answers wait for each other from here on, unless others are being
 * sent. */
void rpc_server_gather_begin(struct rpc_server_link *l);
/* After a call: its answer is put to the others; enough of them are sent, or what cannot be put. */
void rpc_server_gather_more(struct rpc_server_link *l);
/* By any thread: what is gathered is sent. */
void rpc_server_gather_end(struct rpc_server_link *l);
