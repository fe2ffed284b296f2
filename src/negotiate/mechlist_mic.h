/* SPDX-License-Identifier: Apache-2.0
 * mechlist_mic.h - the signature over the initiator's list of mechanisms.  RFC 4178 5
 *
 * Made and checked with the chosen package's own signature, of which it takes the first sequence
 * number in each direction.
 */
#pragma once

#include "package/package.h"

MUST_CHECK enum err negotiate_mic_make(const struct package *p, void *context,
                                       struct bytes mech_types, struct buf *ret);
/* ERR_ALTERED when the signature is not one over this list. */
MUST_CHECK enum err negotiate_mic_check(const struct package *p, void *context,
                                        struct bytes mech_types, struct bytes mic);
