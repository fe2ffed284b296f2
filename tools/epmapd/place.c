/* SPDX-License-Identifier: Apache-2.0
 * place.c - where the daemon listens: the addresses it was told, sockets of the service manager,
 * and the local endpoint EPMAPPER.
 */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/rpclocal.h>

#include "daemon/say.h"
#include "service.h"

enum {
    FIRST_INHERITED = 3, /* SD_LISTEN_FDS_START */
    INHERITED_MOST = 64,
    HOST = 256,
    DETAIL = 512,
};

static const char mapper_port[] = "135";

static bool fail(const char *what, const char *where, const char *why)
{
    say(SAY_ERROR, "%s %s: %s", what, where, why);
    return false;
}

/* Of what the library refused. */
static bool fail_status(const char *where, RPC_STATUS status)
{
    char why[DETAIL] = "";

    if (!CsGetErrorText(why, sizeof why))
        (void)snprintf(why, sizeof why, "status %d", (int)status);
    return fail("listening at", where, why);
}

/* ---- TCP ---- */

/* Digits, and no more than there are ports: the resolver takes 65536 for 0. */
static bool is_port(const char *text)
{
    size_t n = strspn(text, "0123456789");

    return n && n < 6 && !text[n] && strtol(text, NULL, 10) <= 65535;
}

/* The address is "" for every one. */
static bool split(const char *text, char host[HOST], char port[8])
{
    const char *end = strrchr(text, ':'), *open = text;
    size_t n;

    if (*text == '[') {
        open = text + 1;
        end = strchr(text, ']');
        if (!end || (end[1] && end[1] != ':'))
            return false;
        n = (size_t)(end - open);
        end = end[1] ? end + 1 : NULL;
    } else {
        if (end && memchr(text, ':', (size_t)(end - text)))
            end = NULL; /* an IPv6 address by itself */
        n = end ? (size_t)(end - text) : strlen(text);
    }
    if (n >= HOST || (end && !is_port(end + 1)))
        return false;
    (void)snprintf(host, HOST, "%.*s", (int)n, open);
    (void)snprintf(port, 8, "%s", end ? end + 1 : mapper_port);
    if (strcmp(host, "*") == 0)
        host[0] = '\0';
    return n > 0;
}

static bool tell(const char *protseq, const char *address, const char *endpoint)
{
    const bool one = !strchr(address, ':') && strcmp(address, "0.0.0.0") != 0;

    say(SAY_NOTICE, "listening at %s:%s[%s]", protseq, address, endpoint);
    return !service_add_own(protseq, one ? address : "", endpoint) ||
           fail("listening at", endpoint, "out of memory");
}

/* To the operator, and to the map: an IPv6 address has no place in a tower. */
static bool tell_tcp(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_storage room;
    } s = { .room = { 0 } };
    socklen_t n = sizeof s;
    char host[HOST], port[8];

    if (getsockname(fd, &s.any, &n) || getnameinfo(&s.any, n, host, sizeof host, port, sizeof port,
                                                   NI_NUMERICHOST | NI_NUMERICSERV))
        return fail("listening at", "a socket", "it has no address");
    return tell("ncacn_ip_tcp", host, port);
}

/* A socket that listens, or -1 and errno. */
static int listen_at(const struct addrinfo *a)
{
    const int on = 1;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a->ai_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (!bind(fd, a->ai_addr, a->ai_addrlen) && !listen(fd, SOMAXCONN))
        return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

static const char *why_not(int error)
{
    if (error == EACCES)
        return "permission denied; ports below 1024 are root's, or CAP_NET_BIND_SERVICE's, or come "
               "from the socket unit";
    if (error == EADDRINUSE)
        return "somebody listens there, maybe Samba or rpcbind; name another address with --listen";
    return strerror(error);
}

/* Every address of the host where IPv6 is off is IPv4's alone. */
static bool use(const struct addrinfo *a, const char *text, bool *ret_any)
{
    RPC_STATUS status;
    int fd = listen_at(a);

    if (fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL) && a->ai_family == AF_INET6 &&
        text[0] == '*')
        return true;
    if (fd < 0)
        return fail("listening at", text, why_not(errno));
    status = CsServerUseSocket(fd);
    if (status != RPC_S_OK) {
        close(fd);
        return fail_status(text, status);
    }
    *ret_any = true;
    return tell_tcp(fd);
}

bool place_tcp(const char *text)
{
    const struct addrinfo how = { .ai_socktype = SOCK_STREAM,
                                  .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    struct addrinfo *all = NULL, *a;
    char host[HOST], port[8];
    bool ok = true, any = false;
    int failed;

    if (!split(text, host, port))
        return fail("listening at", text,
                    "that is no ADDR[:PORT]; an IPv6 address with a port "
                    "stands in brackets");
    failed = getaddrinfo(host[0] ? host : NULL, port, &how, &all);
    if (failed)
        return fail("listening at", text, gai_strerror(failed));
    for (a = all; a && ok; a = a->ai_next)
        ok = use(a, text, &any);
    freeaddrinfo(all);
    return ok && (any || fail("listening at", text, "no address"));
}

/* ---- sockets of the service manager ---- */

static bool is_local(int fd)
{
    struct sockaddr_un a = { 0 };
    socklen_t n = sizeof a - 1;
    const char *slash;

    if (getsockname(fd, (struct sockaddr *)&a, &n) || a.sun_family != AF_UNIX)
        return false;
    slash = strrchr(a.sun_path, '/');
    return slash && strcmp(slash, "/EPMAPPER") == 0;
}

static bool take(int fd, bool *ret_local)
{
    RPC_STATUS status = CsServerUseSocket(fd);
    char where[32];

    (void)snprintf(where, sizeof where, "inherited socket %d", fd);
    if (status != RPC_S_OK)
        return fail_status(where, status);
    if (!is_local(fd))
        return tell_tcp(fd);
    *ret_local = true;
    return tell("ncalrpc", "", "EPMAPPER");
}

bool place_inherited(size_t *ret, bool *ret_local)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    long n = pid && count && strtol(pid, NULL, 10) == (long)getpid() ? strtol(count, NULL, 10) : 0;
    int fd;

    *ret = 0;
    *ret_local = false;
    if (n < 0 || n > INHERITED_MOST)
        return fail("listening at", "inherited sockets", "LISTEN_FDS is no number of sockets");
    for (fd = FIRST_INHERITED; fd < FIRST_INHERITED + (int)n; fd++) {
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        if (!take(fd, ret_local))
            return false;
    }
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    *ret = (size_t)n;
    return true;
}

/* ---- ncalrpc ---- */

bool place_local(void)
{
    static const char sequence[] = "ncalrpc", endpoint[] = "EPMAPPER";
    RPC_STATUS status =
        RpcServerUseProtseqEpA((RPC_CSTR)(uintptr_t)sequence, RPC_C_PROTSEQ_MAX_REQS_DEFAULT,
                               (RPC_CSTR)(uintptr_t)endpoint, NULL);

    if (status != RPC_S_OK)
        return fail_status("ncalrpc:[EPMAPPER]", status);
    return tell("ncalrpc", "", "EPMAPPER");
}
