/* SPDX-License-Identifier: Apache-2.0
 * api_socket.c - the words of Winsock that POSIX has not.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sockets.h"
#include "countersign/winsock2.h"

/* clang-format off */
static const struct {
    int posix, wsa;
} rows[] = {
    { EINTR, WSAEINTR },               { EBADF, WSAENOTSOCK },
    { EACCES, WSAEACCES },             { EPERM, WSAEACCES },
    { EFAULT, WSAEFAULT },             { EINVAL, WSAEINVAL },
    { EMFILE, WSAEMFILE },             { ENFILE, WSAEMFILE },
    { EAGAIN, WSAEWOULDBLOCK },        { EINPROGRESS, WSAEINPROGRESS },
    { EALREADY, WSAEALREADY },         { ENOTSOCK, WSAENOTSOCK },
    { EDESTADDRREQ, WSAEDESTADDRREQ }, { EMSGSIZE, WSAEMSGSIZE },
    { EPROTOTYPE, WSAEPROTOTYPE },     { ENOPROTOOPT, WSAENOPROTOOPT },
    { EPROTONOSUPPORT, WSAEPROTONOSUPPORT }, { ESOCKTNOSUPPORT, WSAESOCKTNOSUPPORT },
    { EOPNOTSUPP, WSAEOPNOTSUPP },     { EPFNOSUPPORT, WSAEPFNOSUPPORT },
    { EAFNOSUPPORT, WSAEAFNOSUPPORT }, { EADDRINUSE, WSAEADDRINUSE },
    { EADDRNOTAVAIL, WSAEADDRNOTAVAIL }, { ENETDOWN, WSAENETDOWN },
    { ENETUNREACH, WSAENETUNREACH },   { ENETRESET, WSAENETRESET },
    { ECONNABORTED, WSAECONNABORTED }, { ECONNRESET, WSAECONNRESET },
    { EPIPE, WSAECONNRESET },          { ENOBUFS, WSAENOBUFS },
    { ENOMEM, WSAENOBUFS },            { EISCONN, WSAEISCONN },
    { ENOTCONN, WSAENOTCONN },         { ESHUTDOWN, WSAESHUTDOWN },
    { ETIMEDOUT, WSAETIMEDOUT },       { ECONNREFUSED, WSAECONNREFUSED },
    { ELOOP, WSAELOOP },               { ENAMETOOLONG, WSAENAMETOOLONG },
    { EHOSTDOWN, WSAEHOSTDOWN },       { EHOSTUNREACH, WSAEHOSTUNREACH },
};
/* clang-format on */

static __thread int set_error; /* what WSASetLastError said */

int WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData)
{
    BYTE major = LOBYTE(wVersionRequested);
    WORD version = MAKEWORD(2, 2);

    if (!lpWSAData)
        return WSAEFAULT;
    if (major < 1)
        return WSAVERNOTSUPPORTED;
    memset(lpWSAData, 0, sizeof *lpWSAData);
    lpWSAData->wVersion =
        major < 2 || (major == 2 && HIBYTE(wVersionRequested) <= 2) ? wVersionRequested : version;
    lpWSAData->wHighVersion = version;
    snprintf(lpWSAData->szDescription, sizeof lpWSAData->szDescription, "POSIX sockets");
    snprintf(lpWSAData->szSystemStatus, sizeof lpWSAData->szSystemStatus, "Running");
    sockets_begin();
    return 0;
}

int WSACleanup(void)
{
    if (sockets_end())
        return 0;
    WSASetLastError(WSANOTINITIALISED);
    return SOCKET_ERROR;
}

int WSAGetLastError(void)
{
    int now = errno;
    size_t i;

    if (!now) /* no call has failed since WSASetLastError */
        return set_error;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].posix == now)
            return rows[i].wsa;
    }
    return WSASYSCALLFAILURE;
}

void WSASetLastError(int iError)
{
    set_error = iError;
    errno = 0;
}

int closesocket(SOCKET s)
{
    return close(s);
}
