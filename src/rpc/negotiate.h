/* SPDX-License-Identifier: Apache-2.0
 * negotiate.h - presentation contexts and features agreed at bind.  C706 12.6.3,
 * [MS-RPCE] 3.3.1.5.3, 3.3.1.5.6
 */
#pragma once

#include "rpc/pdu.h"

enum rpc_outcome { /* of one offer.  C706 12.6.3.1 */
                   RPC_ACCEPTED = 0,
                   RPC_USER_REJECTED = 1,
                   RPC_PROVIDER_REJECTED = 2,
                   RPC_NEGOTIATED = 3, /* the reason is the features' bits.  [MS-RPCE] 2.2.2.4 */
};

enum rpc_reason {
    RPC_REASON_NONE = 0,
    RPC_REASON_ABSTRACT = 1, /* no such interface */
    RPC_REASON_TRANSFER = 2, /* none of the transfer syntaxes */
    RPC_REASON_LIMIT = 3,
};

enum rpc_feature { /* [MS-RPCE] 2.2.2.14 */
                   RPC_FEATURE_SECURITY_MULTIPLEX = 1,
                   RPC_FEATURE_KEEP_ON_ORPHAN = 2,
                   RPC_FEATURES = 3, /* what we have */
};

enum {
    RPC_SYNTAXES = 2, /* transfer syntaxes we have: enum ndr_syntax */
    RPC_SYNTAX_NDR20 = 1 << NDR_20,
    RPC_SYNTAX_NDR64 = 1 << NDR_64,
};

enum {
    RPC_CONTEXTS_MAX = 256
}; /* presentation contexts of a connection: interfaces, and renewals */

extern const struct rpc_syntax rpc_ndr20, rpc_ndr64;

const struct rpc_syntax *rpc_transfer_syntax(enum ndr_syntax syntax);
/* RPC_SYNTAX_xxx that may be spoken of what a stub says it speaks, CS_SYNTAX_xxx or 0 for NDR
 * alone: the policy ndr64 may forbid one. name: the interface's, for the log. */
unsigned rpc_negotiate_syntaxes(unsigned stub, const char *name);

/* Whether that is a bind-time feature "transfer syntax", and the bits it holds. */
bool rpc_features_read(const struct rpc_syntax *transfer, uint16_t *ret_bits);
struct rpc_syntax rpc_features_syntax(uint16_t bits);

/* Server: the answer to an offer; known: its interface is registered here, and speaks
 * RPC_SYNTAX_xxx, of which NDR64 is taken rather than NDR. Features asked for are answered with
 * those of ours among them. ret_syntax is set where the offer was accepted. */
void rpc_negotiate_answer(const struct rpc_offer *offer, bool known, unsigned syntaxes,
                          struct rpc_result *ret, enum ndr_syntax *ret_syntax);
/* Whether one of the offers wants that interface in that syntax. */
bool rpc_negotiate_offers(struct rpc_list offers, const struct rpc_syntax *interface,
                          enum ndr_syntax syntax);
/* Client: the offer of an interface; of features, which wants its own id and any interface. */
void rpc_negotiate_offer(uint16_t id, const struct rpc_syntax *interface, enum ndr_syntax syntax,
                         struct rpc_offer *ret);
void rpc_negotiate_offer_features(uint16_t id, const struct rpc_syntax *interface,
                                  struct rpc_offer *ret);

/* A connection's presentation contexts: what an id stands for is fixed when it is accepted. */
struct rpc_context {
    uint16_t id;
    struct rpc_syntax abstract;
    enum ndr_syntax syntax;
    void *interface; /* the owner's */
    bool told;       /* a client's: a trailer has repeated what the id stands for */
};

struct rpc_contexts {
    struct rpc_context *item;
    size_t count, room;
};

void rpc_contexts_done(struct rpc_contexts *all);
struct rpc_context *rpc_contexts_find(const struct rpc_contexts *all, uint16_t id);
/* An id in use again: nothing for the same abstract syntax, else ERR_UNEXPECTED. */
MUST_CHECK enum err rpc_contexts_add(struct rpc_contexts *all, const struct rpc_context *c);
