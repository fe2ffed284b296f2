/* SPDX-License-Identifier: Apache-2.0
 * c_text.c - the IDL's types and expressions as C says them. desktop-src/Midl/midl-base-types.md
 *
 * IDL's long has 32 bits and C's here has 64, so nothing is ever printed as long: LONG and ULONG.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"
#include "idl/emit.h"

static const char *base_name(const struct idl_options *opt, const struct idl_type *t)
{
    bool u = t->is_unsigned;

    switch (t->base) {
    case IDL_BASE_VOID:
        return "void";
    case IDL_BASE_BOOLEAN:
        return "boolean";
    case IDL_BASE_BYTE:
        return "byte";
    case IDL_BASE_CHAR:
        if (t->is_signed)
            return "signed char";
        return u || opt->chars == IDL_CHAR_SIGNED ? "unsigned char" : "char";
    case IDL_BASE_WCHAR:
        return "WCHAR";
    case IDL_BASE_SMALL:
        return u ? "unsigned char" : "signed char";
    case IDL_BASE_SHORT:
        return u ? "unsigned short" : "short";
    case IDL_BASE_INT:
        return u ? "unsigned int" : "int";
    case IDL_BASE_LONG:
        return u ? "ULONG" : "LONG";
    case IDL_BASE_INT3264:
        return u ? "ULONG_PTR" : "LONG_PTR";
    case IDL_BASE_HYPER:
        return u ? "ULONGLONG" : "LONGLONG";
    case IDL_BASE_FLOAT:
        return "float";
    case IDL_BASE_DOUBLE:
        return "double";
    case IDL_BASE_HANDLE:
        return "handle_t";
    case IDL_BASE_ERROR_STATUS:
        return "error_status_t";
    }
    return "void";
}

/* A union with its switch inside is a structure of the two. */
static const char *tagged_name(const struct idl_program *p, const struct idl_type *t)
{
    const struct idl_type *whole = t->complete ? t->complete : t;
    const char *word = "struct";

    if (whole->known)
        return whole->known;
    if (t->kind == IDL_TYPE_ENUM)
        word = "enum";
    else if (t->kind == IDL_TYPE_UNION && !whole->switched)
        word = "union";
    return idl_printf(p->run, "%s %s", word, whole->tag ? whole->tag : t->name ? t->name : "?");
}

/* By [represent_as] and [user_marshal] a program sees another type than is sent. */
static const char *local_name(const struct idl_type *t)
{
    const struct idl_attr *a = t->meaning ? idl_attr_find(t->meaning->attrs, "represent_as") : NULL;

    if (!a && t->meaning)
        a = idl_attr_find(t->meaning->attrs, "user_marshal");
    return a && a->args && a->args->text ? a->args->text : t->name;
}

static const char *specifier(const struct idl_program *p, const struct idl_options *opt,
                             const struct idl_type *t)
{
    const char *name = NULL;

    if (t->kind == IDL_TYPE_BASE)
        name = base_name(opt, t);
    else if (t->kind == IDL_TYPE_NAMED)
        name = local_name(t);
    else if (t->kind == IDL_TYPE_PIPE)
        name = "void";
    else
        name = tagged_name(p, t);
    return t->is_const ? idl_printf(p->run, "const %s", name) : name;
}

static const char *dimension(const struct idl_program *p, const struct idl_options *opt,
                             const struct idl_type *t, bool param)
{
    if (t->size)
        return idl_c_expr(p, opt, t->size, "");
    return param ? "" : "1";
}

const char *idl_c_declarator(const struct idl_program *p, const struct idl_options *opt,
                             const struct idl_type *t, const char *name, bool param)
{
    const char *s = name ? name : "";

    for (; t->kind >= IDL_TYPE_POINTER && t->kind <= IDL_TYPE_FUNCTION; t = t->of) {
        bool star = s[0] == '*';

        if (t->kind == IDL_TYPE_POINTER)
            s = idl_printf(p->run, "*%s%s", t->is_const ? "const " : "", s);
        else if (t->kind == IDL_TYPE_ARRAY)
            s = idl_printf(p->run, "%s%s%s[%s]", star ? "(" : "", s, star ? ")" : "",
                           dimension(p, opt, t, param));
        else
            s = idl_printf(p->run, "%s%s%s(%s)", star ? "(" : "", s, star ? ")" : "",
                           idl_c_params(p, opt, t->members));
        param = param && t->kind == IDL_TYPE_ARRAY;
    }
    return s;
}

const char *idl_c_declare(const struct idl_program *p, const struct idl_options *opt,
                          const struct idl_type *t, const char *name, bool param)
{
    const char *s = idl_c_declarator(p, opt, t, name, param);

    while (t->kind >= IDL_TYPE_POINTER && t->kind <= IDL_TYPE_FUNCTION)
        t = t->of;
    return idl_printf(p->run, "%s%s%s", specifier(p, opt, t), s[0] && s[0] != '[' ? " " : "", s);
}

const char *idl_c_type(const struct idl_program *p, const struct idl_options *opt,
                       const struct idl_type *t)
{
    return idl_c_declare(p, opt, t, NULL, false);
}

const char *idl_c_params(const struct idl_program *p, const struct idl_options *opt,
                         const struct idl_decl *params)
{
    const struct idl_decl *d = NULL;
    const char *s = "";

    for (d = params; d; d = d->next)
        s = idl_printf(p->run, "%s%s%s", s, s[0] ? ", " : "",
                       idl_c_declare(p, opt, d->type, d->name, true));
    return s[0] ? s : "void";
}

/* 5i64 is Microsoft's way of saying 5LL; a long's suffix would change the width here. */
static const char *number(const struct idl_program *p, const struct idl_expr *e)
{
    size_t n = strlen(e->text);
    bool is_unsigned = false;

    if (e->real)
        return e->text;
    if (n > 3 && strcmp(e->text + n - 2, "64") == 0 && strchr("iI", e->text[n - 3]))
        n -= 3;
    while (n > 1 && strchr("uUlL", e->text[n - 1])) {
        is_unsigned = is_unsigned || strchr("uU", e->text[n - 1]);
        n--;
    }
    return idl_printf(p->run, "%.*s%s%s", (int)n, e->text, is_unsigned ? "U" : "",
                      e->value > UINT32_MAX ? "LL" : "");
}

static const char *name_of(const struct idl_program *p, const struct idl_expr *e,
                           const char *before)
{
    const struct idl_symbol *y = idl_scope_find(p->scope, IDL_SPACE_NAMES, e->text);
    bool constant = (y && y->means == IDL_MEANS_CONSTANT) || strcmp(e->text, "TRUE") == 0 ||
                    strcmp(e->text, "FALSE") == 0;

    return constant ? e->text : idl_printf(p->run, "%s%s", before, e->text);
}

static const char *operand(const struct idl_program *p, const struct idl_options *opt,
                           const struct idl_expr *e, const char *before)
{
    bool plain =
        e->kind < IDL_EXPR_UNARY || e->kind == IDL_EXPR_SIZEOF || e->kind == IDL_EXPR_MEMBER;
    const char *s = idl_c_expr(p, opt, e, before);

    return plain ? s : idl_printf(p->run, "(%s)", s);
}

const char *idl_c_expr(const struct idl_program *p, const struct idl_options *opt,
                       const struct idl_expr *e, const char *before)
{
    switch (e->kind) {
    case IDL_EXPR_NONE:
        return "";
    case IDL_EXPR_NUMBER:
        return number(p, e);
    case IDL_EXPR_NAME:
        return name_of(p, e, before);
    case IDL_EXPR_UUID:
        return e->text;
    case IDL_EXPR_STRING:
        return idl_printf(p->run, e->wide ? "CS_WIDE(\"%s\")" : "\"%s\"", e->text);
    case IDL_EXPR_CHAR:
        return idl_printf(p->run, e->wide ? "CS_WIDE('%s')" : "'%s'", e->text);
    case IDL_EXPR_UNARY:
        return idl_printf(p->run, "%s%s", e->op, operand(p, opt, e->a, before));
    case IDL_EXPR_BINARY:
        return idl_printf(p->run, "%s %s %s", operand(p, opt, e->a, before), e->op,
                          operand(p, opt, e->b, before));
    case IDL_EXPR_CONDITIONAL:
        return idl_printf(p->run, "%s ? %s : %s", operand(p, opt, e->a, before),
                          operand(p, opt, e->b, before), operand(p, opt, e->c, before));
    case IDL_EXPR_MEMBER:
        return idl_printf(p->run, "%s%s%s", operand(p, opt, e->a, before), e->op, e->text);
    case IDL_EXPR_CAST:
        return idl_printf(p->run, "(%s)%s", idl_c_type(p, opt, e->type->type),
                          operand(p, opt, e->a, before));
    case IDL_EXPR_SIZEOF:
        return idl_printf(p->run, "sizeof(%s)", idl_c_type(p, opt, e->type->type));
    }
    return "";
}
