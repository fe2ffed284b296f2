/* SPDX-License-Identifier: Apache-2.0
 * server_connection.h - a connection as a server sees it: a machine without I/O.
 * C706 11.1, [MS-RPCE] 3.3.3
 *
 * The owner puts what was received into c->in and asks rpc_server_next until it says MORE. What a
 * client may send, and when, is the table in server_connection.c. One thread at a time.
 */
#pragma once

#include "rpc/group.h"
#include "rpc/inbound.h"
#include "rpc/local_identity.h"
#include "rpc/negotiate.h"
#include "rpc/registry.h"
#include "rpc/usage.h"

enum rpc_server_state {
    RPC_SERVER_NEW,     /* nothing came yet: a bind must */
    RPC_SERVER_PROVING, /* bound; a security context wants another leg */
    RPC_SERVER_OPEN,    /* bound; calls may come */
    RPC_SERVER_CLOSED,
    RPC_SERVER_STATES,
};

enum rpc_act {
    RPC_ACT_MORE,   /* receive on */
    RPC_ACT_SEND,   /* bytes, which are the owner's now */
    RPC_ACT_CALL,   /* a request for an interface that is bound, whole or its first part */
    RPC_ACT_PART,   /* more of the request that comes in parts */
    RPC_ACT_ANSWER, /* to a callback: a response or fault */
    RPC_ACT_CANCEL, /* the call of that id */
    RPC_ACT_ORPHAN, /* nobody waits for the call of that id any more */
    RPC_ACT_CLOSE,  /* after sending bytes, where there are some */
};

struct rpc_action {
    enum rpc_act act;
    struct buf bytes;
    uint32_t call_id;
    struct rpc_received call;   /* CALL, PART, ANSWER; its block is the owner's */
    struct rpc_context context; /* CALL: a copy, its interface a struct rpc_registration */
};

struct rpc_client_name { /* whom a security context has proven; never changed, read by any thread */
    struct rpc_client_name *next;
    const struct rpc_security *security;
    char *name;     /* nobody else's */
    char *text;     /* for programs */
    char16_t *wide; /* the same */
    bool guest;
    struct rpc_usage *usage; /* referenced: of whom it has proven */
};

struct rpc_server_connection {
    enum rpc_server_state state;
    struct rpc_inbound in;
    struct rpc_securities securities;
    struct rpc_contexts contexts;
    struct rpc_group *group; /* NULL before the bind */
    _Atomic(struct rpc_client_name *) names;
    struct buf last_leg; /* of the context established last */
    const struct transport *transport;
    struct rpc_interface_group *interfaces; /* those that may be bound; NULL: the process's */
    bool has_peer; /* the kernel says who the client is; not a word of it for anonymous ones */
    struct transport_peer peer;
    char peer_name[RPC_LOCAL_SID];     /* "" without */
    struct rpc_usage *from;            /* referenced: of the address it came from; NULL: nobody */
    struct rpc_usage *counted;         /* among whose connections it is; NULL: nobody's */
    bool excess;                       /* one too many of who proved it: its calls are refused */
    char endpoint[TRANSPORT_ENDPOINT]; /* the secondary address of a bind_ack */
    size_t stub_max;
    uint16_t max_send; /* the fragments the client takes */
    uint16_t max_receive;
    bool multiplex; /* RPC_CONC_MPX */
};

void rpc_server_connection_init(struct rpc_server_connection *c, const struct transport *transport,
                                const char *endpoint);
/* Before the first byte: who the client is, as the kernel says. */
void rpc_server_connection_set_peer(struct rpc_server_connection *c,
                                    const struct transport_peer *peer);
/* Before the first byte: it is one of u's connections, until another one is proven. */
void rpc_server_connection_count_adopt(struct rpc_server_connection *c, struct rpc_usage *u);
void rpc_server_connection_done(struct rpc_server_connection *c);
void rpc_server_next(struct rpc_server_connection *c, struct rpc_action *ret);

/* ---- whom its contexts have proven: server_client.c ---- */

/* s has: it remembers the name, for calls in other threads. */
MUST_CHECK enum err rpc_server_client_prove(struct rpc_server_connection *c,
                                            const struct rpc_security *s);
/* The same of one that others have proven: a name, and SIDs of which the account's is first. */
MUST_CHECK enum err rpc_server_client_know(struct rpc_server_connection *c,
                                           const struct rpc_security *s, const char *name,
                                           const char *const *sids, size_t count);
void rpc_server_client_names_done(struct rpc_server_connection *c);
/* "" for a call that nothing protects, unless the kernel knows who made it. */
const char *rpc_server_client_name(struct rpc_server_connection *c, const struct rpc_security *s);
/* What it has of this process; of a call that nothing protects, its address. NULL: not counted. */
struct rpc_usage *rpc_server_client_usage(const struct rpc_server_connection *c,
                                          const struct rpc_security *s);
/* Found out when it proved its name, where policy wants to know. */
bool rpc_server_client_is_guest(struct rpc_server_connection *c, const struct rpc_security *s);
/* The same in either form, NULL for nobody; valid as long as the connection. */
const void *rpc_server_client_text(struct rpc_server_connection *c, const struct rpc_security *s,
                                   bool wide);
/* Asks the client to close the connection, and to make no more calls on it. */
MUST_CHECK enum err rpc_server_shutdown(struct buf *ret);
/* A fault that answers the call of that header. executed: the routine had begun; extra: extended
 * error information, or empty. */
MUST_CHECK enum err rpc_server_fault(const struct rpc_header *to, uint16_t context_id,
                                     uint32_t status, bool executed, struct bytes extra,
                                     struct buf *ret);
