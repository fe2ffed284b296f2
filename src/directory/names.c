/* SPDX-License-Identifier: Apache-2.0
 * names.c - names in one form made names in another: what Windows asks a domain controller to do,
 * found by LDAP.
 */
#include "directory/names.h"

#include <stdio.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/sid.h"
#include "base/uuid.h"
#include "base/writer.h"
#include "directory/account.h"
#include "directory/filter.h"
#include "spn/dn.h"
#include "spn/spn.h"

const char *const name_attrs[] = {
    "sAMAccountName",       "userPrincipalName", "displayName", "objectGUID",
    "servicePrincipalName", "canonicalName",     NULL
};

void cracked_free(struct cracked *c)
{
    mem_free(c->domain);
    mem_free(c->name);
    *c = (struct cracked){ 0 };
}

/* The parts stand in the other order: gathered first. A slash in a part is escaped. */
enum err name_canonical(const char *dn, bool ex, char **ret)
{
    struct writer w = writer_new(2 * (size_t)DN_MAX);
    struct bytes rest = bytes_of_text(dn);
    struct rdn parts[DN_RDNS_MAX];
    size_t n = 0, i, k;
    char *domain = NULL;
    struct buf value;
    enum err e = dn_domain(dn, &domain);

    while (!e && rest.len && n < DN_RDNS_MAX) {
        e = dn_next(&rest, &parts[n]);
        if (!e && parts[n].key.len == 2 && !strncasecmp((const char *)parts[n].key.ptr, "DC", 2))
            break; /* the domain's parts */
        n++;
    }
    writer_bytes(&w, bytes_of_text(domain));
    if (!e && n == 0)
        writer_u8(&w, ex ? '\n' : '/');
    for (i = n; i-- > 0 && !e;) {
        writer_u8(&w, i == 0 && ex ? '\n' : '/');
        e = dn_unquote(parts[i].value, &value);
        for (k = 0; !e && k < value.len; k++) {
            if (value.ptr[k] == '/' || value.ptr[k] == '\\')
                writer_u8(&w, '\\');
            writer_u8(&w, value.ptr[k]);
        }
        if (!e)
            buf_free(&value);
    }
    mem_free(domain);
    writer_u8(&w, 0);
    if (e) {
        writer_done(&w);
        return e;
    }
    e = writer_take(&w, &value);
    if (!e)
        *ret = (char *)value.ptr;
    return e;
}

/* What a name is by its looks; the order matters. */
static enum name_form looks_like(const char *name)
{
    struct uuid u;
    struct sid s;

    if (uuid_parse(name, &u) == ERR_OK)
        return NAME_GUID;
    if (sid_parse(name, &s) == ERR_OK)
        return NAME_SID;
    if (strchr(name, '='))
        return strchr(name, '/') ? NAME_SPN : NAME_DN;
    if (strchr(name, '\\'))
        return NAME_NT4;
    if (strchr(name, '/'))
        return strchr(name, '/') > strchr(name, '.') && strchr(name, '.') ? NAME_CANONICAL
                                                                          : NAME_SPN;
    return strchr(name, '@') ? NAME_UPN : NAME_DISPLAY;
}

/* "x.y/b/a" names an object by its last part; which of those found it is, canonicalName says. */
static enum err find_canonical(struct session *s, const char *name, struct entries *ret)
{
    struct search q = {
        .base = session_domain_dn(s), .scope = SEARCH_SUBTREE, .attrs = name_attrs, .max = 1000
    };
    const char *slash = strrchr(name, '/');
    char *filter = NULL;
    size_t i, kept = 0;
    enum err e = slash && slash[1] ? filter_format(&filter, "(name=%s)", slash + 1) : ERR_NO_OBJECT;

    if (e)
        return e;
    q.filter = filter;
    e = session_search(s, &q, ret);
    mem_free(filter);
    for (i = 0; !e && i < ret->count; i++) {
        const char *is = entry_text(&ret->entry[i], "canonicalName");

        if (is && strcasecmp(is, name) == 0) {
            struct entry swap = ret->entry[kept];

            ret->entry[kept++] = ret->entry[i];
            ret->entry[i] = swap;
        }
    }
    if (!e && kept == 0)
        e = ERR_NO_OBJECT;
    else if (!e && kept > 1)
        e = ERR_AMBIGUOUS;
    return e;
}

static enum err find_attribute(struct session *s, const char *attribute, const char *value,
                               struct entries *ret)
{
    struct search q = {
        .base = session_domain_dn(s), .scope = SEARCH_SUBTREE, .attrs = name_attrs, .max = 2
    };
    char *filter = NULL, *pattern = mem_printf("(%s=%%s)", attribute);
    enum err e = pattern ? filter_format(&filter, pattern, value) : ERR_NO_MEMORY;

    mem_free(pattern);
    if (e)
        return e;
    q.filter = filter;
    e = session_search(s, &q, ret);
    mem_free(filter);
    if (e == ERR_TOO_LONG || (!e && ret->count > 1))
        return ERR_AMBIGUOUS;
    return !e && ret->count == 0 ? ERR_NO_OBJECT : e;
}

/* "www/host@REALM": the directory's values have no realm. */
static enum err find_spn(struct session *s, const char *name, struct entries *ret)
{
    struct spn spn;
    char *bare = NULL;
    enum err e = spn_parse_target(name, &spn);

    if (e)
        return ERR_NO_OBJECT;
    spn.realm = NULL;
    e = spn_format(&spn, &bare);
    spn_free(&spn);
    if (!e)
        e = find_attribute(s, "servicePrincipalName", bare, ret);
    mem_free(bare);
    return e;
}

static enum err find_guid(struct session *s, const char *name, struct entries *ret)
{
    struct uuid u;
    char text[UUID_TEXT], base[UUID_TEXT + 10];

    if (uuid_parse(name, &u))
        return ERR_NO_OBJECT;
    uuid_format(&u, text);
    snprintf(base, sizeof base, "<GUID=%s>", text);
    return session_read(s, base, name_attrs, ret);
}

static enum err find(struct session *s, enum name_form form, const char *name, struct entries *ret)
{
    switch (form) {
    case NAME_DN:
        return dn_check(name) ? ERR_NO_OBJECT : session_read(s, name, name_attrs, ret);
    case NAME_NT4:
        return strchr(name, '\\') ? account_entry(s, name, name_attrs, ret) : ERR_NO_OBJECT;
    case NAME_DISPLAY:
        return find_attribute(s, "displayName", name, ret);
    case NAME_GUID:
        return find_guid(s, name, ret);
    case NAME_CANONICAL:
        return find_canonical(s, name, ret);
    case NAME_UPN:
        return strchr(name, '@') ? account_entry(s, name, name_attrs, ret) : ERR_NO_OBJECT;
    case NAME_SPN:
        return find_spn(s, name, ret);
    case NAME_SID:
        return strncasecmp(name, "S-1-", 4) ? ERR_NO_OBJECT
                                            : account_entry(s, name, name_attrs, ret);
    default:
        return detail_fail(ERR_INVALID_PARAMETER, "%d is no form names are offered in", (int)form);
    }
}

static enum err copy(const char *text, struct cracked *c)
{
    if (!text) {
        c->status = NAME_NO_MAPPING;
        return ERR_OK;
    }
    c->name = mem_strdup(text);
    return c->name ? ERR_OK : ERR_NO_MEMORY;
}

static enum err nt4_name(struct session *s, const struct entry *entry, struct cracked *c)
{
    const char *sam = entry_text(entry, "sAMAccountName");
    char *netbios = NULL;
    enum err e;

    if (!sam)
        return copy(NULL, c);
    e = account_domain_netbios(s, &netbios);
    if (e)
        return e;
    c->name = mem_printf("%s\\%s", netbios, sam);
    mem_free(netbios);
    return c->name ? ERR_OK : ERR_NO_MEMORY;
}

static enum err guid_name(const struct entry *entry, struct cracked *c)
{
    const struct attribute *a = entry_attribute(entry, "objectGUID");
    char text[UUID_TEXT];
    struct uuid u;

    if (!a || uuid_read(buf_view(a->value[0]), &u))
        return copy(NULL, c);
    uuid_format(&u, text);
    c->name = mem_printf("{%s}", text);
    return c->name ? ERR_OK : ERR_NO_MEMORY;
}

static enum err spn_name(const struct entry *entry, struct cracked *c)
{
    const struct attribute *a = entry_attribute(entry, "servicePrincipalName");

    if (a && a->count > 1) {
        c->status = NAME_NOT_UNIQUE;
        return ERR_OK;
    }
    return copy(attribute_text(a, 0), c);
}

static enum err in_form(struct session *s, const struct entry *entry, enum name_form desired,
                        struct cracked *c)
{
    switch (desired) {
    case NAME_DN:
        return copy(entry->dn, c);
    case NAME_NT4:
        return nt4_name(s, entry, c);
    case NAME_DISPLAY:
        return copy(entry_text(entry, "displayName"), c);
    case NAME_GUID:
        return guid_name(entry, c);
    case NAME_CANONICAL:
    case NAME_CANONICAL_EX:
        return name_canonical(entry->dn, desired == NAME_CANONICAL_EX, &c->name);
    case NAME_UPN:
        return copy(entry_text(entry, "userPrincipalName"), c);
    case NAME_SPN:
        return spn_name(entry, c);
    default:
        return detail_fail(ERR_INVALID_PARAMETER, "%d is no form names are given in", (int)desired);
    }
}

enum err name_of_entry(struct session *s, const struct entry *entry, enum name_form desired,
                       struct cracked *ret)
{
    struct cracked c = { 0 };
    enum err e = dn_domain(entry->dn, &c.domain);

    if (!e)
        e = in_form(s, entry, desired, &c);
    if (e)
        cracked_free(&c);
    else
        *ret = c;
    return e;
}

enum err name_crack(struct session *s, enum name_form offered, enum name_form desired,
                    const char *name, struct cracked *ret)
{
    struct detail kept = *detail_get();
    struct entries found = { 0 };
    enum err e;

    *ret = (struct cracked){ .status = NAME_NOT_FOUND };
    if (!name || !*name)
        return ERR_OK;
    e = find(s, offered == NAME_UNKNOWN ? looks_like(name) : offered, name, &found);
    if (!e)
        e = name_of_entry(s, &found.entry[0], desired, ret);
    entries_free(&found);
    if (e == ERR_NO_OBJECT || e == ERR_AMBIGUOUS || e == ERR_DIRECTORY) {
        ret->status = e == ERR_NO_OBJECT   ? NAME_NOT_FOUND
                      : e == ERR_AMBIGUOUS ? NAME_NOT_UNIQUE
                                           : NAME_RESOLVING;
        *detail_get() = kept;
        e = ERR_OK;
    }
    return e;
}

enum err name_crack_text(enum name_form offered, enum name_form desired, const char *name,
                         struct cracked *ret)
{
    bool canonical = desired == NAME_CANONICAL || desired == NAME_CANONICAL_EX;
    struct cracked c = { 0 };
    enum err e;

    *ret = (struct cracked){ .status = NAME_NO_SYNTACTICAL_MAPPING };
    if (!name || (offered != NAME_DN && !(offered == NAME_UNKNOWN && strchr(name, '='))) ||
        (!canonical && desired != NAME_DN) || dn_check(name))
        return ERR_OK;
    e = dn_domain(name, &c.domain);
    if (!e)
        e = canonical ? name_canonical(name, desired == NAME_CANONICAL_EX, &c.name)
                      : copy(name, &c);
    if (e) {
        cracked_free(&c);
        return e == ERR_NO_MEMORY ? e : ERR_OK;
    }
    *ret = c;
    return ERR_OK;
}
