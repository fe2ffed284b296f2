/* SPDX-License-Identifier: Apache-2.0
 * exchange.h - one end of a context, ours or MIT's GSS-API, so that a test may pair any two.
 */
#pragma once

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "kerberos/package.h"

enum { END_TOKEN_MAX = 65536 };

struct end {
    bool mit, initiator;
    const char *target; /* initiator */
    uint32_t asked;     /* enum context_flag */
    struct bindings bindings;
    void *credential; /* ours */

    void *ours;
    gss_ctx_id_t theirs;
    gss_cred_id_t delegated; /* MIT acceptor */
    bool done;
    uint32_t flags; /* as granted, enum context_flag */
    enum err err;   /* ours: why it failed; MIT: ERR_INTERNAL, and what it said below */
    uint32_t major, minor;
};

/* Our credentials, acquired with KRB5_CONFIG=/nonexistent; ends the test program on failure. */
void *end_acquire(const struct acquire *a);
/* The same, but returns the error. */
enum err end_try_acquire(const struct acquire *a, void **ret);
/* One step; *token is the peer's and becomes ours. False when it failed: see e->err. */
bool end_step(struct end *e, struct buf *token);
/* Legs until both are done or one fails. */
bool end_exchange(struct end *initiator, struct end *acceptor);
/* Signed and sealed messages both ways; fails the test when one does not arrive as sent. */
void end_talk(struct end *a, struct end *b);
void end_close(struct end *e);
