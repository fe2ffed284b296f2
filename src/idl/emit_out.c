/* SPDX-License-Identifier: Apache-2.0
 * emit_out.c - values written: one line of C for each field, loops for what cannot be one copy.
 */
#include "idl/attr.h"
#include "idl/emit_stub.h"

static void put_range(struct idl_stub *s, const struct idl_shape *shape, const char *x)
{
    const struct idl_expr *low = NULL;

    if (!shape->range)
        return;
    low = shape->range->args;
    idl_put(s, "CsNdrOutRange%s(%s, %s, %s, %s);", shape->is_unsigned ? "Unsigned" : "", s->out, x,
            idl_c_expr(s->p, s->opt, low, ""), idl_c_expr(s->p, s->opt, low->next, ""));
}

static void out_base(struct idl_stub *s, const struct idl_shape *b, const char *x)
{
    static const char *const unsigned_type[] = { "", "UCHAR", "USHORT", "",         "ULONG",
                                                 "", "",      "",       "ULONGLONG" };
    unsigned size = idl_base_size(b->base);

    put_range(s, b, x);
    if (b->base == IDL_BASE_BOOLEAN)
        idl_put(s, "CsNdrOutBoolean(%s, %s);", s->out, x);
    else if (b->base == IDL_BASE_FLOAT)
        idl_put(s, "CsNdrOutFloat(%s, %s);", s->out, x);
    else if (b->base == IDL_BASE_DOUBLE)
        idl_put(s, "CsNdrOutDouble(%s, %s);", s->out, x);
    else if (b->base == IDL_BASE_INT3264)
        idl_put(s, "CsNdrOut%sInt3264(%s, %s);", b->is_unsigned ? "U" : "", s->out, x);
    else
        idl_put(s, "CsNdrOutU%u(%s, %s%s%s%s);", 8 * size, s->out, b->is_unsigned ? "" : "(",
                b->is_unsigned ? "" : unsigned_type[size], b->is_unsigned ? "" : ")", x);
}

static void out_pointer(struct idl_stub *s, const struct idl_shape *p, const char *x)
{
    if (p->pointer == IDL_FULL)
        idl_put(s, "CsNdrOutFull(%s, %s, &%s);", s->out, x, idl_full_tag(s, p));
    else
        idl_put(s, "CsNdrOutPointer(%s, %s, %s);", s->out,
                p->pointer == IDL_REF ? "CS_NDR_REF" : "CS_NDR_UNIQUE", x);
}

/* The elements of an array whose counts are written. */
static void out_elements(struct idl_stub *s, const struct idl_dims *d, const char *x,
                         const char *span)
{
    const char *piece = idl_piece(s, d, x, span), *element = NULL;
    bool block = false;

    if (piece) {
        idl_put(s, "CsNdrOutArray(%s, %s);", s->out, piece);
        return;
    }
    block = idl_block_open(s, d, x, span, "CsNdrOutBlocks", s->out);
    element = idl_loop(s, d, span, x);
    idl_out_fields(s, d->element, element);
    idl_loop_end(s, d);
    if (block)
        idl_put_close(s, "}");
}

static void out_element_referents(struct idl_stub *s, const struct idl_dims *d, const char *x,
                                  const char *span)
{
    const char *element = NULL;

    if (!d->element->has_pointers)
        return;
    element = idl_loop(s, d, span, x);
    idl_out_referents(s, d->element, element);
    idl_loop_end(s, d);
}

static void out_string(struct idl_stub *s, const struct idl_shape *a, const char *x)
{
    const char *max = a->size || a->max ? idl_max_of(s, a, x) : "0";
    unsigned size = idl_base_size(a->of->base);

    if (a->conformant)
        idl_put(s, "CsNdrOutString(%s, %s, %s%s, %u);", s->out, x, max[0] == '0' ? "" : "(size_t)",
                max, size);
    else
        idl_put(s, "CsNdrOutFixedString(%s, %s, %s, %u);", s->out, x, idl_max_of(s, a, x), size);
}

static void put_conformance_range(struct idl_stub *s, const struct idl_shape *a, const char *span)
{
    const struct idl_expr *low = a->range ? a->range->args : NULL;

    if (low)
        idl_put(s, "CsNdrOutRangeUnsigned(%s, %s.Max, %s, %s);", s->out, span,
                idl_c_expr(s->p, s->opt, low, ""), idl_c_expr(s->p, s->opt, low->next, ""));
}

void idl_out_array(struct idl_stub *s, struct idl_shape *array, const char *x, const char *room)
{
    struct idl_dims d = idl_dims_of(array);
    const char *span = s->top_span;
    bool block = !span;

    s->top_span = NULL;
    if (array->is_string && !room) {
        out_string(s, array, x);
        return;
    }
    if (block) {
        idl_put_open(s, "{");
        span = idl_span_begin(s);
    }
    idl_declare_span(s, &d, span, x);
    idl_put(s, "%s", "");
    put_conformance_range(s, array, idl_span(s, &d, span, 0));
    if (d.conformant)
        idl_put(s, "CsNdrOutConformance(%s, %s);", s->out, idl_spans(s, &d, span));
    if (room)
        idl_put(s, "CsNdrOutRoom(%s, &%s, %s);", s->out, idl_span(s, &d, span, 0), room);
    if (d.varying || array->is_string)
        idl_put(s, "CsNdrOutVariance(%s, %s);", s->out, idl_spans(s, &d, span));
    out_elements(s, &d, x, span);
    out_element_referents(s, &d, x, span);
    if (block) {
        idl_span_end(s);
        idl_put_close(s, "}");
    }
}

/* An array among fields: of fixed size; of a structure's tail the conformance is written. */
static void out_inline(struct idl_stub *s, struct idl_shape *array, const char *x)
{
    struct idl_dims d = idl_dims_of(array);
    const char *span = NULL;

    if (array->is_string && !array->conformant) {
        out_string(s, array, x);
        return;
    }
    if (!d.conformant && !d.varying) {
        out_elements(s, &d, x, NULL);
        return;
    }
    idl_put_open(s, "{");
    span = idl_span_begin(s);
    idl_declare_span(s, &d, span, x);
    idl_put(s, "%s", "");
    if (d.varying || array->is_string)
        idl_put(s, "CsNdrOutVariance(%s, %s);", s->out, idl_spans(s, &d, span));
    else /* the elements that follow are those of the conformance, if that was refused none */
        idl_put(s, "CsNdrOutRoom(%s, &%s, %s.Max);", s->out, idl_span(s, &d, span, 0),
                idl_span(s, &d, span, 0));
    out_elements(s, &d, x, span);
    idl_span_end(s);
    idl_put_close(s, "}");
}

void idl_out_fields(struct idl_stub *s, struct idl_shape *shape, const char *x)
{
    switch (shape->kind) {
    case IDL_SHAPE_BASE:
        out_base(s, shape, x);
        break;
    case IDL_SHAPE_ENUM:
        put_range(s, shape, x);
        idl_put(s, "CsNdrOut%s(%s, (int)%s);", shape->wide_enum ? "V1Enum" : "Enum16", s->out, x);
        break;
    case IDL_SHAPE_POINTER:
        out_pointer(s, shape, x);
        break;
    case IDL_SHAPE_ARRAY:
        out_inline(s, shape, x);
        break;
    case IDL_SHAPE_STRUCT:
    case IDL_SHAPE_CONVERTED:
    case IDL_SHAPE_USER:
        idl_put(s, "%s(%s, %s);", idl_function(s, shape, IDL_WRITE, false), s->out,
                idl_address(s, x));
        break;
    case IDL_SHAPE_UNION:
        idl_put(s, "%s(%s, %s, (LONGLONG)%s);", idl_function(s, shape->of, IDL_WRITE, false),
                s->out, idl_address(s, x), idl_count(s, shape->tag));
        break;
    case IDL_SHAPE_SYSTEM:
        idl_put(s, "CsNdrOutSystemHandle(%s, %s, 0x%x, %s);", s->out, shape->system_kind,
                shape->access, x);
        break;
    case IDL_SHAPE_IGNORED:
        idl_put(s, "CsNdrOutPointer(%s, CS_NDR_UNIQUE, NULL);", s->out);
        break;
    default:
        break;
    }
}

/* The conformance of a structure's tail stands before all of it.  C706 14.3.7.2 */
static void out_tail_conformance(struct idl_stub *s, struct idl_shape *shape, const char *x)
{
    const struct idl_decl *siblings = s->siblings;
    const char *prefix = s->prefix;
    struct idl_dims d = idl_dims_of(shape->tail);
    const char *span = idl_span_begin(s), *room = s->tail_room;
    const char *tail = idl_tail_of(s, shape, x, &s->prefix, &s->siblings);

    idl_put_open(s, "{");
    idl_declare_span(s, &d, span, tail);
    idl_put(s, "%s", "");
    put_conformance_range(s, shape->tail, idl_span(s, &d, span, 0));
    if (room)
        idl_put(s, "CsNdrOutRoom(%s, &%s, %s);", s->out, idl_span(s, &d, span, 0), room);
    idl_put(s, "CsNdrOutConformance(%s, %s);", s->out, idl_spans(s, &d, span));
    idl_put_close(s, "}");
    idl_span_end(s);
    s->tail_room = NULL;
    s->prefix = prefix;
    s->siblings = siblings;
}

void idl_out_value(struct idl_stub *s, struct idl_shape *shape, const char *x)
{
    if (shape->kind == IDL_SHAPE_STRUCT && shape->tail)
        out_tail_conformance(s, shape, x);
    idl_out_fields(s, shape, x);
    idl_out_referents(s, shape, x);
}

static void out_inline_referents(struct idl_stub *s, struct idl_shape *array, const char *x)
{
    struct idl_dims d = idl_dims_of(array);
    const char *span = NULL;

    if (!d.conformant && !d.varying) {
        out_element_referents(s, &d, x, NULL);
        return;
    }
    idl_put_open(s, "{");
    span = idl_span_begin(s);
    idl_declare_span(s, &d, span, x);
    idl_put(s, "%s", "");
    idl_put(s, "CsNdrOutRoom(%s, &%s, %s.Max);", s->out, idl_span(s, &d, span, 0),
            idl_span(s, &d, span, 0));
    out_element_referents(s, &d, x, span);
    idl_span_end(s);
    idl_put_close(s, "}");
}

void idl_out_referents(struct idl_stub *s, struct idl_shape *shape, const char *x)
{
    if (!shape->has_pointers)
        return;
    if (shape->kind == IDL_SHAPE_STRUCT || shape->kind == IDL_SHAPE_USER) {
        idl_put(s, "%s(%s, %s);", idl_function(s, shape, IDL_WRITE, true), s->out,
                idl_address(s, x));
        return;
    }
    if (shape->kind == IDL_SHAPE_UNION) {
        idl_put(s, "%s(%s, %s, (LONGLONG)%s);", idl_function(s, shape->of, IDL_WRITE, true), s->out,
                idl_address(s, x), idl_count(s, shape->tag));
        return;
    }
    if (shape->kind == IDL_SHAPE_ARRAY) {
        out_inline_referents(s, shape, x);
        return;
    }
    if (shape->pointer == IDL_FULL)
        idl_put_open(s, "if (CsNdrOutFollowFull(%s, %s, &%s)) {", s->out, x,
                     idl_full_tag(s, shape));
    else
        idl_put_open(s, "if (%s) {", x);
    if (shape->of->kind == IDL_SHAPE_ARRAY && shape->of->conformant) {
        const char *span = idl_span_begin(s);

        s->top_span = shape->of->is_string ? NULL : span;
        idl_out_array(s, shape->of, idl_array_at(s, shape, x), NULL);
        s->top_span = NULL;
        idl_span_end(s);
    } else if (shape->of->kind == IDL_SHAPE_ARRAY) {
        idl_out_value(s, shape->of, idl_array_at(s, shape, x));
    } else {
        idl_out_value(s, shape->of, idl_deref(s, x));
    }
    idl_put_close(s, "}");
}
