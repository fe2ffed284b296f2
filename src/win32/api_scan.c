/* SPDX-License-Identifier: Apache-2.0
 * api_scan.c - scanf's doors: files, narrow and wide memory; numbers of 32 bits.
 */
#include <errno.h>

#include "base/alloc.h"
#include "base/utf16.h"
#include "countersign/cscrt.h"
#include "win32/scan.h"

static int from_text(const char *text, bool wide, bool sized, const char *fmt, va_list ap)
{
    struct scan s = { NULL, wide, sized };
    int n = EOF;

    s.file = fmemopen((void *)text, strlen(text), "r"); /* which is not written through "r" */
    if (s.file) {
        n = scan_read(&s, fmt, ap);
        fclose(s.file);
    }
    return n;
}

static int from_file(FILE *f, bool sized, const char *fmt, va_list ap)
{
    struct scan s = { f, false, sized };

    return scan_read(&s, fmt, ap);
}

static int from_wide(const WCHAR *text, bool sized, const WCHAR *fmt, va_list ap)
{
    char *text8 = NULL, *fmt8 = NULL;
    int n = EOF;

    if (utf8_from_wide(text, &text8) == ERR_OK && utf8_from_wide(fmt, &fmt8) == ERR_OK && text8 &&
        fmt8)
        n = from_text(text8, true, sized, fmt8, ap);
    mem_free(fmt8);
    mem_free(text8);
    return n;
}

int cs_scanf(const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = from_file(stdin, false, fmt, ap);
    va_end(ap);
    return n;
}

int cs_fscanf(FILE *f, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = from_file(f, false, fmt, ap);
    va_end(ap);
    return n;
}

int cs_sscanf(const char *text, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = from_text(text, false, false, fmt, ap);
    va_end(ap);
    return n;
}

int cs_swscanf(const WCHAR *text, const WCHAR *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = from_wide(text, false, fmt, ap);
    va_end(ap);
    return n;
}

int scanf_s(const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = from_file(stdin, true, fmt, ap);
    va_end(ap);
    return n;
}

int fscanf_s(FILE *f, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = from_file(f, true, fmt, ap);
    va_end(ap);
    return n;
}

int sscanf_s(const char *text, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = from_text(text, false, true, fmt, ap);
    va_end(ap);
    return n;
}

int cs_swscanf_s(const WCHAR *text, const WCHAR *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = from_wide(text, true, fmt, ap);
    va_end(ap);
    return n;
}

LONG cs_strtol(const char *s, char **end, int base)
{
    long long v = strtoll(s, end, base);

    if (v > INT32_MAX || v < INT32_MIN)
        errno = ERANGE;
    return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : (LONG)v;
}

ULONG cs_strtoul(const char *s, char **end, int base)
{
    int before = errno;
    unsigned long long v;
    char *stop = NULL;

    errno = 0;
    v = strtoull(s, &stop, base);
    if (end)
        *end = stop;
    if (errno == ERANGE || (v > UINT32_MAX && 0 - v > UINT32_MAX)) {
        errno = ERANGE;
        return UINT32_MAX;
    }
    errno = before;
    return (ULONG)v; /* of a negative number its complement, as in C */
}

LONG cs_atol(const char *s)
{
    return cs_strtol(s, NULL, 10);
}
