/* SPDX-License-Identifier: Apache-2.0
 * fuzz_idl.c - any text as IDL and as ACF: what is accepted prints, reads and prints the same;
 * what is checked is emitted. What stands behind an octet 0 is the ACF, else all of it is both.
 */
#include <stdlib.h>
#include <string.h>

#include "idl/check.h"
#include "idl/dump.h"
#include "idl/emit.h"
#include "idl/lint.h"
#include "idl/merge.h"
#include "idl/parse.h"

/* What passes the checks has a header; no import has a file here. */
static void emit(struct idl *run, struct idl_scope *scope, struct idl_file *file,
                 const struct idl_acf *acf)
{
    const struct idl_program p = { run, scope, file, acf };
    const struct idl_options opt = { .source = "x.idl",
                                     .header = "x.h",
                                     .client_stub = "x_c.c",
                                     .server_stub = "x_s.c",
                                     .client_prefix = "",
                                     .server_prefix = "",
                                     .switch_prefix = "" };
    struct idl_text text = { 0 };
    struct idl_out o = { &text, 0 };

    idl_emit_header(&p, &opt, &o);
    idl_check_generated(run, file, true);
    if (idl_error_count(run) == 0) {
        idl_emit_client(&p, &opt, &o);
        idl_emit_server(&p, &opt, &o);
    }
    idl_text_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct idl *run = idl_new();
    struct idl_text once = { 0 }, twice = { 0 };
    const char *text = (const char *)data, *end = size ? memchr(text, 0, size) : NULL;
    size_t n = end ? (size_t)(end - text) : size;
    struct idl_file *file = idl_parse(run, "x.idl", text, n), *again = NULL;
    struct idl_scope *scope = idl_scope_new(run);
    struct idl_acf *acf = idl_parse_acf(run, "x.acf", end ? end + 1 : text, end ? size - n - 1 : n);

    if (file && file->items) {
        idl_dump(run, file, &once);
        again = idl_parse(run, "once.idl", once.ptr, once.len);
        if (!again)
            abort();
        idl_dump(run, again, &twice);
        if (once.len != twice.len || memcmp(once.ptr, twice.ptr, once.len) != 0)
            abort();
        idl_merge(run, file, acf, true);
        idl_check(run, scope, file, acf);
        if (idl_error_count(run) == 0) {
            (void)idl_lint(run, file);
            emit(run, scope, file, acf);
        }
    }
    idl_text_done(&once);
    idl_text_done(&twice);
    idl_free(run);
    return 0;
}
