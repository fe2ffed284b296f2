/* SPDX-License-Identifier: Apache-2.0
 * emit_server.c - x_s.c: what calls a server's routines.
 *
 * A stub reads the [in] parameters into variables that begin as zero, makes room for the [out]
 * ones, calls the routine through the manager's vector, writes what it left, and gives back what
 * it allocated.
 */
#include <string.h>

#include "idl/access.h"
#include "idl/attr.h"
#include "idl/check.h"
#include "idl/emit_pipe.h"
#include "idl/emit_side.h"

const char *idl_serve_context_name(struct idl_stub *s, const struct idl_param *p)
{
    return idl_text(s, "%s_context", p->decl->name);
}

struct idl_shape *idl_serve_context_of(const struct idl_param *p)
{
    if (p->shape->kind == IDL_SHAPE_CONTEXT)
        return p->shape;
    return p->shape->kind == IDL_SHAPE_POINTER && p->shape->of->kind == IDL_SHAPE_CONTEXT
               ? p->shape->of
               : NULL;
}

/* ---- types of context handles ---- */

static const char *context_flags(struct idl_stub *s, const struct idl_item *face,
                                 const struct idl_shape *c)
{
    const char *flags = "0";

    if (idl_attr_find(face->attrs, "strict_context_handle"))
        flags = "CS_CONTEXT_STRICT";
    if (idl_attr_find(face->attrs, "type_strict_context_handle"))
        flags = idl_text(s, "%s%sCS_CONTEXT_TYPE_STRICT", flags[0] == '0' ? "" : flags,
                         flags[0] == '0' ? "" : " | ");
    if (c->serialize)
        flags = idl_text(
            s, "%s%sCS_CONTEXT_%s", flags[0] == '0' ? "" : flags, flags[0] == '0' ? "" : " | ",
            strcmp(c->serialize->kind->name, "context_handle_serialize") == 0 ? "SERIALIZE"
                                                                              : "NO_SERIALIZE");
    return flags;
}

static void put_rundown(struct serve *c, const char *name)
{
    struct idl_text *to = &c->s->before_functions;
    const char *line = idl_text(c->s, "static void %s_rundown_of_%s(", c->face->text, name);

    if (!to->ptr || !strstr(to->ptr, line))
        idl_text_add(to, "%svoid *context)\n{\n    %s_rundown((%s)context);\n}\n\n", line, name,
                     name);
}

/* "&context_SPOOL": the name of its CS_CONTEXT_TYPE, which is written when it is first met. A place
 * that has other flags than the first gives it a further name in C; it is one type all the same. */
static const char *context_type(struct serve *c, const struct idl_shape *shape)
{
    struct idl_stub *s = c->s;
    const char *name = shape->has_rundown ? shape->name : "handle";
    const char *type = idl_text(s, "%s_context_%s", c->face->text, name);
    const char *body =
        idl_text(s, " = {\n    \"%s\", %s, %s\n};\n\n", name,
                 shape->has_rundown ? idl_text(s, "%s_rundown_of_%s", c->face->text, name) : "NULL",
                 context_flags(s, c->face, shape));
    const char *line = NULL;

    for (;;) {
        line = idl_text(s, "static const CS_CONTEXT_TYPE %s", type);
        if (s->before_functions.ptr &&
            strstr(s->before_functions.ptr, idl_text(s, "%s%s", line, body)))
            return type;
        if (!s->before_functions.ptr || !strstr(s->before_functions.ptr, idl_text(s, "%s =", line)))
            break;
        type = idl_text(s, "%s_too", type);
    }
    if (shape->has_rundown)
        put_rundown(c, name);
    idl_text_add(&s->before_functions, "%s%s", line, body);
    return type;
}

/* ---- variables ---- */

/* A type that the stub may fill: without the const of what it points to. */
static const struct idl_type *filled(struct idl_stub *s, const struct idl_type *t)
{
    struct idl_type *copy = NULL;

    if (!t->is_const && t->kind != IDL_TYPE_POINTER && t->kind != IDL_TYPE_ARRAY)
        return t;
    copy = (struct idl_type *)idl_alloc(s->p->run, sizeof *copy);
    *copy = *t;
    copy->is_const = false;
    if (copy->of)
        copy->of = (struct idl_type *)filled(s, copy->of);
    return copy;
}

const char *idl_serve_declare(struct idl_stub *s, const struct idl_type *t, const char *name)
{
    return idl_c_declare(s->p, s->opt, filled(s, t), name, false);
}

/* What a pointer parameter points to, and what an array parameter is made of. */
static const struct idl_type *pointee(const struct idl_decl *d)
{
    return idl_resolve(d->type)->of;
}

/* A parameter for which the stub has a variable to point to: the address of "name_value". */
bool idl_serve_has_value(const struct idl_param *p)
{
    return idl_is_ref(p->shape) && !p->shape->of->has_objects && !idl_param_array(p) &&
           !idl_is_open(p) && !idl_pipe_of(p);
}

/* An [in] parameter whose counts the stub keeps, for later checks and for the room there is. */
static bool has_span(const struct idl_param *p)
{
    const struct idl_shape *a = idl_param_array(p);

    if (p->partial)
        return false;
    if (idl_is_open(p))
        return p->in;
    return p->in && a && !(a->is_string && !a->conformant);
}

void idl_serve_declare_span(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    struct idl_shape *a = idl_is_open(p) ? p->shape->of->tail : idl_param_array(p);

    if (a && p->out && !(p->in && a->is_string && !a->conformant))
        idl_put(s, "size_t %s = 0;", idl_param_room(s, p));
    if (has_span(p))
        idl_declare_counts(s, a, idl_param_span(s, p));
}

static void declare_param(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    const char *name = p->decl->name, *value = idl_text(s, "%s_value", name);
    const struct idl_type *t = idl_resolve(p->decl->type);

    if (p->shape->kind == IDL_SHAPE_HANDLE)
        return;
    if (idl_pipe_of(p)) {
        idl_pipe_local(s, p);
        return;
    }
    if (idl_serve_context_of(p))
        idl_put(s, "CS_SERVER_CONTEXT *%s = NULL;", idl_serve_context_name(s, p));
    if (p->shape->has_objects) {
        idl_put(s, "%s = NULL;", idl_serve_declare(s, p->decl->type, idl_text(s, "*%s", value)));
    } else if (idl_serve_has_value(p)) {
        const char *zero = idl_is_scalar(p->shape->of) ? idl_zero_of(s, p->shape->of) : NULL;

        idl_put(s, "%s%s%s;", idl_serve_declare(s, pointee(p->decl), value), zero ? " = " : "",
                zero ? zero : "");
        idl_put(s, "%s = &%s;", idl_serve_declare(s, t, name), value);
    } else if (t->kind == IDL_TYPE_ARRAY) {
        idl_put(s, "%s = NULL;", idl_serve_declare(s, t->of, idl_text(s, "*%s", name)));
    } else if (idl_is_scalar(p->shape)) {
        idl_put(s, "%s = %s;", idl_serve_declare(s, p->decl->type, name), idl_zero_of(s, p->shape));
    } else {
        idl_put(s, "%s;", idl_serve_declare(s, p->decl->type, name));
    }
    idl_serve_declare_span(c, p);
}

bool idl_serve_returns_context(const struct serve *c)
{
    return c->result && c->result->kind == IDL_SHAPE_CONTEXT;
}

static const char *result_context(struct serve *c)
{
    return idl_text(c->s, "%s_context", c->result_name);
}

const char *idl_serve_result_context(struct serve *c)
{
    return idl_text(c->s, "CsServerContextNew(%s, &%s)", c->call, context_type(c, c->result));
}

void idl_serve_begin(struct serve *c)
{
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;
    const char *name = idl_c_interface(s->p, c->face);

    if (!c->function->callback && !idl_called_as(c->face, c->function))
        idl_put(s, "const %s_epv_t *%s = (const %s_epv_t *)CsServerManager(%s);", name, c->manager,
                name, c->call);
    for (p = c->params; p && !(p->in && p->shape->kind != IDL_SHAPE_HANDLE &&
                               !idl_serve_context_of(p) && !idl_pipe_of(p));)
        p = p->next;
    if (p)
        idl_put(s, "CS_NDR_IN *%s = CsServerIn(%s);", s->in, c->call);
}

static void put_locals(struct serve *c)
{
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;

    idl_serve_begin(c);
    if (c->writes)
        idl_put(s, "CS_NDR_OUT *%s = NULL;", s->out);
    if (c->frees)
        idl_put(s, "CS_NDR_FREE *%s = NULL;", s->walk);
    for (p = c->params; p; p = p->next)
        declare_param(c, p);
    if (c->result)
        idl_put(s, "%s%s%s;", idl_serve_declare(s, c->function->decls->type->of, c->result_name),
                idl_is_scalar(c->result) ? " = " : "",
                idl_is_scalar(c->result) ? idl_zero_of(s, c->result) : "");
    if (idl_serve_returns_context(c))
        idl_put(s, "CS_SERVER_CONTEXT *%s = %s;", result_context(c), idl_serve_result_context(c));
    idl_put(s, "%s", "");
}

static void clear_values(struct serve *c)
{
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;

    for (p = c->params; p; p = p->next) {
        const char *name = p->decl->name;

        if (idl_serve_has_value(p) && !idl_is_scalar(p->shape->of))
            idl_put(s, "memset(%s, 0, sizeof *%s);", name, name);
        else if (!idl_is_scalar(p->shape) && p->shape->kind != IDL_SHAPE_HANDLE &&
                 !p->shape->has_objects && !idl_pipe_of(p))
            idl_put(s, "memset(&%s, 0, sizeof %s);", name, name);
    }
}

/* ---- reading ---- */

static void read_array(struct serve *c, const struct idl_param *p)
{
    struct idl_shape *a = idl_param_array(p);
    struct idl_stub *s = c->s;
    const char *name = p->decl->name;

    if (!a->is_string || a->conformant) {
        s->top_span = idl_param_span(s, p);
        idl_in_new(s, p->shape, name);
        s->top_span = NULL;
        return;
    }
    idl_put_open(s, "if (CsNdrInNew(%s, &%s, %s, sizeof *%s)) {", s->in, name,
                 idl_max_of(s, a, name), name);
    idl_in_fields(s, a, idl_array_at(s, p->shape, name));
    idl_put_close(s, "}");
}

static void read_context(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    const struct idl_shape *shape = idl_serve_context_of(p);
    const char *to = p->shape == shape ? p->decl->name : idl_text(s, "*%s", p->decl->name);

    idl_put(s, "%s = CsServerContextIn(%s, &%s, %s);", idl_serve_context_name(s, p), c->call,
            context_type(c, shape), p->out ? "CS_CONTEXT_NULL_ALLOWED" : "CS_CONTEXT_NULL_REFUSED");
    idl_put(s, "%s = (%s)CsServerContextGet(%s);", to, shape->name, idl_serve_context_name(s, p));
}

static void read_param(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    const char *name = p->decl->name, *object = idl_param_object(s, p);
    struct idl_shape *of = p->shape->of;

    s->reading = p->decl;
    s->kept = 0;
    if (!p->in || p->shape->kind == IDL_SHAPE_HANDLE || idl_pipe_of(p))
        return;
    idl_put_release(s, p);
    if (p->forced)
        idl_put(s, "CsNdrInForce(%s, 1);", s->in);
    if (p->partial) {
        idl_in_fields(s, p->shape, name);
    } else if (idl_serve_context_of(p)) {
        read_context(c, p);
    } else if (object) {
        idl_put_open(s, "if (CsNdrInNew(%s, &%s, 1, sizeof *%s)) {", s->in, object, object);
        idl_in_fields(s, p->shape->has_objects ? p->shape : of, idl_deref(s, object));
        idl_in_referents(s, p->shape->has_objects ? p->shape : of, idl_deref(s, object));
        idl_put_close(s, "}");
    } else if (idl_is_ref(p->shape) && idl_param_array(p)) {
        read_array(c, p);
    } else if (idl_is_ref(p->shape) && idl_is_counted(of)) {
        s->top_span = idl_param_span(s, p);
        idl_in_new(s, p->shape, name);
        s->top_span = NULL;
    } else if (idl_is_ref(p->shape)) {
        idl_in_fields(s, of, idl_deref(s, name));
        idl_in_referents(s, of, idl_deref(s, name));
    } else {
        idl_in_fields(s, p->shape, name);
        if (has_span(p))
            s->top_span = idl_param_span(s, p);
        idl_in_referents(s, p->shape, name);
        s->top_span = NULL;
    }
    if (p->forced)
        idl_put(s, "CsNdrInForce(%s, 0);", s->in);
}

/* [partial_ignore]: where the client has memory, the routine has as much, zeroed. */
static void make_zeroed(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    struct idl_shape *a = idl_param_array(p);
    const char *name = p->decl->name, *room = idl_param_room(s, p);
    const char *type = idl_c_type(s->p, s->opt, filled(s, idl_resolve(p->decl->type)->of));
    bool counted = a && idl_array_at(s, p->shape, name) == name;

    if (a)
        idl_put(s, "%s = (size_t)%s;", room, idl_max_of(s, a, name));
    idl_put_open(s, "if (CsNdrInFollow(%s, &%s))", s->in, name);
    idl_put(s, "%s = (%s *)CsServerNew(%s, %s, sizeof *%s);", name, type, c->call,
            counted ? room : "1", name);
    s->o.depth--;
}

static void make_room(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    struct idl_shape *a = idl_param_array(p);
    const char *name = p->decl->name, *room = idl_param_room(s, p), *at = NULL;

    if (idl_pipe_of(p) && c->function->async)
        idl_pipe_async(s, p, c->call);
    else if (idl_pipe_of(p))
        idl_pipe_open(s, p, c->call);
    if (!p->out || idl_pipe_of(p))
        return;
    if (!p->in && idl_serve_context_of(p))
        idl_put(s, "%s = CsServerContextNew(%s, &%s);", idl_serve_context_name(s, p), c->call,
                context_type(c, idl_serve_context_of(p)));
    if (!p->in && idl_param_object(s, p))
        idl_put(s, "%s = (%s)CsServerNew(%s, 1, sizeof *%s);", name,
                idl_serve_declare(s, p->decl->type, ""), c->call, name);
    idl_put_place(s, p, c->call);
    if (idl_is_open(p) && !p->in)
        idl_no_room(s, p, "make it a pointer to a pointer");
    if (p->partial) {
        make_zeroed(c, p);
        return;
    }
    a = idl_is_open(p) ? p->shape->of->tail : a;
    if (!a || (idl_is_open(p) && !p->in))
        return;
    if (p->in) {
        struct idl_dims d = idl_dims_of(a);

        if (has_span(p))
            idl_put(s, "%s = %s.Max;", room, idl_span(s, &d, idl_param_span(s, p), 0));
        return;
    }
    if (a->conformant && !a->size && !a->max) {
        idl_no_room(s, p, "say [size_is(...)]");
        return;
    }
    at = idl_array_at(s, p->shape, name);
    idl_put(s, "%s = (size_t)%s;", room, idl_max_of(s, a, name));
    if (at == name)
        idl_put(s, "%s = (%s)CsServerNew(%s, %s, sizeof *%s);", name,
                idl_serve_declare(s, idl_resolve(p->decl->type)->of, "*"), c->call, room, name);
    else
        idl_put(s, "%s = (%s)CsServerNew(%s, 1, sizeof *%s);", name,
                idl_serve_declare(s, p->decl->type, ""), c->call, name);
}

/* ---- the call, and writing ---- */

/* What two pointers or more lead to is const: C gives no such pointer to what the stub fills. */
static bool is_const_below(const struct idl_type *t)
{
    for (t = idl_resolve(t)->of; t && (t = idl_resolve(t)->of);)
        if (t->is_const)
            return true;
    return false;
}

const char *idl_serve_argument(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    const char *name = p->decl->name;

    if (p->shape->kind == IDL_SHAPE_HANDLE)
        return idl_text(s, "CsServerBinding(%s)", c->call);
    if (p->shape->has_objects)
        return idl_text(s, "*%s_value", name);
    if (!idl_pipe_of(p) && is_const_below(p->decl->type))
        return idl_text(s, "(%s)%s",
                        idl_c_declare(s->p, s->opt, idl_resolve(p->decl->type)->of, "*", false),
                        name);
    return name;
}

static void put_call(struct serve *c)
{
    struct idl_stub *s = c->s;
    const struct idl_item *local = NULL;
    const struct idl_param *p = NULL;
    const char *args = "";

    for (p = c->params; p; p = p->next)
        args = idl_text(s, "%s%s%s", args, args[0] ? ", " : "", idl_serve_argument(c, p));
    local = idl_called_as(c->face, c->function);
    idl_put(s, "%s%s%s(%s);", c->result ? c->result_name : "", c->result ? " = " : "",
            c->function->callback ? idl_text(s, "%s%s", s->opt->client_prefix, c->function->text)
            : local ? idl_text(s, "%s_%s", idl_c_interface(s->p, c->face), local->text)
                    : idl_text(s, "%s->%s", c->manager, c->function->text),
            args);
}

static void write_array(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    struct idl_shape *a = idl_param_array(p);
    const char *at = idl_array_at(s, p->shape, p->decl->name);

    if (a->is_string && !a->conformant)
        idl_out_fields(s, a, at);
    else
        idl_out_array(s, a, at, idl_param_room(s, p));
}

static void write_param(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    const char *name = p->decl->name;

    if (!p->out || idl_pipe_of(p))
        return;
    s->tail_room = idl_is_open(p) ? idl_param_room(s, p) : NULL;
    if (idl_serve_context_of(p)) {
        idl_put(s, "CsServerContextOut(%s, %s, (void *)*%s);", c->call,
                idl_serve_context_name(s, p), name);
    } else if (idl_is_ref(p->shape) && idl_param_array(p)) {
        write_array(c, p);
    } else if (idl_is_ref(p->shape)) {
        idl_out_value(s, p->shape->of, idl_deref(s, name));
    } else if (idl_param_array(p)) {
        idl_out_fields(s, p->shape, name);
        if (p->shape->pointer == IDL_FULL)
            idl_put_open(s, "if (CsNdrOutFollowFull(%s, %s, &%s)) {", s->out, name,
                         idl_full_tag(s, p->shape));
        else
            idl_put_open(s, "if (%s) {", name);
        s->top_span = idl_span_begin(s);
        write_array(c, p);
        s->top_span = NULL;
        idl_span_end(s);
        idl_put_close(s, "}");
    } else {
        idl_out_value(s, p->shape, name);
    }
}

static void free_param(struct serve *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    struct idl_shape *a = idl_param_array(p);

    if (p->forced && (a || idl_is_open(p) || p->shape->kind != IDL_SHAPE_POINTER)) {
        idl_free_referents(s, p->shape, p->decl->name); /* the first of them, too */
        return;
    }
    if ((!p->out && !p->forced) || idl_serve_context_of(p) || idl_pipe_of(p) ||
        p->shape->kind != IDL_SHAPE_POINTER)
        return;
    if (!idl_is_ref(p->shape))
        idl_free_referents(s, p->shape, p->decl->name);
    else if (a)
        idl_free_referents(s, a, idl_array_at(s, p->shape, p->decl->name));
    else
        idl_free_referents(s, p->shape->of, idl_deref(s, p->decl->name));
}

static bool may_free(const struct idl_param *p)
{
    return p->forced ||
           (p->out && p->shape->kind == IDL_SHAPE_POINTER &&
            (!idl_is_ref(p->shape) || p->shape->of->has_pointers || p->shape->of->has_objects));
}

void idl_serve_read(struct serve *c)
{
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;
    struct idl_reading reading;

    idl_reading_begin(s, &reading);
    for (p = c->params; p; p = p->next)
        read_param(c, p);
    idl_reading_end(s, &reading);
    for (p = c->params; p; p = p->next)
        make_room(c, p);
    idl_put_open(s, "if (!CsServerReady(%s))", c->call);
    idl_put(s, "return;");
    s->o.depth--;
}

static void put_response(struct serve *c)
{
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;

    if (c->writes)
        idl_put(s, "%s = CsServerOut(%s);", s->out, c->call);
    for (p = c->params; p; p = p->next)
        write_param(c, p);
    if (idl_serve_returns_context(c))
        idl_put(s, "CsServerContextOut(%s, %s, (void *)%s);", c->call, result_context(c),
                c->result_name);
    else if (c->result)
        idl_out_value(s, c->result, c->result_name);
}

static void put_frees(struct serve *c)
{
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;

    if (!c->frees)
        return;
    idl_put(s, "%s = CsServerFree(%s);", s->walk, c->call);
    if (c->forces) {
        idl_put_open(s, "if (%s) {", s->walk);
    } else {
        idl_put_open(s, "if (!%s)", s->walk);
        idl_put(s, "return;");
        s->o.depth--;
    }
    for (p = c->params; p; p = p->next)
        free_param(c, p);
    if (c->result)
        idl_free_referents(s, c->result, c->result_name);
    if (c->forces)
        idl_put_close(s, "}");
}

void idl_serve_respond(struct serve *c)
{
    put_response(c);
    put_frees(c);
}

/* What [force_allocate] gave the routine goes however it ends, so nothing jumps over the stub. */
static void put_rest(struct serve *c)
{
    struct idl_stub *s = c->s;

    if (c->forces) {
        idl_put(s, "RpcTryFinally");
        idl_put_open(s, "{");
    }
    put_call(c);
    put_response(c);
    if (c->forces) {
        idl_put_close(s, "}");
        idl_put_open(s, "RpcFinally {");
    }
    put_frees(c);
    if (c->forces) {
        idl_put_close(s, "}");
        idl_put(s, "RpcEndFinally");
    }
}

void idl_serve_stub(struct idl_stub *s, const struct idl_item *face,
                    const struct idl_item *function)
{
    struct serve c = { .s = s, .face = face, .function = function };
    const struct idl_param *p = NULL;

    c.params = idl_params_of(s, function);
    c.result = idl_layout_result(s->layout, function);
    c.call = idl_local(s, function, "call");
    c.manager = idl_local(s, function, "manager");
    c.result_name = idl_local(s, function, "result");
    s->in = idl_local(s, function, "in");
    s->out = idl_local(s, function, "out");
    s->walk = idl_local(s, function, "walk");
    s->siblings = function->decls->type->members;
    c.writes = c.result && !idl_serve_returns_context(&c);
    c.frees = c.result && (c.result->has_pointers || c.result->has_objects);
    for (p = c.params; p; p = p->next) {
        c.writes = c.writes || (p->out && !idl_serve_context_of(p) && !idl_pipe_of(p));
        c.frees = c.frees || may_free(p);
        c.forces = c.forces || p->forced;
    }
    if (function->async) {
        idl_emit_async_server(&c);
        return;
    }
    idl_stub_put_where(s, function);
    idl_put(s, "static void %s%s_%s(CS_SERVER_CALL *%s)", idl_is_notified(function) ? "serve_" : "",
            face->text, function->text, c.call);
    idl_put_open(s, "{");
    put_locals(&c);
    clear_values(&c);
    idl_serve_read(&c);
    put_rest(&c);
    idl_put_close(s, "}");
    if (idl_is_notified(function))
        idl_notified(s, face, function);
}

/* ---- the interface ---- */

static void put_head(struct idl_stub *s, const struct idl_item *face)
{
    (void)s;
    (void)face;
}

static const struct idl_item *by_number(const struct idl_item *face, unsigned opnum)
{
    const struct idl_item *i = face->items;

    while (i && !(i->kind == IDL_ITEM_FUNCTION && i->remote && i->opnum == opnum))
        i = i->next;
    return i;
}

static void put_procedures(struct idl_stub *s, const struct idl_item *face, const char *name)
{
    unsigned n, count = idl_stub_count(face);

    idl_put(s, "%s", "");
    idl_put_open(s, "static const CS_SERVER_PROCEDURE %s_procedures[] = {", name);
    for (n = 0; n < count; n++) {
        const struct idl_item *i = by_number(face, n);

        if (i)
            idl_put(s, "{ %s_%s, \"%s\", %s },", face->text, i->text, i->text,
                    idl_procedure_flags(s, face, i));
        else
            idl_put(s, "{ NULL, NULL, 0 },");
    }
    idl_put_close(s, "};");
}

static void put_default_vector(struct idl_stub *s, const struct idl_item *face, const char *name)
{
    const struct idl_item *i = NULL;

    idl_put(s, "%s", "");
    idl_put_open(s, "static const %s_epv_t %s_default = {", name, name);
    for (i = face->items; i; i = i->next)
        if (idl_in_vector(face, i))
            idl_put(s, "%s%s,", s->opt->server_prefix, i->text);
    if (!idl_has_vector(face))
        idl_put(s, "NULL,");
    idl_put_close(s, "};");
}

/* Of [cs_access], by operation. */
static void put_access(struct idl_stub *s, const struct idl_item *face, const char *name)
{
    unsigned n, count = idl_stub_count(face);

    idl_put(s, "%s", "");
    idl_put_open(s, "static const char *const %s_access[] = {", name);
    for (n = 0; n < count; n++) {
        const struct idl_item *i = by_number(face, n);

        if (i)
            idl_put(s, "\"%s\", /* %s */", idl_access_of(face, i), i->text);
        else
            idl_put(s, "NULL,");
    }
    idl_put_close(s, "};");
}

static void put_tail(struct idl_stub *s, const struct idl_item *face)
{
    const char *name = idl_c_interface(s->p, face);
    bool guarded = idl_has_access(face);

    put_procedures(s, face, name);
    if (!s->opt->no_default_epv)
        put_default_vector(s, face, name);
    if (guarded)
        put_access(s, face, name);
    idl_put(s, "%s", "");
    idl_stub_interface(s, face);
    idl_put(s, "%s_procedures,", name);
    idl_put(s, "%s", s->opt->no_default_epv ? "NULL," : idl_text(s, "&%s_default,", name));
    if (guarded) {
        idl_put_close(s, "},");
        idl_put(s, "%s_access,", name);
    }
    idl_put_close(s, "};");
    idl_put(s, "RPC_IF_HANDLE %s_s_ifspec = (RPC_IF_HANDLE)&%s_server;", name, name);
    idl_callbacks_called(s, face);
}

void idl_emit_server(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o)
{
    static const struct idl_stub_writer writer = { true, put_head, idl_serve_stub, put_tail };

    idl_stub_file(p, opt, o, &writer);
}
