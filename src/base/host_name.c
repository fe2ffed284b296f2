/* SPDX-License-Identifier: Apache-2.0
 * host_name.c - what may be a host's name.
 */
#include "base/host_name.h"

#include "base/detail.h"

bool host_name_valid(struct bytes name)
{
    size_t label = 0, i;

    if (!name.len || name.len > HOST_NAME_MOST || name.ptr[0] == '-')
        return false;
    for (i = 0; i < name.len; i++) {
        if (name.ptr[i] == '.' ? label == 0 : !host_name_has(name.ptr[i]))
            return false;
        label = name.ptr[i] == '.' ? 0 : label + 1;
        if (label > HOST_NAME_LABEL_MOST)
            return false;
    }
    return label > 0;
}

struct bytes host_name_undotted(struct bytes name)
{
    name.len -= name.len && name.ptr[name.len - 1] == '.';
    return name;
}

enum err host_name_check(struct bytes name)
{
    int shown = name.len < 260 ? (int)name.len : 260;

    if (host_name_valid(name))
        return ERR_OK;
    return detail_fail(ERR_INVALID_PARAMETER, "\"%.*s\" is no host's name", shown,
                       name.len ? (const char *)name.ptr : "");
}
