/* SPDX-License-Identifier: Apache-2.0
 * access.h - whether somebody may do something to what a security descriptor protects.
 * [MS-DTYP] 2.5.3.2
 *
 * Pure: nothing is allocated, locked, logged or remembered. Whatever is in doubt is refused.
 */
#pragma once

#include "acl/descriptor.h"

enum { SID_ENABLED = 0x04, SID_DENY_ONLY = 0x10 }; /* SE_GROUP_* */

/* Who somebody is: the user's SID, and those of the groups. Without any (a ticket without a PAC)
 * only what has no DACL is granted. */
struct sid_set {
    const struct sid *sids;
    const uint32_t *attributes; /* one each: what is not enabled counts for denials, if deny only,
                                   or not at all; NULL: all are enabled */
    size_t count;
};

/* What the four generic rights mean of one kind of object. */
struct acl_mapping {
    uint32_t read, write, execute, all;
};

/* A node of a tree of object types: its parent is the last one before it of the level above. */
struct acl_node {
    uint16_t level; /* 0: the root, which is first and alone */
    struct uuid type;
    uint32_t granted, denied; /* set by the check, whatever its outcome */
};

struct acl_request {
    uint32_t wanted;                   /* with RIGHT_MAXIMUM_ALLOWED: and whatever else there is */
    const struct acl_mapping *mapping; /* NULL: generic rights are bits like others */
    const struct sid *self;            /* who PRINCIPAL_SELF is; NULL: nobody */
    struct acl_node *nodes;            /* NULL: no tree */
    size_t node_count;
};

uint32_t acl_map_generic(uint32_t mask, const struct acl_mapping *m) SHARED(acl_map_generic);

/* True where all that is wanted is granted, of the root where there is a tree; *ret_granted, which
 * is set either way, is then what is wanted, or with RIGHT_MAXIMUM_ALLOWED all there is.
 * Conditions are not evaluated: such an entry grants nothing, and denies as if its condition
 * held. An object entry outside of a tree grants nothing, and denies. Nobody has privileges:
 * RIGHT_SYSTEM_SECURITY is never granted. Integrity labels are not looked at. */
MUST_CHECK bool acl_access_check(const struct descriptor *d, const struct sid_set *who,
                                 const struct acl_request *rq, uint32_t *ret_granted)
    SHARED(acl_access_check);
