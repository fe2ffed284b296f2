/* SPDX-License-Identifier: Apache-2.0
 * key_account_writers.c - who may write an account's mSMQSignCertificates besides the account.
 * [MS-DTYP] 2.5.3.2; [MS-ADTS] 5.1.3.3.2
 *
 * Each trustee that the descriptor allows anything that matters is checked alone, so that a denial
 * of the trustee itself counts; what groups it is a member of is not looked at. Who may change the
 * descriptor or own the object may give itself the rest.
 */
#include <stdio.h>
#include <strings.h>

#include "acl/access.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "directory/account.h"
#include "directory/filter.h"
#include "directory/key_account.h"
#include "directory/search.h"

enum {
    WRITERS_MAX = 256,
    RIGHT_WRITE_OWNER = 0x00080000,
    /* ADS_RIGHT_: create and delete children 3, list 4, self 8, read and write property 0x30,
     * delete tree 0x40, list object 0x80, control access 0x100 */
    DS_ALL = 0x000f01ff,
    DS_READ = 0x00020094,
    DS_WRITE = 0x00020028,
    DS_EXECUTE = 0x00020004,
};

static const struct acl_mapping ds_mapping = { DS_READ, DS_WRITE, DS_EXECUTE, DS_ALL };

/* The object's tree as far as this attribute stands in it: class, property set, attribute. */
struct tree {
    struct acl_node node[3];
    size_t count;
};

static enum err guid_of(const struct entry *e, const char *name, struct uuid *ret, bool *ret_there)
{
    const struct attribute *a = entry_attribute(e, name);

    *ret_there = a != NULL;
    return a ? uuid_read(buf_view(a->value[0]), ret) : ERR_OK;
}

static enum err schema_entry(struct session *s, const char *name, struct entries *ret)
{
    static const char *const attrs[] = { "schemaIDGUID", "attributeSecurityGUID", NULL };
    struct search q = { .scope = SEARCH_ONE, .attrs = attrs, .max = 1 };
    char *base = mem_printf("CN=Schema,%s", session_config_dn(s)), *filter = NULL;
    enum err e = base ? filter_format(&filter, "(lDAPDisplayName=%s)", name) : ERR_NO_MEMORY;

    q.base = base;
    q.filter = filter;
    if (!e)
        e = session_search(s, &q, ret);
    if (!e && ret->count == 0)
        e = detail_fail(ERR_NO_OBJECT, "the schema has no %s", name);
    mem_free(filter);
    mem_free(base);
    return e;
}

static enum err tree_read(struct session *s, const char *class, struct tree *ret)
{
    struct entries found = { 0 };
    struct tree t = { 0 };
    bool there = false;
    enum err e = schema_entry(s, class, &found);

    if (!e)
        e = guid_of(&found.entry[0], "schemaIDGUID", &t.node[0].type, &there);
    t.count = 1;
    entries_free(&found);
    if (!e)
        e = schema_entry(s, "mSMQSignCertificates", &found);
    if (!e)
        e = guid_of(&found.entry[0], "attributeSecurityGUID", &t.node[1].type, &there);
    if (!e && there)
        t.node[t.count++].level = 1;
    t.node[t.count].level = (uint16_t)t.count;
    if (!e)
        e = guid_of(&found.entry[0], "schemaIDGUID", &t.node[t.count++].type, &there);
    entries_free(&found);
    if (!e && !there)
        e = detail_fail(ERR_DIRECTORY, "the schema gives mSMQSignCertificates no GUID");
    if (!e)
        *ret = t;
    return e;
}

/* ---- trustees ---- */

struct writers {
    struct key_account_writer *who;
    size_t count;
};

static bool may_write(const struct descriptor *d, struct tree *t, const struct sid *who,
                      const struct sid *self)
{
    struct sid_set set = { who, NULL, 1 };
    struct acl_request rq = { .wanted = RIGHT_MAXIMUM_ALLOWED,
                              .mapping = &ds_mapping,
                              .self = self,
                              .nodes = t->node,
                              .node_count = t->count };
    uint32_t granted = 0;

    /* What a child is granted its parent is: without anything at the root there is nothing. */
    return acl_access_check(d, &set, &rq, &granted) &&
           ((t->node[0].granted & (RIGHT_WRITE_DAC | RIGHT_WRITE_OWNER)) ||
            (t->node[t->count - 1].granted & RIGHT_WRITE_PROPERTY));
}

static bool is_listed(const struct writers *w, const struct sid *who)
{
    size_t i;

    for (i = 0; i < w->count; i++)
        if (sid_equal(&w->who[i].sid, who))
            return true;
    return false;
}

static enum err consider(struct writers *w, const struct descriptor *d, struct tree *t,
                         const struct sid *who, const struct sid *self)
{
    static const struct sid principal_self = { .authority = 5, .sub = { 10 }, .count = 1 };

    if (sid_equal(who, self) || sid_equal(who, &principal_self) || is_listed(w, who) ||
        !may_write(d, t, who, self))
        return ERR_OK;
    if (w->count == WRITERS_MAX)
        return detail_fail(ERR_TOO_LONG, "more than %d trustees may write the attribute",
                           WRITERS_MAX);
    w->who[w->count++].sid = *who;
    return ERR_OK;
}

static enum err consider_all(struct writers *w, const struct descriptor *d, struct tree *t,
                             const struct sid *self)
{
    struct bytes rest = d->dacl.aces;
    enum err e = ERR_OK;
    struct ace ace;

    if (d->has_owner)
        e = consider(w, d, t, &d->owner, self);
    while (!e && rest.len) {
        e = ace_next(&rest, &ace);
        if (!e && ace.known && (ace.type == ACE_ALLOWED || ace.type == ACE_ALLOWED_OBJECT))
            e = consider(w, d, t, &ace.who, self);
    }
    return e;
}

/* ---- their names ---- */

static const char *well_known(const char *sid)
{
    static const struct {
        const char *sid, *name;
    } table[] = {
        { "S-1-1-0", "Everyone" },
        { "S-1-3-0", "Creator Owner" },
        { "S-1-5-9", "Enterprise Domain Controllers" },
        { "S-1-5-11", "Authenticated Users" },
        { "S-1-5-18", "Local System (of a domain controller)" },
    };
    size_t i;

    for (i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].sid, sid) == 0)
            return table[i].name;
    return NULL;
}

static enum err name_writer(struct session *s, struct key_account_writer *w)
{
    struct detail before = *detail_get();
    struct account a = { 0 };
    char text[SID_TEXT];
    const char *known;
    enum err e;

    sid_format(&w->sid, text);
    known = well_known(text);
    e = known ? ERR_OK : account_find(s, text, &a);
    if (!e) {
        w->name = mem_strdup(known ? known : a.name);
        e = w->name ? ERR_OK : ERR_NO_MEMORY;
    } else if (e == ERR_NO_OBJECT) { /* of another domain, or gone */
        *detail_get() = before;
        e = ERR_OK;
    }
    account_free(&a);
    return e;
}

/* ---- the descriptor ---- */

static enum err read_object(struct session *s, const char *dn, struct entries *ret)
{
    static const char *const attrs[] = { "nTSecurityDescriptor", "objectClass", NULL };
    struct search q = { .base = dn,
                        .scope = SEARCH_BASE,
                        .filter = "(objectClass=*)",
                        .attrs = attrs,
                        .max = 1,
                        .owner_and_dacl = true };
    enum err e = session_search(s, &q, ret);

    if (!e && (ret->count == 0 || !entry_attribute(&ret->entry[0], attrs[0]))) {
        entries_free(ret);
        detail_remedy("ask as the account itself or as an administrator");
        e = detail_fail(ERR_ACCESS_DENIED, "the security descriptor of %s cannot be read", dn);
    }
    return e;
}

static enum err writers_of(struct session *s, const struct key_account *a, struct writers *w)
{
    const struct attribute *raw, *classes;
    struct entries found = { 0 };
    struct descriptor d;
    struct tree t = { 0 };
    enum err e = read_object(s, a->dn, &found);

    if (e)
        return e;
    raw = entry_attribute(&found.entry[0], "nTSecurityDescriptor");
    classes = entry_attribute(&found.entry[0], "objectClass");
    e = descriptor_read(buf_view(raw->value[0]), &d);
    if (!e && (!classes || !attribute_text(classes, classes->count - 1)))
        e = detail_fail(ERR_DIRECTORY, "%s has no class", a->dn);
    if (!e)
        e = tree_read(s, attribute_text(classes, classes->count - 1), &t);
    if (!e)
        e = consider_all(w, &d, &t, &a->sid);
    entries_free(&found);
    return e;
}

void key_account_writers_free(struct key_account_writer *w, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        mem_free(w[i].name);
    mem_free(w);
}

enum err key_account_writers(struct session *s, const struct key_account *a,
                             struct key_account_writer **ret, size_t *ret_count)
{
    struct writers w = { mem_array(WRITERS_MAX, sizeof *w.who), 0 };
    struct session *home = NULL;
    bool own = false;
    size_t i;
    enum err e = w.who ? session_of_object(s, a->dn, &home, &own) : ERR_NO_MEMORY;

    if (!e) {
        e = writers_of(home, a, &w);
        for (i = 0; i < w.count && !e; i++)
            e = name_writer(home, &w.who[i]);
        if (own)
            session_close(home);
    }
    if (e) {
        key_account_writers_free(w.who, w.count);
        return e;
    }
    *ret = w.who;
    *ret_count = w.count;
    return ERR_OK;
}
