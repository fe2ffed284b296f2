/* SPDX-License-Identifier: Apache-2.0
 * pdu.h - the protocol data units of connection-oriented RPC.  C706 12.6, [MS-RPCE] 2.2.2
 *
 *    0 version 5 | 1 minor version | 2 type | 3 flags | 4 data representation 4 | 8 frag_length 2
 *   10 auth_length 2 | 12 call_id 4 | 16 body | padding, sec_trailer 8, auth value auth_length
 *
 * rpc_header_read is what every PDU passes before anything else looks at it; rpc_pdu_read then
 * takes it apart, and one function for each type reads its body. What is read are views into the
 * fragment. Integers of both orders are read, little-endian is written.
 */
#pragma once

#include "base/reader.h"
#include "base/uuid.h"
#include "base/writer.h"
#include "ndr/ndr.h"

enum rpc_type { /* those of connections; what is missing belongs to datagrams */
                RPC_REQUEST = 0,
                RPC_RESPONSE = 2,
                RPC_FAULT = 3,
                RPC_BIND = 11,
                RPC_BIND_ACK = 12,
                RPC_BIND_NAK = 13,
                RPC_ALTER_CONTEXT = 14,
                RPC_ALTER_ACK = 15,
                RPC_AUTH3 = 16,
                RPC_SHUTDOWN = 17,
                RPC_CO_CANCEL = 18,
                RPC_ORPHANED = 19,
                RPC_TYPES = 20, /* room for a table indexed by type */
};

enum rpc_flag {
    RPC_FIRST = 0x01,
    RPC_LAST = 0x02,
    RPC_PENDING_CANCEL = 0x04,      /* in requests, responses and faults */
    RPC_SUPPORT_HEADER_SIGN = 0x04, /* in the other types.  [MS-RPCE] 2.2.2.3 */
    RPC_DESCRIPTORS = 0x08, /* ours, reserved elsewhere: descriptors came with this call's bytes */
    RPC_CONC_MPX = 0x10,
    RPC_DID_NOT_EXECUTE = 0x20,
    RPC_MAYBE = 0x40,
    RPC_OBJECT = 0x80, /* a request has an object's UUID */
};

enum {
    RPC_HEADER_SIZE = 16,
    RPC_CALL_HEADER_SIZE = 24, /* of a request without object, and of a response */
    RPC_OBJECT_SIZE = 16,
    RPC_FAULT_SIZE = 32,
    RPC_SEC_TRAILER_SIZE = 8,
    RPC_PAD_ALIGN = 16,          /* of a stub before its sec_trailer.  [MS-RPCE] 2.2.2.11 */
    RPC_FRAGMENT_MIN = 1432,     /* what everybody must take.  C706 12.6.3.1 */
    RPC_FRAGMENT_WINDOWS = 5840, /* what Windows offers */
    RPC_FRAGMENT_MAX = 65528,    /* what we offer: a multiple of 8 in 16 bits */
    RPC_TRANSFERS_MAX = 8,       /* looked at in one offer: NDR, NDR64, features, and some */
    RPC_ADDRESS_MAX = 256,       /* of a secondary address: a port, or a pipe's name */
    RPC_VERSIONS_MAX = 8,        /* looked at in a bind_nak */
};

struct rpc_header {
    uint8_t minor; /* 0 or 1 */
    uint8_t type;  /* enum rpc_type */
    uint8_t flags;
    uint8_t label[NDR_DREP_SIZE]; /* as received, for the verification trailer */
    struct ndr_drep drep;
    uint16_t frag_length, auth_length;
    uint32_t call_id;
};

/* The sec_trailer and what follows it.  [MS-RPCE] 2.2.2.11 */
struct rpc_auth {
    uint8_t type, level, pad, reserved;
    uint32_t context_id;
    struct bytes value;
};

struct rpc_pdu {
    struct rpc_header header;
    struct bytes whole;   /* the fragment */
    struct bytes body;    /* after the header, up to the padding */
    bool has_auth;        /* auth_length is not 0 */
    struct rpc_auth auth; /* of no meaning without it */
};

/* Whether the first 16 bytes can begin a PDU: version, type, representation, and lengths that have
 * room for each other and for the type's fixed part, frag_length at most max_frag.
 * ERR_TRUNCATED for less than 16 bytes, ERR_UNSUPPORTED for another version, ERR_TOO_LONG,
 * ERR_MALFORMED. */
MUST_CHECK enum err rpc_header_read(struct bytes first, size_t max_frag, struct rpc_header *ret);
/* whole is exactly header.frag_length bytes, header what rpc_header_read said of it. */
MUST_CHECK enum err rpc_pdu_read(struct bytes whole, const struct rpc_header *header,
                                 struct rpc_pdu *ret);

/* ---- bodies ---- */

/* Integers of the sender's order. */
static inline uint16_t rpc_read16(struct reader *r, bool little)
{
    return little ? reader_le16(r) : reader_be16(r);
}

static inline uint32_t rpc_read32(struct reader *r, bool little)
{
    return little ? reader_le32(r) : reader_be32(r);
}

struct rpc_syntax { /* an interface or a transfer syntax, with its version */
    struct uuid uuid;
    uint16_t major, minor;
};

bool rpc_syntax_equal(const struct rpc_syntax *a, const struct rpc_syntax *b);
void rpc_syntax_read(struct reader *r, bool little, struct rpc_syntax *ret);
void rpc_syntax_write(struct writer *w, const struct rpc_syntax *s);

struct rpc_offer { /* one presentation context asked for */
    uint16_t id;
    struct rpc_syntax abstract;
    size_t transfers; /* at most RPC_TRANSFERS_MAX: what comes after is passed over */
    struct rpc_syntax transfer[RPC_TRANSFERS_MAX];
};

struct rpc_result { /* what became of it */
    uint16_t result, reason;
    struct rpc_syntax transfer;
};

/* A list on the wire, found whole and right when its PDU was read: walked without failure. */
struct rpc_list {
    struct bytes raw;
    bool little;
    size_t left; /* at most 255: the wire counts them in an octet */
};
bool rpc_offer_next(struct rpc_list *list, struct rpc_offer *ret); /* false: no more */
bool rpc_result_next(struct rpc_list *list, struct rpc_result *ret);

/* bind and alter_context */
struct rpc_bind {
    uint16_t max_send, max_receive; /* fragments, as the sender of the PDU sees it */
    uint32_t group;
    struct rpc_list offers;
};

/* bind_ack and alter_context_resp */
struct rpc_bind_ack {
    uint16_t max_send, max_receive;
    uint32_t group;
    struct bytes address; /* a text without its zero; empty in an alter_context_resp */
    struct rpc_list results;
};

enum rpc_nak { /* why a bind was refused.  C706 12.6.3.1, [MS-RPCE] 2.2.2.5 */
               RPC_NAK_UNSPECIFIED = 0,
               RPC_NAK_CONGESTION = 1,
               RPC_NAK_LIMIT = 2,
               RPC_NAK_VERSION = 4,
               RPC_NAK_AUTH_TYPE = 8,
               RPC_NAK_CHECKSUM = 9,
};

struct rpc_bind_nak {
    uint16_t reason;
    size_t versions;
    uint8_t major[RPC_VERSIONS_MAX], minor[RPC_VERSIONS_MAX];
    struct bytes extra; /* extended error information, where its signature stands */
};

struct rpc_request {
    uint32_t alloc_hint;
    uint16_t context_id, opnum;
    bool has_object;
    struct uuid object;
    struct bytes stub;
};

struct rpc_response {
    uint32_t alloc_hint;
    uint16_t context_id;
    uint8_t cancel_count;
    struct bytes stub;
};

struct rpc_fault {
    uint32_t alloc_hint;
    uint16_t context_id;
    uint8_t cancel_count;
    bool extended; /* extra is extended error information.  [MS-EERR] 2.2.3 */
    uint32_t status;
    struct bytes extra;
};

/* The body of a PDU of that type; co_cancel, orphaned and shutdown have none. */
MUST_CHECK enum err rpc_bind_read(const struct rpc_pdu *p, struct rpc_bind *ret);
MUST_CHECK enum err rpc_bind_ack_read(const struct rpc_pdu *p, struct rpc_bind_ack *ret);
MUST_CHECK enum err rpc_bind_nak_read(const struct rpc_pdu *p, struct rpc_bind_nak *ret);
MUST_CHECK enum err rpc_auth3_read(const struct rpc_pdu *p); /* there is an auth value */
MUST_CHECK enum err rpc_request_read(const struct rpc_pdu *p, struct rpc_request *ret);
MUST_CHECK enum err rpc_response_read(const struct rpc_pdu *p, struct rpc_response *ret);
MUST_CHECK enum err rpc_fault_read(const struct rpc_pdu *p, struct rpc_fault *ret);

/* ---- writing ---- */

/* A PDU is begun, its body written, and ended: that fills the lengths and adds auth, where it is
 * not NULL, after padding to its alignment. w holds nothing else. */
void rpc_pdu_begin(struct writer *w, enum rpc_type type, uint8_t flags, uint32_t call_id);
void rpc_pdu_end(struct writer *w, const struct rpc_auth *auth);

/* Bodies; offers and results come from arrays. b->offers and b->results are not looked at. */
void rpc_bind_write(struct writer *w, const struct rpc_bind *b, const struct rpc_offer *offers,
                    size_t n);
void rpc_bind_ack_write(struct writer *w, const struct rpc_bind_ack *b,
                        const struct rpc_result *results, size_t n);
void rpc_bind_nak_write(struct writer *w, const struct rpc_bind_nak *b);
void rpc_auth3_write(struct writer *w);
void rpc_request_write(struct writer *w, const struct rpc_request *q); /* header, then stub */
void rpc_response_write(struct writer *w, const struct rpc_response *p);
void rpc_fault_write(struct writer *w, const struct rpc_fault *f);
