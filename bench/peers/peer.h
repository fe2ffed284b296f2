/* SPDX-License-Identifier: Apache-2.0
 * peer.h - what bench-rpc asks of each contestant's two processes.
 *
 *    PROGRAM server LEVEL            prints "ready WHERE", serves until its standard input ends
 *    PROGRAM client LEVEL WHERE      obeys one line each of its standard input, answers with one
 *
 *    one SIZE CALLS                  one connection's calls: the nanoseconds of each
 *    many THREADS SIZE MILLISECONDS  a connection a thread: calls made, nanoseconds gone
 *    flow BYTES                      so many bytes to the server, a stream: nanoseconds
 *    hold COUNT                      so many more idle authenticated connections: "held"
 *    release                         the held ones closed: "released"
 *
 * Size 0 is the null call; any other an echo of so many bytes, checked at both ends of the buffer.
 * A contestant is the two functions of struct peer and a server; the rest is peer.c.
 */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PEER_SIZE_MAX = 1 << 20, PEER_FLOW = 128 << 10 /* at once */ };

struct peer {
    /* One more connection, authenticated, at this level; ends the program where it cannot. */
    void *(*open)(const char *level, const char *where);
    /* A call with size bytes there and back: sent is given, what came goes to got. */
    void (*call)(void *connection, const unsigned char *sent, unsigned char *got, size_t size);
    void (*close)(void *connection);
    /* So many bytes to the server, until it has taken all of them; NULL: it has no streams. */
    void (*flow)(void *connection, unsigned long long bytes);
    /* Serves; calls peer_ready() once it listens. */
    int (*serve)(const char *level);
};

int peer_main(const struct peer *p, int argc, char **argv);
/* Tells where the server is, and leaves a thread behind that ends the process with its input. */
void peer_ready(unsigned port);
void peer_ready_at(const char *where);
/* A listener on a free port of the loopback, and a connection to one; both without delay. */
int peer_listen(unsigned *ret_port);
int peer_connect(const char *where);
/* The same over a Unix socket without a file; where is its name, of at most 63 characters. */
int peer_listen_local(char ret_where[64]);
int peer_connect_local(const char *where);
/* Ends the program, saying why. */
void peer_die(const char *what) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif
