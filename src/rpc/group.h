/* SPDX-License-Identifier: Apache-2.0
 * group.h - association groups: the connections of one client, and its context handles.
 * [MS-RPCE] 3.3.1.5.6, C706 9.3.2
 *
 * Joining grants nothing: an id is random, and a handle in the group is its creator's alone
 * (context_handle.h). When the last connection and the last call let go, every handle that is left
 * is run down.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "rpc/context_handle.h"
#include "transport/transport.h"

struct rpc_group {
    struct rpc_group *next;
    uint32_t id;
    const struct transport *transport;
    unsigned refs; /* under the table's lock */
    struct rpc_context_handles handles;
};

/* id 0: a new group. ERR_NOT_FOUND: no such group on this transport. */
MUST_CHECK enum err rpc_group_join(uint32_t id, const struct transport *transport,
                                   struct rpc_group **ret);
/* Runs down what is left with the last; accepts NULL. */
void rpc_group_leave(struct rpc_group *g);
/* In every group: the handles that interface made and no call holds; NULL: of any interface. */
void rpc_groups_run_down(const CS_SERVER_INTERFACE *face);
/* Adds those that interface made, in every group. */
void rpc_groups_count(const CS_SERVER_INTERFACE *face, struct rpc_handle_count *to);
