/* SPDX-License-Identifier: Apache-2.0
 * cscrt.h - the C run-time functions documented Windows source uses and POSIX lacks, or has for a
 * wchar_t of 32 bits. Included by windows.h and tchar.h; programs need not.
 *
 * The wide ones are called cs_ and the C name and take WCHARs. Under -fshort-wchar, in C, the C
 * names themselves (wcslen, wprintf, and printf for its %ls) are macros for them. There l before
 * d, u or x is 32 bits, as a long is on Windows. Wide text is printed as UTF-8.
 */
#ifndef COUNTERSIGN_CSCRT_H
#define COUNTERSIGN_CSCRT_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "cslink.h"
#include "wintypes.h"

CS_EXTERN_C_BEGIN

typedef int errno_t;

/* cs_wcslen, cs_wcsnlen - length in units.
 *
 * Returns: the number of units before the terminating zero; of wcsnlen at most n.
 * Threads: safe.
 */
size_t cs_wcslen(const WCHAR *s) CS_EXPORT(cs_wcslen);
size_t cs_wcsnlen(const WCHAR *s, size_t n) CS_EXPORT(cs_wcsnlen);

/* cs_wcscpy, cs_wcsncpy, cs_wcscat, cs_wcsncat - copy and append, as strcpy and its kin.
 *
 * Returns: to.
 * Threads: safe.
 */
WCHAR *cs_wcscpy(WCHAR *to, const WCHAR *from) CS_EXPORT(cs_wcscpy);
WCHAR *cs_wcsncpy(WCHAR *to, const WCHAR *from, size_t n) CS_EXPORT(cs_wcsncpy);
WCHAR *cs_wcscat(WCHAR *to, const WCHAR *from) CS_EXPORT(cs_wcscat);
WCHAR *cs_wcsncat(WCHAR *to, const WCHAR *from, size_t n) CS_EXPORT(cs_wcsncat);

/* cs_wcscmp, cs_wcsncmp, cs_wcsicmp, cs_wcsnicmp - compare; i ignores the case of ASCII letters.
 *
 * Returns: less than, equal to or more than 0.
 * Threads: safe.
 */
int cs_wcscmp(const WCHAR *a, const WCHAR *b) CS_EXPORT(cs_wcscmp);
int cs_wcsncmp(const WCHAR *a, const WCHAR *b, size_t n) CS_EXPORT(cs_wcsncmp);
int cs_wcsicmp(const WCHAR *a, const WCHAR *b) CS_EXPORT(cs_wcsicmp);
int cs_wcsnicmp(const WCHAR *a, const WCHAR *b, size_t n) CS_EXPORT(cs_wcsnicmp);

/* cs_wcschr, cs_wcsrchr, cs_wcsstr - find a unit from the front, from the back, a text.
 *
 * Returns: where it is; NULL where it is not.
 * Threads: safe.
 */
WCHAR *cs_wcschr(const WCHAR *s, WCHAR c) CS_EXPORT(cs_wcschr);
WCHAR *cs_wcsrchr(const WCHAR *s, WCHAR c) CS_EXPORT(cs_wcsrchr);
WCHAR *cs_wcsstr(const WCHAR *s, const WCHAR *find) CS_EXPORT(cs_wcsstr);

/* cs_wcsdup - a copy, freed with free().
 *
 * Returns: the copy; NULL without memory.
 * Threads: safe.
 */
WCHAR *cs_wcsdup(const WCHAR *s) CS_EXPORT(cs_wcsdup);

/* cs_wcstol, cs_wcstoul, cs_wtoi - numbers, as strtol, strtoul and atoi.
 *
 * end may be NULL. The values are 32 bits, as on Windows.
 *
 * Returns: the number; at a range's end where it does not fit.
 * Threads: safe.
 */
LONG cs_wcstol(const WCHAR *s, WCHAR **end, int base) CS_EXPORT(cs_wcstol);
ULONG cs_wcstoul(const WCHAR *s, WCHAR **end, int base) CS_EXPORT(cs_wcstoul);
int cs_wtoi(const WCHAR *s) CS_EXPORT(cs_wtoi);

/* cs_wprintf, cs_fwprintf, cs_vfwprintf - print with a wide format, as UTF-8.
 *
 * s and c are wide, S, hs and C narrow.
 *
 * Returns: the units printed; -1 on failure.
 * Threads: safe.
 */
int cs_wprintf(const WCHAR *fmt, ...) CS_EXPORT(cs_wprintf);
int cs_fwprintf(FILE *f, const WCHAR *fmt, ...) CS_EXPORT(cs_fwprintf);
int cs_vfwprintf(FILE *f, const WCHAR *fmt, va_list ap) CS_EXPORT(cs_vfwprintf);

/* cs_swprintf, cs_vswprintf, cs_swprintf_s, cs_swprintf_unsized - print into memory.
 *
 * size counts units with the terminating zero, which is always written when size is not 0. The
 * unsized form is what _stprintf is on Windows: for compiling old source, not for writing new.
 *
 * Returns: the units before the zero; -1 where they do not fit, and an empty text then.
 * Threads: safe.
 */
int cs_swprintf(WCHAR *to, size_t size, const WCHAR *fmt, ...) CS_EXPORT(cs_swprintf);
int cs_vswprintf(WCHAR *to, size_t size, const WCHAR *fmt, va_list ap) CS_EXPORT(cs_vswprintf);
int cs_swprintf_s(WCHAR *to, size_t size, const WCHAR *fmt, ...) CS_EXPORT(cs_swprintf_s);
int cs_swprintf_unsized(WCHAR *to, const WCHAR *fmt, ...) CS_EXPORT(cs_swprintf_unsized);

/* cs_printf, cs_fprintf, cs_snprintf - printf for source compiled with -fshort-wchar.
 *
 * ls, S and ws are 16-bit text, and l before an integer's letter is 32 bits.
 *
 * Returns: the bytes printed (snprintf: that there would have been); -1 on failure.
 * Threads: safe.
 */
int cs_printf(const char *fmt, ...) CS_EXPORT(cs_printf);
int cs_fprintf(FILE *f, const char *fmt, ...) CS_EXPORT(cs_fprintf);
int cs_snprintf(char *to, size_t size, const char *fmt, ...) CS_EXPORT(cs_snprintf);

/* cs_sprintf, cs_vprintf, cs_vfprintf, cs_vsprintf, cs_vsnprintf, cs_vwprintf - the same, without
 * a size, and with the arguments in a list.
 *
 * The forms without a size are for compiling old source, not for writing new.
 *
 * Returns: as cs_printf and cs_wprintf.
 * Threads: safe.
 */
int cs_sprintf(char *to, const char *fmt, ...) CS_EXPORT(cs_sprintf);
int cs_vprintf(const char *fmt, va_list ap) CS_EXPORT(cs_vprintf);
int cs_vfprintf(FILE *f, const char *fmt, va_list ap) CS_EXPORT(cs_vfprintf);
int cs_vsprintf(char *to, const char *fmt, va_list ap) CS_EXPORT(cs_vsprintf);
int cs_vsnprintf(char *to, size_t size, const char *fmt, va_list ap) CS_EXPORT(cs_vsnprintf);
int cs_vwprintf(const WCHAR *fmt, va_list ap) CS_EXPORT(cs_vwprintf);

/* cs_scanf, cs_fscanf, cs_sscanf, cs_swscanf - scanf for source compiled with -fshort-wchar.
 *
 * l before an integer's letter is 32 bits. In swscanf s, c and [ store 16-bit text, in the others
 * S, C, ls, lc and l[ do. Input is UTF-8.
 *
 * Returns: the conversions stored; EOF where the input ends before the first.
 * Threads: safe.
 */
int cs_scanf(const char *fmt, ...) CS_EXPORT(cs_scanf);
int cs_fscanf(FILE *f, const char *fmt, ...) CS_EXPORT(cs_fscanf);
int cs_sscanf(const char *text, const char *fmt, ...) CS_EXPORT(cs_sscanf);
int cs_swscanf(const WCHAR *text, const WCHAR *fmt, ...) CS_EXPORT(cs_swscanf);

/* scanf_s, fscanf_s, sscanf_s, cs_swscanf_s - the same, with sizes.
 *
 * Behind the address for s, c and [ comes its size in characters. What does not fit is not stored,
 * the text becomes empty, and reading ends.
 *
 * Returns: the conversions stored; EOF where the input ends before the first.
 * Threads: safe.
 */
int scanf_s(const char *fmt, ...) CS_EXPORT(scanf_s);
int fscanf_s(FILE *f, const char *fmt, ...) CS_EXPORT(fscanf_s);
int sscanf_s(const char *text, const char *fmt, ...) CS_EXPORT(sscanf_s);
int cs_swscanf_s(const WCHAR *text, const WCHAR *fmt, ...) CS_EXPORT(cs_swscanf_s);

/* cs_strtol, cs_strtoul, cs_atol - numbers of 32 bits, as a long's are on Windows.
 *
 * Returns: the number; at a range's end where it does not fit, and errno is ERANGE then.
 * Threads: safe.
 */
LONG cs_strtol(const char *s, char **end, int base) CS_EXPORT(cs_strtol);
ULONG cs_strtoul(const char *s, char **end, int base) CS_EXPORT(cs_strtoul);
LONG cs_atol(const char *s) CS_EXPORT(cs_atol);

/* cs_wcsspn, cs_wcscspn, cs_wcspbrk - units in front that are of a set, or are not.
 *
 * Returns: how many; wcspbrk where the first of the set is, or NULL.
 * Threads: safe.
 */
size_t cs_wcsspn(const WCHAR *s, const WCHAR *set) CS_EXPORT(cs_wcsspn);
size_t cs_wcscspn(const WCHAR *s, const WCHAR *set) CS_EXPORT(cs_wcscspn);
WCHAR *cs_wcspbrk(const WCHAR *s, const WCHAR *set) CS_EXPORT(cs_wcspbrk);

/* cs_wcstok - the next word between units of a set, ended with a zero in place.
 *
 * s is NULL for every word but the first; *rest is where the search goes on.
 *
 * Returns: the word; NULL behind the last.
 * Threads: safe.
 */
WCHAR *cs_wcstok(WCHAR *s, const WCHAR *set, WCHAR **rest) CS_EXPORT(cs_wcstok);

/* cs_wcstod - a number, as strtod; end may be NULL.
 *
 * Returns: the number.
 * Threads: safe.
 */
double cs_wcstod(const WCHAR *s, WCHAR **end) CS_EXPORT(cs_wcstod);

/* cs_wmemcpy, cs_wmemmove, cs_wmemset, cs_wmemcmp, cs_wmemchr - blocks of n units.
 *
 * Returns: to; wmemcmp less than, equal to or more than 0; wmemchr where the unit is, or NULL.
 * Threads: safe.
 */
WCHAR *cs_wmemcpy(WCHAR *to, const WCHAR *from, size_t n) CS_EXPORT(cs_wmemcpy);
WCHAR *cs_wmemmove(WCHAR *to, const WCHAR *from, size_t n) CS_EXPORT(cs_wmemmove);
WCHAR *cs_wmemset(WCHAR *to, WCHAR c, size_t n) CS_EXPORT(cs_wmemset);
int cs_wmemcmp(const WCHAR *a, const WCHAR *b, size_t n) CS_EXPORT(cs_wmemcmp);
WCHAR *cs_wmemchr(const WCHAR *s, WCHAR c, size_t n) CS_EXPORT(cs_wmemchr);

/* cs_mbstowcs, cs_wcstombs - UTF-8 to UTF-16 and back.
 *
 * At most n units or bytes are stored, whole characters, and the zero where it fits. to may be
 * NULL.
 *
 * Returns: how many were stored, or would be, without the zero; (size_t)-1 where the text is not
 * well-formed, and errno is EILSEQ then.
 * Threads: safe.
 */
size_t cs_mbstowcs(WCHAR *to, const char *from, size_t n) CS_EXPORT(cs_mbstowcs);
size_t cs_wcstombs(char *to, const WCHAR *from, size_t n) CS_EXPORT(cs_wcstombs);

/* cs_putws, cs_fputws - print wide text as UTF-8; putws adds a line feed.
 *
 * Returns: 0 or more; EOF on failure.
 * Threads: safe.
 */
int cs_putws(const WCHAR *s) CS_EXPORT(cs_putws);
int cs_fputws(const WCHAR *s, FILE *f) CS_EXPORT(cs_fputws);

/* cs_fgetws - read a line of UTF-8 as wide text, at most size units with the zero.
 *
 * A line longer than that is cut, its rest dropped.
 *
 * Returns: to; NULL at the end of the file or on failure.
 * Threads: safe.
 */
WCHAR *cs_fgetws(WCHAR *to, int size, FILE *f) CS_EXPORT(cs_fgetws);

/* strcpy_s, strcat_s, strncpy_s, sprintf_s - bounded text functions.
 *
 * Where the text does not fit nothing of it is stored, to becomes empty and an error is returned;
 * on Windows the program would be ended.
 *
 * Returns: 0, EINVAL or ERANGE; sprintf_s the length, or -1.
 * Threads: safe.
 */
errno_t strcpy_s(char *to, size_t size, const char *from) CS_EXPORT(strcpy_s);
errno_t strcat_s(char *to, size_t size, const char *from) CS_EXPORT(strcat_s);
errno_t strncpy_s(char *to, size_t size, const char *from, size_t n) CS_EXPORT(strncpy_s);
int sprintf_s(char *to, size_t size, const char *fmt, ...) CS_EXPORT(sprintf_s);

/* cs_wcscpy_s, cs_wcscat_s, cs_wcsncpy_s - the same for wide text; size counts units.
 *
 * Returns: 0, EINVAL or ERANGE.
 * Threads: safe.
 */
errno_t cs_wcscpy_s(WCHAR *to, size_t size, const WCHAR *from) CS_EXPORT(cs_wcscpy_s);
errno_t cs_wcscat_s(WCHAR *to, size_t size, const WCHAR *from) CS_EXPORT(cs_wcscat_s);
errno_t cs_wcsncpy_s(WCHAR *to, size_t size, const WCHAR *from, size_t n) CS_EXPORT(cs_wcsncpy_s);

/* cs_run_wmain - call a wide main with the program's arguments.
 *
 * What the macros _tmain and wmain put into main. The arguments must be UTF-8.
 *
 * Returns: what the wide main does; EXIT_FAILURE where an argument is not UTF-8.
 * Threads: safe.
 */
int cs_run_wmain(int argc, char **argv, int (*wide_main)(int argc, WCHAR **argv))
    CS_EXPORT(cs_run_wmain);

CS_EXTERN_C_END

/* clang-format off */
#define _TRUNCATE ((size_t)-1)
#define _stricmp  strcasecmp
#define _strnicmp strncasecmp
#define _strdup   strdup
#define _snprintf snprintf

#define _wcsicmp  cs_wcsicmp
#define _wcsnicmp cs_wcsnicmp
#define _wcsdup   cs_wcsdup
#define _wtoi     cs_wtoi
#define _putws    cs_putws
#define _swprintf cs_swprintf_unsized
#define _snwprintf cs_swprintf
#define swprintf_s cs_swprintf_s
#define swscanf_s cs_swscanf_s
#define _vsnprintf vsnprintf
#define wcstok_s  cs_wcstok
#define wcscpy_s  cs_wcscpy_s
#define wcscat_s  cs_wcscat_s
#define wcsncpy_s cs_wcsncpy_s

/* countersign-cc puts these names in by itself, and only into the program's own files. */
#if __SIZEOF_WCHAR_T__ == 2 && !defined(__cplusplus) && !defined(__COUNTERSIGN_CC__)
#define wcslen(s)             cs_wcslen(s)
#define wcsnlen(s, n)         cs_wcsnlen(s, n)
#define wcscpy(to, from)      cs_wcscpy(to, from)
#define wcsncpy(to, from, n)  cs_wcsncpy(to, from, n)
#define wcscat(to, from)      cs_wcscat(to, from)
#define wcsncat(to, from, n)  cs_wcsncat(to, from, n)
#define wcscmp(a, b)          cs_wcscmp(a, b)
#define wcsncmp(a, b, n)      cs_wcsncmp(a, b, n)
#define wcschr(s, c)          cs_wcschr(s, c)
#define wcsrchr(s, c)         cs_wcsrchr(s, c)
#define wcsstr(s, find)       cs_wcsstr(s, find)
#define wcstol(s, end, base)  cs_wcstol(s, end, base)
#define wcstoul(s, end, base) cs_wcstoul(s, end, base)
#define wprintf(...)          cs_wprintf(__VA_ARGS__)
#define fwprintf(...)         cs_fwprintf(__VA_ARGS__)
#define vfwprintf(f, fmt, ap) cs_vfwprintf(f, fmt, ap)
#define swprintf(...)         cs_swprintf(__VA_ARGS__)
#define vswprintf(to, n, fmt, ap) cs_vswprintf(to, n, fmt, ap)
#define fputws(s, f)          cs_fputws(s, f)
#define fgetws(to, n, f)      cs_fgetws(to, n, f)
#define printf(...)           cs_printf(__VA_ARGS__)
#define fprintf(...)          cs_fprintf(__VA_ARGS__)
#define snprintf(...)         cs_snprintf(__VA_ARGS__)
#define sprintf(...)          cs_sprintf(__VA_ARGS__)
#define vprintf(fmt, ap)      cs_vprintf(fmt, ap)
#define vfprintf(f, fmt, ap)  cs_vfprintf(f, fmt, ap)
#define vsprintf(to, fmt, ap) cs_vsprintf(to, fmt, ap)
#define vsnprintf(to, n, fmt, ap) cs_vsnprintf(to, n, fmt, ap)
#define vwprintf(fmt, ap)     cs_vwprintf(fmt, ap)
#define wcsspn(s, set)        cs_wcsspn(s, set)
#define wcscspn(s, set)       cs_wcscspn(s, set)
#define wcspbrk(s, set)       cs_wcspbrk(s, set)
#define wcstok(s, set, rest)  cs_wcstok(s, set, rest)
#define wcstod(s, end)        cs_wcstod(s, end)
#define wmemcpy(to, from, n)  cs_wmemcpy(to, from, n)
#define wmemmove(to, from, n) cs_wmemmove(to, from, n)
#define wmemset(to, c, n)     cs_wmemset(to, c, n)
#define wmemcmp(a, b, n)      cs_wmemcmp(a, b, n)
#define wmemchr(s, c, n)      cs_wmemchr(s, c, n)
#define mbstowcs(to, from, n) cs_mbstowcs(to, from, n)
#define wcstombs(to, from, n) cs_wcstombs(to, from, n)
#define swscanf(...)          cs_swscanf(__VA_ARGS__)
#endif

/* A program whose main is wide also gets the main that the system starts. */
#ifdef __cplusplus
#define CS_DECLARE_WMAIN wmain(int, WCHAR **);
#else
#define CS_DECLARE_WMAIN wmain();
#endif
#define CS_WMAIN                                                                                   \
    CS_DECLARE_WMAIN                                                                               \
    int main(int cs_argc, char **cs_argv)                                                          \
    {                                                                                              \
        return cs_run_wmain(cs_argc, cs_argv, (int (*)(int, WCHAR **))wmain);                      \
    }                                                                                              \
    int wmain
#define wmain CS_WMAIN
/* clang-format on */

#endif
