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

static bool passes_handles(struct idl_stub *s, const struct idl_param *p)
{
    while (p && !idl_shape_leads_to_system_handles(s->layout, p->shape))
        p = p->next;
    return p;
}

const char *idl_procedure_flags(struct idl_stub *s, const struct idl_item *face,
                                const struct idl_item *function)
{
    const struct idl_param *params = idl_params_of(s, function);
    struct idl_shape *result = idl_layout_result(s->layout, function);
    const char *flags = "", *pipes = idl_pipe_flags(s, params);

    if (idl_attr_find(function->attrs, "idempotent"))
        flags = "CS_CALL_IDEMPOTENT";
    if (idl_attr_find(function->attrs, "maybe"))
        flags = idl_text(s, "%s%sCS_CALL_MAYBE", flags, flags[0] ? " | " : "");
    if (idl_attr_find(function->attrs, "message"))
        flags = idl_text(s, "%s%sCS_CALL_MESSAGE", flags, flags[0] ? " | " : "");
    if (passes_handles(s, params) ||
        (result && idl_shape_leads_to_system_handles(s->layout, result)))
        flags = idl_text(s, "%s%sCS_CALL_SYSTEM_HANDLES", flags, flags[0] ? " | " : "");
    if (enables_allocate(s, face, function))
        flags = idl_text(s, "%s%sCS_CALL_ENABLE_ALLOCATE", flags, flags[0] ? " | " : "");
    if (pipes[0])
        flags = idl_text(s, "%s%s%s", flags, flags[0] ? " | " : "", pipes);
    return flags[0] ? flags : "0";
}
