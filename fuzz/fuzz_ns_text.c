/* SPDX-License-Identifier: Apache-2.0
 * fuzz_ns_text.c - an attribute of the RPC name service that is accepted is written back equal.
 */
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "names/ns_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char face[NS_IF_TEXT], *back = NULL;
    struct ns_binding b;
    struct ns_if f;

    if (ns_if_parse(bytes_of(data, size), &f) == ERR_OK) {
        ns_if_format(&f, face); /* whose letters are small */
        if (strlen(face) != size || strncasecmp(face, (const char *)data, size) != 0)
            abort();
    }
    if (ns_binding_parse(bytes_of(data, size), &b) == ERR_OK) {
        if (ns_binding_format(&b, &back) != ERR_OK || strlen(back) != size ||
            memcmp(back, data, size) != 0)
            abort();
        ns_binding_free(&b);
    }
    mem_free(back);
    return 0;
}
