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

static bool is_out_only(const struct idl_decl *d)
{
    return idl_attr_find(d->attrs, "out") && !idl_attr_find(d->attrs, "in");
}

/* What travels to the server must have its size there; what comes back needs the room before. */
static void check_direction(struct idl_check *c, const struct idl_attr *a, const struct idl_expr *e,
                            const struct idl_decl *named)
{
    bool size = strcmp(a->kind->name, "size_is") == 0 || strcmp(a->kind->name, "max_is") == 0;

    if (!c->sized || !is_out_only(named))
        return;
    if (!is_out_only(c->sized))
        idl_error(c->run, e->at, "make it [in, out]",
                  "[%s] of an [in] parameter names '%s', which is [out] only", a->kind->name,
                  named->name);
    else if (size && c->first_level)
        idl_error(c->run, e->at, "the server needs the size before it calls: make it [in] too",
                  "[%s] names '%s', which is [out] only", a->kind->name, named->name);
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
    } else if (idl_attr_find(d->attrs, "ignore")) {
        idl_error(c->run, e->at, "what it points to does not travel",
                  "[%s] names '%s', which is [ignore]d", a->kind->name, e->text);
    } else if (d->type && !is_count(d->type, stars)) {
        idl_error(c->run, e->at,
                  is_count(d->type, stars + 1) ? "it is a pointer: put a * before it" : NULL,
                  "[%s] needs a whole number, and '%s' is none", a->kind->name, e->text);
    } else {
        check_direction(c, a, e, d);
    }
}

/* The structure on the left of a member: a parameter or field, or a member of one. */
static const struct idl_type *left_of(struct idl_check *c, const struct idl_attr *a,
                                      const struct idl_expr *e, const char *what);

static const struct idl_decl *member_of(struct idl_check *c, const struct idl_attr *a,
                                        const struct idl_expr *e, const char *what)
{
    const struct idl_type *t = left_of(c, a, e, what);
    const struct idl_decl *d = NULL;

    if (!t)
        return NULL;
    for (d = t->kind == IDL_TYPE_STRUCT ? t->members : NULL; d; d = d->next)
        if (d->name && strcmp(d->name, e->text) == 0)
            return d;
    idl_error(c->run, e->at, NULL, "[%s] names the member '%s', which is not there", a->kind->name,
              e->text);
    return NULL;
}

static const struct idl_type *left_of(struct idl_check *c, const struct idl_attr *a,
                                      const struct idl_expr *e, const char *what)
{
    const struct idl_expr *left = e->a;
    const struct idl_decl *d = NULL;
    const struct idl_type *t = NULL;

    if (left->kind == IDL_EXPR_NAME)
        d = sibling(c, left->text);
    else if (left->kind == IDL_EXPR_MEMBER)
        d = member_of(c, a, left, what);
    if (!d && left->kind != IDL_EXPR_MEMBER)
        idl_error(c->run, left->at, NULL, "[%s] names '%s', which is no %s here", a->kind->name,
                  left->text ? left->text : "this", what);
    t = d && d->type ? idl_resolve(d->type) : NULL;
    if (t && e->op[0] == '-' && t->kind != IDL_TYPE_POINTER)
        idl_error(c->run, e->at, NULL, "'%s' is no pointer", d->name);
    else if (t && e->op[0] == '-')
        t = idl_resolve(t->of);
    if (d && left->kind == IDL_EXPR_NAME)
        check_direction(c, a, left, d);
    return t;
}

static void check_member(struct idl_check *c, const struct idl_attr *a, const struct idl_expr *e,
                         unsigned stars, const char *what)
{
    const struct idl_decl *d = member_of(c, a, e, what);

    if (d && d->type && !is_count(d->type, stars))
        idl_error(c->run, e->at, NULL, "[%s] needs a whole number, and '%s' is none", a->kind->name,
                  e->text);
}

static bool is_pointer_name(const struct idl_check *c, const struct idl_expr *e)
{
    const struct idl_decl *d = e->kind == IDL_EXPR_NAME ? sibling(c, e->text) : NULL;
    const struct idl_type *t = d && d->type ? idl_resolve(d->type) : NULL;

    return t && t->kind == IDL_TYPE_POINTER;
}

/* As deep as the parser lets an expression be. */
static void check_expr(struct idl_check *c, const struct idl_attr *a, const struct idl_expr *e,
                       unsigned stars, const char *what)
{
    if (e->kind == IDL_EXPR_NAME) {
        check_name(c, a, e, stars, what);
        return;
    }
    if (e->kind == IDL_EXPR_MEMBER) {
        check_member(c, a, e, stars, what);
        return;
    }
    if (e->kind == IDL_EXPR_UNARY && e->op[0] == '*')
        stars++;
    if (e->kind == IDL_EXPR_CONDITIONAL && is_pointer_name(c, e->a)) { /* p ? *p : 0 */
        check_expr(c, a, e->b, stars, what);
        check_expr(c, a, e->c, stars, what);
        return;
    }
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

    c->sized = strcmp(what, "parameter") == 0 ? d : NULL;
    for (e = a->args; e; e = e->next) {
        c->first_level = count == 0;
        count++;
        check_expr(c, a, e, 0, what);
    }
    c->sized = NULL;
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

/* size_is is for what has no size of its own. */
static void check_fixed(struct idl_check *c, const struct idl_decl *d, const struct idl_attr *a)
{
    const struct idl_type *t = NULL;
    unsigned level = 0;

    if (strcmp(a->kind->name, "size_is") != 0 && strcmp(a->kind->name, "max_is") != 0)
        return;
    for (t = idl_resolve(d->type); t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY);
         t = idl_resolve(t->of), level++)
        if (t->kind == IDL_TYPE_ARRAY && t->size && gives_size(a, level)) {
            idl_error(c->run, a->at, "write [] or [*], or take the attribute away",
                      "[%s] on '%s', whose size stands in its brackets", a->kind->name, d->name);
            return;
        }
}

/* In C only the first dimension may be open, and a pointer leads to an array of a known size. */
static void check_open(struct idl_check *c, const struct idl_decl *d)
{
    const struct idl_type *t = idl_resolve(d->type), *of = NULL;

    for (; t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY); t = of) {
        of = idl_resolve(t->of);
        if (!of || of->kind != IDL_TYPE_ARRAY || of->size)
            continue;
        if (t->kind == IDL_TYPE_ARRAY)
            idl_error(c->run, d->at, "take pointers for the others",
                      "'%s' is open in more than its first dimension", d->name);
        else
            idl_error(c->run, d->at, "a sized pointer says the same: [size_is(...)] T *p",
                      "'%s' is a pointer to an open array", d->name);
        return;
    }
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

/* Width and kind; a sign makes no difference to what travels. */
static bool same_switch(const struct idl_type *a, const struct idl_type *b)
{
    static const uint8_t width[IDL_BASE_ERROR_STATUS + 1] = {
        [IDL_BASE_BOOLEAN] = 1, [IDL_BASE_BYTE] = 1,         [IDL_BASE_CHAR] = 1,
        [IDL_BASE_WCHAR] = 2,   [IDL_BASE_SMALL] = 1,        [IDL_BASE_SHORT] = 2,
        [IDL_BASE_INT] = 4,     [IDL_BASE_LONG] = 4,         [IDL_BASE_INT3264] = 4,
        [IDL_BASE_HYPER] = 8,   [IDL_BASE_ERROR_STATUS] = 4,
    };

    a = idl_resolve(a);
    b = idl_resolve(b);
    if (!a || !b)
        return true;
    if (a->kind == IDL_TYPE_BASE && b->kind == IDL_TYPE_BASE)
        return width[a->base] == width[b->base];
    return a->kind == b->kind || (a->kind != IDL_TYPE_ENUM && b->kind != IDL_TYPE_ENUM);
}

/* The union's switch_type against the one that is named; any expression but a name is let be. */
static void check_switch_type(struct idl_check *c, const struct idl_decl *d,
                              const struct idl_attr *is)
{
    const struct idl_attr *type = idl_attr_deep(d, "switch_type");
    const struct idl_expr *e = is->args;
    const struct idl_decl *named = NULL;
    const struct idl_type *t = NULL;

    while (e && e->kind == IDL_EXPR_UNARY && e->op[0] == '*')
        e = e->a;
    named = e && e->kind == IDL_EXPR_NAME ? sibling(c, e->text) : NULL;
    if (!type || !type->type || !named || !named->type)
        return;
    t = idl_resolve(named->type);
    while (t && t->kind == IDL_TYPE_POINTER)
        t = idl_resolve(t->of);
    if (!same_switch(type->type->type, t))
        idl_error(c->run, e->at, "make them the same type",
                  "'%s' is not of the [switch_type] of the union '%s'", named->name, d->name);
}

/* A union whose discriminant stands outside it must be told where. */
static void check_switch(struct idl_check *c, const struct idl_decl *d, const char *what)
{
    const struct idl_attr *a = idl_attr_find(d->attrs, "switch_is");
    const struct idl_type *t = idl_sent(d->type);

    while (t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY))
        t = idl_sent(t->of);
    if (a && a->args) {
        c->sized = strcmp(what, "parameter") == 0 ? d : NULL;
        check_expr(c, a, a->args, 0, what);
        c->sized = NULL;
        check_switch_type(c, d, a);
    }
    if (!t)
        return;
    if (a && (t->kind != IDL_TYPE_UNION || t->switched))
        idl_error(c->run, a->at, NULL, "[switch_is] on '%s', which is no union that needs it",
                  d->name);
    if (!a && t->kind == IDL_TYPE_UNION && t->has_body && !t->switched)
        idl_error(c->run, d->at, "name the discriminant: [switch_is(...)]",
                  "the union %s '%s' has no switch_is", what, d->name);
}

static void check_range(struct idl_check *c, const struct idl_decl *d, const struct idl_attr *a)
{
    const struct idl_type *t = idl_resolve(d->type);
    int64_t low = 0, high = 0;

    while (t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY))
        t = idl_resolve(t->of);
    if (t && !idl_attr_deep(d, "size_is") && !idl_attr_deep(d, "max_is") &&
        !idl_attr_deep(d, "string") && t->kind != IDL_TYPE_PIPE && !is_count(t, 0))
        idl_error(c->run, a->at, "it limits whole numbers, and the sizes of arrays and strings",
                  "[range] on '%s', which is no whole number", d->name);

    if (!a->args->next || a->args->next->next) {
        idl_error(c->run, a->at, NULL, "[range] has a lowest and a highest value");
        return;
    }
    if (idl_value(c->scope, a->args, &low) && idl_value(c->scope, a->args->next, &high) &&
        low > high)
        idl_error(c->run, a->at, NULL, "[range] begins with %lld and ends with %lld",
                  (long long)low, (long long)high);
}

static void check_sized(struct idl_check *c, const struct idl_decl *d, const struct idl_attr *a,
                        const char *what)
{
    check_sizing(c, d, a, what);
    check_fixed(c, d, a);
    if (idl_attr_find(d->attrs, "string") && strcmp(a->kind->name, "size_is") != 0 &&
        strcmp(a->kind->name, "max_is") != 0)
        idl_error(c->run, a->at, "a string is as long as its terminator says",
                  "[%s] contradicts [string]", a->kind->name);
}

void idl_check_sizes(struct idl_check *c, const struct idl_decl *d, const char *what)
{
    const struct idl_attr *a = NULL;

    for (a = d->attrs; a; a = a->next) {
        if (is_sizing(a))
            check_sized(c, d, a, what);
        else if (strcmp(a->kind->name, "string") == 0)
            check_string(c, d, a);
        else if (strcmp(a->kind->name, "range") == 0)
            check_range(c, d, a);
    }
    check_unsized(c, d, what);
    check_open(c, d);
    check_switch(c, d, what);
}
