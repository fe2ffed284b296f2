/* SPDX-License-Identifier: Apache-2.0
 * impersonate.h - the client in whose name a thread makes its connections.
 */
#pragma once

#include "sspi/context.h"

struct token;

/* Takes the place of an earlier client. The context is locked by the caller; it lives on, deleted
 * or not, until the thread reverts or ends. delegated: ERR_NO_IMPERSONATION where nothing was. */
MUST_CHECK enum err impersonate_begin(struct context *c, handle_id id, bool delegated);
/* An account of this host, which has delegated nothing. */
MUST_CHECK enum err impersonate_begin_local(uint32_t uid, uint32_t gid, bool identify);
/* Whether this thread impersonates anybody. */
bool impersonate_active(void);
/* A token of this thread's client, where there is one. */
MUST_CHECK enum err impersonate_token(handle_id *ret);
/* A credential of p made of what this thread's client delegated, if Negotiate's list has it. */
MUST_CHECK enum err impersonate_acquire(const struct package *p, const char *packages,
                                        struct credential **ret);
