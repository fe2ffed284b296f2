/* SPDX-License-Identifier: Apache-2.0
 * context.h - one security context of any package, and what the doors know about it.
 *
 * Legs and questions are one at a time under the context's lock; messages take no lock here, for
 * the packages lock per direction.
 */
#pragma once

#include <pthread.h>

#include "base/handle.h"
#include "sspi/credential.h"

struct context {
    pthread_mutex_t lock;
    const struct package *package;
    struct credential *credential;
    void *inner; /* the package's */
    bool initiator, failed;
    bool established; /* atomic: read by the message functions without the lock */
    uint32_t flags;   /* as granted so far */
    time_t expiry;
    char *target;        /* initiator: the name asked for */
    struct buf bindings; /* SEC_CHANNEL_BINDINGS of the first leg that had some */
    struct buf pending;  /* a token the caller's buffer could not take */
    bool has_pending;
    uint64_t number; /* no other context of the process has it */
    handle_id token; /* the access token asked for by attribute; 0: none yet */
};

MUST_CHECK enum err context_new(struct credential *c, bool initiator, const char *target,
                                struct context **ret);
/* One that no context of the process has, nor any that is made later. */
uint64_t context_number(void);
void context_free(struct context *c);
/* The same, as handles release. */
void context_release(void *c);

/* One leg. ret_token is set on failure too where an error token goes to the peer. A token kept
 * pending is handed out instead of stepping. */
MUST_CHECK enum err context_step(struct context *c, const struct leg_in *in, struct buf *ret_token);
/* Keeps a token for the same call made again with more room. */
void context_keep(struct context *c, struct buf token);

/* ERR_UNEXPECTED before the last leg, ERR_EXPIRED after the context's time. */
MUST_CHECK enum err context_usable(const struct context *c);
/* Under the caller's lock. */
MUST_CHECK enum err context_info(struct context *c, struct context_info *ret);
