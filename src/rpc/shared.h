/* SPDX-License-Identifier: Apache-2.0
 * shared.h - a client's connection that carries many calls at once, and whose answers the loop of
 * the client side receives, so that no thread waits for them.  C706 9.3.2, 12.6.3.1 (PFC_CONC_MPX)
 *
 * A connection becomes one when a call of nobody's thread needs it, and goes back to its
 * association's idle ones when nothing is out any more. Where the server takes one call at a time,
 * or signs messages without their headers, each call has a connection of its own. Requests leave
 * whole and in the order of their numbers.
 */
#pragma once

#include "rpc/call.h"
#include "transport/loop.h"

enum {
    RPC_SHARED_MAX = 512, /* calls on one connection: half of what our own server allows */
};

struct rpc_shared; /* counted: its reader's reference, and those of who does something with it */

struct rpc_shared_call {       /* a member of the call that is out */
    struct rpc_client_ask ask; /* first */
    /* Once, by the loop's thread, unless it was taken back or given up: with e or what came, whose
     * block is the callee's now. True: later is to follow when the connection is free again. */
    bool (*ended)(struct rpc_shared_call *c, enum err e, const struct rpc_received *r);
    void (*later)(struct rpc_shared_call *c);
    void (*gone)(struct rpc_shared_call *c); /* the last that is heard, also of one given up */
    uintptr_t routine; /* of the program's, that later runs: whether it is quick is remembered */
    bool given_up;
    struct rpc_shared_call *next;
};

/* A place on a connection for the call; alone: on one without other calls. */
MUST_CHECK enum err rpc_shared_take(const struct rpc_call *call, bool alone,
                                    struct rpc_shared **ret);
/* What its server speaks to the call's interface. */
enum ndr_syntax rpc_shared_syntax(const struct rpc_shared *s);
/* Nothing goes out: the place is given back, and the reference. */
void rpc_shared_drop(struct rpc_shared *s);
struct rpc_shared *rpc_shared_ref(struct rpc_shared *s);
void rpc_shared_unref(struct rpc_shared *s); /* accepts NULL */

/* The connection's, which does not change while it is shared. */
const struct rpc_client *rpc_shared_client(const struct rpc_shared *s);
/* Its number; until rpc_shared_send nobody else's request leaves. ERR_CONNECT: the connection has
 * ended meanwhile, take another one. */
MUST_CHECK enum err rpc_shared_begin(struct rpc_shared *s, struct rpc_shared_call *c);
/* The request; or why there is none, failed. From here on *c may end, and be gone, at any moment:
 * unless this fails, then nobody is told of it. */
MUST_CHECK enum err rpc_shared_send(struct rpc_shared *s, const struct rpc_message *m,
                                    uint32_t timeout, enum err failed);
/* co_cancel or orphaned. */
void rpc_shared_tell(struct rpc_shared *s, uint32_t call_id, enum rpc_type type);
/* Nobody wants its answer: ended is not called. False: it was. */
bool rpc_shared_give_up(struct rpc_shared *s, uint32_t call_id);

/* The loop of the client side. */
MUST_CHECK enum err rpc_shared_loop(struct loop **ret);
/* In the child of a fork. */
void rpc_shared_forked(void);
