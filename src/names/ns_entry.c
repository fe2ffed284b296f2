/* SPDX-License-Identifier: Apache-2.0
 * ns_entry.c - an entry of the RPC name service, as it stands in the directory.
 */
#include "names/ns_entry.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/account.h"
#include "names/ns_name.h"
#include "names/place.h"
#include "spn/dn.h"

const char *const ns_entry_attrs[] = {
    "objectClass",
    "rpcNsObjectID",
    "rpcNsGroup",
    "rpcNsInterfaceID",
    "rpcNsTransferSyntax",
    "rpcNsBindings",
    "rpcNsPriority",
    "rpcNsProfileEntry",
    "rpcNsAnnotation",
    "nTSecurityDescriptor",
    NULL,
};

static void element_free(struct ns_element *x)
{
    size_t i;

    for (i = 0; i < x->count; i++)
        ns_binding_free(&x->binding[i]);
    mem_free(x->binding);
    mem_free(x->dn);
}

static void link_free(struct ns_link *l)
{
    mem_free(l->dn);
    mem_free(l->member);
    mem_free(l->annotation);
}

void ns_entry_free(struct ns_entry *e)
{
    size_t i;

    for (i = 0; i < e->element_count; i++)
        element_free(&e->element[i]);
    for (i = 0; i < e->member_count; i++)
        mem_free(e->member[i]);
    for (i = 0; i < e->link_count; i++)
        link_free(&e->link[i]);
    mem_free(e->element);
    mem_free(e->member);
    mem_free(e->link);
    mem_free(e->object);
    mem_free(e->dn);
    mem_free(e->name);
    mem_free(e->damage);
    *e = (struct ns_entry){ 0 };
}

bool ns_entry_is_empty(const struct ns_entry *e)
{
    return !e->element_count && !e->object_count && !e->member_count && !e->link_count &&
           !e->damage;
}

/* ---- damage ---- */

/* Said in the log, and kept, as far as there is room. */
__attribute__((format(printf, 3, 4))) static void damaged(struct ns_entry *e, const char *dn,
                                                          const char *fmt, ...)
{
    char what[256];
    char *longer;
    va_list args;

    if (e->damage && strlen(e->damage) > NS_DAMAGE_MOST) /* whoever wrote it does not fill logs */
        return;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    log_warning("name service: %s: %s", dn, what);
    longer = mem_printf("%s%s%s: %s", e->damage ? e->damage : "", e->damage ? "; " : "", dn, what);
    if (longer) {
        mem_free(e->damage);
        e->damage = longer;
    }
}

static bool is_class(const struct entry *x, const char *name)
{
    const struct attribute *a = entry_attribute(x, "objectClass");
    size_t i;

    for (i = 0; a && i < a->count; i++)
        if (strcasecmp((const char *)a->value[i].ptr, name) == 0)
            return true;
    return false;
}

/* A value that is an interface; said to be damaged otherwise. */
static bool read_face(struct ns_entry *e, const struct entry *x, const char *attr,
                      struct ns_if *ret)
{
    const struct attribute *a = entry_attribute(x, attr);

    if (a && a->count == 1 && ns_if_parse(buf_view(a->value[0]), ret) == ERR_OK)
        return true;
    damaged(e, x->dn, "its %s is not of the form UUID,major.minor", attr);
    return false;
}

/* ---- servers ---- */

static enum err read_bindings(struct ns_entry *e, const struct entry *x, struct ns_element *ret)
{
    const struct attribute *a = entry_attribute(x, "rpcNsBindings");
    size_t n = a ? a->count : 0, i;
    enum err err = ERR_OK;

    ret->binding = mem_array(n ? n : 1, sizeof *ret->binding);
    if (!ret->binding)
        return ERR_NO_MEMORY;
    for (i = 0; i < n && err != ERR_NO_MEMORY; i++) {
        err = ns_binding_parse(buf_view(a->value[i]), &ret->binding[ret->count]);
        if (!err)
            ret->count++;
        else if (err == ERR_MALFORMED)
            damaged(e, x->dn, "value %zu of its rpcNsBindings is damaged or of another version", i);
    }
    if (a && a->cut)
        damaged(e, x->dn, "its rpcNsBindings are too many, not all are read");
    return err == ERR_NO_MEMORY ? err : ERR_OK;
}

static enum err read_element(struct ns_entry *e, const struct entry *x, size_t source)
{
    struct ns_element *to = &e->element[e->element_count];
    struct ns_element n = { .source = source };
    enum err err;

    if (!is_class(x, "rpcServerElement")) {
        damaged(e, x->dn, "not an element of a server");
        return ERR_OK;
    }
    if (!read_face(e, x, "rpcNsInterfaceID", &n.face) ||
        !read_face(e, x, "rpcNsTransferSyntax", &n.syntax))
        return ERR_OK;
    n.has_owner = entry_owner(x, &n.owner);
    n.dn = mem_strdup(x->dn);
    err = n.dn ? read_bindings(e, x, &n) : ERR_NO_MEMORY;
    if (err) {
        element_free(&n);
        return err;
    }
    *to = n;
    e->element_count++;
    return ERR_OK;
}

static enum err read_server(const struct entries *found, struct ns_entry *e)
{
    const struct entry *x = &found->entry[0];
    const struct attribute *a = entry_attribute(x, "rpcNsObjectID");
    size_t n = a ? a->count : 0, i;
    enum err err = ERR_OK;

    e->object = mem_array(n ? n : 1, sizeof *e->object);
    e->element = mem_array(found->count, sizeof *e->element);
    if (!e->object || !e->element)
        return ERR_NO_MEMORY;
    for (i = 0; i < n; i++) {
        if (ns_object_parse(buf_view(a->value[i]), &e->object[e->object_count]) == ERR_OK)
            e->object_count++;
        else
            damaged(e, x->dn, "value %zu of its rpcNsObjectID is not a UUID", i);
    }
    for (i = 1; i < found->count && !err; i++)
        err = read_element(e, &found->entry[i], i);
    return err;
}

/* ---- groups and profiles ---- */

/* The name of an entry, or NULL where it is damaged. */
static enum err read_name(struct ns_entry *e, const struct entry *x, const char *text, char **ret)
{
    struct ns_name n = { 0 };
    enum err err = text ? ns_name_parse(text, &n) : ERR_NS_NAME;

    if (err == ERR_NO_MEMORY)
        return err;
    ns_name_free(&n);
    if (err) {
        damaged(e, x->dn, "a name in it is not that of an entry");
        return ERR_OK;
    }
    *ret = mem_strdup(text);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

static enum err read_group(const struct entries *found, struct ns_entry *e)
{
    const struct attribute *a = entry_attribute(&found->entry[0], "rpcNsGroup");
    size_t n = a ? a->count : 0, i;
    enum err err = ERR_OK;

    e->member = mem_array(n ? n : 1, sizeof *e->member);
    if (!e->member)
        return ERR_NO_MEMORY;
    for (i = 0; i < n && !err; i++) {
        err = read_name(e, &found->entry[0], attribute_text(a, i), &e->member[e->member_count]);
        if (!err && e->member[e->member_count])
            e->member_count++;
    }
    return err;
}

static enum err read_link(struct ns_entry *e, const struct entry *x, size_t source)
{
    const char *annotation = entry_text(x, "rpcNsAnnotation");
    long long priority = entry_number(x, "rpcNsPriority", -1);
    struct ns_link l = { .source = source };
    enum err err;

    if (!is_class(x, "rpcProfileElement") || priority < 0 || priority > NS_PRIORITY_MOST) {
        damaged(e, x->dn, "not an element of a profile with a priority from 0 to %d",
                NS_PRIORITY_MOST);
        return ERR_OK;
    }
    if (!read_face(e, x, "rpcNsInterfaceID", &l.face))
        return ERR_OK;
    err = read_name(e, x, entry_text(x, "rpcNsProfileEntry"), &l.member);
    if (err || !l.member)
        return err;
    l.priority = (unsigned)priority;
    l.dn = mem_strdup(x->dn);
    l.annotation = mem_strdup(annotation ? annotation : "");
    if (!l.dn || !l.annotation) {
        link_free(&l);
        return ERR_NO_MEMORY;
    }
    e->link[e->link_count++] = l;
    return ERR_OK;
}

static enum err read_profile(const struct entries *found, struct ns_entry *e)
{
    enum err err = ERR_OK;
    size_t i;

    e->link = mem_array(found->count, sizeof *e->link);
    if (!e->link)
        return ERR_NO_MEMORY;
    for (i = 1; i < found->count && !err; i++)
        err = read_link(e, &found->entry[i], i);
    return err;
}

/* ---- */

static enum err read_head(const struct entry *x, struct ns_entry *e)
{
    e->has_owner = entry_owner(x, &e->owner);
    e->dn = mem_strdup(x->dn);
    return e->dn ? place_name(x->dn, &e->name) : ERR_NO_MEMORY;
}

enum err ns_entry_read(const struct entries *found, struct ns_entry *ret)
{
    static const struct {
        const char *name;
        enum ns_kind kind;
        enum err (*read)(const struct entries *found, struct ns_entry *e);
    } classes[] = {
        { "rpcServer", NS_SERVER, read_server },
        { "rpcGroup", NS_GROUP, read_group },
        { "rpcProfile", NS_PROFILE, read_profile },
    };
    struct ns_entry e = { 0 };
    size_t i = 0;
    enum err err;

    if (!found->count)
        return detail_fail(ERR_NS_NO_ENTRY, "no such entry");
    while (i < 3 && !is_class(&found->entry[0], classes[i].name))
        i++;
    if (i == 3)
        return detail_fail(ERR_NS_ENTRY_KIND, "%s is no entry of the RPC name service",
                           found->entry[0].dn);
    e.kind = classes[i].kind;
    err = read_head(&found->entry[0], &e);
    if (!err)
        err = classes[i].read(found, &e);
    if (err)
        ns_entry_free(&e);
    else
        *ret = e;
    return err;
}
