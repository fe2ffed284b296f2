/* SPDX-License-Identifier: Apache-2.0
 * check_type.c - types: names, tags, fields, arms; and what sizes and switches refer to.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

static void check_named(struct idl_check *c, struct idl_type *t)
{
    struct idl_symbol *y = idl_scope_find(c->scope, IDL_SPACE_NAMES, t->name);

    if (y && y->means == IDL_MEANS_TYPE)
        t->meaning = y->decl;
    else if (y)
        idl_error(c->run, t->at, NULL, "'%s' is no type", t->name);
    else if (idl_scope_find(c->scope, IDL_SPACE_TAGS, t->name))
        idl_error(c->run, t->at, "a tag is named with its struct, union or enum before it",
                  "'%s' is a tag, no type", t->name);
    else
        idl_error(c->run, t->at, "types are defined before they are used; is an import missing?",
                  "unknown type '%s'", t->name);
}

void idl_check_twice(struct idl_check *c, const struct idl_decl *list, const char *what)
{
    const struct idl_decl *d = NULL, *e = NULL;

    for (d = list; d; d = d->next)
        for (e = list; d->name && e != d; e = e->next)
            if (e->name && strcmp(e->name, d->name) == 0) {
                idl_error(c->run, d->at, NULL, "the %s '%s' is defined twice", what, d->name);
                break;
            }
}

static void check_enum(struct idl_check *c, struct idl_type *t)
{
    struct idl_symbol *y = NULL;
    struct idl_decl *d = NULL;
    int64_t next = 0;

    for (d = t->members; d; d = d->next) {
        d->number = next;
        d->is_whole = !d->value || idl_value(c->scope, d->value, &d->number);
        next = (int64_t)((uint64_t)d->number + 1);
        if (d->is_whole && (d->number < INT32_MIN || d->number > UINT32_MAX))
            idl_error(c->run, d->at, NULL, "the constant %s has more than 32 bits", d->name);
        y = idl_scope_add(c->scope, IDL_SPACE_NAMES, IDL_MEANS_CONSTANT, d->name, d->at);
        if (y)
            y->decl = d;
    }
}

/* A whole structure is needed here, not only its name. */
static void check_complete(struct idl_check *c, const struct idl_decl *d, const char *what)
{
    const struct idl_type *t = idl_resolve(d->type);

    while (t && t->kind == IDL_TYPE_ARRAY)
        t = idl_resolve(t->of);
    if (t && (t->kind == IDL_TYPE_STRUCT || t->kind == IDL_TYPE_UNION) &&
        (!t->has_body || !t->complete))
        idl_error(c->run, d->at, "only a pointer may lead to a type that is not yet defined",
                  "the %s '%s' has an incomplete type", what, d->name ? d->name : "");
}

/* What may not be in data at all, however deep in arrays and pointers. */
static void check_element(struct idl_check *c, const struct idl_decl *d, const char *what)
{
    const struct idl_attr *ref = idl_attr_find(d->attrs, "ref");
    const struct idl_type *t = idl_sent(d->type);
    bool derived = false;

    if (idl_attr_deep(d, "context_handle"))
        idl_error(c->run, d->at, "a context handle is a parameter by itself",
                  "the %s '%s' is a context handle", what, d->name);
    if (ref && strcmp(what, "arm") == 0)
        idl_error(c->run, ref->at, "[unique] or [ptr]",
                  "the arm '%s' is a ref pointer, which other arms leave without a value", d->name);
    while (t && (t->kind == IDL_TYPE_ARRAY || t->kind == IDL_TYPE_POINTER)) {
        derived = true;
        t = idl_sent(t->of);
    }
    if (t && t->kind == IDL_TYPE_FUNCTION)
        idl_error(c->run, d->at, NULL, "the %s '%s' leads to a function", what, d->name);
    if (idl_is_base(t, IDL_BASE_ERROR_STATUS))
        idl_error(c->run, d->at, "unsigned long is the same on the wire",
                  "the %s '%s' is an error_status_t, which only parameters and results are", what,
                  d->name);
    if (derived && idl_is_base(t, IDL_BASE_HANDLE))
        idl_error(c->run, d->at, "a binding handle belongs to one process, it cannot be sent",
                  "the %s '%s' leads to a handle_t", what, d->name);
}

static void check_field(struct idl_check *c, struct idl_type *owner, struct idl_decl *d)
{
    const struct idl_type *t = idl_sent(d->type);
    const char *what = owner->kind == IDL_TYPE_UNION ? "arm" : "field";

    if (!c->local && idl_check_ignored(c, d, what))
        return;
    check_complete(c, d, what);
    if (c->local || !t)
        return;
    if (idl_is_base(t, IDL_BASE_VOID))
        idl_error(c->run, d->at, NULL, "the %s '%s' is void", what, d->name);
    if (idl_is_base(t, IDL_BASE_HANDLE))
        idl_error(c->run, d->at, "a binding handle belongs to one process, it cannot be sent",
                  "the %s '%s' is a handle_t", what, d->name);
    if (t->kind == IDL_TYPE_PIPE)
        idl_error(c->run, d->at, "a pipe is a parameter by itself", "the %s '%s' is a pipe", what,
                  d->name);
    if (d->bit_field)
        idl_error(c->run, d->at, "NDR knows no bits; take a whole number",
                  "the %s '%s' is a bit field", what, d->name);
    check_element(c, d, what);
    idl_check_sizes(c, d, what);
    if (!idl_is_opaque(d->type) && ((t->kind == IDL_TYPE_ARRAY && !t->size) || t->conformant)) {
        owner->conformant = true;
        if (owner->kind == IDL_TYPE_UNION)
            idl_error(c->run, d->at, "take a pointer to it", "the arm '%s' has no fixed size",
                      d->name);
        else if (d->next)
            idl_error(c->run, d->at, "put it last", "the field '%s' has no fixed size", d->name);
    }
}

static void check_fields(struct idl_check *c, struct idl_type *t)
{
    const struct idl_decl *outer = c->siblings;
    struct idl_decl *d = NULL;

    idl_check_twice(c, t->members, t->kind == IDL_TYPE_UNION ? "arm" : "field");
    for (d = t->members; d; d = d->next)
        if (d->type)
            idl_check_decl_type(c, d);
    c->siblings = t->members;
    for (d = t->members; d; d = d->next) {
        unsigned arm = t->kind == IDL_TYPE_UNION ? IDL_ON_ARM : 0;

        if (!d->same_base)
            idl_check_attrs(c, d->attrs, IDL_ON_FIELD | arm);
        if (d->type)
            check_field(c, t, d);
    }
    c->siblings = outer;
}

/* Every arm is labelled, no label twice. */
static void check_labels(struct idl_check *c, const struct idl_type *t)
{
    const struct idl_decl *d = NULL;
    const struct idl_attr *a = NULL;
    const struct idl_expr *e = NULL;
    int64_t seen[256], v = 0;
    size_t count = 0, i;
    bool has_default = false;

    for (d = t->members; d; d = d->next) {
        if (!idl_attr_find(d->attrs, "case") && !idl_attr_find(d->attrs, "default"))
            idl_error(c->run, d->at, "[case(...)] or [default]",
                      "this arm of a union has no label");
        for (a = d->attrs; a; a = a->next) {
            if (strcmp(a->kind->name, "default") == 0) {
                if (has_default)
                    idl_error(c->run, a->at, NULL, "the union has a second default");
                has_default = true;
            }
            for (e = strcmp(a->kind->name, "case") == 0 ? a->args : NULL; e; e = e->next) {
                if (!idl_value(c->scope, e, &v))
                    continue;
                for (i = 0; i < count && seen[i] != v; i++)
                    continue;
                if (i < count)
                    idl_error(c->run, e->at, NULL, "the case %lld stands here twice", (long long)v);
                else if (count < sizeof seen / sizeof *seen)
                    seen[count++] = v;
            }
        }
    }
}

static bool is_discriminant(const struct idl_type *t)
{
    t = idl_resolve(t);
    return !t || t->kind == IDL_TYPE_ENUM ||
           (t->kind == IDL_TYPE_BASE && t->base > IDL_BASE_VOID && t->base <= IDL_BASE_HYPER);
}

static void check_switched(struct idl_check *c, struct idl_type *t)
{
    idl_check_decl_type(c, t->switched);
    if (!is_discriminant(t->switched->type))
        idl_error(c->run, t->switched->at, NULL, "a union is switched by whole numbers and enums");
    else
        idl_check_cases(c, t, t->switched->type);
}

static bool has_labels(const struct idl_type *t)
{
    const struct idl_decl *d = NULL;

    for (d = t->members; d; d = d->next)
        if (idl_attr_find(d->attrs, "case") || idl_attr_find(d->attrs, "default"))
            return true;
    return false;
}

void idl_check_tag(struct idl_check *c, struct idl_type *t, const char *name)
{
    struct idl_decl *d = NULL;

    if (t->kind < IDL_TYPE_STRUCT || t->kind > IDL_TYPE_ENUM || t->tag)
        return;
    t->tag = t->name;
    if (!t->tag)
        t->tag =
            idl_scope_find(c->scope, IDL_SPACE_TAGS, name) ? idl_printf(c->run, "%s_", name) : name;
    for (d = t->kind == IDL_TYPE_ENUM ? NULL : t->members; d; d = d->next)
        if (d->type && d->name)
            idl_check_tag(c, d->base, idl_printf(c->run, "%s_%s", t->tag, d->name));
}

static void check_tagged(struct idl_check *c, struct idl_type *t)
{
    struct idl_symbol *y = t->name ? idl_scope_find(c->scope, IDL_SPACE_TAGS, t->name) : NULL;

    idl_check_attrs(c, t->attrs, IDL_ON_TYPE);
    idl_check_tag(c, t, "untagged");
    if (y && y->type->kind != t->kind)
        idl_error(c->run, t->at, NULL, "'%s' was the tag of another kind at %s:%u", t->name,
                  y->at.file, y->at.line);
    else if (y && t->has_body && y->type->has_body)
        idl_error(c->run, t->at,
                  idl_printf(c->run, "the first is at %s:%u", y->at.file, y->at.line),
                  "the tag '%s' is defined twice", t->name);
    if (t->name && !y) {
        y = idl_scope_add(c->scope, IDL_SPACE_TAGS, IDL_MEANS_TAG, t->name, t->at);
        if (y)
            y->type = t;
    }
    if (y && t->has_body && y->type != t && !y->type->has_body) {
        y->type->complete = t; /* those who named it before find the body */
        y->type = t;
        y->at = t->at;
    }
    if (!t->has_body) {
        t->complete = y && y->type != t ? y->type : NULL;
        return;
    }
    if (t->kind == IDL_TYPE_ENUM)
        check_enum(c, t);
    else
        check_fields(c, t);
    if (t->switched)
        check_switched(c, t);
    if (t->kind == IDL_TYPE_UNION && (t->switched || has_labels(t)))
        check_labels(c, t);
    else if (t->kind == IDL_TYPE_UNION && !c->local)
        idl_error(c->run, t->at, "label its arms with [case(...)], or say switch (type name)",
                  "a union without labels cannot be sent");
    t->complete = t;
}

void idl_check_type(struct idl_check *c, struct idl_type *t)
{
    if (t->kind == IDL_TYPE_NAMED)
        check_named(c, t);
    else if (t->kind == IDL_TYPE_PIPE)
        idl_check_type(c, t->of);
    else if (t->kind >= IDL_TYPE_STRUCT && t->kind <= IDL_TYPE_ENUM)
        check_tagged(c, t);
}

static void check_dimension(struct idl_check *c, const struct idl_type *t)
{
    int64_t n = 0;

    if (t->size && idl_value(c->scope, t->size, &n) && (n <= 0 || n > INT32_MAX))
        idl_error(c->run, t->size->at, NULL, "an array of %lld elements", (long long)n);
}

void idl_check_decl_type(struct idl_check *c, struct idl_decl *d)
{
    struct idl_type *t = NULL;
    struct idl_decl *param = NULL;

    if (!d->same_base)
        idl_check_type(c, d->base);
    for (t = d->type; t != d->base; t = t->of) {
        if (t->kind == IDL_TYPE_ARRAY)
            check_dimension(c, t);
        for (param = t->kind == IDL_TYPE_FUNCTION ? t->members : NULL; param; param = param->next)
            idl_check_decl_type(c, param);
    }
}
