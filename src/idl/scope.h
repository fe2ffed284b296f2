/* SPDX-License-Identifier: Apache-2.0
 * scope.h - the names a file has defined so far, and the values of constant expressions.
 */
#pragma once

#include "idl/ast.h"

enum idl_space {
    IDL_SPACE_NAMES, /* typedefs, constants, functions: as in C they share one */
    IDL_SPACE_TAGS,
    IDL_SPACE_INTERFACES,
};

enum idl_meaning {
    IDL_MEANS_TYPE,
    IDL_MEANS_CONSTANT,
    IDL_MEANS_FUNCTION,
    IDL_MEANS_TAG,
    IDL_MEANS_INTERFACE,
};

struct idl_symbol {
    const char *name;
    enum idl_space space;
    enum idl_meaning means;
    struct idl_place at;
    struct idl_decl *decl;       /* a typedef, a constant, a function */
    struct idl_type *type;       /* a tag's: with the body, as soon as there is one */
    const struct idl_item *item; /* an interface's */
    struct idl_symbol *next;
};

struct idl_scope;

struct idl_scope *idl_scope_new(struct idl *run);
struct idl_symbol *idl_scope_find(const struct idl_scope *s, enum idl_space space,
                                  const char *name);
/* NULL, and an error that shows the first, when the name is taken. */
struct idl_symbol *idl_scope_add(struct idl_scope *s, enum idl_space space, enum idl_meaning means,
                                 const char *name, struct idl_place at);

/* False, with an error, for what has no whole value. */
bool idl_value(const struct idl_scope *s, const struct idl_expr *e, int64_t *ret);
/* Of a float or a double: no value is computed, only whether it is one; an error when not. */
bool idl_is_real(const struct idl_scope *s, const struct idl_expr *e);
/* False for what has no size: void, an unsized array, what is not defined yet. */
bool idl_sizeof(const struct idl_scope *s, const struct idl_type *t, int64_t *ret);
