/* SPDX-License-Identifier: Apache-2.0
 * system_handle.c - what [system_handle(kind, mask)] says.  desktop-src/Midl/system-handle.md
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/layout.h"

static const struct {
    const char *idl, *stub;
} kinds[] = {
    { "sh_file", "CS_SYSTEM_FILE" },
    { "sh_pipe", "CS_SYSTEM_PIPE" },
    { "sh_socket", "CS_SYSTEM_SOCKET" },
};

/* The names a mask is mostly written with. */
static const struct {
    const char *name;
    uint32_t mask;
} masks[] = {
    { "GENERIC_READ", 0x80000000 },       { "GENERIC_WRITE", 0x40000000 },
    { "GENERIC_ALL", 0x10000000 },        { "FILE_GENERIC_READ", 0x00120089 },
    { "FILE_GENERIC_WRITE", 0x00120116 }, { "FILE_ALL_ACCESS", 0x001f01ff },
};

const char *idl_system_kind(const struct idl_attr *a)
{
    const char *text = a->args ? a->args->text : NULL;
    size_t i;

    for (i = 0; text && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].idl, text) == 0)
            return kinds[i].stub;
    return NULL;
}

bool idl_system_access(const struct idl_layout *l, const struct idl_attr *a, uint32_t *ret)
{
    const struct idl_expr *e = a->args ? a->args->next : NULL;
    int64_t value = 0;
    size_t i;

    for (i = 0; e && e->kind == IDL_EXPR_NAME && i < sizeof masks / sizeof *masks; i++)
        if (strcmp(masks[i].name, e->text) == 0) {
            *ret = masks[i].mask;
            return true;
        }
    if (e && (!idl_constant(l, e, &value) || value < 0 || value > UINT32_MAX))
        return false;
    *ret = (uint32_t)value;
    return true;
}
