/* SPDX-License-Identifier: Apache-2.0
 * template.h - message templates with inserts: "%1!ld! of %2", as FormatMessage fills them.
 */
#pragma once

#include "win32/format.h"

struct template_options {
    bool wide;           /* what an insert without a format is: 16-bit text, else narrow */
    bool ignore_inserts; /* they stay as they are written */
    bool join_lines;     /* the template's own line breaks become blanks */
};

/* args->slot, or args->ap read in order up to the highest insert used. */
MUST_CHECK enum err template_fill(struct writer *w, const struct template_options *o,
                                  const char *text, struct format_args *args);
