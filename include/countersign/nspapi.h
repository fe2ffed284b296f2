/* SPDX-License-Identifier: Apache-2.0
 * nspapi.h - Windows Sockets registration and resolution: services found by name or by class.
 *
 * The name space is the directory of the caller's domain, NS_NTDS; NS_ALL means it too. A service
 * is an object of its name in CN=WinsockServices,CN=System,<domain DN>, its class another one.
 * Included by winsock2.h, where the documentation has all of this. Link with
 * libcountersign-names.
 *
 * What the directory says is evidence, not proof: authenticate the service that answers at an
 * address found here (InitializeSecurityContext with ISC_REQ_MUTUAL_AUTH), or let CsConnectName
 * of names.h do so.
 *
 * All functions here act as the calling thread's user, with one session of their own. They fail
 * with SOCKET_ERROR and WSAGetLastError says why; CsGetErrorDetail (countersign.h) says it in
 * words. Besides what their pages list: WSANOTINITIALISED before WSAStartup,
 * WSA_NOT_ENOUGH_MEMORY, WSAEACCES (no credentials, or the directory does not let the caller),
 * WSAENETUNREACH (no domain controller answers), WSAETIMEDOUT, WSANO_RECOVERY (the directory
 * failed).
 *
 * Source: desktop-src/WinSock/registration-and-name-resolution-2.md
 */
#ifndef COUNTERSIGN_NSPAPI_H
#define COUNTERSIGN_NSPAPI_H

#include "cslink.h"
#include "svcguid.h"
#include "winerror.h"
#include "winnt.h"
#include "wintypes.h"
#include "ws2def.h"

#define NS_ALL 0
#define NS_SAP 1
#define NS_NDS 2
#define NS_PEER_BROWSE 3
#define NS_SLP 5
#define NS_DHCP 6
#define NS_TCPIP_LOCAL 10
#define NS_TCPIP_HOSTS 11
#define NS_DNS 12
#define NS_NETBT 13
#define NS_WINS 14
#define NS_NLA 15
#define NS_BTH 16
#define NS_NBP 20
#define NS_MS 30
#define NS_STDA 31
#define NS_NTDS 32
#define NS_EMAIL 37
#define NS_PNRPNAME 38
#define NS_PNRPCLOUD 39
#define NS_X500 40
#define NS_NIS 41
#define NS_NISPLUS 42
#define NS_WRQ 50
#define NS_NETDES 60

/* What a lookup is restricted to, and what it returns. */
#define LUP_DEEP 0x0001
#define LUP_CONTAINERS 0x0002
#define LUP_NOCONTAINERS 0x0004
#define LUP_NEAREST 0x0008
#define LUP_RETURN_NAME 0x0010
#define LUP_RETURN_TYPE 0x0020
#define LUP_RETURN_VERSION 0x0040
#define LUP_RETURN_COMMENT 0x0080
#define LUP_RETURN_ADDR 0x0100
#define LUP_RETURN_BLOB 0x0200
#define LUP_RETURN_ALIASES 0x0400
#define LUP_RETURN_QUERY_STRING 0x0800
#define LUP_RETURN_ALL 0x0FF0
#define LUP_FLUSHPREVIOUS 0x1000
#define LUP_FLUSHCACHE 0x2000
#define LUP_RES_SERVICE 0x8000

/* dwOutputFlags of a result; this name space has no aliases. */
#define RESULT_IS_ALIAS 0x0001
#define RESULT_IS_ADDED 0x0010
#define RESULT_IS_CHANGED 0x0020
#define RESULT_IS_DELETED 0x0040

#define SERVICE_MULTIPLE 0x00000001

/* Names of what a service class says of a name space (WSANSCLASSINFO). */
#define SERVICE_TYPE_VALUE_SAPIDA "SapId"
#define SERVICE_TYPE_VALUE_SAPIDW u"SapId"
#define SERVICE_TYPE_VALUE_CONNA "ConnectionOriented"
#define SERVICE_TYPE_VALUE_CONNW u"ConnectionOriented"
#define SERVICE_TYPE_VALUE_TCPPORTA "TcpPort"
#define SERVICE_TYPE_VALUE_TCPPORTW u"TcpPort"
#define SERVICE_TYPE_VALUE_UDPPORTA "UdpPort"
#define SERVICE_TYPE_VALUE_UDPPORTW u"UdpPort"
#define SERVICE_TYPE_VALUE_OBJECTIDA "ObjectId"
#define SERVICE_TYPE_VALUE_OBJECTIDW u"ObjectId"

typedef struct _BLOB {
    ULONG cbSize;
    BYTE *pBlobData;
} BLOB, *LPBLOB;

typedef enum _WSAEcomparator {
    COMP_EQUAL = 0,
    COMP_NOTLESS
} WSAECOMPARATOR,
    *PWSAECOMPARATOR, *LPWSAECOMPARATOR;

typedef struct _WSAVersion {
    DWORD dwVersion;
    WSAECOMPARATOR ecHow;
} WSAVERSION, *PWSAVERSION, *LPWSAVERSION;

typedef struct _AFPROTOCOLS {
    INT iAddressFamily;
    INT iProtocol;
} AFPROTOCOLS, *PAFPROTOCOLS, *LPAFPROTOCOLS;

typedef enum _WSAESETSERVICEOP {
    RNRSERVICE_REGISTER = 0,
    RNRSERVICE_DEREGISTER,
    RNRSERVICE_DELETE
} WSAESETSERVICEOP,
    *PWSAESETSERVICEOP, *LPWSAESETSERVICEOP;

typedef struct _WSAQuerySetA {
    DWORD dwSize;
    LPSTR lpszServiceInstanceName;
    LPGUID lpServiceClassId;
    LPWSAVERSION lpVersion;
    LPSTR lpszComment;
    DWORD dwNameSpace;
    LPGUID lpNSProviderId;
    LPSTR lpszContext;
    DWORD dwNumberOfProtocols;
    LPAFPROTOCOLS lpafpProtocols;
    LPSTR lpszQueryString;
    DWORD dwNumberOfCsAddrs;
    LPCSADDR_INFO lpcsaBuffer;
    DWORD dwOutputFlags;
    LPBLOB lpBlob;
} WSAQUERYSETA, *PWSAQUERYSETA, *LPWSAQUERYSETA;

typedef struct _WSAQuerySetW {
    DWORD dwSize;
    LPWSTR lpszServiceInstanceName;
    LPGUID lpServiceClassId;
    LPWSAVERSION lpVersion;
    LPWSTR lpszComment;
    DWORD dwNameSpace;
    LPGUID lpNSProviderId;
    LPWSTR lpszContext;
    DWORD dwNumberOfProtocols;
    LPAFPROTOCOLS lpafpProtocols;
    LPWSTR lpszQueryString;
    DWORD dwNumberOfCsAddrs;
    LPCSADDR_INFO lpcsaBuffer;
    DWORD dwOutputFlags;
    LPBLOB lpBlob;
} WSAQUERYSETW, *PWSAQUERYSETW, *LPWSAQUERYSETW;

typedef struct _WSANSClassInfoA {
    LPSTR lpszName;
    DWORD dwNameSpace;
    DWORD dwValueType; /* REG_DWORD and its like, winnt.h */
    DWORD dwValueSize;
    LPVOID lpValue;
} WSANSCLASSINFOA, *PWSANSCLASSINFOA, *LPWSANSCLASSINFOA;

typedef struct _WSANSClassInfoW {
    LPWSTR lpszName;
    DWORD dwNameSpace;
    DWORD dwValueType;
    DWORD dwValueSize;
    LPVOID lpValue;
} WSANSCLASSINFOW, *PWSANSCLASSINFOW, *LPWSANSCLASSINFOW;

typedef struct _WSAServiceClassInfoA {
    LPGUID lpServiceClassId;
    LPSTR lpszServiceClassName;
    DWORD dwCount;
    LPWSANSCLASSINFOA lpClassInfos;
} WSASERVICECLASSINFOA, *PWSASERVICECLASSINFOA, *LPWSASERVICECLASSINFOA;

typedef struct _WSAServiceClassInfoW {
    LPGUID lpServiceClassId;
    LPWSTR lpszServiceClassName;
    DWORD dwCount;
    LPWSANSCLASSINFOW lpClassInfos;
} WSASERVICECLASSINFOW, *PWSASERVICECLASSINFOW, *LPWSASERVICECLASSINFOW;

typedef struct _WSANAMESPACE_INFOA {
    GUID NSProviderId;
    DWORD dwNameSpace;
    BOOL fActive;
    DWORD dwVersion;
    LPSTR lpszIdentifier;
} WSANAMESPACE_INFOA, *PWSANAMESPACE_INFOA, *LPWSANAMESPACE_INFOA;

typedef struct _WSANAMESPACE_INFOW {
    GUID NSProviderId;
    DWORD dwNameSpace;
    BOOL fActive;
    DWORD dwVersion;
    LPWSTR lpszIdentifier;
} WSANAMESPACE_INFOW, *PWSANAMESPACE_INFOW, *LPWSANAMESPACE_INFOW;

static_assert(sizeof(WSAQUERYSETW) == 120 && sizeof(WSASERVICECLASSINFOW) == 32 &&
                  sizeof(WSANSCLASSINFOW) == 32 && sizeof(WSANAMESPACE_INFOW) == 40 &&
                  sizeof(CSADDR_INFO) == 40 && sizeof(WSAVERSION) == 8,
              "as on 64-bit Windows");

CS_EXTERN_C_BEGIN

/* WSAInstallServiceClass - make a class of services known.
 *
 * The name is what WSAGetServiceClassNameByClassId gives; dwCount values tell of name spaces what
 * all services of the class have in common ("TcpPort"), of which those of NS_NTDS and NS_ALL are
 * kept. At most 64 values, each at most 4096 bytes, names at most 64 characters. A value is kept
 * byte for byte, text too, in the form it was given in.
 *
 * Returns: 0; SOCKET_ERROR with WSAEALREADY (the class is there; remove it first), WSAEINVAL
 * (a missing pointer, an empty or overlong name, too much), WSAEACCES.
 * Threads: safe.
 * Source: winsock2.h, WSAInstallServiceClassW
 */
INT WSAInstallServiceClassW(LPWSASERVICECLASSINFOW lpServiceClassInfo)
    CS_EXPORT(WSAInstallServiceClassW);
INT WSAInstallServiceClassA(LPWSASERVICECLASSINFOA lpServiceClassInfo)
    CS_EXPORT(WSAInstallServiceClassA);

/* WSARemoveServiceClass - forget a class of services. Its services stay.
 *
 * Returns: 0; SOCKET_ERROR with WSATYPE_NOT_FOUND, WSAEINVAL (no pointer), WSAEACCES.
 * Threads: safe.
 * Source: winsock2.h, WSARemoveServiceClass
 */
INT WSARemoveServiceClass(LPGUID lpServiceClassId) CS_EXPORT(WSARemoveServiceClass);

/* WSAGetServiceClassInfo - what was said of a class when it was installed.
 *
 * lpProviderId: the provider of WSAEnumNameSpaceProviders. Everything pointed to lies within the
 * caller's buffer of *lpdwBufSize bytes.
 *
 * Returns: 0; SOCKET_ERROR with WSAEFAULT (*lpdwBufSize says how much is needed), WSAEINVAL (a
 * missing pointer, another provider), WSATYPE_NOT_FOUND, WSANO_DATA (the class has damaged
 * values only).
 * Threads: safe.
 * Source: winsock2.h, WSAGetServiceClassInfoW
 */
INT WSAGetServiceClassInfoW(LPGUID lpProviderId, LPGUID lpServiceClassId, LPDWORD lpdwBufSize,
                            LPWSASERVICECLASSINFOW lpServiceClassInfo)
    CS_EXPORT(WSAGetServiceClassInfoW);
INT WSAGetServiceClassInfoA(LPGUID lpProviderId, LPGUID lpServiceClassId, LPDWORD lpdwBufSize,
                            LPWSASERVICECLASSINFOA lpServiceClassInfo)
    CS_EXPORT(WSAGetServiceClassInfoA);

/* WSAGetServiceClassNameByClassId - the name of a class.
 *
 * *lpdwBufferLength: in, the room in characters; out, the characters of the name with its
 * terminating null, also when there is too little room.
 *
 * Returns: 0; SOCKET_ERROR with WSAEFAULT (too little room), WSA_INVALID_PARAMETER (no class),
 * WSAEINVAL (no length), WSATYPE_NOT_FOUND.
 * Threads: safe.
 * Source: winsock2.h, WSAGetServiceClassNameByClassIdW
 */
INT WSAGetServiceClassNameByClassIdW(LPGUID lpServiceClassId, LPWSTR lpszServiceClassName,
                                     LPDWORD lpdwBufferLength)
    CS_EXPORT(WSAGetServiceClassNameByClassIdW);
INT WSAGetServiceClassNameByClassIdA(LPGUID lpServiceClassId, LPSTR lpszServiceClassName,
                                     LPDWORD lpdwBufferLength)
    CS_EXPORT(WSAGetServiceClassNameByClassIdA);

/* WSASetService - publish a service, or withdraw it.
 *
 * Used are lpszServiceInstanceName (at most 64 characters, not "*"), lpServiceClassId, lpVersion,
 * lpszComment, dwNameSpace, lpNSProviderId, and the addresses in lpcsaBuffer, of AF_INET and
 * AF_INET6; lpszContext may be NULL, "", "\" or the container's DN; lpBlob must be NULL. Each
 * address is kept with the DNS name of this host, and only an address of this host is removed
 * with SERVICE_MULTIPLE. An iProtocol that repeats the address family, as the documented example
 * has it, is taken for the protocol that the socket's type stands for.
 *
 * RNRSERVICE_REGISTER makes the object, or gives the one that is there these addresses instead of
 * its own; with SERVICE_MULTIPLE it adds them. RNRSERVICE_DEREGISTER removes all addresses, or
 * with SERVICE_MULTIPLE the given ones, and leaves the object. RNRSERVICE_DELETE removes the
 * object, or with SERVICE_MULTIPLE the given addresses and then the object if none remain.
 * Addresses are added and removed each by itself: instances on several hosts do not disturb each
 * other.
 *
 * Returns: 0; SOCKET_ERROR with WSAEINVAL (dwSize, a missing name, class or address, an address
 * of another family, a name that is too long or taken by an object of another kind or class,
 * another name space or provider), WSASERVICE_NOT_FOUND (nothing to withdraw), WSAEACCES.
 * Threads: safe.
 * Source: winsock2.h, WSASetServiceW
 */
INT WSASetServiceW(LPWSAQUERYSETW lpqsRegInfo, WSAESETSERVICEOP essoperation, DWORD dwControlFlags)
    CS_EXPORT(WSASetServiceW);
INT WSASetServiceA(LPWSAQUERYSETA lpqsRegInfo, WSAESETSERVICEOP essoperation, DWORD dwControlFlags)
    CS_EXPORT(WSASetServiceA);

/* WSALookupServiceBegin - begin to look for services.
 *
 * Used are lpServiceClassId (needed), lpszServiceInstanceName (NULL or "*": all of the class),
 * lpVersion, lpafpProtocols (a protocol of 0: any; only addresses of these are returned),
 * dwNameSpace, lpNSProviderId, lpszContext as in WSASetService. A query string is refused.
 * Services come from the directory page by page, in constant memory.
 *
 * With LUP_RETURN_ADDR only services with an address are found, damaged values are left out, and
 * so is what the process' policy does not admit (name-trust-container, name-trust-owner). What is
 * left out is written to the log. LUP_RES_SERVICE asks for addresses to listen on, in LocalAddr.
 * LUP_CONTAINERS finds nothing here: WSANO_DATA. LUP_DEEP, LUP_NOCONTAINERS, LUP_NEAREST and
 * LUP_FLUSHCACHE change nothing; there are no aliases, blobs and query strings to return.
 *
 * The first service is looked for already now. End the handle with WSALookupServiceEnd.
 *
 * Returns: 0; SOCKET_ERROR with WSASERVICE_NOT_FOUND (no such service, or another name space),
 * WSANO_DATA (there are such services, none within the restrictions), WSAEINVAL.
 * Threads: safe.
 * Source: winsock2.h, WSALookupServiceBeginW
 */
INT WSALookupServiceBeginW(LPWSAQUERYSETW lpqsRestrictions, DWORD dwControlFlags,
                           LPHANDLE lphLookup) CS_EXPORT(WSALookupServiceBeginW);
INT WSALookupServiceBeginA(LPWSAQUERYSETA lpqsRestrictions, DWORD dwControlFlags,
                           LPHANDLE lphLookup) CS_EXPORT(WSALookupServiceBeginA);

/* WSALookupServiceNext - the next service.
 *
 * What is returned is what both the flags here and those of WSALookupServiceBegin ask for, but
 * for LUP_FLUSHPREVIOUS (pass over the service that was too long for the buffer) and
 * LUP_RES_SERVICE, which count here too. Everything pointed to lies within the caller's buffer of
 * *lpdwBufferLength bytes.
 *
 * Returns: 0; SOCKET_ERROR with WSA_E_NO_MORE, WSAEFAULT (too small: *lpdwBufferLength says how
 * much is needed, and the same service comes again), WSA_E_CANCELLED (the lookup was ended
 * meanwhile), WSA_INVALID_HANDLE, WSAEINVAL (a missing pointer).
 * Threads: safe; calls on one handle wait for each other.
 * Source: winsock2.h, WSALookupServiceNextW
 */
INT WSALookupServiceNextW(HANDLE hLookup, DWORD dwControlFlags, LPDWORD lpdwBufferLength,
                          LPWSAQUERYSETW lpqsResults) CS_EXPORT(WSALookupServiceNextW);
INT WSALookupServiceNextA(HANDLE hLookup, DWORD dwControlFlags, LPDWORD lpdwBufferLength,
                          LPWSAQUERYSETA lpqsResults) CS_EXPORT(WSALookupServiceNextA);

/* WSALookupServiceEnd - end a lookup, also one that another thread waits in.
 *
 * Returns: 0; SOCKET_ERROR with WSA_INVALID_HANDLE.
 * Threads: safe.
 * Source: winsock2.h, WSALookupServiceEnd
 */
INT WSALookupServiceEnd(HANDLE hLookup) CS_EXPORT(WSALookupServiceEnd);

/* WSAEnumNameSpaceProviders - which name spaces there are: NS_NTDS, from one provider.
 *
 * Asks nobody. Everything pointed to lies within the caller's buffer of *lpdwBufferLength bytes.
 *
 * Returns: how many; SOCKET_ERROR with WSAEFAULT (*lpdwBufferLength says how much is needed),
 * WSAEINVAL (no length).
 * Threads: safe.
 * Source: winsock2.h, WSAEnumNameSpaceProvidersW
 */
INT WSAEnumNameSpaceProvidersW(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOW lpnspBuffer)
    CS_EXPORT(WSAEnumNameSpaceProvidersW);
INT WSAEnumNameSpaceProvidersA(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOA lpnspBuffer)
    CS_EXPORT(WSAEnumNameSpaceProvidersA);

CS_EXTERN_C_END

#ifdef UNICODE
#define SERVICE_TYPE_VALUE_SAPID SERVICE_TYPE_VALUE_SAPIDW
#define SERVICE_TYPE_VALUE_CONN SERVICE_TYPE_VALUE_CONNW
#define SERVICE_TYPE_VALUE_TCPPORT SERVICE_TYPE_VALUE_TCPPORTW
#define SERVICE_TYPE_VALUE_UDPPORT SERVICE_TYPE_VALUE_UDPPORTW
#define SERVICE_TYPE_VALUE_OBJECTID SERVICE_TYPE_VALUE_OBJECTIDW
typedef WSAQUERYSETW WSAQUERYSET, *PWSAQUERYSET, *LPWSAQUERYSET;
typedef WSANSCLASSINFOW WSANSCLASSINFO, *PWSANSCLASSINFO, *LPWSANSCLASSINFO;
typedef WSASERVICECLASSINFOW WSASERVICECLASSINFO, *PWSASERVICECLASSINFO, *LPWSASERVICECLASSINFO;
typedef WSANAMESPACE_INFOW WSANAMESPACE_INFO, *PWSANAMESPACE_INFO, *LPWSANAMESPACE_INFO;
#define WSAInstallServiceClass WSAInstallServiceClassW
#define WSAGetServiceClassInfo WSAGetServiceClassInfoW
#define WSAGetServiceClassNameByClassId WSAGetServiceClassNameByClassIdW
#define WSASetService WSASetServiceW
#define WSALookupServiceBegin WSALookupServiceBeginW
#define WSALookupServiceNext WSALookupServiceNextW
#define WSAEnumNameSpaceProviders WSAEnumNameSpaceProvidersW
#else
#define SERVICE_TYPE_VALUE_SAPID SERVICE_TYPE_VALUE_SAPIDA
#define SERVICE_TYPE_VALUE_CONN SERVICE_TYPE_VALUE_CONNA
#define SERVICE_TYPE_VALUE_TCPPORT SERVICE_TYPE_VALUE_TCPPORTA
#define SERVICE_TYPE_VALUE_UDPPORT SERVICE_TYPE_VALUE_UDPPORTA
#define SERVICE_TYPE_VALUE_OBJECTID SERVICE_TYPE_VALUE_OBJECTIDA
typedef WSAQUERYSETA WSAQUERYSET, *PWSAQUERYSET, *LPWSAQUERYSET;
typedef WSANSCLASSINFOA WSANSCLASSINFO, *PWSANSCLASSINFO, *LPWSANSCLASSINFO;
typedef WSASERVICECLASSINFOA WSASERVICECLASSINFO, *PWSASERVICECLASSINFO, *LPWSASERVICECLASSINFO;
typedef WSANAMESPACE_INFOA WSANAMESPACE_INFO, *PWSANAMESPACE_INFO, *LPWSANAMESPACE_INFO;
#define WSAInstallServiceClass WSAInstallServiceClassA
#define WSAGetServiceClassInfo WSAGetServiceClassInfoA
#define WSAGetServiceClassNameByClassId WSAGetServiceClassNameByClassIdA
#define WSASetService WSASetServiceA
#define WSALookupServiceBegin WSALookupServiceBeginA
#define WSALookupServiceNext WSALookupServiceNextA
#define WSAEnumNameSpaceProviders WSAEnumNameSpaceProvidersA
#endif

#endif
