/* SPDX-License-Identifier: Apache-2.0
 * emit_client.c - x_c.c: what a client calls.
 *
 * A stub writes its [in] parameters, sends them, reads its [out] parameters into the caller's
 * memory, and raises what went wrong or hands it to comm_status and fault_status.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"
#include "idl/emit_pipe.h"
#include "idl/emit_side.h"

/* ---- writing ---- */

static void write_context(struct call *c, const struct idl_param *p, const char *x)
{
    idl_put(c->s, "CsClientContextOut(%s%s, %s, %s);", c->async ? "" : "&", c->call, x,
            p->out ? "CS_CONTEXT_NULL_ALLOWED" : "CS_CONTEXT_NULL_REFUSED");
}

static void write_ref(struct call *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    const char *name = p->decl->name;
    struct idl_shape *of = p->shape->of;

    idl_put_open(s, "if (CsNdrOutRef(%s, %s)) {", s->out, name);
    if (of->kind == IDL_SHAPE_CONTEXT) {
        write_context(c, p, idl_text(s, "*%s", name));
    } else if (of->kind == IDL_SHAPE_ARRAY) {
        const char *span = idl_span_begin(s);

        s->top_span = of->is_string && of->conformant ? NULL : span;
        if (of->is_string && !of->conformant)
            idl_out_fields(s, of, name);
        else
            idl_out_array(s, of, idl_array_at(s, p->shape, name), NULL);
        s->top_span = NULL;
        idl_span_end(s);
    } else {
        idl_out_value(s, of, idl_deref(s, name));
    }
    idl_put_close(s, "}");
}

static void write_param(struct call *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;

    if (idl_pipe_of(p)) /* after all others */
        return;
    if (!p->in && p->out && idl_is_ref(p->shape))
        idl_put(s, "CsNdrOutRef(%s, %s);", s->out, p->decl->name);
    if (!p->in || p->shape->kind == IDL_SHAPE_HANDLE)
        return;
    if (p->shape->kind == IDL_SHAPE_CONTEXT)
        write_context(c, p, p->decl->name);
    else if (p->partial)
        idl_out_fields(s, p->shape, p->decl->name);
    else if (idl_is_ref(p->shape))
        write_ref(c, p);
    else
        idl_out_value(s, p->shape, p->decl->name);
}

/* ---- reading ---- */

/* A full pointer to a conformant structure is the caller's own, whatever the server says. */
static const char *given_name(struct call *c, const struct idl_param *p)
{
    return idl_text(c->s, "%s_given", p->decl->name);
}

static void declare_open_room(struct call *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    struct idl_shape *tail = p->shape->of->tail;
    const struct idl_decl *siblings = s->siblings;
    const char *name = p->decl->name, *prefix = s->prefix;
    const char *x = idl_tail_of(s, p->shape->of, idl_deref(s, name), &s->prefix, &s->siblings);

    idl_put(s, "size_t %s = %s ? (size_t)%s : 0;", idl_param_room(s, p), name,
            idl_max_of(s, tail, x));
    s->prefix = prefix;
    s->siblings = siblings;
    idl_declare_counts(s, tail, idl_param_span(s, p));
    if (p->shape->pointer == IDL_FULL)
        idl_put(s, "const void *%s = %s;", given_name(c, p), name);
}

/* How many elements of the caller's there are, seen before the call: the server may say more. */
static void declare_room(struct call *c, const struct idl_param *p)
{
    struct idl_shape *a = idl_param_array(p);
    struct idl_stub *s = c->s;
    const char *max = NULL;

    if (idl_is_open(p) && p->in && p->out)
        declare_open_room(c, p);
    if (!p->out || !a)
        return;
    if (a->conformant && !p->in && !a->size && !a->max) {
        idl_no_room(s, p, "say [size_is(...)]");
        return;
    }
    if (a->is_string && !a->conformant)
        return;
    max = idl_max_of(s, a, p->decl->name);
    idl_put(s, "size_t %s = (size_t)%s;", idl_param_room(s, p), max);
    idl_declare_counts(s, a, idl_param_span(s, p));
}

static void read_array(struct call *c, const struct idl_param *p)
{
    struct idl_shape *a = idl_param_array(p);
    struct idl_stub *s = c->s;

    if (a->is_string && !a->conformant) {
        idl_in_fields(s, a, p->decl->name);
        return;
    }
    s->top_span = idl_param_span(s, p);
    idl_in_array(s, a, idl_array_at(s, p->shape, p->decl->name), idl_param_room(s, p));
    s->top_span = NULL;
}

static void read_referent(struct call *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    struct idl_shape *of = p->shape->of;
    const char *x = idl_deref(s, p->decl->name);

    if (of->kind == IDL_SHAPE_ARRAY) {
        read_array(c, p);
        return;
    }
    if (idl_is_open(p)) {
        if (p->in)
            idl_in_open(s, of, p->decl->name, idl_param_span(s, p), idl_param_room(s, p));
        else
            idl_no_room(s, p, "make it a pointer to a pointer");
        return;
    }
    idl_in_fields(s, of, x);
    idl_in_referents(s, of, x);
}

/* The runtime sets it when the call has ended well, so it must be told the place itself. */
static void read_context(struct call *c, const struct idl_shape *shape, const char *at)
{
    if (strcmp(shape->name, "void *") != 0)
        at = idl_text(c->s, "(void **)%s", at);
    idl_put(c->s, "CsClientContextIn(%s%s, %s);", c->async ? "" : "&", c->call, at);
}

static void read_full_open(struct call *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    const char *name = p->decl->name;

    idl_put(s, "CsNdrInFull(%s, &%s);", s->in, name);
    idl_put_open(s, "if (CsNdrInReferentFull(%s, &%s, sizeof *%s, &%s)) {", s->in, name, name,
                 idl_full_tag(s, p->shape));
    idl_put(s, "CsNdrInSame(%s, %s == %s, 1);", s->in, name, given_name(c, p));
    read_referent(c, p);
    idl_put_close(s, "}");
}

/* A pointer that the caller passed by value is what it was: its memory is read over. */
static void read_pointer(struct call *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;

    if (p->shape->pointer == IDL_FULL && idl_is_open(p)) {
        read_full_open(c, p);
        return;
    }
    if (p->shape->pointer == IDL_FULL && !idl_param_array(p)) {
        idl_put(s, "CsNdrInFull(%s, &%s);", s->in, p->decl->name);
        idl_in_referents(s, p->shape, p->decl->name);
        return;
    }
    idl_put(s, "CsNdrInThere(%s, %s);", s->in, p->decl->name);
    idl_put_open(s, "if (%s) {", p->decl->name);
    s->only_if = p->decl->name;
    read_referent(c, p);
    s->only_if = NULL;
    idl_put_close(s, "}");
}

static void read_param(struct call *c, const struct idl_param *p)
{
    struct idl_stub *s = c->s;
    bool keep =
        p->in && !p->partial && p->shape->kind == IDL_SHAPE_POINTER && p->shape->of->has_pointers;

    s->reading = p->decl;
    s->kept = 0;
    if (!p->out || p->shape->kind != IDL_SHAPE_POINTER || idl_pipe_of(p))
        return;
    if (p->shape->of->kind == IDL_SHAPE_CONTEXT) {
        read_context(c, p->shape->of, p->decl->name);
        return;
    }
    if (keep)
        idl_put(s, "CsNdrInKeep(%s, 1);", s->in);
    if (p->capacity)
        idl_put_open(s, "if (CsNdrInBufferBegin(%s, %s, sizeof *%s, (size_t)%s)) {", s->in,
                     p->decl->name, p->decl->name, idl_count(s, p->capacity));
    if (idl_is_ref(p->shape))
        read_referent(c, p);
    else
        read_pointer(c, p);
    if (p->capacity) {
        idl_put(s, "CsNdrInBufferEnd(%s);", s->in);
        idl_put_close(s, "}");
    }
    if (keep)
        idl_put(s, "CsNdrInKeep(%s, 0);", s->in);
}

static void read_result(struct call *c)
{
    if (!c->result)
        return;
    if (c->result->kind == IDL_SHAPE_CONTEXT) {
        read_context(c, c->result, idl_text(c->s, "&%s", c->result_name));
        return;
    }
    idl_in_fields(c->s, c->result, c->result_name);
    idl_in_referents(c->s, c->result, c->result_name);
}

/* ---- a stub ---- */

/* Which parameter or variable leads to the server, as an RPC_BINDING_HANDLE; of a generic handle,
 * which c->handle then names, the type.
 */
static const char *binding_of(struct call *c)
{
    const struct idl_attr *implicit = idl_attr_find(c->face->attrs, "implicit_handle");
    const struct idl_decl *d = c->function->binding;
    const struct idl_decl *from = d ? d : implicit ? implicit->type : NULL;
    struct idl_stub *s = c->s;
    struct idl_param *p = c->params;

    if (!from)
        return NULL;
    while (p && p->decl != d)
        p = p->next;
    if (d && p && p->shape->kind == IDL_SHAPE_CONTEXT)
        return idl_text(s, "CsClientContextBinding(%s)", d->name);
    if (d && p && idl_is_ref(p->shape) && p->shape->of->kind == IDL_SHAPE_CONTEXT)
        return idl_text(s, "CsClientContextBinding(%s ? *%s : NULL)", d->name, d->name);
    if (idl_is_base(from->type, IDL_BASE_HANDLE))
        return from->name;
    c->handle = from->name;
    return idl_c_type(s->p, s->opt, from->type);
}

const char *idl_call_flags(const struct call *c)
{
    return idl_procedure_flags(c->s, c->face, c->function);
}

/* Whether there is anything to say to the stream of the [in] parameters. */
bool idl_call_writes(const struct call *c)
{
    const struct idl_param *p = NULL;
    bool any = false;

    if (c->pickled == IDL_DECODES)
        return false;
    for (p = c->params; p; p = p->next)
        any = any || (c->async && idl_pipe_of(p)) || (p->out && idl_is_ref(p->shape)) ||
              (p->in && p->shape->kind != IDL_SHAPE_HANDLE && p->shape->kind != IDL_SHAPE_CONTEXT &&
               p->shape->kind != IDL_SHAPE_PIPE);
    return any;
}

/* Which way it goes, the handle says: no stream to write to where it decodes. */
static void put_pickle(struct call *c, const char *binding)
{
    struct idl_stub *s = c->s;

    s->pickles = true;
    idl_put(s, "CS_PICKLE %s;", c->call);
    idl_put(s, "%sCsPickleCallOut(&%s, &%s_client, %s, %u, %s);",
            idl_call_writes(c) ? idl_text(s, "CS_NDR_OUT *%s = ", s->out) : "", c->call,
            idl_c_interface(s->p, c->face), binding, c->function->opnum,
            c->pickled == (IDL_ENCODES | IDL_DECODES) ? "CS_PICKLE_ENCODE | CS_PICKLE_DECODE"
            : c->pickled == IDL_ENCODES               ? "CS_PICKLE_ENCODE"
                                                      : "CS_PICKLE_DECODE");
}

const char *idl_call_binding(struct call *c)
{
    struct idl_stub *s = c->s;
    const char *binding = binding_of(c), *generic = NULL;

    if (!binding) {
        idl_error(s->p->run, c->function->at,
                  "give it a handle_t, or say [implicit_handle(...)] or [explicit_handle] in the "
                  "ACF",
                  "nothing tells %s which server to call; [auto_handle] is not carried",
                  c->function->text);
        binding = "NULL";
    }
    if (c->handle) {
        generic = idl_local(s, c->function, "binding");
        idl_put(s, "handle_t %s = %s_bind(%s);", generic, binding, c->handle);
        c->handle = idl_text(s, "%s_unbind(%s, %s);", binding, c->handle, generic);
        c->generic = generic;
        binding = generic;
    }
    return binding;
}

static void put_callback(struct call *c)
{
    struct idl_stub *s = c->s;

    idl_put(s, "CS_CLIENT_CALL %s;", c->call);
    idl_put(s, "%sCsCallbackBegin(&%s, &%s_server, %u, %s);",
            idl_call_writes(c) ? idl_text(s, "CS_NDR_OUT *%s = ", s->out) : "", c->call,
            idl_c_interface(s->p, c->face), c->function->opnum, idl_call_flags(c));
}

static void put_call(struct call *c)
{
    struct idl_stub *s = c->s;
    const char *binding = NULL, *name = idl_c_interface(s->p, c->face);

    if (!c->pickled)
        idl_put(s, "CS_CLIENT_CALL %s;", c->call);
    binding = idl_call_binding(c);
    if (c->pickled)
        put_pickle(c, binding);
    else
        idl_put(s, "%sCsClientBegin(&%s, &%s_client, %s, %u, %s);",
                idl_call_writes(c) ? idl_text(s, "CS_NDR_OUT *%s = ", s->out) : "", c->call, name,
                binding, c->function->opnum, idl_call_flags(c));
}

static void put_begin(struct call *c)
{
    struct idl_stub *s = c->s;

    if (c->function->callback)
        put_callback(c);
    else
        put_call(c);
    if (c->reads)
        idl_put(s, "CS_NDR_IN *%s = NULL;", s->in);
    idl_put(s, "RPC_STATUS %s = RPC_S_OK;", c->status);
}

/* [out] memory of the caller's that holds pointers is whatever it was: no failure leaves it so. */
static void put_clear(struct call *c)
{
    const struct idl_param *p = NULL;

    for (p = c->params; p; p = p->next) {
        const char *name = p->decl->name, *given = name;

        if (!p->out || (!p->partial && (p->in || !idl_is_ref(p->shape))))
            continue;
        if (p->capacity)
            given = idl_text(c->s, "%s && (size_t)%s >= sizeof *%s", name,
                             idl_count(c->s, p->capacity), name);
        if (p->shape->of->kind == IDL_SHAPE_CONTEXT ||
            (p->shape->of->kind == IDL_SHAPE_POINTER && p->shape->of->has_pointers)) {
            idl_put_open(c->s, "if (%s)", given);
            idl_put(c->s, "*%s = NULL;", name);
            c->s->o.depth--;
        } else if (p->shape->of->has_objects && idl_param_array(p)) {
            idl_put_open(c->s, "if (%s)", given);
            idl_put(c->s, "memset(%s, 0, %s * sizeof *%s);", name, idl_param_room(c->s, p), name);
            c->s->o.depth--;
        } else if ((p->shape->of->has_pointers || p->shape->of->has_objects) &&
                   !idl_param_array(p)) {
            idl_put_open(c->s, "if (%s)", given);
            idl_put(c->s, "memset(%s, 0, sizeof *%s);", name, name);
            c->s->o.depth--;
        }
    }
}

/* The program gets its functions back. */
static void give_pipe(struct call *c, const struct idl_param *p)
{
    idl_put_open(c->s, "if (CsNdrOutRef(%s, %s)) {", c->s->out, p->decl->name);
    idl_pipe_async(c->s, p, c->call);
    idl_put_close(c->s, "}");
}

static void put_writing(struct call *c)
{
    const struct idl_param *p = NULL;
    bool asks = c->pickled && idl_call_writes(c);

    if (c->pickled && !asks)
        return;
    if (asks)
        idl_put_open(c->s, "if (%s) {", c->s->out);
    for (p = c->params; p; p = p->next)
        write_param(c, p);
    for (p = c->params; p; p = p->next)
        if (idl_pipe_of(p) && c->async)
            give_pipe(c, p);
        else if (idl_pipe_of(p))
            idl_pipe_in(c->s, p, c->call);
    if (asks)
        idl_put_close(c->s, "}");
}

/* Whether there is the stream, and all the memory that is read into: nobody has looked yet. */
static const char *memory_of(struct call *c)
{
    const struct idl_param *p = NULL;
    const char *all = c->s->in;

    for (p = c->params; p; p = p->next)
        if (p->out && idl_is_ref(p->shape))
            all = idl_text(c->s, "%s && CsPickleInRef(&%s, %s)", all, c->call, p->decl->name);
    return all;
}

void idl_call_read(struct call *c)
{
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;
    struct idl_reading reading;

    idl_put_open(s, "if (%s) {", c->pickled ? memory_of(c) : s->in);
    if (c->pickled)
        put_clear(c);
    for (p = c->params; p; p = p->next)
        if (p->out && idl_pipe_of(p) && !c->async)
            idl_pipe_out(s, p, c->call);
    idl_reading_begin(s, &reading);
    for (p = c->params; p; p = p->next)
        read_param(c, p);
    s->reading = NULL;
    read_result(c);
    idl_reading_end(s, &reading);
    idl_put_close(s, "}");
}

static void put_reading(struct call *c)
{
    struct idl_stub *s = c->s;
    const char *callbacks = idl_callbacks_of(s, c->face, c->function);

    if (callbacks)
        idl_put(s, "CsClientCallbacks(&%s, &%s);", c->call, callbacks);
    if (!c->reads) {
        idl_put(s, "%s(&%s);", c->pickled ? "CsPickleCallIn" : "CsClientSend", c->call);
        return;
    }
    idl_put(s, "%s = %s(&%s);", s->in, c->pickled ? "CsPickleCallIn" : "CsClientSend", c->call);
    idl_call_read(c);
}

/* A status parameter, or the result, that comm_status or fault_status names. */
static const char *status_place(struct call *c, const char *attr)
{
    const struct idl_param *p = NULL;

    for (p = c->params; p; p = p->next)
        if (idl_attr_find(p->decl->attrs, attr))
            return p->decl->name;
    return idl_attr_find(c->function->attrs, attr) && c->result
               ? idl_text(c->s, "&%s", c->result_name)
               : NULL;
}

static void put_added(struct call *c)
{
    const struct idl_param *p = NULL;

    for (p = c->params; p; p = p->next)
        if (p->added && p->shape->kind == IDL_SHAPE_POINTER)
            idl_put(c->s, "*%s = RPC_S_OK;", p->decl->name);
}

static void put_end(struct call *c)
{
    struct idl_stub *s = c->s;

    idl_put(s, c->pickled ? "%s = CsPickleEnd(&%s, NULL);" : "%s = CsClientEnd(&%s);", c->status,
            c->call);
    if (c->handle)
        idl_put(s, "%s", c->handle);
    if (c->comm || c->fault)
        idl_put(s, "%s = CsClientReport(%s, %s, %s);", c->status, c->status,
                c->comm ? c->comm : "NULL", c->fault ? c->fault : "NULL");
    idl_put_open(s, "if (%s)", c->status);
    idl_put(s, "RpcRaiseException(%s);", c->status);
    s->o.depth--;
    if (c->result)
        idl_put(s, "return %s;", c->result_name);
}

void idl_call_locals(struct call *c)
{
    struct idl_stub *s = c->s;
    const struct idl_param *p = NULL;

    for (p = c->params; p; p = p->next)
        if (idl_pipe_of(p) && !c->async)
            idl_pipe_declare(s, p, false);
    for (p = c->params; p; p = p->next)
        declare_room(c, p);
    if (c->result)
        idl_put(s, "%s%s%s;",
                idl_c_declare(s->p, s->opt, c->function->decls->type->of, c->result_name, false),
                idl_is_scalar(c->result) ? " = " : "",
                idl_is_scalar(c->result) ? idl_zero_of(s, c->result) : "");
    idl_put(s, "%s", "");
    if (c->result && !idl_is_scalar(c->result))
        idl_put(s, "memset(&%s, 0, sizeof %s);", c->result_name, c->result_name);
}

void idl_call_write(struct call *c)
{
    put_added(c);
    if (!c->pickled)
        put_clear(c);
    put_writing(c);
}

void idl_call_stub(struct idl_stub *s, const struct idl_item *face, const struct idl_item *function)
{
    const char *prefix = function->callback ? s->opt->server_prefix : s->opt->client_prefix;
    struct call c = { .s = s, .face = face, .function = function, .async = function->async };
    const struct idl_decl *members = function->decls->type->members;
    struct idl_param *p = NULL;

    if (!function->callback &&
        (idl_attr_find(function->attrs, "nocode") ||
         (idl_attr_find(face->attrs, "nocode") && !idl_attr_find(function->attrs, "code"))))
        return;
    c.params = idl_params_of(s, function);
    c.result = idl_layout_result(s->layout, function);
    c.pickled = function->pickled ? idl_pickle_ways(face, function->attrs) : 0;
    c.call = idl_local(s, function, c.pickled ? "pickle" : "call");
    c.status = idl_local(s, function, "status");
    c.result_name = idl_local(s, function, "result");
    s->in = idl_local(s, function, "in");
    s->out = idl_local(s, function, "out");
    s->siblings = members;
    c.reads = c.result != NULL;
    for (p = c.params; p; p = p->next) {
        p->out = p->out && c.pickled != IDL_ENCODES;
        c.reads = c.reads || (p->out && !(c.async && idl_pipe_of(p)));
    }
    c.comm = status_place(&c, "comm_status");
    c.fault = status_place(&c, "fault_status");
    if (c.async) {
        idl_emit_async_client(&c);
        return;
    }
    idl_stub_put_where(s, function);
    idl_put(s, "%s(%s)",
            idl_c_declare(s->p, s->opt, function->decls->type->of,
                          idl_text(s, "%s%s", prefix, function->text), false),
            idl_c_params(s->p, s->opt, members));
    idl_put_open(s, "{");
    put_begin(&c);
    idl_call_locals(&c);
    idl_call_write(&c);
    put_reading(&c);
    put_end(&c);
    idl_put_close(s, "}");
}

static void put_head(struct idl_stub *s, const struct idl_item *face)
{
    const struct idl_attr *implicit = idl_attr_find(face->attrs, "implicit_handle");
    const char *name = NULL;

    idl_callbacks_served(s, face);
    idl_put(s, "%s", "");
    name = idl_stub_interface(s, face);
    idl_put_close(s, "};");
    if (idl_has_remote(face))
        idl_put(s, "RPC_IF_HANDLE %s_c_ifspec = (RPC_IF_HANDLE)&%s_client;", name, name);
    if (implicit && implicit->type)
        idl_put(s, "%s;",
                idl_c_declare(s->p, s->opt, implicit->type->type, implicit->type->name, false));
}

static void put_tail(struct idl_stub *s, const struct idl_item *face)
{
    idl_pickle_stubs(s, face);
}

void idl_emit_client(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o)
{
    static const struct idl_stub_writer writer = { false, put_head, idl_call_stub, put_tail };

    idl_stub_file(p, opt, o, &writer);
}
