/* SPDX-License-Identifier: Apache-2.0
 * connect.c - a TCP connection within a time.
 */
#include "directory/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/resolve.h"
#include "base/turns.h"

static int wait_connected(int fd, unsigned timeout_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    int64_t until = turns_now() + timeout_ms;
    int error = 0, n;
    socklen_t len = sizeof error;

    do
        n = poll(&p, 1, (int)turns_left(until));
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return ETIMEDOUT;
    if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len))
        return errno;
    return error;
}

/* 0, or an errno; the socket is blocking afterwards. */
static int try_address(int fd, const struct resolve_address *a, unsigned timeout_ms)
{
    int flags = fcntl(fd, F_GETFL), error = 0;

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK))
        return errno;
    if (connect(fd, (const struct sockaddr *)&a->addr, a->len))
        error = errno == EINPROGRESS ? wait_connected(fd, timeout_ms) : errno;
    if (!error && fcntl(fd, F_SETFL, flags))
        error = errno;
    return error;
}

static void set_options(int fd, unsigned timeout_ms)
{
    struct timeval wait = { .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000 };
    int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

enum err connect_tcp(const char *host, uint16_t port, unsigned timeout_ms, int *ret)
{
    struct resolve_address a[RESOLVE_MAX];
    struct turns turns;
    size_t n = 0, i;
    unsigned part_ms = 0;
    int fd, error = ETIMEDOUT;
    enum err e = resolve_host(host, port, a, &n);

    if (e)
        return e;
    turns = turns_begin(timeout_ms, n);
    for (i = 0; turns_next(&turns, turns_now(), &part_ms); i++) {
        fd = socket(a[i].addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        error = fd < 0 ? errno : try_address(fd, &a[i], part_ms);
        if (!error) {
            set_options(fd, timeout_ms);
            *ret = fd;
            return ERR_OK;
        }
        if (fd >= 0)
            close(fd);
    }
    return detail_fail(error == ETIMEDOUT ? ERR_TIMEOUT : ERR_CONNECT,
                       "connecting to %s port %u (%zu addresses): %s", host, port, n,
                       strerror(error));
}
