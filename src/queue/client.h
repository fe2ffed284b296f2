/* SPDX-License-Identifier: Apache-2.0
 * client.h - a program's way to the queue manager of its host: messages handed over, several under
 * way at once, and received.
 *
 * The manager must be root's, or of the program's own account, or the one that is named. What is
 * received belongs to the program until it has said what became of it, or the client is closed, or
 * the program ends: then the manager gives it to the next one.
 */
#pragma once

#include "base/bytes.h"

struct queue_client; /* one queue, opened */

enum { /* how it is opened */
       QUEUE_OPEN_SEND = 1,
       QUEUE_OPEN_RECEIVE = 2,
       QUEUE_OPEN_CREATE = 4,      /* where there is none */
       QUEUE_OPEN_TEMPORARY = 8,   /* with that: it goes when the client is closed */
       QUEUE_OPEN_CLEAR = 16,      /* its messages go; who receives alone */
       QUEUE_OPEN_KEEP_ACCESS = 32 /* of a queue that is there the list of access stays */
};

struct queue_client_how {
    const char *queue;
    unsigned flags;
    const char *access;  /* its list of access, in SDDL; NULL: the manager's for new queues */
    const char *owner;   /* CREATE and RECEIVE: whose it may be besides us, root and the manager, a
                            SID;   NULL: nobody's */
    const char *manager; /* whose it is: a name, or "S-1-22-1-uid"; NULL: root's or ours */
};

/* ERR_RPC_UNAVAILABLE: there is no manager. */
MUST_CHECK enum err queue_client_open(const struct queue_client_how *how, struct queue_client **ret)
    SHARED(queue_client_open);
/* Waits for what is under way. NULL is accepted. */
void queue_client_close(struct queue_client *c) SHARED(queue_client_close);

typedef void queue_client_done_fn(void *arg, enum err e);

/* Returns when the message is on its way; done runs once it is on disk, or was not accepted, by a
 * thread of the library's, and must not block. An error: done does not run. The message is
 * borrowed until then. ERR_QUEUE_FULL, ERR_DISK_FULL: later there may be room. */
MUST_CHECK enum err queue_client_submit(struct queue_client *c, struct bytes message,
                                        queue_client_done_fn *done, void *arg)
    SHARED(queue_client_submit);
/* The same, and waits. */
MUST_CHECK enum err queue_client_send(struct queue_client *c, struct bytes message);

/* The same, of a message that is sent while another is executed in a transaction: that of lease,
 * which this account has from any client. It is delivered after QUEUE_EXECUTED, and gone after
 * QUEUE_FAILED or QUEUE_REFUSED. ERR_NOT_FOUND: it is not in a transaction. */
MUST_CHECK enum err queue_client_send_joined(struct queue_client *c, uint64_t lease,
                                             struct bytes message);

struct queue_client_interface { /* as the header has it */
    uint8_t uuid[16];
    uint16_t major, minor;
};

enum { QUEUE_ACCOUNT_TEXT = 256 };

struct queue_received {
    uint64_t lease;
    char submitter[QUEUE_ACCOUNT_TEXT]; /* SID of whose process sent it on this host */
    uint64_t arrived;                   /* 100 ns ticks since 1601 */
    uint64_t until;      /* unless it is begun it is somebody else's then; 0: never */
    uint32_t deliveries; /* that were begun before */
    struct buf message;
};

/* Waits for a message of one of these interfaces; of any, where there are none. ERR_TIMEOUT;
 * ERR_RPC_CANCELLED: by RpcCancelThread. The caller frees the message. */
MUST_CHECK enum err queue_client_receive(struct queue_client *c,
                                         const struct queue_client_interface *interfaces,
                                         size_t count, uint32_t wait_ms, struct queue_received *ret)
    SHARED(queue_client_receive);

/* Its execution begins: should this process now end, that was a delivery. Returns when that is on
 * its way; where the message may be somebody else's by now, as its until says, when the manager has
 * answered. ERR_NOT_FOUND: it is. */
MUST_CHECK enum err queue_client_begin(struct queue_client *c, uint64_t lease, uint64_t until)
    SHARED(queue_client_begin);

/* The same, in a transaction: what an earlier execution has joined is gone. ERR_NOT_FOUND also
 * where its deliveries are used up, and it is a dead letter now. */
MUST_CHECK enum err queue_client_begin_transaction(struct queue_client *c, uint64_t lease);

enum queue_outcome { /* mqd.idl's */
                     QUEUE_EXECUTED,
                     QUEUE_FAILED,   /* to be tried again */
                     QUEUE_REFUSED,  /* never to be: a dead letter, with the reason */
                     QUEUE_RETURNED, /* nobody has looked at it */
};

/* Returns when it is on its way; done as in queue_client_submit: once the manager has it on disk.
 * ERR_NOT_FOUND: the message is not this client's any more. */
MUST_CHECK enum err queue_client_tell(struct queue_client *c, uint64_t lease,
                                      enum queue_outcome outcome, uint32_t reason,
                                      queue_client_done_fn *done, void *arg)
    SHARED(queue_client_tell);
/* The same, and waits. */
MUST_CHECK enum err queue_client_outcome(struct queue_client *c, uint64_t lease,
                                         enum queue_outcome outcome, uint32_t reason)
    SHARED(queue_client_outcome);

enum { QUEUE_LIST_TEXT = 2048 };

/* Its list of access, in SDDL. ERR_ACCESS_DENIED as with queue_client_owner. */
MUST_CHECK enum err queue_client_list(struct queue_client *c, char ret[QUEUE_LIST_TEXT]);
/* The SID of the manager's account. */
const char *queue_client_manager(const struct queue_client *c);
/* The SID of the account that made the queue. ERR_ACCESS_DENIED: its list of access does not let us
 * ask. */
MUST_CHECK enum err queue_client_owner(struct queue_client *c, char ret[QUEUE_ACCOUNT_TEXT]);
