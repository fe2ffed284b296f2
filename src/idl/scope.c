/* SPDX-License-Identifier: Apache-2.0
 * scope.c - names, by hash; and constant expressions, in 64 bits as MIDL computes them.
 */
#include "idl/scope.h"

#include <string.h>

enum { SLOTS = 4096 };

struct idl_scope {
    struct idl *run;
    struct idl_symbol *slots[SLOTS];
};

struct idl_scope *idl_scope_new(struct idl *run)
{
    struct idl_scope *s = (struct idl_scope *)idl_alloc(run, sizeof *s);

    s->run = run;
    return s;
}

static size_t slot_of(const char *name)
{
    uint32_t h = 2166136261u;

    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 16777619u;
    return h % SLOTS;
}

struct idl_symbol *idl_scope_find(const struct idl_scope *s, enum idl_space space, const char *name)
{
    struct idl_symbol *y = s->slots[slot_of(name)];

    while (y && (y->space != space || strcmp(y->name, name) != 0))
        y = y->next;
    return y;
}

struct idl_symbol *idl_scope_add(struct idl_scope *s, enum idl_space space, enum idl_meaning means,
                                 const char *name, struct idl_place at)
{
    struct idl_symbol *y = idl_scope_find(s, space, name), **slot = &s->slots[slot_of(name)];

    if (y) {
        idl_error(s->run, at, idl_printf(s->run, "the first is at %s:%u", y->at.file, y->at.line),
                  "'%s' is defined twice", name);
        return NULL;
    }
    y = (struct idl_symbol *)idl_alloc(s->run, sizeof *y);
    *y = (struct idl_symbol){
        .name = name, .space = space, .means = means, .at = at, .next = *slot
    };
    *slot = y;
    return y;
}

static bool named_value(const struct idl_scope *s, const struct idl_expr *e, int64_t *ret)
{
    const struct idl_symbol *y = NULL;

    *ret = strcmp(e->text, "TRUE") == 0;
    if (*ret || strcmp(e->text, "FALSE") == 0)
        return true;
    y = idl_scope_find(s, IDL_SPACE_NAMES, e->text);
    if (!y || y->means != IDL_MEANS_CONSTANT) {
        idl_error(s->run, e->at, NULL, "'%s' is no constant", e->text);
        return false;
    }
    if (!y->decl->is_whole) {
        idl_error(s->run, e->at, NULL, "'%s' has no whole value", e->text);
        return false;
    }
    *ret = y->decl->number;
    return true;
}

/* Wraps as the machine does; what C leaves undefined is refused. */
static bool compute(const char *op, int64_t a, int64_t b, int64_t *ret)
{
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    bool two = op[1] != '\0';

    if ((op[0] == '/' || op[0] == '%') && (b == 0 || (a == INT64_MIN && b == -1)))
        return false;
    if (two && (op[0] == op[1]) && (op[0] == '<' || op[0] == '>')) {
        if (y > 63)
            return false;
        *ret = op[0] == '<' ? (int64_t)(x << y) : a >> y;
        return true;
    }
    switch (op[0]) {
    case '+':
        *ret = (int64_t)(x + y);
        return true;
    case '-':
        *ret = (int64_t)(x - y);
        return true;
    case '*':
        *ret = (int64_t)(x * y);
        return true;
    case '/':
        *ret = a / b;
        return true;
    case '%':
        *ret = a % b;
        return true;
    case '&':
        *ret = two ? a && b : a & b;
        return true;
    case '|':
        *ret = two ? a || b : a | b;
        return true;
    case '^':
        *ret = a ^ b;
        return true;
    case '<':
        *ret = two ? a <= b : a < b;
        return true;
    case '>':
        *ret = two ? a >= b : a > b;
        return true;
    default:
        *ret = op[0] == '=' ? a == b : a != b;
        return true;
    }
}

static bool unary_value(const struct idl_scope *s, const struct idl_expr *e, int64_t *ret)
{
    int64_t a = 0;

    if (e->op[0] == '*' || e->op[0] == '&') {
        idl_error(s->run, e->at, NULL, "a constant has no '%s'", e->op);
        return false;
    }
    if (!idl_value(s, e->a, &a))
        return false;
    *ret = a;
    if (e->op[0] == '-')
        *ret = (int64_t)(0 - (uint64_t)a);
    else if (e->op[0] == '~')
        *ret = ~a;
    else if (e->op[0] == '!')
        *ret = !a;
    return true;
}

/* As C's conversion to that type, where its width is known. */
static int64_t converted(const struct idl_scope *s, const struct idl_type *t, int64_t v)
{
    static const uint8_t bits[IDL_BASE_ERROR_STATUS + 1] = {
        [IDL_BASE_BYTE] = 8,  [IDL_BASE_CHAR] = 8,         [IDL_BASE_WCHAR] = 16,
        [IDL_BASE_SMALL] = 8, [IDL_BASE_SHORT] = 16,       [IDL_BASE_INT] = 32,
        [IDL_BASE_LONG] = 32, [IDL_BASE_ERROR_STATUS] = 32
    };
    const struct idl_symbol *y = NULL;
    bool is_unsigned;
    unsigned n;

    while (t->kind == IDL_TYPE_NAMED) {
        y = idl_scope_find(s, IDL_SPACE_NAMES, t->name);
        if (!y || y->means != IDL_MEANS_TYPE)
            return v;
        t = y->decl->type;
    }
    n = t->kind == IDL_TYPE_BASE ? bits[t->base] : 0;
    if (n == 0)
        return v;
    is_unsigned = t->is_unsigned || t->base == IDL_BASE_BYTE || t->base == IDL_BASE_WCHAR ||
                  t->base == IDL_BASE_ERROR_STATUS ||
                  (t->base == IDL_BASE_CHAR && !t->is_signed); /* NDR's char is unsigned */
    v = (int64_t)((uint64_t)v & ((1ull << n) - 1));
    return is_unsigned || v < (int64_t)(1ull << (n - 1)) ? v : v - (int64_t)(1ull << n);
}

bool idl_value(const struct idl_scope *s, const struct idl_expr *e, int64_t *ret)
{
    int64_t a = 0, b = 0;

    switch (e->kind) {
    case IDL_EXPR_NUMBER:
    case IDL_EXPR_CHAR:
        *ret = (int64_t)e->value;
        if (e->real)
            break;
        return true;
    case IDL_EXPR_NAME:
        return named_value(s, e, ret);
    case IDL_EXPR_UNARY:
        return unary_value(s, e, ret);
    case IDL_EXPR_CAST:
        if (!idl_value(s, e->a, &a))
            return false;
        *ret = converted(s, e->type->type, a);
        return true;
    case IDL_EXPR_SIZEOF:
        if (idl_sizeof(s, e->type->type, ret))
            return true;
        idl_error(s->run, e->at, "it must be defined, with a fixed size", "this has no size");
        return false;
    case IDL_EXPR_CONDITIONAL:
        return idl_value(s, e->a, &a) && idl_value(s, a ? e->b : e->c, ret);
    case IDL_EXPR_BINARY:
        if (!idl_value(s, e->a, &a) || !idl_value(s, e->b, &b))
            return false;
        if (compute(e->op, a, b, ret))
            return true;
        idl_error(s->run, e->at, NULL, "this has no value: the right side of '%s' is %lld", e->op,
                  (long long)b);
        return false;
    default:
        break;
    }
    idl_error(s->run, e->at, NULL, "this is no constant whole number");
    return false;
}

/* Numbers and the constants that hold them; a string or a name that is no constant is none. */
bool idl_is_real(const struct idl_scope *s, const struct idl_expr *e)
{
    const struct idl_symbol *y = NULL;
    int64_t whole = 0;

    switch (e->kind) {
    case IDL_EXPR_NUMBER:
    case IDL_EXPR_CHAR:
        return true;
    case IDL_EXPR_NAME:
        y = idl_scope_find(s, IDL_SPACE_NAMES, e->text);
        if (y && y->means == IDL_MEANS_CONSTANT && y->decl->type &&
            y->decl->type->kind != IDL_TYPE_POINTER)
            return true; /* it was seen to be one where it stands */
        return idl_value(s, e, &whole);
    case IDL_EXPR_UNARY:
    case IDL_EXPR_CAST:
        return idl_is_real(s, e->a);
    case IDL_EXPR_BINARY:
        return idl_is_real(s, e->a) && idl_is_real(s, e->b);
    case IDL_EXPR_CONDITIONAL:
        return idl_is_real(s, e->a) && idl_is_real(s, e->b) && idl_is_real(s, e->c);
    default:
        return idl_value(s, e, &whole);
    }
}
