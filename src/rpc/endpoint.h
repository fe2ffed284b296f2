/* SPDX-License-Identifier: Apache-2.0
 * endpoint.h - where this process is reached: the sockets it listens at, and who takes what comes.
 *
 * An endpoint is the process's, or an interface group's: then the connections it takes are the
 * group's, and it can be closed again.
 */
#pragma once

#include "transport/loop.h"
#include "transport/transport.h"

struct rpc_access;
struct rpc_endpoint;
struct rpc_interface_group;

struct rpc_endpoint_ask {
    const struct transport *transport;
    const char *address;  /* NULL: every one */
    const char *endpoint; /* NULL: a dynamic one; the process's is used again when asked for anew */
    unsigned backlog, first, last;
    struct rpc_interface_group *group; /* NULL: the process's */
    bool own; /* over ncalrpc: for this account and root alone, and told of nowhere */
    struct rpc_access *access; /* who may use it; NULL: everybody; not adopted */
};

/* ret NULL: not wanted. ERR_RPC_ENDPOINT_TAKEN, ERR_RPC_CREATE_ENDPOINT, ERR_RPC_ENDPOINT_FORMAT.
 */
MUST_CHECK enum err rpc_endpoint_use(struct loop *loop, const struct rpc_endpoint_ask *ask,
                                     struct rpc_endpoint **ret);
/* One of the process that listens already. ERR_INVALID_PARAMETER: no such socket, and it stays the
 * caller's. */
MUST_CHECK enum err rpc_endpoint_adopt(struct loop *loop, int listener);

struct rpc_endpoint_name {
    const struct transport *transport;
    char address[TRANSPORT_ADDRESS]; /* the one it is reached at; "" for every one of the host */
    char endpoint[TRANSPORT_ENDPOINT];
};
/* The i-th one in use of that group (NULL: the process's); false: no more. */
bool rpc_endpoint_at(const struct rpc_interface_group *group, size_t i,
                     struct rpc_endpoint_name *ret);
/* The i-th one of the process's or a group's, but those for this account alone; *ret_access is
 * referenced, or NULL. */
bool rpc_endpoint_told(size_t i, struct rpc_endpoint_name *ret, bool *ret_grouped,
                       struct rpc_access **ret_access);
/* The tick: those that had no descriptor left try again. */
void rpc_endpoints_resume(void);

/* ---- those of a group, closed again ----
 *
 * Between hold and let_go nobody takes a connection but the caller. */

void rpc_endpoint_hold(struct rpc_endpoint *p);
/* Takes all that wait to be taken. */
void rpc_endpoint_accept(struct rpc_endpoint *p);
/* Held; nobody finds it any more, and it is gone with let_go. */
void rpc_endpoint_close(struct rpc_endpoint *p);
void rpc_endpoint_let_go(struct rpc_endpoint *p);
