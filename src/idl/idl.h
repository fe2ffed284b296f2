/* SPDX-License-Identifier: Apache-2.0
 * idl.h - one run of the IDL compiler's front end: its memory, and the errors found so far.
 *
 * All that the front end allocates lives as long as the run and is freed with it. Out of memory
 * ends the process: this is a compiler, no library that others load.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idl;

struct idl_place {
    const char *file; /* as the line markers name it */
    unsigned line, column;
    const char *text; /* that line, up to its newline or zero */
};

struct idl *idl_new(void);
void idl_free(struct idl *run);

void *idl_alloc(struct idl *run, size_t size); /* zeroed */
char *idl_strndup(struct idl *run, const char *s, size_t n);
char *idl_printf(struct idl *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One error, as "file:line:column: error: ..." with the line shown; hint may be NULL. */
void idl_error(struct idl *run, struct idl_place at, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* How many; and all of them as text, "" for none, valid until the next error. */
unsigned idl_error_count(const struct idl *run);
const char *idl_errors(const struct idl *run);

/* Text that grows. */
struct idl_text {
    char *ptr;
    size_t len, cap;
};

void idl_text_add(struct idl_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void idl_text_vadd(struct idl_text *t, const char *fmt, va_list ap);
/* The line of a place, and a caret under the column; what would upset a terminal is shown as '?'.
 */
void idl_text_place(struct idl_text *t, struct idl_place at);
void idl_text_done(struct idl_text *t);
