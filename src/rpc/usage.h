/* SPDX-License-Identifier: Apache-2.0
 * usage.h - what one caller has of this process at a time, over all of his connections: policy
 * "client-connections", "client-calls", "client-contexts", "client-memory".
 *
 * A caller is who has been proven: the SID of his ticket, else his principal's name; over ncalrpc
 * his account; and where nobody has been, the address, or the network of 64 bits it is in (IPv6).
 * Each has one record, found when a connection comes and when a security context is proven: a call
 * counts in it, and takes no lock.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "transport/transport.h"

enum rpc_share {
    RPC_SHARE_CONNECTIONS,
    RPC_SHARE_CALLS,
    RPC_SHARE_CONTEXTS,
    RPC_SHARE_MEMORY, /* octets */
    RPC_SHARES,
};

enum {
    RPC_USAGE_FREE = 64 * 1024, /* octets of a call that count as nobody's: received, read, said */
};

struct rpc_usage {
    struct rpc_usage *next; /* with the table's lock */
    atomic_uint refs;
    unsigned number; /* few others have it */
    atomic_size_t has[RPC_SHARES];
    char who[]; /* "S-1-5-21-...", "alice@REALM", "S-1-22-1-1000", "192.0.2.1", "2001:db8::" */
};

/* Referenced; NULL: no memory. */
struct rpc_usage *rpc_usage_find(const char *who);
/* Of who is at the other end of a descriptor, as far as the kernel knows. */
struct rpc_usage *rpc_usage_find_peer(int fd, const struct transport *t);
struct rpc_usage *rpc_usage_ref(struct rpc_usage *u); /* accepts NULL */
void rpc_usage_unref(struct rpc_usage *u);            /* accepts NULL */

/* n more of it, unless that is more than policy allows him: false, and nothing is taken. Said once
 * a second at most: who is refused may come back as fast as he likes. Each true has its give. */
bool rpc_usage_take(struct rpc_usage *u, enum rpc_share what, size_t n);
/* n more of it, whatever policy says: of what he has already, but did not count. */
void rpc_usage_add(struct rpc_usage *u, enum rpc_share what, size_t n);
void rpc_usage_give(struct rpc_usage *u, enum rpc_share what, size_t n);
/* Whether n more would be too many; nothing is said, and nothing taken. */
bool rpc_usage_has_room(const struct rpc_usage *u, enum rpc_share what, size_t n);
