/* SPDX-License-Identifier: Apache-2.0
 * rpc_flow_home.h - a server with asynchronous pipes, and clients of it, for
 * domain/test_rpc_flow*.c.
 */
#pragma once

#include <semaphore.h>

#include <countersign/windows.h>

#include "rpc_flow.h"
#include "rpc_try_home.h"

/* What is sent: again and again what a prime number of octets says. */
enum { FLOW_PATTERN = 65521, FLOW_BLOCK = 100000, FLOW_SAMPLES_MAX = 5000 };
const byte *flow_from(LONGLONG i);
LONGLONG flow_sum(const byte *p, ULONG n);

/* ---- the server ---- */

enum flow_way { /* how its routines are told, and what they do besides */
                FLOW_BY_ROUTINE,
                FLOW_BY_APC, /* a thread of each call */
                FLOW_BY_EVENT,
                FLOW_WAYS,
                FLOW_WAITS,   /* pulls nothing before flow_go_on, and tells flow_kept of it */
                FLOW_ABORTS,  /* halfway: at the second step */
                FLOW_RAISES,  /* at once, in the routine */
                FLOW_RETURNS, /* completes the call at once */
                FLOW_MISUSES, /* looks at what the rules forbid */
};

extern atomic_int flow_served, flow_ended,
    flow_failed;                  /* calls; of them, by their pipes' failure */
extern atomic_int flow_status;    /* of the last that failed */
extern atomic_llong flow_pulled;  /* bytes of the call under way */
extern atomic_int flow_cancelled; /* whose RpcServerTestCancel said so */
void flow_go_on(void);            /* the one that waits */

int flow_start(void **state); /* try_start, and rpc_flow */
int flow_stop(void **state);
void flow_forget(void);

/* ---- clients ---- */

struct flow { /* a call */
    RPC_ASYNC_STATE state;
    sem_t told;     /* by a routine */
    sem_t complete; /* and of the end, which is the last it is told */
    ASYNC_FLOW_BYTES bytes;
    LONGLONG reply, sum, at, sent; /* sent: the sum of what was pushed or pulled */
    atomic_int notified;
    byte block[FLOW_BLOCK];
};

/* notify: RPC_C_NOTIFY_ON_SEND_COMPLETE. */
struct flow *flow_new(RPC_NOTIFICATION_TYPES type, bool notify);
void flow_free(struct flow *f);
void flow_wait(struct flow *f); /* for one notification; or a moment, where nothing is told */
/* Until the call is over; what became of it. */
RPC_STATUS flow_complete(struct flow *f);
/* Pushes so many bytes, and the end if so asked. */
RPC_STATUS flow_push(struct flow *f, LONGLONG length, ULONG most, bool ends);
/* Pulls until the end, or a failure. */
RPC_STATUS flow_pull(struct flow *f, ULONG most);
/* Whole calls, as they should be. */
void flow_send(RPC_BINDING_HANDLE b, RPC_NOTIFICATION_TYPES type, LONG way, LONGLONG length,
               ULONG most);
void flow_receive(RPC_BINDING_HANDLE b, RPC_NOTIFICATION_TYPES type, LONG way, LONGLONG length,
                  LONG push);
