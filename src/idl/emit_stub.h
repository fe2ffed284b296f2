/* SPDX-License-Identifier: Apache-2.0
 * emit_stub.h - among the emitters of x_c.c and x_s.c: one stub file while it is written.
 *
 * A value is printed by its C expression (v->name, data[i], (*p)) and its shape. A structure or a
 * union has functions of its own, each written before the first that calls it.
 */
#pragma once

#include "idl/layout.h"

enum idl_direction { IDL_WRITE, IDL_READ, IDL_FREE };

struct idl_stub {
    const struct idl_program *p;
    const struct idl_options *opt;
    struct idl_layout *layout;
    bool server;
    bool reversed; /* callbacks are written now: server says who serves them */

    bool pickles; /* something is serialized */

    struct idl_text before_functions; /* prototypes where types hold themselves, tags */
    struct idl_text functions;        /* of the types */
    struct idl_out o;                 /* what is written now */

    /* The streams, as the text written now calls them. */
    const char *in, *out, *walk;
    /* Whose names size_is and its like know, and what stands before them: "v->" or "". */
    const struct idl_decl *siblings;
    const char *prefix;
    /* Checks that wait until all fields or parameters are read; NULL: they wait for nothing. */
    struct idl_text *late;
    const char *only_if;   /* a pointer that may be NULL, and then has nothing to check */
    const char *top_span;  /* declared already, for the next array; NULL: in a block of its own */
    const char *tail_room; /* how many elements the next conformant structure may end in, or NULL */
    unsigned loops, spans; /* how many of such variables are in sight */

    /* Of the parameter that is read: what its inner arrays' checks need until all are read. */
    const struct idl_decl *reading;
    struct idl_text *declare, *end;
    unsigned kept;
};

/* One line, broken at its commas where it is too long. */
void idl_put(struct idl_stub *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void idl_put_open(struct idl_stub *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void idl_put_close(struct idl_stub *s, const char *text);
/* A check, now or later. */
void idl_put_check(struct idl_stub *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void idl_flush_checks(struct idl_stub *s, struct idl_text *late);

/* C expressions, in memory of the run. */
const char *idl_text(struct idl_stub *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *idl_deref(struct idl_stub *s, const char *x);   /* p: (*p) */
const char *idl_address(struct idl_stub *s, const char *x); /* (*p): p */
const char *idl_member_of(struct idl_stub *s, const char *x, const char *name);
/* What an attribute's expression is worth, safe whatever a peer's numbers are. */
const char *idl_count(struct idl_stub *s, const struct idl_expr *e);

/* An array's dimensions, those of arrays in it included, and what they are made of. */
enum { IDL_DIMENSIONS = 16 };

struct idl_dims {
    unsigned n;
    struct idl_shape *dim[IDL_DIMENSIONS];
    struct idl_shape *element;
    bool conformant, varying;
};

struct idl_dims idl_dims_of(struct idl_shape *array);
const char *idl_span(struct idl_stub *s, const struct idl_dims *d, const char *span, unsigned i);
const char *idl_spans(struct idl_stub *s, const struct idl_dims *d, const char *span);
const char *idl_max_of(struct idl_stub *s, const struct idl_shape *array, const char *x);
const char *idl_first_of(struct idl_stub *s, const struct idl_shape *array);
const char *idl_actual_of(struct idl_stub *s, const struct idl_shape *array, const char *x);
/* The name of a span that no other in sight has. */
const char *idl_span_begin(struct idl_stub *s);
void idl_span_end(struct idl_stub *s);
/* CS_NDR_SPAN span = { ... }; from the attributes, or all zero. */
void idl_declare_span(struct idl_stub *s, const struct idl_dims *d, const char *span,
                      const char *x);
/* The same before the counts are read: what is fixed, and zero. */
void idl_declare_counts(struct idl_stub *s, struct idl_shape *array, const char *span);
/* Loops over the elements that travel; what is returned is one of them. idl_loop_end ends them.
 * span NULL: all there are. */
const char *idl_loop(struct idl_stub *s, const struct idl_dims *d, const char *span, const char *x);
void idl_loop_end(struct idl_stub *s, const struct idl_dims *d);
/* Elements that are the same in memory and on the wire, by one copy: the loop that follows is for
 * peers of another order. False, and nothing is written, for others. */
bool idl_block_open(struct idl_stub *s, const struct idl_dims *d, const char *x, const char *span,
                    const char *door, const char *stream);
/* The elements of an array x as "where, how many, size of one", where they travel in one piece;
 * NULL where each has to be gone to. span as of idl_loop. */
const char *idl_piece(struct idl_stub *s, const struct idl_dims *d, const char *x,
                      const char *span);
bool idl_is_ascii(const struct idl_shape *s);
bool idl_is_float(const struct idl_shape *s);
/* The tail of a conformant structure: its expression, its names' prefix and siblings. */
const char *idl_tail_of(struct idl_stub *s, struct idl_shape *shape, const char *x,
                        const char **ret_prefix, const struct idl_decl **ret_siblings);
/* Where a pointer's array is: x itself, or *x for a pointer to a whole array. */
const char *idl_array_at(struct idl_stub *s, const struct idl_shape *pointer, const char *x);
/* A pointer to it leads to memory whose size only its counts tell. */
bool idl_is_counted(const struct idl_shape *s);

/* Structures and unions: the name of a function that is written by then. second: of step two. */
const char *idl_function(struct idl_stub *s, struct idl_shape *shape, enum idl_direction way,
                         bool second);
/* The address that stands for a full pointer's type. */
const char *idl_full_tag(struct idl_stub *s, const struct idl_shape *pointer);

/* A value's fields, with the conformance before them if it has one; its pointers' referents. */
void idl_out_value(struct idl_stub *s, struct idl_shape *shape, const char *x);
void idl_out_fields(struct idl_stub *s, struct idl_shape *shape, const char *x);
void idl_out_referents(struct idl_stub *s, struct idl_shape *shape, const char *x);
void idl_out_array(struct idl_stub *s, struct idl_shape *array, const char *x, const char *room);

void idl_in_fields(struct idl_stub *s, struct idl_shape *shape, const char *x);
void idl_in_referents(struct idl_stub *s, struct idl_shape *shape, const char *x);
/* What a pointer leads to, into memory of its own; into what is there, with room for so many. */
void idl_in_new(struct idl_stub *s, struct idl_shape *pointer, const char *x);
void idl_in_array(struct idl_stub *s, struct idl_shape *array, const char *x, const char *room);
/* A conformant structure into the memory that x points to, with room for so many elements. */
void idl_in_open(struct idl_stub *s, struct idl_shape *shape, const char *x, const char *span,
                 const char *room);
/* The counts of an array, and what they must be; of one number, that wire is e's worth. */
const struct idl_expr *idl_max_expr(const struct idl_shape *a);
void idl_in_counts(struct idl_stub *s, const struct idl_dims *d, const char *span);
void idl_check_conformance(struct idl_stub *s, const struct idl_dims *d, const char *span);
void idl_check_variance(struct idl_stub *s, const struct idl_dims *d, const char *span);
void idl_check_same(struct idl_stub *s, const char *wire, const struct idl_expr *e,
                    const char *said);
/* Around the reading of all parameters: what was put off is checked at the end. */
struct idl_reading {
    struct idl_out o;
    struct idl_text body, declare, late, end;
};
void idl_reading_begin(struct idl_stub *s, struct idl_reading *r);
void idl_reading_end(struct idl_stub *s, struct idl_reading *r);
void idl_in_tail(struct idl_stub *s, struct idl_shape *array, const char *x, const char *span);

/* Whether [allocate] of the pointer says so. */
bool idl_allocates(const struct idl_shape *p, const char *how);

void idl_free_referents(struct idl_stub *s, struct idl_shape *shape, const char *x);

/* One stub file: each function of each interface is written by stub, what comes before and after
 * them in the interface by head and tail. */
struct idl_stub_writer {
    bool server;
    void (*head)(struct idl_stub *s, const struct idl_item *face);
    void (*stub)(struct idl_stub *s, const struct idl_item *face, const struct idl_item *function);
    void (*tail)(struct idl_stub *s, const struct idl_item *face);
};

void idl_stub_file(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o,
                   const struct idl_stub_writer *w);
/* The head of the interface's structure, its endpoints before it: up to "{ head }". */
const char *idl_stub_interface(struct idl_stub *s, const struct idl_item *face);
/* The comment above a stub: its place in the IDL, and that line. */
void idl_stub_put_where(struct idl_stub *s, const struct idl_item *function);
unsigned idl_stub_count(const struct idl_item *face);
bool idl_has_remote(const struct idl_item *face);
/* CS_CALL_xxx of a procedure, as C. */
const char *idl_procedure_flags(struct idl_stub *s, const struct idl_item *face,
                                const struct idl_item *function);
/* Of an interface's callbacks: what serves them, in a client's file, and what calls them. */
void idl_callbacks_served(struct idl_stub *s, const struct idl_item *face);
void idl_callbacks_called(struct idl_stub *s, const struct idl_item *face);
/* "x_v1_0_callbacks", for a function in which the server may call back; else NULL. */
const char *idl_callbacks_of(struct idl_stub *s, const struct idl_item *face,
                             const struct idl_item *function);
/* X_Encode and its like, of the types that are serialized. */
void idl_pickle_stubs(struct idl_stub *s, const struct idl_item *face);

/* Types that travel as another: the body of a value's function. */
bool idl_is_changed(const struct idl_shape *s);
void idl_put_changed(struct idl_stub *s, struct idl_shape *c, enum idl_direction way, bool second);

/* [notify], [notify_flag]: the stub is a serve_x_f, and x_f calls it and then the routines. */
bool idl_is_notified(const struct idl_item *function);
void idl_notified(struct idl_stub *s, const struct idl_item *face, const struct idl_item *function);

/* A function's parameters, for both sides. */
struct idl_param {
    const struct idl_decl *decl;
    struct idl_shape *shape;
    bool in, out;
    bool added;                      /* by the ACF alone: it never travels */
    bool partial;                    /* [partial_ignore]: in the request whether there is one */
    bool forced;                     /* [force_allocate] of what is [in], on a server */
    const struct idl_expr *capacity; /* [byte_count]: octets of the memory it leads to, or NULL */
    struct idl_param *next;
};

struct idl_param *idl_params_of(struct idl_stub *s, const struct idl_item *function);
/* A server's: when what routines make for it is given back; and the pointer to its memory of the
 * call, where it holds such objects, which outlive the stub if the routine raises; or NULL. */
void idl_put_release(struct idl_stub *s, const struct idl_param *p);
void idl_put_place(struct idl_stub *s, const struct idl_param *p, const char *call);
const char *idl_param_object(struct idl_stub *s, const struct idl_param *p);
bool idl_is_ref(const struct idl_shape *s);
bool idl_is_scalar(const struct idl_shape *s);
const char *idl_zero_of(struct idl_stub *s, const struct idl_shape *shape);
/* The array a parameter leads to; NULL. */
struct idl_shape *idl_param_array(const struct idl_param *p);
/* A pointer to a conformant structure. */
bool idl_is_open(const struct idl_param *p);
/* Local variables of the stub: an array's counts, and how many elements there is room for. */
const char *idl_param_span(struct idl_stub *s, const struct idl_param *p);
const char *idl_param_room(struct idl_stub *s, const struct idl_param *p);
/* The error that no room can be known for it. */
void idl_no_room(struct idl_stub *s, const struct idl_param *p, const char *hint);
/* name, or name_ and so on, where a parameter has that name. */
const char *idl_local(struct idl_stub *s, const struct idl_item *function, const char *name);
