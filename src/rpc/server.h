/* SPDX-License-Identifier: Apache-2.0
 * server.h - the server of this process: where it is reached, whether it listens, how much it does.
 */
#pragma once

#include <stdatomic.h>

#include "rpc/endpoint.h"
#include "rpc/registry.h"
#include "rpc/server_call.h"

struct rpc_server_stats { /* since the process began */
    atomic_uint calls_in, calls_out, packets_in, packets_out;
};
/* What no connection counts, and what those counted that have ended. */
extern struct rpc_server_stats rpc_server_stats;

/* All of it. */
void rpc_server_stats_now(struct rpc_server_stats *ret);
void rpc_server_stats_add(struct rpc_server_stats *sum, const struct rpc_server_stats *of);

static inline void rpc_server_count(atomic_uint *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* Of a connection's own, which one thread counts at a time. */
static inline void rpc_server_count_alone(atomic_uint *counter, unsigned n)
{
    n += atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, n, memory_order_relaxed);
}

/* The threads, started at first need. */
MUST_CHECK enum err rpc_server_loop(struct loop **ret);

/* ---- endpoints ---- */

/* The threads, and the management interface: before any endpoint. */
MUST_CHECK enum err rpc_server_prepare(struct loop **ret);
/* As rpc_endpoint_use and rpc_endpoint_adopt, for the process. */
MUST_CHECK enum err rpc_server_use(const struct rpc_endpoint_ask *ask);
MUST_CHECK enum err rpc_server_adopt(int listener);
/* The i-th endpoint of the process; false: no more. */
bool rpc_server_endpoint_at(size_t i, const struct transport **ret_transport,
                            char ret_endpoint[TRANSPORT_ENDPOINT]);

/* Of what is asked for: ERR_UNSUPPORTED for unknown RPC_IF_xxx. */
MUST_CHECK enum err rpc_server_check_flags(unsigned flags);

/* ---- listening ---- */

/* ERR_RPC_LISTENING, ERR_RPC_MAX_CALLS, ERR_RPC_NO_PROTSEQS_REGISTERED. */
MUST_CHECK enum err rpc_server_listen(unsigned least, unsigned most);
/* New calls are refused; those under way go on. ERR_RPC_NOT_LISTENING. */
MUST_CHECK enum err rpc_server_stop(void);
/* Until stopped, and the last call has been answered. ERR_RPC_NOT_LISTENING. */
MUST_CHECK enum err rpc_server_wait(void);
bool rpc_server_is_listening(void);
/* How many calls the program allows at once. */
unsigned rpc_server_calls(void); /* under way */
unsigned rpc_server_calls_most(void);

/* Whether one more call of that interface may run; each begin has its executed, when the next may,
 * and then its end, when it has been answered. 0, or the fault. */
uint32_t rpc_server_call_begin(struct rpc_registration *r);
void rpc_server_call_executed(struct rpc_registration *r);
void rpc_server_call_end(struct rpc_registration *r);

/* ---- dispatch ---- */

/* Executes the call and hands its response to the link; or leaves it to who completes it, or its
 * security callback. */
void rpc_server_call_run(struct rpc_server_call *c);
/* What its security callback says at last; or a fault, why it is not waited for any more. */
void rpc_server_call_resume(struct rpc_server_call *c, RPC_STATUS said, uint32_t fault);
/* Runs the procedure of the call's interface, of whichever side: 0, or the fault. */
uint32_t rpc_server_call_execute(struct rpc_server_call *c);
/* The call is over: its response, or a fault, goes out, and its reference with it. executed: a
 * routine saw it. */
void rpc_server_call_finish(struct rpc_server_call *c, uint32_t fault, bool executed);

/* The management interface, registered with the first endpoint. */
MUST_CHECK enum err rpc_mgmt_register(void);
