/* SPDX-License-Identifier: Apache-2.0
 * raw.c - the floor: the bytes of a call and nothing else, blocking, a thread a connection; over
 * TCP, or at level "local" over a Unix socket.
 *
 *    64 bytes, the first 4 of them the length of what follows | the bytes of the echo
 *
 * A stream: the length is all ones, the next 8 bytes say how much comes; it is answered by the
 * head.
 */
#include "peer.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { HEAD = 64 };

static int receive(int fd, unsigned char *to, size_t size)
{
    while (size) {
        ssize_t n = recv(fd, to, size, MSG_WAITALL);

        if (n <= 0)
            return 0;
        to += n;
        size -= (size_t)n;
    }
    return 1;
}

static int transmit(int fd, unsigned char *head, const unsigned char *body, size_t size)
{
    struct iovec v[2] = { { head, HEAD }, { (void *)(uintptr_t)body, size } };
    size_t done = 0;

    while (done < HEAD + size) {
        ssize_t n = writev(fd, v, 2);
        size_t i, left;

        if (n <= 0)
            return 0;
        done += (size_t)n;
        for (i = 0, left = (size_t)n; i < 2; i++) {
            size_t part = left < v[i].iov_len ? left : v[i].iov_len;

            v[i].iov_base = (char *)v[i].iov_base + part;
            v[i].iov_len -= part;
            left -= part;
        }
    }
    return 1;
}

static int sink(int fd, unsigned char *head, unsigned char *room)
{
    uint64_t left;
    ssize_t n = 1;

    memcpy(&left, head + 8, sizeof left);
    for (; left && n > 0; left -= (uint64_t)n) {
        n = recv(fd, room, left < PEER_FLOW ? left : PEER_FLOW, 0);
        if (n <= 0)
            return 0;
    }
    return transmit(fd, head, NULL, 0);
}

static void *serve_one(void *arg)
{
    int fd = (int)(intptr_t)arg;
    unsigned char head[HEAD], *body = NULL;
    uint32_t size;
    int ok = 1;

    while (ok && receive(fd, head, HEAD)) {
        memcpy(&size, head, sizeof size);
        if (size && !body)
            body = malloc(PEER_SIZE_MAX);
        if (size == UINT32_MAX) {
            ok = body && sink(fd, head, body);
            continue;
        }
        ok = size <= PEER_SIZE_MAX && (!size || (body && receive(fd, body, size))) &&
             transmit(fd, head, body, size);
    }
    free(body);
    close(fd);
    return NULL;
}

static int is_local(const char *level)
{
    return strcmp(level, "local") == 0;
}

static int raw_serve(const char *level)
{
    char where[64];
    unsigned port;
    int listener;

    if (is_local(level)) {
        listener = peer_listen_local(where);
        peer_ready_at(where);
    } else {
        listener = peer_listen(&port);
        peer_ready(port);
    }
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        pthread_t t;

        if (fd < 0 || pthread_create(&t, NULL, serve_one, (void *)(intptr_t)fd) != 0)
            peer_die("accepting");
        pthread_detach(t);
    }
}

static void *raw_open(const char *level, const char *where)
{
    return (void *)(intptr_t)(is_local(level) ? peer_connect_local(where) : peer_connect(where));
}

static void raw_call(void *connection, const unsigned char *sent, unsigned char *got, size_t size)
{
    int fd = (int)(intptr_t)connection;
    unsigned char head[HEAD] = { 0 };
    uint32_t n = (uint32_t)size;

    memcpy(head, &n, sizeof n);
    if (!transmit(fd, head, sent, size) || !receive(fd, head, HEAD) || !receive(fd, got, size))
        peer_die("the raw connection broke");
}

static void raw_close(void *connection)
{
    close((int)(intptr_t)connection);
}

static void raw_flow(void *connection, unsigned long long bytes)
{
    int fd = (int)(intptr_t)connection;
    static unsigned char block[PEER_FLOW];
    unsigned char head[HEAD] = { 0xff, 0xff, 0xff, 0xff };
    uint64_t left = bytes;

    memcpy(head + 8, &left, sizeof left);
    if (!transmit(fd, head, NULL, 0))
        peer_die("the raw connection broke");
    while (left) {
        ssize_t n = send(fd, block, left < sizeof block ? left : sizeof block, 0);

        if (n <= 0)
            peer_die("the raw connection broke");
        left -= (uint64_t)n;
    }
    if (!receive(fd, head, HEAD))
        peer_die("the raw connection broke");
}

int main(int argc, char **argv)
{
    static const struct peer raw = { raw_open, raw_call, raw_close, raw_flow, raw_serve };

    return peer_main(&raw, argc, argv);
}
