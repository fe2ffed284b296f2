/* SPDX-License-Identifier: Apache-2.0
 * stream.c - bytes moved over a connected descriptor, with a deadline or without waiting.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/detail.h"
#include "transport/transport.h"

enum { IOV_AT_ONCE = 1024 }; /* what the kernel takes: UIO_MAXIOV */

int64_t transport_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t transport_now(void)
{
    return transport_now_us() / 1000;
}

int64_t transport_deadline_in(int64_t milliseconds)
{
    if (milliseconds < 0 || milliseconds > INT64_MAX / 2)
        return TRANSPORT_NO_DEADLINE;
    return transport_now() + milliseconds;
}

/* What poll takes for the time left. */
static int time_left(int64_t deadline)
{
    int64_t left;

    if (deadline == TRANSPORT_NO_DEADLINE)
        return -1;
    left = deadline - transport_now();
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

enum err transport_wait(int fd, short events, int wake_fd, int64_t deadline, bool *ret_woken)
{
    struct pollfd p[2] = { { .fd = fd, .events = events }, { .fd = wake_fd, .events = POLLIN } };
    int n;

    do
        n = poll(p, 2, time_left(deadline));
    while ((n < 0 && errno == EINTR) || (n == 0 && time_left(deadline) != 0));
    if (n == 0)
        return detail_fail(ERR_TIMEOUT, "transport: the deadline passed on descriptor %d", fd);
    if (n < 0)
        return detail_fail(ERR_CONNECT, "transport: poll: %s", strerror(errno));
    if (ret_woken)
        *ret_woken = p[1].revents != 0;
    return ERR_OK;
}

static struct msghdr pieces(const struct iovec *iov, size_t count)
{
    return (struct msghdr){ .msg_iov = (struct iovec *)iov,
                            .msg_iovlen = count < IOV_AT_ONCE ? count : IOV_AT_ONCE };
}

/* One piece, the usual case of a small message, spares the kernel the array. */
static ssize_t receive_pieces(int fd, const struct iovec *iov, size_t count, int flags)
{
    struct msghdr m;

    if (count == 1)
        return recv(fd, iov->iov_base, iov->iov_len, flags);
    m = pieces(iov, count);
    return recvmsg(fd, &m, flags);
}

static ssize_t send_pieces(int fd, const struct iovec *iov, size_t count, int flags)
{
    struct msghdr m;

    if (count == 1)
        return send(fd, iov->iov_base, iov->iov_len, flags);
    m = pieces(iov, count);
    return sendmsg(fd, &m, flags);
}

OFTEN static enum err receive_with(int fd, const struct iovec *iov, size_t count, int flags,
                                   size_t *ret)
{
    ssize_t n;

    do
        n = receive_pieces(fd, iov, count, flags);
    while (n < 0 && errno == EINTR);
    if (n >= 0) {
        *ret = (size_t)n;
        return ERR_OK;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return ERR_INCOMPLETE;
    return detail_fail(ERR_CONNECT, "transport: receiving: %s", strerror(errno));
}

enum err transport_receive_now(int fd, const struct iovec *iov, size_t count, size_t *ret)
{
    return receive_with(fd, iov, count, MSG_DONTWAIT, ret);
}

void transport_prepare_soon(int fd)
{
    const struct timeval soon = { 0, TRANSPORT_SOON_MS * 1000 };

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
}

OFTEN enum err transport_receive_soon(int fd, const struct iovec *iov, size_t count, size_t *ret)
{
    return receive_with(fd, iov, count, 0, ret);
}

OFTEN enum err transport_receive(int fd, const struct iovec *iov, size_t count, int64_t deadline,
                                 size_t *ret)
{
    enum err e;

    if (deadline == TRANSPORT_NO_DEADLINE)
        return receive_with(fd, iov, count, 0, ret);
    do {
        e = transport_wait(fd, POLLIN, -1, deadline, NULL);
        if (!e)
            e = transport_receive_now(fd, iov, count, ret);
    } while (e == ERR_INCOMPLETE);
    return e;
}

OFTEN static enum err send_with(int fd, const struct iovec *iov, size_t count, int flags,
                                size_t *ret)
{
    ssize_t n;

    do
        n = send_pieces(fd, iov, count, flags | MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n >= 0) {
        *ret = (size_t)n;
        return ERR_OK;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return ERR_INCOMPLETE;
    return detail_fail(ERR_CONNECT, "transport: sending: %s", strerror(errno));
}

enum err transport_send_now(int fd, const struct iovec *iov, size_t count, size_t *ret)
{
    return send_with(fd, iov, count, MSG_DONTWAIT, ret);
}

OFTEN enum err transport_send(int fd, struct iovec *iov, size_t count, int64_t deadline)
{
    bool forever = deadline == TRANSPORT_NO_DEADLINE;
    size_t n, used;
    enum err e = ERR_OK;

    while (count && !e) {
        n = 0;
        e = send_with(fd, iov, count, forever ? 0 : MSG_DONTWAIT, &n);
        if (e == ERR_INCOMPLETE)
            e = transport_wait(fd, POLLOUT, -1, deadline, NULL);
        used = transport_iov_skip(iov, count, n);
        iov += used;
        count -= used;
    }
    return e;
}

OFTEN size_t transport_iov_skip(struct iovec *iov, size_t count, size_t n)
{
    size_t i;

    for (i = 0; i < count && n >= iov[i].iov_len; i++)
        n -= iov[i].iov_len;
    if (i < count && n) {
        iov[i].iov_base = (char *)iov[i].iov_base + n;
        iov[i].iov_len -= n;
    }
    return i;
}
