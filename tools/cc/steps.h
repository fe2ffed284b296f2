/* SPDX-License-Identifier: Apache-2.0
 * steps.h - one C source on its way: preprocessed, rewritten, compiled.
 *
 *     x.c --directives, no macros--> x.i --rewritten by token--> x.i --macros, C--> x.o
 */
#pragma once

#include "args.h"
#include "place.h"

struct driver {
    struct args args;
    struct place place;
    struct words compiler; /* COUNTERSIGN_CC, or cc */
    bool clang;
};

/* The compiler's exit status, or 1 for what we refuse. object: where it goes, or NULL for what
 * the command line says. */
int step_source(const struct driver *d, const char *source, const char *object);
/* -I of our headers, after the user's. */
void step_add_includes(const struct driver *d, struct words *to);
/* "x.o" for "folder/x.c". */
char *step_beside(const char *source, const char *suffix);
