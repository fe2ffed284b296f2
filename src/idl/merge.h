/* SPDX-License-Identifier: Apache-2.0
 * merge.h - the ACF's attributes put where the IDL's stand, and what follows from both together.
 */
#pragma once

#include "idl/ast.h"
#include "idl/scope.h"

/* Before the checks, which then see one list. Attributes on a name the IDL has not stay where they
 * are: idl_check_acf reports them. any_name: an ACF named on the command line may call its
 * interface as it likes. */
void idl_merge(struct idl *run, struct idl_file *file, struct idl_acf *acf, bool any_name);
