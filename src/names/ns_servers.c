/* SPDX-License-Identifier: Apache-2.0
 * ns_servers.c - all servers of a domain, one after the other.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/cursor.h"
#include "names/ns_server.h"
#include "names/place.h"
#include "spn/dn.h"

struct ns_servers {
    struct session *session;
    struct ns_asked asked;
    struct cursor *cursor; /* over elements */
    struct entries parent; /* the entry of the one given out last */
    struct entry pair[2];  /* views: the entry, the element */
    struct entries found;  /* over pair */
};

bool ns_asked_matches(const struct ns_asked *asked, const struct ns_entry *e,
                      const struct ns_element *x)
{
    size_t i;

    if (asked->has_face && !ns_if_matches(&asked->face, NS_COMPATIBLE, &x->face))
        return false;
    for (i = 0; asked->has_object && i < e->object_count; i++)
        if (ns_uuid_equal(&asked->object, &e->object[i]))
            return true;
    return !asked->has_object;
}

static enum err open_cursor(struct session *s, const struct ns_asked *asked, struct cursor **ret)
{
    char *base = NULL, *filter = NULL, face[UUID_TEXT];
    struct search q = { .scope = SEARCH_SUBTREE, .attrs = ns_entry_attrs, .owner_and_dacl = true };
    enum err e = place_dn(PLACE_RPC, session_domain_dn(s), &base);

    uuid_format(&asked->face.id, face); /* digits and hyphens: nothing a filter gives a meaning */
    filter = asked->has_face
                 ? mem_printf("(&(objectClass=rpcServerElement)(rpcNsInterfaceID=%s,*))", face)
                 : mem_printf("(objectClass=rpcServerElement)");
    if (!e && !filter)
        e = ERR_NO_MEMORY;
    q.base = base;
    q.filter = filter;
    if (!e)
        e = cursor_open(s, &q, ret);
    mem_free(base);
    mem_free(filter);
    return e;
}

enum err ns_servers_open(struct session *s, const struct ns_asked *asked, struct ns_servers **ret)
{
    struct ns_servers *i = mem_zero(sizeof *i);
    enum err e = i ? open_cursor(s, asked, &i->cursor) : ERR_NO_MEMORY;

    if (e) {
        mem_free(i);
        return e;
    }
    i->session = s;
    i->asked = *asked;
    *ret = i;
    return ERR_OK;
}

void ns_servers_close(struct ns_servers *i)
{
    if (!i)
        return;
    cursor_close(i->cursor);
    entries_free(&i->parent);
    mem_free(i);
}

/* The entry an element belongs to: directly in the container, and the element directly in it. */
static enum err read_parent(struct ns_servers *i, const struct entry *element)
{
    const char *dn = dn_parent(element->dn);
    struct search q = { .base = dn,
                        .scope = SEARCH_BASE,
                        .filter = "(objectClass=rpcServer)",
                        .attrs = ns_entry_attrs,
                        .max = 1,
                        .owner_and_dacl = true };

    entries_free(&i->parent);
    if (!dn || !place_holds(PLACE_RPC, session_domain_dn(i->session), dn))
        return detail_fail(ERR_NS_ENTRY_KIND, "%s is not below an entry", element->dn);
    return session_search(i->session, &q, &i->parent);
}

static enum err read_pair(struct ns_servers *i, const struct entry *element, struct ns_entry *ret)
{
    enum err e = read_parent(i, element);

    if (!e && !i->parent.count) /* gone since */
        e = ERR_NO_OBJECT;
    if (e)
        return e;
    i->pair[0] = i->parent.entry[0];
    i->pair[1] = *element;
    i->found = (struct entries){ i->pair, 2 };
    return ns_entry_read(&i->found, ret);
}

static bool concerns_one(enum err e)
{
    return e == ERR_NO_OBJECT || e == ERR_NS_NO_ENTRY || e == ERR_NS_ENTRY_KIND ||
           e == ERR_TOO_LONG || e == ERR_MALFORMED;
}

enum err ns_servers_next(struct ns_servers *i, struct ns_entry *ret,
                         const struct entries **ret_found)
{
    const struct detail before = *detail_get();
    const struct entry *element = NULL;
    struct ns_entry n = { 0 };
    enum err e;

    for (;;) {
        e = cursor_next(i->cursor, &element);
        if (e || !element)
            break;
        e = read_pair(i, element, &n);
        if (e && !concerns_one(e))
            break;
        if (e) {
            log_warning("name service: %s is passed over: %s", element->dn, err_text(e));
            *detail_get() = before;
        } else if (n.damage ||
                   (n.element_count && ns_asked_matches(&i->asked, &n, &n.element[0]))) {
            break; /* what is damaged is told too */
        }
        ns_entry_free(&n);
    }
    if (e)
        return e;
    *ret = n;
    *ret_found = &i->found;
    return ERR_OK;
}
