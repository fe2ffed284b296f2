/* SPDX-License-Identifier: Apache-2.0
 * call.h - one call of a client, from its first argument to its last result.
 *
 * Lives in a CS_CLIENT_CALL on the stub's stack. What fails sticks: later steps do nothing, and
 * rpc_call_end tells.
 */
#pragma once

#include "ndr/out.h"
#include "ndr/pipe.h"
#include "ndr/place.h"
#include "rpc/binding.h"
#include "rpc/connection.h"
#include "rpc/thread.h"

#include <countersign/rpcndr.h>

struct rpc_context_read;
struct rpc_server_call;

/* Beside CS_CALL_xxx: who begins the call finds out what its server speaks, and says so with
 * rpc_call_speak. */
#define RPC_CALL_UNASKED 0x80000000U

struct rpc_call {
    const CS_CLIENT_INTERFACE *face;
    struct rpc_syntax interface;
    void *handle;                /* of the binding, held */
    struct rpc_binding *binding; /* NULL: there was none */
    unsigned opnum, flags;
    unsigned syntaxes; /* RPC_SYNTAX_xxx, one of which it is made in: */
    enum ndr_syntax syntax;
    enum err unreached; /* why no connection could say which */
    enum err err;
    uint32_t status; /* of a fault: RPC_S_xxx, or the server's own */
    uint32_t fault;  /* that, as it came */
    struct rpc_thread *thread;
    struct ndr_out out;
    struct ndr_in in;
    struct ndr_arena arena;
    struct ndr_fulls fulls;
    bool answered;   /* in may be read */
    bool begun;      /* a part of the request has been sent */
    bool handleless; /* begun without a binding: a context handle was to bring it, and did not */
    struct rpc_target target;
    struct rpc_connection *connection;
    struct rpc_block *block; /* what in reads */
    struct rpc_block *old;   /* of the part before, where the response comes in parts */
    struct ndr_source source;
    int64_t until; /* when it is abandoned, for it was cancelled; 0: nobody did */
    struct rpc_context_read *contexts;
    struct ndr_handles given, got; /* what travels beside it */

    const CS_CALLBACKS *callbacks;  /* what its server may call back; NULL: nothing */
    struct rpc_call *outer;         /* while a callback is served: the thread's before */
    unsigned refused;               /* callbacks so far */
    bool nested;                    /* made in a callback, on the connection of the call before */
    int64_t deadline;               /* of waiting, with callbacks and a time-out; 0: not set yet */
    struct rpc_server_call *server; /* it is a callback itself, in that call; else NULL */
};

/* What every call begins with; then its stream, after the syntax is known. */
void rpc_call_init(struct rpc_call *call, const CS_CLIENT_INTERFACE *face, unsigned opnum,
                   unsigned flags);
void rpc_call_open(struct rpc_call *call);
/* Never NULL. */
struct ndr_out *rpc_call_begin(struct rpc_call *call, const CS_CLIENT_INTERFACE *face, void *handle,
                               unsigned opnum, unsigned flags);
/* Before anything was written. */
void rpc_call_speak(struct rpc_call *call, enum ndr_syntax syntax);
/* NULL where there is nothing to read. */
struct ndr_in *rpc_call_send(struct rpc_call *call);
uint32_t rpc_call_end(struct rpc_call *call);
/* Has a connection for calls of the interface made, or found, without one: what rpc_call_end says.
 */
uint32_t rpc_call_bind(const CS_CLIENT_INTERFACE *face, void *handle);
/* Makes e the call's error, unless it has one. */
void rpc_call_fail(struct rpc_call *call, enum err e);

/* ---- its steps, for calls that nobody waits for, too ---- */

/* Fills its target. */
MUST_CHECK enum err rpc_call_aim(struct rpc_call *call);
/* An idle connection that fits its target, or a new one; with its interface. */
MUST_CHECK enum err rpc_call_connect(const struct rpc_call *call, struct rpc_connection **ret);
/* Its request; the verification trailer is behind the stub then. */
struct rpc_message rpc_call_message(struct rpc_call *call, const struct rpc_client *client,
                                    const struct rpc_context *context, uint32_t call_id);
/* The same of one that leaves in parts: without a stub; and what is behind its last part. */
struct rpc_message rpc_call_head(const struct rpc_call *call, const struct rpc_client *client,
                                 const struct rpc_context *context, uint32_t call_id);
void rpc_call_trailer(struct rpc_call *call, const struct rpc_message *m,
                      const struct rpc_context *context);
/* The response, to be read from in, or the fault. r->block is the call's. */
MUST_CHECK enum err rpc_call_answer(struct rpc_call *call, const struct rpc_received *r);
/* What it means that the request did not leave whole, with the record. */
MUST_CHECK enum err rpc_call_unsent(const struct rpc_call *call, enum err e);
/* What it means that waiting for the answer failed so, with the record. */
MUST_CHECK enum err rpc_call_lost(const struct rpc_call *call, enum err e);
/* The record, anew: functions of security and the transport may have written into it. */
enum err rpc_call_tell(const struct rpc_call *call, enum err e, const char *what,
                       const char *remedy);

/* ---- and for calls with pipes: their parts ---- */

/* A connection for it, if it has none yet. */
MUST_CHECK enum err rpc_call_reach(struct rpc_call *call);
/* Around waiting for its server: what became of a cancel. */
void rpc_call_waits(struct rpc_call *call);
MUST_CHECK enum err rpc_call_waited(struct rpc_call *call);
/* What is written of its request: all, which ends it, or what is due, and more follows. */
MUST_CHECK enum err rpc_call_request(struct rpc_call *call, bool more);
/* The next part, or the fault. */
MUST_CHECK enum err rpc_call_part(struct ndr_source *s, struct ndr_part *ret);

/* A partially bound binding becomes a bound one: by the interface's own endpoints, else by the
 * endpoint mapper of its host. */
MUST_CHECK enum err rpc_call_resolve(struct rpc_binding *b, const CS_INTERFACE *face);
/* Milliseconds that RPC_C_BINDING_xxx_TIMEOUT stands for; TRANSPORT_NO_DEADLINE: for ever. */
int64_t rpc_com_time(uint32_t com_timeout);
