/* SPDX-License-Identifier: Apache-2.0
 * rights.c - descriptors beside the bytes of a Unix socket (SCM_RIGHTS).
 */
#include "transport/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/detail.h"

union control { /* aligned as the kernel's headers in it */
    struct cmsghdr header;
    char room[CMSG_SPACE(TRANSPORT_RIGHTS_MAX * sizeof(int))];
};

void transport_rights_close(struct transport_rights *r)
{
    while (r->count)
        close(r->fd[--r->count]);
}

/* A program's handles are never 0: that is no handle. -1: no descriptor is left. */
static int not_zero(int fd)
{
    int other;

    if (fd)
        return fd;
    other = fcntl(fd, F_DUPFD_CLOEXEC, 1);
    close(fd);
    return other;
}

/* True when all that was sent is here. */
static bool take(struct msghdr *m, struct transport_rights *ret)
{
    bool whole = !(m->msg_flags & MSG_CTRUNC);
    struct cmsghdr *c;
    size_t n;
    int fd;

    for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (n = 0; CMSG_LEN((n + 1) * sizeof fd) <= c->cmsg_len; n++) {
            memcpy(&fd, CMSG_DATA(c) + n * sizeof fd, sizeof fd);
            fd = not_zero(fd);
            if (fd < 0)
                whole = false;
            else
                ret->fd[ret->count++] = fd; /* there is room for no more in control */
        }
    }
    return whole;
}

enum err transport_receive_rights(int fd, const struct iovec *iov, size_t count, size_t *ret,
                                  struct transport_rights *ret_rights)
{
    union control control;
    struct msghdr m = { .msg_iov = (struct iovec *)iov,
                        .msg_iovlen = count < IOV_MAX ? count : IOV_MAX,
                        .msg_control = &control,
                        .msg_controllen = sizeof control };
    ssize_t n;

    do
        n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    ret_rights->count = 0;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return ERR_INCOMPLETE;
    if (n < 0)
        return detail_fail(ERR_CONNECT, "transport: receiving: %s", strerror(errno));
    if (!take(&m, ret_rights)) {
        transport_rights_close(ret_rights);
        return detail_fail(ERR_MALFORMED,
                           "transport: more than %d descriptors, or no room for them",
                           TRANSPORT_RIGHTS_MAX);
    }
    *ret = (size_t)n;
    return ERR_OK;
}

enum err transport_send_rights(int fd, const struct iovec *iov, size_t count, const int *rights,
                               unsigned n, bool wait, size_t *ret)
{
    union control control;
    struct msghdr m = { .msg_iov = (struct iovec *)iov,
                        .msg_iovlen = count < IOV_MAX ? count : IOV_MAX,
                        .msg_control = &control,
                        .msg_controllen = CMSG_SPACE(n * sizeof(int)) };
    ssize_t sent;

    if (n > TRANSPORT_RIGHTS_MAX)
        return detail_fail(ERR_TOO_LONG, "transport: %u descriptors at once", n);
    memset(&control, 0, sizeof control);
    control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n * sizeof(int)),
                                       .cmsg_level = SOL_SOCKET,
                                       .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(&control.header), rights, n * sizeof(int));
    do
        sent = sendmsg(fd, &m, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
    while (sent < 0 && errno == EINTR);
    if (sent >= 0) {
        *ret = (size_t)sent;
        return ERR_OK;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return ERR_INCOMPLETE;
    return detail_fail(ERR_CONNECT, "transport: sending with %u descriptors: %s", n,
                       strerror(errno));
}
