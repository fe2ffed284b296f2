/* SPDX-License-Identifier: Apache-2.0
 * api_scp.h - what the doors of scp.h share, also with those of names.h.
 */
#pragma once

#include <countersign/scp.h>

#include "directory/point.h"
#include "directory/trust.h"

/* A service as scp.h shows it. Hands everything over; p is empty afterwards, whatever the outcome.
 * CsFreeServicePoint. */
MUST_CHECK enum err point_give(struct point *p, CS_SERVICE_POINT **ret) SHARED(point_give);
/* NULL stays NULL: no policy. */
const struct trust *trust_take(const CS_TRUST *from, struct trust *to) SHARED(trust_take);

/* Fills in all of c, as far as it comes: the caller closes it. */
typedef enum err (*connection_make)(struct session *s, const void *options, CS_CONNECTION *c);
/* A connection made with the directory's session behind hDS. CsCloseConnection. */
MUST_CHECK enum err connection_open(HANDLE hDS, connection_make make, const void *options,
                                    CS_CONNECTION **ret) SHARED(connection_open);
