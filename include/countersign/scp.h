/* SPDX-License-Identifier: Apache-2.0
 * scp.h - a service makes itself known in the directory, a client finds it and knows it.
 *
 * Countersign's own functions; text is UTF-8. A service publishes a service connection point (an
 * object with the keywords clients look for, its host and its port) and service principal names
 * (which say whose key proves it). What the directory says is evidence, not proof: any machine
 * account may plant an object with your keyword below itself. A client therefore brings the service
 * class itself, and a CS_TRUST that says what the object or its account must satisfy.
 *
 * Every option struct begins with its size: zero the struct, set size, then what you need. A HANDLE
 * is that of DsBind (ntdsapi.h) or CsBindDirectory; NULL binds for the call with the caller's own
 * credentials. Why a call failed: CsGetErrorDetail (countersign.h).
 */
#ifndef COUNTERSIGN_SCP_H
#define COUNTERSIGN_SCP_H

#include "cslink.h"
#include "sspi.h"
#include "winerror.h"
#include "wintypes.h"

CS_EXTERN_C_BEGIN

/* How to reach a directory. Everything but size may stay zero. */
typedef struct _CS_DIRECTORY_OPTIONS {
    DWORD size;
    DWORD timeout_ms;        /* of each step; 0: ten seconds */
    const char *domain;      /* DNS name; NULL: the credentials' domain */
    const char *server;      /* as DsBind's DomainControllerName; NULL: found by DNS */
    const char *server_spn;  /* whom to expect; NULL: "ldap/" and the server's name */
    PCredHandle credential;  /* outbound, of Kerberos or Negotiate; the caller's until DsUnBind */
    const char *user;        /* else a name and a password */
    const char *user_domain; /* NULL: domain, or as the name says: user@realm, DOMAIN\user */
    const char *password;
    const char *keytab;  /* instead of a password: a keytab's path */
    const char *ca_file; /* for ldaps: PEM; NULL: the system's */
} CS_DIRECTORY_OPTIONS, *PCS_DIRECTORY_OPTIONS;

/* A service as it is to be published. */
typedef struct _CS_SERVICE {
    DWORD size;
    USHORT port;               /* also the binding, where none is given */
    USHORT replicable;         /* not 0: the SPNs name the object: class/host/DN */
    const char *name;          /* of the object: "SockAuth" */
    const char *container;     /* DN it is created in; NULL: this host's computer object */
    const char *service_class; /* "SockAuth" in "SockAuth/host.example.com" */
    const char *dns_name;      /* NULL: this host */
    const char *dns_name_type; /* NULL: "A" */
    const char *account; /* the service runs as: DN, DOMAIN\name, name, SID; NULL: this host */
    const char *const *keywords; /* GUIDs as text, and words */
    DWORD keyword_count;
    DWORD binding_count;
    const char *const *bindings; /* serviceBindingInformation; NULL: the port */
} CS_SERVICE, *PCS_SERVICE;

/* A service connection point as the directory holds it; freed with CsFreeServicePoints. */
typedef struct _CS_SERVICE_POINT {
    char *dn;
    char *guid; /* objectGUID as text: what to cache, for a DN changes when objects move */
    char *service_class;
    char *dns_name;
    char *dns_name_type;
    char **keywords;
    char **bindings;
    DWORD keyword_count;
    DWORD binding_count;
    char *owner;   /* SID of the object's owner as text; NULL: not readable */
    char *spn;     /* CsFindService: the name the service must prove */
    char *account; /* CsFindService: DN of the account that holds spn */
    char *account_sid;
} CS_SERVICE_POINT, *PCS_SERVICE_POINT;

/* What makes a service found trustworthy. Every member that is set must hold. */
typedef struct _CS_TRUST {
    const char *container; /* DN the object lies below: one where only administrators create */
    const char *account;   /* the account that holds the SPN: DN, DOMAIN\name, name or SID */
    const char *group;     /* a group that account belongs to, nested or not */
    const char *owner;     /* account or group that owns the object, or whose member does */
} CS_TRUST, *PCS_TRUST;

/* CsBindDirectory - bind to a directory with options.
 *
 * *phDS is closed with DsUnBind.
 *
 * Returns: as DsBind.
 * Threads: safe.
 * Source: scp.h
 */
DWORD CsBindDirectory(const CS_DIRECTORY_OPTIONS *options, HANDLE *phDS) CS_EXPORT(CsBindDirectory);

/* CsCreateServicePoint - create a service connection point.
 *
 * The account is granted reading and writing of serviceDNSName and serviceBindingInformation, by
 * two access-control entries. The host's own account may create objects below its computer object;
 * elsewhere an administrator must. point may be NULL.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_ALREADY_EXISTS; ERROR_ACCESS_DENIED;
 * ERROR_DS_NO_SUCH_OBJECT (the container or the account); and what DsBind returns.
 * Threads: safe.
 * Source: scp.h, Creating a Service Connection Point
 */
DWORD CsCreateServicePoint(HANDLE hDS, const CS_SERVICE *service, CS_SERVICE_POINT **point)
    CS_EXPORT(CsCreateServicePoint);

/* CsReadServicePoint - read a service connection point by its DN or its objectGUID.
 *
 * which is a DN, a GUID as text, or "<GUID=...>". Read from a full replica of its domain.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_DS_NO_SUCH_OBJECT; what DsBind returns.
 * Threads: safe.
 * Source: scp.h, How Clients Find and Use a Service Connection Point
 */
DWORD CsReadServicePoint(HANDLE hDS, const char *which, CS_SERVICE_POINT **point)
    CS_EXPORT(CsReadServicePoint);

/* CsUpdateServicePoint - compare with what is true now, and write where it differs.
 *
 * For a service's start. dns_name NULL: this host. *changed, if given, tells whether anything was
 * written.
 *
 * Returns: as CsReadServicePoint; ERROR_ACCESS_DENIED.
 * Threads: safe.
 * Source: scp.h, Updating a Service Connection Point
 */
DWORD CsUpdateServicePoint(HANDLE hDS, const char *which, const char *dns_name,
                           const char *const *bindings, DWORD binding_count, BOOL *changed)
    CS_EXPORT(CsUpdateServicePoint);

/* CsRemoveServicePoint - delete a service connection point.
 *
 * Only an object of that class is deleted.
 *
 * Returns: as CsReadServicePoint; ERROR_ACCESS_DENIED.
 * Threads: safe.
 * Source: scp.h
 */
DWORD CsRemoveServicePoint(HANDLE hDS, const char *which) CS_EXPORT(CsRemoveServicePoint);

/* CsFindServicePoints - every service connection point with a keyword, in the whole forest.
 *
 * Searched in the global catalog, then each is read in full. No trust is applied: this is for
 * showing what is there. keyword NULL: all. Freed with CsFreeServicePoints.
 *
 * Returns: ERROR_SUCCESS (*count may be 0); ERROR_INVALID_PARAMETER; what DsBind returns.
 * Threads: safe.
 * Source: scp.h
 */
DWORD CsFindServicePoints(HANDLE hDS, const char *keyword, CS_SERVICE_POINT ***points, DWORD *count)
    CS_EXPORT(CsFindServicePoints);

/* CsFreeServicePoints, CsFreeServicePoint - free what the functions above gave.
 *
 * NULL is allowed.
 *
 * Threads: safe.
 * Source: scp.h
 */
VOID CsFreeServicePoints(CS_SERVICE_POINT **points, DWORD count) CS_EXPORT(CsFreeServicePoints);
VOID CsFreeServicePoint(CS_SERVICE_POINT *point) CS_EXPORT(CsFreeServicePoint);

/* CsPublishService - publish a service whole: its connection point and its SPNs.
 *
 * Creates the object, or updates the one that is there; registers class/host.example.com and
 * class/HOST (with replicable, class/host.example.com/DN and class/HOST/DN) on the account; reads
 * both back. What fails half way is undone: an object that was there says again what it said, and
 * names the account held before stay. An object of another service class is left alone.
 *
 * Returns: as CsCreateServicePoint and DsWriteAccountSpn.
 * Threads: safe.
 * Source: scp.h
 */
DWORD CsPublishService(HANDLE hDS, const CS_SERVICE *service, CS_SERVICE_POINT **point)
    CS_EXPORT(CsPublishService);

/* CsWithdrawService - take back what CsPublishService published.
 *
 * The SPNs go, and then the object; where that may not be taken they are registered again. What is
 * not there any more is no failure.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_ACCESS_DENIED; what DsBind returns.
 * Threads: safe.
 * Source: scp.h
 */
DWORD CsWithdrawService(HANDLE hDS, const CS_SERVICE *service) CS_EXPORT(CsWithdrawService);

/* CsCheckServiceNames - does the account hold the SPNs it needs?
 *
 * For a service's start. account as in CS_SERVICE; NULL: the account hDS is bound as. missing
 * receives those it does not hold; freed with DsFreeSpnArrayA. Names that are also held by another
 * account count as missing: no client can authenticate them.
 *
 * Returns: ERROR_SUCCESS (all there); ERROR_NOT_FOUND (*missing says which); what DsBind returns.
 * Threads: safe.
 * Source: scp.h
 */
DWORD CsCheckServiceNames(HANDLE hDS, const char *account, const char *const *spns, DWORD count,
                          char ***missing, DWORD *missing_count) CS_EXPORT(CsCheckServiceNames);

/* CsFindSpnAccounts - which accounts of the forest hold an SPN?
 *
 * *accounts receives their DNs; freed with DsFreeSpnArrayA. More than one: a duplicate, and
 * authentication fails.
 *
 * Returns: ERROR_SUCCESS (*count may be 0); ERROR_INVALID_PARAMETER; what DsBind returns.
 * Threads: safe.
 * Source: scp.h
 */
DWORD CsFindSpnAccounts(HANDLE hDS, const char *spn, char ***accounts, DWORD *count)
    CS_EXPORT(CsFindSpnAccounts);

/* One account's names. */
typedef struct _CS_SPN_ACCOUNT {
    char *dn;
    char *name; /* sAMAccountName */
    char **spns;
    DWORD spn_count;
    DWORD key_version;      /* msDS-KeyVersionNumber; 0: not readable */
    DWORD encryption_types; /* msDS-SupportedEncryptionTypes; 0: not set */
    DWORD account_control;  /* userAccountControl */
} CS_SPN_ACCOUNT, *PCS_SPN_ACCOUNT;

/* CsListSpnAccounts, CsFreeSpnAccounts - accounts and their SPNs.
 *
 * which: a DN, DOMAIN\name, name, SID or an SPN; NULL: every account of the domain that holds one.
 * Freed with CsFreeSpnAccounts.
 *
 * Returns: ERROR_SUCCESS; ERROR_DS_NO_SUCH_OBJECT; what DsBind returns.
 * Threads: safe.
 * Source: scp.h
 */
DWORD CsListSpnAccounts(HANDLE hDS, const char *which, CS_SPN_ACCOUNT **accounts, DWORD *count)
    CS_EXPORT(CsListSpnAccounts);
VOID CsFreeSpnAccounts(CS_SPN_ACCOUNT *accounts, DWORD count) CS_EXPORT(CsFreeSpnAccounts);

/* CsFindService - the services with a keyword that a trust policy accepts.
 *
 * Each of *points has spn (made of service_class, which must be the object's, and its host), and
 * account, the one account of the forest that holds it. Without a policy, hits of more than one
 * account are an error whose detail lists them.
 *
 * Returns: ERROR_SUCCESS; ERROR_NOT_FOUND (no such keyword); ERROR_TRUST_FAILURE (none satisfies
 * the policy); ERROR_DS_NAME_ERROR_NOT_UNIQUE; ERROR_INVALID_PARAMETER; what DsBind returns.
 * Threads: safe.
 * Source: scp.h
 */
DWORD CsFindService(HANDLE hDS, const char *keyword, const char *service_class,
                    const CS_TRUST *trust, CS_SERVICE_POINT ***points, DWORD *count)
    CS_EXPORT(CsFindService);

/* How CsConnectService talks with the service while both authenticate: one token each way.
 * receive: *length is the room in token, and becomes what was received. Return 0; anything else
 * (an errno, where there is one) ends the attempt. */
typedef struct _CS_TOKEN_EXCHANGE {
    int (*send)(void *arg, int socket, const void *token, DWORD length);
    int (*receive)(void *arg, int socket, void *token, DWORD *length);
    void *arg;
} CS_TOKEN_EXCHANGE, *PCS_TOKEN_EXCHANGE;

typedef struct _CS_CONNECT_OPTIONS {
    DWORD size;
    DWORD timeout_ms; /* of connecting and authenticating, to all instances; 0: 30 seconds */
    const char *keyword;
    const char *service_class;
    const CS_TRUST *trust;             /* NULL: one account only may be behind the keyword */
    const char *package;               /* NULL: "Negotiate" */
    PCredHandle credential;            /* NULL: the caller's own */
    ULONG context_flags;               /* ISC_REQ_ added to MUTUAL_AUTH, INTEGRITY, CONFIDENTIALITY,
                                          REPLAY_DETECT and SEQUENCE_DETECT */
    USHORT default_port;               /* where the object gives none */
    const char *address;               /* connect here instead of the object's host */
    const CS_TOKEN_EXCHANGE *exchange; /* NULL: each token behind its length, 4 bytes, big-endian */
} CS_CONNECT_OPTIONS, *PCS_CONNECT_OPTIONS;

/* A connection to a service that proved who it is; ended with CsCloseConnection. */
typedef struct _CS_CONNECTION {
    int socket;
    CtxtHandle context;
    CS_SERVICE_POINT *service; /* which one, its SPN and its account */
} CS_CONNECTION, *PCS_CONNECTION;

/* CsConnectService - from a keyword to a mutually authenticated connection.
 *
 * Finds the service as CsFindService does, connects to its host, authenticates both sides under the
 * SPN, and afterwards compares the account behind the authenticated name with the policy again.
 * Where several instances are trusted, they are tried in turn until one answers; one that answers
 * and does not prove itself ends the search. Each has an equal part of the time that is left, a
 * second at least, so that silent ones leave time for others; the directory, the host names'
 * servers and a KDC that is asked have times of their own. So has an exchange of the caller's; its
 * socket begins each token with what is left as SO_RCVTIMEO and SO_SNDTIMEO.
 *
 * Returns: as CsFindService; ERROR_CONNECTION_REFUSED, ERROR_TIMEOUT, ERROR_NOT_FOUND when none
 * answers in time; ERROR_MUTUAL_AUTH_FAILED and ERROR_WRONG_TARGET_NAME when one is someone else.
 * Threads: safe.
 * Source: scp.h, How a Client Authenticates an SCP-based Windows Sockets Service
 */
DWORD CsConnectService(HANDLE hDS, const CS_CONNECT_OPTIONS *options, CS_CONNECTION **connection)
    CS_EXPORT(CsConnectService);

/* CsCloseConnection - close the socket, delete the context, free the rest.
 *
 * Threads: safe.
 * Source: scp.h
 */
VOID CsCloseConnection(CS_CONNECTION *connection) CS_EXPORT(CsCloseConnection);

CS_EXTERN_C_END

#endif
