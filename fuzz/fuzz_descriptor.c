/* SPDX-License-Identifier: Apache-2.0
 * fuzz_descriptor.c - a security descriptor that is accepted is written back and read again equal,
 * as bytes and as text, and who is asked for less is granted no more.
 */
#include <stdlib.h>

#include "acl/access.h"
#include "acl/sddl.h"
#include "base/alloc.h"

static void check_access(const struct descriptor *d)
{
    struct sid sids[] = { d->owner, { .authority = 1, .count = 1 } };
    struct sid_set who = { sids, NULL, 2 };
    struct acl_request most = { .wanted = RIGHT_MAXIMUM_ALLOWED }, one = { 0 };
    uint32_t granted = 0, again = 0;
    bool some = acl_access_check(d, &who, &most, &granted);

    one.wanted = granted;
    if (some != (granted != 0) || acl_access_check(d, &who, &one, &again) != some ||
        again != granted)
        abort();
}

static void check_text(const struct descriptor *d)
{
    char *text = NULL, *again = NULL;
    struct buf b = { 0 };
    struct descriptor back;
    enum err e = sddl_format(d, SDDL_ALL, NULL, &text);

    if (!e)
        e = sddl_parse(text, NULL, &b);
    if (!e && (descriptor_read(buf_view(b), &back) || sddl_format(&back, SDDL_ALL, NULL, &again) ||
               strcmp(text, again) != 0))
        abort();
    if (e && e != ERR_UNSUPPORTED)
        abort();
    mem_free(text);
    mem_free(again);
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct descriptor d, again;
    struct buf b = { 0 };

    if (descriptor_read(bytes_of(data, size), &d) != ERR_OK)
        return 0;
    if (descriptor_write(&d, &b) == ERR_OK &&
        (descriptor_read(buf_view(b), &again) != ERR_OK || d.dacl.count != again.dacl.count ||
         !bytes_equal(d.dacl.aces, again.dacl.aces) || !bytes_equal(d.sacl.aces, again.sacl.aces)))
        abort();
    buf_free(&b);
    check_access(&d);
    check_text(&d);
    return 0;
}
