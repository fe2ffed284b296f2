/* SPDX-License-Identifier: Apache-2.0
 * decision.h - what has been decided for one client at one level, and need not be asked again.
 *
 * They are of one security context of one connection: nobody else's calls find them, and they go
 * with it. Only what was allowed is kept. What decided, a registration or a security
 * descriptor, is known by a number that no other ever has: nothing is left of one replaced. Read
 * and added to by any thread at once, without a lock.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    RPC_DECISION_OPERATIONS = 256,              /* those of higher numbers are decided each time */
    RPC_DECISION_ALL = RPC_DECISION_OPERATIONS, /* whatever its number stands for */
    RPC_DECISIONS_MAX = 32,                     /* numbers remembered */
};

struct rpc_decision;

struct rpc_decisions { /* zero: none */
    _Atomic(struct rpc_decision *) first;
};

/* A number that was never given before. */
uint64_t rpc_decision_number(void);

/* what: an operation's number, or RPC_DECISION_ALL. */
bool rpc_decisions_allow(struct rpc_decisions *d, uint64_t number, unsigned what);
/* Without memory, or beyond the limits, it is decided anew each time. */
void rpc_decisions_add(struct rpc_decisions *d, uint64_t number, unsigned what);
void rpc_decisions_done(struct rpc_decisions *d);
