/* SPDX-License-Identifier: Apache-2.0
 * countersign.h - what Windows has no function for: why a call failed, credentials from named
 * places, several messages at once, who a token is, the log, policy.
 *
 * Our own functions are called Cs and take and give UTF-8. What they allocate is freed with
 * FreeContextBuffer.
 */
#ifndef COUNTERSIGN_COUNTERSIGN_H
#define COUNTERSIGN_COUNTERSIGN_H

#include "sspi.h"

#define COUNTERSIGN_VERSION "0.1.0"

/* ---- why a call failed ---- */

enum { CS_DETAIL_TEXT = 512, CS_DETAIL_NAME = 256, CS_DETAIL_PHASE = 48 };

/* A thread's last failing call. Empty strings and zeros are what is not known. Times and names in
 * it are for the operator of this side: never send them to the peer. */
typedef struct _CS_ERROR_DETAIL {
    ULONG size; /* set to sizeof(CS_ERROR_DETAIL) before the call */
    SECURITY_STATUS status;
    DWORD win32;                   /* the same as GetLastError would call it */
    char phase[CS_DETAIL_PHASE];   /* the function */
    char text[CS_DETAIL_TEXT];     /* what happened, one sentence */
    char remedy[CS_DETAIL_TEXT];   /* what to try, one sentence */
    char asked[CS_DETAIL_NAME];    /* the name asked for */
    char tried[CS_DETAIL_NAME];    /* the names or places tried */
    char server[CS_DETAIL_NAME];   /* the KDC or directory server asked */
    char library[CS_DETAIL_PHASE]; /* "krb5", "ldap", "openssl" */
    char library_text[CS_DETAIL_NAME];
    LONGLONG library_code;
    ULONG key_version_seen, key_version_held; /* of the ticket, of the keytab */
    LONG clock_skew;                          /* seconds the peer's clock is ahead */
} CS_ERROR_DETAIL, *PCS_ERROR_DETAIL;

CS_EXTERN_C_BEGIN

/* CsGetErrorDetail - the calling thread's last failure, as fields.
 *
 * Set detail->size before the call. After a call that succeeded, status is SEC_E_OK. Every
 * function of sspi.h, ntdsapi.h, scp.h and this header, but for the two that read it and
 * FreeContextBuffer, starts the record anew.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_PARAMETER (NULL, or a size not understood).
 * Threads: concerns the calling thread only.
 */
SECURITY_STATUS CsGetErrorDetail(CS_ERROR_DETAIL *detail) CS_EXPORT(CsGetErrorDetail);

/* CsGetErrorText - the calling thread's last failure, as text of several lines.
 *
 * Writes at most size bytes and always a terminating zero (when size is not 0). The last line
 * says what to try.
 *
 * Returns: the length of the whole text; 0 when the last call succeeded.
 * Threads: concerns the calling thread only.
 */
size_t CsGetErrorText(char *buffer, size_t size) CS_EXPORT(CsGetErrorText);

CS_EXTERN_C_END

/* ---- credentials from named places ---- */

/* Zero it, set size, and what is wanted; everything left NULL has its default. */
typedef struct _CS_CREDENTIAL_OPTIONS {
    ULONG size;            /* sizeof(CS_CREDENTIAL_OPTIONS) */
    ULONG use;             /* SECPKG_CRED_INBOUND, _OUTBOUND or _BOTH */
    const char *package;   /* "Negotiate" (the default) or "Kerberos" */
    const char *packages;  /* Negotiate's list: "Kerberos,!NTLM" */
    const char *principal; /* where a cache or keytab holds several */
    const char *user;      /* with password: who; "user@realm" or with domain */
    const char *domain;    /* DNS or NetBIOS name */
    const char *password;
    const char *ccache;         /* "FILE:/tmp/krb5cc_0"; outbound default: the user's */
    const char *keytab;         /* "FILE:/etc/krb5.keytab"; inbound default: the system's */
    const void *keytab_content; /* a keytab in memory, instead of keytab */
    size_t keytab_content_size;
    const char *profile; /* path of a krb5.conf for this credential alone */
    const char *realm;   /* its default realm */
    const char *kdc;     /* "ADDRESS[:PORT],..." asked for realm before any look-up */
} CS_CREDENTIAL_OPTIONS, *PCS_CREDENTIAL_OPTIONS;

CS_EXTERN_C_BEGIN

/* CsAcquireCredentials - a credential handle from named places, for one realm alone.
 *
 * What AcquireCredentialsHandle cannot say: which ticket cache, which keytab, which realm and KDC.
 * Nothing process-wide is touched, so that one process serves several realms at once. With a
 * keytab and use OUTBOUND the first ticket is got with the keytab's key. expiry may be NULL. The
 * handle is closed with FreeCredentialsHandle. Everything is copied.
 *
 * Returns: as AcquireCredentialsHandle.
 * Threads: safe.
 */
SECURITY_STATUS CsAcquireCredentials(const CS_CREDENTIAL_OPTIONS *options, PCredHandle credential,
                                     PTimeStamp expiry) CS_EXPORT(CsAcquireCredentials);

/* ---- several messages at once ---- */

/* CsProtectMessages - EncryptMessage for several messages, side by side where the processor can.
 *
 * each[i] is what EncryptMessage takes. The messages get consecutive sequence numbers in the
 * array's order, and status[i] says how each went. Another thread that sends on the context at the
 * same time may get numbers between those of more than 64 messages.
 *
 * Returns: SEC_E_OK when every message succeeded; else the first status that is not; what
 * EncryptMessage returns for a context that cannot be used, and then nothing was done and every
 * status says so.
 * Threads: safe.
 */
SECURITY_STATUS CsProtectMessages(PCtxtHandle context, ULONG qop, ULONG count, SecBufferDesc each[],
                                  SECURITY_STATUS status[]) CS_EXPORT(CsProtectMessages);

/* CsUnprotectMessages - DecryptMessage for several messages, in the order they were sent.
 *
 * each[i] is what DecryptMessage takes; qop must be 0. A message that fails does not stop the
 * others: status[i] says how each went, and only those with SEC_E_OK hold plaintext. One that is
 * signed and not encrypted, of which DecryptMessage would tell in qop, is refused here:
 * SEC_E_QOP_NOT_SUPPORTED.
 *
 * Returns: SEC_E_OK when every message succeeded; else the first status that is not; what
 * DecryptMessage returns for a context that cannot be used, and then every status says so.
 * Threads: safe.
 */
SECURITY_STATUS CsUnprotectMessages(PCtxtHandle context, ULONG qop, ULONG count,
                                    SecBufferDesc each[], SECURITY_STATUS status[])
    CS_EXPORT(CsUnprotectMessages);

/* ---- tokens ---- */

/* CsTokenGetName - whose token it is, as "user@REALM".
 *
 * The token is one of QuerySecurityContextToken or SECPKG_ATTR_ACCESS_TOKEN. The name is freed
 * with FreeContextBuffer.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe.
 */
SECURITY_STATUS CsTokenGetName(HANDLE token, char **name) CS_EXPORT(CsTokenGetName);

/* CsTokenGetSids - the account's and its groups' security identifiers, as far as proven.
 *
 * *sids receives an array of *count texts "S-1-5-..." in one block, freed with FreeContextBuffer:
 * the account's first, then those of GetTokenInformation's TokenGroups, whatever their attributes.
 * Of a ticket without a PAC the count is 0 and *sids NULL: nothing is proven, and a check for any
 * SID must deny.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe.
 */
SECURITY_STATUS CsTokenGetSids(HANDLE token, ULONG *count, char ***sids) CS_EXPORT(CsTokenGetSids);

/* CsTokenGetServices - through whom the client came: the services that its domain lets act for it.
 *
 * *services receives an array of *count texts "service@REALM" in one block, freed with
 * FreeContextBuffer: the first to act first, the one that is connected last. A client that came
 * itself has none: the count is 0 and *services NULL. So it is with one whose ticket was
 * forwarded, of which no ticket tells. Windows has no function for it.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY.
 * Threads: safe.
 */
SECURITY_STATUS CsTokenGetServices(HANDLE token, ULONG *count, char ***services)
    CS_EXPORT(CsTokenGetServices);

/* ---- impersonation ---- */

/* CsImpersonateClient - let this thread be the client of a server's context, as far as it allows.
 *
 * As ImpersonateSecurityContext, which this is where the service can make connections in the
 * client's name; but also where it cannot. Then OpenThreadToken has its token, GetUserName its
 * name, and outbound credentials acquired without pAuthData are refused, with
 * SEC_E_NO_IMPERSONATION, rather than being the process's. RevertToSelf and RevertSecurityContext
 * end it. For the kernel the thread is the account that the policy impersonation-map says, as in
 * RpcImpersonateClient.
 *
 * Returns: SEC_E_OK; SEC_E_NO_IMPERSONATION (a client's context, or impersonation-map refuses);
 * SEC_E_INVALID_HANDLE; SEC_E_OUT_OF_SEQUENCE (not established yet); SEC_E_CONTEXT_EXPIRED;
 * SEC_E_INSUFFICIENT_MEMORY.
 * Threads: concerns the calling thread only.
 */
SECURITY_STATUS CsImpersonateClient(PCtxtHandle context) CS_EXPORT(CsImpersonateClient);

/* CsImpersonateLocalUser - the same, of an account of this host for whom the kernel vouches.
 *
 * uid and gid are what SO_PEERCRED said of a caller, or nobody else's word. The token has the SIDs
 * S-1-22-1-uid and S-1-22-2-gid, Everyone, LOCAL and Authenticated Users, and root's also
 * S-1-5-18. level is SecurityImpersonation, or SecurityIdentification for a client that lets
 * itself be identified and no more (winnt.h). No outbound credentials go with it.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_PARAMETER (another level); SEC_E_NO_IMPERSONATION
 * (impersonation-map refuses); SEC_E_INSUFFICIENT_MEMORY.
 * Threads: concerns the calling thread only.
 */
SECURITY_STATUS CsImpersonateLocalUser(ULONG uid, ULONG gid, ULONG level)
    CS_EXPORT(CsImpersonateLocalUser);

/* ---- clients that are not here ---- */

/* CsLogonClient - who a client of this service is, and credentials in its name, without the client.
 *
 * What LsaLogonUser does with KERB_S4U_LOGON. service is a service's credential with its keytab;
 * the account of the keytab asks its domain controller (S4U2self), the client has no part in it.
 * client is "user", "user@realm" or "DOMAIN\\user".
 *
 * *token receives a token with the client's SIDs as its domain vouches for them: for access checks,
 * CsTokenGetSids and CsTokenGetName. It is closed with CloseHandle. Its level is
 * SecurityIdentification where the domain lets this service not act for this client, else
 * SecurityImpersonation.
 *
 * *credential receives an outbound credential in the client's name: the service asks for its
 * tickets (S4U2proxy), and gets those that the domain's administrator allowed. What is not allowed
 * shows when a context is made: SEC_E_DELEGATION_POLICY. It is freed with FreeCredentialsHandle.
 *
 * An answer at most max_age seconds old is told again, of the last 64 clients; 0 always asks.
 * token, credential and expiry may be NULL.
 *
 * Returns: SEC_E_OK; SEC_E_LOGON_DENIED (no such account, or it is disabled, locked or expired);
 * SEC_E_NO_CREDENTIALS (no key of the service's account is held); SEC_E_MESSAGE_ALTERED (somebody
 * put another ticket into the domain controller's answer); SEC_E_NO_AUTHENTICATING_AUTHORITY;
 * SEC_E_UNSUPPORTED_FUNCTION; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER;
 * SEC_E_INSUFFICIENT_MEMORY. Threads: safe.
 */
SECURITY_STATUS CsLogonClient(PCredHandle service, const char *client, ULONG max_age, HANDLE *token,
                              PCredHandle credential, PTimeStamp expiry) CS_EXPORT(CsLogonClient);

CS_EXTERN_C_END

/* ---- log and policy ---- */

typedef enum _CS_LOG_LEVEL { CS_LOG_AUDIT, CS_LOG_WARNING, CS_LOG_DEBUG } CS_LOG_LEVEL;

/* line has no line feed and is gone after the call. May be called by any thread, by several at
 * once; must not call back into the library. */
typedef void (*CS_LOG_CALLBACK)(void *arg, CS_LOG_LEVEL level, const char *line);

typedef enum _CS_POLICY_MODE { CS_POLICY_OFF, CS_POLICY_AUDIT, CS_POLICY_ENFORCE } CS_POLICY_MODE;

CS_EXTERN_C_BEGIN

/* CsSetLogCallback - where log lines go.
 *
 * Up to the level most; NULL for callback ends logging. Before the first call lines go to the file
 * COUNTERSIGN_LOG names, if it names one. No line holds a key, ticket, nonce or password.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_PARAMETER.
 * Threads: safe.
 */
SECURITY_STATUS CsSetLogCallback(CS_LOG_CALLBACK callback, void *arg, CS_LOG_LEVEL most)
    CS_EXPORT(CsSetLogCallback);

/* CsSetPolicy - set a switch where our default may differ from Windows'.
 *
 * The names are those of countersign.conf(5): "ntlm", "require-spn", "target-name",
 * "rc4", "spn-duplicates", "anonymous", "context-identity", "connect-level", "ndr64",
 * "extended-errors", "minimum-level", "providers", "guests", "callback-impersonation",
 * "callback-principals", "callback-seconds", "callback-depth", "hearsay-spn", "spn-host",
 * "impersonation-map", "client-connections", "client-calls", "client-contexts", "client-memory",
 * "queue-cache", "queue-level", "queue-lifetime", "queue-signatures", "name-trust-container",
 * "name-trust-owner", "self-report". Off behaves as Windows; audit allows, and logs who would be
 * refused. Goes before COUNTERSIGN_POLICY, and that before the file COUNTERSIGN_CONFIG names, else
 * /etc/countersign.conf.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_PARAMETER (no such switch or mode).
 * Threads: safe.
 */
SECURITY_STATUS CsSetPolicy(const char *name, CS_POLICY_MODE mode) CS_EXPORT(CsSetPolicy);

/* CsGetPolicy - how a switch stands.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_PARAMETER.
 * Threads: safe.
 */
SECURITY_STATUS CsGetPolicy(const char *name, CS_POLICY_MODE *mode) CS_EXPORT(CsGetPolicy);

/* CsSetPolicyValue - set what a switch has beside its mode.
 *
 * The values are those of countersign.conf(5): "minimum-level" and "queue-level" have a level
 * ("privacy"), "providers", "callback-principals" and "name-trust-owner" have words with blanks
 * between them, "name-trust-container" a DN, "callback-impersonation" an impersonation level,
 * "impersonation-map" a file's path, "callback-seconds", "callback-depth", "client-connections",
 * "client-calls", "client-contexts", "client-memory", "queue-cache" and "queue-lifetime" a number.
 * The mode stays.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_PARAMETER (no such switch, or no value of it).
 * Threads: safe.
 */
SECURITY_STATUS CsSetPolicyValue(const char *name, const char *value) CS_EXPORT(CsSetPolicyValue);

/* CsGetPolicyValue - what a switch has beside its mode, as it is written; "" where it has none.
 *
 * No value is longer than 1023 characters.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_PARAMETER; SEC_E_BUFFER_TOO_SMALL.
 * Threads: safe.
 */
SECURITY_STATUS CsGetPolicyValue(const char *name, char *buffer, size_t size)
    CS_EXPORT(CsGetPolicyValue);

/* CsGetPolicyDoubts - what of the policy's file and environment was not understood.
 *
 * A line each, with its place: a switch that does not exist sets nothing, one whose setting is not
 * understood enforces, and so does every switch where the file cannot be trusted. "" where all was
 * understood. Never longer than 2047 characters: the rest is in the log.
 *
 * Returns: SEC_E_OK; SEC_E_INVALID_PARAMETER; SEC_E_BUFFER_TOO_SMALL.
 * Threads: safe.
 */
SECURITY_STATUS CsGetPolicyDoubts(char *buffer, size_t size) CS_EXPORT(CsGetPolicyDoubts);

/* CsVersion - the library's version, as "0.1.0".
 *
 * Returns: a constant text.
 * Threads: safe.
 */
const char *CsVersion(void) CS_EXPORT(CsVersion);

CS_EXTERN_C_END

#endif
