/* SPDX-License-Identifier: Apache-2.0
 * fuzz_ns_name.c - the name of an entry that is accepted is written back equal.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "names/ns_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size), *back = NULL;
    struct ns_name n;

    if (text && ns_name_parse(text, &n) == ERR_OK) {
        if (ns_name_format(n.domain, n.name, &back) != ERR_OK || strcmp(text, back) != 0)
            abort();
        ns_name_free(&n);
    }
    mem_free(back);
    mem_free(text);
    return 0;
}
