/* SPDX-License-Identifier: Apache-2.0
 * fuzz_port.c - any text as C, with markers: what is changed for the compiler is not changed again,
 * and what a person would change makes a diff.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "port/file.h"
#include "port/rewrite.h"

static enum port_origin judge(void *arg, const char *file, bool system)
{
    (void)arg;
    return system ? PORT_SYSTEM : file[0] == 'o' ? PORT_OURS : PORT_USER;
}

static void change(struct bytes text, enum port_goal goal, struct buf *ret)
{
    struct port_source s = { 0 };
    struct port_changes c = { 0 };
    char *told = NULL;

    if (port_lex(text, "main.c", judge, NULL, &s) || port_rewrite(&s, goal, &c) ||
        port_changes_apply(&s, &c, ret) || port_declarations(&c, &told))
        abort();
    mem_free(told);
    told = NULL;
    if (goal == PORT_BY_HAND && port_changes_diff(&s, &c, "main.c", &told))
        abort();
    mem_free(told);
    port_changes_free(&c);
    port_source_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = { 0 }, twice = { 0 }, hand = { 0 };

    change(bytes_of(data, size), PORT_TO_COMPILE, &once);
    change(buf_view(once), PORT_TO_COMPILE, &twice);
    if (!bytes_equal(buf_view(once), buf_view(twice)))
        abort();
    change(bytes_of(data, size), PORT_BY_HAND, &hand);
    buf_free(&once);
    buf_free(&twice);
    buf_free(&hand);
    return 0;
}
