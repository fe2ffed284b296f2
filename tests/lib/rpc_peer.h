/* SPDX-License-Identifier: Apache-2.0
 * rpc_peer.h - a server of one's own making for tests of the client: it does as the operation
 * number says, well or badly.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

enum rpc_peer_op {
    PEER_ECHO,         /* the stub back */
    PEER_UNTIL_CANCEL, /* a fault once a co_cancel came */
    PEER_CLOSE,        /* ends the connection instead of an answer */
    PEER_NEVER,        /* no answer at all */
    PEER_PIECES,       /* the stub back in fragments of eight octets */
    PEER_LAST,         /* the stub back, and the connection ended */
    PEER_FAULT,        /* a fault, its status the stub's first four octets */
    PEER_WRONG_TYPE,   /* a bind_ack for an answer */
    PEER_WRONG_CALL,   /* an answer to another call */
    PEER_SHUTDOWN,     /* a shutdown, then the stub back */
};

struct rpc_peer {
    int listener;
    uint16_t port;
    pthread_t thread;
    atomic_int connections, calls, cancels, orphans, working;
};

void rpc_peer_start(struct rpc_peer *p);
void rpc_peer_wait(struct rpc_peer *p); /* until every connection has been ended, and closed */
void rpc_peer_stop(struct rpc_peer *p); /* waits for its clients to close their connections */
