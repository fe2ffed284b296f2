/* SPDX-License-Identifier: Apache-2.0
 * parse_type.c - type specifiers and declarators.
 */
#include <string.h>

#include "idl/parse.h"

struct word {
    const char *text;
    enum idl_base base;
};

static const struct word words[] = {
    { "void", IDL_BASE_VOID },         { "boolean", IDL_BASE_BOOLEAN },
    { "byte", IDL_BASE_BYTE },         { "char", IDL_BASE_CHAR },
    { "wchar_t", IDL_BASE_WCHAR },     { "small", IDL_BASE_SMALL },
    { "__int8", IDL_BASE_SMALL },      { "short", IDL_BASE_SHORT },
    { "__int16", IDL_BASE_SHORT },     { "int", IDL_BASE_INT },
    { "__int32", IDL_BASE_LONG },      { "long", IDL_BASE_LONG },
    { "__int3264", IDL_BASE_INT3264 }, { "hyper", IDL_BASE_HYPER },
    { "__int64", IDL_BASE_HYPER },     { "float", IDL_BASE_FLOAT },
    { "double", IDL_BASE_DOUBLE },     { "handle_t", IDL_BASE_HANDLE },
    { NULL, IDL_BASE_VOID },
};

static const struct word *base_word(const struct idl_parser *p)
{
    static const struct word status = { "error_status_t", IDL_BASE_ERROR_STATUS };
    const struct word *w = NULL;

    if (p->tok.kind != IDL_TOKEN_NAME)
        return NULL;
    if (strcmp(p->tok.text, status.text) == 0)
        return &status;
    for (w = words; w->text; w++)
        if (strcmp(w->text, p->tok.text) == 0)
            return w;
    return NULL;
}

bool idl_begins_base(const struct idl_parser *p)
{
    return base_word(p) || idl_is(p, "unsigned") || idl_is(p, "signed") || idl_is(p, "const") ||
           idl_is(p, "struct") || idl_is(p, "union") || idl_is(p, "enum");
}

/* Words of C that change nothing on the wire. */
static bool accept_ignored(struct idl_parser *p)
{
    return idl_accept(p, "volatile") || idl_accept(p, "__RPC_FAR") || idl_accept(p, "far") ||
           idl_accept(p, "_far") || idl_accept(p, "__unaligned") || idl_accept(p, "__RPC_USER");
}

static bool accept_const(struct idl_parser *p)
{
    bool is_const = false;

    for (;;) {
        if (idl_accept(p, "const"))
            is_const = true;
        else if (!accept_ignored(p))
            return is_const;
    }
}

static const char *accept_convention(struct idl_parser *p)
{
    static const char *const conventions[] = { "__stdcall",  "_stdcall",   "__cdecl",   "_cdecl",
                                               "__fastcall", "__RPC_STUB", "__RPC_API", NULL };
    size_t i;

    for (i = 0; conventions[i]; i++)
        if (idl_accept(p, conventions[i]))
            return conventions[i];
    return NULL;
}

static struct idl_type *new_type(struct idl_parser *p, enum idl_type_kind kind)
{
    struct idl_type *t = (struct idl_type *)idl_alloc(p->run, sizeof *t);

    t->kind = kind;
    t->at = p->tok.at;
    return t;
}

/* unsigned long int, long long, short unsigned: any order, each word at most as often as C says. */
static struct idl_type *parse_base(struct idl_parser *p)
{
    struct idl_type *t = new_type(p, IDL_TYPE_BASE);
    bool named = false;

    for (;;) {
        const struct word *w = base_word(p);

        if (w && (!named || (w->base == IDL_BASE_INT && t->base != IDL_BASE_INT))) {
            if (!named)
                t->base = w->base;
            named = true;
        } else if (w && w->base == IDL_BASE_LONG && t->base == IDL_BASE_LONG) {
            t->base = IDL_BASE_HYPER;
        } else if (idl_is(p, "unsigned") && !t->is_unsigned && !t->is_signed) {
            t->is_unsigned = true;
        } else if (idl_is(p, "signed") && !t->is_unsigned && !t->is_signed) {
            t->is_signed = true;
        } else {
            break;
        }
        idl_next(p);
    }
    if (!named)
        t->base = IDL_BASE_INT;
    if ((t->is_unsigned || t->is_signed) &&
        (t->base < IDL_BASE_CHAR || t->base == IDL_BASE_WCHAR || t->base > IDL_BASE_HYPER))
        idl_error(p->run, t->at, NULL, "this type has no %s form",
                  t->is_unsigned ? "unsigned" : "signed");
    return t;
}

/* Behind struct, union or enum: a tag, a body, or both; a union may have its switch before it. */
static struct idl_type *parse_tagged(struct idl_parser *p, enum idl_type_kind kind)
{
    struct idl_type *t = new_type(p, kind);

    idl_next(p);
    t->attrs = idl_parse_attrs(p);
    if (p->tok.kind == IDL_TOKEN_NAME && !idl_is(p, "switch"))
        t->name = idl_expect_name(p, "a tag");
    if (idl_is(p, "{") || (kind == IDL_TYPE_UNION && idl_is(p, "switch")))
        idl_parse_body(p, t);
    else if (!t->name)
        idl_syntax(p, NULL, "expected a tag or '{'");
    return t;
}

struct idl_type *idl_parse_specifier(struct idl_parser *p)
{
    struct idl_type *t = NULL;
    bool is_const = false;

    if (!idl_enter(p))
        return new_type(p, IDL_TYPE_BASE);
    is_const = accept_const(p);
    if (idl_is(p, "struct")) {
        t = parse_tagged(p, IDL_TYPE_STRUCT);
    } else if (idl_is(p, "union")) {
        t = parse_tagged(p, IDL_TYPE_UNION);
    } else if (idl_is(p, "enum")) {
        t = parse_tagged(p, IDL_TYPE_ENUM);
    } else if (idl_is(p, "pipe")) {
        t = new_type(p, IDL_TYPE_PIPE);
        idl_next(p);
        t->of = idl_parse_specifier(p);
    } else if (idl_begins_base(p)) {
        t = parse_base(p);
    } else {
        t = new_type(p, IDL_TYPE_NAMED);
        t->name = idl_expect_name(p, "a type");
    }
    t->is_const = accept_const(p) || is_const;
    idl_leave(p);
    return t;
}

/* The chain of what is derived, from the name outwards; end is where the next one goes. */
struct chain {
    struct idl_type *first, **end;
    const char *name;
    const char *convention; /* read, and no function met yet */
    struct idl_place at;
    unsigned count;
};

static void chain_add(struct idl_parser *p, struct chain *c, struct idl_type *t)
{
    *c->end = t;
    c->end = &t->of;
    if (++c->count > IDL_DERIVATIONS)
        idl_syntax(p, NULL, "a declarator of more than %d steps", IDL_DERIVATIONS);
}

/* Of [0..9] there are 10. desktop-src/Midl: MIDL2102, the lower bound is 0 */
static struct idl_expr *parse_upper_bound(struct idl_parser *p, const struct idl_expr *lower)
{
    struct idl_expr *one = (struct idl_expr *)idl_alloc(p->run, sizeof *one);
    struct idl_expr *sum = (struct idl_expr *)idl_alloc(p->run, sizeof *sum);
    struct idl_place at = p->tok.at;

    if (lower->kind != IDL_EXPR_NUMBER || lower->real || lower->value != 0)
        idl_error(p->run, lower->at, "arrays of C begin at 0", "the lower bound is not 0");
    idl_next(p);
    if (idl_accept(p, "*"))
        return NULL;
    *one = (struct idl_expr){ .kind = IDL_EXPR_NUMBER, .at = at, .text = "1", .value = 1 };
    *sum = (struct idl_expr){ .kind = IDL_EXPR_BINARY, .at = at, .op = "+", .b = one };
    sum->a = idl_parse_expr(p);
    sum->depth = sum->a->depth + 1;
    return sum;
}

/* [], [*], [5] and [0..4] */
static struct idl_type *parse_dimension(struct idl_parser *p)
{
    struct idl_type *t = new_type(p, IDL_TYPE_ARRAY);

    idl_next(p);
    if (!idl_is(p, "]") && !idl_accept(p, "*"))
        t->size = idl_parse_expr(p);
    if (t->size && idl_is(p, ".."))
        t->size = parse_upper_bound(p, t->size);
    idl_expect(p, "]");
    return t;
}

static void parse_suffixes(struct idl_parser *p, struct chain *c)
{
    while (idl_is(p, "[") || idl_is(p, "(")) {
        struct idl_type *t = NULL;

        if (idl_is(p, "[")) {
            t = parse_dimension(p);
        } else {
            t = new_type(p, IDL_TYPE_FUNCTION);
            t->members = idl_parse_params(p);
            t->convention = c->convention;
            c->convention = NULL;
        }
        chain_add(p, c, t);
    }
}

static void parse_chain(struct idl_parser *p, struct chain *c)
{
    struct idl_type *pointers = NULL, *t = NULL;
    const char *own = accept_convention(p);
    unsigned count = 0;

    while (idl_is(p, "*") && ++count <= IDL_DERIVATIONS) {
        t = new_type(p, IDL_TYPE_POINTER);
        idl_next(p);
        t->is_const = accept_const(p);
        t->of = pointers;
        pointers = t;
    }
    if (!own)
        own = accept_convention(p);
    c->at = p->tok.at;
    if (idl_is(p, "(") && idl_enter(p)) {
        idl_next(p);
        parse_chain(p, c);
        idl_expect(p, ")");
        idl_leave(p);
    } else if (p->tok.kind == IDL_TOKEN_NAME) {
        c->name = p->tok.text;
        idl_next(p);
    }
    if (!c->convention) {
        c->convention = own;
        own = NULL;
    }
    parse_suffixes(p, c);
    if (!c->convention)
        c->convention = own;
    while (pointers) { /* the last one written is the nearest to the name */
        t = pointers;
        pointers = t->of;
        chain_add(p, c, t);
    }
}

struct idl_decl *idl_parse_declarator(struct idl_parser *p, struct idl_type *base)
{
    struct idl_decl *d = (struct idl_decl *)idl_alloc(p->run, sizeof *d);
    struct chain c = { .at = p->tok.at };

    c.end = &c.first;
    parse_chain(p, &c);
    *c.end = base;
    d->at = c.at;
    d->name = c.name;
    d->type = c.first;
    d->base = base;
    if (idl_accept(p, ":")) {
        d->bit_field = true;
        d->value = idl_parse_expr(p);
    }
    return d;
}

struct idl_decl *idl_parse_declaration(struct idl_parser *p, struct idl_attr *attrs, bool named)
{
    struct idl_decl *d = idl_parse_declarator(p, idl_parse_specifier(p));

    d->attrs = attrs;
    if (named && !d->name)
        idl_syntax(p, NULL, "expected a name");
    return d;
}

struct idl_decl *idl_parse_declarators(struct idl_parser *p, struct idl_type *base,
                                       struct idl_attr *attrs)
{
    struct idl_decl *list = NULL, **end = &list;

    do {
        *end = idl_parse_declarator(p, base);
        (*end)->attrs = attrs;
        (*end)->same_base = end != &list;
        if (!(*end)->name)
            idl_syntax(p, NULL, "expected a name");
        end = &(*end)->next;
    } while (idl_accept(p, ","));
    return list;
}
