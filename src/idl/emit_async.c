/* SPDX-License-Identifier: Apache-2.0
 * emit_async.c - what both sides of an [async] function need. desktop-src/Midl/async.md
 *
 * Its stub is two functions: what the first knows and the second needs is kept in a structure.
 */
#include <ctype.h>
#include <string.h>

#include "idl/check.h"
#include "idl/emit_side.h"

const struct idl_type *idl_c_result(const struct idl_program *p, const struct idl_item *function)
{
    struct idl_type *nothing = NULL;

    if (!function->async)
        return function->decls->type->of;
    nothing = (struct idl_type *)idl_alloc(p->run, sizeof *nothing);
    nothing->kind = IDL_TYPE_BASE;
    nothing->base = IDL_BASE_VOID;
    return nothing;
}

/* The typedef that is the pipe itself, not another name of it; NULL: t is no pipe. */
static const char *pipe_name(const struct idl_type *t)
{
    if (t->kind == IDL_TYPE_POINTER)
        t = t->of;
    while (t->kind == IDL_TYPE_NAMED && t->meaning && t->meaning->type->kind == IDL_TYPE_NAMED)
        t = t->meaning->type;
    return t->kind == IDL_TYPE_NAMED && idl_resolve(t) && idl_resolve(t)->kind == IDL_TYPE_PIPE
               ? t->name
               : NULL;
}

/* Asynchronous pipes are passed by reference, whatever the IDL says. */
static struct idl_type *async_pipe(const struct idl_program *p, const char *name)
{
    struct idl_type *t = (struct idl_type *)idl_alloc(p->run, sizeof *t);
    struct idl_type *pointer = (struct idl_type *)idl_alloc(p->run, sizeof *pointer);

    t->kind = IDL_TYPE_NAMED;
    t->name = idl_printf(p->run, "ASYNC_%s", name);
    pointer->kind = IDL_TYPE_POINTER;
    pointer->of = t;
    return pointer;
}

static struct idl_decl *async_params(const struct idl_program *p, const struct idl_decl *from)
{
    struct idl_decl *first = NULL, **at = &first;

    for (; from; from = from->next) {
        struct idl_decl *d = (struct idl_decl *)idl_alloc(p->run, sizeof *d);
        const char *pipe = from->type ? pipe_name(from->type) : NULL;

        *d = *from;
        d->next = NULL;
        if (pipe)
            d->type = async_pipe(p, pipe);
        *at = d;
        at = &d->next;
    }
    return first;
}

const struct idl_decl *idl_c_signature(const struct idl_program *p, const struct idl_item *function)
{
    struct idl_decl *state = NULL;
    struct idl_type *t = NULL;

    if (!function->async)
        return function->decls->type->members;
    state = (struct idl_decl *)idl_alloc(p->run, sizeof *state);
    t = (struct idl_type *)idl_alloc(p->run, sizeof *t);
    t->kind = IDL_TYPE_NAMED;
    t->name = "PRPC_ASYNC_STATE";
    state->name = idl_printf(p->run, "%s_AsyncHandle", function->text);
    state->type = t;
    state->base = t;
    state->next = async_params(p, function->decls->type->members);
    return state;
}

void idl_apart_begin(struct idl_stub *s, struct idl_apart *a)
{
    a->o = s->o;
    a->text = (struct idl_text){ 0 };
    s->o.to = &a->text;
}

const char *idl_apart_end(struct idl_stub *s, struct idl_apart *a)
{
    const char *text = idl_text(s, "%s", a->text.ptr ? a->text.ptr : "");

    s->o = a->o;
    idl_text_done(&a->text);
    return text;
}

void idl_unused(struct idl_stub *s, const char *lines, const char *name)
{
    if (!idl_says(lines, name))
        idl_put(s, "(void)%s;", name);
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool idl_says(const char *lines, const char *name)
{
    size_t n = strlen(name);
    const char *at = lines;

    while ((at = strstr(at, name))) {
        bool member = at - lines >= 2 && (at[-1] == '.' || (at[-1] == '>' && at[-2] == '-'));

        if (!is_name(at[n]) && (at == lines || (!is_name(at[-1]) && !member)))
            return true;
        at += n;
    }
    return false;
}

void idl_keep(struct idl_stub *s, struct idl_kept **list, const char *name, const char *declaration)
{
    struct idl_kept *k = (struct idl_kept *)idl_alloc(s->p->run, sizeof *k);

    while (*list)
        list = &(*list)->next;
    k->name = name;
    k->declaration = declaration;
    *list = k;
}
