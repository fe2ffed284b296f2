/* SPDX-License-Identifier: Apache-2.0
 * diagnose.h - what an operator's tools ask: is the KDC there and what time has it, which servers
 * does DNS name, which keys does a keytab hold, which accounts hold which names.
 *
 * `countersign doctor` and `countersign spn` stand on these.
 */
#ifndef COUNTERSIGN_DIAGNOSE_H
#define COUNTERSIGN_DIAGNOSE_H

#include "sspi.h"

CS_EXTERN_C_BEGIN

#define CS_DIAGNOSE_NAME 256

typedef struct _CS_SERVER {
    char szHost[CS_DIAGNOSE_NAME];    /* the name in the record */
    char szAddress[CS_DIAGNOSE_NAME]; /* its first address, "192.0.2.1:88"; empty: none found */
    USHORT wPort, wPriority, wWeight;
} CS_SERVER;

typedef struct _CS_KDC_PROBE {
    char szServer[CS_DIAGNOSE_NAME]; /* the address that answered */
    LONG lSkew;                      /* seconds its clock is ahead of ours */
    ULONG dwRoundTrip;               /* microseconds */
    LONG lErrorCode;  /* of its KRB-ERROR: 6, no such client, is the healthy answer */
    char szText[128]; /* its own words; may be empty */
} CS_KDC_PROBE;

typedef struct _CS_KEYTAB_ENTRY {
    char *pszPrincipal; /* "HTTP/web1.example.com@EXAMPLE.COM" */
    ULONG dwKvno, dwEncryptionType, dwTimestamp;
} CS_KEYTAB_ENTRY;

/* CsLookupServers - the hosts a DNS service record names, in the order to try them.
 *
 * pszRecord is for instance "_kerberos._tcp.EXAMPLE.COM"; the servers in COUNTERSIGN_DNS are
 * asked, else the system's. *pcServers is the room in rgServers before, the number filled after.
 *
 * Returns:
 *   SEC_E_OK                          at least one
 *   SEC_E_NO_AUTHENTICATING_AUTHORITY no server answered, or there is no such record
 *   SEC_E_INVALID_PARAMETER           a pointer is NULL
 * Threads: any.
 * Source: RFC 2782. */
SECURITY_STATUS CsLookupServers(const char *pszRecord, CS_SERVER *rgServers, ULONG *pcServers)
    CS_EXPORT(CsLookupServers);

/* CsProbeKdc - ask a realm's KDC for its time, without any credential.
 *
 * pszServer is "HOST[:PORT]" or "[ADDRESS]:PORT", or NULL to take those DNS names for the realm,
 * the first that answers. dwTimeout is in milliseconds, for each server.
 *
 * Returns:
 *   SEC_E_OK                          *pProbe says who answered
 *   SEC_E_NO_AUTHENTICATING_AUTHORITY nobody did; CsGetErrorDetail says who was asked
 *   SEC_E_INVALID_TOKEN               what answered is no KDC
 *   SEC_E_INVALID_PARAMETER           a pointer is NULL
 * Threads: any.
 * Source: RFC 4120 5.9.1. */
SECURITY_STATUS CsProbeKdc(const char *pszRealm, const char *pszServer, ULONG dwTimeout,
                           CS_KDC_PROBE *pProbe) CS_EXPORT(CsProbeKdc);

/* CsReadKeytab - what a keytab holds: names, key versions and types, never keys.
 *
 * pszKeytab is a path, with or without "FILE:" before it; NULL means KRB5_KTNAME, else
 * /etc/krb5.keytab. *prgEntries is freed, names and all, by one FreeContextBuffer.
 *
 * Returns:
 *   SEC_E_OK                  *pcEntries may be 0
 *   SEC_E_NO_CREDENTIALS      the file cannot be read; the detail says why
 *   SEC_E_INVALID_TOKEN       it is damaged, or no keytab of version 2
 *   SEC_E_INSUFFICIENT_MEMORY
 *   SEC_E_INVALID_PARAMETER   a pointer is NULL
 * Threads: any.
 * Source: MIT krb5, "Keytab file format". */
SECURITY_STATUS CsReadKeytab(const char *pszKeytab, CS_KEYTAB_ENTRY **prgEntries, ULONG *pcEntries)
    CS_EXPORT(CsReadKeytab);

CS_EXTERN_C_END

#endif
