/* SPDX-License-Identifier: Apache-2.0
 * ns_profile.c - profiles of the RPC name service changed.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "crypto/random.h"
#include "directory/change.h"
#include "names/ns_group.h"
#include "names/place.h"

static const struct ns_if any = { 0 }; /* the default element's */

static bool is_default(const struct ns_if *f)
{
    return ns_uuid_is_nil(&f->id);
}

static bool same_face(const struct ns_if *a, const struct ns_if *b)
{
    return is_default(a) ? is_default(b) : ns_if_matches(a, NS_EXACT, b);
}

static enum err find(struct session *s, const char *dn, struct ns_entry *ret)
{
    enum err e = ns_entry_find(s, dn, ret);

    if (!e && ret->kind != NS_PROFILE) {
        ns_entry_free(ret);
        e = detail_fail(ERR_NS_ENTRY_KIND, "%s is not a profile", dn);
    }
    return e;
}

/* An element's own name says nothing: any that is free. */
static enum err add_link(struct session *s, const char *dn, const struct ns_link_want *w,
                         const struct ns_if *face, const char *priority)
{
    static const char class[] = "rpcProfileElement";
    struct bytes one[5];
    struct change c[] = {
        { CHANGE_ADD, "objectClass", &one[0], 1 },
        { CHANGE_ADD, "rpcNsInterfaceID", &one[1], 1 },
        { CHANGE_ADD, "rpcNsProfileEntry", &one[2], 1 },
        { CHANGE_ADD, "rpcNsPriority", &one[3], 1 },
        { CHANGE_ADD, "rpcNsAnnotation", &one[4], 1 },
    };
    bool annotated = w->annotation && *w->annotation;
    char text[NS_IF_TEXT], name[UUID_TEXT], *below = NULL;
    struct uuid u;
    enum err e = crypto_random(&u, sizeof u);

    ns_if_format(face, text);
    one[0] = bytes_of_text(class);
    one[1] = bytes_of_text(text);
    one[2] = bytes_of_text(w->member);
    one[3] = bytes_of_text(priority);
    one[4] = bytes_of_text(w->annotation);
    if (!e) {
        uuid_format(&u, name);
        e = place_below(dn, name, &below);
    }
    if (!e)
        e = session_add(s, below, c, annotated ? 5 : 4);
    mem_free(below);
    return e;
}

static enum err amend_link(struct session *s, const struct ns_link *l, const struct ns_link_want *w,
                           const char *priority)
{
    struct bytes one[] = { bytes_of_text(w->member), bytes_of_text(priority),
                           bytes_of_text(w->annotation) };
    struct change c[] = { { CHANGE_REPLACE, "rpcNsProfileEntry", &one[0], 1 },
                          { CHANGE_REPLACE, "rpcNsPriority", &one[1], 1 },
                          { CHANGE_REPLACE, "rpcNsAnnotation", &one[2], one[2].len ? 1 : 0 } };

    return session_modify(s, l->dn, c, 3, true, false);
}

/* Where the next element of that interface, and member (NULL: any), stands, from i on. Two that
 * were added at the same time may be alike. */
static size_t link_of(const struct ns_entry *p, size_t i, const struct ns_if *face,
                      const char *member)
{
    while (i < p->link_count && !(same_face(face, &p->link[i].face) &&
                                  (!member || ns_name_same(member, p->link[i].member))))
        i++;
    return i;
}

/* Those from i on. */
static enum err drop_links(struct session *s, const struct ns_entry *p, size_t i,
                           const struct ns_if *face, const char *member)
{
    enum err e = ERR_OK;

    for (i = link_of(p, i, face, member); i < p->link_count && !e;
         i = link_of(p, i + 1, face, member)) {
        e = session_delete(s, p->link[i].dn);
        if (e == ERR_NO_OBJECT)
            e = ERR_OK;
    }
    return e;
}

enum err ns_profile_add(struct session *s, const char *dn, const struct ns_link_want *w)
{
    const struct ns_if *face = w->face ? w->face : &any;
    const char *member = w->face ? w->member : NULL; /* there is one default element */
    struct ns_entry p = { 0 };
    char priority[12];
    bool made = false;
    size_t at;
    enum err e;

    if (w->priority > NS_PRIORITY_MOST || (!w->face && w->priority))
        return detail_fail(ERR_INVALID_PARAMETER,
                           "a priority of %u: 0 to %d, and 0 of the default element, are taken",
                           w->priority, NS_PRIORITY_MOST);
    snprintf(priority, sizeof priority, "%u", w->priority);
    e = ns_entry_ensure(s, dn, NS_PROFILE, &p, &made);
    at = e ? 0 : link_of(&p, 0, face, member);
    if (!e && at == p.link_count && p.link_count >= NS_ELEMENTS_MOST)
        e = detail_fail(ERR_TOO_LONG, "%s has %zu elements, which is all it may have", dn,
                        p.link_count);
    if (!e && at == p.link_count)
        e = add_link(s, dn, w, face, priority);
    else if (!e)
        e = amend_link(s, &p.link[at], w, priority);
    if (!e)
        e = drop_links(s, &p, at + 1, face, member);
    if (e && made && session_delete(s, dn))
        e = detail_fail(e, "the profile was made, and stays empty");
    ns_cache_forget();
    ns_entry_free(&p);
    return e;
}

enum err ns_profile_remove(struct session *s, const char *dn, const struct ns_link_want *w)
{
    const struct ns_if *face = w->face ? w->face : &any;
    struct ns_entry p = { 0 };
    enum err e = find(s, dn, &p);
    size_t at = 0;

    if (!e)
        at = link_of(&p, 0, face, w->member);
    if (!e && at == p.link_count)
        e = detail_fail(ERR_NS_NO_ENTRY, "%s has no such element for %s", dn, w->member);
    if (!e)
        e = drop_links(s, &p, at, face, w->member);
    ns_cache_forget();
    ns_entry_free(&p);
    return e;
}

enum err ns_profile_clear(struct session *s, const char *dn)
{
    struct ns_entry p = { 0 };
    enum err e = find(s, dn, &p);
    size_t i;

    for (i = 0; !e && i < p.link_count; i++) {
        e = session_delete(s, p.link[i].dn);
        if (e == ERR_NO_OBJECT)
            e = ERR_OK;
    }
    ns_cache_forget();
    ns_entry_free(&p);
    return e;
}
