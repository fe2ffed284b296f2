/* SPDX-License-Identifier: Apache-2.0
 * layout.h - what a type is on the wire: computed once from the checked AST, then only read.
 * C706 14.2 and 14.3
 *
 * A declaration's attributes and those of the typedefs it is made with are folded in: a pointer
 * knows its kind, an array what counts it, a string that it is one. Structures and unions have one
 * shape each, however often they are named, so shapes may lead back to themselves.
 */
#pragma once

#include "idl/emit.h"

enum idl_shape_kind {
    IDL_SHAPE_BASE,
    IDL_SHAPE_ENUM,
    IDL_SHAPE_STRUCT, /* also a union with its switch inside */
    IDL_SHAPE_UNION,
    IDL_SHAPE_POINTER,
    IDL_SHAPE_ARRAY,
    IDL_SHAPE_CONTEXT,   /* a context handle: 20 bytes, a void * or what a typedef made of it */
    IDL_SHAPE_HANDLE,    /* handle_t: not on the wire */
    IDL_SHAPE_SYSTEM,    /* a system handle: its number among those that travel beside */
    IDL_SHAPE_IGNORED,   /* an [ignore]d pointer: its place, and nothing behind it */
    IDL_SHAPE_CONVERTED, /* [transmit_as], [represent_as]: routines make what is sent, and back */
    IDL_SHAPE_USER,      /* [wire_marshal], [user_marshal]: routines write what is sent */
    IDL_SHAPE_PIPE,      /* a parameter, or what its pointer leads to: elements in chunks */
};

enum idl_pointer { IDL_REF, IDL_UNIQUE, IDL_FULL };

struct idl_shape;

/* What a value is in NDR64, where pointers, counts and enumerations are wider, and a structure has
 * a multiple of its alignment.  [MS-RPCE] 2.2.5.3 */
struct idl_wide {
    unsigned align;
    uint64_t size; /* 0: that depends */
    unsigned end;  /* then: of which power of two the place behind it is a multiple, at least */
    bool pad;      /* STRUCT: it may have to be filled up at its end */
    unsigned arms; /* UNION, or STRUCT with its switch inside: the alignment of its widest arm */
};

struct idl_member {
    const struct idl_decl *decl; /* a field, or an arm */
    struct idl_shape *shape;     /* NULL: an empty arm */
    struct idl_member *next;
};

struct idl_shape {
    enum idl_shape_kind kind;
    struct idl_place at;
    const struct idl_type *type; /* as written, through no typedef */
    const char *name;            /* of a structure, union, enum or context handle: as C says it */
    unsigned align;              /* on the wire */
    uint64_t smallest;           /* bytes on the wire, at least; in NDR64 it never takes fewer */
    struct idl_wide wide;        /* what NDR64 has otherwise */
    bool has_pointers;           /* there is a second step */
    bool has_objects;            /* of CONVERTED or USER, in itself: routines give them back */
    const struct idl_attr *range;

    enum idl_base base; /* BASE */
    bool is_unsigned;
    bool wide_enum; /* ENUM: [v1_enum], 32 bits */

    enum idl_pointer pointer; /* POINTER */
    struct idl_shape *of;     /* POINTER, ARRAY; PIPE: its element */

    const struct idl_type *dimension;             /* ARRAY: its [n] or [], or NULL for a * */
    const struct idl_expr *size, *max;            /* of size_is, max_is; or NULL */
    const struct idl_expr *first, *length, *last; /* of the part that is sent; or NULL */
    bool is_string, conformant, varying;
    uint64_t count; /* of an array of fixed size */

    /* CONVERTED, USER: of is what is sent, as a ref pointer to it; or the pointer that a USER's
     * wire type is. */
    const char *routines;  /* what the routines' names begin with */
    const char *label;     /* what ours end with */
    const char *wire_name; /* what of leads to, as C says it */
    bool is_local,
        wire_pointer; /* CONVERTED: by [represent_as]; USER: the wire type is a pointer */
    const struct idl_decl *given; /* the typedef */

    struct idl_member *members; /* STRUCT, UNION */
    struct idl_shape *switched; /* of the discriminant */
    unsigned ms_union;          /* UNION: what its arms are aligned to by [ms_union]; 0 without */
    bool is_tagged;             /* STRUCT: a union with its switch inside */
    struct idl_shape *tail;     /* STRUCT: the conformant array it ends in, or NULL */
    const struct idl_expr *tag; /* UNION: what switch_is says here, `of` being the union itself */

    const struct idl_attr *allocate;  /* POINTER */
    const struct idl_attr *serialize; /* CONTEXT: how the typedef says it, or NULL */
    bool has_rundown;                 /* CONTEXT: the typedef form */
    const char *system_kind;          /* SYSTEM: as the runtime calls it */
    uint32_t access;                  /* SYSTEM: the mask that is asked for */

    unsigned
        emitted[2]; /* functions of it that are written, and for callbacks: the emitters' bits */
    unsigned visit; /* of the search for circles */
    struct idl_shape *next;
};

/* A tag defined among the fields of another: C++ knows it there, C everywhere. */
struct idl_nested {
    const struct idl_type *type;
    const char *outer, *tag, *name; /* name is that of a typedef for both languages */
    struct idl_nested *next;
};

struct idl_layout {
    const struct idl_program *p;
    const struct idl_options *opt;
    struct idl_shape *changed;       /* every CONVERTED and USER so far */
    struct idl_shape *tagged;        /* every structure and union so far */
    const struct idl_decl *siblings; /* among which size_is and its like find their names */
    unsigned visit;
    struct idl_nested *nested; /* outer ones first */
};

struct idl_layout *idl_layout_new(const struct idl_program *p, const struct idl_options *opt);

/* Among layout*.c: the same in NDR64, once all of it but the shape's own is known. */
struct idl_wide idl_wide_fixed(unsigned size);
struct idl_wide idl_wide_array(const struct idl_shape *array);
struct idl_wide idl_wide_struct(const struct idl_shape *s);
struct idl_wide idl_wide_union(const struct idl_shape *s);

/* Among layout*.c: the name a typedef gave, or the tag, with its word where C and C++ agree; and
 * before that, what is defined with the fields of another. */
const char *idl_layout_name(const struct idl_layout *l, const struct idl_type *t,
                            const char *typedef_name);
void idl_layout_note_nested(struct idl_layout *l, const struct idl_type *t, const char *outer);

/* Among layout*.c: a new shape; that of a type with no attributes around it; and of a typedef's
 * name, as the attributes on it that change what is sent say, or NULL where there are none. */
struct idl_shape *idl_shape_new(struct idl_layout *l, enum idl_shape_kind kind,
                                const struct idl_type *t);
struct idl_shape *idl_layout_type(struct idl_layout *l, const struct idl_type *t);
struct idl_shape *idl_layout_unchanged(struct idl_layout *l, const struct idl_type *t);
struct idl_shape *idl_layout_changed(struct idl_layout *l, const struct idl_type *t);

/* Of [system_handle(kind, mask)]: what the runtime calls the kind, NULL for one that cannot be
 * passed here; the mask, false where it is no constant. */
const char *idl_system_kind(const struct idl_attr *a);
bool idl_system_access(const struct idl_layout *l, const struct idl_attr *a, uint32_t *ret);

/* A parameter: its outermost pointer is a ref pointer unless it says otherwise. */
struct idl_shape *idl_layout_param(struct idl_layout *l, const struct idl_decl *d);
/* What the function returns; NULL for nothing. */
struct idl_shape *idl_layout_result(struct idl_layout *l, const struct idl_item *function);

/* Whether CONVERTED or USER ones are in it, or behind its pointers. */
bool idl_shape_leads_to_objects(struct idl_layout *l, struct idl_shape *s);
bool idl_shape_leads_to_system_handles(struct idl_layout *l, struct idl_shape *s); /* likewise */
/* Whether values of the structure or union may lead to others of it. */
bool idl_shape_is_recursive(struct idl_layout *l, struct idl_shape *s);
/* A union's own shape, where s is a place of it; else s. */
struct idl_shape *idl_shape_whole(struct idl_shape *s);

/* Elements of a base type whose bytes are the same in memory and on the wire, their order aside. */
bool idl_shape_is_plain(const struct idl_shape *s);
/* The bytes of a value that is the same in memory and on the wire, gaps and the order of its base
 * types' bytes aside; 0 for any other. */
uint64_t idl_shape_block(const struct idl_shape *s);
/* Of a base type: bytes on the wire. */
unsigned idl_base_size(enum idl_base base);
/* A sibling by its name; NULL. */
const struct idl_decl *idl_sibling(const struct idl_decl *list, const char *name);
/* An expression's value, where it is a constant. */
bool idl_constant(const struct idl_layout *l, const struct idl_expr *e, int64_t *ret);
