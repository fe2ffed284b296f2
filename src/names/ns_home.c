/* SPDX-License-Identifier: Apache-2.0
 * ns_home.c - where the entries of the RPC name service are.
 */
#include "names/ns_home.h"

#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/filter.h"
#include "directory/search.h"
#include "names/place.h"
#include "spn/dn.h"

enum err ns_home_open(HANDLE hds, struct ns_home *ret)
{
    struct ns_home h = { 0 };
    enum err e = binding_hold(hds, &h.held);

    if (e)
        return e;
    h.session = h.held.session;
    e = dn_domain(session_domain_dn(h.session), &h.domain);
    if (e)
        ns_home_close(&h);
    else
        *ret = h;
    return e;
}

void ns_home_close(struct ns_home *h)
{
    size_t i;

    for (i = 0; i < h->count; i++) {
        if (h->other[i].own)
            session_close(h->other[i].session);
        mem_free(h->other[i].domain);
    }
    mem_free(h->domain);
    if (h->held.session)
        binding_release(&h->held);
    *h = (struct ns_home){ 0 };
}

void ns_home_interrupt(struct ns_home *h)
{
    session_interrupt(h->session);
}

/* ---- domains ---- */

/* The DN of a domain of the forest by its DNS or NetBIOS name: where a name may point is decided
 * by the forest, not by whoever wrote the name. */
static enum err domain_dn(struct ns_home *h, const char *domain, char **ret)
{
    static const char *const attrs[] = { "nCName", NULL };
    struct search q = {
        .base = session_config_dn(h->session), .scope = SEARCH_SUBTREE, .attrs = attrs, .max = 2
    };
    struct entries found = { 0 };
    const char *dn = NULL;
    char *filter = NULL;
    enum err e = filter_format(&filter,
                               "(&(objectClass=crossRef)(nETBIOSName=*)(|(dnsRoot=%s)"
                               "(nETBIOSName=%s)))",
                               domain, domain);

    q.filter = filter;
    if (!e)
        e = session_search(h->session, &q, &found);
    if (!e && found.count == 1)
        dn = entry_text(&found.entry[0], "nCName");
    if (!e && !dn)
        e = detail_fail(ERR_NS_NO_ENTRY, "the forest has no domain %s", domain);
    if (!e && !(*ret = mem_strdup(dn)))
        e = ERR_NO_MEMORY;
    entries_free(&found);
    mem_free(filter);
    return e;
}

static enum err other_domain(struct ns_home *h, const char *domain, struct session **ret)
{
    char *dn = NULL, *copy = NULL;
    struct session *s = NULL;
    bool own = false;
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; i < h->count; i++)
        if (strcasecmp(h->other[i].domain, domain) == 0) {
            *ret = h->other[i].session;
            return ERR_OK;
        }
    if (h->count == NS_DOMAINS_MOST)
        return detail_fail(ERR_TOO_LONG, "a search of more than %d domains", NS_DOMAINS_MOST);
    e = domain_dn(h, domain, &dn);
    copy = mem_strdup(domain);
    if (!e && !copy)
        e = ERR_NO_MEMORY;
    if (!e)
        e = session_of_object(h->session, dn, &s, &own);
    mem_free(dn);
    if (e) {
        mem_free(copy);
        return e;
    }
    h->other[h->count].domain = copy;
    h->other[h->count].session = s;
    h->other[h->count++].own = own;
    *ret = s;
    return ERR_OK;
}

/* ---- names ---- */

enum err ns_home_place(struct ns_home *h, const struct ns_name *name, struct session **ret,
                       char **ret_dn)
{
    struct session *s = h->session;
    enum err e = place_name_check(name->name);

    if (e)
        return e == ERR_NO_MEMORY ? e : ERR_NS_NAME;
    if (name->domain && strcasecmp(name->domain, h->domain) != 0)
        e = other_domain(h, name->domain, &s);
    if (!e)
        e = place_entry(PLACE_RPC, session_domain_dn(s), name->name, ret_dn);
    if (!e)
        *ret = s;
    return e;
}

enum err ns_home_expand(const struct ns_home *h, const char *text, char **ret)
{
    struct ns_name n = { 0 };
    enum err e = ns_name_parse(text, &n);

    if (e)
        return e;
    e = ns_name_format(n.domain ? n.domain : h->domain, n.name, ret);
    ns_name_free(&n);
    return e;
}

enum err ns_home_name(const struct ns_home *h, const char *dn, char **ret)
{
    char *name = NULL, *domain = NULL;
    enum err e = place_name(dn, &name);

    if (!e)
        e = dn_domain(dn, &domain);
    if (!e)
        e = ns_name_format(strcasecmp(domain, h->domain) == 0 ? NULL : domain, name, ret);
    mem_free(name);
    mem_free(domain);
    return e;
}

enum err ns_home_shorten(const struct ns_home *h, const char *text, char **ret)
{
    struct ns_name n = { 0 };
    bool own;
    enum err e = ns_name_parse(text, &n);

    if (e)
        return e;
    own = !n.domain || strcasecmp(n.domain, h->domain) == 0;
    e = ns_name_format(own ? NULL : n.domain, n.name, ret);
    ns_name_free(&n);
    return e;
}
