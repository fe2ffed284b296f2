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
    char host[CS_DIAGNOSE_NAME];    /* the name in the record */
    char address[CS_DIAGNOSE_NAME]; /* its first address, "192.0.2.1:88"; empty: none found */
    USHORT port, priority, weight;
} CS_SERVER, *PCS_SERVER;

typedef struct _CS_KDC_PROBE {
    char server[CS_DIAGNOSE_NAME]; /* the address that answered */
    LONG skew;                     /* seconds its clock is ahead of ours */
    ULONG round_trip;              /* microseconds */
    LONG error_code;               /* of its KRB-ERROR: 6, no such client, is the healthy answer */
    char text[128];                /* its own words; may be empty */
} CS_KDC_PROBE, *PCS_KDC_PROBE;

typedef struct _CS_KEYTAB_ENTRY {
    char *principal; /* "HTTP/web1.example.com@EXAMPLE.COM" */
    ULONG kvno, encryption_type, timestamp;
} CS_KEYTAB_ENTRY, *PCS_KEYTAB_ENTRY;

/* CsLookupServers - the hosts a DNS service record names, in the order to try them.
 *
 * record is for instance "_kerberos._tcp.EXAMPLE.COM"; the servers in COUNTERSIGN_DNS are
 * asked, else the system's. *count is the room in servers before, the number filled after.
 *
 * Returns:
 *   SEC_E_OK                          at least one
 *   SEC_E_NO_AUTHENTICATING_AUTHORITY no server answered, or there is no such record
 *   SEC_E_INVALID_PARAMETER           a pointer is NULL
 * Threads: any.
 * Source: RFC 2782. */
SECURITY_STATUS CsLookupServers(const char *record, CS_SERVER *servers, ULONG *count)
    CS_EXPORT(CsLookupServers);

/* CsProbeKdc - ask a realm's KDC for its time, without any credential.
 *
 * server is "HOST[:PORT]" or "[ADDRESS]:PORT", or NULL to take those DNS names for the realm,
 * the first that answers. timeout_ms is in milliseconds, for each server.
 *
 * Returns:
 *   SEC_E_OK                          *probe says who answered
 *   SEC_E_NO_AUTHENTICATING_AUTHORITY nobody did; CsGetErrorDetail says who was asked
 *   SEC_E_INVALID_TOKEN               what answered is no KDC
 *   SEC_E_INVALID_PARAMETER           a pointer is NULL
 * Threads: any.
 * Source: RFC 4120 5.9.1. */
SECURITY_STATUS CsProbeKdc(const char *realm, const char *server, ULONG timeout_ms,
                           CS_KDC_PROBE *probe) CS_EXPORT(CsProbeKdc);

/* CsReadKeytab - what a keytab holds: names, key versions and types, never keys.
 *
 * keytab is a path, with or without "FILE:" before it; NULL means KRB5_KTNAME, else
 * /etc/krb5.keytab. *entries is freed, names and all, by one FreeContextBuffer.
 *
 * Returns:
 *   SEC_E_OK                  *count may be 0
 *   SEC_E_NO_CREDENTIALS      the file cannot be read; the detail says why
 *   SEC_E_INVALID_TOKEN       it is damaged, or no keytab of version 2
 *   SEC_E_INSUFFICIENT_MEMORY
 *   SEC_E_INVALID_PARAMETER   a pointer is NULL
 * Threads: any.
 * Source: MIT krb5, "Keytab file format". */
SECURITY_STATUS CsReadKeytab(const char *keytab, CS_KEYTAB_ENTRY **entries, ULONG *count)
    CS_EXPORT(CsReadKeytab);

CS_EXTERN_C_END

#endif
