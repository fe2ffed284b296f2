/* SPDX-License-Identifier: Apache-2.0
 * emit_count.c - an array's counts read, and checked against what the attributes say: at once, or
 * when all that they name has been read.
 */
#include "idl/attr.h"
#include "idl/emit_stub.h"

/* Whether it names a parameter that is read after the one that is read now. */
static bool names_later(const struct idl_stub *s, const struct idl_expr *e)
{
    const char *way = s->server ? "in" : "out";
    const struct idl_decl *d = NULL;

    if (!e)
        return false;
    if (e->kind == IDL_EXPR_NAME)
        d = idl_sibling(s->reading->next, e->text);
    return (d &&
            (idl_attr_find(d->attrs, way) || (s->server && !idl_attr_find(d->attrs, "out")))) ||
           names_later(s, e->a) || names_later(s, e->b) || names_later(s, e->c);
}

/* wire is what e must be worth, which is said: checked now; when all fields or parameters are
 * read; or, in an array of arrays whose count comes later, kept until then. */
void idl_check_same(struct idl_stub *s, const char *wire, const struct idl_expr *e,
                    const char *said)
{
    const char *kept = NULL;
    struct idl_out o = { s->declare, s->o.depth };

    if (s->late || s->prefix[0] || !s->reading || !names_later(s, e)) {
        idl_put_check(s, "CsNdrInSame(%s, %s, (ULONGLONG)%s);", s->in, wire, said);
        return;
    }
    kept = idl_text(s, "%s_kept", s->reading->name);
    if (s->kept++)
        kept = idl_text(s, "%s%u", kept, s->kept);
    idl_line(&o, "size_t %s = SIZE_MAX;", kept);
    idl_put(s, "CsNdrInAlike(%s, &%s, %s);", s->in, kept, wire);
    idl_text_add(s->end, "if (%s != SIZE_MAX)\n    CsNdrInSame(%s, %s, (ULONGLONG)%s);\n", kept,
                 s->in, kept, said);
}

const struct idl_expr *idl_max_expr(const struct idl_shape *a)
{
    return a->size ? a->size : a->max;
}

static const struct idl_expr *actual_expr(const struct idl_shape *a)
{
    return a->length ? a->length : a->last ? a->last : idl_max_expr(a);
}

/* What the counts must be, by the attributes. */
void idl_check_conformance(struct idl_stub *s, const struct idl_dims *d, const char *span)
{
    unsigned i;

    for (i = 0; i < d->n; i++) {
        const struct idl_shape *a = d->dim[i];
        const char *of = idl_span(s, d, span, i);

        if (idl_max_expr(a))
            idl_check_same(s, idl_text(s, "%s.Max", of), idl_max_expr(a), idl_max_of(s, a, ""));
        else if (a->dimension && a->dimension->size)
            idl_put(s, "CsNdrInSame(%s, %s.Max, %s);", s->in, of, idl_max_of(s, a, ""));
        if (a->range)
            idl_put(s, "CsNdrInRangeUnsigned(%s, %s.Max, %s, %s);", s->in, of,
                    idl_c_expr(s->p, s->opt, a->range->args, ""),
                    idl_c_expr(s->p, s->opt, a->range->args->next, ""));
    }
}

void idl_check_variance(struct idl_stub *s, const struct idl_dims *d, const char *span)
{
    unsigned i;

    for (i = 0; i < d->n; i++) {
        const struct idl_shape *a = d->dim[i];
        const char *of = idl_span(s, d, span, i);

        if (a->first || a->length || a->last) {
            idl_check_same(s, idl_text(s, "%s.Offset", of), a->first, idl_first_of(s, a));
            idl_check_same(s, idl_text(s, "%s.Actual", of), actual_expr(a),
                           idl_actual_of(s, a, ""));
        } else if (!a->is_string) {
            idl_put_check(s, "CsNdrInSame(%s, %s.Actual, %s.Max);", s->in, of, of);
        }
    }
}

void idl_in_counts(struct idl_stub *s, const struct idl_dims *d, const char *span)
{
    if (d->conformant) {
        idl_put(s, "CsNdrInConformance(%s, %s);", s->in, idl_spans(s, d, span));
        idl_check_conformance(s, d, span);
    }
    if (d->varying) {
        idl_put(s, "CsNdrInVariance(%s, %s);", s->in, idl_spans(s, d, span));
        idl_check_variance(s, d, span);
    }
}

void idl_reading_begin(struct idl_stub *s, struct idl_reading *r)
{
    *r = (struct idl_reading){ .o = s->o };
    s->o.to = &r->body;
    s->declare = &r->declare;
    s->late = &r->late;
    s->end = &r->end;
}

void idl_reading_end(struct idl_stub *s, struct idl_reading *r)
{
    s->o = r->o;
    s->reading = NULL;
    s->declare = s->late = s->end = NULL;
    if (r->declare.len)
        idl_text_add(s->o.to, "%s\n", r->declare.ptr);
    if (r->body.len)
        idl_text_add(s->o.to, "%s", r->body.ptr);
    idl_flush_checks(s, &r->late);
    idl_flush_checks(s, &r->end);
    idl_text_done(&r->declare);
    idl_text_done(&r->body);
}
