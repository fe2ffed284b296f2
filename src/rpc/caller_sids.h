/* SPDX-License-Identifier: Apache-2.0
 * caller_sids.h - who makes a call, as security identifiers.
 */
#pragma once

#include "acl/access.h"

struct rpc_server_call;
struct transport_peer;

struct rpc_caller_sids {
    struct sid_set set; /* of what follows */
    struct sid *sids;
    uint32_t *attributes;
    size_t room;
};

/* Somebody of whom no more is known than how he came. */
enum rpc_caller_kind {
    RPC_STRANGER,      /* who has not authenticated, over the network */
    RPC_STRANGER_HERE, /* over ncalrpc, whom the kernel cannot name */
    RPC_ACCOUNT,       /* who has proven to be one, over the network */
    RPC_ACCOUNT_HERE,
    RPC_CALLER_KINDS
};

/* Of a ticket without a PAC: none, and no failure. */
MUST_CHECK enum err rpc_caller_sids_get(struct rpc_server_call *c, struct rpc_caller_sids *ret);
/* Of who has connected over ncalrpc, as the kernel knows him; NULL: nobody it knows. */
MUST_CHECK enum err rpc_caller_sids_of_peer(const struct transport_peer *peer,
                                            struct rpc_caller_sids *ret);
MUST_CHECK enum err rpc_caller_sids_of_kind(enum rpc_caller_kind kind, struct rpc_caller_sids *ret);
void rpc_caller_sids_done(struct rpc_caller_sids *s);
