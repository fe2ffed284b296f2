/* SPDX-License-Identifier: Apache-2.0
 * fuzz_dn.c - every value of a name that is accepted survives quoting and unquoting.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "spn/dn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = bytes_of(data, size);
    struct rdn rdn;

    while (rest.len && dn_next(&rest, &rdn) == ERR_OK) {
        struct buf value = { 0 }, again = { 0 };
        char *quoted = NULL;

        if (dn_unquote(rdn.value, &value) == ERR_OK &&
            dn_quote(buf_view(value), &quoted) == ERR_OK &&
            (dn_unquote(bytes_of_text(quoted), &again) != ERR_OK ||
             !bytes_equal(buf_view(value), buf_view(again))))
            abort();
        mem_free(quoted);
        buf_free(&value);
        buf_free(&again);
    }
    return 0;
}
