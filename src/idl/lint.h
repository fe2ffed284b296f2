/* SPDX-License-Identifier: Apache-2.0
 * lint.h - what MIDL accepts and the security documentation advises against.
 *
 * Source: desktop-src/Rpc/best-rpc-programming-practices.md,
 * strict-and-type-strict-context-handles.md, desktop-src/Midl/range.md
 */
#pragma once

#include "idl/ast.h"

struct idl_finding {
    struct idl_place at;
    const char *rule; /* a word with hyphens, as the guide lists it */
    const char *text; /* what is there */
    const char *hint; /* what to write instead */
    struct idl_finding *next;
};

/* Of an interface's functions and structures in this file, not in what it imports, after a check
 * without errors: in the order of the text. NULL: nothing. */
struct idl_finding *idl_lint(struct idl *run, const struct idl_file *file);
