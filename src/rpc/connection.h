/* SPDX-License-Identifier: Apache-2.0
 * connection.h - a client's connection with its bytes: the machine of client.h driven over a
 * stream.
 *
 * A connection belongs to one call, or is idle in its association. What another thread may do to
 * it is send a cancel, and break it off.
 */
#pragma once

#include "base/lock.h"
#include "rpc/association.h"
#include "rpc/client.h"
#include "rpc/descriptors.h"
#include "rpc/outbound.h"

struct rpc_leaving {         /* whole PDUs, side by side */
    struct rpc_block *block; /* NULL: none */
    size_t len, sent;
    uint32_t newest; /* call of them */
};

/* Whether an answer is near, so that what is gathered may wait for whoever takes it. */
struct rpc_nearness {
    _Atomic uint32_t left, answered; /* the newest calls so far */
    _Atomic int64_t left_at;         /* in microseconds */
    atomic_uint quick;               /* answers in a row */
};

struct rpc_connection {
    struct rpc_connection *next;         /* in an association's idle ones */
    int64_t used;                        /* when it became idle */
    unsigned generation;                 /* the process's forks when it was made */
    struct rpc_association *association; /* outlives it */
    struct rpc_identity *identity;
    uid_t uid; /* of a local one without an identity: the account that its server was told */
    int fd;
    struct transport_rights *rights; /* that wait for their call; NULL but over ncalrpc */
    bool beside;                     /* a call that is out may bring some */
    bool brief;                      /* the last request was, and is read in one piece */
    bool joined;
    uint32_t watched; /* RpcMgmtSetComTimeout's number, for which keep-alives are set, plus 1 */
    struct rpc_client client;
    struct rpc_inbound inbound;
    struct lock sending;         /* held while a whole PDU, or all of a message, is sent */
    _Atomic uint64_t due;        /* call_id << 8 | enum rpc_type: left to the one sending */
    struct rpc_leaving leaving;  /* with sending: before anything else */
    pthread_mutex_t gathering;   /* for a moment, of what follows */
    struct rpc_leaving gathered; /* to leave next */
    atomic_bool gathers;         /* something was, since it was made */
    atomic_uint together;        /* so many requests, */
    atomic_size_t bytes;         /* and of them */
    bool flushing;               /* somebody was asked to see to that */
    struct rpc_nearness near;
};

/* One that is bound to the interface in one of the syntaxes, its server proven; uid: as in
 * rpc_connection_suits. ERR_RPC_UNAVAILABLE: nobody there; ERR_RPC_NOT_EXECUTED: lost on the way;
 * ERR_RPC_AUTH_IDENTITY: the kernel would say another account; or what the server refused, or its
 * proof lacks. */
MUST_CHECK enum err rpc_connection_new(struct rpc_association *a, struct rpc_identity *identity,
                                       uid_t uid, const struct rpc_syntax *interface,
                                       unsigned syntaxes, int64_t deadline,
                                       struct rpc_connection **ret);
void rpc_connection_free(struct rpc_connection *c); /* closes it */

/* Its server knows who calls as the identity would be known, or without one, on this host, the
 * account. */
bool rpc_connection_suits(const struct rpc_connection *c, const struct rpc_identity *identity,
                          uid_t uid);
/* May carry another call. */
bool rpc_connection_is_open(const struct rpc_connection *c);
/* For one that was idle: the server has closed it meanwhile, or it is a parent process's. */
bool rpc_connection_is_stale(struct rpc_connection *c);

/* Adds the interface to those of the connection. */
MUST_CHECK enum err rpc_connection_alter(struct rpc_connection *c,
                                         const struct rpc_syntax *interface, unsigned syntaxes,
                                         int64_t deadline);

/* *ret_begun: a byte of it may have left, also after a failure. */
MUST_CHECK enum err rpc_connection_send(struct rpc_connection *c, const struct rpc_message *m,
                                        uint32_t timeout, bool *ret_begun);
/* A small request in place of sending it, to leave with others; by one thread at a time, which does
 * not send either. *ret_together: so many are now. ERR_INCOMPLETE: send it, it is large, or there
 * is no room. */
MUST_CHECK enum err rpc_connection_gather(struct rpc_connection *c, const struct rpc_message *m,
                                          unsigned *ret_together);
/* What is gathered has to leave: true for who has to call rpc_connection_flush, until it is done.
 */
bool rpc_connection_want_flush(struct rpc_connection *c);
/* Sends what is gathered. ERR_INCOMPLETE: call it again when the connection can be written to.
 * *ret_busy: somebody sends just now, who may have missed something. */
MUST_CHECK enum err rpc_connection_flush(struct rpc_connection *c, bool *ret_busy);
/* The same by anybody, for nobody was asked to: after ERR_INCOMPLETE somebody is to be. Nothing
 * where somebody sends already, who may have just missed it: together says so. */
MUST_CHECK enum err rpc_connection_send_together(struct rpc_connection *c);

/* Something left at that time; something came. */
void rpc_connection_left(struct rpc_connection *c, uint32_t call_id, int64_t now);
void rpc_connection_came(struct rpc_connection *c, int64_t now);
/* The answer to that call. */
void rpc_connection_answered(struct rpc_connection *c, uint32_t call_id);
/* The newest call that has left was not answered, and is about to be. */
bool rpc_connection_is_near(const struct rpc_connection *c, int64_t now);
/* By who had the sending side: sends what is due. */
void rpc_connection_see_to_due(struct rpc_connection *c);
/* By who has the sending side, which it waits for until then. */
MUST_CHECK enum err rpc_connection_send_gathered(struct rpc_connection *c, int64_t deadline);
/* One PDU. */
MUST_CHECK enum err rpc_connection_say(struct rpc_connection *c, struct bytes pdu,
                                       uint32_t timeout);
/* The answer to the call, or a callback in it; timeout: milliseconds to wait for each part of it,
 * 0: for ever. ret->block is the caller's. ERR_TIMEOUT, ERR_CONNECT: the connection is lost. */
MUST_CHECK enum err rpc_connection_receive(struct rpc_connection *c, uint32_t timeout,
                                           struct rpc_received *ret);
/* What has come of it already, without waiting: ERR_INCOMPLETE for nothing. */
MUST_CHECK enum err rpc_connection_look(struct rpc_connection *c, struct rpc_received *ret);
/* Whether the answer to the next call comes in parts. */
void rpc_connection_in_parts(struct rpc_connection *c, bool on);
/* Looks after a server that is silent as that communications time-out says. */
void rpc_connection_watch(struct rpc_connection *c, uint32_t com_timeout);
/* By any thread that holds the connection, or a call on it: co_cancel or orphaned. */
void rpc_connection_tell(struct rpc_connection *c, uint32_t call_id, enum rpc_type type);
/* By any thread: whoever receives or sends finds the stream ended. */
void rpc_connection_break(struct rpc_connection *c);
/* The same for good, by one thread: its server may end the group with it, and the association's
 * next connection does not ask for that. */
void rpc_connection_leave(struct rpc_connection *c);
