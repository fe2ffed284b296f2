/* SPDX-License-Identifier: Apache-2.0
 * layout_name.c - what stubs call structures, unions and enums, in C and in C++.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"
#include "idl/layout.h"

/* "struct _job": _job */
static const char *bare_name(const char *name)
{
    const char *space = strrchr(name, ' ');

    return space ? space + 1 : name;
}

void idl_layout_note_nested(struct idl_layout *l, const struct idl_type *t, const char *outer)
{
    struct idl_nested **end = &l->nested, *n = NULL;

    while (*end && (*end)->type != t)
        end = &(*end)->next;
    if (*end || !t->has_body || t->kind < IDL_TYPE_STRUCT || t->kind > IDL_TYPE_ENUM)
        return;
    n = (struct idl_nested *)idl_alloc(l->p->run, sizeof *n);
    n->type = t;
    n->outer = bare_name(outer);
    n->tag = bare_name(idl_c_type(l->p, l->opt, t));
    n->name = n->tag;
    while (idl_scope_find(l->p->scope, IDL_SPACE_NAMES, n->name))
        n->name = idl_printf(l->p->run, "%s_", n->name);
    *end = n;
}

static const char *typedef_of(const struct idl_item *i, const struct idl_type *t)
{
    const struct idl_decl *d = NULL;
    const char *name = NULL;

    for (; i && !name; i = i->next) {
        if (i->kind == IDL_ITEM_INTERFACE)
            name = typedef_of(i->items, t);
        else if (i->kind == IDL_ITEM_IMPORT && i->import)
            name = typedef_of(i->import->items, t);
        for (d = i->kind == IDL_ITEM_TYPEDEF ? i->decls : NULL; d && !name; d = d->next)
            name = d->type->kind != IDL_TYPE_NAMED && idl_resolve(d->type) == t ? d->name : NULL;
    }
    return name;
}

const char *idl_layout_name(const struct idl_layout *l, const struct idl_type *t,
                            const char *typedef_name)
{
    const char *name = typedef_name ? typedef_name : typedef_of(l->p->file->items, t);
    const struct idl_nested *n = l->nested;

    while (n && n->type != t)
        n = n->next;
    if (n)
        return n->name;
    return name ? name : idl_c_type(l->p, l->opt, t);
}
