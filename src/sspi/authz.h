/* SPDX-License-Identifier: Apache-2.0
 * authz.h - a client context of <countersign/authz.h>: SIDs to check access with.
 */
#pragma once

#include "acl/access.h"
#include "base/handle.h"
#include "package/identity.h"

struct authz_client {
    uint64_t identifier; /* the caller's LUID */
    size_t count;        /* the user first */
    struct sid *sids;
    uint32_t *attributes;
};

/* Of what a domain controller vouched for. */
MUST_CHECK enum err authz_client_new(const struct identity *i, uint64_t identifier, handle_id *ret);
/* Of one SID alone. */
MUST_CHECK enum err authz_client_of_sid(const struct sid *s, uint64_t identifier, handle_id *ret);
/* Of another, with count groups more. */
MUST_CHECK enum err authz_client_with(const struct authz_client *of, const struct sid *groups,
                                      const uint32_t *attributes, size_t count, handle_id *ret);
/* Held until handle_put. */
MUST_CHECK enum err authz_client_get(handle_id id, const struct authz_client **ret);

MUST_CHECK enum err authz_manager_new(handle_id *ret);
MUST_CHECK enum err authz_manager_check(handle_id id);
