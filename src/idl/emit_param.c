/* SPDX-License-Identifier: Apache-2.0
 * emit_param.c - what the stubs of both sides know of a function's parameters.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/emit_stub.h"

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
        p->out = idl_attr_find(d->attrs, "out") && !d->added;
        p->in = !d->added && (!p->out || idl_attr_find(d->attrs, "in"));
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
           s->kind == IDL_SHAPE_CONTEXT;
}

const char *idl_zero_of(struct idl_stub *s, const struct idl_shape *shape)
{
    if (shape->kind == IDL_SHAPE_POINTER || shape->kind == IDL_SHAPE_CONTEXT)
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
