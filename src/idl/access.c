/* SPDX-License-Identifier: Apache-2.0
 * access.c - [cs_access]: who may call an operation, as a security descriptor's text.
 */
#include "idl/access.h"

#include "base/detail.h"
#include "idl/attr.h"
#include "idl/idl.h"

static const char *text_of(const struct idl_attr *list)
{
    const struct idl_attr *a = idl_attr_find(list, "cs_access");

    return a && a->args ? a->args->text : NULL;
}

const char *idl_access_of(const struct idl_item *face, const struct idl_item *function)
{
    const char *own = text_of(function->attrs);

    return own ? own : text_of(face->attrs);
}

bool idl_has_access(const struct idl_item *face)
{
    const struct idl_item *i = face->items;

    while (i && !(i->kind == IDL_ITEM_FUNCTION && i->remote && idl_access_of(face, i)))
        i = i->next;
    return i != NULL;
}

static void check_text(struct idl *run, const struct idl_attr *list,
                       enum err (*check)(const char *))
{
    const struct idl_attr *a = idl_attr_find(list, "cs_access");

    if (!a)
        return;
    if (!a->args || a->args->next || a->args->kind != IDL_EXPR_STRING) {
        idl_error(run, a->at, "as in [cs_access(\"D:(A;;GX;;;AU)\")]",
                  "[cs_access] takes one text in quotes");
        return;
    }
    detail_begin("cs_access");
    if (check(a->args->text))
        idl_error(run, a->args->at, "as in \"D:(A;;GX;;;AU)\"", "%s", detail_get()->text);
}

static void check_face(struct idl *run, const struct idl_item *face,
                       enum err (*check)(const char *))
{
    const struct idl_item *i = NULL;
    const struct idl_attr *a = NULL;

    check_text(run, face->attrs, check);
    for (i = face->items; i; i = i->next) {
        if (i->kind != IDL_ITEM_FUNCTION)
            continue;
        check_text(run, i->attrs, check);
        a = idl_attr_find(i->attrs, "cs_access");
        if (a && !i->remote)
            idl_error(run, a->at, NULL, "[cs_access] of %s, which no client calls", i->text);
        else if (i->remote && idl_has_access(face) && !idl_access_of(face, i))
            idl_error(run, i->at, "or [cs_access] of the interface, for all that have none",
                      "%s has no [cs_access], where other operations have", i->text);
    }
}

void idl_check_access(struct idl *run, const struct idl_file *file, enum err (*check)(const char *))
{
    const struct idl_item *i = NULL;

    for (i = file->items; i; i = i->next)
        if (i->kind == IDL_ITEM_INTERFACE && !i->declared_only)
            check_face(run, i, check);
}
