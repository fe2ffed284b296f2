/* SPDX-License-Identifier: Apache-2.0
 * check_generated.c - what the front end understands and the emitters do not write yet.
 *
 * Better an error at its place than a stub that does something else. What no remote function uses
 * is nobody's business: a header may hold it.
 */
#include "idl/attr.h"
#include "idl/check.h"
#include "idl/layout.h"

/* Objects that a descriptor is. */
static void walk_attrs(struct idl *run, const struct idl_attr *attrs)
{
    const struct idl_attr *a = idl_attr_find(attrs, "system_handle");
    const struct idl_expr *kind = a ? a->args : NULL;

    if (a && !idl_system_kind(a))
        idl_error(run, kind ? kind->at : a->at, "sh_file, sh_pipe and sh_socket can be",
                  "a system handle of kind %s cannot be passed here",
                  kind && kind->text ? kind->text : "none");
}

static void walk_type(struct idl *run, struct idl_type *t);

static void walk_decl(struct idl *run, struct idl_decl *d)
{
    walk_attrs(run, d->attrs);
    if (d->type)
        walk_type(run, d->type);
}

/* Each type once, however often it is used. */
static void walk_type(struct idl *run, struct idl_type *t)
{
    struct idl_decl *d = NULL;

    while (t && !t->walked) {
        t->walked = true;
        if (t->kind == IDL_TYPE_NAMED) {
            if (t->meaning)
                walk_attrs(run, t->meaning->attrs);
            t = t->meaning ? t->meaning->type : NULL;
        } else if (t->kind == IDL_TYPE_STRUCT || t->kind == IDL_TYPE_UNION) {
            for (d = t->members; d; d = d->next)
                walk_decl(run, d);
            t = t->complete;
        } else {
            t = t->of;
        }
    }
}

static bool is_pipe(const struct idl_decl *d)
{
    const struct idl_type *t = idl_resolve(d->type);

    while (t && t->kind == IDL_TYPE_POINTER)
        t = idl_resolve(t->of);
    return t && t->kind == IDL_TYPE_PIPE;
}

/* Descriptors go with a call's first byte, and somebody must wait for it to be done. */
static void check_passes(struct idl *run, const struct idl_item *i, const struct idl_decl *handle)
{
    const struct idl_decl *p;
    const char *how = i->async                             ? "is [async]"
                      : i->callback                        ? "is [callback]"
                      : idl_attr_find(i->attrs, "maybe")   ? "is [maybe]"
                      : idl_attr_find(i->attrs, "message") ? "is [message]"
                                                           : NULL;

    for (p = i->decls->type->members; p && !how; p = p->next)
        if (is_pipe(p))
            how = "has a pipe";
    if (how)
        idl_error(run, handle->at, "leave it to a call of its own, that is waited for",
                  "%s %s and passes a system handle", i->text, how);
}

/* A system handle, or what leads to one; each type once for each function. */
static bool passes_handle(struct idl_item *i, const struct idl_decl *d)
{
    const struct idl_decl *member = NULL;
    struct idl_type *t = d->type;

    if (idl_attr_find(d->attrs, "system_handle"))
        return true;
    while (t && t->asked != i) {
        t->asked = i;
        if (t->kind == IDL_TYPE_NAMED) {
            t = t->meaning ? t->meaning->type : NULL;
        } else if (t->kind == IDL_TYPE_STRUCT || t->kind == IDL_TYPE_UNION) {
            for (member = t->members; member; member = member->next)
                if (passes_handle(i, member))
                    return true;
            t = t->complete;
        } else {
            t = t->of;
        }
    }
    return false;
}

static void walk_function(struct idl *run, const struct idl_item *face, struct idl_item *i,
                          bool client)
{
    struct idl_decl *p = NULL;

    if (!i->remote && !i->pickled && !i->callback)
        return;
    if (i->async && idl_attr_find(i->attrs, "maybe"))
        idl_error(run, i->at, "nobody would be told that it is complete",
                  "%s is both [async] and [maybe]", i->text);
    if (i->async && idl_attr_find(i->attrs, "call_as"))
        idl_error(run, i->at, NULL, "%s is both [async] and [call_as]", i->text);
    for (p = i->decls->type->members; p; p = p->next) {
        if (passes_handle(i, p))
            check_passes(run, i, p);
        walk_decl(run, p);
    }
    if (passes_handle(i, &(struct idl_decl){ .type = i->decls->type->of }))
        check_passes(run, i, i->decls);
    walk_type(run, i->decls->type->of);
    if (client && !i->callback && !i->binding && !idl_attr_find(face->attrs, "implicit_handle") &&
        !idl_attr_find(face->attrs, "auto_handle"))
        idl_error(
            run, i->decls->at,
            "take a handle_t, or say [explicit_handle] or [implicit_handle(handle_t name)] in "
            "the ACF",
            "nothing leads %s to %s", i->text, i->pickled ? "a serialization handle" : "a server");
}

static void refuse_auto_handle(struct idl *run, const struct idl_item *face)
{
    const struct idl_attr *a = idl_attr_find(face->attrs, "auto_handle");

    if (a)
        idl_error(
            run, a->at,
            "say [implicit_handle(handle_t name)] or [explicit_handle], and import the handle "
            "with RpcNsBindingImportBegin and RpcNsBindingImportNext",
            "[auto_handle] is not carried: no stub looks its server up by itself");
}

void idl_check_generated(struct idl *run, struct idl_file *file, bool client)
{
    struct idl_item *face = NULL, *i = NULL;
    struct idl_decl *d = NULL;

    for (face = file->items; face; face = face->next) {
        if (face->kind != IDL_ITEM_INTERFACE || idl_attr_find(face->attrs, "local"))
            continue;
        if (client)
            refuse_auto_handle(run, face);
        while ((d = idl_pickle_next(file, face, d)) != NULL)
            walk_decl(run, d);
        for (i = face->items; i; i = i->next)
            if (i->kind == IDL_ITEM_FUNCTION)
                walk_function(run, face, i, client);
    }
}
