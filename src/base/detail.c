/* SPDX-License-Identifier: Apache-2.0
 * detail.c - the thread's detail record.
 */
#include "base/detail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

static __thread struct detail record;
static __thread const char *begun; /* what the record is empty for, or NULL */

/* A call like the one before, which had nothing to tell, finds the record as it is to be. */
OFTEN void detail_begin(const char *phase)
{
    if (phase && phase == begun)
        return;
    begun = phase;
    record.err = ERR_OK;
    record.text[0] = record.remedy[0] = record.asked[0] = record.tried[0] = '\0';
    record.server[0] = record.library[0] = record.library_text[0] = '\0';
    record.library_code = 0;
    record.kvno_seen = record.kvno_held = 0;
    record.skew = 0;
    detail_set(record.phase, phase);
}

struct detail *detail_get(void)
{
    begun = NULL; /* it may be written to */
    return &record;
}

enum err(detail_fail)(enum err e, const char *fmt, ...)
{
    va_list ap;

    begun = NULL;
    if (record.text[0])
        return e;
    va_start(ap, fmt);
    vsnprintf(record.text, sizeof record.text, fmt, ap);
    va_end(ap);
    record.err = e;
    log_debug("%s: %s", record.phase, record.text);
    return e;
}

void detail_remedy(const char *fmt, ...)
{
    va_list ap;

    begun = NULL;
    if (record.remedy[0])
        return;
    va_start(ap, fmt);
    vsnprintf(record.remedy, sizeof record.remedy, fmt, ap);
    va_end(ap);
}

OFTEN void detail_copy(char *to, size_t size, const char *s)
{
    size_t n = s ? strnlen(s, size - 1) : 0;

    memcpy(to, s ? s : "", n); /* every message function passes here: no printf */
    to[n] = '\0';
}

void detail_library(const char *library, int64_t code, const char *text)
{
    begun = NULL;
    detail_set(record.library, library);
    detail_set(record.library_text, text);
    record.library_code = code;
}
