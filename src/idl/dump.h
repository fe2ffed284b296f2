/* SPDX-License-Identifier: Apache-2.0
 * dump.h - the AST as canonical IDL: what is printed and parsed again prints the same.
 */
#pragma once

#include "idl/ast.h"

void idl_dump(struct idl *run, const struct idl_file *file, struct idl_text *to);
void idl_dump_acf(struct idl *run, const struct idl_acf *acf, struct idl_text *to);
