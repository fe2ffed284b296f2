/* SPDX-License-Identifier: Apache-2.0
 * queue_session_state.h - what queue_session*.c share of a session.
 */
#pragma once

#include <pthread.h>

#include "rpc/mailbox.h"
#include "rpc/queue_flow.h"
#include "rpc/queue_session.h"

enum { RPC_QUEUE_TO_SERVER, RPC_QUEUE_TO_CLIENT }; /* a frame's opnum */

struct rpc_queue_inbox { /* what came, and the runtime has not taken yet */
    uint8_t *ptr;
    size_t start, len, cap;
};

struct rpc_queue_session {
    struct rpc_queue_session *next;
    const struct queued_door *door;
    struct rpc_mailbox *box; /* frames come by it */
    bool server;             /* this end is the server's */
    uint8_t id[QUEUED_ID];   /* of the message that opened it */
    int fd, wake;            /* by its thread: the runtime's other end; whether there is news */

    /* With rpc_queue_sessions_lock. */
    bool entered;           /* it is in the table */
    bool lost, broken;      /* the mailbox is; a frame has come that cannot be */
    bool cancelled;         /* who opens it waits no longer */
    pthread_cond_t changed; /* for who opens it */
    char *peer_account;     /* who alone sends frames of it; NULL: none has come yet */
    char *peer_host;        /* and where */
    char peer_queue[QUEUED_NAME_MAX + 1];
    struct rpc_queue_flow flow;
    struct rpc_queue_inbox inbox;
    unsigned asked; /* how often the other end was, since it was heard */
};

extern pthread_mutex_t rpc_queue_sessions_lock;

MUST_CHECK enum err rpc_queue_session_new(const struct queued_door *door, bool server,
                                          struct rpc_queue_session **ret);
/* Of one that has no thread. */
void rpc_queue_session_free(struct rpc_queue_session *s);
/* Its frames find it from here on. ERR_RPC_RESOURCES: there are too many, of this client's or in
 * all. */
MUST_CHECK enum err rpc_queue_session_enter(struct rpc_queue_session *s,
                                            const uint8_t id[QUEUED_ID]);
/* With the lock: that queue is where frames go to, and who has sent m sends those that count. */
MUST_CHECK enum err rpc_queue_session_meet(struct rpc_queue_session *s, const char *queue,
                                           const struct queued_message *m);
MUST_CHECK enum err rpc_queue_session_say(const struct rpc_queue_session *s,
                                          const struct rpc_queue_frame *f);
/* Its thread begins, and frees it at its end; ret_fd is the runtime's. On failure s is the
 * caller's still. */
MUST_CHECK enum err rpc_queue_session_run_adopt(struct rpc_queue_session *s, int *ret_fd);
