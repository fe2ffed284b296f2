/* SPDX-License-Identifier: Apache-2.0
 * specifier.h - the words a type is written with, one of which is long.
 */
#pragma once

#include "port/change.h"
#include "port/rewrite.h"

/* Rewrites the run of specifiers that the long at token i is part of, unless it is a long long or
 * a long double. Returns the first token behind the run. windows: LONG is known, not only int32_t.
 */
size_t port_specifier_rewrite(const struct port_source *s, size_t i, enum port_goal goal,
                              bool windows, const char *why, struct port_changes *c);

/* Whether a file by hand has LONG and WCHAR; where it has neither them nor int32_t and needs
 * either, the header is put in. */
bool port_specifier_home(const struct port_source *s, struct port_changes *c);

/* The name of the header of ours that this is in some spelling, or NULL. */
const char *port_specifier_header(struct bytes name);
