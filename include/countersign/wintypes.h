/* SPDX-License-Identifier: Apache-2.0
 * wintypes.h - Windows' basic types at their exact widths, on every POSIX system.
 *
 * DWORD is uint32_t and LONG is int32_t: Windows is LLP64, Unix LP64, and a plain long would
 * silently be 64 bits. WCHAR is char16_t, so that u"text" is a WCHAR literal; under -fshort-wchar
 * it is wchar_t, and L"text" is. The A form of every function is UTF-8.
 *
 * In C the address of a long where a LONG's is expected is an error from here on, as it is in C++:
 * what is written there would be half of the program's variable, or what stands beside it.
 *
 * Source: desktop-src/WinProg/windows-data-types.md
 */
#ifndef COUNTERSIGN_WINTYPES_H
#define COUNTERSIGN_WINTYPES_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#ifndef __cplusplus
#include <assert.h>
#include <uchar.h>
#endif

#include "cslink.h"

#if defined(__GNUC__) && !defined(__cplusplus)
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#endif

#if !defined(UNICODE) && defined(_UNICODE)
#define UNICODE
#endif

/* Calling-convention and annotation words mean nothing here. */
#define WINAPI
#define APIENTRY
#define CALLBACK
#define WINAPIV
#define PASCAL
#define FAR
#define NEAR
#define CONST const
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __fastcall
#define __fastcall
#endif
#define _cdecl
#define _stdcall
#define _fastcall
#ifndef __forceinline
#define __forceinline inline __attribute__((always_inline))
#endif

/* __declspec(thread) and the others that mean something; naked and uuid do not compile. */
#ifndef __declspec
#define __declspec(word) CS_DECLSPEC_##word
#endif
#define CS_DECLSPEC_align(n) __attribute__((aligned(n)))
#define CS_DECLSPEC_deprecated __attribute__((deprecated))
#define CS_DECLSPEC_dllexport __attribute__((visibility("default")))
#define CS_DECLSPEC_dllimport
#define CS_DECLSPEC_noinline __attribute__((noinline))
#define CS_DECLSPEC_noreturn __attribute__((noreturn))
#define CS_DECLSPEC_nothrow
#define CS_DECLSPEC_restrict
#define CS_DECLSPEC_selectany __attribute__((weak))
#ifdef __cplusplus
#define CS_DECLSPEC_thread thread_local
#else
#define CS_DECLSPEC_thread _Thread_local
#endif

/* Types by their number of bits; unsigned may stand before them. */
#ifndef __int64
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 __INT64_TYPE__
#endif
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#ifndef VOID
#define VOID void
#endif

#if __SIZEOF_WCHAR_T__ == 2
typedef wchar_t WCHAR;
#else
typedef char16_t WCHAR;
#endif

typedef char CHAR, *PCHAR, *LPCH, *PCH;
typedef signed char INT8, *PINT8;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE, *LPBYTE, UINT8, *PUINT8, BOOLEAN, *PBOOLEAN;
typedef int16_t SHORT, *PSHORT, INT16, *PINT16;
typedef uint16_t USHORT, *PUSHORT, WORD, *PWORD, *LPWORD, UINT16, *PUINT16;
typedef int32_t INT, *PINT, *LPINT, LONG, *PLONG, *LPLONG, INT32, *PINT32, LONG32, *PLONG32;
typedef int32_t BOOL, *PBOOL, *LPBOOL;
typedef uint32_t UINT, *PUINT, *LPUINT, ULONG, *PULONG, DWORD, *PDWORD, *LPDWORD;
typedef uint32_t UINT32, *PUINT32, ULONG32, *PULONG32, DWORD32, *PDWORD32;
typedef int64_t LONGLONG, *PLONGLONG, INT64, *PINT64, LONG64, *PLONG64;
typedef uint64_t ULONGLONG, *PULONGLONG, UINT64, *PUINT64, ULONG64, *PULONG64;
typedef uint64_t DWORDLONG, *PDWORDLONG, DWORD64, *PDWORD64;
typedef intptr_t INT_PTR, *PINT_PTR, LONG_PTR, *PLONG_PTR, SSIZE_T, *PSSIZE_T;
typedef uintptr_t UINT_PTR, *PUINT_PTR, ULONG_PTR, *PULONG_PTR, DWORD_PTR, *PDWORD_PTR;
typedef uintptr_t SIZE_T, *PSIZE_T;
typedef float FLOAT;
typedef double DOUBLE;

typedef void *PVOID, *LPVOID, *HANDLE, **PHANDLE, **LPHANDLE;
typedef const void *LPCVOID, *PCVOID;
typedef HANDLE HLOCAL, HGLOBAL, HMODULE, HINSTANCE;

typedef CHAR *PSTR, *LPSTR;
typedef const CHAR *PCSTR, *LPCSTR, *LPCCH;
typedef WCHAR *PWSTR, *LPWSTR, *PWCHAR, *PWCH, *LPWCH;
typedef const WCHAR *PCWSTR, *LPCWSTR, *LPCWCH;

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR, TBYTE, *PTBYTE;
typedef LPWSTR PTSTR, LPTSTR;
typedef LPCWSTR PCTSTR, LPCTSTR;
#else
typedef char TCHAR, *PTCHAR;
typedef unsigned char TBYTE, *PTBYTE;
typedef LPSTR PTSTR, LPTSTR;
typedef LPCSTR PCTSTR, LPCTSTR;
#endif

/* A literal of WCHARs, and one in the form TCHAR has. */
#if __SIZEOF_WCHAR_T__ == 2
#define CS_WIDE(quote) L##quote
#else
#define CS_WIDE(quote) u##quote
#endif
#ifdef UNICODE
#define CS_TEXT(quote) CS_WIDE(quote)
#else
#define CS_TEXT(quote) quote
#endif
#ifndef TEXT
#define TEXT(quote) CS_TEXT(quote)
#endif

typedef LONG HRESULT;
typedef LONG NTSTATUS;
typedef LONG SECURITY_STATUS;

typedef struct _GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID, *LPGUID, UUID, CLSID, IID;
typedef const GUID *LPCGUID;

typedef union _LARGE_INTEGER {
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    __extension__ struct {
        DWORD LowPart;
        LONG HighPart;
    };
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    struct {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    __extension__ struct {
        DWORD LowPart;
        DWORD HighPart;
    };
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

typedef struct _SYSTEMTIME {
    WORD wYear;
    WORD wMonth;
    WORD wDayOfWeek;
    WORD wDay;
    WORD wHour;
    WORD wMinute;
    WORD wSecond;
    WORD wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

typedef struct _LUID {
    DWORD LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _SECURITY_ATTRIBUTES {
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

#define MAX_PATH 260
#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)
#define INFINITE 0xFFFFFFFFU

#define MAKEWORD(low, high) ((WORD)(((BYTE)(low)) | ((WORD)((BYTE)(high))) << 8))
#define MAKELONG(low, high) ((LONG)(((WORD)(low)) | ((DWORD)((WORD)(high))) << 16))
#define LOBYTE(w) ((BYTE)((w)&0xff))
#define HIBYTE(w) ((BYTE)(((w) >> 8) & 0xff))
#define LOWORD(l) ((WORD)((l)&0xffff))
#define HIWORD(l) ((WORD)(((l) >> 16) & 0xffff))

static_assert(sizeof(WCHAR) == 2, "WCHAR is a UTF-16 unit");
static_assert(sizeof(LONG) == 4 && sizeof(DWORD) == 4 && sizeof(BOOL) == 4, "LLP64");
static_assert(sizeof(LONGLONG) == 8 && sizeof(ULONG_PTR) == sizeof(void *), "LLP64");
static_assert(sizeof(GUID) == 16 && sizeof(LARGE_INTEGER) == 8 && sizeof(FILETIME) == 8,
              "sizes of the documentation's structures");

#endif
