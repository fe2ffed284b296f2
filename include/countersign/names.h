/* SPDX-License-Identifier: Apache-2.0
 * names.h - services that are found by name: rights, and publishing, finding and trusting them.
 *
 * Countersign's own functions, beside those of winsock2.h (WSASetService, WSALookupServiceBegin);
 * text is UTF-8. A service that is found by name is an object in one of two containers of its
 * domain, CN=WinsockServices,CN=System or CN=RpcServices,CN=System, and its account holds a service
 * principal name with that object's DN in it: class/host.example.com/CN=name,CN=WinsockServices,...
 *
 * What the directory says is evidence, not proof: scp.h says why, and has CS_TRUST. A HANDLE is
 * that of DsBind (ntdsapi.h) or CsBindDirectory (scp.h); NULL binds for the call with the caller's
 * own credentials. Why a call failed: CsGetErrorDetail (countersign.h).
 */
#ifndef COUNTERSIGN_NAMES_H
#define COUNTERSIGN_NAMES_H

#include "cslink.h"
#include "rpcdce.h"
#include "scp.h"
#include "winerror.h"
#include "wintypes.h"

CS_EXTERN_C_BEGIN

#define CS_NAMES_WINSOCK 0x1         /* Winsock services: serviceInstance */
#define CS_NAMES_RPC 0x2             /* entries of the RPC name service: rpcServer */
#define CS_NAMES_WINSOCK_CLASSES 0x4 /* rights: serviceClass */
#define CS_NAMES_RPC_GROUPS 0x8      /* rights: rpcGroup, rpcProfile */

/* CsGrantNames, CsRevokeNames - let an account publish services by name, or no longer.
 *
 * account: a DN, DOMAIN\name, name or SID. which: some of CS_NAMES_xxx. The account may create
 * objects of these classes in the domain's container, by an access-control entry for each class;
 * and whoever created one may read, change and delete it, by an inheritable entry for CREATOR
 * OWNER. No other right is given. Revoking takes the account's entries, and those for CREATOR OWNER
 * with the last account's. Until then an account may change and delete what it has created, after
 * that only administrators may: withdraw services before. The SPNs of the service are another
 * matter: DsWriteAccountSpn.
 *
 * *rights, if given, receives a sentence for each right, which ends with its entry in SDDL; freed
 * with DsFreeSpnArrayA.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_ACCESS_DENIED (a domain administrator
 * may); ERROR_DS_NO_SUCH_OBJECT (no such account, or the domain lacks the container); what DsBind
 * returns.
 * Threads: safe. Of two that change the same container at once the later one's change stays.
 * Source: names.h, Security Issues for Service Publication
 */
DWORD CsGrantNames(HANDLE hDS, const char *account, DWORD which, char ***rights, DWORD *count)
    CS_EXPORT(CsGrantNames);
DWORD CsRevokeNames(HANDLE hDS, const char *account, DWORD which, char ***rights, DWORD *count)
    CS_EXPORT(CsRevokeNames);

/* A service as it is to be published. Everything but size, kind, name, service_class, type and
 * addresses may stay zero. */
typedef struct _CS_NAME {
    DWORD size;
    DWORD kind;                   /* CS_NAMES_WINSOCK or CS_NAMES_RPC */
    const char *name;             /* of the entry: "SockAuth" */
    const char *service_class;    /* "SockAuth" in "SockAuth/host.example.com/CN=SockAuth,CN=..." */
    const char *type;             /* the class's GUID as text; of RPC "interface UUID,1.0" */
    const char *dns_name;         /* NULL: this host */
    const char *account;          /* it runs as: DN, DOMAIN\name, name, SID; NULL: whom hDS is */
    const char *comment;          /* of Winsock */
    const char *const *addresses; /* "192.0.2.1:5001", "[2001:db8::1]:5001/udp"; string bindings */
    const char *const *objects;   /* of RPC: UUIDs */
    DWORD address_count;
    DWORD object_count;
    DWORD flags; /* CS_NAME_SPN_ELSEWHERE */
} CS_NAME, *PCS_NAME;

/* The SPN is an administrator's affair: publishing checks that the account holds it, withdrawing
 * leaves it. */
#define CS_NAME_SPN_ELSEWHERE 0x1

/* CsPublishName - publish a service by name whole: its entry and its SPN.
 *
 * Registers class/host/DN on the account where it does not hold it; creates the entry, or changes
 * the one that is there, so that the host's addresses are these; reads both back. Addresses of
 * other hosts stay. What fails half way is undone: an entry that was there says again what it said.
 *
 * An ordinary account needs what CsGrantNames gives, and its SPN registered by an administrator.
 * *spn, if given, receives the SPN as an array of one; freed with DsFreeSpnArrayA.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER (also: the name is another service's);
 * ERROR_ACCESS_DENIED; ERROR_DS_NO_SUCH_OBJECT (no such account; it does not hold the SPN; the
 * domain lacks the container); ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST; what DsBind returns.
 * Threads: safe.
 * Source: names.h, Composing SPNs for an RnR Service
 */
DWORD CsPublishName(HANDLE hDS, const CS_NAME *service, char ***spn) CS_EXPORT(CsPublishName);

/* CsWithdrawName - take back what CsPublishName published for this host.
 *
 * The entry goes with its last address, and then the SPN, if the host has nothing else in the entry
 * that it proves. What is not there any more is no failure.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER (also: the name is a service's of another class);
 * ERROR_ACCESS_DENIED (with CS_NAME_SPN_ELSEWHERE the entry stays; without, it may be the SPN
 * alone); what DsBind returns. Threads: safe. Source: names.h
 */
DWORD CsWithdrawName(HANDLE hDS, const CS_NAME *service) CS_EXPORT(CsWithdrawName);

/* A service found by name, on one host: an entry of two hosts is two of them. No text is NULL but
 * where it says so. */
typedef struct _CS_FOUND_NAME {
    DWORD kind;
    char *dn;
    char *name;
    char *comment;
    char *dns_name; /* the host; "" where a damaged entry names none */
    char *type;     /* as CS_NAME's; "" where it is damaged */
    char **addresses;
    char **objects;
    DWORD address_count;
    DWORD object_count;
    char *damage;  /* what of the entry is not understood, and was left out; "": nothing */
    char *owner;   /* SID of the object's owner as text; NULL: not readable */
    char *spn;     /* CsNameSpn: the name the service must prove; else NULL */
    char *account; /* CsNameSpn: DN of the account that holds spn; else NULL */
    char *account_sid;
} CS_FOUND_NAME, *PCS_FOUND_NAME;

typedef struct _CS_NAME_QUERY {
    DWORD size;
    DWORD kinds;      /* CS_NAMES_WINSOCK, CS_NAMES_RPC, or both */
    const char *name; /* NULL: all */
    const char *type; /* NULL: any */
} CS_NAME_QUERY, *PCS_NAME_QUERY;

/* Takes one; found is the caller's until it returns. 0 ends the search. */
typedef BOOL (*CS_NAME_CALLBACK)(void *arg, const CS_FOUND_NAME *found);

/* CsFindNames - every service of a query in the domain, damaged ones included.
 *
 * Handed out one after the other, in the memory of one page, however many there are. No trust is
 * applied: this is for showing what is there.
 *
 * Returns: ERROR_SUCCESS, also where there is none; ERROR_INVALID_PARAMETER; what DsBind returns.
 * Threads: safe; callback is called on the caller's thread.
 * Source: names.h
 */
DWORD CsFindNames(HANDLE hDS, const CS_NAME_QUERY *query, CS_NAME_CALLBACK callback, void *arg)
    CS_EXPORT(CsFindNames);

/* CsNameSpn - the services of a query that a trust policy accepts, each with its SPN.
 *
 * The class is the caller's, host and DN are those of the entry, and exactly one account of the
 * forest must hold what is made of them. Without a policy, hits of more than one account are an
 * error whose detail lists them. An RPC server's addresses are in an object below its entry: the
 * policy's owner must own both. Freed with CsFreeNames.
 *
 * Returns: ERROR_SUCCESS; ERROR_NOT_FOUND (no such name); ERROR_TRUST_FAILURE (none satisfies the
 * policy, or is sound); ERROR_DS_NAME_ERROR_NOT_UNIQUE; ERROR_INVALID_PARAMETER; what DsBind
 * returns.
 * Threads: safe.
 * Source: names.h, Composing SPNs for an RnR Service
 */
DWORD CsNameSpn(HANDLE hDS, const CS_NAME_QUERY *query, const char *service_class,
                const CS_TRUST *trust, CS_FOUND_NAME ***found, DWORD *count) CS_EXPORT(CsNameSpn);

/* CsFreeNames - free what CsNameSpn gave.
 *
 * NULL is allowed.
 *
 * Threads: safe.
 * Source: names.h
 */
VOID CsFreeNames(CS_FOUND_NAME **found, DWORD count) CS_EXPORT(CsFreeNames);

typedef struct _CS_NAME_CONNECT_OPTIONS {
    DWORD size;
    DWORD timeout_ms; /* as CS_CONNECT_OPTIONS': to all addresses; 0: 30 seconds */
    const char *name;
    const char *type; /* NULL: any */
    const char *service_class;
    const CS_TRUST *trust;             /* NULL: one account only may be behind the name */
    const char *package;               /* NULL: "Negotiate" */
    PCredHandle credential;            /* NULL: the caller's own */
    ULONG context_flags;               /* as CS_CONNECT_OPTIONS' */
    const CS_TOKEN_EXCHANGE *exchange; /* as CS_CONNECT_OPTIONS' */
} CS_NAME_CONNECT_OPTIONS, *PCS_NAME_CONNECT_OPTIONS;

/* CsConnectName - from a Winsock service's name to a mutually authenticated connection.
 *
 * Finds the service as CsNameSpn does, connects to an address of TCP that its entry has,
 * authenticates both sides under the SPN, and afterwards compares the account behind it with the
 * policy again. Several addresses and instances are tried in turn until one answers; one that
 * answers and does not prove itself ends the search. All of them have one time, each as
 * CsConnectService's instances a part of it. Ended with CsCloseConnection; its service has
 * dn, service_class, dns_name, spn, account, owner, and the address as its only binding.
 *
 * Returns: as CsNameSpn; ERROR_CONNECTION_REFUSED, ERROR_TIMEOUT, ERROR_NOT_FOUND when none
 * answers in time; ERROR_MUTUAL_AUTH_FAILED and ERROR_WRONG_TARGET_NAME when one is someone else.
 * Threads: safe.
 * Source: names.h, How a Client Authenticates an RnR-based Service
 */
DWORD CsConnectName(HANDLE hDS, const CS_NAME_CONNECT_OPTIONS *options, CS_CONNECTION **connection)
    CS_EXPORT(CsConnectName);

typedef struct _CS_NAME_BIND_OPTIONS {
    DWORD size;
    ULONG authn_service; /* RPC_C_AUTHN_xxx; 0: RPC_C_AUTHN_GSS_NEGOTIATE */
    ULONG impersonation; /* RPC_C_IMP_LEVEL_xxx; 0: RPC_C_IMP_LEVEL_IDENTIFY */
    DWORD timeout_ms;    /* of all bindings; 0: 90 seconds */
    const char *name;
    RPC_IF_HANDLE if_spec; /* the stub's, x_v1_0_c_ifspec */
    const UUID *object;    /* the handle's object; NULL: none */
    const char *service_class;
    const CS_TRUST *trust;             /* NULL: one account only may be behind the name */
    RPC_AUTH_IDENTITY_HANDLE identity; /* as RpcBindingSetAuthInfo's */
} CS_NAME_BIND_OPTIONS, *PCS_NAME_BIND_OPTIONS;

/* CsBindName - from an RPC entry's name to a handle of a server that proved itself.
 *
 * Finds the servers of the interface, and of versions compatible with it, as CsNameSpn does, and
 * connects to a binding of ncacn_ip_tcp that the entry has, at RPC_C_AUTHN_LEVEL_PKT_PRIVACY with
 * mutual authentication under the SPN; afterwards it compares the account behind the SPN with the
 * policy again. Several bindings and instances are tried in turn until one answers; one that
 * answers and does not prove itself ends the search. Each has an equal part of the time that is
 * left, for connecting to an endpoint mapper, for its answer and for connecting to the server, as
 * RpcMgmtSetComTimeout counts and each a second at least; the directory and a KDC that is asked
 * have times of their own. The handle's options are afterwards those of a new one. The handle knows
 * its entry's whole name (RpcNsBindingInqEntryName); freed with RpcBindingFree.
 *
 * Returns: as CsNameSpn; else what RpcBindingBind returned for the last server that was tried:
 * RPC_S_SERVER_UNAVAILABLE or RPC_S_CALL_CANCELLED where none answers in time, RPC_S_SEC_PKG_ERROR
 * where one is someone else.
 * Threads: safe.
 * Source: names.h, Composing SPNs for an RpcNs Service
 */
DWORD CsBindName(HANDLE hDS, const CS_NAME_BIND_OPTIONS *options, RPC_BINDING_HANDLE *binding)
    CS_EXPORT(CsBindName);

CS_EXTERN_C_END

#endif
