/* SPDX-License-Identifier: Apache-2.0
 * rpc_pair.h - both ends of a security context of RPC with a key of ours: no KDC, no legs.
 */
#pragma once

#include "rpc/inbound.h"
#include "rpc/outbound.h"

struct rpc_pair {
    struct rpc_securities client, server; /* context 0 of each, done */
};

enum { RPC_PAIR_AES256 = 18, RPC_PAIR_AES256_SHA384 = 20, RPC_PAIR_RC4 = 23 };

/* Exits on failure. Level NONE makes no context. */
void rpc_pair_make(int enctype, uint8_t level, bool header_signing, struct rpc_pair *ret);
void rpc_pair_end(struct rpc_pair *p);
struct rpc_security *rpc_pair_client(const struct rpc_pair *p); /* NULL at level NONE */
struct rpc_security *rpc_pair_server(const struct rpc_pair *p);

/* Everything m becomes, one after another; free() ptr. m's stub may be changed. */
struct buf rpc_pair_send(const struct rpc_message *m);
