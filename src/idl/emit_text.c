/* SPDX-License-Identifier: Apache-2.0
 * emit_text.c - the stubs' lines, and the C expressions for the values they move.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"
#include "idl/emit_stub.h"

enum { COLUMNS = 100 };

static const char *vtext(struct idl_stub *s, const char *fmt, va_list ap)
{
    struct idl_text t = { 0 };
    const char *copy = NULL;

    idl_text_vadd(&t, fmt, ap);
    copy = idl_strndup(s->p->run, t.ptr ? t.ptr : "", t.len);
    idl_text_done(&t);
    return copy;
}

const char *idl_text(struct idl_stub *s, const char *fmt, ...)
{
    const char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = vtext(s, fmt, ap);
    va_end(ap);
    return text;
}

/* The last ", " or " && " that leaves a line of at most room; 0 for none. */
static size_t break_at(const char *text, size_t room)
{
    size_t i, best = 0;

    for (i = 1; text[i] && i < room; i++)
        if ((text[i - 1] == ',' || text[i - 1] == '=') && text[i] == ' ')
            best = i;
    return best;
}

/* The parenthesis that closes the one at text; NULL. */
static char *closing(char *text)
{
    int depth = 0;

    for (; *text; text++) {
        depth += (*text == '(') - (*text == ')');
        if (depth == 0)
            return text;
    }
    return NULL;
}

static void cut(char *from, size_t n)
{
    memmove(from, from + n, strlen(from + n) + 1);
}

/* &(*p) is p, and (*p) by itself *p. */
static void strip_stars(char *text)
{
    char *at = text, *end = NULL;

    while ((at = strstr(at, "(*")) != NULL) {
        bool address = at > text && at[-1] == '&';
        bool begins = at == text || strchr("( &", at[-1]);

        end = closing(at);
        if (!end || !begins || !strchr("),; ", end[1]) ||
            (end[1] && strncmp(end + 1, " *", 2) == 0) ||
            (at > text + 1 && at[-1] == ' ' && (isalnum((unsigned char)at[-2]) || at[-2] == '*'))) {
            at += 2;
            continue;
        }
        cut(end, 1);
        cut(address ? at - 1 : at, address ? 3 : 1);
        at = address ? at - 1 : at;
    }
}

/* (*span).Max is span->Max, and a number needs no cast. */
static void strip_spans(char *text)
{
    char *at = text, *end = NULL;

    while ((at = strstr(at, "(*span).")) != NULL)
        memcpy(at, "span->", 6), cut(at + 6, 2);
    for (at = text; (at = strstr(at, "(size_t)")) != NULL;) {
        strtoul(at + 8, &end, 0);
        if (end > at + 8 && strchr(",; )", *end))
            cut(at, 8);
        else
            at += 8;
    }
}

static void put_text(struct idl_stub *s, const char *raw)
{
    char *copy = idl_strndup(s->p->run, raw, strlen(raw));
    const char *text = copy;
    size_t room = COLUMNS - 4 * (size_t)s->o.depth, n;

    strip_stars(copy);
    strip_spans(copy);
    while (strlen(text) > room && (n = break_at(text, room)) > 0) {
        idl_line(&s->o, "%.*s", (int)n, text);
        text = idl_text(s, "    %s", text + n + 1);
    }
    if (text[0])
        idl_line(&s->o, "%s", text);
    else
        idl_blank(&s->o);
}

void idl_put(struct idl_stub *s, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put_text(s, vtext(s, fmt, ap));
    va_end(ap);
}

void idl_put_open(struct idl_stub *s, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put_text(s, vtext(s, fmt, ap));
    va_end(ap);
    s->o.depth++;
}

void idl_put_close(struct idl_stub *s, const char *text)
{
    s->o.depth--;
    put_text(s, text);
}

void idl_put_check(struct idl_stub *s, const char *fmt, ...)
{
    const char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = vtext(s, fmt, ap);
    va_end(ap);
    if (s->late && s->only_if)
        idl_text_add(s->late, "if (%s)\n    %s\n", s->only_if, text);
    else if (s->late)
        idl_text_add(s->late, "%s\n", text);
    else
        put_text(s, text);
}

void idl_flush_checks(struct idl_stub *s, struct idl_text *late)
{
    const char *at = late->ptr, *end = NULL;

    for (; at && *at; at = end + 1) {
        end = strchr(at, '\n');
        put_text(s, idl_strndup(s->p->run, at, (size_t)(end - at)));
    }
    idl_text_done(late);
}

const char *idl_deref(struct idl_stub *s, const char *x)
{
    return x[0] == '&' ? x + 1 : idl_text(s, "(*%s)", x);
}

const char *idl_address(struct idl_stub *s, const char *x)
{
    size_t n = strlen(x);

    if (n > 3 && strncmp(x, "(*", 2) == 0 && strchr(x, ')') == x + n - 1)
        return idl_strndup(s->p->run, x + 2, n - 3);
    return idl_text(s, "&%s", x);
}

const char *idl_member_of(struct idl_stub *s, const char *x, const char *name)
{
    const char *at = idl_address(s, x);

    return at[0] == '&' ? idl_text(s, "%s.%s", x, name) : idl_text(s, "%s->%s", at, name);
}

/* ---- what attributes say ---- */

static const struct idl_decl *decl_of(struct idl_stub *s, const struct idl_expr *e)
{
    return e->kind == IDL_EXPR_NAME ? idl_sibling(s->siblings, e->text) : NULL;
}

/* Whether 64 bits hold sums of it without a thought. */
static bool is_small(struct idl_stub *s, const struct idl_expr *e)
{
    const struct idl_decl *d = NULL;
    const struct idl_type *t = NULL;

    if (e->kind == IDL_EXPR_NUMBER || e->kind == IDL_EXPR_CHAR)
        return e->value <= INT32_MAX;
    while (e->kind == IDL_EXPR_UNARY && e->op[0] == '*')
        e = e->a;
    d = decl_of(s, e);
    for (t = d ? idl_resolve(d->type) : NULL; t && t->kind == IDL_TYPE_POINTER;)
        t = idl_resolve(t->of);
    return t && !(t->kind == IDL_TYPE_BASE && idl_base_size(t->base) == 8);
}

static const char *count_of(struct idl_stub *s, const struct idl_expr *e, bool inner);

static const char *binary(struct idl_stub *s, const struct idl_expr *e)
{
    const char *a = count_of(s, e->a, true), *b = count_of(s, e->b, true);
    bool small = is_small(s, e->a) && is_small(s, e->b), constant = e->b->kind == IDL_EXPR_NUMBER;

    if (strcmp(e->op, "+") == 0 && !small)
        return idl_text(s, "CsNdrPlus(%s, %s)", a, b);
    if (strcmp(e->op, "-") == 0 && !small)
        return idl_text(s, "CsNdrMinus(%s, %s)", a, b);
    if (strcmp(e->op, "*") == 0 && !(small && (constant || e->a->kind == IDL_EXPR_NUMBER)))
        return idl_text(s, "CsNdrTimes(%s, %s)", a, b);
    if (strcmp(e->op, "<<") == 0 && constant && e->b->value < 62)
        return idl_text(s, "CsNdrTimes(%s, 1LL << %s)", a, b);
    if (strcmp(e->op, "/") == 0 && !(constant && e->b->value > 0))
        return idl_text(s, "CsNdrQuotient(%s, %s)", a, b);
    if (strcmp(e->op, "%") == 0 && !(constant && e->b->value > 0))
        return idl_text(s, "CsNdrRemainder(%s, %s)", a, b);
    if ((strcmp(e->op, "<<") == 0 || strcmp(e->op, ">>") == 0) && !(constant && e->b->value < 62))
        idl_error(s->p->run, e->at, "multiply or divide", "shifted by what is no constant");
    return idl_text(s, "((LONGLONG)%s %s %s)", a, e->op, b);
}

static const char *unary(struct idl_stub *s, const struct idl_expr *e)
{
    const char *a =
        e->op[0] == '*' ? idl_c_expr(s->p, s->opt, e->a, s->prefix) : count_of(s, e->a, true);

    if (e->op[0] == '*')
        return idl_text(s, "(%s ? *%s : 0)", a, a);
    if (e->op[0] == '-')
        return idl_text(s, "CsNdrMinus(0, %s)", a);
    return idl_text(s, "%s(LONGLONG)%s", e->op, a);
}

static const char *count_of(struct idl_stub *s, const struct idl_expr *e, bool inner)
{
    switch (e->kind) {
    case IDL_EXPR_UNARY:
        return unary(s, e);
    case IDL_EXPR_BINARY:
        return binary(s, e);
    case IDL_EXPR_CONDITIONAL:
        return idl_text(s, "(%s ? %s : %s)", count_of(s, e->a, true), count_of(s, e->b, true),
                        count_of(s, e->c, true));
    case IDL_EXPR_CAST:
        return count_of(s, e->a, inner);
    case IDL_EXPR_MEMBER:
        if (strcmp(e->op, "->") == 0) {
            const char *a = idl_c_expr(s->p, s->opt, e->a, s->prefix);

            return idl_text(s, "(%s ? %s->%s : 0)", a, a, e->text);
        }
        return idl_c_expr(s->p, s->opt, e, s->prefix);
    default:
        return idl_c_expr(s->p, s->opt, e, s->prefix);
    }
}

const char *idl_count(struct idl_stub *s, const struct idl_expr *e)
{
    return count_of(s, e, false);
}
