/* SPDX-License-Identifier: Apache-2.0
 * load.h - an IDL file with all that it imports, and their ACFs, parsed and put together.
 */
#pragma once

#include "options.h"

struct load;

struct load *load_new(struct idl *run, const struct options *opt);
/* NULL after an error: in the run, or on standard error when a file could not be read. */
struct idl_file *load_idl(struct load *l, const char *path);
/* Every file that was read, for a make rule. */
const struct words *load_read_files(const struct load *l);
