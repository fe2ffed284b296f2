/* SPDX-License-Identifier: Apache-2.0
 * emit_flags.c - what the runtime is told of a procedure, the same on both sides.
 */
#include "idl/attr.h"
#include "idl/emit_pipe.h"

/* /osf: "automatically enabled when you use full pointers, the arguments require memory
 * allocation".  desktop-src/Midl/-osf.md */
static bool needs_memory(struct idl_stub *s, const struct idl_item *function)
{
    const struct idl_param *p = idl_params_of(s, function);
    const struct idl_shape *result = idl_layout_result(s->layout, function);

    for (; p; p = p->next)
        if (p->shape->kind == IDL_SHAPE_POINTER &&
            (p->shape->pointer == IDL_FULL || p->shape->of->has_pointers || idl_param_array(p)))
            return true;
    return result && result->has_pointers;
}

/* A client's stub that is sensitive to the RpcSs package, and a server's that enables it.
 * desktop-src/Midl/enable-allocate.md */
static bool enables_allocate(struct idl_stub *s, const struct idl_item *face,
                             const struct idl_item *function)
{
    if (idl_attr_find(face->attrs, "async") || idl_attr_find(function->attrs, "async"))
        return false; /* its results are written when that memory is gone */
    if (s->opt->rpcss || idl_attr_find(face->attrs, "enable_allocate") ||
        idl_attr_find(function->attrs, "enable_allocate"))
        return true;
    return s->opt->osf && (!s->server || needs_memory(s, function));
}

const char *idl_procedure_flags(struct idl_stub *s, const struct idl_item *face,
                                const struct idl_item *function)
{
    const char *flags = "", *pipes = idl_pipe_flags(s, idl_params_of(s, function));

    if (idl_attr_find(function->attrs, "idempotent"))
        flags = "CS_CALL_IDEMPOTENT";
    if (idl_attr_find(function->attrs, "maybe"))
        flags = idl_text(s, "%s%sCS_CALL_MAYBE", flags, flags[0] ? " | " : "");
    if (enables_allocate(s, face, function))
        flags = idl_text(s, "%s%sCS_CALL_ENABLE_ALLOCATE", flags, flags[0] ? " | " : "");
    if (pipes[0])
        flags = idl_text(s, "%s%s%s", flags, flags[0] ? " | " : "", pipes);
    return flags[0] ? flags : "0";
}
