/* SPDX-License-Identifier: Apache-2.0
 * emit_param.c - what the stubs of both sides know of a function's parameters.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/emit_stub.h"

static bool is_forced(struct idl_stub *s, const struct idl_param *p)
{
    const struct idl_attr *a = idl_attr_find(p->decl->attrs, "force_allocate");

    if (a && idl_shape_leads_to_objects(s->layout, p->shape))
        idl_error(s->p->run, a->at, "their routines say where their memory is from",
                  "[force_allocate] leads to types that are sent as others");
    return a && p->shape->kind != IDL_SHAPE_CONTEXT && p->shape->has_pointers &&
           !(p->shape->kind == IDL_SHAPE_POINTER && p->shape->of->kind == IDL_SHAPE_CONTEXT);
}

/* Between the two functions of an asynchronous call nobody would give back what is theirs. */
static void refuse_async(struct idl_stub *s, const struct idl_item *function,
                         const struct idl_param *p)
{
    const char *what = NULL;

    if (idl_attr_find(p->decl->attrs, "force_allocate"))
        what = "is [force_allocate]";
    else if (idl_shape_leads_to_objects(s->layout, p->shape))
        what = "leads to a type that is sent as another";
    if (function->async && what)
        idl_error(s->p->run, p->decl->at, "call it synchronously",
                  "the parameter '%s' of the [async] function %s %s", p->decl->name, function->text,
                  what);
}

/* What the function says of all its context handles, unless the parameter says something itself. */
static void serialize_as(const struct idl_item *function, const struct idl_decl *d,
                         struct idl_shape *shape)
{
    static const char *const ways[] = { "context_handle_serialize", "context_handle_noserialize" };
    const struct idl_attr *a = NULL;
    size_t i;

    if (shape->kind == IDL_SHAPE_POINTER && shape->of)
        shape = shape->of;
    for (i = 0; i < 2; i++) {
        if (idl_attr_find(d->attrs, ways[i]))
            return;
        a = a ? a : idl_attr_find(function->attrs, ways[i]);
    }
    if (a && shape->kind == IDL_SHAPE_CONTEXT)
        shape->serialize = a;
}

struct idl_param *idl_params_of(struct idl_stub *s, const struct idl_item *function)
{
    struct idl_param *first = NULL, **end = &first;
    const struct idl_decl *d = NULL;

    s->layout->siblings = function->decls->type->members;
    for (d = function->decls->type->members; d; d = d->next) {
        struct idl_param *p = (struct idl_param *)idl_alloc(s->p->run, sizeof *p);

        p->decl = d;
        p->added = d->added;
        p->shape = idl_layout_param(s->layout, d);
        serialize_as(function, d, p->shape);
        p->out = idl_attr_find(d->attrs, "out") && !d->added;
        p->in = !d->added && (!p->out || idl_attr_find(d->attrs, "in"));
        p->partial = idl_attr_find(d->attrs, "partial_ignore") != NULL;
        p->forced = s->server && p->in && !p->partial && is_forced(s, p);
        refuse_async(s, function, p);
        if (p->out && idl_attr_find(d->attrs, "byte_count"))
            p->capacity = idl_attr_find(d->attrs, "byte_count")->args;
        *end = p;
        end = &p->next;
    }
    return first;
}

bool idl_is_ref(const struct idl_shape *s)
{
    return s->kind == IDL_SHAPE_POINTER && s->pointer == IDL_REF;
}

bool idl_is_scalar(const struct idl_shape *s)
{
    return s->kind == IDL_SHAPE_BASE || s->kind == IDL_SHAPE_ENUM || s->kind == IDL_SHAPE_POINTER ||
           s->kind == IDL_SHAPE_CONTEXT || s->kind == IDL_SHAPE_SYSTEM;
}

const char *idl_zero_of(struct idl_stub *s, const struct idl_shape *shape)
{
    if (shape->kind == IDL_SHAPE_POINTER || shape->kind == IDL_SHAPE_CONTEXT ||
        shape->kind == IDL_SHAPE_SYSTEM)
        return "NULL";
    return shape->kind == IDL_SHAPE_ENUM ? idl_text(s, "(%s)0", shape->name) : "0";
}

struct idl_shape *idl_param_array(const struct idl_param *p)
{
    struct idl_shape *of = p->shape->kind == IDL_SHAPE_POINTER ? p->shape->of : NULL;

    return of && of->kind == IDL_SHAPE_ARRAY ? of : NULL;
}

bool idl_is_open(const struct idl_param *p)
{
    return p->shape->kind == IDL_SHAPE_POINTER && p->shape->of->kind == IDL_SHAPE_STRUCT &&
           p->shape->of->tail;
}

const char *idl_param_span(struct idl_stub *s, const struct idl_param *p)
{
    return idl_text(s, "%s_span", p->decl->name);
}

const char *idl_param_room(struct idl_stub *s, const struct idl_param *p)
{
    return idl_text(s, "%s_room", p->decl->name);
}

void idl_no_room(struct idl_stub *s, const struct idl_param *p, const char *hint)
{
    idl_error(s->p->run, p->decl->at, hint,
              "nothing says how much room there is for the [out] parameter '%s'", p->decl->name);
}

bool idl_allocates(const struct idl_shape *p, const char *how)
{
    const struct idl_expr *e = p->allocate ? p->allocate->args : NULL;

    while (e && !(e->text && strcmp(e->text, how) == 0))
        e = e->next;
    return e != NULL;
}

const char *idl_local(struct idl_stub *s, const struct idl_item *function, const char *name)
{
    while (idl_sibling(function->decls->type->members, name))
        name = idl_text(s, "%s_", name);
    return name;
}
