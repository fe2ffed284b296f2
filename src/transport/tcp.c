/* SPDX-License-Identifier: Apache-2.0
 * tcp.c - the protocol sequence ncacn_ip_tcp, over IPv4 and IPv6.  [MS-RPCE] 2.1.1.1
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/resolve.h"
#include "transport/transport.h"

enum {
    PORT_MAX = 65535,
    DYNAMIC_TRIES = 32, /* a port free for one family may be taken for the other */
    PROBE_EVERY = 10,   /* seconds between the probes of a keep-alive that was asked for, */
    PROBES = 6,         /* and how many stay unanswered before the peer counts as gone */
    SYSTEM_IDLE = 7200, /* what systems do by themselves */
    SYSTEM_EVERY = 75,
    SYSTEM_PROBES = 9,
};

/* A decimal port. 0, which asks for any, only where a NULL or empty text does. */
static enum err port_parse(const char *text, uint16_t *ret)
{
    unsigned v = 0;
    const char *s = text;

    while (*s >= '0' && *s <= '9' && v <= PORT_MAX)
        v = v * 10 + (unsigned)(*s++ - '0');
    if (s == text || *s || !v || v > PORT_MAX)
        return detail_fail(ERR_INVALID_PARAMETER, "ncacn_ip_tcp: \"%s\" is no port", text);
    *ret = (uint16_t)v;
    return ERR_OK;
}

static void set_option(int fd, int level, int name, int value)
{
    (void)setsockopt(fd, level, name, &value, sizeof value); /* none of them is vital */
}

/* ---- the client's side ---- */

/* Waits until a connect in progress has an outcome: 0 or an errno. */
static int connect_outcome(int fd, int64_t deadline)
{
    int error = 0;
    socklen_t len = sizeof error;

    if (transport_wait(fd, POLLOUT, -1, deadline, NULL))
        return ETIMEDOUT;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len))
        return errno;
    return error;
}

/* 0 or an errno. */
static int connect_to(const struct resolve_address *a, int64_t deadline, int *ret)
{
    int fd = socket(a->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;

    if (fd < 0)
        return errno;
    if (connect(fd, (const struct sockaddr *)&a->addr, a->len))
        error = errno == EINPROGRESS ? connect_outcome(fd, deadline) : errno;
    if (!error && fcntl(fd, F_SETFL, O_RDWR)) /* blocks from here on */
        error = errno;
    if (error) {
        close(fd);
        return error;
    }
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    *ret = fd;
    return 0;
}

static void tcp_keep_alive(int fd, unsigned seconds)
{
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds ? (int)seconds : SYSTEM_IDLE);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, seconds ? PROBE_EVERY : SYSTEM_EVERY);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, seconds ? PROBES : SYSTEM_PROBES);
}

static enum err tcp_connect(const char *address, const char *endpoint, int64_t deadline,
                            int *ret_fd)
{
    const char *host = address && *address ? address : "127.0.0.1";
    struct resolve_address a[RESOLVE_MAX];
    size_t n = 0, i;
    uint16_t port = 0;
    int error = 0;
    enum err e = port_parse(endpoint ? endpoint : "", &port);

    if (!e)
        e = resolve_host(host, port, a, &n);
    if (e)
        return e;
    for (i = 0; i < n; i++) {
        error = connect_to(&a[i], deadline, ret_fd);
        if (!error)
            return ERR_OK;
    }
    detail_remedy("Is the server running, and is TCP port %u open on the way to %s?", port, host);
    return detail_fail(error == ETIMEDOUT ? ERR_TIMEOUT : ERR_CONNECT,
                       "ncacn_ip_tcp: connecting to %s[%u] (%zu addresses): %s", host, port, n,
                       strerror(error));
}

/* ---- the server's side ---- */

/* What is accepted inherits them. */
static void set_inherited(int fd)
{
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    transport_prepare_soon(fd);
}

/* A listening socket on a's address and port, or -1 and errno. */
static int listen_on(const struct sockaddr *a, socklen_t len, unsigned backlog)
{
    int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

    if (fd < 0)
        return -1;
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_inherited(fd);
    if (a->sa_family == AF_INET6)
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (!bind(fd, a, len) && !listen(fd, backlog ? (int)backlog : SOMAXCONN))
        return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

static uint16_t port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } s;
    socklen_t len = sizeof s;

    memset(&s, 0, sizeof s);
    if (getsockname(fd, &s.any, &len))
        return 0;
    return ntohs(s.any.sa_family == AF_INET6 ? s.v6.sin6_port : s.v4.sin_port);
}

static void tcp_close(struct transport_listeners *l)
{
    while (l->count)
        close(l->fd[--l->count]);
}

/* Both families on one port; 0 takes the first one's. A host without one of them has the other. */
static enum err listen_everywhere(uint16_t port, unsigned backlog, struct transport_listeners *ret)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6,
                                .sin6_port = htons(port),
                                .sin6_addr = in6addr_any };
    struct sockaddr_in four = { .sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_ANY) };
    int fd = listen_on((struct sockaddr *)&six, sizeof six, backlog), error = errno;

    if (fd < 0 && error == EADDRINUSE)
        return ERR_EXISTS;
    if (fd >= 0) {
        ret->fd[ret->count++] = fd;
        port = port_of(fd);
        four.sin_port = htons(port);
    }
    fd = listen_on((struct sockaddr *)&four, sizeof four, backlog);
    error = errno;
    if (fd >= 0)
        ret->fd[ret->count++] = fd;
    if (fd < 0 && error == EADDRINUSE) {
        tcp_close(ret);
        return ERR_EXISTS;
    }
    if (!ret->count)
        return detail_fail(error == EACCES ? ERR_ACCESS_DENIED : ERR_CONNECT,
                           "ncacn_ip_tcp: listening on port %u: %s", port, strerror(error));
    (void)snprintf(ret->endpoint, sizeof ret->endpoint, "%u", port_of(ret->fd[0]));
    return ERR_OK;
}

static enum err listen_at(const char *address, uint16_t port, unsigned backlog,
                          struct transport_listeners *ret)
{
    struct resolve_address a[RESOLVE_MAX];
    size_t n = 0;
    enum err e;
    int fd;

    if (!address)
        return listen_everywhere(port, backlog, ret);
    e = resolve_host(address, port, a, &n);
    if (e)
        return e;
    fd = listen_on((const struct sockaddr *)&a[0].addr, a[0].len, backlog);
    if (fd < 0 && errno == EADDRINUSE)
        return ERR_EXISTS;
    if (fd < 0)
        return detail_fail(errno == EACCES ? ERR_ACCESS_DENIED : ERR_CONNECT,
                           "ncacn_ip_tcp: listening on %s port %u: %s", address, port,
                           strerror(errno));
    ret->fd[ret->count++] = fd;
    (void)snprintf(ret->endpoint, sizeof ret->endpoint, "%u", port_of(fd));
    return ERR_OK;
}

/* Any port, or one of the range, from a random place in it on. */
static enum err listen_dynamic(const struct transport_listen *how, struct transport_listeners *ret)
{
    unsigned span = how->last >= how->first ? how->last - how->first + 1 : 1, start = 0, i;
    unsigned tries = how->first ? span : DYNAMIC_TRIES;
    enum err e = ERR_EXISTS;

    if (how->first && getrandom(&start, sizeof start, 0) != (ssize_t)sizeof start)
        start = 0;
    for (i = 0; i < tries && e == ERR_EXISTS; i++) {
        uint16_t port = how->first ? (uint16_t)(how->first + (start % span + i) % span) : 0;

        e = listen_at(how->address, port, how->backlog, ret);
    }
    if (e == ERR_EXISTS)
        return detail_fail(e, "ncacn_ip_tcp: none of %u ports is free", tries);
    return e;
}

static enum err tcp_listen(const struct transport_listen *how, struct transport_listeners *ret)
{
    struct transport_listeners l = { .count = 0 };
    uint16_t port = 0;
    enum err e;

    if (how->endpoint && *how->endpoint) {
        e = port_parse(how->endpoint, &port);
        if (!e)
            e = listen_at(how->address, port, how->backlog, &l);
        if (e == ERR_EXISTS)
            e = detail_fail(e, "ncacn_ip_tcp: port %u is in use", port);
    } else {
        e = listen_dynamic(how, &l);
    }
    if (!e)
        *ret = l;
    return e;
}

static enum err tcp_adopt(int listener, struct transport_listeners *ret)
{
    if (fcntl(listener, F_SETFL, O_RDWR | O_NONBLOCK) || fcntl(listener, F_SETFD, FD_CLOEXEC))
        return detail_fail(ERR_INVALID_PARAMETER, "ncacn_ip_tcp: descriptor %d: %s", listener,
                           strerror(errno));
    set_inherited(listener);
    *ret = (struct transport_listeners){ .fd = { listener }, .count = 1 };
    (void)snprintf(ret->endpoint, sizeof ret->endpoint, "%u", port_of(listener));
    return ERR_OK;
}

static enum err tcp_accept(int listener, int *ret_fd)
{
    int fd;

    do
        fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd >= 0) {
        *ret_fd = fd;
        return ERR_OK;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return ERR_INCOMPLETE;
    return detail_fail(ERR_NO_MEMORY, "ncacn_ip_tcp: accepting: %s", strerror(errno));
}

/* ---- names ---- */

static enum err address_of(int fd, bool peer, struct sockaddr_storage *ret)
{
    socklen_t len = sizeof *ret;
    int failed = peer ? getpeername(fd, (struct sockaddr *)ret, &len)
                      : getsockname(fd, (struct sockaddr *)ret, &len);

    return failed ? detail_fail(ERR_CONNECT, "ncacn_ip_tcp: an end's name: %s", strerror(errno))
                  : ERR_OK;
}

static enum err tcp_name(int fd, bool peer, struct transport_name *ret)
{
    struct sockaddr_storage s = { 0 };
    struct transport_name n = { 0 };
    enum err e = address_of(fd, peer, &s);

    if (e)
        return e;
    if (getnameinfo((struct sockaddr *)&s, sizeof s, n.address, sizeof n.address, n.endpoint,
                    sizeof n.endpoint, NI_NUMERICHOST | NI_NUMERICSERV))
        return detail_fail(ERR_INTERNAL, "ncacn_ip_tcp: an address of family %d", s.ss_family);
    *ret = n;
    return ERR_OK;
}

/* A host that talks to itself uses one address for both ends. */
static bool tcp_peer_is_local(int fd)
{
    struct transport_name here, there;

    return !tcp_name(fd, false, &here) && !tcp_name(fd, true, &there) &&
           (!strcmp(here.address, there.address) || !strncmp(there.address, "127.", 4) ||
            !strcmp(there.address, "::1"));
}

const struct transport transport_tcp = {
    .protseq = "ncacn_ip_tcp",
    .local = false,
    .connect = tcp_connect,
    .listen = tcp_listen,
    .accept = tcp_accept,
    .adopt = tcp_adopt,
    .close = tcp_close,
    .keep_alive = tcp_keep_alive,
    .name = tcp_name,
    .peer_is_local = tcp_peer_is_local,
};
