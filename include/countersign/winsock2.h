/* SPDX-License-Identifier: Apache-2.0
 * winsock2.h - the few words by which Winsock source differs from the sockets of POSIX; services
 * found by name are in nspapi.h.
 *
 * A SOCKET is a file descriptor, and -1 is INVALID_SOCKET as well as SOCKET_ERROR.
 *
 * Source: desktop-src/WinSock/porting-socket-applications-to-winsock.md
 */
#ifndef COUNTERSIGN_WINSOCK2_H
#define COUNTERSIGN_WINSOCK2_H

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "cslink.h"
#include "nspapi.h"
#include "winerror.h"
#include "wintypes.h"
#include "ws2def.h"

typedef int SOCKET;
#define INVALID_SOCKET (-1)
#define SOCKET_ERROR (-1)

#define SD_RECEIVE SHUT_RD
#define SD_SEND SHUT_WR
#define SD_BOTH SHUT_RDWR

typedef struct sockaddr_in SOCKADDR_IN, *PSOCKADDR_IN, *LPSOCKADDR_IN;
typedef struct sockaddr_in6 SOCKADDR_IN6, *PSOCKADDR_IN6, *LPSOCKADDR_IN6;
typedef struct sockaddr_storage SOCKADDR_STORAGE, *PSOCKADDR_STORAGE;
typedef struct in_addr IN_ADDR, *PIN_ADDR, *LPIN_ADDR;
typedef struct hostent HOSTENT, *PHOSTENT, *LPHOSTENT;
typedef struct servent SERVENT, *PSERVENT, *LPSERVENT;
typedef struct addrinfo ADDRINFOA, *PADDRINFOA;
typedef struct timeval TIMEVAL, *PTIMEVAL;

#define WSADESCRIPTION_LEN 256
#define WSASYS_STATUS_LEN 128

typedef struct WSAData {
    WORD wVersion;
    WORD wHighVersion;
    USHORT iMaxSockets;
    USHORT iMaxUdpDg;
    char *lpVendorInfo;
    char szDescription[WSADESCRIPTION_LEN + 1];
    char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;

CS_EXTERN_C_BEGIN

/* WSAStartup - begin to use sockets.
 *
 * Versions 1.0 to 2.2 are understood. Sockets themselves need no beginning; the functions of
 * nspapi.h do.
 *
 * Returns: 0; WSAVERNOTSUPPORTED; WSAEFAULT for a NULL pointer.
 * Threads: safe.
 * Source: winsock.h, WSAStartup
 */
int WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData) CS_EXPORT(WSAStartup);

/* WSACleanup - end the use of sockets that one WSAStartup began. Sockets stay open.
 *
 * Returns: 0; SOCKET_ERROR with WSANOTINITIALISED.
 * Threads: safe.
 * Source: winsock.h, WSACleanup
 */
int WSACleanup(void) CS_EXPORT(WSACleanup);

/* WSAGetLastError - why the last socket call failed.
 *
 * Call it at once: it reads errno, unless WSASetLastError was called last.
 *
 * Returns: a WSA value; 0 for none.
 * Threads: concerns the calling thread only.
 * Source: winsock.h, WSAGetLastError
 */
int WSAGetLastError(void) CS_EXPORT(WSAGetLastError);

/* WSASetLastError - set what WSAGetLastError says, until the next failing call.
 *
 * Threads: concerns the calling thread only.
 * Source: winsock.h, WSASetLastError
 */
void WSASetLastError(int iError) CS_EXPORT(WSASetLastError);

/* closesocket - close a socket.
 *
 * Returns: 0; SOCKET_ERROR.
 * Threads: safe.
 * Source: winsock.h, closesocket
 */
int closesocket(SOCKET s) CS_EXPORT(closesocket);

CS_EXTERN_C_END

#endif
