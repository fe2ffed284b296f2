/* SPDX-License-Identifier: Apache-2.0
 * neg_token.h - SPNEGO's messages.  RFC 4178 4.2, [MS-SPNG] 2.2.1
 *
 * All views point into the message they were read from. A field is there when its ptr is not
 * NULL, even where it is empty.
 */
#pragma once

#include "base/bytes.h"
#include "base/reader.h"
#include "base/writer.h"

enum {
    /* Windows offers five; a peer that offers more than this wants something else. */
    NEGOTIATE_OFFERED_MAX = 32,
    /* A Kerberos token with a large PAC and a delegated ticket stays far below. */
    NEGOTIATE_TOKEN_MAX = 1 << 20,
};

extern const struct bytes negotiate_spnego_oid;

struct negotiate_init {
    struct bytes mech_types; /* the whole MechTypeList, tag included: what the MIC covers */
    struct bytes req_flags;
    uint8_t req_flags_unused;
    struct bytes mech_token;
    bool init2;         /* NegTokenInit2's numbering: hints at [3], the MIC at [4] */
    struct bytes hints; /* the whole NegHints */
    struct bytes hint_name, hint_address; /* out of hints; writing takes hints */
    struct bytes mic;
    struct bytes extra; /* later versions' fields, whole */
};

enum negotiate_resp_state {
    NEGOTIATE_COMPLETED = 0,
    NEGOTIATE_INCOMPLETE = 1,
    NEGOTIATE_REJECT = 2,
    NEGOTIATE_REQUEST_MIC = 3,
    NEGOTIATE_NO_STATE = -1, /* the field is absent */
};

struct negotiate_resp {
    enum negotiate_resp_state state;
    struct bytes mech;  /* supportedMech: an OID's contents */
    struct bytes token; /* responseToken */
    struct bytes mic;
    struct bytes extra;
};

/* Framed as RFC 2743 3.1 has it. */
MUST_CHECK enum err negotiate_init_read(struct bytes msg, struct negotiate_init *ret);
MUST_CHECK enum err negotiate_init_write(const struct negotiate_init *m, struct buf *ret);

MUST_CHECK enum err negotiate_resp_read(struct bytes msg, struct negotiate_resp *ret);
MUST_CHECK enum err negotiate_resp_write(const struct negotiate_resp *m, struct buf *ret);

/* The OIDs of a MechTypeList one by one; false at its end. list is what was read above. */
struct reader negotiate_mech_types(struct bytes list);
bool negotiate_mech_types_next(struct reader *r, struct bytes *ret_oid);

/* A NegHints with the name every Windows server sends.  [MS-SPNG] 2.2.1 */
MUST_CHECK enum err negotiate_hints_write(struct buf *ret);
