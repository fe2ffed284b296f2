/* SPDX-License-Identifier: Apache-2.0
 * place.h - where our headers and libraries are, seen from the program; and whose a file is.
 */
#pragma once

#include "port/lex.h"

struct place {
    const char *include; /* holds countersign/ */
    const char *shared;  /* headers only the driver gives: other spellings, and refusals */
    const char *library;
    const char *const *system; /* folders, besides those the compiler calls so; ends with NULL */
};

void place_find(struct place *p);
/* A port_judge; arg is a struct place. */
enum port_origin place_judge(void *arg, const char *file, bool system);
/* Whether the loader looks in the libraries' folder by itself. */
bool place_is_usual(const struct place *p);
