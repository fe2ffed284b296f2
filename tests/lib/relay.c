/* SPDX-License-Identifier: Apache-2.0
 * relay.c - a man in the middle between two TCP sockets.
 */
#include "lib/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/reader.h"

struct half {
    int from, to;
    unsigned number;
    struct buf got; /* got.len is the room, have what is there */
    size_t have;
};

struct relay {
    struct relay_how how;
    int listener, wake[2];
    unsigned port;
    pthread_t thread;
    struct half half[2 * RELAY_CONNECTIONS]; /* 2n: from the client, 2n + 1: from the server */
    unsigned connections;
};

static size_t be32_rest(const uint8_t *header)
{
    struct reader r = reader_over(bytes_of(header, 4));

    return reader_be32(&r);
}

static size_t gss_sample_rest(const uint8_t *header)
{
    return be32_rest(header + 1);
}

static size_t rpc_rest(const uint8_t *header)
{
    size_t whole = header[8] | (size_t)header[9] << 8;

    return whole < 16 ? 0 : whole - 16;
}

const struct relay_framing relay_be32 = { 4, be32_rest };
const struct relay_framing relay_gss_sample = { 5, gss_sample_rest };
const struct relay_framing relay_rpc = { 16, rpc_rest };

/* What the relay holds back stays with its sender: the kernel takes little for it. */
static int listen_closely(int s, const struct sockaddr_in *at)
{
    const int room = 64 * 1024;

    return setsockopt(s, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) ||
           bind(s, (const void *)at, sizeof *at) || listen(s, RELAY_CONNECTIONS);
}

static int loopback(const char *address, unsigned port, bool listening)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int s = -1;
    int r = -1;

    if (!address || inet_pton(AF_INET, address, &to.sin_addr) == 1)
        s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s >= 0 && listening)
        r = listen_closely(s, &to);
    else if (s >= 0)
        r = connect(s, (void *)&to, sizeof to);
    if (s >= 0 && r) {
        close(s);
        s = -1;
    }
    return s;
}

static void cut(struct relay *r, unsigned connection)
{
    struct half *h = &r->half[2 * (size_t)connection];

    if (h[0].from >= 0)
        close(h[0].from);
    if (h[0].to >= 0)
        close(h[0].to);
    h[0].from = h[0].to = h[1].from = h[1].to = -1;
}

static bool send_all(int s, struct bytes b)
{
    while (b.len) {
        ssize_t n = send(s, b.ptr, b.len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        b = bytes_of(b.ptr + n, b.len - (size_t)n);
    }
    return true;
}

/* The frame at the front of what was received is complete: it goes its way. */
static bool pass_frame(struct relay *r, size_t which, size_t len)
{
    struct half *h = &r->half[which];
    struct relay_frame f = { .connection = (unsigned)(which / 2),
                             .number = h->number++,
                             .from_client = which % 2 == 0 };
    enum relay_verdict v;
    bool good = true;

    if (buf_copy(bytes_of(h->got.ptr, len), &f.bytes))
        return false;
    h->have -= len;
    memmove(h->got.ptr, h->got.ptr + len, h->have);
    v = r->how.meddle ? r->how.meddle(r->how.arg, &f) : RELAY_PASS;
    if (v == RELAY_PASS || v == RELAY_TWICE)
        good = send_all(h->to, buf_view(f.bytes));
    if (good && v == RELAY_TWICE)
        good = send_all(h->to, buf_view(f.bytes));
    buf_free(&f.bytes);
    return good && v != RELAY_CUT;
}

static bool receive(struct relay *r, size_t which)
{
    const struct relay_framing *framing = r->how.framing;
    struct half *h = &r->half[which];
    ssize_t n = recv(h->from, h->got.ptr + h->have, h->got.len - h->have, 0);

    if (n <= 0)
        return false;
    h->have += (size_t)n;
    while (h->from >= 0 && h->have >= framing->header) {
        size_t rest = framing->rest(h->got.ptr);

        if (rest > RELAY_FRAME_MAX - framing->header)
            return false;
        if (h->have < framing->header + rest)
            break;
        if (!pass_frame(r, which, framing->header + rest))
            return false;
    }
    return true;
}

/* A frame leaves when it has come: two in a row would wait for an acknowledgement otherwise. */
static void hurry(int s)
{
    const int yes = 1;

    (void)setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/* The next place in turn: of more connections than there are places the first must have ended. */
static void admit(struct relay *r)
{
    int client = accept(r->listener, NULL, NULL);
    struct half *h = &r->half[2 * (size_t)(r->connections % RELAY_CONNECTIONS)];
    int server;

    if (client < 0)
        return;
    server = h[0].from < 0 ? loopback(r->how.to, r->how.to_port, false) : -1;
    if (server < 0) {
        close(client);
        return;
    }
    hurry(client);
    hurry(server);
    h[0].from = h[1].to = client;
    h[0].to = h[1].from = server;
    h[0].number = h[1].number = 0;
    h[0].have = h[1].have = 0;
    r->connections++;
}

static void *relay_thread(void *arg)
{
    struct relay *r = arg;
    struct pollfd fds[2 + 2 * RELAY_CONNECTIONS];
    size_t i;

    for (;;) {
        fds[0] = (struct pollfd){ r->wake[0], POLLIN, 0 };
        fds[1] = (struct pollfd){ r->listener, POLLIN, 0 };
        for (i = 0; i < 2 * RELAY_CONNECTIONS; i++)
            fds[2 + i] = (struct pollfd){ r->half[i].from, POLLIN, 0 };
        if (poll(fds, 2 + 2 * RELAY_CONNECTIONS, -1) < 0 || fds[0].revents)
            return NULL;
        for (i = 0; i < 2 * RELAY_CONNECTIONS; i++)
            if (fds[2 + i].revents && r->half[i].from == fds[2 + i].fd && !receive(r, i))
                cut(r, (unsigned)(i / 2));
        if (fds[1].revents)
            admit(r);
    }
}

static enum err open_all(struct relay *r)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    size_t i;

    for (i = 0; i < 2 * RELAY_CONNECTIONS; i++)
        if (buf_new(RELAY_FRAME_MAX, &r->half[i].got))
            return ERR_NO_MEMORY;
    r->listener = loopback(NULL, 0, true);
    if (r->listener < 0 || getsockname(r->listener, (void *)&at, &len) || pipe(r->wake))
        return ERR_CONNECT;
    r->port = ntohs(at.sin_port);
    return ERR_OK;
}

static void close_all(struct relay *r)
{
    size_t i;

    for (i = 0; i < RELAY_CONNECTIONS; i++)
        cut(r, (unsigned)i);
    for (i = 0; i < 2 * RELAY_CONNECTIONS; i++)
        buf_free(&r->half[i].got);
    for (i = 0; i < 2; i++)
        if (r->wake[i] >= 0)
            close(r->wake[i]);
    if (r->listener >= 0)
        close(r->listener);
    mem_free(r);
}

enum err relay_new(const struct relay_how *how, struct relay **ret)
{
    struct relay *r = mem_zero(sizeof *r);
    enum err e;
    size_t i;

    if (!r)
        return ERR_NO_MEMORY;
    r->how = *how;
    r->listener = r->wake[0] = r->wake[1] = -1;
    for (i = 0; i < 2 * RELAY_CONNECTIONS; i++)
        r->half[i].from = r->half[i].to = -1;
    e = open_all(r);
    if (!e && pthread_create(&r->thread, NULL, relay_thread, r))
        e = ERR_NO_MEMORY;
    if (e) {
        close_all(r);
        return e;
    }
    *ret = r;
    return ERR_OK;
}

unsigned relay_port(const struct relay *r)
{
    return r->port;
}

void relay_free(struct relay *r)
{
    if (!r)
        return;
    (void)!write(r->wake[1], "", 1);
    pthread_join(r->thread, NULL);
    close_all(r);
}
