/* SPDX-License-Identifier: Apache-2.0
 * ns_inquiry.c - what one entry has, listed: objects, members, elements.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "names/ns_cache.h"
#include "names/ns_door.h"

static enum err check_kind(const struct ns_handle *h, enum ns_kind kind)
{
    static const enum ns_kind wanted[] = {
        [NS_OBJECTS] = NS_SERVER, [NS_MEMBERS] = NS_GROUP, [NS_LINKS] = NS_PROFILE
    };

    if (kind == wanted[h->use])
        return ERR_OK;
    return detail_fail(ERR_NS_ENTRY_KIND, "%s is an entry of another kind", h->at.dn);
}

static enum err read_entry(struct ns_handle *h, struct ns_entry *ret)
{
    struct ns_entry n = { 0 };
    struct ns_read *r = NULL;
    enum err e = ns_read(h->at.session, h->at.dn, ns_handle_age(h), &r);

    if (!e)
        e = ns_entry_read(&r->found, &n);
    if (!e)
        e = check_kind(h, n.kind);
    ns_read_unref(r);
    if (e)
        ns_entry_free(&n);
    else
        *ret = n;
    return e;
}

/* Read now, to say whether it is there, and again by the first Next function, where it is too old
 * then by the age the handle has got in between. */
RPC_STATUS ns_inquiry_begin(const struct ns_inquiry *q, const struct ns_links *links,
                            RPC_NS_HANDLE *ret)
{
    struct ns_handle *h = NULL;
    struct ns_entry n = { 0 };
    enum err e;

    if (!ret)
        return RPC_S_INVALID_ARG;
    e = ns_handle_new(q->use, &h);
    if (!e && links) {
        h->links = *links;
        h->links.member = NULL;
    }
    if (!e)
        e = ns_at_open(q->wide, q->syntax, q->name, &h->at);
    if (!e && links && links->member)
        e = ns_home_expand(&h->at.home, links->member, &h->links.member);
    if (!e)
        e = read_entry(h, &n);
    ns_entry_free(&n);
    if (e) {
        ns_handle_free(h);
        return ns_status(e);
    }
    return ns_status(ns_handle_publish(h, ret));
}

enum err ns_inquiry_take(RPC_NS_HANDLE handle, enum ns_use use, struct ns_handle **ret)
{
    struct ns_handle *h = NULL;
    enum err e = ns_handle_take(handle, use, &h);

    if (e)
        return e;
    if (!h->entry_read) {
        e = read_entry(h, &h->entry);
        h->entry_read = !e;
    }
    if (e)
        ns_handle_release(handle, h);
    else
        *ret = h;
    return e;
}
