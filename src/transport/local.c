/* SPDX-License-Identifier: Apache-2.0
 * local.c - the protocol sequence ncalrpc, over Unix stream sockets.  desktop-src/Midl/ncalrpc.md
 *
 * What travels are the PDUs of connection-oriented RPC. Who is at the other end the kernel says,
 * to both: the uid and gid that were the client's when it connected, and the server's when it began
 * to listen.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/detail.h"
#include "transport/local.h"
#include "transport/transport.h"

enum {
    DYNAMIC_BYTES = 9, /* of the random part: 72 bits */
    DYNAMIC_TRIES = 8,
    HOST = 256,
    SOCKET_MODE = 0666, /* who may call is the interface's to say */
    SOCKET_OWN = 0600,
};

static const char dynamic_prefix[] = "LRPC-";

/* ---- ids that stand for nobody ---- */

static uint32_t overflow_uid = 65534;
static bool everybody_is_inside = true;
static pthread_once_t ids_once = PTHREAD_ONCE_INIT;

static void read_ids(void)
{
    unsigned inside = 0, outside = 0, count = 0, id = 0;
    FILE *f = fopen("/proc/sys/kernel/overflowuid", "re");

    if (f && fscanf(f, "%u", &id) == 1)
        overflow_uid = id;
    if (f)
        (void)fclose(f);
    f = fopen("/proc/self/uid_map", "re");
    if (f && fscanf(f, "%u %u %u", &inside, &outside, &count) == 3)
        everybody_is_inside = !inside && count == UINT32_MAX;
    if (f)
        (void)fclose(f);
}

bool transport_uid_is_outside(uint32_t uid)
{
    (void)pthread_once(&ids_once, read_ids);
    return !everybody_is_inside && uid == overflow_uid;
}

static bool is_nobody(uint32_t uid)
{
    (void)pthread_once(&ids_once, read_ids);
    return uid == overflow_uid || uid == UINT32_MAX;
}

static enum err local_peer(int fd, struct transport_peer *ret)
{
    struct ucred u = { 0 };
    socklen_t n = sizeof u;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &u, &n) || n != sizeof u)
        return detail_fail(ERR_ACCESS_DENIED,
                           "ncalrpc: the kernel does not tell who the peer is: "
                           "%s",
                           strerror(errno));
    *ret = (struct transport_peer){ u.uid, u.gid, u.pid, is_nobody(u.uid) };
    return ERR_OK;
}

/* ---- the client's side ---- */

/* A network address may be this host's own name, and is not needed. */
static enum err check_address(const char *address)
{
    char host[HOST] = "";
    size_t n;

    if (!address || !*address || strcasecmp(address, "localhost") == 0)
        return ERR_OK;
    if (gethostname(host, sizeof host - 1) == 0) {
        n = strcspn(host, ".");
        if (strcasecmp(address, host) == 0 ||
            (strlen(address) == n && strncasecmp(address, host, n) == 0))
            return ERR_OK;
    }
    return detail_fail(ERR_RPC_ADDRESS, "ncalrpc: \"%.64s\" is not this host, \"%.64s\"", address,
                       host);
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };

    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    return a;
}

/* The name of a socket's file; "" for one without. */
static void file_of(int fd, bool peer, char ret[TRANSPORT_ENDPOINT])
{
    struct sockaddr_un a = { 0 };
    socklen_t n = sizeof a - 1; /* there is a zero behind it */
    const char *slash;
    int failed = peer ? getpeername(fd, (struct sockaddr *)&a, &n)
                      : getsockname(fd, (struct sockaddr *)&a, &n);

    slash = failed ? NULL : strrchr(a.sun_path, '/');
    (void)snprintf(ret, TRANSPORT_ENDPOINT, "%.*s", LOCAL_NAME_MAX, slash ? slash + 1 : "");
}

/* The time a connect waits for a place in the server's queue; 0: for ever. */
static void set_patience(int fd, int64_t deadline)
{
    int64_t left = deadline == TRANSPORT_NO_DEADLINE ? 0 : deadline - transport_now();
    struct timeval t = { 0, 0 };

    if (deadline != TRANSPORT_NO_DEADLINE && left < 1)
        left = 1;
    t.tv_sec = (time_t)(left / 1000);
    t.tv_usec = (suseconds_t)(left % 1000 * 1000);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

/* 0 or an errno. Whoever else has a socket elsewhere may have put a link to it here: what answers
 * says itself under which name it listens. */
static int connect_to(int fd, const char *path, const char *name, int64_t deadline)
{
    const struct sockaddr_un a = address_of(path);
    char answers[TRANSPORT_ENDPOINT];
    struct stat s;
    int error;

    if (lstat(path, &s))
        return errno;
    if (!S_ISSOCK(s.st_mode))
        return ENOTSOCK;
    set_patience(fd, deadline);
    do
        error = connect(fd, (const struct sockaddr *)&a, sizeof a) ? errno : 0;
    while (error == EINTR);
    set_patience(fd, TRANSPORT_NO_DEADLINE);
    if (error)
        return error == EAGAIN ? ETIMEDOUT : error;
    file_of(fd, true, answers);
    return strcmp(answers, name) == 0 ? 0 : EXDEV;
}

static enum err local_connect(const char *address, const char *endpoint, int64_t deadline,
                              int *ret_fd)
{
    char name[LOCAL_NAME_MAX + 1], path[LOCAL_PATH];
    enum err e = check_address(address);
    int fd, error;

    if (!e)
        e = local_name_parse(endpoint ? endpoint : "", name);
    if (!e)
        e = local_path(name, path);
    if (e)
        return e;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return detail_fail(ERR_NO_MEMORY, "ncalrpc: a socket: %s", strerror(errno));
    error = connect_to(fd, path, name, deadline);
    if (!error) {
        *ret_fd = fd;
        return ERR_OK;
    }
    close(fd);
    detail_remedy("Is the server running, with the same COUNTERSIGN_NCALRPC_DIR?");
    return detail_fail(error == ETIMEDOUT ? ERR_TIMEOUT : ERR_CONNECT,
                       "ncalrpc: connecting to %s: "
                       "%s",
                       path, error == EXDEV ? "another socket is behind it" : strerror(error));
}

/* ---- the server's side ---- */

/* What has been taken is ours to give back. */
static enum err listen_taken(const char *path, const struct transport_listen *how, int *ret)
{
    const struct sockaddr_un a = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

    if (fd >= 0 && !bind(fd, (const struct sockaddr *)&a, sizeof a) &&
        !chmod(path, how->own ? SOCKET_OWN : SOCKET_MODE) &&
        !listen(fd, how->backlog ? (int)how->backlog : SOMAXCONN)) {
        *ret = fd;
        return ERR_OK;
    }
    error = errno;
    if (fd >= 0)
        close(fd);
    return detail_fail(error == EADDRINUSE ? ERR_EXISTS : ERR_CONNECT,
                       "ncalrpc: listening on %s: %s", path, strerror(error));
}

static enum err listen_at(const char *name, const struct transport_listen *how,
                          struct transport_listeners *ret)
{
    char path[LOCAL_PATH];
    enum err e = local_path_safe(name, path);

    if (!e)
        e = local_take(name, path);
    if (e)
        return e;
    e = listen_taken(path, how, &ret->fd[0]);
    if (e) {
        local_give_back(name);
        return e;
    }
    ret->count = 1;
    (void)snprintf(ret->endpoint, sizeof ret->endpoint, "%s", name);
    return ERR_OK;
}

static enum err dynamic_name(char ret[LOCAL_NAME_MAX + 1])
{
    uint8_t random[DYNAMIC_BYTES];
    size_t n = sizeof dynamic_prefix - 1, i;

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return detail_fail(ERR_INTERNAL, "ncalrpc: no random bytes: %s", strerror(errno));
    memcpy(ret, dynamic_prefix, n);
    for (i = 0; i < sizeof random; i++)
        n += (size_t)snprintf(ret + n, 3, "%02X", random[i]);
    return ERR_OK;
}

static enum err local_listen(const struct transport_listen *how, struct transport_listeners *ret)
{
    struct transport_listeners l = { .count = 0 };
    char name[LOCAL_NAME_MAX + 1];
    enum err e;
    int i;

    if (how->endpoint && *how->endpoint) {
        e = local_name_parse(how->endpoint, name);
        if (!e)
            e = listen_at(name, how, &l);
    } else {
        e = ERR_EXISTS;
        for (i = 0; e == ERR_EXISTS && i < DYNAMIC_TRIES; i++) {
            e = dynamic_name(name);
            if (!e)
                e = listen_at(name, how, &l);
        }
    }
    if (!e)
        *ret = l;
    return e;
}

static void local_close(struct transport_listeners *l)
{
    while (l->count)
        close(l->fd[--l->count]);
    local_give_back(l->endpoint);
}

/* Whoever made the socket also removes it. */
static enum err local_adopt(int listener, struct transport_listeners *ret)
{
    char file[TRANSPORT_ENDPOINT], name[LOCAL_NAME_MAX + 1];
    enum err e;

    file_of(listener, false, file);
    e = local_name_parse(file, name);
    if (e || strcmp(file, name) != 0)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "ncalrpc: descriptor %d listens at \"%s\", which is no endpoint's name "
                           "in upper case",
                           listener, file);
    if (fcntl(listener, F_SETFL, O_RDWR | O_NONBLOCK) || fcntl(listener, F_SETFD, FD_CLOEXEC))
        return detail_fail(ERR_INVALID_PARAMETER, "ncalrpc: descriptor %d: %s", listener,
                           strerror(errno));
    *ret = (struct transport_listeners){ .fd = { listener }, .count = 1 };
    memcpy(ret->endpoint, name, sizeof name);
    return ERR_OK;
}

static enum err local_accept(int listener, int *ret_fd)
{
    int fd;

    do
        fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd >= 0) {
        transport_prepare_soon(fd); /* it is not inherited */
        *ret_fd = fd;
        return ERR_OK;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return ERR_INCOMPLETE;
    return detail_fail(ERR_NO_MEMORY, "ncalrpc: accepting: %s", strerror(errno));
}

/* ---- names ---- */

static enum err local_name(int fd, bool peer, struct transport_name *ret)
{
    *ret = (struct transport_name){ "", "" };
    file_of(fd, peer, ret->endpoint); /* a client has none */
    return ERR_OK;
}

static bool local_peer_is_local(int fd)
{
    (void)fd;
    return true;
}

const struct transport transport_local = {
    .protseq = "ncalrpc",
    .local = true,
    .wakes_readers = true,
    .connect = local_connect,
    .listen = local_listen,
    .accept = local_accept,
    .adopt = local_adopt,
    .close = local_close,
    .name = local_name,
    .peer_is_local = local_peer_is_local,
    .peer = local_peer,
};
