/* SPDX-License-Identifier: Apache-2.0
 * computer.c - this host's computer object.
 */
#include "directory/computer.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/filter.h"
#include "directory/host.h"

/* By its SAM account name, which is unique in its domain: the NetBIOS name and a dollar. */
enum err computer_find(struct session *s, const char *const *attrs, struct entries *ret)
{
    char *name = NULL, *filter = NULL;
    struct search q = {
        .base = session_domain_dn(s), .scope = SEARCH_SUBTREE, .attrs = attrs, .max = 2
    };
    enum err e = host_netbios_name(&name);

    if (!e)
        e = filter_format(&filter, "(&(objectClass=computer)(sAMAccountName=%s$))", name);
    if (!e) {
        q.filter = filter;
        e = session_search(s, &q, ret);
    }
    if (!e && ret->count == 0) {
        detail_remedy("join this host to the domain, or set COUNTERSIGN_HOSTNAME");
        e = detail_fail(ERR_NO_OBJECT, "%s has no computer account %s$", session_domain_dn(s),
                        name);
    }
    mem_free(filter);
    mem_free(name);
    return e;
}

enum err computer_dn(struct session *s, char **ret)
{
    static const char *const attrs[] = { "distinguishedName", NULL };
    struct entries found = { 0 };
    enum err e = computer_find(s, attrs, &found);

    if (!e) {
        *ret = mem_strdup(found.entry[0].dn);
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    entries_free(&found);
    return e;
}

enum err host_object_dn(char **ret)
{
    struct session_options o = { 0 };
    struct session *s = NULL;
    enum err e = session_open(&o, &s);

    if (!e)
        e = computer_dn(s, ret);
    session_close(s);
    return e;
}
