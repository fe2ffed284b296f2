/* SPDX-License-Identifier: Apache-2.0
 * parse.h - text to AST. After a syntax error the parser goes on behind the declaration it is in.
 */
#pragma once

#include "idl/ast.h"
#include "idl/lex.h"

/* NULL after an error, which is in the run. text is what the C preprocessor wrote. */
struct idl_file *idl_parse(struct idl *run, const char *name, const char *text, size_t len);
struct idl_acf *idl_parse_acf(struct idl *run, const char *name, const char *text, size_t len);

/* Below: among the parse_*.c files. */

enum {
    IDL_DEPTH = 48,         /* of nested types, declarators, expressions: each level costs stack */
    IDL_DERIVATIONS = 48,   /* pointers and dimensions of one declarator */
    IDL_SYNTAX_ERRORS = 10, /* of a file: then it is no IDL */
};

/* After an error tok is the end of the text, and stays it: every loop ends there. Where items
 * are listed idl_recover makes it the token behind the broken item. */
struct idl_parser {
    struct idl *run;
    struct idl_lexer lx;
    struct idl_token tok;
    struct idl_token broken; /* what tok was where the error is */
    unsigned depth;
    unsigned braces; /* open before tok */
    unsigned errors;
    bool failed;
};

void idl_parser_begin(struct idl_parser *p, struct idl *run, const char *name, const char *text,
                      size_t len);
void idl_next(struct idl_parser *p);
bool idl_is(const struct idl_parser *p, const char *word); /* a name or a mark */
bool idl_accept(struct idl_parser *p, const char *word);
void idl_expect(struct idl_parser *p, const char *word);
const char *idl_expect_name(struct idl_parser *p, const char *what);
const char *idl_expect_string(struct idl_parser *p, const char *what);
bool idl_at_end(const struct idl_parser *p);
void idl_syntax(struct idl_parser *p, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* False at the end of the text, or where there is no use in going on. braces: those around the
 * list. */
bool idl_recover(struct idl_parser *p, unsigned braces);
/* Around everything that nests; false, and an error, when it is too deep. */
bool idl_enter(struct idl_parser *p);
void idl_leave(struct idl_parser *p);

struct idl_expr *idl_parse_expr(struct idl_parser *p);
struct idl_expr *idl_parse_exprs(struct idl_parser *p); /* by commas, up to ')', with holes */
struct idl_attr *idl_parse_attrs(struct idl_parser *p); /* none, or one or more [ ] */
bool idl_begins_base(const struct idl_parser *p);
/* A type, and behind it one declarator that may be nameless; for casts, parameters, arguments. */
struct idl_decl *idl_parse_declaration(struct idl_parser *p, struct idl_attr *attrs, bool named);
struct idl_type *idl_parse_specifier(struct idl_parser *p);
struct idl_decl *idl_parse_declarator(struct idl_parser *p, struct idl_type *base);
/* Declarators by commas up to, not with, the mark after them. */
struct idl_decl *idl_parse_declarators(struct idl_parser *p, struct idl_type *base,
                                       struct idl_attr *attrs);
void idl_parse_body(struct idl_parser *p, struct idl_type *t); /* of struct, union, enum */
struct idl_decl *idl_parse_params(struct idl_parser *p);
