/* SPDX-License-Identifier: Apache-2.0
 * preprocess.h - an IDL file or an ACF after the C preprocessor.
 */
#pragma once

#include "file.h"
#include "options.h"

/* False, with the preprocessor's message on standard error, when it fails. A file without
 * directives and without macros is handed over as it is. What was read is added to *read. */
bool preprocess(struct idl *run, const struct options *opt, const char *path, struct words **read,
                struct file *ret);
