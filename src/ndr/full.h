/* SPDX-License-Identifier: Apache-2.0
 * full.h - the full pointers of one call: which referent identifier is which object.
 * C706 14.3.10
 *
 * One table serves a call in both directions, so that an object which came with the request is
 * the same object in the response. An object is known by its address and its type: another type
 * at the same address (a structure and its first member) is another referent.
 */
#pragma once

#include "base/bytes.h"

enum { NDR_FULL_MAX = 65536 }; /* of one call: a table of some 4 MB */

struct ndr_full { /* one referent */
    uint64_t id;
    void *object;
    const void *type; /* any address that stands for the type */
    bool node;        /* read as a node of a graph of one block */
    bool seen_in;     /* its data was read from the stream read now */
    bool seen_out;    /* its data was written to the stream written now */
    uint32_t next[2]; /* in the chains by id and by object; NDR_FULL_MAX ends one */
};

struct ndr_fulls {
    struct ndr_full *entry;
    uint32_t *head[2]; /* capacity chains each */
    size_t count, capacity;
    uint64_t key;     /* of the hashes, random: identifiers are the peer's to choose */
    uint32_t last_id; /* the largest there is of 32 bits */
};

/* NULL when there is none. Valid until the next ndr_fulls_add. */
struct ndr_full *ndr_fulls_by_id(struct ndr_fulls *t, uint64_t id) SHARED(ndr_fulls_by_id);
struct ndr_full *ndr_fulls_by_object(struct ndr_fulls *t, const void *object, const void *type)
    SHARED(ndr_fulls_by_object);
/* id 0: the next free one. ERR_MALFORMED for an id that is there, ERR_TOO_LONG beyond
 * NDR_FULL_MAX. */
MUST_CHECK enum err ndr_fulls_add(struct ndr_fulls *t, uint64_t id, void *object, const void *type,
                                  struct ndr_full **ret) SHARED(ndr_fulls_add);
/* The object of f is another one now: the response brought it at another size. */
void ndr_fulls_move(struct ndr_fulls *t, struct ndr_full *f, void *object) SHARED(ndr_fulls_move);
/* The call's other direction begins: no data was seen in it; identifiers stay. */
void ndr_fulls_turn(struct ndr_fulls *t) SHARED(ndr_fulls_turn);
void ndr_fulls_done(struct ndr_fulls *t) SHARED(ndr_fulls_done);
