/* SPDX-License-Identifier: Apache-2.0
 * epm_client.h - an endpoint asked for at the endpoint mapper of a host.  C706 appendix O
 */
#pragma once

#include "rpc/binding.h"

#include <countersign/rpcdce.h>

/* Binds b fully. ERR_RPC_NOT_REGISTERED where the mapper knows no endpoint of the interface over
 * b's protocol sequence; and what a call fails with. */
MUST_CHECK enum err rpc_epm_resolve(struct rpc_binding *b, const RPC_IF_ID *interface);
