/* SPDX-License-Identifier: Apache-2.0
 * identity.h - how a client's calls are authenticated: what RpcBindingSetAuthInfo leaves on a
 * binding.
 *
 * Never changed once made, shared by reference count between bindings and the connections made
 * for them: two are alike when a connection of one may carry the calls of the other.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "rpc/local_identity.h"

#include <countersign/sspi.h>

struct rpc_identity_ask {    /* all borrowed */
    const char *principal;   /* the server expected; NULL: none named */
    uint32_t service, level; /* RPC_C_AUTHN_xxx, RPC_C_AUTHN_LEVEL_xxx, defaults included */
    uint32_t authorization;  /* RPC_C_AUTHZ_xxx: told back, never sent */
    void *identity;          /* SEC_WINNT_AUTH_IDENTITY; NULL: who the caller is */
    uint32_t capabilities, tracking, impersonation; /* RPC_SECURITY_QOS */
    bool local;                     /* of a binding over ncalrpc: the kernel's word alone */
    bool queued;                    /* of one over ncadg_mq: what its messages carry */
    struct rpc_local_server server; /* then, whom the caller expects */
};

struct rpc_identity {
    unsigned refs; /* atomic */
    struct rpc_identity_ask ask;
    char *principal;
    char *who;               /* the caller's own name, where it was not told who; else NULL */
    uint32_t service, level; /* decided: no default left in them */
    uint32_t uid;            /* local: whose calls the binding is for */
    CredHandle credential;
    bool acquired;
};

/* ERR_RPC_AUTHN_SERVICE, ERR_RPC_AUTHN_LEVEL, ERR_POLICY without a principal, or why there are no
 * credentials. *ret NULL for RPC_C_AUTHN_NONE and RPC_C_AUTHN_LEVEL_NONE. */
MUST_CHECK enum err rpc_identity_new(const struct rpc_identity_ask *ask, struct rpc_identity **ret);
struct rpc_identity *rpc_identity_ref(struct rpc_identity *a); /* NULL for NULL */
void rpc_identity_unref(struct rpc_identity *a);

/* The authentication of a call made now: a itself, or with RPC_C_QOS_IDENTITY_DYNAMIC one with the
 * credentials of who the calling thread is now. The caller's to unref. */
MUST_CHECK enum err rpc_identity_of_call(struct rpc_identity *a, struct rpc_identity **ret);
/* May a connection of one carry calls of the other? Either may be NULL. */
bool rpc_identity_alike(const struct rpc_identity *a, const struct rpc_identity *b);

/* Of a binding over ncadg_mq: of a service that takes a connection's handshake. Accepts NULL. */
bool rpc_identity_is_session(const struct rpc_identity *a);

/* What RPC_C_AUTHN_LEVEL_DEFAULT stands for. */
uint32_t rpc_identity_default_level(uint32_t service);

/* How far the server may act for the caller (RPC_C_IMP_LEVEL_xxx): no default left in it, and
 * ANONYMOUS, which a ticket cannot be, is the IMPERSONATE that it gives. */
uint32_t rpc_identity_impersonation(const struct rpc_identity *a);
/* The ISC_REQ_xxx that its quality of service asks for. */
ULONG rpc_identity_flags(const struct rpc_identity *a);
/* Whether a context has what it asked for: ERR_DELEGATION. */
MUST_CHECK enum err rpc_identity_got(const struct rpc_identity *a, ULONG granted);
