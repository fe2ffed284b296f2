/* SPDX-License-Identifier: Apache-2.0
 * cursor.c - a search handed out entry by entry.  RFC 2696
 */
#include "directory/cursor.h"

#include <stdatomic.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/doors.h"
#include "directory/search_page.h"

struct cursor {
    struct session *session;
    struct search search; /* its texts are ours */
    char *base, *filter, **attrs;
    size_t attr_count;
    struct paging paging;
    struct entries page;
    size_t at;    /* in page */
    size_t given; /* in all */
    bool begun, ended;
    atomic_bool cancelled;
};

static enum err keep_attributes(struct cursor *c, const char *const *attrs)
{
    size_t n = 0;

    while (attrs[n])
        n++;
    c->attrs = mem_array(n + 1, sizeof *c->attrs);
    for (; c->attrs && c->attr_count < n; c->attr_count++) {
        c->attrs[c->attr_count] = mem_strdup(attrs[c->attr_count]);
        if (!c->attrs[c->attr_count])
            return ERR_NO_MEMORY;
    }
    return c->attrs ? ERR_OK : ERR_NO_MEMORY;
}

enum err cursor_open(struct session *s, const struct search *q, struct cursor **ret)
{
    struct cursor *c = mem_zero(sizeof *c);
    enum err e;

    if (!c)
        return ERR_NO_MEMORY;
    c->session = s;
    c->search = *q;
    c->base = mem_strdup(q->base);
    c->filter = mem_strdup(q->filter);
    e = c->base && c->filter ? keep_attributes(c, q->attrs) : ERR_NO_MEMORY;
    c->search.base = c->base;
    c->search.filter = c->filter;
    c->search.attrs = (const char *const *)c->attrs;
    c->search.max = SEARCH_PAGE; /* what a page has room for: the server was asked for no more */
    c->search.cut_values = true; /* one object must not hide the others */
    if (e)
        cursor_close(c);
    else
        *ret = c;
    return e;
}

static enum err next_page(struct cursor *c)
{
    enum err e = ERR_OK;

    c->at = 0;
    do {
        entries_free(&c->page);
        if (c->begun && !c->paging.more) {
            c->ended = true;
            return ERR_OK;
        }
        c->begun = true;
        e = search_page(c->session, &c->search, &c->paging, &c->page);
    } while (!e && !c->page.count);
    return e;
}

enum err cursor_next(struct cursor *c, const struct entry **ret)
{
    enum err e = ERR_OK;

    if (!c->ended && !atomic_load(&c->cancelled) && c->at == c->page.count)
        e = next_page(c);
    if (!e && !c->ended && c->given == CURSOR_ENTRIES_MOST)
        e = detail_fail(ERR_TOO_LONG, "the search finds more than %d entries", CURSOR_ENTRIES_MOST);
    if (atomic_load(&c->cancelled))
        e = detail_fail(ERR_RPC_CANCELLED, "the search was ended from another thread");
    if (e) {
        c->ended = true;
        return e;
    }
    *ret = c->ended ? NULL : &c->page.entry[c->at++];
    c->given += !c->ended;
    return ERR_OK;
}

void cursor_cancel(struct cursor *c)
{
    atomic_store(&c->cancelled, true);
    session_interrupt(c->session);
}

void cursor_close(struct cursor *c)
{
    if (!c)
        return;
    entries_free(&c->page);
    paging_done(&c->paging);
    texts_free(c->attrs, c->attr_count);
    mem_free(c->base);
    mem_free(c->filter);
    mem_free(c);
}
