/* SPDX-License-Identifier: Apache-2.0
 * client.h - one connection of a client, as a machine without I/O.  C706 9.3.2 and 9.3.3,
 * [MS-RPCE] 3.3.2
 *
 * What is asked of it writes a PDU to send; what is received goes through one table of steps by
 * state and type, and a type that has none there ends the connection. One call at a time; but where
 * the server takes several side by side (concurrent multiplexing) a shared one carries any number.
 *
 *   NEW -bind-> BINDING -bind_ack-> OPEN -call-> CALLING -response, fault-> OPEN
 *                  |  bind_ack with more legs     | alter
 *                  +-> PROVING -alter_ack-> OPEN  +-> ALTERING -alter_ack-> OPEN
 *   CALLING -request-> SERVING -served-> CALLING; in SERVING a call may be nested, which is CALLING
 *   again, under the same number, and after its answer SERVING (callbacks, [MS-RPCE] 3.3.1.5.9)
 *   OPEN -share-> SHARED -ask, response, fault-> SHARED -unshare-> OPEN
 */
#pragma once

#include "rpc/inbound.h"
#include "rpc/negotiate.h"
#include "rpc/security.h"

enum rpc_client_state {
    RPC_CLIENT_NEW,
    RPC_CLIENT_BINDING,  /* a bind is out */
    RPC_CLIENT_PROVING,  /* an alter_context with another leg of the bind's security is out */
    RPC_CLIENT_ALTERING, /* an alter_context for another interface is out */
    RPC_CLIENT_OPEN,     /* nothing is out */
    RPC_CLIENT_CALLING,  /* a request is out */
    RPC_CLIENT_SERVING,  /* and the server has called back, and waits for an answer */
    RPC_CLIENT_SHARED,   /* any number of requests is out */
    RPC_CLIENT_ENDED,
    RPC_CLIENT_STATES
};

enum { RPC_CLIENT_PDU_MAX = RPC_FRAGMENT_MAX }; /* what one bind or alter_context may take */

struct rpc_client_ask { /* a call that is out on a shared connection; of whoever makes it */
    struct rpc_client_ask *next;
    uint32_t call_id;
    uint16_t context;
};

struct rpc_client {
    enum rpc_client_state state;
    struct rpc_contexts contexts;
    struct rpc_securities securities;
    struct rpc_security *security; /* of securities; NULL: none */
    /* What the bind or alter_context out asks for: an interface, in each syntax; once one was
     * accepted that one. */
    struct rpc_offer offers[RPC_SYNTAXES];
    size_t offered;
    uint16_t next_context;
    uint16_t features;     /* granted */
    uint16_t max_fragment; /* what the server takes */
    uint32_t group;        /* as the server told it */
    uint32_t call_id;      /* of what is out, or was last */
    uint16_t call_context; /* a call's presentation context */
    unsigned depth;        /* of calls in callbacks: how many are out in the one before */
    uint32_t status;       /* why the server refused a bind or call: RPC_S_xxx, 0: it did not */
    bool unanswered;       /* there were calls that may have been left without their answer */
    bool closing;          /* the server asked to: no further call */
    bool multiplex;        /* the server takes several calls side by side */
    struct rpc_client_ask *asks, *last_ask; /* SHARED: what is out, the oldest first */
    struct rpc_client_ask *answered;        /* SHARED: whom what was received is for; out no more */
};

enum rpc_client_outcome {
    RPC_CLIENT_WAIT,   /* send what was written, if anything, and read on */
    RPC_CLIENT_READY,  /* send likewise; nothing is out any more */
    RPC_CLIENT_ANSWER, /* to the call: the received response or fault */
    RPC_CLIENT_CALLED, /* back: the received request */
};

/* security is the machine's from now on, also after a failure; NULL for none. */
MUST_CHECK enum err rpc_client_init(struct rpc_client *c, struct rpc_security *security);
void rpc_client_done(struct rpc_client *c);

/* The context under which calls of the interface go, in one of the syntaxes, RPC_SYNTAX_xxx; NULL:
 * alter first. */
struct rpc_context *rpc_client_context(const struct rpc_client *c,
                                       const struct rpc_syntax *interface, unsigned syntaxes);

/* Each writes one PDU, and leaves to the server which of the syntaxes it takes. In NEW; group 0
 * asks for a new one. */
MUST_CHECK enum err rpc_client_bind(struct rpc_client *c, const struct rpc_syntax *interface,
                                    unsigned syntaxes, uint32_t group, struct writer *out);
/* In OPEN. */
MUST_CHECK enum err rpc_client_alter(struct rpc_client *c, const struct rpc_syntax *interface,
                                     unsigned syntaxes, struct writer *out);
/* In OPEN: a request goes out in that context, under the id returned; maybe: no answer comes, the
 * state stays. */
MUST_CHECK enum err rpc_client_call(struct rpc_client *c, uint16_t context_id, bool maybe,
                                    uint32_t *ret_call_id);
/* In SERVING: another one goes out, under the same id and in the same context. */
MUST_CHECK enum err rpc_client_nest(struct rpc_client *c, uint32_t *ret_call_id);
/* In SERVING: the callback is answered. */
MUST_CHECK enum err rpc_client_served(struct rpc_client *c);
/* A co_cancel or orphaned, that nobody wants the call, or its answer, any more. */
void rpc_client_cancel_write(uint32_t call_id, enum rpc_type type, struct writer *out);

/* From OPEN to SHARED, and back when nothing is out: false when it cannot be. */
bool rpc_client_share(struct rpc_client *c);
bool rpc_client_unshare(struct rpc_client *c);
/* In SHARED: a request goes out in that context; ask->call_id is its id. */
MUST_CHECK enum err rpc_client_ask(struct rpc_client *c, uint16_t context_id,
                                   struct rpc_client_ask *ask);
/* What is out under that number; NULL: nothing. */
struct rpc_client_ask *rpc_client_find_ask(const struct rpc_client *c, uint32_t call_id);
/* It did not go out. False: it is out no more, for it was answered, or all were given up. */
bool rpc_client_take_back(struct rpc_client *c, uint32_t call_id);

/* A PDU or call that was received; out gets what it makes us send. After a failure the state is
 * ENDED, status what the server said, and what was written is to be sent all the same. A failed
 * alter leaves the connection OPEN: look at state. */
MUST_CHECK enum err rpc_client_receive(struct rpc_client *c, const struct rpc_received *r,
                                       struct writer *out, enum rpc_client_outcome *ret);
