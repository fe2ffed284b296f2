/* SPDX-License-Identifier: Apache-2.0
 * search_page.h - one page of a search.  RFC 2696
 */
#pragma once

#include "directory/search.h"

/* Where a search stands; zeroed before its first page. */
struct paging {
    struct buf cookie; /* the server's */
    bool more;
};

/* Adds the next page's entries to ret, also where it fails; p->more says whether one follows. */
MUST_CHECK enum err search_page(struct session *s, const struct search *q, struct paging *p,
                                struct entries *ret);
void paging_done(struct paging *p);
