/* SPDX-License-Identifier: Apache-2.0
 * api_wide.c - text functions on 16-bit units, and the bounded narrow ones.
 */
#include <errno.h>

#include "base/alloc.h"
#include "base/utf16.h"
#include "countersign/cscrt.h"

size_t cs_wcslen(const WCHAR *s)
{
    return wide_length(s);
}

size_t cs_wcsnlen(const WCHAR *s, size_t n)
{
    size_t i = 0;

    while (i < n && s[i])
        i++;
    return i;
}

WCHAR *cs_wcscpy(WCHAR *to, const WCHAR *from)
{
    memcpy(to, from, (cs_wcslen(from) + 1) * sizeof *to);
    return to;
}

WCHAR *cs_wcsncpy(WCHAR *to, const WCHAR *from, size_t n)
{
    size_t len = cs_wcsnlen(from, n);

    memcpy(to, from, len * sizeof *to);
    memset(to + len, 0, (n - len) * sizeof *to);
    return to;
}

WCHAR *cs_wcscat(WCHAR *to, const WCHAR *from)
{
    cs_wcscpy(to + cs_wcslen(to), from);
    return to;
}

WCHAR *cs_wcsncat(WCHAR *to, const WCHAR *from, size_t n)
{
    size_t at = cs_wcslen(to);
    size_t len = cs_wcsnlen(from, n);

    memcpy(to + at, from, len * sizeof *to);
    to[at + len] = 0;
    return to;
}

static WCHAR lower(WCHAR c)
{
    return c >= 'A' && c <= 'Z' ? (WCHAR)(c + ('a' - 'A')) : c;
}

static WCHAR same(WCHAR c)
{
    return c;
}

static int compare(const WCHAR *a, const WCHAR *b, size_t n, WCHAR (*fold)(WCHAR))
{
    size_t i;

    for (i = 0; i < n; i++) {
        int d = (int)fold(a[i]) - (int)fold(b[i]);

        if (d || !a[i])
            return d;
    }
    return 0;
}

int cs_wcscmp(const WCHAR *a, const WCHAR *b)
{
    return compare(a, b, SIZE_MAX, same);
}

int cs_wcsncmp(const WCHAR *a, const WCHAR *b, size_t n)
{
    return compare(a, b, n, same);
}

int cs_wcsicmp(const WCHAR *a, const WCHAR *b)
{
    return compare(a, b, SIZE_MAX, lower);
}

int cs_wcsnicmp(const WCHAR *a, const WCHAR *b, size_t n)
{
    return compare(a, b, n, lower);
}

WCHAR *cs_wcschr(const WCHAR *s, WCHAR c)
{
    for (; *s != c; s++) {
        if (!*s)
            return NULL;
    }
    return (WCHAR *)s;
}

WCHAR *cs_wcsrchr(const WCHAR *s, WCHAR c)
{
    const WCHAR *p = s + cs_wcslen(s);

    while (*p != c) {
        if (p-- == s)
            return NULL;
    }
    return (WCHAR *)p;
}

WCHAR *cs_wcsstr(const WCHAR *s, const WCHAR *find)
{
    size_t n = cs_wcslen(find);

    for (; *s || !n; s++) {
        if (compare(s, find, n, same) == 0)
            return (WCHAR *)s;
    }
    return NULL;
}

WCHAR *cs_wcsdup(const WCHAR *s)
{
    size_t size = (cs_wcslen(s) + 1) * sizeof *s;
    WCHAR *copy =
        mem_alloc(size); /* the program frees it with free(), which is mem_free's end too */

    if (copy)
        memcpy(copy, s, size);
    return copy;
}

enum { NUMBER_UNITS = 80 }; /* 32 binary digits, blanks, sign and prefix */

/* The ASCII in front, which is all a number has. */
static void ascii_of(const WCHAR *s, char to[NUMBER_UNITS])
{
    size_t i;

    for (i = 0; i < NUMBER_UNITS - 1 && s[i] && s[i] < 0x80; i++)
        to[i] = (char)s[i];
    to[i] = '\0';
}

LONG cs_wcstol(const WCHAR *s, WCHAR **end, int base)
{
    char text[NUMBER_UNITS];
    char *stop = NULL;
    long long v;

    ascii_of(s, text);
    v = strtoll(text, &stop, base);
    if (end)
        *end = (WCHAR *)s + (stop - text);
    if (v > INT32_MAX || v < INT32_MIN)
        errno = ERANGE;
    return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : (LONG)v;
}

ULONG cs_wcstoul(const WCHAR *s, WCHAR **end, int base)
{
    char text[NUMBER_UNITS];
    char *stop = NULL;
    long long v;

    ascii_of(s, text);
    v = strtoll(text, &stop, base);
    if (end)
        *end = (WCHAR *)s + (stop - text);
    if (v > UINT32_MAX || v < -(long long)UINT32_MAX) {
        errno = ERANGE;
        return UINT32_MAX;
    }
    return (ULONG)v;
}

int cs_wtoi(const WCHAR *s)
{
    return cs_wcstol(s, NULL, 10);
}

/* The rules of all bounded functions; unit is the size of a character. */
static errno_t bounded(void *to, size_t size, size_t at, const void *from, size_t n, size_t unit)
{
    if (!to || !size)
        return EINVAL;
    if (!from || at >= size || n >= size - at) {
        memset(to, 0, unit);
        return from && at < size ? ERANGE : EINVAL;
    }
    memcpy((char *)to + at * unit, from, n * unit);
    memset((char *)to + (at + n) * unit, 0, unit);
    return 0;
}

errno_t strcpy_s(char *to, size_t size, const char *from)
{
    return bounded(to, size, 0, from, from ? strlen(from) : 0, 1);
}

errno_t strcat_s(char *to, size_t size, const char *from)
{
    return bounded(to, size, to ? strnlen(to, size) : 0, from, from ? strlen(from) : 0, 1);
}

/* n units of from, or for _TRUNCATE as many as fit. */
errno_t strncpy_s(char *to, size_t size, const char *from, size_t n)
{
    size_t len = from ? strlen(from) : 0;

    if (n == _TRUNCATE && size && len >= size)
        len = size - 1;
    return bounded(to, size, 0, from, n < len ? n : len, 1);
}

errno_t cs_wcscpy_s(WCHAR *to, size_t size, const WCHAR *from)
{
    return bounded(to, size, 0, from, wide_length(from), sizeof *to);
}

errno_t cs_wcscat_s(WCHAR *to, size_t size, const WCHAR *from)
{
    return bounded(to, size, to ? cs_wcsnlen(to, size) : 0, from, wide_length(from), sizeof *to);
}

errno_t cs_wcsncpy_s(WCHAR *to, size_t size, const WCHAR *from, size_t n)
{
    size_t len = wide_length(from);

    if (n == _TRUNCATE && size && len >= size)
        len = size - 1;
    return bounded(to, size, 0, from, n < len ? n : len, sizeof *to);
}

int cs_run_wmain(int argc, char **argv, int (*wide_main)(int argc, WCHAR **argv))
{
    WCHAR **wide = mem_array((size_t)argc + 1, sizeof *wide);
    int ret = EXIT_FAILURE;
    int i;

    for (i = 0; wide && i < argc; i++) {
        if (wide_from_utf8(argv[i], &wide[i]))
            goto out;
    }
    if (wide)
        ret = wide_main(argc, wide);
out:
    for (i = 0; wide && i < argc; i++)
        mem_free(wide[i]);
    mem_free(wide);
    return ret;
}
