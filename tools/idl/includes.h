/* SPDX-License-Identifier: Apache-2.0
 * includes.h - #include of a file whose name differs in the case of letters, or has backslashes.
 */
#pragma once

#include "options.h"

struct includes;

/* Looks through the file and all that it includes. Where a name is not found as it is written, a
 * folder is made in which it is: the last of the preprocessor's -I. */
struct includes *includes_new(struct idl *run, const struct options *opt, const char *path,
                              const char *text);
void includes_free(struct includes *in);
const char *includes_folder(const struct includes *in); /* NULL: every name is right */
/* Every file that was found. */
const struct words *includes_files(const struct includes *in);
