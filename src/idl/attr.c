/* SPDX-License-Identifier: Apache-2.0
 * attr.c - the table of attributes.
 */
#include "idl/attr.h"

#include <string.h>

/* A declaration's attributes; "also inline" is what MIDL takes with /app_config. */
#define SIZED (IDL_ON_FIELD | IDL_ON_PARAM | IDL_ON_TYPE)
#define POINTED (SIZED | IDL_ON_FUNCTION | IDL_ON_ARM)
#define ACF_EVERY (IDL_ON_ACF_INTERFACE | IDL_ON_ACF_TYPE | IDL_ON_ACF_FUNCTION | IDL_ON_ACF_PARAM)
#define HEAD (IDL_ON_INTERFACE | IDL_ON_ACF_INTERFACE)
#define CALL (IDL_ON_FUNCTION | IDL_ON_ACF_FUNCTION)

static const char no_com[] = "it belongs to COM, which is not carried";
static const char obsolete[] = "it is obsolete";

/* clang-format off */
static const struct idl_attr_kind kinds[] = {
    /* the interface's head */
    { "uuid",                IDL_ARGS_UUID,        IDL_ON_INTERFACE, NULL },
    { "version",             IDL_ARGS_EXPRS,       IDL_ON_INTERFACE, NULL },
    { "endpoint",            IDL_ARGS_EXPRS,       IDL_ON_INTERFACE, NULL },
    { "pointer_default",     IDL_ARGS_EXPRS,       IDL_ON_INTERFACE, NULL },
    { "local",               IDL_ARGS_NONE,        IDL_ON_INTERFACE | IDL_ON_FUNCTION, NULL },
    { "ms_union",            IDL_ARGS_NONE,        IDL_ON_INTERFACE | IDL_ON_TYPE, NULL },
    { "helpstring",          IDL_ARGS_EXPRS,       IDL_ON_INTERFACE | IDL_ON_FUNCTION | IDL_ON_TYPE, NULL },
    /* directions, sizes and pointers */
    { "in",                  IDL_ARGS_NONE,        IDL_ON_PARAM, NULL },
    { "out",                 IDL_ARGS_NONE,        IDL_ON_PARAM, NULL },
    { "retval",              IDL_ARGS_NONE,        IDL_ON_PARAM, NULL },
    { "size_is",             IDL_ARGS_EXPRS,       SIZED, NULL },
    { "max_is",              IDL_ARGS_EXPRS,       SIZED, NULL },
    { "length_is",           IDL_ARGS_EXPRS,       SIZED, NULL },
    { "first_is",            IDL_ARGS_EXPRS,       SIZED, NULL },
    { "last_is",             IDL_ARGS_EXPRS,       SIZED, NULL },
    { "string",              IDL_ARGS_NONE,        POINTED, NULL },
    { "range",               IDL_ARGS_EXPRS,       SIZED, NULL },
    { "ref",                 IDL_ARGS_NONE,        POINTED, NULL },
    { "unique",              IDL_ARGS_NONE,        POINTED, NULL },
    { "ptr",                 IDL_ARGS_NONE,        POINTED, NULL },
    { "ignore",              IDL_ARGS_NONE,        IDL_ON_FIELD, NULL },
    /* unions and enums */
    { "switch_is",           IDL_ARGS_EXPRS,       IDL_ON_FIELD | IDL_ON_PARAM, NULL },
    { "switch_type",         IDL_ARGS_TYPE,        IDL_ON_TYPE | IDL_ON_FIELD | IDL_ON_PARAM, NULL },
    { "case",                IDL_ARGS_EXPRS,       IDL_ON_ARM, NULL },
    { "default",             IDL_ARGS_NONE,        IDL_ON_ARM, NULL },
    { "v1_enum",             IDL_ARGS_NONE,        IDL_ON_TYPE, NULL },
    /* handles, pipes and changed types */
    { "context_handle",      IDL_ARGS_NONE,        IDL_ON_TYPE | IDL_ON_PARAM | IDL_ON_FUNCTION, NULL },
    { "context_handle_serialize",   IDL_ARGS_NONE, IDL_ON_TYPE | IDL_ON_PARAM | IDL_ON_ACF_TYPE | IDL_ON_ACF_PARAM | CALL, NULL },
    { "context_handle_noserialize", IDL_ARGS_NONE, IDL_ON_TYPE | IDL_ON_PARAM | IDL_ON_ACF_TYPE | IDL_ON_ACF_PARAM | CALL, NULL },
    { "handle",              IDL_ARGS_NONE,        IDL_ON_TYPE, NULL },
    { "transmit_as",         IDL_ARGS_TYPE,        IDL_ON_TYPE, NULL },
    { "wire_marshal",        IDL_ARGS_TYPE,        IDL_ON_TYPE, NULL },
    { "system_handle",       IDL_ARGS_EXPRS,       IDL_ON_FIELD | IDL_ON_PARAM, NULL },
    /* calls */
    { "message",             IDL_ARGS_NONE,        IDL_ON_FUNCTION, NULL },
    { "call_as",             IDL_ARGS_EXPRS,       CALL, NULL },
    { "idempotent",          IDL_ARGS_NONE,        IDL_ON_FUNCTION, NULL },
    { "maybe",               IDL_ARGS_NONE,        IDL_ON_FUNCTION, NULL },
    { "callback",            IDL_ARGS_NONE,        IDL_ON_FUNCTION, NULL },
    /* the ACF's */
    { "strict_context_handle",      IDL_ARGS_NONE, HEAD, NULL },
    { "type_strict_context_handle", IDL_ARGS_NONE, HEAD, NULL },
    { "implicit_handle",     IDL_ARGS_DECLARATION, HEAD, NULL },
    { "explicit_handle",     IDL_ARGS_NONE,        HEAD | CALL, NULL },
    { "auto_handle",         IDL_ARGS_NONE,        HEAD, NULL },
    { "async",               IDL_ARGS_NONE,        HEAD | CALL, NULL },
    { "comm_status",         IDL_ARGS_NONE,        CALL | IDL_ON_PARAM | IDL_ON_ACF_PARAM, NULL },
    { "fault_status",        IDL_ARGS_NONE,        CALL | IDL_ON_PARAM | IDL_ON_ACF_PARAM, NULL },
    { "code",                IDL_ARGS_NONE,        HEAD | CALL, NULL },
    { "nocode",              IDL_ARGS_NONE,        HEAD | CALL, NULL },
    { "optimize",            IDL_ARGS_EXPRS,       HEAD | CALL, NULL },
    { "allocate",            IDL_ARGS_EXPRS,       IDL_ON_TYPE | ACF_EVERY, NULL },
    { "enable_allocate",     IDL_ARGS_NONE,        HEAD | CALL, NULL },
    { "encode",              IDL_ARGS_NONE,        HEAD | CALL | IDL_ON_TYPE | IDL_ON_ACF_TYPE, NULL },
    { "decode",              IDL_ARGS_NONE,        HEAD | CALL | IDL_ON_TYPE | IDL_ON_ACF_TYPE, NULL },
    { "represent_as",        IDL_ARGS_EXPRS,       IDL_ON_ACF_TYPE, NULL },
    { "user_marshal",        IDL_ARGS_EXPRS,       IDL_ON_ACF_TYPE, NULL },
    { "notify",              IDL_ARGS_NONE,        CALL, NULL },
    { "notify_flag",         IDL_ARGS_NONE,        CALL, NULL },
    { "byte_count",          IDL_ARGS_EXPRS,       IDL_ON_ACF_PARAM, NULL },
    { "cs_access",           IDL_ARGS_EXPRS,       IDL_ON_ACF_INTERFACE | IDL_ON_ACF_FUNCTION, NULL },
    { "force_allocate",      IDL_ARGS_OPTIONAL,    IDL_ON_PARAM | IDL_ON_ACF_PARAM, NULL },
    { "partial_ignore",      IDL_ARGS_NONE,        IDL_ON_PARAM, NULL },
    /* known, and not carried */
    { "object",              IDL_ARGS_NONE,        0, no_com },
    { "async_uuid",          IDL_ARGS_UUID,        0, no_com },
    { "iid_is",              IDL_ARGS_EXPRS,       0, no_com },
    { "propget",             IDL_ARGS_NONE,        0, no_com },
    { "propput",             IDL_ARGS_NONE,        0, no_com },
    { "id",                  IDL_ARGS_EXPRS,       0, no_com },
    { "dual",                IDL_ARGS_NONE,        0, no_com },
    { "oleautomation",       IDL_ARGS_NONE,        0, no_com },
    { "restricted",          IDL_ARGS_NONE,        0, no_com },
    { "source",              IDL_ARGS_NONE,        0, no_com },
    { "vararg",              IDL_ARGS_NONE,        0, no_com },
    { "broadcast",           IDL_ARGS_NONE,        0, "no transport of ours broadcasts" },
    { "min_is",              IDL_ARGS_EXPRS,       0, "no MIDL ever implemented it: indices begin at 0" },
    { "heap",                IDL_ARGS_NONE,        0, obsolete },
    { "in_line",             IDL_ARGS_NONE,        0, obsolete },
    { "out_of_line",         IDL_ARGS_NONE,        0, obsolete },
    { "cs_char",             IDL_ARGS_EXPRS,       0, "character sets are not converted" },
    { NULL,                  IDL_ARGS_NONE,        0, NULL },
};
/* clang-format on */

const struct idl_attr_kind *idl_attr_kind(const char *name)
{
    const struct idl_attr_kind *k = NULL;

    for (k = kinds; k->name; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}

const struct idl_attr *idl_attr_find(const struct idl_attr *list, const char *name)
{
    for (; list; list = list->next)
        if (strcmp(list->kind->name, name) == 0)
            return list;
    return NULL;
}

const char *idl_attr_where(unsigned where)
{
    switch (where) {
    case IDL_ON_INTERFACE:
        return "an interface";
    case IDL_ON_TYPE:
        return "a type";
    case IDL_ON_FIELD:
        return "a field";
    case IDL_ON_PARAM:
        return "a parameter";
    case IDL_ON_FUNCTION:
        return "a function";
    case IDL_ON_ARM:
        return "the arm of a union";
    case IDL_ON_ACF_INTERFACE:
        return "an interface in the ACF";
    case IDL_ON_ACF_TYPE:
        return "a type in the ACF";
    case IDL_ON_ACF_PARAM:
        return "a parameter in the ACF";
    case IDL_ON_ACF_FUNCTION:
        return "a function in the ACF";
    default:
        return "this place";
    }
}
