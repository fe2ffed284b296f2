/* SPDX-License-Identifier: Apache-2.0
 * fuzz_local_name.c - an endpoint of ncalrpc that is accepted names a file of its directory, no
 * other's and none of ours, and is accepted again as it is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "transport/local.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size);
    char name[LOCAL_NAME_MAX + 1], again[LOCAL_NAME_MAX + 1];

    if (text && local_name_parse(text, name) == ERR_OK &&
        (!*name || *name == '.' || strpbrk(name, "/\\[]:,=\n") || strlen(name) != strlen(text) ||
         local_name_parse(name, again) || strcmp(name, again) != 0))
        abort();
    mem_free(text);
    return 0;
}
