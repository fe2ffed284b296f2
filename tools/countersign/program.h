/* SPDX-License-Identifier: Apache-2.0
 * program.h - another program, run for what it writes.
 */
#pragma once

#include <stdio.h>
#include <sys/types.h>

struct program {
    pid_t child;
    FILE *out; /* what it writes to standard output */
};

/* By its path, or found in the PATH. 0 or an errno. Each success has its end. */
int program_begin(char *const argv[], struct program *ret);
/* NULL where it ended with status 0, else what became of it. */
const char *program_end(struct program *p);
