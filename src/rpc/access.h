/* SPDX-License-Identifier: Apache-2.0
 * access.h - a security descriptor that says who may call, and its answer for a call.
 * [MS-DTYP] 2.5.3.2
 *
 * A caller is whom the domain controller vouched for in its ticket; over ncalrpc its account and
 * group of this host; else ANONYMOUS LOGON, who is not Everyone. What a descriptor has allowed is
 * kept with the caller's security context (decision.h); what it has refused is not. Never changed
 * once made, shared by reference count.
 */
#pragma once

#include <stdatomic.h>

#include "acl/descriptor.h"
#include "rpc/caller_sids.h"

struct rpc_server_call;
struct transport_peer;

enum { RPC_ACCESS_CALL = 0x1 }; /* the right that is asked for; generic execute has it */

struct rpc_access {
    atomic_uint refs;
    uint64_t number; /* of what it has decided */
    struct buf bytes;
    struct descriptor descriptor; /* a view of them */
};

/* A self-relative one, as a program has it in its memory: as long as it says itself to be.
 * ERR_UNSUPPORTED: an absolute one; ERR_INVALID_PARAMETER: none at all. */
MUST_CHECK enum err rpc_access_new(const void *descriptor, struct rpc_access **ret);
/* The same; without one *ret stays as it is. */
MUST_CHECK enum err rpc_access_given(const void *descriptor, struct rpc_access **ret);
/* "D:(A;;GX;;;AU)"; ERR_INVALID_PARAMETER also for text without a DACL, which lets everybody in:
 * who writes it has forgotten something, while a NULL DACL in a program's memory is put there. */
MUST_CHECK enum err rpc_access_parse(const char *text, struct rpc_access **ret);
struct rpc_access *rpc_access_ref(struct rpc_access *a); /* accepts NULL */
void rpc_access_unref(struct rpc_access *a);             /* accepts NULL */

/* True for NULL: nothing is said of anybody. */
bool rpc_access_allows(const struct rpc_access *a, struct rpc_server_call *c);
/* The same of somebody of whom no more is known. */
bool rpc_access_allows_kind(const struct rpc_access *a, enum rpc_caller_kind kind);
/* The same of who connects over ncalrpc; peer NULL: nobody that the kernel knows. */
bool rpc_access_allows_peer(const struct rpc_access *a, const struct transport_peer *peer);
