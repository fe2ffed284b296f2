/* SPDX-License-Identifier: Apache-2.0
 * token.h - who a client is, kept apart from the context that learned it.
 */
#pragma once

#include "package/identity.h"
#include "sspi/context.h"

struct token {
    unsigned refs;             /* atomic */
    char *name;                /* "user@REALM" */
    struct identity *identity; /* NULL: no SID is proven */
    uint32_t flags;            /* enum context_flag, as granted */
    time_t expiry;
    uint64_t context; /* its number; 0: of none */
};

struct token *token_ref(struct token *t);
void token_unref(struct token *t); /* accepts NULL */
/* Of the client of an acceptor's context, which the caller has locked. */
MUST_CHECK enum err token_of_context(struct context *c, struct token **ret);
/* Of an account of this host, on the kernel's word. */
MUST_CHECK enum err token_of_local(uint32_t uid, uint32_t gid, uint32_t flags, struct token **ret);
/* A handle of it. */
MUST_CHECK enum err token_open(struct token *t, handle_id *ret);

/* Both: of a context's client. */
MUST_CHECK enum err token_new(struct context *c, handle_id *ret);
/* Of a client that is not here. */
MUST_CHECK enum err token_of_logon(const struct client_logon *l, handle_id *ret);
/* Held until handle_put. ERR_INVALID_HANDLE. */
MUST_CHECK enum err token_get(handle_id id, const struct token **ret);
/* The same; ERR_NO_MAPPING for one without SIDs, and then it is not held. */
MUST_CHECK enum err token_get_proven(handle_id id, const struct token **ret);
