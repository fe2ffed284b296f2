/* SPDX-License-Identifier: Apache-2.0
 * limit.h - how much one client may have of a server at a time: policy "client-connections",
 * "client-calls", "client-contexts".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/policy.h"

/* Whether who, with so many already, gets no more. Said once a second at most: who is refused may
 * come back as fast as he likes. */
bool rpc_limit_reached(enum policy p, size_t count, const char *who);
