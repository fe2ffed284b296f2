/* SPDX-License-Identifier: Apache-2.0
 * check_size.c - size_is and its like, string, switch_is: what they name, and what lacks them.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

static const struct idl_decl *sibling(const struct idl_check *c, const char *name)
{
    const struct idl_decl *d = NULL;

    for (d = c->siblings; d; d = d->next)
        if (d->name && strcmp(d->name, name) == 0)
            return d;
    return NULL;
}

/* Whole numbers and enums, behind as many pointers as the expression has stars. */
static bool is_count(const struct idl_type *t, unsigned stars)
{
    for (t = idl_resolve(t); t && stars > 0 && t->kind == IDL_TYPE_POINTER; stars--)
        t = idl_resolve(t->of);
    return !t ||
           (stars == 0 &&
            (t->kind == IDL_TYPE_ENUM ||
             (t->kind == IDL_TYPE_BASE && t->base > IDL_BASE_VOID && t->base <= IDL_BASE_HYPER)));
}

static void check_name(struct idl_check *c, const struct idl_attr *a, const struct idl_expr *e,
                       unsigned stars, const char *what)
{
    const struct idl_symbol *y = NULL;
    const struct idl_decl *d = sibling(c, e->text);

    if (!d) {
        y = idl_scope_find(c->scope, IDL_SPACE_NAMES, e->text);
        if (!y || y->means != IDL_MEANS_CONSTANT)
            idl_error(c->run, e->at, NULL, "[%s] names '%s', which is no %s here", a->kind->name,
                      e->text, what);
    } else if (d->type && !is_count(d->type, stars)) {
        idl_error(c->run, e->at,
                  is_count(d->type, stars + 1) ? "it is a pointer: put a * before it" : NULL,
                  "[%s] needs a whole number, and '%s' is none", a->kind->name, e->text);
    }
}

/* As deep as the parser lets an expression be. */
static void check_expr(struct idl_check *c, const struct idl_attr *a, const struct idl_expr *e,
                       unsigned stars, const char *what)
{
    if (e->kind == IDL_EXPR_NAME) {
        check_name(c, a, e, stars, what);
        return;
    }
    if (e->kind == IDL_EXPR_MEMBER)
        return; /* p->n: the layout finds it */
    if (e->kind == IDL_EXPR_UNARY && e->op[0] == '*')
        stars++;
    if (e->a)
        check_expr(c, a, e->a, stars, what);
    if (e->b)
        check_expr(c, a, e->b, stars, what);
    if (e->c)
        check_expr(c, a, e->c, stars, what);
}

static bool is_sizing(const struct idl_attr *a)
{
    static const char *const names[] = { "size_is", "max_is", "length_is", "first_is", "last_is" };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(a->kind->name, names[i]) == 0)
            return true;
    return false;
}

/* The pointers and dimensions an attribute's arguments are counted along. */
static unsigned levels_of(const struct idl_type *t)
{
    unsigned n = 0;

    for (t = idl_resolve(t); t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY);
         t = idl_resolve(t->of))
        n++;
    return n;
}

static void check_sizing(struct idl_check *c, const struct idl_decl *d, const struct idl_attr *a,
                         const char *what)
{
    const struct idl_expr *e = NULL;
    unsigned count = 0, levels = levels_of(d->type);

    for (e = a->args; e; e = e->next) {
        count++;
        check_expr(c, a, e, 0, what);
    }
    if (levels == 0)
        idl_error(c->run, a->at, NULL, "[%s] on '%s', which is neither an array nor a pointer",
                  a->kind->name, d->name);
    else if (count > levels)
        idl_error(c->run, a->at, NULL, "[%s] gives %u sizes, and '%s' has %u dimensions",
                  a->kind->name, count, d->name, levels);
}

static bool gives_size(const struct idl_attr *a, unsigned level)
{
    const struct idl_expr *e = a ? a->args : NULL;

    for (; e && level > 0; level--)
        e = e->next;
    return e && e->kind != IDL_EXPR_NONE;
}

/* Every [] has its size from an attribute; a string's last one from its end. */
static void check_unsized(struct idl_check *c, const struct idl_decl *d, const char *what)
{
    const struct idl_attr *size = idl_attr_deep(d, "size_is"), *max = idl_attr_deep(d, "max_is");
    bool is_string = idl_attr_deep(d, "string") != NULL;
    const struct idl_type *t = NULL;
    unsigned level = 0;

    for (t = idl_resolve(d->type); t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY);
         t = idl_resolve(t->of), level++) {
        const struct idl_type *of = idl_resolve(t->of);
        bool last = !of || of->kind != IDL_TYPE_ARRAY;

        if (t->kind == IDL_TYPE_ARRAY && !t->size && !gives_size(size, level) &&
            !gives_size(max, level) && !(is_string && last)) {
            idl_error(c->run, d->at, "say [size_is(...)], or how many in the brackets",
                      "the array %s '%s' has no size", what, d->name);
            return;
        }
    }
}

static void check_string(struct idl_check *c, const struct idl_decl *d, const struct idl_attr *a)
{
    const struct idl_type *t = idl_resolve(d->type);
    bool derived = false;

    while (t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY)) {
        derived = true;
        t = idl_resolve(t->of);
    }
    if (t && (!derived || t->kind != IDL_TYPE_BASE || t->base < IDL_BASE_BYTE ||
              t->base > IDL_BASE_WCHAR))
        idl_error(c->run, a->at, "strings are of char, wchar_t or byte",
                  "[string] on '%s', which is no array of characters", d->name);
}

/* A union whose discriminant stands outside it must be told where. */
static void check_switch(struct idl_check *c, const struct idl_decl *d, const char *what)
{
    const struct idl_attr *a = idl_attr_find(d->attrs, "switch_is");
    const struct idl_type *t = idl_resolve(d->type);

    while (t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY))
        t = idl_resolve(t->of);
    if (a && a->args)
        check_expr(c, a, a->args, 0, what);
    if (!t)
        return;
    if (a && (t->kind != IDL_TYPE_UNION || t->switched))
        idl_error(c->run, a->at, NULL, "[switch_is] on '%s', which is no union that needs it",
                  d->name);
    if (!a && t->kind == IDL_TYPE_UNION && t->has_body && !t->switched)
        idl_error(c->run, d->at, "name the discriminant: [switch_is(...)]",
                  "the union %s '%s' has no switch_is", what, d->name);
}

static void check_range(struct idl_check *c, const struct idl_attr *a)
{
    int64_t low = 0, high = 0;

    if (!a->args->next || a->args->next->next) {
        idl_error(c->run, a->at, NULL, "[range] has a lowest and a highest value");
        return;
    }
    if (idl_value(c->scope, a->args, &low) && idl_value(c->scope, a->args->next, &high) &&
        low > high)
        idl_error(c->run, a->at, NULL, "[range] begins with %lld and ends with %lld",
                  (long long)low, (long long)high);
}

void idl_check_sizes(struct idl_check *c, const struct idl_decl *d, const char *what)
{
    const struct idl_attr *a = NULL;

    for (a = d->attrs; a; a = a->next) {
        if (is_sizing(a))
            check_sizing(c, d, a, what);
        else if (strcmp(a->kind->name, "string") == 0)
            check_string(c, d, a);
        else if (strcmp(a->kind->name, "range") == 0)
            check_range(c, a);
    }
    check_unsized(c, d, what);
    check_switch(c, d, what);
}
