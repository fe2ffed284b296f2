/* SPDX-License-Identifier: Apache-2.0
 * guard.h - what an interface lets in beyond what its registration says: by which endpoints, how
 * many calls of one client, which operations at which level.
 *
 * Never changed once made, but for its counters: shared by reference count between the table of
 * guards and the registrations made while it was there.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "countersign/rpc.h"
#include "countersign/rpcndr.h"
#include "rpc/access.h"
#include "rpc/pdu.h"
#include "transport/transport.h"

enum {
    RPC_GUARD_ENDPOINTS = 64, /* in one guard */
    RPC_GUARD_CLIENTS = 4096, /* told apart: as many as a link has counters for addresses */
};

struct rpc_guard_endpoint {
    const struct transport *transport;
    char endpoint[TRANSPORT_ENDPOINT]; /* "": all of that transport */
};

struct rpc_guard_operation {
    struct rpc_access *access; /* who may; NULL: nothing is said */
    uint8_t least_level;
    bool nobody;
};

struct rpc_guard {
    atomic_uint refs;
    struct rpc_guard *next; /* in the table */
    struct rpc_syntax id;
    unsigned max_calls, max_of_client; /* 0: no limit */
    bool everywhere;                   /* the endpoints are not looked at */
    size_t endpoint_count;
    struct rpc_guard_endpoint endpoint[RPC_GUARD_ENDPOINTS];
    struct rpc_guard_operation *operation; /* the interface's, and one more for those beyond */
    unsigned operation_count;
    atomic_uint calls;      /* under way */
    atomic_uint *of_client; /* of them; NULL without max_of_client */
};

/* What the ACF says of each operation ([cs_access]): nothing is *ret = NULL. Of those beyond: they
 * are for nobody. ERR_INVALID_PARAMETER, ERR_UNSUPPORTED: a text that the compiler did not check.
 */
MUST_CHECK enum err rpc_guard_of_stub(const CS_SERVER_INTERFACE *face, const struct rpc_syntax *id,
                                      struct rpc_guard **ret);
struct rpc_guard *rpc_guard_new(const struct rpc_syntax *id, unsigned operations);
void rpc_guard_unref(struct rpc_guard *g); /* accepts NULL */
/* "ncalrpc:[NAME]", "ncacn_ip_tcp:" */
MUST_CHECK enum err rpc_guard_add_endpoint(struct rpc_guard *g, const char *binding);

/* Of registrations to come; g NULL: none. The reference becomes the table's. */
void rpc_guard_set_adopt(const struct rpc_syntax *id, struct rpc_guard *g);
/* Referenced; NULL for none. */
struct rpc_guard *rpc_guard_find(const struct rpc_syntax *id);

bool rpc_guard_allows_endpoint(const struct rpc_guard *g, const struct transport *t,
                               const char *endpoint);
const struct rpc_guard_operation *rpc_guard_of_operation(const struct rpc_guard *g, unsigned opnum);
/* One more call of that client; false: it has its share, or all have. Each true has its end. */
bool rpc_guard_begin(struct rpc_guard *g, unsigned client);
void rpc_guard_end(struct rpc_guard *g, unsigned client);
