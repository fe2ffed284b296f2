/* SPDX-License-Identifier: Apache-2.0
 * server_binding.h - binding handles of this process' own endpoints, and of those that call it.
 */
#pragma once

#include "rpc/interface_group.h"
#include "rpc/server_call.h"

/* "object@ncacn_ip_tcp:192.0.2.7" of the client; mem_free. */
MUST_CHECK enum err rpc_server_call_format(struct rpc_server_call *c, char **ret);

/* One for each endpoint of the group (NULL: of the process) and address, as RpcBindingVectorFree
 * frees them. ERR_RPC_NO_BINDINGS. */
MUST_CHECK enum err rpc_server_bindings(const struct rpc_interface_group *group,
                                        RPC_BINDING_VECTOR **ret);
