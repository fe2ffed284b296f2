/* SPDX-License-Identifier: Apache-2.0
 * check.h - what MIDL refuses, refused here: names resolved, attributes where they may stand.
 *
 * All errors of a file are reported, not the first alone. The AST is filled where ast.h says
 * "checked"; after an error it may be filled in part.
 */
#pragma once

#include "idl/ast.h"
#include "idl/scope.h"

/* Imports whose file is known are checked first, into the same scope. acf may be NULL. */
void idl_check(struct idl *run, struct idl_scope *scope, struct idl_file *file,
               const struct idl_acf *acf);

/* After idl_check: what is understood and has no stub yet, where a remote function of this file
 * needs it. client: a function must lead to a server. */
void idl_check_generated(struct idl *run, struct idl_file *file, bool client);

/* [encode] and [decode] of a type or function with these attributes, those of its interface (may
 * be NULL) included. */
enum { IDL_ENCODES = 1, IDL_DECODES = 2 };
unsigned idl_pickle_ways(const struct idl_item *face, const struct idl_attr *attrs);
/* What a typedef is serialized for, where it can be; none where it is another's name again. */
unsigned idl_pickle_type(const struct idl_item *face, const struct idl_decl *d);
/* The next typedef of an interface that is serialized, after d or NULL: those that stand outside
 * of interfaces go with the first. NULL behind the last. */
struct idl_decl *idl_pickle_next(const struct idl_file *file, const struct idl_item *face,
                                 const struct idl_decl *d);

/* Below: among the check*.c files. */

/* What stands against serializing what says so itself. */
void idl_check_pickles(struct idl *run, const struct idl_file *file);

struct idl_check {
    struct idl *run;
    struct idl_scope *scope;
    bool local;                      /* no stubs: nothing need be sendable */
    const struct idl_decl *siblings; /* the parameters or fields an attribute may name */
    const struct idl_item *face;     /* the interface that is being checked */
    const struct idl_decl *sized;    /* the parameter whose attribute is looked at */
    bool first_level;                /* and which of its sizes */
    bool explicit_handle;            /* of the interface */
    unsigned opnum;                  /* of its next function */
    unsigned callbacks;              /* and of its next [callback] */
    unsigned depth;
};

void idl_check_type(struct idl_check *c, struct idl_type *t);
/* A tag for C, for those inside too: their own, or one made of the name they are used with. */
void idl_check_tag(struct idl_check *c, struct idl_type *t, const char *name);
/* The base type once and what is derived from it. */
void idl_check_decl_type(struct idl_check *c, struct idl_decl *d);
void idl_check_attrs(struct idl_check *c, const struct idl_attr *list, unsigned where);
/* Sizes, strings, switches of a field or a parameter; what stands for it in the messages. */
void idl_check_sizes(struct idl_check *c, const struct idl_decl *d, const char *what);
/* What the attributes of a typedef ask of its type; and those of an interface, at its end. */
void idl_check_type_attrs(struct idl_check *c, const struct idl_decl *d);
void idl_check_cases(struct idl_check *c, const struct idl_type *u, const struct idl_type *of);
void idl_check_interface(struct idl_check *c, struct idl_item *face);
/* What attributes ask of parameters, and of a function as a whole. */
void idl_check_param_attrs(struct idl_check *c, const struct idl_decl *p);
void idl_check_function_attrs(struct idl_check *c, const struct idl_item *i);
/* What a pipe that a typedef names may hold; and where a function may have one. */
void idl_check_pipe(struct idl_check *c, const struct idl_decl *d);
void idl_check_pipes(struct idl_check *c, const struct idl_item *function);
void idl_check_twice(struct idl_check *c, const struct idl_decl *list, const char *what);
void idl_check_function(struct idl_check *c, struct idl_item *i);
/* What a function that nobody waits for cannot be or have. */
void idl_check_message(struct idl_check *c, const struct idl_item *i);
/* What a [callback] cannot be or have; and where an interface cannot have one. */
void idl_check_callback(struct idl_check *c, const struct idl_item *i);
void idl_check_callbacks(struct idl_check *c, const struct idl_item *face);
/* Whether the server can call back in a call of it: its client waits, and sends no pipes. */
bool idl_calls_back(const struct idl_item *face, const struct idl_item *i);
/* Of [ignore]: whether the field has it, and nothing else is asked of it. */
bool idl_check_ignored(struct idl_check *c, const struct idl_decl *d, const char *what);
/* Of a parameter's [byte_count] and [partial_ignore]. */
void idl_check_memory(struct idl_check *c, const struct idl_decl *p);
/* Of [transmit_as] and its like. */
void idl_check_changed(struct idl_check *c, const struct idl_decl *d);
/* As idl_resolve, through what such a type is sent as; and whether the IDL says that a type is. */
const struct idl_type *idl_sent(const struct idl_type *t);
bool idl_has_own_routines(const struct idl_decl *d);
/* Whether the name stands for such a type, by IDL or ACF: stubs hold what the program sees of it.
 */
bool idl_is_opaque(const struct idl_type *t);
void idl_check_call_as(struct idl_check *c, const struct idl_item *i);
/* The [local] function that i is a [call_as] of; NULL. */
const struct idl_item *idl_called_as(const struct idl_item *face, const struct idl_item *i);
void idl_check_acf(struct idl_check *c, const struct idl_acf *acf);

/* Through typedefs; NULL when a name on the way is unknown. */
const struct idl_type *idl_resolve(const struct idl_type *t);
/* An attribute of the declaration or of the typedefs it is made with, through pointers too. */
const struct idl_attr *idl_attr_deep(const struct idl_decl *d, const char *name);
/* Of a typedef's declarators the name that <rpc.h> brings; NULL. */
const char *idl_known(const struct idl_decl *list);
bool idl_is_base(const struct idl_type *t, enum idl_base base);
