/* SPDX-License-Identifier: Apache-2.0
 * probe_io.c - one question to one KDC over TCP, each message behind its length.  RFC 4120 7.2.2
 */
#include "kerberos/probe.h"

#include <errno.h>
#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/reader.h"
#include "base/writer.h"

struct wire {
    int fd;
    int64_t deadline; /* milliseconds of the monotonic clock */
};

static int64_t now_usec(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static enum err wait_for(const struct wire *s, short events)
{
    int64_t left = s->deadline - now_usec() / 1000;
    struct pollfd p = { s->fd, events, 0 };

    if (left <= 0 || poll(&p, 1, (int)left) == 0)
        return ERR_TIMEOUT;
    return p.revents ? ERR_OK : ERR_CONNECT;
}

static enum err send_all(const struct wire *s, struct bytes b)
{
    while (b.len) {
        enum err e = wait_for(s, POLLOUT);
        ssize_t n = e ? 0 : send(s->fd, b.ptr, b.len, MSG_NOSIGNAL);

        if (e || n < 0)
            return e ? e : ERR_CONNECT;
        b = bytes_of(b.ptr + n, b.len - (size_t)n);
    }
    return ERR_OK;
}

static enum err receive_all(const struct wire *s, uint8_t *to, size_t len)
{
    while (len) {
        enum err e = wait_for(s, POLLIN);
        ssize_t n = e ? 0 : recv(s->fd, to, len, 0);

        if (e || n <= 0)
            return e ? e : ERR_CONNECT;
        to += n;
        len -= (size_t)n;
    }
    return ERR_OK;
}

static enum err exchange(const struct wire *s, struct bytes request, struct buf *ret)
{
    uint8_t head[4];
    struct writer w = writer_over(head, sizeof head);
    struct reader r = reader_over(bytes_of(head, sizeof head));
    struct buf reply = { 0 };
    uint32_t len;
    enum err e;

    writer_be32(&w, (uint32_t)request.len);
    e = send_all(s, bytes_of(head, sizeof head));
    if (!e)
        e = send_all(s, request);
    if (!e)
        e = receive_all(s, head, sizeof head);
    if (e)
        return e;
    len = reader_be32(&r);
    if (len > PROBE_MESSAGE_MAX)
        return ERR_TOO_LONG;
    e = buf_new(len, &reply);
    if (!e)
        e = receive_all(s, reply.ptr, len);
    if (e)
        buf_free(&reply);
    else
        *ret = reply;
    return e;
}

static enum err connect_within(const struct wire *s, const struct resolve_address *to)
{
    int failed = 0;
    socklen_t len = sizeof failed;
    enum err e;

    if (connect(s->fd, (const struct sockaddr *)&to->addr, to->len) == 0)
        return ERR_OK;
    if (errno != EINPROGRESS)
        return ERR_CONNECT;
    e = wait_for(s, POLLOUT);
    if (e)
        return e;
    return getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &failed, &len) || failed ? ERR_CONNECT : ERR_OK;
}

enum err probe_kdc(const char *realm, const struct resolve_address *kdc, int timeout_ms,
                   struct probe_reply *ret, int64_t *ret_usec)
{
    struct wire s = { -1, now_usec() / 1000 + timeout_ms };
    struct buf request = { 0 };
    struct buf reply = { 0 };
    char where[64];
    uint32_t nonce = 0;
    int64_t start = 0;
    enum err e;

    resolve_address_format(kdc, where, sizeof where);
    detail_set(detail_get()->server, where);
    if (getrandom(&nonce, sizeof nonce, 0) != (ssize_t)sizeof nonce)
        return detail_fail(ERR_INTERNAL, "no random bytes from the kernel");
    e = probe_request_write(realm, nonce, &request);
    if (e)
        goto out;
    s.fd = socket(kdc->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    e = s.fd < 0 ? ERR_CONNECT : connect_within(&s, kdc);
    start = now_usec();
    if (!e)
        e = exchange(&s, buf_view(request), &reply);
    if (!e)
        e = probe_reply_read(buf_view(reply), ret);
    if (!e)
        *ret_usec = now_usec() - start;
out:
    if (s.fd >= 0)
        close(s.fd);
    buf_free(&request);
    buf_free(&reply);
    return e ? detail_fail(e, "the KDC at %s gives no answer: %s", where, err_text(e)) : ERR_OK;
}
