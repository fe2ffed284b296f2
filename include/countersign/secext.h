/* SPDX-License-Identifier: Apache-2.0
 * secext.h - names of users and computers in the directory's forms.
 *
 * Source: desktop-src/SecAuthN, secext.h
 */
#ifndef COUNTERSIGN_SECEXT_H
#define COUNTERSIGN_SECEXT_H

#include "cslink.h"
#include "winerror.h"
#include "wintypes.h"

typedef enum _EXTENDED_NAME_FORMAT {
    NameUnknown = 0,
    NameFullyQualifiedDN = 1,
    NameSamCompatible = 2,
    NameDisplay = 3,
    NameUniqueId = 6,
    NameCanonical = 7,
    NameUserPrincipal = 8,
    NameCanonicalEx = 9,
    NameServicePrincipal = 10,
    NameDnsDomain = 12,
    NameGivenName = 13,
    NameSurname = 14
} EXTENDED_NAME_FORMAT,
    *PEXTENDED_NAME_FORMAT;

CS_EXTERN_C_BEGIN

/* GetComputerObjectNameA, GetComputerObjectNameW - this host's account in a form asked for.
 *
 * Asks the directory with the caller's own credentials; in countersign-directory. NameFormat is
 * any but NameUnknown; NameServicePrincipal, NameGivenName and NameSurname a computer does not
 * have. *nSize is the buffer's size in characters and becomes that of the name, the zero counted;
 * lpNameBuffer NULL asks for it, and succeeds.
 *
 * Returns: nonzero; 0 on failure, and GetLastError says ERROR_INSUFFICIENT_BUFFER (*nSize is the
 * size needed), ERROR_INVALID_PARAMETER, ERROR_NONE_MAPPED, ERROR_DS_NO_SUCH_OBJECT (the host has
 * no account), or what DsBind returns.
 * Threads: safe.
 * Source: secext.h, GetComputerObjectNameW
 */
BOOLEAN GetComputerObjectNameA(EXTENDED_NAME_FORMAT NameFormat, LPSTR lpNameBuffer, PULONG nSize)
    CS_EXPORT(GetComputerObjectNameA);
BOOLEAN GetComputerObjectNameW(EXTENDED_NAME_FORMAT NameFormat, LPWSTR lpNameBuffer, PULONG nSize)
    CS_EXPORT(GetComputerObjectNameW);

#ifdef UNICODE
#define GetComputerObjectName GetComputerObjectNameW
#else
#define GetComputerObjectName GetComputerObjectNameA
#endif

CS_EXTERN_C_END

#endif
