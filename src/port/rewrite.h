/* SPDX-License-Identifier: Apache-2.0
 * rewrite.h - what has to change in C written for Windows: for our driver, or for good.
 *
 * Only the user's own files are changed. To be compiled: what was written keeps its place in the
 * line where it can, long becomes int, and names go to functions of ours. By hand: what a person
 * would write, LONG, u"" and cs_wcslen, for any compiler.
 */
#pragma once

#include "port/change.h"

enum port_goal { PORT_TO_COMPILE, PORT_BY_HAND };

MUST_CHECK enum err port_rewrite(const struct port_source *s, enum port_goal goal,
                                 struct port_changes *ret);
/* C that declares the functions of ours the changes put in, one line, behind a line marker. */
MUST_CHECK enum err port_declarations(const struct port_changes *c, char **ret);
