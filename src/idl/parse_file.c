/* SPDX-License-Identifier: Apache-2.0
 * parse_file.c - an IDL file: imports, quoted C, constants, types, functions, interfaces.
 */
#include <string.h>

#include "idl/parse.h"

static struct idl_item *new_item(struct idl_parser *p, enum idl_item_kind kind)
{
    struct idl_item *i = (struct idl_item *)idl_alloc(p->run, sizeof *i);

    i->kind = kind;
    i->at = p->tok.at;
    return i;
}

/* import "a.idl", "b.idl"; one item each. */
static struct idl_item *parse_strings(struct idl_parser *p, enum idl_item_kind kind)
{
    struct idl_item *list = NULL, **end = &list;

    idl_next(p);
    do {
        *end = new_item(p, kind);
        (*end)->text = idl_expect_string(p, "a file's name in quotes");
        end = &(*end)->next;
    } while (idl_accept(p, ","));
    idl_expect(p, ";");
    return list;
}

static struct idl_item *parse_quote(struct idl_parser *p)
{
    struct idl_item *i = new_item(p, IDL_ITEM_QUOTE);
    unsigned pieces = 0;

    idl_next(p);
    idl_expect(p, "(");
    i->text = idl_expect_string(p, "C in quotes");
    while (p->tok.kind == IDL_TOKEN_STRING) {
        i->text = idl_printf(p->run, "%s%s", i->text, p->tok.text);
        idl_next(p);
        if (++pieces > 64)
            idl_syntax(p, NULL, "cpp_quote of more than 64 strings");
    }
    idl_expect(p, ")");
    idl_accept(p, ";");
    return i;
}

/* midl_pragma warning(disable: 2368 2466), kept as its words. */
static struct idl_item *parse_midl_pragma(struct idl_parser *p)
{
    struct idl_item *i = new_item(p, IDL_ITEM_MIDL_PRAGMA);
    bool first = true;

    idl_next(p);
    i->text = idl_expect_name(p, "'warning'");
    idl_expect(p, "(");
    i->text = idl_printf(p->run, "%s(", i->text);
    while (!idl_is(p, ")") && !idl_at_end(p)) {
        bool tight = idl_is(p, ":") || idl_is(p, ",");

        if (p->tok.kind != IDL_TOKEN_NAME && p->tok.kind != IDL_TOKEN_NUMBER && !tight)
            idl_syntax(p, NULL, "expected the number of a warning");
        i->text = idl_printf(p->run, "%s%s%s", i->text, tight || first ? "" : " ", p->tok.text);
        first = false;
        if (strlen(i->text) > 1000)
            idl_syntax(p, NULL, "a pragma of more than 1000 characters");
        idl_next(p);
    }
    i->text = idl_printf(p->run, "%s)", i->text);
    idl_expect(p, ")");
    idl_accept(p, ";");
    return i;
}

static struct idl_item *parse_const(struct idl_parser *p)
{
    struct idl_item *i = new_item(p, IDL_ITEM_CONST);

    idl_next(p);
    i->decls = idl_parse_declaration(p, NULL, true);
    idl_expect(p, "=");
    i->decls->value = idl_parse_expr(p);
    idl_expect(p, ";");
    return i;
}

static struct idl_item *parse_typedef(struct idl_parser *p)
{
    struct idl_item *i = new_item(p, IDL_ITEM_TYPEDEF);

    idl_next(p);
    i->attrs = idl_parse_attrs(p);
    i->decls = idl_parse_declarators(p, idl_parse_specifier(p), i->attrs);
    idl_expect(p, ";");
    return i;
}

/* A function, or a type that stands alone. */
static struct idl_item *parse_declaration(struct idl_parser *p, struct idl_attr *attrs)
{
    struct idl_item *i = new_item(p, IDL_ITEM_FUNCTION);
    struct idl_type *base = NULL;
    struct idl_attr *more = NULL;

    i->attrs = attrs;
    base = idl_parse_specifier(p);
    if (idl_is(p, ";") && base->kind >= IDL_TYPE_STRUCT && base->kind <= IDL_TYPE_ENUM) {
        i->kind = IDL_ITEM_TYPE;
        i->decls = (struct idl_decl *)idl_alloc(p->run, sizeof *i->decls);
        *i->decls = (struct idl_decl){ .at = base->at, .type = base, .base = base, .attrs = attrs };
    } else {
        more = idl_parse_attrs(p);
        if (more)
            idl_error(p->run, more->at, "put it before the result's type",
                      "an attribute stands behind the type");
        i->decls = idl_parse_declarator(p, base);
        i->decls->attrs = attrs;
        i->text = i->decls->name;
        if (!p->failed && (!i->decls->name || i->decls->type->kind != IDL_TYPE_FUNCTION))
            idl_error(p->run, i->decls->at, "an interface has functions, types and constants",
                      "this is no function");
    }
    idl_expect(p, ";");
    return i;
}

static struct idl_item *parse_items(struct idl_parser *p, bool inside);

static void parse_interface(struct idl_parser *p, struct idl_item *i)
{
    idl_next(p);
    i->text = idl_expect_name(p, "the interface's name");
    if (idl_is(p, ":")) {
        idl_syntax(p, "interfaces that inherit belong to COM, which is not carried",
                   "interface %.64s inherits", i->text);
        return;
    }
    if (!i->attrs && idl_accept(p, ";")) {
        i->declared_only = true;
        return;
    }
    idl_expect(p, "{");
    i->items = parse_items(p, true);
    idl_expect(p, "}");
    idl_accept(p, ";");
}

static struct idl_item *parse_attributed(struct idl_parser *p, bool inside)
{
    struct idl_item *i = new_item(p, IDL_ITEM_INTERFACE);
    struct idl_attr *attrs = idl_parse_attrs(p);

    if (idl_is(p, "interface")) {
        i->attrs = attrs;
        if (inside)
            idl_syntax(p, NULL, "an interface stands inside an interface");
        else
            parse_interface(p, i);
        return i;
    }
    if (idl_is(p, "library") || idl_is(p, "coclass") || idl_is(p, "dispinterface"))
        idl_syntax(p, "it belongs to COM, which is not carried", "'%s' is not supported",
                   p->tok.text);
    return parse_declaration(p, attrs);
}

static struct idl_item *parse_item(struct idl_parser *p, bool inside)
{
    struct idl_item *i = NULL;

    if (p->tok.kind == IDL_TOKEN_PRAGMA) {
        i = new_item(p, IDL_ITEM_PRAGMA);
        i->text = p->tok.text;
        idl_next(p);
        return i;
    }
    if (idl_is(p, "import"))
        return parse_strings(p, IDL_ITEM_IMPORT);
    if (idl_is(p, "include"))
        return parse_strings(p, IDL_ITEM_INCLUDE);
    if (idl_is(p, "cpp_quote"))
        return parse_quote(p);
    if (idl_is(p, "midl_pragma"))
        return parse_midl_pragma(p);
    if (idl_is(p, "const"))
        return parse_const(p);
    if (idl_is(p, "typedef"))
        return parse_typedef(p);
    return parse_attributed(p, inside);
}

static struct idl_item *parse_items(struct idl_parser *p, bool inside)
{
    struct idl_item *list = NULL, **end = &list;
    unsigned braces = p->braces;

    while (!idl_is(p, "}") && !idl_at_end(p)) {
        if (idl_accept(p, ";"))
            continue;
        *end = parse_item(p, inside);
        while (*end)
            end = &(*end)->next;
        if (p->failed && !idl_recover(p, braces))
            break;
    }
    return list;
}

struct idl_file *idl_parse(struct idl *run, const char *name, const char *text, size_t len)
{
    struct idl_file *file = (struct idl_file *)idl_alloc(run, sizeof *file);
    unsigned before = idl_error_count(run);
    struct idl_parser p;

    idl_parser_begin(&p, run, name, text, len);
    file->name = p.lx.file;
    file->items = parse_items(&p, false);
    if (!idl_at_end(&p))
        idl_syntax(&p, NULL, "a '}' too many");
    return idl_error_count(run) == before ? file : NULL;
}
