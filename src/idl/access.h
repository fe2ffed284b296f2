/* SPDX-License-Identifier: Apache-2.0
 * access.h - [cs_access]: who may call an operation, as a security descriptor's text.
 *
 * In the ACF, of an operation or of the interface: that is for those without one of their own.
 * Where any operation has one, all have.
 */
#pragma once

#include "base/err.h"
#include "idl/ast.h"

bool idl_has_access(const struct idl_item *face);
/* NULL: none. */
const char *idl_access_of(const struct idl_item *face, const struct idl_item *function);

/* After idl_check. check: whether a text is a descriptor with a list; what it has against it is in
 * the thread's detail. */
void idl_check_access(struct idl *run, const struct idl_file *file,
                      enum err (*check)(const char *));
