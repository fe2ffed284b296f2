/* SPDX-License-Identifier: Apache-2.0
 * header.h - the header of a queued message: the one byte string that is authenticated.
 *
 * Whoever carries a message reads it here and believes nothing else of it; only the process that
 * opens the message (envelope.h) knows that it is true. docs/protocol/queue-envelope.md
 */
#pragma once

#include "base/sid.h"
#include "base/uuid.h"

enum {
    QUEUE_ID = 16,     /* bytes of a message's id */
    QUEUE_KEY_ID = 16, /* and of a key's */
    QUEUE_HOST_MAX = 255,
    QUEUE_SPN_MAX = 1024,
    QUEUE_NAME_MAX = 255,
    QUEUE_HEADER_MAX = 4096, /* more than the longest texts and SIDs take together */
    QUEUE_PRIORITY_MAX = 7,
    QUEUE_BODY_MAX = 64 * 1024 * 1024,
    QUEUE_REPLAY_ROOM = 8 * 1024, /* of a replay's body, beside the body of the message in it */
};

/* Time in messages: 100 ns since 1601, UTC, as Windows counts. */
#define QUEUE_SECOND UINT64_C(10000000)
#define QUEUE_DAY (24 * 60 * 60 * QUEUE_SECOND)

enum queue_level { /* RPC_C_AUTHN_LEVEL_... */
                   QUEUE_LEVEL_NONE = 1,
                   QUEUE_LEVEL_INTEGRITY = 5,
                   QUEUE_LEVEL_PRIVACY = 6,
};

enum queue_kind {
    QUEUE_KIND_CALL = 1,
    QUEUE_KIND_REPLY = 2,
    QUEUE_KIND_ACKNOWLEDGEMENT = 3,
    QUEUE_KIND_REPLAY = 4, /* an operator's: the body is another whole message; replay.h */
};

enum queue_delivery { QUEUE_EXPRESS = 0, QUEUE_RECOVERABLE = 1 };

enum queue_journal { QUEUE_JOURNAL_NONE = 0, QUEUE_JOURNAL_DEAD = 1, QUEUE_JOURNAL_ALWAYS = 2 };

struct queue_header {
    enum queue_level level;
    enum queue_kind kind;
    uint8_t priority; /* 0 to 7 */
    enum queue_delivery delivery;
    enum queue_journal journal;
    bool acknowledge;                    /* the sender wants to hear what became of it */
    bool signed_alone;                   /* carries a signature over this very header */
    uint8_t id[QUEUE_ID];                /* unguessable, never twice */
    uint8_t reply_to[QUEUE_ID];          /* the request's id; zeroes: none */
    uint8_t sender_key[QUEUE_KEY_ID];    /* that signs; zeroes at level none */
    uint8_t recipient_key[QUEUE_KEY_ID]; /* that opens; zeroes at level none */
    uint64_t created, expires, reach_by; /* created <= reach_by <= expires */
    uint64_t body_len;                   /* of the plain body; at most QUEUE_BODY_MAX */
    struct uuid interface_id;
    uint16_t interface_major, interface_minor, opnum;
    struct uuid object;
    struct uuid syntax; /* of the body */
    uint16_t syntax_major, syntax_minor;
    struct sid sender, recipient;
    /* UTF-8 without controls; after reading, views into what was read. */
    struct bytes sender_host;
    struct bytes recipient_spn;
    struct bytes queue;       /* never empty */
    struct bytes reply_queue; /* empty: none */
};

/* Exactly one header. What is accepted is written again as the same bytes. */
MUST_CHECK enum err queue_header_read(struct bytes b, struct queue_header *ret)
    SHARED(queue_header_read);
/* Refuses what would not be read. buf_free. */
MUST_CHECK enum err queue_header_write(const struct queue_header *h, struct buf *ret)
    SHARED(queue_header_write);

/* A whole message, taken apart: views into it. */
struct queue_message {
    struct queue_header header;
    struct bytes head;      /* the header's bytes */
    struct bytes agreement; /* empty at level none */
    struct bytes signature; /* empty unless signed_alone */
    struct bytes body;      /* sealed at level privacy */
    struct bytes tag;       /* empty at level none */
};

/* Of a message, of which the rest may be missing; nothing of it is authentic. */
MUST_CHECK enum err queue_message_head(struct bytes b, struct queue_header *ret)
    SHARED(queue_message_head);
/* Exactly one message; nothing of it is authentic for that. */
MUST_CHECK enum err queue_message_read(struct bytes b, struct queue_message *ret)
    SHARED(queue_message_read);
