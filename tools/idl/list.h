/* SPDX-License-Identifier: Apache-2.0
 * list.h - what --list tells of a file's interfaces, on standard output, a line each:
 *
 *   interface UUID MAJOR.MINOR NAME
 *   operation NUMBER empty|full NAME
 *
 * full: its request has octets, so that a stub refuses one without any before it calls a routine;
 * empty: it has none, or a pipe alone, and a request without octets is a call.
 */
#pragma once

#include "idl/ast.h"

/* After a check without errors. */
void list_report(const struct idl_file *file);
