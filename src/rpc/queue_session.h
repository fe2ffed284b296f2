/* SPDX-License-Identifier: Apache-2.0
 * queue_session.h - sessions: connections whose octets travel as messages of queues, for calls over
 * ncadg_mq that take an authentication service of connections.
 *
 * The runtime has one end of a pair of sockets, and knows no difference from a connection; a thread
 * of the session has the other. The client's first frame goes into the server's queue; its server
 * names a queue of its own, and from there on each end writes into the other's (mailbox.h). Frames
 * prove nothing: whatever is protected is so by the connection's own security.
 */
#pragma once

#include "transport/queued.h"

struct rpc_mailbox;
struct rpc_queue;
struct rpc_server_call;

/* Of associations whose connections are sessions: connect waits until a server takes it. Its errors
 * are a call's own. */
extern const struct transport rpc_queue_session_transport;

/* What a server asks for, so that sessions come out of its queue. */
extern const struct queued_syntax rpc_queue_session_syntax;

/* Whether the message is a frame. */
bool rpc_queue_session_is(const struct queued_message *m);

/* ---- by the mailbox ---- */

void rpc_queue_session_deliver(const struct rpc_mailbox *b, const struct queued_message *m);
/* No more frames come by it: its sessions end. */
void rpc_queue_session_lose(const struct rpc_mailbox *b);

/* ---- by the server: queue_session_server.c ---- */

/* Takes the session that m opens, or tells its client why not; m is settled. */
void rpc_queue_session_accept(struct rpc_queue *q, struct queued_message *m);
/* Whether a call of a session is at the level that its queue, and policy, ask for; true of others.
 */
bool rpc_queue_session_is_strong(struct rpc_server_call *c);
