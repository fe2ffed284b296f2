/* SPDX-License-Identifier: Apache-2.0
 * fuzz_string_binding.c - a string binding that is accepted is written back with the same parts.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "rpc/string_binding.h"

static bool same(const struct rpc_string_binding *a, const struct rpc_string_binding *b)
{
    return !strcmp(a->object, b->object) && !strcmp(a->protseq, b->protseq) &&
           !strcmp(a->address, b->address) && !strcmp(a->endpoint, b->endpoint) &&
           !strcmp(a->options, b->options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size), *back = NULL;
    struct rpc_string_binding b, again;
    enum err e;

    if (text && rpc_string_binding_parse(text, &b) == ERR_OK) {
        e = rpc_string_binding_format(&b, &back);
        if (e && e != ERR_RPC_STRING_LONG) /* escapes may make it longer than what was read */
            abort();
        if (!e && (rpc_string_binding_parse(back, &again) || !same(&b, &again)))
            abort();
        if (!e)
            rpc_string_binding_free(&again);
        rpc_string_binding_free(&b);
    }
    mem_free(back);
    mem_free(text);
    return 0;
}
