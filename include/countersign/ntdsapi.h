/* SPDX-License-Identifier: Apache-2.0
 * ntdsapi.h - service principal names in Active Directory, and names of accounts.
 *
 * On Windows these functions speak DRSUAPI; ours speak LDAP, bound, signed and sealed by SSPI.
 * Every function may be called by any thread; calls on one handle wait for each other. The A form
 * is UTF-8. What went wrong in detail: CsGetErrorDetail of countersign.h.
 *
 * Pages: learn.microsoft.com/windows/win32/api/ntdsapi/
 */
#ifndef COUNTERSIGN_NTDSAPI_H
#define COUNTERSIGN_NTDSAPI_H

#include "cslink.h"
#include "dsparse.h"
#include "winerror.h"
#include "wintypes.h"

CS_EXTERN_C_BEGIN

typedef void *RPC_AUTH_IDENTITY_HANDLE;

typedef enum {
    DS_SPN_DNS_HOST = 0,  /* class/host.example.com */
    DS_SPN_DN_HOST = 1,   /* class/CN=host,CN=Computers,DC=example,DC=com */
    DS_SPN_NB_HOST = 2,   /* class/HOST */
    DS_SPN_DOMAIN = 3,    /* class/host.example.com/example.com */
    DS_SPN_NB_DOMAIN = 4, /* class/HOST/EXAMPLE */
    DS_SPN_SERVICE = 5,   /* class/host.example.com/DN or DNS name of the service */
} DS_SPN_NAME_TYPE;

typedef enum {
    DS_SPN_ADD_SPN_OP = 0,
    DS_SPN_REPLACE_SPN_OP = 1,
    DS_SPN_DELETE_SPN_OP = 2,
} DS_SPN_WRITE_OP;

typedef enum {
    DS_NAME_NO_FLAGS = 0x0,
    DS_NAME_FLAG_SYNTACTICAL_ONLY = 0x1,
    DS_NAME_FLAG_EVAL_AT_DC = 0x2,
    DS_NAME_FLAG_GCVERIFY = 0x4,
    DS_NAME_FLAG_TRUST_REFERRAL = 0x8,
} DS_NAME_FLAGS;

typedef enum {
    DS_UNKNOWN_NAME = 0,
    DS_FQDN_1779_NAME = 1,
    DS_NT4_ACCOUNT_NAME = 2,
    DS_DISPLAY_NAME = 3,
    DS_UNIQUE_ID_NAME = 6,
    DS_CANONICAL_NAME = 7,
    DS_USER_PRINCIPAL_NAME = 8,
    DS_CANONICAL_NAME_EX = 9,
    DS_SERVICE_PRINCIPAL_NAME = 10,
    DS_SID_OR_SID_HISTORY_NAME = 11,
    DS_DNS_DOMAIN_NAME = 12,
} DS_NAME_FORMAT;

typedef enum {
    DS_NAME_NO_ERROR = 0,
    DS_NAME_ERROR_RESOLVING = 1,
    DS_NAME_ERROR_NOT_FOUND = 2,
    DS_NAME_ERROR_NOT_UNIQUE = 3,
    DS_NAME_ERROR_NO_MAPPING = 4,
    DS_NAME_ERROR_DOMAIN_ONLY = 5,
    DS_NAME_ERROR_NO_SYNTACTICAL_MAPPING = 6,
    DS_NAME_ERROR_TRUST_REFERRAL = 7,
} DS_NAME_ERROR;

typedef struct {
    DWORD status; /* DS_NAME_ERROR */
    LPSTR pDomain;
    LPSTR pName;
} DS_NAME_RESULT_ITEMA, *PDS_NAME_RESULT_ITEMA;

typedef struct {
    DWORD cItems;
    PDS_NAME_RESULT_ITEMA rItems;
} DS_NAME_RESULTA, *PDS_NAME_RESULTA;

typedef struct {
    DWORD status;
    LPWSTR pDomain;
    LPWSTR pName;
} DS_NAME_RESULT_ITEMW, *PDS_NAME_RESULT_ITEMW;

typedef struct {
    DWORD cItems;
    PDS_NAME_RESULT_ITEMW rItems;
} DS_NAME_RESULTW, *PDS_NAME_RESULTW;

#define NTDSAPI_BIND_ALLOW_DELEGATION 0x00000001
#define NTDSAPI_BIND_FIND_BINDING 0x00000002
#define NTDSAPI_BIND_FORCE_KERBEROS 0x00000004

/* DsBindA, DsBindW - bind to a domain controller.
 *
 * Binds to a domain controller with the caller's own credentials.
 *
 * DomainControllerName: a DNS name or an address, "name:port", "[2001:db8::1]:port", or a URL
 * "ldap://...", "ldaps://..."; leading backslashes are passed over. NULL: one is found by DNS
 * SRV records of DnsDomainName. Both NULL: of the domain the credentials are from. *phDS is
 * closed with DsUnBind.
 *
 * The caller's own credentials are a ticket cache; without one, a process that may read the host's
 * keytab is the host's account, as LocalSystem is on Windows.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NO_LOGON_SERVERS, ERROR_NOT_FOUND and
 * ERROR_CONNECTION_REFUSED when none could be reached; ERROR_NO_SUCH_LOGON_SESSION without
 * credentials; ERROR_LOGON_FAILURE, ERROR_WRONG_TARGET_NAME, ERROR_TIMEOUT,
 * ERROR_NOT_ENOUGH_MEMORY. A server that does not sign and seal is refused.
 * Threads: safe.
 * Source: ntdsapi.h, DsBindW
 */
DWORD DsBindA(LPCSTR DomainControllerName, LPCSTR DnsDomainName, HANDLE *phDS) CS_EXPORT(DsBindA);
DWORD DsBindW(LPCWSTR DomainControllerName, LPCWSTR DnsDomainName, HANDLE *phDS) CS_EXPORT(DsBindW);
/* DsBindWithCredA, DsBindWithCredW - bind with given credentials.
 *
 * As DsBind, with credentials of DsMakePasswordCredentials; NULL: the caller's own.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY; and what the
 * function it resembles returns.
 * Threads: safe.
 * Source: ntdsapi.h, DsBindWithCredW
 */
DWORD DsBindWithCredA(LPCSTR DomainControllerName, LPCSTR DnsDomainName,
                      RPC_AUTH_IDENTITY_HANDLE AuthIdentity, HANDLE *phDS)
    CS_EXPORT(DsBindWithCredA);
DWORD DsBindWithCredW(LPCWSTR DomainControllerName, LPCWSTR DnsDomainName,
                      RPC_AUTH_IDENTITY_HANDLE AuthIdentity, HANDLE *phDS)
    CS_EXPORT(DsBindWithCredW);
/* DsBindWithSpnA, DsBindWithSpnW - bind to a server of a given name.
 *
 * As DsBindWithCred, expecting the server to be ServicePrincipalName (NULL: "ldap/" and the
 * server's name).
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY; and what the
 * function it resembles returns.
 * Threads: safe.
 * Source: ntdsapi.h, DsBindWithSpnW
 */
DWORD DsBindWithSpnA(LPCSTR DomainControllerName, LPCSTR DnsDomainName,
                     RPC_AUTH_IDENTITY_HANDLE AuthIdentity, LPCSTR ServicePrincipalName,
                     HANDLE *phDS) CS_EXPORT(DsBindWithSpnA);
DWORD DsBindWithSpnW(LPCWSTR DomainControllerName, LPCWSTR DnsDomainName,
                     RPC_AUTH_IDENTITY_HANDLE AuthIdentity, LPCWSTR ServicePrincipalName,
                     HANDLE *phDS) CS_EXPORT(DsBindWithSpnW);
/* DsBindWithSpnExA, DsBindWithSpnExW - bind to a server of a given name, with flags.
 *
 * BindFlags: NTDSAPI_BIND_FORCE_KERBEROS is always in force; NTDSAPI_BIND_ALLOW_DELEGATION is
 * answered with ERROR_NOT_SUPPORTED: nothing here needs the server to act in our name.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY; and what the
 * function it resembles returns.
 * Threads: safe.
 * Source: ntdsapi.h, DsBindWithSpnExW
 */
DWORD DsBindWithSpnExA(LPCSTR DomainControllerName, LPCSTR DnsDomainName,
                       RPC_AUTH_IDENTITY_HANDLE AuthIdentity, LPCSTR ServicePrincipalName,
                       DWORD BindFlags, HANDLE *phDS) CS_EXPORT(DsBindWithSpnExA);
DWORD DsBindWithSpnExW(LPCWSTR DomainControllerName, LPCWSTR DnsDomainName,
                       RPC_AUTH_IDENTITY_HANDLE AuthIdentity, LPCWSTR ServicePrincipalName,
                       DWORD BindFlags, HANDLE *phDS) CS_EXPORT(DsBindWithSpnExW);
/* DsUnBindA, DsUnBindW - end a binding.
 *
 * Closes *phDS and sets it to NULL. ERROR_INVALID_HANDLE for one stale or invented.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY; and what the
 * function it resembles returns.
 * Threads: safe.
 * Source: ntdsapi.h, DsUnBindW
 */
DWORD DsUnBindA(HANDLE *phDS) CS_EXPORT(DsUnBindA);
DWORD DsUnBindW(HANDLE *phDS) CS_EXPORT(DsUnBindW);

/* DsMakePasswordCredentialsA, DsMakePasswordCredentialsW - a user and a password to bind with.
 *
 * Credentials for the DsBindWith functions; freed with DsFreePasswordCredentials, which wipes
 * them. ERROR_INVALID_PARAMETER without a user.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY; and what the
 * function it resembles returns.
 * Threads: safe.
 * Source: ntdsapi.h, DsMakePasswordCredentialsW, DsFreePasswordCredentials
 */
DWORD DsMakePasswordCredentialsA(LPCSTR User, LPCSTR Domain, LPCSTR Password,
                                 RPC_AUTH_IDENTITY_HANDLE *pAuthIdentity)
    CS_EXPORT(DsMakePasswordCredentialsA);
DWORD DsMakePasswordCredentialsW(LPCWSTR User, LPCWSTR Domain, LPCWSTR Password,
                                 RPC_AUTH_IDENTITY_HANDLE *pAuthIdentity)
    CS_EXPORT(DsMakePasswordCredentialsW);
VOID DsFreePasswordCredentials(RPC_AUTH_IDENTITY_HANDLE AuthIdentity)
    CS_EXPORT(DsFreePasswordCredentials);

/* DsGetSpnA, DsGetSpnW - compose the SPNs of a service.
 *
 * Composes SPNs, without writing them anywhere.
 *
 * cInstanceNames 0: one SPN of this host's name (DNS name, NetBIOS name for the NB types, DN for
 * DS_SPN_DN_HOST, which asks the directory) and InstancePort. Else one for each of
 * pInstanceNames, with the port at the same place of pInstancePorts, or without where that is
 * NULL. ServiceName must be NULL for the HOST types and is needed for the others. *prpszSpn is
 * freed with DsFreeSpnArray.
 *
 * Returns: ERROR_SUCCESS, ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: ntdsapi.h, DsGetSpnW
 */
DWORD DsGetSpnA(DS_SPN_NAME_TYPE ServiceType, LPCSTR ServiceClass, LPCSTR ServiceName,
                USHORT InstancePort, USHORT cInstanceNames, LPCSTR *pInstanceNames,
                const USHORT *pInstancePorts, DWORD *pcSpn, LPSTR **prpszSpn) CS_EXPORT(DsGetSpnA);
DWORD DsGetSpnW(DS_SPN_NAME_TYPE ServiceType, LPCWSTR ServiceClass, LPCWSTR ServiceName,
                USHORT InstancePort, USHORT cInstanceNames, LPCWSTR *pInstanceNames,
                const USHORT *pInstancePorts, DWORD *pcSpn, LPWSTR **prpszSpn) CS_EXPORT(DsGetSpnW);
/* DsFreeSpnArrayA, DsFreeSpnArrayW - free what DsGetSpn gave.
 *
 * Frees what DsGetSpn gave; NULL is allowed.
 *
 * Threads: safe.
 * Source: ntdsapi.h, DsFreeSpnArrayW
 */
VOID DsFreeSpnArrayA(DWORD cSpn, LPSTR *rpszSpn) CS_EXPORT(DsFreeSpnArrayA);
VOID DsFreeSpnArrayW(DWORD cSpn, LPWSTR *rpszSpn) CS_EXPORT(DsFreeSpnArrayW);

/* DsClientMakeSpnForTargetServerA, DsClientMakeSpnForTargetServerW - the SPN of a server under
 * its own name.
 *
 * "class/name/name": the SPN of a server that serves under its own name. Lengths as DsMakeSpn.
 * An address is refused with ERROR_INVALID_PARAMETER: Windows looks its name up, and that look-
 * up can be forged.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY; and what the
 * function it resembles returns.
 * Threads: safe.
 * Source: ntdsapi.h, DsClientMakeSpnForTargetServerW
 */
DWORD DsClientMakeSpnForTargetServerA(LPCSTR ServiceClass, LPCSTR ServiceName, DWORD *pcSpnLength,
                                      LPSTR pszSpn) CS_EXPORT(DsClientMakeSpnForTargetServerA);
DWORD DsClientMakeSpnForTargetServerW(LPCWSTR ServiceClass, LPCWSTR ServiceName, DWORD *pcSpnLength,
                                      LPWSTR pszSpn) CS_EXPORT(DsClientMakeSpnForTargetServerW);

/* DsWriteAccountSpnA, DsWriteAccountSpnW - write SPNs to an account.
 *
 * Adds, deletes or replaces SPNs of the account whose DN is pszAccount. Permissive: adding what
 * is there and deleting what is not is success. cSpn 0 with DS_SPN_REPLACE_SPN_OP removes all.
 *
 * A computer account may write names of its own host; anybody else needs an administrator, and
 * the error detail says so (ERROR_ACCESS_DENIED). Unlike Windows, a name that another account of
 * the forest holds is refused with ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST (policy spn-
 * duplicates).
 *
 * Returns: what DsBind returns; ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
 * ERROR_DS_NO_SUCH_OBJECT.
 * Threads: safe.
 * Source: ntdsapi.h, DsWriteAccountSpnW
 */
DWORD DsWriteAccountSpnA(HANDLE hDS, DS_SPN_WRITE_OP Operation, LPCSTR pszAccount, DWORD cSpn,
                         LPCSTR *rpszSpn) CS_EXPORT(DsWriteAccountSpnA);
DWORD DsWriteAccountSpnW(HANDLE hDS, DS_SPN_WRITE_OP Operation, LPCWSTR pszAccount, DWORD cSpn,
                         LPCWSTR *rpszSpn) CS_EXPORT(DsWriteAccountSpnW);

/* DsServerRegisterSpnA, DsServerRegisterSpnW - register this host's SPNs of a service.
 *
 * Composes class/host.example.com and class/HOST for this host and writes them as
 * DsWriteAccountSpn does, to UserObjectDN, or to the account the caller's credentials are of.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY; and what the
 * function it resembles returns.
 * Threads: safe.
 * Source: ntdsapi.h, DsServerRegisterSpnW
 */
DWORD DsServerRegisterSpnA(DS_SPN_WRITE_OP Operation, LPCSTR ServiceClass, LPCSTR UserObjectDN)
    CS_EXPORT(DsServerRegisterSpnA);
DWORD DsServerRegisterSpnW(DS_SPN_WRITE_OP Operation, LPCWSTR ServiceClass, LPCWSTR UserObjectDN)
    CS_EXPORT(DsServerRegisterSpnW);

/* DsCrackNamesA, DsCrackNamesW, DsFreeNameResultA, DsFreeNameResultW - translate names of
 * accounts and services.
 *
 * Translates names of accounts and services. Offered: DS_FQDN_1779_NAME, DS_NT4_ACCOUNT_NAME,
 * DS_USER_PRINCIPAL_NAME, DS_SERVICE_PRINCIPAL_NAME, DS_UNIQUE_ID_NAME, DS_CANONICAL_NAME,
 * DS_SID_OR_SID_HISTORY_NAME, DS_DISPLAY_NAME, and DS_UNKNOWN_NAME, which tries them by their
 * looks. Desired: the same but DS_SID_OR_SID_HISTORY_NAME and DS_UNKNOWN_NAME, and
 * DS_CANONICAL_NAME_EX. With DS_NAME_FLAG_SYNTACTICAL_ONLY hDS may be NULL; what needs the
 * directory is then DS_NAME_ERROR_NO_SYNTACTICAL_MAPPING. How each name went is its item's
 * status. *ppResult is freed with DsFreeNameResult.
 *
 * Returns: ERROR_SUCCESS, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
 * ERROR_NOT_ENOUGH_MEMORY.
 * Threads: safe.
 * Source: ntdsapi.h, DsCrackNamesW, DsFreeNameResultW
 */
DWORD DsCrackNamesA(HANDLE hDS, DS_NAME_FLAGS flags, DS_NAME_FORMAT formatOffered,
                    DS_NAME_FORMAT formatDesired, DWORD cNames, const LPCSTR *rpNames,
                    PDS_NAME_RESULTA *ppResult) CS_EXPORT(DsCrackNamesA);
DWORD DsCrackNamesW(HANDLE hDS, DS_NAME_FLAGS flags, DS_NAME_FORMAT formatOffered,
                    DS_NAME_FORMAT formatDesired, DWORD cNames, const LPCWSTR *rpNames,
                    PDS_NAME_RESULTW *ppResult) CS_EXPORT(DsCrackNamesW);
VOID DsFreeNameResultA(DS_NAME_RESULTA *pResult) CS_EXPORT(DsFreeNameResultA);
VOID DsFreeNameResultW(DS_NAME_RESULTW *pResult) CS_EXPORT(DsFreeNameResultW);

#ifdef UNICODE
#define DS_NAME_RESULT DS_NAME_RESULTW
#define PDS_NAME_RESULT PDS_NAME_RESULTW
#define DS_NAME_RESULT_ITEM DS_NAME_RESULT_ITEMW
#define PDS_NAME_RESULT_ITEM PDS_NAME_RESULT_ITEMW
#define DsBind DsBindW
#define DsBindWithCred DsBindWithCredW
#define DsBindWithSpn DsBindWithSpnW
#define DsBindWithSpnEx DsBindWithSpnExW
#define DsUnBind DsUnBindW
#define DsMakePasswordCredentials DsMakePasswordCredentialsW
#define DsGetSpn DsGetSpnW
#define DsFreeSpnArray DsFreeSpnArrayW
#define DsClientMakeSpnForTargetServer DsClientMakeSpnForTargetServerW
#define DsWriteAccountSpn DsWriteAccountSpnW
#define DsServerRegisterSpn DsServerRegisterSpnW
#define DsCrackNames DsCrackNamesW
#define DsFreeNameResult DsFreeNameResultW
#else
#define DS_NAME_RESULT DS_NAME_RESULTA
#define PDS_NAME_RESULT PDS_NAME_RESULTA
#define DS_NAME_RESULT_ITEM DS_NAME_RESULT_ITEMA
#define PDS_NAME_RESULT_ITEM PDS_NAME_RESULT_ITEMA
#define DsBind DsBindA
#define DsBindWithCred DsBindWithCredA
#define DsBindWithSpn DsBindWithSpnA
#define DsBindWithSpnEx DsBindWithSpnExA
#define DsUnBind DsUnBindA
#define DsMakePasswordCredentials DsMakePasswordCredentialsA
#define DsGetSpn DsGetSpnA
#define DsFreeSpnArray DsFreeSpnArrayA
#define DsClientMakeSpnForTargetServer DsClientMakeSpnForTargetServerA
#define DsWriteAccountSpn DsWriteAccountSpnA
#define DsServerRegisterSpn DsServerRegisterSpnA
#define DsCrackNames DsCrackNamesA
#define DsFreeNameResult DsFreeNameResultA
#endif

CS_EXTERN_C_END

#endif
