/* SPDX-License-Identifier: Apache-2.0
 * local_identity.h - accounts of this host, for the ends of ncalrpc that the kernel names.
 *
 * An account is a uid. Calls, logs and context handles know it as S-1-22-1-uid, which no two
 * accounts share; programs are shown its name, "HOST\user" for a local one: the name service's own
 * word where that has a domain in it already, the SID where it has none at all.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "transport/transport.h"

enum { RPC_LOCAL_SID = 24 }; /* bytes of "S-1-22-1-4294967295" and its zero */

void rpc_local_sid(uint32_t uid, char ret[RPC_LOCAL_SID]);
/* The name to show; mem_free. */
MUST_CHECK enum err rpc_local_name(uint32_t uid, char **ret);

struct rpc_local_server { /* whom a client expects; not named: root or its own account */
    bool named;
    uint32_t uid;
};

/* "user", "HOST\user", "DOMAIN\user" or "user@domain" as the name service knows them,
 * "S-1-22-1-uid", and what Windows calls root's likes: "NT AUTHORITY\SYSTEM", "LocalSystem". NULL
 * and "": not named. ERR_NO_MAPPING. */
MUST_CHECK enum err rpc_local_server_parse(const char *principal, struct rpc_local_server *ret);
/* A SID as it lies in memory: S-1-22-1-uid, or S-1-5-18 for root. ERR_NO_MAPPING. */
MUST_CHECK enum err rpc_local_server_of_sid(const void *sid, struct rpc_local_server *ret);
/* ERR_ACCESS_DENIED unless the server at the other end of fd is the one expected. */
MUST_CHECK enum err rpc_local_server_check(const struct transport *t, int fd,
                                           const struct rpc_local_server *expected);
