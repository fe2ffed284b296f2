/* SPDX-License-Identifier: Apache-2.0
 * attr.h - every attribute: what stands in its parentheses, and where it may stand.
 */
#pragma once

#include "idl/ast.h"

enum idl_attr_form {
    IDL_ARGS_NONE,
    IDL_ARGS_EXPRS,    /* one or more, some of them empty */
    IDL_ARGS_OPTIONAL, /* the same, or no parentheses at all */
    IDL_ARGS_UUID,
    IDL_ARGS_TYPE,        /* one type */
    IDL_ARGS_DECLARATION, /* a type and a name */
};

enum {
    IDL_ON_INTERFACE = 1 << 0,
    IDL_ON_TYPE = 1 << 1,
    IDL_ON_FIELD = 1 << 2,
    IDL_ON_PARAM = 1 << 3,
    IDL_ON_FUNCTION = 1 << 4,
    IDL_ON_ARM = 1 << 5,
    IDL_ON_ENUM_CONSTANT = 1 << 6,
    IDL_ON_ACF_INTERFACE = 1 << 7,
    IDL_ON_ACF_TYPE = 1 << 8,
    IDL_ON_ACF_PARAM = 1 << 9,
    IDL_ON_ACF_FUNCTION = 1 << 10,
};

struct idl_attr_kind {
    const char *name;
    enum idl_attr_form form;
    unsigned where;
    const char *refused; /* why we do not have it; NULL for those we have */
};

/* NULL for a word that is no attribute. */
const struct idl_attr_kind *idl_attr_kind(const char *name);
/* Of several of the same name the first; NULL. */
const struct idl_attr *idl_attr_find(const struct idl_attr *list, const char *name);
/* "an interface", "a parameter in the ACF" and so on. */
const char *idl_attr_where(unsigned where);
