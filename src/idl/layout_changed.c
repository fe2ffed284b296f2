/* SPDX-License-Identifier: Apache-2.0
 * layout_changed.c - types that travel as another: what is sent, and by which routines.
 * desktop-src/Midl/transmit-as.md, represent-as.md, wire-marshal.md, user-marshal.md
 */
#include "idl/attr.h"
#include "idl/check.h"
#include "idl/layout.h"

static struct idl_shape *find_changed(const struct idl_layout *l, const struct idl_decl *d,
                                      bool is_local)
{
    struct idl_shape *s = l->changed;

    while (s && (s->given != d || s->is_local != is_local))
        s = s->next;
    return s;
}

/* The routines that a value of the wire type would need are those of the type itself. */
static void check_wire(struct idl_layout *l, const struct idl_shape *s, struct idl_shape *wire)
{
    bool both = s->kind == IDL_SHAPE_CONVERTED && s->is_local &&
                wire->kind == IDL_SHAPE_CONVERTED && wire->given == s->given;

    if (!both && idl_shape_leads_to_objects(l, wire))
        idl_error(l->p->run, s->given->at, "let its own routines convert what is inside, too",
                  "what %s is sent as holds a type that is itself sent as another", s->given->name);
}

/* TYPE *: as the stub holds it. */
static struct idl_shape *pointer_to(struct idl_layout *l, const struct idl_type *type,
                                    struct idl_shape *of)
{
    struct idl_type *star = (struct idl_type *)idl_alloc(l->p->run, sizeof *star);
    struct idl_shape *p = NULL;

    *star = (struct idl_type){ .kind = IDL_TYPE_POINTER, .at = type->at };
    star->of = (struct idl_type *)type;
    p = idl_shape_new(l, IDL_SHAPE_POINTER, star);
    p->pointer = IDL_REF;
    p->of = of;
    return p;
}

static void set_wire(struct idl_layout *l, struct idl_shape *s, struct idl_shape *wire,
                     const struct idl_type *type, const char *name)
{
    check_wire(l, s, wire);
    s->wire_name = name;
    s->has_objects = true;
    s->align = wire->align;
    s->smallest = wire->smallest;
    s->wide = (struct idl_wide){ .align = wire->wide.align, .end = 1 }; /* its routines decide */
    if (s->kind == IDL_SHAPE_USER && wire->kind == IDL_SHAPE_POINTER) {
        s->wire_pointer = s->has_pointers = true;
        s->of = wire;
        s->wire_name = idl_c_type(l->p, l->opt, wire->type->of);
    } else {
        s->of = pointer_to(l, type, wire);
    }
}

static struct idl_shape *changed_new(struct idl_layout *l, enum idl_shape_kind kind,
                                     const struct idl_type *t, const char *label)
{
    struct idl_shape *s = idl_shape_new(l, kind, t);

    s->given = t->meaning;
    s->is_local = kind == IDL_SHAPE_CONVERTED && label[0] == 'l';
    s->name = s->routines = t->name;
    s->label = idl_printf(l->p->run, "%s_%s", label, t->name);
    s->next = l->changed;
    l->changed = s;
    return s;
}

/* [transmit_as], [wire_marshal]: the name is what the program sees. */
static struct idl_shape *by_idl(struct idl_layout *l, const struct idl_type *t,
                                const struct idl_attr *a, enum idl_shape_kind kind)
{
    const struct idl_type *wire = a->type ? a->type->type : t;
    struct idl_shape *s = find_changed(l, t->meaning, false);

    if (s)
        return s;
    s = changed_new(l, kind, t, kind == IDL_SHAPE_USER ? "user" : "xmit");
    set_wire(l, s, idl_layout_type(l, wire), wire, idl_c_type(l->p, l->opt, wire));
    return s;
}

static struct idl_shape *own_shape(struct idl_layout *l, const struct idl_type *t)
{
    const struct idl_attr *transmit = idl_attr_find(t->meaning->attrs, "transmit_as");

    return transmit ? by_idl(l, t, transmit, IDL_SHAPE_CONVERTED) : idl_layout_unchanged(l, t);
}

/* [represent_as], [user_marshal]: the name is what is sent, and the program sees another. */
static struct idl_shape *by_acf(struct idl_layout *l, const struct idl_type *t,
                                const struct idl_attr *a, enum idl_shape_kind kind)
{
    struct idl_shape *s = find_changed(l, t->meaning, kind == IDL_SHAPE_CONVERTED);
    const char *local = a->args && a->args->text ? a->args->text : "void";

    if (s)
        return s;
    s = changed_new(l, kind, t, kind == IDL_SHAPE_USER ? "user" : "local");
    s->name = local;
    if (kind == IDL_SHAPE_USER)
        s->routines = local;
    set_wire(l, s, own_shape(l, t), t, t->name);
    return s;
}

struct idl_shape *idl_layout_changed(struct idl_layout *l, const struct idl_type *t)
{
    const struct idl_attr *a = NULL, *attrs = NULL;

    if (t->kind != IDL_TYPE_NAMED || !t->meaning)
        return NULL;
    attrs = t->meaning->attrs;
    if ((a = idl_attr_find(attrs, "represent_as")))
        return by_acf(l, t, a, IDL_SHAPE_CONVERTED);
    if ((a = idl_attr_find(attrs, "user_marshal")))
        return by_acf(l, t, a, IDL_SHAPE_USER);
    if ((a = idl_attr_find(attrs, "transmit_as")))
        return by_idl(l, t, a, IDL_SHAPE_CONVERTED);
    if ((a = idl_attr_find(attrs, "wire_marshal")))
        return by_idl(l, t, a, IDL_SHAPE_USER);
    return NULL;
}
