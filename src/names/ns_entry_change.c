/* SPDX-License-Identifier: Apache-2.0
 * ns_entry_change.c - entries of the RPC name service found, made, deleted.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "directory/change.h"
#include "names/ns_server.h"

static const char *const classes[] = {
    [NS_SERVER] = "rpcServer", [NS_GROUP] = "rpcGroup", [NS_PROFILE] = "rpcProfile"
};

enum err ns_entry_find(struct session *s, const char *dn, struct ns_entry *ret)
{
    struct ns_read *r = NULL;
    enum err e = ns_read(s, dn, 0, &r);

    if (e)
        return e;
    e = ns_entry_read(&r->found, ret);
    ns_read_unref(r);
    return e;
}

static enum err add(struct session *s, const char *dn, enum ns_kind kind)
{
    struct bytes name = bytes_of_text(classes[kind]);
    struct change c = { CHANGE_ADD, "objectClass", &name, 1 };

    return session_add(s, dn, &c, 1);
}

enum err ns_entry_create(struct session *s, const char *dn)
{
    enum err e = add(s, dn, NS_SERVER);

    return e == ERR_EXISTS ? ERR_NS_ENTRY_EXISTS : e;
}

/* An object's class never changes: one that holds nothing is replaced. */
static enum err turn(struct session *s, const char *dn, enum ns_kind kind, struct ns_entry *old)
{
    enum err e;

    if (!ns_entry_is_empty(old))
        return detail_fail(ERR_NS_ENTRY_KIND, "%s is an %s, and not empty", dn, classes[old->kind]);
    e = session_delete(s, dn);
    if (!e)
        e = add(s, dn, kind);
    if (!e) {
        ns_cache_forget();
        old->kind = kind;
    }
    return e;
}

enum err ns_entry_ensure(struct session *s, const char *dn, enum ns_kind kind, struct ns_entry *ret,
                         bool *ret_made)
{
    struct detail before = *detail_get();
    struct ns_entry found = { 0 };
    enum err e = ns_entry_find(s, dn, &found);

    *ret_made = false;
    if (e == ERR_NS_NO_ENTRY) {
        *detail_get() = before; /* its absence is no failure */
        e = add(s, dn, kind);
        *ret_made = !e;
        if (!e || e == ERR_EXISTS) /* somebody else's in the meantime */
            e = ns_entry_find(s, dn, &found);
    }
    if (!e && found.kind != kind)
        e = turn(s, dn, kind, &found);
    if (e)
        ns_entry_free(&found);
    else
        *ret = found;
    return e;
}

/* However many there are: only what may be read has a limit. */
static enum err delete_below(struct session *s, const char *dn)
{
    static const char *const attrs[] = { "1.1", NULL };
    struct search q = {
        .base = dn, .scope = SEARCH_ONE, .filter = "(objectClass=*)", .attrs = attrs
    };
    struct entries found = { 0 };
    enum err e = session_search(s, &q, &found);
    size_t i;

    for (i = 0; !e && i < found.count; i++) {
        e = session_delete(s, found.entry[i].dn);
        if (e == ERR_NO_OBJECT)
            e = ERR_OK;
    }
    entries_free(&found);
    return e;
}

enum err ns_entry_delete(struct session *s, const char *dn)
{
    struct entries head = { 0 };
    struct ns_entry entry = { 0 };
    enum err e = session_read(s, dn, ns_entry_attrs, &head);

    if (!e)
        e = ns_entry_read(&head, &entry); /* only what is an entry is deleted */
    if (!e)
        e = delete_below(s, dn);
    if (!e)
        e = session_delete(s, dn);
    ns_cache_forget();
    ns_entry_free(&entry);
    entries_free(&head);
    return e == ERR_NO_OBJECT ? ERR_NS_NO_ENTRY : e;
}
