/* SPDX-License-Identifier: Apache-2.0
 * server_binding.h - binding handles of this process' own endpoints, and of those that call it.
 */
#pragma once

#include "rpc/server_call.h"

/* "object@ncacn_ip_tcp:192.0.2.7" of the client; mem_free. */
MUST_CHECK enum err rpc_server_call_format(struct rpc_server_call *c, char **ret);
