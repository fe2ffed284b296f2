/* SPDX-License-Identifier: Apache-2.0
 * table.h - rows under headings, as wide as what is in them. Of many rows the first some hundred
 * say how wide: a table needs no more memory than these.
 */
#pragma once

#include <stdbool.h>

#include "out.h"

enum { TABLE_COLUMNS = 8 };

struct table;

/* As many columns as there are headings, which end with NULL. NULL: no memory. */
struct table *table_new(const char *const *heading);
/* Cells are copied, as a terminal may have them; NULL is an empty one. The last one stands in that
 * style; remark, if there is one, below the row. False: no memory. */
bool table_add(struct table *t, const char *const *cell, enum out_style style, const char *remark);
/* Prints what is not printed yet. */
void table_free(struct table *t);
