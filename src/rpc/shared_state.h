/* SPDX-License-Identifier: Apache-2.0
 * shared_state.h - what shared.c and shared_receive.c share of a connection.
 */
#pragma once

#include "rpc/shared.h"
#include "rpc/shared_late.h"

struct rpc_shared {
    struct loop_source source; /* first: the loop hands it back */
    struct loop_source flush;  /* on a descriptor of its own; fd -1 until there was need */
    struct rpc_shared *next;   /* in the association */
    struct loop *loop;
    struct rpc_association *association;
    struct rpc_connection *connection;
    struct rpc_syntax interface;
    unsigned syntaxes;           /* in which it is called */
    struct rpc_context *context; /* in which that is; NULL: there is none */
    atomic_uint refs;
    bool alone;

    pthread_mutex_t turn; /* from a call's number until its request has left; and of: */
    int64_t last;         /* when one was last asked to leave, in microseconds */
    bool one;             /* the call is the only one that anybody waits for */
    /* The call whose request has not begun to leave: no answer is its; 0: none. */
    _Atomic uint32_t begun;
    pthread_mutex_t lock; /* of what follows, and of the connection's machine */
    unsigned places;      /* taken: calls that are out, given up ones too, or about to be */
    unsigned given_up;    /* of them */
    bool ended;
    struct rpc_timer idle; /* only calls that were given up are out: for how long? */
    struct rpc_late late;
};

/* By the loop: something has come. */
void rpc_shared_ready(struct loop_source *source, unsigned events);
/* Nobody finds it any more, if nothing is out; or in any case. */
bool rpc_shared_list_remove(struct rpc_shared *s, bool always);
/* With the lock: nobody waits for anything that is out. */
void rpc_shared_nobody_waits(struct rpc_shared *s);
/* What is gathered leaves, as far as the server takes it. */
MUST_CHECK enum err rpc_shared_send_together(struct rpc_shared *s);
