/* SPDX-License-Identifier: Apache-2.0
 * emit_in.c - values read: into fields that are there, or into memory whose size the counts tell.
 *
 * Every array has one count: what allocates and what loops both use the span that was checked
 * against the attributes, against what is left to read, and against the room there is.
 */
#include <ctype.h>
#include <string.h>

#include "idl/attr.h"
#include "idl/emit_stub.h"

static void put_range(struct idl_stub *s, const struct idl_shape *shape, const char *x)
{
    const struct idl_expr *low = NULL;

    if (!shape->range)
        return;
    low = shape->range->args;
    idl_put(s, "CsNdrInRange%s(%s, %s, %s, %s);", shape->is_unsigned ? "Unsigned" : "", s->in, x,
            idl_c_expr(s->p, s->opt, low, ""), idl_c_expr(s->p, s->opt, low->next, ""));
}

static const char *base_reader(struct idl_stub *s, const struct idl_shape *b)
{
    if (b->base == IDL_BASE_BOOLEAN)
        return "CsNdrInBoolean";
    if (b->base == IDL_BASE_FLOAT)
        return "CsNdrInFloat";
    if (b->base == IDL_BASE_DOUBLE)
        return "CsNdrInDouble";
    if (b->base == IDL_BASE_CHAR)
        return "CsNdrInChar";
    if (b->base == IDL_BASE_INT3264)
        return b->is_unsigned ? "CsNdrInUInt3264" : "CsNdrInInt3264";
    return idl_text(s, "CsNdrInU%u", 8 * idl_base_size(b->base));
}

/* (*p) alone needs no parentheses. */
static const char *bare(struct idl_stub *s, const char *x)
{
    const char *at = idl_address(s, x);

    return at[0] == '&' ? x : idl_text(s, "*%s", at);
}

static void in_base(struct idl_stub *s, const struct idl_shape *b, const char *x)
{
    bool same = b->base == IDL_BASE_BOOLEAN || b->base == IDL_BASE_INT3264 || idl_is_float(b) ||
                (b->is_unsigned && b->base != IDL_BASE_CHAR);
    struct idl_type value = *b->type;
    const char *cast = "";

    value.is_const = false; /* values have none */
    if (!same)
        cast = idl_text(s, "(%s)", idl_c_type(s->p, s->opt, &value));
    idl_put(s, "%s = %s%s(%s);", bare(s, x), cast, base_reader(s, b), s->in);
    put_range(s, b, x);
}

static void in_pointer(struct idl_stub *s, const struct idl_shape *p, const char *x)
{
    if (p->pointer == IDL_FULL)
        idl_put(s, "CsNdrInFull(%s, &%s);", s->in, x);
    else
        idl_put(s, "CsNdrInPointer(%s, %s, &%s);", s->in,
                p->pointer == IDL_REF ? "CS_NDR_REF" : "CS_NDR_UNIQUE", x);
}

static void in_foreign(struct idl_stub *s, const struct idl_shape *element)
{
    if (idl_is_ascii(element))
        idl_put(s, "CsNdrInAscii(%s);", s->in);
    else if (idl_is_float(element))
        idl_put(s, "CsNdrInIeee(%s);", s->in);
}

static uint64_t smallest_of(const struct idl_dims *d)
{
    return idl_shape_whole(d->element)->smallest;
}

/* The elements into memory that is there; span NULL: all. */
static void in_elements(struct idl_stub *s, const struct idl_dims *d, const char *x,
                        const char *span)
{
    const char *piece = idl_piece(s, d, x, span), *element = NULL;
    bool block = false;

    if (piece) {
        in_foreign(s, d->element);
        idl_put(s, "CsNdrInArray(%s, %s);", s->in, piece);
        return;
    }
    block = idl_block_open(s, d, x, span, "CsNdrInBlocks", s->in);
    element = idl_loop(s, d, span, x);
    idl_in_fields(s, d->element, element);
    idl_loop_end(s, d);
    if (block)
        idl_put_close(s, "}");
}

static void in_element_referents(struct idl_stub *s, const struct idl_dims *d, const char *x,
                                 const char *span)
{
    const char *element = NULL;

    if (!d->element->has_pointers)
        return;
    element = idl_loop(s, d, span, x);
    idl_in_referents(s, d->element, element);
    idl_loop_end(s, d);
}

/* While the elements of an array are read: their own checks do not wait. */
static void elements_of(struct idl_stub *s, const struct idl_dims *d, const char *x,
                        const char *span)
{
    struct idl_text *late = s->late;

    s->late = NULL;
    in_elements(s, d, x, span);
    in_element_referents(s, d, x, span);
    s->late = late;
}

static void in_string_new(struct idl_stub *s, const struct idl_shape *a, const char *place,
                          const char *span)
{
    if (idl_is_ascii(a->of))
        idl_put(s, "CsNdrInAscii(%s);", s->in);
    idl_put(s, "CsNdrInString(%s, %s, &%s, %u);", s->in, place, span, idl_base_size(a->of->base));
    if (idl_max_expr(a))
        idl_check_same(s, idl_text(s, "%s.Max", span), idl_max_expr(a), idl_max_of(s, a, ""));
    if (a->range)
        idl_put(s, "CsNdrInRangeUnsigned(%s, %s.Max, %s, %s);", s->in, span,
                idl_c_expr(s->p, s->opt, a->range->args, ""),
                idl_c_expr(s->p, s->opt, a->range->args->next, ""));
}

static void in_array_new(struct idl_stub *s, const struct idl_shape *pointer, const char *x,
                         const char *span)
{
    struct idl_dims d = idl_dims_of(pointer->of);
    const char *at = idl_array_at(s, pointer, x);

    if (pointer->of->is_string) {
        in_string_new(s, pointer->of, idl_text(s, "&%s", x), span);
        return;
    }
    idl_in_counts(s, &d, span);
    if (idl_shape_is_plain(d.element) && d.n == 1) {
        in_foreign(s, d.element);
        idl_put(s, "CsNdrInElements(%s, &%s, &%s, %u);", s->in, x, span,
                idl_base_size(d.element->base));
        return;
    }
    idl_put(s, "CsNdrInCount(%s, %s, %llu);", s->in, idl_spans(s, &d, span),
            (unsigned long long)smallest_of(&d));
    idl_put_open(s, "if (CsNdrInNew(%s, &%s, %s.Max, sizeof *%s)) {", s->in, x,
                 idl_span(s, &d, span, 0), at);
    elements_of(s, &d, at, span);
    idl_put_close(s, "}");
}

/* The conformance of a structure's tail stands before all of it.  C706 14.3.7.2 */
static void in_tail_counts(struct idl_stub *s, struct idl_shape *shape, const char *span,
                           const char *room)
{
    struct idl_dims d = idl_dims_of(shape->tail);

    idl_put(s, "CsNdrInConformance(%s, %s);", s->in, idl_spans(s, &d, span));
    if (room)
        idl_put(s, "CsNdrInRoom(%s, &%s, %s);", s->in, idl_span(s, &d, span, 0), room);
    if (!d.varying && !shape->tail->is_string)
        idl_put(s, "CsNdrInCount(%s, %s, %llu);", s->in, idl_spans(s, &d, span),
                (unsigned long long)smallest_of(&d));
}

static void in_tail_rest(struct idl_stub *s, struct idl_shape *shape, const char *x,
                         const char *span)
{
    idl_put(s, "%s(%s, %s, %s%s);", idl_function(s, shape, IDL_READ, false), s->in, x,
            idl_dims_of(shape->tail).n == 1 ? "&" : "", span);
    idl_in_referents(s, shape, idl_deref(s, x));
}

static void in_tail_new(struct idl_stub *s, struct idl_shape *shape, const char *x,
                        const char *span)
{
    struct idl_dims d = idl_dims_of(shape->tail);
    const struct idl_decl *siblings = NULL;
    const char *prefix = NULL;
    const char *tail = idl_tail_of(s, shape, idl_deref(s, x), &prefix, &siblings);

    in_tail_counts(s, shape, span, NULL);
    idl_put_open(s, "if (CsNdrInNew(%s, &%s, 1, sizeof *%s + %s.Max * sizeof %s[0])) {", s->in, x,
                 x, idl_span(s, &d, span, 0), tail);
    in_tail_rest(s, shape, x, span);
    idl_put_close(s, "}");
}

void idl_in_open(struct idl_stub *s, struct idl_shape *shape, const char *x, const char *span,
                 const char *room)
{
    in_tail_counts(s, shape, span, room);
    in_tail_rest(s, shape, x, span);
}

/* A span for the next array: one that is declared already, or one in the block that begins. */
static const char *begin_span(struct idl_stub *s, struct idl_shape *array)
{
    struct idl_dims d = idl_dims_of(array);
    const char *span = s->top_span;

    s->top_span = NULL;
    if (span)
        return span;
    s->late = NULL;
    span = idl_span_begin(s);
    if (d.n == 1)
        idl_put(s, "CS_NDR_SPAN %s;", span);
    else
        idl_put(s, "CS_NDR_SPAN %s[%u];", span, d.n);
    idl_put(s, "%s", "");
    return span;
}

void idl_in_new(struct idl_stub *s, struct idl_shape *pointer, const char *x)
{
    struct idl_shape *of = pointer->of;
    struct idl_text *late = s->late;
    const char *span = NULL;
    unsigned spans = s->spans;

    if (of->kind == IDL_SHAPE_ARRAY) {
        span = begin_span(s, of);
        in_array_new(s, pointer, x, span);
    } else {
        span = begin_span(s, of->tail);
        in_tail_new(s, of, x, span);
    }
    s->spans = spans;
    s->late = late;
}

void idl_in_array(struct idl_stub *s, struct idl_shape *array, const char *x, const char *room)
{
    struct idl_dims d = idl_dims_of(array);
    struct idl_text *late = s->late;
    unsigned spans = s->spans;
    const char *span = begin_span(s, array);

    if (array->is_string && array->conformant) {
        if (idl_is_ascii(array->of))
            idl_put(s, "CsNdrInAscii(%s);", s->in);
        idl_put(s, "CsNdrInStringInto(%s, %s, %s, &%s, %u);", s->in, x, room, span,
                idl_base_size(array->of->base));
    } else {
        idl_in_counts(s, &d, span);
        idl_put(s, "CsNdrInRoom(%s, &%s, %s);", s->in, idl_span(s, &d, span, 0), room);
        idl_put(s, "CsNdrInCount(%s, %s, %llu);", s->in, idl_spans(s, &d, span),
                (unsigned long long)smallest_of(&d));
        elements_of(s, &d, x, span);
    }
    s->spans = spans;
    s->late = late;
}

/* Of fixed size, among fields. */
static void in_inline(struct idl_stub *s, struct idl_shape *array, const char *x)
{
    struct idl_dims d = idl_dims_of(array);
    struct idl_text *late = s->late;
    const char *span = NULL;

    if (array->is_string && !array->conformant) {
        idl_put(s, "CsNdrInFixedString(%s, %s, %s, %u);", s->in, x, idl_max_of(s, array, x),
                idl_base_size(array->of->base));
        return;
    }
    if (!d.varying) {
        s->late = NULL;
        in_elements(s, &d, x, NULL);
        s->late = late;
        return;
    }
    idl_put_open(s, "{");
    span = idl_span_begin(s);
    s->late = NULL;
    idl_put(s, "CS_NDR_SPAN %s%s = %s{ %s, 0, 0 }%s;", span,
            d.n == 1 ? "" : idl_text(s, "[%u]", d.n), d.n == 1 ? "" : "{ ", idl_max_of(s, array, x),
            d.n == 1 ? "" : " }");
    idl_put(s, "%s", "");
    idl_in_counts(s, &d, span);
    in_elements(s, &d, x, span);
    s->late = late;
    idl_span_end(s);
    idl_put_close(s, "}");
}

void idl_in_tail(struct idl_stub *s, struct idl_shape *array, const char *x, const char *span)
{
    struct idl_dims d = idl_dims_of(array);
    struct idl_text *late = s->late;

    if (d.varying || array->is_string)
        idl_put(s, "CsNdrInVariance(%s, %s, %u);", s->in, span, d.n);
    span = d.n == 1 ? idl_text(s, "(*%s)", span) : span;
    idl_check_conformance(s, &d, span);
    if (d.varying)
        idl_check_variance(s, &d, span);
    if (d.varying || array->is_string || d.n > 1)
        idl_put(s, "CsNdrInCount(%s, %s, %llu);", s->in, idl_spans(s, &d, span),
                (unsigned long long)smallest_of(&d));
    s->late = NULL;
    in_elements(s, &d, x, span);
    s->late = late;
}

/* (*v->u): u */
static const char *last_name(struct idl_stub *s, const char *x)
{
    const char *end = x + strlen(x), *begin = NULL;

    while (end > x && !isalnum((unsigned char)end[-1]) && end[-1] != '_')
        end--;
    for (begin = end; begin > x && (isalnum((unsigned char)begin[-1]) || begin[-1] == '_');)
        begin--;
    return idl_text(s, "%.*s", (int)(end - begin), begin);
}

void idl_in_fields(struct idl_stub *s, struct idl_shape *shape, const char *x)
{
    switch (shape->kind) {
    case IDL_SHAPE_BASE:
        in_base(s, shape, x);
        break;
    case IDL_SHAPE_ENUM:
        idl_put(s, "%s = (%s)CsNdrIn%s(%s);", bare(s, x), shape->name,
                shape->wide_enum ? "V1Enum" : "Enum16", s->in);
        put_range(s, shape, x);
        break;
    case IDL_SHAPE_POINTER:
        in_pointer(s, shape, x);
        break;
    case IDL_SHAPE_ARRAY:
        in_inline(s, shape, x);
        break;
    case IDL_SHAPE_STRUCT:
    case IDL_SHAPE_CONVERTED:
    case IDL_SHAPE_USER:
        idl_put(s, "%s(%s, %s);", idl_function(s, shape, IDL_READ, false), s->in,
                idl_address(s, x));
        break;
    case IDL_SHAPE_UNION:
        if (s->late) {
            const char *tag = idl_text(s, "%s_tag", last_name(s, x));

            idl_put(s, "LONGLONG %s = %s(%s, %s);", tag,
                    idl_function(s, shape->of, IDL_READ, false), s->in, idl_address(s, x));
            idl_put_check(s, "CsNdrInSame(%s, (ULONGLONG)%s, (ULONGLONG)%s);", s->in, tag,
                          idl_count(s, shape->tag));
        } else {
            idl_put(s, "CsNdrInSame(%s, (ULONGLONG)%s(%s, %s), (ULONGLONG)%s);", s->in,
                    idl_function(s, shape->of, IDL_READ, false), s->in, idl_address(s, x),
                    idl_count(s, shape->tag));
        }
        break;
    case IDL_SHAPE_SYSTEM:
        idl_put(s, "%s = CsNdrInSystemHandle(%s, %s, 0x%x);", bare(s, x), s->in, shape->system_kind,
                shape->access);
        break;
    case IDL_SHAPE_IGNORED:
        idl_put(s, "CsNdrInIgnored(%s);", s->in);
        break;
    default:
        break;
    }
}

static void in_inline_referents(struct idl_stub *s, struct idl_shape *array, const char *x)
{
    struct idl_dims d = idl_dims_of(array);
    const char *span = NULL;

    if (!d.conformant && !d.varying) {
        in_element_referents(s, &d, x, NULL);
        return;
    }
    idl_put_open(s, "{"); /* the attributes and the counts were found to be the same */
    span = idl_span_begin(s);
    idl_declare_span(s, &d, span, x);
    idl_put(s, "%s", "");
    idl_put(s, "CsNdrInRoom(%s, &%s, %s.Max);", s->in, idl_span(s, &d, span, 0),
            idl_span(s, &d, span, 0));
    in_element_referents(s, &d, x, span);
    idl_span_end(s);
    idl_put_close(s, "}");
}

/* What becomes the program's by an attribute: a client's graph of one block, which everything
 * else of a client's is anyway in blocks of its own; a server's that it keeps. */
static bool is_graph(const struct idl_stub *s, const struct idl_shape *p)
{
    return idl_allocates(p, s->server ? "dont_free" : "all_nodes");
}

static void in_referent(struct idl_stub *s, struct idl_shape *p, const char *x)
{
    bool full = p->pointer == IDL_FULL;
    const char *tag = full ? idl_text(s, ", &%s", idl_full_tag(s, p)) : "";

    if (is_graph(s, p) && idl_shape_leads_to_objects(s->layout, p))
        idl_error(s->p->run, p->allocate->at, "the routines that make them know no such memory",
                  "[allocate] leads to types that are sent as others");
    if (is_graph(s, p))
        idl_put(s, "CsNdrInGraphBegin(%s, &%s, %s);", s->in, x,
                idl_allocates(p, "all_nodes") ? "CS_NDR_ONE_BLOCK" : "0");
    if (idl_is_counted(p->of) || (s->top_span && p->of->kind == IDL_SHAPE_ARRAY)) {
        s->only_if = p->pointer == IDL_REF ? NULL : x;
        idl_put_open(s, "if (CsNdrInFollow%s(%s, &%s%s)) {", full ? "Full" : "", s->in, x, tag);
        idl_in_new(s, p, x);
        s->only_if = NULL;
    } else if (p->of->kind == IDL_SHAPE_ARRAY && idl_array_at(s, p, x) == x) { /* a parameter */
        idl_put_open(s, "if (CsNdrInFollow%s(%s, &%s%s) && CsNdrInNew(%s, &%s, %s, sizeof *%s)) {",
                     full ? "Full" : "", s->in, x, tag, s->in, x, idl_max_of(s, p->of, x), x);
        idl_in_fields(s, p->of, x);
        idl_in_referents(s, p->of, x);
    } else {
        const char *at = p->of->kind == IDL_SHAPE_ARRAY ? idl_array_at(s, p, x) : idl_deref(s, x);

        idl_put_open(s, "if (CsNdrInReferent%s(%s, &%s, sizeof *%s%s)) {", full ? "Full" : "",
                     s->in, x, x, tag);
        idl_in_fields(s, p->of, at);
        idl_in_referents(s, p->of, at);
    }
    idl_put_close(s, "}");
    if (is_graph(s, p))
        idl_put(s, "CsNdrInGraphEnd(%s);", s->in);
}

/* The arm that was read: while the check against the parameter waits, the two may differ, and no
 * arm's bytes may pass for another's pointers.
 */
static const char *read_tag(struct idl_stub *s, struct idl_shape *shape, const char *x, bool late)
{
    return late ? idl_text(s, "%s_tag", last_name(s, x))
                : idl_text(s, "(LONGLONG)%s", idl_count(s, shape->tag));
}

void idl_in_referents(struct idl_stub *s, struct idl_shape *shape, const char *x)
{
    struct idl_text *late = s->late;

    if (!shape->has_pointers)
        return;
    if (!s->top_span)
        s->late = NULL;
    if (shape->kind == IDL_SHAPE_STRUCT || shape->kind == IDL_SHAPE_USER)
        idl_put(s, "%s(%s, %s);", idl_function(s, shape, IDL_READ, true), s->in, idl_address(s, x));
    else if (shape->kind == IDL_SHAPE_UNION)
        idl_put(s, "%s(%s, %s, %s);", idl_function(s, shape->of, IDL_READ, true), s->in,
                idl_address(s, x), read_tag(s, shape, x, late != NULL));
    else if (shape->kind == IDL_SHAPE_ARRAY)
        in_inline_referents(s, shape, x);
    else
        in_referent(s, shape, x);
    s->late = late;
}
