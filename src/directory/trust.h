/* SPDX-License-Identifier: Apache-2.0
 * trust.h - what the directory says of a service is evidence: what a client demands beyond it.
 *
 * Any machine account may create an object with any keyword below itself, and the mutual
 * authentication of its own SPN would succeed. So the service class comes from the caller, the
 * object's host makes an SPN, the forest says which one account holds that SPN, and the policy is
 * asked about the object and that account.
 */
#pragma once

#include "directory/account.h"

struct trust { /* as CS_TRUST */
    const char *container, *account, *group, *owner;
};

/* What an object of the directory says of a service, and who it is found to be. */
struct claim {
    const char *dn, *host; /* borrowed, as doubt and above */
    const char *doubt;     /* why it is not believed whatever else it says; NULL */
    bool by_dn_alone;      /* its SPN has the object's DN in it, and no shorter one counts */
    bool has_owner;
    struct sid owner;
    const struct sid *above; /* owner of what the object is below, held to the same; NULL: nobody */
    bool trusted;            /* from here on: set by trust_claims */
    char *spn;               /* the name it must prove */
    struct account holder;   /* the one account that holds it */
};

/* Which of them satisfy trust (NULL: those of one account). ERR_UNTRUSTED or ERR_AMBIGUOUS where
 * there is none; the record lists them. claim_done ends each, whatever the outcome. */
MUST_CHECK enum err trust_claims(struct session *s, const char *service_class,
                                 const struct trust *trust, struct claim *c, size_t n)
    SHARED(trust_claims);
/* After the handshake: whether the account behind c->spn is still the one, and still trusted. */
MUST_CHECK enum err trust_confirm(struct session *s, const struct trust *trust,
                                  const struct claim *c) SHARED(trust_confirm);
void claim_done(struct claim *c) SHARED(claim_done);
