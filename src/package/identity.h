/* SPDX-License-Identifier: Apache-2.0
 * identity.h - the SIDs an authority vouched for: a client's own, and its groups'.
 *
 * Made once by the package that proved them, shared by the context and its tokens, never changed
 * after that.
 */
#pragma once

#include "base/sid.h"

enum { /* of a group; as KDCs send and tokens have them.  [MS-PAC] 2.2.1 */
       IDENTITY_MANDATORY = 0x1,
       IDENTITY_BY_DEFAULT = 0x2,
       IDENTITY_ENABLED = 0x4,
       IDENTITY_DENY_ONLY = 0x10,
};

struct identity_group {
    struct sid sid;
    uint32_t attributes;
};

struct identity {
    uint32_t refs; /* atomic */
    struct sid user, primary_group;
    bool has_primary_group;
    struct identity_group *groups;
    size_t count, room;
    char **services; /* that act for the client, the first first; none: it came itself */
    size_t service_count;
};

/* Empty; one reference is the caller's. */
MUST_CHECK enum err identity_new(struct identity **ret);
struct identity *identity_ref(struct identity *i); /* NULL for NULL */
void identity_unref(struct identity *i);           /* accepts NULL */

/* While it is made: one group more. */
MUST_CHECK enum err identity_add(struct identity *i, const struct sid *sid, uint32_t attributes);

/* One service more, the last to act. */
MUST_CHECK enum err identity_add_service(struct identity *i, const char *name);

/* Among the groups, whatever its attributes. */
bool identity_has(const struct identity *i, const struct sid *sid);
/* The user, or a group that grants: enabled, and not there to be denied only. */
bool identity_is(const struct identity *i, const struct sid *sid);
