/* SPDX-License-Identifier: Apache-2.0
 * table.h - the security packages there are.
 */
#pragma once

#include "package/package.h"

/* NULL past the last. Negotiate's candidates are those before and after its own row. */
const struct package *table_at(size_t n);
size_t table_count(void);
/* The name without regard to case; ERR_NO_PACKAGE. */
MUST_CHECK enum err table_find(const char *name, const struct package **ret);
/* Every package but p, NULL-terminated. */
void table_candidates(const struct package *p, const struct package *ret[PACKAGES_MAX + 1]);
