/* SPDX-License-Identifier: Apache-2.0
 * check_marshal.c - what attributes that change or replace marshalling ask of what they stand on.
 * desktop-src/Midl/compiler-errors.md
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

/* False: an ordinary field, of which everything else is asked. */
bool idl_check_ignored(struct idl_check *c, const struct idl_decl *d, const char *what)
{
    const struct idl_attr *a = idl_attr_find(d->attrs, "ignore");
    const struct idl_type *t = idl_resolve(d->type);

    if (!a || !t)
        return false;
    if (t->kind != IDL_TYPE_POINTER)
        idl_error(c->run, a->at, "only a pointer has a place on the wire without what is behind it",
                  "[ignore] on the %s '%s', which is no pointer", what, d->name);
    return true;
}

/* ---- call_as ---- */

static const struct idl_item *local_function(const struct idl_item *face, const struct idl_expr *e)
{
    const struct idl_item *f = face ? face->items : NULL;

    while (f && !(f->kind == IDL_ITEM_FUNCTION && e->kind == IDL_EXPR_NAME && f->text &&
                  strcmp(f->text, e->text) == 0))
        f = f->next;
    return f && idl_attr_find(f->attrs, "local") ? f : NULL;
}

const struct idl_item *idl_called_as(const struct idl_item *face, const struct idl_item *i)
{
    const struct idl_attr *a = idl_attr_find(i->attrs, "call_as");

    return a && a->args ? local_function(face, a->args) : NULL;
}

static void check_caller_once(struct idl_check *c, const struct idl_item *i,
                              const struct idl_attr *a, const struct idl_item *local)
{
    const struct idl_item *f = NULL;

    for (f = c->face->items; f && f != i; f = f->next)
        if (f->kind == IDL_ITEM_FUNCTION && idl_called_as(c->face, f) == local) {
            idl_error(c->run, a->at, "each remote function has a [local] one of its own",
                      "%s stands for %s and for %s", local->text, f->text, i->text);
            return;
        }
}

/* The server's routine has the result of the local function, and the stub sends it. */
static bool is_result_of(const struct idl_item *i, const struct idl_item *local)
{
    const struct idl_type *remote = idl_resolve(i->decls->type->of);
    const struct idl_type *given = idl_resolve(local->decls->type->of);
    bool number = remote && remote->kind == IDL_TYPE_BASE && given &&
                  given->kind == IDL_TYPE_BASE && given->base != IDL_BASE_VOID;

    return !remote || !given || number || idl_is_base(remote, IDL_BASE_VOID) || remote == given ||
           (remote->kind == IDL_TYPE_POINTER && remote->kind == given->kind);
}

void idl_check_call_as(struct idl_check *c, const struct idl_item *i)
{
    const struct idl_attr *a = idl_attr_find(i->attrs, "call_as");
    const struct idl_item *local = a ? idl_called_as(c->face, i) : NULL;

    if (!a || !a->args)
        return;
    if (!local) {
        idl_error(c->run, a->args->at, "it stands in the same interface, as a [local] function",
                  "[call_as] names no [local] function");
        return;
    }
    check_caller_once(c, i, a, local);
    if (!is_result_of(i, local))
        idl_error(c->run, i->decls->at, "make both results the same type",
                  "%s returns what %s, whose result the server's routine has, does not", i->text,
                  local->text);
}
