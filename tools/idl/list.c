/* SPDX-License-Identifier: Apache-2.0
 * list.c - see list.h.
 */
#include "list.h"

#include <stdio.h>

#include "idl/attr.h"
#include "idl/check.h"
#include "idl/emit.h"

static bool is_pipe(const struct idl_decl *d)
{
    const struct idl_type *t = idl_resolve(d->type);

    while (t && t->kind == IDL_TYPE_POINTER)
        t = idl_resolve(t->of);
    return t && t->kind == IDL_TYPE_PIPE;
}

/* What a stub of any compiler reads octets for, and reads before the routine is called. */
static bool travels_in(const struct idl_decl *d)
{
    const struct idl_type *t = idl_resolve(d->type);

    return !d->added && idl_attr_deep(d, "in") && !is_pipe(d) && t &&
           !(t->kind == IDL_TYPE_BASE && (t->base == IDL_BASE_HANDLE || t->base == IDL_BASE_VOID));
}

static bool has_octets(const struct idl_item *function)
{
    const struct idl_decl *d;

    for (d = function->decls->type->members; d; d = d->next)
        if (travels_in(d))
            return true;
    return false;
}

static void list_interface(const struct idl_item *face, struct idl_text *t)
{
    const struct idl_attr *uuid = idl_attr_find(face->attrs, "uuid");
    const struct idl_item *i;
    unsigned major = 0, minor = 0;

    if (!uuid || !uuid->args)
        return;
    idl_version(face, &major, &minor);
    idl_text_add(t, "interface %s %u.%u %s\n", uuid->args->text, major, minor, face->text);
    for (i = face->items; i; i = i->next)
        if (i->kind == IDL_ITEM_FUNCTION && i->remote && !i->callback && !i->pickled)
            idl_text_add(t, "operation %u %s %s\n", i->opnum, has_octets(i) ? "full" : "empty",
                         i->decls->name);
}

void list_report(const struct idl_file *file)
{
    struct idl_text t = { 0 };
    const struct idl_item *i;

    for (i = file->items; i; i = i->next)
        if (i->kind == IDL_ITEM_INTERFACE && !i->declared_only)
            list_interface(i, &t);
    if (t.len)
        fputs(t.ptr, stdout);
    idl_text_done(&t);
}
