/* SPDX-License-Identifier: Apache-2.0
 * numbers.c - Windows source as it is: long in every spelling, its limits, its formats.
 *
 * Compiled by countersign-cc alone: with another compiler half of it is wrong.
 */
#include <Windows.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#pragma comment(lib, "rpcrt4.lib")
#pragma warning(disable : 4996)

#define COUNT_T unsigned long
#define KILO(n) (n##UL * 1024UL)
#define FORMAT "%ld of %lu"

typedef long myint;
typedef long int row[4];

typedef struct _RECORD {
    char tag;
    long number;
    long long big;
    unsigned long int size;
    __int64 huge;
} RECORD;

static const char *pszFormat = "variable %ld %lx %I64d %s\n";

static void __cdecl Log(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprintf(format, args);
    va_end(args);
}

static long Sum(long *values, long int n)
{
    long total = 0L;
    long unsigned i;

    for (i = 0; i < (unsigned long)n; i++)
        total += values[i];
    return total;
}

static long const *First(row const *r)
{
    return &(*r)[0];
}

__declspec(noinline) static unsigned long Wrap(unsigned long x)
{
    return x + 1UL;
}

int main(void)
{
    row values = { 1, 2, 3, 4L };
    LONG lWindows = 5;
    DWORD dwError = ERROR_ACCESS_DENIED;
    long *p = &lWindows;
    unsigned long *pdw = &dwError;
    myint m = LONG_MAX;
    COUNT_T n = KILO(3);
    ULONGLONG ull = 1ULL << 40;
    int64_t wide64 = INT64_C(1) << 40;
    long double ld = 1.5L;
    char buf[64];
    long parsed = 0, other = -1;
    unsigned long hex = 0;
    __int64 i64 = 0;
    char guard[8] = "guard";

    printf("sizes %d %d %d %d %d %d\n", (int)sizeof(long), (int)sizeof(unsigned long int),
           (int)sizeof(long long), (int)sizeof(RECORD), (int)sizeof(myint), (int)sizeof(row));
    printf("%d\n", sizeof(long double) > sizeof(double) || ld == 1.5L);
    printf("%ld %lu\n", *p, *pdw);
    printf("sum %ld, first %li, wrap %lu\n", Sum(values, 4), *First(&values), Wrap(ULONG_MAX));
    printf(FORMAT "\n", m, n);
    Log("log %ld %lu %lx %08lX %5ld|%-5ld|\n", -1L, 4000000000UL, 0xFFFFFFFFL, 255L, 7L, 8L);
    Log(pszFormat, -2L, 0xABCL, i64 - 3, "text");
    printf("%I64d %I64u %I32d %lld %" PRId64 "\n", i64, ull, 5, 1LL << 33, wide64);
    sprintf(buf, "%ld|%S|%ls|%hs", -9L, L"wide", L"also", "narrow");
    puts(buf);
    printf("scanned %d\n",
           sscanf("123 -7 ff 99999999999", "%ld %li %lx %I64d", &parsed, &other, &hex, &i64));
    printf("%ld %ld %lu %I64d %s\n", parsed, other, hex, i64, guard);
    printf("%ld %ld %lu\n", strtol("99999999999", NULL, 10), atol("-99999999999"),
           strtoul("99999999999", NULL, 10));
    printf("%d %d\n", -1L < 0U, (long)0x80000000L < 0); /* unsigned and long meet as on Windows */
    printf("%ld\n", (long)time(NULL) > 0L ? 1L : 0L);
    return 0;
}
