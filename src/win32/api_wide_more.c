/* SPDX-License-Identifier: Apache-2.0
 * api_wide_more.c - sets, words and blocks of 16-bit units, and text in the other width.
 */
#include <errno.h>

#include "base/alloc.h"
#include "base/utf16.h"
#include "countersign/cscrt.h"

static bool holds(const WCHAR *set, WCHAR c)
{
    for (; *set; set++)
        if (*set == c)
            return true;
    return false;
}

size_t cs_wcsspn(const WCHAR *s, const WCHAR *set)
{
    size_t n = 0;

    while (s[n] && holds(set, s[n]))
        n++;
    return n;
}

size_t cs_wcscspn(const WCHAR *s, const WCHAR *set)
{
    size_t n = 0;

    while (s[n] && !holds(set, s[n]))
        n++;
    return n;
}

WCHAR *cs_wcspbrk(const WCHAR *s, const WCHAR *set)
{
    size_t n = cs_wcscspn(s, set);

    return s[n] ? (WCHAR *)s + n : NULL;
}

WCHAR *cs_wcstok(WCHAR *s, const WCHAR *set, WCHAR **rest)
{
    WCHAR *word = s ? s : *rest;

    if (!word)
        return NULL;
    word += cs_wcsspn(word, set);
    s = word + cs_wcscspn(word, set);
    *rest = *s ? s + 1 : NULL;
    if (s == word)
        return NULL;
    *s = 0;
    return word;
}

WCHAR *cs_wmemcpy(WCHAR *to, const WCHAR *from, size_t n)
{
    memcpy(to, from, n * sizeof *to);
    return to;
}

WCHAR *cs_wmemmove(WCHAR *to, const WCHAR *from, size_t n)
{
    memmove(to, from, n * sizeof *to);
    return to;
}

WCHAR *cs_wmemset(WCHAR *to, WCHAR c, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        to[i] = c;
    return to;
}

int cs_wmemcmp(const WCHAR *a, const WCHAR *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

WCHAR *cs_wmemchr(const WCHAR *s, WCHAR c, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (s[i] == c)
            return (WCHAR *)s + i;
    return NULL;
}

enum { NUMBER_UNITS = 512 }; /* a double has no more digits than it may have in front of them */

double cs_wcstod(const WCHAR *s, WCHAR **end)
{
    char text[NUMBER_UNITS];
    char *stop = NULL;
    double v;
    size_t i;

    for (i = 0; i < NUMBER_UNITS - 1 && s[i] && s[i] < 0x80; i++)
        text[i] = (char)s[i];
    text[i] = '\0';
    v = strtod(text, &stop);
    if (end)
        *end = (WCHAR *)s + (stop - text);
    return v;
}

size_t cs_mbstowcs(WCHAR *to, const char *from, size_t n)
{
    char16_t *wide = NULL;
    size_t len;

    if (wide_from_utf8(from, &wide) != ERR_OK || !wide) {
        errno = EILSEQ;
        return (size_t)-1;
    }
    len = wide_length(wide);
    if (to) {
        memcpy(to, wide, (len < n ? len + 1 : n) * sizeof *to);
        len = len < n ? len : n;
    }
    mem_free(wide);
    return len;
}

/* Of text longer than n bytes, the whole characters that fit. */
static size_t whole_characters(const char *text, size_t n)
{
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n;
}

size_t cs_wcstombs(char *to, const WCHAR *from, size_t n)
{
    char *text = NULL;
    size_t len;

    if (utf8_from_wide(from, &text) != ERR_OK || !text) {
        errno = EILSEQ;
        return (size_t)-1;
    }
    len = strlen(text);
    if (to && len < n) {
        memcpy(to, text, len + 1);
    } else if (to) {
        len = len > n ? whole_characters(text, n) : n;
        memcpy(to, text, len);
    }
    mem_free(text);
    return len;
}
