/* SPDX-License-Identifier: Apache-2.0
 * emit_async_client.c - the stub of an [async] function in x_c.c.
 *
 * The function that is called writes the [in] parameters and sends them. The other one, which
 * RpcAsyncCompleteCall calls, reads the [out] parameters; where they go is kept for it.
 */
#include "idl/check.h"
#include "idl/emit_pipe.h"
#include "idl/emit_side.h"

struct async {
    struct call *c;
    const char *prefix;    /* of its own names: "face_Proc" */
    const char *arguments; /* of both functions, the structure; */
    const char *kept;      /* and a pointer to it */
    const char *reply;
    struct idl_kept *keeps;
};

/* As a variable that can be assigned: an array is a pointer. */
static const char *declare(struct call *c, const struct idl_param *p)
{
    const struct idl_type *t = idl_resolve(p->decl->type);
    struct idl_stub *s = c->s;

    if (t->kind == IDL_TYPE_ARRAY)
        return idl_c_declare(s->p, s->opt, t->of, idl_text(s, "*%s", p->decl->name), false);
    return idl_c_declare(s->p, s->opt, p->decl->type, p->decl->name, false);
}

/* ---- the second function ---- */

static const char *end_lines(struct async *a)
{
    struct call *c = a->c;
    struct idl_stub *s = c->s;
    struct idl_apart lines;

    idl_apart_begin(s, &lines);
    idl_put(s, "%s = CsClientEnd(%s);", c->status, c->call);
    if (c->handle)
        idl_put(s, "%s", c->handle);
    if (c->comm || c->fault)
        idl_put(s, "%s = CsClientReport(%s, %s, %s);", c->status, c->status,
                c->comm ? c->comm : "NULL", c->fault ? c->fault : "NULL");
    if (c->result) {
        const char *type = idl_c_declare(s->p, s->opt, c->function->decls->type->of, "*", false);

        idl_put_open(s, "if (%s == RPC_S_OK && %s)", c->status, a->reply);
        idl_put(s, "*(%s)%s = %s;", type, a->reply, c->result_name);
        s->o.depth--;
    }
    idl_put(s, "return %s;", c->status);
    return idl_apart_end(s, &lines);
}

static const char *local_lines(struct async *a)
{
    struct call *c = a->c;
    struct idl_stub *s = c->s;
    struct idl_apart lines;

    idl_apart_begin(s, &lines);
    s->o.depth = 1;
    if (c->reads)
        idl_put(s, "CS_NDR_IN *%s = CsAsyncIn(%s);", s->in, c->call);
    idl_put(s, "RPC_STATUS %s = RPC_S_OK;", c->status);
    idl_call_locals(c);
    return idl_apart_end(s, &lines);
}

static const char *body_lines(struct async *a)
{
    struct call *c = a->c;
    struct idl_stub *s = c->s;
    struct idl_apart lines;

    idl_apart_begin(s, &lines);
    s->o.depth = 1;
    if (c->reads)
        idl_call_read(c);
    else
        idl_put(s, "CsAsyncIn(%s);", c->call);
    idl_text_add(s->o.to, "%s", end_lines(a));
    return idl_apart_end(s, &lines);
}

static void put_complete(struct async *a)
{
    struct call *c = a->c;
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;
    const struct idl_kept *k = NULL;
    const char *locals = local_lines(a), *body = body_lines(a);

    for (p = c->params; p; p = p->next)
        if (idl_says(locals, p->decl->name) || idl_says(body, p->decl->name))
            idl_keep(s, &a->keeps, p->decl->name, declare(c, p));
    if (c->generic)
        idl_keep(s, &a->keeps, c->generic, idl_text(s, "handle_t %s", c->generic));
    if (a->keeps) {
        idl_put_open(s, "struct %s_arguments {", a->prefix);
        for (k = a->keeps; k; k = k->next)
            idl_put(s, "%s;", k->declaration);
        idl_put_close(s, "};");
        idl_put(s, "%s", "");
    }
    idl_put(s, "static RPC_STATUS %s_complete(CS_CLIENT_CALL *%s, const void *%s, void *%s)",
            a->prefix, c->call, a->arguments, a->reply);
    idl_put_open(s, "{");
    if (a->keeps)
        idl_put(s, "const struct %s_arguments *%s = (const struct %s_arguments *)%s;", a->prefix,
                a->kept, a->prefix, a->arguments);
    for (k = a->keeps; k; k = k->next)
        idl_put(s, "%s = %s->%s;", k->declaration, a->kept, k->name);
    idl_text_add(s->o.to, "%s", locals);
    if (!a->keeps)
        idl_put(s, "(void)%s;", a->arguments);
    if (!c->result)
        idl_put(s, "(void)%s;", a->reply);
    idl_text_add(s->o.to, "%s", body);
    idl_put_close(s, "}");
    idl_put(s, "%s", "");
}

/* ---- the first ---- */

static void put_begin(struct async *a, const char *binding)
{
    struct call *c = a->c;
    struct idl_stub *s = c->s;
    const struct idl_kept *k = NULL;
    const struct idl_param *p = NULL;
    const char *values = "";

    for (p = c->params; p; p = p->next)
        if (idl_pipe_of(p))
            idl_pipe_declare(s, p, true);
    for (k = a->keeps; k; k = k->next)
        values = idl_text(s, "%s%s%s", values, values[0] ? ", " : "", k->name);
    if (a->keeps)
        idl_put(s, "struct %s_arguments %s = { %s };", a->prefix, a->arguments, values);
    idl_put(s, "CS_CLIENT_CALL *%s = CsAsyncBegin(%s_AsyncHandle, &%s_client, %s, &%s_async, %s);",
            c->call, c->function->text, idl_c_interface(s->p, c->face), binding, a->prefix,
            a->keeps ? idl_text(s, "&%s", a->arguments) : "NULL");
    if (idl_call_writes(c))
        idl_put(s, "CS_NDR_OUT *%s = CsAsyncOut(%s);", s->out, c->call);
    idl_put(s, "RPC_STATUS %s = RPC_S_OK;", c->status);
    idl_put(s, "%s", "");
}

static void put_call(struct async *a)
{
    struct call *c = a->c;
    struct idl_stub *s = c->s;

    idl_put(s, "static const CS_ASYNC_PROCEDURE %s_async = {", a->prefix);
    s->o.depth++;
    idl_put(s, "%u, %s, %s, %s_complete,", c->function->opnum, idl_call_flags(c),
            a->keeps ? idl_text(s, "sizeof(struct %s_arguments)", a->prefix) : "0", a->prefix);
    idl_put_close(s, "};");
    idl_put(s, "%s", "");
    idl_put(s, "void %s%s(%s)", s->opt->client_prefix, c->function->text,
            idl_c_params(s->p, s->opt, idl_c_signature(s->p, c->function)));
    idl_put_open(s, "{");
}

void idl_emit_async_client(struct call *c)
{
    struct idl_stub *s = c->s;
    struct async a = { .c = c };
    struct idl_apart bind;
    const char *binding = NULL, *before = NULL;

    a.prefix = idl_text(s, "%s_%s", c->face->text, c->function->text);
    a.arguments = idl_local(s, c->function, "arguments");
    a.kept = idl_local(s, c->function, "kept");
    a.reply = idl_local(s, c->function, "reply");
    idl_apart_begin(s, &bind);
    s->o.depth = 1;
    binding = idl_call_binding(c);
    before = idl_apart_end(s, &bind);
    idl_stub_put_where(s, c->function);
    put_complete(&a);
    put_call(&a);
    idl_text_add(s->o.to, "%s", before);
    put_begin(&a, binding);
    idl_call_write(c);
    idl_put(s, "%s = CsAsyncSend(%s);", c->status, c->call);
    if (c->handle) {
        idl_put_open(s, "if (%s)", c->status);
        idl_put(s, "%s", c->handle);
        s->o.depth--;
    }
    idl_put_open(s, "if (%s)", c->status);
    idl_put(s, "RpcRaiseException(%s);", c->status);
    s->o.depth--;
    idl_put_close(s, "}");
}
