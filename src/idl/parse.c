/* SPDX-License-Identifier: Apache-2.0
 * parse.c - what every part of the parser needs, and the list of attributes.
 */
#include "idl/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "idl/attr.h"

void idl_parser_begin(struct idl_parser *p, struct idl *run, const char *name, const char *text,
                      size_t len)
{
    *p = (struct idl_parser){ .run = run, .lx = idl_lex(run, name, text, len) };
    idl_next(p);
}

void idl_next(struct idl_parser *p)
{
    if (p->failed)
        return;
    if (p->tok.kind == IDL_TOKEN_PUNCTUATION && p->tok.text[0] == '{')
        p->braces++;
    if (p->tok.kind == IDL_TOKEN_PUNCTUATION && p->tok.text[0] == '}' && p->braces > 0)
        p->braces--;
    p->tok = idl_lex_next(&p->lx);
    p->failed = p->lx.failed;
}

/* Skips to behind the ';' or the '}' that ends the item, or to the '}' that ends the list. */
bool idl_recover(struct idl_parser *p, unsigned braces)
{
    if (p->lx.failed || p->broken.kind == IDL_TOKEN_END || p->errors >= IDL_SYNTAX_ERRORS)
        return false;
    p->failed = false;
    p->tok = p->broken;
    while (!idl_at_end(p)) {
        bool closes = idl_is(p, "}"), ends = idl_is(p, ";");

        if (closes && p->braces <= braces)
            return true;
        idl_next(p);
        if (p->braces <= braces && (ends || (closes && (braces == 0 || idl_is(p, ";"))))) {
            idl_accept(p, ";");
            return true;
        }
    }
    return false;
}

bool idl_at_end(const struct idl_parser *p)
{
    return p->tok.kind == IDL_TOKEN_END;
}

bool idl_is(const struct idl_parser *p, const char *word)
{
    return (p->tok.kind == IDL_TOKEN_NAME || p->tok.kind == IDL_TOKEN_PUNCTUATION) &&
           strcmp(p->tok.text, word) == 0;
}

bool idl_accept(struct idl_parser *p, const char *word)
{
    if (!idl_is(p, word))
        return false;
    idl_next(p);
    return true;
}

void idl_syntax(struct idl_parser *p, const char *hint, const char *fmt, ...)
{
    char what[512];
    va_list ap;

    if (!p->failed) {
        va_start(ap, fmt);
        vsnprintf(what, sizeof what, fmt, ap);
        va_end(ap);
        idl_error(p->run, p->tok.at, hint, "%s", what);
        p->broken = p->tok;
        p->errors++;
    }
    p->failed = true;
    p->tok.kind = IDL_TOKEN_END;
}

static void expected(struct idl_parser *p, const char *what)
{
    const char *hint = strcmp(what, "';'") == 0 ? "is a ';' missing before this?" : NULL;

    if (p->tok.kind == IDL_TOKEN_END)
        idl_syntax(p, NULL, "expected %s, and the file ends", what);
    else
        idl_syntax(p, hint, "expected %s, not '%.64s'", what, p->tok.text);
}

void idl_expect(struct idl_parser *p, const char *word)
{
    char what[16];

    if (idl_accept(p, word))
        return;
    snprintf(what, sizeof what, "'%s'", word);
    expected(p, what);
}

const char *idl_expect_name(struct idl_parser *p, const char *what)
{
    const char *name = p->tok.text;

    if (p->tok.kind != IDL_TOKEN_NAME) {
        expected(p, what);
        return "";
    }
    idl_next(p);
    return name;
}

const char *idl_expect_string(struct idl_parser *p, const char *what)
{
    const char *text = p->tok.text;

    if (p->tok.kind != IDL_TOKEN_STRING) {
        expected(p, what);
        return "";
    }
    idl_next(p);
    return text;
}

bool idl_enter(struct idl_parser *p)
{
    if (p->depth >= IDL_DEPTH) {
        idl_syntax(p, NULL, "nested more than %d levels deep", IDL_DEPTH);
        return false;
    }
    p->depth++;
    return true;
}

void idl_leave(struct idl_parser *p)
{
    p->depth--;
}

static struct idl_expr *parse_uuid(struct idl_parser *p)
{
    struct idl_expr *e = (struct idl_expr *)idl_alloc(p->run, sizeof *e);

    if (!idl_is(p, "(")) {
        idl_expect(p, "(");
        return e;
    }
    p->tok = idl_lex_uuid(&p->lx); /* in place of idl_next: no usual token */
    p->failed = p->failed || p->lx.failed;
    *e = (struct idl_expr){ .kind = IDL_EXPR_UUID, .at = p->tok.at, .text = p->tok.text };
    idl_next(p);
    idl_expect(p, ")");
    return e;
}

static void parse_args(struct idl_parser *p, struct idl_attr *a)
{
    if (a->kind->form == IDL_ARGS_UUID) {
        a->args = parse_uuid(p);
        return;
    }
    if (a->kind->form == IDL_ARGS_NONE || (a->kind->form == IDL_ARGS_OPTIONAL && !idl_is(p, "(")))
        return;
    idl_expect(p, "(");
    if (a->kind->form == IDL_ARGS_TYPE || a->kind->form == IDL_ARGS_DECLARATION)
        a->type = idl_parse_declaration(p, NULL, a->kind->form == IDL_ARGS_DECLARATION);
    else
        a->args = idl_parse_exprs(p);
    idl_expect(p, ")");
}

static struct idl_attr *parse_attr(struct idl_parser *p)
{
    struct idl_attr *a = (struct idl_attr *)idl_alloc(p->run, sizeof *a);
    const struct idl_attr_kind *kind = NULL;

    a->at = p->tok.at;
    if (p->tok.kind == IDL_TOKEN_NAME)
        kind = idl_attr_kind(p->tok.text);
    if (!kind) {
        if (p->tok.kind == IDL_TOKEN_NAME)
            idl_syntax(p, NULL, "there is no attribute [%.64s]", p->tok.text);
        else
            expected(p, "an attribute");
        return NULL;
    }
    if (kind->refused) {
        idl_syntax(p, kind->refused, "the attribute [%s] is not supported", kind->name);
        return NULL;
    }
    a->kind = kind;
    idl_next(p);
    parse_args(p, a);
    return a;
}

struct idl_attr *idl_parse_attrs(struct idl_parser *p)
{
    struct idl_attr *list = NULL, **end = &list;

    while (idl_accept(p, "[")) {
        while (!idl_is(p, "]") && !idl_at_end(p)) {
            *end = parse_attr(p);
            if (*end)
                end = &(*end)->next;
            if (!idl_is(p, "]"))
                idl_expect(p, ",");
            while (idl_accept(p, ",")) /* MIDL takes a comma too many */
                continue;
        }
        idl_expect(p, "]");
    }
    return list;
}
