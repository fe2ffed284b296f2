/* SPDX-License-Identifier: Apache-2.0
 * out.h - how every command speaks: findings on standard output, messages on standard error,
 * colour only on a terminal, progress only for a person who waits.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#include "command.h"

enum out_style { OUT_PLAIN, OUT_GOOD, OUT_BAD, OUT_HEADING };

/* printf to standard output in a style. */
void out_styled(enum out_style style, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What somebody else wrote, as a terminal may have it: a directory's values are anybody's, and must
 * not move its cursor or write lines of their own. Changes text in place and gives it back; JSON
 * has its own escapes. */
const char *out_safe(char *text);
/* A help text: lines in capitals stand out on a terminal. */
void out_help(const char *text);

/* "countersign: ..." on standard error. Returns EXIT_NEGATIVE. */
int out_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same from the library's record of its last failure, with the remedy on a second line. */
int out_fail_detail(enum err e);
/* The same for a command line that was not understood. Returns EXIT_USAGE. */
int out_usage(const struct command *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void out_remedy(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What is being done now, with the seconds since the first call: one line, rewritten in place, on
 * a terminal, and a line each elsewhere once two seconds have passed. NULL ends it. */
void out_progress(const char *what);

/* The last word of main: a full disk or a closed pipe must not look like success. */
int out_finish(int status);

/* JSON on standard output. A name is NULL inside an array and for the outermost value. */
void json_object(const char *name);
void json_array(const char *name);
void json_end(void);                                 /* of the innermost object or array */
void json_text(const char *name, const char *value); /* NULL: null */
void json_number(const char *name, int64_t value);
void json_bool(const char *name, bool value);
