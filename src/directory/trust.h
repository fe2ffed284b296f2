/* SPDX-License-Identifier: Apache-2.0
 * trust.h - what the directory says of a service is evidence: what a client demands beyond it.
 *
 * Any machine account may create an object with any keyword below itself, and the mutual
 * authentication of its own SPN would succeed. So the service class comes from the caller, the
 * object's host makes an SPN, the forest says which one account holds that SPN, and the policy is
 * asked about the object and that account.
 */
#pragma once

#include "directory/point.h"

struct trust { /* as CS_TRUST */
    const char *container, *account, *group, *owner;
};

/* Those that satisfy trust (NULL: those of one account), with spn and holder set.
 * ERR_NOT_FOUND, ERR_UNTRUSTED or ERR_AMBIGUOUS where there is none; the record lists them. */
MUST_CHECK enum err trust_find(struct session *s, const char *keyword, const char *service_class,
                               const struct trust *trust, struct points *ret);
/* After the handshake: whether the account behind p->spn is still the one, and still trusted. */
MUST_CHECK enum err trust_confirm(struct session *s, const struct trust *trust,
                                  const struct point *p);
