/* SPDX-License-Identifier: Apache-2.0
 * outbound.h - a request or response on its way out: a stub in fragments, in batches for writev.
 *
 * No memory is asked for, and no stub copied that is worth it: slices of it stand between headers
 * and trailers of an arena in the struct, which lives on the sender's stack or in its call. At
 * level PRIVACY the stub is encrypted where it lies, a batch at a time: while the system sends one,
 * the next is sealed. Whoever sends on a connection holds its sending side from begin until the
 * last batch is written: sequence numbers follow the order of the fragments.
 */
#pragma once

#include <sys/uio.h>

#include "ndr/handles.h"
#include "rpc/pdu.h"
#include "rpc/security.h"

enum {
    RPC_OUTBOUND_IOV = 2 * RPC_BATCH + 1,
    RPC_SPREAD_MIN = 8 * 1024,    /* sealing spreads a stub over fragments no smaller than this */
    RPC_SPREAD_MAX = 16 * 1024,   /* nor much greater: batches travel while others are sealed */
    RPC_BATCH_BYTES = 256 * 1024, /* for the same reason, what is signed at once */
    RPC_COPIED_MAX = 1024,        /* a stub so small is copied: one piece is faster than three */
    RPC_AROUND = RPC_CALL_HEADER_SIZE + RPC_OBJECT_SIZE + RPC_PAD_ALIGN + RPC_SEC_TRAILER_SIZE +
                 RPC_TOKEN_MAX,
};

struct rpc_message { /* one request or response */
    enum rpc_type type;
    uint8_t flags; /* but for FIRST, LAST and OBJECT */
    bool begun;    /* its first fragments have been sent */
    bool more;     /* others follow: the stub is a multiple of RPC_PAD_ALIGN long, and not empty */
    uint32_t call_id;
    uint16_t context_id;
    uint16_t opnum;                    /* request */
    uint8_t cancel_count;              /* response */
    const struct uuid *object;         /* request; NULL: none */
    const struct ndr_handles *handles; /* what travels beside it; NULL: nothing */
    struct buf stub;                   /* not owned; may be encrypted at level PRIVACY */
    size_t max_fragment;               /* what the peer takes */
    struct rpc_security *security;     /* NULL: none */
};

struct rpc_outbound {
    struct rpc_message m;
    size_t sent, chunk;  /* of the stub; of one fragment */
    size_t head, batch;  /* a header's size; fragments at once */
    bool started, ended; /* ended: its last batch has been made */
    unsigned fragments;  /* so far */
    struct iovec iov[RPC_OUTBOUND_IOV];
    uint8_t arena[RPC_BATCH * RPC_AROUND];
};

/* ERR_INVALID_PARAMETER for a max_fragment no stub fits in. */
MUST_CHECK enum err rpc_outbound_begin(struct rpc_outbound *o, const struct rpc_message *m);
/* The next batch, of n pieces to be written before the next call; *ret_n is 0 at the end. After a
 * failure the connection's sequence is broken: close it. */
MUST_CHECK enum err rpc_outbound_next(struct rpc_outbound *o, struct iovec **ret, size_t *ret_n);
