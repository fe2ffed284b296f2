/* SPDX-License-Identifier: Apache-2.0
 * string_binding.h - string bindings, taken apart and put together.  C706 3.1
 *
 *   [object@]protseq:[address][ '[' [endpoint] [,option]... ']' ]
 *
 *   6b29fc40-ca47-1067-b31d-00dd010662da@ncacn_ip_tcp:host.example.com[2001]
 *   ncacn_ip_tcp:fe80::1%eth0[endpoint=2001]
 *   ncacn_np:\\\\server[\\pipe\\name,Security=impersonation static true]
 *   ncalrpc:[name]
 *
 * A backslash takes the meaning from the character behind it, in every field. The object ends at
 * the first at sign before the first colon, the address at the first bracket: the colons of an IPv6
 * address need no escape, and stand without brackets. What stands first inside the brackets is the
 * endpoint, unless it is of the form name=value; "endpoint=" may stand before it.
 *
 * Which of it a protocol sequence understands is not looked at here.
 */
#pragma once

#include "base/bytes.h"

enum { RPC_STRING_BINDING_MAX = 4096 }; /* bytes; RPC_S_STRING_TOO_LONG is for what is longer */

/* No part is NULL; what is not there is empty. */
struct rpc_string_binding {
    const char *object; /* a UUID as text */
    const char *protseq;
    const char *address;
    const char *endpoint;
    const char *options; /* "name=value,name=value", without the comma before it */
    char *block;         /* what the strings above point into */
};

/* ERR_RPC_STRING_BINDING, ERR_RPC_UUID, ERR_RPC_STRING_LONG, and the detail record says why. */
MUST_CHECK enum err rpc_string_binding_parse(const char *text, struct rpc_string_binding *ret);
void rpc_string_binding_free(struct rpc_string_binding *b);

/* NULL parts are empty; block is not looked at. Escapes what would not parse back.
 * ERR_RPC_UUID, ERR_RPC_STRING_LONG. */
MUST_CHECK enum err rpc_string_binding_format(const struct rpc_string_binding *b, char **ret);
