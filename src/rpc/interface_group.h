/* SPDX-License-Identifier: Apache-2.0
 * interface_group.h - interfaces and the endpoints they alone are reached at, put up and taken down
 * as one, and whether anybody uses them.
 *
 * A group is idle while nobody has a connection to its endpoints: calls under way and context
 * handles live by connections.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "rpc/endpoint.h"
#include "rpc/registry.h"

struct rpc_group_interface {
    struct rpc_register how;
    UUID_VECTOR *objects; /* for the endpoint map; NULL: none */
    char *annotation;
};

struct rpc_group_endpoint {
    char *protseq, *endpoint; /* endpoint NULL: a dynamic one */
    unsigned backlog;
    struct rpc_access *access; /* who may use it; NULL: everybody */
    struct rpc_endpoint *open;
};

struct rpc_group_idle { /* whom to tell, from a thread of the group's own */
    uint32_t seconds;   /* how long it has been idle then */
    RPC_INTERFACE_GROUP_IDLE_CALLBACK_FN *changed; /* NULL: nobody */
    void *context;
};

struct rpc_interface_group {
    atomic_uint refs;
    void *handle; /* the group, to the program */
    struct rpc_group_interface *interfaces;
    size_t interface_count;
    struct rpc_group_endpoint *endpoints;
    size_t endpoint_count;
    struct rpc_group_idle idle;
    pthread_mutex_t changing;   /* held by who puts it up or takes it down */
    RPC_BINDING_VECTOR *mapped; /* what the endpoint map was told */

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t event; /* by the monotonic clock */
    bool active, closed, watched;
    bool told_idle;
    unsigned connections;
    uint64_t joined, joined_when_told; /* connections so far */
    int64_t idle_since;
    pthread_t watcher;
};

/* With room for so many, which the caller fills in. */
MUST_CHECK enum err rpc_interface_group_new(size_t interfaces, size_t endpoints,
                                            struct rpc_interface_group **ret);
void rpc_interface_group_unref(struct rpc_interface_group *g); /* accepts NULL */

/* All of it or nothing. Nothing happens to a group that is active already. */
RPC_STATUS rpc_interface_group_activate(struct rpc_interface_group *g);
/* RPC_S_SERVER_TOO_BUSY: it is not idle, and stays as it is; never with force: then calls under way
 * are answered, and its connections end. */
RPC_STATUS rpc_interface_group_deactivate(struct rpc_interface_group *g, bool force);
/* Deactivated, and nobody is told of anything any more when this returns; but where it is called
 * by who is told, that is the last time. */
void rpc_interface_group_close(struct rpc_interface_group *g);

/* A connection comes, and goes; NULL is the process. */
void rpc_interface_group_join(struct rpc_interface_group *g);
void rpc_interface_group_leave(struct rpc_interface_group *g);
