/* SPDX-License-Identifier: Apache-2.0
 * windows.h - the Win32 ground documented source for these functions stands on.
 *
 * Not an emulation of Windows: what such programs use besides security, directory and RPC. The A
 * form is UTF-8.
 */
#ifndef COUNTERSIGN_WINDOWS_H
#define COUNTERSIGN_WINDOWS_H

#include <stdarg.h>
#include <string.h>

#include "cscrt.h"
#include "cslink.h"
#include "interlockedapi.h"
#include "processthreadsapi.h"
#include "synchapi.h"
#include "winerror.h"
#include "wintypes.h"

/* Annotations of parameters mean nothing here. */
#ifndef __cplusplus /* whose library has parameters of these names */
#define __in
#define __out
#define __inout
#define __in_opt
#define __out_opt
#endif
#define _In_
#define _In_opt_
#define _Out_
#define _Out_opt_
#define _Inout_
#define _Inout_opt_
#define UNREFERENCED_PARAMETER(p) ((void)(p))

#define FillMemory(to, n, byte) memset((to), (byte), (n))
#define ZeroMemory(to, n) memset((to), 0, (n))
#define CopyMemory(to, from, n) memcpy((to), (from), (n))
#define MoveMemory(to, from, n) memmove((to), (from), (n))
#define RtlZeroMemory ZeroMemory
#define RtlCopyMemory CopyMemory
#define RtlMoveMemory MoveMemory

CS_EXTERN_C_BEGIN

/* GetLastError - why the thread's last failing function failed.
 *
 * Functions of these headers set it where their page says so; after a socket call, see
 * WSAGetLastError.
 *
 * Returns: an ERROR_ value.
 * Threads: concerns the calling thread only.
 * Source: errhandlingapi.h, GetLastError
 */
DWORD GetLastError(void) CS_EXPORT(GetLastError);

/* SetLastError - set what GetLastError says.
 *
 * Threads: concerns the calling thread only.
 * Source: errhandlingapi.h, SetLastError
 */
void SetLastError(DWORD dwErrCode) CS_EXPORT(SetLastError);

#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x00000100
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200
#define FORMAT_MESSAGE_FROM_STRING 0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE 0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x00002000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0x000000FF

#define LANG_NEUTRAL 0x00
#define LANG_ENGLISH 0x09
#define SUBLANG_NEUTRAL 0x00
#define SUBLANG_DEFAULT 0x01
#define MAKELANGID(primary, sub) ((WORD)(((WORD)(sub)) << 10 | (WORD)(primary)))

/* FormatMessageA, FormatMessageW - the text of a status or error value, or of a template.
 *
 * FROM_SYSTEM knows the values of winerror.h in English, whatever language is asked; the texts
 * end with a carriage return and a line feed. FROM_STRING takes lpSource. Inserts (%1, %1!d!,
 * %n, %%, %0) are filled from a va_list or, with ARGUMENT_ARRAY, an array of DWORD_PTR.
 * With ALLOCATE_BUFFER lpBuffer is the address of a pointer, and the text is freed with
 * LocalFree. FROM_HMODULE is not supported. Of the width mask only 0xFF (no line breaks of the
 * text's own) is understood.
 *
 * Returns: the length in characters without the zero; 0 on failure, and GetLastError says
 * ERROR_MR_MID_NOT_FOUND, ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER,
 * ERROR_NOT_ENOUGH_MEMORY or ERROR_NOT_SUPPORTED.
 * Threads: safe.
 * Source: winbase.h, FormatMessage
 */
DWORD FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                     LPSTR lpBuffer, DWORD nSize, va_list *Arguments) CS_EXPORT(FormatMessageA);
DWORD FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                     LPWSTR lpBuffer, DWORD nSize, va_list *Arguments) CS_EXPORT(FormatMessageW);

#define LMEM_FIXED 0x0000
#define LMEM_ZEROINIT 0x0040
#define LPTR (LMEM_FIXED | LMEM_ZEROINIT)

/* LocalAlloc - memory; LPTR or LMEM_ZEROINIT fills it with zeros.
 *
 * Only fixed memory exists. Freed with LocalFree.
 *
 * Returns: the memory; NULL on failure (ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER).
 * Threads: safe.
 * Source: winbase.h, LocalAlloc
 */
HLOCAL LocalAlloc(UINT uFlags, SIZE_T uBytes) CS_EXPORT(LocalAlloc);

/* LocalFree - free memory of LocalAlloc and of functions that say so.
 *
 * Returns: NULL.
 * Threads: safe.
 * Source: winbase.h, LocalFree
 */
HLOCAL LocalFree(HLOCAL hMem) CS_EXPORT(LocalFree);

#define HEAP_NO_SERIALIZE 0x00000001
#define HEAP_GENERATE_EXCEPTIONS 0x00000004
#define HEAP_ZERO_MEMORY 0x00000008

/* GetProcessHeap - the one heap there is.
 *
 * Returns: its handle, for HeapAlloc and HeapFree.
 * Threads: safe.
 * Source: heapapi.h, GetProcessHeap
 */
HANDLE GetProcessHeap(void) CS_EXPORT(GetProcessHeap);

/* HeapAlloc - memory; HEAP_ZERO_MEMORY fills it with zeros.
 *
 * Freed with HeapFree. HEAP_GENERATE_EXCEPTIONS is refused.
 *
 * Returns: the memory; NULL on failure (ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER).
 * Threads: safe.
 * Source: heapapi.h, HeapAlloc
 */
LPVOID HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes) CS_EXPORT(HeapAlloc);

/* HeapFree - free memory of HeapAlloc; NULL is accepted.
 *
 * Returns: TRUE; FALSE for a wrong heap (ERROR_INVALID_HANDLE).
 * Threads: safe.
 * Source: heapapi.h, HeapFree
 */
BOOL HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem) CS_EXPORT(HeapFree);

/* SecureZeroMemory - zeros that no optimizer removes.
 *
 * Returns: ptr.
 * Threads: safe.
 * Source: winbase.h, SecureZeroMemory
 */
PVOID SecureZeroMemory(PVOID ptr, SIZE_T cnt) CS_EXPORT(SecureZeroMemory);

/* CloseHandle - end a handle: an event's, mutex's, semaphore's or thread's, or a token of
 * QuerySecurityContextToken.
 *
 * The object goes with its last handle; a thread runs on. The pseudo handle of
 * GetCurrentThread is left alone; that of GetCurrentProcess is INVALID_HANDLE_VALUE, and refused.
 *
 * Returns: TRUE; FALSE for a handle that is stale or invented (ERROR_INVALID_HANDLE).
 * Threads: safe, also while other threads use the handle.
 * Source: handleapi.h, CloseHandle
 */
BOOL CloseHandle(HANDLE hObject) CS_EXPORT(CloseHandle);

/* QueryPerformanceCounter, QueryPerformanceFrequency - a clock for short times.
 *
 * The monotonic clock, in units of 100 nanoseconds.
 *
 * Returns: TRUE.
 * Threads: safe.
 * Source: profileapi.h, QueryPerformanceCounter
 */
BOOL QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount) CS_EXPORT(QueryPerformanceCounter);
BOOL QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency) CS_EXPORT(QueryPerformanceFrequency);

/* GetTickCount, GetTickCount64 - milliseconds of the monotonic clock.
 *
 * The first starts again at 0 after 49.7 days.
 *
 * Returns: the milliseconds.
 * Threads: safe.
 * Source: sysinfoapi.h, GetTickCount64
 */
DWORD GetTickCount(void) CS_EXPORT(GetTickCount);
ULONGLONG GetTickCount64(void) CS_EXPORT(GetTickCount64);

#define MAX_COMPUTERNAME_LENGTH 15
#define UNLEN 256

typedef enum _COMPUTER_NAME_FORMAT {
    ComputerNameNetBIOS,
    ComputerNameDnsHostname,
    ComputerNameDnsDomain,
    ComputerNameDnsFullyQualified,
    ComputerNamePhysicalNetBIOS,
    ComputerNamePhysicalDnsHostname,
    ComputerNamePhysicalDnsDomain,
    ComputerNamePhysicalDnsFullyQualified,
    ComputerNameMax
} COMPUTER_NAME_FORMAT;

/* GetComputerNameA, GetComputerNameW - this host's NetBIOS name.
 *
 * *nSize is the buffer's size in characters, and becomes the length without the zero; when it is
 * too small it becomes the size needed.
 *
 * Returns: TRUE; FALSE on failure (ERROR_BUFFER_OVERFLOW, ERROR_INVALID_PARAMETER).
 * Threads: safe.
 * Source: winbase.h, GetComputerNameW
 */
BOOL GetComputerNameA(LPSTR lpBuffer, LPDWORD nSize) CS_EXPORT(GetComputerNameA);
BOOL GetComputerNameW(LPWSTR lpBuffer, LPDWORD nSize) CS_EXPORT(GetComputerNameW);

/* GetComputerNameExA, GetComputerNameExW - this host's name in a form asked for.
 *
 * The full DNS name is COUNTERSIGN_HOSTNAME from the environment where that is set (a program in a
 * private realm), else the host name when it has a dot, else what /etc/hosts calls it; no
 * server is asked. lpBuffer may be NULL with *nSize 0.
 *
 * Returns: TRUE; FALSE on failure (ERROR_MORE_DATA with *nSize the size needed;
 * ERROR_INVALID_PARAMETER).
 * Threads: safe.
 * Source: sysinfoapi.h, GetComputerNameExW
 */
BOOL GetComputerNameExA(COMPUTER_NAME_FORMAT NameType, LPSTR lpBuffer, LPDWORD nSize)
    CS_EXPORT(GetComputerNameExA);
BOOL GetComputerNameExW(COMPUTER_NAME_FORMAT NameType, LPWSTR lpBuffer, LPDWORD nSize)
    CS_EXPORT(GetComputerNameExW);

/* GetUserNameA, GetUserNameW - the user this thread acts as.
 *
 * Under ImpersonateSecurityContext the client's name without its realm, else the process's user.
 * *pcbBuffer is the buffer's size in characters and becomes that of the name, the zero counted.
 *
 * Returns: TRUE; FALSE on failure (ERROR_INSUFFICIENT_BUFFER with *pcbBuffer the size needed;
 * ERROR_INVALID_PARAMETER; ERROR_NO_SUCH_USER).
 * Threads: safe.
 * Source: winbase.h, GetUserNameW
 */
BOOL GetUserNameA(LPSTR lpBuffer, LPDWORD pcbBuffer) CS_EXPORT(GetUserNameA);
BOOL GetUserNameW(LPWSTR lpBuffer, LPDWORD pcbBuffer) CS_EXPORT(GetUserNameW);

/* lstrlenA, lstrlenW - length in characters; 0 for NULL.
 *
 * Returns: the length.
 * Threads: safe.
 * Source: winbase.h, lstrlenW
 */
int lstrlenA(LPCSTR lpString) CS_EXPORT(lstrlenA);
int lstrlenW(LPCWSTR lpString) CS_EXPORT(lstrlenW);

/* lstrcpyA, lstrcpyW, lstrcpynA, lstrcpynW, lstrcatA, lstrcatW - copy and append.
 *
 * The n forms store at most iMaxLength characters with the zero.
 *
 * Returns: lpString1; NULL when a pointer is NULL.
 * Threads: safe.
 * Source: winbase.h, lstrcpyW, lstrcpynW, lstrcatW
 */
LPSTR lstrcpyA(LPSTR lpString1, LPCSTR lpString2) CS_EXPORT(lstrcpyA);
LPWSTR lstrcpyW(LPWSTR lpString1, LPCWSTR lpString2) CS_EXPORT(lstrcpyW);
LPSTR lstrcpynA(LPSTR lpString1, LPCSTR lpString2, int iMaxLength) CS_EXPORT(lstrcpynA);
LPWSTR lstrcpynW(LPWSTR lpString1, LPCWSTR lpString2, int iMaxLength) CS_EXPORT(lstrcpynW);
LPSTR lstrcatA(LPSTR lpString1, LPCSTR lpString2) CS_EXPORT(lstrcatA);
LPWSTR lstrcatW(LPWSTR lpString1, LPCWSTR lpString2) CS_EXPORT(lstrcatW);

/* lstrcmpA, lstrcmpW, lstrcmpiA, lstrcmpiW - compare; i ignores the case of ASCII letters.
 *
 * By code, where Windows goes by the user's language. NULL comes first.
 *
 * Returns: less than, equal to or more than 0.
 * Threads: safe.
 * Source: winbase.h, lstrcmpW, lstrcmpiW
 */
int lstrcmpA(LPCSTR lpString1, LPCSTR lpString2) CS_EXPORT(lstrcmpA);
int lstrcmpW(LPCWSTR lpString1, LPCWSTR lpString2) CS_EXPORT(lstrcmpW);
int lstrcmpiA(LPCSTR lpString1, LPCSTR lpString2) CS_EXPORT(lstrcmpiA);
int lstrcmpiW(LPCWSTR lpString1, LPCWSTR lpString2) CS_EXPORT(lstrcmpiW);

#define CP_ACP 0
#define CP_UTF8 65001
#define MB_ERR_INVALID_CHARS 0x00000008
#define WC_ERR_INVALID_CHARS 0x00000080

/* MultiByteToWideChar - UTF-8 to UTF-16.
 *
 * CodePage is CP_UTF8 or CP_ACP, which here is UTF-8 too. cbMultiByte -1: the text ends with its
 * zero, which is converted as well. cchWideChar 0: nothing is stored, the size is returned. What
 * is not well-formed is refused whatever dwFlags says.
 *
 * Returns: the units stored; 0 on failure (ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER,
 * ERROR_NO_UNICODE_TRANSLATION, ERROR_NOT_ENOUGH_MEMORY).
 * Threads: safe.
 * Source: stringapiset.h, MultiByteToWideChar
 */
int MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCCH lpMultiByteStr, int cbMultiByte,
                        LPWSTR lpWideCharStr, int cchWideChar) CS_EXPORT(MultiByteToWideChar);

/* WideCharToMultiByte - UTF-16 to UTF-8.
 *
 * As MultiByteToWideChar the other way; lpDefaultChar and lpUsedDefaultChar must be NULL.
 *
 * Returns: the bytes stored; 0 on failure, with the same errors.
 * Threads: safe.
 * Source: stringapiset.h, WideCharToMultiByte
 */
int WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWCH lpWideCharStr, int cchWideChar,
                        LPSTR lpMultiByteStr, int cbMultiByte, LPCCH lpDefaultChar,
                        LPBOOL lpUsedDefaultChar) CS_EXPORT(WideCharToMultiByte);

CS_EXTERN_C_END

/* clang-format off */
#ifdef UNICODE
#define FormatMessage     FormatMessageW
#define GetComputerName   GetComputerNameW
#define GetComputerNameEx GetComputerNameExW
#define GetUserName       GetUserNameW
#define lstrlen           lstrlenW
#define lstrcpy           lstrcpyW
#define lstrcpyn          lstrcpynW
#define lstrcat           lstrcatW
#define lstrcmp           lstrcmpW
#define lstrcmpi          lstrcmpiW
#else
#define FormatMessage     FormatMessageA
#define GetComputerName   GetComputerNameA
#define GetComputerNameEx GetComputerNameExA
#define GetUserName       GetUserNameA
#define lstrlen           lstrlenA
#define lstrcpy           lstrcpyA
#define lstrcpyn          lstrcpynA
#define lstrcat           lstrcatA
#define lstrcmp           lstrcmpA
#define lstrcmpi          lstrcmpiA
#endif
/* clang-format on */

#endif
