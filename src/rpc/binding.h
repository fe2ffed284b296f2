/* SPDX-License-Identifier: Apache-2.0
 * binding.h - a client's binding handle: which server, at which endpoint, how, and with what
 * patience.
 *
 * Any thread may do anything with one at any time; a call under way goes on as it began.
 */
#pragma once

#include "base/handle.h"
#include "base/lock.h"
#include "base/uuid.h"
#include "rpc/association.h"
#include "rpc/string_binding.h"
#include "transport/queued.h"

struct rpc_binding_options {
    uint32_t com_timeout;  /* RPC_C_BINDING_xxx_TIMEOUT */
    uint32_t call_timeout; /* milliseconds for each part of an answer; 0: none */
    bool noncausal, unique, linger;
    bool fixed;                   /* rpc_binding_reset keeps the endpoint */
    struct queued_options queued; /* of ncadg_mq */
};

struct rpc_binding {
    struct lock lock;
    struct uuid object; /* nil: none */
    const struct transport *transport;
    char *host, *options;
    char *endpoint; /* NULL: partially bound */
    char *entry;    /* of the name service it came from; NULL: none */
    struct rpc_identity *identity;
    struct rpc_association *association; /* of the endpoint; NULL until a call needed it */
    uid_t uid; /* the process's at the first call: who calls where nobody is authenticated */
    bool has_uid;
    struct rpc_binding_options set;
};

/* Parts may be NULL; everything is copied. */
MUST_CHECK enum err rpc_binding_new(const struct rpc_string_binding *name,
                                    struct rpc_binding **ret);
/* The same by any transport, whatever name says of it. */
MUST_CHECK enum err rpc_binding_over(const struct transport *transport,
                                     const struct rpc_string_binding *name,
                                     struct rpc_binding **ret);
/* One that answers like b. association: the one it is of, whatever becomes of b, as a context
 * handle needs it; NULL: b's, unless b's is its own. */
MUST_CHECK enum err rpc_binding_copy(struct rpc_binding *b, struct rpc_association *association,
                                     struct rpc_binding **ret);
void rpc_binding_free(struct rpc_binding *b);

/* As handles. On failure the object stays the caller's; ERR_RPC_BINDING_KIND for a binding of a
 * server's call, ERR_RPC_BINDING for none at all. Held from get to put. */
MUST_CHECK enum err rpc_binding_publish(struct rpc_binding *b, void **ret_handle);
MUST_CHECK enum err rpc_binding_get(void *handle, struct rpc_binding **ret);
void rpc_binding_put(void *handle);
MUST_CHECK enum err rpc_binding_close(void *handle);

/* "object@protseq:host[endpoint,options]"; mem_free. */
MUST_CHECK enum err rpc_binding_format(struct rpc_binding *b, char **ret);

struct uuid rpc_binding_object(struct rpc_binding *b);
bool rpc_binding_is_bound(struct rpc_binding *b); /* fully */
struct rpc_binding_options rpc_binding_options(struct rpc_binding *b);
void rpc_binding_set_com_timeout(struct rpc_binding *b, uint32_t value);
void rpc_binding_set_call_timeout(struct rpc_binding *b, uint32_t value);
void rpc_binding_set_noncausal(struct rpc_binding *b, bool on);
void rpc_binding_set_unique(struct rpc_binding *b, bool on);
/* Of its association: ERR_RPC_BINDING_KIND before a first call. */
MUST_CHECK enum err rpc_binding_set_linger(struct rpc_binding *b, bool on);
void rpc_binding_set_object(struct rpc_binding *b, const struct uuid *object);
void rpc_binding_set_identity_adopt(struct rpc_binding *b, struct rpc_identity *identity);
struct rpc_identity *rpc_binding_identity(struct rpc_binding *b); /* referenced; NULL: none */
/* Partially bound again, unless its endpoint is fixed. */
void rpc_binding_reset(struct rpc_binding *b);
void rpc_binding_fix(struct rpc_binding *b);
/* Its association will not linger: before it has one. */
void rpc_binding_do_not_linger(struct rpc_binding *b);
/* The entry of the name service a binding came from. */
MUST_CHECK enum err rpc_binding_set_entry(struct rpc_binding *b, const char *name);
/* mem_free; ERR_NS_NO_ENTRY_NAME where there is none. */
MUST_CHECK enum err rpc_binding_entry(struct rpc_binding *b, char **ret);
/* Without an association, until the next call. */
void rpc_binding_unbind(struct rpc_binding *b);
/* Fully bound, unless it was in the meantime. */
MUST_CHECK enum err rpc_binding_set_endpoint(struct rpc_binding *b, const char *endpoint);

struct rpc_target { /* what a call needs of its binding, as it was when the call began */
    struct rpc_association *association;
    struct rpc_identity *identity;
    uid_t uid; /* without an identity, on this host: the account */
    bool has_object;
    struct uuid object;
    uint32_t com_timeout, call_timeout;
};

/* ERR_RPC_NO_ENDPOINT for one partially bound. */
MUST_CHECK enum err rpc_binding_target(struct rpc_binding *b, struct rpc_target *ret);
void rpc_target_done(struct rpc_target *t);
