/* SPDX-License-Identifier: Apache-2.0
 * emit_async_server.c - the stub of an [async] function in x_s.c.
 *
 * The function that serves the call reads the parameters into memory of the call and calls the
 * routine, which may return before the call is complete. The other one, for whoever completes it,
 * writes the response of what was kept.
 */
#include "idl/check.h"
#include "idl/emit_pipe.h"
#include "idl/emit_side.h"

struct async {
    struct serve *c;
    const char *prefix, *kept, *keeps, *reply, *state;
    struct idl_kept *members; /* of the structure: first what the second function takes out again */
    bool any;                 /* member, values included */
};

static const char *declare(struct serve *c, const struct idl_param *p)
{
    const struct idl_type *t = idl_resolve(p->decl->type);
    struct idl_stub *s = c->s;

    if (t->kind == IDL_TYPE_ARRAY)
        return idl_serve_declare(s, t->of, idl_text(s, "*%s", p->decl->name));
    return idl_serve_declare(s, idl_serve_has_value(p) ? t : p->decl->type, p->decl->name);
}

static const char *value_of(struct async *a, const struct idl_param *p)
{
    return idl_text(a->c->s, "%s_value", p->decl->name);
}

static const char *result_type(struct async *a, const char *name)
{
    return idl_serve_declare(a->c->s, a->c->function->decls->type->of, name);
}

/* ---- the second function ---- */

static const char *respond_lines(struct async *a)
{
    struct idl_stub *s = a->c->s;
    struct idl_apart lines;

    idl_apart_begin(s, &lines);
    s->o.depth = 1;
    idl_serve_respond(a->c);
    return idl_apart_end(s, &lines);
}

static void put_respond_locals(struct async *a, const char *lines)
{
    struct serve *c = a->c;
    struct idl_stub *s = c->s;
    const struct idl_kept *k = NULL;

    if (a->members)
        idl_put(s, "struct %s_kept *%s = (struct %s_kept *)%s;", a->prefix, a->kept, a->prefix,
                a->keeps);
    for (k = a->members; k; k = k->next)
        idl_put(s, "%s = %s->%s;", k->declaration, a->kept, k->name);
    if (c->result)
        idl_put(s, "%s = *(%s)%s;", result_type(a, c->result_name), result_type(a, "const *"),
                a->reply);
    if (c->writes)
        idl_put(s, "CS_NDR_OUT *%s = NULL;", s->out);
    if (c->frees)
        idl_put(s, "CS_NDR_FREE *%s = NULL;", s->walk);
    if (a->members || c->result || c->writes)
        idl_put(s, "%s", "");
    idl_unused(s, lines, c->call);
    if (!a->members)
        idl_put(s, "(void)%s;", a->keeps);
    if (!c->result)
        idl_put(s, "(void)%s;", a->reply);
}

/* What the lines say of the parameters, and of what belongs to them. */
static void find_members(struct async *a, const char *lines)
{
    struct serve *c = a->c;
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;
    const char *name = NULL;

    for (p = c->params; p; p = p->next) {
        if (p->shape->kind == IDL_SHAPE_HANDLE)
            continue;
        if (idl_says(lines, p->decl->name))
            idl_keep(s, &a->members, p->decl->name, declare(c, p));
        name = idl_param_room(s, p);
        if (idl_says(lines, name))
            idl_keep(s, &a->members, name, idl_text(s, "size_t %s", name));
        name = idl_serve_context_name(s, p);
        if (idl_serve_context_of(p) && idl_says(lines, name))
            idl_keep(s, &a->members, name, idl_text(s, "CS_SERVER_CONTEXT *%s", name));
    }
    name = idl_text(s, "%s_context", c->result_name);
    if (idl_serve_returns_context(c))
        idl_keep(s, &a->members, name, idl_text(s, "CS_SERVER_CONTEXT *%s", name));
}

static void put_members(struct async *a)
{
    struct serve *c = a->c;
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;
    const struct idl_kept *k = NULL;

    a->any = a->members != NULL;
    for (p = c->params; p; p = p->next)
        a->any = a->any || idl_pipe_of(p) ||
                 (p->shape->kind != IDL_SHAPE_HANDLE && idl_serve_has_value(p));
    if (!a->any)
        return;
    idl_put_open(s, "struct %s_kept {", a->prefix);
    for (k = a->members; k; k = k->next)
        idl_put(s, "%s;", k->declaration);
    for (p = c->params; p; p = p->next)
        if (idl_pipe_of(p))
            idl_put(s, "%s %s;", idl_pipe_async_type(s, p), value_of(a, p));
        else if (p->shape->kind != IDL_SHAPE_HANDLE && idl_serve_has_value(p))
            idl_put(s, "%s;", idl_serve_declare(s, idl_resolve(p->decl->type)->of, value_of(a, p)));
    idl_put_close(s, "};");
    idl_put(s, "%s", "");
}

static void put_respond(struct async *a)
{
    struct serve *c = a->c;
    struct idl_stub *s = c->s;
    const char *lines = respond_lines(a);

    find_members(a, lines);
    put_members(a);
    idl_put(s, "static void %s_respond(CS_SERVER_CALL *%s, void *%s, const void *%s)", a->prefix,
            c->call, a->keeps, a->reply);
    idl_put_open(s, "{");
    put_respond_locals(a, lines);
    idl_text_add(s->o.to, "%s", lines);
    idl_put_close(s, "}");
    idl_put(s, "%s", "");
    idl_put(s, "static const CS_SERVER_ASYNC %s_async = { %d, %s_respond };", a->prefix,
            c->result != NULL, a->prefix);
    idl_put(s, "%s", "");
}

/* ---- the first ---- */

static void declare_params(struct async *a)
{
    struct serve *c = a->c;
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;

    for (p = c->params; p; p = p->next) {
        bool pointer = p->shape->kind == IDL_SHAPE_POINTER || idl_is_scalar(p->shape);

        if (p->shape->kind == IDL_SHAPE_HANDLE)
            continue;
        if (idl_pipe_of(p)) {
            idl_pipe_declare(s, p, true);
            idl_put(s, "%s *%s = NULL;", idl_pipe_async_type(s, p), p->decl->name);
            continue;
        }
        if (idl_serve_context_of(p))
            idl_put(s, "CS_SERVER_CONTEXT *%s = NULL;", idl_serve_context_name(s, p));
        if (pointer)
            idl_put(s, "%s = %s;", declare(c, p), idl_zero_of(s, p->shape));
        else
            idl_put(s, "%s;", declare(c, p));
        idl_serve_declare_span(c, p);
    }
    if (idl_serve_returns_context(c))
        idl_put(s, "CS_SERVER_CONTEXT *%s_context = %s;", c->result_name,
                idl_serve_result_context(c));
}

/* The memory of the call's that what is read goes to. */
static void put_kept(struct async *a)
{
    struct serve *c = a->c;
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;

    if (a->any) {
        idl_put_open(s, "if (!%s)", a->kept);
        idl_put(s, "return;");
        s->o.depth--;
    }
    for (p = c->params; p; p = p->next) {
        const char *name = p->decl->name;

        if (p->shape->kind == IDL_SHAPE_HANDLE)
            continue;
        if (idl_pipe_of(p) || idl_serve_has_value(p))
            idl_put(s, "%s = &%s->%s;", name, a->kept, value_of(a, p));
        else if (!idl_is_scalar(p->shape))
            idl_put(s, "memset(&%s, 0, sizeof %s);", name, name);
    }
}

static void put_call(struct async *a)
{
    struct serve *c = a->c;
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;
    const struct idl_kept *k = NULL;
    const char *args = a->state;

    for (k = a->members; k; k = k->next)
        idl_put(s, "%s->%s = %s;", a->kept, k->name, k->name);
    idl_put(s, "%s = CsServerAsync(%s, &%s_async, %s);", a->state, c->call, a->prefix,
            a->any ? a->kept : "NULL");
    idl_put_open(s, "if (!%s)", a->state);
    idl_put(s, "return;");
    s->o.depth--;
    for (p = c->params; p; p = p->next)
        args = idl_text(s, "%s, %s", args, idl_serve_argument(c, p));
    idl_put(s, "%s->%s(%s);", c->manager, c->function->text, args);
}

void idl_emit_async_server(struct serve *c)
{
    struct idl_stub *s = c->s;
    struct async a = { .c = c };

    a.prefix = idl_text(s, "%s_%s", c->face->text, c->function->text);
    a.kept = idl_local(s, c->function, "kept");
    a.keeps = idl_local(s, c->function, "keeps");
    a.reply = idl_local(s, c->function, "reply");
    a.state = idl_local(s, c->function, "state");
    idl_stub_put_where(s, c->function);
    put_respond(&a);
    idl_put(s, "static void %s%s(CS_SERVER_CALL *%s)", idl_is_notified(c->function) ? "serve_" : "",
            a.prefix, c->call);
    idl_put_open(s, "{");
    idl_serve_begin(c);
    if (a.any)
        idl_put(s, "struct %s_kept *%s = (struct %s_kept *)CsServerNew(%s, 1, sizeof *%s);",
                a.prefix, a.kept, a.prefix, c->call, a.kept);
    idl_put(s, "PRPC_ASYNC_STATE %s = NULL;", a.state);
    declare_params(&a);
    idl_put(s, "%s", "");
    put_kept(&a);
    idl_serve_read(c);
    put_call(&a);
    idl_put_close(s, "}");
    if (idl_is_notified(c->function))
        idl_notified(s, c->face, c->function);
}
