/* SPDX-License-Identifier: Apache-2.0
 * text.c - Windows source as it is: wide literals, TCHAR, the C library's wide functions.
 *
 * Prints the same narrow and with UNICODE.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>
#include <wchar.h>
#include <wctype.h>
#include <windows.h>

static void Report(LPCTSTR pszWhat, DWORD dwError)
{
    LPTSTR pszText = NULL;

    FormatMessage(
        FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
        NULL, dwError, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), (LPTSTR)&pszText, 0, NULL);
    _tprintf(TEXT("%s failed with error %lu: %s"), pszWhat, dwError, pszText);
    LocalFree(pszText);
}

static int Compare(const wchar_t *a, const wchar_t *b, int (*how)(const wchar_t *, const wchar_t *))
{
    int n = how(a, b);

    return n < 0 ? -1 : n > 0;
}

static void Wide(void)
{
    wchar_t buf[80] = L"h\u00e9llo";
    WCHAR *pwsz = buf;
    wchar_t *end = NULL, *rest = NULL;
    wchar_t words[] = L"one, two;three";
    char narrow[32];
    WCHAR one[32] = L"";
    long n = 0;

    wcscat(buf, L", w\x00f6rld");
    wprintf(L"%s: %d units of %d bytes, %c%lc\n", buf, (int)wcslen(buf), (int)sizeof buf[0], L'x',
            L'\u00fc');
    wprintf(L"%ls %hs %S %ld %lx %I64d\n", pwsz, "narrow", "capital", -5L, 0xFFFFFFFFUL, 1LL << 40);
    printf("%ls %S %ws %hs\n", buf, buf, buf, "narrow");
    printf("%d %d %d\n", Compare(L"a", L"b", wcscmp), Compare(L"b", L"a", wcscmp),
           Compare(L"a", L"a", wcscmp));
    n = wcstol(L"-123abc", &end, 10);
    printf("%ld %lu\n", n, wcstoul(L"ff", NULL, 16));
    wprintf(L"%s %c\n", end, (wchar_t)towupper(L'q'));
    swprintf(buf, 80, L"[%5ld][%-5ls][%.2s]", 42L, L"ab", L"xyz");
    _putws(buf);
    if (swscanf(L"77 word", L"%ld %s", &n, one) != 2)
        return;
    printf("%ls\n", one);
    for (pwsz = wcstok(words, L",; ", &rest); pwsz; pwsz = wcstok(NULL, L",; ", &rest))
        wprintf(L"<%s>", pwsz);
    printf(" %ld\n", n);
    n = (long)wcstombs(narrow, L"back \u20ac", sizeof narrow);
    printf("%ld %s\n", n, narrow);
    n = (long)mbstowcs(one, "\xc3\xa9t\xc3\xa9", 32);
    printf("%ld %d\n", n, one[0] == 0xe9 && one[3] == 0);
    wmemset(one, L'-', 3);
    one[3] = L'\0';
    printf("%ls %d %d\n", wcschr(L"find-me", L'-'), (int)wcscspn(L"abc,d", L","),
           _wcsicmp(L"SAME", L"same") | wcscoll(L"a", L"a"));
}

int _tmain(int argc, _TCHAR *argv[])
{
    TCHAR szBuffer[MAX_PATH];
    LPCTSTR pszName = argc > 1 ? argv[1] : _T("none");
    unsigned long i;
    long n = 0;

    for (i = 0; i < 2UL; i++)
        _tprintf(_T("%lu: %s\n"), i, pszName);
    _stprintf_s(szBuffer, MAX_PATH, _T("%ld/%lu %s"), -7L, GetLastError(), _T("text"));
    _tprintf(_T("%s %d\n"), szBuffer, (int)_tcslen(szBuffer));
    _tprintf(_T("%d\n"), _stscanf(_T("31 x"), _T("%ld"), &n) == 1 && n == 31);
    Report(TEXT("OpenThing"), ERROR_ACCESS_DENIED);
    Wide();
    return 0;
}
