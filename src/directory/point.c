/* SPDX-License-Identifier: Apache-2.0
 * point.c - service connection points read, kept true, removed.
 */
#include "directory/point.h"

#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/host_name.h"
#include "base/uuid.h"
#include "directory/change.h"
#include "directory/doors.h"
#include "directory/filter.h"
#include "spn/dn.h"

enum { POINTS_MAX = 1000 };

static const char *const point_attrs[] = { "objectClass",
                                           "objectGUID",
                                           "keywords",
                                           "serviceClassName",
                                           "serviceDNSName",
                                           "serviceDNSNameType",
                                           "serviceBindingInformation",
                                           "nTSecurityDescriptor",
                                           NULL };

void point_free(struct point *p)
{
    mem_free(p->dn);
    mem_free(p->guid);
    mem_free(p->service_class);
    mem_free(p->dns_name);
    mem_free(p->dns_name_type);
    texts_free(p->keywords, p->keyword_count);
    texts_free(p->bindings, p->binding_count);
    mem_free(p->spn);
    account_free(&p->holder);
    *p = (struct point){ 0 };
}

void points_free(struct points *p)
{
    size_t i;

    for (i = 0; i < p->count; i++)
        point_free(&p->point[i]);
    mem_free(p->point);
    *p = (struct points){ 0 };
}

static enum err copy_one(const struct entry *entry, const char *name, char **ret)
{
    const char *text = entry_text(entry, name);

    if (text && strlen(text) > POINT_TEXT_MAX)
        return detail_fail(ERR_TOO_LONG, "%s of %s has %zu bytes", name, entry->dn, strlen(text));
    *ret = mem_strdup(text ? text : "");
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

/* Values that are no text are left out: anybody may have written the object. */
static enum err copy_many(const struct entry *entry, const char *name, char ***ret,
                          size_t *ret_count)
{
    const struct attribute *a = entry_attribute(entry, name);
    const char *text;
    size_t i;

    if (a && a->count > POINT_VALUES_MAX)
        return detail_fail(ERR_TOO_LONG, "%s of %s has %zu values", name, entry->dn, a->count);
    *ret = mem_array(a ? a->count : 1, sizeof **ret);
    if (!*ret)
        return ERR_NO_MEMORY;
    for (i = 0; a && i < a->count; i++) {
        text = attribute_text(a, i);
        if (!text || strlen(text) > POINT_TEXT_MAX)
            continue;
        (*ret)[*ret_count] = mem_strdup(text);
        if (!(*ret)[(*ret_count)++])
            return ERR_NO_MEMORY;
    }
    return ERR_OK;
}

static bool is_point(const struct entry *entry)
{
    const struct attribute *a = entry_attribute(entry, "objectClass");
    const char *text;
    size_t i;

    for (i = 0; a && i < a->count; i++) {
        text = attribute_text(a, i);
        if (text && strcasecmp(text, "serviceConnectionPoint") == 0)
            return true;
    }
    return false;
}

static enum err copy_guid(const struct entry *entry, char **ret)
{
    const struct attribute *a = entry_attribute(entry, "objectGUID");
    struct uuid u;

    if (!a || uuid_read(buf_view(a->value[0]), &u))
        return detail_fail(ERR_DIRECTORY, "%s has no objectGUID", entry->dn);
    *ret = mem_alloc(UUID_TEXT);
    if (!*ret)
        return ERR_NO_MEMORY;
    uuid_format(&u, *ret);
    return ERR_OK;
}

static enum err from_entry(const struct entry *entry, struct point *ret)
{
    struct point p = { 0 };
    enum err e = ERR_OK;

    if (!is_point(entry))
        return detail_fail(ERR_NO_OBJECT, "%s is no service connection point", entry->dn);
    p.dn = mem_strdup(entry->dn);
    if (!p.dn)
        e = ERR_NO_MEMORY;
    if (!e)
        e = copy_guid(entry, &p.guid);
    if (!e)
        e = copy_one(entry, "serviceClassName", &p.service_class);
    if (!e)
        e = copy_one(entry, "serviceDNSName", &p.dns_name);
    if (!e)
        e = copy_one(entry, "serviceDNSNameType", &p.dns_name_type);
    if (!e)
        e = copy_many(entry, "keywords", &p.keywords, &p.keyword_count);
    if (!e)
        e = copy_many(entry, "serviceBindingInformation", &p.bindings, &p.binding_count);
    p.has_owner = entry_owner(entry, &p.owner);
    if (e)
        point_free(&p);
    else
        *ret = p;
    return e;
}

/* "<GUID=...>" and DNs go to the server as they are. */
static enum err place(const char *which, char **ret)
{
    struct uuid u;
    char text[UUID_TEXT];

    if (!which || !*which)
        return detail_fail(ERR_INVALID_PARAMETER, "no service connection point is named");
    if (uuid_parse(which, &u) == ERR_OK) {
        uuid_format(&u, text);
        *ret = mem_printf("<GUID=%s>", text);
    } else {
        *ret = mem_strdup(which);
    }
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

enum err point_read(struct session *s, const char *which, struct point *ret)
{
    struct search q = { .scope = SEARCH_BASE,
                        .filter = "(objectClass=*)",
                        .attrs = point_attrs,
                        .max = 1,
                        .owner_and_dacl = true };
    struct entries found = { 0 };
    char *base = NULL;
    enum err e = place(which, &base);

    if (e)
        return e;
    q.base = base;
    e = session_search(s, &q, &found);
    if (!e && found.count == 0)
        e = detail_fail(ERR_NO_OBJECT, "\"%s\" is not in the directory", which);
    if (!e)
        e = from_entry(&found.entry[0], ret);
    entries_free(&found);
    mem_free(base);
    return e;
}

static bool same_set(char *const *a, size_t n, const char *const *b, size_t m)
{
    size_t i, k;

    for (i = 0; i < n; i++) {
        for (k = 0; k < m && strcmp(a[i], b[k]) != 0; k++)
            ;
        if (k == m)
            return false;
    }
    return n == m;
}

static enum err write_changes(struct session *s, const char *dn, const struct change *c, size_t k,
                              bool *ret_changed)
{
    enum err e = k ? session_modify(s, dn, c, k, false, false) : ERR_OK;

    if (e == ERR_ACCESS_DENIED)
        detail_remedy("publish the service again with the account it runs as");
    if (!e)
        *ret_changed = k > 0;
    return e;
}

static enum err write_differences(struct session *s, const struct point *p, const char *dns_name,
                                  const char *const *bindings, size_t n, bool *ret_changed)
{
    struct bytes host = bytes_of_text(dns_name), *values = NULL;
    struct change c[2];
    size_t k = 0;
    enum err e = change_texts(bindings, n, &values);

    if (e)
        return e;
    if (strcasecmp(p->dns_name, dns_name) != 0)
        c[k++] = (struct change){ CHANGE_REPLACE, "serviceDNSName", &host, *dns_name != 0 };
    if (!same_set(p->bindings, p->binding_count, bindings, n))
        c[k++] = (struct change){ CHANGE_REPLACE, "serviceBindingInformation", values, n };
    e = write_changes(s, p->dn, c, k, ret_changed);
    mem_free(values);
    return e;
}

enum err point_amend(struct session *s, const struct point *p, const struct point_facts *facts)
{
    struct bytes type = bytes_of_text(facts->dns_name_type), *values = NULL;
    struct change c[2];
    size_t k = 0;
    bool changed;
    enum err e = change_texts(facts->keywords, facts->keyword_count, &values);

    if (e)
        return e;
    if (strcasecmp(p->dns_name_type, facts->dns_name_type) != 0)
        c[k++] = (struct change){ CHANGE_REPLACE, "serviceDNSNameType", &type,
                                  *facts->dns_name_type != 0 };
    if (!same_set(p->keywords, p->keyword_count, facts->keywords, facts->keyword_count))
        c[k++] = (struct change){ CHANGE_REPLACE, "keywords", values, facts->keyword_count };
    e = write_changes(s, p->dn, c, k, &changed);
    mem_free(values);
    return e ? e
             : write_differences(s, p, facts->dns_name, facts->bindings, facts->binding_count,
                                 &changed);
}

enum err point_update(struct session *s, const char *which, const char *dns_name,
                      const char *const *bindings, size_t n, bool *ret_changed)
{
    struct point p = { 0 };
    enum err e = *dns_name ? host_name_check(host_name_undotted(bytes_of_text(dns_name))) : ERR_OK;

    if (!e)
        e = point_read(s, which, &p);
    if (!e)
        e = write_differences(s, &p, dns_name, bindings, n, ret_changed);
    point_free(&p);
    return e;
}

enum err point_remove(struct session *s, const char *which)
{
    struct point p = { 0 };
    enum err e = point_read(s, which, &p);

    if (!e)
        e = session_delete(s, p.dn);
    point_free(&p);
    return e;
}

/* The catalog lacks most attributes: each hit is read again from its own domain. One that went
 * meanwhile, or that cannot be read, is left out. */
static enum err read_hits(struct session *s, const struct entries *hits, struct points *ret)
{
    size_t i;
    enum err e = ERR_OK;

    ret->point = mem_array(hits->count ? hits->count : 1, sizeof *ret->point);
    if (!ret->point)
        return ERR_NO_MEMORY;
    for (i = 0; i < hits->count && !e; i++) {
        struct detail kept = *detail_get();
        struct session *there = NULL;
        bool own = false;

        e = session_of_object(s, hits->entry[i].dn, &there, &own);
        if (!e)
            e = point_read(there, hits->entry[i].dn, &ret->point[ret->count]);
        if (!e)
            ret->count++;
        if (own)
            session_close(there);
        if (e && e != ERR_NO_MEMORY) {
            *detail_get() = kept;
            e = ERR_OK;
        }
    }
    return e;
}

enum err points_find(struct session *s, const char *keyword, struct points *ret)
{
    static const char *const attrs[] = { "objectGUID", NULL };
    struct search q = { .base = "", .scope = SEARCH_SUBTREE, .attrs = attrs, .max = POINTS_MAX };
    struct session *catalog = NULL;
    struct entries hits = { 0 };
    struct points found = { 0 };
    char *filter = NULL;
    enum err e = session_catalog(s, &catalog);

    if (!e)
        e = keyword ? filter_format(&filter, "(&(objectClass=serviceConnectionPoint)(keywords=%s))",
                                    keyword)
                    : filter_format(&filter, "(objectClass=serviceConnectionPoint)");
    if (!e) {
        q.filter = filter;
        e = session_search(catalog, &q, &hits);
    }
    if (!e)
        e = read_hits(s, &hits, &found);
    entries_free(&hits);
    mem_free(filter);
    if (e)
        points_free(&found);
    else
        *ret = found;
    return e;
}
