/* SPDX-License-Identifier: Apache-2.0
 * emit_array.c - what all directions need of arrays: their spans, and loops over their elements.
 */
#include <string.h>

#include "idl/emit_stub.h"

bool idl_is_ascii(const struct idl_shape *s)
{
    return s->kind == IDL_SHAPE_BASE && s->base == IDL_BASE_CHAR;
}

bool idl_is_float(const struct idl_shape *s)
{
    return s->kind == IDL_SHAPE_BASE && (s->base == IDL_BASE_FLOAT || s->base == IDL_BASE_DOUBLE);
}

/* Arrays in arrays are dimensions of one; strings are not, each has counts of its own. */
struct idl_dims idl_dims_of(struct idl_shape *array)
{
    struct idl_dims d = { 0 };

    for (;;) {
        d.dim[d.n++] = array;
        d.conformant = d.conformant || array->conformant;
        d.varying = d.varying || array->varying;
        d.element = array->of;
        if (d.element->kind != IDL_SHAPE_ARRAY || d.element->is_string || d.n == IDL_DIMENSIONS)
            return d;
        array = d.element;
    }
}

const char *idl_span(struct idl_stub *s, const struct idl_dims *d, const char *span, unsigned i)
{
    return d->n == 1 ? span : idl_text(s, "%s[%u]", span, i);
}

const char *idl_span_begin(struct idl_stub *s)
{
    const char *name = s->spans ? idl_text(s, "span%u", s->spans + 1) : "span";

    while (!s->prefix[0] && idl_sibling(s->siblings, name))
        name = idl_text(s, "%s_", name);
    s->spans++;
    return name;
}

void idl_span_end(struct idl_stub *s)
{
    s->spans--;
}

const char *idl_spans(struct idl_stub *s, const struct idl_dims *d, const char *span)
{
    return d->n == 1 ? idl_text(s, "&%s, 1", span) : idl_text(s, "%s, %u", span, d->n);
}

const char *idl_max_of(struct idl_stub *s, const struct idl_shape *array, const char *x)
{
    if (array->size)
        return idl_count(s, array->size);
    if (array->max)
        return idl_text(s, "((LONGLONG)%s + 1)", idl_count(s, array->max));
    if (array->dimension && array->dimension->size)
        return idl_c_expr(s->p, s->opt, array->dimension->size, "");
    return idl_text(s, "CsNdrStringLength(%s, %u)", x, idl_base_size(array->of->base));
}

const char *idl_first_of(struct idl_stub *s, const struct idl_shape *array)
{
    return array->first ? idl_count(s, array->first) : "0";
}

const char *idl_actual_of(struct idl_stub *s, const struct idl_shape *array, const char *x)
{
    if (array->is_string)
        return idl_text(s, "CsNdrStringLength(%s, %u)", x, idl_base_size(array->of->base));
    if (array->length)
        return idl_count(s, array->length);
    if (array->last && array->first)
        return idl_text(s, "CsNdrPlus(CsNdrMinus(%s, %s), 1)", idl_count(s, array->last),
                        idl_first_of(s, array));
    if (array->last)
        return idl_text(s, "((LONGLONG)%s + 1)", idl_count(s, array->last));
    if (array->first)
        return idl_text(s, "CsNdrMinus(%s, %s)", idl_max_of(s, array, x), idl_first_of(s, array));
    return idl_max_of(s, array, x);
}

static const char *one_span(struct idl_stub *s, const struct idl_shape *a, const char *x)
{
    return idl_text(s, "{ (size_t)%s, (size_t)%s, (size_t)%s }", idl_max_of(s, a, x),
                    idl_first_of(s, a), idl_actual_of(s, a, x));
}

void idl_declare_span(struct idl_stub *s, const struct idl_dims *d, const char *span, const char *x)
{
    const char *all = "";
    unsigned i;

    if (d->n == 1) {
        idl_put(s, "CS_NDR_SPAN %s = %s;", span, one_span(s, d->dim[0], x));
        return;
    }
    for (i = 0; i < d->n; i++)
        all = idl_text(s, "%s%s%s", all, i ? ", " : "", one_span(s, d->dim[i], x));
    idl_put(s, "CS_NDR_SPAN %s[%u] = { %s };", span, d->n, all);
}

void idl_declare_counts(struct idl_stub *s, struct idl_shape *array, const char *span)
{
    struct idl_dims d = idl_dims_of(array);
    const char *all = "";
    unsigned i;

    for (i = 0; i < d.n; i++) {
        const char *n = d.dim[i]->conformant ? "0" : idl_max_of(s, d.dim[i], "");

        all = idl_text(s, "%s%s{ %s, 0, %s }", all, i ? ", " : "", n, n);
    }
    if (d.n == 1)
        idl_put(s, "CS_NDR_SPAN %s = %s;", span, all);
    else
        idl_put(s, "CS_NDR_SPAN %s[%u] = { %s };", span, d.n, all);
}

static const char *loop_name(struct idl_stub *s)
{
    const char *name = idl_text(s, "%c", (int)("ijklmnop"[s->loops % 8]));

    while (!s->prefix[0] && idl_sibling(s->siblings, name))
        name = idl_text(s, "%s_", name);
    return name;
}

const char *idl_loop(struct idl_stub *s, const struct idl_dims *d, const char *span, const char *x)
{
    unsigned n;

    for (n = 0; n < d->n; n++) {
        const char *i = loop_name(s), *of = span ? idl_span(s, d, span, n) : NULL;

        if (!span)
            idl_put_open(s, "for (size_t %s = 0; %s < %s; %s++) {", i, i,
                         idl_max_of(s, d->dim[n], x), i);
        else if (d->varying)
            idl_put_open(s, "for (size_t %s = %s.Offset; %s < %s.Offset + %s.Actual; %s++) {", i,
                         of, i, of, of, i);
        else
            idl_put_open(s, "for (size_t %s = 0; %s < %s.Actual; %s++) {", i, i, of, i);
        x = idl_text(s, "%s[%s]", x, i);
        s->loops++;
    }
    return x;
}

void idl_loop_end(struct idl_stub *s, const struct idl_dims *d)
{
    unsigned n;

    for (n = 0; n < d->n; n++) {
        s->loops--;
        idl_put_close(s, "}");
    }
}

bool idl_block_open(struct idl_stub *s, const struct idl_dims *d, const char *x, const char *span,
                    const char *door, const char *stream)
{
    const struct idl_shape *e = d->element;
    unsigned long long size = idl_shape_block(e);
    const char *count = NULL, *same = NULL;

    if (d->n != 1 || e->kind != IDL_SHAPE_STRUCT || !size)
        return false;
    count = span ? idl_text(s, "%s.Actual", span) : idl_max_of(s, d->dim[0], x);
    same = idl_text(s, "static_assert(sizeof(%s) == %llu, \"no gaps\");\n", e->name, size);
    if (!s->before_functions.ptr || !strstr(s->before_functions.ptr, same))
        idl_text_add(&s->before_functions, "%s", same);
    idl_put_open(s, "if (!%s(%s, %s%s, %s, %llu, %u)) {", door, stream, x,
                 d->varying ? idl_text(s, " + %s.Offset", span) : "", count, size, e->align);
    return true;
}

const char *idl_piece(struct idl_stub *s, const struct idl_dims *d, const char *x, const char *span)
{
    const char *count = "";
    unsigned i;

    if (!idl_shape_is_plain(d->element) || (d->varying && d->n > 1))
        return NULL;
    for (i = 0; i < d->n; i++)
        count = idl_text(s, "%s%s%s", count, i ? " * " : "",
                         span ? idl_text(s, "%s.Actual", idl_span(s, d, span, i))
                              : idl_max_of(s, d->dim[i], x));
    if (d->n > 1)
        x = idl_text(s, "&%s%s", x, d->n == 2 ? "[0][0]" : d->n == 3 ? "[0][0][0]" : "[0]");
    return idl_text(s, "%s%s, %s, %u", x, d->varying ? idl_text(s, " + %s.Offset", span) : "",
                    count, idl_base_size(d->element->base));
}

const char *idl_tail_of(struct idl_stub *s, struct idl_shape *shape, const char *x,
                        const char **ret_prefix, const struct idl_decl **ret_siblings)
{
    const struct idl_member *m = shape->members;

    while (m->next)
        m = m->next;
    if (m->shape->kind == IDL_SHAPE_STRUCT)
        return idl_tail_of(s, m->shape, idl_member_of(s, x, m->decl->name), ret_prefix,
                           ret_siblings);
    *ret_prefix = idl_member_of(s, x, "");
    *ret_siblings = shape->type->members;
    return idl_member_of(s, x, m->decl->name);
}

const char *idl_array_at(struct idl_stub *s, const struct idl_shape *pointer, const char *x)
{
    bool whole = pointer->of->dimension && pointer->type->kind == IDL_TYPE_POINTER;

    return whole ? idl_deref(s, x) : x;
}

bool idl_is_counted(const struct idl_shape *s)
{
    return (s->kind == IDL_SHAPE_ARRAY && s->conformant) ||
           (s->kind == IDL_SHAPE_STRUCT && s->tail);
}
