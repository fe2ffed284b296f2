/* SPDX-License-Identifier: Apache-2.0
 * parse_expr.c - expressions of C, as constants and as the arguments of attributes.
 */
#include <string.h>

#include "idl/parse.h"

enum { EXPR_DEPTH = 200 }; /* of a tree: whoever walks it recurses */

struct level {
    const char *op;
    unsigned rank;
};

static const struct level levels[] = {
    { "||", 1 }, { "&&", 2 }, { "|", 3 },  { "^", 4 },  { "&", 5 },  { "==", 6 }, { "!=", 6 },
    { "<", 7 },  { ">", 7 },  { "<=", 7 }, { ">=", 7 }, { "<<", 8 }, { ">>", 8 }, { "+", 9 },
    { "-", 9 },  { "*", 10 }, { "/", 10 }, { "%", 10 }, { NULL, 0 },
};

static struct idl_expr *node(struct idl_parser *p, enum idl_expr_kind kind, struct idl_place at,
                             struct idl_expr *a, struct idl_expr *b)
{
    struct idl_expr *e = (struct idl_expr *)idl_alloc(p->run, sizeof *e);
    unsigned below = a ? a->depth : 0;

    if (b && b->depth > below)
        below = b->depth;
    *e = (struct idl_expr){ .kind = kind, .at = at, .a = a, .b = b, .depth = below + 1 };
    if (e->depth > EXPR_DEPTH)
        idl_syntax(p, "split it up with const", "an expression of more than %d steps", EXPR_DEPTH);
    return e;
}

static bool begins_operand(const struct idl_parser *p)
{
    return p->tok.kind == IDL_TOKEN_NAME || p->tok.kind == IDL_TOKEN_NUMBER ||
           p->tok.kind == IDL_TOKEN_STRING || p->tok.kind == IDL_TOKEN_CHAR || idl_is(p, "(") ||
           idl_is(p, "~") || idl_is(p, "!");
}

static struct idl_expr *parse_unary(struct idl_parser *p);

static struct idl_expr *parse_cast(struct idl_parser *p, struct idl_place at, struct idl_decl *type)
{
    struct idl_expr *e = node(p, IDL_EXPR_CAST, at, parse_unary(p), NULL);

    e->type = type;
    return e;
}

/* (type)a and (a): a name alone is a type when an operand follows the parenthesis. */
static struct idl_expr *parse_parentheses(struct idl_parser *p)
{
    struct idl_place at = p->tok.at;
    struct idl_parser before;
    struct idl_expr *e = NULL;
    struct idl_decl *type = NULL;

    idl_next(p);
    if (idl_begins_base(p)) {
        type = idl_parse_declaration(p, NULL, false);
        idl_expect(p, ")");
        return parse_cast(p, at, type);
    }
    before = *p;
    e = idl_parse_expr(p);
    idl_expect(p, ")");
    if (!p->failed && e->kind == IDL_EXPR_NAME && begins_operand(p)) {
        *p = before; /* once more, as a type: a name and a parenthesis */
        type = idl_parse_declaration(p, NULL, false);
        idl_expect(p, ")");
        return parse_cast(p, at, type);
    }
    return e;
}

static struct idl_expr *parse_sizeof(struct idl_parser *p, struct idl_place at)
{
    struct idl_expr *e = node(p, IDL_EXPR_SIZEOF, at, NULL, NULL);

    idl_expect(p, "(");
    e->type = idl_parse_declaration(p, NULL, false);
    idl_expect(p, ")");
    return e;
}

static struct idl_expr *parse_operand(struct idl_parser *p)
{
    struct idl_token t = p->tok;
    struct idl_expr *e = NULL;

    if (idl_is(p, "("))
        return parse_parentheses(p);
    e = node(p, IDL_EXPR_NONE, t.at, NULL, NULL);
    e->text = t.text;
    e->value = t.value;
    e->real = t.real;
    e->wide = t.wide;
    switch (t.kind) {
    case IDL_TOKEN_NUMBER:
        e->kind = IDL_EXPR_NUMBER;
        break;
    case IDL_TOKEN_STRING:
        e->kind = IDL_EXPR_STRING;
        break;
    case IDL_TOKEN_CHAR:
        e->kind = IDL_EXPR_CHAR;
        break;
    case IDL_TOKEN_NAME:
        e->kind = IDL_EXPR_NAME;
        break;
    default:
        idl_syntax(p, NULL, "expected an expression%s%.64s", idl_at_end(p) ? "" : ", not ",
                   idl_at_end(p) ? "" : t.text);
        return e;
    }
    idl_next(p);
    if (t.kind == IDL_TOKEN_NAME && strcmp(t.text, "sizeof") == 0)
        return parse_sizeof(p, t.at);
    return e;
}

static struct idl_expr *parse_postfix(struct idl_parser *p)
{
    struct idl_expr *e = parse_operand(p);

    while (idl_is(p, ".") || idl_is(p, "->")) {
        e = node(p, IDL_EXPR_MEMBER, p->tok.at, e, NULL);
        e->op = p->tok.text;
        idl_next(p);
        e->text = idl_expect_name(p, "a member's name");
    }
    return e;
}

static struct idl_expr *parse_unary(struct idl_parser *p)
{
    struct idl_expr *e = NULL;
    struct idl_token t = p->tok;

    if (!idl_enter(p))
        return node(p, IDL_EXPR_NONE, t.at, NULL, NULL);
    if (idl_is(p, "-") || idl_is(p, "+") || idl_is(p, "~") || idl_is(p, "!") || idl_is(p, "*") ||
        idl_is(p, "&")) {
        idl_next(p);
        e = node(p, IDL_EXPR_UNARY, t.at, parse_unary(p), NULL);
        e->op = t.text;
    } else {
        e = parse_postfix(p);
    }
    idl_leave(p);
    return e;
}

static const struct level *level_of(const struct idl_parser *p)
{
    const struct level *l = NULL;

    for (l = levels; l->op; l++)
        if (p->tok.kind == IDL_TOKEN_PUNCTUATION && idl_is(p, l->op))
            return l;
    return NULL;
}

/* Operators of at least this rank; equals group from the left. */
static struct idl_expr *parse_binary(struct idl_parser *p, unsigned rank)
{
    struct idl_expr *e = parse_unary(p);
    const struct level *l = NULL;

    for (l = level_of(p); l && l->rank >= rank; l = level_of(p)) {
        struct idl_place at = p->tok.at;

        idl_next(p);
        e = node(p, IDL_EXPR_BINARY, at, e, parse_binary(p, l->rank + 1));
        e->op = l->op;
    }
    return e;
}

struct idl_expr *idl_parse_expr(struct idl_parser *p)
{
    struct idl_place at = p->tok.at;
    struct idl_expr *e = NULL, *yes = NULL, *no = NULL;

    if (!idl_enter(p))
        return node(p, IDL_EXPR_NONE, at, NULL, NULL);
    e = parse_binary(p, 1);
    at = p->tok.at;
    if (idl_accept(p, "?")) {
        yes = idl_parse_expr(p);
        idl_expect(p, ":");
        no = idl_parse_expr(p);
        e = node(p, IDL_EXPR_CONDITIONAL, at, e, yes->depth > no->depth ? yes : no);
        e->b = yes;
        e->c = no;
    }
    idl_leave(p);
    return e;
}

struct idl_expr *idl_parse_exprs(struct idl_parser *p)
{
    struct idl_expr *list = NULL, *last = NULL, *e = NULL;

    do {
        if (idl_is(p, ",") || (idl_is(p, ")") && list))
            e = node(p, IDL_EXPR_NONE, p->tok.at, NULL, NULL);
        else
            e = idl_parse_expr(p);
        if (last)
            last->next = e;
        else
            list = e;
        last = e;
    } while (idl_accept(p, ","));
    return list;
}
