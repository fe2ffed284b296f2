/* SPDX-License-Identifier: Apache-2.0
 * run.h - the real compiler's runs, and the folder for what passes between them.
 */
#pragma once

#include "words.h"

/* What the program exits with: the command's own status; 1 where a signal ended it. */
int run_command(const struct words *command);
/* In this process's place; returns only where the program cannot be run. */
int run_instead(const struct words *command);
/* Whether the program's --version speaks of a word. */
bool run_version_says(const struct words *program, const char *word);

/* A new name in a folder of this run's own, which run_done removes. */
const char *run_temporary(const char *suffix);
void run_done(void);
