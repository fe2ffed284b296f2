/* SPDX-License-Identifier: Apache-2.0
 * transport.h - how the bytes of a connection travel: one const struct per protocol sequence.
 *
 * A stream is a file descriptor of type SOCK_STREAM, in blocking mode, without Nagle's delay.
 * Who must not wait uses the functions that say so; who waits gives a deadline.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/err.h"

enum {
    TRANSPORT_ADDRESS = 64,  /* an IPv6 address with its scope, and room */
    TRANSPORT_ENDPOINT = 64, /* a port, or the name of a local endpoint */
    TRANSPORT_LISTENERS = 4, /* the sockets of one endpoint: IPv4 and IPv6 */
    TRANSPORT_SOON_MS = 20,  /* how long a server's thread stays with a connection */
};

/* Deadlines are milliseconds of the monotonic clock. */
#define TRANSPORT_NO_DEADLINE INT64_MAX
int64_t transport_now(void);
int64_t transport_now_us(void); /* the same clock, for what is shorter */
/* Saturates: a negative or a huge time is none. */
int64_t transport_deadline_in(int64_t milliseconds);

struct transport_name { /* one end of a connection, as a string binding has it */
    char address[TRANSPORT_ADDRESS];
    char endpoint[TRANSPORT_ENDPOINT];
};

struct transport_peer { /* who holds the other end, as the kernel says */
    uint32_t uid, gid;  /* as they were when it connected, or began to listen */
    int32_t pid;        /* 0: one we cannot see */
    bool anonymous;     /* the ids are the kernel's overflow ids: of nobody we could name */
};

struct transport_listeners {
    int fd[TRANSPORT_LISTENERS];
    size_t count;
    char endpoint[TRANSPORT_ENDPOINT]; /* the one in use, where a dynamic one was asked for */
};

struct transport_listen {
    const char *address;  /* NULL: every address of the host */
    const char *endpoint; /* NULL: a dynamic one */
    unsigned backlog;     /* 0: the system's largest */
    unsigned first, last; /* the ports a dynamic endpoint is taken from; 0, 0: the system's range */
    bool own;             /* where files say who connects: this account and root alone */
};

struct transport {
    const char *protseq; /* "ncacn_ip_tcp" */
    bool local;          /* both ends are on this host by its nature */
    bool queued;         /* a call waits for its server, whom nobody connects to */
    bool wakes_readers;  /* Unix sockets: who waits in recv is woken also when the peer has read */

    /* address is a host name or an address, NULL or "" this host. ERR_CONNECT: nobody answered
     * there, ERR_TIMEOUT, ERR_NOT_FOUND: no such host, ERR_INVALID_PARAMETER: no such endpoint. */
    MUST_CHECK enum err (*connect)(const char *address, const char *endpoint, int64_t deadline,
                                   int *ret_fd);
    /* ERR_EXISTS: somebody else has the endpoint. The sockets do not block. */
    MUST_CHECK enum err (*listen)(const struct transport_listen *how,
                                  struct transport_listeners *ret);
    /* ERR_INCOMPLETE: nobody waits; ERR_NO_MEMORY: out of descriptors. */
    MUST_CHECK enum err (*accept)(int listener, int *ret_fd);
    /* The same of a socket somebody else made, listening already: it is ours then.
     * ERR_INVALID_PARAMETER: no such socket, and it stays whose it is. */
    MUST_CHECK enum err (*adopt)(int listener, struct transport_listeners *ret);
    /* Closes the sockets, and takes back what listening left in the system. */
    void (*close)(struct transport_listeners *l);
    /* The peer's end, or ours. */
    MUST_CHECK enum err (*name)(int fd, bool peer, struct transport_name *ret);
    /* Asks the system to look, after so many seconds of silence, whether the peer still is; 0: as
     * the system does by itself. NULL where the end of a peer is always seen. */
    void (*keep_alive)(int fd, unsigned seconds);
    /* Whether the peer is on this host. */
    bool (*peer_is_local)(int fd);
    /* NULL where the kernel does not know the peer: all that are not local. */
    MUST_CHECK enum err (*peer)(int fd, struct transport_peer *ret);
};

extern const struct transport transport_tcp, transport_local;

/* The overflow id, in a user namespace that not everybody is in: of somebody outside. */
bool transport_uid_is_outside(uint32_t uid);

/* By protocol sequence; NULL for one we do not speak. */
const struct transport *transport_find(const char *protseq);
/* The same, and those that bindings may be of that nobody connects by: ERR_RPC_PROTSEQ. */
const struct transport *transport_named(const char *protseq);
/* By a socket that listens; NULL: none of them is of its family and type. */
const struct transport *transport_of_listener(int fd);
/* All there are, for i from 0; NULL ends them. */
const struct transport *transport_at(size_t i);

/* ---- streams ---- */

/* Until fd has one of the poll events, or wake_fd (-1: none) is readable. *ret_woken is set in the
 * second case, and may be NULL. ERR_TIMEOUT. */
MUST_CHECK enum err transport_wait(int fd, short events, int wake_fd, int64_t deadline,
                                   bool *ret_woken);

/* What is there, into the pieces in turn. *ret 0: the peer has ended the stream. Waits in the
 * system call itself where there is no deadline. ERR_TIMEOUT, ERR_CONNECT: the connection broke. */
MUST_CHECK enum err transport_receive(int fd, const struct iovec *iov, size_t count,
                                      int64_t deadline, size_t *ret);
/* All of it. The array is used up. Errors as above. */
MUST_CHECK enum err transport_send(int fd, struct iovec *iov, size_t count, int64_t deadline);

/* The same without waiting: ERR_INCOMPLETE when nothing could be moved now. */
MUST_CHECK enum err transport_receive_now(int fd, const struct iovec *iov, size_t count,
                                          size_t *ret);
/* For what was accepted: waits TRANSPORT_SOON_MS for the first byte, in the system call itself. The
 * descriptor is to be prepared for it, or that which it was accepted from, and inherits it of. */
void transport_prepare_soon(int fd);
MUST_CHECK enum err transport_receive_soon(int fd, const struct iovec *iov, size_t count,
                                           size_t *ret);
MUST_CHECK enum err transport_send_now(int fd, const struct iovec *iov, size_t count, size_t *ret);

/* Takes n bytes off the front of the array; returns how many of its elements are used up. */
size_t transport_iov_skip(struct iovec *iov, size_t count, size_t n);
