/* SPDX-License-Identifier: Apache-2.0
 * fuzz_format.c - any text as a format of Windows' printf and as a message's template: it takes no
 * more than its arguments, and writes no more than there may be.
 *
 *    0 bit 0: of a wide function, bit 1: a template, bits 2-3: its options | the text
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "win32/template.h"

enum { ARGUMENTS = 100 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char word[] = "\x41\0\0\0"; /* a text of either width */
    char *text = size ? mem_strndup((const char *)data + 1, size - 1) : NULL;
    struct writer w = writer_new(FORMAT_MAX);
    uintptr_t slot[ARGUMENTS];
    struct format_args args = { .slot = slot };
    size_t i;

    for (i = 0; i < ARGUMENTS; i++)
        slot[i] = (uintptr_t)word;
    /* each conversion takes three at most: width, precision, value */
    if (text && strlen(text) < ARGUMENTS / 3) {
        const struct template_options o = { data[0] & 1, data[0] & 4, data[0] & 8 };
        enum err e = data[0] & 2 ? template_fill(&w, &o, text, &args)
                                 : format_print(&w, data[0] & 1, text, &args);

        if (!e && w.len > FORMAT_MAX)
            abort();
    }
    writer_done(&w);
    mem_free(text);
    return 0;
}
