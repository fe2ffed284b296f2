/* SPDX-License-Identifier: Apache-2.0
 * check.c - a file's items in their order, and which attributes may stand where.
 */
#include "idl/check.h"

#include <string.h>

#include "idl/attr.h"

enum { IMPORT_DEPTH = 64 };

const struct idl_type *idl_resolve(const struct idl_type *t)
{
    while (t && t->kind == IDL_TYPE_NAMED)
        t = t->meaning ? t->meaning->type : NULL;
    while (t && t->complete && t->complete != t) /* named first, defined later */
        t = t->complete;
    return t;
}

const struct idl_attr *idl_attr_deep(const struct idl_decl *d, const char *name)
{
    const struct idl_attr *a = idl_attr_find(d->attrs, name);
    const struct idl_type *t = d->type;

    while (!a && t) {
        if (t->kind == IDL_TYPE_NAMED && t->meaning) {
            a = idl_attr_find(t->meaning->attrs, name);
            t = t->meaning->type;
        } else {
            t = t->kind == IDL_TYPE_POINTER ? t->of : NULL;
        }
    }
    return a;
}

bool idl_is_base(const struct idl_type *t, enum idl_base base)
{
    t = idl_resolve(t);
    return t && t->kind == IDL_TYPE_BASE && t->base == base;
}

/* Of each row at most one may stand in a list. */
static const char *const exclusive[][4] = {
    { "ref", "unique", "ptr", NULL },
    { "size_is", "max_is", NULL, NULL },
    { "length_is", "last_is", NULL, NULL },
    { "implicit_handle", "explicit_handle", "auto_handle", NULL },
    { "code", "nocode", NULL, NULL },
    { "uuid", "local", NULL, NULL },
    { "transmit_as", "wire_marshal", "user_marshal", NULL },
    { "represent_as", "user_marshal", "wire_marshal", NULL },
    { "context_handle_serialize", "context_handle_noserialize", NULL, NULL },
};

static void check_exclusive(struct idl_check *c, const struct idl_attr *a,
                            const struct idl_attr *earlier)
{
    size_t row, i, j;

    for (row = 0; row < sizeof exclusive / sizeof *exclusive; row++)
        for (i = 0; exclusive[row][i]; i++)
            for (j = 0; exclusive[row][j]; j++)
                if (i != j && strcmp(a->kind->name, exclusive[row][i]) == 0 &&
                    strcmp(earlier->kind->name, exclusive[row][j]) == 0)
                    idl_error(c->run, a->at, NULL, "[%s] contradicts [%s]", a->kind->name,
                              earlier->kind->name);
}

void idl_check_attrs(struct idl_check *c, const struct idl_attr *list, unsigned where)
{
    const struct idl_attr *a = NULL, *b = NULL;

    for (a = list; a; a = a->next) {
        if (!a->from_acf && !(a->kind->where & where))
            idl_error(c->run, a->at, NULL, "[%s] does not belong on %s", a->kind->name,
                      idl_attr_where(where));
        if (a->type && strcmp(a->kind->name, "implicit_handle") != 0)
            idl_check_decl_type(c, a->type);
        for (b = list; b != a; b = b->next) {
            if (a->from_acf && b->from_acf)
                continue; /* idl_check_acf has looked at these */
            if (b->kind == a->kind && a->from_acf != b->from_acf &&
                strcmp(a->kind->name, "call_as") == 0)
                continue; /* as the documentation has it, in both files */
            if (b->kind == a->kind && strcmp(a->kind->name, "case") != 0) {
                idl_error(c->run, a->at, NULL, "[%s] stands here twice", a->kind->name);
                break;
            }
            check_exclusive(c, a, b);
        }
    }
}

static void check_const(struct idl_check *c, struct idl_item *i)
{
    struct idl_decl *d = i->decls;
    struct idl_symbol *y = NULL;
    const struct idl_type *t = NULL;

    idl_check_decl_type(c, d);
    t = idl_resolve(d->type);
    if (idl_is_base(t, IDL_BASE_FLOAT) || idl_is_base(t, IDL_BASE_DOUBLE))
        idl_is_real(c->scope, d->value);
    else if (t &&
             (t->kind == IDL_TYPE_ENUM ||
              (t->kind == IDL_TYPE_BASE && t->base > IDL_BASE_VOID && t->base <= IDL_BASE_HYPER)))
        d->is_whole = idl_value(c->scope, d->value, &d->number);
    else if (t && t->kind == IDL_TYPE_POINTER && d->value->kind != IDL_EXPR_STRING &&
             d->value->kind != IDL_EXPR_NAME && !idl_is_base(t->of, IDL_BASE_VOID))
        idl_error(c->run, d->value->at, NULL, "a pointer's constant is a string");
    else if (t && t->kind != IDL_TYPE_POINTER)
        idl_error(c->run, d->at, "constants are whole numbers, characters and strings",
                  "no constant has this type");
    y = idl_scope_add(c->scope, IDL_SPACE_NAMES, IDL_MEANS_CONSTANT, d->name, d->at);
    if (y)
        y->decl = d;
}

/* A typedef may be said again in the same words, as C has it: typedef struct a a; twice. */
static bool same_again(struct idl_check *c, const struct idl_decl *d)
{
    const struct idl_symbol *y = idl_scope_find(c->scope, IDL_SPACE_NAMES, d->name);
    const struct idl_type *a = NULL, *b = NULL;

    if (!y || y->means != IDL_MEANS_TYPE)
        return false;
    a = y->decl->type;
    b = d->type;
    while (a->kind == IDL_TYPE_POINTER && b->kind == IDL_TYPE_POINTER) {
        a = a->of;
        b = b->of;
    }
    return a->kind == b->kind && a->name && b->name && strcmp(a->name, b->name) == 0 &&
           !b->has_body;
}

static void check_typedef(struct idl_check *c, struct idl_item *i)
{
    struct idl_decl *d = NULL;
    struct idl_symbol *y = NULL;
    bool local = c->local;

    idl_check_attrs(c, i->attrs, IDL_ON_TYPE);
    if (i->decls->base->has_body)
        i->decls->base->known = idl_known(i->decls);
    for (d = i->decls; d; d = d->next) {
        idl_check_tag(c, d->base,
                      d->type == d->base ? d->name : idl_printf(c->run, "_%s", d->name));
        c->local = local || idl_has_own_routines(d); /* then nobody sends what stands here */
        idl_check_decl_type(c, d);
        c->local = local;
        idl_check_type_attrs(c, d);
        idl_check_pipe(c, d);
        d->again = same_again(c, d);
        if (d->again)
            continue;
        y = idl_scope_add(c->scope, IDL_SPACE_NAMES, IDL_MEANS_TYPE, d->name, d->at);
        if (y)
            y->decl = d;
    }
}

static void check_items(struct idl_check *c, struct idl_item *i, bool inside);

static void check_interface(struct idl_check *c, struct idl_item *i)
{
    bool local = idl_attr_find(i->attrs, "local") != NULL;
    struct idl_symbol *y = NULL;

    if (i->declared_only)
        return;
    idl_check_attrs(c, i->attrs, IDL_ON_INTERFACE);
    if (!local && !idl_attr_find(i->attrs, "uuid"))
        idl_error(c->run, i->at, "give it [uuid(...)]; uuidgen makes one",
                  "the interface %s has no uuid", i->text);
    y = idl_scope_add(c->scope, IDL_SPACE_INTERFACES, IDL_MEANS_INTERFACE, i->text, i->at);
    if (y)
        y->item = i;
    c->local = local;
    c->explicit_handle = idl_attr_find(i->attrs, "explicit_handle") != NULL;
    c->face = i;
    c->opnum = 0;
    c->callbacks = 0;
    check_items(c, i->items, true);
    if (!local)
        idl_check_interface(c, i);
    if (!local)
        idl_check_callbacks(c, i);
    c->local = false;
}

static void check_file(struct idl_check *c, struct idl_file *file)
{
    if (file->checked)
        return;
    file->checked = true;
    check_items(c, file->items, false);
}

static void check_import(struct idl_check *c, struct idl_item *i)
{
    if (!i->import)
        return;
    if (c->depth >= IMPORT_DEPTH) {
        idl_error(c->run, i->at, NULL, "imports more than %d levels deep", IMPORT_DEPTH);
        return;
    }
    c->depth++;
    check_file(c, i->import);
    c->depth--;
}

static void check_items(struct idl_check *c, struct idl_item *i, bool inside)
{
    for (; i; i = i->next) {
        if (i->kind == IDL_ITEM_IMPORT)
            check_import(c, i);
        else if (i->kind == IDL_ITEM_CONST)
            check_const(c, i);
        else if (i->kind == IDL_ITEM_TYPEDEF)
            check_typedef(c, i);
        else if (i->kind == IDL_ITEM_TYPE)
            idl_check_type(c, i->decls->type);
        else if (i->kind == IDL_ITEM_INTERFACE)
            check_interface(c, i);
        else if (i->kind == IDL_ITEM_FUNCTION && inside)
            idl_check_function(c, i);
        else if (i->kind == IDL_ITEM_FUNCTION)
            idl_error(c->run, i->at, NULL, "a function stands outside every interface");
    }
}

void idl_check(struct idl *run, struct idl_scope *scope, struct idl_file *file,
               const struct idl_acf *acf)
{
    struct idl_check c = { .run = run, .scope = scope };

    check_file(&c, file);
    idl_check_pickles(run, file);
    for (; acf; acf = acf->next)
        idl_check_acf(&c, acf);
}
