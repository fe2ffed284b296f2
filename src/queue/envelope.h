/* SPDX-License-Identifier: Apache-2.0
 * envelope.h - messages sealed by the sender's process and opened by the receiver's.
 *
 * At levels integrity and privacy nothing between the two reads (privacy), changes or invents a
 * message. docs/protocol/queue-envelope.md has the bytes.
 */
#pragma once

#include "queue/executed.h"
#include "queue/keys.h"
#include "queue/refusal.h"

/* The sender's: its agreements with recipients. Any number of threads; a child of fork may go on
 * using it and shares no secret with its parent. */
struct queue_sealer;

/* keys must outlive it. An agreement serves at most so many messages, created within so long
 * (ticks) of the first; 0: as is usual. */
MUST_CHECK enum err queue_sealer_new(const struct queue_keys *keys, uint32_t messages,
                                     uint64_t time, struct queue_sealer **ret)
    SHARED(queue_sealer_new);
void queue_sealer_free(struct queue_sealer *s) SHARED(queue_sealer_free);

/* Seals body under h, of which this fills in id, sender, sender_host, both keys' ids and body_len.
 * host is the recipient's, whose key is taken. At level none nobody's keys are asked for.
 * ERR_NO_CREDENTIALS: no key of its own is enrolled. ERR_NOT_FOUND: the recipient publishes no key
 * for that host. ERR_ACCESS_DENIED: its account is disabled. ERR_NO_AUTHORITY: that cannot be told
 * now. ret is the whole message; buf_free. */
MUST_CHECK enum err queue_seal(struct queue_sealer *s, struct queue_header *h, struct bytes host,
                               struct bytes body, struct buf *ret) SHARED(queue_seal);

/* The receiver's: what it verified. Any number of threads. */
struct queue_opener;

/* keys and executed must outlive it. */
MUST_CHECK enum err queue_opener_new(const struct queue_keys *keys, struct queue_executed *executed,
                                     struct queue_opener **ret) SHARED(queue_opener_new);
void queue_opener_free(struct queue_opener *o) SHARED(queue_opener_free);

/* What the message has to be like to be opened. */
struct queue_door {
    struct bytes queue;          /* from which it was taken */
    const char *const *services; /* the SPNs this process answers to; compared as SPNs are */
    size_t service_count;
    enum queue_level level; /* at least that */
    bool signed_alone;      /* each message with a signature of its own */
    bool replay;            /* by an operator: that it has expired, or was executed, is waived */
    uint64_t now, skew;     /* ticks; how far clocks may differ */
    uint64_t lifetime_max;  /* from creation to expiry; 0: no limit */
};

enum queue_verdict {
    QUEUE_VERDICT_OPEN,   /* and to be executed */
    QUEUE_VERDICT_REFUSE, /* for the dead letters, never to be executed */
    QUEUE_VERDICT_WAIT,   /* cannot be told now; nothing is wrong with the message */
};

struct queue_opened {
    enum queue_verdict verdict;
    enum queue_refusal refusal; /* with QUEUE_VERDICT_REFUSE */
    /* With QUEUE_VERDICT_OPEN: true. Otherwise as the message claims, or zeroes where it is not
     * understood. Its texts are views into the message. */
    struct queue_header header;
    /* The header is its sender's, also where it is refused for what it says and asks for an
     * acknowledgement. At level none as far as the queue manager knows. */
    bool proven;
    uint8_t mark[QUEUE_MARK]; /* by which it is known as executed: of the hash of its header */
    struct bytes body;        /* a view into the message, or into owned */
    struct buf owned;
};

/* An error is of this process; then ret is not written. */
MUST_CHECK enum err queue_open(struct queue_opener *o, const struct queue_door *door,
                               struct bytes message, struct queue_opened *ret) SHARED(queue_open);
void queue_opened_done(struct queue_opened *m) SHARED(queue_opened_done); /* wipes the body */
