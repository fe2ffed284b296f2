/* SPDX-License-Identifier: Apache-2.0
 * mgmt_client.h - the management interface every server has, called.  C706 appendix Q
 *
 * binding is a handle. Each returns RPC_S_OK, what the server answered, or what the call failed
 * with.
 */
#pragma once

#include <countersign/rpcdce.h>
#include <countersign/rpcndr.h>
#include <stdbool.h>

enum {
    RPC_MGMT_INTERFACES_MAX = 1024, /* taken from a server */
    RPC_MGMT_STATS = 4,             /* RPC_C_STATS_xxx */
    RPC_MGMT_NAME_MAX = 1024,       /* bytes of a principal's name, with its zero */
};

/* The vector is one block from mem_alloc for itself and one for each element. */
/* Whether that is the interface itself. */
bool rpc_mgmt_is(const CS_CLIENT_INTERFACE *face);

RPC_STATUS rpc_mgmt_inq_if_ids(void *binding, RPC_IF_ID_VECTOR **ret);
RPC_STATUS rpc_mgmt_inq_stats(void *binding, ULONG ret[RPC_MGMT_STATS], ULONG *ret_count);
RPC_STATUS rpc_mgmt_is_listening(void *binding); /* RPC_S_NOT_LISTENING */
RPC_STATUS rpc_mgmt_stop_listening(void *binding);
RPC_STATUS rpc_mgmt_inq_principal(void *binding, ULONG service, char ret[RPC_MGMT_NAME_MAX]);
