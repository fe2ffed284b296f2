/* SPDX-License-Identifier: Apache-2.0
 * hearsay.h - principals' names that servers told of themselves, unproven.
 * desktop-src/Rpc/mutual-authentication.md
 *
 * Whoever expects the server that answers, because it answered, has not authenticated it: the
 * answer of RpcMgmtInqServerPrincName is remembered, unless it came protected, and policy
 * "hearsay-spn" sees it come back as the principal a binding expects.
 */
#pragma once

#include <stdbool.h>

void rpc_hearsay_note(const char *name);
/* One of the last names that were noted. */
bool rpc_hearsay_is(const char *name);
