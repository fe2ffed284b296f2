/* SPDX-License-Identifier: Apache-2.0
 * tchar.h - one name for the narrow and the wide form of the C functions documented programs use.
 *
 * With _UNICODE (or UNICODE) the wide form, else the narrow one.
 *
 * Source: desktop-src/Intl/windows-data-types-for-strings.md
 */
#ifndef COUNTERSIGN_TCHAR_H
#define COUNTERSIGN_TCHAR_H

#if defined(_UNICODE) && !defined(UNICODE)
#define UNICODE
#elif defined(UNICODE) && !defined(_UNICODE)
#define _UNICODE
#endif

#include "cscrt.h"
#include "wintypes.h"

typedef TCHAR _TCHAR;

#define _T(x) CS_TEXT(x)
#define _TEXT(x) CS_TEXT(x)

/* clang-format off */
#ifdef UNICODE
#define _tmain       CS_WMAIN
#define _tcslen      cs_wcslen
#define _tcsnlen     cs_wcsnlen
#define _tcscpy      cs_wcscpy
#define _tcsncpy     cs_wcsncpy
#define _tcscat      cs_wcscat
#define _tcsncat     cs_wcsncat
#define _tcscpy_s    cs_wcscpy_s
#define _tcscat_s    cs_wcscat_s
#define _tcsncpy_s   cs_wcsncpy_s
#define _tcscmp      cs_wcscmp
#define _tcsncmp     cs_wcsncmp
#define _tcsicmp     cs_wcsicmp
#define _tcsnicmp    cs_wcsnicmp
#define _tcschr      cs_wcschr
#define _tcsrchr     cs_wcsrchr
#define _tcsstr      cs_wcsstr
#define _tcsdup      cs_wcsdup
#define _tcstol      cs_wcstol
#define _tcstoul     cs_wcstoul
#define _ttoi        cs_wtoi
#define _tprintf     cs_wprintf
#define _ftprintf    cs_fwprintf
#define _vftprintf   cs_vfwprintf
#define _stprintf    cs_swprintf_unsized
#define _stprintf_s  cs_swprintf_s
#define _sntprintf   cs_swprintf
#define _vsntprintf  cs_vswprintf
#define _putts       cs_putws
#define _fputts      cs_fputws
#define _fgetts      cs_fgetws
#define _stscanf     cs_swscanf
#define _stscanf_s   cs_swscanf_s
#define _tcsspn      cs_wcsspn
#define _tcscspn     cs_wcscspn
#define _tcspbrk     cs_wcspbrk
#define _tcstok_s    cs_wcstok
#define _tcstod      cs_wcstod
#define _vtprintf    cs_vwprintf
#else
#define _tmain       main
#define _tcslen      strlen
#define _tcsnlen     strnlen
#define _tcscpy      strcpy
#define _tcsncpy     strncpy
#define _tcscat      strcat
#define _tcsncat     strncat
#define _tcscpy_s    strcpy_s
#define _tcscat_s    strcat_s
#define _tcsncpy_s   strncpy_s
#define _tcscmp      strcmp
#define _tcsncmp     strncmp
#define _tcsicmp     strcasecmp
#define _tcsnicmp    strncasecmp
#define _tcschr      strchr
#define _tcsrchr     strrchr
#define _tcsstr      strstr
#define _tcsdup      strdup
#define _tcstol      strtol
#define _tcstoul     strtoul
#define _ttoi        atoi
#define _tprintf     printf
#define _ftprintf    fprintf
#define _vftprintf   vfprintf
#define _stprintf    sprintf
#define _stprintf_s  sprintf_s
#define _sntprintf   snprintf
#define _vsntprintf  vsnprintf
#define _putts       puts
#define _fputts      fputs
#define _fgetts      fgets
#define _stscanf     sscanf
#define _stscanf_s   sscanf_s
#define _tcsspn      strspn
#define _tcscspn     strcspn
#define _tcspbrk     strpbrk
#define _tcstok_s    strtok_r
#define _tcstod      strtod
#define _vtprintf    vprintf
#endif
/* clang-format on */

#endif
