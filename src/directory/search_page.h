/* SPDX-License-Identifier: Apache-2.0
 * search_page.h - one page of a search.  RFC 2696
 */
#pragma once

#include "directory/search.h"

enum { PAGES_EMPTY_MOST = 100 }; /* one after the other: a server may send some */

/* Where a search stands; zeroed before its first page. */
struct paging {
    struct buf cookie; /* the server's */
    size_t empty;      /* pages without an entry, up to now */
    bool more;
};

/* Adds the next page's entries to ret, also where it fails; p->more says whether one follows. */
MUST_CHECK enum err search_page(struct session *s, const struct search *q, struct paging *p,
                                struct entries *ret);
void paging_done(struct paging *p);
/* After a page of got entries: ERR_DIRECTORY where the search would go on for ever. */
MUST_CHECK enum err paging_count(struct paging *p, size_t got);
