/* SPDX-License-Identifier: Apache-2.0
 * shared_late.h - requests that were gathered to leave when an answer comes, and none does: soon
 * they leave all the same.
 *
 * One timer for all connections, which goes on while requests are gathered: to set one costs more
 * than a call.
 */
#pragma once

#include <stdbool.h>

#include "transport/loop.h"

struct rpc_late { /* a member of a connection; zeroed before its first use */
    struct rpc_late *next, **place;
    struct rpc_late *taken; /* of those that the timer has taken */
};

/* Unless the connection goes, rpc_shared_late is called for it. False: it cannot be. */
bool rpc_late_add(struct loop *l, struct rpc_late *late);
void rpc_late_remove(struct rpc_late *late); /* also of one that is not there */
/* In the child of a fork. */
void rpc_late_forked(void);

/* By the timer, without a lock: what is gathered leaves. */
struct rpc_shared;
bool rpc_shared_late_ref(struct rpc_late *late); /* with the lock; false: it goes */
void rpc_shared_late(struct rpc_late *late);     /* and the reference */
