/* SPDX-License-Identifier: Apache-2.0
 * ns_server.c - a server's entry filled and emptied.
 */
#include "names/ns_server.h"

#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/change.h"
#include "directory/doors.h"
#include "names/place.h"

const struct ns_if ns_ndr = {
    { 0x8a885d04, 0x1ceb, 0x11c9, { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } }, 2, 0
};

enum { TRIES_MOST = 5 }; /* of an export whose entry goes at the same time */

/* What was done, so that it can be undone. */
struct done {
    char *element; /* its DN */
    bool entry_made, element_made;
    char **binding, **object; /* values that were not there before */
    size_t binding_count, object_count;
};

static void done_free(struct done *d)
{
    texts_free(d->binding, d->binding_count);
    texts_free(d->object, d->object_count);
    mem_free(d->element);
}

static enum err change_values(struct session *s, const char *dn, enum change_kind kind,
                              const char *name, char **texts, size_t n)
{
    struct bytes *values = NULL;
    struct change c = { kind, name, NULL, n };
    enum err e;

    if (!n)
        return ERR_OK;
    e = change_texts((const char *const *)texts, n, &values);
    c.value = values;
    if (!e)
        e = session_modify(s, dn, &c, 1, true, false);
    mem_free(values);
    return e;
}

/* Whether the element has, by now, no binding but these. */
static enum err has_no_other(struct session *s, const char *dn, char **texts, size_t n, bool *ret)
{
    static const char *const attrs[] = { "rpcNsBindings", NULL };
    const struct attribute *a = NULL;
    struct entries found = { 0 };
    enum err e = session_read(s, dn, attrs, &found);
    size_t i, k;

    *ret = true;
    if (!e)
        a = entry_attribute(&found.entry[0], attrs[0]);
    for (i = 0; a && i < a->count; i++) {
        for (k = 0; k < n && strcasecmp((const char *)a->value[i].ptr, texts[k]) != 0; k++)
            ;
        *ret = *ret && k < n;
    }
    entries_free(&found);
    return e;
}

/* Takes bindings out of an element; it goes with the last one, without which it cannot be, and
 * whatever else is in it by now stays. */
static enum err take_values(struct session *s, const char *dn, char **texts, size_t n,
                            bool *ret_gone)
{
    struct detail kept = *detail_get();
    bool last = false;
    enum err e = change_values(s, dn, CHANGE_DELETE, "rpcNsBindings", texts, n), read;

    *ret_gone = false;
    if (e == ERR_DIRECTORY) { /* what a directory says to the last value of what must be there */
        read = has_no_other(s, dn, texts, n, &last);
        if (read || last)
            e = read ? read : session_delete(s, dn);
        *ret_gone = !e;
    }
    if (e == ERR_NO_OBJECT) { /* went by itself */
        *ret_gone = true;
        e = ERR_OK;
    }
    if (!e)
        *detail_get() = kept;
    return e;
}

/* ---- what is new ---- */

static const struct ns_element *element_of(const struct ns_entry *e, const struct ns_if *face)
{
    size_t i;

    for (i = 0; i < e->element_count; i++)
        if (ns_if_matches(face, NS_EXACT, &e->element[i].face))
            return &e->element[i];
    return NULL;
}

static bool has_binding(const struct ns_element *x, const struct ns_binding *b)
{
    size_t i;

    for (i = 0; x && i < x->count; i++)
        if (strcasecmp(x->binding[i].host, b->host) == 0 &&
            strcmp(x->binding[i].text, b->text) == 0)
            return true;
    return false;
}

/* The values of the bindings that x (NULL: none yet) does not have; one given twice is one. */
static enum err new_bindings(const struct ns_element *x, const struct ns_publication *p,
                             struct done *d)
{
    enum err e = ERR_OK;
    size_t i;

    d->binding = mem_array(p->count ? p->count : 1, sizeof *d->binding);
    if (!d->binding)
        return ERR_NO_MEMORY;
    for (i = 0; i < p->count && !e; i++) {
        struct ns_element before = { .binding = (struct ns_binding *)(uintptr_t)p->binding,
                                     .count = i };

        if (has_binding(x, &p->binding[i]) || has_binding(&before, &p->binding[i]))
            continue;
        e = ns_binding_format(&p->binding[i], &d->binding[d->binding_count]);
        if (e == ERR_INVALID_PARAMETER)
            e = detail_fail(e, "the binding %s of the host %s cannot be exported",
                            p->binding[i].text, p->binding[i].host);
        d->binding_count += !e;
    }
    return e;
}

static bool has_object(const struct uuid *objects, size_t n, const struct uuid *object)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (ns_uuid_equal(&objects[i], object))
            return true;
    return false;
}

/* The texts of those of object that known has, or has not. */
static enum err objects_of(const struct uuid *object, size_t n, const struct ns_entry *known,
                           bool has, char ***ret, size_t *ret_count)
{
    char text[UUID_TEXT];
    size_t i;

    *ret_count = 0;
    *ret = mem_array(n ? n : 1, sizeof **ret);
    if (!*ret)
        return ERR_NO_MEMORY;
    for (i = 0; i < n; i++) {
        if (has_object(known->object, known->object_count, &object[i]) != has ||
            has_object(object, i, &object[i]))
            continue;
        uuid_format(&object[i], text);
        (*ret)[*ret_count] = mem_strdup(text);
        if (!(*ret)[(*ret_count)++])
            return ERR_NO_MEMORY;
    }
    return ERR_OK;
}

/* ---- export ---- */

static enum err add_element(struct session *s, const char *dn, const struct ns_publication *p,
                            struct done *d)
{
    static const char class[] = "rpcServerElement";
    char face[NS_IF_TEXT], syntax[NS_IF_TEXT];
    struct bytes one[3], *values = NULL;
    struct change c[] = { { CHANGE_ADD, "objectClass", &one[0], 1 },
                          { CHANGE_ADD, "rpcNsInterfaceID", &one[1], 1 },
                          { CHANGE_ADD, "rpcNsTransferSyntax", &one[2], 1 },
                          { CHANGE_ADD, "rpcNsBindings", NULL, d->binding_count } };
    enum err e;

    ns_if_format(&p->face, face);
    ns_if_format(&p->syntax, syntax);
    one[0] = bytes_of_text(class);
    one[1] = bytes_of_text(face);
    one[2] = bytes_of_text(syntax);
    e = place_below(dn, face, &d->element);
    if (!e)
        e = change_texts((const char *const *)d->binding, d->binding_count, &values);
    c[3].value = values;
    if (!e)
        e = session_add(s, d->element, c, 4);
    d->element_made = !e;
    mem_free(values);
    if (e == ERR_EXISTS) /* somebody else's in the meantime, or a damaged one */
        e = change_values(s, d->element, CHANGE_ADD, "rpcNsBindings", d->binding, d->binding_count);
    return e;
}

static enum err put_bindings(struct session *s, const char *dn, const struct ns_entry *entry,
                             const struct ns_publication *p, struct done *d)
{
    const struct ns_element *x = element_of(entry, &p->face);
    enum err e = new_bindings(x, p, d);

    if (e || !d->binding_count)
        return e;
    if (!x)
        return add_element(s, dn, p, d);
    d->element = mem_strdup(x->dn);
    if (!d->element)
        return ERR_NO_MEMORY;
    return change_values(s, d->element, CHANGE_ADD, "rpcNsBindings", d->binding, d->binding_count);
}

/* Takes back what this call did, and only that. */
static void undo(struct session *s, const char *dn, const struct done *d)
{
    struct detail kept = *detail_get();
    bool gone = !d->element;
    enum err e = ERR_OK;

    if (d->element)
        e = take_values(s, d->element, d->binding, d->binding_count, &gone);
    if (!e && d->entry_made && gone)
        e = session_delete(s, dn);
    if (e && e != ERR_NO_OBJECT)
        log_warning("name service: what was half exported to %s could not be undone", dn);
    *detail_get() = kept;
}

static enum err export_to(struct session *s, const char *dn, const struct ns_publication *p,
                          struct ns_entry *entry, struct done *d)
{
    enum err e;

    if (p->count) {
        e = ns_entry_ensure(s, dn, NS_SERVER, entry, &d->entry_made);
    } else {
        e = ns_entry_find(s, dn, entry);
        if (e == ERR_NS_NO_ENTRY)
            return detail_fail(ERR_NS_NOTHING, "an entry is made by its first binding: %s has none",
                               dn);
        if (!e && entry->kind != NS_SERVER)
            e = detail_fail(ERR_NS_ENTRY_KIND, "%s is not the entry of a server", dn);
    }
    if (!e && p->count)
        e = put_bindings(s, dn, entry, p, d);
    if (!e)
        e = objects_of(p->object, p->object_count, entry, false, &d->object, &d->object_count);
    if (!e)
        e = change_values(s, dn, CHANGE_ADD, "rpcNsObjectID", d->object, d->object_count);
    if (e)
        undo(s, dn, d);
    return e;
}

static enum err try_export(struct session *s, const char *dn, const struct ns_publication *p)
{
    struct ns_entry entry = { 0 };
    struct done d = { 0 };
    enum err e = export_to(s, dn, p, &entry, &d);

    ns_cache_forget();
    ns_entry_free(&entry);
    done_free(&d);
    return e;
}

/* Who takes his last binding away takes the entry with it: then it is made anew. */
enum err ns_export(struct session *s, const char *dn, const struct ns_publication *p)
{
    struct detail before = *detail_get();
    unsigned tries = 1;
    enum err e;

    if (!p->count && !p->object_count)
        return detail_fail(ERR_NS_NOTHING, "neither bindings nor objects are to be exported");
    if (p->count > NS_EXPORTED_MOST || p->object_count > NS_EXPORTED_MOST)
        return detail_fail(ERR_INVALID_PARAMETER, "at most %d bindings, and objects, are taken",
                           NS_EXPORTED_MOST);
    e = try_export(s, dn, p);
    while (e == ERR_NO_OBJECT && tries++ < TRIES_MOST) {
        *detail_get() = before;
        e = try_export(s, dn, p);
    }
    return e;
}

/* ---- unexport ---- */

/* *ret_gone: nothing is left of the element. */
static enum err take_bindings(struct session *s, const struct ns_element *x, const char *host,
                              bool *ret_gone)
{
    char **texts = mem_array(x->count ? x->count : 1, sizeof *texts);
    enum err e = texts ? ERR_OK : ERR_NO_MEMORY;
    size_t n = 0, i;

    *ret_gone = !host;
    for (i = 0; i < x->count && host && !e; i++)
        if (strcasecmp(x->binding[i].host, host) == 0) {
            e = ns_binding_format(&x->binding[i], &texts[n]);
            n += !e;
        }
    if (!e && host)
        e = take_values(s, x->dn, texts, n, ret_gone);
    else if (!e)
        e = session_delete(s, x->dn);
    if (e == ERR_NO_OBJECT)
        e = ERR_OK;
    texts_free(texts, n);
    return e;
}

static bool is_of_host(const struct ns_element *x, const char *host)
{
    size_t i;

    for (i = 0; i < x->count; i++)
        if (strcasecmp(x->binding[i].host, host) == 0)
            return true;
    return false;
}

static enum err take_interfaces(struct session *s, const struct ns_entry *entry,
                                const struct ns_removal *r, size_t *ret_left)
{
    size_t hits = 0, i;
    bool gone = false;
    enum err e = ERR_OK;

    *ret_left = entry->element_count;
    for (i = 0; i < entry->element_count && !e; i++) {
        const struct ns_element *x = &entry->element[i];

        if (!ns_if_matches(r->face, r->how, &x->face) || (r->host && !is_of_host(x, r->host)))
            continue;
        hits++;
        e = take_bindings(s, x, r->host, &gone);
        if (!e && gone)
            --*ret_left;
    }
    if (!e && !hits)
        e = detail_fail(ERR_NS_NO_INTERFACE, "%s has no such interface, or not in that version",
                        entry->dn);
    return e;
}

static enum err take_objects(struct session *s, const struct ns_entry *entry,
                             const struct ns_removal *r)
{
    char **texts = NULL;
    size_t n = 0, i, missing = 0;
    enum err e = objects_of(r->object, r->object_count, entry, true, &texts, &n);

    for (i = 0; i < r->object_count; i++)
        missing += !has_object(entry->object, entry->object_count, &r->object[i]);
    if (!e)
        e = change_values(s, entry->dn, CHANGE_DELETE, "rpcNsObjectID", texts, n);
    texts_free(texts, n);
    if (!e && missing)
        e = detail_fail(ERR_NS_OBJECTS_LEFT, "%zu of the objects were not in %s", missing,
                        entry->dn);
    return e;
}

/* One without bindings goes. That somebody else has put one into it in the meantime, or that this
 * account may not, is no failure: what stays is sound. */
static void drop_empty(struct session *s, const char *dn)
{
    struct detail keep = *detail_get();
    enum err e = session_delete(s, dn);

    if (e && e != ERR_NO_OBJECT)
        log_warning("name service: %s has no bindings left, and stays: %s", dn, err_text(e));
    *detail_get() = keep;
}

enum err ns_unexport(struct session *s, const char *dn, const struct ns_removal *r)
{
    struct ns_entry entry = { 0 };
    size_t left = 1;
    enum err e = ns_entry_find(s, dn, &entry);

    if (!e && entry.kind != NS_SERVER)
        e = detail_fail(ERR_NS_ENTRY_KIND, "%s is not the entry of a server", dn);
    if (!e && r->face)
        e = take_interfaces(s, &entry, r, &left);
    if (!e)
        e = take_objects(s, &entry, r);
    if ((!e || e == ERR_NS_OBJECTS_LEFT) && !left)
        drop_empty(s, dn);
    ns_cache_forget();
    ns_entry_free(&entry);
    return e;
}
