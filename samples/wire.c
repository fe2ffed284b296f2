/* SPDX-License-Identifier: Apache-2.0
 * wire.c - frames over a TCP socket; see wire.h.
 */
#include "wire.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 5, SIGNED_HEAD = 4 };

static _Thread_local char error_text[256];
static _Thread_local bool ended;

const char *wire_error(void)
{
    return error_text;
}

bool wire_ended(void)
{
    return ended;
}

static bool __attribute__((format(printf, 1, 2))) fail(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(error_text, sizeof error_text, fmt, args);
    va_end(args);
    return false;
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* False with errno ETIMEDOUT when the time is up. */
static bool wait_for(int sock, short events, int64_t until)
{
    struct pollfd p = { .fd = sock, .events = events };
    int64_t left;
    int n;

    do {
        left = until - now_ms();
        if (left <= 0) {
            errno = ETIMEDOUT;
            return false;
        }
        n = poll(&p, 1, (int)left);
    } while (n == 0 || (n < 0 && errno == EINTR));
    return n > 0;
}

/* Splits "host:port" in place of host; the last colon divides, brackets enclose an IPv6 host. */
static bool split_address(const char *address, char host[WIRE_NAME], const char **port)
{
    const char *colon = strrchr(address, ':');
    size_t len = colon ? (size_t)(colon - address) : 0;

    *port = colon ? colon + 1 : address;
    if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
        address++;
        len -= 2;
    }
    if (len >= WIRE_NAME || **port == '\0')
        return fail("%s is not HOST:PORT", address);
    memcpy(host, address, len);
    host[len] = '\0';
    return true;
}

static struct addrinfo *resolve(const char *host, const char *port, int flags)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV };
    struct addrinfo *list = NULL;
    int e = getaddrinfo(host, port, &hints, &list);

    if (e) {
        fail("%s, port %s: %s", host ? host : "any address", port, gai_strerror(e));
        return NULL;
    }
    return list;
}

static bool listen_one(int sock, const struct addrinfo *a, bool both)
{
    static const int on = 1, off = 0;

    if (sock < 0)
        return false;
    setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a->ai_family == AF_INET6)
        setsockopt(sock, IPPROTO_IPV6, IPV6_V6ONLY, both ? &off : &on, sizeof on);
    return bind(sock, a->ai_addr, a->ai_addrlen) == 0 && listen(sock, 16) == 0;
}

static int listen_at(const char *host, const char *port, bool both)
{
    struct addrinfo *list = resolve(host, port, AI_PASSIVE), *a;
    int sock = -1;

    for (a = list; a && sock < 0; a = a->ai_next) {
        sock = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, 0);
        if (!listen_one(sock, a, both)) {
            fail("listen on %s, port %s: %s", host, port, strerror(errno));
            if (sock >= 0)
                close(sock);
            sock = -1;
        }
    }
    if (list)
        freeaddrinfo(list);
    return sock;
}

int wire_listen(const char *address)
{
    char host[WIRE_NAME] = "";
    const char *port;
    int sock;

    if (!split_address(address, host, &port))
        return -1;
    if (host[0])
        return listen_at(host, port, false);
    /* "::" takes IPv4 callers, too; a host without IPv6 has only those. */
    sock = listen_at("::", port, true);
    return sock >= 0 ? sock : listen_at("0.0.0.0", port, true);
}

/* Frames are small and answered at once: Nagle's algorithm would only hold them back. */
static int ready(int sock)
{
    static const int on = 1;

    setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return sock;
}

static bool connect_one(int sock, const struct addrinfo *a)
{
    int e = 0;
    socklen_t len = sizeof e;

    if (connect(sock, a->ai_addr, a->ai_addrlen) == 0)
        return true;
    if (errno != EINPROGRESS || !wait_for(sock, POLLOUT, now_ms() + WIRE_SECONDS * 1000))
        return false;
    getsockopt(sock, SOL_SOCKET, SO_ERROR, &e, &len);
    errno = e;
    return e == 0;
}

int wire_connect(const char *address, const char *host)
{
    char named[WIRE_NAME] = "";
    const char *port;
    struct addrinfo *list = NULL, *a;
    int sock = -1;

    if (split_address(address, named, &port))
        list = resolve(named[0] ? named : host, port, 0);
    for (a = list; a && sock < 0; a = a->ai_next) {
        sock = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (sock >= 0 && !connect_one(sock, a)) {
            fail("connect to %s, port %s: %s", named[0] ? named : host, port, strerror(errno));
            close(sock);
            sock = -1;
        }
    }
    if (list)
        freeaddrinfo(list);
    return sock < 0 ? -1 : ready(sock);
}

int wire_accept(int listener)
{
    int sock;

    do {
        sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    } while (sock < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (sock < 0) {
        fail("accept: %s", strerror(errno));
        return -1;
    }
    return ready(sock);
}

void wire_name(int sock, bool peer, char ret[WIRE_NAME])
{
    struct sockaddr_storage a = { 0 };
    socklen_t len = sizeof a;
    char host[WIRE_NAME - 16], port[8];

    if ((peer ? getpeername : getsockname)(sock, (struct sockaddr *)&a, &len) ||
        getnameinfo((struct sockaddr *)&a, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV))
        snprintf(ret, WIRE_NAME, "(unknown)");
    else
        snprintf(ret, WIRE_NAME, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

static bool send_all(int sock, const uint8_t *p, size_t len, int64_t until)
{
    ssize_t n;

    while (len > 0) {
        n = send(sock, p, len, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR) && wait_for(sock, POLLOUT, until))
            continue;
        if (n < 0)
            return fail("send: %s", strerror(errno));
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* Sets ended when the connection closes before the first byte. */
static bool receive_all(int sock, uint8_t *p, size_t len, int64_t until)
{
    size_t got = 0;
    ssize_t n;

    while (got < len) {
        n = recv(sock, p + got, len - got, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR) && wait_for(sock, POLLIN, until))
            continue;
        if (n < 0)
            return fail("receive: %s", strerror(errno));
        if (n == 0) {
            ended = got == 0;
            return fail("the other end closed the connection%s", got ? " inside a frame" : "");
        }
        got += (size_t)n;
    }
    return true;
}

bool wire_send(int sock, const struct frame *f)
{
    int64_t until = now_ms() + WIRE_SECONDS * 1000;
    uint8_t head[HEAD];

    if (f->len > WIRE_MAX)
        return fail("a body of %zu bytes does not fit a frame", f->len);
    put_be32(head, (uint32_t)f->len + 1);
    head[4] = (uint8_t)f->kind;
    return send_all(sock, head, sizeof head, until) && send_all(sock, f->body, f->len, until);
}

bool wire_receive(int sock, struct frame *ret)
{
    int64_t until = now_ms() + WIRE_SECONDS * 1000;
    uint8_t head[HEAD];
    uint32_t len;

    ended = false;
    if (!receive_all(sock, head, sizeof head, until))
        return false;
    len = be32(head);
    if (len < 1 || len - 1 > WIRE_MAX)
        return fail("a frame of %u bytes is refused: 1 to %d are allowed", len, WIRE_MAX + 1);
    if (head[4] != WIRE_TOKEN && head[4] != WIRE_SIGNED && head[4] != WIRE_SEALED)
        return fail("a frame of unknown kind %u", head[4]);
    ret->kind = head[4];
    ret->len = len - 1;
    if (!receive_all(sock, ret->body, ret->len, until)) {
        ended = false;
        return false;
    }
    return true;
}

uint8_t *wire_signed_data(struct frame *f)
{
    return f->body + SIGNED_HEAD;
}

bool wire_signed_join(struct frame *f, const uint8_t *token, size_t token_len, size_t data_len)
{
    if (data_len > WIRE_MAX - SIGNED_HEAD || token_len > WIRE_MAX - SIGNED_HEAD - data_len)
        return fail("%zu bytes signed with %zu do not fit a frame", data_len, token_len);
    f->kind = WIRE_SIGNED;
    put_be32(f->body, (uint32_t)data_len);
    memcpy(f->body + SIGNED_HEAD + data_len, token, token_len);
    f->len = SIGNED_HEAD + data_len + token_len;
    return true;
}

bool wire_signed_split(struct frame *f, struct wire_part *ret_data, struct wire_part *ret_token)
{
    uint32_t len;

    if (f->len < SIGNED_HEAD)
        return fail("a signed body of %zu bytes is too short", f->len);
    len = be32(f->body);
    if (len > f->len - SIGNED_HEAD)
        return fail("%u bytes of data do not fit a signed body of %zu", len, f->len);
    *ret_data = (struct wire_part){ f->body + SIGNED_HEAD, len };
    *ret_token = (struct wire_part){ f->body + SIGNED_HEAD + len, f->len - SIGNED_HEAD - len };
    return true;
}
