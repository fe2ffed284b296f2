/* SPDX-License-Identifier: Apache-2.0
 * inbound.h - one direction of one connection, received: bytes in, whole PDUs and calls out.
 *
 * The owner reads into rpc_inbound_room, says how much came, and asks rpc_inbound_next until there
 * is no more. Fragments of a call are checked one by one against the first, unprotected up to
 * RPC_BATCH at once, and moved together where they lie; a call of one fragment stays where it is.
 * A call takes its memory with it. One call at a time may be partial: a fragment of another is
 * ERR_UNEXPECTED; a request that begins with a cancel is ERR_RPC_NO_CALL. A call with pipes, which
 * may have no end, is handed over as it comes instead, in parts, each of them verified. After a
 * failure nothing more comes: the connection is to be closed. Not for several threads at once; but
 * while one runs a call another may go on receiving.
 */
#pragma once

#include <stdatomic.h>
#include <sys/uio.h>

#include "rpc/block.h"
#include "rpc/pdu.h"
#include "rpc/security.h"

enum {
    RPC_STUB_MAX = 64 * 1024 * 1024,     /* a call's, unless its owner says otherwise */
    RPC_INBOUND_IOV = 2,                 /* pieces of room */
    RPC_HABIT_MAX = 2 * 1024 * 1024,     /* what is got at once because the last call had it */
    RPC_CALL_FRAGMENTS_MAX = 256 * 1024, /* a fragment may be empty: they are counted, too */
    RPC_PART_BLOCK = 256 * 1024, /* what is received at once of a call that comes in parts */
};

struct rpc_limits {
    size_t fragment; /* what we offered as max_receive; before a bind RPC_FRAGMENT_MAX */
    size_t stub;     /* of a call, all fragments */
};

enum rpc_event {
    RPC_EVENT_MORE, /* nothing whole: read on */
    RPC_EVENT_PDU,  /* not of a call; its views are valid until room or next */
    RPC_EVENT_CALL, /* a whole request or response, or the first part of one; or a fault */
    RPC_EVENT_PART, /* more of the call that was the last to be handed over in parts */
};

struct rpc_received {
    enum rpc_event event;
    struct rpc_pdu pdu; /* CALL: its header is the first fragment's, no views */
    union {             /* CALL: of the first fragment, its stub the whole one, or the part */
        struct rpc_request request;
        struct rpc_response response;
        struct rpc_fault fault;
    };
    bool more;          /* CALL, PART: others follow */
    uint8_t last_flags; /* CALL, PART: of the last fragment */
    /* CALL: what protected it, NULL for nothing (faults mostly have nothing: they may be forged) */
    struct rpc_security *security;
    struct rpc_block
        *block; /* CALL, PART: what the stub lies in; rpc_block_put when done with it */
};

struct rpc_inbound {
    bool server; /* takes requests; else responses and faults */
    /* How many calls are out the other way: while there are some, what answers or, on a client,
     * makes them is taken like the others, one at a time with them. */
    atomic_uint callbacks;
    struct rpc_limits limits;
    const struct rpc_securities *securities;
    enum err failed;
    struct rpc_header last; /* of the fragment looked at last: whom a fault answers */
    unsigned pdus;          /* that came whole; its owner may set it back */

    struct rpc_block *block;
    size_t start, end; /* in the block: what is not looked at yet */
    size_t missing;    /* of what begins at start: at least so much is to come */
    size_t habit;      /* bytes of the last call */

    /* Whether a call that begins so comes in parts; NULL: none does. */
    bool (*in_parts)(const void *owner, const struct rpc_request *head);
    /* How many octets the owner takes of one that begins so and comes in several fragments, but not
     * in parts; NULL: as many as the limits say. One that has more, or says that it will, is
     * ERR_ACCESS_DENIED, before the rest of it is here. */
    size_t (*taken)(const void *owner, const struct rpc_request *head);
    /* Who answers for what that security proves, NULL for nothing: whose memory the greater blocks
     * are. NULL: nobody's. */
    struct rpc_usage *(*usage)(const void *owner, const struct rpc_security *s);
    const void *owner;
    size_t most;        /* of the partial call: what that said */
    bool parts, handed; /* the partial call does; and its first part is out */
    bool dropped;       /* its further parts are verified, and forgotten */

    bool partial; /* a call has begun */
    struct rpc_header first;
    struct rpc_request head; /* also a response's fields */
    uint8_t cancel_count;
    struct rpc_security *security;
    bool placed;           /* its first fragment is: the stub has a place */
    size_t stub, stub_len; /* in the block: moved together so far */
    size_t total;          /* with what is queued */
    unsigned fragments;
    struct rpc_queued { /* whole and checked, to be unprotected and moved */
        size_t at;
        uint16_t length, auth_length;
        uint8_t head, pad;
    } queue[RPC_BATCH];
    size_t queued;
};

/* securities may grow later, and outlive it. */
void rpc_inbound_init(struct rpc_inbound *in, bool server, const struct rpc_limits *limits,
                      const struct rpc_securities *securities);
void rpc_inbound_done(struct rpc_inbound *in);

/* Where the next bytes go: n pieces for readv, together not empty; n at most RPC_INBOUND_IOV. */
MUST_CHECK enum err rpc_inbound_room(struct rpc_inbound *in, struct iovec iov[RPC_INBOUND_IOV],
                                     size_t *ret_n);
void rpc_inbound_filled(struct rpc_inbound *in, size_t n);
/* What is there; block and stub of a CALL are the caller's. */
MUST_CHECK enum err rpc_inbound_next(struct rpc_inbound *in, struct rpc_received *ret);
/* Before waiting for bytes: gives back what memory holds nothing. */
void rpc_inbound_idle(struct rpc_inbound *in);
/* Something has come that is not a whole PDU or call yet: what a timer for partial calls asks. */
bool rpc_inbound_pending(const struct rpc_inbound *in);
/* Forgets the partial call of that id, as an orphaned PDU asks; others are left alone. */
void rpc_inbound_forget(struct rpc_inbound *in, uint32_t call_id);
/* Nobody wants the further parts of the call that comes in parts. */
void rpc_inbound_drop(struct rpc_inbound *in);
/* Verifies, opens and moves together what is queued; the machine's own, and for its tests. */
MUST_CHECK enum err rpc_inbound_flush(struct rpc_inbound *in);
