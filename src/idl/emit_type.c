/* SPDX-License-Identifier: Apache-2.0
 * emit_type.c - the functions of structures and unions, each before the first that calls it.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/emit_stub.h"

enum { IN_WORK = 8, DECLARED = 16 }; /* shifts of a function's bit in shape->emitted */

static const char *const verbs[2][3] = { { "out", "in", "free" },
                                         { "back_out", "back_in", "back_free" } };

/* "struct _job": _job */
static const char *identifier(const struct idl_shape *shape)
{
    const char *space = shape->label ? NULL : strrchr(shape->name, ' ');

    if (shape->label)
        return shape->label;
    return space ? space + 1 : shape->name;
}

/* Whether there is anything to do for it in a step. */
static bool has_step(const struct idl_shape *shape, enum idl_direction way, bool second)
{
    return !second || shape->has_pointers || (way == IDL_FREE && shape->has_objects);
}

static const char *head_of(struct idl_stub *s, struct idl_shape *shape, enum idl_direction way,
                           bool second)
{
    static const char *const streams[] = { "CS_NDR_OUT *out", "CS_NDR_IN *in",
                                           "CS_NDR_FREE *walk" };
    bool is_union = shape->kind == IDL_SHAPE_UNION;
    const char *more = "";

    if (way == IDL_READ && !second && is_union)
        return idl_text(s, "static LONGLONG %s_%s(CS_NDR_IN *in, %s *v)", verbs[s->reversed][way],
                        identifier(shape), shape->name);
    if (is_union)
        more = ", LONGLONG tag";
    else if (way == IDL_READ && !second && shape->tail)
        more = ", CS_NDR_SPAN *span";
    return idl_text(s, "static void %s_%s%s(%s, %s%s *v%s)", verbs[s->reversed][way],
                    identifier(shape), second && way != IDL_FREE ? "_pointers" : "", streams[way],
                    way == IDL_WRITE ? "const " : "", shape->name, more);
}

static void put_value(struct idl_stub *s, struct idl_shape *shape, const char *x,
                      enum idl_direction way, bool second)
{
    if (way == IDL_WRITE && !second)
        idl_out_fields(s, shape, x);
    else if (way == IDL_WRITE)
        idl_out_referents(s, shape, x);
    else if (way == IDL_READ && !second)
        idl_in_fields(s, shape, x);
    else if (way == IDL_READ)
        idl_in_referents(s, shape, x);
    else
        idl_free_referents(s, shape, x);
}

static void put_labels(struct idl_stub *s, const struct idl_attr *a, bool *ret_default)
{
    const struct idl_expr *e = NULL;

    for (; a; a = a->next) {
        for (e = strcmp(a->kind->name, "case") == 0 ? a->args : NULL; e; e = e->next)
            idl_put(s, "case %s:", idl_c_expr(s->p, s->opt, e, ""));
        if (strcmp(a->kind->name, "default") == 0) {
            idl_put(s, "default:");
            *ret_default = true;
        }
    }
}

static void put_arms(struct idl_stub *s, struct idl_shape *shape, const char *at, const char *tag,
                     enum idl_direction way, bool second)
{
    static const char *const streams[] = { "Out", "In" };
    const struct idl_member *m = NULL;
    bool has_default = false;

    idl_put(s, "switch (%s) {", tag);
    for (m = shape->members; m; m = m->next) {
        if (second && !(m->shape && has_step(m->shape, way, second))) {
            bool is_default = idl_attr_find(m->decl->attrs, "default") != NULL;

            has_default = has_default || is_default;
            if (is_default)
                idl_put(s, "default:");
            else
                continue;
        } else {
            put_labels(s, m->decl->attrs, &has_default);
        }
        s->o.depth++;
        if (m->shape && m->shape->has_objects && way == IDL_READ && !second)
            idl_put(s, "memset(&%s%s, 0, sizeof %s%s);", at, m->decl->name, at, m->decl->name);
        if (m->shape)
            put_value(s, m->shape, idl_text(s, "%s%s", at, m->decl->name), way, second);
        idl_put(s, "break;");
        s->o.depth--;
    }
    if (!has_default) {
        idl_put(s, "default:");
        s->o.depth++;
        if (!second && way != IDL_FREE)
            idl_put(s, "CsNdr%sNoArm(%s, %s);", streams[way], way == IDL_WRITE ? "out" : "in", tag);
        idl_put(s, "break;");
        s->o.depth--;
    }
    idl_put(s, "}");
}

/* To a multiple of ndr20 or of ndr64, whichever syntax is spoken. */
static void put_align_as(struct idl_stub *s, enum idl_direction way, unsigned ndr20, unsigned ndr64)
{
    const char *door = way == IDL_WRITE ? "Out" : "In", *stream = way == IDL_WRITE ? "out" : "in";

    if (ndr20 != ndr64)
        idl_put(s, "CsNdr%sAlignAs(%s, %u, %u);", door, stream, ndr20, ndr64);
    else if (ndr20 > 1)
        idl_put(s, "CsNdr%sAlign(%s, %u);", door, stream, ndr20);
}

/* As what aligns itself it stands first in a structure. An array may have no element; of a union
 * NDR aligns the discriminant. */
static unsigned aligns_itself(const struct idl_shape *first)
{
    if (!first || first->kind == IDL_SHAPE_ARRAY)
        return 1;
    return first->kind == IDL_SHAPE_UNION ? first->of->switched->align : first->align;
}

static void put_align(struct idl_stub *s, const struct idl_shape *shape, enum idl_direction way)
{
    const struct idl_member *m = shape->members;
    const struct idl_shape *first = shape->is_tagged ? shape->switched : m ? m->shape : NULL;
    bool array = first && first->kind == IDL_SHAPE_ARRAY;
    unsigned wide = first && !array ? first->wide.align : 1;

    put_align_as(s, way, aligns_itself(first) >= shape->align ? 1 : shape->align,
                 wide >= shape->wide.align ? 1 : shape->wide.align);
}

/* Before a union NDR aligns nothing, and behind its discriminant what [ms_union] says; NDR64 both
 * times as the widest of the arms.  [MS-RPCE] 2.2.4.5, 2.2.5.3.4.4 */
static void put_arms_align(struct idl_stub *s, const struct idl_shape *shape,
                           enum idl_direction way, unsigned ndr20)
{
    const struct idl_shape *tag = shape->switched;

    if (way != IDL_FREE)
        put_align_as(s, way, ndr20 > tag->align ? ndr20 : 1,
                     shape->wide.arms > tag->wide.align ? shape->wide.arms : 1);
}

static void put_pad(struct idl_stub *s, const struct idl_shape *shape, enum idl_direction way)
{
    if (shape->wide.pad)
        idl_put(s, "CsNdr%sPad(%s, %u);", way == IDL_WRITE ? "Out" : "In",
                way == IDL_WRITE ? "out" : "in", shape->wide.align);
}

static void put_member(struct idl_stub *s, const struct idl_shape *shape,
                       const struct idl_member *m, enum idl_direction way, bool second)
{
    const char *x = idl_text(s, "v->%s", m->decl->name);

    if (way == IDL_READ && !second && shape->tail && !m->next) {
        if (m->shape->kind == IDL_SHAPE_STRUCT)
            idl_put(s, "%s(in, &%s, span);", idl_function(s, m->shape, IDL_READ, false), x);
        else
            idl_in_tail(s, m->shape, x, "span");
        return;
    }
    put_value(s, m->shape, x, way, second);
}

static void put_struct(struct idl_stub *s, struct idl_shape *shape, enum idl_direction way,
                       bool second)
{
    const struct idl_member *m = NULL;
    struct idl_text late = { 0 };
    bool fields = !second && way != IDL_FREE;

    if (fields)
        put_align(s, shape, way);
    if (shape->is_tagged) {
        const char *name = shape->type->union_name ? shape->type->union_name : "tagged_union";
        const char *tag = idl_text(s, "v->%s", shape->type->switched->name);

        if (!second)
            put_value(s, shape->switched, tag, way, false);
        if (fields)
            put_arms_align(s, shape, way, 1);
        put_arms(s, shape, idl_text(s, "v->%s.", name), idl_text(s, "(LONGLONG)%s", tag), way,
                 second);
        return;
    }
    s->late = way == IDL_READ && !second ? &late : NULL;
    for (m = shape->members; m; m = m->next)
        if (has_step(m->shape, way, second))
            put_member(s, shape, m, way, second);
    if (fields)
        put_pad(s, shape, way);
    s->late = NULL;
    idl_flush_checks(s, &late);
}

static void put_union(struct idl_stub *s, struct idl_shape *shape, enum idl_direction way,
                      bool second)
{
    if (!second && way == IDL_READ) {
        idl_put(s, "LONGLONG tag;");
        idl_put(s, "%s", "");
    }
    if (!second) {
        put_arms_align(s, shape, way, 1);
        put_value(s, shape->switched, "tag", way, false);
        put_arms_align(s, shape, way, shape->ms_union);
    }
    put_arms(s, shape, "v->", "tag", way, second);
    if (!second && way == IDL_READ)
        idl_put(s, "return tag;");
}

/* Depth is counted where a value may lead to another of its type: nowhere else can it grow. */
static void put_body(struct idl_stub *s, struct idl_shape *shape, enum idl_direction way,
                     bool second)
{
    static const char *const streams[] = { "Out", "In" };
    bool deep = second && !idl_is_changed(shape) && way != IDL_FREE &&
                idl_shape_is_recursive(s->layout, shape);

    if (deep) {
        idl_put_open(s, "if (!CsNdr%sEnter(%s))", streams[way], way == IDL_WRITE ? "out" : "in");
        idl_put(s, "return;");
        s->o.depth--;
    }
    if (idl_is_changed(shape))
        idl_put_changed(s, shape, way, second);
    else if (shape->kind == IDL_SHAPE_UNION)
        put_union(s, shape, way, second);
    else
        put_struct(s, shape, way, second);
    if (deep)
        idl_put(s, "CsNdr%sLeave(%s);", streams[way], way == IDL_WRITE ? "out" : "in");
}

static void put_function(struct idl_stub *s, struct idl_shape *shape, enum idl_direction way,
                         bool second)
{
    struct idl_stub outer = *s;
    struct idl_text text = { 0 };

    s->o = (struct idl_out){ &text, 0 };
    s->in = "in";
    s->out = "out";
    s->walk = "walk";
    s->siblings = shape->type->members;
    s->prefix = "v->";
    s->late = NULL;
    s->top_span = s->only_if = s->tail_room = NULL;
    s->loops = 0;
    s->spans = way == IDL_READ && !second && shape->tail != NULL; /* its own parameter */
    idl_put(s, "%s", head_of(s, shape, way, second));
    idl_put_open(s, "{");
    put_body(s, shape, way, second);
    idl_put_close(s, "}");
    idl_text_add(&s->functions, "\n%s", text.ptr);
    idl_text_done(&text);
    outer.functions = s->functions;
    outer.before_functions = s->before_functions;
    *s = outer;
}

const char *idl_function(struct idl_stub *s, struct idl_shape *shape, enum idl_direction way,
                         bool second)
{
    unsigned *emitted = &shape->emitted[s->reversed];
    unsigned bit = 1U << ((unsigned)way * 2 + second);

    if (!(*emitted & bit)) {
        *emitted |= bit | bit << IN_WORK;
        put_function(s, shape, way, second);
        *emitted &= ~(bit << IN_WORK);
    } else if (*emitted & bit << IN_WORK && !(*emitted & bit << DECLARED)) {
        *emitted |= bit << DECLARED;
        idl_text_add(&s->before_functions, "%s;\n", head_of(s, shape, way, second));
    }
    return idl_text(s, "%s_%s%s", verbs[s->reversed][way], identifier(shape),
                    second && way != IDL_FREE ? "_pointers" : "");
}

static const char *type_name(struct idl_stub *s, const struct idl_shape *shape)
{
    const struct idl_shape *of = shape->of;

    switch (shape->kind) {
    case IDL_SHAPE_POINTER:
        return idl_text(s, "pointer_%s", type_name(s, of));
    case IDL_SHAPE_ARRAY:
        return idl_text(s, "%s_%s", shape->is_string ? "string" : "array", type_name(s, of));
    case IDL_SHAPE_BASE:
        return idl_text(s, "base%u", 8 * idl_base_size(shape->base));
    default:
        return shape->name ? identifier(shape) : "any";
    }
}

const char *idl_full_tag(struct idl_stub *s, const struct idl_shape *pointer)
{
    const char *name = idl_text(s, "full_%s", type_name(s, pointer->of));
    const char *line = idl_text(s, "static const char %s = 0;\n", name);

    if (!s->before_functions.ptr || !strstr(s->before_functions.ptr, line))
        idl_text_add(&s->before_functions, "%s", line);
    return name;
}
