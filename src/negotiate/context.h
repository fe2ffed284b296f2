/* SPDX-License-Identifier: Apache-2.0
 * context.h - one negotiation and the chosen package's context inside it. Private to negotiate/.
 */
#pragma once

#include "negotiate/choose.h"
#include "negotiate/neg_token.h"

enum negotiate_state {
    NEGOTIATE_START,
    NEGOTIATE_HINTED, /* acceptor: its NegTokenInit2 is out */
    NEGOTIATE_LEGS,   /* NegTokenResp goes to and fro */
    NEGOTIATE_RAW,    /* acceptor: the package's tokens come without SPNEGO */
    NEGOTIATE_DONE,
    NEGOTIATE_FAILED,
};

struct negotiate_context {
    enum negotiate_state state;
    bool initiator;
    const struct negotiate_credential *credential;
    const struct negotiate_entry *entry; /* the chosen package's, NULL before there is one */
    const struct negotiate_mech *mech;
    void *inner; /* its context */
    bool inner_done;
    uint32_t flags; /* as the inner context granted them */
    time_t expiry;
    struct buf mech_types; /* the initiator's list, as sent or as received */
    bool replied;          /* the first NegTokenResp has passed */
    bool mic_required, mic_sent, mic_received;
};

/* What one leg of the chosen package did. */
struct negotiate_inner {
    bool ran;
    struct buf token; /* for the peer; on failure too */
};

MUST_CHECK enum err negotiate_initiate(struct negotiate_context *c, const struct leg_in *in,
                                       struct leg_out *out);
MUST_CHECK enum err negotiate_accept(struct negotiate_context *c, const struct leg_in *in,
                                     struct leg_out *out);

/* One leg of the chosen package on this token. */
MUST_CHECK enum err negotiate_run(struct negotiate_context *c, const struct leg_in *in,
                                  struct bytes token, struct negotiate_inner *ret);
/* Checks the peer's MIC, or makes ours (a second one never). */
MUST_CHECK enum err negotiate_take_mic(struct negotiate_context *c, struct bytes mic);
MUST_CHECK enum err negotiate_give_mic(struct negotiate_context *c, struct buf *ret);
enum err negotiate_mic_missing(const struct negotiate_context *c);
