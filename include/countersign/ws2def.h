/* SPDX-License-Identifier: Apache-2.0
 * ws2def.h - what an address of a socket is to source for Winsock.
 *
 * The numbers of address families are this system's (AF_INET6 is not Windows' 23); in the
 * directory they are Windows'.
 *
 * Source: ws2def.h
 */
#ifndef COUNTERSIGN_WS2DEF_H
#define COUNTERSIGN_WS2DEF_H

#include <sys/socket.h>

#include "wintypes.h"

typedef struct sockaddr SOCKADDR, *PSOCKADDR, *LPSOCKADDR;

typedef struct _SOCKET_ADDRESS {
    LPSOCKADDR lpSockaddr;
    INT iSockaddrLength;
} SOCKET_ADDRESS, *PSOCKET_ADDRESS, *LPSOCKET_ADDRESS;

/* One transport address of a service. RemoteAddr is where a client connects to, LocalAddr what it
 * may bind its own end to; iSocketType and iProtocol are what it hands to socket. */
typedef struct _CSADDR_INFO {
    SOCKET_ADDRESS LocalAddr;
    SOCKET_ADDRESS RemoteAddr;
    INT iSocketType;
    INT iProtocol;
} CSADDR_INFO, *PCSADDR_INFO, *LPCSADDR_INFO;

#endif
