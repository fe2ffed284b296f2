/* SPDX-License-Identifier: Apache-2.0
 * server_link.h - a server's connection with its descriptor: the machine of server_connection.h
 * driven by what the loop's threads receive, and what they send, one of them at a time.
 *
 * Who pushes onto an empty queue sends, until it is empty again; others push and go. Nobody waits
 * for a slow client: what it does not take stays in the queue, and while much is there nothing
 * more is read from it.
 */
#pragma once

#include "rpc/server_call.h"
#include "transport/loop.h"

struct rpc_queue_call;
struct rpc_server_link;

/* Serves what fd, just accepted, sends, with the interfaces of that group (NULL: the process's),
 * each call where access (NULL: always) allows it. fd is closed in any case. */
void rpc_server_link_start_adopt(int fd, const struct transport *transport, const char *endpoint,
                                 struct rpc_interface_group *group, struct rpc_access *access);

struct rpc_server_link_queue { /* of a session */
    const char *name;
    uint8_t least;   /* of the levels of its calls: RPC_LEVEL_xxx */
    const char *who; /* whose process opened it, "S-1-..." */
};

/* The same of a session out of a queue; of is copied. */
void rpc_server_link_start_queued_adopt(int fd, const struct rpc_server_link_queue *of,
                                        struct rpc_access *access);

/* The response of a call; the call's reference becomes the link's. */
void rpc_server_link_respond_adopt(struct rpc_server_link *l, struct rpc_server_call *c);
/* The response of a call with [out] pipes, by the thread that serves it: n bytes of what is written
 * so far, sent when this returns; then all that is left, or a fault instead, where fault is not
 * NULL. The call's reference becomes the link's with that. ERR_RPC_FAILED: the client is gone. */
MUST_CHECK enum err rpc_server_link_stream(struct rpc_server_link *l, struct rpc_server_call *c,
                                           size_t n);
void rpc_server_link_stream_end_adopt(struct rpc_server_link *l, struct rpc_server_call *c,
                                      struct buf *fault);
/* By the thread that serves a call whose request comes in parts: waits for the next. With the last
 * one the connection is read by others again. ERR_RPC_FAILED: the client is gone. */
MUST_CHECK enum err rpc_server_link_part(struct rpc_server_link *l, struct rpc_server_call *c,
                                         struct rpc_received *ret);
/* By the thread that serves the call: its callback's request, sent when this returns.
 * ERR_RPC_FAILED: the client is gone. */
MUST_CHECK enum err rpc_server_link_call_back(struct rpc_server_link *l, struct rpc_server_call *c,
                                              const struct rpc_message *m);
/* What the link's client takes in a fragment. */
size_t rpc_server_link_max_fragment(const struct rpc_server_link *l);
/* By a thread that serves a call and is going to wait: others read the connection from here on. */
void rpc_server_link_let_go(struct rpc_server_link *l);
/* By any thread: the connection is no good any more. */
void rpc_server_link_break(struct rpc_server_link *l);
/* The same of a call with asynchronous pipes, without waiting: the rest of its request goes to
 * rpc_server_pipes_part_adopt from here on; and on, when there was no room for it. */
void rpc_server_link_pass_on(struct rpc_server_link *l, struct rpc_server_call *c);
void rpc_server_link_receive(struct rpc_server_link *l);
/* The response of a call with asynchronous pipes: it has its turn among the others, and what is
 * ready leaves; more is ready, after RPC_LEAVE_IDLE. The call's reference becomes the link's with
 * the end. */
void rpc_server_link_flow(struct rpc_server_link *l, struct rpc_server_call *c);
void rpc_server_link_flow_on(struct rpc_server_link *l);
/* Bytes: a PDU. Without memory the connection is cut. */
void rpc_server_link_send_adopt(struct rpc_server_link *l, struct buf bytes);
/* By the call's last reference. */
void rpc_server_link_call_ended(struct rpc_server_link *l, struct rpc_server_call *c);

bool rpc_server_link_client_is_guest(struct rpc_server_link *l, const struct rpc_security *s);
const char *rpc_server_link_client_name(struct rpc_server_link *l, const struct rpc_security *s);
/* As rpc_server_client_text. */
const void *rpc_server_link_client_text(struct rpc_server_link *l, const struct rpc_security *s,
                                        bool wide);
/* What each call is to be allowed by, beside its interface; NULL: nothing. */
const struct rpc_access *rpc_server_link_access(const struct rpc_server_link *l);
struct loop *rpc_server_link_loop(const struct rpc_server_link *l);
struct rpc_group *rpc_server_link_group(struct rpc_server_link *l);
struct rpc_interface_group *rpc_server_link_interfaces(const struct rpc_server_link *l);
const struct transport *rpc_server_link_transport(const struct rpc_server_link *l);
MUST_CHECK enum err rpc_server_link_name(const struct rpc_server_link *l, bool peer,
                                         struct transport_name *ret);
/* Who the kernel says the client is; NULL where it does not. */
const struct transport_peer *rpc_server_link_peer(const struct rpc_server_link *l);
/* Whether its client has left, as far as the kernel knows: for whoever keeps the thread that reads.
 */
bool rpc_server_link_is_left(const struct rpc_server_link *l);
/* Of a message out of a queue; NULL: it is a connection's. */
struct rpc_queue_call *rpc_server_link_queued(const struct rpc_server_link *l);
/* Of a session, what its queue is; NULL: it is none. */
const struct rpc_server_link_queue *rpc_server_link_of_queue(const struct rpc_server_link *l);
/* The endpoint it came in by. */
const char *rpc_server_link_endpoint(const struct rpc_server_link *l);
bool rpc_server_link_is_local(const struct rpc_server_link *l);

/* Ends connections whose time is up; whether any has a time. */
bool rpc_server_links_tick(int64_t now);
/* Ends some idle connections of nobody known, the oldest, for new ones to have a descriptor. */
void rpc_server_links_relieve(void);
/* Ends all of that group's, or the process's, once their calls have been answered. */
void rpc_server_links_end(const struct rpc_interface_group *group);
unsigned rpc_server_links_count(void);
