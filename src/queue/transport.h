/* SPDX-License-Identifier: Apache-2.0
 * transport.h - the door behind ncadg_mq (transport/queued.h): calls sealed and handed to the queue
 * manager of this host, and taken from it and opened. transport.c has it whole.
 */
#pragma once

#include "queue/envelope.h"
#include "transport/queued.h"

struct key_ring;

/* ---- sending: transport_send.c ---- */

MUST_CHECK enum err queue_transport_submit(const struct queued_call *call);
/* The id of the message this thread has sent last; false: none. */
bool queue_transport_last(uint8_t ret[QUEUE_ID]);
/* In the transaction of the message that is lent by lease. */
MUST_CHECK enum err queue_transport_send_joined(const struct queued_call *call, uint64_t lease);

/* Whose SPN that is. */
MUST_CHECK enum err queue_transport_find_server(struct key_ring *ring, const char *spn,
                                                struct sid *ret);

/* ---- the way to the manager: transport_route.c ---- */

/* Hands a message over, by a way that is kept for the next one. Where the manager was started anew
 * meanwhile, it is told once more: it knows the message by its id, should it have it. */
MUST_CHECK enum err queue_route_send(const char *queue, struct bytes message);
/* The same, into a queue of that account alone: else ERR_ACCESS_DENIED. */
MUST_CHECK enum err queue_route_send_to(const char *queue, const char *account,
                                        struct bytes message);
/* The same, in the transaction of the message that is lent by lease. */
MUST_CHECK enum err queue_route_send_joined(const char *queue, uint64_t lease,
                                            struct bytes message);
/* Whether that says that the manager, or this way to it, was lost. */
bool queue_route_is_lost(enum err e);

/* ---- receiving: transport_queue.c, transport_receive.c ---- */

MUST_CHECK enum err queue_transport_open(const struct queued_ask *ask, struct queued_queue **ret);
void queue_transport_close(struct queued_queue *q);
MUST_CHECK enum err queue_transport_receive(struct queued_queue *q,
                                            const struct queued_server *server, uint32_t wait_ms,
                                            struct queued_message **ret);
/* The id of the message that this one answers: QUEUE_ID octets. */
const uint8_t *queue_transport_answers(const struct queued_message *m);
MUST_CHECK enum err queue_transport_begin(struct queued_queue *q, struct queued_message *m);
void queue_transport_token(const struct queued_message *m, uint8_t ret[QUEUED_TOKEN]);
MUST_CHECK enum err queue_transport_begin_transaction(struct queued_queue *q,
                                                      struct queued_message *m);
MUST_CHECK enum err queue_transport_submit_joined(const struct queued_call *call,
                                                  struct queued_queue *q, struct queued_message *m);
void queue_transport_settle(struct queued_queue *q, struct queued_message *m,
                            const struct queued_outcome *outcome);

/* ---- calls that are answered: transport_send.c, transport_reply.c ---- */

MUST_CHECK enum err queue_transport_ask(const struct queued_request *request);
MUST_CHECK enum err queue_transport_reply(const struct queued_message *m, struct bytes body);
MUST_CHECK enum err queue_transport_open_box(char ret_name[QUEUED_NAME_MAX + 1],
                                             struct queued_box **ret);
MUST_CHECK enum err queue_transport_receive_reply(struct queued_box *b, uint32_t wait_ms,
                                                  struct queued_message **ret);
void queue_transport_free_reply(struct queued_message *m);
void queue_transport_close_box(struct queued_box *b);

/* ---- whom a queue's manager lets in: transport_access.c ---- */

/* The manager's list for a descriptor that says who may call; NULL for none. mem_free. */
MUST_CHECK enum err queue_access_of_callers(struct bytes descriptor, char **ret);

/* ---- who has sent: sender.c ---- */

struct queue_sender { /* never changed; by reference count */
    char *name;       /* "user@REALM" */
    char **sids;      /* the account's own first */
    size_t count;
};

/* What the KDC says of an account now, by S4U2self: its restrictions count here. WAIT: it cannot be
 * told now; REFUSE: nobody there, or it is disabled. ret is written with OPEN only. */
MUST_CHECK enum err queue_sender_find(struct key_ring *ring, const void *credential,
                                      const struct sid *account, enum queue_verdict *ret_verdict,
                                      struct queue_sender **ret);
void queue_sender_unref(struct queue_sender *s); /* accepts NULL */
