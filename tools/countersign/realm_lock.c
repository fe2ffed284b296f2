/* SPDX-License-Identifier: Apache-2.0
 * realm_lock.c - who keeps a realm, and which address is whose.
 *
 * The folder's lock is a POSIX record lock: it dies with its holder, and the kernel tells who
 * that is. An address is claimed by an abstract Unix socket: no file, gone with its holder, one
 * per network namespace; whoever connects is told the folder. That is how `list` finds them all.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/detail.h"

#include "realm.h"

enum { ADDRESSES = 254 };

static const uint16_t ports[] = { 53, 88, 135, 389, 464, 636, 3268, 3269 };

static int open_lock(const struct realm *r, int flags)
{
    char path[PATH_MAX];

    realm_path(r, "lock", path, sizeof path);
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

enum err realm_mark(const struct realm *r)
{
    int fd = open_lock(r, O_RDWR | O_CREAT);

    if (fd < 0)
        return detail_fail(ERR_ACCESS_DENIED, "%s/lock: %s", r->dir, strerror(errno));
    close(fd);
    return ERR_OK;
}

enum err realm_lock(const struct realm *r)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open_lock(r, O_RDWR | O_CREAT);

    if (fd < 0)
        return detail_fail(ERR_ACCESS_DENIED, "%s/lock: %s", r->dir, strerror(errno));
    if (fcntl(fd, F_SETLK, &lock) == 0)
        return ERR_OK; /* the descriptor stays open: closing any of the file ends the lock */
    close(fd);
    return detail_fail(ERR_EXISTS, "the realm in %s is in use already", r->dir);
}

pid_t realm_keeper(const struct realm *r)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open_lock(r, O_RDWR);
    int rc;

    if (fd < 0)
        return 0;
    rc = fcntl(fd, F_GETLK, &lock);
    close(fd);
    return rc == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

bool realm_ready(const struct realm *r)
{
    char path[PATH_MAX];

    realm_path(r, "ready", path, sizeof path);
    return realm_keeper(r) != 0 && access(path, F_OK) == 0;
}

static socklen_t claim_name(unsigned index, struct sockaddr_un *ret)
{
    int n;

    memset(ret, 0, sizeof *ret);
    ret->sun_family = AF_UNIX;
    n = snprintf(ret->sun_path + 1, sizeof ret->sun_path - 1, "countersign-realm/%u", index);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}

static bool port_free(const char *address, uint16_t port, int *ret_errno)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_free;

    inet_pton(AF_INET, address, &a.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one); /* past TIME_WAIT, as Samba does */
    is_free = bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 1) == 0;
    if (!is_free)
        *ret_errno = errno;
    close(fd);
    return is_free;
}

/* In a namespace of its own every port is free. */
static uint16_t taken_port(const char *address, bool namespaced, int *ret_errno)
{
    size_t i;

    for (i = 0; !namespaced && i < sizeof ports / sizeof *ports; i++)
        if (!port_free(address, ports[i], ret_errno))
            return ports[i];
    return 0;
}

static bool claim_index(unsigned index, int *ret_fd)
{
    struct sockaddr_un a;
    socklen_t len = claim_name(index, &a);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0 && listen(fd, 8) == 0) {
        *ret_fd = fd;
        return true;
    }
    if (fd >= 0)
        close(fd);
    return false;
}

enum err realm_claim(const char *preferred, bool namespaced, char ret_address[16], int *ret_fd)
{
    unsigned first = 0;
    uint16_t port = 0;
    int error = 0;
    unsigned i;

    if (preferred && sscanf(preferred, "127.53.%u.1", &first) != 1)
        first = 0;
    for (i = 0; i <= ADDRESSES; i++) {
        unsigned index = i == 0 ? first : i;
        int fd = -1;

        if (index == 0 || index > ADDRESSES || !claim_index(index, &fd))
            continue;
        snprintf(ret_address, 16, "127.53.%u.1", index);
        port = taken_port(ret_address, namespaced, &error);
        if (!port) {
            *ret_fd = fd;
            return ERR_OK;
        }
        close(fd);
        if (error == EACCES || error == EPERM) {
            detail_remedy("--namespace, or the capability CAP_NET_BIND_SERVICE");
            return detail_fail(ERR_ACCESS_DENIED, "listening on %s port %u: %s", ret_address, port,
                               strerror(error));
        }
    }
    detail_remedy("find who listens there with `ss -ltnp`, or use --namespace");
    return detail_fail(ERR_EXISTS, "no free address among 127.53.1.1 to 127.53.%d.1%s%s", ADDRESSES,
                       error ? "; the last failed with: " : "", error ? strerror(error) : "");
}

void realm_answer(int claim, const struct realm *r)
{
    int fd = accept4(claim, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return;
    if (send(fd, r->dir, strlen(r->dir), MSG_NOSIGNAL) < 0) {
        /* whoever asked has gone again */
    }
    close(fd);
}

/* Anybody may bind an abstract name, so only the word of our own user, or root's, is taken. */
bool realm_at(unsigned index, char dir[REALM_DIR])
{
    struct timeval patience = { .tv_sec = 1 };
    struct ucred peer = { 0 };
    socklen_t peer_len = sizeof peer;
    struct sockaddr_un a;
    socklen_t len = claim_name(index, &a);
    ssize_t n = -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return false;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&a, len) == 0 &&
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len) == 0 &&
        (peer.uid == geteuid() || peer.uid == 0 || geteuid() == 0))
        n = recv(fd, dir, REALM_DIR - 1, 0);
    close(fd);
    if (n <= 0)
        return false;
    dir[n] = '\0';
    return dir[0] == '/' && strlen(dir) == (size_t)n;
}
