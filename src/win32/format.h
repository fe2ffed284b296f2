/* SPDX-License-Identifier: Apache-2.0
 * format.h - printf as Windows' documented source means it, in UTF-8.
 *
 * l before d, i, u, o, x is 32 bits, as a long is there; ll, I64 and j are 64, I, z and t as wide
 * as a pointer. In a wide function s and c are 16-bit text and S and C narrow, in a narrow one the
 * other way round; hs, hc, ls, ws, lc, wc say it themselves. n is refused.
 */
#pragma once

#include <stdarg.h>

#include "base/writer.h"

enum { FORMAT_MAX = 1 << 20 }; /* bytes of one call's result */

/* Where a conversion's arguments come from. */
struct format_args {
    va_list *ap;           /* one after the other */
    const uintptr_t *slot; /* or these, where ap is NULL; FormatMessage's arrays have integers,
                            * pointers and no floating point */
};

/* Writes fmt's result; fmt is UTF-8 also where the function is a wide one. */
MUST_CHECK enum err format_print(struct writer *w, bool wide, const char *fmt,
                                 struct format_args *args);
/* One conversion, the text between '%' and what follows its letter: "-10.3ls". Returns what
 * follows it in *fmt. */
MUST_CHECK enum err format_one(struct writer *w, bool wide, const char **fmt,
                               struct format_args *args);
