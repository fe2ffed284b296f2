/* SPDX-License-Identifier: Apache-2.0
 * point_trust.h - which of the service connection points found may be believed.
 */
#pragma once

#include "directory/point.h"
#include "directory/trust.h"

/* Those that satisfy trust (NULL: those of one account), with spn and holder set.
 * ERR_NOT_FOUND, ERR_UNTRUSTED or ERR_AMBIGUOUS where there is none; the record lists them. */
MUST_CHECK enum err points_trusted(struct session *s, const char *keyword,
                                   const char *service_class, const struct trust *trust,
                                   struct points *ret);
/* After the handshake, as trust_confirm. */
MUST_CHECK enum err point_confirm(struct session *s, const struct trust *trust,
                                  const struct point *p);
