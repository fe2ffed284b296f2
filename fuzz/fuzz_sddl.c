/* SPDX-License-Identifier: Apache-2.0
 * fuzz_sddl.c - a descriptor read from text is written, and read again from that text equal.
 */
#include <stdlib.h>

#include "acl/sddl.h"
#include "base/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sid sid = { .authority = 5, .count = 2, .sub = { 21, 7 } };
    static const struct sddl_domain here = { &sid, &sid };
    const struct sddl_domain *domain = size && data[0] == 'O' ? &here : NULL;
    char *text = mem_strndup((const char *)data, size), *back = NULL;
    struct buf b = { 0 }, again = { 0 };
    struct descriptor d;

    if (text && sddl_parse(text, domain, &b) == ERR_OK &&
        (descriptor_read(buf_view(b), &d) || sddl_format(&d, SDDL_ALL, domain, &back) ||
         sddl_parse(back, domain, &again) || !bytes_equal(buf_view(b), buf_view(again))))
        abort();
    buf_free(&again);
    buf_free(&b);
    mem_free(back);
    mem_free(text);
    return 0;
}
