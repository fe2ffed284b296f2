/* SPDX-License-Identifier: Apache-2.0
 * server_link_state.h - what server_link.c and server_send.c share of a connection.
 */
#pragma once

#include <pthread.h>

#include "rpc/server.h"
#include "rpc/server_link.h"

struct rpc_gathered {        /* small answers, side by side, so that one write takes them */
    struct rpc_block *block; /* NULL: none are */
    size_t len;
    unsigned answers;
    int waiting; /* what of waiting goes with it */
};

struct rpc_queue_call;

struct rpc_server_link {
    struct loop_source source; /* first: the loop hands it back */
    atomic_uint refs;          /* the reader's, each call's, the write source's while armed */
    struct loop *loop;
    const struct transport *transport;
    struct rpc_access *access;             /* of the endpoint, for each call; NULL: none */
    struct rpc_queue_call *queued;         /* it is no connection, but one message's; else NULL */
    struct rpc_server_link_queue *session; /* with its texts; else NULL */
    struct transport_rights *rights;       /* that wait for their call; NULL but over ncalrpc */
    struct rpc_server_connection machine;  /* whoever reads */
    bool drained, bound, partial, served;  /* whoever reads */
    struct rpc_server_stats counted;       /* in: whoever reads; out: whoever sends */
    struct rpc_server_call *streamed;      /* whoever reads: whose request comes on; else NULL */
    struct rpc_server_link *next, **place;
    struct rpc_server_link *ending_next;                         /* of who ends them */
    _Atomic int64_t read_deadline, write_deadline, end_deadline; /* 0: none */

    pthread_mutex_t calls_lock;
    struct rpc_server_call *calls; /* under way */
    atomic_uint calls_count;
    atomic_bool brief; /* the last one answered: read in one piece at both ends */

    /* Sending: pushed by anyone; the rest is whoever sends, who is the one that raised waiting
     * from 0. What was pushed may be sent before it is counted: less than 0 wait then. */
    _Atomic(struct rpc_sending *) pushed; /* the newest first */
    atomic_int waiting;                   /* pushed and not sent yet */
    atomic_bool paused;                   /* reading, because of them */
    atomic_bool broken;
    atomic_bool ending;                /* the server stops: calls under way go on */
    atomic_bool farewell;              /* and the client has been told */
    struct rpc_sending *queue;         /* the oldest first */
    const struct ndr_handles *handles; /* to go with the batch's first byte; NULL: none */
    struct iovec *iov, one;            /* of the batch under way */
    size_t iov_count;
    bool begun; /* what is gathered, or the response at the queue's head */
    struct rpc_gathered gathered;
    atomic_bool gathering; /* it is the reader's turn to send, who has yet to send anything */
    int64_t gathering_since;
    struct loop_source writable; /* on a descriptor of its own; fd -1 until there was need */
};

void rpc_server_sending_init(struct rpc_server_link *l);
void rpc_server_sending_done(struct rpc_server_link *l);
/* By whoever sends: until nothing waits, the client takes no more, or it is a call's turn to send
 * by itself. Holds a reference to l. */
void rpc_server_sending_pump(struct rpc_server_link *l);
/* By whoever sends, where nothing is under way: makes room for answers, and puts what small ones
 * are at the queue's head there. The first: false where there is none. */
bool rpc_server_sending_room(struct rpc_server_link *l);
void rpc_server_sending_gather(struct rpc_server_link *l);

/* Not in the loop yet, and without one. fd -1: it has no descriptor, and never will. NULL: no
 * memory; fd stays the caller's. */
struct rpc_server_link *rpc_server_link_new(int fd, const struct transport *transport,
                                            const char *endpoint,
                                            struct rpc_interface_group *group);
/* Of calls_count already. */
void rpc_server_link_call_add(struct rpc_server_link *l, struct rpc_server_call *c);

/* Reads on after a pause. */
void rpc_server_link_resume(struct rpc_server_link *l);
void rpc_server_link_unref(struct rpc_server_link *l);
/* The server stops and nothing is under way here. A call that crosses this on its way is answered,
 * by a fault: were the connection just cut, nobody could tell whether it had been executed. */
void rpc_server_link_say_farewell(struct rpc_server_link *l);

struct rpc_server_links { /* server_links.c */
    pthread_mutex_t lock;
    struct rpc_server_link *first; /* with it */
    atomic_uint count;             /* of all, also of those that are not in the list */
};

extern struct rpc_server_links rpc_server_links;
