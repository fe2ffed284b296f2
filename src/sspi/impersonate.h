/* SPDX-License-Identifier: Apache-2.0
 * impersonate.h - the client in whose name a thread makes its connections.
 */
#pragma once

#include "sspi/context.h"

/* Takes the place of an earlier client. The context is locked by the caller. */
MUST_CHECK enum err impersonate_begin(struct context *c);
void impersonate_end(void);
/* What this thread's client delegated, or NULL; borrowed until impersonate_end. */
struct credential *impersonate_credential(void);
