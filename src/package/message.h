/* SPDX-License-Identifier: Apache-2.0
 * message.h - a message in pieces, as the message functions of a security package take it.
 *
 * What a SecBufferDesc says, without its types. Pieces are worked on in place, in their order.
 */
#pragma once

#include "base/bytes.h"

enum segment_kind {
    SEGMENT_DATA,    /* protected: encrypted by seal, covered by the signature */
    SEGMENT_TOKEN,   /* the token or signature; len is room before, use after */
    SEGMENT_PADDING, /* len is room before, use after; always 0 used by Kerberos' AES types */
    SEGMENT_STREAM,  /* a whole wrapped message (unseal only): token and data in one */
    SEGMENT_OTHER,   /* passed over */
};

enum segment_access {
    SEGMENT_NORMAL,
    SEGMENT_READONLY,          /* neither encrypted nor signed */
    SEGMENT_READONLY_CHECKSUM, /* signed, not encrypted */
};

struct segment {
    uint8_t *ptr;
    size_t len;
    enum segment_kind kind;
    enum segment_access access;
};

enum { SEGMENTS_MAX = 64 }; /* of one message */

struct message {
    struct segment *seg;
    size_t count;
    uint64_t seqno; /* the caller's MessageSeqNo; only datagram contexts look at it */
    enum err err;   /* the outcome, of the batch functions */
};

/* Quality of protection, as SECQOP_* has it. */
#define QOP_NO_ENCRYPT 0x80000001U
#define QOP_OOB_DATA 0x40000000U
