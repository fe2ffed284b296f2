/* SPDX-License-Identifier: Apache-2.0
 * api_string.c - lstr functions, and conversion between UTF-8 and UTF-16.
 */
#include "base/alloc.h"
#include "base/utf16.h"
#include "win32/last_error.h"

int lstrlenA(LPCSTR lpString)
{
    return lpString ? (int)strlen(lpString) : 0;
}

int lstrlenW(LPCWSTR lpString)
{
    return (int)wide_length(lpString);
}

LPSTR lstrcpyA(LPSTR lpString1, LPCSTR lpString2)
{
    if (!lpString1 || !lpString2)
        return NULL;
    return memcpy(lpString1, lpString2, strlen(lpString2) + 1);
}

LPWSTR lstrcpyW(LPWSTR lpString1, LPCWSTR lpString2)
{
    return lpString1 && lpString2 ? cs_wcscpy(lpString1, lpString2) : NULL;
}

LPSTR lstrcpynA(LPSTR lpString1, LPCSTR lpString2, int iMaxLength)
{
    if (!lpString1 || !lpString2 || iMaxLength <= 0)
        return NULL;
    (void)strncpy_s(lpString1, (size_t)iMaxLength, lpString2, _TRUNCATE);
    return lpString1;
}

LPWSTR lstrcpynW(LPWSTR lpString1, LPCWSTR lpString2, int iMaxLength)
{
    if (!lpString1 || !lpString2 || iMaxLength <= 0)
        return NULL;
    (void)cs_wcsncpy_s(lpString1, (size_t)iMaxLength, lpString2, _TRUNCATE);
    return lpString1;
}

LPSTR lstrcatA(LPSTR lpString1, LPCSTR lpString2)
{
    if (!lpString1 || !lpString2)
        return NULL;
    memcpy(lpString1 + strlen(lpString1), lpString2, strlen(lpString2) + 1);
    return lpString1;
}

LPWSTR lstrcatW(LPWSTR lpString1, LPCWSTR lpString2)
{
    return lpString1 && lpString2 ? cs_wcscat(lpString1, lpString2) : NULL;
}

/* NULL comes first, and is itself's equal. */
#define NULL_ORDER(a, b) (((a) != NULL) - ((b) != NULL))

int lstrcmpA(LPCSTR lpString1, LPCSTR lpString2)
{
    return lpString1 && lpString2 ? strcmp(lpString1, lpString2) : NULL_ORDER(lpString1, lpString2);
}

int lstrcmpW(LPCWSTR lpString1, LPCWSTR lpString2)
{
    return lpString1 && lpString2 ? cs_wcscmp(lpString1, lpString2)
                                  : NULL_ORDER(lpString1, lpString2);
}

int lstrcmpiA(LPCSTR lpString1, LPCSTR lpString2)
{
    return lpString1 && lpString2 ? strcasecmp(lpString1, lpString2)
                                  : NULL_ORDER(lpString1, lpString2);
}

int lstrcmpiW(LPCWSTR lpString1, LPCWSTR lpString2)
{
    return lpString1 && lpString2 ? cs_wcsicmp(lpString1, lpString2)
                                  : NULL_ORDER(lpString1, lpString2);
}

static int fail(enum err e)
{
    if (e == ERR_BUFFER_TOO_SMALL)
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
    else if (e == ERR_MALFORMED)
        SetLastError(ERROR_NO_UNICODE_TRANSLATION);
    else
        win32_fail(e);
    return 0;
}

/* Stores n characters of text, and its zero where the source's counted. */
static int store(const void *text, size_t n, size_t unit, bool zero, void *to, int room)
{
    n += zero;
    if (n > INT32_MAX)
        return fail(ERR_INVALID_PARAMETER);
    if (room && n > (size_t)room)
        return fail(ERR_BUFFER_TOO_SMALL);
    if (room)
        memcpy(to, text, n * unit);
    return (int)n;
}

/* A zero counted in the source is not part of the text: the conversions refuse embedded ones. */
static bool ends_with_zero(bool last_is_zero, int *n)
{
    *n -= last_is_zero;
    return last_is_zero;
}

int MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCCH lpMultiByteStr, int cbMultiByte,
                        LPWSTR lpWideCharStr, int cchWideChar)
{
    char16_t *wide = NULL;
    char *copy = NULL;
    bool zero;
    int ret;
    enum err e = ERR_NO_MEMORY;

    (void)dwFlags;
    if ((CodePage != CP_UTF8 && CodePage != CP_ACP) || !lpMultiByteStr || !cbMultiByte ||
        cbMultiByte < -1 || cchWideChar < 0 || (cchWideChar && !lpWideCharStr))
        return fail(ERR_INVALID_PARAMETER);
    if (cbMultiByte < 0)
        cbMultiByte = (int)strlen(lpMultiByteStr) + 1;
    zero = ends_with_zero(lpMultiByteStr[cbMultiByte - 1] == '\0', &cbMultiByte);
    copy = mem_strndup(lpMultiByteStr, (size_t)cbMultiByte);
    if (copy)
        e = memchr(copy, 0, (size_t)cbMultiByte) ? ERR_MALFORMED : wide_from_utf8(copy, &wide);
    ret = e ? fail(e)
            : store(wide, wide_length(wide), sizeof *wide, zero, lpWideCharStr, cchWideChar);
    mem_free(wide);
    mem_free(copy);
    return ret;
}

int WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWCH lpWideCharStr, int cchWideChar,
                        LPSTR lpMultiByteStr, int cbMultiByte, LPCCH lpDefaultChar,
                        LPBOOL lpUsedDefaultChar)
{
    char *text = NULL;
    bool zero;
    int ret;
    enum err e;

    (void)dwFlags;
    if ((CodePage != CP_UTF8 && CodePage != CP_ACP) || !lpWideCharStr || !cchWideChar ||
        cchWideChar < -1 || cbMultiByte < 0 || (cbMultiByte && !lpMultiByteStr) || lpDefaultChar ||
        lpUsedDefaultChar)
        return fail(ERR_INVALID_PARAMETER);
    if (cchWideChar < 0)
        cchWideChar = (int)wide_length(lpWideCharStr) + 1;
    zero = ends_with_zero(lpWideCharStr[cchWideChar - 1] == 0, &cchWideChar);
    e = utf8_from_wide_n(lpWideCharStr, (size_t)cchWideChar, &text);
    ret = e ? fail(e) : store(text, strlen(text), 1, zero, lpMultiByteStr, cbMultiByte);
    mem_free(text);
    return ret;
}
