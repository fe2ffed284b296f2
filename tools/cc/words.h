/* SPDX-License-Identifier: Apache-2.0
 * words.h - lists of arguments. Out of memory ends the program, so that no list needs a cleanup.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct words {
    const char **v; /* ends with NULL once there is one word */
    size_t n, room;
};

void words_add(struct words *w, const char *word);
void words_add_all(struct words *w, const struct words *more);
/* The words of a text, parted by blanks. */
void words_split(struct words *w, const char *text);
/* argv with @file replaced by the words of that file, quoted as GCC has them; a file that cannot
 * be read stays what it is. */
void words_expand(struct words *w, int argc, char **argv);
bool word_begins(const char *word, const char *with);
char *word_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void die_of_memory(void);
