/* SPDX-License-Identifier: Apache-2.0
 * association.h - the connections of this process to one server endpoint, kept for reuse.
 * C706 11.1.3; desktop-src/Rpc "Managing Network Connection Sets (Associations)"
 *
 * A connection carries one synchronous call at a time; such calls side by side have one each, and
 * asynchronous ones go together (shared.h). All of an
 * association's connections are of one association group of the server, where context handles
 * live. Bindings, context handles and calls hold references; when the last is gone the
 * association lingers, so that the next binding finds it warm.
 */
#pragma once

#include <pthread.h>

#include "base/lock.h"
#include "rpc/identity.h"
#include "rpc/timer.h"
#include "transport/transport.h"

enum {
    RPC_IDLE_TIME = 60 * 1000, /* ms after which idle connections are closed, all but one or all */
    RPC_LINGER_TIME = 20 * 1000, /* ms without a reference; Windows aims at the same */
};

struct rpc_connection;
struct rpc_shared;

struct rpc_association {
    unsigned refs; /* atomic; made 0 only under the table's lock */
    const struct transport *transport;
    char *host, *endpoint;
    bool shared; /* in the table; else of one binding: RPC_C_OPT_UNIQUE_BINDING */
    bool linger; /* atomic */
    struct rpc_association *next;
    bool lingering, dying; /* without a reference; under the table's lock */
    struct rpc_timer reaper;

    struct lock lock; /* of what follows */
    bool reaping;     /* the reaper is set, for what is idle too long */
    struct rpc_connection *idle;
    struct rpc_shared *busy; /* with calls that no thread waits for; each has a reference */
    unsigned contexts;       /* context handles, which live as long as the group does */

    pthread_mutex_t group_lock; /* of what follows */
    pthread_cond_t formed;
    uint32_t group;  /* the server's name for it; 0: not told yet */
    bool forming;    /* a first connection is asking */
    unsigned living; /* connections, idle or not; without one there is no group */
};

struct rpc_association_name {
    const struct transport *transport;
    const char *host, *endpoint;
};

/* The one of that name, or a new one; always a new one unless shared. */
MUST_CHECK enum err rpc_association_get(const struct rpc_association_name *name, bool shared,
                                        struct rpc_association **ret);
struct rpc_association *rpc_association_ref(struct rpc_association *a);
void rpc_association_unref(struct rpc_association *a);

/* An idle connection that suits the authentication or the account, the last used first; NULL when
 * there is none. */
struct rpc_connection *rpc_association_take(struct rpc_association *a,
                                            const struct rpc_identity *identity, uid_t uid);
/* The connection is idle now, or if it has ended freed. */
void rpc_association_give(struct rpc_association *a, struct rpc_connection *c);

/* One context handle of the group more, or less. */
void rpc_association_context(struct rpc_association *a, bool more);
/* From here on an association keeps no idle connection longer than the others, unless context
 * handles live by it. For good. */
void rpc_association_clean_idle(void);

/* Puts the server's name into the record of what failed. */
void rpc_association_tell(const struct rpc_association *a);

/* Around the bind of a new connection: the group to ask for. 0, for one caller at a time, makes
 * a new group; the others wait until that one has it, or until the deadline, ERR_TIMEOUT. */
MUST_CHECK enum err rpc_association_join(struct rpc_association *a, int64_t deadline,
                                         uint32_t *ret_group);
/* After every join that succeeded: group as the server told it, 0 when the bind failed. */
void rpc_association_joined(struct rpc_association *a, uint32_t group);
/* A joined connection has been closed. */
void rpc_association_left(struct rpc_association *a);

/* The time idle connections are stamped with: of transport_now, but coarse and without a system
 * call on any host. */
int64_t rpc_idle_now(void);

/* Counts this process's forks: a connection of another generation is its parent's. */
unsigned rpc_association_generation(void);
