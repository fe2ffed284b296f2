/* SPDX-License-Identifier: Apache-2.0
 * dsparse.h - service principal names and relative distinguished names as text.
 *
 * Nothing here asks a directory or a network; every function may be called by any thread. The A
 * form is UTF-8. Unlike Windows, names that carry marshalled target information, control
 * characters or bad UTF-8 are refused with ERROR_INVALID_PARAMETER.
 *
 * Pages: learn.microsoft.com/windows/win32/api/dsparse/
 */
#ifndef COUNTERSIGN_DSPARSE_H
#define COUNTERSIGN_DSPARSE_H

#include "cslink.h"
#include "winerror.h"
#include "wintypes.h"

CS_EXTERN_C_BEGIN

/* DsMakeSpnA, DsMakeSpnW - put an SPN together.
 *
 * Puts together class/instance[:port][/service].
 *
 * InstanceName NULL: ServiceName is the host ("class/host[:port]"), and where it is an IP
 * address, Referrer, if given, follows it ("class/address[:port]/referrer"). Else
 * "class/instance[:port]/service". *pcSpnLength is in characters with the terminating null, in:
 * the room, out: what the name takes.
 *
 * Returns: ERROR_SUCCESS; ERROR_BUFFER_OVERFLOW when the room is too small or pszSpn is NULL;
 * ERROR_INVALID_PARAMETER when a component is missing or holds what it may not ('/' above all);
 * ERROR_NOT_ENOUGH_MEMORY. DsMakeSpn and DsCrackSpn are each other's inverse.
 * Threads: safe.
 * Source: dsparse.h, DsMakeSpnW
 */
DWORD DsMakeSpnA(LPCSTR ServiceClass, LPCSTR ServiceName, LPCSTR InstanceName, USHORT InstancePort,
                 LPCSTR Referrer, DWORD *pcSpnLength, LPSTR pszSpn) CS_EXPORT(DsMakeSpnA);
DWORD DsMakeSpnW(LPCWSTR ServiceClass, LPCWSTR ServiceName, LPCWSTR InstanceName,
                 USHORT InstancePort, LPCWSTR Referrer, DWORD *pcSpnLength, LPWSTR pszSpn)
    CS_EXPORT(DsMakeSpnW);

/* DsCrackSpnA, DsCrackSpnW - take an SPN apart.
 *
 * Takes an SPN apart. Each length is in characters with the terminating null, in: the room, out:
 * what the component takes; a component whose length is NULL or 0, or whose buffer is NULL, is
 * not wanted. ServiceName receives the instance name where the SPN has no service name.
 * *pInstancePort is 0 where there is none.
 *
 * Returns: ERROR_SUCCESS; ERROR_BUFFER_OVERFLOW when one room is too small (every length is
 * set); ERROR_INVALID_PARAMETER for what is no SPN, a port that is no number included.
 * Threads: safe.
 * Source: dsparse.h, DsCrackSpnW
 */
DWORD DsCrackSpnA(LPCSTR pszSpn, LPDWORD pcServiceClass, LPSTR ServiceClass, LPDWORD pcServiceName,
                  LPSTR ServiceName, LPDWORD pcInstanceName, LPSTR InstanceName,
                  USHORT *pInstancePort) CS_EXPORT(DsCrackSpnA);
DWORD DsCrackSpnW(LPCWSTR pszSpn, DWORD *pcServiceClass, LPWSTR ServiceClass, DWORD *pcServiceName,
                  LPWSTR ServiceName, DWORD *pcInstanceName, LPWSTR InstanceName,
                  USHORT *pInstancePort) CS_EXPORT(DsCrackSpnW);

/* DsCrackSpn2A, DsCrackSpn2W - take an SPN of a given length apart.
 *
 * As DsCrackSpn, of cSpn characters that need no terminating null.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY; and what the
 * function it resembles returns.
 * Threads: safe.
 * Source: DsCrackSpnW; dsparse.h declares this form, it has no page
 */
DWORD DsCrackSpn2A(LPCSTR pszSpn, DWORD cSpn, LPDWORD pcServiceClass, LPSTR ServiceClass,
                   LPDWORD pcServiceName, LPSTR ServiceName, LPDWORD pcInstanceName,
                   LPSTR InstanceName, USHORT *pInstancePort) CS_EXPORT(DsCrackSpn2A);
DWORD DsCrackSpn2W(LPCWSTR pszSpn, DWORD cSpn, DWORD *pcServiceClass, LPWSTR ServiceClass,
                   DWORD *pcServiceName, LPWSTR ServiceName, DWORD *pcInstanceName,
                   LPWSTR InstanceName, USHORT *pInstancePort) CS_EXPORT(DsCrackSpn2W);

/* DsCrackSpn3A, DsCrackSpn3W - take an SPN with a realm apart.
 *
 * Takes apart what stands behind the service class, and an optional "@realm": HostName the host,
 * InstanceName the word where a port number would stand ("MSSQLSvc/host:INSTANCE"), DomainName
 * the service name. Components that are not there are empty. Windows declares DsCrackSpn3W
 * without describing it; the A form is ours.
 *
 * Returns: and lengths as DsCrackSpn.
 * Threads: safe.
 * Source: dsparse.h, which declares it; it has no page
 */
DWORD DsCrackSpn3A(LPCSTR pszSpn, DWORD cSpn, DWORD *pcHostName, LPSTR HostName,
                   DWORD *pcInstanceName, LPSTR InstanceName, USHORT *pPortNumber,
                   DWORD *pcDomainName, LPSTR DomainName, DWORD *pcRealmName, LPSTR RealmName)
    CS_EXPORT(DsCrackSpn3A);
DWORD DsCrackSpn3W(LPCWSTR pszSpn, DWORD cSpn, DWORD *pcHostName, LPWSTR HostName,
                   DWORD *pcInstanceName, LPWSTR InstanceName, USHORT *pPortNumber,
                   DWORD *pcDomainName, LPWSTR DomainName, DWORD *pcRealmName, LPWSTR RealmName)
    CS_EXPORT(DsCrackSpn3W);

/* DsQuoteRdnValueA, DsQuoteRdnValueW - quote a value for a distinguished name.
 *
 * Puts an RDN's value in quotes where its characters need them. Lengths are in characters,
 * nothing is null-terminated; *pcQuotedRdnValueLength is in: the room, out: what it takes.
 *
 * Returns: ERROR_SUCCESS, ERROR_BUFFER_OVERFLOW, ERROR_INVALID_PARAMETER.
 * Threads: safe.
 * Source: dsparse.h, DsQuoteRdnValueW
 */
DWORD DsQuoteRdnValueA(DWORD cUnquotedRdnValueLength, LPCCH psUnquotedRdnValue,
                       DWORD *pcQuotedRdnValueLength, LPCH psQuotedRdnValue)
    CS_EXPORT(DsQuoteRdnValueA);
DWORD DsQuoteRdnValueW(DWORD cUnquotedRdnValueLength, LPCWCH psUnquotedRdnValue,
                       DWORD *pcQuotedRdnValueLength, LPWCH psQuotedRdnValue)
    CS_EXPORT(DsQuoteRdnValueW);
/* DsUnquoteRdnValueA, DsUnquoteRdnValueW - undo the quoting of a value.
 *
 * The inverse; also removes escapes.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY; and what the
 * function it resembles returns.
 * Threads: safe.
 * Source: dsparse.h, DsUnquoteRdnValueW
 */
DWORD DsUnquoteRdnValueA(DWORD cQuotedRdnValueLength, LPCCH psQuotedRdnValue,
                         DWORD *pcUnquotedRdnValueLength, LPCH psUnquotedRdnValue)
    CS_EXPORT(DsUnquoteRdnValueA);
DWORD DsUnquoteRdnValueW(DWORD cQuotedRdnValueLength, LPCWCH psQuotedRdnValue,
                         DWORD *pcUnquotedRdnValueLength, LPWCH psUnquotedRdnValue)
    CS_EXPORT(DsUnquoteRdnValueW);

#ifdef UNICODE
#define DsMakeSpn DsMakeSpnW
#define DsCrackSpn DsCrackSpnW
#define DsCrackSpn2 DsCrackSpn2W
#define DsCrackSpn3 DsCrackSpn3W
#define DsQuoteRdnValue DsQuoteRdnValueW
#define DsUnquoteRdnValue DsUnquoteRdnValueW
#else
#define DsMakeSpn DsMakeSpnA
#define DsCrackSpn DsCrackSpnA
#define DsCrackSpn2 DsCrackSpn2A
#define DsCrackSpn3 DsCrackSpn3A
#define DsQuoteRdnValue DsQuoteRdnValueA
#define DsUnquoteRdnValue DsUnquoteRdnValueA
#endif

CS_EXTERN_C_END

#endif
