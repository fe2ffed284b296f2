/* SPDX-License-Identifier: Apache-2.0
 * fuzz_idl.c - any text as IDL and as ACF: what is accepted prints, reads and prints the same.
 */
#include <stdlib.h>
#include <string.h>

#include "idl/check.h"
#include "idl/dump.h"
#include "idl/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct idl *run = idl_new();
    struct idl_text once = { 0 }, twice = { 0 };
    struct idl_file *file = idl_parse(run, "x.idl", (const char *)data, size), *again = NULL;
    struct idl_acf *acf = idl_parse_acf(run, "x.acf", (const char *)data, size);

    if (file && file->items) {
        idl_dump(run, file, &once);
        again = idl_parse(run, "once.idl", once.ptr, once.len);
        if (!again)
            abort();
        idl_dump(run, again, &twice);
        if (once.len != twice.len || memcmp(once.ptr, twice.ptr, once.len) != 0)
            abort();
        idl_check(run, idl_scope_new(run), file, acf);
    }
    idl_text_done(&once);
    idl_text_done(&twice);
    idl_free(run);
    return 0;
}
