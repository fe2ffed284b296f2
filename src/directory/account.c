/* SPDX-License-Identifier: Apache-2.0
 * account.c - accounts by any name they go by.
 */
#include "directory/account.h"

#include <strings.h>

#include "acl/descriptor.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "directory/computer.h"
#include "directory/filter.h"
#include "spn/dn.h"

static const char *const account_attrs[] = { "sAMAccountName", "objectSid", NULL };

void account_free(struct account *a)
{
    mem_free(a->dn);
    mem_free(a->name);
    *a = (struct account){ 0 };
}

static enum err from_entry(const struct entry *entry, struct account *ret)
{
    const struct attribute *sid = entry_attribute(entry, "objectSid");
    const char *name = entry_text(entry, "sAMAccountName");
    struct account a = { 0 };

    if (!sid || sid_read(buf_view(sid->value[0]), &a.sid))
        return detail_fail(ERR_NO_OBJECT, "\"%s\" is no account: it has no SID", entry->dn);
    a.dn = mem_strdup(entry->dn);
    a.name = mem_strdup(name ? name : "");
    if (!a.dn || !a.name) {
        account_free(&a);
        return ERR_NO_MEMORY;
    }
    *ret = a;
    return ERR_OK;
}

static enum err sid_filter(const struct sid *sid, char **ret)
{
    struct writer w = writer_new(SID_BYTES_MAX);
    struct buf raw = { 0 };
    char *escaped = NULL;
    enum err e;

    sid_put(&w, sid);
    e = writer_take(&w, &raw);
    if (!e)
        e = filter_escape_bytes(buf_view(raw), &escaped);
    buf_free(&raw);
    if (e)
        return e;
    *ret = mem_printf("(objectSid=%s)", escaped);
    mem_free(escaped);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

static enum err domain_entry(struct session *s, struct entries *ret)
{
    static const char *const attrs[] = { "nETBIOSName", "dnsRoot", NULL };
    struct search q = {
        .base = session_config_dn(s), .scope = SEARCH_SUBTREE, .attrs = attrs, .max = 2
    };
    char *filter = NULL;
    enum err e =
        filter_format(&filter, "(&(objectClass=crossRef)(nCName=%s))", session_domain_dn(s));

    if (e)
        return e;
    q.filter = filter;
    e = session_search(s, &q, ret);
    mem_free(filter);
    if (!e && ret->count != 1)
        e = detail_fail(ERR_DIRECTORY, "%s is described %zu times", session_domain_dn(s),
                        ret->count);
    return e;
}

enum err account_domain_netbios(struct session *s, char **ret)
{
    struct entries found = { 0 };
    const char *name;
    enum err e = domain_entry(s, &found);

    name = e ? NULL : entry_text(&found.entry[0], "nETBIOSName");
    if (!e && !name)
        e = detail_fail(ERR_DIRECTORY, "%s has no NetBIOS name", session_domain_dn(s));
    if (!e) {
        *ret = mem_strdup(name);
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    entries_free(&found);
    return e;
}

static bool is_text(const char *value, const char *name, size_t len)
{
    return value && strlen(value) == len && strncasecmp(value, name, len) == 0;
}

/* "DOMAIN\name": the domain is the session's own, by its NetBIOS or its DNS name. */
static enum err check_domain(struct session *s, const char *name, size_t len)
{
    struct entries found = { 0 };
    bool same = false;
    enum err e = domain_entry(s, &found);

    if (!e)
        same = is_text(entry_text(&found.entry[0], "nETBIOSName"), name, len) ||
               is_text(entry_text(&found.entry[0], "dnsRoot"), name, len);
    entries_free(&found);
    if (!e && !same)
        e = detail_fail(ERR_NO_OBJECT, "%.*s is not the domain %s", (int)len, name,
                        session_domain_dn(s));
    return e;
}

/* "user@domain" as a userPrincipalName; in the session's own domain also as what every account has
 * without one. A name of another domain must not fall on an account of ours that is called alike.
 */
static enum err upn_filter(struct session *s, const char *name, char **ret)
{
    const char *at = strrchr(name, '@');
    char *user = NULL, *domain = NULL;
    enum err e = dn_domain(session_domain_dn(s), &domain);

    if (!e && strcasecmp(at + 1, domain) != 0) {
        e = filter_format(ret, "(userPrincipalName=%s)", name);
    } else if (!e) {
        user = mem_strndup(name, (size_t)(at - name));
        e = user ? filter_format(ret, "(|(userPrincipalName=%s)(sAMAccountName=%s))", name, user)
                 : ERR_NO_MEMORY;
    }
    mem_free(domain);
    mem_free(user);
    return e;
}

static enum err name_filter(struct session *s, const char *name, char **ret)
{
    const char *slash = strchr(name, '\\');
    struct sid sid;
    enum err e;

    if (sid_parse(name, &sid) == ERR_OK)
        return sid_filter(&sid, ret);
    if (strchr(name, '@') && !slash)
        return upn_filter(s, name, ret);
    if (slash) {
        e = check_domain(s, name, (size_t)(slash - name));
        if (e)
            return e;
        name = slash + 1;
    }
    return filter_format(ret, "(sAMAccountName=%s)", name);
}

static bool is_dn(const char *name)
{
    return strncasecmp(name, "<GUID=", 6) == 0 ||
           (strchr(name, '=') && strchr(name, ',') && !strchr(name, '\\')) ||
           strncasecmp(name, "CN=", 3) == 0;
}

enum err account_entry(struct session *s, const char *name, const char *const *attrs,
                       struct entries *ret)
{
    struct search q = {
        .base = session_domain_dn(s), .scope = SEARCH_SUBTREE, .attrs = attrs, .max = 2
    };
    char *filter = NULL;
    enum err e;

    if (!name || !*name)
        return detail_fail(ERR_INVALID_PARAMETER, "no account is named");
    if (is_dn(name))
        return session_read(s, name, attrs, ret);
    e = name_filter(s, name, &filter);
    if (e)
        return e;
    q.filter = filter;
    e = session_search(s, &q, ret);
    mem_free(filter);
    if (e == ERR_TOO_LONG || (!e && ret->count > 1)) {
        if (!e)
            entries_free(ret);
        return detail_fail(ERR_AMBIGUOUS, "\"%s\" names more than one account", name);
    }
    if (!e && ret->count == 0)
        e = detail_fail(ERR_NO_OBJECT, "\"%s\" is no account of %s", name, session_domain_dn(s));
    return e;
}

enum err account_find(struct session *s, const char *name, struct account *ret)
{
    struct entries found = { 0 };
    enum err e = account_entry(s, name, account_attrs, &found);

    if (!e)
        e = from_entry(&found.entry[0], ret);
    entries_free(&found);
    return e;
}

/* The server says whom it took us for; our own credential's name may be an alias. */
enum err account_self(struct session *s, struct account *ret)
{
    static const char *const attrs[] = { "tokenGroups", NULL };
    const char *who = session_identity(s);
    struct entries root = { 0 };
    const struct attribute *groups;
    struct sid sid;
    char text[SID_TEXT];
    enum err e;

    if (who)
        return account_find(s, who, ret);
    /* The first of the root entry's tokenGroups is the caller.  [MS-ADTS] 3.1.1.3.2 */
    e = session_read(s, "", attrs, &root);
    groups = e ? NULL : entry_attribute(&root.entry[0], "tokenGroups");
    if (!e && (!groups || sid_read(buf_view(groups->value[0]), &sid)))
        e = detail_fail(ERR_NO_OBJECT, "the directory does not say whom it took us for");
    entries_free(&root);
    if (e)
        return e;
    sid_format(&sid, text);
    return account_find(s, text, ret);
}

enum err account_of_host(struct session *s, struct account *ret)
{
    struct entries found = { 0 };
    enum err e = computer_find(s, account_attrs, &found);

    if (!e)
        e = from_entry(&found.entry[0], ret);
    entries_free(&found);
    return e;
}

/* tokenGroups of an object: all its groups, nested and primary, computed by the server. */
enum err account_is_member(struct session *s, const struct account *member,
                           const struct account *group, bool *ret)
{
    static const char *const attrs[] = { "tokenGroups", NULL };
    struct entries found = { 0 };
    struct search q = { .scope = SEARCH_BASE, .attrs = account_attrs, .max = 1 };
    const struct attribute *groups;
    struct sid one;
    char *filter = NULL;
    bool is = sid_equal(&member->sid, &group->sid);
    size_t i;
    enum err e;

    if (is) {
        *ret = true;
        return ERR_OK;
    }
    e = session_read(s, member->dn, attrs, &found);
    if (e)
        return e;
    groups = entry_attribute(&found.entry[0], "tokenGroups");
    for (i = 0; groups && i < groups->count && !is; i++)
        is = sid_read(buf_view(groups->value[i]), &one) == ERR_OK && sid_equal(&one, &group->sid);
    entries_free(&found);
    if (!is && !groups) { /* not readable by everybody: ask for the chain of memberOf instead */
        e = filter_format(&filter, "(memberOf:1.2.840.113556.1.4.1941:=%s)", group->dn);
        q.base = member->dn;
        q.filter = filter;
        if (!e)
            e = session_search(s, &q, &found);
        is = !e && found.count == 1;
        entries_free(&found);
        mem_free(filter);
    }
    if (!e)
        *ret = is;
    return e;
}

bool entry_owner(const struct entry *entry, struct sid *ret)
{
    const struct attribute *a = entry_attribute(entry, "nTSecurityDescriptor");
    struct descriptor d;

    if (!a || descriptor_read(buf_view(a->value[0]), &d) || !d.has_owner)
        return false;
    *ret = d.owner;
    return true;
}
