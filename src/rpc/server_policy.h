/* SPDX-License-Identifier: Apache-2.0
 * server_policy.h - what the policy of a process asks of those who call it, whatever its
 * interfaces ask: minimum-level, providers, guests; and whom it calls back, and is called back by.
 */
#pragma once

#include "rpc/server_call.h"

/* Whether a client may begin to prove who it is by that service: RPC_AUTH_xxx. */
bool rpc_server_policy_provider(const struct rpc_server_connection *c, uint8_t type);
/* Whether an account that was just proven is a guest's: by its name, or the SIDs of its ticket. Not
 * looked at where policy "guests" is off. */
bool rpc_server_policy_guest(const struct rpc_security *s, const char *text);
/* By the one, and the other: BUILTIN\Guests, a domain's Guest, Domain Guests.  [MS-DTYP] 2.4.2.4 */
bool rpc_server_policy_guest_name(const char *text);
bool rpc_server_policy_guest_sid(const char *sid);
/* Whether a call may be made, as far as policy goes. */
bool rpc_server_policy_call(struct rpc_server_call *c);

/* ERR_POLICY: the caller's client is not one to be called back. */
MUST_CHECK enum err rpc_server_policy_callback(struct rpc_server_call *c);
