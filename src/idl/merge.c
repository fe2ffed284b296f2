/* SPDX-License-Identifier: Apache-2.0
 * merge.c - an ACF's attributes, copied to what they are about.
 *
 * [explicit_handle] on the interface reaches every function in idl_check_function, which knows the
 * types of the parameters by then.
 */
#include "idl/merge.h"

#include <string.h>

#include "idl/attr.h"

enum { IMPORT_DEPTH = 64 };

/* A list that may be shared with others stays as it is: the copies stand before it. */
static struct idl_attr *with_acf(struct idl *run, const struct idl_attr *more,
                                 struct idl_attr *list)
{
    struct idl_attr *first = list, **end = &first;

    for (; more; more = more->next) {
        struct idl_attr *copy = (struct idl_attr *)idl_alloc(run, sizeof *copy);

        *copy = *more;
        copy->from_acf = true;
        copy->next = list;
        *end = copy;
        end = &copy->next;
    }
    return first;
}

static struct idl_item *find_function(struct idl_item *i, const char *name)
{
    for (; i; i = i->next)
        if (i->kind == IDL_ITEM_FUNCTION && i->text && strcmp(i->text, name) == 0)
            return i;
    return NULL;
}

static struct idl_decl *find_typedef(struct idl_item *i, const char *name, unsigned depth)
{
    struct idl_decl *d = NULL;

    for (; i; i = i->next) {
        for (d = i->kind == IDL_ITEM_TYPEDEF ? i->decls : NULL; d; d = d->next)
            if (d->name && strcmp(d->name, name) == 0)
                return d;
        if (depth < IMPORT_DEPTH && i->kind == IDL_ITEM_IMPORT && i->import)
            d = find_typedef(i->import->items, name, depth + 1);
        else if (depth < IMPORT_DEPTH && i->kind == IDL_ITEM_INTERFACE)
            d = find_typedef(i->items, name, depth + 1);
        if (d)
            return d;
    }
    return NULL;
}

static bool is_status(const struct idl_acf_param *a)
{
    return idl_attr_find(a->attrs, "comm_status") || idl_attr_find(a->attrs, "fault_status");
}

/* error_status_t *name, which the ACF alone has: filled by the stub, unknown to the peer. */
static struct idl_decl *status_param(struct idl *run, const struct idl_acf_param *a)
{
    struct idl_decl *d = (struct idl_decl *)idl_alloc(run, sizeof *d);
    struct idl_type *star = (struct idl_type *)idl_alloc(run, sizeof *star);
    struct idl_type *base = (struct idl_type *)idl_alloc(run, sizeof *base);

    *base = (struct idl_type){ .kind = IDL_TYPE_BASE, .base = IDL_BASE_ERROR_STATUS, .at = a->at };
    *star = (struct idl_type){ .kind = IDL_TYPE_POINTER, .of = base, .at = a->at };
    *d = (struct idl_decl){
        .at = a->at, .name = a->name, .type = star, .base = base, .added = true
    };
    return d;
}

static void merge_params(struct idl *run, struct idl_item *i, const struct idl_acf_item *acf)
{
    const struct idl_acf_param *a = NULL;
    struct idl_decl **p = NULL;

    for (a = acf->params; a; a = a->next) {
        for (p = &i->decls->type->members; *p; p = &(*p)->next)
            if ((*p)->name && strcmp((*p)->name, a->name) == 0)
                break;
        if (!*p && is_status(a))
            *p = status_param(run, a);
        if (*p)
            (*p)->attrs = with_acf(run, a->attrs, (*p)->attrs);
    }
}

static void merge_function(struct idl *run, struct idl_item *i, const struct idl_acf_item *acf)
{
    if (!i || i->decls->type->kind != IDL_TYPE_FUNCTION)
        return;
    i->attrs = with_acf(run, acf->attrs, i->attrs);
    i->decls->attrs = i->attrs;
    merge_params(run, i, acf);
}

static void merge_typedef(struct idl *run, struct idl_item *face, struct idl_file *file,
                          const struct idl_acf_item *acf)
{
    struct idl_decl *d = find_typedef(face->items, acf->text, 0);

    if (!d)
        d = find_typedef(file->items, acf->text, 0);
    if (d)
        d->attrs = with_acf(run, acf->attrs, d->attrs);
}

static void merge_interface(struct idl *run, struct idl_file *file, struct idl_item *face,
                            const struct idl_acf *acf)
{
    const struct idl_acf_item *i = NULL;

    face->attrs = with_acf(run, acf->attrs, face->attrs);
    for (i = acf->items; i; i = i->next)
        if (i->kind == IDL_ITEM_TYPEDEF)
            merge_typedef(run, face, file, i);
        else if (i->kind == IDL_ITEM_FUNCTION)
            merge_function(run, find_function(face->items, i->text), i);
}

static struct idl_item *find_interface(struct idl_file *file, const char *name)
{
    struct idl_item *i = NULL;

    for (i = file->items; i; i = i->next)
        if (i->kind == IDL_ITEM_INTERFACE && !i->declared_only &&
            (!name || strcmp(i->text, name) == 0))
            return i;
    return NULL;
}

void idl_merge(struct idl *run, struct idl_file *file, struct idl_acf *acf, bool any_name)
{
    struct idl_item *face = NULL;

    file->acf = acf;
    for (; acf; acf = acf->next) {
        face = find_interface(file, acf->name);
        if (!face && any_name) {
            face = find_interface(file, NULL);
            acf->name = face ? face->text : acf->name;
        }
        if (face)
            merge_interface(run, file, face, acf);
    }
}
