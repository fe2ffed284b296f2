/* SPDX-License-Identifier: Apache-2.0
 * trailer.h - the verification trailer: what of a request's header its security does not cover.
 * [MS-RPCE] 2.2.2.13
 *
 *    0 signature 8 | commands, each: 0 number and flags 2 | 2 length 2 | 4 its body
 *
 * A client ends the stub of a request with it, at levels that sign, where headers are not signed.
 */
#pragma once

#include "rpc/pdu.h"

enum {
    RPC_TRAILER_GAP =
        3, /* it begins at a multiple of 4: octets before it that are not the stub's */
    RPC_TRAILER_MAX = RPC_TRAILER_GAP + 8 + 8 + 44 + 20, /* what a client adds */
};

/* What it says of a request. */
struct rpc_verify {
    bool header_signing_supported; /* the client's bind said so */
    bool has_context;              /* interface and transfer are told, or known */
    struct rpc_syntax interface, transfer;
    bool has_header;
    uint8_t type;
    uint8_t label[NDR_DREP_SIZE];
    uint32_t call_id;
    uint16_t context_id, opnum;
};

/* Adds it to the stub in w, after a gap to a multiple of 4. */
void rpc_trailer_write(struct writer *w, const struct rpc_verify *v);
/* Server: where the stub ends in such a trailer, everything it tells must be as it is here; v has
 * all of it. *ret_stub is what is left. ERR_ALTERED where it is not so, ERR_MALFORMED. */
MUST_CHECK enum err rpc_trailer_check(struct bytes stub, const struct rpc_verify *v,
                                      struct bytes *ret_stub);
