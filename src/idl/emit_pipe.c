/* SPDX-License-Identifier: Apache-2.0
 * emit_pipe.c - pipe parameters: how elements are marshalled, and what calls the routines of the
 * structure that the header has for the pipe.
 */
#include "idl/emit_pipe.h"

#include <string.h>

#include "idl/attr.h"

struct idl_shape *idl_pipe_of(const struct idl_param *p)
{
    struct idl_shape *s = p->shape;

    if (s->kind == IDL_SHAPE_POINTER)
        s = s->of;
    return s->kind == IDL_SHAPE_PIPE ? s : NULL;
}

const char *idl_pipe_flags(struct idl_stub *s, const struct idl_param *params)
{
    const struct idl_param *p = NULL;
    bool in = false, out = false;

    for (p = params; p; p = p->next) {
        in = in || (p->in && idl_pipe_of(p));
        out = out || (p->out && idl_pipe_of(p));
    }
    return idl_text(s, "%s%s%s", in ? "CS_CALL_PIPE_IN" : "", in && out ? " | " : "",
                    out ? "CS_CALL_PIPE_OUT" : "");
}

/* ---- sizes ---- */

/* Where a value ends that begins at `at`, which is aligned for what holds it. */
static uint64_t end_of(const struct idl_shape *s, uint64_t at)
{
    const struct idl_member *m = NULL;
    uint64_t first, next;

    at = (at + s->align - 1) & ~(uint64_t)(s->align - 1);
    switch (s->kind) {
    case IDL_SHAPE_STRUCT:
        for (m = s->members; m; m = m->next)
            at = end_of(m->shape, at);
        return at;
    case IDL_SHAPE_ARRAY:
        first = end_of(s->of, at);
        next = s->count > 1 ? end_of(s->of, first) - first : 0;
        return first + (s->count - 1) * next;
    default:
        return at + s->smallest;
    }
}

/* ---- functions of a pipe type, once in a file ---- */

static bool is_new(const struct idl_stub *s, const char *head)
{
    return !s->functions.ptr || !strstr(s->functions.ptr, head);
}

static const char *element_type(struct idl_stub *s, const struct idl_shape *pipe)
{
    return idl_c_type(s->p, s->opt, pipe->type->of);
}

static void put_all(struct idl_stub *s, struct idl_shape *pipe, bool write)
{
    const struct idl_shape *e = pipe->of;
    const char *way = write ? "Out" : "In", *stream = write ? "out" : "in";
    const char *at = write ? "from" : "to";
    uint64_t block = idl_shape_block(e);

    if (!write && e->kind == IDL_SHAPE_BASE && idl_is_ascii(e))
        idl_put(s, "CsNdrInAscii(in);");
    if (!write && e->kind == IDL_SHAPE_BASE && idl_is_float(e))
        idl_put(s, "CsNdrInIeee(in);");
    if (idl_shape_is_plain(e)) {
        idl_put(s, "CsNdr%sArray(%s, %s, count, %u);", way, stream, at, idl_base_size(e->base));
        return;
    }
    idl_put(s, "%s%s *data = (%s%s *)%s;", write ? "const " : "", element_type(s, pipe),
            write ? "const " : "", element_type(s, pipe), at);
    idl_put(s, "ULONG i = 0;");
    idl_put(s, "%s", "");
    if (block) {
        idl_put_open(s, "if (CsNdr%sBlocks(%s, data, count, %llu, %u))", way, stream,
                     (unsigned long long)block, e->align);
        idl_put(s, "return;");
        s->o.depth--;
    }
    idl_put_open(s, "for (i = 0; i < count; i++) {");
    if (write)
        idl_out_fields(s, pipe->of, "data[i]");
    else
        idl_in_fields(s, pipe->of, "data[i]");
    idl_put_close(s, "}");
}

/* Out of the stub under way, and back: what is written between goes before it. */
struct aside {
    struct idl_stub outer;
    struct idl_text text;
};

static void aside_begin(struct idl_stub *s, struct aside *a)
{
    *a = (struct aside){ .outer = *s };
    s->o = (struct idl_out){ &a->text, 0 };
    s->in = "in";
    s->out = "out";
    s->siblings = NULL;
    s->prefix = "";
    s->late = NULL;
    s->top_span = s->only_if = s->tail_room = NULL;
    s->reading = NULL;
    s->loops = s->spans = 0;
}

static void aside_end(struct idl_stub *s, struct aside *a)
{
    idl_text_add(&s->functions, "\n%s", a->text.ptr);
    idl_text_done(&a->text);
    a->outer.functions = s->functions;
    a->outer.before_functions = s->before_functions;
    *s = a->outer;
}

static const char *marshalling(struct idl_stub *s, struct idl_shape *pipe, bool write)
{
    const char *name = idl_text(s, "%s_pipe_%s", pipe->name, write ? "write" : "read");
    const char *head = idl_text(s, "static void %s(CS_NDR_%s, ULONG count)", name,
                                write ? "OUT *out, const void *from" : "IN *in, void *to");
    struct aside a;

    if (!is_new(s, head))
        return name;
    aside_begin(s, &a);
    idl_put(s, "%s", head);
    idl_put_open(s, "{");
    put_all(s, pipe, write);
    idl_put_close(s, "}");
    aside_end(s, &a);
    return name;
}

struct routine { /* of the structure */
    const char *name, *params, *args, *typed, *server, *async;
};

static const struct routine pull = { "pull",
                                     "void *buf, ULONG esize, ULONG *ecount",
                                     "buf, esize, ecount",
                                     "char *state, %s *buf, ULONG esize, ULONG *ecount",
                                     "CsServerPipePull",
                                     "CsAsyncPipePull" };
static const struct routine push = { "push",
                                     "void *buf, ULONG ecount",
                                     "buf, ecount",
                                     "char *state, %s *buf, ULONG ecount",
                                     "CsServerPipePush",
                                     "CsAsyncPipePush" };

/* A client's, which calls the program's. */
static const char *caller(struct idl_stub *s, struct idl_shape *pipe, const struct routine *r)
{
    const char *name = idl_text(s, "%s_pipe_%s", pipe->name, r->name);
    const char *head = idl_text(s, "static void %s(const void *pipe, %s)", name, r->params);
    struct aside a;

    if (!is_new(s, head))
        return name;
    aside_begin(s, &a);
    idl_put(s, "%s", head);
    idl_put_open(s, "{");
    idl_put(s, "const %s *p = (const %s *)pipe;", pipe->name, pipe->name);
    idl_put(s, "%s", "");
    idl_put(s, "p->%s(p->state, (%s *)%s);", r->name, element_type(s, pipe), r->args);
    idl_put_close(s, "}");
    aside_end(s, &a);
    return name;
}

static const char *allocator(struct idl_stub *s, struct idl_shape *pipe)
{
    const char *name = idl_text(s, "%s_pipe_alloc", pipe->name);
    const char *head = idl_text(
        s, "static void %s(const void *pipe, ULONG bsize, void **buf, ULONG *bcount)", name);
    struct aside a;

    if (!is_new(s, head))
        return name;
    aside_begin(s, &a);
    idl_put(s, "%s", head);
    idl_put_open(s, "{");
    idl_put(s, "const %s *p = (const %s *)pipe;", pipe->name, pipe->name);
    idl_put(s, "%s *room = NULL;", element_type(s, pipe));
    idl_put(s, "%s", "");
    idl_put(s, "p->alloc(p->state, bsize, &room, bcount);");
    idl_put(s, "*buf = room;");
    idl_put_close(s, "}");
    aside_end(s, &a);
    return name;
}

/* What the program calls of an asynchronous pipe, or a server's routine of its own. */
static const char *called(struct idl_stub *s, struct idl_shape *pipe, const struct routine *r,
                          bool async)
{
    const char *name = idl_text(s, "%s_%s_%s", pipe->name, async ? "async" : "pipe", r->name);
    const char *typed = idl_text(s, r->typed, element_type(s, pipe));
    const char *head = idl_text(s, "static %s %s(%s)", async ? "RPC_STATUS" : "void", name, typed);
    struct aside a;

    if (!is_new(s, head))
        return name;
    aside_begin(s, &a);
    idl_put(s, "%s", head);
    idl_put_open(s, "{");
    if (async)
        idl_put(s, "return %s((CS_ASYNC_PIPE *)(void *)state, %s);", r->async, r->args);
    else
        idl_put(s, "%s((CS_SERVER_PIPE *)(void *)state, %s);", r->server, r->args);
    idl_put_close(s, "}");
    aside_end(s, &a);
    return name;
}

/* ---- one parameter ---- */

static const char *type_of(struct idl_stub *s, const struct idl_param *p)
{
    return idl_text(s, "%s_pipe", p->decl->name);
}

static const char *bound(struct idl_stub *s, const struct idl_shape *pipe, bool high)
{
    const struct idl_expr *e = pipe->range ? pipe->range->args : NULL;

    if (e && high)
        e = e->next;
    return e ? idl_c_expr(s->p, s->opt, e, "") : "0";
}

void idl_pipe_declare(struct idl_stub *s, const struct idl_param *p, bool async)
{
    struct idl_shape *pipe = idl_pipe_of(p);
    bool write = s->server ? p->out : p->in, read = s->server ? p->in : p->out;
    const char *write_name = write ? marshalling(s, pipe, true) : "NULL";
    const char *read_name = read ? marshalling(s, pipe, false) : "NULL";
    bool client = !s->server && !async;
    const char *pull_name = client && p->in ? caller(s, pipe, &pull) : "NULL";
    const char *push_name = client && p->out ? caller(s, pipe, &push) : "NULL";
    const char *alloc_name = client ? allocator(s, pipe) : "NULL";

    idl_put_open(s, "static const CS_PIPE_TYPE %s = {", type_of(s, p));
    idl_put(s, "\"%s\", sizeof(%s), %u, %llu, %u, %llu, %s, %s,", p->decl->name,
            element_type(s, pipe), pipe->of->align, (unsigned long long)end_of(pipe->of, 0),
            pipe->of->wide.align, (unsigned long long)pipe->of->wide.size, bound(s, pipe, false),
            bound(s, pipe, true));
    idl_put(s, "%s, %s, %s, %s, %s,", write_name, read_name, pull_name, push_name, alloc_name);
    idl_put_close(s, "};");
}

static const char *address(struct idl_stub *s, const struct idl_param *p)
{
    return idl_text(s, "%s%s", p->shape->kind == IDL_SHAPE_PIPE ? "&" : "", p->decl->name);
}

void idl_pipe_in(struct idl_stub *s, const struct idl_param *p, const char *call)
{
    bool pointer = p->shape->kind == IDL_SHAPE_POINTER;

    if (pointer && !p->in)
        idl_put(s, "CsNdrOutRef(%s, %s);", s->out, p->decl->name);
    if (!p->in)
        return;
    if (pointer)
        idl_put_open(s, "if (CsNdrOutRef(%s, %s))", s->out, p->decl->name);
    idl_put(s, "CsClientPipeIn(&%s, %s, &%s);", call, address(s, p), type_of(s, p));
    if (pointer)
        s->o.depth--;
}

void idl_pipe_out(struct idl_stub *s, const struct idl_param *p, const char *call)
{
    idl_put(s, "CsClientPipeOut(&%s, %s, &%s);", call, address(s, p), type_of(s, p));
}

void idl_pipe_local(struct idl_stub *s, const struct idl_param *p)
{
    struct idl_shape *pipe = idl_pipe_of(p);
    const char *name = p->decl->name, *zero = "{ NULL, NULL, NULL, NULL }";

    idl_pipe_declare(s, p, false);
    if (p->shape->kind == IDL_SHAPE_PIPE) {
        idl_put(s, "%s %s = %s;", pipe->name, name, zero);
        return;
    }
    idl_put(s, "%s %s_value = %s;", pipe->name, name, zero);
    idl_put(s, "%s *%s = &%s_value;", pipe->name, name, name);
}

static const char *ways(struct idl_stub *s, const struct idl_param *p)
{
    return idl_text(s, "%s%s%s", p->in ? "CS_PIPE_IN" : "", p->in && p->out ? " | " : "",
                    p->out ? "CS_PIPE_OUT" : "");
}

const char *idl_pipe_async_type(struct idl_stub *s, const struct idl_param *p)
{
    return idl_text(s, "ASYNC_%s", idl_pipe_of(p)->name);
}

void idl_pipe_async(struct idl_stub *s, const struct idl_param *p, const char *call)
{
    struct idl_shape *pipe = idl_pipe_of(p);
    const char *name = p->decl->name;

    idl_put(s, "%s->pull = %s;", name, called(s, pipe, &pull, true));
    idl_put(s, "%s->push = %s;", name, called(s, pipe, &push, true));
    idl_put(s, "%s->alloc = NULL;", name);
    idl_put(s, "%s->state = (char *)%s(%s, &%s, %s);", name,
            s->server ? "CsServerAsyncPipe" : "CsAsyncPipe", call, type_of(s, p), ways(s, p));
}

void idl_pipe_open(struct idl_stub *s, const struct idl_param *p, const char *call)
{
    struct idl_shape *pipe = idl_pipe_of(p);
    const char *at =
        idl_text(s, "%s%s", p->decl->name, p->shape->kind == IDL_SHAPE_PIPE ? "." : "->");

    idl_put(s, "%sstate = (char *)CsServerPipe(%s, &%s, %s);", at, call, type_of(s, p), ways(s, p));
    if (p->in)
        idl_put(s, "%spull = %s;", at, called(s, pipe, &pull, false));
    if (p->out)
        idl_put(s, "%spush = %s;", at, called(s, pipe, &push, false));
}
