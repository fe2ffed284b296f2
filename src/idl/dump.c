/* SPDX-License-Identifier: Apache-2.0
 * dump.c - the AST as canonical IDL. Recursion is as deep as the parser let the text nest.
 */
#include "idl/dump.h"

#include <string.h>

#include "idl/attr.h"

struct out {
    struct idl *run;
    struct idl_text *to;
    unsigned depth;
};

static void put_type(struct out *o, const struct idl_type *t);
static void put_decl(struct out *o, const struct idl_decl *d);

static void indent(struct out *o)
{
    idl_text_add(o->to, "%*s", (int)(o->depth * 4), "");
}

static void put_expr(struct out *o, const struct idl_expr *e);

/* Parentheses around all that has an operator: no table of ranks here. */
static void put_operand(struct out *o, const struct idl_expr *e)
{
    bool plain = e->kind < IDL_EXPR_UNARY || e->kind == IDL_EXPR_SIZEOF;

    idl_text_add(o->to, plain ? "" : "(");
    put_expr(o, e);
    idl_text_add(o->to, plain ? "" : ")");
}

static void put_typed(struct out *o, const struct idl_expr *e)
{
    idl_text_add(o->to, e->kind == IDL_EXPR_SIZEOF ? "sizeof(" : "(");
    put_decl(o, e->type);
    idl_text_add(o->to, ")");
    if (e->kind == IDL_EXPR_CAST)
        put_operand(o, e->a);
}

static void put_expr(struct out *o, const struct idl_expr *e)
{
    const char *wide = e->wide ? "L" : "";

    switch (e->kind) {
    case IDL_EXPR_NONE:
        break;
    case IDL_EXPR_NUMBER:
    case IDL_EXPR_NAME:
    case IDL_EXPR_UUID:
        idl_text_add(o->to, "%s", e->text);
        break;
    case IDL_EXPR_STRING:
        idl_text_add(o->to, "%s\"%s\"", wide, e->text);
        break;
    case IDL_EXPR_CHAR:
        idl_text_add(o->to, "%s'%s'", wide, e->text);
        break;
    case IDL_EXPR_UNARY:
        idl_text_add(o->to, "%s", e->op);
        put_operand(o, e->a);
        break;
    case IDL_EXPR_BINARY:
        put_operand(o, e->a);
        idl_text_add(o->to, " %s ", e->op);
        put_operand(o, e->b);
        break;
    case IDL_EXPR_CONDITIONAL:
        put_operand(o, e->a);
        idl_text_add(o->to, " ? ");
        put_operand(o, e->b);
        idl_text_add(o->to, " : ");
        put_operand(o, e->c);
        break;
    case IDL_EXPR_MEMBER:
        put_operand(o, e->a);
        idl_text_add(o->to, "%s%s", e->op, e->text);
        break;
    case IDL_EXPR_CAST:
    case IDL_EXPR_SIZEOF:
        put_typed(o, e);
        break;
    }
}

static void put_exprs(struct out *o, const struct idl_expr *e)
{
    for (; e; e = e->next) {
        put_expr(o, e);
        if (e->next)
            idl_text_add(o->to, ", ");
    }
}

static void put_attrs(struct out *o, const struct idl_attr *a, const char *after)
{
    if (!a)
        return;
    idl_text_add(o->to, "[");
    for (; a; a = a->next) {
        idl_text_add(o->to, "%s", a->kind->name);
        if (a->args || a->type)
            idl_text_add(o->to, "(");
        put_exprs(o, a->args);
        if (a->type)
            put_decl(o, a->type);
        idl_text_add(o->to, "%s%s", a->args || a->type ? ")" : "", a->next ? ", " : "");
    }
    idl_text_add(o->to, "]%s", after);
}

static void put_declarator(struct out *o, const struct idl_decl *d);

/* A line of the body, with the further declarators of its base; the last of them. */
static const struct idl_decl *put_member(struct out *o, const struct idl_decl *d,
                                         const struct idl_attr *attrs)
{
    indent(o);
    put_attrs(o, attrs, d->type ? " " : "");
    put_decl(o, d);
    for (; d->next && d->next->same_base; d = d->next) {
        idl_text_add(o->to, ",");
        put_declarator(o, d->next);
    }
    idl_text_add(o->to, ";\n");
    return d;
}

static void put_constant(struct out *o, const struct idl_decl *d)
{
    indent(o);
    put_attrs(o, d->attrs, " ");
    idl_text_add(o->to, "%s", d->name);
    if (d->value) {
        idl_text_add(o->to, " = ");
        put_expr(o, d->value);
    }
    idl_text_add(o->to, "%s\n", d->next ? "," : "");
}

static void put_label(struct out *o, const struct idl_attr *a)
{
    indent(o);
    idl_text_add(o->to, "%s", a->kind->name);
    if (a->args) {
        idl_text_add(o->to, " ");
        put_expr(o, a->args);
    }
    idl_text_add(o->to, ":\n");
}

/* The labels are the attributes in front, as the parser put them. */
static const struct idl_decl *put_arm(struct out *o, const struct idl_decl *d)
{
    const struct idl_attr *a = d->attrs;

    for (; a && (strcmp(a->kind->name, "case") == 0 || strcmp(a->kind->name, "default") == 0);
         a = a->next)
        put_label(o, a);
    o->depth++;
    d = put_member(o, d, a);
    o->depth--;
    return d;
}

static void put_members(struct out *o, const struct idl_type *t)
{
    const struct idl_decl *d = NULL;

    idl_text_add(o->to, " {\n");
    o->depth++;
    for (d = t->members; d; d = d->next)
        if (t->kind == IDL_TYPE_ENUM)
            put_constant(o, d);
        else if (t->switched)
            d = put_arm(o, d);
        else
            d = put_member(o, d, d->attrs);
    o->depth--;
    indent(o);
    idl_text_add(o->to, "}");
}

static void put_tagged(struct out *o, const struct idl_type *t)
{
    const char *word = t->kind == IDL_TYPE_STRUCT ? "struct" : "union";

    idl_text_add(o->to, "%s", t->kind == IDL_TYPE_ENUM ? "enum" : word);
    if (t->attrs)
        idl_text_add(o->to, " ");
    put_attrs(o, t->attrs, "");
    if (t->name)
        idl_text_add(o->to, " %s", t->name);
    if (t->switched) {
        idl_text_add(o->to, " switch (");
        put_decl(o, t->switched);
        idl_text_add(o->to, ")%s%s", t->union_name ? " " : "", t->union_name ? t->union_name : "");
    }
    if (t->has_body)
        put_members(o, t);
}

static void put_base(struct out *o, const struct idl_type *t)
{
    static const char *const names[] = {
        "void", "boolean",   "byte",  "char",  "wchar_t", "small",    "short",         "int",
        "long", "__int3264", "hyper", "float", "double",  "handle_t", "error_status_t"
    };
    const char *sign = t->is_signed ? "signed " : "";

    idl_text_add(o->to, "%s%s", t->is_unsigned ? "unsigned " : sign, names[t->base]);
}

static void put_type(struct out *o, const struct idl_type *t)
{
    if (t->is_const)
        idl_text_add(o->to, "const ");
    if (t->kind == IDL_TYPE_BASE) {
        put_base(o, t);
    } else if (t->kind == IDL_TYPE_PIPE) {
        idl_text_add(o->to, "pipe ");
        put_type(o, t->of);
    } else if (t->kind == IDL_TYPE_NAMED) {
        idl_text_add(o->to, "%s", t->name);
    } else {
        put_tagged(o, t);
    }
}

static void put_params(struct out *o, const struct idl_decl *d)
{
    idl_text_add(o->to, "(%s", d ? "" : "void");
    for (; d; d = d->next) {
        put_attrs(o, d->attrs, " ");
        put_decl(o, d);
        idl_text_add(o->to, "%s", d->next ? ", " : "");
    }
    idl_text_add(o->to, ")");
}

/* What is behind the name: dimensions and parameters; s is what is around it so far. */
static const char *around(struct out *o, const char *s, const struct idl_type *t)
{
    struct idl_text part = { 0 };
    struct out inner = { o->run, &part, o->depth };
    const char *ret = NULL;
    bool star = s[0] == '*';
    const char *convention = t->kind == IDL_TYPE_FUNCTION ? t->convention : NULL;

    idl_text_add(&part, "%s%s%s%s%s", star ? "(" : "", convention ? convention : "",
                 convention ? " " : "", s, star ? ")" : "");
    if (t->kind == IDL_TYPE_FUNCTION) {
        put_params(&inner, t->members);
    } else {
        idl_text_add(&part, "[");
        if (t->size)
            put_expr(&inner, t->size);
        idl_text_add(&part, "]");
    }
    ret = idl_strndup(o->run, part.ptr, part.len);
    idl_text_done(&part);
    return ret;
}

static void put_declarator(struct out *o, const struct idl_decl *d)
{
    const char *s = d->name ? d->name : "";
    const struct idl_type *t = NULL;

    for (t = d->type; t != d->base; t = t->of) {
        if (t->kind == IDL_TYPE_POINTER)
            s = idl_printf(o->run, "*%s%s", t->is_const ? "const " : "", s);
        else
            s = around(o, s, t);
    }
    idl_text_add(o->to, "%s%s", s[0] ? " " : "", s);
    if (d->bit_field) {
        idl_text_add(o->to, " : ");
        put_expr(o, d->value);
    }
}

static void put_decl(struct out *o, const struct idl_decl *d)
{
    if (!d->type)
        return;
    put_type(o, d->base);
    put_declarator(o, d);
}

/* The base once, the declarators by commas. */
static void put_decls(struct out *o, const struct idl_decl *d)
{
    put_decl(o, d);
    for (d = d->next; d; d = d->next) {
        idl_text_add(o->to, ",");
        put_declarator(o, d);
    }
}

static void put_items(struct out *o, const struct idl_item *i);

static void put_interface(struct out *o, const struct idl_item *i)
{
    put_attrs(o, i->attrs, "\n");
    idl_text_add(o->to, "interface %s", i->text);
    if (i->declared_only) {
        idl_text_add(o->to, ";\n");
        return;
    }
    idl_text_add(o->to, "\n{\n");
    o->depth++;
    put_items(o, i->items);
    o->depth--;
    idl_text_add(o->to, "}\n");
}

static void put_declared(struct out *o, const struct idl_item *i)
{
    idl_text_add(o->to, i->kind == IDL_ITEM_TYPEDEF ? "typedef " : "");
    idl_text_add(o->to, i->kind == IDL_ITEM_CONST ? "const " : "");
    put_attrs(o, i->attrs, " ");
    put_decls(o, i->decls);
    if (i->kind == IDL_ITEM_CONST) {
        idl_text_add(o->to, " = ");
        put_expr(o, i->decls->value);
    }
    idl_text_add(o->to, ";\n");
}

static void put_items(struct out *o, const struct idl_item *i)
{
    for (; i; i = i->next) {
        if (i->kind != IDL_ITEM_PRAGMA)
            indent(o);
        switch (i->kind) {
        case IDL_ITEM_IMPORT:
            idl_text_add(o->to, "import \"%s\";\n", i->text);
            break;
        case IDL_ITEM_INCLUDE:
            idl_text_add(o->to, "include \"%s\";\n", i->text);
            break;
        case IDL_ITEM_QUOTE:
            idl_text_add(o->to, "cpp_quote(\"%s\")\n", i->text);
            break;
        case IDL_ITEM_PRAGMA:
            idl_text_add(o->to, "#pragma %s\n", i->text);
            break;
        case IDL_ITEM_MIDL_PRAGMA:
            idl_text_add(o->to, "midl_pragma %s\n", i->text);
            break;
        case IDL_ITEM_INTERFACE:
            put_interface(o, i);
            break;
        default:
            put_declared(o, i);
            break;
        }
    }
}

void idl_dump(struct idl *run, const struct idl_file *file, struct idl_text *to)
{
    struct out o = { run, to, 0 };

    put_items(&o, file->items);
}

static void put_acf_item(struct out *o, const struct idl_acf_item *i)
{
    const struct idl_acf_param *a = NULL;

    if (i->kind == IDL_ITEM_INCLUDE) {
        idl_text_add(o->to, "    include \"%s\";\n", i->text);
        return;
    }
    idl_text_add(o->to, i->kind == IDL_ITEM_TYPEDEF ? "    typedef " : "    ");
    put_attrs(o, i->attrs, " ");
    idl_text_add(o->to, "%s%s", i->text, i->kind == IDL_ITEM_TYPEDEF ? "" : "(");
    for (a = i->params; a; a = a->next) {
        put_attrs(o, a->attrs, " ");
        idl_text_add(o->to, "%s%s", a->name, a->next ? ", " : "");
    }
    idl_text_add(o->to, i->kind == IDL_ITEM_TYPEDEF ? ";\n" : ");\n");
}

void idl_dump_acf(struct idl *run, const struct idl_acf *acf, struct idl_text *to)
{
    struct out o = { run, to, 0 };
    const struct idl_acf_item *i = NULL;

    for (; acf; acf = acf->next) {
        put_attrs(&o, acf->attrs, "\n");
        idl_text_add(to, "interface %s\n{\n", acf->name);
        for (i = acf->items; i; i = i->next)
            put_acf_item(&o, i);
        idl_text_add(to, "}\n");
    }
}
