/* SPDX-License-Identifier: Apache-2.0
 * fuzz_spn.c - a name that is accepted is written back equal.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "spn/spn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size), *back = NULL;
    struct spn s;

    if (text && spn_parse_target(text, &s) == ERR_OK) {
        if (spn_format(&s, &back) != ERR_OK || strcmp(text, back) != 0)
            abort();
        spn_free(&s);
    }
    mem_free(back);
    mem_free(text);
    return 0;
}
