/* SPDX-License-Identifier: Apache-2.0
 * gate.h - which objects of the directory a process takes addresses from: its policy's
 * name-trust-container and name-trust-owner. One gate for each look-up.
 */
#pragma once

#include "directory/search.h"

struct gate;

/* Asks nothing yet. s is the caller's, who closes it after the gate. */
MUST_CHECK enum err gate_new(struct session *s, struct gate **ret);
void gate_free(struct gate *g);

/* Whether the policy admits the object. entry: from a search with owner_and_dacl whose attributes
 * have nTSecurityDescriptor among them. What is refused is logged, and noted in the gate. An error
 * is the directory's. */
MUST_CHECK enum err gate_admits(struct gate *g, const struct entry *entry, bool *ret);
/* An object, or a value of it, that is not handed out for another reason: damage. Logged, noted. */
void gate_leave_out(struct gate *g, const char *dn, const char *why);
/* What was left out, "DN: why; DN: why", as far as there was room; "": nothing. */
const char *gate_left_out(const struct gate *g);
