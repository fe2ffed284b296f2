/* SPDX-License-Identifier: Apache-2.0
 * ns_group.h - groups and profiles of the RPC name service changed.
 *
 * Names of members are whole ones, "/.../domain/name": whoever reads them may be of another domain.
 */
#pragma once

#include "names/ns_server.h"

MUST_CHECK enum err ns_group_add(struct session *s, const char *dn, const char *member);
/* ERR_NS_NO_ENTRY, ERR_NS_NO_MEMBER. */
MUST_CHECK enum err ns_group_remove(struct session *s, const char *dn, const char *member);
MUST_CHECK enum err ns_group_clear(struct session *s, const char *dn);

struct ns_link_want {
    const struct ns_if *face; /* NULL: the default element */
    const char *member;
    unsigned priority;
    const char *annotation; /* NULL or "": none */
};

MUST_CHECK enum err ns_profile_add(struct session *s, const char *dn, const struct ns_link_want *w);
/* Exactly that interface and member. ERR_NS_NO_ENTRY. */
MUST_CHECK enum err ns_profile_remove(struct session *s, const char *dn,
                                      const struct ns_link_want *w);
MUST_CHECK enum err ns_profile_clear(struct session *s, const char *dn);

/* Whether two names are those of the same entry. */
bool ns_name_same(const char *a, const char *b);
