/* SPDX-License-Identifier: Apache-2.0
 * fuzz_filter.c - an escaped value has no character left that a filter gives a meaning.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "directory/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = NULL;

    if (filter_escape(bytes_of(data, size), &text) == ERR_OK && strpbrk(text, "*()\n\x7f"))
        abort();
    mem_free(text);
    return 0;
}
