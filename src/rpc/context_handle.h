/* SPDX-License-Identifier: Apache-2.0
 * context_handle.h - a server's context handles: what a client got to keep, and may come back
 * with.  C706 appendix N (ndr_context_handle), [MS-RPCE] 3.3.1.5.6
 *
 * On the wire a handle is 128 random bits. It is good in its association group only, as the type
 * that made it, for who made it, at no lower level than it was made at. Calls hold it until they
 * end: alone, unless its type says [context_handle_noserialize], or says nothing and the process
 * does not serialize; a routine may change that for itself. A call of several handles waits
 * for the first as long as it takes, and for each other one a while only: two calls that have what
 * the other one wants do not wait for each other for ever.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "countersign/rpcndr.h"
#include "ndr/ndr.h"

enum {
    RPC_HANDLE_BUCKETS = 64,
    RPC_CALL_CONTEXTS = 8, /* parameters of one call */
    RPC_ANOTHER_MS = 5000, /* that a call which has one waits for another */
};

struct rpc_context_handle;

struct rpc_context_handles { /* those of a group */
    pthread_mutex_t lock;
    pthread_cond_t released;
    struct rpc_context_handle **bucket; /* RPC_HANDLE_BUCKETS; NULL until there is one */
};

struct rpc_caller {   /* who calls; borrowed */
    const char *name; /* "" for nobody: level NONE */
    uint8_t level;
    struct rpc_usage *usage; /* among whose the handles are that he makes; NULL: nobody's */
};

struct rpc_context_use { /* one parameter of one call: a CS_SERVER_CONTEXT */
    const CS_CONTEXT_TYPE *type;
    const CS_SERVER_INTERFACE *face;   /* whose call it is */
    const void *call;                  /* tells the calls apart */
    bool another;                      /* the call holds one already */
    struct rpc_context_handle *handle; /* NULL: none yet */
    void *value;
    bool exclusive, fresh; /* fresh: made by this call, to be run down should that fail */
};

void rpc_context_handles_init(struct rpc_context_handles *all);
/* No call uses one any more: runs down all that are left. */
void rpc_context_handles_done(struct rpc_context_handles *all);

/* Those that interface made (NULL: any) and no call holds. */
void rpc_context_handles_run_down(struct rpc_context_handles *all, const CS_SERVER_INTERFACE *face);

struct rpc_handle_count {
    size_t all, strict, type_strict; /* of them: by what their types say */
};
/* Adds those that interface made. */
void rpc_context_handles_count(struct rpc_context_handles *all, const CS_SERVER_INTERFACE *face,
                               struct rpc_handle_count *to);

/* Holds the one a client sent; may wait for a call that has it alone. ERR_RPC_CONTEXT for one that
 * is not there, or not this caller's, or of another type, or that the call itself has alone;
 * ERR_RPC_BUSY when the wait for another one was in vain. */
MUST_CHECK enum err rpc_context_handle_take(struct rpc_context_handles *all,
                                            const struct rpc_caller *caller,
                                            const struct uuid *uuid, struct rpc_context_use *use);
/* What the routine made of it: NULL closes it, anything else keeps or makes one. *ret_uuid is what
 * the client is told, nil for a closed one. ERR_RPC_RESOURCES beyond the limit, the value is then
 * run down. */
MUST_CHECK enum err rpc_context_handle_give(struct rpc_context_handles *all,
                                            const struct rpc_caller *caller, void *value,
                                            struct rpc_context_use *use, struct uuid *ret_uuid);
/* The call has it alone from here on, once no other one uses it; *ret_lost: another call wanted the
 * same, and had it first: the value may be gone. Nothing for a place without a handle. */
void rpc_context_handle_lock(struct rpc_context_handles *all, struct rpc_context_use *use,
                             bool *ret_lost);
/* The call shares it from here on with those that share. */
void rpc_context_handle_share(struct rpc_context_handles *all, struct rpc_context_use *use);
/* From here on calls share a handle whose type says nothing. For good. */
void rpc_context_handles_dont_serialize(void);

/* The call has ended. kept: its client has been told. */
void rpc_context_handle_release(struct rpc_context_handles *all, struct rpc_context_use *use,
                                bool kept);
