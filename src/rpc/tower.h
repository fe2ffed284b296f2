/* SPDX-License-Identifier: Apache-2.0
 * tower.h - protocol towers, what the endpoint mapper knows endpoints by.  C706 appendix L
 */
#pragma once

#include "base/reader.h"
#include "base/uuid.h"
#include "base/writer.h"

enum { RPC_TOWER_MAX = 1024 }; /* bytes; five floors of TCP take 75 */

struct rpc_tower {
    struct uuid interface, syntax;
    uint16_t interface_major, interface_minor;
    uint16_t syntax_major, syntax_minor;
    uint16_t port;   /* of ncacn_ip_tcp */
    uint8_t host[4]; /* IPv4; zero for an IPv6 server, which a tower cannot name */
};

void rpc_tower_write(struct writer *w, const struct rpc_tower *t);
/* ERR_UNSUPPORTED for a well-formed tower of other floors than ncacn_ip_tcp's. */
MUST_CHECK enum err rpc_tower_read(struct bytes b, struct rpc_tower *ret);
