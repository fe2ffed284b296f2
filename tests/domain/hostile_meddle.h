/* SPDX-License-Identifier: Apache-2.0
 * hostile_meddle.h - what a man in the middle of RPC does to which PDU: rules over lib/relay.h.
 */
#pragma once

#include "domain/hostile.h"
#include "rpc/pdu.h"

enum meddle_which {
    MEDDLE_EVERY,  /* PDU of the type */
    MEDDLE_BEGIN,  /* of a call: its first fragment, */
    MEDDLE_MIDDLE, /* its fourth, */
    MEDDLE_END,    /* its last */
};

struct meddle_rule;
struct meddle;
typedef enum relay_verdict meddle_edit(struct meddle *m, const struct meddle_rule *r,
                                       struct relay_frame *f);

struct meddle_rule {
    bool from_client;
    uint8_t type; /* enum rpc_type */
    enum meddle_which which;
    meddle_edit *edit; /* NULL: no rule */
    size_t at;         /* of the PDU, or of its sec_trailer */
    uint8_t value;
};

enum { MEDDLE_RULES = 8 };

struct meddle {
    struct meddle_rule rule[MEDDLE_RULES];
    struct relay *relay;
    unsigned fragments[2];     /* of the call under way, each direction */
    struct buf kept;           /* by an edit */
    atomic_uint hits;          /* PDUs an edit was given */
    atomic_uint fault, faults; /* the last status the server sent, and how many */
    atomic_uint nak;           /* reason of a bind_nak and one; 0: none came */
};

/* From meddle_begin to meddle_end clients reach the server by this port. Rules are set before. */
unsigned meddle_begin(struct meddle *m);
void meddle_end(struct meddle *m);

meddle_edit meddle_set;         /* octet at = value */
meddle_edit meddle_flip;        /* octet at ^= value */
meddle_edit meddle_set_trailer; /* the same, at in the sec_trailer; without one nothing */
meddle_edit meddle_flip_trailer;
meddle_edit meddle_strip; /* no sec_trailer any more */
meddle_edit meddle_drop;
meddle_edit meddle_twice;
meddle_edit meddle_cut;
meddle_edit meddle_swap; /* goes after the next one of its direction and type */
meddle_edit
    meddle_spoof; /* a response of plain text in place of it: no sec_trailer, value octets */
