/* SPDX-License-Identifier: Apache-2.0
 * known.c - the structures that <rpc.h> already brings: a header must not define them once more.
 *
 * Plain types may be said again, C and C++ take that. An IDL file that defines GUID for itself, as
 * the specifications' do, means the one of windows.h.
 */
#include <string.h>

#include "idl/check.h"

static const char *const known[] = { "GUID",       "UUID",     "LARGE_INTEGER", "ULARGE_INTEGER",
                                     "SYSTEMTIME", "FILETIME", "LUID" };

const char *idl_known(const struct idl_decl *list)
{
    const struct idl_decl *d = NULL;
    size_t i;

    for (d = list; d; d = d->next)
        for (i = 0; i < sizeof known / sizeof *known; i++)
            if (d->name && d->type == d->base && strcmp(d->name, known[i]) == 0)
                return known[i];
    return NULL;
}
