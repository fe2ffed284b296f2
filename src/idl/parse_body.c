/* SPDX-License-Identifier: Apache-2.0
 * parse_body.c - what stands in the braces of struct, union and enum, and a function's parameters.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/parse.h"

static struct idl_decl *last_of(struct idl_decl *d)
{
    while (d && d->next)
        d = d->next;
    return d;
}

/* Declarations by semicolons; an arm may be empty. */
static struct idl_decl **parse_fields(struct idl_parser *p, struct idl_decl **end, bool arms)
{
    struct idl_attr *attrs = idl_parse_attrs(p);
    struct idl_decl *list = NULL;
    struct idl_place at = p->tok.at;

    if (arms && idl_is(p, ";")) {
        list = (struct idl_decl *)idl_alloc(p->run, sizeof *list);
        list->at = at;
        list->attrs = attrs;
    } else {
        list = idl_parse_declarators(p, idl_parse_specifier(p), attrs);
    }
    idl_expect(p, ";");
    *end = list;
    list = last_of(list);
    return list ? &list->next : end;
}

static void parse_plain(struct idl_parser *p, struct idl_type *t)
{
    struct idl_decl **end = &t->members;

    while (!idl_is(p, "}") && !idl_at_end(p))
        end = parse_fields(p, end, t->kind == IDL_TYPE_UNION);
}

/* case 1: case 2: and default: become the attributes they mean. */
static struct idl_attr *parse_labels(struct idl_parser *p)
{
    struct idl_attr *list = NULL, **end = &list;

    while (idl_is(p, "case") || idl_is(p, "default")) {
        struct idl_attr *a = (struct idl_attr *)idl_alloc(p->run, sizeof *a);

        a->at = p->tok.at;
        a->kind = idl_attr_kind(p->tok.text);
        idl_next(p);
        if (strcmp(a->kind->name, "case") == 0)
            a->args = idl_parse_expr(p);
        idl_expect(p, ":");
        *end = a;
        end = &a->next;
    }
    if (!list)
        idl_syntax(p, NULL, "expected 'case' or 'default'");
    return list;
}

static struct idl_attr *joined(struct idl_attr *a, struct idl_attr *b)
{
    struct idl_attr *last = a;

    if (!a)
        return b;
    while (last->next)
        last = last->next;
    last->next = b;
    return a;
}

static void parse_switched(struct idl_parser *p, struct idl_type *t)
{
    struct idl_decl **end = &t->members;

    while (!idl_is(p, "}") && !idl_at_end(p)) {
        struct idl_attr *labels = parse_labels(p);
        struct idl_decl **arm = end;

        end = parse_fields(p, end, true);
        if (*arm)
            (*arm)->attrs = joined(labels, (*arm)->attrs);
    }
}

static void parse_constants(struct idl_parser *p, struct idl_type *t)
{
    struct idl_decl **end = &t->members;

    while (!idl_is(p, "}") && !idl_at_end(p)) {
        struct idl_decl *d = (struct idl_decl *)idl_alloc(p->run, sizeof *d);

        d->attrs = idl_parse_attrs(p);
        d->at = p->tok.at;
        d->name = idl_expect_name(p, "a constant's name");
        if (idl_accept(p, "="))
            d->value = idl_parse_expr(p);
        *end = d;
        end = &d->next;
        if (!idl_is(p, "}"))
            idl_expect(p, ",");
    }
}

void idl_parse_body(struct idl_parser *p, struct idl_type *t)
{
    if (idl_accept(p, "switch")) {
        idl_expect(p, "(");
        t->switched = idl_parse_declaration(p, NULL, true);
        idl_expect(p, ")");
        if (p->tok.kind == IDL_TOKEN_NAME)
            t->union_name = idl_expect_name(p, "a name");
    }
    idl_expect(p, "{");
    t->has_body = true;
    if (t->kind == IDL_TYPE_ENUM)
        parse_constants(p, t);
    else if (t->switched)
        parse_switched(p, t);
    else
        parse_plain(p, t);
    idl_expect(p, "}");
    if (!p->failed && !t->members)
        idl_error(p->run, t->at, NULL, "nothing stands between the braces");
}

static bool is_void_alone(const struct idl_decl *d)
{
    return !d->attrs && !d->name && d->type->kind == IDL_TYPE_BASE &&
           d->type->base == IDL_BASE_VOID;
}

struct idl_decl *idl_parse_params(struct idl_parser *p)
{
    struct idl_decl *list = NULL, **end = &list;

    if (!idl_enter(p))
        return NULL;
    idl_expect(p, "(");
    while (!idl_is(p, ")") && !idl_at_end(p)) {
        struct idl_attr *attrs = idl_parse_attrs(p);

        if (idl_is(p, "..."))
            idl_syntax(p, "each parameter has its own type", "nobody could say what '...' carries");
        *end = idl_parse_declaration(p, attrs, false);
        end = &(*end)->next;
        if (!idl_accept(p, ","))
            break;
    }
    idl_expect(p, ")");
    idl_leave(p);
    return list && !p->failed && !list->next && is_void_alone(list) ? NULL : list;
}
