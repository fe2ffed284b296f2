/* SPDX-License-Identifier: Apache-2.0
 * ns_search.h - looking for servers: from an entry on through groups and profiles, or through all
 * of the caller's domain.  C706 6.2.3, desktop-src/Rpc/criteria-for-name-service-entries.md
 *
 * Depth first; members of a group in random order, elements of a profile by priority, those of one
 * priority in random order, the default element last. No object is visited twice, and no more than
 * NS_VISITS_MOST: groups that contain each other end. What the process's policy does not admit is
 * left out (gate.h), and so is a member that cannot be read.
 */
#pragma once

#include "names/gate.h"
#include "names/ns_home.h"
#include "names/ns_server.h"

enum { NS_VISITS_MOST = 1000 };

struct ns_found {
    char *text;         /* string binding, without an object */
    char *host;         /* that exported it */
    char *dn, *name;    /* of the entry; name as programs know it */
    struct uuid object; /* what the binding is to carry; nil: none */
};

struct ns_search;

/* start NULL: all servers of the domain. home is adopted, also on failure. */
MUST_CHECK enum err ns_search_open(struct ns_home *home, const struct ns_name *start,
                                   const struct ns_asked *asked, struct ns_search **ret);
/* The next binding, ns_found_free'd; text is NULL at the end. ERR_NS_NO_ENTRY: the entry it begins
 * at is not there. ERR_RPC_NO_MORE_BINDINGS: at the end, where all that was found is left out; the
 * record says why. Any other error: likewise, and something could not be read. One thread at a
 * time. */
MUST_CHECK enum err ns_search_next(struct ns_search *q, unsigned age, struct ns_found *ret);
void ns_search_interrupt(struct ns_search *q); /* from any thread */
void ns_search_close(struct ns_search *q);
void ns_found_free(struct ns_found *f);

/* One of n, at random; n is not 0. */
size_t ns_random(size_t n);
