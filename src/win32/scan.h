/* SPDX-License-Identifier: Apache-2.0
 * scan.h - scanf as Windows' documented source means it, of UTF-8.
 *
 * l before d, i, u, o, x is 32 bits; ll, I64 and j are 64, I, z and t as wide as a pointer. In a
 * wide function s, c and [ store 16-bit text and S and C narrow, in a narrow one the other way
 * round; h and l say it themselves.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct scan {
    FILE *file;
    bool wide;  /* the function is a wide one */
    bool sized; /* an _s form: behind the address of text comes its size in characters */
};

/* fmt is UTF-8 also for a wide function. Returns how many conversions were stored; EOF where the
 * input ends before the first. */
int scan_read(const struct scan *s, const char *fmt, va_list ap);
