/* SPDX-License-Identifier: Apache-2.0
 * server_verdict.h - a security callback that answers later: RPC_IF_ASYNC_CALLBACK.
 *
 * Meanwhile the call waits without a thread; it is one of the calls under way, and so are as many
 * as may be, in all, of a connection and of an interface. One whose thread has to receive the rest
 * of it, or that came in the middle of a callback to its client, keeps its thread. No call waits
 * whose client cancels it or is gone, whose interface is not registered or not listened for any
 * more, nor longer than policy "callback-seconds" says: it is refused.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <countersign/rpcdce.h>

#include "base/err.h"

struct rpc_server_call;

enum rpc_verdict {
    RPC_VERDICT_NONE,    /* nobody is asked */
    RPC_VERDICT_ASKED,   /* the callback has not returned */
    RPC_VERDICT_WAITING, /* it has, and said: later */
    RPC_VERDICT_GIVEN,
};

struct rpc_server_verdict { /* of a call; under a lock of their own */
    enum rpc_verdict state;
    RPC_STATUS said;
    uint32_t fault;   /* why nobody waits for what is said any more; 0: it was said */
    int64_t deadline; /* 0: none */
    bool thread;      /* one waits */
    bool queued;      /* to be looked at by a thread of the loop's */
    bool late;
    struct rpc_server_call *next, **place; /* of those that wait */
    struct rpc_server_call *queue_next;
};

/* The callback is asked next. */
void rpc_server_verdict_begin(struct rpc_server_call *c);
/* It has returned *said. True: *said and *fault are the verdict. False: the call is not the
 * caller's any more; rpc_server_call_resume has it once there is a verdict. */
bool rpc_server_verdict_left(struct rpc_server_call *c, RPC_STATUS *said, uint32_t *fault);
/* By the program. ERR_RPC_ASYNC_CALL: nobody is asked of this call, or there is a verdict. */
MUST_CHECK enum err rpc_server_verdict_give(struct rpc_server_call *c, RPC_STATUS said);

/* Something has happened that may make waiting vain: after it, without a lock. */
void rpc_server_verdicts_review(void);
/* The same, as time goes by; whether any of those that wait has a time. */
bool rpc_server_verdicts_tick(int64_t now);
