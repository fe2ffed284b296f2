/* SPDX-License-Identifier: Apache-2.0
 * emit_free.c - what a server's routine made, given back after it was written.
 */
#include "idl/attr.h"
#include "idl/emit_stub.h"

static void free_elements(struct idl_stub *s, struct idl_shape *array, const char *x)
{
    struct idl_dims d = idl_dims_of(array);
    bool fixed = !d.conformant && !d.varying;
    const char *element = NULL, *span = NULL;

    if (!d.element->has_pointers && !d.element->has_objects)
        return;
    if (!fixed) {
        idl_put_open(s, "{");
        span = idl_span_begin(s);
        idl_declare_span(s, &d, span, x);
        idl_put(s, "%s", "");
    }
    element = idl_loop(s, &d, span, x);
    idl_free_referents(s, d.element, element);
    idl_loop_end(s, &d);
    if (!fixed) {
        idl_span_end(s);
        idl_put_close(s, "}");
    }
}

/* const is the program's word for what it reads; the stub gives the memory back all the same. */
static bool leads_to_const(const struct idl_shape *p)
{
    return p->of->type->is_const || (p->type->kind == IDL_TYPE_POINTER && p->type->of->is_const);
}

static void free_pointer(struct idl_stub *s, struct idl_shape *p, const char *x)
{
    if (s->server && idl_allocates(p, "dont_free"))
        return;
    if (p->pointer == IDL_FULL)
        idl_put_open(s, "if (CsNdrFreeEnterFull(%s, %s, &%s)) {", s->walk, x, idl_full_tag(s, p));
    else
        idl_put_open(s, "if (CsNdrFreeEnter(%s, %s)) {", s->walk, x);
    if (idl_allocates(p, "all_nodes")) /* the routine made it in one block */
        ;
    else if (p->of->kind == IDL_SHAPE_ARRAY)
        free_elements(s, p->of, idl_array_at(s, p, x));
    else
        idl_free_referents(s, p->of, idl_deref(s, x));
    idl_put(s, "CsNdrFreeLeave(%s, %s%s);", s->walk, leads_to_const(p) ? "(void *)" : "", x);
    idl_put_close(s, "}");
}

void idl_free_referents(struct idl_stub *s, struct idl_shape *shape, const char *x)
{
    if (!shape->has_pointers && !shape->has_objects)
        return;
    if (shape->kind == IDL_SHAPE_STRUCT || idl_is_changed(shape))
        idl_put(s, "%s(%s, %s);", idl_function(s, shape, IDL_FREE, true), s->walk,
                idl_address(s, x));
    else if (shape->kind == IDL_SHAPE_UNION)
        idl_put(s, "%s(%s, %s, (LONGLONG)%s);", idl_function(s, shape->of, IDL_FREE, true), s->walk,
                idl_address(s, x), idl_count(s, shape->tag));
    else if (shape->kind == IDL_SHAPE_ARRAY)
        free_elements(s, shape, x);
    else
        free_pointer(s, shape, x);
}
