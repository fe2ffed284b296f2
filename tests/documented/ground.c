/* SPDX-License-Identifier: Apache-2.0
 * ground.c - written as Windows programs are: TCHAR, _t functions, FormatMessage, LocalAlloc.
 *
 * Compiled narrow, wide with char16_t and wide with -fshort-wchar; all three print the same.
 */
#ifdef UNICODE
#define _UNICODE
#endif

#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>
#include <windows.h>
#include <winsock2.h>

#define SECURITY_WIN32
#include <security.h>

static void PrintError(LPCTSTR pszWhat, DWORD dwError)
{
    LPTSTR pszMessage = NULL;

    if (!FormatMessage(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
                           FORMAT_MESSAGE_IGNORE_INSERTS,
                       NULL, dwError, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT),
                       (LPTSTR)&pszMessage, 0, NULL)) {
        _tprintf(TEXT("FormatMessage failed: %u\n"), GetLastError());
        return;
    }
    _tprintf(TEXT("%s: 0x%08x: %s"), pszWhat, dwError, pszMessage);
    LocalFree(pszMessage);
}

static void ListPackages(void)
{
    PSecPkgInfo pInfo = NULL;
    ULONG cPackages = 0;
    ULONG i;

    if (EnumerateSecurityPackages(&cPackages, &pInfo) != SEC_E_OK)
        exit(1);
    for (i = 0; i < cPackages; i++)
        _tprintf(TEXT("package %u: %s\n"), i, pInfo[i].Name);
    FreeContextBuffer(pInfo);
}

static void TryStrings(void)
{
    TCHAR szBuffer[MAX_PATH];
    LPTSTR pszCopy = NULL;
    DWORD_PTR args[2];

    ZeroMemory(szBuffer, sizeof(szBuffer));
    _tcscpy_s(szBuffer, MAX_PATH, _T("one"));
    _tcscat_s(szBuffer, MAX_PATH, _T(" two"));
    _tprintf(_T("[%-9s] %d characters\n"), szBuffer, (int)_tcslen(szBuffer));
    _stprintf_s(szBuffer, MAX_PATH, _T("%s/%s:%u"), _T("ldap"), _T("host"), 389);
    _tprintf(_T("%s %s\n"), szBuffer, _tcschr(szBuffer, _T('/')) + 1);
    pszCopy = (LPTSTR)LocalAlloc(LPTR, (lstrlen(szBuffer) + 1) * sizeof(TCHAR));
    if (!pszCopy)
        exit(1);
    lstrcpy(pszCopy, szBuffer);
    _tprintf(_T("%s\n"), _tcsicmp(pszCopy, _T("LDAP/HOST:389")) == 0 ? _T("same") : _T("other"));
    LocalFree(pszCopy);
    args[0] = (DWORD_PTR) _T("first");
    args[1] = 7;
    if (!FormatMessage(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY,
                       _T("%2!03d! %1%n"), 0, 0, szBuffer, MAX_PATH, (va_list *)args))
        exit(1);
    _tprintf(_T("%s"), szBuffer);
}

int _tmain(int argc, TCHAR *argv[])
{
    TCHAR szHost[256];
    DWORD cchHost = 256;
    PSecPkgInfo pInfo = NULL;
    SECURITY_STATUS ss;
    WSADATA wsaData;

    if (argc != 2 || WSAStartup(MAKEWORD(2, 2), &wsaData) != 0)
        return 2;
    _tprintf(_T("argument: %s\n"), argv[1]);
    ListPackages();
    TryStrings();
    ss = QuerySecurityPackageInfo(_T("NoSuchPackage"), &pInfo);
    PrintError(_T("QuerySecurityPackageInfo"), (DWORD)ss);
    PrintError(TEXT("a file"), ERROR_FILE_NOT_FOUND);
    if (!GetComputerNameEx(ComputerNameDnsFullyQualified, szHost, &cchHost))
        PrintError(_T("GetComputerNameEx"), GetLastError());
    _tprintf(_T("host: %s\n"), szHost);
#if defined(UNICODE) && __SIZEOF_WCHAR_T__ == 2
    wprintf(L"wide: %s %hs %ld\n", L"text", "narrow", (LONG)-1);
    printf("narrow: %ls %s %lu\n", L"text", "narrow", (DWORD)4294967295U);
    if (wcslen(L"four") != 4 || wcscmp(argv[1], L"h\u00e9llo") != 0)
        return 1;
#else
    printf("wide: text narrow -1\n");
    printf("narrow: text narrow 4294967295\n");
#endif
    WSACleanup();
    return 0;
}
