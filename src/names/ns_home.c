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

static size_t place_of(const struct ns_home *h, const char *domain)
{
    size_t i;

    for (i = 0; i < h->count && strcasecmp(h->other[i].domain, domain) != 0; i++)
        ;
    return i;
}

bool ns_home_lacks(const struct ns_home *h, const char *domain)
{
    size_t i = place_of(h, domain);

    return i < h->count && h->other[i].failed;
}

static enum err open_other(struct ns_home *h, const char *domain)
{
    size_t i = h->count;
    char *dn = NULL;
    enum err e = domain_dn(h, domain, &dn);

    if (e)
        return e;
    h->other[i].domain = mem_strdup(domain);
    e = h->other[i].domain
            ? session_of_object(h->session, dn, &h->other[i].session, &h->other[i].own)
            : ERR_NO_MEMORY;
    mem_free(dn);
    if (e == ERR_NO_MEMORY) {
        mem_free(h->other[i].domain);
        return e;
    }
    h->other[i].failed = e;
    h->count++;
    return e;
}

static enum err other_domain(struct ns_home *h, const char *domain, struct session **ret)
{
    size_t i = place_of(h, domain);
    enum err e = ERR_OK;

    if (i == NS_DOMAINS_MOST)
        return detail_fail(ERR_TOO_LONG, "a search of more than %d domains", NS_DOMAINS_MOST);
    if (i == h->count)
        e = open_other(h, domain);
    else if (h->other[i].failed)
        e = detail_fail(h->other[i].failed, "the domain %s could not be asked", domain);
    if (!e)
        *ret = h->other[i].session;
    return e;
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
