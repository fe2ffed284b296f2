/* SPDX-License-Identifier: Apache-2.0
 * tower.h - protocol towers, what the endpoint mapper knows endpoints by.  C706 appendix L
 */
#pragma once

#include "base/reader.h"
#include "base/uuid.h"
#include "base/writer.h"

enum {
    RPC_TOWER_MAX = 1024, /* bytes; five floors of TCP take 75 */
    RPC_TOWER_TEXT = 256, /* of an endpoint and of an address, with its zero */
};

struct rpc_tower {
    struct uuid interface, syntax;
    uint16_t interface_major, interface_minor;
    uint16_t syntax_major, syntax_minor;
    const char *protseq;           /* one of rpc_tower_protseq's */
    char endpoint[RPC_TOWER_TEXT]; /* as a string binding has it; "": none, as who asks sends it */
    char address[RPC_TOWER_TEXT];  /* "": none, or IPv6, which a tower cannot name */
};

/* The name itself where it is that of a protocol sequence with towers; else NULL. Several of them
 * have no transport here. */
const char *rpc_tower_protseq(const char *name);

/* Fails with ERR_RPC_ENDPOINT_FORMAT for an endpoint that its protocol sequence cannot have; an
 * address that is no number is left out, where there should be one. */
void rpc_tower_write(struct writer *w, const struct rpc_tower *t);
/* Texts are UTF-8 without what steers a terminal. ERR_UNSUPPORTED for a well-formed tower of other
 * floors. */
MUST_CHECK enum err rpc_tower_read(struct bytes b, struct rpc_tower *ret);
