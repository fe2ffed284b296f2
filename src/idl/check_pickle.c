/* SPDX-License-Identifier: Apache-2.0
 * check_pickle.c - what [encode] and [decode] are said of, and what stands against it.
 * desktop-src/Midl/encode.md
 *
 * Of an interface they are said of all its types and functions; a type that cannot be serialized
 * is passed over then, and is an error where it says so itself.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

unsigned idl_pickle_ways(const struct idl_item *face, const struct idl_attr *attrs)
{
    const struct idl_attr *all = face ? face->attrs : NULL;
    unsigned ways = 0;

    if (idl_attr_find(attrs, "encode") || idl_attr_find(all, "encode"))
        ways |= IDL_ENCODES;
    if (idl_attr_find(attrs, "decode") || idl_attr_find(all, "decode"))
        ways |= IDL_DECODES;
    return ways;
}

/* What a value of the type leads to in the end. */
static const struct idl_type *end_of(const struct idl_type *t)
{
    t = idl_resolve(t);
    while (t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY))
        t = idl_resolve(t->of);
    return t;
}

static bool has_open_dimension(const struct idl_type *t)
{
    for (t = idl_resolve(t); t && t->kind == IDL_TYPE_ARRAY; t = idl_resolve(t->of))
        if (!t->size)
            return true;
    return false;
}

/* Why values of it cannot be serialized on their own; NULL where they can. */
static const char *obstacle(const struct idl_decl *d)
{
    const struct idl_type *t = idl_resolve(d->type), *end = end_of(d->type);

    if (idl_attr_deep(d, "context_handle") || idl_is_base(end, IDL_BASE_HANDLE))
        return "it is a handle";
    if (!t || !end || end->kind == IDL_TYPE_FUNCTION || idl_is_base(end, IDL_BASE_VOID))
        return "it leads to nothing that is known";
    if (end->kind == IDL_TYPE_PIPE)
        return "it is a pipe";
    if ((end->kind == IDL_TYPE_STRUCT || end->kind == IDL_TYPE_UNION) && !end->complete)
        return "it is defined nowhere";
    if (end->kind == IDL_TYPE_UNION && !end->switched)
        return "nobody knows the union's discriminant: put it into a structure";
    if (has_open_dimension(t) || (t->kind == IDL_TYPE_ARRAY && idl_attr_deep(d, "size_is")))
        return "it has no fixed size: make it a field of a structure";
    return NULL;
}

/* Its size is known when it is written, but not before it is read. */
static bool is_open(const struct idl_decl *d)
{
    const struct idl_type *t = idl_resolve(d->type);

    return t && t->kind == IDL_TYPE_STRUCT && t->conformant;
}

unsigned idl_pickle_type(const struct idl_item *face, const struct idl_decl *d)
{
    unsigned ways = idl_pickle_ways(face, d->attrs);

    if (d->again || !ways || obstacle(d))
        return 0;
    return is_open(d) ? ways & IDL_ENCODES : ways;
}

static const struct idl_item *first_interface(const struct idl_file *file)
{
    const struct idl_item *i = file->items;

    while (i &&
           (i->kind != IDL_ITEM_INTERFACE || i->declared_only || idl_attr_find(i->attrs, "local")))
        i = i->next;
    return i;
}

/* The first in the list behind *after, or in all of it where that is NULL; *after is NULL once it
 * was met. */
static struct idl_decl *next_in(const struct idl_item *i, const struct idl_item *face,
                                const struct idl_decl **after)
{
    struct idl_decl *d = NULL;

    for (; i; i = i->next)
        for (d = i->kind == IDL_ITEM_TYPEDEF ? i->decls : NULL; d; d = d->next) {
            if (!*after && idl_pickle_type(face, d))
                return d;
            if (d == *after)
                *after = NULL;
        }
    return NULL;
}

struct idl_decl *idl_pickle_next(const struct idl_file *file, const struct idl_item *face,
                                 const struct idl_decl *d)
{
    struct idl_decl *next = NULL;

    if (face == first_interface(file))
        next = next_in(file->items, face, &d);
    return next ? next : next_in(face->items, face, &d);
}

static void check_type(struct idl *run, const struct idl_decl *d)
{
    const struct idl_attr *encode = idl_attr_find(d->attrs, "encode");
    const struct idl_attr *decode = idl_attr_find(d->attrs, "decode");
    const char *why = obstacle(d);

    if ((encode || decode) && why)
        idl_error(run, (encode ? encode : decode)->at, why, "'%s' cannot be serialized", d->name);
    else if (decode && is_open(d))
        idl_error(run, decode->at, "[encode] alone, or a typedef of a pointer to it",
                  "[decode] of '%s', whose size nobody knows before", d->name);
}

static void check_types(struct idl *run, const struct idl_item *i)
{
    const struct idl_decl *d = NULL;

    for (; i; i = i->next)
        for (d = i->kind == IDL_ITEM_TYPEDEF ? i->decls : NULL; d; d = d->next)
            check_type(run, d);
}

/* What has no meaning where nobody is called. */
static void check_function(struct idl *run, const struct idl_item *i)
{
    static const char *const calls[] = { "async",   "maybe",  "message",
                                         "call_as", "notify", "notify_flag" };
    const struct idl_decl *p = NULL;
    const struct idl_attr *a = NULL;
    size_t n;

    for (n = 0; n < sizeof calls / sizeof *calls; n++)
        if ((a = idl_attr_find(i->attrs, calls[n])) != NULL)
            idl_error(run, a->at, NULL, "[%s] of %s, which serializes and calls nobody", calls[n],
                      i->text);
    if (!idl_is_base(i->decls->type->of, IDL_BASE_VOID))
        idl_error(run, i->decls->at, "make it void, and what it returns an [in, out] parameter",
                  "%s serializes its parameters, and has a result", i->text);
    for (p = i->decls->type->members; p; p = p->next) {
        const struct idl_type *end = end_of(p->type);
        const char *what = end && end->kind == IDL_TYPE_PIPE    ? "pipe"
                           : idl_attr_deep(p, "context_handle") ? "context handle"
                           : idl_attr_deep(p, "system_handle")  ? "system handle"
                                                                : NULL;

        if (what)
            idl_error(run, p->at, "only data is serialized",
                      "the parameter '%s' of %s, which serializes, is a %s", p->name, i->text,
                      what);
    }
    if (i->binding && !idl_is_base(i->binding->type, IDL_BASE_HANDLE))
        idl_error(run, i->binding->at, "take a handle_t, which one of the MesXxxHandleCreate makes",
                  "'%s' leads %s to no serialization handle", i->binding->name, i->text);
}

/* Of types alone: a function has said so itself. */
static void check_handle(struct idl *run, const struct idl_file *file, const struct idl_item *face)
{
    const struct idl_attr *implicit = idl_attr_find(face->attrs, "implicit_handle");
    const struct idl_decl *d = idl_pickle_next(file, face, NULL);

    if (!d)
        return;
    if (implicit && implicit->type && !idl_is_base(implicit->type->type, IDL_BASE_HANDLE))
        idl_error(run, implicit->at, "make it a handle_t",
                  "the implicit handle leads '%s' to no serialization handle", d->name);
    else if (!implicit && !idl_attr_find(face->attrs, "explicit_handle"))
        idl_error(run, d->at,
                  "say [explicit_handle] or [implicit_handle(handle_t name)] in the ACF",
                  "nothing leads '%s' to a serialization handle", d->name);
}

void idl_check_pickles(struct idl *run, const struct idl_file *file)
{
    const struct idl_item *face = NULL, *i = NULL;

    check_types(run, file->items);
    for (face = file->items; face; face = face->next) {
        if (face->kind != IDL_ITEM_INTERFACE || face->declared_only ||
            idl_attr_find(face->attrs, "local"))
            continue;
        check_types(run, face->items);
        check_handle(run, file, face);
        for (i = face->items; i; i = i->next)
            if (i->kind == IDL_ITEM_FUNCTION && i->pickled)
                check_function(run, i);
    }
}
