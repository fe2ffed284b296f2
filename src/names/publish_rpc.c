/* SPDX-License-Identifier: Apache-2.0
 * publish_rpc.c - the entry of an RPC server that is published whole. Entries of several hosts are
 * one object: only this host's bindings of this interface are touched.
 */
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "names/ns_server.h"
#include "names/publish.h"

/* What one host has under one interface. */
struct set {
    struct ns_publication publication;
    struct ns_binding binding[NS_EXPORTED_MOST]; /* borrowed */
    struct uuid object[NAME_OBJECTS_MOST];
};

static enum err set_new(const struct name_plan *p, struct set **ret)
{
    struct set *t = mem_zero(sizeof *t);

    if (!t)
        return ERR_NO_MEMORY;
    if (ns_if_parse(bytes_of_text(p->want.type), &t->publication.face)) {
        mem_free(t);
        return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no interface: write UUID,1.0",
                           p->want.type);
    }
    t->publication.syntax = ns_ndr;
    t->publication.binding = t->binding;
    t->publication.object = t->object;
    *ret = t;
    return ERR_OK;
}

static enum err wanted(const struct name_plan *p, struct set **ret)
{
    const struct name_service *w = &p->want;
    struct set *t = NULL;
    size_t i;
    enum err e = set_new(p, &t);

    for (i = 0; !e && i < w->address_count; i++)
        t->binding[t->publication.count++] =
            (struct ns_binding){ p->host, (char *)(uintptr_t)w->address[i] };
    for (i = 0; !e && i < w->object_count; i++)
        if (uuid_parse(w->object[i], &t->object[t->publication.object_count++]))
            e = detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no object's UUID", w->object[i]);
    if (!e && !w->address_count)
        e = detail_fail(ERR_INVALID_PARAMETER, "an RPC server without a binding");
    if (e)
        mem_free(t);
    else
        *ret = t;
    return e;
}

static bool holds(const struct ns_binding *list, size_t n, const struct ns_binding *b)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strcasecmp(list[i].host, b->host) == 0 && strcmp(list[i].text, b->text) == 0)
            return true;
    return false;
}

/* The host's bindings in the entry. */
static void of_host(const struct ns_entry *e, const char *host, struct set *ret)
{
    size_t i, n;

    for (i = 0; e && i < e->element_count; i++) {
        const struct ns_element *x = &e->element[i];

        if (!ns_if_matches(&ret->publication.face, NS_EXACT, &x->face))
            continue;
        for (n = 0; n < x->count && ret->publication.count < NS_EXPORTED_MOST; n++)
            if (strcasecmp(x->binding[n].host, host) == 0)
                ret->binding[ret->publication.count++] = x->binding[n];
    }
}

static bool is_none(enum err e)
{
    return e == ERR_NS_NO_ENTRY || e == ERR_NS_NO_INTERFACE || e == ERR_NO_OBJECT;
}

static enum err look(struct session *s, const struct name_plan *p, void **ret_before)
{
    struct detail kept = *detail_get();
    struct ns_entry *n = mem_zero(sizeof *n);
    struct set *now = NULL;
    enum err e = n ? wanted(p, &now) : ERR_NO_MEMORY;

    mem_free(now); /* what cannot be published is known before anything is done */
    if (!e)
        e = ns_entry_find(s, p->dn, n);
    if (e) {
        mem_free(n);
        n = NULL;
    }
    if (is_none(e)) {
        *detail_get() = kept;
        e = ERR_OK;
    }
    *ret_before = n;
    return e;
}

static void forget(void *before)
{
    if (before)
        ns_entry_free(before);
    mem_free(before);
}

/* Takes the host's bindings of the interface out, and object with them. */
static enum err take(struct session *s, const struct name_plan *p, const struct set *of,
                     const struct uuid *object, size_t count)
{
    struct ns_removal r = { .face = &of->publication.face,
                            .how = NS_EXACT,
                            .host = p->host,
                            .object = object,
                            .object_count = count };
    struct detail kept = *detail_get();
    enum err e = ns_unexport(s, p->dn, &r);

    if (is_none(e) || e == ERR_NS_OBJECTS_LEFT) {
        *detail_get() = kept;
        return ERR_OK;
    }
    return e;
}

/* Bindings that are no longer true go first where there are any: the service is away for that
 * moment. */
static enum err publish(struct session *s, const struct name_plan *p, const void *before)
{
    struct set *now = NULL, *old = NULL;
    bool stale = false;
    size_t i;
    enum err e = wanted(p, &now);

    if (!e)
        e = set_new(p, &old);
    if (!e)
        of_host(before, p->host, old);
    for (i = 0; !e && i < old->publication.count; i++)
        stale = stale || !holds(now->binding, now->publication.count, &old->binding[i]);
    if (!e && stale)
        e = take(s, p, old, NULL, 0);
    if (!e)
        e = ns_export(s, p->dn, &now->publication);
    mem_free(now);
    mem_free(old);
    return e;
}

static enum err verify(struct session *s, const struct name_plan *p)
{
    struct ns_entry entry = { 0 };
    struct set *now = NULL, *is = NULL;
    size_t i;
    enum err e = wanted(p, &now);

    if (!e)
        e = set_new(p, &is);
    if (!e)
        e = ns_entry_find(s, p->dn, &entry);
    if (!e)
        of_host(&entry, p->host, is);
    for (i = 0; !e && i < now->publication.count; i++)
        if (!holds(is->binding, is->publication.count, &now->binding[i]))
            e = detail_fail(ERR_DIRECTORY, "%s was written to %s and is not there",
                            p->want.address[i], p->dn);
    mem_free(now);
    mem_free(is);
    ns_entry_free(&entry);
    return e;
}

/* Objects of the publication that the entry did not have. */
static size_t new_objects(const struct set *now, const struct ns_entry *was,
                          struct uuid ret[NAME_OBJECTS_MOST])
{
    size_t i, k, n = 0;

    for (i = 0; i < now->publication.object_count; i++) {
        for (k = 0; was && k < was->object_count; k++)
            if (ns_uuid_equal(&was->object[k], &now->object[i]))
                break;
        if (!was || k == was->object_count)
            ret[n++] = now->object[i];
    }
    return n;
}

static enum err undo(struct session *s, const struct name_plan *p, const void *before)
{
    struct uuid added[NAME_OBJECTS_MOST];
    const struct ns_entry *was = before;
    struct ns_entry is = { 0 };
    struct set *now = NULL, *old = NULL;
    bool made = false;
    enum err e = wanted(p, &now);

    if (!e)
        e = set_new(p, &old);
    if (!e)
        e = take(s, p, now, added, new_objects(now, was, added));
    if (!e)
        of_host(was, p->host, old);
    if (!e && old->publication.count)
        e = ns_export(s, p->dn, &old->publication);
    else if (!e && was && was->kind == NS_SERVER) /* it was there, and may have gone with them */
        e = ns_entry_ensure(s, p->dn, NS_SERVER, &is, &made);
    ns_entry_free(&is);
    mem_free(now);
    mem_free(old);
    return e;
}

/* Whether the host has bindings of other interfaces. */
static enum err look_for_others(struct session *s, const struct name_plan *p, bool *ret)
{
    struct detail kept = *detail_get();
    struct ns_entry is = { 0 };
    size_t i, n;
    enum err e = ns_entry_find(s, p->dn, &is);

    for (i = 0; !e && i < is.element_count; i++)
        for (n = 0; n < is.element[i].count; n++)
            *ret = *ret || strcasecmp(is.element[i].binding[n].host, p->host) == 0;
    ns_entry_free(&is);
    if (!is_none(e))
        return e;
    *detail_get() = kept;
    return ERR_OK;
}

static enum err withdraw(struct session *s, const struct name_plan *p, bool *ret_needed)
{
    struct set *of = NULL;
    enum err e = set_new(p, &of);

    if (!e)
        e = take(s, p, of, NULL, 0);
    if (!e)
        e = look_for_others(s, p, ret_needed);
    mem_free(of);
    return e;
}

const struct name_entry name_entry_rpc = { look, publish, verify, undo, withdraw, forget };
