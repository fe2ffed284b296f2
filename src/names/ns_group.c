/* SPDX-License-Identifier: Apache-2.0
 * ns_group.c - groups of the RPC name service changed.
 */
#include "names/ns_group.h"

#include <strings.h>

#include "base/detail.h"
#include "directory/change.h"

/* As the directory compares: without regard to case. */
bool ns_name_same(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

static enum err change(struct session *s, const char *dn, enum change_kind kind, const char *member)
{
    struct bytes value = bytes_of_text(member);
    struct change c = { kind, "rpcNsGroup", &value, member ? 1 : 0 };
    enum err e = session_modify(s, dn, &c, 1, true, false);

    ns_cache_forget();
    return e;
}

static enum err find(struct session *s, const char *dn, struct ns_entry *ret)
{
    enum err e = ns_entry_find(s, dn, ret);

    if (!e && ret->kind != NS_GROUP) {
        ns_entry_free(ret);
        e = detail_fail(ERR_NS_ENTRY_KIND, "%s is not a group", dn);
    }
    return e;
}

enum err ns_group_add(struct session *s, const char *dn, const char *member)
{
    struct ns_entry g = { 0 };
    bool made = false;
    enum err e = ns_entry_ensure(s, dn, NS_GROUP, &g, &made);

    if (!e)
        e = change(s, dn, CHANGE_ADD, member);
    if (e && made && session_delete(s, dn))
        e = detail_fail(e, "the group was made, and stays empty");
    ns_cache_forget();
    ns_entry_free(&g);
    return e;
}

enum err ns_group_remove(struct session *s, const char *dn, const char *member)
{
    struct ns_entry g = { 0 };
    const char *there = NULL;
    enum err e = find(s, dn, &g);
    size_t i;

    for (i = 0; !e && i < g.member_count; i++)
        if (ns_name_same(g.member[i], member))
            there = g.member[i];
    if (!e && !there)
        e = detail_fail(ERR_NS_NO_MEMBER, "%s is not a member of %s", member, dn);
    if (!e)
        e = change(s, dn, CHANGE_DELETE, there);
    ns_entry_free(&g);
    return e;
}

enum err ns_group_clear(struct session *s, const char *dn)
{
    struct ns_entry g = { 0 };
    enum err e = find(s, dn, &g);

    if (!e)
        e = change(s, dn, CHANGE_DELETE, NULL);
    ns_entry_free(&g);
    return e;
}
