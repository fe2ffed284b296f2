/* SPDX-License-Identifier: Apache-2.0
 * alloc.h - the only place that asks for memory. Tests make the n-th request fail.
 *
 * Everything here may be freed with mem_free and nothing else; mem_free accepts NULL.
 */
#pragma once

#include <stddef.h>

#include "base/link.h"

void *mem_alloc(size_t size) SHARED(mem_alloc) __attribute__((malloc, alloc_size(1)));
void *mem_zero(size_t size) SHARED(mem_zero) __attribute__((malloc, alloc_size(1)));
void *mem_array(size_t count, size_t size) SHARED(mem_array); /* zeroed; refuses overflow */
void *mem_resize(void *p, size_t size) SHARED(mem_resize);
char *mem_strdup(const char *s) SHARED(mem_strdup);             /* NULL for NULL or no memory */
char *mem_strndup(const char *s, size_t n) SHARED(mem_strndup); /* exactly n bytes and a NUL */
char *mem_printf(const char *fmt, ...) SHARED(mem_printf) __attribute__((format(printf, 1, 2)));
void mem_free(void *p) SHARED(mem_free);
/* Wipes the whole block first: for what may hold a secret and comes without its size. */
void mem_free_wiped(void *p) SHARED(mem_free_wiped);

/* Overwrites in a way no optimizer removes. */
void mem_wipe(void *p, size_t n) SHARED(mem_wipe);
/* mem_wipe over the string, then mem_free. */
void mem_free_secret_text(char *s) SHARED(mem_free_secret_text);

/* Test hook: the request numbered n from now fails (0 = the next); negative: none fails.
 * mem_fail_hit() tells whether that request was reached. Per thread. */
void mem_fail_at(long n) SHARED(mem_fail_at);
int mem_fail_hit(void) SHARED(mem_fail_hit);
