/* SPDX-License-Identifier: Apache-2.0
 * layout.c - what a type is on the wire.  C706 14.2 and 14.3
 */
#include "idl/layout.h"

#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

/* The attribute lists that speak of a type: its declaration's, and those of the typedefs it was
 * made with. Sizes are counted along each from where it stands. */
struct scope {
    const struct idl_attr *attrs;
    unsigned level;      /* pointers and dimensions passed since */
    bool pointer_passed; /* its ref, unique or ptr spoke of that one */
    struct scope *outer;
};

static struct idl_shape *shape_of(struct idl_layout *l, const struct idl_type *t, struct scope *s);

struct idl_layout *idl_layout_new(const struct idl_program *p, const struct idl_options *opt)
{
    struct idl_layout *l = (struct idl_layout *)idl_alloc(p->run, sizeof *l);

    l->p = p;
    l->opt = opt;
    return l;
}

struct idl_shape *idl_shape_new(struct idl_layout *l, enum idl_shape_kind kind,
                                const struct idl_type *t)
{
    struct idl_shape *s = (struct idl_shape *)idl_alloc(l->p->run, sizeof *s);

    s->kind = kind;
    s->type = t;
    s->at = t->at;
    s->align = 1;
    s->smallest = 1;
    s->wide = idl_wide_fixed(1);
    return s;
}

/* The outermost list that has it: a declaration's word counts before its typedef's. */
static const struct idl_attr *find(const struct scope *s, const char *name)
{
    const struct idl_attr *found = NULL, *a = NULL;

    for (; s; s = s->outer) {
        a = idl_attr_find(s->attrs, name);
        found = a ? a : found;
    }
    return found;
}

/* What an attribute says of the pointer or dimension that stands here. */
static const struct idl_expr *find_level(const struct scope *s, const char *name)
{
    const struct idl_expr *found = NULL, *e = NULL;
    const struct idl_attr *a = NULL;
    unsigned i;

    for (; s; s = s->outer) {
        a = idl_attr_find(s->attrs, name);
        for (e = a ? a->args : NULL, i = 0; e && i < s->level; i++)
            e = e->next;
        if (e && e->kind != IDL_EXPR_NONE)
            found = e;
    }
    return found;
}

static void pass(struct scope *s, bool pointer)
{
    for (; s; s = s->outer) {
        s->level++;
        s->pointer_passed = s->pointer_passed || pointer;
    }
}

/* [pointer_default] of the interface that a place is in. */
static const struct idl_item *interface_at(const struct idl_file *file, struct idl_place at,
                                           const struct idl_item *best)
{
    const struct idl_item *i = NULL;

    for (i = file->items; i; i = i->next) {
        if (i->kind == IDL_ITEM_IMPORT && i->import)
            best = interface_at(i->import, at, best);
        if (i->kind == IDL_ITEM_INTERFACE && !i->declared_only &&
            strcmp(i->at.file, at.file) == 0 &&
            (!best || strcmp(best->at.file, at.file) != 0 || i->at.line <= at.line))
            best = i;
    }
    return best;
}

static enum idl_pointer pointer_named(const char *name)
{
    if (strcmp(name, "ref") == 0)
        return IDL_REF;
    return strcmp(name, "ptr") == 0 ? IDL_FULL : IDL_UNIQUE;
}

static enum idl_pointer pointer_default(struct idl_layout *l, struct idl_place at)
{
    const struct idl_item *face = interface_at(l->p->file, at, NULL);
    const struct idl_attr *a = face ? idl_attr_find(face->attrs, "pointer_default") : NULL;

    return a && a->args && a->args->text ? pointer_named(a->args->text) : IDL_UNIQUE;
}

static enum idl_pointer pointer_kind(struct idl_layout *l, const struct scope *s,
                                     struct idl_place at)
{
    static const char *const names[] = { "ref", "unique", "ptr" };
    const char *found = NULL;
    size_t i;

    for (; s; s = s->outer)
        for (i = 0; i < 3; i++)
            if (!s->pointer_passed && idl_attr_find(s->attrs, names[i]))
                found = names[i];
    return found ? pointer_named(found) : pointer_default(l, at);
}

static bool is_character(const struct idl_type *t)
{
    t = idl_resolve(t);
    return t && t->kind == IDL_TYPE_BASE && t->base >= IDL_BASE_BYTE && t->base <= IDL_BASE_WCHAR;
}

static void set_array(struct idl_layout *l, struct idl_shape *a)
{
    int64_t n = 0;

    a->conformant = !a->dimension || !a->dimension->size;
    a->varying = a->first || a->length || a->last;
    if (!a->conformant && idl_constant(l, a->dimension->size, &n) && n > 0)
        a->count = (uint64_t)n;
    a->align = a->of->align;
    if (a->conformant || a->varying || a->is_string)
        a->align = a->align < 4 ? 4 : a->align;
    a->has_pointers = a->of->has_pointers || a->of->kind == IDL_SHAPE_POINTER;
    a->has_objects = a->of->has_objects;
    a->smallest = 4 * (a->conformant + 2U * (a->varying || a->is_string));
    if (!a->smallest)
        a->smallest = a->count * idl_shape_whole(a->of)->smallest;
    a->smallest = a->smallest ? a->smallest : 1;
    a->wide = idl_wide_array(a);
}

/* What stands behind a pointer that is counted, or the array itself. */
static struct idl_shape *array_of(struct idl_layout *l, const struct idl_type *t, struct scope *s)
{
    struct idl_shape *a = idl_shape_new(l, IDL_SHAPE_ARRAY, t);

    a->dimension = t->kind == IDL_TYPE_ARRAY ? t : NULL;
    a->size = find_level(s, "size_is");
    a->max = find_level(s, "max_is");
    a->first = find_level(s, "first_is");
    a->length = find_level(s, "length_is");
    a->last = find_level(s, "last_is");
    a->is_string = is_character(t->of) && find(s, "string");
    if (a->size || a->max)
        a->range = find(s, "range");
    pass(s, t->kind == IDL_TYPE_POINTER);
    a->of = shape_of(l, t->of, s);
    if (a->range)
        a->of->range = NULL;
    set_array(l, a);
    return a;
}

static struct idl_shape *system_of(struct idl_layout *l, const struct idl_type *t,
                                   const struct idl_attr *a)
{
    struct idl_shape *h = idl_shape_new(l, IDL_SHAPE_SYSTEM, t);

    h->system_kind = idl_system_kind(a);
    h->align = h->smallest = 4;
    if (!idl_system_access(l, a, &h->access))
        idl_error(l->p->run, a->at,
                  "a number, or one of the names GENERIC_READ, FILE_GENERIC_READ "
                  "and their kin",
                  "the access mask of a system handle is no constant");
    return h;
}

static struct idl_shape *pointer_to(struct idl_layout *l, const struct idl_type *t, struct scope *s)
{
    const struct idl_attr *a = idl_is_base(t->of, IDL_BASE_VOID) ? find(s, "system_handle") : NULL;
    struct idl_shape *p = a ? NULL : idl_shape_new(l, IDL_SHAPE_POINTER, t);
    bool counted;

    if (a)
        return system_of(l, t, a);
    counted = find_level(s, "size_is") || find_level(s, "max_is") ||
              (is_character(t->of) && find(s, "string"));

    p->pointer = pointer_kind(l, s, t->at);
    p->allocate = find(s, "allocate");
    p->align = p->smallest = 4;
    p->wide = idl_wide_fixed(8);
    p->has_pointers = true;
    if (counted) {
        p->of = array_of(l, t, s);
    } else {
        pass(s, true);
        p->of = shape_of(l, t->of, s);
    }
    return p;
}

static void add_member(struct idl_shape *s, struct idl_member *m)
{
    struct idl_member **end = &s->members;

    while (*end)
        end = &(*end)->next;
    *end = m;
}

/* What it points to need not be sendable: nobody looks. */
static struct idl_shape *ignored(struct idl_layout *l, const struct idl_decl *d)
{
    struct idl_shape *s = idl_shape_new(l, IDL_SHAPE_IGNORED, d->type);

    s->align = s->smallest = 4;
    s->wide = idl_wide_fixed(8);
    return s;
}

static struct idl_shape *field_shape(struct idl_layout *l, const struct idl_decl *d)
{
    struct scope s = { .attrs = d->attrs };

    if (idl_attr_find(d->attrs, "ignore"))
        return ignored(l, d);
    return shape_of(l, d->type, &s);
}

static struct idl_member *member_new(struct idl_layout *l, const struct idl_decl *d)
{
    struct idl_member *m = (struct idl_member *)idl_alloc(l->p->run, sizeof *m);

    m->decl = d;
    return m;
}

static struct idl_member *member_of(struct idl_layout *l, const struct idl_decl *d,
                                    const char *owner)
{
    struct idl_member *m = member_new(l, d);

    idl_layout_note_nested(l, d->base, owner);
    m->shape = field_shape(l, d);
    return m;
}

static void set_struct(struct idl_layout *l, struct idl_shape *s)
{
    const struct idl_decl *d = NULL;
    struct idl_member *m = NULL;

    s->smallest = 0;
    for (d = s->type->members; d; d = d->next) {
        m = member_of(l, d, s->name);
        add_member(s, m);
        s->align = m->shape->align > s->align ? m->shape->align : s->align;
        s->smallest += m->shape->smallest;
        s->has_pointers = s->has_pointers || m->shape->has_pointers;
        s->has_objects = s->has_objects || m->shape->has_objects;
    }
    s->smallest = s->smallest ? s->smallest : 1;
    s->wide = idl_wide_struct(s);
    if (m && m->shape->kind == IDL_SHAPE_ARRAY && m->shape->conformant)
        s->tail = m->shape;
    else if (m && m->shape->kind == IDL_SHAPE_STRUCT)
        s->tail = m->shape->tail;
}

/* MIDL 1.0 aligned the arms of a union all alike.  desktop-src/Rpc/unions-tfs.md */
static bool is_ms_union(struct idl_layout *l, const struct idl_shape *s, const struct scope *scope)
{
    const struct idl_item *face = interface_at(l->p->file, s->at, NULL);

    return l->opt->ms_union || find(scope, "ms_union") ||
           idl_attr_find(s->type->attrs, "ms_union") ||
           (face && idl_attr_find(face->attrs, "ms_union"));
}

static void set_union(struct idl_layout *l, struct idl_shape *s, const struct scope *scope)
{
    bool ms_union = s->kind == IDL_SHAPE_UNION && is_ms_union(l, s, scope);
    const struct idl_decl *d = NULL;
    struct idl_member *m = NULL;

    s->smallest = s->align = s->switched->align;
    for (d = s->type->members; d; d = d->next) {
        m = d->type ? member_of(l, d, s->name) : member_new(l, d);
        add_member(s, m);
        if (!m->shape)
            continue;
        s->align = m->shape->align > s->align ? m->shape->align : s->align;
        if (ms_union && m->shape->align > s->ms_union)
            s->ms_union = m->shape->align;
        s->has_pointers = s->has_pointers || m->shape->has_pointers;
        s->has_objects = s->has_objects || m->shape->has_objects;
    }
    s->wide = idl_wide_union(s);
}

/* Of which type the discriminant is, where no switch_type says it: that of what switch_is names. */
static const struct idl_type *switch_type(const struct idl_layout *l, const struct idl_expr *tag)
{
    const struct idl_decl *d = NULL;
    const struct idl_type *t = NULL;

    while (tag && tag->kind == IDL_EXPR_UNARY)
        tag = tag->a;
    if (tag && tag->kind == IDL_EXPR_NAME)
        d = idl_sibling(l->siblings, tag->text);
    for (t = d ? idl_resolve(d->type) : NULL; t && t->kind == IDL_TYPE_POINTER;)
        t = idl_resolve(t->of);
    return t;
}

static void set_switched(struct idl_layout *l, struct idl_shape *u, const struct scope *s)
{
    const struct idl_attr *a = find(s, "switch_type"), *is = find(s, "switch_is");
    const struct idl_type *t = NULL;

    if (!a)
        a = idl_attr_find(u->type->attrs, "switch_type");
    t = a && a->type ? a->type->type : switch_type(l, is ? is->args : NULL);
    if (!t) {
        idl_error(l->p->run, u->at, "say [switch_type(...)] on the union",
                  "of which type this union's discriminant is cannot be seen");
        u->switched = idl_shape_new(l, IDL_SHAPE_BASE, u->type);
        u->switched->base = IDL_BASE_LONG;
        return;
    }
    u->switched = shape_of(l, t, NULL);
}

static struct idl_shape *tagged(struct idl_layout *l, const struct idl_type *t, struct scope *s,
                                const char *typedef_name)
{
    const struct idl_decl *outer = l->siblings;
    struct idl_shape *found = l->tagged;

    while (found && found->type != t)
        found = found->next;
    if (found)
        return found;
    found = idl_shape_new(
        l, t->kind == IDL_TYPE_UNION && !t->switched ? IDL_SHAPE_UNION : IDL_SHAPE_STRUCT, t);
    found->name = idl_layout_name(l, t, typedef_name);
    found->next = l->tagged;
    l->tagged = found;
    found->is_tagged = t->switched != NULL;
    if (t->switched)
        found->switched = field_shape(l, t->switched);
    else if (t->kind == IDL_TYPE_UNION)
        set_switched(l, found, s);
    l->siblings = t->members;
    if (t->kind == IDL_TYPE_UNION)
        set_union(l, found, s);
    else
        set_struct(l, found);
    l->siblings = outer;
    return found;
}

/* A union at one place: what it is, and what says which arm. */
static struct idl_shape *union_place(struct idl_layout *l, struct idl_shape *whole,
                                     const struct scope *s)
{
    const struct idl_attr *is = find(s, "switch_is");
    struct idl_shape *place = idl_shape_new(l, IDL_SHAPE_UNION, whole->type);

    place->name = whole->name;
    place->of = whole;
    place->tag = is ? is->args : NULL;
    place->align = whole->align;
    place->smallest = whole->smallest;
    place->wide = whole->wide;
    place->has_pointers = whole->has_pointers;
    place->has_objects = whole->has_objects;
    return place;
}

static struct idl_shape *base_of(struct idl_layout *l, const struct idl_type *t,
                                 const struct scope *s)
{
    struct idl_shape *b = idl_shape_new(l, IDL_SHAPE_BASE, t);

    if (t->base == IDL_BASE_HANDLE)
        b->kind = IDL_SHAPE_HANDLE;
    b->base = t->base;
    b->is_unsigned = t->is_unsigned || t->base == IDL_BASE_BYTE || t->base == IDL_BASE_BOOLEAN ||
                     t->base == IDL_BASE_WCHAR || t->base == IDL_BASE_ERROR_STATUS;
    b->align = idl_base_size(t->base);
    b->smallest = b->align;
    b->wide = idl_wide_fixed(t->base == IDL_BASE_INT3264 ? 8 : b->align);
    b->range = find(s, "range");
    return b;
}

static struct idl_shape *enum_of(struct idl_layout *l, const struct idl_type *t,
                                 const struct scope *s, const char *typedef_name)
{
    struct idl_shape *e = idl_shape_new(l, IDL_SHAPE_ENUM, t);

    e->name = idl_layout_name(l, t, typedef_name);
    e->wide_enum = find(s, "v1_enum") || idl_attr_find(t->attrs, "v1_enum");
    e->align = e->wide_enum ? 4 : 2;
    e->smallest = e->align;
    e->wide = idl_wide_fixed(4);
    e->range = find(s, "range");
    return e;
}

/* Whether calls on the handle wait for each other: the place's word counts more than the type's. */
static const struct idl_attr *find_serialize(const struct scope *s)
{
    const struct idl_attr *found = NULL, *a = NULL;

    for (; s; s = s->outer) {
        a = idl_attr_find(s->attrs, "context_handle_serialize");
        if (!a)
            a = idl_attr_find(s->attrs, "context_handle_noserialize");
        found = a ? a : found;
    }
    return found;
}

static struct idl_shape *context_of(struct idl_layout *l, const struct idl_type *t,
                                    const char *name, const struct scope *s)
{
    struct idl_shape *c = idl_shape_new(l, IDL_SHAPE_CONTEXT, t);

    c->has_rundown = name != NULL;
    c->name = idl_layout_name(l, t, name);
    c->align = 4;
    c->smallest = 20;
    c->wide = (struct idl_wide){ .align = 4, .size = 20 };
    c->serialize = find_serialize(s);
    return c;
}

static struct idl_shape *pipe_of(struct idl_layout *l, const struct idl_type *t,
                                 const struct scope *s, const char *name)
{
    struct idl_shape *p = idl_shape_new(l, IDL_SHAPE_PIPE, t);

    p->name = name;
    p->align = 4;
    p->range = find(s, "range");
    p->of = shape_of(l, t->of, NULL);
    if (p->of->has_objects)
        idl_error(l->p->run, t->at, "convert the elements yourself",
                  "the elements of a pipe are sent as another type");
    return p;
}

static struct idl_shape *refused(struct idl_layout *l, const struct idl_type *t, const char *what)
{
    idl_error(l->p->run, t->at, NULL, "%s cannot be sent", what);
    return idl_shape_new(l, IDL_SHAPE_HANDLE, t);
}

/* Of a typedef's name, but for what changes what is sent; and of any other type. */
static struct idl_shape *plain_shape(struct idl_layout *l, const struct idl_type *t,
                                     struct scope *s)
{
    struct scope own = { .outer = s };
    const char *name = NULL;

    if (t->kind == IDL_TYPE_NAMED && t->meaning) {
        own.attrs = t->meaning->attrs;
        if (idl_attr_find(own.attrs, "context_handle"))
            return context_of(l, t->meaning->type, t->name, &own);
        name = t->name;
        if (t->meaning->type->kind == IDL_TYPE_NAMED || t->meaning->type->kind == IDL_TYPE_BASE ||
            t->meaning->type->kind == IDL_TYPE_POINTER || t->meaning->type->kind == IDL_TYPE_ARRAY)
            return shape_of(l, t->meaning->type, &own);
        s = &own;
        t = idl_resolve(t);
    }
    if (t->complete && t->complete != t)
        t = idl_resolve(t);
    switch (t->kind) {
    case IDL_TYPE_BASE:
        return base_of(l, t, s);
    case IDL_TYPE_ENUM:
        return enum_of(l, t, s, name);
    case IDL_TYPE_STRUCT:
        return tagged(l, t, s, name);
    case IDL_TYPE_UNION:
        return t->switched ? tagged(l, t, s, name) : union_place(l, tagged(l, t, s, name), s);
    case IDL_TYPE_POINTER:
        return pointer_to(l, t, s);
    case IDL_TYPE_ARRAY:
        return array_of(l, t, s);
    case IDL_TYPE_PIPE:
        return name ? pipe_of(l, t, s, name) : refused(l, t, "a pipe");
    default:
        return refused(l, t, "this type");
    }
}

static struct idl_shape *shape_of(struct idl_layout *l, const struct idl_type *t, struct scope *s)
{
    struct idl_shape *changed = idl_layout_changed(l, t);

    return changed ? changed : plain_shape(l, t, s);
}

struct idl_shape *idl_layout_type(struct idl_layout *l, const struct idl_type *t)
{
    return shape_of(l, t, NULL);
}

struct idl_shape *idl_layout_unchanged(struct idl_layout *l, const struct idl_type *t)
{
    return plain_shape(l, t, NULL);
}

/* [context_handle] on the parameter itself: its pointer, or what an [out] one points to. */
static struct idl_shape *context_param(struct idl_layout *l, const struct idl_decl *d)
{
    const struct idl_type *t = idl_resolve(d->type), *of = t->of ? idl_resolve(t->of) : NULL;
    const struct scope s = { .attrs = d->attrs };
    struct idl_shape *p = NULL;

    if (!idl_attr_find(d->attrs, "out") || !of || of->kind != IDL_TYPE_POINTER)
        return context_of(l, d->type, NULL, &s);
    p = idl_shape_new(l, IDL_SHAPE_POINTER, t);
    p->pointer = IDL_REF;
    p->of = context_of(l, t->of, NULL, &s);
    return p;
}

/* Whether ref, unique or ptr is said of the outermost pointer: not of one behind it. */
static const char *said_of(const struct idl_decl *d)
{
    static const char *const names[] = { "ref", "unique", "ptr" };
    const struct idl_attr *attrs = d->attrs;
    const struct idl_type *t = d->type;
    size_t i;

    for (;;) {
        for (i = 0; i < sizeof names / sizeof *names; i++)
            if (idl_attr_find(attrs, names[i]))
                return names[i];
        if (t->kind != IDL_TYPE_NAMED || !t->meaning)
            return NULL;
        attrs = t->meaning->attrs;
        t = t->meaning->type;
    }
}

/* An array as C passes it. The word of an array of pointers is about those. */
static struct idl_shape *array_param(struct idl_layout *l, struct idl_shape *array,
                                     const char *said)
{
    struct idl_shape *p = idl_shape_new(l, IDL_SHAPE_POINTER, array->type);

    p->pointer = said && array->of->kind != IDL_SHAPE_POINTER ? pointer_named(said) : IDL_REF;
    p->of = array;
    p->has_pointers = true;
    return p;
}

struct idl_shape *idl_layout_param(struct idl_layout *l, const struct idl_decl *d)
{
    static const struct idl_attr_kind ref = { .name = "ref" };
    struct idl_attr implied = { .kind = &ref, .next = d->attrs };
    const struct idl_type *t = idl_resolve(d->type);
    bool array = t && t->kind == IDL_TYPE_ARRAY;
    const char *said = said_of(d);
    struct scope s = { .attrs = said || array ? d->attrs : &implied };
    struct idl_shape *shape = NULL;

    if (idl_attr_find(d->attrs, "context_handle"))
        return context_param(l, d);
    shape = shape_of(l, d->type, &s);
    return array ? array_param(l, shape, said) : shape;
}

struct idl_shape *idl_layout_result(struct idl_layout *l, const struct idl_item *function)
{
    const struct idl_type *t = function->decls->type->of;
    struct scope s = { .attrs = function->attrs };

    if (idl_is_base(t, IDL_BASE_VOID))
        return NULL;
    return shape_of(l, t, &s);
}
